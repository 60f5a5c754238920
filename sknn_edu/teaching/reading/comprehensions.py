"""Comprehensions, and what loops over units give their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .by_unit import ALL, Single
from .function_calls import FunctionCalls
from .loops import bound, counters_of, rounds_of
from .notes import is_zeros
from .unit_loops import Listed, Row
from .values import Items, Unreadable, constant, quantity


class Comprehensions(FunctionCalls):
    """Reads lists with an entry for each layer, or for each unit."""

    def _listed(self, entry: Any, loop: ast.comprehension, node: ast.expr) -> Any:
        """``[... for j in range(n)]``: an entry for each unit."""
        if self.names.recognition.see is None:
            raise Unreadable(f"{kind_of(node)} cannot be read here")
        if (of_layers := self._listed_for_layers(entry, loop)) is not None:
            return of_layers
        with self._own_names():
            letter = self.bound_to_units(loop.target, loop.iter)
            if letter is None:
                raise Unreadable(f"a list over {ast.unparse(loop.iter)[:40]}")
            try:
                made = self.value(entry)
            finally:
                self.units.open.remove(letter)
        if is_zeros(made):
            return made_of_zeros()
        if isinstance(made, Listed):
            return Listed(made.entry, (letter, *made.order))
        if isinstance(made, Row):
            made = self.units.row(made)
        if isinstance(made, Single):
            return Listed(made, (letter, *((ALL,) if ALL in made.letters else ())))
        raise Unreadable("a list with an entry for each unit that is no number")

    def _listed_for_layers(self, entry: Any, loop: ast.comprehension) -> Items | None:
        """``[... for W in weights]``: an entry for each layer; None if it is no such list."""
        used = {node.id for node in ast.walk(entry) if isinstance(node, ast.Name)}
        is_counted = isinstance(loop.iter, ast.Call) and "range" in ast.unparse(loop.iter.func)
        if is_counted and used.isdisjoint({*counters_of(loop.target)} - {"_"}):
            return None  # room for a number of units
        if isinstance(loop.iter, ast.Call) and _has_only_numbers(loop.iter):
            return None  # a number of units
        rounds = rounds_of(loop.iter, self.for_layers)
        bindings = [bound(loop.target, one) for one in rounds or ()]
        if not bindings or None in bindings:
            return None
        made = []
        with self._own_names():
            for values in bindings:
                self.names.rounds_left -= 1
                if self.names.rounds_left < 0:
                    raise Unreadable("the code is too long")
                self.variables.update(values or {})
                made.append(self._or_broken(entry))
        return Items(made)

    @contextmanager
    def _own_names(self) -> Iterator[None]:
        """While a comprehension is read: the names that it gives values to are its own."""
        before = dict(self.variables)
        try:
            yield
        finally:
            self.variables.clear()
            self.variables.update(before)

    def bound_to_units(self, target: Any, over: Any) -> str | None:
        """Open a loop over units, and give its names their values; None if it is no such loop."""
        match over:
            case ast.Call(func=ast.Name(id="range" | "xrange"), args=bounds) if isinstance(
                target, ast.Name
            ):
                self.units.open.append(target.id)
                self.units.counts_some(target.id, bounds)
                self.variables.pop(target.id, None)
                return str(target.id)
            case ast.Call(func=ast.Name(id="enumerate"), args=[inside]):
                if not (isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name)):
                    return None
                letter, targets, arrays = target.elts[0].id, target.elts[1:], [inside]
            case ast.Call(func=ast.Name(id="zip"), args=[ast.Starred()]):
                letter, targets, arrays = self.units.new_letter(), [target], [over]
            case ast.Call(func=ast.Name(id="zip"), args=arrays) if isinstance(target, ast.Tuple):
                letter, targets = self.units.new_letter(), target.elts
            case ast.Name() | ast.Attribute() | ast.Subscript():
                letter, targets, arrays = self.units.new_letter(), [target], [over]
            case _:
                return None
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple) and len(arrays) == 1:
            match arrays[0]:
                case ast.Call(func=ast.Name(id="zip"), args=inner):
                    targets, arrays = targets[0].elts, inner
        has_part = any(isinstance(getattr(one, "slice", None), ast.Slice) for one in arrays)
        if len(targets) != len(arrays) or has_part:
            return None
        try:
            values = [self.turned_by_zip(one) or self.value(one) for one in arrays]
            entries = [self.units.entry(one, [letter]) for one in values]
        except Unreadable:
            return None
        self.variables.pop(letter, None)
        for name, one in zip(targets, entries, strict=True):
            if not isinstance(name, ast.Name):
                return None
            self.variables[name.id] = one
        self.units.open.append(letter)
        return letter


def _has_only_numbers(call: ast.Call) -> bool:
    return bool(call.args) and all(isinstance(a, ast.Constant) for a in call.args)


def made_of_zeros() -> Any:
    """An array that there is only made room for."""
    return ast.Call(ast.Attribute(quantity("np"), "zeros", ast.Load()), [constant(1)], [])


def kind_of(node: Any) -> str:
    """What a node is, in words."""
    return f"{type(node).__name__} ({ast.unparse(node)[:40]})"
