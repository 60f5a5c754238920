"""The outputs of a network for all rows of X: forward only, in bounded memory."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import issparse

from .network import Network

# Overflow in the engine is noticed by its results, which are checked.
overflow_is_expected = partial(np.errstate, over="ignore", invalid="ignore", divide="ignore")


def outputs(network: Network, X: Any, what: str = "A") -> np.ndarray:
    """A (or Z) of the output layer for all rows of X, shape (n, n_outputs)."""
    outputs = np.empty((X.shape[0], network.theta.sizes[-1]), network.theta.dtype)
    with overflow_is_expected():
        for rows in network.pieces(X.shape[0]):
            outputs[rows] = getattr(network.forward(in_its_dtype(network, X[rows])), what)
    return outputs


def in_its_dtype(network: Network, X: Any) -> Any:
    """X in the dtype of the network."""
    if X.dtype == network.theta.dtype:
        return X
    X = X.astype(network.theta.dtype)
    if not np.isfinite(X.data if issparse(X) else X).all():
        raise ValueError(f"X has numbers that are too large for {network.theta.dtype}.")
    return X
