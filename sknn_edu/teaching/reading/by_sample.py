"""Code for one sample after the other, written for all samples at once.

Within a loop over the samples the arrays are vectors. Added up over the loop, an outer product of
two of them is a product of matrices, and a vector is a sum.
"""

from __future__ import annotations

import ast
from typing import Any

from .recognition import Recognition
from .values import checked, quantity

REDUCTIONS = ("sum", "mean", "reduce_sum")


class BySample:
    """Rewrites what is done with one sample.

    Parameters
    ----------
    recognition : Recognition
        Knows the shapes of arrays with all samples.
    is_sure : bool, default=False
        Whether the arrays are vectors for certain: the loop takes the samples one by one.
    """

    def __init__(self, recognition: Recognition, *, is_sure: bool = False) -> None:
        self.recognition, self.is_sure = recognition, is_sure

    def outer(self, P: Any, Q: Any) -> Any:
        """The outer products of the vectors of P and of Q, added up."""
        if self.recognition.in_rows:
            return checked(ast.BinOp(_turned(P), ast.MatMult(), Q))
        return checked(ast.BinOp(P, ast.MatMult(), _turned(Q)))

    def is_column(self, node: Any) -> bool:
        """Whether a vector is made a column, ``x[:, None]``."""
        match node:
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(), new])):
                return ast.unparse(new).endswith(("None", "newaxis"))
        return False

    def is_turned_vector(self, P: Any, Q: Any) -> bool:
        """Whether a vector is a column and the other a row, ``delta * x.T``: an outer product."""
        if not self.is_sure or not isinstance(P, ast.Attribute) or P.attr != "T":
            return False
        return self.recognition.is_of_samples(P.value) and self.recognition.is_of_samples(Q)

    def is_gradient(self, value: Any) -> bool:
        """Whether a product of vectors is a gradient by W, where there is one output."""
        match value:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                axis = 0 if self.recognition.in_rows else 1
                shapes = [self.recognition.seen(part).shape for part in (left, right)]
                m = (self.recognition.shape_of or _unknown)("X")
                is_vector = [s is not None and len(s) == 2 and s[1 - axis] == 1 for s in shapes]
                of_samples = all(s and len(s) == 2 and m and s[axis] == m[axis] for s in shapes)
                return bool(of_samples and any(is_vector))
        return False

    def gradient(self, value: ast.BinOp) -> Any:
        """That product for all samples."""
        shape = self.recognition.seen(value.left).shape
        axis = 1 if self.recognition.in_rows else 0
        vector, other = (value.left, value.right)
        if shape is None or shape[axis] != 1:
            vector, other = other, vector
        pair = (other, vector) if self.recognition.in_rows else (vector, other)
        return self.outer(*pair)

    def dot(self, P: Any, Q: Any) -> Any | None:
        """A number for each sample times a vector of weights; None if it is something else."""
        if not self.recognition.in_rows:
            return None
        p, q = self.recognition.seen(P).shape, self.recognition.seen(Q).shape
        if not (p and q and len(p) == len(q) == 2 and p[1] == q[1] == 1 and p[0] != q[0]):
            return None
        if self.recognition.is_of_samples(Q) and not self.recognition.is_of_samples(P):
            P, Q = Q, P
        return checked(ast.BinOp(P, ast.MatMult(), _turned(Q)))

    def of_vector(self, P: Any, Q: Any) -> Any | None:
        """Weights times a vector, for all samples; None if it is something else."""
        in_rows, is_of_samples = self.recognition.in_rows, self.recognition.is_of_samples
        if in_rows and is_of_samples(Q) and not is_of_samples(P):
            turned = checked(ast.BinOp(Q, ast.MatMult(), _turned(P)))
            self.recognition.notice_turned(turned)
        elif not in_rows and is_of_samples(P) and not is_of_samples(Q):
            turned = checked(ast.BinOp(_turned(Q), ast.MatMult(), P))
        else:
            return None
        return turned if self.recognition.seen(turned).shape else None

    def over_units(self, value: Any) -> list[ast.keyword]:
        """The options of a sum over all entries of a vector: over the units of each sample."""
        if isinstance(value, ast.Attribute):
            value = value.value
        shape = self.recognition.seen(value).shape
        m = self.recognition.shape_of("X") if self.recognition.shape_of else None
        axis = 1 if self.recognition.in_rows else 0
        if shape is None or m is None or len(shape) < 2 or shape[1 - axis] != m[1 - axis]:
            return []
        keepdims = ast.keyword("keepdims", ast.Constant(value=True))
        return [ast.keyword("axis", ast.Constant(axis)), keepdims]

    def summed(self, value: Any) -> Any:
        """With the sum over the samples of each delta in it, where there is no sum yet."""
        if self.is_sure and self.recognition.is_of_samples(value):
            return _sum_of(value, self.recognition.in_rows)
        calls = [node.func for node in ast.walk(value) if isinstance(node, ast.Call)]
        if any(isinstance(f, ast.Attribute) and f.attr in REDUCTIONS for f in calls):
            return value
        return _Summed(self.recognition.in_rows).visit(value)


class _Summed(ast.NodeTransformer):
    """Puts the sum over the samples in place of each delta."""

    def __init__(self, in_rows: bool) -> None:
        self.axis, self.keepdims = (0, False) if in_rows else (1, True)

    def visit_Name(self, node: ast.Name) -> Any:
        """The sum, or the name."""
        if not node.id.startswith("delta"):
            return node
        options = [ast.keyword("axis", ast.Constant(self.axis))]
        if self.keepdims:
            options.append(ast.keyword("keepdims", ast.Constant(value=True)))
        return ast.Call(quantity("sum"), [quantity(node.id)], options)


def of_targets(recognition: Recognition, P: Any, Q: Any) -> Any | None:
    """``(y - p).dot(X)`` of targets that are a vector, as a product of matrices; else None."""
    p, q = recognition.seen(P).shape, recognition.seen(Q).shape
    if not (recognition.in_rows and p and q and len(p) == len(q) == 2):
        return None
    is_vector = p[1] == 1 and p[0] == q[0] and recognition.is_of_samples(P)
    return checked(ast.BinOp(_turned(Q), ast.MatMult(), P)) if is_vector else None


def of_outer_products(value: Any) -> Any | None:
    """The sum over the samples of ``A[:, :, None] * delta[:, None, :]``; None if it is another."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Mult):
        return None
    column = row = None
    for part in (value.left, value.right):
        if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Tuple):
            places = [
                "new" if ast.unparse(p).endswith(("None", "newaxis")) else ast.unparse(p)
                for p in part.slice.elts
            ]
            column = part.value if places == [":", ":", "new"] else column
            row = part.value if places == [":", "new", ":"] else row
    if column is None or row is None:
        return None
    return checked(ast.BinOp(_turned(column), ast.MatMult(), row))


def _sum_of(value: Any, in_rows: bool) -> ast.Call:
    """The sum over the samples."""
    options = [ast.keyword("axis", ast.Constant(0 if in_rows else 1))]
    if not in_rows:
        options.append(ast.keyword("keepdims", ast.Constant(value=True)))
    return ast.Call(quantity("sum"), [value], options)


def _turned(P: Any) -> Any:
    """The transpose."""
    if isinstance(P, ast.Attribute) and P.attr == "T":
        return P.value
    return ast.Attribute(P, "T", ast.Load())


def _unknown(name: str) -> None:
    return None
