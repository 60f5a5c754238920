"""What a `NetworkDisplay` wants to know of a network: sizes, names, outputs for a sample."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from ..estimators.inspection import OpenNetwork

LONGEST_NAME = 24


def outputs_of_layers(network: OpenNetwork, before: list[Pipeline], x: Any) -> list[np.ndarray]:
    """A[0], A[1], ... of one sample, which goes through the steps before the network first."""
    X = _one_row(x)
    for steps in before:
        X = steps.transform(X)
    A = [*network.hidden_activations(X), network._output_layer(X)]
    sample = X.toarray() if issparse(X) else np.asarray(X, dtype=float)
    return [sample.ravel(), *(rows[0] for rows in A)]


def names_of_features(network: OpenNetwork, before: list[Pipeline]) -> list[str] | None:
    """Names of the inputs, where they are known."""
    names = getattr(network, "feature_names_in_", None)
    if names is None and before and hasattr(before[-1], "feature_names_in_"):
        try:
            names = before[-1].get_feature_names_out()
        except (AttributeError, ValueError):  # a step that does not name what it makes
            return None
    return None if names is None else list(map(str, names))


def names_of_outputs(network: OpenNetwork) -> list[str] | None:
    """The classes or labels; that of the second class where two share one unit."""
    if not is_classifier(network):
        return None
    classes: np.ndarray = network.classes_[-network.n_outputs_ :]
    if classes.dtype.kind not in "iufb":
        return list(map(str, classes))
    kind = "label" if network._is_multilabel() else "class"
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


def checked_sizes(W: list[np.ndarray]) -> list[int]:
    """Units of each layer, input included."""
    if not W or any(layer.ndim != 2 for layer in W):
        raise ValueError("coefs must hold a matrix of shape (n_in, n_out) for each layer.")
    for before, after in pairwise(W):
        if before.shape[1] != after.shape[0]:
            raise ValueError(
                f"coefs must fit together, but a layer of shape {before.shape} is followed by one "
                f"of shape {after.shape}."
            )
    return [W[0].shape[0], *(layer.shape[1] for layer in W)]


def checked_vectors(name: str, arrays: Any, sizes: list[int]) -> list[np.ndarray] | None:
    """One vector for each layer."""
    if arrays is None:
        return None
    arrays = [np.asarray(array, float).ravel() for array in arrays]
    if [len(array) for array in arrays] != sizes:
        raise ValueError(
            f"{name} must hold arrays of lengths {sizes}; got {[len(array) for array in arrays]}."
        )
    return arrays


def short_names(parameter: str, given: Any, n: int, symbol: str) -> list[str]:
    """Names that are short enough to stand beside a unit; as on paper if there are none."""
    if given is None:
        return [f"${symbol}$"] if n == 1 else [f"${symbol}_{{{i}}}$" for i in range(1, n + 1)]
    names = list(map(str, given))
    if len(names) != n:
        raise ValueError(f"{parameter} must hold {n} names; got {len(names)}.")
    short = [
        name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in names
    ]
    return [name.replace("$", r"\$") for name in short]


def headers_of(sizes: list[int], activations: Any) -> list[str]:
    """Name, activation and size of each layer."""
    whats = ["input", *([""] * (len(sizes) - 1) if activations is None else activations)]
    if len(whats) != len(sizes):
        raise ValueError(
            f"activations must hold {len(sizes) - 1} names, one for each layer; got "
            f"{len(whats) - 1}."
        )
    return [
        "\n".join([f"A[{l}]", *([what] if what else []), f"{n} unit" + "s" * (n > 1)])
        for l, (what, n) in enumerate(zip(whats, sizes, strict=True))
    ]
