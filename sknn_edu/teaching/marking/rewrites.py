"""Local changes of a formula: one operator, name, transpose, axis, factor, sign or call.

The same changes serve twice. Made in a right formula they give what mistakes give; made in a
student's wrong formula, the one that makes it right shows the mistake, and its place. `kinds` names
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...formulas import Expression, to_columns
from ...formulas.quantity import Quantity
from ...formulas.tree import (
    Call,
    Comparison,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
)
from ..network_formulas import Formulas
from .slope_places import slope_before_weights
from .update_changes import added_in_updates, is_kept, settings_of

NUMBERS = (1.0, 2.0, 0.5, 3.0, 4.0)
# Names that may stand where another belongs; numbers such as m have changes of their own.
EXCHANGED = {"A", "Z", "W", "b", "dA", "delta", "dW", "db", "W_next", "b_next", "mask", "Y"}
RELATIONS = {">": ("<", "<="), "<": (">",), "<=": (">",), ">=": ("<=", "<"), "==": (), "!=": ()}
OPPOSITES = {"log": "exp", "exp": "log"}


class Place(NamedTuple):
    """A node of a formula, and those around it, the outermost first."""

    node: Expression
    around: tuple[Expression, ...]

    @property
    def parent(self) -> Expression | None:
        """The node directly around it."""
        return self.around[-1] if self.around else None

    def inside(self) -> Iterator[Place]:
        """The places of its parts; an exponent stays with its power."""
        parts = [self.node.base] if isinstance(self.node, Power) else self.node.parts()
        return (Place(part, (*self.around, self.node)) for part in parts)

    def formula_with(self, part: Expression) -> Expression:
        """The whole formula with another part here."""
        *_, whole = self.grown(part)
        return whole

    def grown(self, part: Expression) -> Iterator[Expression]:
        """Another part that stands here, then what is around it with that, up to the whole."""
        yield part
        old = self.node
        for node in reversed(self.around):
            old, part = node, node.rebuilt(_exchange(old, part))
            yield part


def _exchange(old: Expression, new: Expression) -> Callable[[Expression], Expression]:
    return lambda part: new if part is old else part


def places(formula: Expression) -> Iterator[Place]:
    """Every node of a formula with those around it."""
    waiting = [Place(formula, ())]
    while waiting:
        place = waiting.pop()
        yield place
        waiting += reversed(list(place.inside()))


def unshared(formula: Expression) -> Expression:
    """The formula with a node of its own at every place, so that each can be changed alone."""
    changed = formula.rebuilt(unshared)
    return changed if changed is not formula else _copy(formula)


def _copy(node: Expression) -> Expression:
    new = object.__new__(type(node))
    new.__dict__.update(vars(node))
    return new


@dataclass(frozen=True)
class Words:
    """What a formula for a quantity may be made of.

    Attributes
    ----------
    formulas : Formulas
    target : Quantity
    names : tuple of str
        Of the network's arrays.
    sample_axis : int
        Of arrays with samples: 0 in rows, 1 in columns.
    """

    formulas: Formulas
    target: Quantity
    names: tuple[str, ...]
    sample_axis: int

    @property
    def layers(self) -> range:
        """1, ..., L."""
        return self.formulas.layers

    def slope(self, l: int) -> Expression:
        """f'(Z) of a layer."""
        return Call(f"d_{self.formulas.functions.of_layer(l)}", (Name(f"Z{l}"),))

    def carried_back(self, l: int, dA: Expression) -> Expression:
        """delta of a layer that dA goes back through, in the layout of the answers."""
        written = self.formulas.carried_back(l, Name("dA")).substituted({})
        in_layout = written if self.sample_axis == 0 else to_columns(written)
        return in_layout.substituted({"dA": dA})

    def arrays(self) -> Iterator[str]:
        """The names that may be exchanged; what the formula is to give is none of them."""
        for name in self.names:
            quantity = Quantity.of(name)
            is_exchanged = quantity.family in EXCHANGED or (self.target.is_step and is_kept(name))
            if is_exchanged and str(quantity) == name and quantity != self.target:
                yield name


