r"""What the equations of a document say: which quantity is computed, by which formula.

``\delta^{[3]} = \frac{\partial J}{\partial Z^{[3]}} = (A^{[3]} - Y) g'(Z^{[3]})`` says one
thing about delta3: the second member is another name for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ...formulas import Expression, ExpressionError
from ...formulas.latex_raw import AnyLayer, NotNumbers
from ...formulas.latex_reader import Reader, read_latex
from ...formulas.latex_tokens import tokenize
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Number
from ..marking.update_patterns import HATS, LONE_HAT
from .adjacent import derivatives, last_fraction, last_symbol
from .left_sides import MARK, STEP, Known, Left, kept_side, left_side
from .mathematics import Chain, Member
from .update_sides import of_any_parameter, other_readings, parameters_meant, read_right_side

OF_LOSS = re.compile(r"(?:d|\\partial)(?:\\[a-z]+\{?)?[JLEC](?![a-z])")
BARE = re.compile(r"\(\s*[zZx]\s*\)")
LETTER = re.compile(r"[A-Za-z]\s*[A-Za-z]")
NUMBER = re.compile(r"\s*-?[0-9., ]+\s*")
MAX_LETTERS, MAX_TEXT = 20, 10_000
INTO_THE_STEP = "It is put into the formula of the step, and marked there"
BIAS = re.compile(r"1\s*-\s*\\beta")
SIGNS = {"+", "-", r"\cdot", r"\times", "*", r"\odot", "(", "/", r"\circ"}
RATES = {r"\eta", r"\alpha", r"\gamma", r"\epsilon", r"\varepsilon"}  # they multiply what follows


@dataclass(frozen=True)
class Reading:
    """A formula for a quantity, read."""

    target: str
    formula: Expression
    notes: tuple[str, ...] = ()
    has_cases: bool = False
    is_factor: bool = False
    others: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Statement:
    """An equation of a document.

    Attributes
    ----------
    source : str
        As it is written.
    position : int
        Where it begins in the document.
    readings : tuple of Reading
        One for each layer that it is about; none if it cannot be marked.
    reason : str
        Why it cannot be marked.
    """

    source: str
    position: int
    quantity: str = ""
    readings: tuple[Reading, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = field(default=())


class Statements:
    """Reads chains of equalities, one after the other."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.left: tuple[str, Member, Chain] | None = None  # goes on in "= ..."
        self.letters: dict[str, str] = {}  # what the document defines, as e = y - a
        self.hats: dict[str, str] = {}  # what it puts into the step for \hat{m}

    def of(self, chain: Chain) -> Iterator[Statement]:
        """Each right side of a chain."""
        members = list(chain.members)
        if members[0].tokens:
            self.left = chain.text(members[0]), members[0], chain
        if self.left is None:
            return
        source = self._source(chain)
        becomes = members[0].becomes
        for i, member in enumerate(members[1:], start=1):
            if not member.tokens:
                continue
            value, following = member, None
            if i < len(members) - 1:
                value, following = self._split(source, member)
            statement = self._statement(source, chain, value, becomes) if value.tokens else None
            if statement is not None and (statement.readings or statement.reason):
                yield statement
            if following is not None:
                source = chain.text(following)
                self.left = source, following, chain
                becomes = member.becomes

    def _source(self, chain: Chain) -> str:
        r"""What the chain is about: of \nabla J = dJ/dW = ... the second member."""
        first = str(self.left and self.left[0])
        last, between = chain.members[-1], chain.members[1:-1]
        for text in (first, *(chain.text(member) for member in between if member.tokens)):
            try:
                left_side(text, chain.text(last) if last.tokens else "", self.known, False)
            except AnyLayer:
                return text
            except ExpressionError:
                continue
            return text
        return first

    # -- two equations without anything between them ------------------------------------------

    def _split(self, left: str, member: Member) -> tuple[Member, Member | None]:
        """The value, and the left side of the next equation if that follows at once."""
        tokens = member.tokens
        start = last_symbol(tokens) if member.becomes else last_fraction(tokens)
        if start is None or start == 0 or tokens[start - 1].text in SIGNS | RATES:
            return member, None
        rest = Member(tokens[start:], member.becomes)
        value = Member(tokens[:start])
        if not member.becomes and not self._begins_anew(left, value, rest):
            return member, None
        return value, rest

    def _begins_anew(self, left: str, value: Member, rest: Member) -> bool:
        """Whether a fraction is the left side of another equation, and no factor."""
        here, fraction = derivatives(tuple(tokenize(left)[:-1])), derivatives(rest.tokens)
        if not fraction:
            return False
        (above, below), by = fraction[0], here[0][1] if here else ""
        if OF_LOSS.match(above):
            return below == by or below[:1] in ("W", "w", "b")
        before = [below for _, below in derivatives(value.tokens)]
        return bool(here) and (below != by or by in before)

    # -- one equation ----------------------------------------------------------------------------

    def _statement(self, left: str, chain: Chain, member: Member, becomes: bool) -> Statement:
        text = self._written_out(chain.text(member))
        at = chain.piece.start + member.tokens[0].start
        if (hat := LONE_HAT.fullmatch(left)) is not None and BIAS.search(text):
            self.hats[hat[1] or hat[2]] = f"({text})"
            return Statement(f"{left} = {text}", at, reason=INTO_THE_STEP)
        if (
            NUMBER.fullmatch(text) or LETTER.fullmatch(left + text)
        ) and not left.lstrip().startswith(r"\frac"):
            return Statement("", 0)  # as in L = 3
        source = f"{left} = {chain.text(member)}"
        statement = Statement(source, at)
        readings: list[Reading] = []
        quantity = ""
        reason = ""
        for known in self._instances(left, text, becomes):
            try:
                found = of_any_parameter(left, known) or left_side(left, text, known, becomes)
                quantity = quantity or found.target
                reading = right_side(found, text, known)
            except ExpressionError as error:
                reason = reason or _pointed(error)
                continue
            if reading is not None:
                readings.append(reading)
        if reason and not readings:
            self._define(left, text)
        return replace(
            statement, quantity=quantity, readings=tuple(readings), reason=reason * (not readings)
        )

    def _define(self, left: str, text: str) -> None:
        """Remember a letter of the document's own, if what it stands for can be read."""
        tokens = tokenize(left)[:-1]
        if len(tokens) != 1 or tokens[0].kind not in ("letter", "command") or tokens[0].accent:
            return
        letter, known = tokens[0].text, self.known
        if known.notation.meaning(letter, known.depth) or len(self.letters) >= MAX_LETTERS:
            return
        with suppress(ExpressionError):
            names = [name for name in known.names if name != "loss"]
            read_latex(text, names, known.functions, layout=known.layout, notation=known.notation)
            self.letters[letter] = f"({text})"

    def _written_out(self, text: str) -> str:
        """The text with what the document's own letters stand for in place of them."""
        text = re.sub(HATS, lambda match: self.hats.get(match[1] or match[2], match[0]), text)
        if not self.letters:
            return text
        tokens = tokenize(text)
        for token, following in reversed(list(pairwise(tokens))):
            is_it = token.text in self.letters and not token.accent and following.text != "_"
            if is_it and token.kind in ("letter", "command"):
                text = text[: token.start] + self.letters[token.text] + text[token.end :]
        return text[:MAX_TEXT]

    def _instances(self, left: str, text: str, becomes: bool) -> list[Known]:
        """What is known, for each layer that the equation is about."""
        if parameters := parameters_meant(left, text, becomes, self.known):
            return [replace(self.known, parameter=p) for p in parameters]
        for part in (kept_side(left, self.known)[1], text):
            try:
                self._try(part)
            except AnyLayer as error:
                letter = error.letter
                is_step = letter in "ijk" and STEP.search(text) is not None
                if letter in ("l", "k") or is_step:
                    return [self.known.at(**{letter: l}) for l in range(1, self.known.depth + 1)]
            except ExpressionError:
                pass
        return self._of_any_layer(left, text) or [self.known]

    def _of_any_layer(self, left: str, text: str) -> list[Known]:
        """For f(z) = ..., without a layer: all layers that have the function."""
        found = []
        if BARE.search(left):
            for l in range(1, self.known.depth + 1):
                known = self.known.with_names(z=f"Z{l}", Z=f"Z{l}", x=f"Z{l}")
                with suppress(ExpressionError):
                    left_side(left, text, known, False)
                    found.append(known)
        return found

    def _try(self, text: str) -> None:
        names = self.known.names
        notation = self.known.notation.for_text(text)
        Reader(MARK.sub("", text), names, self.known.functions, notation).whole()


