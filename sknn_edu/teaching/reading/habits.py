"""What a file does throughout: how it counts, and what its arrays are like."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from ...formulas.aliases import bare
from .vocabulary import FAMILIES, LISTS_OF_SIZES, NUMBERS_OF_LAYERS


def words_of(tree: ast.AST) -> Iterator[str]:
    """All names, attributes and keys of a file."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                yield word
            case ast.Subscript(slice=ast.Constant(value=str(word))):
                yield word


def counts_of_layers(tree: ast.AST, n_layers: int) -> Iterator[tuple[str, int]]:
    """Names for a number of layers: ``L = len(dims) - 1``, and the l of ``"W" + str(l)``."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=word) | ast.Attribute(attr=word)],
                value=ast.BinOp(
                    left=ast.Call(func=ast.Name(id="len"), args=[array]),
                    op=ast.Sub(),
                    right=ast.Constant(value=int(less)),
                ),
            ) if bare(ast.unparse(array).rpartition(".")[2]) in LISTS_OF_SIZES:
                yield word, n_layers + 1 - less
            case ast.Assign(
                targets=[ast.Name(id=word) | ast.Attribute(attr=word)],
                value=ast.Call(func=ast.Name(id="len"), args=[array]),
            ) if FAMILIES.get(bare(ast.unparse(array).rpartition(".")[2])) in ("W", "b"):
                yield word, n_layers
            case ast.Subscript(slice=ast.JoinedStr(values=parts)):
                inside = [p.value for p in parts if isinstance(p, ast.FormattedValue)]
                yield from ((word, n_layers) for word in map(_count, inside) if word)
            case ast.Call(func=ast.Name(id="str"), args=[inside_]) if word_ := _count(inside_):
                yield word_, n_layers


def _count(node: ast.AST) -> str:
    """A name that can only be the number of layers, or nothing."""
    word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return word if word in NUMBERS_OF_LAYERS else ""


def uses_labels(node: ast.AST) -> bool:
    """Whether the targets are numbers of classes there: ``np.eye(k)[y]``, ``p[range(m), y]``."""
    match node:
        case ast.Subscript(value=array, slice=index):
            text = ast.unparse(index)
            of_rows = isinstance(index, ast.Tuple) and re.search("range", text) is not None
            return of_rows or ".eye(" in ast.unparse(array)
        case ast.Call(func=function):
            return re.search("dummies|categorical|one_?hot", ast.unparse(function)) is not None
    return False


def makes_row(node: ast.AST) -> bool:
    """Whether the targets are given as one row: ``y = np.array([[0, 1, 1, 0]])``."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id="y" | "Y")],
            value=ast.Call(args=[ast.List(elts=[ast.List(elts=[_, _, *_])]), *_]),
        ):
            return True
    return False


def makes_columns(tree: ast.AST) -> Callable[[ast.AST], bool]:
    """Whether a vector is made a column to be multiplied, ``delta * np.atleast_2d(x).T``."""
    made = {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and ast.unparse(node.value).startswith("np.atleast_2d(")
    }

    def is_column(node: ast.AST) -> bool:
        match node:
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                sides = [one for one in (left, right) if isinstance(one, ast.Attribute)]
                turned = [ast.unparse(one.value) for one in sides if one.attr == "T"]
                return any(t in made or t.startswith("np.atleast_2d(") for t in turned)
        return False

    return is_column


def takes_pair(node: ast.AST) -> bool:
    """Whether a list of layers has W and b for each: ``W, b = layers[i]``."""
    match node:
        case ast.Assign(
            targets=[ast.Tuple(elts=[_, _])], value=ast.Subscript(value=ast.Name(id="layers"))
        ):
            return True
    return False


def y_is_computed(tree: ast.AST) -> bool:
    """Whether y is the output, as in books that call the targets t."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id="y" | "Y")], value=value):
                text = ast.unparse(value)
                if re.search("softmax|sigmoid|tanh|relu|identity|predict|forward|exp", text, re.I):
                    return True
    return False


def a_is_before_activation(tree: ast.AST) -> bool:
    """Whether z = f(a), as in some books, in place of a = f(z)."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=left)], value=ast.Call(args=[ast.Name(id=right)])):
                if re.fullmatch("z_?[0-9]", left.lower()) and re.fullmatch(
                    "a_?[0-9]", right.lower()
                ):
                    return left[-1] == right[-1]
    return False


def differences_of_entries(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The arrays in ``o[k] - y[k]``."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(
                left=ast.Subscript(value=ast.Name(id=one), slice=ast.Name(id=i)),
                op=ast.Sub(),
                right=ast.Subscript(value=ast.Name(id=other), slice=ast.Name(id=j)),
            ) if i == j:
                yield one, other
