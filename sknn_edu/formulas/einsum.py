"""``np.einsum`` and ``np.tensordot`` of matrices, as the products and sums that they are."""

from __future__ import annotations

import re
from typing import Any

from . import tree
from .tree import Expression

SUBSCRIPTS = re.compile(r"([a-z]{2})(?:,([a-z]{2}))?->([a-z]{0,2})")
CONTRACTED = {"1": (1, 0), "(0, 0)": (0, 0), "(1, 0)": (1, 0), "(1, 1)": (1, 1), "(0, 1)": (0, 1)}


def einsum(text: str, operands: list[Expression], span: Any) -> Expression | None:
    """The formula for subscripts such as ``"ni,nj->ij"``; None if it is none of two matrices."""
    match = SUBSCRIPTS.fullmatch(re.sub(r"\s", "", text).lower())
    if match is None or len(operands) != 1 + (match[2] is not None):
        return None
    first, second, result = match.groups()
    if len(set(first)) < 2 or len(set(second or "ab")) < 2 or len(set(result)) < len(result):
        return None
    P = operands[0]
    if second is not None and set(first) != set(second):
        return _product(P, first, operands[1], second, result, span)
    if second is not None:
        Q = operands[1] if first == second else tree.Transpose(operands[1], **span)
        P = tree.Product(P, Q, **span)
    return _summed(P, first, result, span)


def tensordot(P: Expression, Q: Expression, axes: str, span: Any) -> Expression | None:
    """The product of matrices over these axes, or None."""
    axes = re.sub(r"[\[\]()\s]", "", axes)
    pair = CONTRACTED.get(axes if axes == "1" else f"({axes.replace(',', ', ')})")
    if pair is None:
        return None
    left = P if pair[0] == 1 else tree.Transpose(P, **span)
    right = Q if pair[1] == 0 else tree.Transpose(Q, **span)
    return tree.MatrixProduct(left, right, **span)


def _product(
    P: Expression, first: str, Q: Expression, second: str, result: str, span: Any
) -> Expression | None:
    """A product of matrices: the one letter that both have is summed over."""
    shared = set(first) & set(second)
    if len(shared) != 1 or shared & set(result) or set(result) != set(first) ^ set(second):
        return None
    (summed,) = shared
    left = P if first[1] == summed else tree.Transpose(P, **span)
    right = Q if second[0] == summed else tree.Transpose(Q, **span)
    product = tree.MatrixProduct(left, right, **span)
    return product if result[0] in first else tree.Transpose(product, **span)


def _summed(P: Expression, letters: str, result: str, span: Any) -> Expression | None:
    """Summed over the letters that the result does not have."""
    if not set(result) <= set(letters):
        return None
    if len(result) == 2:
        return P if result == letters else tree.Transpose(P, **span)
    axis = None if not result else 1 - letters.index(result)
    return tree.Reduction("sum", P, axis, False, **span)
