r"""What updates are written with elsewhere: v_{dW^{[1]}}, VdW1, \beta_1^t, m_hat, eps.

In these notations what is kept has one name before and after: in its own formula it is the old
one, in the formula of the step the new one. Our own names, ``vW1`` and ``vW1_next``, say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...estimators.next_step import NextStep
from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Number, Power, Quotient, Sum
from ...optimizers import Like

DECAYS = ("beta", "mu", "gamma", "rho", "decay", "decay_rate", "beta_1", "beta_2", "mom")
OF_LAYER = r"(?:\^\{\[\d\]\}|\^\[\d\]|\^\{\d\}|\^\d|_\{\d\}|_\d)?"
PARAMETER = rf"(?:\\mathrm\{{d\}}|\\partial\s*|d)?\s*[Wb]{OF_LAYER}"
BELOW = rf"(?:_\{{\s*{PARAMETER}\s*\}}{OF_LAYER}|_[Wb]{OF_LAYER})"
NOW = r"(?:_\{\s*t\s*\}|_t(?![A-Za-z]))"
CORRECTED = r"\^\s*\{?\s*(?:\\(?:text|mathrm)\s*\{)?corrected\}?\}?"
M = re.compile(r"(?<![A-Za-z\\])m(?:[Wb][0-9]|_?d[Wwb]|_?hat|[_^]|(?=\}))|hat\s*m")
S = re.compile(r"(?<![A-Za-z\\])[sS](?:_?d[Wwb]|_?corr|[_^]|(?=\}))")
SYMBOLS = "abcefghjkmnpqrsuvwxyz"  # \\d is a differential


class UpdateNames:
    """The names in formulas for one quantity of an update.

    Parameters
    ----------
    step : NextStep
    target : str
        The quantity.
    """

    def __init__(self, step: NextStep, target: str) -> None:
        quantity = Quantity.of(target)
        self.step, self.p = step, str(quantity.parameter)
        self.is_step, self.own = quantity.is_parameter_next, quantity.kept_as
        letters = {kept.like: letter for letter, kept in step.kept.items()}
        self.first = letters.get(Like.GRADIENT) or letters.get(Like.STEP)
        self.second = letters.get(Like.SQUARE)

    # -- Python ---------------------------------------------------------------------------

    def meanings(self, text: str) -> dict[str, Expression]:
        """What other names than ours stand for in a text."""
        return dict(self._meanings(self._is_of_ng(text)))

    def _meanings(self, by_ng: bool) -> Iterator[tuple[str, Expression]]:
        numbers = self.step.numbers
        if "epsilon" in numbers:
            yield "eps", Name("epsilon")
        for name in ("momentum", "rho"):
            if name in numbers:
                yield from ((other, Name(name)) for other in DECAYS if other not in numbers)
        for letter in "mvs":
            if self._letter_of(letter, by_ng=by_ng):
                yield f"{letter}d{self.p}", self.kept(letter, by_ng=by_ng)
        if self.is_step and "t" in numbers:
            for own, i, words in (
                (self.first, 1, ("mhat", f"mhat{self.p}", "mcorrected", "vcorrected")),
                (self.second, 2, ("vhat", f"vhat{self.p}", "scorrected")),
            ):
                corrected = Quotient(Name(f"{own}{self.p}_next"), _correction(i))
                yield from ((word, corrected) for word in words)

    def _letter_of(self, letter: str, *, by_ng: bool) -> str | None:
        """Our letter for one of another notation; Ng's v is the first moment, his s the second."""
        if self.first and self.second:
            if by_ng:
                return {"m": self.first, "v": self.first, "s": self.second}[letter]
            return {"m": self.first, "v": self.second, "s": self.second}[letter]
        return self.first or self.second

    def kept(self, letter: str, *, by_ng: bool, before: bool = False) -> Name:
        """What is kept under a letter, before or after the update as the formula needs it."""
        own = self._letter_of(letter, by_ng=by_ng)
        is_old = before or not self.is_step
        return Name(f"{own}{self.p}" if is_old else f"{own}{self.p}_next")

    def _is_of_ng(self, text: str) -> bool:
        """Whether v is the first moment: there is no m, and there is s, or v is its own formula."""
        if M.search(text):
            return False
        return self.own == self.first or S.search(text) is not None

    # -- LaTeX ----------------------------------------------------------------------------

    def in_latex(self, text: str) -> tuple[str, dict[str, Expression]]:
        """The text with a symbol for each name of updates, and what the symbols stand for.

        Every character keeps its place.
        """
        found: dict[str, Expression] = {}
        by_ng = self._is_of_ng(text)

        def put(meaning: Expression, match: re.Match[str]) -> str:
            known = [symbol for symbol, other in found.items() if other == meaning]
            symbol = known[0] if known else rf"\{SYMBOLS[len(found)]}"
            found[symbol] = meaning
            return f"{symbol} ".ljust(len(match[0]))

        for pattern, meaning_of in self._patterns(by_ng):

            def replaced(match: re.Match[str], meaning_of=meaning_of) -> str:
                meaning = meaning_of(match)
                return match[0] if meaning is None else put(meaning, match)

            text = re.sub(pattern, replaced, text)
        return text, found

    def _patterns(self, by_ng: bool):
        """Patterns, and what a match of each stands for."""
        numbers, letter = self.step.numbers, r"(?<![\\A-Za-z])([mvsMVSrG])"

        def corrected(match):
            own = self._letter_of(_plain(match[1]), by_ng=by_ng)
            if own is None or "t" not in numbers:
                return None
            i = 1 if own == self.first else 2
            return Quotient(Name(f"{own}{self.p}_next"), _correction(i))

        def kept(match):
            is_known = self._letter_of(_plain(match[1]), by_ng=by_ng) is not None
            return self.kept(_plain(match[1]), by_ng=by_ng) if is_known else None

        def old(match):
            is_known = self._letter_of(_plain(match[1]), by_ng=by_ng) is not None
            return self.kept(_plain(match[1]), by_ng=by_ng, before=True) if is_known else None

        def power(match):
            name = f"beta_{match[1] or match[2]}"
            return Power(Name(name), Name("t")) if name in numbers and "t" in numbers else None

        def beta(match):
            name = f"beta_{match[1] or match[2]}"
            return Name(name) if name in numbers else self._decay()

        def gamma(match):
            has_other_rate = r"\eta" in text_of(match) or r"\alpha" in text_of(match)
            return self._decay() if match[0] != r"\gamma" or has_other_rate else None

        def epsilon(match):
            return Name("epsilon") if "epsilon" in numbers else None

        return (
            (rf"\\(?:hat|tilde)\s*\{{?\s*([mvs])\s*\}}?(?:{BELOW}|{NOW})?", corrected),
            (rf"{letter}{CORRECTED}(?:{BELOW})?", corrected),
            (rf"{letter}{BELOW}{CORRECTED}", corrected),
            (rf"{letter}_\{{\s*t\s*-\s*1\s*\}}", old),
            (rf"{letter}(?:{BELOW}|{NOW})", kept),
            (r"(?<![\\A-Za-z])([vs])(?![A-Za-z_^])", kept),
            (rf"(?<![\\A-Za-z])g{NOW}", lambda match: Name(f"d{self.p}")),
            (r"\(?\\beta_(?:([12])|\{([12])\})\)?\s*\^\s*(?:t|\{\s*t\s*\})", power),
            (r"\\beta_(?:([12])|\{([12])\})", beta),
            (r"\\(?:beta|mu|rho|gamma)(?![A-Za-z_])", gamma),
            (r"\\(?:var)?epsilon(?![A-Za-z])", epsilon),
        )

    def _decay(self) -> Name | None:
        """The one decay of a solver."""
        names = [name for name in ("momentum", "rho") if name in self.step.numbers]
        return Name(names[0]) if names else None


def text_of(match: re.Match[str]) -> str:
    """The whole text."""
    return match.string


def _plain(letter: str) -> str:
    letter = letter.lower()
    return {"r": "s", "g": "s"}.get(letter, letter)


def _correction(i: int) -> Expression:
    """1 - beta^t."""
    return Sum(Number(1.0), "-", Power(Name(f"beta_{i}"), Name("t")))


def with_meanings(formula: Expression, meanings: Mapping[str, Expression]) -> Expression:
    """The formula with what other names stand for; a name keeps its place in the text."""
    if isinstance(formula, Name):
        meaning = meanings.get(formula.id)
        return formula if meaning is None else replace(meaning, span=formula.span)
    return formula.rebuilt(lambda part: with_meanings(part, meanings))
