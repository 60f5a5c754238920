"""The gradient in the step of an update, ``W1 -= eta * X.T @ delta``, where it has no name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

from .recognition import Recognition
from .values import contains, text_of

OF_BACKWARD = re.compile(r"\b(delta[0-9]|dA[0-9]|Y\b)")
SIZE = re.compile(r"len\(\w+\)|\w+\.(shape\[\d\]|size)")
OF_SOLVERS = re.compile(r"sqrt|\b[mv][Wb][0-9]")


def gradient_in_step(name: str, value: Any, recognition: Recognition) -> Any:
    """What a step of a parameter has in the place of its gradient; None if nothing is.

    Numbers beside it may belong to the rate or to the gradient: what makes it right counts.
    """
    if recognition.see is None:
        return None
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
        return None
    kept, step = value.left, value.right
    if not contains(kept, name) and isinstance(value.op, ast.Add):
        kept, step = step, kept
    text = text_of(step)
    is_gradient = OF_BACKWARD.search(text) and not OF_SOLVERS.search(text)
    if not is_gradient or not contains(kept, name) or contains(step, name, f"d{name}"):
        return None
    candidates = list(_candidates(step, recognition))
    signed = [*candidates, *(ast.UnaryOp(ast.USub(), one) for one in candidates)]
    right = [one for one in signed if recognition.gives(one, f"d{name}")]
    return next(iter([*right, *candidates]), None)


def _candidates(step: Any, recognition: Recognition) -> Iterator[Any]:
    """The step without its rate, and without all of its numbers."""
    while isinstance(step, ast.UnaryOp):
        step = step.operand
    above, below = _factors(step)
    arrays = [factor for factor in above if not _is_number(factor, recognition)]
    if not arrays:
        return
    numbers = [factor for factor in above if _is_number(factor, recognition)]
    rates = [f for f in numbers if not isinstance(f, ast.Constant)] or numbers
    beside = [factor for factor in numbers if factor not in rates[:1]]
    product = reduce(lambda P, Q: ast.BinOp(P, ast.Mult(), Q), [*beside, *arrays])
    yield reduce(lambda P, Q: ast.BinOp(P, ast.Div(), Q), below, product)
    yield reduce(lambda P, Q: ast.BinOp(P, ast.Mult(), Q), arrays)


def _factors(node: Any) -> tuple[list[Any], list[Any]]:
    """The factors of a product, and what it is divided by."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            (above, below), (more, under) = _factors(left), _factors(right)
            return [*above, *more], [*below, *under]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            above, below = _factors(left)
            return above, [*below, right]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            above, below = _factors(operand)
            return [ast.UnaryOp(ast.USub(), ast.Constant(1)), *above], below
        case ast.BinOp(left=ast.BinOp() as left, op=ast.MatMult(), right=right):
            above, below = _factors(left)  # eta * A.T @ delta is (eta * A.T) @ delta
            if below or len(above) == 1:
                return [node], []
            return [*above[:-1], ast.BinOp(above[-1], ast.MatMult(), right)], []
        case ast.Call(func=ast.Name(id="sum"), args=[ast.BinOp(op=ast.Mult()) as inside]):
            *above, last = _factors(inside)[0]
            if not _factors(inside)[1]:
                return [*above, ast.Call(node.func, [last], node.keywords)], []
    return [node], []


def _is_number(factor: Any, recognition: Recognition) -> bool:
    """Whether a factor is a number, the rate perhaps."""
    names = {node.id for node in ast.walk(factor) if isinstance(node, ast.Name)}
    is_unknown = isinstance(factor, ast.Name) and recognition.seen(factor).shape is None
    is_size = SIZE.fullmatch(text_of(factor)) is not None
    return not names or names <= {"m", "learning_rate", "alpha"} or is_unknown or is_size
