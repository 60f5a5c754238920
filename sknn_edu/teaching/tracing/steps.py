"""What a trace shows: its quantities with their formulas, in the order of the computation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ...formulas import Expression, to_columns
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Sum
from ..network_formulas import Formulas
from .arrays import TraceArrays


class Step(NamedTuple):
    """One quantity of the pass.

    ``section`` is one of "given", "forward", "loss", "backward", "update". What is not computed
    has no formula.
    """

    section: str
    quantity: Quantity
    formula: Expression | None
    value: Any

    @property
    def name(self) -> str:
        """Such as ``"dW2"``."""
        return str(self.quantity)


def steps_of(t: TraceArrays, names: Sequence[str] | None = None) -> list[Step]:
    """The steps of these names; by default all, the update only if it was asked for."""
    formulas = formulas_of(t)
    hidden = {"given"} if t.shows_update else {"given", "update"}
    if names is not None:
        wanted = {t.quantity(name) for name in ([names] if isinstance(names, str) else names)}
    return [
        Step(section, quantity, formulas.get(str(quantity)), t[str(quantity)])
        for section, quantity in order_of_computation(t)
        if (section not in hidden if names is None else quantity in wanted)
    ]


def formulas_of(t: TraceArrays) -> dict[str, Expression]:
    """The formulas in the layout of the trace, by name."""
    formulas = Formulas(
        t.architecture, is_weighted=t.is_weighted, conventions=t.conventions, step=t.step
    )
    by_name = {**formulas.all(), "A0": Name("X")}
    if formulas.penalty_loss is not None:
        by_name["penalty"] = formulas.penalty_loss
        by_name["loss"] = Sum(formulas.data_loss, "+", Name("penalty"))
    if t.layout == Layout.COLUMNS:
        by_name = {name: to_columns(formula) for name, formula in by_name.items()}
    return by_name


def order_of_computation(t: TraceArrays) -> Iterator[tuple[str, Quantity]]:
    """Section and quantity of everything in the trace."""
    layers = range(1, t.n_layers + 1)

    def of_layer(section: str, l: int, *families: str) -> Iterator[tuple[str, Quantity]]:
        for family in families:
            if l in getattr(t, family):
                yield section, Quantity(family, l)

    for single in ("X", "m", "alpha", "l1_ratio"):
        yield "given", Quantity(single)
    of_update = list(map(Quantity.of, t.updated))
    yield from (("given", quantity) for quantity in of_update if _is_setting(quantity, t))
    yield from of_layer("forward", 0, "A")
    for l in layers:
        yield from of_layer("forward", l, "W", "b", "Z", "mask", "A")
    yield "loss", Quantity("Y")
    yield ("loss" if t.is_weighted else "given"), Quantity("w")
    yield ("loss" if t.alpha else "given"), Quantity("penalty")
    yield "loss", Quantity("loss")
    for l in reversed(layers):
        yield from of_layer("backward", l, "dA", "delta", "dW", "db")
    yield from of_layer("backward", 0, "dA")
    yield from (("update", quantity) for quantity in of_update if not _is_setting(quantity, t))


def _is_setting(quantity: Quantity, t: TraceArrays) -> bool:
    """Whether it is a number that an update starts from."""
    return str(quantity) in t.step.numbers
