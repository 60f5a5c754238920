"""Products with ones, ``np.ones((1, m)) @ P``: they are sums."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from . import tree
from .tree import Expression

KEEPS = {"row": True, "column": True, "vector": False}
TURNED = {"row": "column", "column": "row", "vector": "vector"}


def sum_by_ones(
    left: Any, right: Any, inside: Callable[[Any], Expression], span: Any
) -> Expression | None:
    """The sum that a product is, if one of its factors is an array of ones; else None."""
    before, behind = _form(left), _form(right)
    if before in ("row", "vector") and behind is None:
        return tree.Reduction("sum", inside(right), 0, KEEPS[before], **span)
    if behind in ("column", "vector") and before is None:
        return tree.Reduction("sum", inside(left), 1, KEEPS[behind], **span)
    return None


def _form(node: Any) -> str | None:
    """What array of ones it is, or None."""
    match node:
        case ast.Attribute(value=inside, attr="T") if (form := _form(inside)) is not None:
            return TURNED[form]
        case ast.Call(func=ast.Name(id="ones") | ast.Attribute(attr="ones"), args=[shape, *rest]):
            sizes = shape.elts if isinstance(shape, ast.Tuple) else [shape, *rest]
            match [ast.unparse(size) for size in sizes]:
                case [_]:
                    return "vector"
                case ["1", _]:
                    return "row"
                case [_, "1"]:
                    return "column"
    return None
