"""The elastic net: what large weights cost."""

from __future__ import annotations

import numpy as np


class ElasticNet:
    """alpha (l1_ratio |W|_1 + (1 - l1_ratio) / 2 |W|_2^2), on the weights of all layers.

    The objective divides it by the total weight of the batch, as scikit-learn does.
    All arrays are flat, of shape (n_weights,).
    """

    def __init__(self, alpha: float, l1_ratio: float) -> None:
        self.l1 = alpha * l1_ratio
        self.l2 = alpha * (1 - l1_ratio)

    def value(self, weights: np.ndarray) -> float:
        """l1 |W|_1 + l2 / 2 |W|_2^2."""
        value = 0.0
        if self.l2:
            value += 0.5 * self.l2 * float(np.dot(weights, weights))
        if self.l1:
            value += self.l1 * float(np.abs(weights).sum())
        return value

    def add_gradient(self, weights: np.ndarray, factor: float, out: np.ndarray) -> None:
        """out += factor (l2 W + l1 sign(W)); 0 is the slope of |W| at 0."""
        if self.l2:
            out += weights * (factor * self.l2)
        if self.l1:
            out += np.sign(weights) * (factor * self.l1)

    def add_hessian_product(self, V: np.ndarray, factor: float, out: np.ndarray) -> None:
        """out += factor l2 V."""
        if self.l2:
            out += V * (factor * self.l2)
