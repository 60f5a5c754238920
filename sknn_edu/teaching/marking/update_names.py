r"""What updates are written with elsewhere: v_{dW^{[1]}}, VdW1, \beta_1^t, m_hat, eps.

In these notations what is kept has one name before and after: in its own formula it is the old
one, in the formula of the step the new one. Our own names, ``vW1`` and ``vW1_next``, say which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ...estimators.next_step import NextStep
from ...formulas import Expression
from ...formulas.latex_shapes import shape_of
from ...formulas.layout import Layout
from ...formulas.notation import shape_names
from ...formulas.quantity import Quantity, Shape
from ...formulas.tree import Name, Number, Power, Product, Quotient, Sum
from ...optimizers import Like
from .update_patterns import (
    ALONE,
    BEFORE,
    BELOW,
    BETA,
    CORRECTED,
    HATS,
    LATER,
    LETTER,
    NOW,
    SQUARES_OF_RUDER,
    gradients,
    parameter_alone,
    square_of_gradient,
)

DECAYS = ("beta", "mu", "gamma", "rho", "decay", "decay_rate", "beta_1", "beta_2", "mom")
SYMBOLS = "abcefghjkmnpqrsuvwxyz"  # \d is a differential

# m, or s, in either spelling
M = re.compile(r"(?<![A-Za-z\\])m(?:[Wb][0-9]|_?d[Wwb]|_?hat|[_^]|(?=\}))|hat\s*m")
S = re.compile(r"(?<![A-Za-z\\])[sS](?:_?d[Wwb]|_?corr|[_^]|(?=\}))")

# In Python, where the parameter is not named; m is the number of samples in other formulas.
LONE = re.compile(r"(?<![\w.])[vs](?!\w)|beta_?1\s*\*\s*m(?!\w)|(?<![\w.])m\s*\*\s*beta_?1")
GRADIENTS = ("g", "grad", "gradient", "grads", "dtheta")
PARAMETERS = {"W": ("W", "w", "theta", "param", "params"), "b": ("b", "theta", "param", "params")}

DECAYED = re.compile(r"\\gamma\s*(?:\\cdot|\\,|\*)?\s*[mvsMVSrGE](?![A-Za-z])")

Meaning = Callable[[re.Match[str]], Expression | None]


class InLatex(NamedTuple):
    """A text of LaTeX with a symbol for each name of updates; every character keeps its place.

    Attributes
    ----------
    text : str
    names : dict of str to str
        A name for each symbol.
    meanings : dict of str to Expression
        What the names stand for.
    """

    text: str
    names: dict[str, str]
    meanings: dict[str, Expression]

    def shapes(self, layout: Layout) -> dict[str, Shape]:
        """The shape of each name."""
        return {
            name: shape_of(meaning, shape_names(meaning.names(), layout)) or ()
            for name, meaning in self.meanings.items()
        }


class Kept(NamedTuple):
    """Letters of what a solver keeps: of gradients or steps, and of squares."""

    first: str | None
    second: str | None

    @classmethod
    def of(cls, step: NextStep) -> Kept:
        """Those of a solver."""
        letters = {kept.like: letter for letter, kept in step.kept.items()}
        return cls(letters.get(Like.GRADIENT) or letters.get(Like.STEP), letters.get(Like.SQUARE))

    def own(self, letter: str, v_is_first: bool) -> str | None:
        """The letter that another notation's letter means."""
        if not (self.first and self.second):
            return self.first or self.second
        is_first = letter in "mM" or (letter in "vV" and v_is_first)
        return self.first if is_first else self.second


