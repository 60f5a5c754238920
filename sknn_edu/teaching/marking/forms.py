"""The shapes of formulas without their values, and the axis along which each has its samples.

An array of a pass has a row for each sample (a column in the other layout); so has what is computed
from it entry by entry, and a product with weights. A sum over the samples has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, NoReturn

import numpy as np

from ...formulas import Expression, Functions, Scope
from ...formulas.layout import Layout
from ...formulas.primitives import OF_THE_LANGUAGE
from ...formulas.quantity import Quantity
from ...formulas.shapes import Outer, Reshaped
from ...formulas.tree import (
    Call,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Reduction,
    Transpose,
)
from .numbers import OnDemand
from .stand_ins import SomeUnits, Stand


class NotInPieces(Exception):
    """A formula that mixes samples in another way, or is of a kind that is not known here."""


class Form(NamedTuple):
    """The shape of a value, and its axis of samples: -1, -2, or None if it belongs to none."""

    shape: tuple[int, ...]
    samples: int | None = None


class Forms:
    """The forms of formulas, whose names are numbers of a pass or other formulas.

    Parameters
    ----------
    formulas : mapping of str to Expression
        What names stand for that are none of the pass. It may grow.
    numbers : OnDemand
        The numbers of the pass.
    functions : Functions
    max_entries : int
        What gives larger arrays has no form.
    layout : Layout
        Of the formulas.
    """

    def __init__(
        self,
        formulas: Mapping[str, Expression],
        numbers: OnDemand,
        functions: Functions,
        max_entries: int,
        layout: Layout,
    ) -> None:
        self.formulas, self.numbers, self.layout = formulas, numbers, layout
        self.functions, self.max_entries = functions, max_entries
        self._known: dict[int, tuple[Expression, Form]] = {}

    def of(self, node: Expression) -> Form:
        """The form of the value of a node whose parts are prepared."""
        if id(node) not in self._known:
            self._known[id(node)] = node, self._of_kind(node)
        return self._known[id(node)][1]

    def _of_kind(self, node: Expression) -> Form:
        match node:
            case Stand():
                return Form(np.shape(node.number))
            case Number():
                return Form(())
            case SomeUnits(name, units):
                n, *others = self._of_name(name).shape
                return (
                    Form((n, len(units)), -2) if node.is_of_samples else Form((len(units), *others))
                )
            case Name():
                return self._of_name(node.id)
            case Negative(P):
                return self.of(P)
            case Transpose(P):
                return _turned(self.of(P))
            case MatrixProduct(P, Q):
                return self._product(node, self.of(P), self.of(Q))
            case Reduction(function, P):
                form = self._reduced(node, self.of(P))
                if function in ("max", "min") and form.samples is None and self.of(P).samples:
                    raise NotInPieces
                return form
            case Outer() | Reshaped():
                raise NotInPieces
            case Power(_, p) if self.of(p).shape:
                raise NotInPieces
            case Call(function) if function not in OF_THE_LANGUAGE:
                return self._called(node, function)
        return self._broadcast(node)

    def _of_name(self, name: str) -> Form:
        """The form of what a name stands for."""
        if name in self.formulas:
            return self.of(self.formulas[name])
        shape = self.numbers.shape(name)
        samples = -2 if Quantity.of(name).is_of_samples else None
        if self.layout is Layout.ROWS:
            return Form(shape, samples)
        return _turned(Form(shape if len(shape) != 1 else (1, *shape), samples))

    def _broadcast(self, node: Expression) -> Form:
        """Entry by entry: all that have samples must have them along the same axis."""
        forms = [self.of(part) for part in node.parts()]
        try:
            shape = np.broadcast_shapes(*(form.shape for form in forms))
        except ValueError:
            return self.refuse(node)
        if np.prod(shape, dtype=float) > self.max_entries:
            return self.refuse(node)
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
        first, axis = self.of(node.arguments[0]), self.layout_axis
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
                return self.refuse(node)
            raise NotInPieces
        shape = (P.shape[0], Q.shape[1])
        if P.shape[1] != Q.shape[0] or np.prod(shape, dtype=float) > self.max_entries:
            return self.refuse(node)
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
            return self.refuse(node)
        axis = axis % n - n
        if node.keepdims:
            shape = tuple(1 if k == axis else P.shape[k] for k in range(-n, 0))
            return Form(shape, None if axis == P.samples else P.samples)
        shape = tuple(P.shape[k] for k in range(-n, 0) if k != axis)
        if P.samples is None or axis == P.samples:
            return Form(shape)
        return Form(shape, P.samples + (axis > P.samples))

    def refuse(self, node: Expression) -> NoReturn:
        """Raise what the node says of these shapes; the arrays are not computed for it."""

        def stand(part: Expression) -> Expression:
            return Stand(part, np.broadcast_to(np.float64(1), self.of(part).shape))

        node.rebuilt(stand).value(Scope({}, self.functions, self.max_entries))
        raise NotInPieces


def _turned(form: Form) -> Form:
    """The form of the transpose."""
    if len(form.shape) != 2:
        return form
    samples = None if form.samples is None else -3 - form.samples
    return Form(form.shape[::-1], samples)
