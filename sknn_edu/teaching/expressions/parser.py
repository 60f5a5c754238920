"""Text to tree. Python's own parser reads the text; a whitelist says what may be in it.

Nothing of it is ever run as Python: the syntax tree is translated, node by node, into the
tree of `sknn_edu.teaching.expressions.tree`, and what has no translation is refused.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Collection
from math import isfinite
from typing import Any, NoReturn

from .functions import N_ARGUMENTS, REDUCTIONS
from .tree import (
    Call,
    Comparison,
    Expression,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
)

MAX_CHARACTERS = 2000
MAX_NODES = 400
MAX_DEPTH = 60
MAX_EXPONENT = 16.0

OPERATORS: dict[type, Callable[..., Expression]] = {
    ast.Add: lambda P, Q, **span: Sum(P, "+", Q, **span),
    ast.Sub: lambda P, Q, **span: Sum(P, "-", Q, **span),
    ast.Mult: Product,
    ast.Div: Quotient,
    ast.MatMult: MatrixProduct,
    ast.Pow: Power,
}
RELATIONS: dict[type, str] = {ast.Gt: ">", ast.Lt: "<", ast.LtE: "<="}

# What students type most often among the things that are refused, and what to type instead.
ADVICE: dict[type, str] = {
    ast.Subscript: "There are no subscripts here: write formulas of whole matrices.",
    ast.FloorDiv: "Divide with /.",
    ast.BitXor: "A power is written with **, not with ^.",
    ast.Lambda: "Write the formula itself.",
    ast.List: "Arrays are given as arrays, not inside of a formula.",
    ast.Tuple: "Write one formula.",
    ast.Compare: "Comparisons are not needed: d_relu(Z1) is 1 where Z1 > 0, else 0.",
}


class ExpressionError(ValueError):
    """A formula that cannot be read; the message points to the character.

    Attributes
    ----------
    reason : str
        What is wrong, in a sentence.
    text : str
        The formula.
    position : int
        The first character that cannot stay, counted from 0.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason, self.text, self.position = reason, text, position
        line, column = _line_and_column(text, position)
        super().__init__(f"{reason}\n    {line}\n    {' ' * column}^")


def parse(
    text: str,
    names: Collection[str],
    functions: Collection[str],
    *,
    printed: bool = False,
) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"A1.T @ (A2 - Y) / m"``: names, numbers, ``+ - * / ** @``, ``.T``,
        ``sum`` and ``mean`` with ``axis`` and ``keepdims``, and the functions given.
    names, functions : collection of str
        The names that may stand alone, and those that may be called.
    printed : bool, default=False
        Read comparisons too; formulas that the package prints have them.

    Raises
    ------
    ExpressionError
        If there is anything else in the text.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(
            f"A formula has at most {MAX_CHARACTERS} characters; this one has {len(text)}.",
            text[:60] + " ...",
            0,
        )
    leading = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        position = leading + _character(text.strip(), error.lineno or 1, (error.offset or 1) - 1)
        raise ExpressionError(f"This is not a formula: {error.msg}.", text, position) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("This is not a formula that can be read.", text, 0) from None
    return _Translator(text, leading, names, functions, printed).translate(tree, 1)


