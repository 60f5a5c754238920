"""An answer as a constant times a candidate plus a share of the penalty."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .comparison import Tolerance, significant
from .variations import Candidate


class Fit:
    """answer = constant * value + share * extra, for constants and shares to be tried."""

    def __init__(self, answer: np.ndarray, candidate: Candidate) -> None:
        self.answer, self.value = answer, candidate.value
        self.right_share = candidate.right_share
        extra = candidate.extra
        self.extra = extra if extra is not None and np.any(extra) else None

    def can_explain(self, tolerance: Tolerance) -> bool:
        """Whether the best fit is near enough to try constants and shares."""
        rest = self.answer - self.result(*self._best)
        room = 3 * tolerance.rtol * np.linalg.norm(self.answer)
        room += tolerance.slack * np.sqrt(self.answer.size)
        return bool(np.linalg.norm(rest) <= room)

    def shares(self, total: float) -> list[float | None]:
        """Shares of the penalty to try: that of the rest, right, none, twice, ..., not / m."""
        if self.extra is None:
            return [None]
        return [None, 1.0, 0.0, 2.0, 0.5, -1.0, total, 2 * total, 0.5 * total]

    def best_share(self, tolerance: Tolerance) -> float | None:
        """The share that fits best, if there are enough numbers to determine it."""
        enough = self.n_different >= (3 if tolerance.exact else 4)
        return self._best[1] if enough and self.extra is not None else None

    @cached_property
    def n_different(self) -> int:
        """How many different magnitudes the candidate has: with one, any constant would fit."""
        return len(np.unique(significant(np.abs(self.value[self.value != 0]))))

    def constant(self, share: float | None) -> float:
        """The constant that fits best, given the share; None ties them together."""
        if self.extra is None:
            basis, rest = self.value, self.answer
        elif share is None:
            basis, rest = self.value + self.right_share * self.extra, self.answer
        else:
            basis, rest = self.value, self.answer - share * self.extra
        square = float(np.vdot(basis, basis))
        return float(np.vdot(basis, rest)) / square if square else 0.0

    def result(self, constant: float, share: float) -> np.ndarray:
        """constant * value + share * extra."""
        result = constant * self.value
        return result if self.extra is None else result + share * self.extra

    @cached_property
    def _best(self) -> tuple[float, float]:
        """Constant and share by least squares."""
        if self.extra is None:
            return self.constant(None), 0.0
        basis = np.stack([self.value.ravel(), self.extra.ravel()], axis=1)
        (constant, share), *_ = np.linalg.lstsq(basis, self.answer.ravel(), rcond=None)
        return float(constant), float(share)
