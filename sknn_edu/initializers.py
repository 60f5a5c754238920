"""Initializers draw the first weights. A new one is one class in this file.

Each is named after the paper that proposed it. ``fan_in`` and ``fan_out`` are the
numbers of units before and behind the weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from .activations import Activation, Logistic
from .component import Component

__all__ = [
    "Auto",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "NTKNormal",
    "Orthogonal",
    "Zeros",
]


class Initializer(Component, ABC, family=True):
    """Draws the weights of one layer. A new one needs `draw`."""

    @abstractmethod
    def draw(self, fan_in: int, fan_out: int, random_state: np.random.RandomState) -> np.ndarray:
        """W, shape (fan_in, fan_out)."""

    def draw_layer(
        self,
        fan_in: int,
        fan_out: int,
        activation: Activation | None,
        random_state: np.random.RandomState,
    ) -> tuple[np.ndarray, np.ndarray]:
        """W and b of one layer; the biases start at zero.

        ``activation`` is that of the hidden layer, for the output layer that of the last
        hidden one (None if the estimator has none).
        """
        return self.draw(fan_in, fan_out, random_state), np.zeros(fan_out)


class Auto(Initializer):
    """What scikit-learn draws: W and b uniform on (-c, c), c = sqrt(6 / (fan_in + fan_out)).

    With logistic hidden layers, c = sqrt(2 / (fan_in + fan_out)). The order of the draws
    is scikit-learn's too, so that the same ``random_state`` gives the same weights.

    References
    ----------
    Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks, AISTATS.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Logistic
    >>> from sknn_edu.initializers import Auto
    >>> W, b = Auto().draw_layer(4, 2, Logistic(), np.random.RandomState(0))
    >>> W.shape, b.shape
    ((4, 2), (2,))
    >>> print(f"{np.abs(W).max():.3f}")  # below c = sqrt(2 / (4 + 2)) = 0.577
    0.452
    """

    name = "auto"
    also_called = ("default",)

    def draw(self, fan_in, fan_out, random_state):
        """W for hidden layers that are not logistic."""
        return self.draw_layer(fan_in, fan_out, None, random_state)[0]

    def draw_layer(self, fan_in, fan_out, activation, random_state):
        """W, then b."""
        c = np.sqrt((2.0 if isinstance(activation, Logistic) else 6.0) / (fan_in + fan_out))
        W = random_state.uniform(-c, c, (fan_in, fan_out))
        return W, random_state.uniform(-c, c, fan_out)


class GlorotUniform(Initializer):
    """Uniform with variance 2 / (fan_in + fan_out), for tanh (Glorot and Bengio 2010).

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import GlorotUniform
    >>> W = GlorotUniform().draw(fan_in=300, fan_out=100, random_state=np.random.RandomState(0))
    >>> print(f"{W.var():.5f}")  # near 2 / (300 + 100) = 0.00500
    0.00505
    """

    name = "glorot_uniform"
    also_called = ("xavier", "glorot", "xavier_uniform")

    def draw(self, fan_in, fan_out, random_state):
        """W uniform on (-c, c), c = sqrt(6 / (fan_in + fan_out))."""
        c = np.sqrt(6 / (fan_in + fan_out))
        return random_state.uniform(-c, c, (fan_in, fan_out))


class GlorotNormal(Initializer):
    """Normal with variance 2 / (fan_in + fan_out), for tanh (Glorot and Bengio 2010).

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import GlorotNormal
    >>> W = GlorotNormal().draw(fan_in=300, fan_out=100, random_state=np.random.RandomState(0))
    >>> print(f"{W.var():.5f}")  # near 2 / (300 + 100) = 0.00500
    0.00493
    """

    name = "glorot_normal"
    also_called = ("xavier_normal",)

    def draw(self, fan_in, fan_out, random_state):
        """W normal with standard deviation sqrt(2 / (fan_in + fan_out))."""
        return random_state.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


class HeUniform(Initializer):
    """Uniform with variance 2 / fan_in, for ReLU.

    References
    ----------
    He, Zhang, Ren and Sun (2015), Delving deep into rectifiers, ICCV.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import HeUniform
    >>> W = HeUniform().draw(fan_in=300, fan_out=100, random_state=np.random.RandomState(0))
    >>> print(f"{W.var():.5f}")  # near 2 / 300 = 0.00667
    0.00673
    """

    name = "he_uniform"
    also_called = ("kaiming_uniform",)

    def draw(self, fan_in, fan_out, random_state):
        """W uniform on (-c, c), c = sqrt(6 / fan_in)."""
        c = np.sqrt(6 / fan_in)
        return random_state.uniform(-c, c, (fan_in, fan_out))


class HeNormal(Initializer):
    """Normal with variance 2 / fan_in, for ReLU (He et al. 2015).

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import HeNormal
    >>> W = HeNormal().draw(fan_in=300, fan_out=100, random_state=np.random.RandomState(0))
    >>> print(f"{W.var():.5f}")  # near 2 / 300 = 0.00667
    0.00657
    """

    name = "he_normal"
    also_called = ("he", "kaiming", "kaiming_normal")

    def draw(self, fan_in, fan_out, random_state):
        """W normal with standard deviation sqrt(2 / fan_in)."""
        return random_state.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


class LecunNormal(Initializer):
    """Normal with variance 1 / fan_in, for SELU.

    References
    ----------
    LeCun, Bottou, Orr and Mueller (1998), Efficient BackProp.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import LecunNormal
    >>> W = LecunNormal().draw(fan_in=300, fan_out=100, random_state=np.random.RandomState(0))
    >>> print(f"{W.var():.5f}")  # near 1 / 300 = 0.00333
    0.00328
    """

    name = "lecun_normal"
    also_called = ("lecun",)

    def draw(self, fan_in, fan_out, random_state):
        """W normal with standard deviation sqrt(1 / fan_in)."""
        return random_state.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))


class NTKNormal(Initializer):
    """W normal with variance 1 / fan_in and b normal with variance 1.

    The first weights of the neural tangent parametrization (Jacot, Gabriel and Hongler 2018), as
    they take effect there; see `sknn_edu.parametrizations.NTK`.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import NTKNormal
    >>> W, b = NTKNormal().draw_layer(300, 100, None, np.random.RandomState(0))
    >>> print(f"{W.var():.5f} {b.var():.2f}")  # near 1 / 300 = 0.00333 and 1
    0.00328 0.87
    """

    name = "ntk_normal"

    def draw(self, fan_in, fan_out, random_state):
        """W normal with standard deviation sqrt(1 / fan_in)."""
        return random_state.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))

    def draw_layer(self, fan_in, fan_out, activation, random_state):
        """W, then b."""
        W = self.draw(fan_in, fan_out, random_state)
        return W, random_state.normal(size=fan_out)


class Orthogonal(Initializer):
    """A random matrix with orthonormal columns (or rows, if there are fewer), times ``gain``.

    Parameters
    ----------
    gain : float, default=1.0
        Factor on the matrix; sqrt(2) suits ReLU.

    References
    ----------
    Saxe, McClelland and Ganguli (2014), Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks, ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import Orthogonal
    >>> W = Orthogonal(gain=2.0).draw(fan_in=3, fan_out=2, random_state=np.random.RandomState(0))
    >>> np.abs(W.T @ W).round(6)  # gain^2 times the identity
    array([[4., 0.],
           [0., 4.]])
    """

    name = "orthogonal"

    def __init__(self, gain: float = 1.0) -> None:
        if not -np.inf < gain < np.inf:
            raise ValueError(f"gain must be finite, got {gain!r}.")
        self.gain = gain

    def draw(self, fan_in, fan_out, random_state):
        """Q of the QR decomposition of a normal matrix, signs made unique."""
        long, short = max(fan_in, fan_out), min(fan_in, fan_out)
        Q, R = np.linalg.qr(random_state.normal(size=(long, short)))
        Q *= np.where(np.diag(R) < 0, -1, 1)
        return self.gain * (Q if fan_in >= fan_out else Q.T)


class Zeros(Initializer):
    """All zeros: every unit of a layer then learns the same, which is worth seeing once.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.initializers import Zeros
    >>> Zeros().draw(fan_in=2, fan_out=3, random_state=np.random.RandomState(0))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """

    name = "zeros"
    also_called = ("constant_zero", "zero")

    def draw(self, fan_in, fan_out, random_state):
        """W = 0."""
        return np.zeros((fan_in, fan_out))
