r"""Formulas in LaTeX, in the notation of the courses: W^{[l]}, \odot for entry by entry.

Only what a small renderer knows is used: no environments, no macros.
"""

from __future__ import annotations

from . import primitives
from .layout import Layout
from .quantity import RATE, Quantity
from .writer import Kind, Piece, Writer

SYMBOLS = {"alpha": r"\alpha", "l1_ratio": r"\rho", "learning_rate": r"\eta"}
SYMBOLS |= {"loss": "J", "penalty": "P", "w": r"\mathbf{w}"}
# Of updates.
SYMBOLS |= {"momentum": r"\mu", "rho": r"\beta", "beta_1": r"\beta_1", "beta_2": r"\beta_2"}
SYMBOLS |= {"epsilon": r"\epsilon", "mu": r"\mu_t", "mu_next": r"\mu_{t+1}"}
LETTERS = {"delta": r"\delta", "mask": "D"}
PRINTED = {name: p.latex for name, p in primitives.PRINTED.items()}


class Latex(Writer):
    """Writes formulas of one layout in LaTeX.

    Parameters
    ----------
    layout : Layout
    exact : bool, default=True
        Whether every d... is the derivative of J, so that it is written as one.
    """

    minus, space, dot, entrywise = "-", r" \, ", r" \cdot ", r" \odot "
    entrywise_power, prime, transposed, pi = r"\odot ", "'", r"\top", r"\pi"
    parentheses, comparison, below = r"\left(#\right)", r"\left[#\right]", r"_{\mathrm{#}}"
    closed_in_sums = (Kind.SUM,)

    def __init__(self, layout: Layout, *, exact: bool = True) -> None:
        super().__init__(layout)
        self.exact = exact

    def name(self, name: str) -> str:
        """The symbol of a name: ``W2`` is W^{[2]}, ``dW2`` the derivative of J."""
        if name in SYMBOLS:
            return SYMBOLS[name]
        quantity = Quantity.of(name)
        if quantity.layer is None:
            return name if len(name) == 1 else _upright(name)
        if letter := quantity.kept_as:
            after = r",\mathrm{next}" if quantity.is_step else ""
            symbol = r"\mathrm{rate}" if letter == RATE else letter
            return f"{symbol}_{{{quantity.parameter.family}{after}}}^{{[{quantity.layer}]}}"
        if quantity.is_derivative and quantity.family not in LETTERS:
            by = quantity.differentiated_by
            if not self.exact:
                return rf"\mathrm{{d}}{by.family}^{{[{by.layer}]}}"
            return rf"\frac{{\partial J}}{{\partial {by.family}^{{[{by.layer}]}}}}"
        return f"{LETTERS.get(quantity.symbol, quantity.symbol)}^{{[{quantity.layer}]}}"

    def function(self, name: str) -> str:
        """The symbol, else the name in upright letters."""
        return PRINTED.get(name) or _upright(name)

    def raised(self, text: str, exponent: str) -> str:
        """An exponent, beside the number of a layer if there is one."""
        if text.endswith("]}"):
            return f"{text[:-1]} {exponent}}}"
        return f"{text}^{{{exponent}}}"

    def fraction(self, above: Piece, below: Piece, *, by_number: bool) -> Piece:
        """With a fraction bar."""
        return Piece(rf"\frac{{{above.text}}}{{{below.text}}}", Kind.CLOSED)

    def is_tall(self, text: str) -> bool:
        """Whether it has a fraction or a sum in it."""
        return r"\frac" in text or r"\sum" in text


def _upright(name: str) -> str:
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"
