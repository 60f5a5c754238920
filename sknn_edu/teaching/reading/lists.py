"""Lists with an entry for each layer: ``activations.append(a)``, ``deltas.insert(0, delta)``."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from .by_unit import SAMPLES, Single
from .changes import Changes
from .names import is_of_gradients
from .syntax import dotted
from .unit_loops import Listed
from .values import Items, Unreadable


class Lists(Changes):
    """Fills lists, and says what the entries are."""

    def _append(self, function: Any, item: Any, *, in_front: bool = False) -> None:
        """``grads.append(...)``, ``grads.insert(0, ...)``."""
        stored, open_loops = self._value(function.value), self.expressions.units.open
        line = getattr(item, "lineno", 0)
        given = self._value(item)
        if open_loops and isinstance(given, Single | Listed) and self._append_row(function, given):
            return
        if open_loops and isinstance(value := given, Single):
            place = ast.Subscript(function.value, ast.Name(open_loops[-1], ast.Load()), ast.Load())
            self._store(place, value, line)
            return
        if not isinstance(stored, Items):
            return
        stored.is_whole = stored.is_whole and self.uncounted <= stored.made_in
        word = (dotted(function.value) or "").rpartition(".")[2]
        place_ = None if in_front or not stored.is_whole else len(stored.values)
        value = self._entry_of_list(word, place_, given, line)
        stored.values.insert(0 if in_front else len(stored.values), value)
        self.of_layers(stored)

    def _append_row(self, function: Any, given: Single | Listed) -> bool:
        """An entry of a matrix, or a row of it, in a loop in another; whether it is one."""
        letter = self.expressions.units.open[-1]
        key = dotted(function.value)
        entry, order = (given.entry, given.order) if isinstance(given, Listed) else (given, ())
        is_whole = isinstance(given, Single) and entry.letters <= {letter, SAMPLES}
        if key is None or is_whole or letter not in entry.letters:
            return False
        self.variables[key] = Listed(entry, (letter, *order))
        return True

    def _entry_of_list(self, word: str, place: int | None, value: Any, line: int) -> Any:
        """An entry of a list: the quantity that its numbers, its place or its shape say."""
        if isinstance(value, Listed):
            with suppress(Unreadable):
                value = self.expressions.units.whole(value.entry, value.order, None)
        if isinstance(value, Items) and len(value.values) == 2 and is_of_gradients(word):
            pair = zip(("grads_w", "grads_b"), value.values, strict=True)
            parts = [self._entry_of_list(family, None, part, line) for family, part in pair]
            return Items(parts, value.made_in, value.is_whole)
        if isinstance(value, Items) or not isinstance(value, ast.expr):
            return value
        family = self.names.family_of_list(word)
        recognition = self.names.recognition
        name = None
        if family in ("Z", "A") and place is not None:
            name = self.names.element(word, place)
        elif family in ("delta", "dW", "db") and not isinstance(value, ast.Name | ast.Constant):
            name = recognition.attempt(family, recognition.seen(value).shape)
        meant = self._meant(ast.Name("", ast.Store()), name, value)
        return value if meant is None else self.notes.recorded(meant, value, line)
