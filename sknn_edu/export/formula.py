"""Activations as formulas that other libraries can compute: what every export is made of.

An activation says what it computes in its ``formula``. Here that formula is taken apart
until only operators and primitives are left, and compared with ``forward``, at large inputs
too, where a formula that looks right may overflow. `torch_module` and `onnx_graph` say what
each operator and each primitive is in their library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

from ..activations import Activation
from ..formulas import Expression, ExpressionError, parse, tree
from ..formulas.primitives import PRIMITIVES, REDUCTIONS, RELATIONS

Operations = Mapping[str, Callable[..., Any]]

# What a library has to know beside the operators; other functions are spelled out in these.
EXPORTED = {name: p for name, p in PRIMITIVES.items() if p.spelled_out is None}

IN_NUMPY: Operations = {
    "number": lambda number: number,
    "negative": np.negative,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    **{name: p.compute for name, p in {**EXPORTED, **RELATIONS}.items()},
    "log": np.log,  # no library stops at log(eps)
    **{
        name: lambda P, axis, keepdims, p=p: p.compute(P, axis=axis, keepdims=keepdims)
        for name, p in REDUCTIONS.items()
    },
}

_SIZES = np.array([0.0, 0.1, 0.5, 1, 2, 5, 20, 50, 1000])
_PROBES = np.stack([np.r_[_SIZES, -_SIZES], np.r_[-_SIZES, _SIZES] / 2, np.r_[_SIZES, _SIZES]], 1)

_Z = tree.Name("Z")


def exported_formula(activation: Activation) -> Expression:
    """The formula of an activation in operators and primitives alone, settings as numbers.

    Parameters
    ----------
    activation : Activation

    Returns
    -------
    formula : Expression
        A formula of Z.

    Raises
    ------
    NotImplementedError
        If the activation has no formula.
    ValueError
        If its formula cannot be read, or is not what its `forward` computes.

    Examples
    --------
    >>> from sknn_edu.activations import LeakyReLU, SiLU
    >>> print(exported_formula(LeakyReLU(0.2)))
    maximum(Z, 0) + 0.2 * minimum(Z, 0)
    >>> print(exported_formula(SiLU()))
    Z * logistic(Z)
    """
    formula = _spelled_out(activation, ())
    _check(activation, formula)
    return formula


def evaluated(formula: Expression, Z: Any, operations: Operations) -> Any:
    """The formula at Z, with the operations of a library.

    Parameters
    ----------
    formula : Expression
        As `exported_formula` gives it.
    Z : object
        What the operations work on.
    operations : mapping of str to callable
        One for each operator (``"+"``, ``"negative"``, ...), primitive and reduction, and
        ``"number"`` for numbers.
    """

    def value(node: Expression) -> Any:
        match node:
            case tree.Name():
                return Z
            case tree.Number(number=number):
                return operations["number"](number)
            case tree.Negative(operand=P):
                return operations["negative"](value(P))
            case tree.Sum(P, operator, Q) | tree.Comparison(P, operator, Q):
                return operations[operator](value(P), value(Q))
            case tree.Product(P, Q) | tree.Quotient(P, Q):
                return operations[node.operator](value(P), value(Q))
            case tree.Power(base=P, exponent=Q):
                return operations["**"](value(P), value(Q))
            case tree.Call(function=function, arguments=arguments):
                return operations[function](*map(value, arguments))
            case tree.Reduction(function=function, operand=P, axis=axis, keepdims=keepdims):
                return operations[function](value(P), axis, keepdims)
        raise ValueError(f"{node} has no place in the formula of an activation.")

    return value(formula)


def _spelled_out(f: Activation, inside: tuple[Activation, ...]) -> Expression:
    """The formula of f, with the activations that it calls spelled out too.

    ``inside`` are the activations in whose formulas f was called.
    """
    if f.name in EXPORTED and f == Activation.get(f.name):
        return tree.Call(f.name, (_Z,))
    if f.formula is None:
        raise NotImplementedError(
            f"{f!r} cannot be exported without a formula. Give the class {type(f).__name__} one of "
            "Z and its settings, for example: formula = 'Z * logistic(Z)'."
        )
    if f in inside:
        _refuse(f, "it calls itself.")
    try:
        formula = _read(f.formula, {"Z", *vars(type(f)), *vars(f)})
    except ExpressionError as error:
        _refuse(f, str(error))
    settings = {name: _number(f, name) for name in formula.names() - {"Z"}}
    return _without_calls(formula.substituted(settings), (*inside, f))


def _read(text: str, names: set[str]) -> Expression:
    functions = {*PRIMITIVES, *REDUCTIONS, *Activation.names()}
    return parse(text, names, functions, printed=True)


def _without_calls(node: Expression, inside: tuple[Activation, ...]) -> Expression:
    """The node with primitives for all functions."""
    node = node.rebuilt(lambda part: _without_calls(part, inside))
    if not isinstance(node, tree.Call) or node.function in EXPORTED:
        return node
    primitive = PRIMITIVES.get(node.function)
    if primitive is not None and primitive.spelled_out is not None:
        called = _read(primitive.spelled_out, {"Z"})
    else:
        called = _spelled_out(Activation.get(node.function), inside)
    return called.substituted({"Z": node.arguments[0]})


def _number(f: Activation, name: str) -> Expression:
    """A setting of f, as a formula."""
    try:
        number = float(getattr(f, name))
    except (TypeError, ValueError):
        _refuse(f, f"{name}={getattr(f, name)!r} is not a number.")
    return tree.Negative(tree.Number(-number)) if number < 0 else tree.Number(number)


def _check(f: Activation, formula: Expression) -> None:
    """Raise ValueError if the formula is not what `forward` computes."""
    with np.errstate(all="ignore"):
        expected = f.forward(_PROBES.copy(), out=np.empty_like(_PROBES))
        try:
            found = np.broadcast_to(evaluated(formula, _PROBES, IN_NUMPY), _PROBES.shape)
        except (TypeError, ValueError) as error:
            _refuse(f, str(error))
        right = np.isclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True)
    if not right.all():
        i, j = np.argwhere(~right)[0]
        where = f"Z={_PROBES[i, j]:g}" if f.elementwise else f"Z={_PROBES[i].tolist()}"
        _refuse(
            f,
            f"at {where} it gives {found[i, j]:g}, but forward gives {expected[i, j]:g}. If that "
            "is an overflow, write it with functions that have none, such as logistic, "
            "softplus, tanh and softmax.",
        )


def _refuse(f: Activation, reason: str) -> NoReturn:
    raise ValueError(f"{f!r} cannot be exported by its formula {f.formula!r}: {reason}")
