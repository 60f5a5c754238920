"""When two arrays of numbers count as equal: how an answer was written decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]

# Entries below this part of the largest one are compared with it, not with themselves:
# what is left of a sum that nearly cancels has few digits that mean anything.
FLOOR = 1e-3

# Arithmetic in float64, in whatever order, agrees to this; in float32 it does not.
SAME_FLOAT64 = 1e-9
SAME_NUMBERS = 1e-6

# So many entries are compared at a time.
MOST_AT_A_TIME = 250_000

# An answer with at most so many digits, in all of its entries, was rounded.
FEW_DIGITS = 6


def relative_error(P: np.ndarray, Q: np.ndarray, slack: float = 0.0) -> float:
    """max |p - q| / max(|p|, |q|, 0.001 max |Q|), at most 2; ``slack`` is taken off |p - q|."""
    if P.shape != Q.shape:
        return np.inf
    return largest_error(lambda: ((part, Q[rows]) for rows, part in parts_of(P)), slack)


def largest_error(parts: Callable[[], Iterable[Pair]], slack: float = 0.0) -> float:
    """`relative_error` of two arrays that come in parts, each time from the beginning."""
    largest = 0.0
    for P, Q in parts():
        if not (np.isfinite(P).all() and np.isfinite(Q).all()):
            return np.inf
        largest = max(largest, float(np.max(np.abs(Q), initial=0.0)))
    return max((_error(P, Q, FLOOR * largest, slack) for P, Q in parts()), default=0.0)


def _error(P: np.ndarray, Q: np.ndarray, floor: float, slack: float) -> float:
    """max |p - q| / max(|p|, |q|, floor)."""
    difference = np.abs(P - Q) - slack
    if np.max(difference, initial=0.0) <= 0:
        return 0.0
    scale = np.maximum(np.maximum(np.abs(P), np.abs(Q)), floor)
    return float(np.max(np.divide(difference, scale, where=difference > 0, out=np.zeros(P.shape))))


def parts_of(P: np.ndarray) -> Iterator[tuple[Any, np.ndarray]]:
    """An array in parts of some rows, with the rows; all at once unless it is large."""
    if P.size <= MOST_AT_A_TIME:
        yield ..., P
        return
    n_rows = max(1, MOST_AT_A_TIME * len(P) // P.size)
    for start in range(0, len(P), n_rows):
        rows = slice(start, start + n_rows)
        yield rows, P[rows]


def slack_of_step(start: np.ndarray) -> float:
    """What a step may be off by, as it is the difference of numbers like ``start``, or float32."""
    return 1e-7 * max((float(np.abs(P).max(initial=0.0)) for _, P in parts_of(start)), default=0.0)


@dataclass(frozen=True)
class Tolerance:
    """What counts as equal in one round of a search.

    Attributes
    ----------
    rtol : float
        Largest relative error.
    exact : bool
        Whether the numbers come from a computation, so that constants show exactly.
    slack : float
        Taken off every difference.
    """

    rtol: float
    exact: bool
    slack: float = 0.0


@dataclass(frozen=True)
class Precision:
    """How exactly an answer is given.

    Attributes
    ----------
    rounded : bool
        Whether it was rounded to few digits.
    slack : float
        Half a unit of the last decimal, where all entries have the same few decimals and
        that is fine enough to tell right from wrong (1/100 of the largest entry); else 0.
    """

    rounded: bool
    slack: float = 0.0

    @classmethod
    def of(cls, answer: np.ndarray) -> Precision:
        """That of an array, seen from its digits."""
        if not answer.size or not np.isfinite(answer).all():
            return cls(rounded=False)
        largest = max(np.abs(P).max() for _, P in parts_of(answer))
        if largest == 0:
            return cls(rounded=False)
        for decimals in range(FEW_DIGITS + 1):
            if _is_rounded(answer, decimals, 1e-12 * largest):
                unit = 10.0**-decimals
                return cls(rounded=True, slack=0.51 * unit if unit <= 0.01 * largest else 0.0)
        return cls(rounded=_is_rounded(answer, None, 1e-12 * largest))


def half_a_unit(number: float) -> float:
    """Half a unit of the last digit of a rounded number, as a part of it."""
    for digits in range(1, FEW_DIGITS + 1):
        if abs(number - float(significant(np.array(number), digits))) <= 1e-12 * abs(number):
            return 0.51 * 10 ** (np.floor(np.log10(abs(number))) - digits + 1) / abs(number)
    return SAME_NUMBERS


def _is_rounded(answer: np.ndarray, decimals: int | None, most: float) -> bool:
    """Whether rounding, to decimals or else to few digits, moves no entry by more than that."""
    return all(
        np.abs(P - (significant(P) if decimals is None else np.round(P, decimals))).max() <= most
        for _, P in parts_of(answer)
    )


def significant(P: np.ndarray, digits: int = FEW_DIGITS) -> np.ndarray:
    """P rounded to so many significant digits."""
    with np.errstate(divide="ignore"):
        magnitude = np.floor(np.log10(np.abs(P), where=P != 0, out=np.zeros(P.shape)))
        unit = 10.0 ** (magnitude - digits + 1)
    return np.round(P / unit) * unit
