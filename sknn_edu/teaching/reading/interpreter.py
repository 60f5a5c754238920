"""Statements in their order: what each quantity is computed from, with true values inside."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from ...formulas.quantity import Quantity
from . import bias_column
from .by_sample import BySample
from .expressions import Expressions, is_all_or_from_1, parts_of
from .loops import counters_of, rounds_of
from .names import Names
from .notes import GIVEN, Notes, is_zeros
from .roles import rate_of, roles
from .syntax import as_int, dotted, helper_of, is_int
from .values import (
    CONTAINERS,
    Broken,
    Cache,
    Class,
    Entries,
    Helper,
    Instance,
    Items,
    Joined,
    Unreadable,
    checked,
    contains,
    is_constant,
    is_labels,
    marked,
    quantity,
    text_of,
)
from .words import family_of_word

MAX_STEPS, MAX_CALLS = 5000, 8


class _Returned(Exception):
    """A function has come to its end."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass
class Budget:
    """How many statements may still be read, in all functions together; which were called."""

    steps: int = MAX_STEPS
    called: dict[str, set[str]] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    n_layers: int = 0

    def is_for_any_layer(self, name: str) -> bool:
        """Whether a function was called with different arguments, as those for a layer are."""
        return len(self.called.get(name, ())) > 1


