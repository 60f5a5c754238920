"""J, the function that training makes small, and its gradient. It is stated here and nowhere else.

::

    J(theta) = sum_i w_i loss(a_i, y_i) / sum_i w_i
             + alpha (l1_ratio |W|_1 + (1 - l1_ratio) / 2 |W|_2^2) / sum_i w_i

The sums run over the samples of the batch; without sample weights every w_i is 1. The
penalty is on the weights, not on the biases.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .batches import Samples
from .dropout import Masks
from .layer import Layer
from .network import Network


class Objective:
    """J of a network: the loss and the penalty of its architecture.

    Parameters
    ----------
    network : Network
        Maps X to the outputs A; holds theta and the gradient.

    Attributes
    ----------
    loss : Loss
        Loss of one sample, bound to the output activation.
    penalty : ElasticNet
        Cost of the weights.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.loss = network.architecture.loss
        self.penalty = network.architecture.penalty

    def value(self, samples: Samples) -> float:
        """J on the samples."""
        total = samples.total_weight
        return self.data_value(samples) + self.penalty.value(self.network.theta.weights) / total

    def data_value(self, samples: Samples, out: np.ndarray | None = None) -> float:
        """J without the penalty; ``out``, shape (n, n_outputs), takes the outputs A."""
        total, J = samples.total_weight, 0.0
        for rows in self.network.pieces(samples.n):
            piece = samples.take(rows)
            output = self.network.forward(piece.X)
            J += self.mean_loss(output, piece, total)
            if out is not None:
                out[rows] = output.A
        return J

    def value_and_gradient(
        self,
        samples: Samples,
        *,
        with_penalty: bool = True,
        masks: Masks | None = None,
    ) -> float:
        """J on the samples; its gradient is left in ``network.grad``.

        ``with_penalty=False`` leaves the penalty out of the gradient (not of J), for
        optimizers that take care of it themselves. Without dropout ``masks`` every unit takes part.
        """
        network, total = self.network, samples.total_weight
        if samples.n <= network.rows_of_a_piece:
            J = self.run(samples, total, masks)
        else:
            J, grad = 0.0, np.zeros_like(network.grad.flat)
            for rows in network.pieces(samples.n):
                of_piece = masks.from_row(rows.start) if masks else None
                J += self.run(samples.take(rows), total, of_piece)
                grad += network.grad.flat
            network.grad.flat[:] = grad

        weights = network.theta.weights
        if with_penalty:
            self.penalty.add_gradient(weights, 1 / total, out=network.grad.weights)
        return J + self.penalty.value(weights) / total

    def run(self, samples: Samples, total: float, masks: Masks | None = None) -> float:
        """Forward, loss, backward: the samples' part of J and of its gradient, without penalty.

        ``total`` is the weight of the whole batch that the samples are a piece of.
        """
        output = self.network.forward(samples.X, masks)
        J = self.mean_loss(output, samples, total)
        self._output_delta(output, samples, total)
        self.network.backward(samples.n)
        return J

    def input_gradient(self, samples: Samples) -> np.ndarray:
        """dJ/dX, shape of X; the penalty does not depend on X."""
        total = samples.total_weight
        dX = np.empty(samples.X.shape, self.network.theta.dtype)
        for rows in self.network.pieces(samples.n):
            piece = samples.take(rows)
            self.run(piece, total)
            self.network.layers(piece.n)[0].input_gradient(out=dX[rows])
        return dX

    def mean_loss(self, output: Layer, samples: Samples, total: float) -> float:
        """sum_i w_i loss_i / sum_i w_i."""
        losses = self.loss.output_value(output.activation, output.Z, output.A, samples.Y)
        weighted = np.add.reduce(losses) if samples.w is None else np.dot(samples.w, losses)
        return float(weighted) / total

    def _output_delta(self, output: Layer, samples: Samples, total: float) -> np.ndarray:
        """delta = dJ/dZ of the output layer: w_i / sum_i w_i times dloss_i/dz_i."""
        delta = self.loss.output_delta(
            output.activation, output.Z, output.A, samples.Y, out=output.delta
        )
        delta *= mean_factors(samples, total)
        return delta


def mean_factors(samples: Samples, total: float) -> Any:
    """w_i / sum_i w_i, shape (n, 1), or 1 / n as a float."""
    return 1 / total if samples.w is None else (samples.w / total)[:, np.newaxis]
