"""What may have gone wrong where only the numbers of an answer are known."""

from __future__ import annotations

import numpy as np

from ...formulas.quantity import Quantity
from ..network_formulas import Formulas
from .answers import Reader
from .comparison import SAME_FLOAT64, SAME_NUMBERS, Precision, Tolerance, half_a_unit
from .gradient_taken import GradientTaken
from .search import Cause, Search

TRANSPOSED = "transposed"


class NumberSearch:
    """Searches for the mistakes behind arrays."""

    def __init__(self, reader: Reader, formulas: Formulas, rtol: float) -> None:
        self.reader, self.formulas, self.rtol = reader, formulas, rtol
        self.true, self.budget = reader.true, reader.budget

    def causes(
        self, target: str, rows: np.ndarray, precision: Precision, error: float
    ) -> list[Cause]:
        """The mistakes that give these numbers."""
        quantity = Quantity.of(target)
        if quantity.is_step:
            return self._causes_of_step(target, rows, precision, error)
        return self._causes_of(target, rows, precision, error)

    def _causes_of_step(
        self, target: str, rows: np.ndarray, precision: Precision, error: float
    ) -> list[Cause]:
        """The mistakes in a step; else those of the gradient that was taken."""
        causes = self._causes_of(target, rows, precision, error)
        if causes or rows.shape != self.true.shape(target):
            return causes
        update = GradientTaken(self.formulas, self.true, target)
        taken = update.of(rows)
        if taken is None:
            return list(update.causes(rows, self.budget))
        if self.reader.error(update.slope, taken) <= SAME_NUMBERS:
            return []
        return self._causes_of(update.slope, taken, precision, error)

    def _causes_of(
        self, target: str, rows: np.ndarray, precision: Precision, error: float
    ) -> list[Cause]:
        """The mistakes that give these numbers of a quantity."""
        search = Search(self.formulas, self.true, target, self.budget)
        exactly = Tolerance(SAME_FLOAT64 if error <= self.rtol else SAME_NUMBERS, exact=True)
        roughly = Tolerance(self.rtol, exact=False, slack=precision.slack)
        if precision.rounded and rows.size == 1:  # a number alone is near to many others
            near = min(self.rtol, half_a_unit(float(rows.reshape(()))))
            roughly = Tolerance(near, exact=False)
        if error <= self.rtol:
            return [] if precision.rounded else search.causes(rows, exactly, in_pairs=False)
        causes: list[Cause] = []
        self.budget.begin_stage(0.6)
        search.expect([rows, *self._turned(target, rows)], roughly)
        if not precision.rounded:
            causes = self._either_way_round(search, target, rows, exactly, in_pairs=True)
        # A constant in a formula may have been rounded; a single number is no evidence for one.
        if not causes and (precision.rounded or rows.size > 1):
            rounded = precision.rounded
            causes = self._either_way_round(search, target, rows, roughly, in_pairs=rounded)
        return causes

    def _either_way_round(
        self, search: Search, target: str, rows: np.ndarray, tolerance: Tolerance, *, in_pairs: bool
    ) -> list[Cause]:
        """Causes of the answer, and of its transpose."""
        causes = search.causes(rows, tolerance, in_pairs=False)
        if in_pairs and not causes:
            self.budget.begin_stage(1.0)
            causes = search.causes(rows, tolerance, in_pairs=True)
        for turned in () if any(c.codes for c in causes) else self._turned(target, rows):
            message = "This is the transpose of the right array: rows and columns are swapped."
            error = self.reader.error(target, turned, tolerance.slack)
            if error <= tolerance.rtol:
                causes.append(Cause((TRANSPOSED,), (message,), error))
            elif not causes:
                causes = [
                    Cause((TRANSPOSED, *cause.codes), (message, *cause.messages), cause.error)
                    for cause in search.causes(turned, tolerance, in_pairs=False)
                    if len(cause.codes) == 1
                ]
        fewest = min((len(cause.codes) for cause in causes), default=0)
        return [cause for cause in causes if len(cause.codes) == fewest]

    def _turned(self, target: str, rows: np.ndarray) -> list[np.ndarray]:
        """The transpose of an answer, where it has the right shape."""
        shape = self.true.shape(target)
        if len(shape) == 1 and rows.shape == (*shape, 1):
            return [rows.ravel()]
        return [rows.T] if rows.ndim == 2 and rows.T.shape == shape else []
