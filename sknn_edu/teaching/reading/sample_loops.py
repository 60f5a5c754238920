"""Which loops take the samples one by one, and which count units."""

from __future__ import annotations

import ast

from .lists import Lists
from .syntax import parts_of
from .values import contains


class SampleLoops(Lists):
    """Tells the two kinds of loops apart."""

    def is_index(self, node: ast.For, counters: list[str]) -> bool:
        """Whether a counter is an index in the loop, unlike that of epochs; or has no range."""
        return "range" not in ast.unparse(node.iter) or any(
            isinstance(part, ast.Subscript)
            and any(isinstance(i, ast.Name) and i.id in counters for i in parts_of(part.slice))
            for statement in node.body
            for part in ast.walk(statement)
        )

    def is_over_samples(self, node: ast.For, counters: list[str]) -> bool:
        """Whether a loop takes the samples one by one."""
        arguments = node.iter.args if isinstance(node.iter, ast.Call) else [node.iter]
        values = [self._value(argument) for argument in arguments]
        if any(self._counts_units(counter, node.body) for counter in counters):
            return False
        if any(isinstance(v, ast.expr) and contains(v, "X", "Y", "m") for v in values):
            of_features = "shape[1]" if self.names.recognition.in_rows else "shape[0]"
            bounds = [ast.unparse(v) for v in values if isinstance(v, ast.expr)]
            return "range" not in ast.unparse(node.iter) or not any(
                bound.endswith(of_features) for bound in bounds
            )
        inside = [part for statement in node.body for part in ast.walk(statement)]
        stores_entry = self.names.has_neurons or any(
            isinstance(part, ast.Subscript)
            and isinstance(part.ctx, ast.Store)
            and any(isinstance(i, ast.Name) and i.id in counters for i in parts_of(part.slice))
            for part in inside
        )
        inputs = ("X",) if stores_entry else ("X", "Y")  # d[k] = a[k] - y[k] is about units
        place = 0 if self.names.recognition.in_rows else -1
        return any(
            isinstance(part, ast.Subscript)
            and isinstance(index := parts_of(part.slice)[place], ast.Name)
            and index.id in counters
            and isinstance(array := self._value(part.value), ast.Name)
            and array.id in inputs
            for part in inside
        )

    def _counts_units(self, counter: str, body: list[ast.stmt]) -> bool:
        """Whether a counter is an index of weights, or of a gradient by them."""
        for part in (part for statement in body for part in ast.walk(statement)):
            if not isinstance(part, ast.Subscript):
                continue
            indices, array = parts_of(part.slice), part.value
            while isinstance(array, ast.Subscript):
                indices, array = [*parts_of(array.slice), *indices], array.value
            if any(isinstance(index, ast.Name) and index.id == counter for index in indices):
                name = self._place(array)[1] or ""
                if name[:1] in ("W", "b") or name[:2] in ("dW", "db"):
                    return True
        return False
