"""The contents of a `NetworkDisplay`: arrays and names, checked, and read from an estimator."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from scipy.sparse import issparse
from sklearn.pipeline import Pipeline

from ..estimators.inspection import OpenNetwork, architecture_of, targets_of

LONGEST_NAME = 24


@dataclass(frozen=True)
class NetworkContents:
    """What is drawn of a network.

    Attributes
    ----------
    W : list of ndarray of shape (n_in, n_out)
    b, A : list of ndarray of shape (n_units,), or None
        Biases of each layer; outputs of each layer for one sample, input included.
    names : tuple of two lists of str
        Of the inputs and of the outputs.
    headers : list of str
        Above each layer, input included.
    """

    W: list[np.ndarray]
    b: list[np.ndarray] | None
    A: list[np.ndarray] | None
    names: tuple[list[str], list[str]]
    headers: list[str]

    @property
    def sizes(self) -> list[int]:
        """Units of each layer, input included."""
        return [self.W[0].shape[0], *(W.shape[1] for W in self.W)]

    @classmethod
    def checked(cls, display: Any) -> Self:
        """The contents of the parameters of a display; ValueError if they do not fit together."""
        W = [np.asarray(array, float) for array in display.coefs]
        sizes = _checked_sizes(W)
        features = _short_names("feature_names", display.feature_names, sizes[0], "x")
        outputs = _short_names("output_names", display.output_names, sizes[-1], r"\hat{y}")
        b = _checked_vectors("intercepts", display.intercepts, sizes[1:])
        A = _checked_vectors("layer_outputs", display.layer_outputs, sizes)
        return cls(W, b, A, (features, outputs), _headers(sizes, display.activations))


def outputs_of_layers(network: OpenNetwork, before: list[Pipeline], x: Any) -> list[np.ndarray]:
    """A[0], A[1], ... of one sample, which goes through the steps before the network first."""
    X = _one_row(x)
    for steps in before:
        X = steps.transform(X)
    Z = network.logits(X)
    A_output = architecture_of(network).output.forward(Z, out=np.empty_like(Z))
    A = [*network.hidden_activations(X), A_output]
    sample = X.toarray() if issparse(X) else np.asarray(X, dtype=float)
    return [sample.ravel(), *(rows[0] for rows in A)]


def names_of_features(network: OpenNetwork, before: list[Pipeline]) -> list[str] | None:
    """Names of the inputs, where they are known."""
    names = getattr(network, "feature_names_in_", None)
    if names is None and before and hasattr(before[-1], "feature_names_in_"):
        try:
            names = before[-1].get_feature_names_out()
        except (AttributeError, ValueError):  # a step without names for its output
            return None
    return None if names is None else list(map(str, names))


def names_of_outputs(network: OpenNetwork) -> list[str] | None:
    """The classes or labels; that of the second class where two share one unit."""
    targets = targets_of(network)
    if targets.numeric:
        return None
    classes: np.ndarray = network.classes_[-network.n_outputs_ :]
    if classes.dtype.kind not in "iufb":
        return list(map(str, classes))
    kind = "label" if targets.is_multilabel else "class"
    return [f"{kind} {value}" for value in classes]


def _one_row(x: Any) -> Any:
    """x as a table of one row."""
    if hasattr(x, "to_frame") and np.ndim(x) == 1:  # a row of a pandas DataFrame
        return x.to_frame().T
    X = x if hasattr(x, "shape") else np.asarray(x)
    if len(X.shape) == 1:
        X = X.reshape(1, -1)
    if X.shape[0] != 1:
        raise ValueError(f"x must be one sample, such as X[0]; got shape {X.shape}.")
    return X


def _checked_sizes(W: list[np.ndarray]) -> list[int]:
    """Units of each layer, input included."""
    if not W or any(layer.ndim != 2 for layer in W):
        raise ValueError("coefs must hold a matrix of shape (n_in, n_out) for each layer.")
    for before, after in pairwise(W):
        if before.shape[1] != after.shape[0]:
            shapes = f"a layer of shape {before.shape} is followed by one of shape {after.shape}"
            raise ValueError(f"coefs must fit together, but {shapes}.")
    return [W[0].shape[0], *(layer.shape[1] for layer in W)]


def _checked_vectors(name: str, arrays: Any, sizes: list[int]) -> list[np.ndarray] | None:
    """One vector for each layer."""
    if arrays is None:
        return None
    arrays = [np.asarray(array, float).ravel() for array in arrays]
    lengths = [len(array) for array in arrays]
    if lengths != sizes:
        raise ValueError(f"{name} must hold arrays of lengths {sizes}; got {lengths}.")
    return arrays


def _short_names(parameter: str, given: Any, n: int, symbol: str) -> list[str]:
    """Names cut to a length that fits beside a unit; x_1, x_2, ... if none are given."""
    if given is None:
        return [f"${symbol}$"] if n == 1 else [f"${symbol}_{{{i}}}$" for i in range(1, n + 1)]
    names = list(map(str, given))
    if len(names) != n:
        raise ValueError(f"{parameter} must hold {n} names; got {len(names)}.")
    most = LONGEST_NAME
    short = [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]
    return [name.replace("$", r"\$") for name in short]


def _headers(sizes: list[int], activations: Any) -> list[str]:
    """Name, activation and size of each layer."""
    whats = ["input", *([""] * (len(sizes) - 1) if activations is None else activations)]
    if len(whats) != len(sizes):
        wanted = f"{len(sizes) - 1} names, one for each layer"
        raise ValueError(f"activations must hold {wanted}; got {len(whats) - 1}.")
    units = [f"{n} unit" + "s" * (n > 1) for n in sizes]
    lines = [(f"A[{l}]", what, n) for l, (what, n) in enumerate(zip(whats, units, strict=True))]
    return ["\n".join(filter(None, of_layer)) for of_layer in lines]
