"""The log loss between classes: how little probability the true class got."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import logsumexp

from ..activations import Logistic, Softmax
from ._base import Loss

__all__ = ["LogLoss"]

LIKELY_ENOUGH = 1e-35  # for a probability that has not lost digits yet, in float32 either


class _OfProbabilities(Loss):
    """What all forms of the log loss have in common.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        s in Y' = (1 - s) Y + s / K, which A is compared with.
    """

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = _checked(label_smoothing)

    @abstractmethod
    def n_classes(self, n_outputs: int) -> int:
        """K, the number of classes that one distribution is spread over."""

    def targets(self, Y):
        """Y' = (1 - s) Y + s / K; without smoothing Y itself, not a copy."""
        s = self.label_smoothing
        return (1 - s) * Y + s / self.n_classes(Y.shape[1]) if s else Y

    def target_formula(self, n_outputs):
        """(1 - s) Y + s / K, or Y without smoothing."""
        if not self.label_smoothing:
            return "Y"
        return f"(1 - label_smoothing) * Y + label_smoothing / {self.n_classes(n_outputs)}"

    def __repr__(self):
        s = self.label_smoothing
        return f"LogLoss(label_smoothing={s!r})" if s else "LogLoss()"

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

    def slowness(self, output):
        """Its slope grows where an output saturates at the wrong end."""
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

    With label smoothing s, the loss is the same of smoothed targets::

        Y' = (1 - s) Y + s / K

    K counts the classes, the true one included: the outputs where they share one
    distribution, 2 (yes and no) where each has its own, so that one logistic unit equals a
    softmax of two. Behind a partner delta = A - Y'.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        s, the part of the probability that is spread evenly over the classes, from 0 to less
        than 1. Behind softmax the best z of the true class then exceeds the others by
        log(1 + K (1 - s) / s) instead of infinitely.

    References
    ----------
    Szegedy, Vanhoucke, Ioffe, Shlens and Wojna (2016), Rethinking the Inception architecture
    for computer vision, CVPR, section 7.

    Mueller, Kornblith and Hinton (2019), When does label smoothing help?, NeurIPS 32.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import LogLoss
    >>> A, Y = np.array([[0.25, 0.75]]), np.array([[0.0, 1.0]])
    >>> LogLoss().value(A, Y).round(4)
    array([0.2877])
    >>> smooth = LogLoss(label_smoothing=0.1)
    >>> smooth.targets(Y).round(4)
    array([[0.05, 0.95]])
    >>> smooth.value(A, Y).round(4)  # -0.05 log 0.25 - 0.95 log 0.75
    array([0.3426])
    """

    name = "log_loss"
    also_called = (
        "cross_entropy",
        "bce",
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "nll",
        "log",
        "softmax_cross_entropy",
        "negative_log_likelihood",
        "logistic",
    )

    def n_classes(self, n_outputs):
        """2 for one column, the probability of a yes; else one for each column."""
        return max(n_outputs, 2)

    def value(self, A, Y):
        """Loss of each sample; one column is read as the probability of a yes."""
        return self._form(A).value(A, Y)

    def gradient(self, A, Y, out):
        """dloss/dA; one column is read as the probability of a yes."""
        return self._form(A).gradient(A, Y, out)

    def hessian_product(self, A, Y, V):
        """d2loss/dA2 V; one column is read as the probability of a yes."""
        return self._form(A).hessian_product(A, Y, V)

    def _form(self, A):
        form = BernoulliLogLoss if A.shape[1] == 1 else CategoricalLogLoss
        return form(self.label_smoothing)

    def bind(self, output, one_hot):
        """One yes or no for each output, or one distribution over all of them."""
        if output.is_probability:
            return BernoulliLogLoss(self.label_smoothing)
        return CategoricalLogLoss(self.label_smoothing, one_hot)

    def canonical_output(self, multiclass):
        """Softmax for several classes, else logistic."""
        return Softmax() if multiclass else Logistic()


class BernoulliLogLoss(_OfProbabilities):
    """`LogLoss` where each output is a yes or no of its own; Y' = (1 - s) Y + s / 2."""

    canonical_outputs = (Logistic,)
    formula = "-(Y * log(A) + (1 - Y) * log(1 - A))"
    gradient_formula = "(1 - Y) / (1 - A) - Y / A"
    cancellation = (
        "((1 - Y) / (1 - A) - Y / A) * A * (1 - A)",
        "(1 - Y) * A - Y * (1 - A)",
        "A - Y",
    )

    def n_classes(self, n_outputs):
        """2: yes and no."""
        return 2

    def value(self, A, Y):
        """sum -y' log a - (1 - y') log(1 - a)."""
        floor, Y = np.finfo(A.dtype).eps, self.targets(Y)
        yes, no = np.log(np.maximum(A, floor)), np.log(np.maximum(1 - A, floor))
        return -(Y * yes + (1 - Y) * no).sum(axis=1)

    def gradient(self, A, Y, out):
        """-Y' / A + (1 - Y') / (1 - A)."""
        Y = self.targets(Y)
        return np.subtract(_reciprocal(1 - A) * (1 - Y), _reciprocal(A) * Y, out=out)

    def hessian_product(self, A, Y, V):
        """(Y' / A^2 + (1 - Y') / (1 - A)^2) V."""
        Y = self.targets(Y)
        return (Y * _reciprocal(A) ** 2 + (1 - Y) * _reciprocal(1 - A) ** 2) * V

    def output_value(self, output, Z, A, Y):
        """Behind logistic: sum log(1 + exp(z)) - y' z."""
        if self.is_partner(output):
            return np.add.reduce(np.logaddexp(0, Z) - self.targets(Y) * Z, axis=1)
        return self.value(A, Y)


