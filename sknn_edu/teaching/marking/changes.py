"""A change in one place of a formula, and the repair that it may be."""

from __future__ import annotations

from typing import NamedTuple

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import Comparison, Name, Number, Transpose
from .rewrites import Place

# Quantities of one layer that are taken for each other.
ALIKE = ({"A", "Z"}, {"delta", "dA"}, {"W", "dW", "W_next"}, {"b", "db", "b_next"})
# What is preferred if several changes make a formula right.
LAST = ("wrong_name", "wrong_derivative", "factor", "wrong_axis")


class Repair(NamedTuple):
    """A change that makes a formula right, with the mistakes that it shows."""

    codes: tuple[str, ...]
    messages: tuple[str, ...]
    cost: tuple[int, ...]


class Change(NamedTuple):
    """A node, and what should stand in its place."""

    place: Place
    right: Expression
    stage: int = 0

    @property
    def formula(self) -> Expression:
        """The formula with that."""
        return self.place.formula_with(self.right)


def best(repairs: list[Repair]) -> list[Repair]:
    """Those with the fewest mistakes, of each code one."""
    if not repairs:
        return []
    least = min(repair.cost[:4] for repair in repairs)
    chosen: dict[tuple[str, ...], Repair] = {}
    for repair in sorted(repairs, key=lambda r: r.cost):
        if repair.cost[:4] == least:
            chosen.setdefault(tuple(sorted(set(repair.codes))), repair)
    return list(chosen.values())[:2]


def own_name(formula: Expression, target: str) -> Name | None:
    """Where a formula has the quantity in it that it is to give."""
    names = (node for node in formula.walk() if isinstance(node, Name))
    return next((name for name in names if str(Quantity.of(name.id)) == target), None)


def renames(change: Change, name: str) -> bool:
    """Whether it puts another name in the place of this one, wherever that stands."""
    node, right = change.place.node, change.right
    is_name = isinstance(node, Name) and isinstance(right, Name | Transpose)
    return is_name and node.names() == {name} and name not in change.formula.names()


def numbers_in(formula: Expression) -> set[float]:
    """The numbers in a formula."""
    return {node.number for node in formula.walk() if isinstance(node, Number)}


def size_of(change: Change) -> int:
    """How much of the formula is changed."""
    return sum(1 for _ in change.place.node.walk())


def is_far_fetched(change: Change) -> bool:
    """Whether a name is exchanged for an unlike one, or a condition is no longer what it was.

    The latter can turn any distinction of cases into one of its cases.
    """
    node, right = change.place.node, change.right
    if any(isinstance(whole, Comparison) for whole in change.place.around):
        return True
    if isinstance(node, Comparison) and not isinstance(right, Comparison):
        return True
    return (
        isinstance(node, Name)
        and isinstance(right, Name | Transpose)
        and bool(right.names() - node.names())
        and not _alike(node, right)
    )


def _alike(node: Name, right: Expression) -> bool:
    """Whether one name is likely to be taken for the other: they have the same shape, mostly."""
    (other,) = right.names()
    a, b = Quantity.of(node.id), Quantity.of(other)
    if a.family == b.family:
        return True
    return a.layer == b.layer and any({a.family, b.family} <= alike for alike in ALIKE)
