"""Statements in their order: what each quantity is computed from, with true values inside."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ...formulas.quantity import Quantity
from . import matrix_helpers
from .by_sample import BySample
from .by_unit import Single
from .loops import bound, counters_of, rounds_of
from .neurons import Neuron
from .notes import Found
from .objects import Budget
from .sample_loops import SampleLoops
from .syntax import helper_of
from .unit_loops import Listed, Row
from .values import (
    Broken,
    Class,
    Entries,
    Helper,
    Instance,
    Items,
    Unreadable,
    of_one_sample,
    quantity,
    text_of,
)

MAX_CALLS = 8
OF_LOSS = re.compile(
    "(?:(?:compute|calculate|calc|get|eval)_?)?"
    "(?:cost|loss|cross_?entropy|log_?loss|bce|mse|objective)"
    "(?:_?(?:loss|cost|function|func|fn|value))?"
)

__all__ = ["Budget", "Interpreter"]


class _Returned(Exception):
    """A function has come to its end."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass
class Interpreter(SampleLoops):
    """Reads the statements of one function, or of the module.

    Attributes
    ----------
    returned_loss : Found or None
        What a function returns that is named after the loss, ``def compute_cost(A2, Y)``.
    """

    returned_loss: Found | None = None

    def run(self, body: list[ast.stmt]) -> Any:
        """Read a body; returns what it returns."""
        try:
            for statement in body:
                self.statement(statement)
        except _Returned as end:
            return end.value
        return ast.Constant(None)

    def returned(self, called: str, value: Any, body: list[ast.stmt]) -> None:
        """Note what a function returns whose name says what that is: ``def grad_w2(...)``.

        What one for the loss returns may be only a part of the loss: see `returned_loss`.
        """
        name = self.names.quantity(called) if called else None
        is_loss = OF_LOSS.fullmatch(called.lower()) is not None
        if not is_loss and (name is None or Quantity.of(name).family not in ("dW", "db")):
            return
        if not isinstance(value, ast.expr) or isinstance(value, ast.Constant):
            return
        line = getattr(body[-1], "lineno", 0)
        if not is_loss:
            self.notes.recorded(str(name), value, line)
        elif self.names.recognition.seen(value).shape == ():
            self.returned_loss = Found(line, value)

    def created(self, of: Class, arguments: list[Any], options: dict[str, Any]) -> Instance:
        """A new object of a class of the file."""
        made = Instance(of)
        if "__init__" in of.methods:
            self.call(of.methods["__init__"], [made, *arguments], options)
        elif of.fields:  # a dataclass, or a named tuple
            made.fields = dict(zip(of.fields, arguments, strict=False)) | options
        return made

    def call(self, helper: Helper | Class, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a function of the file returns for these arguments."""
        if isinstance(helper, Class):
            return self.created(helper, arguments, options)
        if self.calls >= MAX_CALLS:
            raise Unreadable(f"{helper.name} calls too many functions, or itself")
        if (made := self._of_matrices(helper, arguments)) is not None:
            return made
        self.budget.called.setdefault(helper.name, set()).add(str(list(map(_shown, arguments))))
        parameters = helper.parameters
        has_object = bool(arguments) and isinstance(arguments[0], Instance | Neuron)
        if parameters[:1] == ["self"] and len(arguments) < len(parameters) and not has_object:
            parameters = parameters[1:]
        variables = dict(zip(parameters, arguments, strict=False)) | options
        if helper.rest is not None:
            variables[helper.rest] = Items(arguments[len(parameters) :])
        for name, default in helper.defaults.items():
            variables.setdefault(name, self.expressions.value(default))
        own = {*variables}
        of_module = {n: v for n, v in self.module.items() if isinstance(v, Items | Entries)}
        variables = of_module | helper.around | variables
        of_network = any(isinstance(one, Items) and one.has_objects for one in arguments)
        inside = Interpreter(self.names, self.helpers, self.budget, variables)
        inside.depth = self.depth + (not of_network)  # else it may be for any layer
        inside.calls, inside.module, inside.parameters = self.calls + 1, self.module, own
        inside.expressions.is_called = True
        inside.expressions.by_sample = self.expressions.by_sample
        inside.expressions.units = self.expressions.units
        if of_network or isinstance(variables.get("self"), Instance):
            inside.notes = self.notes
        return inside.run(helper.body)

    def _of_matrices(self, helper: Helper, arguments: list[Any]) -> Any:
        """What a helper for lists of lists gives, as a formula; None if it is another function."""
        recognition = self.names.recognition
        if recognition.see is None or not matrix_helpers.is_for_matrices(helper):
            return None
        given = matrix_helpers.placeholders(arguments, recognition)
        if given is None or len(arguments) > len(helper.parameters):
            return None
        own = {name.rpartition("_")[2]: quantity(name) for name in given}
        variables = {
            parameter: own.get(str(i), one)
            for i, (parameter, one) in enumerate(zip(helper.parameters, arguments, strict=False))
        }
        plain = matrix_helpers.without_knowledge(self.names)
        inside = Interpreter(plain, self.helpers, self.budget, variables, 1)
        inside.calls = self.calls + 1
        inside.expressions.by_sample = None
        with suppress(Unreadable):
            value = inside.run(helper.body)
            if isinstance(value, Listed):
                value = inside.expressions.units.whole(value.entry, value.order, None)
            if isinstance(value, ast.expr):
                made = matrix_helpers.put_in(value, given)
                return made if recognition.seen(made).shape is not None else None
        return None

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
                made = helper_of(name, arguments, body)
                made.around = self.variables if self.calls else {}
                self.variables[name] = made
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[item]) as call):
                self._append(call.func, item)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(attr="insert"), args=[_, item]) as call
            ):
                self._append(call.func, item, in_front=True)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="reverse"), args=[])):
                if isinstance(stored := self._value(owner), Items):
                    stored.values.reverse()
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner)) as call) if (
                self.expressions.instance(owner) is not None or ast.unparse(owner) == "super()"
            ):
                self._value(call)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments) as call) if (
                name in self.helpers and any(map(self._is_network, arguments))
            ):
                self._value(call)
            case ast.Expr(value=ast.Call(keywords=keywords) as call):
                self._call_for_effect(call, keywords, node.lineno)

    def _all(self, body: list[Any]) -> None:
        for statement in body:
            self.statement(statement)

    def _loop(self, node: ast.For) -> None:
        """Once for each layer, where they are known and the body asks for them, else once."""
        counters = counters_of(node.target)
        asked = any(
            isinstance(part, ast.Name) and part.id in counters
            for statement in node.body
            for part in ast.walk(statement)
        )
        rounds = rounds_of(node.iter, self.expressions.for_layers) if asked else None
        bindings = [bound(node.target, one) for one in rounds or ()]
        before = self.in_rounds, self.expressions.by_sample, self.uncounted
        self.in_rounds = self.in_rounds or len(bindings) > 1
        is_other = not rounds and asked and self.names.recognition.see is not None
        letter = self._opened(node, counters) if is_other else None
        self.uncounted += not rounds
        try:
            for values in bindings or [None]:
                self.variables.update(values or {})
                self._all(node.body)
        finally:
            self.in_rounds, self.expressions.by_sample, self.uncounted = before
            if letter is not None:
                self._close(letter)

    def _opened(self, node: ast.For, counters: list[str]) -> str | None:
        """Begin a loop over samples, or over units: the letter of the units, or None."""
        before = self.expressions.by_sample
        is_over_samples = self.is_over_samples(node, counters)
        if not is_over_samples and self.is_index(node, counters):
            letter = self.expressions.bound_to_units(node.target, node.iter)
            if letter is not None:
                return letter
        is_sure = is_over_samples or (before is not None and before.is_sure)
        self.expressions.by_sample = BySample(self.names.recognition, is_sure=is_sure)
        if is_over_samples and "range" not in ast.unparse(node.iter):
            targets = [name for name in counters if self.names.quantity(name) == "Y"]
            self.variables |= {name: of_one_sample(quantity("Y")) for name in targets}
        return None

    def _close(self, letter: str) -> None:
        """Leave a loop over units: what is a number in each round is not known after it."""
        self.expressions.units.open.remove(letter)
        for name, value in self.variables.items():
            if isinstance(value, Row) or (isinstance(value, Single) and letter in value.letters):
                self.variables[name] = Broken("it has a value for each unit")
        if not self.expressions.units.open:
            for name, value in [*self.variables.items()]:
                if isinstance(value, Listed) and letter in value.order:
                    self._store(ast.Name(name, ast.Store()), value, 0)

    def _is_network(self, node: Any) -> bool:
        """Whether it is a list of objects for layers."""
        value = self._value(node)
        return isinstance(value, Items) and value.has_objects

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
        if isinstance(value, Instance) and value.of.fields and "grad" in value.of.name.lower():
            self._entries("grads", Entries(value.fields), line)
        if isinstance(value, Broken) and self.depth:
            raise Unreadable(value.reason)
        return value


def _shown(value: Any) -> str:
    """An argument, to tell it from others."""
    return text_of(value) if isinstance(value, ast.expr) else str(id(value))
