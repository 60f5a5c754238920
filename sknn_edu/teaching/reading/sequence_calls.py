"""Calls about lists and dicts: ``len(layers)``, ``list(zip(*M))``, ``layers.values()``."""

from __future__ import annotations

import ast
from typing import Any

from .lookups import Lookups
from .neurons import NETWORKS, Neurons
from .syntax import bare_word, dotted
from .unit_loops import Listed, Row
from .values import Entries, InLoop, Items, checked, constant, quantity
from .vocabulary import LISTS_OF_PARAMETERS, LISTS_OF_SIZES


class SequenceCalls(Lookups):
    """Reads them."""

    def formula(self, node: Any) -> Any:
        """The value, which has to be a formula."""
        raise NotImplementedError

    def _held(self, node: ast.Call) -> Any:
        """``layers.values()``, ``list(layers)``, ``OrderedDict()``; None if it is none of these."""
        match node:
            case ast.Call(func=ast.Name(id="OrderedDict") | ast.Attribute(attr="OrderedDict")):
                return Entries()
            case ast.Call(func=ast.Attribute(value=owner, attr="values"), args=[]):
                stored = self._or_broken(owner)
                return Items([*stored.values.values()]) if isinstance(stored, Entries) else None
            case ast.Call(
                func=ast.Name(id="list"),
                args=[ast.Call(func=ast.Name(id="map"), args=[ast.Name(id="list"), inside])],
            ) if (turned := self.turned_by_zip(inside)) is not None:
                return turned
            case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inside]) if (
                turned := self.turned_by_zip(inside)
            ) is not None:
                return turned
            case ast.Call(func=ast.Name(id="list" | "tuple" | "reversed" as name), args=[inside]):
                stored = self._or_broken(inside)
                if isinstance(stored, Row | Listed) and name != "reversed":
                    return stored
                if isinstance(stored, Items):
                    return Items(stored.values[::-1] if name == "reversed" else [*stored.values])
        return None

    def turned_by_zip(self, node: Any) -> Any:
        """The transpose that ``zip(*M)`` gives; None if it is something else."""
        match node:
            case ast.Call(func=ast.Name(id="zip"), args=[ast.Starred(value=inside)]):
                matrix = self._or_broken(inside)
                if isinstance(matrix, ast.expr):
                    return ast.Attribute(matrix, "T", ast.Load())
                if isinstance(matrix, Listed) and len(matrix.order) == 2:
                    return Listed(matrix.entry, matrix.order[::-1])
        return None

    def _length(self, node: Any) -> Any:
        """``len(...)``: of what has an entry for each layer, or of an array."""
        word, word_ = bare_word(node), dotted(node) or ""
        held = self._or_broken(node)
        if isinstance(held, Items) and held.values and held.is_whole:
            return constant(len(held.values))
        whole = self.names.whole_list(word_.rpartition(".")[2])
        if whole is not None:
            return constant(len(whole))
        if isinstance(held, InLoop) and not isinstance(held, Neurons):
            return quantity("number_of_units")
        if self.names.has_neurons and word in NETWORKS:
            return constant(self.names.L)
        if isinstance(held, Neurons):
            return quantity("number_of_units")
        if isinstance(held, ast.expr) and isinstance(self.variables.get(word_), ast.expr):
            return checked(ast.Call(quantity("len"), [held], []))
        if word in LISTS_OF_PARAMETERS:
            return constant(2 * self.names.L)
        if word in ("caches", "weights", "biases", "w", "b") or (
            word == "layers" and self.names.has_pairs
        ):
            return constant(self.names.L)
        if word in LISTS_OF_SIZES:
            return constant(self.names.L + 1)
        value = self.value(node)
        if isinstance(value, Items | Entries):
            return constant(len(value.values))
        return checked(ast.Call(quantity("len"), [self.formula(node)], []))
