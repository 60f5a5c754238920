"""Which names in a file are lists with an entry for each layer, though it does not fill them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .vocabulary import NUMBERS_OF_LAYERS


def lists_of_layers(tree: ast.AST) -> set[str]:
    """The words that are used so: ``weights[-1]``, ``biases[i + 1]``, ``weights[i].T``.

    A list beside one of them in a ``zip`` is one, too. A neuron's weights are not used so.
    """
    words = set(_sure(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="zip"), args=arguments):
                together = {_word(one) for one in arguments} - {""}
                words |= together if together & words else set()
    return words


def begun_with(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Lists that are begun with one name, ``outs = [x]``, and that name."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[array], value=ast.List(elts=[ast.Name(id=first)])):
                yield _word(array), first


def made_as_long_as(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Lists with room for all layers, ``deltas = [None] * n_layers``, and that number."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[array],
                value=ast.BinOp(
                    left=ast.List(elts=[_]),
                    op=ast.Mult(),
                    right=(ast.Name() | ast.Attribute()) as number,
                ),
            ) if _word(number) in NUMBERS_OF_LAYERS:
                yield _word(array), _word(number)


def _sure(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                value=ast.Subscript(value=array, slice=index), attr="T" | "transpose" | "dot"
            ) if not _has_text(index):
                yield _word(array)
            case ast.Subscript(
                value=array, slice=(ast.UnaryOp(op=ast.USub()) | ast.BinOp()) as index
            ) if not _has_text(index):
                yield _word(array)


def _has_text(index: ast.AST) -> bool:
    """Whether an index is a name: ``params["W" + str(l)]``."""
    inside = (node for node in ast.walk(index) if isinstance(node, ast.Constant))
    return any(isinstance(node.value, str) for node in inside)


def _word(node: Any) -> str:
    """The last word of a name, of all of it, a part of it, or backwards."""
    match node:
        case ast.Call(func=ast.Name(id="reversed" | "list"), args=[inside]):
            return _word(inside)
        case ast.Subscript(value=inside, slice=ast.Slice()):
            return _word(inside)
    return getattr(node, "attr", getattr(node, "id", ""))
