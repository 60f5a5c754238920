"""Text to tree. Python's own parser reads the text; a whitelist says what may be in it.

Nothing of it is ever run as Python: the syntax tree is translated, node by node, into the
tree of `sknn_edu.formulas.tree`, and what has no translation is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from math import isfinite
from typing import Any, NamedTuple, NoReturn

import numpy as np

from . import advice, tree
from .characters import in_one_line
from .errors import ExpressionError
from .evaluation import Scope
from .primitives import PRIMITIVES, REDUCTIONS
from .tree import Expression

MAX_EXPONENT = 16.0


class Limits(NamedTuple):
    """How much there may be in a text."""

    characters: int
    nodes: int
    depth: int


ANSWER = Limits(characters=2000, nodes=400, depth=60)
PRINTED = Limits(characters=100_000, nodes=10_000, depth=200)  # sums over all layers are long

OPERATORS: dict[type, Callable[..., Expression]] = {
    ast.Add: lambda P, Q, **span: tree.Sum(P, "+", Q, **span),
    ast.Sub: lambda P, Q, **span: tree.Sum(P, "-", Q, **span),
    ast.Mult: tree.Product,
    ast.Div: tree.Quotient,
    ast.MatMult: tree.MatrixProduct,
    ast.Pow: tree.Power,
}
RELATIONS: dict[type, str] = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "<="}
AXES = {"0": 0, "1": 1, "-1": -1, "-2": -2, "None": None}
OPTIONS: dict[str, dict[str, Any]] = {"axis": AXES, "keepdims": {"True": True, "False": False}}


def parse(
    text: str, names: Collection[str] | None, functions: Collection[str], *, printed: bool = False
) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"A1.T @ (A2 - Y) / m"``: names, numbers, ``+ - * / ** @``, ``.T``,
        ``sum`` and ``mean`` with ``axis`` and ``keepdims``, and the functions given. A line
        break is a blank.
    names : collection of str or None
        The names that may stand alone; None allows all, in formulas of the package.
    functions : collection of str
        The names that may be called.
    printed : bool, default=False
        Read comparisons too; formulas that the package prints have them.

    Raises
    ------
    ExpressionError
        If there is anything else in the text, or too much of it.
    """
    limits = PRINTED if printed else ANSWER
    if len(text) > limits.characters:
        reason = f"A formula has at most {limits.characters} characters; this has {len(text)}."
        raise ExpressionError(reason, text, limits.characters)
    line = in_one_line(text, limits.depth)
    formula = line.lstrip()
    if not formula:
        raise ExpressionError("The formula is empty.", text, 0)
    indent = len(line) - len(formula)
    try:
        syntax = ast.parse(formula, mode="eval").body
    except SyntaxError as error:
        raise _explained(error, text, line, indent) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("This is nested too deeply to be read.", text, indent) from None
    return _Translator(text, line, indent, names, functions, printed).translate(syntax, 1)


def _explained(error: SyntaxError, text: str, line: str, indent: int) -> ExpressionError:
    """What Python's parser did not understand, in terms of formulas."""
    end = len(line.rstrip())
    position = min(indent + error.offset - 1, end) if error.offset else end
    if position == end:
        reason = "The formula ends too early: something is missing."
    elif "argument" in error.msg:  # what Python says of them is said well
        reason = f"{error.msg[0].upper()}{error.msg[1:]}."
    else:
        reason = f"Something is missing before this {text[position]!r}, or it is too much."
    return ExpressionError(reason, text, position)


