"""A formula with something else in one place: what it gives, without computing the rest again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ...formulas import Expression, Scope, ShapeMismatch
from ...formulas.tree import Name
from .rewrites import Place
from .stand_ins import Stand

SLOT = Name("...")


class Setting(NamedTuple):
    """A place of a formula in which other parts are tried.

    Attributes
    ----------
    place : Place
    shells : tuple of Expression
        What is around it, from the inside: each has the `SLOT` for what is inside it, and the
        values of its other parts.
    scope : Scope
    """

    place: Place
    shells: tuple[Expression, ...]
    scope: Scope

    def value(self, part: Expression) -> Any:
        """The value of the formula with another part in the place."""
        inside = part.value(self.scope)
        for shell in self.shells:
            inside = shell.value(self.scope.within({SLOT.id: inside}))
        return inside


def settings(formula: Expression, scope: Scope) -> Iterator[Setting]:
    """All places of a formula; not those beside a part that has no value, which stays wrong."""
    yield from _settings(Place(formula, ()), (), scope, {})


def _settings(
    place: Place, shells: tuple[Expression, ...], scope: Scope, known: dict[int, Any]
) -> Iterator[Setting]:
    yield Setting(place, shells, scope)
    for inside in place.inside():
        shell = _shell(place.node, inside.node, scope, known)
        if shell is not None:
            yield from _settings(inside, (shell, *shells), scope, known)


def _shell(
    node: Expression, slot: Expression, scope: Scope, known: dict[int, Any]
) -> Expression | None:
    """The node with a slot for one of its parts and the values of the others."""

    def stand(part: Expression) -> Expression:
        if part is slot:
            return SLOT
        if id(part) not in known:
            known[id(part)] = part.value(scope)
        return Stand(part, known[id(part)])

    try:
        return node.rebuilt(stand)
    except ShapeMismatch:
        return None
