"""What a formula is evaluated with, and what keeps its arrays in shape and in bounds.

Two rules are the engine's, so that formulas and engine agree where a loss ends: the
logarithm of a number below the machine epsilon eps is log(eps), and a quotient of arrays
is 0 where the size of the divisor is at most eps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from .node import Expression

EPS = float(np.finfo(np.float64).eps)


class Scope(NamedTuple):
    """What a formula is evaluated with.

    Attributes
    ----------
    values : mapping of str to array or number
        What the names stand for.
    functions : mapping of str to callable
        What can be called.
    max_entries : int
        The largest array that may come up on the way.
    """

    values: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    max_entries: int = 10**8


class ShapeMismatch(ValueError):
    """Two arrays of a formula do not fit; ``node`` is where."""

    def __init__(self, message: str, node: Expression) -> None:
        super().__init__(message)
        self.node = node


def combined(node: Any, scope: Scope, operation: Callable[[Any, Any], Any]) -> Any:
    """The operation, entry by entry, on the values of the left and the right of a node."""
    left, right = node.left.value(scope), node.right.value(scope)
    check_broadcast(node, scope, left, right)
    return operation(left, right)


def check_broadcast(node: Expression, scope: Scope, *values: Any) -> None:
    """Raise if the shapes do not go together entry by entry."""
    shapes = [np.shape(value) for value in values]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        shown = " and ".join(
            f"{part} has shape {shape}" for part, shape in zip(node.parts(), shapes, strict=True)
        )
        raise ShapeMismatch(f"{shown}: entry by entry they do not fit", node) from None
    check_size(shape, scope, node)


def check_size(shape: tuple[int, ...], scope: Scope, node: Expression) -> None:
    """Raise if an array of that shape would be too large."""
    if np.prod(shape, dtype=float) > scope.max_entries:
        raise ShapeMismatch(f"{node} would have shape {shape}, which is too large", node)


def divided(P: Any, Q: Any) -> Any:
    """P / Q; 0 where an array Q is not above eps, whatever P is."""
    if np.ndim(Q) == 0:
        return np.divide(P, Q)
    quotient = np.zeros(np.broadcast_shapes(np.shape(P), np.shape(Q)))
    return np.divide(P, Q, out=quotient, where=~(np.abs(Q) <= EPS))  # nan stays nan
