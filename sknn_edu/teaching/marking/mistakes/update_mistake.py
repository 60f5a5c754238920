"""What the mistakes in updates share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ....formulas import Expression
from ....formulas.quantity import Quantity
from ....formulas.tree import Name, Number
from ....optimizers import Like
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake

ONE, ZERO, RATE = Number(1.0), Number(0.0), Name("learning_rate")


class Wrong(NamedTuple):
    """A wrong formula, the code of its mistake, and a sentence about it."""

    code: str
    formula: Expression
    message: str


class UpdateMistake(FormulaMistake):
    """A mistake that is made in the formulas of an update, in one at a time."""

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """All ways to make it in each of the formulas of an update."""
        for name, formula in wanted.items():
            quantity = Quantity.of(name)
            if quantity.is_step:
                for code, wrong, message in self.made_in(formula, quantity, formulas):
                    if wrong != formula:
                        yield Edit(code, {name: wrong}, message)

    @abstractmethod
    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """The wrong formulas of a quantity of the update."""


def is_momentum(formulas: Formulas) -> bool:
    """Whether the solver keeps a velocity."""
    return any(kept.like is Like.STEP for kept in formulas.step.kept.values())


def of_velocity(text: str, p: str, formulas: Formulas) -> Expression:
    """A formula of v and g, for a parameter; with the other sign if g points downhill."""
    if formulas.conventions.is_descent:
        text = text.translate(str.maketrans("+-", "-+")).replace("(1 + m", "(1 - m")
    return formulas.read(text).substituted({"v": Name(f"v{p}"), "g": Name(f"d{p}")})
