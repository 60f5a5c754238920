"""theta: the weights and biases of all layers in one flat vector, with W[l] and b[l] as views."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np


class Parameters:
    """A flat vector that holds W_1, ..., W_L, then b_1, ..., b_L.

    Optimizers work on ``flat`` as a whole, layers on the views. The weights come first
    so that the penalty, which spares the biases, is one slice.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, input and output included.
    dtype : dtype
        float32 or float64.

    Attributes
    ----------
    flat : ndarray of shape (n_parameters,)
    weights : ndarray of shape (n_weights,)
        The front part of ``flat``, without the biases.
    W : list of ndarray of shape (n_in, n_out)
    b : list of ndarray of shape (n_out,)
    """

    def __init__(self, sizes: Sequence[int], dtype: np.dtype | type) -> None:
        self.sizes = tuple(sizes)
        shapes = list(pairwise(self.sizes))
        n_weights = sum(n_in * n_out for n_in, n_out in shapes)
        self.flat = np.zeros(n_weights + sum(self.sizes[1:]), dtype)
        self.weights = self.flat[:n_weights]
        weights = np.split(self.weights, np.cumsum([n_in * n_out for n_in, n_out in shapes])[:-1])
        biases = np.split(self.flat[n_weights:], np.cumsum(self.sizes[1:])[:-1])
        self.W = [w.reshape(shape) for w, shape in zip(weights, shapes, strict=True)]
        self.b = list(biases)

    def zeros_like(self) -> Parameters:
        """Another vector of this layout, all zeros: a gradient, a direction."""
        return Parameters(self.sizes, self.flat.dtype)

    def fill(self, W: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> Parameters:
        """Copy the arrays of each layer into the vector."""
        for view, array in zip([*self.W, *self.b], [*W, *b], strict=True):
            view[...] = array
        return self
