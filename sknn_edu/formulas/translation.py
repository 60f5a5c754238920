"""Python's syntax tree to a formula, node by node, by a whitelist."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from math import isfinite
from typing import Any, NamedTuple, NoReturn

import numpy as np

from . import advice, shapes, tree
from .aliases import name_in_formula, name_of
from .calls import Calls, module_of
from .evaluation import EPS, Scope
from .layout import Layout
from .ones import sum_by_ones
from .primitives import RELATIONS_OF_ANSWERS
from .quantity import Quantity
from .source import Source
from .spelling import CONSTANTS, power
from .tree import Expression

MAX_EXPONENT = 16.0

OPERATORS: dict[type, Callable[..., Expression]] = {
    ast.Add: lambda P, Q, **span: tree.Sum(P, "+", Q, **span),
    ast.Sub: lambda P, Q, **span: tree.Sum(P, "-", Q, **span),
    ast.Mult: tree.Product,
    ast.Div: tree.Quotient,
    ast.MatMult: tree.MatrixProduct,
    ast.Pow: power,
}
COMPARISONS: dict[type, str] = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "<="}
COMPARISONS |= {ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
IN_EXPONENTS = (tree.Number, tree.Negative, tree.Sum, tree.Product, tree.Quotient, tree.Power)
# Numbers of steps and the like; in the check of its size, such an exponent is 1.
COUNTS = {"t": 1.0, "momentum_decay": 1.0}


class Language(NamedTuple):
    """What may be in a text, and how much of it."""

    characters: int
    nodes: int
    depth: int
    relations: Collection[str] = tuple(RELATIONS_OF_ANSWERS)
    counts_arguments: bool = True  # formulas that are printed call functions of more


class Translator:
    """Translates the nodes of one text.

    Parameters
    ----------
    source : Source
    language : Language
    names : collection of str or None
        What may stand alone; None allows all names.
    functions : collection of str
        What may be called.
    layout : Layout or None
        With it, a number of samples is known as such.

    Attributes
    ----------
    own : dict of str to str
        Names that have a meaning of their own in this text.
    """

    def __init__(
        self,
        source: Source,
        language: Language,
        names: Collection[str] | None,
        functions: Collection[str],
        layout: Layout | None,
    ) -> None:
        self.source, self.language, self.names, self.layout = source, language, names, layout
        self.functions = functions
        self.own: dict[str, str] = {}
        self.calls = Calls(self, names or ())
        self.n_nodes = 0

    def translate(self, node: Any, depth: int) -> Expression:
        """One node and all below it."""
        self.n_nodes += 1
        if self.n_nodes > self.language.nodes:
            self.source.refuse(f"A formula has at most {self.language.nodes} parts.", node)
        if depth > self.language.depth:
            most = f"{self.language.depth} parts one within, or one after, the other"
            self.source.refuse(f"A formula has at most {most}.", node)
        span = {"span": self.source.span(node)}
        inner = depth + 1
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return tree.Number(self._number(node, number), **span)
            case ast.Name(id=name):
                return tree.Name(self._name(node, name), **span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return tree.Negative(self.translate(operand, inner), **span)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.translate(operand, inner)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.power(left, right, inner, span)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right) if (
                summed := sum_by_ones(left, right, lambda P: self.translate(P, inner), span)
            ) is not None:
                return summed
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                P, Q = self.translate(left, inner), self.translate(right, inner)
                return OPERATORS[type(op)](P, Q, **span)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                relation = COMPARISONS.get(type(op), "")
                if relation in self.language.relations:
                    P, Q = self.translate(left, inner), self.translate(right, inner)
                    return tree.Comparison(P, relation, Q, **span)
            case ast.Attribute(value=module, attr=name) if module_of(module, self.names or ()):
                if name in CONSTANTS:
                    return tree.Number(CONSTANTS[name], **span)
                self.source.refuse(f"{name} is a function: write {name}(...).", node)
            case ast.Attribute(
                value=ast.Call(func=ast.Attribute(attr="finfo", value=module)), attr="eps"
            ) if module_of(module, self.names or ()):
                return tree.Number(EPS, **span)
            case ast.Attribute(value=operand, attr="values" | "data"):
                return self.translate(operand, inner)
            case ast.Attribute(value=operand, attr="T" | "mT"):
                return tree.Transpose(self.translate(operand, inner), **span)
            case ast.Attribute(value=operand, attr="size"):
                return self._size(operand, None, inner, span)
            case ast.Subscript(value=operand, slice=index):
                return self._subscript(node, operand, index, inner)
            case ast.Call(func=ast.Attribute(attr="size", value=module), args=[operand]) if (
                module_of(module, self.names or ())
            ):
                return self._size(operand, None, inner, span)
            case ast.Call(func=ast.Name(id="len"), args=[operand], keywords=[]):
                return self._size(operand, 0, inner, span)
            case ast.Call():
                return self.calls.translate(node, inner, span)
        return self._refuse_kind(node)

    def power(self, base: Any, exponent: Any, depth: int, span: Any) -> Expression:
        """P ** p."""
        P, p = self.translate(base, depth), self.translate(exponent, depth)
        result = power(P, p, **span)
        if isinstance(result, tree.Power):
            self._check_exponent(exponent, p)
        return result

    # -- names and numbers --------------------------------------------------------------------

    def _name(self, node: Any, name: str) -> str:
        """The name that is meant."""
        if self.names is None:
            return name
        if name in self.own:
            return self.own[name]
        known = name_in_formula(name, self.names)
        if known is None:
            self.source.refuse(advice.on_name(name, self.names, self.functions), node)
        return known

    def _number(self, node: Any, number: float) -> float:
        try:
            number = float(number)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            self.source.refuse("This number is too large.", node)
        return number

    def _check_exponent(self, node: Any, exponent: Expression) -> None:
        """Exponents are numbers of a moderate size, or count steps."""
        if not all(
            isinstance(part, IN_EXPONENTS) or (isinstance(part, tree.Name) and part.id in COUNTS)
            for part in exponent.walk()
        ):
            reason = "An exponent must be a number; for powers of e write exp(...)."
            self.source.refuse(reason, node)
        try:
            with np.errstate(all="ignore"):
                size = float(np.abs(exponent.value(Scope(COUNTS, {}))))
        except (ArithmeticError, ValueError):
            size = float("inf")
        if not size <= MAX_EXPONENT:
            most = f"{MAX_EXPONENT:g}"
            self.source.refuse(f"An exponent must lie between -{most} and {most}.", node)

    # -- shapes and subscripts ------------------------------------------------------------------

    def _subscript(self, node: Any, operand: Any, index: Any, depth: int) -> Expression:
        """``X.shape[0]``, ``A[1]`` for A1, and ``v[:, None]`` for a column."""
        span = {"span": self.source.span(node)}
        match operand, index:
            case ast.Attribute(value=P, attr="shape"), _ if (axis := _axis(index)) is not None:
                return self._size(P, axis, depth, span)
            case (
                ast.Call(func=ast.Attribute(value=ast.Name(), attr="shape"), args=[P], keywords=[]),
                _,
            ) if (axis := _axis(index)) is not None:
                return self._size(P, axis, depth, span)
            case ast.Name(id=family), ast.Constant(value=int(l)) if self.names is not None:
                known = name_of(f"{family}{l}", self.names)
                if known and not isinstance(l, bool) and family not in self.names:
                    return tree.Name(known, **span)
            case _, ast.Tuple(elts=[ast.Slice(None, None, None), new]) if _is_new_axis(new):
                return shapes.Reshaped("column", self.translate(operand, depth), **span)
            case _, ast.Tuple(elts=[new, ast.Slice(None, None, None)]) if _is_new_axis(new):
                return shapes.Reshaped("row", self.translate(operand, depth), **span)
        return self.source.refuse(advice.NO_SUBSCRIPTS, node, self.source.after(operand))

    def _size(self, operand: Any, axis: int | None, depth: int, span: Any) -> Expression:
        """The number of rows, columns or entries; m if it is that of the samples."""
        P = self.translate(operand, depth)
        of_samples = isinstance(P, tree.Name) and Quantity.of(P.id).is_of_samples
        if of_samples and axis is not None and self.layout is not None:
            along_samples = 0 if self.layout is Layout.ROWS else 1
            if axis % 2 == along_samples:
                return tree.Name("m", **span)
        return shapes.Size(P, axis, **span)

    # -- refusals -------------------------------------------------------------------------------

    def _refuse_kind(self, node: Any) -> NoReturn:
        """Refuse what has no translation."""
        source = self.source
        match node:
            case ast.Attribute(attr=name):
                source.refuse(advice.on_attribute(name), node, source.end(node) - len(name))
            case ast.BinOp(left=left, op=operator):
                source.refuse(advice.OPERATORS.get(type(operator)), node, source.after(left))
            case ast.Compare(left=left):
                source.refuse(advice.OPERATORS[ast.Compare], node, source.after(left))
            case ast.Tuple(elts=[first, *_]):
                source.refuse(advice.OPERATORS[ast.Tuple], node, source.after(first))
        source.refuse(advice.OPERATORS.get(type(node)), node)


def _axis(index: Any) -> int | None:
    """The number of an axis in brackets, or None."""
    match index:
        case ast.Constant(value=int(axis)) if axis in (0, 1) and not isinstance(axis, bool):
            return axis
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(axis))) if axis in (1, 2):
            return -axis
    return None


def _is_new_axis(node: Any) -> bool:
    """``None``, ``np.newaxis`` or ``newaxis``."""
    match node:
        case ast.Constant(value=None) | ast.Name(id="newaxis") | ast.Attribute(attr="newaxis"):
            return True
    return False
