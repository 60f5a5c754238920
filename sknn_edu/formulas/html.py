"""A formula as HTML: italic letters, the layer below, products without stars."""

from __future__ import annotations

import re
from html import escape

from .latex import SCALARS
from .layout import Layout
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

LETTERS = {"delta": "&delta;", "mask": "D", "loss": "J", "alpha": "&alpha;", "eta": "&eta;"}
DERIVATIVES = ("dA", "dZ", "dW", "db", "dX")
SPELLED = {"learning_rate": "eta"}
SIGNS = {"-": "&minus;", "+": "+", "<=": "&le;", "<": "&lt;", ">": "&gt;"}


def name_html(name: str) -> str:
    """``dW1_next``: the letters in italics, the layer below."""
    letters, *layer = re.split(r"([0-9]+)", SPELLED.get(name, name), maxsplit=1)
    d = "d" if letters in DERIVATIVES else ""
    letter = letters.removeprefix(d)
    html = f"{d}<i>{LETTERS.get(letter, letter)}</i>"
    if layer:
        html += f"<sub>{layer[0]}</sub>{layer[1].replace('_', ' ')}"
    return html


class FormulaHtml:
    """Writes formulas of one layout.

    Parameters
    ----------
    layout : Layout
        Decides which axis of a sum is called the samples.
    """

    def __init__(self, layout: Layout) -> None:
        self.axes = ("samples", "units") if layout is Layout.ROWS else ("units", "samples")

    def __call__(self, formula: Expression) -> str:
        """The formula in one line of HTML."""
        match formula:
            case Number():
                return str(formula)
            case Name(id=name):
                return name_html(name)
            case Negative(operand):
                return f"&minus;{self._within(operand, PRODUCT)}"
            case Transpose(operand):
                return f"{self._within(operand, ATOM)}<sup>T</sup>"
            case Sum(left, sign, right):
                return f"{self(left)} {SIGNS[sign]} {self._within(right, SUM + (sign == '-'))}"
            case Product(left, right):
                times = " " if _is_number(left) or _is_number(right) else " &#8728; "
                return f"{self._within(left, PRODUCT)}{times}{self._within(right, PRODUCT + 1)}"
            case MatrixProduct(left, right):
                return f"{self._within(left, PRODUCT)} {self._within(right, PRODUCT + 1)}"
            case Quotient(left, right):
                return f"{self._within(left, PRODUCT)} / {self._within(right, PRODUCT + 1)}"
            case Power(base, exponent):
                return f"{self._within(base, ATOM)}<sup>{self(exponent)}</sup>"
            case Comparison(left, relation, right):
                return f"{self(left)} {SIGNS[relation]} {self(right)}"
            case Call(function, arguments):
                name, prime = function.removeprefix("d_"), "&prime;" * function.startswith("d_")
                return f"{escape(name)}{prime}({', '.join(map(self, arguments))})"
            case Reduction(function, operand, axis):
                over = "" if axis is None else f"<sub>{self.axes[axis]}</sub>"
                sign = "&Sigma;" if function == "sum" else "mean"
                return f"{sign}{over} {self._within(operand, POWER)}"
            case Backward():
                return self(formula.written)
        raise TypeError(f"no HTML for {type(formula).__name__}")

    def _within(self, formula: Expression, binding: int) -> str:
        """In parentheses if what stands around it binds tighter."""
        own = PRODUCT if isinstance(formula, Reduction) else formula.binding
        text = self(formula)
        return f"({text})" if own < binding else text


def _is_number(formula: Expression) -> bool:
    """Whether the value is one number, so that it need not multiply entry by entry."""
    match formula:
        case Number():
            return True
        case Name(id=name):
            return name in SCALARS
        case Reduction(axis=axis):
            return axis is None
    return all(map(_is_number, formula.parts()))
