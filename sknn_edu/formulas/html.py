"""Formulas in one line of HTML: italic letters, the layer below, products without stars."""

from __future__ import annotations

from html import escape

from . import primitives
from .quantity import Quantity
from .writer import Kind, Piece, Writer

LETTERS = {"delta": "&delta;", "mask": "D", "loss": "J"}
LETTERS |= {"alpha": "&alpha;", "learning_rate": "&eta;", "momentum": "&mu;", "rho": "&rho;"}
LETTERS |= {"beta_1": "&beta;<sub>1</sub>", "beta_2": "&beta;<sub>2</sub>", "epsilon": "&epsilon;"}
LETTERS |= {"mu": "&mu;<sub>t</sub>", "mu_next": "&mu;<sub>t+1</sub>"}
PRINTED = {name: p.html for name, p in primitives.PRINTED.items()}

LOOSE = tuple(kind for kind in Kind if kind < Kind.CLOSED)  # all that has blanks in it


def name_html(name: str) -> str:
    """``dW1_next``: the letters in italics, the layer below."""
    quantity = Quantity.of(name)
    letter, d = quantity.symbol, ""
    if quantity.is_derivative and letter not in LETTERS:
        letter, d = quantity.differentiated_by.family, "d"
    if kept := quantity.kept_as:
        after = ", next" if quantity.is_step else ""
        return f"<i>{kept}</i><sub>{quantity.parameter}{after}</sub>"
    layer = "" if quantity.layer is None else f"<sub>{quantity.layer}</sub>"
    return f"{d}<i>{LETTERS.get(letter, letter)}</i>{layer}{' next' * quantity.is_step}"


class FormulaHtml(Writer):
    """Writes formulas of one layout in HTML."""

    minus, space, dot, entrywise = "&minus;", " ", " &middot; ", " &#8728; "
    entrywise_power, prime, transposed, pi = "", "&prime;", "T", "&pi;"
    parentheses, comparison, below = "(#)", "(#)", "<sub>#</sub>"
    closed_in_sums = LOOSE

    def name(self, name: str) -> str:
        """In italics."""
        return name_html(name)

    def function(self, name: str) -> str:
        """The symbol, else the name."""
        return PRINTED.get(name) or escape(name)

    def raised(self, text: str, exponent: str) -> str:
        """Above the line."""
        return f"{text}<sup>{exponent}</sup>"

    def fraction(self, above: Piece, below: Piece, *, by_number: bool) -> Piece:
        """In the line, with a slash."""
        above = self.closed(above, Kind.SUM, *([] if by_number else [Kind.OPEN]))
        below = self.closed(below, *LOOSE)
        kind = Kind.MULTIPLE if by_number else Kind.HADAMARD
        return Piece(f"{above.text} / {below.text}", kind)

    def is_tall(self, text: str) -> bool:
        """Everything stands in one line."""
        return False
