"""Loops whose rounds are known beforehand: over layers, or over names and what belongs to them."""

from __future__ import annotations

import ast
from typing import Any

from .expressions import Expressions
from .syntax import as_int
from .values import Items, Unreadable

MAX_UNROLLED = 30


def rounds_of(node: Any, expressions: Expressions) -> list[list[Any]] | None:
    """The values in each round of a loop; None if they are not known."""
    numbers = _range(node, expressions)
    if numbers is not None:
        return [[ast.Constant(number)] for number in numbers]
    match node:
        case ast.Call(func=ast.Name(id="zip"), args=arguments):
            lists = [_value(argument, expressions) for argument in arguments]
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inside]):
            return rounds_of(inside, expressions)
        case ast.Call(func=ast.Name(id="reversed"), args=[inside]):
            rounds = rounds_of(inside, expressions)
            return None if rounds is None else rounds[::-1]
        case ast.Subscript(value=inside, slice=ast.Slice(lower=None, upper=None, step=step)):
            rounds = rounds_of(inside, expressions)
            backwards = step is not None and ast.unparse(step) == "-1"
            return rounds[::-1] if rounds and backwards else None
        case ast.Call(func=ast.Name(id="enumerate"), args=[inside]):
            rounds = rounds_of(inside, expressions)
            if rounds is None:
                return None
            return [[ast.Constant(n), *values] for n, values in enumerate(rounds)]
        case ast.List() | ast.Tuple() | ast.Name() | ast.Attribute() | ast.Call():
            lists = [_value(node, expressions)]
        case _:
            return None
    if not all(isinstance(values, Items) for values in lists):
        return None
    rounds = [list(values) for values in zip(*(part.values for part in lists), strict=False)]
    return rounds if len(rounds) <= MAX_UNROLLED else None


def _range(node: Any, expressions: Expressions) -> list[int] | None:
    """The numbers of ``range(...)``, also reversed; None if they are not known."""
    match node:
        case ast.Call(func=ast.Name(id="reversed"), args=[inside]):
            numbers = _range(inside, expressions)
            return None if numbers is None else numbers[::-1]
        case ast.Call(
            func=ast.Name(id="range" | "xrange") | ast.Attribute(attr="arange"), args=arguments
        ):
            try:
                bounds = [as_int(expressions.value(a)) for a in arguments]
                numbers_ = range(*bounds)
            except (Unreadable, TypeError, ValueError, AttributeError):
                return None
            return list(numbers_) if len(numbers_) <= MAX_UNROLLED else None
    return None


def _value(node: Any, expressions: Expressions) -> Any:
    """The value of an expression, or None."""
    try:
        return expressions.value(node)
    except Unreadable:
        return None


def counters_of(targets: list[Any]) -> list[str]:
    """The names that a loop gives values to."""
    return [target.id for target in targets if isinstance(target, ast.Name)]