def changed(place: Place, words: Words) -> Iterator[Expression]:
    """What may stand in the place of a node, of about its size or smaller."""
    node = place.node
    match node:
        case MatrixProduct(P, Q):
            yield from (Product(*pair) for pair in _turned(P, Q))
            yield from (MatrixProduct(*pair) for pair in _turned(P, Q)[1:])
            yield from (MatrixProduct(*pair) for pair in _turned(Q, P))
            yield from (P, Q, Transpose(P), Transpose(Q))
            yield from slope_before_weights(P, Q, words.target)
            if isinstance(P, Product):  # (A * B) @ C, for A * (B @ C)
                yield Product(P.left, MatrixProduct(P.right, Q))
        case Product(P, Q):
            yield from (MatrixProduct(*pair) for pair in (*_turned(P, Q), *_turned(Q, P)))
            yield from (P, Q, Quotient(P, Q), Sum(P, "+", Q))
            if isinstance(P, MatrixProduct):  # (A @ B) * C, for A @ (B * C)
                yield MatrixProduct(P.left, Product(P.right, Q))
                if isinstance(P.left, MatrixProduct):
                    first, second = P.left.left, P.left.right
                    yield MatrixProduct(first, Product(MatrixProduct(second, P.right), Q))
            yield from (Product(*pair) for pair in _turned(P, Q)[1:])
        case Quotient(P, Q):
            yield from (P, Product(P, Q), Quotient(Q, P))
        case Sum(P, sign, Q):
            yield Sum(P, "+" if sign == "-" else "-", Q)
            yield Sum(Negative(P), sign, Q)
            yield from (P, Q, Product(P, Q))
            if sign == "-":
                yield from (Sum(Q, "-", P), Negative(Q))
        case Power(P, exponent):
            yield P
            for number in (2.0, 0.5, 3.0):
                if exponent != Number(number):
                    yield Power(P, Number(number))
        case Transpose(P):
            yield P
        case Negative(P):
            yield P
        case Number(number):
            yield from (Number(other) for other in NUMBERS if other != number)
        case Name(name):
            yield from _other_names(name, words)
        case Comparison(P, relation, Q):
            yield from (Comparison(P, other, Q) for other in RELATIONS.get(relation, ()))
        case Call(function, arguments):
            yield from _other_calls(function, arguments, words)
        case Reduction(function, P, axis, keepdims):
            yield from _other_reductions(function, P, axis, keepdims)
    summed = isinstance(place.parent, Reduction)
    if not (summed or is_scalar(node) or isinstance(node, Transpose | Reduction | Sum)):
        yield Transpose(node)


def is_scalar(node: Expression) -> bool:
    """Whether it is one number, such as m or learning_rate."""
    return isinstance(node, Number) or (
        isinstance(node, Name) and Quantity.of(node.id).layer is None and node.id not in "XYw"
    )


def _turned(P: Expression, Q: Expression) -> list[tuple[Expression, Expression]]:
    """The two as they are, and with one or both transposed."""
    P_turned, Q_turned = _transposed(P), _transposed(Q)
    return [(P, Q), (P_turned, Q), (P, Q_turned), (P_turned, Q_turned)]


def _transposed(P: Expression) -> Expression:
    return P.operand if isinstance(P, Transpose) else Transpose(P)


def _other_names(name: str, words: Words) -> Iterator[Expression]:
    """Another array; of a number such as alpha, what it is mistaken for."""
    if Quantity.of(name).family in EXCHANGED or Quantity.of(name).family == "X" or is_kept(name):
        for other in words.arrays():
            if other != str(Quantity.of(name)):
                yield Name(other)
                if Quantity.of(other).family in ("W", "A", "dW"):
                    yield Transpose(Name(other))
    elif words.target.is_step and name in (settings := settings_of(words.formulas.step)):
        yield from (Name(other) for other in settings if other != name)
    elif name in ("alpha", "learning_rate", "m"):
        others = ["alpha"] * bool(words.formulas.penalty_slope) + ["learning_rate", "m"]
        yield from (Name(other) for other in others if other != name)


