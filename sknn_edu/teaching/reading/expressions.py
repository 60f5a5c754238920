"""Expressions of a student's code, with everything put in that is known about their names."""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable
from typing import Any

from ...activations import Activation
from ...formulas.spelling import MODULES
from . import bias_column
from .by_sample import BySample
from .names import Names
from .syntax import (
    OF_NUMBERS,
    as_int,
    bare_word,
    dotted,
    folded,
    helper_of,
    is_int,
    joined,
    negative,
)
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
    constant,
    is_constant,
    is_labels,
    is_matrix,
    marked,
    quantity,
)

Call = Callable[[Helper, list[Any], dict[str, Any]], Any]
OF_CONSTANTS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
OF_ARRAYS = ("T", "mT", "shape", "size")
MATRICES = ("mat", "matrix", "asmatrix")
REDUCTIONS = ("sum", "max", "amax")
ONE_HOT = {"onehot", "tocategorical", "getdummies", "onehotencode", "onehotencoding"}
NUMBERS_OF_LAYERS = {"L", "n_layers", "num_layers", "nlayers", "layers_count", "nb_layers"}


class Expressions:
    """What expressions are, where these variables have these values.

    Parameters
    ----------
    names : Names
    variables : dict
        Values by name; ``self.x`` for attributes.
    helpers : dict of str to Helper
    call : callable
        Runs a helper, symbolically.
    """

    def __init__(
        self, names: Names, variables: dict[str, Any], helpers: dict[str, Helper], call: Call
    ) -> None:
        self.names, self.variables, self.helpers, self.call = names, variables, helpers, call
        self.by_sample: BySample | None = None  # within a loop over the samples

    def value(self, node: Any) -> Any:
        """The value of an expression: a container, or a syntax tree of quantities."""
        match node:
            case ast.Constant():
                return node
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp(op=op, operand=operand):
                inside = self.value(operand)
                if isinstance(op, ast.USub) and is_constant(inside, int, float):
                    return constant(-inside.value) if inside.value < 0 else negative(inside)
                return checked(ast.UnaryOp(op, self.formula(operand)))
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                decided = self.decided(test)
                if decided is not None:
                    return self.value(body if decided else orelse)
                parts = [self.formula(part) for part in (test, body, orelse)]
                return checked(ast.Call(quantity("where"), parts, []))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return Items([self.value(element) for element in elements])
            case ast.Dict(keys=keys, values=values):
                entries = Entries()
                for key, value in zip(keys, values, strict=True):
                    if key is not None and is_constant(found := self.value(key), str, int):
                        entries.values[str(found.value)] = self._or_broken(value)
                return entries
            case ast.JoinedStr(values=parts):
                return joined("".join(map(self._text, parts)))
            case ast.Lambda(args=arguments, body=body):
                return helper_of("lambda", arguments, [ast.Return(body)])
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self.value(value)
        raise Unreadable(f"{_kind(node)} cannot be read here")

    def formula(self, node: Any) -> Any:
        """The value, which has to be a formula."""
        value = self.value(node)
        if isinstance(value, Joined):
            return value.rest
        if isinstance(value, CONTAINERS):
            raise Unreadable(f"{ast.unparse(node)[:60]} is no array")
        return value

    def decided(self, test: Any) -> bool | None:
        """Whether a condition holds, or None if that is not known beforehand."""
        try:
            value = self.value(test)
        except Unreadable:
            return None
        match value:
            case ast.Compare(ops=[ast.Eq()], comparators=[ast.Constant(value=str(name))]):
                return self._is_activation(name.lower())
        return bool(value.value) if isinstance(value, ast.Constant) else None

    def _is_activation(self, name: str) -> bool | None:
        """Whether the network has the activation that the code asks for, if it is one."""
        if name in self.names.activations:
            return True
        return False if name in Activation.names() or name == "sigmoid" else None

    # -- names ----------------------------------------------------------------------------------

    def _name(self, name: str) -> Any:
        if name in self.variables:
            return _usable(self.variables[name])
        if name in self.helpers:
            return self.helpers[name]
        if name in NUMBERS_OF_LAYERS:
            return constant(self.names.L + (name not in ("L",)))
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
        if path is not None:
            if path in self.variables:
                return _usable(self.variables[path])
            root, _, last = path.rpartition(".")
            if root.split(".")[0] in MODULES:
                return node
            if last not in OF_ARRAYS and self._is_object(root):
                if last in NUMBERS_OF_LAYERS:
                    return constant(self.names.L + 1)
                if last in self.helpers:
                    return self.helpers[last]
                if found := self.names.quantity(last) or self.names.of_object(root, last):
                    return quantity(found)
                return ast.Name(path, ast.Load())
        value = self.value(node.value)
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
        if root in self.variables:
            return False
        return "." in root or root == "self" or self.names.quantity(root) is None

    def _subscript(self, node: ast.Subscript) -> Any:
        path = dotted(node.value)
        index = node.slice
        if path in ("np.c_", "numpy.c_", "np.r_", "numpy.r_") and isinstance(index, ast.Tuple):
            parts = [self._or_broken(part) for part in index.elts]
            if (made := bias_column.joined(parts)) is not None:
                return made
        if isinstance(index, ast.Slice):
            value = self.value(node.value)  # some of the samples: a batch
            return value.rest if isinstance(value, Joined) and is_from_1(index) else value
        if isinstance(index, ast.Tuple) and all(map(is_all_or_from_1, index.elts)):
            value = self.value(node.value)
            return value.rest if isinstance(value, Joined) else value
        key: Any = self.value(index) if not isinstance(index, ast.Tuple) else index
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
        match container:
            case Entries(values) if is_constant(key, str, int) and str(key.value) in values:
                return _usable(values[str(key.value)])
            case Items(values) if not found and is_constant(key, int) and key.value < len(values):
                return _usable(values[key.value])
            case Cache(layer):
                inside = self.names.of_layer(str(key.value), layer) if is_constant(key, str) else ""
                return quantity(inside) if inside else container
        if found:
            return quantity(found)
        if word == "caches" and is_int(key):
            number = as_int(key)
            return Cache(number + 1 if number >= 0 else self.names.L + 1 + number)
        value = self.value(node.value)
        if isinstance(value, Items) and is_constant(key, int):
            raise Unreadable(f"there is no {ast.unparse(node)[:60]}")
        if isinstance(value, CONTAINERS):
            raise Unreadable(f"{ast.unparse(node)[:60]} is not known")
        if is_constant(key, str):
            return ast.Name(f"{word}_{key.value}", ast.Load())
        if self._is_of_samples(value) and all(map(self._is_counter, parts_of(index))):
            return value  # of one sample, or of a batch, what it is of all
        return checked(ast.Subscript(value, key, ast.Load()))

    def _is_of_samples(self, value: Any) -> bool:
        """Whether it is made of arrays of samples: what is done with one is done with all."""
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            return False
        names = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        return bool(names) and any(name[0] in "XYAZdb" for name in names & {*self.names.known})

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

    def _one_hot(self, array: Any, key: Any) -> Any:
        """The targets, for ``np.eye(10)[y]``."""
        match array:
            case ast.Call(func=ast.Attribute(attr="eye" | "identity")) if is_labels(key):
                return self.one_hot()
        return None

    def one_hot(self) -> Any:
        """The targets as functions make them of labels: samples are rows."""
        recognition = self.names.recognition
        if recognition.in_rows or recognition.is_turned:
            return quantity("Y")
        return ast.Attribute(quantity("Y"), "T", ast.Load())

    # -- calls ----------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Any:
        function = node.func
        name = dotted(function) or ""
        last = name.rpartition(".")[2]
        if name == "str" and len(node.args) == 1:
            return constant(self._text(node.args[0]))
        if name == "len" and len(node.args) == 1:
            return self._length(node.args[0])
        if name in ("dict", "list", "tuple") and not node.args:
            entries = {str(k.arg): self._or_broken(k.value) for k in node.keywords}
            return Entries(entries) if name == "dict" else Items([])
        if last in ("copy", "deepcopy") and len(node.args) == 1:
            return self.value(node.args[0])
        if last in ("to_numpy", "toarray", "todense") and isinstance(function, ast.Attribute):
            return self.value(function.value)
        if last.replace("_", "").lower() in ONE_HOT and node.args:
            if is_labels(self._or_broken(node.args[0])):
                return self.one_hot()
        helper = self._helper(name)
        owner = self.instance(function.value) if isinstance(function, ast.Attribute) else None
        if owner is not None and function.attr in owner.of.methods:
            arguments = [owner, *(self._or_broken(a) for a in node.args)]
            options_ = {str(k.arg): self._or_broken(k.value) for k in node.keywords}
            return self.call(owner.of.methods[function.attr], arguments, options_)
        if helper is not None:
            arguments = [self._or_broken(a) for a in node.args]
            return self.call(
                helper, arguments, {str(k.arg): self.value(k.value) for k in node.keywords}
            )
        if (made := self._joined(last, node)) is not None:
            return made
        if last in ("append", "update", "items", "random", "randn", "rand"):
            raise Unreadable(f"{last} gives no formula")
        if isinstance(function, ast.Attribute) and name.split(".")[0] not in MODULES:
            function = ast.Attribute(self.formula(function.value), function.attr, ast.Load())
        arguments = [self._argument(argument) for argument in node.args]
        if self.by_sample is not None and len(arguments) == 2 and not node.keywords:
            if last == "outer":
                return self.by_sample.outer(*arguments)
            turned = self.by_sample.dot(*arguments) if last in ("dot", "matmul") else None
            if turned is not None:
                return turned
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
        if name not in ("dot", "matmul"):
            return None
        is_method = isinstance(node.func, ast.Attribute) and len(node.args) == 1
        factors = [node.func.value, *node.args] if is_method else node.args
        values = [self._or_broken(factor) for factor in factors]
        if len(values) == 2 and any(isinstance(value, Joined) for value in values):
            if all(isinstance(value, ast.expr | Joined) for value in values):
                return bias_column.product(*values)
        return None

    def _matrix(self, value: Any) -> Any:
        """As an ``np.matrix``."""
        value = copy.copy(value)
        value.matrix_ = True
        return value

    def _helper(self, name: str) -> Helper | None:
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

    def _length(self, node: Any) -> Any:
        """``len(...)``: of what has an entry for each layer, or of an array."""
        word = bare_word(node)
        if word in ("parameters", "params", "grads"):
            return constant(2 * self.names.L)
        if word in ("caches", "weights", "biases", "w", "b"):
            return constant(self.names.L)
        if word in ("layers", "sizes", "layerdims", "layersdims", "layersizes", "activations"):
            return constant(self.names.L + 1)
        value = self.value(node)
        if isinstance(value, Items | Entries):
            return constant(len(value.values))
        return checked(ast.Call(quantity("len"), [self.formula(node)], []))

    # -- operators --------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Any:
        left, right, op = self.value(node.left), self.value(node.right), type(node.op)
        texts = is_constant(left, str) and is_constant(right, str) and op is ast.Add
        if texts:
            return joined(left.value + right.value)
        if op in OF_NUMBERS and is_int(left) and is_int(right):
            return folded(op, as_int(left), as_int(right))
        for value, part in ((left, node.left), (right, node.right)):
            if isinstance(value, CONTAINERS) and not isinstance(value, Joined):
                raise Unreadable(f"{ast.unparse(part)[:60]} is no array")
        if isinstance(left, Joined) or isinstance(right, Joined):
            is_product = op is ast.Mult and (is_matrix(left) or is_matrix(right))
            if op is ast.MatMult or is_product:
                return bias_column.product(left, right)
            return bias_column.combined(left, node.op, right, self.names.recognition)
        if self.by_sample is not None and op is ast.Mult:
            for P, Q in ((left, right), (right, left)):
                if self.by_sample.is_column(P):
                    return self.by_sample.outer(P.value, Q)
        if op is ast.Mult and (is_matrix(left) or is_matrix(right)):
            if not (is_constant(left, int, float) or is_constant(right, int, float)):
                return marked(checked(ast.BinOp(left, ast.MatMult(), right)), left, right)
        return marked(checked(ast.BinOp(left, node.op, right)), left, right)

    def _comparison(self, node: ast.Compare) -> Any:
        values = [self.value(part) for part in (node.left, *node.comparators)]
        op = type(node.ops[0])
        if len(values) == 2 and op in OF_CONSTANTS and all(map(_is_known, values)):
            left, right = (value.value for value in values)
            try:
                return constant(OF_CONSTANTS[op](left, right))
            except TypeError:
                raise Unreadable("a comparison of different things") from None
        if any(isinstance(value, CONTAINERS) for value in values):
            raise Unreadable("a comparison of what is no array")
        return checked(ast.Compare(values[0], node.ops, values[1:]))

    def _text(self, node: Any) -> str:
        """A part of a text that is known beforehand."""
        inside = node.value if isinstance(node, ast.FormattedValue) else node
        value = self.value(inside)
        if not isinstance(value, ast.Constant):
            raise Unreadable("a name that is put together from what is not known")
        return str(value.value)

    def _or_broken(self, node: Any) -> Any:
        """The value, or why there is none: it may not be needed."""
        try:
            return self.value(node)
        except Unreadable as error:
            return Broken(str(error))


def is_from_1(index: Any) -> bool:
    """Whether it is all but the first, ``1:``."""
    match index:
        case ast.Slice(lower=ast.Constant(value=1), upper=None):
            return True
    return False


def is_all_or_from_1(index: Any) -> bool:
    """Whether it is all, or all but the first."""
    is_all = isinstance(index, ast.Slice) and index.lower is None and index.upper is None
    return is_all or is_from_1(index)


def parts_of(index: Any) -> list[Any]:
    """An index for each axis."""
    return list(index.elts) if isinstance(index, ast.Tuple) else [index]


def _usable(value: Any) -> Any:
    if isinstance(value, Broken):
        raise Unreadable(value.reason)
    return value


def _is_known(value: Any) -> bool:
    return isinstance(value, ast.Constant)


def _kind(node: Any) -> str:
    """What a node is, in words."""
    return f"{type(node).__name__} ({ast.unparse(node)[:40]})"
