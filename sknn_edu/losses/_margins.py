"""Losses between classes that are told apart by the sign of an output: its margin."""

from __future__ import annotations

import numpy as np

from ._base import Loss

__all__ = ["Hinge", "SquaredHinge"]


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
