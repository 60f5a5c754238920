"""What loops over single units store: numbers to add to, and arrays entry by entry."""

from __future__ import annotations

import ast
from typing import Any

from ...formulas.quantity import Quantity
from .assignments import Assignments
from .by_unit import ALL, SAMPLES, Single
from .neurons import Neuron, NeuronWeights, part
from .notes import is_zeros
from .syntax import dotted
from .unit_loops import Listed
from .values import Broken, InLoop, Unreadable, quantity


class UnitChanges(Assignments):
    """Stores single entries."""

    def _store_unit(self, target: Any, value: Any, line: int, op: Any = None) -> bool:
        """Store, or add, a single entry in a loop over units; whether it is one."""
        units = self.expressions.units
        key = dotted(target)
        if key is not None and (is_zeros(value) or isinstance(value, Single)) and op is None:
            units.made_in[key] = (frozenset(units.open), self.expressions.by_sample is not None)
            if units.open and is_zeros(value):  # a number that is added to, whatever it is called
                self.variables[key] = value
                return True
        place: tuple[Any, list[str]] | None = None
        try:
            place = self.expressions.place_of_unit(target)
            if isinstance(value, Listed) and place is None and op is None:
                family = self._family(target)
                self._store(target, units.whole(value.entry, value.order, family), line)
                return True
            if place is None:
                return self._store_number(target, value, op)
            self._store_entry(place, value, line, op)
        except Unreadable as error:
            stored = Broken(str(error))
            if place is None:
                self.variables[key or "?"] = stored
            else:
                self._store(place[0], stored, line)
        return True

    def _store_number(self, target: Any, value: Any, op: Any) -> bool:
        """A number that has a value in each round, ``error += delta[k] * W[j][k]``."""
        units, key = self.expressions.units, dotted(target)
        if isinstance(value, Single) and op is None and self._store_in_neuron(target, value):
            return True
        if key is None or not isinstance(value, InLoop):
            return False
        if op is None:
            self.variables[key] = value
            return True
        before = self.variables.get(key)
        if not (before is not None and (is_zeros(before) or isinstance(before, Single))):
            raise Unreadable(f"{key} is changed in a loop over units, from what is no number")
        change = units.single(value).summed(self._later_than(key))
        zero = ast.Constant(0)
        is_first = is_zeros(before) and isinstance(op, ast.Add)
        self.variables[key] = (
            change if is_first else units.binary(zero if is_zeros(before) else before, op, change)
        )
        return True

    def _store_in_neuron(self, target: Any, value: Single) -> bool:
        """``neuron["delta"] = ...``, ``neuron.delta = ...``; whether it is that."""
        match target:
            case ast.Subscript(value=inside, slice=index):
                key = getattr(self._value(index), "value", None)
            case ast.Attribute(value=inside, attr=key):
                pass
            case _:
                return False
        owner = self._value(inside)
        if not isinstance(owner, Neuron) or not isinstance(key, str):
            return False
        name = part(owner, key)
        if isinstance(name, str) and name in self.names.known:
            units = self.expressions.units
            whole = units.whole(value, (owner.letter,), Quantity.of(name).family)
            line = getattr(target, "lineno", 0)
            units.of_neurons[name] = self.notes.recorded(name, whole, line)
        return True

    def _family(self, target: Any) -> str | None:
        """The family of the quantity that a target is by its name."""
        name = self._place(target)[1]
        return None if name is None else Quantity.of(name).family

    def _later_than(self, key: str) -> set[str]:
        """The loops around this statement that were opened after a variable was begun."""
        units = self.expressions.units
        begun, _ = units.made_in.get(key, (frozenset(), False))
        return {*units.open} - begun - units.samples

    def _store_entry(self, place: tuple[Any, list[str]], value: Any, line: int, op: Any) -> None:
        """An entry of an array, ``dW[j][k] += delta[k] * a[j]``."""
        units, (target, letters) = self.expressions.units, place
        key = dotted(target) or ast.unparse(target)
        if isinstance(value, Broken):
            raise Unreadable(value.reason)
        if op is None and is_zeros(value):
            units.made_in[key] = (frozenset(units.open), self.expressions.by_sample is not None)
            return
        single = units.single(value)
        if isinstance(weights := self._value(target), NeuronWeights) and op is not None:
            into, own = letters[0], weights.letter
            order = (into, own) if self.names.recognition.in_rows else (own, into)
            name = f"W{weights.layer}"
            step = ast.BinOp(quantity(name), op, units.whole(single, order, "W"))
            self.notes.recorded(name, step, line)
            return
        if ALL in single.letters and ALL not in letters:
            letters = [*letters, ALL]  # weights[j] for weights[j, :]
        family = self._family(target)
        begun, in_samples = units.made_in.get(key, (frozenset(), False))
        if op is not None:
            single = single.summed(
                {*units.open} - {*letters} - (begun - {*letters}) - units.samples
            )
            if self.expressions.by_sample is not None and not in_samples:
                single = single.summed({SAMPLES})
        whole = units.whole(single, tuple(letters), family)
        if op is None:
            self._store(target, whole, line)
            return
        before = self._value(target)
        is_begun = is_zeros(before) or isinstance(before, Broken)
        if is_begun or self._is_new(target):
            whole = ast.UnaryOp(ast.USub(), whole) if isinstance(op, ast.Sub) else whole
            self._store(target, whole, line)
        else:
            self._replace(target, before, op, whole, line)

    def _is_new(self, target: Any) -> bool:
        """Whether a gradient is only now begun: ``nabla_w[-1] += ...`` on zeros."""
        key, name = self._place(target)
        given = self.variables.get(key) if key in self.parameters else None
        if isinstance(given, ast.Name) and Quantity.of(given.id).family in ("dW", "db"):
            return True  # zeros that a function is given to add to
        return name is not None and self.notes.is_asked(name) and name not in self.notes.found

    def _replace(self, target: Any, before: Any, op: Any, change: Any, line: int) -> None:
        """Give a variable the value of an operation with what it is."""
        raise NotImplementedError
