"""What all kinds of nodes of a formula have in common, and what keeps their values in bounds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from .evaluation import Scope

# How tightly operators bind, as in Python.
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
# All classes of nodes: trees are walked so often that isinstance takes too long.
KINDS: set[type] = set()


@dataclass(frozen=True)
class Expression(ABC):
    """A node of a formula, with the expressions that it is made of."""

    binding = ATOM

    # Where it stands in the text that it was read from: (first, one after the last).
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        KINDS.add(cls)

    @abstractmethod
    def value(self, scope: Scope) -> Any:
        """The value, a float or an array."""

    def parts(self) -> Iterator[Expression]:
        """The expressions directly inside."""
        for name, inside in vars(self).items():
            if type(inside) in KINDS:
                yield inside
            elif type(inside) is tuple and name != "span":
                yield from inside

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """The same with each part changed; itself if no part changes."""
        changes: dict[str, Any] = {}
        for name, inside in vars(self).items():
            if type(inside) in KINDS:
                if (changed := change(inside)) is not inside:
                    changes[name] = changed
            elif type(inside) is tuple and name != "span":
                parts = tuple(map(change, inside))
                if any(new is not old for new, old in zip(parts, inside, strict=True)):
                    changes[name] = parts
        return self._with(changes) if changes else self

    def _with(self, changes: dict[str, Any]) -> Expression:
        """A copy with some fields changed; `dataclasses.replace` takes five times as long."""
        new = object.__new__(type(self))
        vars(new).update(vars(self), **changes)
        return new

    def walk(self) -> Iterator[Expression]:
        """The node and all below it."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def replaced(self, old: Expression, new: Expression) -> Expression:
        """The expression with one node, found by identity, put in place of another."""
        if self is old:
            return new
        return self.rebuilt(lambda part: part.replaced(old, new))

    def substituted(self, by_name: Mapping[str, Expression]) -> Expression:
        """The expression with expressions in place of names."""
        return self.rebuilt(lambda part: part.substituted(by_name))

    def names(self) -> set[str]:
        """All names in it."""
        return set().union(*(part.names() for part in self.parts()))

    def within(self, binding: int) -> str:
        """The text, in parentheses if something that binds tighter stands around it."""
        return f"({self})" if self.binding < binding else str(self)


class ShapeMismatch(ValueError):
    """Two arrays of a formula do not fit; ``node`` is where."""

    def __init__(self, message: str, node: Expression) -> None:
        super().__init__(message)
        self.node = node


def combined(node: Any, scope: Scope, operation: Callable[[Any, Any], Any]) -> Any:
    """The operation, entry by entry, on the values of the left and the right of a node."""
    left, right = node.left.value(scope), node.right.value(scope)
    check_broadcast(node, scope, left, right)
    return operation(left, right)


def check_broadcast(node: Expression, scope: Scope, *values: Any) -> None:
    """Raise if the shapes do not go together entry by entry."""
    shapes = [np.shape(value) for value in values]
    first, *others = shapes
    try:
        alike = all(shape in (first, ()) for shape in others)
        shape = first if alike else np.broadcast_shapes(*shapes)
    except ValueError:
        pairs = zip(node.parts(), shapes, strict=True)
        shown = " and ".join(f"{part} has shape {shape}" for part, shape in pairs)
        raise ShapeMismatch(f"{shown}: entry by entry they do not match", node) from None
    check_size(shape, scope, node)


def check_size(shape: tuple[int, ...], scope: Scope, node: Expression) -> None:
    """Raise if an array of that shape would be too large."""
    if prod(shape) > scope.max_entries:
        raise ShapeMismatch(f"{node} would have shape {shape}, which is too large", node)
