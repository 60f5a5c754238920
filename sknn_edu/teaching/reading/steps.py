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
    found = _candidates(step, recognition)
    candidates = [one for one in found if not contains(one, "learning_rate")]
    signed = [*candidates, *(ast.UnaryOp(ast.USub(), one) for one in candidates)]
    right = [one for one in signed if recognition.gives(one, f"d{name}")]
    return next(iter([*right, *candidates]), None)


def _candidates(step: Any, recognition: Recognition) -> Iterator[Any]:
    """The step without its rate, and without all of its numbers."""
    while isinstance(step, ast.UnaryOp):
        step = step.operand
    above, below = _factors(step, recognition)
    arrays = [factor for factor in above if not _is_number(factor, recognition)]
    if not arrays:
        return
    numbers = [factor for factor in above if _is_number(factor, recognition)]
    rates = [f for f in numbers if not isinstance(f, ast.Constant)] or numbers
    beside = [factor for factor in numbers if factor not in rates[:1]]
    product = reduce(lambda P, Q: ast.BinOp(P, ast.Mult(), Q), [*beside, *arrays])
    yield reduce(lambda P, Q: ast.BinOp(P, ast.Div(), Q), below, product)
    yield reduce(lambda P, Q: ast.BinOp(P, ast.Mult(), Q), arrays)


def _factors(node: Any, recognition: Recognition) -> tuple[list[Any], list[Any]]:
    """The factors of a product, and what it is divided by."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            above, below = _factors(left, recognition)
            more, under = _factors(right, recognition)
            return [*above, *more], [*below, *under]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            above, below = _factors(left, recognition)
            return above, [*below, right]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            above, below = _factors(operand, recognition)
            return [ast.UnaryOp(ast.USub(), ast.Constant(1)), *above], below
        case ast.BinOp(left=ast.BinOp() as left, op=ast.MatMult(), right=right):
            numbers, inside = _numbers_in_front(left, recognition)
            return [*numbers, ast.BinOp(inside, ast.MatMult(), right)], []
        case ast.Attribute(value=ast.BinOp() as turned, attr="T"):
            numbers, inside = _numbers_in_front(turned, recognition)
            return [*numbers, ast.Attribute(inside, "T", ast.Load())], []
        case ast.Call(func=ast.Name(id="sum"), args=[ast.BinOp() as summed]):
            numbers, inside = _numbers_in_front(summed, recognition)
            return [*numbers, ast.Call(node.func, [inside], node.keywords)], []
    return [node], []


def _numbers_in_front(node: ast.BinOp, recognition: Recognition) -> tuple[list[Any], Any]:
    """The numbers in ``eta * A.T``, which a product or a sum of it has as factors, and the rest."""
    above, below = _factors(node, recognition)
    arrays = [factor for factor in above if not _is_number(factor, recognition)]
    if not arrays:
        return [], node
    numbers = [factor for factor in above if _is_number(factor, recognition)]
    product = reduce(lambda P, Q: ast.BinOp(P, ast.Mult(), Q), arrays)
    return numbers, reduce(lambda P, Q: ast.BinOp(P, ast.Div(), Q), below, product)


def _is_number(factor: Any, recognition: Recognition) -> bool:
    """Whether a factor is a number, the rate perhaps."""
    names = {node.id for node in ast.walk(factor) if isinstance(node, ast.Name)}
    is_unknown = isinstance(factor, ast.Name) and recognition.seen(factor).shape is None
    is_size = SIZE.fullmatch(text_of(factor)) is not None
    return not names or names <= {"m", "learning_rate", "alpha"} or is_unknown or is_size
