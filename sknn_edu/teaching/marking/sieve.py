"""A quick look at a value: may it explain an answer at all? Nearly all values do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .comparison import Tolerance

# Of the square of a norm, roundoff leaves at most this when nearly all of it is taken away.
ROUNDOFF = 1e-12


class Wanted(NamedTuple):
    """An answer without what the penalty's part may explain of it, its square, and the room."""

    shape: tuple[int, ...]
    numbers: np.ndarray
    square: float
    room: float


class Sieve:
    """Lets a value pass if an answer is nearly a constant times it and a share of ``extra``.

    What passes is looked at again, by `Fit`; what does not pass cannot explain the answers.
    """

    def __init__(
        self, answers: Iterable[np.ndarray], extra: np.ndarray | None, tolerance: Tolerance
    ) -> None:
        self.extra: np.ndarray | None = None  # as a unit vector
        if extra is not None and np.any(extra):
            self.extra = np.ravel(extra) / np.linalg.norm(extra)
        self.wanted = [self._wanted(answer, tolerance) for answer in answers]

    def _wanted(self, answer: np.ndarray, tolerance: Tolerance) -> Wanted:
        numbers = self._rest(answer)
        norm = float(np.linalg.norm(answer))
        room = 3 * tolerance.rtol * norm + tolerance.slack * np.sqrt(answer.size)
        room = max(room**2, ROUNDOFF * norm**2)
        return Wanted(answer.shape, numbers, float(numbers @ numbers), room)

    def _rest(self, value: np.ndarray) -> np.ndarray:
        """What the penalty's part leaves of a value."""
        numbers = np.ravel(value)
        if self.extra is None or numbers.size != self.extra.size:
            return numbers
        return numbers - (numbers @ self.extra) * self.extra

    def passes(self, value: Any) -> bool:
        """Whether it may explain one of the answers."""
        rest: np.ndarray | None = None
        for shape, numbers, square, room in self.wanted:
            if np.shape(value) != shape:
                continue
            if rest is None:
                rest = self._rest(value)
                own = float(rest @ rest)
                if not own < np.inf:
                    return False
            product = float(rest @ numbers)
            if square - (product * product / own if own else 0.0) <= room:
                return True
        return False
