"""Activations that pass positive sums on and hold negative ones back, without a kink."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from ._base import Elementwise
from ._sigmoids import Logistic

__all__ = ["GELU", "Mish", "SiLU", "Softplus"]


class Softplus(Elementwise):
    """Softplus, f(z) = log(1 + exp(z)), a smooth rectifier; f' is the logistic function.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Softplus
    >>> f, Z = Softplus(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[0.313, 0.693, 2.127]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # logistic(z)
    array([[0.269, 0.5  , 0.881]])
    """

    name = "softplus"
    range = (0.0, np.inf)
    formula = "log(1 + exp(Z))"
    derivative_formula = "logistic(Z)"

    def forward(self, Z, out):
        """A = max(Z, 0) + log(1 + exp(-|Z|)), which cannot overflow."""
        tail = np.log1p(np.exp(-np.abs(Z)))
        return np.add(np.maximum(Z, 0, out=out), tail, out=out)

    def derivative(self, Z, A, out):
        """logistic(Z)."""
        return Logistic().forward(Z, out=out)

    def second_derivative(self, Z, A):
        """s (1 - s) with s = logistic(Z)."""
        s = Logistic().forward(Z, out=np.empty_like(Z))
        return s * (1 - s)


class SiLU(Elementwise):
    """The sigmoid-weighted linear unit (swish), f(z) = z logistic(z).

    References
    ----------
    Elfwing, Uchibe and Doya (2018), Sigmoid-weighted linear units for neural network
    function approximation in reinforcement learning, Neural Networks 107.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import SiLU
    >>> f, Z = SiLU(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.269,  0.   ,  1.762]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # s + a (1 - s), s = logistic(z)
    array([[0.072, 0.5  , 1.091]])
    """

    name = "silu"
    also_called = ("swish",)
    range = (-0.2784645427610738, np.inf)
    formula = "Z * logistic(Z)"
    derivative_formula = "logistic(Z) * (1 + Z * (1 - logistic(Z)))"

    def forward(self, Z, out):
        """A = Z s with s = logistic(Z)."""
        return np.multiply(Z, Logistic().forward(Z, out=np.empty_like(Z)), out=out)

    def derivative(self, Z, A, out):
        """s (1 + Z (1 - s)) = s + A (1 - s)."""
        s = Logistic().forward(Z, out=out)
        return np.add(s, A * (1 - s), out=out)

    def second_derivative(self, Z, A):
        """s (1 - s) (2 + Z (1 - 2 s))."""
        s = Logistic().forward(Z, out=np.empty_like(Z))
        return s * (1 - s) * (2 + Z * (1 - 2 * s))


class GELU(Elementwise):
    """The Gaussian error linear unit, f(z) = z Phi(z), Phi the standard normal distribution.

    References
    ----------
    Hendrycks and Gimpel (2016), Gaussian error linear units (GELUs), arXiv:1606.08415.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import GELU
    >>> f, Z = GELU(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.159,  0.   ,  1.954]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # Phi(z) + z phi(z)
    array([[-0.083,  0.5  ,  1.085]])
    """

    name = "gelu"
    range = (-0.16997120747990369, np.inf)
    formula = "Z * Phi(Z)"
    derivative_formula = "Phi(Z) + Z * exp(-Z**2 / 2) / sqrt(6.283185307179586)"

    def forward(self, Z, out):
        """A = Z Phi(Z)."""
        return np.multiply(Z, ndtr(Z), out=out)

    def derivative(self, Z, A, out):
        """Phi(Z) + Z phi(Z)."""
        ndtr(Z, out=out)
        return np.add(out, Z * _normal_density(Z), out=out)

    def second_derivative(self, Z, A):
        """(2 - Z^2) phi(Z)."""
        return (2 - Z * Z) * _normal_density(Z)


class Mish(Elementwise):
    """Mish, f(z) = z tanh(softplus(z)).

    References
    ----------
    Misra (2020), Mish: a self regularized non-monotonic activation function, BMVC.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Mish
    >>> f, Z = Mish(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.303,  0.   ,  1.944]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # t + z t', t = tanh(softplus(z))
    array([[0.059, 0.6  , 1.069]])
    """

    name = "mish"
    range = (-0.3088434130172506, np.inf)
    formula = "Z * tanh(softplus(Z))"
    derivative_formula = "tanh(softplus(Z)) + Z * sech(softplus(Z))**2 * logistic(Z)"

    def forward(self, Z, out):
        """A = Z t with t = tanh(softplus(Z))."""
        return np.multiply(Z, _tanh_softplus(Z), out=out)

    def derivative(self, Z, A, out):
        """t + Z t' with t' = (1 - t^2) logistic(Z)."""
        t = _tanh_softplus(Z)
        s = Logistic().forward(Z, out=out)
        return np.add(t, Z * (1 - t * t) * s, out=out)

    def second_derivative(self, Z, A):
        """2 t' + Z t'' with t'' = t' (1 - s - 2 t s), s = logistic(Z)."""
        t = _tanh_softplus(Z)
        s = Logistic().forward(Z, out=np.empty_like(Z))
        dt = (1 - t * t) * s
        return dt * (2 + Z * (1 - s - 2 * t * s))


def _normal_density(Z):
    """phi(z) = exp(-z^2 / 2) / sqrt(2 pi)."""
    return np.exp(-0.5 * Z * Z) / np.sqrt(2 * np.pi).astype(Z.dtype)


def _tanh_softplus(Z):
    """tanh(log(1 + exp(z)))."""
    softplus = Softplus().forward(Z, out=np.empty_like(Z))
    return np.tanh(softplus, out=softplus)
