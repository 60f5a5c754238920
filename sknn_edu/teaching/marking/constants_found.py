"""The constant that a repaired formula is off by, in all of it or without the penalty's part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...formulas.quantity import Quantity
from ..network_formulas import Formulas
from .comparison import SAME_FLOAT64, SAME_NUMBERS
from .mistakes import Numbers, common_constants, known_constants, sentence_about
from .redrawn import Redrawn

OF_PENALTY = "The penalty's part has a wrong factor: compare it with the derivative of the penalty."


class Constants:
    """Names the constant between a value and the truth on one network."""

    def __init__(self, network: Redrawn, target: str, formulas: Formulas) -> None:
        numbers, sizes = network.numbers, network.sizes
        total = float(np.sum(numbers["w"]))
        rate = network.opened.step.learning_rate
        own = Numbers(sizes.m, total, sizes.units, sizes.alpha, rate)
        quantity = Quantity.of(target)
        self.family = quantity.family
        self.common = common_constants(sizes.units)
        self.known = known_constants(own, quantity.family, network.conventions)
        self.numbers = np.array([mistake.constant for mistake in self.known])
        self.truth = np.asarray(numbers[target], np.float64)
        self.penalty = self._penalty(quantity, formulas, network)

    @staticmethod
    def _penalty(quantity: Quantity, formulas: Formulas, network: Redrawn) -> np.ndarray | None:
        """The penalty's part of the truth."""
        formula = formulas.penalty_slope.get(quantity.number) if quantity.family == "dW" else None
        if quantity.family == "loss":
            formula = formulas.penalty_loss
        if formula is None:
            return None
        return np.asarray(formula.value(formulas.scope(network.numbers)), np.float64)

    def codes_of(self, value: np.ndarray) -> tuple[str, ...] | None:
        """The codes of the constant; () if the value is right, None if there is no simple one."""
        if value.shape != self.truth.shape:
            return None
        for answer, truth, more in self._parts(value):
            constant = proportion(answer, truth)
            if constant is not None and (codes := self._named(constant)) is not None:
                return (*codes, *more)
        return None

    def _parts(self, value: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, tuple[str, ...]]]:
        """All of it; then, if there is a penalty, the rest: with the penalty, and without."""
        yield value, self.truth, ()
        if self.penalty is not None:
            rest = self.truth - self.penalty
            yield value - self.penalty, rest, ()
            yield value, rest, ("penalty_missing",)

    def codes_of_penalty(self, value: np.ndarray) -> tuple[str, ...] | None:
        """The code of a penalty's part that is off by a constant, where all else is right."""
        if self.penalty is None or value.shape != self.truth.shape:
            return None
        share = proportion(value - (self.truth - self.penalty), self.penalty)
        return None if share is None else ("penalty_factor",)

    def _named(self, constant: float) -> tuple[str, ...] | None:
        if abs(constant - 1) < SAME_NUMBERS:
            return ()
        if np.abs(constant / self.numbers - 1).min() >= SAME_NUMBERS:
            return None
        for mistake in self.known:
            # Beside another mistake, and between two numbers, only a common factor is evidence.
            is_plain = "factor" not in mistake.codes or abs(mistake.constant) in self.common
            if is_plain and abs(constant / mistake.constant - 1) < SAME_NUMBERS:
                return mistake.codes
        return None

    def sentences(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """What to say of these codes; a factor is not given, lest it be copied."""
        constants = {m.codes: m.constant for m in self.known}
        return tuple(
            OF_PENALTY
            if code == "penalty_factor"
            else sentence_about(code, constants.get((code,), 1.0), self.family)
            for code in codes
        )


def proportion(value: np.ndarray, truth: np.ndarray) -> float | None:
    """The constant that the truth is multiplied by, if that is all."""
    if not np.isfinite(value).all():
        return None
    square = float(np.vdot(truth, truth))
    if square == 0:
        return None
    constant = float(np.vdot(truth, value)) / square
    largest = float(np.abs(value).max(initial=0.0))
    if constant == 0 or np.abs(value - constant * truth).max(initial=0.0) > SAME_FLOAT64 * largest:
        return None
    return constant
