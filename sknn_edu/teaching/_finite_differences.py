"""How steep a function is, by differences of its values, and whether a given slope is right.

J along a line through theta is a function of one number, phi(t) = J(theta + t v), where v is
a single entry of theta or a random direction, of length 1. Its slope is ::

    phi'(0) = (4 D(h/2) - D(h)) / 3 + O(h^4),    D(h) = (phi(h) - phi(-h)) / (2 h)

(Richardson's extrapolation of central differences), and <grad J, v> by backpropagation. A
value phi(t) is known up to its roundoff r, so the quotient is off by at most 3 r / h, beside
the O(h^4). The first step, 2^-10 max(1, |theta|), is near eps^(1/5), where the two errors are
alike for a function that changes at the pace of its argument. Where phi bends faster, or has
a kink nearby, shorter steps follow.

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


class _Estimate(NamedTuple):
    """A slope, what roundoff may have done to it, and whether two steps agree about it."""

    slope: float
    bound: float
    settled: bool

    def error(self, slope: float, rtol: float) -> float:
        """The relative error of a slope, as far as it is not roundoff."""
        return relative_error(slope, self.slope, self.bound / rtol if self.settled else 0.0)

    def contradicts(self, other: _Estimate) -> bool:
        """Whether the two are further apart than roundoff explains."""
        return not abs(self.slope - other.slope) <= self.bound + other.bound


def compare(curve: Curve, rtol: float) -> Comparison:
    """Compare the slope of a curve with differences of its values.

    Steps get shorter until the differences have settled and agree with it. Short steps have
    more roundoff, so an estimate that has settled gives way to a later one only if the two
    contradict each other, which means that there is a kink between; it is final once a
    later one confirms it.
    """
    best, error = _closest(curve, rtol)
    if error <= rtol:
        return Comparison(curve.slope, best.slope, error, Verdict.RIGHT, curve.at_kink)
    slope_at_kink = _slope_at_kink(curve, rtol)
    if slope_at_kink is not None:
        return Comparison(curve.slope, slope_at_kink, 0.0, Verdict.RIGHT, True)
    if curve.empty:
        return Comparison(curve.slope, np.nan, 0.0, Verdict.UNKNOWN, True)
    return Comparison(curve.slope, best.slope, error, Verdict.WRONG, curve.at_kink)


def _closest(curve: Curve, rtol: float) -> tuple[_Estimate, float]:
    """The estimate that counts, and the relative error that it leaves."""
    best = _Estimate(np.nan, np.nan, settled=False)
    for h in _steps(curve):
        new = _estimate(curve, h, rtol)
        confirmed = best.settled and new.settled and not new.contradicts(best)
        if not best.settled or (new.settled and not confirmed):
            best = new
        if confirmed and new.error(curve.slope, rtol) <= rtol:
            best = new
        error = best.error(curve.slope, rtol)
        if error <= rtol or confirmed:
            break
    return best, error


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


def _estimate(curve: Curve, h: float, rtol: float) -> _Estimate:
    """The slope at 0 from steps of h and h/2."""
    whole, half = (_central(curve.value, step) for step in (h, h / 2))
    slope = (4 * half - whole) / 3
    bound = 3 * curve.roundoff / h + curve.slope_roundoff
    # The quotient that is extrapolated is off by about this; the extrapolated one by its square.
    doubt = abs(half - whole) / 3
    return _Estimate(slope, bound, doubt <= max(0.1 * np.sqrt(rtol) * abs(slope), bound))


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
        (left, right), wider = _sides(curve.value, h), _sides(curve.value, SHRINK * h)
        bound = 2 * curve.roundoff / h + curve.slope_roundoff
        slack = bound + rtol * max(abs(left), abs(right))
        is_kink = abs(right - left) > max(10 * bound, 0.5 * abs(wider[1] - wider[0]))
        if is_kink and min(left, right) - slack <= curve.slope <= max(left, right) + slack:
            return (left + right) / 2
    return None


def _sides(phi: Callable[[float], float], h: float) -> tuple[float, float]:
    """Slope from -h to 0 and from 0 to h."""
    return (phi(0.0) - phi(-h)) / h, (phi(h) - phi(0.0)) / h
