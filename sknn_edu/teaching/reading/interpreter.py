"""Statements in their order: what each quantity is computed from, with true values inside."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from typing import Any

from ...formulas.quantity import Quantity
from .expressions import Expressions, as_int, dotted, helper_of, is_int
from .names import Names
from .values import (
    CONTAINERS,
    Broken,
    Cache,
    Entries,
    Helper,
    Items,
    Unreadable,
    checked,
    contains,
    is_constant,
    quantity,
)

MAX_STEPS, MAX_CALLS, MAX_UNROLLED = 5000, 8, 30
ASKED = {"Z", "A", "dA", "delta", "dW", "db"}
GIVEN = {"X", "Y", "m", "alpha", "learning_rate", "l1_ratio", "w"}


@dataclass
class Found:
    """What a quantity is computed from in the code, or why that cannot be read."""

    line: int
    formula: Any = None
    reason: str = ""


class _Returned(Exception):
    """A function has come to its end."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass
class Budget:
    """How many statements may still be read, in all functions together."""

    steps: int = MAX_STEPS


@dataclass
class Interpreter:
    """Reads the statements of one function, or of the module.

    Attributes
    ----------
    found : dict of str to Found
        By the name of the quantity.
    """

    names: Names
    helpers: dict[str, Helper]
    budget: Budget
    variables: dict[str, Any] = field(default_factory=dict)
    depth: int = 0
    found: dict[str, Found] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parameters = set(self.variables)
        self.expressions = Expressions(self.names, self.variables, self.helpers, self.call)

    def run(self, body: list[ast.stmt]) -> Any:
        """Read a body; returns what it returns."""
        try:
            for statement in body:
                self.statement(statement)
        except _Returned as end:
            return end.value
        return ast.Constant(None)

    def call(self, helper: Helper, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a function of the file returns for these arguments."""
        if self.depth >= MAX_CALLS:
            raise Unreadable(f"{helper.name} calls too many functions, or itself")
        parameters = helper.parameters
        if parameters[:1] == ["self"] and len(arguments) < len(parameters):
            parameters = parameters[1:]
        variables = dict(zip(parameters, arguments, strict=False)) | options
        for name, default in helper.defaults.items():
            variables.setdefault(name, self.expressions.value(default))
        inside = Interpreter(self.names, self.helpers, self.budget, variables, self.depth + 1)
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

    def _all(self, body: list[Any]) -> None:
        for statement in body:
            self.statement(statement)

    def _loop(self, node: ast.For) -> None:
        """Once for each number of a known range that counts layers, else once."""
        used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} if node.body else set()
        numbers = self._range(node.iter)
        if isinstance(node.target, ast.Name) and node.target.id in used and numbers is not None:
            counts = any(
                isinstance(n, ast.Name) and n.id == node.target.id
                for statement in node.body
                for n in ast.walk(statement)
            )
            if counts and len(numbers) <= MAX_UNROLLED:
                for number in numbers:
                    self.variables[node.target.id] = ast.Constant(number)
                    self._all(node.body)
                return
        self._all(node.body)

    def _range(self, node: Any) -> list[int] | None:
        """The numbers of ``range(...)``, also reversed; None if they are not known."""
        match node:
            case ast.Call(func=ast.Name(id="reversed"), args=[inside]):
                numbers = self._range(inside)
                return None if numbers is None else numbers[::-1]
            case ast.Call(func=ast.Name(id="range" | "xrange"), args=arguments):
                try:
                    bounds = [as_int(self.expressions.value(a)) for a in arguments]
                    numbers_ = range(*bounds)
                except (Unreadable, TypeError, ValueError, AttributeError):
                    return None
                return list(numbers_) if len(numbers_) <= MAX_UNROLLED else None
        return None

    def _append(self, function: Any, item: Any) -> None:
        """``grads.append(...)``."""
        stored = self.variables.get(dotted(function.value) or "")
        if isinstance(stored, Items):
            stored.values.append(self._value(item))

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
            self._set_where(target, value, line)
            return
        key, name = self._place(target)
        if isinstance(value, Cache):
            inside = self.names.of_layer(key, value.layer)
            self.variables[key] = quantity(inside) if inside else value
            return
        if isinstance(value, Entries) and name is None:
            self._entries(key, value, line)
        self.variables[key] = value if name is None else self._recorded(name, value, line)

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
            if name is not None and self._is_read(value):
                self.variables[key] = quantity(name)
            elif name is not None and reason and self._is_asked(name):
                self.variables[key] = self._recorded(name, value, line)
            elif name is not None:
                self.variables[key] = quantity(name)
            else:
                self.variables[key] = Broken(reason) if reason else ast.Name(key, ast.Load())

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

    def _recorded(self, name: str, value: Any, line: int) -> Any:
        """Note what a quantity is computed from; from now on its name means its true value."""
        family = Quantity.of(name).family
        if isinstance(value, ast.Name) and value.id == name:
            return value
        if name in GIVEN:
            return value if self._is_computed(name, value) else quantity(name)
        if family in ("W", "b"):
            return self._updated(name, value, line)
        if not self._is_asked(name) or self._is_read(value) or is_zeros(value):
            return quantity(name)
        self._note(name, value, line)
        # Some call the error a loss; no formula of a derivative has the loss in it.
        return value if name == "loss" else quantity(name)

    def _is_computed(self, name: str, value: Any) -> bool:
        """Whether m, X or Y get another value here than the network's: ``m = X.shape[1]``."""
        if name not in ("m", "X", "Y") or not isinstance(value, ast.expr):
            return False
        used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        return name not in used and not used.isdisjoint(self.names.known)

    def _updated(self, name: str, value: Any, line: int) -> Any:
        """A parameter after its step, if the value is one; else its first value, the network's."""
        if isinstance(value, (*CONTAINERS, Broken)):
            return quantity(name)
        if contains(value, name, f"d{name}"):
            if isinstance(value, ast.Name):
                return value
            self._note(f"{name}_next", value, line)
            return quantity(f"{name}_next")
        return quantity(name)

    def _note(self, name: str, value: Any, line: int) -> None:
        if isinstance(value, CONTAINERS):
            value = Broken("it is no array")
        if isinstance(value, Broken):
            self.found.setdefault(name, Found(line, reason=value.reason))
            return
        if contains(value, name) and name in self.found and self.found[name].formula is not None:
            value = _with(value, name, self.found[name].formula)
        try:
            self.found[name] = Found(line, checked(value))
        except Unreadable as error:
            self.found[name] = Found(line, reason=str(error))

    def _entries(self, container: str, entries: Entries, line: int) -> None:
        """The formulas in a dict, each for its quantity."""
        word = container.rpartition(".")[2]
        for key, value in entries.values.items():
            name = self.names.entry(word, key)
            if name is not None and self._is_asked(name):
                entries.values[key] = self._recorded(name, value, line)

    def _is_asked(self, name: str) -> bool:
        return Quantity.of(name).family in ASKED or name == "loss"

    def _is_read(self, value: Any) -> bool:
        """Whether something is only taken from where it was stored, and not computed."""
        if isinstance(value, ast.Subscript | ast.Attribute):
            return not contains(value, *self.names.known)
        if isinstance(value, ast.Name):
            return value.id not in self.names.known
        return isinstance(value, ast.Constant) and value.value is None

    # -- changes in place -------------------------------------------------------------------------

    def _change(self, target: Any, op: Any, node: Any, line: int) -> None:
        """``W1 -= ...``, ``dW2 /= m``, and ``probs[range(m), y] -= 1``."""
        change = self._value(node)
        if isinstance(target, ast.Subscript) and self._is_mask(target):
            if isinstance(op, ast.Sub) and is_constant(change, int, float) and change.value == 1:
                before = self._value(target.value)
                self._replace(target.value, before, ast.Sub(), quantity("Y"), line)
            else:
                self._set_where(target, Broken("some entries of it are changed"), line)
            return
        before = self._value(_loaded(target))
        if is_zeros(before) or self._is_new(target):
            self._store(target, change, line)
            return
        self._replace(target, before, op, change, line)

    def _is_new(self, target: Any) -> bool:
        """Whether a gradient is only now begun: ``nabla_w[-1] += ...`` on zeros."""
        _, name = self._place(target)
        return name is not None and self._is_asked(name) and name not in self.found

    def _replace(self, target: Any, before: Any, op: Any, change: Any, line: int) -> None:
        for value in (before, change):
            if isinstance(value, CONTAINERS):
                change = Broken("it is no array")
        broken = next((v for v in (before, change) if isinstance(v, Broken)), None)
        try:
            value = broken or checked(ast.BinOp(before, op, change))
        except Unreadable as error:
            value = Broken(str(error))
        self._store(target, value, line)

    def _is_mask(self, target: ast.Subscript) -> bool:
        """Whether it is some entries of an array: ``dZ[Z <= 0]``, ``probs[range(m), y]``."""
        return isinstance(target.slice, ast.Compare | ast.Tuple | ast.Slice)

    def _set_where(self, target: ast.Subscript, value: Any, line: int) -> None:
        """``dZ[Z <= 0] = 0``: where the condition holds, the value, else what was there."""
        before, condition = self._value(target.value), Broken("a part of it is set")
        _, name = self._place(target.value)
        if name in self.found and self.found[name].formula is not None:
            before = self.found[name].formula
        if isinstance(target.slice, ast.Compare):
            condition = self._value(target.slice)
        parts = [condition, value, before]
        broken = next((p for p in parts if not isinstance(p, ast.expr)), None)
        if broken is not None:
            reason = broken.reason if isinstance(broken, Broken) else "it is no array"
            self._store(target.value, Broken(reason), line)
            return
        self._store(target.value, ast.Call(quantity("where"), parts, []), line)


def is_zeros(value: Any) -> bool:
    """Whether it is only made room for."""
    match value:
        case ast.Call(func=ast.Attribute(attr="zeros" | "zeros_like" | "empty" | "empty_like")):
            return True
        case ast.Constant(value=0):
            return True
    return False


def _loaded(target: Any) -> Any:
    """A target as an expression."""
    return target


class _Put(ast.NodeTransformer):
    """Puts a formula in place of a name."""

    def __init__(self, name: str, formula: Any) -> None:
        self.name, self.formula = name, formula

    def visit_Name(self, node: ast.Name) -> Any:
        """The formula, or the name."""
        return self.formula if node.id == self.name else node


def _with(value: Any, name: str, formula: Any) -> Any:
    """The formula put in place of a name."""
    changed = _Put(name, formula).visit(copy.deepcopy(value))
    for node in ast.walk(changed):
        vars(node).pop("size_", None)
    return changed
