"""Objects of a student's classes: one that has weights is one layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...formulas.quantity import Quantity
from .expressions import Expressions
from .names import Names
from .notes import Notes, is_zeros
from .roles import roles
from .values import (
    CONTAINERS,
    NO_FORMULA,
    Broken,
    Class,
    Entries,
    Helper,
    Instance,
    Items,
    Unreadable,
    checked,
    is_constant,
    quantity,
)
from .words import family_of_word

MAX_STEPS = 5000
OF_ONE = re.compile("val|value|data|grad|grads|gradient|velocity|d")


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
class Objects:
    """Keeps the parts of objects.

    Attributes
    ----------
    notes : Notes
        What is found.
    """

    names: Names
    helpers: dict[str, Helper]
    budget: Budget
    variables: dict[str, Any] = field(default_factory=dict)
    depth: int = 0
    in_rounds: bool = False
    calls: int = 0  # around this function
    module: dict[str, Any] = field(default_factory=dict)  # what the module has
    uncounted: int = 0  # loops around a statement whose rounds are not known

    def __post_init__(self) -> None:
        self.parameters = set(self.variables)
        self.notes = Notes(self.names.known, self.names.recognition)
        functions: dict[str, Helper | Class] = {**self.helpers, **self.budget.classes}
        self.expressions = Expressions(self.names, self.variables, functions, self.call)

    def call(self, helper: Helper | Class, arguments: list[Any], options: dict[str, Any]) -> Any:
        """What a function of the file returns for these arguments."""
        raise NotImplementedError

    def _value(self, node: Any) -> Any:
        try:
            value = self.expressions.value(node)
            if isinstance(value, ast.expr):
                checked(value)
            return value
        except Unreadable as error:
            return Broken(str(error))

    def _is_entry(self, target: Any, value: Any, line: int) -> bool:
        """Put a value into a dict of an object, or an object into a dict; whether it is one."""
        if not isinstance(target, ast.Subscript):
            return False
        if self._is_entry_of_layer(target, value, line):
            return True
        owner = None
        if isinstance(target.value, ast.Attribute):
            owner = self.expressions.instance(target.value.value)
        if owner is None and not isinstance(value, Instance):
            return False
        stored, key = self._value(target.value), self._value(target.slice)
        if not (isinstance(stored, Entries) and is_constant(key, str, int)):
            return False
        if owner is None or isinstance(value, Instance):
            stored.values[str(key.value)] = value
            return True
        attribute = ast.unparse(target.value).rpartition(".")[2]
        word = str(key.value)
        if re.search("grad|^d", attribute):
            word = f"d_{key.value}"
        elif _is_of_one(attribute, [word]):  # self.W["grad"]
            word = f"d_{attribute}" if re.search("grad|^d", word) else attribute
        self._store_part(owner, stored.values, str(key.value), word, value, line)
        return True

    def _is_entry_of_layer(self, target: ast.Subscript, value: Any, line: int) -> bool:
        """Put a value into the dict of one layer; whether it is one."""
        stored = self._value(target.value)
        if not (isinstance(stored, Entries) and stored.layer is not None):
            return False
        key = self._value(target.slice)
        if not is_constant(key, str):
            return False
        family = family_of_word(key.value)
        name = f"{family}{stored.layer}" if family else None
        if name not in self.names.known or not isinstance(value, ast.expr):
            seen = self.names.recognition.seen(value).names if isinstance(value, ast.expr) else ()
            name = seen[0] if seen else None
        stored.values[key.value] = self.notes.recorded(name, value, line) if name else value
        return True

    def of_layers(self, value: Any, first: int = 1) -> Any:
        """Dicts with weights, in a list, are those of the layers in their order."""
        if isinstance(value, Items) and len(value.values) == len(self.names.weights):
            value.values = [self._pair(n, one) for n, one in enumerate(value.values, start=1)]
        for number, one in enumerate(value.values, start=first) if isinstance(value, Items) else ():
            if not isinstance(one, Entries) or one.layer is not None:
                continue
            families = {key: family_of_word(key) for key in one.values}
            if "W" not in families.values() or f"W{number}" not in self.names.known:
                continue
            one.layer = number
            for key, family in families.items():
                if family in ("W", "b") and f"{family}{number}" in self.names.known:
                    one.values[key] = quantity(f"{family}{number}")
        return value

    def _pair(self, layer: int, one: Any) -> Any:
        """W and b of a layer, for ``(np.random.randn(3, 4), np.zeros(4))`` in a list of pairs."""
        if not isinstance(one, Items) or len(one.values) != 2:
            return one
        is_drawn = isinstance(one.values[0], Broken) and NO_FORMULA in one.values[0].reason
        if not is_drawn or f"b{layer}" not in self.names.known:
            return one
        return Items([quantity(f"W{layer}"), quantity(f"b{layer}")])

    def _is_field(self, target: Any) -> bool:
        """Whether it is an attribute of an object of the file."""
        match target:
            case ast.Attribute(value=owner):
                return isinstance(self.expressions.instance(owner), Instance)
        return False

    def _field_name(self, target: Any) -> str | None:
        """W, b or a gradient, of an object that is one layer."""
        if not self._is_field(target):
            return None
        owner, family = self.expressions.instance(target.value), family_of_word(target.attr)
        return f"{family}{owner.layer}" if owner is not None and owner.layer and family else None

    def _store_field(self, target: ast.Attribute, value: Any, line: int) -> None:
        """``self.dW = ...`` in an object."""
        owner = self.expressions.instance(target.value)
        assert owner is not None
        known, recognition = self.names.known, self.names.recognition
        of_expression = value if isinstance(value, ast.expr) else ast.Constant(None)
        for word, role in roles(of_expression, self.names.L, known, recognition.in_rows):
            recognition.learn(word, role)
        self._store_part(owner, owner.fields, target.attr, target.attr, value, line)

    def _name_bias(self, owner: Instance) -> None:
        """A bias that was made before the weights said which layer it is."""
        for key in owner.fields:
            name = f"b{owner.layer}"
            if family_of_word(key) == "b" and name in self.names.known:
                owner.fields[key] = quantity(name)

    def _store_parameter(self, owner: Instance, parameter: Instance, family: str) -> None:
        """An object that has W, or b, and its gradient: ``self.weight.grad``."""
        if family == "W" and owner.layer is None:
            self.budget.n_layers += 1
            owner.layer = self.budget.n_layers
        parameter.layer, parameter.family = owner.layer, family
        name = f"{family}{owner.layer}"
        for key, value in parameter.fields.items():
            if isinstance(value, (ast.Constant, *CONTAINERS)) or name not in self.names.known:
                continue
            is_gradient = re.search("grad|^d_", key)
            parameter.fields[key] = ast.Constant(0) if is_gradient else quantity(name)

    def _store_part(
        self, owner: Instance, parts: dict[str, Any], key: str, word: str, value: Any, line: int
    ) -> None:
        """A part of an object that is one layer; ``word`` says whether it is W, b or a gradient."""
        if isinstance(value, Entries) and owner.of.methods:
            parts[key] = kept = Entries()
            of_gradients = re.search("grad|^d", word)
            of_one = _is_of_one(word, value.values)
            for inner, part in value.values.items():
                is_gradient = re.search("grad|^d(?!ata)", inner)
                own = f"d_{inner}" if of_gradients else inner
                own = (f"d_{word}" if is_gradient else word) if of_one else own
                self._store_part(owner, kept.values, inner, own, part, line)
            return
        if isinstance(value, Instance) and family_of_word(word) in ("W", "b"):
            self._store_parameter(owner, value, family_of_word(word) or "")
        if isinstance(value, CONTAINERS):
            parts[key] = value
            return
        family = family_of_word(word)
        if owner.family is not None and owner.layer is not None:
            family = f"d{owner.family}" if re.search("grad|^d_?", word) else owner.family
        if family == "W" and isinstance(value, ast.Name) and value.id in self.names.known:
            owner.layer = Quantity.of(value.id).layer
        if family == "W" and owner.layer is None:
            self.budget.n_layers += 1
            owner.layer = self.budget.n_layers
            self._name_bias(owner)
        name = f"{family}{owner.layer}" if family and owner.layer else None
        if name is None or name not in self.names.known:
            is_array = isinstance(value, ast.expr) and not isinstance(
                value, ast.Name | ast.Constant
            )
            seen = self.names.recognition.seen(value).names if is_array else ()
            parts[key] = self.notes.recorded(seen[0], value, line) if seen else value
        elif family in ("W", "b"):
            is_first = key not in parts
            parts[key] = quantity(name) if is_first else self.notes.recorded(name, value, line)
        elif is_zeros(value) or (isinstance(value, ast.Constant) and value.value is None):
            parts[key] = value
        else:
            self.notes.recorded(name, value, line)
            parts[key] = quantity(name)


def _is_of_one(word: str, keys: Iterable[str]) -> bool:
    """Whether a dict is one parameter and its gradient, and not those of a layer."""
    return family_of_word(word) in ("W", "b") and all(map(OF_ONE.fullmatch, keys))
