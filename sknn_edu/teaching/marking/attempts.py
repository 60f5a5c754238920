"""Attempts at f'(Z) in a formula: what may have been meant, and what the attempt is called."""

from __future__ import annotations

from collections.abc import Iterator

from ...activations import Elementwise
from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Number, Product
from .context import Kind
from .rewrites import Place, Words


def fillings(words: Words) -> list[Expression]:
    """What an attempt at a derivative may have been meant to be."""
    return [words.slope(l) for l in words.layers]


def holes(place: Place, words: Words) -> Iterator[Expression]:
    """f'(Z) of each layer in place of an attempt at it."""
    if place.parent is not None and not isinstance(place.node, Number):
        yield from (right for right in fillings(words) if right != place.node)


JACOBIAN = (
    "stands for the derivative of an activation of which each output depends on all z of its row: "
    "delta is a sum over them."
)


def jacobians(place: Place, words: Words) -> Iterator[Expression]:
    """delta of a softmax in place of a product with something of its A or Z."""
    if not isinstance(place.node, Product):
        return
    for P, F in ((place.node.left, place.node.right), (place.node.right, place.node.left)):
        quantities = {Quantity.of(name) for name in F.names()}
        layers = {quantity.layer for quantity in quantities}
        if {quantity.family for quantity in quantities} <= {"A", "Z"} and len(layers) == 1:
            l = layers.pop()
            if l and not words.formulas.architecture.activations[l - 1].elementwise:
                yield words.carried_back(l, P)


def kind_of_jacobian(product: Expression) -> Kind:
    """What a product is called that stands for the delta of a softmax."""
    return Kind("wrong_derivative", f"In {product} something else {JACOBIAN}")


def kind_of_attempt(place: Place, right: Expression, words: Words) -> Kind | None:
    """What an attempt at f'(Z_l) has become."""
    (Z,) = right.names()
    l = Quantity.of(Z).number
    f = words.formulas.architecture.activations[l - 1]
    name, node = words.formulas.functions.of_layer(l), place.node
    names = {Quantity.of(n) for n in node.names()}
    families, layers = {q.family for q in names}, {q.layer for q in names}
    if not families <= {"A", "Z"} or len(layers) != 1:
        return None
    text = str(node)
    if text in (f"d_{name}(A{l})",):
        return Kind("derivative_at_A", f"The derivative of {f.name} is taken at Z{l}, not at A{l}.")
    if text in (f"{name}(Z{l})", f"A{l}"):
        return Kind(
            "activation_for_derivative",
            f"{text} itself stands where the derivative of {f.name} belongs.",
        )
    if layers != {l}:
        return Kind("wrong_layer", f"The derivative must be the one of layer {l}, at Z{l}.")
    in_A = f.derivative_formula if isinstance(f, Elementwise) else None
    if families == {"Z"} and in_A and "A" in in_A:
        renamed = node.substituted({f"Z{l}": Name(f"A{l}")})
        slope = words.formulas.of_component(f, in_A).substituted({"A": Name(f"A{l}")})
        if str(renamed) == str(slope):
            return Kind("Z_for_A", f"A formula of f' in terms of A needs A{l}, not Z{l}.")
    return Kind("wrong_derivative", f"{node} is not the derivative of {f.name}.")
