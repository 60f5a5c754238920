"""NumPy's spelling of what formulas have an operator for: ``np.dot(P, Q)``, ``np.square(P)``.

Each function here builds the tree that the operators would give; all its nodes have the place
of the call in the text.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from . import shapes, tree
from .scalars import is_number
from .tree import Expression

# In front of a function they say nothing that its name does not.
MODULES = ("np", "numpy", "jnp", "cp", "math", "scipy", "special", "torch", "tf", "jax", "nn", "F")
# What may stand behind an expression, as in P.dot(Q): the function of that name of P.
METHODS = {
    *("dot", "matmul", "mm", "multiply", "mul", "add", "sub", "div", "neg", "square", "pow"),
    *("sum", "mean", "max", "min", "exp", "log", "sqrt", "abs", "sign", "tanh", "sigmoid"),
    *("transpose", "t", "reshape", "view", "flatten", "ravel", "squeeze", "unsqueeze", "clip"),
    *("astype", "copy", "item", "float", "double", "numpy", "clone", "detach", "relu", "outer"),
    *("clamp", "swapaxes", "softmax"),
}
# What changes nothing of real numbers.
UNCHANGED = {
    *("array", "asarray", "asfarray", "copy", "float", "float64", "float32", "double", "item"),
    *("tensor", "as_tensor", "numpy", "clone", "detach", "positive", "squeeze_", "nan_to_num"),
}
WHOLE = {"int", "int32", "int64", "int8", "uint8", "bool", "bool_", "int_", "long"}
REAL = {"float", "float64", "float32", "float_", "double", "float16", "longdouble"}


class Spelled(NamedTuple):
    """A function by its number of arguments and what it builds."""

    n_arguments: int
    build: Callable[..., Expression]


def _dot(P: Expression, Q: Expression, **span: tuple[int, int]) -> Expression:
    """np.dot also multiplies by a number."""
    kind = tree.Product if is_number(P) or is_number(Q) else tree.MatrixProduct
    return kind(P, Q, **span)


def power(P: Expression, p: Expression, **span: tuple[int, int]) -> Expression:
    """P ** p; a power of e is exp."""
    if P == tree.Number(math.e):
        return tree.Call("exp", (p,), **span)
    return tree.Power(P, p, **span)


def _add(P: Expression, Q: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Sum(P, "+", Q, **span)


def _subtract(P: Expression, Q: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Sum(P, "-", Q, **span)


def _square(P: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Power(P, tree.Number(2.0, **span), **span)


def _reciprocal(P: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Quotient(tree.Number(1.0, **span), P, **span)


def _log1p(P: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Call("log", (_add(tree.Number(1.0, **span), P, **span),), **span)


def _expm1(P: Expression, **span: tuple[int, int]) -> Expression:
    return _subtract(tree.Call("exp", (P,), **span), tree.Number(1.0, **span), **span)


def _logaddexp(P: Expression, Q: Expression, **span: tuple[int, int]) -> Expression:
    both = _add(tree.Call("exp", (P,), **span), tree.Call("exp", (Q,), **span), **span)
    return tree.Call("log", (both,), **span)


def _arctanh(P: Expression, **span: tuple[int, int]) -> Expression:
    one, half = tree.Number(1.0, **span), tree.Number(0.5, **span)
    quotient = tree.Quotient(_add(one, P, **span), _subtract(one, P, **span), **span)
    return tree.Product(half, tree.Call("log", (quotient,), **span), **span)


def _inner(P: Expression, Q: Expression, **span: tuple[int, int]) -> Expression:
    return tree.MatrixProduct(P, tree.Transpose(Q, **span), **span)


def _clip(P: Expression, low: Expression, high: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Call("minimum", (tree.Call("maximum", (P, low), **span), high), **span)


def _heaviside(P: Expression, at_zero: Expression, **span: tuple[int, int]) -> Expression:
    zero = tree.Number(0.0, **span)
    above = tree.Comparison(P, ">", zero, **span)
    there = tree.Comparison(P, "==", zero, **span)
    return _add(above, tree.Product(at_zero, there, **span), **span)


def _norm(P: Expression, **span: tuple[int, int]) -> Expression:
    return tree.Call(
        "sqrt", (tree.Reduction("sum", _square(P, **span), None, False, **span),), **span
    )


def _flat(P: Expression, **span: tuple[int, int]) -> Expression:
    return shapes.Reshaped("ravel", P, **span)


def _squeezed(P: Expression, **span: tuple[int, int]) -> Expression:
    return P if is_number(P) else shapes.Reshaped("squeeze", P, **span)


def _comparison(relation: str) -> Callable[..., Expression]:
    return lambda P, Q, **span: tree.Comparison(P, relation, Q, **span)


SPELLED: dict[str, Spelled] = {
    "dot": Spelled(2, _dot),
    **dict.fromkeys(("matmul", "mm"), Spelled(2, tree.MatrixProduct)),
    **dict.fromkeys(("multiply", "mul"), Spelled(2, tree.Product)),
    **dict.fromkeys(("divide", "true_divide", "div"), Spelled(2, tree.Quotient)),
    "add": Spelled(2, _add),
    **dict.fromkeys(("subtract", "sub"), Spelled(2, _subtract)),
    **dict.fromkeys(("negative", "neg"), Spelled(1, tree.Negative)),
    "square": Spelled(1, _square),
    **dict.fromkeys(("power", "pow", "float_power"), Spelled(2, power)),
    "reciprocal": Spelled(1, _reciprocal),
    **dict.fromkeys(("transpose", "t"), Spelled(1, tree.Transpose)),
    "outer": Spelled(2, shapes.Outer),
    "inner": Spelled(2, _inner),
    "logaddexp": Spelled(2, _logaddexp),
    **dict.fromkeys(("arctanh", "atanh"), Spelled(1, _arctanh)),
    "log1p": Spelled(1, _log1p),
    "expm1": Spelled(1, _expm1),
    **dict.fromkeys(("clip", "clamp"), Spelled(3, _clip)),
    "heaviside": Spelled(2, _heaviside),
    "norm": Spelled(1, _norm),
    **dict.fromkeys(("ravel", "flatten"), Spelled(1, _flat)),
    "squeeze": Spelled(1, _squeezed),
    "greater": Spelled(2, _comparison(">")),
    "greater_equal": Spelled(2, _comparison(">=")),
    "less": Spelled(2, _comparison("<")),
    "less_equal": Spelled(2, _comparison("<=")),
    "equal": Spelled(2, _comparison("==")),
    "not_equal": Spelled(2, _comparison("!=")),
}
CONSTANTS = {"pi": math.pi, "e": math.e}
