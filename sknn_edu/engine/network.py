"""The layers in a chain: forward from X to the outputs, backward from delta to every gradient."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from .architecture import Architecture
from .batches import slices
from .dropout import Masks
from .layer import Layer
from .parameters import Parameters


class Network:
    """A multilayer perceptron: an architecture, its parameters, a gradient beside them.

    Parameters
    ----------
    architecture : Architecture
        Layers and activations. Its loss and penalty are for `Objective`.
    theta : Parameters
        Weights and biases. Without biases in the architecture, b takes no part; b and its
        gradient stay 0.
    keep_Z : bool, default=False
        Keep Z of every layer, also where the engine does not need it (to look at it).
    forward_only : bool, default=False
        Make no room for gradients.
    rows_of_a_piece : int, default=None
        Most rows that go through the network at a time; by default so many that the buffers
        take about 2 MB, but at least 512.

    Attributes
    ----------
    grad : Parameters
        dJ/dtheta, in the layout of theta; filled by `backward`.
    """

    def __init__(
        self,
        architecture: Architecture,
        theta: Parameters,
        *,
        keep_Z: bool = False,
        forward_only: bool = False,
        rows_of_a_piece: int | None = None,
    ) -> None:
        architecture.check()
        if theta.sizes != architecture.sizes:
            raise ValueError(
                f"Parameters for layers of {theta.sizes} units do not fit a network of "
                f"{architecture.sizes}."
            )
        self.architecture = architecture
        self.theta = theta
        self.keep_Z = keep_Z
        self.forward_only = forward_only
        bytes_per_row = 4 * sum(theta.sizes[1:]) * theta.dtype.itemsize
        self.rows_of_a_piece = rows_of_a_piece or max(512, 2**21 // bytes_per_row)
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
        theta, architecture = self.theta, self.architecture
        nothing = [None] * architecture.n_layers
        b = theta.b if architecture.has_biases else nothing
        dW = nothing if self.forward_only else self.grad.W
        db = self.grad.b if architecture.has_biases and not self.forward_only else nothing
        # The output layer keeps Z: losses are computed from it where that is more exact.
        hidden = architecture.activations[:-1]
        keep_Z = [*(self.keep_Z or f.backward_reads_Z for f in hidden), True]
        return [
            Layer(n, *of_layer)
            for of_layer in zip(theta.W, b, dW, db, architecture.activations, keep_Z, strict=True)
        ]

    def _drop_out(self, layers: list[Layer], masks: Masks | None) -> None:
        """The dropout masks of the hidden layers; none where every unit takes part."""
        for l, rate in enumerate(self.architecture.dropout, start=1):
            layer = layers[l - 1]
            layer.mask = None
            if masks is not None and rate > 0:
                layer.mask = masks.mask(l, layer.A.shape, rate, layer.A.dtype)

    def pieces(self, n: int) -> list[slice]:
        """Cuts n rows into about equal pieces whose buffers fit into a cache.

        Everything that is summed over samples, or said of each, can be computed piece by
        piece: that is faster, and the memory for it is bounded.
        """
        n_pieces = max(1, -(-n // self.rows_of_a_piece))
        return slices(n, -(-n // n_pieces))

    def forward(self, X: Any, masks: Masks | None = None) -> Layer:
        """Run X through all layers; returns the output layer, which holds Z and A.

        Without dropout masks every unit takes part.
        """
        layers = self.layers(X.shape[0])
        if self.architecture.dropout:
            self._drop_out(layers, masks)
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
