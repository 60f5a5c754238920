"""Assignments in a student's code: what a name is from then on, and what is noted of it."""

from __future__ import annotations

import ast
from typing import Any

from ...formulas.quantity import Quantity
from .notes import GIVEN, SETTINGS, is_zeros
from .objects import Objects
from .roles import rate_of, roles
from .syntax import as_int, dotted, is_all_or_from_1, is_int, parts_of
from .values import (
    Broken,
    Cache,
    Class,
    Entries,
    Instance,
    Items,
    Joined,
    contains,
    is_constant,
    marked,
    quantity,
)


class Assignments(Objects):
    """Gives names, attributes and entries their values."""

    def _is_mask(self, target: ast.Subscript) -> bool:
        """Whether it is some entries of an array."""
        raise NotImplementedError

    def _set_where(self, target: ast.Subscript, value: Any, line: int) -> None:
        """Give some entries of an array a value."""
        raise NotImplementedError

    def _assign(self, target: Any, node: Any, line: int) -> None:
        """Give a name, an attribute, an entry or several of them a value."""
        in_loop = self.expressions.units.open or self.expressions.by_sample is not None
        if in_loop and isinstance(node, ast.BinOp):
            is_sum = isinstance(node.op, ast.Add | ast.Sub)
            if is_sum and ast.unparse(node.left) == ast.unparse(target):
                self._change(target, node.op, node.right, line)
                return
        value = self.of_layers(self._value(node))
        if isinstance(value, Items) and isinstance(node, ast.List | ast.Tuple | ast.ListComp):
            self._new_list(target, value, line)
        self._store(target, value, line)

    def _new_list(self, target: Any, value: Items, line: int) -> None:
        """Notice where a list was made, and what is in it."""
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        lists = value.values if len(parts) > 1 else [value]
        for part, one in zip(parts, lists, strict=False):
            if isinstance(one, Items):
                one.made_in = self.uncounted
                word = (dotted(part) or "").rpartition(".")[2]
                entries = enumerate(one.values)
                one.values = [self._entry_of_list(word, i, e, line) for i, e in entries]

    def _entry_of_list(self, word: str, place: int | None, value: Any, line: int) -> Any:
        """An entry of a list: the quantity that its numbers, its place or its shape say."""
        raise NotImplementedError

    def _change(self, target: Any, op: Any, node: Any, line: int) -> None:
        """Change what is stored."""
        raise NotImplementedError

    def _store_unit(self, target: Any, value: Any, line: int, op: Any = None) -> bool:
        """Store, or add, a single entry in a loop over units; whether it is one."""
        raise NotImplementedError

    def _store(self, target: Any, value: Any, line: int) -> None:
        if self._store_unit(target, value, line):
            return
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value, line)
            return
        if isinstance(target, ast.Starred):
            target = target.value
        if isinstance(target, ast.Subscript) and self._is_mask(target):
            if all(map(is_all_or_from_1, parts_of(target.slice))):
                before = self._value(target.value)
                value = Joined(before.first, value) if isinstance(before, Joined) else value
                self._store(target.value, value, line)
                return
            self._set_where(target, value, line)
            return
        if self._is_entry(target, value, line):
            return
        if self._is_field(target):
            self._store_field(target, value, line)
            return
        key, name = self._place(target)
        by_sample = self.expressions.by_sample
        if self.names.recognition.one_by_one and by_sample and str(name).startswith("db"):
            value = by_sample.summed(value) if isinstance(value, ast.expr) else value
        is_sure = by_sample is not None and by_sample.is_sure
        if is_sure and by_sample and str(name).startswith("dW") and by_sample.is_gradient(value):
            value = by_sample.gradient(value)
        if isinstance(value, Instance | Class):
            self.variables[key] = value
            return
        if isinstance(value, Joined):
            self._store_joined(target, value, line)
            return
        if isinstance(value, ast.expr):
            self.names.recognition.notice_turned(value)
            if (across := self._across(value, line)) is not None:
                self.variables[key] = across
                return
            name = self._meant(target, name, value)
        if isinstance(value, Cache):
            inside = self.names.of_layer(key, value.layer)
            self.variables[key] = quantity(inside) if inside else value
            return
        if isinstance(value, Entries) and name is None:
            self._entries(key, value, line)
        stored = value if name is None else self.notes.recorded(name, value, line)
        self.variables[key] = marked(stored, value)

    def _across(self, value: Any, line: int) -> Any:
        """The transpose of a quantity, by its name, if a value is one; else None."""
        if isinstance(value, ast.Name | ast.Constant):
            return None
        names = self.names.recognition.seen(value).across
        if not names:
            return None
        inner = self.notes.recorded(names[0], ast.Attribute(value, "T", ast.Load()), line)
        return ast.Attribute(inner, "T", ast.Load())

    def _store_joined(self, target: Any, value: Joined, line: int) -> None:
        """An array with a column in front: W with b beside it, their gradients, or A with ones."""
        key, name = self._place(target)
        family, layer = Quantity.of(name or "").family, Quantity.of(name or "").number
        if family in ("W", "dW") and not isinstance(value.first, ast.Constant):
            of_bias = f"{family.replace('W', 'b')}{layer}"
            first = value.first
            if of_bias in self.names.known and isinstance(first, ast.expr):
                first = self.notes.recorded(of_bias, first, line)
            self.variables[key] = Joined(first, self.notes.recorded(str(name), value.rest, line))
            return
        if (across := self._across(value.rest, line)) is not None:
            self.variables[key] = Joined(value.first, across)
            return
        name = name if family in ("A", "X") else None
        meant = self._meant(ast.Name("", ast.Store()), name, value.rest)
        of_ones = isinstance(value.first, ast.Constant) and value.first.value == 1
        if of_ones and isinstance(value.rest, ast.Name) and value.rest.id in self.names.known:
            self._learn(key.rpartition(".")[2], value.rest.id)  # where it is given to a function
        if meant is None or meant in GIVEN:
            self.variables[key] = value
        else:
            self.variables[key] = Joined(value.first, self.notes.recorded(meant, value.rest, line))

    def _unpack(self, targets: list[Any], value: Any, line: int) -> None:
        """``dW1, db1 = ...``; of something that is not known each name stands for itself."""
        values: list[Any] = [None] * len(targets)
        if isinstance(value, Items) and len(value.values) == len(targets):
            values = value.values
        if isinstance(value, Cache):
            values = [value] * len(targets)
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            numbers = range(len(targets))
            values = [ast.Subscript(value, ast.Constant(i), ast.Load()) for i in numbers]
        for target, part in zip(targets, values, strict=True):
            if part is not None:
                self._store(target, part, line)
                continue
            if isinstance(target, ast.Tuple | ast.List | ast.Starred):
                continue
            key, name = self._place(target)
            reason = value.reason if isinstance(value, Broken) else ""
            if name is not None and self.notes.is_read(value):
                self.variables[key] = quantity(name)
            elif name is not None and reason and self.notes.is_asked(name):
                self.variables[key] = self.notes.recorded(name, value, line)
            elif name is not None:
                self.variables[key] = quantity(name)
            else:
                self.variables[key] = Broken(reason) if reason else ast.Name(key, ast.Load())

    def _meant(self, target: Any, name: str | None, value: Any) -> str | None:
        """The quantity that a target is, by its name and by the numbers of its value."""
        recognition = self.names.recognition
        word = (dotted(target) or "").rpartition(".")[2]
        current = self.variables.get(dotted(target) or "")
        if isinstance(current, ast.Name) and current.id.startswith(("dA", "delta")):
            name = current.id if name is not None and name[0] in "ZA" else name
        is_forward = name is None or name[0] in "ZA"
        if isinstance(value, ast.Name | ast.Constant) or is_zeros(value):
            is_other = isinstance(value, ast.Name) and value.id in self.names.known
            if is_other and value.id != name and self.names.is_only_learned(word):
                recognition.learn(word, value.id)  # it was one thing, and now it is another
                return None
            if is_other and is_forward and value.id[0] in "ZAXY" and value.id != name:
                if word not in self.names.assigned_again:
                    self._learn(word, value.id)
                return None
            return name
        if self.names.is_only_learned(word):  # what it was before; now it may be the next one
            name = current.id if isinstance(current, ast.Name) else None
        for unknown, role in roles(value, self.names.L, self.names.known, recognition.in_rows):
            recognition.learn(unknown, role)
        if name in GIVEN or name in SETTINGS:
            return name
        if name is not None and Quantity.of(name).kept_as is not None:
            return name
        if name is not None and name[0] in "Wb":
            rate = None if contains(value, "learning_rate") else rate_of(value, self.names.known)
            if rate is not None and contains(value, name):
                recognition.learn(rate, "learning_rate")
            return name
        if name is not None and name.startswith(("dW", "db")) and contains(value, "learning_rate"):
            return None  # it is the step, not the gradient
        meant = recognition.meant(name, value)
        if self.depth:  # a function may be for any layer
            if recognition.see is None:
                return name
            is_seen = meant is not None and meant in recognition.seen(value).names
            return meant if is_seen and is_forward and str(meant)[0] in "ZA" else None
        if name is None and (family := self.names.family_of(word)) is not None:
            if meant is None or (family == "delta" and meant.startswith("dA")):
                meant = recognition.attempt(family, recognition.seen(value).shape)
            before = Quantity.of(current.id) if isinstance(current, ast.Name) else Quantity("")
            if meant is None and before.family == family == "delta" and before.number > 1:
                return str(before.at(before.number - 1))  # the next one on the way back
            return meant
        if meant is not None:
            self._learn(word, meant)
        return meant

    def _learn(self, word: str, name: str) -> None:
        """Remember what a name stands for, outside of what is for any layer."""
        if word and not self.depth and not self.in_rounds:
            self.names.recognition.learn(word, name)

    def _place(self, target: Any) -> tuple[str, str | None]:
        """The key of a variable, and the quantity that it is, if it is one."""
        if isinstance(target, ast.Subscript):
            path = dotted(target.value) or "?"
            word = path.rpartition(".")[2]
            index = self._value(target.slice)
            if is_constant(index, str):
                return f"{path}[{index.value!r}]", self.names.entry(word, index.value)
            if is_int(index):
                number = as_int(index)
                return f"{path}[{number!r}]", self.names.element(word, number)
            return f"{path}[?]", None
        path = dotted(target) or "?"
        name = self.names.quantity(path.rpartition(".")[2])
        if self.depth and (path in self.parameters or name in GIVEN):
            return path, None  # x in a helper is not the X of the network
        return path, name

    def _entries(self, container: str, entries: Entries, line: int) -> None:
        """The formulas in a dict, each for its quantity."""
        word = container.rpartition(".")[2]
        for key, value in entries.values.items():
            name = self.names.entry(word, key)
            if name is not None and self.notes.is_asked(name):
                entries.values[key] = self.notes.recorded(name, value, line)
