"""What a trace shows: its quantities with their formulas, in the order of the computation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...formulas import Expression, to_columns
from ...formulas.layout import Layout
from ...formulas.tree import Name, Sum
from ..network_formulas import Formulas
from ..structure import Structure

if TYPE_CHECKING:
    from .trace import Trace


class Step(NamedTuple):
    """One quantity of the pass.

    ``section`` is one of "given", "forward", "loss", "backward", "update"; ``quantity`` and
    ``layer`` are the parts of the name, as in ``dW`` and 2. A quantity that is not computed
    has no formula.
    """

    section: str
    name: str
    quantity: str
    layer: int | None
    formula: Expression | None
    value: Any


def steps_of(t: Trace, names: Sequence[str] | None = None) -> list[Step]:
    """The steps of these names; by default all, the update only if it was asked for."""
    formulas = formulas_of(t)
    hidden = {"given"} if t.shows_update else {"given", "update"}
    if names is not None:
        wanted = {t.canonical_name(name) for name in ([names] if isinstance(names, str) else names)}
    steps = []
    for section, quantity, l in order_of_computation(t):
        stem, _, tail = quantity.partition("_")
        name = quantity if l is None else f"{stem}{l}{tail and '_'}{tail}"
        if section not in hidden if names is None else name in wanted:
            steps.append(Step(section, name, quantity, l, formulas.get(name), t[name]))
    return steps


def formulas_of(t: Trace) -> dict[str, Expression]:
    """The formulas in the layout of the trace, by name."""
    formulas = Formulas(Structure.of_trace(t))
    by_name = {**formulas.all(), "A0": Name("X")}
    if formulas.penalty_loss is not None:
        by_name["penalty"] = formulas.penalty_loss
        by_name["loss"] = Sum(formulas.data_loss, "+", Name("penalty"))
    if t.layout == Layout.COLUMNS:
        by_name = {name: to_columns(formula) for name, formula in by_name.items()}
    return by_name


def order_of_computation(t: Trace) -> Iterator[tuple[str, str, int | None]]:
    """Section, quantity and layer of everything in the trace."""
    layers = range(1, t.n_layers + 1)
    biases = t.has_biases
    for single in ("X", "m", "alpha", "l1_ratio", "learning_rate"):
        yield "given", single, None
    yield "forward", "A", 0
    for l in layers:
        for quantity in ("W", "b", "Z", "mask", "A"):
            if l in getattr(t, quantity):
                yield "forward", quantity, l
    yield "loss", "Y", None
    yield ("loss" if t.is_weighted else "given"), "w", None
    yield ("loss" if t.alpha else "given"), "penalty", None
    yield "loss", "loss", None
    for l in reversed(layers):
        for quantity in ("dA", "delta", "dW", "db")[: 4 if biases else 3]:
            yield "backward", quantity, l
    yield "backward", "dA", 0
    for l in layers:
        for quantity in ("W_next", "b_next")[: 2 if biases else 1]:
            yield "update", quantity, l
