"""Names, attributes and subscripts of a student's code: what stands behind each."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ...formulas.spelling import MODULES
from . import bias_column
from .names import Names
from .neurons import Neuron, Neurons
from .syntax import as_int, bare_word, dotted, is_all_or_from_1, is_from_1, is_int, parts_of
from .unit_lookups import UnitLookups
from .values import (
    CONTAINERS,
    Broken,
    Cache,
    Class,
    Entries,
    Helper,
    InLoop,
    Instance,
    Items,
    Joined,
    Unreadable,
    checked,
    constant,
    is_constant,
    is_labels,
    is_of_one_sample,
    marked,
    of_one_sample,
    quantity,
)
from .vocabulary import LISTS_OF_SIZES, NUMBERS_OF_LAYERS

Call = Callable[[Helper | Class, list[Any], dict[str, Any]], Any]
OF_ARRAYS = ("T", "mT", "shape", "size")


class Lookups(UnitLookups):
    """What is stored under names, where these variables have these values.

    Parameters
    ----------
    names : Names
    variables : dict
        Values by name; ``self.x`` for attributes.
    helpers : dict of str to Helper or Class
    call : callable
        Runs a helper, symbolically.
    """

    def __init__(
        self,
        names: Names,
        variables: dict[str, Any],
        helpers: dict[str, Helper | Class],
        call: Call,
    ) -> None:
        super().__init__(names, variables)
        self.helpers, self.call = helpers, call

    def _name(self, name: str) -> Any:
        if name in self.variables:
            return _usable(self.variables[name])
        if name in self.units.open:
            return quantity(name)  # a counter, whatever it is called
        if name in self.helpers:
            return self.helpers[name]
        if name in NUMBERS_OF_LAYERS:
            return constant(self.names.counts.get(name, self.names.L + (name not in ("L",))))
        found = self.names.quantity(name)
        return quantity(found or name)

    def instance(self, node: Any) -> Instance | None:
        """The object of the file that an expression is, or None."""
        match node:
            case ast.Name(id=name):
                found = self.variables.get(name)
            case ast.Attribute(value=owner, attr=name):
                above = self.instance(owner)
                found = self.variables.get(dotted(node) or "")
                found = above.fields.get(name) if above is not None else found
            case ast.Subscript() | ast.Call():
                found = self._or_broken(node)
            case _:
                found = None
        return found if isinstance(found, Instance) else None

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.instance(node.value)
        if owner is not None and node.attr in owner.fields:
            return _usable(owner.fields[node.attr])
        if owner is not None and node.attr in owner.of.methods:
            return owner.of.methods[node.attr]
        path = dotted(node)
        if owner is not None and path is not None and node.attr not in OF_ARRAYS:
            return quantity(self.names.quantity(node.attr) or path)  # set elsewhere: self.lr
        if self.names.has_neurons and (neurons := self.neurons_of(node)) is not None:
            return neurons
        if path is not None:
            if path in self.variables:
                return _usable(self.variables[path])
            root, _, last = path.rpartition(".")
            if root.split(".")[0] in MODULES:
                return node
            if last not in OF_ARRAYS and self._is_object(root):
                if last in NUMBERS_OF_LAYERS:
                    return constant(self.names.counts.get(last, self.names.L + 1))
                if last in self.helpers:
                    return self.helpers[last]
                if found := self.names.quantity(last) or self.names.of_object(root, last):
                    return quantity(found)
                return ast.Name(path, ast.Load())
        value = self.value(node.value)
        if isinstance(value, Neurons | Neuron):
            return self.of_neuron(value, node.attr)
        if node.attr == "T" and isinstance(value, ast.Attribute) and value.attr == "T":
            return value.value
        if node.attr == "size" and self.is_one_target(value):
            return self.size_of_one_sample(value)
        is_turned_row = node.attr == "T" and self.names.y_is_row and self.names.recognition.in_rows
        if is_turned_row and isinstance(value, ast.Name) and value.id == "Y":
            return value
        if node.attr == "size" and self.names.has_labels and is_labels(value):
            return quantity("m")
        if isinstance(value, Joined):
            if node.attr == "T":
                return bias_column.turned(value)
            value = value.rest
        if isinstance(value, CONTAINERS):
            raise Unreadable(f"{ast.unparse(node)[:60]} is no array")
        return marked(checked(ast.Attribute(value, node.attr, ast.Load())), value)

    def _is_object(self, root: str) -> bool:
        """Whether something is an object with attributes, and no array."""
        if root.split(".")[0] in self.variables and self.names.has_neurons:
            return not isinstance(self._or_broken(ast.parse(root, mode="eval").body), InLoop)
        if root in self.variables:
            return False
        return "." in root or root == "self" or self.names.quantity(root) is None

    def _subscript(self, node: ast.Subscript) -> Any:
        place = self.place_of_unit(node)
        if place is not None:
            return self.units.entry(self.value(place[0]), place[1])
        path = dotted(node.value)
        index = node.slice
        if path in ("np.c_", "numpy.c_", "np.r_", "numpy.r_") and isinstance(index, ast.Tuple):
            parts = [self._or_broken(part) for part in index.elts]
            if (made := bias_column.joined(parts)) is not None:
                return made
        if isinstance(index, ast.Slice):
            value = self.value(node.value)  # some of the samples: a batch
            if isinstance(value, Items):
                return self._part_of_list(value, index)
            return value.rest if isinstance(value, Joined) and is_from_1(index) else value
        if isinstance(index, ast.Tuple) and all(map(is_all_or_from_1, index.elts)):
            value = self.value(node.value)
            return value.rest if isinstance(value, Joined) else value
        key: Any = self.value(index) if not isinstance(index, ast.Tuple) else index
        if self.names.has_neurons and (of_neuron := self._of_neuron(node, key)) is not None:
            return of_neuron
        if (of_eye := self._one_hot(node.value, key)) is not None:
            return of_eye
        stored = f"{path}[{key.value!r}]" if is_constant(key, str, int) and path else ""
        if stored in self.variables:
            return _usable(self.variables[stored])
        word = "" if path is None else path.rpartition(".")[2]
        found = None
        if is_constant(key, str):
            found = self.names.entry(word, key.value)
        elif is_int(key):
            found = self.names.element(word, as_int(key))
        container = None if path is None else self.variables.get(path)
        if container is None and isinstance(node.value, ast.Attribute):
            owner = self.instance(node.value.value)
            container = owner.fields.get(node.value.attr) if owner is not None else None
        match container:
            case Entries(values) if is_constant(key, str, int) and str(key.value) in values:
                return _usable(values[str(key.value)])
            case Items(values) if is_int(key) and (one := _entry_of(container, key, found)):
                return _usable(one)
            case Cache(layer):
                inside = self.names.of_layer(str(key.value), layer) if is_constant(key, str) else ""
                return quantity(inside) if inside else container
        if found:
            return quantity(found)
        if (word == "caches" or (word == "layers" and self.names.has_pairs)) and is_int(key):
            number = as_int(key)
            return Cache(number + 1 if number >= 0 else self.names.L + 1 + number)
        value = self.value(node.value)
        if isinstance(value, Items) and is_int(key):
            if (one := _entry_of(value, key, None)) is not None:
                return _usable(one)
            raise Unreadable(f"there is no {ast.unparse(node)[:60]}")
        if isinstance(value, Entries) and is_constant(key, str) and key.value in value.values:
            return _usable(value.values[key.value])
        if isinstance(value, CONTAINERS):
            raise Unreadable(f"{ast.unparse(node)[:60]} is not known")
        if is_constant(key, str):
            return ast.Name(f"{word}_{key.value}", ast.Load())
        if self._is_of_samples(value) and all(map(self._is_counter, parts_of(index))):
            # Of one sample, or of a batch, it is what it is of all.
            is_one = self.by_sample is not None and self.by_sample.is_sure
            return of_one_sample(value) if is_one else value
        return checked(ast.Subscript(value, key, ast.Load()))

    def for_layers(self, node: Any) -> Any:
        """What a loop goes through: the value, or a list that has an entry for each layer."""
        value = self._or_broken(node)
        if isinstance(value, Items) and value.is_whole:
            return value
        is_part = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
        if is_part and bare_word(node.value) in LISTS_OF_SIZES - {"activations"}:
            widths = Items([quantity("width") for _ in range(self.names.L + 1)])
            return self._part_of_list(widths, node.slice)
        if is_part and isinstance(inside := self.for_layers(node.value), Items):
            return self._part_of_list(inside, node.slice)
        whole = self.names.whole_list((dotted(node) or "").rpartition(".")[2])
        return value if whole is None else Items([quantity(name) for name in whole])

    def _part_of_list(self, value: Items, index: ast.Slice) -> Items:
        """``activations[:-1]``, ``layers[1:]``; of unknown bounds all of it."""
        try:
            bounds = [
                None if part is None else as_int(self.value(part))
                for part in (index.lower, index.upper, index.step)
            ]
        except Unreadable:
            return value
        return Items(value.values[slice(*bounds)], value.made_in, value.is_whole)

    def _is_of_samples(self, value: Any) -> bool:
        """Whether it is made of arrays of samples: what is done with one is done with all."""
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            return False
        names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        return bool(names) and any(name[0] in "XYAZdb" for name in names & {*self.names.known})

    def is_one_target(self, value: Any) -> bool:
        """Whether it is the targets of one sample, and the answers are about sums of samples."""
        return self.names.recognition.is_summed and is_of_one_sample(value)

    def size_of_one_sample(self, value: Any) -> Any:
        """``y.size`` in a loop over the samples: of one of them."""
        shape = ast.Attribute(value, "shape", ast.Load())
        axis = constant(1 if self.names.recognition.in_rows else 0)
        return ast.Subscript(shape, axis, ast.Load())

    def _one_hot(self, array: Any, key: Any) -> Any:
        """The targets, for ``np.eye(10)[y]``."""
        match array:
            case ast.Call(func=ast.Attribute(attr="eye" | "identity")) if is_labels(key):
                return self.one_hot()
        return None

    def one_hot(self) -> Any:
        """The targets as functions make them of labels: samples are rows."""
        recognition = self.names.recognition
        if recognition.in_rows or (recognition.is_turned and not recognition.weights_alone):
            return quantity("Y")
        return ast.Attribute(quantity("Y"), "T", ast.Load())


def _entry_of(items: Items, key: Any, found: str | None) -> Any:
    """The entry of a list at an index, or None; ``found`` is what the name of the list says it is.

    The name may count otherwise, or from the end of a list that is not yet full; but what is only
    computed in the list, and is no quantity, may be a slip that later formulas do not repeat.
    """
    number, n = as_int(key), len(items.values)
    if not -n <= number < n:
        return None
    one = items.values[number]
    if found is None:
        return one if items.is_whole or number >= 0 else None
    is_sure = number < 0 or isinstance(one, (ast.Name, *CONTAINERS))
    return one if items.is_whole and is_sure and not isinstance(one, Broken) else None


def _usable(value: Any) -> Any:
    if isinstance(value, Broken):
        raise Unreadable(value.reason)
    return value
