"""Optimizers that divide the step of each parameter by the size of its gradients so far.

With g the gradient, all products and roots elementwise. RMSprop's v is kept without its constant
factor, as v / (1 - rho), which saves a pass over all parameters in each step (see `_moments.py`).
"""

from __future__ import annotations

import math

import numpy as np

from ._base import FirstOrder
from ._update import Kept, Like, Update

__all__ = ["Adagrad", "RMSprop"]


class Adagrad(FirstOrder):
    """Adagrad: s := s + g^2, theta := theta - learning_rate * g / (sqrt(s) + epsilon).

    References
    ----------
    Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and
    stochastic optimization, JMLR 12.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import Adagrad
    >>> theta, rule = np.array([1.0, 1.0]), Adagrad(learning_rate_init=0.1)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, -0.5]))
    >>> theta.round(4)  # g / sqrt(g^2) is the sign of g
    array([0.9, 1.1])
    >>> rule.step(theta, grad=np.array([2.0, 0.0]))
    >>> theta.round(4)  # 2 / sqrt(2^2 + 2^2) = 0.7071
    array([0.8293, 1.1   ])
    """

    name = "adagrad"

    def __init__(self, learning_rate_init: float = 0.001, epsilon: float = 1e-8) -> None:
        super().__init__(learning_rate_init)
        self.epsilon = epsilon

    def allocate(self, theta):
        """s = 0."""
        self.s = np.zeros_like(theta)

    def step(self, theta, grad):
        """One step of the formula above."""
        self.s += np.multiply(grad, grad, out=self._scratch)
        theta -= ratio(grad, self.s, self.learning_rate, self.epsilon, out=self._scratch)

    def in_formulas(self):
        """The formulas above."""
        theta = "theta - learning_rate * g / (sqrt(s_next) + epsilon)"
        s = Kept("s + g**2", self.s, Like.SQUARE)
        return Update(theta, self.numbers("learning_rate", "epsilon"), {"s": s})


class RMSprop(FirstOrder):
    """RMSprop: steps along g / sqrt(v).

    ::

        v := rho v + (1 - rho) g^2
        theta := theta - learning_rate * g / (sqrt(v) + epsilon)

    Parameters
    ----------
    learning_rate_init : float, default=0.001
    rho : float, default=0.9
        Decay of the mean of the squares.
    epsilon : float, default=1e-8

    References
    ----------
    Tieleman and Hinton (2012), Lecture 6.5, Neural networks for machine learning.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import RMSprop
    >>> theta, rule = np.array([1.0, 1.0]), RMSprop(learning_rate_init=0.1, rho=0.75)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, -0.5]))
    >>> theta.round(4)  # g / sqrt(g^2 / 4) is 2 or -2
    array([0.8, 1.2])
    """

    name = "rmsprop"

    def __init__(
        self, learning_rate_init: float = 0.001, rho: float = 0.9, epsilon: float = 1e-8
    ) -> None:
        super().__init__(learning_rate_init)
        self.rho = rho
        self.epsilon = epsilon

    def allocate(self, theta):
        """v = 0."""
        self.v = np.zeros_like(theta)

    def step(self, theta, grad):
        """One step of the formula above."""
        accumulate_squares(self.v, grad, self.rho, self._scratch)
        scale = math.sqrt(1 - self.rho)  # of sqrt(v)
        rate, epsilon = self.learning_rate / scale, self.epsilon / scale
        theta -= ratio(grad, self.v, rate, epsilon, out=self._scratch)

    def in_formulas(self):
        """The formulas above."""
        theta = "theta - learning_rate * g / (sqrt(v_next) + epsilon)"
        v = Kept("rho * v + (1 - rho) * g**2", (1 - self.rho) * self.v, Like.SQUARE)
        return Update(theta, self.numbers("learning_rate", "rho", "epsilon"), {"v": v})


def accumulate_squares(v: np.ndarray, grad: np.ndarray, beta: float, scratch: np.ndarray) -> None:
    """v := beta v + g^2."""
    v *= beta
    v += np.multiply(grad, grad, out=scratch)


def ratio(m: np.ndarray, v: np.ndarray, rate: float, epsilon: float, out: np.ndarray) -> np.ndarray:
    """rate * m / (sqrt(v) + epsilon)."""
    np.sqrt(v, out=out)
    out += epsilon
    np.divide(m, out, out=out)
    out *= rate
    return out
