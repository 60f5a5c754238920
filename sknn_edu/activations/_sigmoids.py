"""S-shaped activations, which level off on both sides."""

from __future__ import annotations

import numpy as np

from ._base import Elementwise

__all__ = ["HardSigmoid", "HardTanh", "Logistic", "Softsign", "Tanh"]


class Logistic(Elementwise):
    """The logistic function, f(z) = 1 / (1 + exp(-z)), with f' = a (1 - a).

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Logistic
    >>> Logistic().forward(np.zeros((1, 1)), out=np.empty((1, 1)))
    array([[0.5]])
    """

    name = "logistic"
    also_called = ("expit", "sigma")
    aliases = ("sigmoid",)
    range = (0.0, 1.0)
    backward_reads_Z = False
    formula = "1 / (1 + exp(-Z))"
    derivative_formula = "A * (1 - A)"

    def forward(self, Z, out):
        """A = 1 / (1 + exp(-Z)), exact in both tails."""
        np.negative(Z, out=out)
        with np.errstate(over="ignore"):  # exp may reach inf: 1 / inf is the 0 we want
            np.exp(out, out=out)
        out += 1
        return np.divide(1, out, out=out)

    def derivative(self, Z, A, out):
        """A (1 - A)."""
        np.subtract(1, A, out=out)
        return np.multiply(out, A, out=out)

    def second_derivative(self, Z, A):
        """A (1 - A) (1 - 2 A)."""
        return A * (1 - A) * (1 - 2 * A)


class Tanh(Elementwise):
    """The hyperbolic tangent, f(z) = tanh z, with f' = 1 - a^2 = sech^2 z.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Tanh
    >>> f, Z = Tanh(), np.array([[-1.0, 0.0, 1.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.762,  0.   ,  0.762]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # 1 - a^2
    array([[0.42, 1.  , 0.42]])
    """

    name = "tanh"
    also_called = ("tansig",)
    range = (-1.0, 1.0)
    backward_reads_Z = False
    formula = "(exp(Z) - exp(-Z)) / (exp(Z) + exp(-Z))"
    derivative_formula = "1 - A**2"

    def forward(self, Z, out):
        """A = tanh Z."""
        return np.tanh(Z, out=out)

    def derivative(self, Z, A, out):
        """1 - A^2."""
        np.multiply(A, A, out=out)
        return np.subtract(1, out, out=out)

    def second_derivative(self, Z, A):
        """-2 A (1 - A^2)."""
        return -2 * A * (1 - A * A)


class Softsign(Elementwise):
    """Softsign, f(z) = z / (1 + |z|), with f' = (1 - |a|)^2.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Softsign
    >>> f, Z = Softsign(), np.array([[-1.0, 0.0, 3.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.5 ,  0.  ,  0.75]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # (1 - |a|)^2
    array([[0.25 , 1.   , 0.062]])
    """

    name = "softsign"
    range = (-1.0, 1.0)
    backward_reads_Z = False
    formula = "Z / (1 + abs(Z))"
    derivative_formula = "(1 - abs(A))**2"

    def forward(self, Z, out):
        """A = Z / (1 + |Z|)."""
        return np.divide(Z, 1 + np.abs(Z), out=out)

    def derivative(self, Z, A, out):
        """(1 - |A|)^2."""
        np.abs(A, out=out)
        np.subtract(1, out, out=out)
        return np.multiply(out, out, out=out)

    def second_derivative(self, Z, A):
        """-2 sign(A) (1 - |A|)^3."""
        return -2 * np.sign(A) * (1 - np.abs(A)) ** 3


class HardSigmoid(Elementwise):
    """A logistic made of straight lines, f(z) = min(max(z / 6 + 1/2, 0), 1).

    f' = 1/6 for -3 < z < 3 and 0 elsewhere, the two corners included.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import HardSigmoid
    >>> f, Z = HardSigmoid(), np.array([[-4.0, 0.0, 1.5]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[0.  , 0.5 , 0.75]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # 1/6 between the corners
    array([[0.   , 0.167, 0.167]])
    """

    name = "hard_sigmoid"
    range = (0.0, 1.0)
    backward_reads_Z = False
    kinks = (-3.0, 3.0)
    formula = "minimum(maximum(Z / 6 + 1 / 2, 0), 1)"
    derivative_formula = "(abs(Z) < 3) / 6"

    def forward(self, Z, out):
        """A = clip(Z / 6 + 1/2, 0, 1)."""
        np.divide(Z, 6, out=out)
        out += 0.5
        return np.clip(out, 0, 1, out=out)

    def derivative(self, Z, A, out):
        """1/6 where 0 < A < 1, else 0."""
        return np.divide((A > 0) & (A < 1), 6, out=out)

    def second_derivative(self, Z, A):
        """0."""
        return np.zeros_like(A)


class HardTanh(Elementwise):
    """A tanh made of straight lines, f(z) = min(max(z, -1), 1).

    f' = 1 for -1 < z < 1 and 0 elsewhere, the two corners included.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import HardTanh
    >>> f, Z = HardTanh(), np.array([[-2.0, 0.5, 1.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-1. ,  0.5,  1. ]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # 1 between the corners
    array([[0., 1., 0.]])
    """

    name = "hard_tanh"
    also_called = ("htanh",)
    range = (-1.0, 1.0)
    backward_reads_Z = False
    kinks = (-1.0, 1.0)
    formula = "minimum(maximum(Z, -1), 1)"
    derivative_formula = "abs(Z) < 1"

    def forward(self, Z, out):
        """A = clip(Z, -1, 1)."""
        return np.clip(Z, -1, 1, out=out)

    def derivative(self, Z, A, out):
        """1 where |A| < 1, else 0."""
        return np.less(np.abs(A), 1, out=out)

    def second_derivative(self, Z, A):
        """0."""
        return np.zeros_like(A)