class CategoricalLogLoss(_OfProbabilities):
    """`LogLoss` where the outputs share one distribution; Y' = (1 - s) Y + s / K.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        s.
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

    def __init__(self, label_smoothing: float = 0.0, one_hot: bool = False) -> None:
        super().__init__(label_smoothing)
        self.one_hot = one_hot

    def n_classes(self, n_outputs):
        """One for each output."""
        return n_outputs

    def value(self, A, Y):
        """-sum y' log a."""
        floor = np.finfo(A.dtype).eps
        return -(self.targets(Y) * np.log(np.maximum(A, floor))).sum(axis=1)

    def gradient(self, A, Y, out):
        """-Y' / A."""
        return np.multiply(_reciprocal(A), -self.targets(Y), out=out)

    def hessian_product(self, A, Y, V):
        """Y' / A^2 V."""
        return self.targets(Y) * _reciprocal(A) ** 2 * V

    def output_value(self, output, Z, A, Y):
        """Behind softmax: (sum y') logsumexp(z) - <y', z>.

        For a single 1 in y, at the true class t, that is -log a_t + s (z_t - mean z).
        """
        if not self.is_partner(output):
            return self.value(A, Y)
        if self.one_hot:
            probability = np.einsum("ij,ij->i", Y, A)
            if np.minimum.reduce(probability) > LIKELY_ENOUGH:
                return self._add_spread(-np.log(probability), Z, Y)
        Y = self.targets(Y)
        return Y.sum(axis=1) * logsumexp(Z, axis=1) - np.einsum("ij,ij->i", Y, Z)

    def _add_spread(self, losses, Z, Y):
        """losses + s (z_t - mean z)."""
        if self.label_smoothing:
            mean = np.add.reduce(Z, axis=1) / Z.shape[1]
            losses += self.label_smoothing * (np.einsum("ij,ij->i", Y, Z) - mean)
        return losses

    def output_delta(self, output, Z, A, Y, out):
        """Behind softmax: (sum y') A - Y', which is A - Y' where the targets add up to 1."""
        if self.one_hot or not self.is_partner(output):
            return super().output_delta(output, Z, A, Y, out)
        Y = self.targets(Y)
        np.multiply(A, Y.sum(axis=1, keepdims=True), out=out)
        return np.subtract(out, Y, out=out)

    def delta_formula(self, output):
        """Behind softmax: (sum y) A - Y, and A - Y where each y adds up to 1."""
        if self.one_hot or not self.is_partner(output):
            return super().delta_formula(output)
        return "sum(Y, axis=1, keepdims=True) * A - Y"

    def output_delta_jvp(self, output, Z, A, Y, dZ):
        """Behind softmax: (sum y') J dZ."""
        change = super().output_delta_jvp(output, Z, A, Y, dZ)
        if self.one_hot or not self.is_partner(output):
            return change
        return change * self.targets(Y).sum(axis=1, keepdims=True)


def _reciprocal(A):
    """1 / A, and 0 below the floor at which the logarithm was cut off."""
    floor = np.finfo(A.dtype).eps
    return np.divide(1, A, out=np.zeros_like(A), where=A > floor)


def _checked(label_smoothing: Any) -> float:
    """The part of the probability that is spread, as a float."""
    is_number = isinstance(label_smoothing, Real) and not isinstance(label_smoothing, bool)
    if not is_number or not 0 <= label_smoothing < 1:
        raise ValueError(
            "label_smoothing must be a number from 0 to less than 1, such as 0.1, got "
            f"{label_smoothing!r}."
        )
    return float(label_smoothing)
