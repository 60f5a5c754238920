"""Calls in formulas: functions by their name, behind a module, or behind an array."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Any, Protocol

from . import advice, shapes, tree
from .aliases import function_of
from .einsum import einsum, tensordot
from .ones import sum_by_ones
from .primitives import OF_THE_LANGUAGE, REDUCTIONS_OF_ANSWERS
from .source import Source
from .spelling import METHODS, MODULES, REAL, SPELLED, UNCHANGED, WHOLE
from .tree import Expression

AXES = {"0": 0, "1": 1, "-1": -1, "-2": -2, "None": None}
OPTIONS: dict[str, dict[str, Any]] = {"axis": AXES, "keepdims": {"True": True, "False": False}}
IN_TORCH = {"dim": "axis", "keepdim": "keepdims"}
TURNED = ("transpose_a", "transpose_b")
OF_AXES = ("einsum", "tensordot", "swapaxes")
SWAPPED = (["0", "1"], ["1", "0"], ["-1", "-2"], ["-2", "-1"])
PRODUCTS = {SPELLED["dot"].build, SPELLED["matmul"].build}
TWO_OF_THEM = {"max": "maximum", "min": "minimum"}


def module_of(node: Any, names: Collection[str]) -> bool:
    """Whether this is a module such as ``np`` or ``np.linalg``, and no quantity."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULES and node.id not in names


class Translator(Protocol):
    """What calls need of the translator."""

    source: Source
    functions: Collection[str]
    language: Any

    def translate(self, node: Any, depth: int) -> Expression:
        """One node and all below it."""

    def power(self, base: Any, exponent: Any, depth: int, span: Any) -> Expression:
        """P ** p."""