class _Translator:
    """Python's syntax tree to ours; Python's parser has not seen ``indent`` characters."""

    def __init__(
        self,
        text: str,
        line: str,
        indent: int,
        names: Collection[str] | None,
        functions: Collection[str],
        printed: bool,
    ) -> None:
        self.text, self.line, self.indent = text, line, indent
        self.names, self.functions, self.printed = names, functions, printed
        self.limits = PRINTED if printed else ANSWER
        self.n_nodes = 0

    def translate(self, node: Any, depth: int) -> Expression:
        """One node and all below it."""
        self.n_nodes += 1
        if self.n_nodes > self.limits.nodes:
            self._refuse(f"A formula has at most {self.limits.nodes} parts.", node)
        if depth > self.limits.depth:
            most = f"{self.limits.depth} parts one within, or one after, the other"
            self._refuse(f"A formula has at most {most}.", node)
        span = {"span": (self._start(node), self._end(node))}
        inner = depth + 1
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return tree.Number(self._number(node, number), **span)
            case ast.Name(id=name):
                if self.names is not None and name not in self.names:
                    self._refuse(advice.on_name(name, self.names, self.functions), node)
                return tree.Name(name, **span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return tree.Negative(self.translate(operand, inner), **span)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.translate(operand, inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                P, Q = self.translate(left, inner), self.translate(right, inner)
                if isinstance(op, ast.Pow):
                    self._check_exponent(right, Q)
                return OPERATORS[type(op)](P, Q, **span)
            case ast.Attribute(value=operand, attr="T"):
                return tree.Transpose(self.translate(operand, inner), **span)
            case ast.Call(func=ast.Name(id=function)):
                return self._call(node, function, inner, span)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if (
                self.printed and type(op) in RELATIONS
            ):
                P, Q = self.translate(left, inner), self.translate(right, inner)
                return tree.Comparison(P, RELATIONS[type(op)], Q, **span)
        return self._refuse_kind(node)

    def _call(self, node: ast.Call, function: str, depth: int, span: Any) -> Expression:
        if function not in self.functions:
            names = self.names or ()
            position = self._after(node.func) if function in names else None
            self._refuse(advice.on_function(function, self.functions, names), node, position)
        self._check_arguments(node, function)
        if function in REDUCTIONS:
            operand = self.translate(node.args[0], depth)
            return tree.Reduction(function, operand, **self._options(node, function), **span)
        if node.keywords:
            self._refuse(f"{function} takes no keywords.", node.keywords[0])
        return tree.Call(function, tuple(self.translate(a, depth) for a in node.args), **span)

    def _check_arguments(self, node: ast.Call, function: str) -> None:
        """As many as the function takes; printed formulas call functions of more arguments."""
        primitive = PRIMITIVES.get(function)
        wanted, got = primitive.n_arguments if primitive else 1, len(node.args)
        if got < wanted:
            missing = f"{function} takes {wanted} argument{'s' * (wanted > 1)}, got {got}."
            self._refuse(missing, node, self._end(node) - 1)
        if got > wanted and function in REDUCTIONS:
            self._refuse(f"Write the axis by its name, {function}(P, axis=0).", node.args[wanted])
        if got > wanted and not self.printed:
            surplus = f"{function} takes {wanted} argument{'s' * (wanted > 1)}, got {got}."
            self._refuse(surplus, node.args[wanted])

    def _options(self, node: ast.Call, function: str) -> dict[str, Any]:
        """The axis and keepdims of a sum or a mean."""
        options: dict[str, Any] = {}
        for keyword in node.keywords:
            name = str(keyword.arg)
            if name not in OPTIONS or name in options:
                self._refuse(f"{function} takes axis= and keepdims=, each once.", keyword)
            given = self.text[self._start(keyword.value) : self._end(keyword.value)]
            if given not in OPTIONS[name]:
                allowed = ", ".join(OPTIONS[name])
                self._refuse(f"{name} must be one of {allowed}.", keyword.value)
            options[name] = OPTIONS[name][given]
        return options

    def _number(self, node: ast.expr, number: float) -> float:
        try:
            number = float(number)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            self._refuse("This number is too large.", node)
        return number

    def _check_exponent(self, node: ast.expr, exponent: Expression) -> None:
        """Exponents are numbers of a moderate size."""
        variable = tree.Name | tree.Call | tree.Reduction
        if any(isinstance(part, variable) for part in exponent.walk()):
            self._refuse("An exponent must be a number; for powers of e write exp(...).", node)
        try:
            with np.errstate(all="ignore"):
                size = float(np.abs(exponent.value(Scope({}, {}))))
        except (ArithmeticError, ValueError):
            size = float("inf")
        if not size <= MAX_EXPONENT:
            most = f"{MAX_EXPONENT:g}"
            self._refuse(f"An exponent must lie between -{most} and {most}.", node)

    def _refuse_kind(self, node: Any) -> NoReturn:
        """Refuse what has no translation."""
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in advice.MODULES:
                self._refuse(advice.on_module(module, name), node)
            case ast.Attribute(attr=name):
                self._refuse(advice.on_attribute(name), node, self._end(node) - len(name))
            case ast.Call(func=ast.Attribute(attr="T") as function):
                self._refuse(advice.FUNCTIONS["T"], node, self._end(function))
            case ast.Call(func=ast.Attribute() as function):
                self._refuse_kind(function)
            case ast.Call(func=function):
                reason = f"Only functions that have a name can be called. {advice.TIMES}"
                self._refuse(reason, node, self._after(function))
            case ast.BinOp(left=left, op=operator):
                self._refuse(advice.OPERATORS.get(type(operator)), node, self._after(left))
            case ast.Compare(left=left):
                self._refuse(advice.OPERATORS[ast.Compare], node, self._after(left))
            case ast.Tuple(elts=[first, *_]):
                self._refuse(advice.OPERATORS[ast.Tuple], node, self._after(first))
        self._refuse(advice.OPERATORS.get(type(node)), node)

    def _refuse(self, reason: str | None, node: Any, position: int | None = None) -> NoReturn:
        position = self._start(node) if position is None else position
        raise ExpressionError(reason or "This cannot stand in a formula.", self.text, position)

    def _start(self, node: Any) -> int:
        return self.indent + node.col_offset

    def _end(self, node: Any) -> int:
        return self.indent + node.end_col_offset

    def _after(self, node: ast.expr) -> int:
        """Where something follows the node and the parentheses around it."""
        rest = self.line[self._end(node) :]
        return self._end(node) + len(rest) - len(rest.lstrip(" )"))
