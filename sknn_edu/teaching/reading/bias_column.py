"""Courses that keep the bias as a column of the weights, and put a column of ones beside X.

An array with such a column is a `Joined`: what stands in the column, and the rest. A product with
the weights adds b; a product with a delta has the gradient by b in its column.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from .recognition import Recognition
from .values import Items, Joined, checked, constant, quantity

JOINS = ("hstack", "vstack", "concatenate", "column_stack", "cat", "row_stack")
NUMBERS = ("m", "alpha", "learning_rate", "l1_ratio")


def is_filled(value: Any, number: int) -> bool:
    """Whether it is an array of ones, or of zeros."""
    if isinstance(value, Items) and len(value.values) == 1:
        value = value.values[0]
    if isinstance(value, ast.Constant):
        return bool(value.value == number)
    word = "ones" if number else "zeros"
    return isinstance(value, ast.Call) and re.search(word, ast.unparse(value.func)) is not None


def joined(parts: list[Any]) -> Joined | None:
    """An array with a column in front, or behind, from the two parts of it."""
    if len(parts) != 2:
        return None
    for column, rest in (parts, parts[::-1]):
        for number in (1, 0):
            if is_filled(column, number) and isinstance(rest, ast.expr):
                return Joined(constant(number), rest)
    return None


def appended(arguments: list[Any]) -> Joined | None:
    """``np.append(X, 1)``."""
    is_one = len(arguments) >= 2 and is_filled(arguments[1], 1)
    return joined([arguments[1], arguments[0]]) if is_one else None


def inserted(arguments: list[Any]) -> Joined | None:
    """``np.insert(X, 0, 1, axis=1)``."""
    match arguments:
        case [ast.expr() as rest, ast.Constant(value=0), values, *_] if is_filled(values, 1):
            return Joined(constant(1), rest)
    return None


def turned(value: Joined) -> Joined:
    """The transpose."""
    return Joined(value.first, ast.Attribute(value.rest, "T", ast.Load()))


def product(left: Any, right: Any, of_vectors: Callable[[Any, Any], Any]) -> Any:
    """A product of matrices, one of them with a column.

    ``of_vectors`` gives a product of weights and a vector for all samples, or None.
    """
    P = left.rest if isinstance(left, Joined) else left
    Q = right.rest if isinstance(right, Joined) else right
    rest = of_vectors(P, Q) or checked(ast.BinOp(P, ast.MatMult(), Q))
    column, other, axis = (left, right, 0) if isinstance(left, Joined) else (right, left, 1)
    if isinstance(other, Joined) or not is_filled(column.first, 1):
        return rest
    layer = _layer(other)
    if layer is not None:
        return checked(ast.BinOp(rest, ast.Add(), quantity(f"b{layer}")))
    total = ast.Call(quantity("sum"), [other], [ast.keyword("axis", constant(axis))])
    return Joined(total, rest)


def combined(left: Any, op: ast.operator, right: Any, recognition: Recognition) -> Any:
    """An operation entry by entry, one of the two with a column."""
    if isinstance(left, Joined) and isinstance(right, Joined):
        pairs = [(left.first, right.first), (left.rest, right.rest)]
    else:
        column, other = (left, right) if isinstance(left, Joined) else (right, left)
        beside = _beside(other, recognition)
        pairs = [(column.first, beside), (column.rest, other)]
        pairs = pairs if column is left else [(q, p) for p, q in pairs]
        if beside is None or column.first is None:
            return checked(ast.BinOp(pairs[1][0], op, pairs[1][1]))
    first, rest = (checked(ast.BinOp(p, op, q)) for p, q in pairs)
    return Joined(first, rest)


def _beside(other: Any, recognition: Recognition) -> Any:
    """What an operand is in the column: a number itself, b for W; None if that is not known."""
    layer = _layer(other)
    if layer is not None:
        return ast.parse(
            re.sub(rf"\bW{layer}\b", f"b{layer}", ast.unparse(other)), mode="eval"
        ).body
    names = {node.id for node in ast.walk(other) if isinstance(node, ast.Name)}
    is_number = names <= {*NUMBERS} or recognition.seen(other).shape == ()
    return other if is_number else None


def _layer(value: Any) -> int | None:
    """The layer whose weights are in an expression, if there is one."""
    found = {
        int(node.id[1:])
        for node in ast.walk(value)
        if isinstance(node, ast.Name) and re.fullmatch("W[0-9]+", node.id)
    }
    return found.pop() if len(found) == 1 else None
