"""Helpers for matrices that are lists of lists: ``matmul``, ``transpose``, ``hadamard``.

What such a function does is found once for matrices of which nothing is known; the arguments are
put in then. So it does not matter which axis of an argument is that of the samples.
"""

from __future__ import annotations

import ast
import copy
from typing import Any

from .names import Names
from .recognition import NOTHING, Recognition, Seen
from .values import Broken, Helper, size

MATRIX, VECTOR = "matrix_", "vector_"
Shape = tuple[int, ...]


def is_for_matrices(helper: Helper) -> bool:
    """Whether a function goes through the rows of its arguments, and then through each row."""
    body = ast.Module(helper.body, [])
    if any(isinstance(n, ast.Name) and n.id in ("np", "numpy", "self") for n in ast.walk(body)):
        return False
    return any(_has_loop_inside(node) or _is_turned(node) for node in ast.walk(body))


def _has_loop_inside(node: ast.AST) -> bool:
    """Whether a loop, or a comprehension, has another one in it."""
    loops = (ast.For, ast.ListComp, ast.GeneratorExp)
    inside = (one for one in ast.walk(node) if one is not node)
    return isinstance(node, ast.For | ast.ListComp) and any(isinstance(i, loops) for i in inside)


def _is_turned(node: ast.AST) -> bool:
    """``zip(*M)``."""
    match node:
        case ast.Call(func=ast.Name(id="zip"), args=[ast.Starred()]):
            return True
    return False


def without_knowledge(names: Names) -> Names:
    """Names that stand for nothing, and shapes of matrices and vectors only."""
    plain = copy.copy(names)
    plain.recognition = Recognition(see=_shape_alone)
    plain.known = []
    return plain


def _shape_alone(text: str) -> Seen:
    """The shape of a formula of unknown matrices."""
    shape: Shape = (2, 3) if MATRIX in text else (3,) if VECTOR in text else ()
    return NOTHING._replace(shape=shape)


def placeholders(arguments: list[Any], recognition: Recognition) -> dict[str, Any] | None:
    """A name for each array among the arguments; None if one is no array of a known shape."""
    found: dict[str, Any] = {}
    for i, one in enumerate(arguments):
        if isinstance(one, Helper | ast.Constant):
            continue
        shape = recognition.seen(one).shape if isinstance(one, ast.expr) else None
        if shape is None or len(shape) > 2:
            return None
        if shape:
            is_matrix = len(shape) == 2 and 1 not in shape[:1]
            found[f"{MATRIX if is_matrix else VECTOR}{i}"] = one
    return found or None


def put_in(formula: Any, given: dict[str, Any]) -> Any:
    """A formula with the arguments in place of their names."""
    changed = _Put(given).visit(copy.deepcopy(formula))
    for node in ast.walk(changed):
        vars(node).pop("size_", None)
    return changed if size(changed) else Broken("it is empty")


class _Put(ast.NodeTransformer):
    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    def visit_Name(self, node: ast.Name) -> Any:
        """The argument, or the name."""
        return self.given.get(node.id, node)
