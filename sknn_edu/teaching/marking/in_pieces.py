"""A quantity of a large network with mistakes in the formulas that lead to it, in pieces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ...formulas import Expression, ShapeMismatch
from ...formulas.quantity import Quantity
from ..network_formulas import Formulas
from .numbers import OnDemand, Piece
from .pieces import Program
from .stand_ins import SomeUnits

# Of arrays with more rows than this, only so many are compared at first.
MANY_ROWS, SOME_ROWS = 64, 32

Value = Any  # an array, or a `Result`
Changes = Mapping[str, Expression]


class InPieces:
    """Values of one quantity, the ``target``, as far as they are compared.

    Unless ``whole``, of arrays with a row for each sample only some are computed, and of a large
    dW those for some units. Whole arrays with a row for each sample are a `Result`.
    """

    def __init__(
        self,
        formulas: Formulas,
        numbers: OnDemand,
        target: str,
        rows: np.ndarray | None,
        *,
        whole: bool,
    ) -> None:
        self.formulas, self.numbers = formulas, numbers
        self.target, self.is_whole = target, whole
        self.max_entries = max(10**6, numbers.largest)
        self.quantity = Quantity.of(target)
        self.units = rows if self.quantity.family == "dW" else None
        self.samples = None if whole else some_of(numbers.samples.n)

    def run(self, chain: Changes, changes: Changes) -> dict[str, Value]:
        """The value of the target with changes in the formulas of a chain, if they lead to it."""
        program = self._program()
        try:
            for name, formula in {**chain, **changes}.items():
                if name in changes or not formula.names().isdisjoint(program.defined):
                    if name == self.target:
                        return {name: self.value(formula, program)}
                    program.define(name, formula)
        except ShapeMismatch:
            pass
        return {}

    def value(self, formula: Expression, program: Program | None = None) -> Value:
        """The value of a formula of the target."""
        result = (program or self._program()).result(self.for_some_units(formula))
        if result.samples == -2 and len(result.shape) == 2:
            if self.is_whole:
                return result
            if self._piece is not None:
                return np.asarray(result.of(self._piece), np.float64)
        return np.asarray(result.whole(), np.float64)

    def compared(self, value: np.ndarray) -> np.ndarray:
        """The part that is compared of an array that has another shape than the target."""
        if self.samples is not None and value.ndim == 2 and len(value) == self.numbers.samples.n:
            return value[self.samples]
        return value

    def for_some_units(self, formula: Expression) -> Expression:
        """The formula of a large dW with some of the units in its rows; others as they are."""
        if self.units is None:
            return formula
        n, parts = self.numbers.shape(self.target)[0], {}
        for name in formula.names():
            axis = {"A": 1, "Z": 1, "dW": 0}.get(Quantity.of(name).family)
            if name == str(self.quantity.parameter):
                axis = 0
            if axis is not None and self.numbers.shape(name)[axis] == n:
                parts[name] = SomeUnits(name, self.units)
        return formula.substituted(parts)

    def _program(self) -> Program:
        return Program(self.numbers, self.formulas.functions, self.max_entries)

    @cached_property
    def _piece(self) -> Piece | None:
        """The samples that are compared."""
        return None if self.samples is None else Piece(self.numbers, self.samples)


def some_of(n: int) -> np.ndarray | None:
    """Some of n rows, if they are many."""
    if n <= MANY_ROWS:
        return None
    return np.random.RandomState(0).choice(n, SOME_ROWS, replace=False)
