"""A slope on the wrong side of the weights: that of the next layer, before delta is sent back."""

from __future__ import annotations

from collections.abc import Iterator

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import MatrixProduct, Name, Product


def slope_before_weights(P: Expression, Q: Expression, target: Quantity) -> Iterator[Expression]:
    """f'(Z1) * (delta2 @ W2.T) for (f'(Z2) * delta2) @ W2.T, in the layout of either."""
    if target.family != "delta":
        return
    for F, D in _factors(P):
        if (slope := _of_layer(F, target)) is not None:
            yield Product(slope, MatrixProduct(D, Q))
    for F, D in _factors(Q):
        if (slope := _of_layer(F, target)) is not None:
            yield Product(slope, MatrixProduct(P, D))


def _factors(P: Expression) -> Iterator[tuple[Expression, Expression]]:
    """The two factors of a product entry by entry, either way round."""
    if isinstance(P, Product):
        yield P.left, P.right
        yield P.right, P.left


def _of_layer(F: Expression, target: Quantity) -> Expression | None:
    """A formula of A or Z of the next layer, as one of this layer."""
    own, names = target.number, F.names()
    quantities = [Quantity.of(name) for name in names]
    if not names or any(q.family not in "AZ" or q.layer != own + 1 for q in quantities):
        return None
    return F.substituted({str(q): Name(str(q.at(own))) for q in quantities})
