"""theta: the weights and biases of all layers in one flat vector, with W[l] and b[l] as views."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Self

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
    dtype : dtype
    flat : ndarray of shape (n_parameters,)
    weights : ndarray of shape (n_weights,)
        The front part of ``flat``, without the biases.
    W : list of ndarray of shape (n_in, n_out)
    b : list of ndarray of shape (n_out,)
    """

    def __init__(self, sizes: Sequence[int], dtype: np.dtype | type) -> None:
        self.sizes = tuple(sizes)
        self.dtype = np.dtype(dtype)
        n_weights = sum(n_in * n_out for n_in, n_out in pairwise(self.sizes))
        self.flat = np.zeros(n_weights + sum(self.sizes[1:]), dtype)
        self.weights = self.flat[:n_weights]

    @cached_property  # the compiled core needs no views of a gradient
    def W(self) -> list[np.ndarray]:
        """Views of the weights."""
        return list(_views(self.weights, list(pairwise(self.sizes))))

    @cached_property
    def b(self) -> list[np.ndarray]:
        """Views of the biases."""
        return list(_views(self.flat[self.weights.size :], [(n,) for n in self.sizes[1:]]))

    @classmethod
    def wrap(cls, W: Sequence[np.ndarray], b: Sequence[np.ndarray], dtype: np.dtype) -> Self:
        """Parameters that are these very arrays, without a flat vector: enough to run forward."""
        theta = cls.__new__(cls)
        theta.sizes = (W[0].shape[0], *(len(v) for v in b))
        theta.dtype = dtype
        theta.W = [np.asarray(array, dtype) for array in W]
        theta.b = [np.asarray(array, dtype) for array in b]
        return theta

    def zeros_like(self) -> Parameters:
        """Another vector of this layout, all zeros: a gradient, a direction."""
        return Parameters(self.sizes, self.flat.dtype)

    def copy(self) -> Parameters:
        """The same numbers in arrays of their own."""
        return self.zeros_like().fill(self.W, self.b)

    def fill(self, W: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> Parameters:
        """Copy the arrays of each layer into the vector."""
        for view, array in zip([*self.W, *self.b], [*W, *b], strict=True):
            view[...] = array
        return self


def _views(flat: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> Iterator[np.ndarray]:
    """Consecutive pieces of a flat vector, in these shapes."""
    start = 0
    for shape in shapes:
        stop = start + math.prod(shape)
        yield flat[start:stop].reshape(shape)
        start = stop
