"""How steep a function is, by differences of its values, and whether a given slope is right.

J along a line through theta is a function of one number, phi(t) = J(theta + t v), where v is
a single entry of theta or a random direction, of length 1. Its slope is ::

    phi'(0) = (4 D(h/2) - D(h)) / 3 + O(h^4),    D(h) = (phi(h) - phi(-h)) / (2 h)

(Richardson's extrapolation of central differences), and <grad J, v> by backpropagation. A
value phi(t) is known up to its roundoff r, so the quotient is off by at most 3 r / h, beside
the O(h^4). The first step, 2^-10 max(1, |theta|), is near eps^(1/5), where the two errors are
alike for a function that changes at the pace of its argument; for a weight with inputs larger
than 1 it is so much shorter. Where phi bends faster, or has a kink nearby, shorter steps
follow, down to 2^-13 times the first.

At a kink phi has no slope. It is recognised by the slopes to the left and to the right, which
stay apart however short the step; what backpropagation says must then lie between them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import numpy as np

EPS = float(np.finfo(np.float64).eps)
LONGEST, SHORTEST, SHRINK = 2.0**-10, 2.0**-23, 8.0


class Curve(NamedTuple):
    """phi, and the slope that it is said to have at 0.

    value : phi, a function of t.
    slope : phi'(0) by backpropagation.
    roundoff, slope_roundoff : what a value, and the slope, may be off by.
    longest, shortest : steps to try.
    at_kink : whether samples were left out, because they sit on a kink.
    empty : whether all of them do; then phi has them all, and its kinks.
    """

    value: Callable[[float], float]
    slope: float
    roundoff: float
    slope_roundoff: float
    longest: float
    shortest: float
    at_kink: bool = False
    empty: bool = False


class Verdict(Enum):
    """What a comparison has shown."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Comparison(NamedTuple):
    """The two slopes of a curve.

    backprop, numerical : the slopes.
    relative_error : of the one or the other; 0 for a slope that lies between those on the
        two sides of a kink.
    verdict : RIGHT, WRONG, or UNKNOWN where every sample sits on a kink.
    at_kink : whether there was a kink.
    """

    backprop: float
    numerical: float
    relative_error: float
    verdict: Verdict
    at_kink: bool


def compare(curve: Curve, rtol: float) -> Comparison:
    """Compare the slope of a curve with differences of its values.

    Steps get shorter until the differences agree with it, or confirm each other against it.
    Where they contradict each other by more than roundoff explains, there is a kink between.
    """
    numerical, error = _last_estimate(curve, rtol)
    if error <= rtol:
        return Comparison(curve.slope, numerical, error, Verdict.RIGHT, curve.at_kink)
    slope_at_kink = _slope_at_kink(curve, rtol)
    if slope_at_kink is not None:
        return Comparison(curve.slope, slope_at_kink, 0.0, Verdict.RIGHT, True)
    if curve.empty:
        return Comparison(curve.slope, np.nan, 0.0, Verdict.UNKNOWN, True)
    return Comparison(curve.slope, numerical, error, Verdict.WRONG, curve.at_kink)


def _last_estimate(curve: Curve, rtol: float) -> tuple[float, float]:
    """The slope by differences, and the relative error that it leaves."""
    slope, bound = np.nan, np.nan
    for h in _steps(curve):
        slope_before, bound_before = slope, bound
        slope = _extrapolated(curve.value, h)
        bound = 3 * curve.roundoff / h + curve.slope_roundoff
        error = relative_error(curve.slope, slope, bound / rtol)
        # A kink further away may bring two steps together, but not that near by chance.
        confirmed = abs(slope - slope_before) <= bound + bound_before
        significant = abs(slope - curve.slope) > 3 * (bound + bound_before)
        if error <= rtol or (confirmed and significant):
            break
    return slope, error


def relative_error(a: float, n: float, floor: float) -> float:
    """|a - n| / max(|a|, |n|, floor), infinite if one of them is not finite."""
    error = abs(a - n)
    if not np.isfinite(error):
        return np.inf
    return float(error / max(abs(a), abs(n), floor)) if error else 0.0


def _steps(curve: Curve) -> list[float]:
    """The steps to try, the longest first."""
    n = int(np.log(curve.longest / curve.shortest) / np.log(SHRINK))
    return [curve.longest / SHRINK**k for k in range(n + 1)]


def _extrapolated(phi: Callable[[float], float], h: float) -> float:
    """(4 D(h/2) - D(h)) / 3."""
    return (4 * _central(phi, h / 2) - _central(phi, h)) / 3


def _central(phi: Callable[[float], float], h: float) -> float:
    """(phi(h) - phi(-h)) / (2 h)."""
    return (phi(h) - phi(-h)) / (2 * h)


def _slope_at_kink(curve: Curve, rtol: float) -> float | None:
    """The mean of the slopes on either side, if there is a kink with curve.slope between them.

    Where phi is merely bent, the slopes of steps eight times as long are eight times as far
    apart. Of several kinks those nearby count, so the steps are the shortest that roundoff
    allows.
    """
    for k in (1, 0, -1, -2):
        h = curve.shortest * SHRINK**k
        (left, right), wider = sides(curve.value, h), sides(curve.value, SHRINK * h)
        bound = 2 * curve.roundoff / h + curve.slope_roundoff
        slack = bound + rtol * max(abs(left), abs(right))
        is_kink = abs(right - left) > max(10 * bound, 0.5 * abs(wider[1] - wider[0]))
        if is_kink and min(left, right) - slack <= curve.slope <= max(left, right) + slack:
            return (left + right) / 2
    return None


def sides(phi: Callable[[float], float], h: float) -> tuple[float, float]:
    """Slope from -h to 0 and from 0 to h."""
    return (phi(0.0) - phi(-h)) / h, (phi(h) - phi(0.0)) / h
