"""Loops whose rounds are known beforehand: over layers, or over names and what belongs to them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .syntax import as_int
from .values import Broken, Entries, Items, Unreadable

MAX_UNROLLED = 30
Value = Callable[[Any], Any]


def rounds_of(node: Any, value: Value) -> list[Any] | None:
    """What a loop takes in each round; None if that is not known.

    ``value`` gives the value of an expression, or `Broken`.
    """
    numbers = _range(node, value)
    if numbers is not None:
        return [ast.Constant(number) for number in numbers]
    match node:
        case ast.Call(func=ast.Name(id="zip"), args=arguments):
            lists = [rounds_of(argument, value) for argument in arguments]
            together = None if None in lists else zip(*(part or [] for part in lists), strict=False)
            rounds = None if together is None else [Items([*values]) for values in together]
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inside]):
            return rounds_of(inside, value)
        case ast.Call(func=ast.Name(id="reversed"), args=[inside]):
            rounds = rounds_of(inside, value)
            return None if rounds is None else rounds[::-1]
        case ast.Call(func=ast.Name(id="enumerate"), args=[inside, *first]):
            rounds = rounds_of(inside, value)
            start = getattr(first[0], "value", 0) if first else 0
            if rounds is not None:
                numbered = enumerate(rounds, start if isinstance(start, int) else 0)
                rounds = [Items([ast.Constant(n), one]) for n, one in numbered]
        case ast.Call(func=ast.Attribute(value=owner, attr="items"), args=[]):
            held = value(owner)
            entries = held.values.items() if isinstance(held, Entries) else ()
            rounds = [Items([ast.Constant(key), one]) for key, one in entries] or None
        case ast.Subscript(value=inside, slice=ast.Slice(lower=None, upper=None, step=step)):
            rounds = rounds_of(inside, value)
            backwards = step is not None and ast.unparse(step) == "-1"
            return rounds[::-1] if rounds and backwards else None
        case ast.List() | ast.Tuple() | ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
            held = value(node)
            rounds = held.values if isinstance(held, Items) else None
        case _:
            return None
    return rounds if rounds is None or len(rounds) <= MAX_UNROLLED else None


def _range(node: Any, value: Value) -> list[int] | None:
    """The numbers of ``range(...)``, also reversed; None if they are not known."""
    match node:
        case ast.Call(func=ast.Name(id="reversed"), args=[inside]):
            numbers = _range(inside, value)
            return None if numbers is None else numbers[::-1]
        case ast.Call(
            func=ast.Name(id="range" | "xrange") | ast.Attribute(attr="arange"), args=arguments
        ):
            try:
                bounds = [as_int(value(argument)) for argument in arguments]
                numbers_ = range(*bounds)
            except (Unreadable, TypeError, ValueError, AttributeError):
                return None
            return list(numbers_) if len(numbers_) <= MAX_UNROLLED else None
    return None


def counters_of(target: Any) -> list[str]:
    """The names that a loop gives values to."""
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def bound(target: Any, one: Any) -> dict[str, Any] | None:
    """The values of the names of a loop in one round; None if they do not fit."""
    match target:
        case ast.Name(id=name):
            return {name: one}
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if isinstance(one, Items):
            if len(parts) != len(one.values):
                return None
            found: dict[str, Any] = {}
            for part, value in zip(parts, one.values, strict=True):
                inside = bound(part, value)
                if inside is None:
                    return None
                found |= inside
            return found
        case ast.Tuple() | ast.List() if isinstance(one, Broken):
            return dict.fromkeys(counters_of(target), one)
    return None
