"""Where in a formula a change is made, in a derivative or in the loss; what a change is called."""

from __future__ import annotations

from typing import NamedTuple

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import MatrixProduct, Name, Negative, Product, Quotient, Transpose
from .rewrites import Place, Words


class Kind(NamedTuple):
    """A code, and a sentence for a student."""

    code: str
    sentence: str


MOST_TOLD = 5  # nodes: what is larger is much of the solution, which students are to find


def is_told(part: Expression) -> bool:
    """Whether a message may show a part of the right formula."""
    return sum(1 for _ in part.walk()) <= MOST_TOLD


def bare(P: Expression) -> Expression:
    """Without a minus in front."""
    return P.operand if isinstance(P, Negative) else P


def in_slope(place: Place, words: Words) -> Kind | None:
    """The code of any change inside an attempt at f'(Z)."""
    l = slope_layer(place, words)
    if l is None:
        return None
    f = words.formulas.architecture.activations[l - 1]
    return Kind("wrong_derivative", f"This is not the derivative of {f.name} in layer {l}.")


def slope_layer(place: Place, words: Words) -> int | None:
    """The layer whose f' this part seems to be: an expression of A or Z of one layer alone."""
    if words.target.family in ("loss", "A", "Z"):
        return None
    inside = place.node
    for node in reversed(place.around):
        if isinstance(node, MatrixProduct | Transpose):
            return None
        others = node.names() - inside.names()
        if isinstance(node, Product | Quotient) and any(map(is_gradient, others)):
            break
        inside = node
    else:
        return None
    quantities = {Quantity.of(name) for name in inside.names()}
    layers = {quantity.layer for quantity in quantities}
    if {quantity.family for quantity in quantities} <= {"A", "Z"} and len(layers) == 1:
        return next(iter(layers)) or None
    return None


def is_gradient(name: str) -> bool:
    """Whether it is a derivative, or the targets, which make one."""
    return name == "Y" or Quantity.of(name).is_derivative


# Numbers that slip into a formula: 2, 1/3, 3/4, 0.1 and the like.
COMMON = {float(n) for n in range(13)} | {1 / n for n in range(1, 13)}
COMMON |= {a / b for a in range(1, 5) for b in range(1, 5)}


def is_common(number: float) -> bool:
    """Whether a number is one that slips into a formula, perhaps rounded."""
    return any(abs(number - common) <= 1e-3 * common for common in COMMON)


def is_bias(term: Expression) -> bool:
    """Whether it is a bias alone."""
    return isinstance(term, Name) and Quantity.of(term.id).family == "b"


def is_of_loss(place: Place, words: Words) -> bool:
    """Whether this belongs to the loss or its derivative."""
    output = {f"A{words.formulas.L}", f"Z{words.formulas.L}"}
    return words.target.family == "loss" or any(
        "Y" in node.names() or (node.names() and node.names() <= output)
        for node in (place.node, *place.around[-2:])
    )
