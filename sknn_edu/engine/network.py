"""The layers in a chain: forward from X to the outputs, backward from delta to every gradient."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..activations import Activation
from .batches import slices
from .layer import Layer
from .parameters import Parameters


class Network:
    """A multilayer perceptron: parameters, a gradient beside them, activations.

    Parameters
    ----------
    theta : Parameters
        Weights and biases.
    activations : sequence of Activation
        One for each layer, the output layer last.
    fit_intercept : bool
        Without it the biases take no part; they and their gradients stay 0.
    dropout : sequence of float, optional
        Rate of each hidden layer.
    keep_Z : bool, default=False
        Keep Z of every layer, also where the engine does not need it (to look at it).
    forward_only : bool, default=False
        Make no room for gradients.

    Attributes
    ----------
    grad : Parameters
        dJ/dtheta, in the layout of theta; filled by `backward`.
    """

    def __init__(
        self,
        theta: Parameters,
        activations: Sequence[Activation],
        *,
        fit_intercept: bool = True,
        dropout: Sequence[float] = (),
        keep_Z: bool = False,
        forward_only: bool = False,
    ) -> None:
        self.theta = theta
        self.activations = list(activations)
        self.fit_intercept = fit_intercept
        self.dropout = list(dropout)
        self.keep_Z = keep_Z
        self.forward_only = forward_only
        self._layers: dict[int, list[Layer]] = {}

    @cached_property
    def grad(self) -> Parameters:
        """dJ/dtheta."""
        return self.theta.zeros_like()

    def layers(self, n: int) -> list[Layer]:
        """The layers with buffers for batches of n samples, made once for each n."""
        if n not in self._layers:
            self._layers[n] = self._make_layers(n)
        return self._layers[n]

    def _make_layers(self, n: int) -> list[Layer]:
        theta = self.theta
        nothing = [None] * len(theta.W)
        b = theta.b if self.fit_intercept else nothing
        dW = nothing if self.forward_only else self.grad.W
        db = nothing if self.forward_only or not self.fit_intercept else self.grad.b
        # The output layer keeps Z: losses are computed from it where that is more exact.
        keep_Z = [self.keep_Z or f.backward_reads_Z for f in self.activations[:-1]] + [True]
        return [
            Layer(n, *of_layer)
            for of_layer in zip(theta.W, b, dW, db, self.activations, keep_Z, strict=True)
        ]

    def _drop_out(self, layers: list[Layer], random_state: np.random.RandomState | None) -> None:
        """New dropout masks; none without a random state."""
        for layer, rate in zip(layers, self.dropout, strict=False):
            layer.mask = None
            if rate > 0 and random_state is not None:
                kept = random_state.random_sample(layer.A.shape) >= rate
                layer.mask = np.divide(kept, 1 - rate, dtype=layer.A.dtype)

    @cached_property
    def rows_of_a_piece(self) -> int:
        """So many rows that the buffers take about 2 MB, but at least 512."""
        bytes_per_row = 4 * sum(self.theta.sizes[1:]) * self.theta.dtype.itemsize
        return max(512, 2**21 // bytes_per_row)

    def pieces(self, n: int) -> list[slice]:
        """Cuts n rows into about equal pieces whose buffers fit into a cache.

        Everything that is summed over samples, or said of each, can be computed piece by
        piece: that is faster, and the memory for it is bounded.
        """
        n_pieces = max(1, -(-n // self.rows_of_a_piece))
        return slices(n, -(-n // n_pieces))

    def forward(self, X: Any, random_state: np.random.RandomState | None = None) -> Layer:
        """Run X through all layers; returns the output layer, which holds Z and A.

        A random state draws dropout; without one every unit takes part.
        """
        layers = self.layers(X.shape[0])
        if self.dropout:
            self._drop_out(layers, random_state)
        A = X
        for layer in layers:
            A = layer.forward(A)
        return layers[-1]

    def backward(self, n: int) -> None:
        """Fill grad, given delta of the output layer, for the batch just run forward."""
        self.layers(n)[-1].parameter_gradients()
        self.backward_hidden(n)

    def backward_hidden(self, n: int) -> None:
        """Carry delta of the output layer back through the hidden layers."""
        layers = self.layers(n)
        for layer, following in zip(layers[-2::-1], layers[:0:-1], strict=True):
            layer.backward(following.input_gradient(out=layer.dA))
