"""Gradient descent: plain, as on paper, and stochastic with momentum."""

from __future__ import annotations

import math

import numpy as np

from ._base import FirstOrder
from ._update import Kept, Like, Update

__all__ = ["GD", "SGD"]


class GD(FirstOrder):
    """Plain gradient descent on all rows, theta := theta - learning_rate_init * grad.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import GD
    >>> theta, rule = np.array([1.0]), GD(learning_rate_init=0.1)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0]))
    >>> theta
    array([0.8])
    """

    name = "gd"
    also_called = ("gradient_descent", "batch_gradient_descent", "vanilla", "steepest_descent")
    full_batch = True

    def __init__(self, learning_rate_init: float = 0.001) -> None:
        super().__init__(learning_rate_init)

    def allocate(self, theta):
        """No state."""

    def step(self, theta, grad):
        """theta := theta - learning_rate * grad."""
        theta -= np.multiply(grad, self.learning_rate, out=self._scratch)

    def in_formulas(self):
        """The step as it stands above."""
        return Update("theta - learning_rate * g", self.numbers("learning_rate"))


class SGD(FirstOrder):
    """Stochastic gradient descent with momentum.

    ::

        v := momentum * v - learning_rate * grad
        theta := theta + v                                          (plain momentum)
        theta := theta + momentum * v - learning_rate * grad        (Nesterov's)

    Parameters
    ----------
    learning_rate_init : float, default=0.001
    schedule : {'constant', 'invscaling', 'adaptive'}, default='constant'
        The estimators' ``learning_rate``. 'invscaling' divides the initial rate by
        (samples seen + 1) ** power_t after each epoch; 'adaptive' divides the rate by 5
        whenever training stalls, and stops once it is below 1e-6.
    power_t : float, default=0.5
    momentum : float, default=0.9
    nesterovs_momentum : bool, default=True

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), On the importance of initialization and
    momentum in deep learning, ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import SGD
    >>> theta = np.array([1.0, 1.0])
    >>> rule = SGD(learning_rate_init=0.1, momentum=0.5, nesterovs_momentum=False)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, 0.0]))
    >>> theta.round(4)  # v = -0.1 * 2
    array([0.8, 1. ])
    >>> rule.step(theta, grad=np.array([2.0, 0.0]))
    >>> theta.round(4)  # v = 0.5 * -0.2 - 0.1 * 2
    array([0.5, 1. ])
    """

    name = "sgd"
    also_called = ("stochastic_gradient_descent", "momentum", "nesterov")

    def __init__(
        self,
        learning_rate_init: float = 0.001,
        schedule: str = "constant",
        power_t: float = 0.5,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
    ) -> None:
        super().__init__(learning_rate_init)
        if schedule not in ("constant", "invscaling", "adaptive"):
            raise ValueError(
                f"schedule must be 'constant', 'invscaling' or 'adaptive', got {schedule!r}."
            )
        self.schedule = schedule
        self.power_t = power_t
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum

    def allocate(self, theta):
        """v = 0."""
        self.v = np.zeros_like(theta)

    def step(self, theta, grad):
        """v := momentum v - rate grad; theta := theta + v (looking ahead if Nesterov's)."""
        v, downhill = self.v, grad
        downhill *= -self.learning_rate
        v *= self.momentum
        v += downhill
        if self.nesterovs_momentum:
            theta += np.multiply(v, self.momentum, out=self._scratch)
            theta += downhill
        else:
            theta += v

    def in_formulas(self):
        """The formulas above."""
        step = "momentum * v_next - learning_rate * g" if self.nesterovs_momentum else "v_next"
        v = Kept("momentum * v - learning_rate * g", self.v, Like.STEP)
        numbers = self.numbers("learning_rate", "momentum")
        return Update(f"theta + {step}", numbers, {"v": v})

    @property
    def follows_schedule(self):
        """Whether the schedule is 'invscaling'."""
        return self.schedule == "invscaling"

    def end_epoch(self, n_samples_seen):
        """Lower the rate of 'invscaling'."""
        if self.follows_schedule:
            try:
                divisor = float(n_samples_seen + 1) ** float(self.power_t)
            except OverflowError:
                divisor = math.inf
            self.learning_rate = self.learning_rate_init / divisor

    def lower_learning_rate(self):
        """Divide the rate of 'adaptive' by 5, down to 1e-6."""
        if self.schedule != "adaptive" or self.learning_rate <= 1e-6:
            return False
        self.learning_rate /= 5
        return True
