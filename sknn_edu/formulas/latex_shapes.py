"""The shapes of formulas, with symbols such as n1 and m for numbers: what fits what."""

from __future__ import annotations

from collections.abc import Mapping

from . import tree
from .node import Expression
from .quantity import Shape


def shape_of(formula: Expression, shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape of a formula; None where it is not known, or where something does not fit."""
    inside = [shape_of(part, shapes) for part in formula.parts()]
    match formula:
        case tree.Number():
            return ()
        case tree.Name(id=name):
            return shapes.get(name)
        case tree.Transpose():
            return None if inside[0] is None else inside[0][::-1]
        case tree.MatrixProduct():
            return product(inside[0], inside[1])
        case tree.Power():
            return inside[0]
        case tree.Reduction(axis=axis, keepdims=keepdims):
            return reduced(inside[0], axis, keepdims)
    if None in inside:
        return None
    total: Shape | None = ()
    for shape in inside:
        total = broadcast(total, shape)
    return total


def product(P: Shape | None, Q: Shape | None) -> Shape | None:
    """Of the matrix product; None if they do not fit."""
    if not P or not Q or P[-1] != Q[0]:
        return None
    return P[:-1] + Q[1:]


def broadcast(P: Shape | None, Q: Shape | None) -> Shape | None:
    """Entry by entry; None if they do not fit."""
    if P is None or Q is None:
        return None
    n = max(len(P), len(Q))
    P, Q = (1,) * (n - len(P)) + P, (1,) * (n - len(Q)) + Q
    if any(p != q and 1 not in (p, q) for p, q in zip(P, Q, strict=True)):
        return None
    return tuple(q if p == 1 else p for p, q in zip(P, Q, strict=True))


def reduced(P: Shape | None, axis: int | None, keepdims: bool) -> Shape | None:
    """Of a sum over an axis, or over all."""
    if P is None:
        return None
    if axis is None:
        return (1,) * len(P) if keepdims else ()
    if not -len(P) <= axis < len(P):
        return None
    i = axis % len(P)
    return P[:i] + (1,) * keepdims + P[i + 1 :]