def right_side(left: Left, text: str, known: Known) -> Reading | None:
    """The formula on the right; None if it is another name of what is on the left."""
    has_cases = r"\begin{cases}" in text and re.search(r"\\neq?(?![a-z])", text) is not None
    if left.factor_of is not None:
        layer = Quantity.of(left.target).number
        mixes = left.target.startswith("delta") and layer in known.mixing
        if mixes and not has_cases and "softmax" not in text:
            raise NotNumbers(
                "One case of the Jacobian, or one entry, is not marked alone.", text, 0
            )
    reading = read_right_side(left, text, known)
    formula = reading.expression
    target = Quantity.of(left.target)
    if isinstance(formula, Name) and Quantity.of(formula.id) == target:
        return None
    numbers = [part.number for part in formula.walk() if isinstance(part, Number)]
    is_local = left.factor_of is not None  # it may be 1, as dz/db is
    if formula.names() <= {left.factor_of} and not (is_local and all(n % 1 == 0 for n in numbers)):
        what = "a number" if isinstance(formula, Number) else "a calculation with numbers"
        raise ExpressionError(f"It is {what}.", text, 0)
    notes = reading.notes
    if left.factor_of is not None:
        notes = (f"{left.source} is marked as a factor of {left.target}.",)
    others = other_readings(left, text, known, formula)
    return Reading(left.target, formula, notes, has_cases, left.factor_of is not None, others)


def _pointed(error: ExpressionError) -> str:
    """Why, and at which character."""
    position = min(error.position, len(error.text))
    around = error.text[position : position + 30].split("\n")[0]
    here = f" (at {around!r})" if around and error.position else ""
    return f"{error.reason.rstrip('.')}{here}"


__all__ = ["Known", "Left", "Reading", "Statement", "Statements"]
