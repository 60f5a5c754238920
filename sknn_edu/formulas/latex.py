r"""Tree to LaTeX, in the notation of the courses: W^{[l]}, \odot for entry by entry.

Only what a small renderer knows is used: no environments, no macros. What is equal by
arithmetic may look different: a / 2 / m is a fraction over 2 m, and a minus stands in front.
"""

from __future__ import annotations

import re
from enum import IntEnum
from math import pi
from typing import NamedTuple

from .layout import Layout
from .tree import (
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


class Kind(IntEnum):
    """What a piece of LaTeX looks like, from what falls apart most easily."""

    SUM = 0  # a + b
    OPEN = 1  # ends with what is under a sum sign
    HADAMARD = 2  # a \odot b
    MATRIX = 3  # a b, two matrices
    MULTIPLE = 4  # a b, one of them a number
    CLOSED = 5  # holds together in a product: a fraction, a call
    ATOM = 6  # holds together below an exponent


class Piece(NamedTuple):
    """LaTeX, and what it looks like."""

    text: str
    kind: Kind

    @property
    def is_negative(self) -> bool:
        """Whether it begins with a minus."""
        return self.text.startswith("-")

    @property
    def is_tall(self) -> bool:
        """Whether it is too tall to stand above a fraction bar."""
        return r"\frac" in self.text or r"\sum" in self.text

    def closed(self, *kinds: Kind, unsigned: bool = False) -> Piece:
        """In parentheses if it is of one of these kinds, or has a sign where none may be."""
        if self.kind not in kinds and not (unsigned and self.is_negative):
            return self
        return Piece(rf"\left({self.text}\right)", Kind.ATOM)

    def without_sign(self) -> tuple[str, Piece]:
        """A minus in front, if all of it has one, and the rest."""
        if self.is_negative and self.kind is not Kind.SUM:
            return "-", Piece(self.text[1:], self.kind)
        return "", self


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
        return self._piece(formula).text

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

    def _piece(self, formula: Expression) -> Piece:
        match formula:
            case Number(number):
                return _number(number)
            case Name(id=name):
                text = self.name(name)
                return Piece(text, Kind.CLOSED if text.startswith(r"\frac") else Kind.ATOM)
            case Negative(operand):
                inside = self._piece(operand).closed(Kind.SUM, unsigned=True)
                return Piece(f"-{inside.text}", inside.kind)
            case Transpose(operand):
                return self._raised(operand, r"\top")
            case Power(base, exponent):
                circle = "" if _is_number(base) else r"\odot "
                return self._raised(base, f"{circle}{self(exponent)}")
            case Sum(left, sign, right):
                added = self._piece(right)
                if sign == "-" or added.is_negative:
                    added = added.closed(Kind.SUM, unsigned=True)
                return Piece(f"{self(left)} {sign} {added.text}", Kind.SUM)
            case Product(left, right):
                return self._product(left, right)
            case MatrixProduct(left, right):
                loose = (Kind.SUM, Kind.OPEN, Kind.HADAMARD)
                first = self._piece(left).closed(*loose)
                second = self._piece(right).closed(*loose, unsigned=True)
                return Piece(rf"{first.text} \, {second.text}", Kind.MATRIX)
            case Quotient(left, right):
                return self._quotient(left, right)
            case Comparison(left, relation, right):
                sign = {"<=": r"\leq"}.get(relation, relation)
                return Piece(rf"\left[{self(left)} {sign} {self(right)}\right]", Kind.ATOM)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Reduction(function, operand, axis):
                return self._reduction(function, operand, axis)
            case Backward():
                return self._piece(formula.written)
        raise TypeError(f"no LaTeX for {type(formula).__name__}")

    def _product(self, left: Expression, right: Expression) -> Piece:
        """Entry by entry, or times a number."""
        first, second = self._piece(left), self._piece(right)
        if first.text == "1":
            return second
        if _is_number(left) or _is_number(right):
            first = first.closed(Kind.SUM, Kind.OPEN)
            second = second.closed(Kind.SUM, unsigned=True)
            dot = r"\cdot" if second.text[0].isdigit() else r"\,"
            return Piece(
                f"{first.text} {dot} {second.text}", min(first.kind, second.kind, Kind.MULTIPLE)
            )
        first = first.closed(Kind.SUM, Kind.OPEN, Kind.MATRIX)
        second = second.closed(Kind.SUM, Kind.OPEN, Kind.MATRIX, unsigned=True)
        return Piece(rf"{first.text} \odot {second.text}", Kind.HADAMARD)

    def _quotient(self, left: Expression, right: Expression) -> Piece:
        """A fraction, or 1 / m times what is too tall for one; P / 2 / m as P / (2 m)."""
        if isinstance(left, Quotient):
            return self._quotient(left.left, Product(left.right, right))
        below = self(right)
        sign, above = self._piece(left).without_sign()
        if not _is_number(right) or not above.is_tall:
            return Piece(rf"{sign}\frac{{{above.text}}}{{{below}}}", Kind.CLOSED)
        factor = "1"
        match left:
            case Product(number, tall) if _is_number(number) and not self._piece(number).is_tall:
                sign, factor, above = "", self(number), self._piece(tall)
        above = above.closed(Kind.SUM, unsigned=True)
        text = rf"{sign}\frac{{{factor}}}{{{below}}} \, {above.text}"
        return Piece(text, min(above.kind, Kind.MULTIPLE))

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> Piece:
        inside = ", ".join(map(self, arguments))
        if function == "sqrt":
            return Piece(rf"\sqrt{{{inside}}}", Kind.CLOSED)
        if function == "abs":
            return Piece(rf"\left|{inside}\right|", Kind.ATOM)
        prime = "'" if function.startswith("d_") else ""
        function = function.removeprefix("d_")
        name = FUNCTIONS.get(function) or rf"\mathrm{{{_escaped(function)}}}"
        return Piece(rf"{name}{prime}\left({inside}\right)", Kind.CLOSED)

    def _reduction(self, function: str, operand: Expression, axis: int | None) -> Piece:
        over = "" if axis is None else rf"_{{\mathrm{{{self.axes[axis]}}}}}"
        if function == "mean":
            return Piece(rf"\mathrm{{mean}}{over}\left({self(operand)}\right)", Kind.CLOSED)
        sign, summed = self._piece(operand).without_sign()
        return Piece(rf"{sign}\sum{over} {summed.closed(Kind.SUM).text}", Kind.OPEN)

    def _raised(self, base: Expression, exponent: str) -> Piece:
        """The base with something on its shoulder, beside what is there already."""
        piece = self._piece(base)
        if isinstance(base, Name) and piece.text.endswith("]}"):
            return Piece(f"{piece.text[:-1]} {exponent}}}", Kind.CLOSED)
        piece = piece.closed(*set(Kind) - {Kind.ATOM}, unsigned=True)
        return Piece(f"{piece.text}^{{{exponent}}}", Kind.CLOSED)


def _number(number: float) -> Piece:
    """A number with at most six digits, and powers of ten."""
    if number == 2 * pi:
        return Piece(r"2 \pi", Kind.MULTIPLE)
    mantissa, _, exponent = f"{number:.6g}".partition("e")
    if not exponent:
        return Piece(mantissa, Kind.ATOM)
    power = f"10^{{{int(exponent)}}}"
    if mantissa == "1":
        return Piece(power, Kind.CLOSED)
    return Piece(rf"{mantissa} \cdot {power}", Kind.MULTIPLE)


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
