r"""LaTeX to tree: ``\frac{1}{m} (A^{[2]} - Y) A^{[1]T}`` is ``1 / m * (A2 - Y) @ A1.T``.

A descent through the tokens, by a whitelist; nothing is ever run. What LaTeX leaves open (a
product without a sign, the axis of a sum) is settled by shapes, in `latex_settled`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple, NoReturn

from . import advice, tree
from .errors import ExpressionError
from .latex_factors import Factors
from .latex_raw import Chain, Indexed, Summed
from .latex_settled import Settled
from .layout import Layout
from .notation import Notation, shape_names
from .parser import ANSWER
from .quantity import Quantity, Shape
from .tree import Expression

LOOKS_LIKE = re.compile(
    r"\\[A-Za-z]{2,}|[\^_]\s*\{|\^\s*\\|\$|\^T\b|(?<!bet)[A-Za-z]_[0-9]\b|\b[A-Za-z]_[ijkn]\b"
)

BETWEEN = re.compile(r"\s*(?:\$\$?|\\\(|\\\[)(?P<inside>[^$]*)(?:\$\$?|\\\)|\\\])\s*", re.DOTALL)


class LatexReading(NamedTuple):
    """What a formula in LaTeX was taken for.

    Attributes
    ----------
    expression : Expression
    notes : tuple of str
        What the text leaves open and how it was settled, a sentence each.
    """

    expression: Expression
    notes: tuple[str, ...]


def looks_like_latex(text: str) -> bool:
    r"""Whether a formula is LaTeX, and not in the language of `parse`.

    Examples
    --------
    >>> looks_like_latex(r"A^{[1]T} \delta^{[2]}"), looks_like_latex("A1.T @ delta2")
    (True, False)
    """
    return bool(LOOKS_LIKE.search(text))


def without_dollars(text: str) -> str:
    r"""The formula with blanks for the signs that it stands between: ``$...$``, ``\[...\]``.

    Examples
    --------
    >>> without_dollars(r"$$A_2 - Y$$")
    '  A_2 - Y  '
    """
    match = BETWEEN.fullmatch(text)
    if match is None:
        return text
    return " " * match.start("inside") + match["inside"] + " " * (len(text) - match.end("inside"))


def parse_latex(
    text: str,
    names: Collection[str],
    functions: Collection[str],
    *,
    shapes: Mapping[str, Shape] | None = None,
    layout: Layout | str = Layout.ROWS,
    notation: Notation | None = None,
    target: str | None = None,
) -> Expression:
    r"""Read a formula in LaTeX; the tree is that of the same formula in our language.

    Parameters
    ----------
    text : str
    names : collection of str
        The quantities that may stand in it, under our names.
    functions : collection of str
        The functions that may be called.
    shapes : mapping of str to tuple, default=None
        Shapes by name, which say what a product without a sign is. By default those of a
        network whose layers all differ in width.
    layout : {"rows", "columns"}, default="rows"
    notation : Notation, default=None
        What letters mean.
    target : str, default=None
        The quantity that the formula is to give. It decides what only its shape can say: over
        which axis a sum goes.

    Raises
    ------
    ExpressionError
        If it cannot be read; it points to the character of the LaTeX.

    Examples
    --------
    >>> names, functions = ["A1", "A2", "Y", "m"], ["tanh"]
    >>> text = r"\frac{1}{m} (A^{[2]} - Y) A^{[1]T}"
    >>> print(parse_latex(text, names, functions, layout="columns"))
    1 / m * (A2 - Y) @ A1.T
    """
    return read_latex(
        text, names, functions, shapes=shapes, layout=layout, notation=notation, target=target
    ).expression


def read_latex(
    text: str,
    names: Collection[str],
    functions: Collection[str],
    *,
    shapes: Mapping[str, Shape] | None = None,
    layout: Layout | str = Layout.ROWS,
    notation: Notation | None = None,
    target: str | None = None,
    factor_of: str | None = None,
) -> LatexReading:
    """Like `parse_latex`, with notes on what was decided.

    With ``factor_of`` the formula is a local derivative, da/dz, by which that derivative of J is
    multiplied to give the target.
    """
    layout = Layout.of(layout)
    if len(text) > ANSWER.characters:
        reason = f"A formula has at most {ANSWER.characters} characters; this has {len(text)}."
        raise ExpressionError(reason, text, ANSWER.characters)
    notation = (notation or Notation()).for_formula(text, names)
    try:
        open_tree = Reader(text, names, functions, notation, target).whole()
    except ExpressionError as error:
        if (instead := advice.on_mixture(text)) is None:
            raise
        reason = f"Write {instead}: the transpose is .T and the product of matrices @."
        raise ExpressionError(reason, text, error.position) from None
    known = {**shape_names({*names, *([target] if target else [])}, layout), **(shapes or {})}
    if factor_of is not None:
        notation = replace(notation, products="single weights")
        open_tree = _as_factor(open_tree, factor_of, str(target), layout)
    settled = Settled(text, known, layout, notation)
    return LatexReading(settled.formula(open_tree, target), tuple(settled.notes))


def _as_factor(local: Expression, factor_of: str, target: str, layout: Layout) -> Expression:
    """The step of the chain rule that has a local derivative in it."""
    derivative = Indexed(factor_of, span=local.span)
    back = Quantity.of(target).family == "dA" and layout is Layout.COLUMNS
    forth = Quantity.of(target).family == "dW" and layout is Layout.ROWS
    factors = (local, derivative) if back or forth else (derivative, local)
    step: Expression = Chain(factors, " ", span=local.span)
    return Summed(step, "samples", span=local.span) if Quantity.of(target).family == "db" else step


class Reader(Factors):
    """Sums and products of factors."""

    def whole(self) -> Expression:
        """All of the text."""
        if self.kind == "end":
            self.refuse("The formula is empty.")
        formula = self.relation()
        while self.token.text in (".", ",", ";") and self.tokens[self.i + 1].kind == "end":
            self.i += 1
        if self.kind != "end":
            self.refuse_token()
        return formula

    def relation(self) -> Expression:
        """A sum, perhaps compared with another."""
        self.deeper()
        left = self.sum()
        sign = self.token.text
        if sign in (">", "<", r"\leq", r"\geq"):
            self.i += 1
            right = self.sum()
            if sign == r"\geq":
                left, right = right, left
            sign = {r"\leq": "<=", r"\geq": "<="}.get(sign, sign)
            left = self.made(tree.Comparison(left, sign, right, span=self.around(left, right)))
        self.depth -= 1
        return left

    def sum(self) -> Expression:
        """Products with + and - between them."""
        terms: list[tuple[str, Expression]] = []
        start = self.token.start
        while True:
            sign = "+"
            while self.token.text in ("+", "-"):
                sign = {"+": sign, "-": "-" if sign == "+" else "+"}[self.token.text]
                self.i += 1
            cancelled = self.skip_cancelled_term()
            if not cancelled:
                terms.append((sign, self.product()))
            if self.token.text not in ("+", "-"):
                break
        if not terms:
            self.refuse("All of this is cancelled: nothing is left.", start)
        return self.added(terms, start)

    def added(self, terms: list[tuple[str, Expression]], start: int) -> Expression:
        """The terms, one sum after the other."""
        (sign, total), *others = terms
        if sign == "-":
            total = self.made(tree.Negative(total, span=(start, total.span[1])))
        for sign, term in others:
            total = self.made(tree.Sum(total, sign, term, span=self.around(total, term)))
        return total

    def product(self) -> Expression:
        """Factors with or without signs between them."""
        factors, signs = [self.signed_factor()], [""]
        while True:
            sign = self.sign_of_product()
            if sign is None and not self.begins_factor():
                return self.chain(factors, signs[1:])
            if sign == "/":
                self.divide(factors, signs)
                continue
            factors.append(self.signed_factor() if sign else self.factor())
            signs.append(sign or "")

    def divide(self, factors: list[Expression], signs: list[str]) -> None:
        """By the factor that follows: all before it, or 1/2m by both."""
        below = self.factor()
        if isinstance(below, tree.Number) and self.token.text in ("m", "n", "N"):
            other = self.factor()
            span = self.around(below, other)
            below = self.made(tree.Product(below, other, span=span))
        above = self.chain(factors, signs[1:])
        span = self.around(above, below)
        factors[:], signs[:] = [self.made(tree.Quotient(above, below, span=span))], [""]

    def refuse_token(self) -> NoReturn:
        """What stands here cannot."""
        token = self.token
        if token.text in ("=", ":=", r"\equiv", r"\leftarrow", r"\gets"):
            self.refuse("Write only what stands to the right of =.")
        if token.text in (")", "]", "}", r"\}"):
            self.refuse("There is no opening bracket for this one.")
        self.refuse(f"{token.text or 'The end'} cannot stand here.")