def _other_calls(
    function: str, arguments: tuple[Expression, ...], words: Words
) -> Iterator[Expression]:
    """The argument alone, f for f' and the reverse, and the functions of other layers."""
    if len(arguments) == 2:
        yield Call(function, arguments[::-1])
    if len(arguments) > 1:
        return
    yield arguments[0]
    bare = function.removeprefix("d_")
    of_layers = {words.formulas.functions.of_layer(l) for l in words.layers}
    others = {f"d_{bare}" if bare == function else bare, *of_layers}
    others |= {f"d_{f}" for f in of_layers}
    if function in OPPOSITES:
        others = {OPPOSITES[function]}
    yield Power(Call(function, arguments), Number(2.0))
    for other in sorted(others - {function}):
        if other in words.formulas.functions:
            yield Call(other, arguments)


def _other_reductions(
    function: str, P: Expression, axis: int | None, keepdims: bool
) -> Iterator[Expression]:
    """The other axis, all, keepdims, no sum at all, and the mean for the sum."""
    yield P
    other = "mean" if function == "sum" else "sum"
    for other_function in (function, other):
        for other_axis in (0, 1, None):
            for kept in (False, True):
                if (other_function, other_axis, kept) != (function, axis, keepdims):
                    yield Reduction(other_function, P, other_axis, kept)


def extended(place: Place, words: Words) -> Iterator[Expression]:
    """A node with something added to it: a factor, a term, a sum, a product with weights."""
    node, f = place.node, words.formulas
    if is_scalar(node):
        for name in _weights_of(node, words):
            yield Product(node, Name(name))
            yield Quotient(Product(node, Name(name)), f.total)
        yield from (Sum(Number(1.0), sign, node) for sign in "+-")
        return
    yield Negative(node)
    yield from (Product(Number(2.0), node), Quotient(node, Number(2.0)))
    yield from (Quotient(node, f.total), Product(f.total, node))
    yield from (Product(Name("learning_rate"), node), Quotient(node, Name("learning_rate")))
    backward = words.target.is_derivative or words.target.is_step
    for l in words.layers if backward else ():
        yield Product(node, words.slope(l))
        if words.sample_axis == 0 and not f.architecture.activations[l - 1].elementwise:
            yield f.carried_back(l, node)
    for l in words.layers:
        W = Name(f"W{l}")
        weights = [MatrixProduct(node, Transpose(W)), MatrixProduct(node, W)]
        if words.sample_axis == 1:
            weights = [MatrixProduct(Transpose(W), node), MatrixProduct(W, node)]
        yield from weights
        if f.architecture.has_biases and not backward:
            yield Sum(node, "+", Name(f"b{l}"))
        if l in f.dropped:
            yield Product(node, Name(f"mask{l}"))
    for axis in (0, 1, None):
        yield from (Reduction("sum", node, axis, kept) for kept in (False, True))
    yield Power(node, Number(2.0))
    if words.target.is_step:
        yield from added_in_updates(node, f.step)
    yield from _with_terms(node, words)


def _with_terms(node: Expression, words: Words) -> Iterator[Expression]:
    """A node with a term that belongs to the answer: the penalty, the weights of an update."""
    f, target = words.formulas, words.target
    if target.family == "dW" and target.layer in f.penalty_slope:
        yield Sum(node, "+", f.penalty_slope[target.layer])
    if target.family == "loss" and f.penalty_loss is not None:
        yield Sum(node, "+", f.penalty_loss)
    if target.is_step:
        W = Name(str(target.parameter))
        yield from (Sum(W, "+", node), Sum(W, "-", node))
    yield from (Sum(Number(1.0), sign, node) for sign in "+-")


def _weights_of(node: Expression, words: Words) -> list[str]:
    """What the strength of a penalty, or a rate, may have lost beside it."""
    is_strength = isinstance(node, Name) and node.id == "alpha"
    return [str(words.target.parameter)] if is_strength and words.target.family == "dW" else []
