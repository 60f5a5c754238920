"""A loss measures how far the outputs A are from the targets Y, and says which way to go."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from ..activations import Activation, Identity
from ..component import Component


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
    canonical_outputs : tuple of classes
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

    canonical_outputs: ClassVar[tuple[type[Activation], ...]] = ()
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

    def kinks(self, Y: np.ndarray) -> tuple[np.ndarray, ...]:
        """Where the slope jumps: values of A, shape (n, n_outputs); none where it never does.

        `sknn_edu.teaching.check_gradient` compares no samples there, where differences fail.
        """
        return ()

    def hessian_product(self, A: np.ndarray, Y: np.ndarray, V: np.ndarray) -> np.ndarray:
        """d2loss/dA2 V for each sample, shape (n, n_outputs)."""
        raise NotImplementedError(
            "Second derivatives (solver='newton-cg') need the method 'hessian_product', "
            f"which the loss {self!r} does not have."
        )

    def residuals(self, A: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """R, shape (n, n_outputs), with loss = ||r||^2 / 2 and dR/dA constant."""
        raise NotImplementedError(f"{self!r} is not a sum of squares.")

    def targets(self, Y: np.ndarray) -> np.ndarray:
        """What A is compared with: Y itself, unless labels are smoothed."""
        return Y

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
        if self.is_partner(output):
            return np.subtract(A, self.targets(Y), out=out)
        dA = self.gradient(A, Y, out=np.empty_like(A))
        return output.backward(Z, A, dA, out=out)

    def delta_formula(self, output: Activation) -> str | None:
        """The short form of `output_delta` behind a partner, None elsewhere."""
        return "A - Y" if self.is_partner(output) else None

    def target_formula(self, n_outputs: int) -> str:
        """`targets`, which stand where the other formulas have Y."""
        return "Y"

    def output_delta_jvp(
        self, output: Activation, Z: np.ndarray, A: np.ndarray, Y: np.ndarray, dZ: np.ndarray
    ) -> np.ndarray:
        """Change of `output_delta` when Z moves along dZ, shape (n, n_outputs)."""
        moved = output.forward_jvp(Z, A, dZ)
        if self.is_partner(output):
            return moved
        dA = self.gradient(A, Y, out=np.empty_like(A))
        ddA = self.hessian_product(A, Y, moved)
        return output.backward(Z, A, ddA, out=np.empty_like(A)) + output.backward_jvp(Z, A, dA, dZ)

    # -- what it goes with ------------------------------------------------------------

    def is_partner(self, output: Activation) -> bool:
        """Whether dloss/dZ = A - Y behind ``output``; its class decides, not its name."""
        return type(output) in self.canonical_outputs

    def canonical_output(self, multiclass: bool) -> Activation:
        """The output activation that ``output_activation="auto"`` stands for."""
        partner = self.canonical_outputs[0] if self.canonical_outputs else Identity
        return partner()

    def refusal(self, output: Activation) -> str | None:
        """Why this loss cannot work behind ``output``, or None if it can."""
        return None

    def risk(self, output: Activation) -> str | None:
        """Why training behind ``output`` goes badly, which `fit` warns of, or None."""
        if not self.is_partner(output) and output.range == (0.0, 1.0) and output.kinks:
            return (
                f"behind {output.name!r} it has no gradient at all where the output is exactly 0 "
                "or 1, so samples that are wrong there are never corrected"
            )
        return None

    def slowness(self, output: Activation) -> str | None:
        """Why training behind ``output`` is slow, which `diagnose` mentions, or None."""
        if not self.is_partner(output) and output.range == (0.0, 1.0):
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
        if not isinstance(other, Loss):
            return NotImplemented
        return WeightedSum(*self.terms(), *other.terms())

    def __radd__(self, other: object) -> Loss:
        return self if other == 0 else NotImplemented  # sum([loss, ...]) starts from 0

    def __mul__(self, factor: float) -> Loss:
        return NotImplemented if isinstance(factor, Loss) else WeightedSum((factor, self))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Loss:
        return self * (1 / divisor)


class WeightedSum(Loss):
    """Factors times losses, added up; written ``SquaredError() + 0.5 * LogLoss()``.

    Behind an output that is the partner of one of them, that one still takes its short
    form A - Y, while the others go through the chain rule.

    Parameters
    ----------
    *terms : tuple of (float, Loss)
        Positive finite factors, and what they multiply. Sums within the sum are dissolved.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.losses import AbsoluteError, SquaredError
    >>> loss = 2 * (SquaredError() + 3 * AbsoluteError())
    >>> loss
    2 * SquaredError() + 6 * AbsoluteError()
    >>> loss.value(A=np.array([[3.0]]), Y=np.array([[0.0]]))  # 2 * 4.5 + 6 * 3
    array([27.])
    """

    def __init__(self, *terms: tuple[float, Loss]) -> None:
        self._terms = tuple(
            (_checked(_checked(factor) * inner), part)
            for factor, loss in terms
            for inner, part in Loss.get(loss).terms()
        )
        losses = [loss for _, loss in self._terms]
        self.margin = all(loss.margin for loss in losses)
        self.is_sum_of_squares = len(losses) == 1 and losses[0].is_sum_of_squares

    def terms(self):
        """Factors and losses; none of them is a sum."""
        return list(self._terms)

    def settings(self):
        """``factor`` and ``loss`` of a single term; ``factor_1``, ``loss_1``, ... of several."""
        several = len(self._terms) > 1
        numbered = [(f"_{i}" * several, term) for i, term in enumerate(self._terms, start=1)]
        return {
            name + number: part
            for number, term in numbered
            for name, part in zip(("factor", "loss"), term, strict=True)
        }

    @classmethod
    def of_settings(cls, settings):
        """The sum that has these factors and losses."""
        values = list(settings.values())
        return cls(*zip(values[::2], values[1::2], strict=True))

    def _sum(self, part: Callable[[Loss], Any]) -> Any:
        """Sum of factor * part(loss)."""
        return sum(factor * part(loss) for factor, loss in self._terms)

    def value(self, A, Y):
        """Sum of the values."""
        return self._sum(lambda loss: loss.value(A, Y))

    def gradient(self, A, Y, out):
        """Sum of the gradients."""
        out[...] = self._sum(lambda loss: loss.gradient(A, Y, np.empty_like(A)))
        return out

    def kinks(self, Y):
        """Those of all losses."""
        return tuple(kink for _, loss in self._terms for kink in loss.kinks(Y))

    def hessian_product(self, A, Y, V):
        """Sum of the products."""
        return self._sum(lambda loss: loss.hessian_product(A, Y, V))

    def residuals(self, A, Y):
        """sqrt(factor) * residuals of a single term."""
        if not self.is_sum_of_squares:
            return super().residuals(A, Y)
        ((factor, loss),) = self._terms
        return np.sqrt(factor).astype(A.dtype) * loss.residuals(A, Y)

    def bind(self, output, one_hot):
        """Bind each loss."""
        return WeightedSum(*((factor, loss.bind(output, one_hot)) for factor, loss in self._terms))

    def output_value(self, output, Z, A, Y):
        """Sum of the output values."""
        return self._sum(lambda loss: loss.output_value(output, Z, A, Y))

    def output_delta(self, output, Z, A, Y, out):
        """Sum of the deltas."""
        out[...] = self._sum(lambda loss: loss.output_delta(output, Z, A, Y, np.empty_like(A)))
        return out

    def output_delta_jvp(self, output, Z, A, Y, dZ):
        """Sum of the changes."""
        return self._sum(lambda loss: loss.output_delta_jvp(output, Z, A, Y, dZ))

    def canonical_output(self, multiclass):
        """The first partner of one of the losses that none of the others refuses."""
        partners = [loss.canonical_output(multiclass) for _, loss in self._terms]
        return next((f for f in partners if not self.refusal(f)), partners[0])

    def refusal(self, output):
        """The first refusal among the losses."""
        return next(filter(None, (loss.refusal(output) for _, loss in self._terms)), None)

    def risk(self, output):
        """The first risk, but none behind a partner of one of the losses."""
        risks = [loss.risk(output) for _, loss in self._terms]
        return None if None in risks else risks[0]

    def slowness(self, output):
        """The first one's, but none behind a partner of one of the losses."""
        reasons = [loss.slowness(output) for _, loss in self._terms]
        return None if None in reasons else reasons[0]

    def check_targets(self, Y):
        """Check for each loss."""
        for _, loss in self._terms:
            loss.check_targets(Y)

    def __repr__(self):
        plain = len(self._terms) > 1
        return " + ".join(
            repr(loss) if plain and factor == 1 else f"{factor:g} * {loss!r}"
            for factor, loss in self._terms
        )


def _checked(factor: Any) -> float:
    """The factor as a float."""
    is_number = isinstance(factor, Real)
    if not is_number or not 0 < factor <= sys.float_info.max:
        raise ValueError(
            f"A loss can be multiplied by a positive finite number only, got {factor!r}."
        )
    return float(factor)
