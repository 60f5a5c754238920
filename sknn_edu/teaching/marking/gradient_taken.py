"""Updates with a wrong gradient in them: which one was taken, and what one leads to.

An update is right but for its gradient if another gradient in its formula gives the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...formulas.quantity import Quantity
from ..network_formulas import Formulas
from .budget import Budget
from .comparison import SAME_FLOAT64, SAME_NUMBERS, relative_error
from .mistakes import sentence_about
from .numbers import Numbers
from .pieces import Result
from .search import Cause, Search
from .variations import Candidate

Codes = tuple[str, ...]


class GradientTaken:
    """The update ``target`` as a function of the gradient by its parameter.

    Parameters
    ----------
    formulas : Formulas
    true : AtOnce or OnDemand
    target : str
        Such as ``"W1_next"`` or ``"vb2_next"``.
    """

    def __init__(self, formulas: Formulas, true: Numbers, target: str) -> None:
        self.formulas, self.true, self.target = formulas, true, target
        self.slope = f"d{Quantity.of(target).parameter}"
        self.formula = formulas.expanded_update(target)

    def leads_to(self, gradient: Any) -> np.ndarray:
        """The update with that gradient, of the shape of the right one."""
        names = self.formula.names() - {self.slope}
        values = {name: self.true[name] for name in names} | {self.slope: gradient}
        return np.asarray(self.formula.value(self.formulas.scope(values)), np.float64)

    def of(self, rows: np.ndarray) -> np.ndarray | None:
        """The gradient that leads to an answer, where the update is linear in it."""
        shape = self.true.shape(self.target)
        if rows.shape != shape:
            return None
        f0, f1, f2 = (self.leads_to(np.full(shape, x)) for x in (0.0, 1.0, 2.0))
        factor = f1 - f0
        if not factor.all() or relative_error(f2 - f1, factor) > SAME_NUMBERS:
            return None
        return (rows - f0) / factor

    def causes(self, rows: np.ndarray, budget: Budget) -> Iterator[Cause]:
        """The single mistakes in the gradient that lead to an answer."""
        search = Search(self.formulas, self.true, self.slope, budget)
        for value, codes, messages in gradients_of(search):
            if np.shape(value) == rows.shape:
                error = relative_error(rows, self.leads_to(value))
                if error <= SAME_FLOAT64:
                    yield Cause(codes, messages, error)
                    return


def gradients_of(search: Search) -> Iterator[tuple[np.ndarray, Codes, Codes]]:
    """Wrong gradients: each mistake of the lists alone, and each constant, with their names."""
    variations = search.variations
    for candidate in variations.singles:
        if not isinstance(candidate.value, Result):
            yield _whole(candidate), candidate.codes, candidate.messages
    if not isinstance(right := variations.unchanged.value, Result):
        for constant in search.constants:
            messages = tuple(sentence_about(code, constant.constant) for code in constant.codes)
            yield constant.constant * _whole(variations.unchanged), constant.codes, messages
        if variations.unchanged.extra is not None:
            yield right, ("penalty_missing",), (sentence_about("penalty_missing", 0.0),)


def _whole(candidate: Candidate) -> np.ndarray:
    if candidate.extra is None:
        return np.asarray(candidate.value)
    return np.asarray(candidate.value + candidate.right_share * candidate.extra)
