"""Losses made of losses: a positive multiple of one, the sum of several."""

from __future__ import annotations

from numbers import Real

import numpy as np

from ._base import Loss

__all__ = ["Scaled", "Sum"]


class Scaled(Loss):
    """``factor`` times ``loss``; written ``2 * SquaredError()``.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import SquaredError
    >>> loss = 2 * SquaredError()
    >>> loss
    2 * SquaredError()
    >>> loss.value(A=np.array([[3.0]]), Y=np.array([[0.0]]))
    array([9.])
    """

    def __init__(self, factor: float, loss: Loss) -> None:
        if not isinstance(factor, Real) or not 0 < factor < np.inf:
            raise ValueError(
                f"A loss can be multiplied by a positive finite number only, got {factor!r}."
            )
        self.factor = float(factor)
        self.loss = loss
        self.margin = loss.margin
        self.is_sum_of_squares = loss.is_sum_of_squares

    def value(self, A, Y):
        """factor * value."""
        return self.factor * self.loss.value(A, Y)

    def gradient(self, A, Y, out):
        """factor * gradient."""
        return np.multiply(self.loss.gradient(A, Y, out), self.factor, out=out)

    def hessian_product(self, A, Y, V):
        """factor * hessian_product."""
        return self.factor * self.loss.hessian_product(A, Y, V)

    def residuals(self, A, Y):
        """sqrt(factor) * residuals."""
        return np.sqrt(self.factor).astype(A.dtype) * self.loss.residuals(A, Y)

    def terms(self):
        """Those of the loss inside, times the factor."""
        return [(self.factor * factor, loss) for factor, loss in self.loss.terms()]

    def bind(self, output, one_hot):
        """Bind the loss inside."""
        return Scaled(self.factor, self.loss.bind(output, one_hot))

    def output_value(self, output, Z, A, Y):
        """factor * output_value."""
        return self.factor * self.loss.output_value(output, Z, A, Y)

    def output_delta(self, output, Z, A, Y, out):
        """factor * output_delta."""
        return np.multiply(self.loss.output_delta(output, Z, A, Y, out), self.factor, out=out)

    def output_delta_jvp(self, output, Z, A, Y, dZ):
        """factor * output_delta_jvp."""
        return self.factor * self.loss.output_delta_jvp(output, Z, A, Y, dZ)

    def canonical_output(self, multiclass):
        """That of the loss inside."""
        return self.loss.canonical_output(multiclass)

    def refusal(self, output):
        """That of the loss inside."""
        return self.loss.refusal(output)

    def risk(self, output):
        """That of the loss inside."""
        return self.loss.risk(output)

    def check_targets(self, Y):
        """Check for the loss inside."""
        self.loss.check_targets(Y)

    def __repr__(self):
        inner = f"({self.loss!r})" if isinstance(self.loss, (Sum, Scaled)) else repr(self.loss)
        return f"{self.factor:g} * {inner}"


class Sum(Loss):
    """The sum of several losses; written ``SquaredError() + LogLoss()``.

    Behind an output that is the partner of one of them, that one still takes its short
    cut A - Y, while the others go through the chain rule.
    """

    def __init__(self, *losses: Loss) -> None:
        self.losses = losses
        self.margin = all(loss.margin for loss in losses)

    def settings(self):
        """The losses that are added."""
        return {"losses": self.losses}

    def value(self, A, Y):
        """Sum of the values."""
        return sum(loss.value(A, Y) for loss in self.losses)

    def gradient(self, A, Y, out):
        """Sum of the gradients."""
        return _add(out, *(loss.gradient(A, Y, np.empty_like(A)) for loss in self.losses))

    def hessian_product(self, A, Y, V):
        """Sum of the products."""
        return sum(loss.hessian_product(A, Y, V) for loss in self.losses)

    def terms(self):
        """Those of all losses."""
        return [term for loss in self.losses for term in loss.terms()]

    def bind(self, output, one_hot):
        """Bind each loss."""
        return Sum(*(loss.bind(output, one_hot) for loss in self.losses))

    def output_value(self, output, Z, A, Y):
        """Sum of the output values."""
        return sum(loss.output_value(output, Z, A, Y) for loss in self.losses)

    def output_delta(self, output, Z, A, Y, out):
        """Sum of the deltas."""
        deltas = (loss.output_delta(output, Z, A, Y, np.empty_like(A)) for loss in self.losses)
        return _add(out, *deltas)

    def output_delta_jvp(self, output, Z, A, Y, dZ):
        """Sum of the changes."""
        return sum(loss.output_delta_jvp(output, Z, A, Y, dZ) for loss in self.losses)

    def canonical_output(self, multiclass):
        """The first partner of one of the losses that none of the others refuses."""
        from ..activations import Activation

        partners = [loss.canonical_output(multiclass) for loss in self.losses]
        accepted = [name for name in partners if not self.refusal(Activation.get(name))]
        return (accepted or partners)[0]

    def refusal(self, output):
        """The first refusal among the losses."""
        return next(filter(None, (loss.refusal(output) for loss in self.losses)), None)

    def risk(self, output):
        """The first risk, but none behind a partner of one of the losses."""
        risks = [loss.risk(output) for loss in self.losses]
        return None if None in risks else risks[0]

    def check_targets(self, Y):
        """Check for each loss."""
        for loss in self.losses:
            loss.check_targets(Y)

    def __repr__(self):
        return " + ".join(map(repr, self.losses))


def _add(out, *terms):
    """Sum of the terms, in ``out``."""
    out.fill(0)
    for term in terms:
        out += term
    return out