class UpdateNames:
    """The names in a formula for one quantity of an update.

    Parameters
    ----------
    step : NextStep
    target : str
        The quantity.
    text : str
        The formula. In it v is the second moment; or Ng's, the first, if there is s beside it.
    is_old : bool
        Whether in the step, too, what is kept is the old one: the new one is written out.
    """

    def __init__(self, step: NextStep, target: str, text: str, *, is_old: bool = False) -> None:
        quantity = Quantity.of(target)
        self.step, self.text, self.p = step, text, str(quantity.parameter)
        self.is_step = quantity.is_parameter_next
        self.is_old = is_old or not self.is_step
        self.letters = Kept.of(step)
        self.is_of_squares = (
            quantity.kept_as is not None and quantity.kept_as == self.letters.second
        )
        v_is_first = quantity.kept_as == self.letters.first or S.search(text) is not None
        self.is_of_ng = v_is_first and not M.search(text)

    def kept(self, letter: str, *, before: bool | None = None) -> Name | None:
        """What is kept under a letter of another notation: old, new, or as the formula needs it."""
        own = self.letters.own(letter, self.is_of_ng)
        if own is None:
            return None
        is_old = self.is_old if before is None else before
        return Name(f"{own}{self.p}" if is_old else f"{own}{self.p}_next")

    def corrected(self, letter: str) -> Expression | None:
        """What is kept, without the bias of its start."""
        kept = self.kept(letter)
        if kept is None or "t" not in self.step.numbers:
            return None
        i = 1 if kept.id.startswith(str(self.letters.first)) else 2
        return Quotient(kept, Sum(Number(1.0), "-", Power(Name(f"beta_{i}"), Name("t"))))

    def decay(self) -> Name | None:
        """The one decay of a solver."""
        names = [name for name in ("momentum", "rho") if name in self.step.numbers]
        return Name(names[0]) if names else None

    # -- Python ---------------------------------------------------------------------------

    def meanings(self) -> dict[str, Expression]:
        """What other names than ours stand for."""
        found: dict[str, Expression | None] = {"eps": self._number("epsilon")}
        found |= dict.fromkeys((n for n in DECAYS if n not in self.step.numbers), self.decay())
        found |= {f"{letter}d{self.p}": self.kept(letter) for letter in "mvs"}
        if LONE.search(self.text):
            found |= {letter: self.kept(letter) for letter in "mvs"}
        of_family = (f"d{name}" for name in PARAMETERS[self.p[0]])
        found |= dict.fromkeys((*GRADIENTS, *of_family), Name(f"d{self.p}"))
        found |= dict.fromkeys(PARAMETERS[self.p[0]], Name(self.p))
        for other in {"W", "b"} - {self.p[0]}:  # by mistake
            found |= {f"{d}{other}": Name(f"{d}{other}{self.p[1:]}") for d in ("", "d")}
        for letter in "mvs" if self.is_step else ():
            for name in (f"{letter}hat", f"{letter}hat{self.p}", f"{letter}corrected"):
                found[name] = self.corrected(letter)
        return {name: meaning for name, meaning in found.items() if meaning is not None}

    def hides(self) -> set[str]:
        """Names that mean something else here: w is no weight of samples, m no number of them."""
        keeps_m = self.letters.first == "m" and LONE.search(self.text) is not None
        return {"w", "m"} if keeps_m else {"w"}

    def _number(self, name: str) -> Name | None:
        return Name(name) if name in self.step.numbers else None

    # -- LaTeX ----------------------------------------------------------------------------

    def in_latex(self) -> InLatex:
        """The text with a symbol for each name of updates."""
        found: dict[str, Expression] = {}
        text = self.text
        for pattern, meaning_of in self._patterns():

            def symbol(match: re.Match[str], meaning_of: Meaning = meaning_of) -> str:
                meaning = meaning_of(match)
                if meaning is None:
                    return match[0]
                known = [symbol for symbol, other in found.items() if other == meaning]
                chosen = known[0] if known else rf"\{SYMBOLS[len(found)]}"
                found[chosen] = meaning
                return f"{chosen} ".ljust(len(match[0]))

            text = re.sub(pattern, symbol, text)
        names = {symbol: f"update_{symbol[1:]}" for symbol in found}
        return InLatex(text, names, {names[symbol]: found[symbol] for symbol in found})

    def _patterns(self) -> Iterator[tuple[str, Meaning]]:
        """Patterns, and what a match of each stands for, the longer ones first."""
        yield HATS, lambda match: self.corrected(match[1] or match[2])
        for pattern in (rf"{LETTER}{CORRECTED}(?:{BELOW})?", rf"{LETTER}{BELOW}{CORRECTED}"):
            yield pattern, lambda match: self.corrected(match[1])
        for pattern, at_letter in ((LETTER, 1), (SQUARES_OF_RUDER, 0)):
            yield from self._at_steps(pattern, at_letter)
        yield f"{LETTER}{BELOW}", lambda match: self.kept(match[1])
        yield r"(?<![\\A-Za-z])([vs])(?![A-Za-z_^])", lambda match: self.kept(match[1])
        yield rf"{BETA}\s*m{ALONE}", self._decayed
        if self.is_of_squares:
            square = Power(Name(f"d{self.p}"), Number(2.0))
            yield square_of_gradient(self.p), lambda match: square
        for pattern in gradients(self.p):
            yield pattern, lambda match: Name(f"d{self.p}")
        yield parameter_alone(self.p), lambda match: Name(self.p)
        yield rf"(?<![\\A-Za-z])g{NOW}", lambda match: Name(f"d{self.p}")
        yield rf"(?<![\\A-Za-z])g{ALONE}", lambda match: Name(f"d{self.p}")
        yield rf"\(?{BETA}\)?\s*\^\s*(?:t|\{{\s*t\s*\}})", self._power
        yield BETA, self._beta
        yield r"\\(?:beta|mu|rho|gamma)(?![A-Za-z_])", self._decay_sign
        yield r"\\(?:var)?epsilon(?![A-Za-z])", lambda match: self._number("epsilon")

    def _at_steps(self, letter: str, group: int) -> Iterator[tuple[str, Meaning]]:
        """What is kept, with an index that counts the steps; without a letter it is of squares."""
        counts_on = self.is_step and re.search(f"{LETTER}{LATER}", self.text) is not None

        def kept(before: bool | None) -> Meaning:
            return lambda match: self.kept(match[group] if group else "v", before=before)

        yield f"{letter}{BEFORE}", kept(True)
        yield f"{letter}{LATER}", kept(False)
        yield f"{letter}{NOW}", kept(True if counts_on else None)

    def _power(self, match: re.Match[str]) -> Expression | None:
        beta = self._number(f"beta_{match[1] or match[2]}")
        return None if beta is None or "t" not in self.step.numbers else Power(beta, Name("t"))

    def _decayed(self, match: re.Match[str]) -> Expression | None:
        r"""``\beta_1 m``: here m is no number of samples."""
        beta, kept = self._beta(match), self.kept("m")
        return Product(beta, kept) if beta is not None and kept is not None else None

    def _beta(self, match: re.Match[str]) -> Expression | None:
        return self._number(f"beta_{match[1] or match[2]}") or self.decay()

    def _decay_sign(self, match: re.Match[str]) -> Expression | None:
        """A Greek letter; gamma is the rate where no other letter is, and nothing decays by it."""
        has_rate = any(rate in self.text for rate in (r"\eta", r"\alpha")) or DECAYED.search(
            self.text
        )
        return self.decay() if match[0] != r"\gamma" or has_rate else None


def with_meanings(formula: Expression, meanings: Mapping[str, Expression]) -> Expression:
    """The formula with what other names stand for; a name keeps its place in the text."""
    if isinstance(formula, Name):
        meaning = meanings.get(formula.id)
        return formula if meaning is None else replace(meaning, span=formula.span)
    return formula.rebuilt(lambda part: with_meanings(part, meanings))
