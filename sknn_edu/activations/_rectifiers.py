"""Activations that pass positive sums on and hold negative ones back, sharply or smoothly."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from ._base import Elementwise
from ._sigmoids import Logistic

__all__ = ["ELU", "GELU", "SELU", "LeakyReLU", "Mish", "ReLU", "SiLU", "Softplus"]


class ReLU(Elementwise):
    """The rectified linear unit, f(z) = max(z, 0), with f'(z) = [z > 0], so f'(0) = 0.

    References
    ----------
    Nair and Hinton (2010), Rectified linear units improve restricted Boltzmann
    machines, ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import ReLU
    >>> Z = np.array([[-1.0, 0.0, 2.0]])
    >>> ReLU().forward(Z, out=np.empty_like(Z))
    array([[0., 0., 2.]])
    """

    name = "relu"
    also_called = ("rectifier", "ramp")
    range = (0.0, np.inf)
    backward_reads_Z = False
    kinks = (0.0,)
    formula = "maximum(Z, 0)"
    derivative_formula = "Z > 0"

    def forward(self, Z, out):
        """A = max(Z, 0)."""
        zeros = np.zeros(Z.shape[1], Z.dtype)  # numpy is faster with a row than with a number
        return np.maximum(Z, zeros, out=out)

    def derivative(self, Z, A, out):
        """1 where A > 0, else 0."""
        return np.greater(A, 0, out=out)

    def second_derivative(self, Z, A):
        """0."""
        return np.zeros_like(A)


class LeakyReLU(Elementwise):
    """A rectifier that leaks, f(z) = z for z > 0, else ``negative_slope`` z.

    Parameters
    ----------
    negative_slope : float, default=0.01
        Slope for z <= 0, not negative.

    References
    ----------
    Maas, Hannun and Ng (2013), Rectifier nonlinearities improve neural network
    acoustic models, ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import LeakyReLU
    >>> f, Z = LeakyReLU(0.1), np.array([[-2.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.2,  0. ,  2. ]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # 1 where z > 0, else negative_slope
    array([[0.1, 0.1, 1. ]])
    """

    name = "leaky_relu"
    also_called = ("lrelu", "prelu")
    backward_reads_Z = False
    kinks = (0.0,)
    formula = "maximum(Z, 0) + negative_slope * minimum(Z, 0)"
    derivative_formula = "(Z > 0) + negative_slope * (Z <= 0)"

    def __init__(self, negative_slope: float = 0.01) -> None:
        if not 0 <= negative_slope < np.inf:
            raise ValueError(f"negative_slope must be >= 0 and finite, got {negative_slope!r}.")
        self.negative_slope = negative_slope
        self.range = (-np.inf if negative_slope else 0.0, np.inf)

    def forward(self, Z, out):
        """A = max(Z, 0) + negative_slope min(Z, 0)."""
        negative = np.minimum(Z, 0) * self.negative_slope
        return np.add(np.maximum(Z, 0, out=out), negative, out=out)

    def derivative(self, Z, A, out):
        """1 where A > 0, else negative_slope."""
        out.fill(self.negative_slope)
        np.copyto(out, 1, where=A > 0)
        return out

    def second_derivative(self, Z, A):
        """0."""
        return np.zeros_like(A)


class ELU(Elementwise):
    """The exponential linear unit, f(z) = z for z > 0, else ``alpha`` (exp(z) - 1).

    Parameters
    ----------
    alpha : float, default=1.0
        Minus the value far to the left, positive. Only for 1 is f' continuous.

    References
    ----------
    Clevert, Unterthiner and Hochreiter (2016), Fast and accurate deep network
    learning by exponential linear units, ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import ELU
    >>> f, Z = ELU(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-0.632,  0.   ,  2.   ]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # a + alpha where z <= 0
    array([[0.368, 1.   , 1.   ]])
    """

    name = "elu"
    backward_reads_Z = False
    kinks = (0.0,)
    formula = "maximum(Z, 0) + alpha * (exp(minimum(Z, 0)) - 1)"
    derivative_formula = "(Z > 0) + alpha * exp(minimum(Z, 0)) * (Z <= 0)"

    def __init__(self, alpha: float = 1.0) -> None:
        if not 0 < alpha < np.inf:
            raise ValueError(f"alpha must be > 0 and finite, got {alpha!r}.")
        self.alpha = alpha
        self.range = (-alpha, np.inf)

    def forward(self, Z, out):
        """A = max(Z, 0) + alpha (exp(min(Z, 0)) - 1)."""
        negative = self.alpha * np.expm1(np.minimum(Z, 0))
        return np.add(np.maximum(Z, 0, out=out), negative, out=out)

    def derivative(self, Z, A, out):
        """1 where A > 0, else alpha exp(Z) = A + alpha."""
        np.add(A, self.alpha, out=out)
        np.copyto(out, 1, where=A > 0)
        return out

    def second_derivative(self, Z, A):
        """0 where A > 0, else alpha exp(Z) = A + alpha."""
        return np.where(A > 0, 0, A + self.alpha).astype(A.dtype, copy=False)


class SELU(Elementwise):
    """The self-normalising linear unit, f(z) = s z for z > 0, else s alpha (exp(z) - 1).

    The constants s = 1.0507... and alpha = 1.6733... keep mean 0 and variance 1 from
    layer to layer; draw the weights with ``weight_init="lecun_normal"``.

    References
    ----------
    Klambauer, Unterthiner, Mayr and Hochreiter (2017), Self-normalizing neural
    networks, NeurIPS.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import SELU
    >>> f, Z = SELU(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-1.111,  0.   ,  2.101]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # s where z > 0
    array([[0.647, 1.758, 1.051]])
    """

    name = "selu"
    range = (-1.0507009873554805 * 1.6732632423543772, np.inf)
    backward_reads_Z = False
    kinks = (0.0,)
    formula = "scale * (maximum(Z, 0) + alpha * (exp(minimum(Z, 0)) - 1))"
    derivative_formula = "scale * ((Z > 0) + alpha * exp(minimum(Z, 0)) * (Z <= 0))"

    scale = 1.0507009873554805
    alpha = 1.6732632423543772

    def forward(self, Z, out):
        """A = s (max(Z, 0) + alpha (exp(min(Z, 0)) - 1))."""
        negative = self.alpha * np.expm1(np.minimum(Z, 0))
        np.add(np.maximum(Z, 0, out=out), negative, out=out)
        return np.multiply(out, self.scale, out=out)

    def derivative(self, Z, A, out):
        """s where A > 0, else s alpha exp(Z) = A + s alpha."""
        np.add(A, self.scale * self.alpha, out=out)
        np.copyto(out, self.scale, where=A > 0)
        return out

    def second_derivative(self, Z, A):
        """0 where A > 0, else s alpha exp(Z) = A + s alpha."""
        return np.where(A > 0, 0, A + self.scale * self.alpha).astype(A.dtype, copy=False)


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
