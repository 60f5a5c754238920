"""What a quantity becomes with each known mistake: the one door from the pages to the marking.

A page cannot search for a mistake as `check_derivation` does. It is given the wrong numbers
beforehand, computed by the same variations of the same formulas, with the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np

from ...formulas.quantity import Quantity
from ..marking.at_once import AtOnce
from ..marking.budget import Budget
from ..marking.gradient_taken import GradientTaken
from ..marking.mistakes import ConstantMistake, sentence_about
from ..marking.search import Search
from ..marking.variations import Candidate
from ..network_formulas import Formulas

# Values that agree to so many decimals, relative to the largest right one, are the same.
DIGITS_THAT_COUNT = 9
PLAIN_FACTORS = (2.0, 0.5)
# Mistakes that are a constant, and those of them that are tried beside every other mistake.
CONSTANT = ("sign", "factor", "missing_mean", "double_mean", "bias_mean")
BESIDE_OTHERS = (("sign",), ("missing_mean",))
NOT_IN_PAIRS = (*CONSTANT, "wrong_derivative")
TURNED = "This is the transpose of the right array: rows and columns are swapped."


class Explanation(NamedTuple):
    """Mistakes that together give some numbers: their codes, and a sentence on each."""

    codes: tuple[str, ...]
    messages: tuple[str, ...]


class WrongValue(NamedTuple):
    """Wrong numbers, in rows, and each of the explanations that give exactly these."""

    value: np.ndarray
    explanations: tuple[Explanation, ...]

    def n_mistakes(self) -> int:
        """How many are made at once."""
        return len(self.explanations[0].codes)


def known_wrong_values(formulas: Formulas, true: AtOnce, name: str) -> list[WrongValue]:
    """The wrong values of a quantity that the marking has a name for.

    Each mistake is made alone, and together with a constant: the sign, or the mean. Where
    several explanations give the same numbers, those with the fewest mistakes are kept.

    Parameters
    ----------
    formulas : Formulas
        Of the network.
    true : AtOnce
        The right numbers by name, samples in rows.
    name : str
        Such as ``"dW1"``; under its own name, not an alias.
    """
    quantity, right = Quantity.of(name), np.asarray(true[name], np.float64)
    if not quantity.is_step:
        return _merged(right, _wrong_values(formulas, true, name))
    # The step is wrong because the gradient is.
    update = GradientTaken(formulas, true, name)
    of_gradient = (
        (update.leads_to(value), why)
        for value, why in _wrong_values(formulas, true, update.slope)
        if np.shape(value) == right.shape
    )
    return _merged(right, chain(_wrong_values(formulas, true, name), of_gradient))


def _wrong_values(
    formulas: Formulas, true: AtOnce, name: str
) -> Iterator[tuple[np.ndarray, Explanation]]:
    """Candidates, each with its explanation; some may be right, and some equal."""
    search = Search(formulas, true, name, Budget())
    variations, constants = search.variations, []
    if Quantity.of(name).family not in ("Z", "A"):  # which have no mean, and no sign to be lost
        constants = list(_constants(search, formulas))
    common = [single for single in variations.singles if not single.edits[0].is_rare]
    for candidate in (variations.unchanged, *common):
        alone = [Explanation(candidate.codes, candidate.messages)] if candidate.edits else []
        yield from _with_constants(candidate, alone, constants)
    yield from _with_shares(variations.unchanged, search.total)
    right = np.asarray(true[name])
    if right.ndim == 2 and right.shape[0] == right.shape[1]:
        yield right.T, Explanation(("transposed",), (TURNED,))


def _constants(search: Search, formulas: Formulas) -> Iterator[tuple[float, Explanation]]:
    """The constants that are tried, with their names."""
    known: Iterable[ConstantMistake] = [
        constant
        for constant in search.constants
        if "factor" not in constant.codes
        or (len(constant.codes) == 1 and constant.constant in PLAIN_FACTORS)
    ]
    for constant in known:
        messages = tuple(
            sentence_about(code, constant.constant, search.family) for code in constant.codes
        )
        yield constant.constant, Explanation(constant.codes, messages)
    named = {abs(constant.constant) for constant in known}
    n_outputs = float(formulas.architecture.sizes[-1])
    for factor in dict.fromkeys((*PLAIN_FACTORS, n_outputs, 1 / n_outputs)):
        if factor != 1 and factor not in named:
            yield factor, _of_constant("factor", factor)


def _with_constants(
    candidate: Candidate, alone: list[Explanation], constants: list[tuple[float, Explanation]]
) -> Iterator[tuple[np.ndarray, Explanation]]:
    """The candidate as it is, and times each constant, with or without the penalty's part."""
    rest = _part(candidate, candidate.right_share)
    for explanation in alone:
        yield candidate.value + rest, explanation
    for constant, about in constants:
        if not alone or (about.codes in BESIDE_OTHERS and alone[0].codes[0] not in NOT_IN_PAIRS):
            explanation = _joined([*alone, about])
            yield constant * (candidate.value + rest), explanation
            yield constant * candidate.value + rest, explanation


