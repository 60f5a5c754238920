"""The functions that a formula may call: a few of analysis, and every activation by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from keyword import iskeyword
from typing import Any

import numpy as np

from ..activations import Activation, Elementwise
from ..losses import Loss
from .layout import Layout
from .primitives import OF_THE_LANGUAGE, REDUCTIONS_OF_ANSWERS

# Activations and losses cannot be called by these names; exp is the same function in both.
TAKEN = {*OF_THE_LANGUAGE, *REDUCTIONS_OF_ANSWERS} - {"exp"}


class Functions(dict[str, Callable[..., Any]]):
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
        Its terms that have no formula of their own are called by the names of their classes.
    """

    def __init__(self, activations: Sequence[Activation], layout: Layout, loss: Loss) -> None:
        super().__init__()
        self._layout = layout
        self._names = [_name_in_formulas(f, l, activations) for l, f in enumerate(activations, 1)]
        by_name = _with_default_settings()
        for name, f in zip(self._names, activations, strict=True):
            aliases = f.aliases if name == f.name else ()
            by_name |= dict.fromkeys((name, *aliases), f)
        self.activation_names = tuple(by_name)

        for name, f in by_name.items():
            self[name] = self._on_rows(_forward, f)
            self[f"d_{name}"] = self._on_rows(_derivative, f)
        for name, f in zip(self._names, activations, strict=True):
            for called in (f.name, name):
                self[f"backward_{called}"] = self._on_rows(_backward, f)
        self._losses = [part for _, part in loss.terms()]
        for part in self._losses:
            name = self.of_loss(part)
            self[name] = self._on_rows(_value, part)
            self[f"d_{name}"] = self._on_rows(_gradient, part)
        # exp comes as an activation too: here it is NumPy's, without the detour.
        self.update({name: p.compute for name, p in OF_THE_LANGUAGE.items()})

    def of_layer(self, l: int) -> str:
        """The name of f_l."""
        return self._names[l - 1]

    def of_loss(self, part: Loss) -> str:
        """The name of a term of the loss: its class, and which of them if several differ."""
        name = _word(type(part).__name__)
        alike = [other for other in self._losses if type(other) is type(part)]
        return name if all(other == part for other in alike) else f"{name}_{alike.index(part) + 1}"

    def for_answers(self) -> set[str]:
        """The names that an answer may call."""
        derivatives = {f"d_{name}" for name in self.activation_names}
        allowed = {name for name, p in OF_THE_LANGUAGE.items() if p.in_answers}
        return {*allowed, *REDUCTIONS_OF_ANSWERS, *self.activation_names, *derivatives}

    def _on_rows(self, function: Callable[..., Any], component: Any) -> Callable[..., Any]:
        """The function of a component on arrays of any shape; it sees samples in rows."""

        def on_rows(*arrays: Any) -> Any:
            shape = np.shape(arrays[0])
            result = function(component, *map(self._rows, arrays))
            if self._layout is Layout.COLUMNS and len(shape) == 2:
                return result.T
            return result.reshape(shape) if result.size == np.prod(shape) else result

        return on_rows

    def _rows(self, array: Any) -> np.ndarray:
        array = np.atleast_2d(np.asarray(array, np.float64))
        return np.ascontiguousarray(array.T if self._layout is Layout.COLUMNS else array)


def _with_default_settings() -> dict[str, Activation]:
    """Every activation that needs no settings, by each of its names."""
    found = {}
    for name in Activation.names():
        with suppress(TypeError):  # it has settings without defaults
            found[_word(name)] = Activation.get(name)
    return found


def _name_in_formulas(f: Activation, l: int, activations: Sequence[Activation]) -> str:
    """What f_l is called: by its name, with l behind it if another has the same name."""
    alike = all(g == f for g in activations if g.name == f.name)
    return _word(f.name) if alike else f"{_word(f.name)}_{l}"


def _word(name: str) -> str:
    """The name if formulas can have it, else one that they can have."""
    word = re.sub("[^A-Za-z0-9_]", "_", name)
    return f"f_{word}" if not word.isidentifier() or iskeyword(word) or word in TAKEN else word


def _forward(f: Activation, Z: np.ndarray) -> np.ndarray:
    """f(Z)."""
    return f.forward(Z, out=np.empty_like(Z))


def _derivative(f: Activation, Z: np.ndarray) -> np.ndarray:
    """f'(Z) for each unit by itself: the diagonal of the Jacobian."""
    A = _forward(f, Z)
    if isinstance(f, Elementwise):
        return f.derivative(Z, A, out=np.empty_like(Z))
    diagonal = np.empty_like(Z)
    for j, one_hot in enumerate(np.eye(Z.shape[1])):
        dA = np.tile(one_hot, (len(Z), 1))
        diagonal[:, j] = f.backward(Z, A, dA, out=np.empty_like(Z))[:, j]
    return diagonal


def _backward(f: Activation, Z: np.ndarray, dA: np.ndarray) -> np.ndarray:
    """J_f(Z)^T dA, row by row."""
    return f.backward(Z, _forward(f, Z), dA, out=np.empty_like(Z))


def _value(loss: Loss, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The loss of each sample, a column."""
    return loss.value(A, Y)[:, np.newaxis]


def _gradient(loss: Loss, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """dloss/dA."""
    return loss.gradient(A, Y, out=np.empty_like(A))
