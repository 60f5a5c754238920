"""The functions that a formula may call: a few of analysis, and every activation by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import ndtr

from ...activations import Activation, Elementwise
from ...losses import Loss
from .._layout import Layout
from .tree import EPS


def log(P: Any) -> Any:
    """log P, and log(eps) below the machine epsilon, as in the engine."""
    return np.log(np.maximum(P, EPS))


def sech(P: Any) -> Any:
    """1 / cosh P."""
    return 1 / np.cosh(P)


ANALYSIS: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": log,
    "sqrt": np.sqrt,
    "maximum": np.maximum,
    "sech": sech,
}
REDUCTIONS = ("sum", "mean")

# Beside these, printed formulas use a few that answers do not need.
PRINTED_ONLY: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "sign": np.sign,
    "minimum": np.minimum,
    "Phi": ndtr,
}
N_ARGUMENTS = {"maximum": 2, "minimum": 2}


class Functions(Mapping[str, Callable[..., Any]]):
    """Functions by name, for the network with these activations, in a layout.

    An activation goes by its name, its derivative by that name after ``d_``; for one that
    mixes the units (softmax) ``d_`` is the diagonal of the Jacobian. A name means the
    network's activation of that name, with its settings. Where two layers have the same
    activation with different settings, the number of the layer is put behind the name.

    Parameters
    ----------
    activations : sequence of Activation
        f_1, ..., f_L.
    layout : Layout
        Which axis holds the units.
    loss : Loss
        Its parts that have no formula of their own are called by the names of their classes.
    """

    def __init__(self, activations: Sequence[Activation], layout: Layout, loss: Loss) -> None:
        self._layout = layout
        self._functions = {**PRINTED_ONLY}
        by_name: dict[str, Activation] = {name: Activation.get(name) for name in Activation.names()}
        self._names = []
        for l, f in enumerate(activations, start=1):
            namesakes = [g for g in activations if g.name == f.name]
            name = f.name if all(g == f for g in namesakes) else f"{f.name}_{l}"
            self._names.append(name)
            by_name.update(dict.fromkeys((name, *f.aliases), f))
        self.activation_names = tuple(by_name)
        for name, f in by_name.items():
            self._functions[name] = self._on_rows(_Forward(f))
            self._functions[f"d_{name}"] = self._on_rows(_Derivative(f))
        for _, part in loss.terms():
            name = type(part).__name__
            self._functions[name] = self._on_rows(lambda A, Y, part=part: part.value(A, Y)[:, None])
            self._functions[f"d_{name}"] = self._on_rows(
                lambda A, Y, part=part: part.gradient(A, Y, out=np.empty_like(A))
            )
        for f in activations:
            self._functions[f"backward_{f.name}"] = self._on_rows(
                lambda Z, dA, f=f: f.backward(Z, f.forward(Z, np.empty_like(Z)), dA, Z.copy())
            )
        self._functions |= ANALYSIS  # "exp" is the same function, without the detour

    def of_layer(self, l: int) -> str:
        """The name of f_l."""
        return self._names[l - 1]

    def for_answers(self) -> set[str]:
        """The names that an answer may call."""
        derivatives = {f"d_{name}" for name in self.activation_names}
        return {*ANALYSIS, *REDUCTIONS, *self.activation_names, *derivatives}

    def _on_rows(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function on arrays of any shape; it sees samples in rows."""

        def on_rows(*arrays: Any) -> Any:
            shape = np.shape(arrays[0])
            rows = [self._rows(array) for array in arrays]
            result = function(*rows)
            if self._layout is Layout.COLUMNS and len(shape) == 2:
                return result.T
            return result.reshape(shape) if result.size == np.prod(shape) else result

        return on_rows

    def _rows(self, array: Any) -> np.ndarray:
        array = np.atleast_2d(np.asarray(array, np.float64))
        return np.ascontiguousarray(array.T if self._layout is Layout.COLUMNS else array)

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


class _Forward:
    """f(Z)."""

    def __init__(self, f: Activation) -> None:
        self.f = f

    def __call__(self, Z: np.ndarray) -> np.ndarray:
        return self.f.forward(Z, out=np.empty_like(Z))


class _Derivative:
    """f'(Z) for each unit by itself: the diagonal of the Jacobian."""

    def __init__(self, f: Activation) -> None:
        self.f = f

    def __call__(self, Z: np.ndarray) -> np.ndarray:
        A = self.f.forward(Z, out=np.empty_like(Z))
        if isinstance(self.f, Elementwise):
            return self.f.derivative(Z, A, out=np.empty_like(Z))
        diagonal = np.empty_like(Z)
        for j in range(Z.shape[1]):
            dA = np.zeros_like(Z)
            dA[:, j] = 1
            diagonal[:, j] = self.f.backward(Z, A, dA, out=np.empty_like(Z))[:, j]
        return diagonal
