"""From samples in rows to samples in columns: every formula turns into its transpose."""

from __future__ import annotations

from .tree import Backward, Expression, MatrixProduct, Reduction, Transpose


def to_columns(formula: Expression) -> Expression:
    """The formula for matrices that are the transposes of those in ``formula``.

    ``A1.T @ delta2`` becomes ``delta2 @ A1.T``: a product turns round, a sum down the rows
    becomes one along them (and keeps its axis: a bias is a column). All else is as it was.
    """
    match formula:
        case MatrixProduct(left, right):
            return MatrixProduct(to_columns(right), to_columns(left))
        case Reduction(function, operand, axis) if axis is not None:
            return Reduction(function, to_columns(operand), 1 - axis, keepdims=True)
        case Transpose(operand):
            return Transpose(to_columns(operand))
        case Backward(dA, layer, template):
            return Backward(to_columns(dA), layer, to_columns(template))
    return formula.rebuilt(to_columns)