@dataclass
class Interpreter:
    """Reads the statements of one function, or of the module.

    Attributes
    ----------
    notes : Notes
        What it has found.
    """

    names: Names
    helpers: dict[str, Helper]
    budget: Budget
    variables: dict[str, Any] = field(default_factory=dict)
    depth: int = 0
    in_rounds: bool = False

    def __post_init__(self) -> None:
        self.parameters = set(self.variables)
        self.notes = Notes(self.names.known)
        self.expressions = Expressions(
            self.names, self.variables, {**self.helpers, **self.budget.classes}, self.call
        )

    def run(self, body: list[ast.stmt]) -> Any:
        """Read a body; returns what it returns."""
        try:
            for statement in body:
                self.statement(statement)
        except _Returned as end:
            return end.value
        return ast.Constant(None)

    def returned(self, called: str, value: Any, body: list[ast.stmt]) -> None:
        """Note what a function returns whose name says what that is: ``def grad_w2(...)``."""
        name = self.names.quantity(called) if called else None
        if name is None or Quantity.of(name).family not in ("dW", "db"):
            return
        if isinstance(value, ast.expr) and not isinstance(value, ast.Constant):
            self.notes.recorded(name, value, getattr(body[-1], "lineno", 0))

    def created(self, of: Class, arguments: list[Any], options: dict[str, Any]) -> Instance:
        """A new object of a class of the file."""
        made = Instance(of)
        if "__init__" in of.methods:
            self.call(of.methods["__init__"], [made, *arguments], options)
        return made

    def call(self, helper: Helper | Class, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a function of the file returns for these arguments."""
        if isinstance(helper, Class):
            return self.created(helper, arguments, options)
        if self.depth >= MAX_CALLS:
            raise Unreadable(f"{helper.name} calls too many functions, or itself")
        self.budget.called.setdefault(helper.name, set()).add(str(list(map(_shown, arguments))))
        parameters = helper.parameters
        if parameters[:1] == ["self"] and len(arguments) < len(parameters):
            parameters = parameters[1:]
        variables = dict(zip(parameters, arguments, strict=False)) | options
        for name, default in helper.defaults.items():
            variables.setdefault(name, self.expressions.value(default))
        inside = Interpreter(self.names, self.helpers, self.budget, variables, self.depth + 1)
        inside.expressions.by_sample = self.expressions.by_sample
        if isinstance(variables.get("self"), Instance):
            inside.notes = self.notes
        return inside.run(helper.body)

    # -- statements -------------------------------------------------------------------------------

    def statement(self, node: Any) -> None:
        """Read one statement."""
        self.budget.steps -= 1
        if self.budget.steps < 0:
            raise Unreadable("the code is too long")
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value, node.lineno)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._assign(target, value, node.lineno)
            case ast.AugAssign(target=target, op=op, value=value):
                self._change(target, op, value, node.lineno)
            case ast.Return(value=value):
                raise _Returned(self._returned(value, getattr(node, "lineno", 0)))
            case ast.For():
                self._loop(node)
            case ast.If(test=test, body=body, orelse=orelse):
                decided = self.expressions.decided(test)
                self._all(orelse if decided is False else body)
            case ast.While(body=body) | ast.With(body=body) | ast.Try(body=body):
                self._all(body)
            case ast.FunctionDef(name=name, args=arguments, body=body):
                self.variables[name] = helper_of(name, arguments, body)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[item]) as call):
                self._append(call.func, item)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(attr="insert"), args=[_, item]) as call
            ):
                self._append(call.func, item, in_front=True)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner)) as call) if (
                self.expressions.instance(owner) is not None
            ):
                self._value(call)
            case ast.Expr(value=ast.Call(keywords=keywords) as call):
                self._call_for_effect(call, keywords, node.lineno)

    def _all(self, body: list[Any]) -> None:
        for statement in body:
            self.statement(statement)

    def _loop(self, node: ast.For) -> None:
        """Once for each layer, where they are known and the body asks for them, else once."""
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        counters = counters_of(targets)
        asked = any(
            isinstance(part, ast.Name) and part.id in counters
            for statement in node.body
            for part in ast.walk(statement)
        )
        is_known = asked and len(counters) == len(targets)
        rounds = rounds_of(node.iter, self.expressions) if is_known else None
        before = self.in_rounds, self.expressions.by_sample
        self.in_rounds = self.in_rounds or len(rounds or ()) > 1
        if rounds is None and is_known and self.names.recognition.see is not None:
            self.expressions.by_sample = BySample(self.names.recognition)
        for values in rounds or [[]]:
            for target, value in zip(counters, values, strict=False):
                self.variables[target] = value
            self._all(node.body)
        self.in_rounds, self.expressions.by_sample = before

    def _append(self, function: Any, item: Any, *, in_front: bool = False) -> None:
        """``grads.append(...)``, ``grads.insert(0, ...)``."""
        stored = self._value(function.value)
        if isinstance(stored, Items):
            stored.values.insert(0 if in_front else len(stored.values), self._value(item))

    def _call_for_effect(self, call: ast.Call, keywords: list[ast.keyword], line: int) -> None:
        """``np.dot(A, B, out=C)`` gives C a value."""
        for keyword in keywords:
            if keyword.arg == "out":
                self._assign(keyword.value, call, line)

    def _returned(self, node: Any, line: int) -> Any:
        """What is returned; a dict of formulas gives its entries."""
        if node is None:
            return ast.Constant(None)
        value = self._value(node)
        if isinstance(value, Entries):
            self._entries("grads", value, line)
        if isinstance(value, Broken) and self.depth:
            raise Unreadable(value.reason)
        return value

    # -- assignments ------------------------------------------------------------------------------

    def _assign(self, target: Any, node: Any, line: int) -> None:
        """Give a name, an attribute, an entry or several of them a value."""
        self._store(target, self._value(node), line)

    def _value(self, node: Any) -> Any:
        try:
            return self.expressions.value(node)
        except Unreadable as error:
            return Broken(str(error))

    def _store(self, target: Any, value: Any, line: int) -> None:
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
        if self._is_field(target):
            self._store_field(target, value, line)
            return
        key, name = self._place(target)
        if isinstance(value, Instance | Class):
            self.variables[key] = value
            return
        if isinstance(value, Joined):
            self._store_joined(target, value, line)
            return
        if isinstance(value, ast.expr):
            self.names.recognition.notice_turned(value)
            if self._is_across(key, value, line):
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

    def _is_across(self, key: str, value: Any, line: int) -> bool:
        """Whether it is the transpose of a quantity; then it is stored as that."""
        if isinstance(value, ast.Name | ast.Constant):
            return False
        names = self.names.recognition.seen(value).across
        if not names:
            return False
        inner = self.notes.recorded(names[0], ast.Attribute(value, "T", ast.Load()), line)
        self.variables[key] = ast.Attribute(inner, "T", ast.Load())
        return True

    def _store_joined(self, target: Any, value: Joined, line: int) -> None:
        """An array with a column in front: W with b beside it, their gradients, or A with ones."""
        key, name = self._place(target)
        family, layer = Quantity.of(name or "").family, Quantity.of(name or "").number
        if family in ("W", "dW"):
            of_bias = f"{family.replace('W', 'b')}{layer}"
            first = value.first
            if of_bias in self.names.known and isinstance(first, ast.expr):
                first = self.notes.recorded(of_bias, first, line)
            self.variables[key] = Joined(first, self.notes.recorded(str(name), value.rest, line))
            return
        name = name if family in ("A", "X") else None
        meant = self._meant(ast.Name("", ast.Store()), name, value.rest)
        if meant is None or meant in GIVEN:
            self.variables[key] = value
        else:
            self.variables[key] = Joined(value.first, self.notes.recorded(meant, value.rest, line))

    def _is_field(self, target: Any) -> bool:
        """Whether it is an attribute of an object of the file."""
        match target:
            case ast.Attribute(value=owner):
                return isinstance(self.expressions.instance(owner), Instance)
        return False

    def _store_field(self, target: ast.Attribute, value: Any, line: int) -> None:
        """``self.dW = ...`` in an object that is one layer."""
        owner, word = self.expressions.instance(target.value), target.attr
        assert owner is not None
        family = family_of_word(word)
        if family == "W" and owner.layer is None:
            self.budget.n_layers += 1
            owner.layer = self.budget.n_layers
        name = f"{family}{owner.layer}" if family and owner.layer else None
        if name is None or name not in self.names.known:
            is_array = isinstance(value, ast.expr) and not isinstance(
                value, ast.Name | ast.Constant
            )
            seen = self.names.recognition.seen(value).names if is_array else ()
            owner.fields[word] = self.notes.recorded(seen[0], value, line) if seen else value
        elif family in ("W", "b"):
            is_first = word not in owner.fields
            owner.fields[word] = (
                quantity(name) if is_first else self.notes.recorded(name, value, line)
            )
        elif is_zeros(value) or (isinstance(value, ast.Constant) and value.value is None):
            owner.fields[word] = value
        else:
            self.notes.recorded(name, value, line)
            owner.fields[word] = quantity(name)

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
            if is_other and is_forward and value.id[0] in "ZAXY" and value.id != name:
                if word not in self.names.assigned_again:
                    self._learn(word, value.id)
                return None
            return name
        for unknown, role in roles(value, self.names.L, self.names.known):
            recognition.learn(unknown, role)
        if name in GIVEN:
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

    # -- changes in place -------------------------------------------------------------------------

    def _change(self, target: Any, op: Any, node: Any, line: int) -> None:
        """``W1 -= ...``, ``dW2 /= m``, and ``probs[range(m), y] -= 1``."""
        change = self._value(node)
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
        if name is not None and name[0] == "W" or str(name).startswith("dW"):
            return by_sample.gradient(change) if by_sample.is_gradient(change) else change
        return by_sample.summed(change) if str(name).startswith(("b", "db")) else change

    def _is_all(self, target: Any) -> bool:
        """Whether it is all of an array but for an axis of one entry, ``db[:, 0]``."""
        match target:
            case ast.Subscript(slice=ast.Tuple(elts=[ast.Slice(None, None), ast.Constant(0)])):
                return True
        return False

    def _is_new(self, target: Any) -> bool:
        """Whether a gradient is only now begun: ``nabla_w[-1] += ...`` on zeros."""
        _, name = self._place(target)
        return name is not None and self.notes.is_asked(name) and name not in self.notes.found

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
        return self.expressions.by_sample is not None and is_labels(self._value(target.slice))

    def _is_of_labels(self, target: ast.Subscript) -> bool:
        """Whether it is the entry of each sample that its label says: ``Z[range(m), y]``."""
        match target.slice:
            case ast.Tuple(elts=[_, labels] | [labels, _]):
                return any(is_labels(self._value(part)) for part in target.slice.elts)
        return False

    def _set_where(self, target: ast.Subscript, value: Any, line: int) -> None:
        """``dZ[Z <= 0] = 0``: where the condition holds, the value, else what was there."""
        before, condition = self._value(target.value), Broken("a part of it is set")
        if is_zeros(before) and self._is_of_labels(target) and isinstance(value, ast.expr):
            one_hot = self.expressions.one_hot()
            is_one = is_constant(value, int, float) and value.value == 1
            value = one_hot if is_one else ast.BinOp(value, ast.Mult(), one_hot)
            self.variables[self._place(target.value)[0]] = value
            return
        _, name = self._place(target.value)
        if self.notes.formula(name) is not None:
            before = self.notes.formula(name)
        if isinstance(target.slice, ast.Compare):
            condition = self._value(target.slice)
        parts = [condition, value, before]
        broken = next((p for p in parts if not isinstance(p, ast.expr)), None)
        if broken is not None:
            reason = broken.reason if isinstance(broken, Broken) else "it is no array"
            self._store(target.value, Broken(reason), line)
            return
        self._store(target.value, ast.Call(quantity("where"), parts, []), line)


def _shown(value: Any) -> str:
    """An argument, to tell it from others."""
    return text_of(value) if isinstance(value, ast.expr) else str(id(value))
