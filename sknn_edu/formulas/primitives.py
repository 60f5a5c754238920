"""Every function and relation that formulas are made of, each stated once.

The language (`functions`, `tree`), its print (`latex`, `html`) and the exports read them here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, ndtr, softmax

from .evaluation import EPS


@dataclass(frozen=True)
class Primitive:
    """A function that formulas call by name, or a relation between two values.

    Attributes
    ----------
    compute : callable
        Its value. It does not overflow where the result is a number.
    latex, html : str or None
        How it is printed; ``#`` is where the arguments go, by default in parentheses behind.
        None is the name itself.
    in_answers : bool
        Whether answers may call it; formulas that the package prints may call all.
    is_activation : bool
        Whether formulas call the activation of that name, so that ``compute`` serves exports only.
    n_arguments : int
    spelled_out : str or None
        A formula of Z in other primitives, for libraries that have no such function.
    """

    compute: Callable[..., Any]
    latex: str | None = None
    html: str | None = None
    in_answers: bool = False
    is_activation: bool = False
    n_arguments: int = 1
    spelled_out: str | None = None


def log(P: Any) -> Any:
    """log P, and log(eps) below the machine epsilon, as in the engine."""
    return np.log(np.maximum(P, EPS))


def sech(P: Any) -> Any:
    """1 / cosh P."""
    return 1 / np.cosh(P)


def ones_like(P: Any) -> Any:
    """1 in each place."""
    return np.ones(np.shape(P))


def zeros_like(P: Any) -> Any:
    """0 in each place."""
    return np.zeros(np.shape(P))


PRIMITIVES = {
    "exp": Primitive(np.exp, r"\exp", in_answers=True),
    "log": Primitive(log, r"\log", in_answers=True),
    "sqrt": Primitive(np.sqrt, r"\sqrt{#}", in_answers=True),
    "maximum": Primitive(np.maximum, r"\max", in_answers=True, n_arguments=2),
    "sech": Primitive(
        sech, in_answers=True, spelled_out="2 * exp(-abs(Z)) / (1 + exp(-2 * abs(Z)))"
    ),
    "abs": Primitive(np.abs, r"\left|#\right|", "|#|", in_answers=True),
    "sign": Primitive(np.sign, in_answers=True),
    "minimum": Primitive(np.minimum, r"\min", in_answers=True, n_arguments=2),
    "Phi": Primitive(ndtr, r"\Phi", "&Phi;"),
    "tanh": Primitive(np.tanh, r"\tanh", is_activation=True),
    "logistic": Primitive(expit, r"\sigma", is_activation=True),
    "softplus": Primitive(lambda P: np.logaddexp(P, 0), is_activation=True),
    "softmax": Primitive(lambda P: softmax(P, axis=1), is_activation=True),
}
REDUCTIONS = {
    "sum": Primitive(np.sum, r"\sum", "&Sigma;"),
    "mean": Primitive(np.mean, r"\mathrm{mean}", "mean"),
}
RELATIONS = {
    ">": Primitive(np.greater, ">", "&gt;"),
    "<": Primitive(np.less, "<", "&lt;"),
    "<=": Primitive(np.less_equal, r"\leq", "&le;"),
}

# What only answers have: the formulas of components, and so the exports, do without.
FUNCTIONS_OF_ANSWERS = {
    "where": Primitive(np.where, in_answers=True, n_arguments=3),
    "cosh": Primitive(np.cosh, r"\cosh", in_answers=True),
    "sinh": Primitive(np.sinh, r"\sinh", in_answers=True),
    "ones_like": Primitive(ones_like, r"\mathbf{1}", "1", in_answers=True),
    "zeros_like": Primitive(zeros_like, r"\mathbf{0}", "0", in_answers=True),
}
REDUCTIONS_OF_ANSWERS = {
    **REDUCTIONS,
    "max": Primitive(np.max, r"\max", "max"),
    "min": Primitive(np.min, r"\min", "min"),
}
RELATIONS_OF_ANSWERS = {
    **RELATIONS,
    ">=": Primitive(np.greater_equal, r"\geq", "&ge;"),
    "==": Primitive(np.equal, "=", "="),
    "!=": Primitive(np.not_equal, r"\neq", "&ne;"),
}

# Those that formulas compute by themselves, without an activation of that name.
OF_THE_LANGUAGE = {
    **{name: p for name, p in PRIMITIVES.items() if not p.is_activation},
    **FUNCTIONS_OF_ANSWERS,
}
PRINTED: dict[str, Primitive] = {
    **PRIMITIVES,
    **FUNCTIONS_OF_ANSWERS,
    **REDUCTIONS_OF_ANSWERS,
    **RELATIONS_OF_ANSWERS,
}
