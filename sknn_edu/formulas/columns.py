"""From samples in rows to samples in columns: every formula turns into its transpose."""

from __future__ import annotations

from .shapes import Outer, Reshaped, Size
from .tree import Backward, Expression, MatrixProduct, Reduction, Transpose


def to_columns(formula: Expression) -> Expression:
    """The formula for matrices that are the transposes of those in ``formula``.

    ``A1.T @ delta2`` becomes ``delta2 @ A1.T``: a product turns round, a sum down the rows
    becomes one along them (and keeps its axis: a bias is a column). All else is as it was.

    The only vectors in ``formula`` may be biases, their gradients and other sums over axis 0; they
    may be added and multiplied entry by entry, like rows.
    """
    match formula:
        case MatrixProduct(left, right):
            return MatrixProduct(to_columns(right), to_columns(left))
        case Outer(left, right):
            return Outer(to_columns(right), to_columns(left))
        case Size(operand, axis) if axis is not None:
            return Size(to_columns(operand), 1 - axis % 2)
        case Reshaped("column" | "row" | "ravel" as form, operand):
            in_rows = Transpose(to_columns(operand))  # whose entries are read row by row
            return Reshaped("row" if form == "column" else "column", in_rows)
        case Reduction(function, operand, axis, keepdims) if axis is not None:
            turned = Reduction(function, to_columns(operand), 1 - axis % 2, keepdims=True)
            without_units = axis % 2 == 1 and not keepdims  # in rows a vector of the samples
            return Transpose(turned) if without_units else turned
        case Transpose(operand):
            return Transpose(to_columns(operand))
        case Backward(dA, layer, template):
            return Backward(to_columns(dA), layer, to_columns(template))
    return formula.rebuilt(to_columns)
