"""Losses between classes: how little probability, or margin, the true class got."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from ..activations import Logistic, Softmax
from ._base import Loss

__all__ = ["Hinge", "LogLoss", "SquaredHinge"]

LIKELY_ENOUGH = 1e-35  # for a probability that has not lost digits yet, in float32 either


class _OfProbabilities(Loss):
    """What all forms of the log loss have in common."""

    def __repr__(self):
        return "LogLoss()"

    def refusal(self, output):
        """Refuse outputs that can be negative: they have no logarithm."""
        if output.range[0] < 0:
            return (
                "it takes the logarithm of the outputs, but this one can be negative; "
                "use 'softmax' or 'logistic'"
            )
        return None

    def risk(self, output):
        """Warn of outputs that are no probabilities."""
        if type(output) not in (Softmax, Logistic):
            return (
                "the outputs are not probabilities that add up to 1, so the loss has no "
                "minimum, and an output of exactly 0 for the true class gets no gradient"
            )
        return None

    def check_targets(self, Y):
        """Probabilities lie between 0 and 1."""
        if np.any(Y < 0) or np.any(Y > 1):
            raise ValueError(
                "loss='log_loss' needs targets between 0 and 1, but y lies between "
                f"{Y.min():g} and {Y.max():g}."
            )


class LogLoss(_OfProbabilities):
    """The log loss (cross-entropy): minus the log of the probability of what happened.

    The output decides the form. Where each output is the probability of a yes of its
    own (logistic; two classes, or several labels), the loss adds up
    ``-y log a - (1 - y) log(1 - a)``. Where the outputs share one distribution
    (softmax), or are non-negative scores, it is ``-sum y log a``.

    Behind its partners logistic and softmax, delta = A - Y and the value comes from Z:
    it is right even where a rounds to 0 or 1. Elsewhere a is taken to be at least
    the machine epsilon inside the logarithm, and has no slope below.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import LogLoss
    >>> LogLoss().value(A=np.array([[0.25, 0.75]]), Y=np.array([[0.0, 1.0]])).round(4)
    array([0.2877])
    """

    name = "log_loss"

    def value(self, A, Y):
        """Loss of each sample; one column is read as the probability of a yes."""
        return self._form(A).value(A, Y)

    def gradient(self, A, Y, out):
        """dloss/dA; one column is read as the probability of a yes."""
        return self._form(A).gradient(A, Y, out)

    def hessian_product(self, A, Y, V):
        """d2loss/dA2 V; one column is read as the probability of a yes."""
        return self._form(A).hessian_product(A, Y, V)

    @staticmethod
    def _form(A):
        return BernoulliLogLoss() if A.shape[1] == 1 else CategoricalLogLoss()

    def bind(self, output, one_hot):
        """One yes or no for each output, or one distribution over all of them."""
        return BernoulliLogLoss() if output.is_probability else CategoricalLogLoss(one_hot)

    def canonical_output(self, multiclass):
        """Softmax for several classes, else logistic."""
        return Softmax() if multiclass else Logistic()


class BernoulliLogLoss(_OfProbabilities):
    """`LogLoss` where each output is a yes or no of its own."""

    canonical_outputs = (Logistic,)
    formula = "-(Y * log(A) + (1 - Y) * log(1 - A))"
    gradient_formula = "(1 - Y) / (1 - A) - Y / A"
    cancellation = (
        "((1 - Y) / (1 - A) - Y / A) * A * (1 - A)",
        "(1 - Y) * A - Y * (1 - A)",
        "A - Y",
    )

    def value(self, A, Y):
        """sum -y log a - (1 - y) log(1 - a)."""
        floor = np.finfo(A.dtype).eps
        yes, no = np.log(np.maximum(A, floor)), np.log(np.maximum(1 - A, floor))
        return -(Y * yes + (1 - Y) * no).sum(axis=1)

    def gradient(self, A, Y, out):
        """-Y / A + (1 - Y) / (1 - A)."""
        return np.subtract(_reciprocal(1 - A) * (1 - Y), _reciprocal(A) * Y, out=out)

    def hessian_product(self, A, Y, V):
        """(Y / A^2 + (1 - Y) / (1 - A)^2) V."""
        return (Y * _reciprocal(A) ** 2 + (1 - Y) * _reciprocal(1 - A) ** 2) * V

    def output_value(self, output, Z, A, Y):
        """Behind logistic: sum log(1 + exp(z)) - y z."""
        if self.is_partner(output):
            return np.add.reduce(np.logaddexp(0, Z) - Y * Z, axis=1)
        return self.value(A, Y)


class CategoricalLogLoss(_OfProbabilities):
    """`LogLoss` where the outputs share one distribution.

    Parameters
    ----------
    one_hot : bool, default=False
        Whether each row of Y is known to be a single 1 among zeros.
    """

    canonical_outputs = (Softmax,)
    formula = "-Y * log(A)"
    gradient_formula = "-Y / A"
    cancellation = (
        "A * (-Y / A - sum(A * (-Y / A), axis=1, keepdims=True))",
        "A * sum(Y, axis=1, keepdims=True) - Y",
        "A - Y",  # each row of Y adds up to 1
    )

    def __init__(self, one_hot: bool = False) -> None:
        self.one_hot = one_hot

    def value(self, A, Y):
        """-sum y log a."""
        floor = np.finfo(A.dtype).eps
        return -(Y * np.log(np.maximum(A, floor))).sum(axis=1)

    def gradient(self, A, Y, out):
        """-Y / A."""
        return np.multiply(_reciprocal(A), -Y, out=out)

    def hessian_product(self, A, Y, V):
        """Y / A^2 V."""
        return Y * _reciprocal(A) ** 2 * V

    def output_value(self, output, Z, A, Y):
        """Behind softmax: -log a of the true class, or (sum y) logsumexp(z) - <y, z>."""
        if not self.is_partner(output):
            return self.value(A, Y)
        if self.one_hot:
            probability = np.einsum("ij,ij->i", Y, A)
            if np.minimum.reduce(probability) > LIKELY_ENOUGH:
                return -np.log(probability)
        return Y.sum(axis=1) * logsumexp(Z, axis=1) - np.einsum("ij,ij->i", Y, Z)

    def output_delta(self, output, Z, A, Y, out):
        """Behind softmax: (sum y) A - Y, which is A - Y where the targets add up to 1."""
        if self.one_hot or not self.is_partner(output):
            return super().output_delta(output, Z, A, Y, out)
        np.multiply(A, Y.sum(axis=1, keepdims=True), out=out)
        return np.subtract(out, Y, out=out)

    def delta_formula(self, output):
        """Behind softmax: (sum y) A - Y, and A - Y where each y adds up to 1."""
        if self.one_hot or not self.is_partner(output):
            return super().delta_formula(output)
        return "sum(Y, axis=1, keepdims=True) * A - Y"

    def output_delta_jvp(self, output, Z, A, Y, dZ):
        """Behind softmax: (sum y) J dZ."""
        change = super().output_delta_jvp(output, Z, A, Y, dZ)
        if self.one_hot or not self.is_partner(output):
            return change
        return change * Y.sum(axis=1, keepdims=True)


class Hinge(Loss):
    """The hinge loss of a linear support vector machine, one against the rest.

    sum max(0, 1 - t a) with t = 2 y - 1, that is +1 for the true class and -1 elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import Hinge
    >>> loss, A, Y = Hinge(), np.array([[0.5, 2.0, 0.0]]), np.array([[1.0, 1.0, 0.0]])
    >>> loss.value(A, Y).round(3)  # 1/2 + 0 + 1
    array([1.5])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # -t where t a < 1
    array([[-1., -0.,  1.]])
    """

    name = "hinge"
    margin = True
    formula = "maximum(1 - (2 * Y - 1) * A, 0)"
    gradient_formula = "(1 - 2 * Y) * ((2 * Y - 1) * A < 1)"

    def value(self, A, Y):
        """sum max(0, 1 - t a)."""
        return np.maximum(1 - (2 * Y - 1) * A, 0).sum(axis=1)

    def gradient(self, A, Y, out):
        """-t where t a < 1, else 0."""
        T = 2 * Y - 1
        return np.multiply(T * A < 1, -T, out=out)

    def kinks(self, Y):
        """t A = 1, which is A = t, for t is 1 or -1."""
        return (2 * Y - 1,)

    def hessian_product(self, A, Y, V):
        """0."""
        return np.zeros_like(V)

    def refusal(self, output):
        """Refuse outputs that cannot be negative."""
        return _needs_a_sign(output)

    def check_targets(self, Y):
        """Classes are coded 0 and 1."""
        _check_zero_one(Y, self.name)


class SquaredHinge(Loss):
    """The squared hinge loss, one against the rest: sum max(0, 1 - t a)^2, t = 2 y - 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import SquaredHinge
    >>> loss, A, Y = SquaredHinge(), np.array([[0.5, 2.0, 0.0]]), np.array([[1.0, 1.0, 0.0]])
    >>> loss.value(A, Y).round(3)  # 1/4 + 0 + 1
    array([1.25])
    >>> loss.gradient(A, Y, out=np.empty_like(A)).round(3)  # -2 t max(0, 1 - t a)
    array([[-1., -0.,  2.]])
    """

    name = "squared_hinge"
    margin = True
    formula = "maximum(1 - (2 * Y - 1) * A, 0)**2"
    gradient_formula = "2 * (1 - 2 * Y) * maximum(1 - (2 * Y - 1) * A, 0)"

    def value(self, A, Y):
        """sum max(0, 1 - t a)^2."""
        return (np.maximum(1 - (2 * Y - 1) * A, 0) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        """-2 t max(0, 1 - t a)."""
        T = 2 * Y - 1
        return np.multiply(np.maximum(1 - T * A, 0), -2 * T, out=out)

    def hessian_product(self, A, Y, V):
        """2 V where t a < 1, else 0."""
        return 2 * V * ((2 * Y - 1) * A < 1)

    def refusal(self, output):
        """Refuse outputs that cannot be negative."""
        return _needs_a_sign(output)

    def check_targets(self, Y):
        """Classes are coded 0 and 1."""
        _check_zero_one(Y, self.name)


def _reciprocal(A):
    """1 / A, and 0 below the floor at which the logarithm was cut off."""
    floor = np.finfo(A.dtype).eps
    return np.divide(1, A, out=np.zeros_like(A), where=A > floor)


def _needs_a_sign(output):
    if output.range[0] >= 0:
        return (
            "it decides by the sign of the outputs, but this one is never negative; "
            "use 'identity' or 'tanh'"
        )
    return None


def _check_zero_one(Y, name):
    if not np.isin(Y, (0, 1)).all():
        raise ValueError(f"loss={name!r} is for classes, coded 0 and 1; got other values in y.")
