"""Local changes that only formulas of updates have."""

from __future__ import annotations

from collections.abc import Iterator

from ...estimators.next_step import NextStep
from ...formulas import Expression
from ...formulas.quantity import RATE, Quantity
from ...formulas.tree import Call, Name, Number, Product, Sum


def settings_of(step: NextStep) -> list[str]:
    """The numbers of the solver that stand in formulas, but the rate and which step it is."""
    return [name for name in step.numbers if name not in ("learning_rate", "t")]


def is_kept(name: str) -> bool:
    """Whether it is an array that a solver keeps."""
    return Quantity.of(name).kept_as not in (None, RATE)


def added_in_updates(node: Expression, step: NextStep) -> Iterator[Expression]:
    """A node with a root, or a weight of a mean, in front."""
    yield Call("sqrt", (node,))
    for name in settings_of(step):
        if name != "epsilon":
            yield Product(Name(name), node)
            yield Product(Sum(Number(1.0), "-", Name(name)), node)
