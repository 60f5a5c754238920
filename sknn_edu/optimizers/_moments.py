"""Adam and its variants: steps along the mean gradient, divided by the root of the mean square.

With g the gradient, all products and roots elementwise. Moments are decaying means, m of
g and v of g^2. They are kept without their constant factors, as m / (1 - beta_1) and
v / (1 - beta_2), which saves two passes over all parameters in each step; the factors go
into the learning rate and epsilon, which are single numbers. (A decay rate that is changed
between two calls of ``partial_fit`` so changes the scale of the moments kept so far.)
"""

from __future__ import annotations

import math

import numpy as np

from ._adaptive import accumulate_squares, ratio
from ._base import FirstOrder
from ._update import Kept, Like, Update

__all__ = ["Adam", "AdamW", "NAdam"]


class TwoMoments(FirstOrder):
    """The state of Adam and its variants: t, the number of steps; m and v, the moments."""

    def __init__(
        self,
        learning_rate_init: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(learning_rate_init)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def allocate(self, theta):
        """t = 0, m = 0, v = 0."""
        self.t = 0
        self.m = np.zeros_like(theta)
        self.v = np.zeros_like(theta)

    def with_moments(self, theta: str, rate: float, *names: str, **named: str) -> Update:
        """A step that is made of the moments, with the numbers of these names."""
        m, v = (1 - self.beta_1) * self.m, (1 - self.beta_2) * self.v
        kept = {
            "m": Kept("beta_1 * m + (1 - beta_1) * g", m, Like.GRADIENT),
            "v": Kept("beta_2 * v + (1 - beta_2) * g**2", v, Like.SQUARE),
        }
        own = ("beta_1", "beta_2", "epsilon", *names)
        numbers = self.numbers(*own, learning_rate=rate, t=float(self.t + 1))
        return Update(theta, numbers, kept, named)


class Adam(TwoMoments):
    """Adam: steps along m / sqrt(v), both corrected for starting at zero.

    ::

        t := t + 1
        m := beta_1 m + (1 - beta_1) g
        v := beta_2 v + (1 - beta_2) g^2
        rate = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t)
        theta := theta - rate * m / (sqrt(v) + epsilon)

    This is the paper's efficient form, and scikit-learn's: epsilon stands beside the
    uncorrected sqrt(v).

    References
    ----------
    Kingma and Ba (2015), Adam: a method for stochastic optimization, ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import Adam
    >>> theta, rule = np.array([1.0, 1.0]), Adam(learning_rate_init=0.1)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, -0.5]))
    >>> theta.round(4)  # rate * m / sqrt(v) is 0.1 or -0.1 in the first step
    array([0.9, 1.1])
    """

    name = "adam"

    def step(self, theta, grad):
        """One step of the formula above."""
        self.t += 1
        _accumulate(self.m, grad, self.beta_1)
        accumulate_squares(self.v, grad, self.beta_2, self._scratch)
        corrections = math.sqrt(1 - self.beta_2**self.t) / (1 - self.beta_1**self.t)
        self.learning_rate = self.learning_rate_init * self.rate_factor * corrections
        scale = math.sqrt(1 - self.beta_2)  # of sqrt(v)
        rate, epsilon = self.learning_rate * (1 - self.beta_1) / scale, self.epsilon / scale
        theta -= ratio(self.m, self.v, rate, epsilon, out=self._scratch)

    def in_formulas(self):
        """The formulas above."""
        corrected = "learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)"
        rate = self.learning_rate_init * self.rate_factor  # `learning_rate` is the corrected one
        theta = f"theta - {corrected} * m_next / (sqrt(v_next) + epsilon)"
        return self.with_moments(theta, rate)


class AdamW(TwoMoments):
    """AdamW: Adam on the data, while the penalty shrinks the weights directly.

    The gradient comes without the penalty, which is applied before the step as
    ``W := W - learning_rate_init * dpenalty/dW``; for l1_ratio=0 that is the weight decay
    of the paper with lambda = alpha / (total weight of the batch).

    ::

        theta := theta - learning_rate_init * mhat / (sqrt(vhat) + epsilon)
        mhat = m / (1 - beta_1^t),  vhat = v / (1 - beta_2^t)

    References
    ----------
    Loshchilov and Hutter (2019), Decoupled weight decay regularization, ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import AdamW
    >>> theta, rule = np.array([1.0, 1.0]), AdamW(learning_rate_init=0.1)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, -0.5]))
    >>> theta.round(4)  # mhat / sqrt(vhat) is 1 or -1 in the first step
    array([0.9, 1.1])
    """

    name = "adamw"
    decouples_penalty = True

    def step(self, theta, grad):
        """One step of the formula above."""
        self.t += 1
        _accumulate(self.m, grad, self.beta_1)
        accumulate_squares(self.v, grad, self.beta_2, self._scratch)
        scale = math.sqrt((1 - self.beta_2) / (1 - self.beta_2**self.t))  # of sqrt(vhat)
        mean = (1 - self.beta_1) / (1 - self.beta_1**self.t)  # of mhat
        rate, epsilon = self.learning_rate * mean / scale, self.epsilon / scale
        theta -= ratio(self.m, self.v, rate, epsilon, out=self._scratch)

    def in_formulas(self):
        """The formulas above; the penalty has its own step."""
        root = "sqrt(v_next / (1 - beta_2**t))"
        theta = f"theta - learning_rate * (m_next / (1 - beta_1**t)) / ({root} + epsilon)"
        return self.with_moments(theta, self.learning_rate)


class NAdam(TwoMoments):
    """NAdam: Adam with Nesterov's momentum, which takes the mean of the next step.

    ::

        mu_t = beta_1 (1 - 0.96^(t * momentum_decay) / 2)
        mhat = mu_(t+1) m / (1 - prod_(i<=t+1) mu_i) + (1 - mu_t) g / (1 - prod_(i<=t) mu_i)
        theta := theta - learning_rate * mhat / (sqrt(v / (1 - beta_2^t)) + epsilon)

    Parameters
    ----------
    learning_rate_init : float, default=0.001
    beta_1, beta_2, epsilon : float
        As in `Adam`.
    momentum_decay : float, default=0.004
        How fast the momentum mu_t grows from about beta_1 / 2 to beta_1.

    References
    ----------
    Dozat (2016), Incorporating Nesterov momentum into Adam, ICLR workshop.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.optimizers import NAdam
    >>> theta, rule = np.array([1.0, 1.0]), NAdam(learning_rate_init=0.1)
    >>> rule.begin(theta)
    >>> rule.step(theta, grad=np.array([2.0, -0.5]))
    >>> theta.round(4)  # mhat / sqrt(vhat) is 1.056 or -1.056 in the first step
    array([0.8944, 1.1056])
    """

    name = "nadam"

    def __init__(
        self,
        learning_rate_init: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        momentum_decay: float = 0.004,
    ) -> None:
        super().__init__(learning_rate_init, beta_1, beta_2, epsilon)
        self.momentum_decay = momentum_decay

    def allocate(self, theta):
        """t = 0, m = 0, v = 0, and an empty product of momenta."""
        super().allocate(theta)
        self.mu_product = 1.0

    def step(self, theta, grad):
        """One step of the formula above."""
        self.t += 1
        mu, mu_next = self._mu(self.t), self._mu(self.t + 1)
        self.mu_product *= mu
        _accumulate(self.m, grad, self.beta_1)
        accumulate_squares(self.v, grad, self.beta_2, self._scratch)
        ahead = self.m * ((1 - self.beta_1) * mu_next / (1 - self.mu_product * mu_next))
        ahead += grad * ((1 - mu) / (1 - self.mu_product))
        scale = math.sqrt((1 - self.beta_2) / (1 - self.beta_2**self.t))  # of sqrt(vhat)
        rate, epsilon = self.learning_rate / scale, self.epsilon / scale
        theta -= ratio(ahead, self.v, rate, epsilon, out=self._scratch)

    def in_formulas(self):
        """The formulas above."""
        ahead = "mu_next * m_next / (1 - mu_product * mu * mu_next)"
        mhat = f"{ahead} + (1 - mu) * g / (1 - mu_product * mu)"
        root = "sqrt(v_next / (1 - beta_2**t))"
        return self.with_moments(
            f"theta - learning_rate * ({mhat}) / ({root} + epsilon)",
            self.learning_rate,
            "momentum_decay",
            "mu_product",
            mu="beta_1 * (1 - 0.96**(t * momentum_decay) / 2)",
            mu_next="beta_1 * (1 - 0.96**((t + 1) * momentum_decay) / 2)",
        )

    def _mu(self, t: int) -> float:
        return self.beta_1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))


def _accumulate(m: np.ndarray, grad: np.ndarray, beta: float) -> None:
    """m := beta m + g."""
    m *= beta
    m += grad
