"""Formulas of large arrays, computed for some samples at a time.

Sums over the samples, such as ``A1.T @ delta2``, are added up piece by piece and put into
the formula as what they are: arrays that belong to no sample. What is left is a formula of
which each sample has its own row (or column), which can be computed for any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...formulas import Expression, Functions, Scope
from ...formulas.layout import Layout
from ...formulas.shapes import Size
from ...formulas.tree import Backward, Name, Reduction
from .forms import Forms
from .numbers import OnDemand, Piece
from .stand_ins import SomeUnits, Stand

# Sums over samples of right numbers are kept up to so many numbers in all (8 MB).
MOST_OF_SUMS = 10**6


class Program:
    """Formulas that build on each other and on the numbers of a pass.

    A formula that is defined takes the place of an array in the formulas after it.
    """

    def __init__(
        self,
        numbers: OnDemand,
        functions: Functions,
        max_entries: int,
        layout: Layout = Layout.ROWS,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.numbers, self.layout, self.check = numbers, layout, check
        self.functions, self.max_entries = functions, max_entries
        self.defined: dict[str, Expression] = {}
        self.formulas: dict[str, Expression] = {}
        self.forms = Forms(self.formulas, numbers, functions, max_entries, layout)

    def define(self, name: str, formula: Expression) -> None:
        """Put a formula in place of an array of the pass."""
        key = f"defined {name}"
        self.formulas[key] = self.prepared(formula.substituted(self.defined))
        self.defined[name] = Name(key)

    def result(self, formula: Expression) -> Result:
        """What a formula gives."""
        prepared = self.prepared(formula.substituted(self.defined))
        return Result(self, prepared, *self.forms.of(prepared))

    def prepared(self, node: Expression) -> Expression:
        """The formula with its sums over samples added up.

        Raises `NotInPieces`, and `ShapeMismatch` where the formula has no value.
        """
        if isinstance(node, Backward):
            node = node.written
        node = node.rebuilt(self.prepared)
        if isinstance(node, Size):
            return Stand(node, self._size(node))
        if self.forms.of(node).samples is None and any(
            self.forms.of(p).samples for p in node.parts()
        ):
            return Stand(node, self._added_up(node))
        return node

    def _added_up(self, node: Expression) -> Any:
        """The value of a sum over samples."""
        sums, of_the_pass = self.numbers.sums, self._is_of_the_pass(node)
        if of_the_pass and node in sums:
            return sums[node]
        total = self._total(node)
        if of_the_pass and np.size(total) + sum(map(np.size, sums.values())) <= MOST_OF_SUMS:
            sums[node] = total
        return total

    def _size(self, node: Size) -> float:
        """How many rows, columns or entries there are, of all samples."""
        shape = self.forms.of(node.operand).shape
        if node.axis is not None and not -len(shape) <= node.axis < len(shape):
            self.forms.refuse(node)
        return float(math.prod(shape) if node.axis is None else shape[node.axis])

    def _is_of_the_pass(self, node: Expression) -> bool:
        """Whether a formula has only numbers of the pass in it, in rows."""
        kinds = (Stand, SomeUnits)
        return (
            self.layout is Layout.ROWS
            and node.names().isdisjoint(self.formulas)
            and not any(isinstance(part, kinds) for part in node.walk())
        )

    def _total(self, node: Expression) -> Any:
        """The sum of a sum's values for each piece."""
        count = 1.0
        if isinstance(node, Reduction) and node.function == "mean":
            count = math.prod(self.forms.of(node.operand).shape) / math.prod(
                self.forms.of(node).shape
            )
            node = replace(node, function="sum")
        total: Any = 0.0
        for rows in self.numbers.pieces:
            total += node.value(self.scope(Piece(self.numbers, rows)))
        return total / count if count != 1 else total

    def scope(self, piece: Piece) -> Scope:
        """To compute formulas for a piece."""
        return Bound(self, piece).scope()


class Bound(dict[str, Any]):
    """What names stand for in the formulas of a program, for a piece of the samples."""

    def __init__(self, program: Program, piece: Piece) -> None:
        super().__init__()
        self.program, self.piece = program, piece

    def scope(self) -> Scope:
        """To compute formulas; not kept here, so that all arrays are freed with the last use."""
        return Scope(self, self.program.functions, self.program.max_entries)

    def __missing__(self, name: str) -> Any:
        self.program.check()
        if name in self.program.formulas:
            value = self.program.formulas[name].value(self.scope())
        else:
            value = oriented(self.piece[name], self.program.layout)
        self[name] = value
        return value


class Result:
    """What a formula gives, to be computed as a whole or for some samples."""

    def __init__(
        self,
        program: Program,
        formula: Expression,
        shape: tuple[int, ...],
        samples: int | None,
    ) -> None:
        self.program, self.formula = program, formula
        self.shape, self.samples = shape, samples

    def of(self, piece: Piece) -> Any:
        """For the samples of a piece."""
        return self.formula.value(self.program.scope(piece))

    def parts(self) -> Iterator[tuple[slice, Any]]:
        """For some samples at a time, with their rows."""
        numbers = self.program.numbers
        return ((rows, self.of(Piece(numbers, rows))) for rows in numbers.pieces)

    def whole(self) -> Any:
        """For all samples."""
        if self.samples is None:
            numbers = self.program.numbers
            return self.of(Piece(numbers, numbers.pieces[0]))
        array = np.empty(self.shape, order="C" if self.samples == -2 else "F")
        for rows, part in self.parts():
            array[(..., rows) if self.samples == -1 else (..., rows, slice(None))] = part
        return array


def oriented(value: Any, layout: Layout) -> Any:
    """A value of a pass in rows, as the layout has it."""
    if np.ndim(value) == 0 or layout is Layout.ROWS:
        return value
    return value[:, np.newaxis] if value.ndim == 1 else value.T
