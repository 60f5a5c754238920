"""Which mistake gives these numbers? Try the known ones, alone and in pairs.

An answer that is a constant times what a mistake gives, or that has another share of the
penalty in it, is recognised without trying the constants: they are fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ...formulas.quantity import Quantity
from ..network_formulas import Formulas
from .budget import Budget
from .chains import Chains
from .comparison import SAME_FLOAT64, SAME_NUMBERS, Tolerance, relative_error
from .fit import Fit
from .mistakes import Numbers as ConstantNumbers
from .mistakes import common_constants, known_constants, sentence_about
from .numbers import Numbers
from .pieces import Result
from .sieve import Sieve
from .together import are_few, exclude_each_other
from .variations import Candidate, Variations


class Cause(NamedTuple):
    """Mistakes that together give an answer, with a sentence on each, and how well."""

    codes: tuple[str, ...]
    messages: tuple[str, ...]
    error: float


Causes = list[Cause]
Named = tuple[tuple[str, ...], float]  # codes, and the constant that they stand for


class Search:
    """Finds the mistakes behind answers to one quantity, such as ``"dW1"``, within a budget."""

    def __init__(self, formulas: Formulas, values: Numbers, target: str, budget: Budget) -> None:
        self.variations = Variations(Chains(formulas, values, target), budget)
        self.shape, self.family = values.shape(target), Quantity.of(target).family
        self.has_right_shape = True
        self.total = float(np.sum(values["w"]))
        sizes, conventions = formulas.architecture.sizes, formulas.conventions
        settings = (float(values["alpha"]), float(values["learning_rate"]))
        numbers = ConstantNumbers(values["m"], self.total, sizes, *settings)
        self.common = common_constants(sizes)
        self.constants = known_constants(numbers, self.family, conventions)
        self._expected: Sieve | None = None
        self._local: list[Candidate] | None = None

    def expect(self, answers: list[np.ndarray], tolerance: Tolerance) -> None:
        """Say which answers will be asked for: the small changes are tried once for all of them."""
        self._expected, self._local = self._sieve(answers, tolerance), None

    def causes(self, answer: np.ndarray, tolerance: Tolerance, in_pairs: bool = True) -> Causes:
        """The fewest mistakes that give the answer; several causes if they give the same.

        Those in the lists come first, then small changes of any formula, then pairs of those in
        the lists.
        """
        variations, self.has_right_shape = self.variations, answer.shape == self.shape
        compared = variations.chains.compared(answer)
        sieve = self._sieve([answer], tolerance)
        candidates: Iterable[Candidate] = [variations.unchanged, *variations.singles]
        found = list(self._found(candidates, compared, tolerance, sieve))
        if not found and _enough(compared, tolerance):
            found = list(self._found(self._small_changes(sieve), compared, tolerance, sieve))
        if not found and in_pairs and _enough(compared, tolerance):
            found = [
                (c, cause)
                for c in variations.pairs()
                if sieve.passes(c.value)
                for cause in self._as_it_is(compared, c, tolerance)
            ]
        if found and compared is not answer:  # found by some of the rows: checked with all of them
            whole = variations.whole()
            # One after the other: whole candidates are large.
            candidates = (whole.again(candidate) for candidate, _ in found)
            return _best([cause for _, cause in self._found(candidates, answer, tolerance)])
        return _best([cause for _, cause in found])

    def _sieve(self, answers: list[np.ndarray], tolerance: Tolerance) -> Sieve:
        chains = self.variations.chains
        return Sieve(map(chains.compared, answers), chains.extra, tolerance)

    def _small_changes(self, sieve: Sieve) -> list[Candidate]:
        """The small changes that may explain the expected answers, or else this one."""
        if self._expected is None:
            return list(self.variations.local(sieve.passes))
        if self._local is None:
            self._local = list(self.variations.local(self._expected.passes))
        return self._local

    def _found(
        self,
        candidates: Iterable[Candidate],
        answer: np.ndarray,
        tolerance: Tolerance,
        sieve: Sieve | None = None,
    ) -> Iterator[tuple[Candidate, Cause]]:
        """The causes among candidates."""
        for candidate in candidates:
            if sieve is not None and not sieve.passes(candidate.value):
                continue
            for cause in self._explained(answer, candidate, tolerance):
                if cause.codes:
                    yield candidate, cause

    def _explained(self, answer: np.ndarray, candidate: Candidate, tolerance: Tolerance) -> Causes:
        """Causes with this candidate: times a constant, and with any share of the penalty."""
        if candidate.value.shape != answer.shape:
            return []
        if not self.has_right_shape and not set(candidate.codes) <= OF_OTHER_SHAPES:
            return self._as_it_is(answer, candidate, tolerance)
        fit = Fit(answer, candidate)
        if not fit.can_explain(tolerance):
            return []
        shares = fit.shares(self.total)
        return [c for s in shares for c in self._with_share(s, fit, candidate, tolerance)]

    def _as_it_is(self, answer: np.ndarray, candidate: Candidate, tolerance: Tolerance) -> Causes:
        """The candidate as a cause if the answer is just that."""
        value = candidate.value
        if isinstance(value, Result) and not self.has_right_shape:
            return []
        if candidate.extra is not None:
            value = value + candidate.right_share * candidate.extra
        error = relative_error(answer, value, tolerance.slack)
        if not error <= tolerance.rtol:
            return []
        return [Cause(candidate.codes, candidate.messages, error)]

    def _with_share(
        self, share: float | None, fit: Fit, candidate: Candidate, tolerance: Tolerance
    ) -> Iterator[Cause]:
        """Causes where the penalty has this share; None is the same constant as the rest."""
        right_share = candidate.right_share
        common = bool(candidate.edits) or fit.is_one_number
        for codes, constant in self._named(fit.constant(share), common, tolerance):
            own = constant * right_share if share is None else share
            error = fit.error(constant, own, tolerance.slack)
            penalty = _penalty_codes(own, constant, right_share)
            all_codes = (*candidate.codes, *codes, *penalty)
            if (
                error <= tolerance.rtol
                and are_few(all_codes, fit.answer.size)
                and not exclude_each_other(all_codes)
            ):
                about = [sentence_about(code, constant, self.family) for code in codes]
                about += [sentence_about(code, own) for code in penalty]
                yield Cause(all_codes, (*candidate.messages, *about), error)

    def _named(self, c: float, common: bool, tolerance: Tolerance) -> Iterator[Named]:
        """The constants with a name near c, those with the fewest codes.

        A number alone is always some multiple of another, and beside another mistake a constant
        is a second guess: there only the most common constants explain anything.
        """
        if not np.isfinite(c) or c == 0:
            return
        near = SAME_NUMBERS if tolerance.exact else 2 * tolerance.rtol
        named = [((), 1.0), *((known.codes, known.constant) for known in self.constants)]
        matching = [
            (codes, known)
            for codes, known in named
            if abs(c / known - 1) <= near
            and not (common and "factor" in codes and abs(known) not in self.common)
        ]
        fewest = min((len(codes) for codes, _ in matching), default=0)
        yield from (match for match in matching if len(match[0]) == fewest)


def _enough(answer: np.ndarray, tolerance: Tolerance) -> bool:
    """Whether there are enough numbers to tell two mistakes at once: a few rounded ones are not."""
    return tolerance.exact or answer.size >= 4


# Mistakes that change the shape of an answer, beside which others are looked for.
OF_OTHER_SHAPES = {"bias_not_summed", "wrong_axis", "transposed"}


def _penalty_codes(share: float, constant: float, right_share: float) -> tuple[str, ...]:
    """What is wrong with the share of the penalty, or of the bias."""
    right = (right_share, constant * right_share)
    if any(abs(share - r) <= SAME_NUMBERS * max(abs(r), 1e-3) for r in right):
        return ()
    if right_share == 0:
        return ("bias_penalised",)
    return ("penalty_missing",) if share == 0 else ("penalty_factor",)


def _best(causes: list[Cause]) -> list[Cause]:
    """Those with the fewest mistakes that fit best."""
    if not causes:
        return []
    fewest = min(len(cause.codes) for cause in causes)
    causes = [cause for cause in causes if len(cause.codes) == fewest]
    best = min(cause.error for cause in causes)
    causes = [cause for cause in causes if cause.error <= 10 * best + SAME_FLOAT64]
    return [cause for cause in causes if not _has_a_name(cause, causes)]


# Codes that say little: others with the same result say what happened.
VAGUE = ("wrong_derivative", "wrong_name")
NAMED_CONSTANTS = ({"missing_mean"}, {"double_mean"}, {"sign"})


def _has_a_name(cause: Cause, found: list[Cause]) -> bool:
    """Whether the vague part of a cause has a name of its own in another cause."""
    codes = set(cause.codes)
    rest = codes - {"factor"}
    if rest < codes and any(set(c.codes) == rest | name for name in NAMED_CONSTANTS for c in found):
        return True
    return any(
        (others := codes - {vague}) < codes
        and others < set(other.codes)
        and not set(other.codes) & set(VAGUE)
        for vague in VAGUE
        for other in found
    )