def _with_shares(candidate: Candidate, total: float) -> Iterator[tuple[np.ndarray, Explanation]]:
    """The candidate with a wrong share of the penalty, or with biases that are penalised."""
    if not np.any(_part(candidate, 1.0)):
        return
    if candidate.right_share == 0:
        yield candidate.value + _part(candidate, 1.0), _of_constant("bias_penalised", 1.0)
        return
    for share in (0.0, 2.0, 0.5, -1.0, total):
        if share != 1:
            about = _of_constant("penalty_factor" if share else "penalty_missing", share)
            yield candidate.value + _part(candidate, share), about


def _part(candidate: Candidate, share: float) -> np.ndarray:
    """A share of the penalty's part, nothing if there is none."""
    extra = candidate.extra
    return np.zeros(candidate.value.shape) if extra is None else share * extra


def _of_constant(code: str, constant: float) -> Explanation:
    """A mistake that multiplies by a constant."""
    return Explanation((code,), (sentence_about(code, constant),))


def _joined(explanations: list[Explanation]) -> Explanation:
    """Mistakes that are made at once."""
    codes, messages = zip(*explanations, strict=True)
    return Explanation(tuple(chain.from_iterable(codes)), tuple(chain.from_iterable(messages)))


def _merged(
    right: np.ndarray, candidates: Iterable[tuple[np.ndarray, Explanation]]
) -> list[WrongValue]:
    """Each wrong value once, with its shortest explanations; nothing that is right."""
    found: dict[bytes, tuple[np.ndarray, list[Explanation]]] = {}
    scale = float(np.abs(right).max()) or 1.0
    for value, explanation in candidates:
        # Zeros say only that something cancels, or that a factor is zero.
        if value.shape != right.shape or not np.isfinite(value).all() or not value.any():
            continue
        digits = np.round(value / scale, DIGITS_THAT_COUNT) + 0.0  # without negative zeros
        found.setdefault(digits.tobytes(), (value, []))[1].append(explanation)
    found.pop((np.round(right / scale, DIGITS_THAT_COUNT) + 0.0).tobytes(), None)
    return [WrongValue(value, _fewest(explanations)) for value, explanations in found.values()]


def _fewest(explanations: list[Explanation]) -> tuple[Explanation, ...]:
    """Those with the fewest mistakes, each codes once; a factor only if it has no name."""
    fewest = min(len(explanation.codes) for explanation in explanations)
    by_codes: dict[frozenset[str], Explanation] = {}
    for explanation in explanations:
        if len(explanation.codes) == fewest:
            by_codes.setdefault(frozenset(explanation.codes), explanation)
    named = [codes for codes in by_codes if "factor" not in codes]
    return tuple(why for codes, why in by_codes.items() if codes in named or not named)
