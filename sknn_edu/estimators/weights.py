"""Weights from outside: drawn for a new network, or given by the user and checked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..activations import Activation
from ..engine.architecture import Architecture
from ..engine.parameters import Parameters
from ..initializers import Initializer
from ..parametrizations import Parametrization
from .parameters import get

Weights = tuple[list[np.ndarray], list[np.ndarray]]  # W and b of each layer


def new_weights(
    params: dict[str, Any],
    architecture: Architecture,
    dtype: np.dtype,
    random_state: np.random.RandomState,
) -> Parameters:
    """W and b of each layer, drawn or taken from the user."""
    theta, given = _room_for(params, architecture.sizes, dtype), params["weight_init"]
    if not isinstance(given, (str, Initializer)):
        W, b = _given_weights(given, architecture)
        if not architecture.has_biases and any(v.any() for v in b):
            raise ValueError(
                "weight_init has intercepts that are not zero, but fit_intercept=False builds a "
                "network without any. Use zeros, or fit_intercept=True."
            )
        return theta.fill(W, b)
    initializer = get(Initializer, "weight_init", given)
    if isinstance(given, str) and given == "auto":
        chosen = get(Parametrization, "parametrization", params["parametrization"])
        initializer = chosen.initializer()
    hidden: list[Activation | None] = [*architecture.activations[:-1]]
    hidden.append(hidden[-1] if hidden else _activation_if_one(params))
    for l, (n_in, n_out) in enumerate(architecture.shapes):
        theta.W[l][...], b_l = initializer.draw_layer(n_in, n_out, hidden[l], random_state)
        if architecture.has_biases:
            theta.b[l][...] = b_l
    return theta


def present_weights(est: Any, architecture: Architecture, *, finite: bool = True) -> Weights:
    """``coefs_`` and ``intercepts_``, which users may have replaced."""
    W = check_layers("coefs_", est.coefs_, architecture.shapes, finite)
    biases = [(n,) for n in architecture.sizes[1:]]
    b = check_layers("intercepts_", est.intercepts_, biases, finite)
    if not architecture.has_biases and any(v.any() for v in b):
        raise ValueError("fit_intercept=False, but intercepts_ are not all zero.")
    return W, b


def dtype_of(W: Sequence[Any]) -> np.dtype:
    """float32 if all weights are, else float64."""
    is_single = np.result_type(np.float32, *(np.asarray(W_l).dtype for W_l in W)) == np.float32
    return np.dtype(np.float32 if is_single else np.float64)


def _room_for(params: dict[str, Any], sizes: Sequence[int], dtype: np.dtype) -> Parameters:
    """Parameters for layers of these sizes, if there is memory for them."""
    try:
        return Parameters(sizes, dtype)
    except (MemoryError, OverflowError, ValueError):
        n = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
        raise ValueError(
            f"hidden_layer_sizes={params['hidden_layer_sizes']!r} with n_hidden_layers="
            f"{params['n_hidden_layers']!r} and {sizes[0]} features makes a network of {n} weights "
            "and biases, for which there is no memory. Use smaller layers."
        ) from None


def _given_weights(given: Any, architecture: Architecture) -> Weights:
    """Check explicit ``(coefs, intercepts)``."""
    how = "weight_init must be a name, an Initializer, or a pair (coefs, intercepts) of lists"
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise ValueError(f"{how} with an array for each layer; got {given!r}.")
    return (
        check_layers(f"{how}; coefs", given[0], architecture.shapes),
        check_layers(f"{how}; intercepts", given[1], [(n,) for n in architecture.sizes[1:]]),
    )


def check_layers(
    name: str, arrays: Sequence[Any], shapes: Sequence[tuple[int, ...]], finite: bool = True
) -> list[np.ndarray]:
    """The arrays of all layers as (finite) numbers of the right shapes."""
    if not isinstance(arrays, (list, tuple)):
        raise ValueError(f"{name}: expected a list of arrays, got {arrays!r}.")
    if len(arrays) != len(shapes):
        raise ValueError(
            f"{name}: expected {len(shapes)} arrays (one for each layer), got {len(arrays)}."
        )
    checked = []
    for l, (given, shape) in enumerate(zip(arrays, shapes, strict=True)):
        try:
            array = np.asarray(given)
        except ValueError:  # rows of different lengths
            raise ValueError(f"{name}[{l}] must have shape {shape}, got {given!r}.") from None
        if array.shape != shape:
            raise ValueError(f"{name}[{l}] must have shape {shape}, got {array.shape}.")
        if array.dtype.kind not in "fiub" or (finite and not np.isfinite(array).all()):
            raise ValueError(f"{name}[{l}] must hold finite real numbers.")
        checked.append(array)
    return checked


def _activation_if_one(params: dict[str, Any]) -> Activation | None:
    """The hidden activation of a network that has no hidden layer."""
    given = params["activation"]
    return get(Activation, "activation", given) if isinstance(given, (str, Activation)) else None
