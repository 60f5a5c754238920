"""Calls in a student's code: functions of the file are put in, those of NumPy stay."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

from ...formulas.spelling import MODULES
from . import bias_column, by_sample
from .by_sample import BySample
from .by_unit import ALL, Single, together
from .neurons import Neuron
from .sequence_calls import SequenceCalls
from .syntax import dotted, joined
from .unit_loops import UNIT_BY_UNIT, Listed, Row
from .values import (
    NO_FORMULA,
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
    contains,
    is_constant,
    is_labels,
    marked,
    quantity,
)

AS_ARRAY = ("to_numpy", "toarray", "todense", "tolist")
MATRICES = ("mat", "matrix", "asmatrix")
REDUCTIONS = ("sum", "max", "amax")
ONE_HOT = {"onehot", "tocategorical", "getdummies", "onehotencode", "onehotencoding"}


class FunctionCalls(SequenceCalls):
    """Reads calls."""

    def _text(self, node: Any) -> str:
        """A part of a text that is known beforehand."""
        raise NotImplementedError

    def _call(self, node: ast.Call) -> Any:
        function: Any = node.func
        name = dotted(function) or ""
        last = function.attr if isinstance(function, ast.Attribute) else name
        if name == "str" and len(node.args) == 1:
            return constant(self._text(node.args[0]))
        if last in ("size", "len") and len(node.args) == 1:
            targets = self._or_broken(node.args[0])
            if self.is_one_target(targets):
                return self.size_of_one_sample(targets)
        if name == "len" and len(node.args) == 1:
            return self._length(node.args[0])
        if (held := self._held(node)) is not None:
            return held
        if name in ("dict", "list", "tuple") and not node.args:
            entries = {str(k.arg): self._or_broken(k.value) for k in node.keywords}
            return Entries(entries) if name == "dict" else Items([])
        is_format = isinstance(function, ast.Attribute) and last == "format" and node.args
        if is_format and is_constant(text := self._or_broken(function.value), str):
            return joined(re.sub(r"\{\w*\}", self._text(node.args[0]), text.value))
        if last in ("copy", "deepcopy") and len(node.args) == 1:
            return self.value(node.args[0])
        if isinstance(function, ast.Attribute) and function.attr in AS_ARRAY:
            return self.value(function.value)
        if name in ("np.round", "np.around", "round") and node.args:
            return self.value(node.args[0])  # to be shown
        is_one_hot = last.replace("_", "").lower() in ONE_HOT and node.args
        if is_one_hot:
            labels = self._or_broken(node.args[0])
            if is_labels(labels) or not (
                isinstance(labels, ast.expr) and contains(labels, *self.names.known)
            ):
                return self.one_hot()
        called = self.instance(function)
        if called is not None and "__call__" in called.of.methods:
            return self._method(called, called.of.methods["__call__"], node)
        is_one_sample = self.by_sample is not None and self.by_sample.is_sure
        if is_one_sample and last == "reshape" and isinstance(function, ast.Attribute):
            vector = self._or_broken(function.value)  # a vector as a column is that of all samples
            if isinstance(vector, ast.expr) and self.names.recognition.is_of_samples(vector):
                return vector
        if last == "atleast_2d" and len(node.args) == 1:
            return self.value(node.args[0])
        if last == "reshape" and [ast.unparse(one) for one in node.args[1:]] == ["-1"]:
            return self.value(function.value)  # a row for each sample, as there is already
        helper: Helper | Class | None = self._helper(name)
        if isinstance(function, ast.Subscript | ast.Call | ast.Lambda):
            kept = self._or_broken(function)  # activation[1](z)
            helper = kept if isinstance(kept, Helper | Class) else helper
        owner = self.instance(function.value) if isinstance(function, ast.Attribute) else None
        if owner is not None and function.attr in owner.of.methods:
            return self._method(owner, owner.of.methods[function.attr], node)
        if owner is not None and isinstance(kept := owner.fields.get(function.attr), Helper):
            helper = kept
        of_super = ast.unparse(function).startswith("super(") and isinstance(
            owner := self.variables.get("self"), Instance
        )
        if of_super and owner is not None and owner.of.above is not None:
            method = owner.of.above.methods.get(function.attr)
            return self._method(owner, method, node) if method else ast.Constant(None)
        if self.names.has_neurons and isinstance(function, ast.Attribute):
            neuron, own = self._or_broken(function.value), self.helpers.get(function.attr)
            if isinstance(neuron, Neuron) and own is not None:
                return self.call(own, [neuron, *map(self._or_broken, node.args)], {})
        if helper is not None:
            arguments = self._given(node.args)
            return self.call(
                helper, arguments, {str(k.arg): self.value(k.value) for k in node.keywords}
            )
        if (made := self._joined(last, node)) is not None:
            return made
        if last in ("append", "update", "items", "random", "randn", "rand"):
            raise Unreadable(f"{last} {NO_FORMULA}")
        if isinstance(function, ast.Attribute) and name.split(".")[0] not in MODULES:
            function = ast.Attribute(self.formula(function.value), function.attr, ast.Load())
        if (of_units := self._of_units(last, function, node)) is not None:
            return of_units
        arguments = [self._argument(argument) for argument in node.args]
        if (product := self._of_outer_products(last, function, node)) is not None:
            return product
        if last == "outer" and len(arguments) == 2 and not node.keywords:
            self._notice_one_by_one(*arguments)
        if self.by_sample is not None and len(arguments) == 2 and not node.keywords:
            if last == "outer":
                return self.by_sample.outer(*arguments)
            turned = self.by_sample.dot(*arguments) if last in ("dot", "matmul") else None
            if turned is not None:
                return turned
        factors = (
            arguments if len(arguments) == 2 else [getattr(function, "value", None), *arguments]
        )
        is_product = last in ("dot", "matmul") and len(factors) == 2 and not node.keywords
        if is_product and (product := self._of_vectors(*factors)) is not None:
            return product
        options = [ast.keyword(k.arg, self._argument(k.value)) for k in node.keywords]
        if name == "sum" and len(arguments) == 1 and not options:  # Python's own sums the rows
            options = [ast.keyword("axis", constant(0))]
        options = [k for k in options if k.arg not in ("copy", "dtype", "out", "ndmin")]
        if last in MATRICES and arguments:
            return self._matrix(arguments[0])
        if (
            self.by_sample is not None
            and last in REDUCTIONS
            and len(node.args) <= 1
            and not options
        ):
            options = self.by_sample.over_units(arguments[0] if node.args else function)
        return marked(checked(ast.Call(function, arguments, options)), *arguments)

    def _of_units(self, last: str, function: Any, node: ast.Call) -> Any:
        """A function of single entries, or a sum of a list of them; None if it is neither."""
        if self.names.recognition.see is None or node.keywords or not node.args:
            return None
        values = [self._or_broken(argument) for argument in node.args]
        if not any(isinstance(value, InLoop) for value in values):
            return None
        if last == "sum" and len(values) == 1 and isinstance(listed := values[0], Listed):
            return listed.entry.summed({listed.order[0]})
        if last == "sum" and len(values) == 1 and isinstance(values[0], Row):
            return self.units.row(values[0]).summed({ALL})
        if last == "sum" and len(values) == 1 and ALL in getattr(values[0], "letters", ()):
            return values[0].summed({ALL})
        if last in ("array", "asarray", "float") and isinstance(values[0], Listed | Single):
            return values[0]
        if last in ("dot", "matmul", "dot_product") and len(values) == 2:
            return self.units.dot(*values)
        if last in UNIT_BY_UNIT and not any(isinstance(v, Listed | Row) for v in values):
            parts = [self.units.single(value) for value in values]
            return together(parts, lambda given: ast.Call(function, given, []))
        raise Unreadable(f"{last} of single entries")

    def _of_outer_products(self, last: str, function: Any, node: ast.Call) -> Any:
        """A sum, or a mean, over the samples of outer products; None if it is another."""
        is_sum = last in ("sum", "mean") and isinstance(function, ast.Attribute)
        if not is_sum or not self.names.recognition.in_rows:
            return None
        of_module = (dotted(function) or "").split(".")[0] in MODULES
        given = [*([] if of_module else [function.value]), *map(self._or_broken, node.args)]
        axis = [*given[1:], *(self._or_broken(k.value) for k in node.keywords)]
        if [getattr(one, "value", None) for one in axis] != [0]:
            return None
        product = by_sample.of_outer_products(given[0])
        if product is None or last == "sum":
            return product
        return ast.BinOp(product, ast.Div(), quantity("m"))

    def _notice_one_by_one(self, P: Any, Q: Any) -> None:
        """An outer product of two arrays is one of vectors: the file is about one sample."""
        recognition = self.names.recognition
        if recognition.is_of_samples(P) and recognition.is_of_samples(Q):
            recognition.one_by_one = True
            self.by_sample = self.by_sample or BySample(recognition)
            self.by_sample.is_sure = True

    def _of_vectors(self, P: Any, Q: Any) -> Any:
        """A product that only vectors can have, as one of matrices; None if it is another."""
        recognition = self.names.recognition
        if recognition.see is None or recognition.seen(ast.BinOp(P, ast.MatMult(), Q)).shape:
            return None
        if self.by_sample is not None and self.by_sample.is_sure:
            return self.by_sample.of_vector(P, Q)
        return by_sample.of_targets(recognition, P, Q)

    def _given(self, arguments: list[ast.expr]) -> list[Any]:
        """The values of arguments, those of a list one by one where a star is in front."""
        given: list[Any] = []
        for argument in arguments:
            value = self._or_broken(argument)
            is_spread = isinstance(argument, ast.Starred) and isinstance(value, Items)
            given += value.values if is_spread else [value]
        return given

    def _method(self, owner: Instance, method: Helper, node: ast.Call) -> Any:
        """A function of an object's class, called on it."""
        arguments = [owner, *self._given(node.args)]
        options = {str(k.arg): self._or_broken(k.value) for k in node.keywords}
        return self.call(method, arguments, options)

    def _joined(self, name: str, node: ast.Call) -> Any:
        """An array with a column of ones, or a product with one; None if it is neither."""
        if (
            name in bias_column.JOINS
            and node.args
            and isinstance(node.args[0], ast.Tuple | ast.List)
        ):
            return bias_column.joined([self._or_broken(part) for part in node.args[0].elts])
        if name == "insert" and len(node.args) >= 2:
            given = [*node.args, *(k.value for k in node.keywords)]
            return bias_column.inserted([self._or_broken(part) for part in given])
        if name == "append" and len(node.args) >= 2:
            return bias_column.appended([self._or_broken(part) for part in node.args])
        if name == "delete" and len(node.args) >= 2:
            whole = self._or_broken(node.args[0])
            return whole.rest if isinstance(whole, Joined) else whole
        if name not in ("dot", "matmul"):
            return None
        function: Any = node.func
        is_method = isinstance(function, ast.Attribute) and len(node.args) == 1
        factors = [function.value, *node.args] if is_method else node.args
        values = [self._or_broken(factor) for factor in factors]
        has_column = len(values) == 2 and any(isinstance(value, Joined) for value in values)
        if has_column and all(isinstance(value, ast.expr | Joined) for value in values):
            return bias_column.product(values[0], values[1], self._of_vectors)
        return None

    def _matrix(self, value: Any) -> Any:
        """As an ``np.matrix``."""
        value = copy.copy(value)
        vars(value)["matrix_"] = True
        return value

    def _helper(self, name: str) -> Helper | Class | None:
        """The function of the file that is called, if it is one."""
        stored = self.variables.get(name)
        if isinstance(stored, Helper | Class):
            return stored
        root, _, last = name.rpartition(".")
        if last in self.helpers and root.split(".")[0] not in MODULES:
            return self.helpers[last]
        return None

    def _argument(self, node: Any) -> Any:
        """An argument of a function of NumPy; a shape is a tuple."""
        value = self.value(node)
        if isinstance(value, Joined):
            return value.rest
        if isinstance(value, Items):
            return ast.Tuple(list(value.values), ast.Load())
        if isinstance(value, Entries | Helper):
            raise Unreadable(f"{ast.unparse(node)[:60]} is no array")
        return value
