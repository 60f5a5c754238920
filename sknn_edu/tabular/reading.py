"""Columns as arrays that NumPy computes with: numbers, text, and days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..missing import is_missing
from .columns import Column
from .kinds import DATES, DURATIONS, TIMES, TRUTH, are_all, are_numbers, types_of

DAY = np.timedelta64(1, "D")
MISSING = "missing"  # the category of what is missing
TRUTHS = {  # what else says yes and no, in a column of truth values
    **dict.fromkeys(("1", "true", "TRUE"), "True"),
    **dict.fromkeys(("0", "false", "FALSE"), "False"),
}


def measure_of(column: Column) -> str | None:
    """What a column of numbers holds, in a word; None if all is missing."""
    if is_missing(column.values).all():
        return None
    if column.values.dtype.kind == "m":
        return "durations"
    types = types_of(column.values) if column.values.dtype.kind == "O" else set()
    if types and are_all(types, DURATIONS):
        return "durations"
    return "times of day" if types and are_all(types, TIMES) else "numbers"


def check_measure(column: Column, fitted: str | None) -> None:
    """Raise ValueError if a column holds something else than in `fit`: nobody knows the unit."""
    now = measure_of(column)
    if fitted is not None and now is not None and now != fitted:
        what = "numbers or text" if now == "numbers" else now
        raise ValueError(
            f"Column {column.name!r} held {fitted} in fit, but now {what}. Convert it "
            "as it was then, such as with pandas.to_timedelta for durations."
        )


def numbers_of(column: Column) -> np.ndarray:
    """A column as float64, NaN where it is missing; durations in days, times as parts of a day.

    Raises
    ------
    ValueError
        If a value is infinite, or no number.
    """
    values = column.values
    try:
        if values.dtype.kind == "m":
            numbers = values / DAY
        elif values.dtype.kind in "iufb":
            numbers = values.astype(np.float64)
        else:
            numbers = _where_present(values.astype(object), _numbers)
    except OverflowError:
        numbers = np.array([np.inf])
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Column {column.name!r} held numbers in fit, but now something that is none: {error}. "
            "Make it NaN if it means that the number is missing."
        ) from error
    if np.isinf(numbers).any():
        raise ValueError(
            f"Input X contains infinity or a value too large for float64 in column "
            f"{column.name!r}: replace it by NaN, if it means missing, or by a large number."
        )
    return numbers


def text_of(column: Column) -> np.ndarray:
    """A column as text, an object array of str; whole numbers look alike in all dtypes.

    What is missing becomes the category "missing".
    """
    values = column.values.astype(object)
    missing = is_missing(column.values)
    out = np.full(len(values), MISSING, dtype=object)
    present = values[~missing]
    plain = set(map(type, present)) <= {str}
    out[~missing] = present if plain else [_text(value) for value in present]
    return out


def truth_of(column: Column) -> np.ndarray:
    """A column of truth values as text; 1 and 0, as missing values make of it, are read too."""
    text = text_of(column)
    if column.values.dtype.kind != "b":
        text[:] = [TRUTHS.get(value, value) for value in text]
    return text


def is_truth(column: Column) -> bool:
    """Whether all that is not missing is True or False, and something is."""
    if column.values.dtype.kind != "O":
        return column.values.dtype.kind == "b"
    types = types_of(column.values)
    return bool(types) and are_all(types, TRUTH)


def days_of(column: Column) -> np.ndarray:
    """A column of dates as days since 1970, float64; NaN where it is missing.

    Times with a zone are read in UTC.
    """
    values = column.values
    if values.dtype.kind == "M":
        return _days(values)
    if values.dtype.kind != "O" or not are_all(types_of(values), DATES):
        raise ValueError(
            f"Column {column.name!r} held dates in fit, but now something else, of dtype "
            f"{values.dtype}. Convert it as it was then, such as with pandas.to_datetime."
        )
    return _where_present(values, lambda dates: _days(np.array([_naive(d) for d in dates])))


def _where_present(values: np.ndarray, convert: Callable[[Any], np.ndarray]) -> np.ndarray:
    """Objects as float64, converted where they are not missing."""
    present = ~is_missing(values)
    out = np.full(len(values), np.nan)
    if present.any():
        out[present] = convert(values[present])
    return out


def _numbers(values: np.ndarray) -> np.ndarray:
    types = set(map(type, values))
    if are_numbers(types):
        return np.array([float(value) for value in values])
    if are_all(types, DURATIONS):
        return np.array(list(values), dtype="timedelta64[us]") / DAY
    if are_all(types, TIMES):
        return np.array([_part_of_day(value) for value in values])
    return values.astype(np.float64)  # text that says numbers


def _part_of_day(at: time) -> float:
    return (at.hour + (at.minute + (at.second + at.microsecond / 1e6) / 60) / 60) / 24


def _days(values: np.ndarray) -> np.ndarray:
    """datetime64 as days since 1970."""
    since = values.astype("datetime64[us]") - np.datetime64(0, "us")
    return since / DAY


def _naive(at: Any) -> np.datetime64:
    """A date or time as NumPy has it, in UTC."""
    if isinstance(at, datetime):
        at = at if at.tzinfo is None else at.astimezone(UTC)
        at = datetime.combine(at.date(), at.time())  # of a subclass, such as that of pandas
    return np.datetime64(at, "us")


def _text(value: Any) -> str:
    """A value as text: 2.0 is "2", as it is where no other value of its column is missing."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, TRUTH) or not isinstance(value, Real):
        return str(value)
    whole = isinstance(value, Integral) or float(value).is_integer()
    return str(round(value)) if whole else str(float(value))
