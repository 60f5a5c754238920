"""The elastic net: a penalty on large weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ElasticNet:
    """alpha (l1_ratio |W|_1 + (1 - l1_ratio) / 2 |W|_2^2), on the weights of all layers.

    The objective divides it by the total weight of the batch, as scikit-learn does.
    All arrays are flat, of shape (n_weights,).

    Parameters
    ----------
    alpha : float
        Strength, at least 0.
    l1_ratio : float
        Mix, in [0, 1]: 0 is L2, 1 is L1.
    """

    alpha: float = 0.0
    l1_ratio: float = 0.0

    @property
    def l1(self) -> float:
        """Strength of |W|_1."""
        return self.alpha * self.l1_ratio

    @property
    def l2(self) -> float:
        """Strength of |W|_2^2 / 2."""
        return self.alpha * (1 - self.l1_ratio)

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
