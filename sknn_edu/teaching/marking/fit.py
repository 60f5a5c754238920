"""An answer as a constant times a candidate plus a share of the penalty."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from .at_once import LARGE
from .comparison import Pair, Tolerance, largest_error, parts_of, significant
from .pieces import Result
from .variations import Candidate

Parts = tuple[np.ndarray, np.ndarray, np.ndarray | None]


class Fit:
    """answer = constant * value + share * extra, for constants and shares to be tried.

    A large value is replaced, with the answer and the penalty's part, by a few numbers that have
    the same products with each other: the R of a QR decomposition, computed part by part.
    """

    def __init__(self, answer: np.ndarray, candidate: Candidate) -> None:
        self.answer, self.candidate = answer, candidate
        self.right_share = candidate.right_share
        self.has_extra = candidate.extra is not None and bool(np.any(candidate.extra))
        self.a, self.value, self.extra = answer, candidate.value, None
        if isinstance(candidate.value, Result) or candidate.value.size > LARGE:
            self.a, self.value, self.extra = self._reduced()
        elif self.has_extra:
            self.extra = candidate.extra

    def _parts(self) -> Iterator[Parts]:
        """Answer, value and the penalty's part, for some rows at a time."""
        value, extra = self.candidate.value, self.candidate.extra if self.has_extra else None
        for rows, part in value.parts() if isinstance(value, Result) else parts_of(value):
            yield self.answer[rows], part, None if extra is None else extra[rows]

    def _reduced(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Short vectors in place of the answer, the value and the penalty's part."""
        R = np.empty((0, 2 + self.has_extra))
        for parts in self._parts():
            columns = [part.ravel() for part in parts if part is not None]
            R = np.asarray(np.linalg.qr(np.vstack([R, np.stack(columns, axis=1)]), mode="r"))
        a, value, *extra = R.T
        return a, value, extra[0] if extra else None

    def error(self, constant: float, share: float, slack: float) -> float:
        """The relative error of constant * value + share * extra."""

        def parts() -> Iterator[Pair]:
            for a, value, extra in self._parts():
                fitted = constant * value
                yield a, fitted if extra is None else fitted + share * extra

        return largest_error(parts, slack)

    def can_explain(self, tolerance: Tolerance) -> bool:
        """Whether the best fit is near enough to try constants and shares."""
        rest = self.a - self._result(*self._best)
        room = 3 * tolerance.rtol * np.linalg.norm(self.a)
        room += tolerance.slack * np.sqrt(self.answer.size)
        return bool(np.linalg.norm(rest) <= room)

    def shares(self, total: float) -> list[float | None]:
        """Shares of the penalty to try: that of the rest, right, none, twice, ..., not / m."""
        if self.extra is None:
            return [None]
        return [None, 1.0, 0.0, 2.0, 0.5, -1.0, total, 2 * total, 0.5 * total, 1 / total]

    @cached_property
    def is_one_number(self) -> bool:
        """Whether the candidate has one magnitude only: any constant would fit."""
        different = np.empty(0)
        for _, value, _ in self._parts():
            magnitudes = significant(np.abs(value[value != 0]))
            different = np.unique(np.concatenate([different, magnitudes]))
            if len(different) > 1:
                return False
        return True

    def constant(self, share: float | None) -> float:
        """The constant that fits best, given the share; None ties them together."""
        if self.extra is None:
            basis, rest = self.value, self.a
        elif share is None:
            basis, rest = self.value + self.right_share * self.extra, self.a
        else:
            basis, rest = self.value, self.a - share * self.extra
        square = float(np.vdot(basis, basis))
        return float(np.vdot(basis, rest)) / square if square else 0.0

    def _result(self, constant: float, share: float) -> np.ndarray:
        """constant * value + share * extra."""
        result = constant * self.value
        return result if self.extra is None else result + share * self.extra

    @cached_property
    def _best(self) -> tuple[float, float]:
        """Constant and share by least squares."""
        if self.extra is None:
            return self.constant(None), 0.0
        basis = np.stack([self.value.ravel(), self.extra.ravel()], axis=1)
        (constant, share), *_ = np.linalg.lstsq(basis, self.a.ravel(), rcond=None)
        return float(constant), float(share)
