"""A loss measures how far the outputs A are from the targets Y, and says which way to go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..component import Component

if TYPE_CHECKING:
    from ..activations import Activation


class Loss(Component, ABC, family=True):
    """The loss of one sample, a sum over the outputs.

    The mean over the samples, their weights and the penalty are not its business:
    they belong to `sknn_edu.engine.objective`. A and Y have shape (n, n_outputs); in
    classification Y holds zeros and ones.

    Losses form an algebra: ``2 * SquaredError()`` and ``SquaredError() + LogLoss()``
    are losses. A new one needs `value` and `gradient`.

    Attributes
    ----------
    name : str
        How users ask for it; the class name if a class sets none.
    canonical_outputs : tuple of str
        The output activations that are its partners, for which
        dloss/dZ = A - Y exactly (a generalised linear model's canonical link).
    margin : bool
        Whether a class is decided by the sign of an output (else by 1/2).
    is_sum_of_squares : bool
        Whether it has `residuals`, as Levenberg-Marquardt needs.
    formula, gradient_formula : str or None
        Each entry of the loss, and of dloss/dA, as `sknn_edu.teaching` prints them:
        formulas of A, Y and the settings, in the language of its answers.
    cancellation : tuple of str
        dloss/dZ behind a partner, line by line from the chain rule to the short form.
    """

    canonical_outputs: ClassVar[tuple[str, ...]] = ()
    margin: bool = False
    is_sum_of_squares: bool = False
    formula: ClassVar[str | None] = None
    gradient_formula: ClassVar[str | None] = None
    cancellation: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def value(self, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """Loss of each sample, shape (n,)."""

    @abstractmethod
    def gradient(self, A: np.ndarray, Y: np.ndarray, out: np.ndarray) -> np.ndarray:
        """dA = dloss/dA, shape (n, n_outputs)."""

    def hessian_product(self, A: np.ndarray, Y: np.ndarray, V: np.ndarray) -> np.ndarray:
        """d2loss/dA2 V for each sample, shape (n, n_outputs)."""
        raise NotImplementedError(
            "Second derivatives (solver='newton-cg') need the method 'hessian_product', "
            f"which the loss {self!r} does not have."
        )

    def residuals(self, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """R, shape (n, n_outputs), with loss = ||r||^2 / 2 and dR/dA constant."""
        raise NotImplementedError(f"{self!r} is not a sum of squares.")

    # -- at the output layer ----------------------------------------------------------

    def bind(self, output: Activation, one_hot: bool) -> Loss:
        """The form that this loss takes behind ``output``; most have only one.

        ``one_hot`` says that each row of Y is a single 1 among zeros.
        """
        return self

    def output_value(
        self, output: Activation, Z: np.ndarray, A: np.ndarray, Y: np.ndarray
    ) -> np.ndarray:
        """Loss of each sample, shape (n,), from Z where that is more accurate than from A."""
        return self.value(A, Y)

    def output_delta(
        self, output: Activation, Z: np.ndarray, A: np.ndarray, Y: np.ndarray, out: np.ndarray
    ) -> np.ndarray:
        """delta = dloss/dZ: A - Y behind a partner, the chain rule J^T dA elsewhere."""
        if output.name in self.canonical_outputs:
            return np.subtract(A, Y, out=out)
        dA = self.gradient(A, Y, out=np.empty_like(A))
        return output.backward(Z, A, dA, out=out)

    def delta_formula(self, output: Activation) -> str | None:
        """The short form of `output_delta` behind a partner, None elsewhere."""
        return "A - Y" if output.name in self.canonical_outputs else None

    def output_delta_jvp(
        self, output: Activation, Z: np.ndarray, A: np.ndarray, Y: np.ndarray, dZ: np.ndarray
    ) -> np.ndarray:
        """Change of `output_delta` when Z moves along dZ, shape (n, n_outputs)."""
        moved = output.forward_jvp(Z, A, dZ)
        if output.name in self.canonical_outputs:
            return moved
        dA = self.gradient(A, Y, out=np.empty_like(A))
        ddA = self.hessian_product(A, Y, moved)
        return output.backward(Z, A, ddA, out=np.empty_like(A)) + output.backward_jvp(Z, A, dA, dZ)

    # -- what it goes with ------------------------------------------------------------

    def canonical_output(self, multiclass: bool) -> str:
        """Name of the output activation that ``output_activation="auto"`` stands for."""
        return self.canonical_outputs[0] if self.canonical_outputs else "identity"

    def refusal(self, output: Activation) -> str | None:
        """Why this loss cannot work behind ``output``, or None if it can."""
        return None

    def risk(self, output: Activation) -> str | None:
        """Why training behind ``output`` tends to go badly, or None if it does not."""
        if output.name not in self.canonical_outputs and output.range == (0.0, 1.0):
            return (
                f"behind {output.name!r} its gradient fades where the output saturates near 0 "
                "or 1, so a network that is confidently wrong learns very slowly"
            )
        return None

    def check_targets(self, Y: np.ndarray) -> None:
        """Raise ValueError if some target has no loss."""

    # -- algebra ----------------------------------------------------------------------

    def terms(self) -> list[tuple[float, Loss]]:
        """Factors and losses that add up to this one."""
        return [(1.0, self)]

    def __add__(self, other: Loss) -> Loss:
        from ._algebra import Sum

        return Sum(self, other) if isinstance(other, Loss) else NotImplemented

    def __radd__(self, other: object) -> Loss:
        return self if other == 0 else NotImplemented  # sum([loss, ...]) starts from 0

    def __mul__(self, factor: float) -> Loss:
        from ._algebra import Scaled

        return NotImplemented if isinstance(factor, Loss) else Scaled(factor, self)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Loss:
        return self * (1 / divisor)