class _Translator:
    """Python's syntax tree to ours."""

    def __init__(
        self,
        text: str,
        leading: int,
        names: Collection[str],
        functions: Collection[str],
        printed: bool,
    ) -> None:
        self.text, self.leading, self.stripped = text, leading, text.strip()
        self.names, self.functions, self.printed = names, functions, printed
        self.n_nodes = 0

    def translate(self, node: Any, depth: int) -> Expression:
        """One node and all below it."""
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES or depth > MAX_DEPTH:
            self._refuse(node, f"This formula is too long or nested too deeply (> {MAX_DEPTH}).")
        span = {"span": (self._start(node), self._end(node))}
        inner = depth + 1
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return Number(self._number(node, number), **span)
            case ast.Name(id=name):
                return Name(self._known(node, name), **span)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Negative(self.translate(operand, inner), **span)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.translate(operand, inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                P, Q = self.translate(left, inner), self.translate(right, inner)
                if isinstance(op, ast.Pow):
                    self._check_exponent(right, Q)
                return OPERATORS[type(op)](P, Q, **span)
            case ast.Attribute(value=operand, attr="T"):
                return Transpose(self.translate(operand, inner), **span)
            case ast.Call(func=ast.Name(id=function)):
                return self._call(node, function, inner, span)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if (
                self.printed and type(op) in RELATIONS
            ):
                P, Q = self.translate(left, inner), self.translate(right, inner)
                return Comparison(P, RELATIONS[type(op)], Q, **span)
        return self._refuse_kind(node)

    def _call(self, node: ast.Call, function: str, depth: int, span: Any) -> Expression:
        if function not in self.functions:
            close = difflib.get_close_matches(function, self.functions, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            self._refuse(
                node,
                f"There is no function {function!r}.{hint} There are "
                f"{', '.join(sorted(self.functions))}.",
            )
        wanted = N_ARGUMENTS.get(function, 1) if not self.printed else len(node.args)
        if len(node.args) != wanted or any(isinstance(a, ast.Starred) for a in node.args):
            self._refuse(node, f"{function} takes {wanted} argument(s), got {len(node.args)}.")
        arguments = tuple(self.translate(argument, depth) for argument in node.args)
        if function in REDUCTIONS:
            return Reduction(function, arguments[0], **self._options(node), **span)
        if node.keywords:
            self._refuse(node.keywords[0].value, f"{function} takes no keywords.")
        return Call(function, arguments, **span)

    def _options(self, node: ast.Call) -> dict[str, Any]:
        """The axis and keepdims of a sum or a mean."""
        options: dict[str, Any] = {}
        for keyword in node.keywords:
            try:
                value = ast.literal_eval(keyword.value)
            except (ValueError, TypeError, MemoryError, RecursionError):
                self._refuse(keyword.value, f"{keyword.arg} must be written out.")
            allowed = {"axis": (0, 1, -1, -2, None), "keepdims": (True, False)}.get(
                keyword.arg or ""
            )
            if allowed is None:
                self._refuse(keyword.value, "Only axis= and keepdims= can be given here.")
            if not any(value is a or (type(value) is int and value == a) for a in allowed):
                self._refuse(
                    keyword.value,
                    f"{keyword.arg} must be one of {', '.join(map(str, allowed))}, got {value!r}.",
                )
            options[keyword.arg or ""] = value
        return options

    def _number(self, node: ast.AST, number: float) -> float:
        try:
            number = float(number)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            self._refuse(node, "This number is too large.")
        return number

    def _known(self, node: ast.AST, name: str) -> str:
        if name in self.names:
            return name
        if name in self.functions:
            self._refuse(node, f"{name} is a function: write {name}(...).")
        close = difflib.get_close_matches(name, self.names, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]}?" if close else ""
        return self._refuse(
            node, f"There is no {name!r} here.{hint} There are {', '.join(self.names)}."
        )

    def _check_exponent(self, node: ast.AST, exponent: Expression) -> None:
        """Exponents are numbers of a moderate size."""
        if exponent.names() or any(isinstance(e, Call | Reduction) for e in exponent.walk()):
            self._refuse(node, "An exponent must be a number; for powers of e write exp(...).")
        try:
            size = abs(exponent.value(None))  # type: ignore[arg-type]
        except (ArithmeticError, ValueError):
            size = float("inf")
        if not size <= MAX_EXPONENT:
            self._refuse(
                node, f"An exponent must lie between -{MAX_EXPONENT:g} and {MAX_EXPONENT:g}."
            )

    def _refuse_kind(self, node: Any) -> NoReturn:
        operator = getattr(node, "op", None)
        position = None
        if isinstance(node, ast.Attribute):
            reason = f"The only attribute is .T, got .{node.attr}."
            position = self._end(node) - len(node.attr)
        elif isinstance(node, ast.Call):
            reason = "Only functions that have a name can be called."
        elif type(operator) in ADVICE:
            reason = ADVICE[type(operator)]
            position = self._end(node.left)
        else:
            kind = type(node).__name__
            reason = ADVICE.get(type(node), f"This does not belong into a formula ({kind}).")
        self._refuse(node, reason, position)

    def _refuse(self, node: Any, reason: str, position: int | None = None) -> NoReturn:
        position = self._start(node) if position is None else position
        raise ExpressionError(reason, self.text, position)

    def _start(self, node: Any) -> int:
        return self.leading + _character(self.stripped, node.lineno, node.col_offset, in_bytes=True)

    def _end(self, node: Any) -> int:
        line, column = node.end_lineno, node.end_col_offset
        return self.leading + _character(self.stripped, line, column, in_bytes=True)


def _character(text: str, line: int, column: int, *, in_bytes: bool = False) -> int:
    """The position in the text of a column (counted in bytes, by `ast`) of a line."""
    lines = text.splitlines(keepends=True) or [""]
    line = min(line, len(lines))
    if in_bytes:
        column = len(lines[line - 1].encode()[:column].decode(errors="ignore"))
    return sum(map(len, lines[: line - 1])) + max(0, min(column, len(lines[line - 1])))


def _line_and_column(text: str, position: int) -> tuple[str, int]:
    """The line with that position, and where in it that is."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else None], position - start
