"""What a column holds: numbers, categories, or dates."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from numbers import Complex, Real

import numpy as np

from ..missing import is_missing
from .columns import Column

NUMBERS = (Real, Decimal)
DURATIONS = (timedelta, np.timedelta64)
TIMES = (time,)
DATES = (date, np.datetime64)
TRUTH = (bool, np.bool_)


class Kind(Enum):
    """How a column is encoded."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"


BY_DTYPE = {
    **dict.fromkeys("iufm", Kind.NUMBER),
    **dict.fromkeys("bUST", Kind.CATEGORY),
    "M": Kind.DATE,
}


def kind_of(column: Column) -> Kind:
    """The kind of a column: by its dtype, or by all of its values if they are objects.

    Objects are numbers or dates only if all of them are; what is mixed is a category by its text,
    and so is a column without any value, which may hold anything later.

    Raises
    ------
    TypeError
        If it holds something that is none of these, such as lists or complex numbers.
    """
    if column.is_category or is_missing(column.values).all():
        return Kind.CATEGORY
    if column.values.dtype.kind != "O":
        kind = BY_DTYPE.get(column.values.dtype.kind)
        if kind is None:
            raise _unreadable(column, f"{column.values.dtype} values")
        return kind
    types = types_of(column.values)
    for cls in types:
        if cls.__hash__ is None or (issubclass(cls, Complex) and not issubclass(cls, Real)):
            raise _unreadable(column, f"objects of type {cls.__name__!r}")
    if are_all(types, TRUTH):
        return Kind.CATEGORY
    if are_numbers(types) or are_all(types, DURATIONS) or are_all(types, TIMES):
        return Kind.NUMBER
    return Kind.DATE if are_all(types, DATES) else Kind.CATEGORY


def types_of(values: np.ndarray) -> set[type]:
    """The types of objects that are not missing."""
    return set(map(type, values[~is_missing(values)]))


def are_all(types: set[type], family: tuple[type, ...]) -> bool:
    """Whether all types belong to a family."""
    return all(issubclass(cls, family) for cls in types)


def are_numbers(types: set[type]) -> bool:
    """Whether all types are numbers; NumPy's durations say that they are."""
    return are_all(types, NUMBERS) and not any(issubclass(cls, DURATIONS) for cls in types)


def _unreadable(column: Column, what: str) -> TypeError:
    return TypeError(
        f"Column {column.name!r} holds {what}, which cannot be read as numbers, categories or "
        "dates. Make columns of numbers or text of it, or drop it."
    )
