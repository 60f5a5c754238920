"""Activations that pass positive sums on and hold negative ones back, with a kink at 0."""

from __future__ import annotations

import numpy as np

from ._base import Elementwise

__all__ = ["ELU", "SELU", "LeakyReLU", "ReLU"]


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
