"""What is noted of the quantities: what each is computed from, and what its name means then."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ...formulas.quantity import NEXT, Quantity
from .recognition import Recognition
from .steps import gradient_in_step
from .values import (
    CONTAINERS,
    Broken,
    Unreadable,
    checked,
    contains,
    quantity,
)

ASKED = {"Z", "A", "dA", "delta", "dW", "db"}
GIVEN = {"X", "Y", "m", "alpha", "learning_rate", "l1_ratio", "w"}
SETTINGS = {"momentum", "rho", "beta_1", "beta_2", "epsilon", "t"}  # of solvers


@dataclass
class Found:
    """What a quantity is computed from in the code, or why that cannot be read."""

    line: int
    formula: Any = None
    reason: str = ""


@dataclass
class Notes:
    """What the code computes each quantity from.

    Attributes
    ----------
    known : collection of str
        The quantities of the network.
    recognition : Recognition
        Knows which formulas are right.
    found : dict of str to Found
        By the name of the quantity.
    """

    known: Collection[str]
    recognition: Recognition
    found: dict[str, Found] = field(default_factory=dict)

    def formula(self, name: str | None) -> Any:
        """What was noted for a quantity, or None."""
        return self.found[name].formula if name in self.found else None

    def recorded(self, name: str, value: Any, line: int) -> Any:
        """Note what a quantity is computed from; from now on its name means its true value."""
        family = Quantity.of(name).family
        if isinstance(value, ast.Name) and value.id == name:
            return value
        if name in SETTINGS:
            return quantity(name)
        if name in GIVEN:
            return value if self._is_computed(name, value) else quantity(name)
        if family in ("W", "b") or self._is_kept(name):
            return self._updated(name, value, line)
        if is_zeros(value) and family == "delta":
            return value  # to add to, as Delta in some courses
        if not self.is_asked(name) or self.is_read(value) or is_zeros(value):
            return quantity(name)
        value = self._note(name, value, line)
        # Some call the error a loss; no formula of a derivative has the loss in it.
        return value if name == "loss" else self._named(name, value)

    def _named(self, name: str, value: Any) -> Any:
        """The name of a quantity; one that is wrong in the file remembers what it is there."""
        named = quantity(name)
        if isinstance(value, ast.expr) and self.recognition.see is not None:
            with suppress(Unreadable):
                own = in_file(value)
                if not self.recognition.gives(own, name):
                    vars(named)["in_file_"] = own
        return named

    def _right(self, name: str, value: Any) -> Any:
        """The value, or the one that the file computes with its own names if only that is right."""
        with suppress(Unreadable):
            if not self.recognition.gives(value, name):
                own = in_file(value)
                if own is not value and self.recognition.gives(own, name):
                    return own
        return value

    def _is_computed(self, name: str, value: Any) -> bool:
        """Whether m, X or Y get another value here than the network's: ``m = X.shape[1]``."""
        if name not in ("m", "X", "Y") or not isinstance(value, ast.expr):
            return False
        used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        return name not in used and not used.isdisjoint(self.known)

    def _updated(self, name: str, value: Any, line: int) -> Any:
        """A parameter after its step, if the value is one; else its first value, the network's."""
        if isinstance(value, (*CONTAINERS, Broken)):
            return quantity(name)
        if contains(value, name, f"d{Quantity.of(name).parameter}"):
            if isinstance(value, ast.Name):
                return value
            self._note(f"{name}_next", value, line)
            gradient = gradient_in_step(name, value, self.recognition)
            if gradient is not None and self.is_asked(f"d{name}"):
                self.found.setdefault(f"d{name}", Found(line, gradient))
            return quantity(f"{name}_next")
        return quantity(name)

    def _note(self, name: str, value: Any, line: int) -> Any:
        """Note what a quantity is computed from; returns it."""
        if isinstance(value, CONTAINERS):
            value = Broken("it is no array")
        if isinstance(value, Broken):
            self.found.setdefault(name, Found(line, reason=value.reason))
            return value
        if contains(value, name) and name in self.found and self.found[name].formula is not None:
            value = _with(value, name, self.found[name].formula)
        value = self._right(name, value)
        try:
            self.found[name] = Found(line, checked(value))
        except Unreadable as error:
            self.found[name] = Found(line, reason=str(error))
        return value

    def is_asked(self, name: str) -> bool:
        """Whether it is a quantity that is computed, and can be asked for."""
        quantity = Quantity.of(name)
        return quantity.family in ASKED or name == "loss" or quantity.is_step

    def _is_kept(self, name: str) -> bool:
        """Whether a solver keeps it from step to step, as vW1."""
        return f"{name}{NEXT}" in self.known and Quantity.of(name).kept_as is not None

    def is_read(self, value: Any) -> bool:
        """Whether something is only taken from where it was stored, and not computed."""
        if isinstance(value, ast.Subscript | ast.Attribute):
            return not contains(value, *self.known)
        if isinstance(value, ast.Name):
            return value.id not in self.known
        return isinstance(value, ast.Constant) and value.value is None


def is_zeros(value: Any) -> bool:
    """Whether it is only made room for."""
    match value:
        case ast.Call(func=ast.Attribute(attr="zeros" | "zeros_like" | "empty" | "empty_like")):
            return True
        case ast.Constant(value=0):
            return True
    return False


def in_file(value: Any) -> Any:
    """The value with what the file has under the names of quantities that are wrong there."""
    if isinstance(value, ast.Name):
        return getattr(value, "in_file_", value)
    if not isinstance(value, ast.AST):
        return value
    fields = dict(ast.iter_fields(value))
    changed = {
        key: [in_file(part) for part in inside] if isinstance(inside, list) else in_file(inside)
        for key, inside in fields.items()
    }
    is_same = all(
        all(p is q for p, q in zip(changed[key], inside, strict=True))
        if isinstance(inside, list)
        else changed[key] is inside
        for key, inside in fields.items()
    )
    return value if is_same else checked(type(value)(**changed))


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
