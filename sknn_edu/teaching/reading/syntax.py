"""Parts of Python's syntax trees that are known beforehand: numbers, texts, names, functions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .values import Helper, Unreadable, constant, is_constant

OF_NUMBERS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
LARGEST_NUMBER, LONGEST_NAME = 10**9, 200


def helper_of(name: str, arguments: ast.arguments, body: list[ast.stmt]) -> Helper:
    """A function by its syntax tree."""
    parameters = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    defaults = dict(zip(reversed(parameters), reversed(arguments.defaults), strict=False))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(argument.arg)
        if default is not None:
            defaults[argument.arg] = default
    rest = arguments.vararg.arg if arguments.vararg else None
    return Helper(name, parameters, defaults, body, rest)


def dotted(node: Any) -> str | None:
    """``self.W1`` for an attribute of a name, or None for anything else."""
    match node:
        case ast.Name(id=name):
            return str(name)
        case ast.Attribute(value=value, attr=attribute):
            root = dotted(value)
            return None if root is None else f"{root}.{attribute}"
    return None


def bare_word(node: Any) -> str:
    """The last word of a name, without case and underscores."""
    return (dotted(node) or "").rpartition(".")[2].replace("_", "").lower()


def as_int(node: Any) -> int:
    """A whole number, perhaps with a minus in front."""
    if not is_int(node):
        raise Unreadable("an index that is not known")
    return int(ast.literal_eval(node))


def is_int(node: Any) -> bool:
    """Whether it is a whole number, perhaps with a minus in front."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return is_constant(node, int) and not isinstance(node.value, bool)


def folded(op: type, left: int, right: int) -> Any:
    """The result of an operation on whole numbers."""
    if max(abs(left), abs(right)) > LARGEST_NUMBER:
        raise Unreadable("a number is too large")
    try:
        result = OF_NUMBERS[op](left, right)
    except ArithmeticError:
        raise Unreadable("a division by 0") from None
    return constant(result) if result >= 0 else negative(constant(-result))


def joined(text: str) -> Any:
    """A text that was put together: the name of something."""
    if len(text) > LONGEST_NAME:
        raise Unreadable("a text is too long")
    return constant(text)


def negative(number: Any) -> Any:
    """Minus a number."""
    return ast.UnaryOp(ast.USub(), number)


def is_from_1(index: Any) -> bool:
    """Whether it is all but the first, ``1:``, or all but the last, ``:-1``."""
    match index:
        case ast.Slice(lower=ast.Constant(value=1), upper=None):
            return True
        case ast.Slice(lower=None, upper=ast.UnaryOp(ast.USub(), ast.Constant(value=1))):
            return True
    return False


def is_all(index: Any) -> bool:
    """Whether it is all, ``:``."""
    return isinstance(index, ast.Slice) and index.lower is None and index.upper is None


def is_all_or_from_1(index: Any) -> bool:
    """Whether it is all, or all but the first."""
    return is_all(index) or is_from_1(index)


def parts_of(index: Any) -> list[Any]:
    """An index for each axis."""
    return list(index.elts) if isinstance(index, ast.Tuple) else [index]
