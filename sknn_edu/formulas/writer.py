"""A formula as one reads it on paper, in some markup: `latex` and `html` are the two.

What is equal by arithmetic may look different: a / 2 / m is a fraction over 2 m, and a minus
stands in front.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from math import pi
from typing import ClassVar, NamedTuple

from . import shapes, tree
from .layout import Layout
from .scalars import is_number
from .tree import Expression


class Kind(IntEnum):
    """What a piece of text looks like, from what falls apart most easily."""

    SUM = 0  # a + b
    OPEN = 1  # ends with what is under a sum sign
    HADAMARD = 2  # a o b, entry by entry
    MATRIX = 3  # a b, two matrices
    MULTIPLE = 4  # a b, one of them a number
    CLOSED = 5  # holds together in a product: a fraction, a call
    ATOM = 6  # holds together below an exponent


class Piece(NamedTuple):
    """Text, and what it looks like."""

    text: str
    kind: Kind


class Writer(ABC):
    """Writes formulas of one layout in a markup.

    Parameters
    ----------
    layout : Layout
        Decides which axis of a sum is called the samples.
    """

    minus: ClassVar[str]
    space: ClassVar[str]  # between matrices, and behind a number
    dot: ClassVar[str]  # between two numbers
    entrywise: ClassVar[str]  # between arrays that are multiplied entry by entry
    entrywise_power: ClassVar[str]  # in front of an exponent that is taken entry by entry
    prime: ClassVar[str]
    transposed: ClassVar[str]
    pi: ClassVar[str]
    parentheses: ClassVar[str]  # in this and the next two, # is where the text goes
    comparison: ClassVar[str]  # 1 where it holds, else 0
    below: ClassVar[str]  # a word below a sign
    closed_in_sums: ClassVar[tuple[Kind, ...]]  # what is in parentheses behind a sum sign

    def __init__(self, layout: Layout) -> None:
        self.axes = ("samples", "units") if layout is Layout.ROWS else ("units", "samples")

    def __call__(self, formula: Expression) -> str:
        """The formula in this markup."""
        return self._piece(formula).text

    # -- the markup -----------------------------------------------------------------------

    @abstractmethod
    def name(self, name: str) -> str:
        """The symbol of a name."""

    @abstractmethod
    def function(self, name: str) -> str:
        """The symbol of a function, a reduction or a relation; # is where its arguments go."""

    @abstractmethod
    def raised(self, text: str, exponent: str) -> str:
        """An exponent, or the sign of the transpose."""

    @abstractmethod
    def fraction(self, above: Piece, below: Piece, *, by_number: bool) -> Piece:
        """A quotient."""

    @abstractmethod
    def is_tall(self, text: str) -> bool:
        """Whether it is too tall to stand above a fraction bar."""

    # -- the formula ----------------------------------------------------------------------

    def _piece(self, formula: Expression) -> Piece:
        match formula:
            case tree.Number(number):
                return self._number(number)
            case tree.Name(id=name):
                text = self.name(name)
                return Piece(text, Kind.CLOSED if self.is_tall(text) else Kind.ATOM)
            case tree.Negative(operand):
                inside = self.closed(self._piece(operand), Kind.SUM, unsigned=True)
                return Piece(f"{self.minus}{inside.text}", inside.kind)
            case tree.Transpose(operand):
                return self._raised(operand, self.transposed)
            case tree.Power(base, exponent):
                entrywise = "" if is_number(base) else self.entrywise_power
                return self._raised(base, f"{entrywise}{self(exponent)}")
            case tree.Sum(left, sign, right):
                added = self._piece(right)
                if sign == "-" or self._is_negative(added):
                    added = self.closed(added, Kind.SUM, unsigned=True)
                sign = self.minus if sign == "-" else sign
                return Piece(f"{self(left)} {sign} {added.text}", Kind.SUM)
            case tree.Product(left, right):
                return self._product(left, right)
            case tree.MatrixProduct(left, right):
                loose = (Kind.SUM, Kind.OPEN, Kind.HADAMARD)
                first = self.closed(self._piece(left), *loose)
                second = self.closed(self._piece(right), *loose, unsigned=True)
                return Piece(f"{first.text}{self.space}{second.text}", Kind.MATRIX)
            case tree.Quotient(left, right):
                return self._quotient(left, right)
            case tree.Comparison(left, relation, right):
                text = f"{self(left)} {self.function(relation)} {self(right)}"
                return Piece(self.comparison.replace("#", text), Kind.ATOM)
            case tree.Call(function, arguments):
                return self._call(function, ", ".join(map(self, arguments)))
            case tree.Reduction(function, operand, axis):
                return self._reduction(function, operand, axis)
            case shapes.Outer(left, right):
                return self._call("outer", f"{self(left)}, {self(right)}")
            case shapes.Reshaped(_, operand):
                return self._piece(operand)
            case shapes.Size(operand, axis):
                over = "" if axis is None else self.below.replace("#", self.axes[axis])
                measured = self._in_parentheses(self(operand))
                return Piece(f"{self.function('size')}{over}{measured}", Kind.CLOSED)
            case tree.Backward():
                return self._piece(formula.written)
        raise TypeError(f"There is no way to write {type(formula).__name__}.")

    def _number(self, number: float) -> Piece:
        """A number with at most six digits, and powers of ten."""
        if number == 2 * pi:
            return Piece(f"2 {self.pi}", Kind.MULTIPLE)
        mantissa, _, exponent = f"{number:.6g}".partition("e")
        if not exponent:
            return Piece(mantissa, Kind.ATOM)
        power = self.raised("10", str(int(exponent)).replace("-", self.minus))
        if mantissa == "1":
            return Piece(power, Kind.CLOSED)
        return Piece(f"{mantissa}{self.dot}{power}", Kind.MULTIPLE)

    def _product(self, left: Expression, right: Expression) -> Piece:
        """Entry by entry, or times a number."""
        first, second = self._piece(left), self._piece(right)
        if first.text == "1":
            return second
        if is_number(left) or is_number(right):
            first = self.closed(first, Kind.SUM, Kind.OPEN)
            second = self.closed(second, Kind.SUM, unsigned=True)
            times = self.dot if second.text[0].isdigit() else self.space
            kind = min(first.kind, second.kind, Kind.MULTIPLE)
            return Piece(f"{first.text}{times}{second.text}", kind)
        first = self.closed(first, Kind.SUM, Kind.OPEN, Kind.MATRIX)
        second = self.closed(second, Kind.SUM, Kind.OPEN, Kind.MATRIX, unsigned=True)
        return Piece(f"{first.text}{self.entrywise}{second.text}", Kind.HADAMARD)

    def _quotient(self, left: Expression, right: Expression) -> Piece:
        """A fraction, or 1 / m times what is too tall for one; P / 2 / m as P / (2 m)."""
        if isinstance(left, tree.Quotient):
            return self._quotient(left.left, tree.Product(left.right, right))
        by_number, below = is_number(right), self._piece(right)
        sign, above = self._without_sign(self._piece(left))
        if not by_number or not self.is_tall(above.text):
            text, kind = self.fraction(above, below, by_number=by_number)
            return Piece(f"{sign}{text}", kind)
        factor = Piece("1", Kind.ATOM)
        match left:
            case tree.Product(number, tall) if is_number(number) and not self.is_tall(self(number)):
                sign, factor, above = "", self._piece(number), self._piece(tall)
        above = self.closed(above, Kind.SUM, unsigned=True)
        part = self.fraction(factor, below, by_number=True)
        return Piece(f"{sign}{part.text}{self.space}{above.text}", min(above.kind, Kind.MULTIPLE))

    def _call(self, function: str, inside: str) -> Piece:
        symbol = self.function(function.removeprefix("d_"))
        if "#" in symbol:
            return Piece(symbol.replace("#", inside), Kind.ATOM)
        prime = self.prime if function.startswith("d_") else ""
        return Piece(f"{symbol}{prime}{self._in_parentheses(inside)}", Kind.CLOSED)

    def _reduction(self, function: str, operand: Expression, axis: int | None) -> Piece:
        symbol = self.function(function)
        over = "" if axis is None else self.below.replace("#", self.axes[axis])
        if function != "sum":
            return Piece(f"{symbol}{over}{self._in_parentheses(self(operand))}", Kind.CLOSED)
        sign, summed = self._without_sign(self._piece(operand))
        inside = self.closed(summed, *self.closed_in_sums).text
        return Piece(f"{sign}{symbol}{over} {inside}", Kind.OPEN)

    def _raised(self, base: Expression, exponent: str) -> Piece:
        """The base with an exponent."""
        piece = self.closed(self._piece(base), *set(Kind) - {Kind.ATOM}, unsigned=True)
        return Piece(self.raised(piece.text, exponent), Kind.CLOSED)

    # -- signs and parentheses --------------------------------------------------------------

    def closed(self, piece: Piece, *kinds: Kind, unsigned: bool = False) -> Piece:
        """In parentheses if it is of one of these kinds, or has a sign where none may be."""
        if piece.kind not in kinds and not (unsigned and self._is_negative(piece)):
            return piece
        return Piece(self._in_parentheses(piece.text), Kind.ATOM)

    def _in_parentheses(self, text: str) -> str:
        return self.parentheses.replace("#", text)

    def _is_negative(self, piece: Piece) -> bool:
        """Whether it begins with a minus."""
        return piece.text.startswith(self.minus)

    def _without_sign(self, piece: Piece) -> tuple[str, Piece]:
        """A minus in front, if all of it has one, and the rest."""
        if self._is_negative(piece) and piece.kind is not Kind.SUM:
            return self.minus, Piece(piece.text.removeprefix(self.minus), piece.kind)
        return "", piece
