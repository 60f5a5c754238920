r"""The velocity of momentum as a document has it: v = \mu v + \eta g, which is subtracted.

It is the same step as the solver's, v = \mu v - \eta g, which is added. A document is marked in the
one form in which most of its updates are right; it may not change between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Negative, Product, Quotient
from ...optimizers import Like
from ..marking.update_names import with_meanings
from .left_sides import Known
from .statements import Reading, Statement

RATE = Name("learning_rate")
Wrapping = Callable[[Expression], Expression]


class Form(NamedTuple):
    """Another velocity: how it is made of the solver's, the reverse, and what to say of it."""

    of_ours: Wrapping
    ours: Wrapping
    note: str


FORMS = (
    Form(Negative, Negative, "The velocity is minus the solver's: it is subtracted in the step."),
    Form(
        lambda v: Negative(Quotient(v, RATE)),
        lambda u: Negative(Product(RATE, u)),
        "The velocity is that of the gradients: the step is minus the learning rate times it.",
    ),
)


def in_our_velocity(
    statements: Sequence[Statement], known: Known, is_right: Callable[[Reading], bool]
) -> list[Statement]:
    """The statements with the solver's velocity in place of the document's."""
    letters = {l for l, kept in known.updates.step.kept.items() if kept.like is Like.STEP}
    with_velocity = [s for s in statements if _has_velocity(s, letters)]
    has_steps = {Quantity.of(s.quantity).is_parameter_next for s in with_velocity}
    if has_steps != {True, False}:  # one of the two alone does not say which velocity it is
        return list(statements)

    def n_right(some: Sequence[Statement]) -> int:
        readings = (reading for statement in some for reading in statement.readings[:1])
        return sum(is_right(reading) for reading in readings)

    best, most = None, n_right(with_velocity)
    for form in FORMS if most < len(with_velocity) else ():
        n = n_right([_in_form(statement, form, letters) for statement in with_velocity])
        best, most = (form, n) if n > most else (best, most)
    if best is None:
        return list(statements)
    return [_in_form(s, best, letters) if s in with_velocity else s for s in statements]


def _has_velocity(statement: Statement, letters: set[str]) -> bool:
    quantities = (
        Quantity.of(n) for r in statement.readings for n in (r.target, *r.formula.names())
    )
    return any(quantity.kept_as in letters for quantity in quantities)


def _in_form(statement: Statement, form: Form, letters: set[str]) -> Statement:
    readings = tuple(_reading(reading, form, letters) for reading in statement.readings)
    return replace(statement, readings=readings)


def _reading(reading: Reading, form: Form, letters: set[str]) -> Reading:
    """A formula in our velocity."""

    def changed(formula: Expression) -> Expression:
        kept = [name for name in formula.names() if Quantity.of(name).kept_as in letters]
        formula = with_meanings(formula, {name: form.of_ours(Name(name)) for name in kept})
        return form.ours(formula) if Quantity.of(reading.target).kept_as in letters else formula

    others = tuple(changed(other) for other in reading.others)
    return replace(
        reading, formula=changed(reading.formula), others=others, notes=(*reading.notes, form.note)
    )
