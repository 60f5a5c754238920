"""What unknown names must be from what is done with them: ``A2 - targets``, ``inputs @ W1``."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import Any

from ...formulas.quantity import Quantity
from ...formulas.spelling import MODULES
from .syntax import as_int, is_int

GRADIENT = re.compile("(?:dW|db|dA|delta|A)[0-9]+|X|Y")
PRODUCTS, DIFFERENCES = ("dot", "matmul", "mm"), ("subtract", "sub")
QUOTIENTS = ("divide", "true_divide", "div")


def roles(
    value: Any, n_layers: int, known: Collection[str], in_rows: bool
) -> Iterator[tuple[str, str]]:
    """Names that nothing else is known of, and the quantities that they must be."""
    for unknown, name in _roles(value, n_layers, known, in_rows):
        if name in known:
            yield unknown.rpartition(".")[2], name


def _roles(
    value: Any, n_layers: int, known: Collection[str], in_rows: bool
) -> Iterator[tuple[str, str]]:
    output = (f"A{n_layers}", f"Z{n_layers}")
    for node in ast.walk(value):
        for kind, left, right in _operations(node):
            for part, other in ((left, right), (right, left)):
                is_turned = isinstance(part, ast.Attribute) and part.attr == "T"
                one = part.value if is_turned or isinstance(part, ast.Subscript) else part
                if not _is_unknown(one, known):
                    continue
                is_weights = kind == "@" and not is_turned and (part is right) == in_rows
                of_list = isinstance(part, ast.Subscript)
                if is_weights and (layer_ := _layer_of_input(other)) is not None:
                    if not of_list:
                        yield one.id, f"W{layer_ + 1}"
                    elif _index_of(part) in (layer_, -1):
                        yield f"{one.id}[]", f"W{min(layer_ + 1, n_layers)}"
                is_inputs = kind == "@" and not is_turned and (part is left) == in_rows
                if is_inputs and of_list and _is(other, f"W{(_index_of(part) or 0) + 1}"):
                    yield f"{one.id}[]", "A1"
                if kind == "+" and not of_list and (layer_ := _layer_of_product(other)):
                    yield one.id, f"b{layer_}"
                if kind == "-" and isinstance(other, ast.Name) and other.id in (*output, "Y"):
                    yield one.id, "Y" if other.id in output else output[0]
                if kind == "/" and part is right and _is(other, "Y"):
                    yield one.id, output[0]
                if kind == "@" and _is(other, "W1"):
                    yield one.id, "X"
                if kind == "@" and is_turned and isinstance(other, ast.Name):
                    layer = Quantity.of(other.id).number
                    if other.id == f"delta{layer}":
                        yield one.id, "X" if layer == 1 else f"A{layer - 1}"


def _is_unknown(node: Any, known: Collection[str]) -> bool:
    """Whether it is a name that says nothing."""
    return isinstance(node, ast.Name) and node.id not in known and node.id not in MODULES


def _index_of(node: Any) -> int | None:
    """The number in ``capas[0]``, or None."""
    return as_int(node.slice) if is_int(node.slice) else None


def _layer_of_input(node: Any) -> int | None:
    """The number of an activation, 0 for X."""
    if isinstance(node, ast.Name) and node.id == "X":
        return 0
    is_activation = isinstance(node, ast.Name) and re.fullmatch("A[0-9]+", node.id)
    return Quantity.of(node.id).number if is_activation else None


def _layer_of_product(node: Any) -> int | None:
    """The layer of ``A @ W``, to which b is added."""
    for kind, left, right in _operations(node):
        for part in (left, right) if kind == "@" else ():
            of_weights = part.value if isinstance(part, ast.Attribute) else part
            if isinstance(of_weights, ast.Name) and re.fullmatch("W[0-9]+", of_weights.id):
                return Quantity.of(of_weights.id).number
    return None


def rate_of(value: Any, known: Collection[str]) -> str | None:
    """The unknown name that multiplies the gradient in the step of an update."""
    for node in ast.walk(value):
        factors = _factors(node)
        if len(factors) < 2 or not any(map(_has_gradient, factors)):
            continue
        for factor in factors:
            if isinstance(factor, ast.Name) and factor.id not in known:
                return factor.id
    return None


def _factors(node: Any) -> list[Any]:
    """The factors of a product, and of the numerator of a quotient."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [*_factors(left), *_factors(right)]
        case ast.BinOp(left=left, op=ast.Div()):
            return _factors(left)
    return [node]


def _has_gradient(factor: Any) -> bool:
    """Whether there is something of the way back in it, or of the samples."""
    names = (node.id for node in ast.walk(factor) if isinstance(node, ast.Name))
    return any(GRADIENT.fullmatch(name) for name in names)


def _operations(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """A difference or a product of matrices, in any spelling."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield "-", left, right
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield "@", left, right
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield "+", left, right
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield "/", left, right
        case ast.Call(func=ast.Attribute(value=left, attr=name), args=[right]):
            yield "@" if name in PRODUCTS else "", left, right
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[left, right]):
            kind = "-" if name in DIFFERENCES else "@" if name in PRODUCTS else ""
            yield "/" if name in QUOTIENTS else kind, left, right


def _is(node: Any, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
