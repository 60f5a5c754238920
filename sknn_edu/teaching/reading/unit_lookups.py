"""Single units in a student's code: entries of arrays, neurons and what they have."""

from __future__ import annotations

import ast
from typing import Any

from .by_sample import BySample
from .by_unit import ALL
from .names import Names
from .neurons import INPUTS, LISTS, NETWORKS, Neuron, Neurons, NeuronWeights, layer_of_word, part
from .syntax import as_int, bare_word, is_all, is_int, parts_of
from .unit_loops import UnitLoops
from .values import Broken, Unreadable, is_constant, quantity


class UnitLookups:
    """Finds single units, where these variables have these values.

    Parameters
    ----------
    names : Names
    variables : dict
        Values by name; ``self.x`` for attributes.
    """

    def __init__(self, names: Names, variables: dict[str, Any]) -> None:
        self.names, self.variables = names, variables
        self.is_called = False  # whether it is another function that calls the one that is read
        self.function = ""  # the name of the one that is read
        recognition = names.recognition
        self.by_sample: BySample | None = None  # within a loop over the samples
        self.units = UnitLoops(recognition)
        if recognition.one_by_one:
            self.by_sample = BySample(recognition, is_sure=True)

    def value(self, node: Any) -> Any:
        """The value of an expression: a container, or a syntax tree of quantities."""
        raise NotImplementedError

    def _or_broken(self, node: Any) -> Any:
        """The value, or why there is none: it may not be needed."""
        try:
            return self.value(node)
        except Unreadable as error:
            return Broken(str(error))

    def place_of_unit(self, node: Any) -> tuple[Any, list[str]] | None:
        """The array and the letters of ``W[j][k]`` in loops over j and k; None if it is no entry.

        Counters of samples are left out, and indices of layers belong to the array.
        """
        indices: list[Any] = []
        array = node
        while isinstance(array, ast.Subscript):
            indices = [*map(self._own_letter, parts_of(array.slice)), *indices]
            array = array.value
        counted = [isinstance(i, ast.Name) and i.id in self.units.open for i in indices]
        if not any(counted):
            return None
        letters: list[str] = []
        for index, is_letter in zip(indices, counted, strict=True):
            if is_letter and index.id not in self.units.samples:
                letters.append(index.id)
            elif is_all(index) and len(indices) > 1:
                letters.append(ALL)
            elif not letters and not is_letter and not self._is_counter(index):
                array = ast.Subscript(array, index, ast.Load())  # of a layer
            elif not is_constant(index, int) and not is_letter and not self._is_counter(index):
                raise Unreadable(f"{ast.unparse(node)[:40]} within a loop over units")
        return (array, letters) if {*letters} - {ALL} else None

    def _own_letter(self, index: Any) -> Any:
        """An index, or the counter that it is given as the argument of a function."""
        given = self.variables.get(index.id) if isinstance(index, ast.Name) else None
        return given if isinstance(given, ast.Name) and given.id in self.units.open else index

    def _of_neuron(self, node: ast.Subscript, key: Any) -> Any:
        """``network[i]``, ``neuron["delta"]``, ``neuron["weights"][-1]``; None if it is no such."""
        if bare_word(node.value) in NETWORKS and is_int(key):
            number = as_int(key)
            return Neurons(number + 1 if number >= 0 else self.names.L + 1 + number)
        owner = self._or_broken(node.value) if is_constant(key, str) or is_int(key) else None
        if isinstance(owner, Neuron) and is_constant(key, str):
            return self.of_neuron(owner, key.value)
        if isinstance(owner, NeuronWeights) and as_int(key) == -1:
            return self.units.entry(quantity(f"b{owner.layer}"), [owner.letter])
        return None

    def neurons_of(self, node: Any) -> Neurons | None:
        """``self.output_layer``, ``layer.neurons``: the neurons of a layer; None if it is none."""
        layer = layer_of_word(bare_word(node), self.names.L)
        if layer is not None:
            return Neurons(layer)
        if isinstance(node, ast.Attribute) and node.attr in LISTS:
            inside = self._or_broken(node.value)
            return inside if isinstance(inside, Neurons) else self._of_method(node.value)
        return None

    def _of_method(self, owner: Any) -> Neurons | None:
        """The neurons of the layer whose method says which it is: ``def hidden_deltas(self)``."""
        layer = self.names.L if "output" in self.function else None
        layer = 1 if "hidden" in self.function and self.names.L == 2 else layer
        is_next = bare_word(owner).startswith("next")
        if layer is None or not (is_next or bare_word(owner) == "self"):
            return None
        return Neurons(layer + is_next) if layer + is_next <= self.names.L else None

    def of_neuron(self, owner: Neurons | Neuron, key: str) -> Any:
        """What a neuron has under a name, or all neurons of a layer."""
        if key in INPUTS:
            return quantity(f"A{owner.layer - 1}" if owner.layer > 1 else "X")
        found = part(owner, key) if isinstance(owner, Neuron) else None
        if isinstance(owner, Neurons) or found is None:
            raise Unreadable(f"{key} of a neuron is not known")
        if not isinstance(found, str):
            return found
        stored = self.units.of_neurons.get(found, quantity(found))
        return self.units.entry(stored, [owner.letter])

    def _is_counter(self, index: Any) -> bool:
        """Whether an index stands for one of the samples, for some of them, or for all units."""
        match index:
            case ast.Slice(lower=None, upper=None):
                return True
            case ast.Slice():
                return False
            case ast.Name(id=name):
                return name not in self.variables and self.names.quantity(name) is None
            case ast.Constant(value=0):
                return True
        return False
