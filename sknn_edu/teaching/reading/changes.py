"""Changes in place in a student's code: ``W1 -= ...``, ``dZ[Z <= 0] = 0``."""

from __future__ import annotations

import ast
from typing import Any

from . import bias_column
from .notes import is_zeros
from .syntax import is_all_or_from_1, parts_of
from .unit_changes import UnitChanges
from .values import (
    CONTAINERS,
    Broken,
    Joined,
    Unreadable,
    checked,
    is_constant,
    is_labels,
    quantity,
)


class Changes(UnitChanges):
    """Changes what is stored."""

    def _change(self, target: Any, op: Any, node: Any, line: int) -> None:
        """``W1 -= ...``, ``dW2 /= m``, and ``probs[range(m), y] -= 1``."""
        change = self._value(node)
        if self._store_unit(target, change, line, op):
            return
        change = self._of_all_samples(target, change)
        if isinstance(target, ast.Subscript) and all(map(is_all_or_from_1, parts_of(target.slice))):
            before = self._value(target)
            if isinstance(before, ast.expr) and isinstance(change, ast.expr):
                self._store(target, checked(ast.BinOp(before, op, change)), line)
                return
        if isinstance(target, ast.Subscript) and self._is_mask(target) and not self._is_all(target):
            if isinstance(op, ast.Sub) and is_constant(change, int, float) and change.value == 1:
                before = self._value(target.value)
                self._replace(target.value, before, ast.Sub(), quantity("Y"), line)
            else:
                self._set_where(target, Broken("some entries of it are changed"), line)
            return
        target = target.value if self._is_all(target) else target
        before = self._value(target)
        if is_zeros(before) or self._is_new(target):
            self._store(target, change, line)
            return
        self._replace(target, before, op, change, line)

    def _of_all_samples(self, target: Any, change: Any) -> Any:
        """What is added in a loop over the samples, for all of them."""
        by_sample = self.expressions.by_sample
        if by_sample is None or not isinstance(change, ast.expr):
            return change
        _, name = self._place(target.value if self._is_all(target) else target)
        name = self._field_name(target) or name
        if str(name).startswith(("W", "dW")):
            if isinstance(change, ast.BinOp) and by_sample.is_gradient(change):
                return by_sample.gradient(change)
            return change
        return by_sample.summed(change) if str(name).startswith(("b", "db")) else change

    def _is_all(self, target: Any) -> bool:
        """Whether it is all of an array but for an axis of one entry, ``db[:, 0]``."""
        match target:
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(None, None), ast.Constant(0)])):
                return True
        return False

    def _replace(self, target: Any, before: Any, op: Any, change: Any, line: int) -> None:
        if isinstance(before, Joined) or isinstance(change, Joined):
            recognition = self.names.recognition
            self._store(target, bias_column.combined(before, op, change, recognition), line)
            return
        for value in (before, change):
            if isinstance(value, CONTAINERS):
                change = Broken("it is no array")
        broken = next((v for v in (before, change) if isinstance(v, Broken)), None)
        try:
            value = broken or checked(ast.BinOp(before, op, change))
        except Unreadable as error:
            value = Broken(str(error))
        key, name = self._place(target)
        if name is not None and name[0] in "ZA" and isinstance(value, ast.expr):
            is_changed = isinstance(op, ast.Sub) or not isinstance(before, ast.Name)
            if is_changed and self._meant(target, None, value) is None:
                self.variables[key] = value  # no longer what its name says
                return
        self._store(target, value, line)

    def _is_mask(self, target: ast.Subscript) -> bool:
        """Whether it is some entries of an array: ``dZ[Z <= 0]``, ``probs[range(m), y]``."""
        if isinstance(target.slice, ast.Compare | ast.Tuple | ast.Slice):
            return True
        index = self._value(target.slice)
        if isinstance(index, ast.Compare):
            return True
        return self.expressions.by_sample is not None and is_labels(index)

    def _is_of_labels(self, target: ast.Subscript) -> bool:
        """Whether it is the entry of each sample that its label says: ``Z[range(m), y]``."""
        match target.slice:
            case ast.Tuple(elts=[_, _]):
                return any(is_labels(self._value(part)) for part in target.slice.elts)
        return False

    def _set_where(self, target: ast.Subscript, value: Any, line: int) -> None:
        """``dZ[Z <= 0] = 0``: where the condition holds, the value, else what was there."""
        before = self._value(target.value)
        condition: Any = Broken("a part of it is set")
        if is_zeros(before) and self._is_of_labels(target) and isinstance(value, ast.expr):
            one_hot = self.expressions.one_hot()
            is_one = isinstance(value, ast.Constant) and value.value == 1
            value = one_hot if is_one else ast.BinOp(value, ast.Mult(), one_hot)
            self.variables[self._place(target.value)[0]] = value
            return
        _, name = self._place(target.value)
        if self.notes.formula(name) is not None:
            before = self.notes.formula(name)
        if isinstance(index := self._value(target.slice), ast.Compare):
            condition = index
        parts = [condition, value, before]
        broken = next((p for p in parts if not isinstance(p, ast.expr)), None)
        if broken is not None:
            reason = broken.reason if isinstance(broken, Broken) else "it is no array"
            self._store(target.value, Broken(reason), line)
            return
        self._store(target.value, ast.Call(quantity("where"), parts, []), line)
