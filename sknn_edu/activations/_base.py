"""An activation turns the sums Z of a layer into its outputs A, and dA back into delta."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from ..component import Component


class Activation(Component, ABC, family=True):
    """A function f that maps each row of Z to a row of A.

    The backward pass is a vector-Jacobian product: row by row,
    ``delta = J(z)^T dA`` with ``J_ij = df_i / dz_j``. That covers functions that mix
    the columns (softmax) as well as those that do not (see `Elementwise`).

    All arrays have shape (n, n_units) and one dtype, float32 or float64. Results are
    written to ``out``, which is also returned.

    Attributes
    ----------
    name : str
        How users ask for it; the class name if a class sets none.
    range : tuple of float
        Smallest and largest value that A can take or approach.
    elementwise : bool
        Whether each a depends on its own z alone.
    sums_to_one : bool
        Whether each row of A is a distribution, as that of softmax is.
    backward_reads_Z : bool
        Whether `backward` looks at Z. Where it does not, the engine lets A
        overwrite Z.
    kinks : tuple of float
        The z at which the derivative jumps; finite differences fail there.
    formula, backward_formula : str or None
        f(Z), and delta from dA, as `sknn_edu.teaching` prints them: formulas of Z, A, dA
        and the settings, in the language of its answers. Exports (`to_torch`, ONNX) are made
        of ``formula``.
    jacobian_entry : str or None
        da_i / dz_j in words, for a function that mixes the units.
    """

    range: tuple[float, float] = (-np.inf, np.inf)
    elementwise: ClassVar[bool] = False
    sums_to_one: ClassVar[bool] = False
    backward_reads_Z: ClassVar[bool] = True
    kinks: ClassVar[tuple[float, ...]] = ()
    formula: ClassVar[str | None] = None
    backward_formula: ClassVar[str | None] = None
    jacobian_entry: ClassVar[str | None] = None

    @property
    def is_probability(self) -> bool:
        """Whether each output alone is the probability of a yes, as logistic is."""
        return self.elementwise and self.range == (0.0, 1.0)

    @abstractmethod
    def forward(self, Z: np.ndarray, out: np.ndarray) -> np.ndarray:
        """A = f(Z). ``out`` may be Z itself."""

    @abstractmethod
    def backward(self, Z: np.ndarray, A: np.ndarray, dA: np.ndarray, out: np.ndarray) -> np.ndarray:
        """delta = J(Z)^T dA, row by row. ``out`` may not overlap Z, A or dA."""

    def forward_jvp(self, Z: np.ndarray, A: np.ndarray, dZ: np.ndarray) -> np.ndarray:
        """Change of A when Z moves along dZ: J(Z) dZ, row by row."""
        raise _second_order_missing(self, "forward_jvp")

    def backward_jvp(
        self, Z: np.ndarray, A: np.ndarray, dA: np.ndarray, dZ: np.ndarray
    ) -> np.ndarray:
        """Change of ``backward(Z, A, dA)`` when Z moves along dZ and dA stays."""
        raise _second_order_missing(self, "backward_jvp")


class Elementwise(Activation):
    """An activation that acts on each number alone: a = f(z), delta = f'(z) dA.

    A new one needs `forward` and `derivative`; `second_derivative` too if it is to
    work with ``solver="newton-cg"``.

    Attributes
    ----------
    derivative_formula : str or None
        f'(Z), a formula like those of `Activation`.
    """

    elementwise = True
    derivative_formula: ClassVar[str | None] = None

    @abstractmethod
    def derivative(self, Z: np.ndarray, A: np.ndarray, out: np.ndarray) -> np.ndarray:
        """f'(Z). ``out`` may not overlap Z or A."""

    def second_derivative(self, Z: np.ndarray, A: np.ndarray) -> np.ndarray:
        """f''(Z), a new array."""
        raise _second_order_missing(self, "second_derivative")

    def backward(self, Z: np.ndarray, A: np.ndarray, dA: np.ndarray, out: np.ndarray) -> np.ndarray:
        """delta = f'(Z) dA."""
        return np.multiply(self.derivative(Z, A, out=out), dA, out=out)

    def forward_jvp(self, Z: np.ndarray, A: np.ndarray, dZ: np.ndarray) -> np.ndarray:
        """f'(Z) dZ."""
        return self.backward(Z, A, dZ, out=np.empty_like(A))

    def backward_jvp(
        self, Z: np.ndarray, A: np.ndarray, dA: np.ndarray, dZ: np.ndarray
    ) -> np.ndarray:
        """f''(Z) dZ dA."""
        return self.second_derivative(Z, A) * dZ * dA


def _second_order_missing(activation: Activation, method: str) -> NotImplementedError:
    return NotImplementedError(
        f"Second derivatives (solver='newton-cg') need the method {method!r}, which "
        f"the activation {activation!r} does not have."
    )
