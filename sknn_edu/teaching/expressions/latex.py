r"""Tree to LaTeX, in the notation of the courses: W^{[l]}, \odot for entry by entry.

Only what a small renderer knows is used: no environments, no macros.
"""

from __future__ import annotations

import re

from .._layout import Layout
from .tree import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    Backward,
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

SCALARS = {"m", "alpha", "l1_ratio", "learning_rate", "loss", "penalty"}
SYMBOLS = {
    "alpha": r"\alpha",
    "l1_ratio": r"\rho",
    "learning_rate": r"\eta",
    "loss": "J",
    "penalty": "P",
    "w": r"\mathbf{w}",
}
LETTERS = {"delta": r"\delta", "dZ": r"\delta", "mask": "D"}
FUNCTIONS = {
    "exp": r"\exp",
    "log": r"\log",
    "tanh": r"\tanh",
    "maximum": r"\max",
    "minimum": r"\min",
    "logistic": r"\sigma",
    "sigmoid": r"\sigma",
    "Phi": r"\Phi",
}


class Latex:
    """Writes formulas of one layout.

    Parameters
    ----------
    layout : Layout
        Decides which axis of a sum is called the samples.
    """

    def __init__(self, layout: Layout) -> None:
        self.axes = ("samples", "units") if layout is Layout.ROWS else ("units", "samples")

    def __call__(self, formula: Expression) -> str:
        """The formula in LaTeX."""
        match formula:
            case Number():
                return str(formula)
            case Name(id=name):
                return self.name(name)
            case Negative(operand):
                return f"-{self._within(operand, PRODUCT)}"
            case Transpose(operand):
                return self._raised(operand, r"\top")
            case Sum(left, sign, right):
                tight = SUM + (sign == "-")
                return f"{self(left)} {sign} {self._within(right, tight)}"
            case Product(left, right):
                dot = r" \, " if _is_number(left) or _is_number(right) else r" \odot "
                return f"{self._within(left, PRODUCT)}{dot}{self._within(right, PRODUCT + 1)}"
            case MatrixProduct(left, right):
                return rf"{self._within(left, PRODUCT)} \, {self._within(right, PRODUCT + 1)}"
            case Quotient(left, right):
                return rf"\frac{{{self(left)}}}{{{self(right)}}}"
            case Power(base, exponent):
                circle = "" if _is_number(base) else r"\odot "
                return self._raised(base, f"{circle}{self(exponent)}")
            case Comparison(left, relation, right):
                sign = {"<=": r"\leq"}.get(relation, relation)
                return rf"[{self(left)} {sign} {self(right)}]"
            case Call(function, arguments):
                return self._call(function, arguments)
            case Reduction():
                return self._reduction(formula)
            case Backward():
                return self(formula.written)
        raise TypeError(f"no LaTeX for {type(formula).__name__}")

    def name(self, name: str) -> str:
        """The symbol of a name: ``W2`` is W^{[2]}, ``dW2`` the derivative of J."""
        if name in SYMBOLS:
            return SYMBOLS[name]
        match = re.fullmatch(r"(\w*?[A-Za-z])(\d+)(_next)?", name)
        if not match:
            return name if len(name) == 1 else rf"\mathrm{{{_escaped(name)}}}"
        letter, l, _ = match.groups()
        if letter in LETTERS:
            return f"{LETTERS[letter]}^{{[{l}]}}"
        if letter.startswith("d") and len(letter) > 1:
            return rf"\frac{{\partial J}}{{\partial {letter[1:]}^{{[{l}]}}}}"
        return f"{letter}^{{[{l}]}}"

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> str:
        inside = ", ".join(map(self, arguments))
        if function == "sqrt":
            return rf"\sqrt{{{inside}}}"
        if function == "abs":
            return rf"\left| {inside} \right|"
        prime = ""
        if function.startswith("d_"):
            function, prime = function[2:], "'"
        name = FUNCTIONS.get(function) or rf"\mathrm{{{_escaped(function)}}}"
        return rf"{name}{prime}\left({inside}\right)"

    def _reduction(self, formula: Reduction) -> str:
        over = "" if formula.axis is None else rf"_{{\mathrm{{{self.axes[formula.axis]}}}}}"
        sign = r"\sum" if formula.function == "sum" else r"\mathrm{mean}"
        return rf"{sign}{over} {self._within(formula.operand, PRODUCT)}"

    def _raised(self, base: Expression, exponent: str) -> str:
        """The base with something on its shoulder, beside what is there already."""
        text = self._within(base, ATOM)
        if isinstance(base, Name) and text.endswith("]}"):
            return f"{text[:-1]} {exponent}}}"
        if isinstance(base, Name) and len(text) == 1:
            return f"{text}^{{{exponent}}}"
        if not isinstance(base, Number) and not text.startswith(r"\left("):
            text = rf"\left({text}\right)"
        return f"{text}^{{{exponent}}}"

    def _within(self, formula: Expression, binding: int) -> str:
        """In parentheses if what stands around it binds tighter."""
        text = self(formula)
        loose = formula.binding < binding
        if isinstance(formula, Reduction):
            loose = binding > PRODUCT
        if isinstance(formula, Quotient) and binding < POWER:
            loose = False
        return rf"\left({text}\right)" if loose else text


def _is_number(formula: Expression) -> bool:
    """Whether the value is one number, so that it need not multiply entry by entry."""
    match formula:
        case Number():
            return True
        case Name(id=name):
            return name in SCALARS
        case Reduction(axis=axis):
            return axis is None
    return all(_is_number(part) for part in formula.parts())


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")
