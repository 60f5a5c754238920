r"""Texts whose weights are the transposes of ours: Z = W^T A + b and dW = A \delta^T in columns.

Their formulas are read with those shapes. What comes out is the same formula in our layout.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ....formulas import Expression
from ....formulas.layout import Layout
from ....formulas.notation import shape_names
from ....formulas.quantity import Shape
from ....formulas.tree import (
    MatrixProduct,
    Name,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
    Transpose,
)

MATRIX = re.compile(r"d?W[0-9]+(?:_next)?")
# A forward pass with a transpose; rows and columns differ in where it stands.
TURNED = re.compile(
    r"[Zz][^=\n]{0,12}=[^=\n]*(?<![A-Za-z\\])[Ww][^=+\n]{0,12}\^\s*\{?\s*(?:\[[^\]]*\]\s*)?"
    r"(?:T|\\top|\\intercal)(?![A-Za-z])"
)


def shapes_of_turned(names: Collection[str], layout: Layout) -> dict[str, Shape]:
    """The shapes of the matrices of weights, and of their derivatives, in such texts."""
    shapes = shape_names([name for name in names if MATRIX.fullmatch(name)], layout)
    return {name: shape[::-1] for name, shape in shapes.items()}


def in_our_layout(formula: Expression, target: str) -> Expression:
    """The formula for a quantity as it is with our weights.

    Examples
    --------
    >>> from sknn_edu.formulas import parse
    >>> formula = parse("A0 @ delta1.T / m", ["A0", "delta1", "m"], [])
    >>> print(in_our_layout(formula, "dW1"))
    delta1 @ A0.T / m
    """
    matrices = {name for name in formula.names() if MATRIX.fullmatch(name)}
    formula = formula.substituted({name: Transpose(Name(name)) for name in matrices})
    return _simple(Transpose(formula) if MATRIX.fullmatch(target) else formula)


def _simple(node: Expression) -> Expression:
    """Without transposes of transposes, of products, and of numbers."""
    match node:
        case Transpose(Transpose(P)):
            return _simple(P)
        case Transpose(MatrixProduct(P, Q)):
            return MatrixProduct(_simple(Transpose(Q)), _simple(Transpose(P)))
        case Transpose(Product(P, Q) | Quotient(P, Q) as whole):
            return type(whole)(_simple(Transpose(P)), _simple(Transpose(Q)))
        case Transpose(Sum(P, sign, Q)):
            return Sum(_simple(Transpose(P)), sign, _simple(Transpose(Q)))
        case Transpose(Negative(P)):
            return Negative(_simple(Transpose(P)))
        case Transpose(Number() as number):
            return number
        case Transpose(Name(id="m" | "alpha" | "learning_rate" | "l1_ratio") as scalar):
            return scalar
    return node.rebuilt(_simple)
