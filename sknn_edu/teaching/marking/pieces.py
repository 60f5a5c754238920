"""Formulas of large arrays, computed for some samples at a time.

Sums over the samples, such as ``A1.T @ delta2``, are added up piece by piece and put into
the formula as what they are: arrays that belong to no sample. What is left is a formula of
which each sample has its own row (or column), which can be computed for any of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ...formulas import Expression, Functions, Scope
from ...formulas.layout import Layout
from ...formulas.primitives import OF_THE_LANGUAGE
from ...formulas.quantity import Quantity
from ...formulas.shapes import Outer, Reshaped, Size
from ...formulas.tree import (
    Backward,
    Call,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Reduction,
    Transpose,
)
from .numbers import OnDemand, Piece

# Sums over samples of right numbers are kept up to so many numbers in all (8 MB).
MOST_OF_SUMS = 10**6


class NotInPieces(Exception):
    """A formula that mixes samples in another way, or is of a kind that is not known here."""


class Form(NamedTuple):
    """The shape of a value, and its axis of samples: -1, -2, or None if it belongs to none."""

    shape: tuple[int, ...]
    samples: int | None = None


@dataclass(frozen=True, eq=False)
class Stand(Expression):
    """A value that stands for a part of a formula."""

    part: Expression
    number: Any

    def value(self, scope: Scope) -> Any:
        """The value, in any scope."""
        return self.number

    def parts(self) -> Iterator[Expression]:
        """None: it is not computed again."""
        return iter(())

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """Itself."""
        return self

    @property
    def binding(self) -> int:  # type: ignore[override]
        """As tight as what it stands for."""
        return self.part.binding

    def __str__(self) -> str:
        return str(self.part)


@dataclass(frozen=True, eq=False)
class SomeUnits(Expression):
    """Some columns of an array of samples, or some rows of one that belongs to no sample."""

    id: str
    units: np.ndarray

    def value(self, scope: Scope) -> Any:
        """That part of what the scope has under the name."""
        array = scope.values[self.id]
        return array[:, self.units] if self.is_of_samples else array[self.units]

    @property
    def is_of_samples(self) -> bool:
        """Whether it is an array with a row for each sample."""
        return Quantity.of(self.id).is_of_samples

    def names(self) -> set[str]:
        """Only its own."""
        return {self.id}

    def __str__(self) -> str:
        return self.id


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
        self._forms: dict[int, tuple[Expression, Form]] = {}

    def define(self, name: str, formula: Expression) -> None:
        """Put a formula in place of an array of the pass."""
        key = f"defined {name}"
        self.formulas[key] = self.prepared(formula.substituted(self.defined))
        self.defined[name] = Name(key)

    def result(self, formula: Expression) -> Result:
        """What a formula gives."""
        prepared = self.prepared(formula.substituted(self.defined))
        return Result(self, prepared, *self.form(prepared))

    def prepared(self, node: Expression) -> Expression:
        """The formula with its sums over samples added up.

        Raises `NotInPieces`, and `ShapeMismatch` where the formula has no value.
        """
        if isinstance(node, Backward):
            node = node.written
        node = node.rebuilt(self.prepared)
        if isinstance(node, Size):
            return Stand(node, self._size(node))
        if self.form(node).samples is None and any(self.form(p).samples for p in node.parts()):
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
        shape = self.form(node.operand).shape
        if node.axis is not None and not -len(shape) <= node.axis < len(shape):
            self._refused(node)
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
            count = math.prod(self.form(node.operand).shape) / math.prod(self.form(node).shape)
            node = replace(node, function="sum")
        total: Any = 0.0
        for rows in self.numbers.pieces:
            total += node.value(self.scope(Piece(self.numbers, rows)))
        return total / count if count != 1 else total

    def scope(self, piece: Piece) -> Scope:
        """To compute formulas for a piece."""
        return Bound(self, piece).scope()

    # -- forms ------------------------------------------------------------------------------

    def form(self, node: Expression) -> Form:
        """The form of the value of a node whose parts are prepared."""
        if id(node) not in self._forms:
            self._forms[id(node)] = node, self._form(node)
        return self._forms[id(node)][1]

    def _form(self, node: Expression) -> Form:
        match node:
            case Stand():
                return Form(np.shape(node.number))
            case Number():
                return Form(())
            case SomeUnits(name, units):
                n, *others = self._form_of(name).shape
                return (
                    Form((n, len(units)), -2) if node.is_of_samples else Form((len(units), *others))
                )
            case Name():
                return self._form_of(node.id)
            case Negative(P):
                return self.form(P)
            case Transpose(P):
                return _turned(self.form(P))
            case MatrixProduct(P, Q):
                return self._product(node, self.form(P), self.form(Q))
            case Reduction(function, P):
                form = self._reduced(node, self.form(P))
                if function in ("max", "min") and form.samples is None and self.form(P).samples:
                    raise NotInPieces
                return form
            case Outer() | Reshaped():
                raise NotInPieces
            case Power(_, p) if self.form(p).shape:
                raise NotInPieces
            case Call(function) if function not in OF_THE_LANGUAGE:
                return self._called(node, function)
        return self._broadcast(node)

    def _form_of(self, name: str) -> Form:
        """The form of what a name stands for."""
        if name in self.formulas:
            return self.form(self.formulas[name])
        shape = self.numbers.shape(name)
        samples = -2 if Quantity.of(name).is_of_samples else None
        if self.layout is Layout.ROWS:
            return Form(shape, samples)
        return _turned(Form(shape if len(shape) != 1 else (1, *shape), samples))

    def _broadcast(self, node: Expression) -> Form:
        """Entry by entry: all that have samples must have them along the same axis."""
        forms = [self.form(part) for part in node.parts()]
        try:
            shape = np.broadcast_shapes(*(form.shape for form in forms))
        except ValueError:
            return self._refused(node)
        if np.prod(shape, dtype=float) > self.max_entries:
            return self._refused(node)
        axes = {form.samples for form in forms if form.samples is not None}
        if not axes:
            return Form(shape)
        axis, *others = axes
        if others or any(
            form.samples is None and len(form.shape) >= -axis and form.shape[axis] != 1
            for form in forms
        ):
            raise NotInPieces
        return Form(shape, axis)

    def _called(self, node: Call, function: str) -> Form:
        """An activation, its derivative, or a loss: they see samples in rows of the layout."""
        form = self._broadcast(node)
        first, axis = self.form(node.arguments[0]), self.layout_axis
        if form.samples is None or form.samples != axis or form != first:
            raise NotInPieces
        losses = {self.functions.of_loss(p) for _, p in self.numbers.architecture.loss.terms()}
        if function in losses:
            n = self.numbers.samples.n
            return Form((n, 1) if axis == -2 else (1, n), axis)
        return form

    @property
    def layout_axis(self) -> int:
        """Where the layout has the samples."""
        return -2 if self.layout is Layout.ROWS else -1

    def _product(self, node: MatrixProduct, P: Form, Q: Form) -> Form:
        """A matrix product: samples in the rows of P or the columns of Q, or summed over."""
        if len(P.shape) != 2 or len(Q.shape) != 2:
            if P.samples is None and Q.samples is None and P.shape and Q.shape:
                raise NotInPieces
            if not P.shape or not Q.shape or P.shape[-1] != Q.shape[0]:
                return self._refused(node)
            raise NotInPieces
        shape = (P.shape[0], Q.shape[1])
        if P.shape[1] != Q.shape[0] or np.prod(shape, dtype=float) > self.max_entries:
            return self._refused(node)
        match P.samples, Q.samples:
            case (None, None) | (-1, -2):
                return Form(shape)
            case (-2, None):
                return Form(shape, -2)
            case (None, -1):
                return Form(shape, -1)
        raise NotInPieces

    def _reduced(self, node: Reduction, P: Form) -> Form:
        """A sum or a mean."""
        n, axis = len(P.shape), node.axis
        if axis is None:
            return Form((1,) * n if node.keepdims else ())
        if not -n <= axis < n:
            return self._refused(node)
        axis = axis % n - n
        if node.keepdims:
            shape = tuple(1 if k == axis else P.shape[k] for k in range(-n, 0))
            return Form(shape, None if axis == P.samples else P.samples)
        shape = tuple(P.shape[k] for k in range(-n, 0) if k != axis)
        if P.samples is None or axis == P.samples:
            return Form(shape)
        return Form(shape, P.samples + (axis > P.samples))

    def _refused(self, node: Expression) -> Form:
        """Raise what the node says of these shapes; the arrays are not computed for it."""

        def stand(part: Expression) -> Expression:
            return Stand(part, np.broadcast_to(np.float64(1), self.form(part).shape))

        node.rebuilt(stand).value(Scope({}, self.functions, self.max_entries))
        raise NotInPieces


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


def _turned(form: Form) -> Form:
    """The form of the transpose."""
    if len(form.shape) != 2:
        return form
    samples = None if form.samples is None else -3 - form.samples
    return Form(form.shape[::-1], samples)
