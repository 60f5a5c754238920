"""Second order: the Hessian times a vector, and the Jacobian of the residuals.

`HessianProduct` differentiates one forward and backward pass in the direction V
(Pearlmutter's R-operator): every quantity q of the pass gets a companion Rq, its change
when theta moves along V. With A' = f(Z) written out layer by layer::

    RZ = RA_prev W + A_prev V + v           RA = J_f RZ
    Rdelta = J_f^T RdA + (dJ_f . RZ)^T dA
    RdW = RA_prev^T delta + A_prev^T Rdelta
    Rdb = 1^T Rdelta
    RdA_prev = Rdelta W^T + delta V^T

References
----------
Pearlmutter (1994), Fast exact multiplication by the Hessian, Neural Computation 6.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .batches import Samples
from .objective import Objective, mean_factors
from .parameters import Parameters


class HessianProduct:
    """H V for the objective J at one theta, without building H.

    `linearize` runs the pass that is differentiated; call it whenever theta has changed.
    """

    def __init__(self, objective: Objective, samples: Samples) -> None:
        self.objective = objective
        self.samples = samples
        self.total = samples.total_weight

    def linearize(self) -> None:
        """Run forward and backward at the present theta."""
        self.objective.run(self.samples, self.total)

    def __call__(self, v: np.ndarray) -> np.ndarray:
        """H v; v and the result are flat, in the layout of theta."""
        objective, network = self.objective, self.objective.network
        direction = network.theta.zeros_like()
        direction.flat[:] = v
        RZ, RA_prev = self._forward(direction)
        product = self._backward(direction, RZ, RA_prev)
        objective.penalty.add_hessian_product(direction.weights, 1 / self.total, product.weights)
        return product.flat

    def _forward(self, direction: Parameters) -> tuple[list[np.ndarray], list[Any]]:
        """RZ of every layer, and RA of the layer before it (None for the input, which is fixed)."""
        network = self.objective.network
        RZ: list[np.ndarray] = []
        RA_prev: list[Any] = [None]
        for l, layer in enumerate(network.layers(self.samples.n)):
            R = np.asarray(layer.A_prev @ direction.W[l])
            if network.architecture.has_biases:
                R += direction.b[l]
            if RA_prev[l] is not None:
                R += RA_prev[l] @ layer.W
            RZ.append(R)
            RA_prev.append(layer.activation.forward_jvp(layer.Z, layer.A, R))
        return RZ, RA_prev

    def _backward(
        self, direction: Parameters, RZ: list[np.ndarray], RA_prev: list[Any]
    ) -> Parameters:
        """RdW and Rdb of every layer."""
        network, samples = self.objective.network, self.samples
        layers = network.layers(samples.n)
        product = network.theta.zeros_like()

        out = layers[-1]
        Rdelta = self.objective.loss.output_delta_jvp(
            out.activation, out.Z, out.A, samples.Y, RZ[-1]
        ) * mean_factors(samples, self.total)
        for l in range(len(layers) - 1, -1, -1):
            layer = layers[l]
            product.W[l][...] = layer.A_prev.T @ Rdelta
            if RA_prev[l] is not None:
                product.W[l] += RA_prev[l].T @ layer.delta
            if network.architecture.has_biases:
                product.b[l][...] = Rdelta.sum(axis=0)
            if l > 0:
                RdA = Rdelta @ layer.W.T + layer.delta @ direction.W[l].T
                prev = layers[l - 1]
                f, Z, A = prev.activation, prev.Z, prev.A
                Rdelta = f.backward(Z, A, RdA, out=np.empty_like(A))
                Rdelta += f.backward_jvp(Z, A, prev.dA, RZ[l - 1])
        return product


class LeastSquares:
    """J as half a sum of squares, J = ||r||^2 / 2, with the Jacobian dr/dtheta.

    The residuals are sqrt(w_i / sum_i w_i) times those of the loss, one for each sample
    and output, then sqrt(l2 / sum_i w_i) W for the penalty. Only for losses that have
    `residuals`, and without an L1 penalty.
    """

    def __init__(self, objective: Objective, samples: Samples) -> None:
        self.objective = objective
        self.samples = samples
        total = samples.total_weight
        self.row_scale = np.sqrt(mean_factors(samples, total)) * np.ones((samples.n, 1))
        self.penalty_scale = np.sqrt(objective.penalty.l2 / total)

    def residuals(self) -> np.ndarray:
        """r at the present theta, shape (n * n_outputs + n_weights,)."""
        network = self.objective.network
        output = network.forward(self.samples.X)
        R = self.objective.loss.residuals(output.A, self.samples.Y) * self.row_scale
        return np.concatenate([R.ravel(), self.penalty_scale * network.theta.weights])

    def jacobian(self) -> np.ndarray:
        """dr/dtheta, shape (n * n_outputs + n_weights, n_parameters).

        One backward pass for each output, with dA the slope of that output's residual:
        the deltas of a sample then give the gradient of its own residual.
        """
        network, samples = self.objective.network, self.samples
        output = network.forward(samples.X)
        n, n_outputs = output.A.shape
        row = network.theta.zeros_like()  # lays out the columns of the Jacobian
        n_weights = row.weights.size
        J = np.zeros((n * n_outputs + n_weights, row.flat.size), row.flat.dtype)
        blocks = J[: n * n_outputs].reshape(n, n_outputs, -1)
        slope = self._residual_slope()
        for k in range(n_outputs):
            dA = np.zeros_like(output.A)
            dA[:, k] = slope[:, k]
            output.backward(dA)
            network.backward_hidden(n)
            blocks[:, k] = self._per_sample_gradients()
        J[n * n_outputs :][np.diag_indices(n_weights)] = self.penalty_scale
        return J

    def _residual_slope(self) -> np.ndarray:
        """dr/dA, which is constant: the difference quotient over any step is exact."""
        loss, Y = self.objective.loss, self.samples.Y
        return (loss.residuals(Y + 1, Y) - loss.residuals(Y, Y)) * self.row_scale

    def _per_sample_gradients(self) -> np.ndarray:
        """a_prev delta^T and delta of every layer, shape (n, n_parameters)."""
        network, n = self.objective.network, self.samples.n
        weights, biases = [], []
        for layer in network.layers(n):
            A_prev = (
                layer.A_prev if isinstance(layer.A_prev, np.ndarray) else layer.A_prev.toarray()
            )
            weights.append(
                (A_prev[:, :, np.newaxis] * layer.delta[:, np.newaxis, :]).reshape(n, -1)
            )
            biases.append(
                layer.delta if network.architecture.has_biases else np.zeros_like(layer.delta)
            )
        return np.hstack(weights + biases)