class Calls:
    """Translates the calls of one text.

    Parameters
    ----------
    translator : Translator
        Translates what stands inside.
    names : collection of str
        What may stand alone.
    """

    def __init__(self, translator: Translator, names: Collection[str]) -> None:
        self.source, self.functions = translator.source, translator.functions
        self.inside, self.power = translator.translate, translator.power
        self.counts_arguments = translator.language.counts_arguments
        self.names = names

    def translate(self, node: ast.Call, depth: int, span: Any) -> Expression:
        """A call, and all in it."""
        name, arguments, is_bare = self._called(node)
        function = function_of(name, self.functions)
        if is_bare and function in TWO_OF_THEM and len(arguments) == 2:
            function = TWO_OF_THEM[function]
        if function in REDUCTIONS_OF_ANSWERS and function in self.functions:
            return self._reduction(node, function, arguments, depth, span)
        if name in OF_AXES or (function == "softmax" and len(arguments) + len(node.keywords) == 2):
            return self._of_axes(node, function, arguments, depth, span)
        if function in self.functions:
            return self._function(node, function, arguments, depth, span)
        if name in SPELLED:
            return self._spelled(node, name, arguments, depth, span)
        if name in ("reshape", "view", "astype", *UNCHANGED, *WHOLE):
            return self._unchanged(node, name, arguments, depth, span)
        position = self.source.after(node.func) if name in self.names else None
        reason = advice.on_function(name, self.functions, self.names)
        return self.source.refuse(reason, node, position)

    def _called(self, node: ast.Call) -> tuple[str, list[Any], bool]:
        """The function, its arguments with the array in front, and whether it stands alone."""
        match node.func:
            case ast.Name(id=name):
                return name, node.args, True
            case ast.Attribute(value=ast.Attribute(attr="add"), attr="reduce"):
                return "sum", node.args, False
            case ast.Attribute(value=module, attr=name) if module_of(module, self.names):
                return name, node.args, False
            case ast.Attribute(value=operand, attr=name) as function:
                if name in METHODS:
                    return name, [operand, *node.args], False
                if name == "T":
                    reason, position = "The transpose .T has no parentheses.", None
                    self.source.refuse(reason, node, self.source.end(function))
                position = self.source.end(function) - len(name)
                self.source.refuse(advice.on_attribute(name), node, position)
            case function:
                reason = f"Only functions that have a name can be called. {advice.TIMES}"
                self.source.refuse(reason, node, self.source.after(function))

    # -- kinds of calls -------------------------------------------------------------------------

    def _function(
        self, node: ast.Call, function: str, arguments: list[Any], depth: int, span: Any
    ) -> Expression:
        """A function of the network or of the language."""
        primitive = OF_THE_LANGUAGE.get(function)
        wanted = primitive.n_arguments if primitive else 1
        if self.counts_arguments or len(arguments) < wanted:
            self._check(node, function, arguments, wanted)
        self._check_keywords(node, function)
        return tree.Call(function, tuple(self.inside(a, depth) for a in arguments), **span)

    def _spelled(
        self, node: ast.Call, name: str, arguments: list[Any], depth: int, span: Any
    ) -> Expression:
        """What formulas have an operator for."""
        wanted, build = SPELLED[name]
        if build is SPELLED["clip"].build and len(arguments) + len(node.keywords) in (2, 3):
            return self._clipped(node, arguments, depth, span)
        if build in PRODUCTS and len(arguments) == wanted:
            left, right = arguments
            summed = sum_by_ones(left, right, lambda P: self.inside(P, depth), span)
            if summed is not None:
                return summed
            turned = {k.arg: k.value for k in node.keywords if k.arg in TURNED}
            if turned and len(turned) == len(node.keywords):
                return build(*self._turned(arguments, turned, depth, span), **span)
        self._check(node, name, arguments, wanted)
        if build is SPELLED["power"].build:
            base, exponent = arguments
            return self.power(base, exponent, depth, span)
        return build(*(self.inside(a, depth) for a in arguments), **span)

    def _clipped(self, node: ast.Call, arguments: list[Any], depth: int, span: Any) -> Expression:
        """An array between two bounds, of which one may be missing, or be named."""
        operand, *bounds = arguments
        given = dict(zip(("min", "max"), bounds, strict=False))
        for keyword in node.keywords:
            name = str(keyword.arg).removeprefix("a_")
            if name not in ("min", "max") or name in given:
                self.source.refuse("clip takes P, min= and max=, each once.", keyword)
            given[name] = keyword.value
        result = self.inside(operand, depth)
        for name, function in (("min", "maximum"), ("max", "minimum")):
            if name in given and ast.unparse(given[name]) != "None":
                result = tree.Call(function, (result, self.inside(given[name], depth)), **span)
        return result

    def _turned(
        self, arguments: list[Any], turned: dict[Any, Any], depth: int, span: Any
    ) -> Iterator[Expression]:
        """The factors of tf.matmul(P, Q, transpose_a=True)."""
        for argument, option in zip(arguments, TURNED, strict=True):
            P = self.inside(argument, depth)
            is_turned = ast.unparse(turned[option]) == "True" if option in turned else False
            yield tree.Transpose(P, **span) if is_turned else P

    def _of_axes(
        self, node: ast.Call, name: str, arguments: list[Any], depth: int, span: Any
    ) -> Expression:
        """Functions of which a text or a number says over which axes they go."""
        given = [*arguments, *(k.value for k in node.keywords)]
        result = None
        if name == "einsum" and given and isinstance(given[0], ast.Constant):
            operands = [self.inside(P, depth) for P in given[1:]]
            result = einsum(str(given[0].value), operands, span)
        elif name == "tensordot" and len(given) == 3:
            P, Q = (self.inside(part, depth) for part in given[:2])
            result = tensordot(P, Q, ast.unparse(given[2]), span)
        elif name == "swapaxes" and [ast.unparse(axis) for axis in given[1:]] in SWAPPED:
            result = tree.Transpose(self.inside(given[0], depth), **span)
        elif name == "softmax" and len(given) == 2:
            P, axis = self.inside(given[0], depth), self._option(given[1], "axis")
            exp = tree.Call("exp", (P,), **span)
            result = tree.Quotient(exp, tree.Reduction("sum", exp, axis, True, **span), **span)
        if result is None:
            self.source.refuse(f"This {name} cannot be read. Write @ and sum(...).", node)
        return result

    def _reduction(
        self, node: ast.Call, function: str, arguments: list[Any], depth: int, span: Any
    ) -> Expression:
        """A sum, a mean, or a largest or smallest entry."""
        if not arguments:
            self._refuse_number(node, function, arguments, 1)
        for surplus in arguments[2:]:
            self.source.refuse(f"{function} takes P, axis= and keepdims=.", surplus)
        options = {}
        if len(arguments) == 2:
            options["axis"] = self._option(arguments[1], "axis")
        for keyword in node.keywords:
            name = IN_TORCH.get(str(keyword.arg), str(keyword.arg))
            if name not in OPTIONS or name in options:
                self.source.refuse(f"{function} takes axis= and keepdims=, each once.", keyword)
            options[name] = self._option(keyword.value, name)
        return tree.Reduction(function, self.inside(arguments[0], depth), **options, **span)

    def _option(self, node: Any, name: str) -> Any:
        """The value of an axis or of keepdims."""
        given = self.source.text[slice(*self.source.span(node))]
        if given not in OPTIONS[name]:
            self.source.refuse(f"{name} must be one of {', '.join(OPTIONS[name])}.", node)
        return OPTIONS[name][given]

    def _unchanged(
        self, node: ast.Call, name: str, arguments: list[Any], depth: int, span: Any
    ) -> Expression:
        """Other types and shapes, which change no number."""
        if not arguments:
            self._refuse_number(node, name, arguments, 1)
        operand, *others = arguments
        P = self.inside(operand, depth)
        if name in ("reshape", "view"):
            if len(others) == 1 and ast.unparse(others[0]).endswith(".shape"):
                return P  # the shape that it ought to have
            return shapes.Reshaped(self._form(node, others), P, **span)
        kind = name
        if name == "astype":
            kind = _last_name(others[0]) if len(others) == 1 else ""
            if kind not in REAL | WHOLE:
                self.source.refuse("Write astype(float), or nothing.", node)
        if kind in WHOLE and not isinstance(P, tree.Comparison):
            self.source.refuse(f"{kind} cuts off the digits; write it without.", node)
        return P

    def _form(self, node: ast.Call, shape: list[Any]) -> str:
        """What an array becomes that is reshaped: a column, a row or a vector."""
        if len(shape) == 1 and isinstance(shape[0], ast.Tuple | ast.List):
            shape = shape[0].elts
        lengths = [ast.unparse(length) for length in shape]
        match lengths:
            case [_, "1"]:
                return "column"
            case ["1", _]:
                return "row"
            case ["-1"]:
                return "ravel"
        reason = "There are reshape(P, -1, 1), a column, reshape(P, 1, -1), a row, and ravel(P)."
        return self.source.refuse(reason, node)

    # -- numbers of arguments ---------------------------------------------------------------------

    def _check(self, node: ast.Call, name: str, arguments: list[Any], wanted: int) -> None:
        """As many arguments as the function takes, and no keywords."""
        if len(arguments) != wanted:
            self._refuse_number(node, name, arguments, wanted)
        self._check_keywords(node, name)

    def _check_keywords(self, node: ast.Call, name: str) -> None:
        if node.keywords:
            self.source.refuse(f"{name} takes no keywords.", node.keywords[0])

    def _refuse_number(self, node: ast.Call, name: str, arguments: list[Any], wanted: int) -> None:
        """Point to the first argument that is too much, or to where one is missing."""
        reason = f"{name} takes {wanted} argument{'s' * (wanted > 1)}, got {len(arguments)}."
        if len(arguments) > wanted:
            self.source.refuse(reason, arguments[wanted])
        self.source.refuse(reason, node, self.source.end(node) - 1)


def _last_name(node: Any) -> str:
    """``float64`` of ``np.float64``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return str(name)
    return ""
