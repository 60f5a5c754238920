"""The case i != j of a derivative by softmax: a sum over all other units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from .latex_raw import Chain, Indexed
from .latex_shapes import shape_of
from .layout import Layout
from .node import Expression
from .quantity import Shape
from .tree import Negative, Product, Reduction, Sum

Settle = Callable[[Expression, Shape | None], Expression]


def different_units(
    node: Expression, settle: Settle, shapes: Mapping[str, Shape], layout: Layout
) -> Expression | None:
    """``s p_i q_j``, summed over all i that are not j, is ``q * (sum(s * p) - s * p)``.

    s are the factors of the same shape that have no index. None if it is no such product.
    """
    negative, factors = _flat(node)
    by_index: dict[str, list[Expression]] = {}
    for factor in factors:
        letters = {part.indices for part in factor.walk() if isinstance(part, Indexed)} - {""}
        if len(letters) > 1:
            return None
        by_index.setdefault(letters.pop() if letters else "", []).append(factor)
    plain = by_index.pop("", [])
    if len(by_index) != 2:
        return None
    (p, q) = (_product([settle(f, None) for f in some]) for some in by_index.values())
    shape = shape_of(p, shapes)
    slopes = [f for f in plain if shape_of(settled := settle(f, None), shapes) == shape]
    rest = [f for f in plain if f not in slopes]
    del settled
    if shape is None or len(shape) != 2 or shape != shape_of(q, shapes):
        return None
    weighted = _product([*(settle(f, None) for f in slopes), p])
    axis = 1 if layout is Layout.ROWS else 0
    others = Sum(Reduction("sum", weighted, axis, keepdims=True), "-", weighted)
    through = Product(q, others, span=node.span)
    whole: Expression = through
    if rest:
        whole = Chain((through, *rest), " " * len(rest), span=node.span)
    return Negative(whole, span=node.span) if negative else whole


def _flat(node: Expression) -> tuple[bool, list[Expression]]:
    """The sign and the factors of a product within products."""
    if isinstance(node, Negative):
        negative, factors = _flat(node.operand)
        return not negative, factors
    if isinstance(node, Chain):
        parts = [_flat(factor) for factor in node.factors]
        return sum(n for n, _ in parts) % 2 == 1, [f for _, some in parts for f in some]
    return False, [node]


def _product(factors: list[Expression]) -> Expression:
    return reduce(lambda P, Q: Product(P, Q, span=P.span), factors)
