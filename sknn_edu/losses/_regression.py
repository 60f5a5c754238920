"""Losses between numbers: how far the output a is from the target y."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from ..activations import Exp, Identity
from ._base import Loss

__all__ = ["AbsoluteError", "Huber", "Poisson", "Quantile", "SquaredError"]


class SquaredError(Loss):
    """Half the squared error, ||a - y||^2 / 2, with gradient a - y.

    Its partner is the identity. ``2 * SquaredError()`` is the squared error without
    the half.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import SquaredError
    >>> SquaredError().value(A=np.array([[3.0, 1.0]]), Y=np.array([[0.0, 1.0]]))
    array([4.5])
    """

    name = "squared_error"
    also_called = (
        "mse",
        "mean_squared_error",
        "l2",
        "least_squares",
        "quadratic",
        "rmse",
        "neg_mean_squared_error",
    )
    canonical_outputs = (Identity,)
    is_sum_of_squares = True
    formula = "(A - Y)**2 / 2"
    gradient_formula = "A - Y"
    cancellation = ("(A - Y) * 1", "A - Y")

    def value(self, A, Y):
        """||a - y||^2 / 2."""
        R = A - Y
        return 0.5 * np.einsum("ij,ij->i", R, R)

    def gradient(self, A, Y, out):
        """A - Y."""
        return np.subtract(A, Y, out=out)

    def hessian_product(self, A, Y, V):
        """V."""
        return V

    def residuals(self, A, Y):
        """A - Y."""
        return A - Y


class AbsoluteError(Loss):
    """The absolute error, sum |a - y|, with gradient sign(a - y); it finds medians.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import AbsoluteError
    >>> loss, A, Y = AbsoluteError(), np.array([[3.0, 1.0, -1.0]]), np.array([[0.0, 1.0, 1.0]])
    >>> loss.value(A, Y).round(3)  # 3 + 0 + 2
    array([5.])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # sign(a - y)
    array([[ 1.,  0., -1.]])
    """

    name = "absolute_error"
    also_called = ("mae", "mean_absolute_error", "l1", "least_absolute_deviation")
    formula = "abs(A - Y)"
    gradient_formula = "sign(A - Y)"

    def value(self, A, Y):
        """sum |a - y|."""
        return np.abs(A - Y).sum(axis=1)

    def gradient(self, A, Y, out):
        """sign(A - Y), 0 where they are equal."""
        return np.sign(np.subtract(A, Y, out=out), out=out)

    def kinks(self, Y):
        """A = Y."""
        return (Y,)

    def hessian_product(self, A, Y, V):
        """0."""
        return np.zeros_like(V)


class Huber(Loss):
    """Squared near the target, absolute far from it, so that outliers pull less.

    With r = a - y: r^2 / 2 for abs(r) <= delta, else delta (abs(r) - delta / 2).

    Parameters
    ----------
    delta : float, default=1.0
        Where the one turns into the other, in units of y; positive.

    References
    ----------
    Huber (1964), Robust estimation of a location parameter, Annals of Mathematical
    Statistics 35.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import Huber
    >>> loss, A, Y = Huber(), np.array([[0.5, 3.0]]), np.array([[0.0, 0.0]])
    >>> loss.value(A, Y).round(3)  # 0.5^2 / 2 + 3 - 1/2
    array([2.625])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # a - y, no further than delta
    array([[0.5, 1. ]])
    """

    name = "huber"
    also_called = ("smooth_l1",)
    formula = "minimum(abs(A - Y), delta) * (abs(A - Y) - minimum(abs(A - Y), delta) / 2)"
    gradient_formula = "minimum(maximum(A - Y, -delta), delta)"

    def __init__(self, delta: float = 1.0) -> None:
        if not 0 < delta < np.inf:
            raise ValueError(f"delta must be a positive finite number, got {delta!r}.")
        self.delta = delta

    def value(self, A, Y):
        """sum min(|r|, delta) (|r| - min(|r|, delta) / 2)."""
        R = np.abs(A - Y)
        near = np.minimum(R, self.delta)
        return (near * (R - 0.5 * near)).sum(axis=1)

    def gradient(self, A, Y, out):
        """clip(A - Y, -delta, delta)."""
        return np.clip(np.subtract(A, Y, out=out), -self.delta, self.delta, out=out)

    def hessian_product(self, A, Y, V):
        """V where |A - Y| < delta, else 0."""
        return V * (np.abs(A - Y) < self.delta)


class Quantile(Loss):
    """The pinball loss; its minimum is the q-quantile of y given x.

    q (y - a) where the output is too low, (1 - q) (a - y) where it is too high.

    Parameters
    ----------
    q : float, default=0.5
        Which quantile, strictly between 0 and 1; 0.5 gives half the absolute error.

    References
    ----------
    Koenker and Bassett (1978), Regression quantiles, Econometrica 46.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import Quantile
    >>> loss, A, Y = Quantile(0.9), np.array([[0.0, 3.0]]), np.array([[2.0, 2.0]])
    >>> loss.value(A, Y).round(3)  # 0.9 * 2 + 0.1 * 1
    array([1.9])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # -q too low, 1 - q too high
    array([[-0.9,  0.1]])
    """

    name = "quantile"
    also_called = ("pinball",)
    formula = "maximum(q * (Y - A), (1 - q) * (A - Y))"
    gradient_formula = "(1 - q) * (Y < A) - q * (A < Y)"

    def __init__(self, q: float = 0.5) -> None:
        if not 0 < q < 1:
            raise ValueError(f"q must lie strictly between 0 and 1, got {q!r}.")
        self.q = q

    def value(self, A, Y):
        """sum max(q (y - a), (1 - q) (a - y))."""
        R = A - Y
        return np.maximum(-self.q * R, (1 - self.q) * R).sum(axis=1)

    def gradient(self, A, Y, out):
        """-q where A < Y, 1 - q where A > Y, 0 where they are equal."""
        np.copyto(out, (1 - self.q) * (A > Y))
        out -= self.q * (A < Y)
        return out

    def kinks(self, Y):
        """A = Y."""
        return (Y,)

    def hessian_product(self, A, Y, V):
        """0."""
        return np.zeros_like(V)


class Poisson(Loss):
    """Half the Poisson deviance, y log(y / a) - y + a, for counts y >= 0 and rates a > 0.

    Its partner is exp. Behind an output that can reach 0, a is taken to be at
    least the machine epsilon inside the logarithm.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import Poisson
    >>> loss, A, Y = Poisson(), np.array([[1.0, 4.0]]), np.array([[2.0, 4.0]])
    >>> loss.value(A, Y).round(3)  # 2 log 2 - 2 + 1, and 0
    array([0.386])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # 1 - y / a
    array([[-1.,  0.]])
    """

    name = "poisson"
    canonical_outputs = (Exp,)
    formula = "Y * log(Y) - Y * log(A) - Y + A"
    gradient_formula = "1 - Y / A"
    cancellation = ("(1 - Y / A) * A", "A - Y")

    def value(self, A, Y):
        """sum y log(y / a) - y + a."""
        floor = np.finfo(A.dtype).eps
        return (xlogy(Y, Y) - xlogy(Y, np.maximum(A, floor)) - Y + A).sum(axis=1)

    def gradient(self, A, Y, out):
        """1 - Y / A."""
        floor = np.finfo(A.dtype).eps
        out.fill(0)
        np.divide(Y, A, out=out, where=A > floor)
        return np.subtract(1, out, out=out)

    def hessian_product(self, A, Y, V):
        """Y / A^2 V."""
        floor = np.finfo(A.dtype).eps
        return np.where(A > floor, Y / np.maximum(A, floor) ** 2, 0).astype(A.dtype) * V

    def output_value(self, output, Z, A, Y):
        """Behind exp, log a is z itself: sum y (log y - z) - y + exp(z)."""
        if self.is_partner(output):
            return (xlogy(Y, Y) - Y * Z - Y + A).sum(axis=1)
        return self.value(A, Y)

    def refusal(self, output):
        """Refuse outputs that can be negative: they are no rates."""
        if output.range[0] < 0:
            return "it needs outputs that are rates, but this one can be negative; use 'exp'"
        return None

    def risk(self, output):
        """Warn of outputs that can be exactly 0."""
        if output.kinks:
            return (
                "the output can be exactly 0, where the deviance is infinite and no slope is left"
            )
        return None

    def slowness(self, output):
        """Its slope grows where a rate saturates at 0."""
        return None

    def check_targets(self, Y):
        """Counts are not negative."""
        if np.any(Y < 0):
            raise ValueError(
                "Some value(s) of y are negative, which loss='poisson' does not allow: "
                f"the smallest is {Y.min():g}."
            )
