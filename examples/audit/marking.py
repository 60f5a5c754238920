"""Marks the formulas of the five derivations, each on its own network."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from sknn_edu.teaching import check_derivation, derive

from .derivation_1 import DERIVATION as FIRST
from .derivation_2 import DERIVATION as SECOND
from .derivation_3 import DERIVATION as THIRD
from .derivation_4 import DERIVATION as FOURTH
from .derivation_5 import DERIVATION as FIFTH
from .readings import Compared, Derivation, Formula, Network, Reading

DERIVATIONS = (FIRST, SECOND, THIRD, FOURTH, FIFTH)
RIGHT, DEPENDS, WRONG = "right", "depends", "wrong"


@dataclass(frozen=True)
class Verdict:
    """Whether a reading is right; if not, why, and what is.

    Attributes
    ----------
    right : bool
    explanations : tuple of tuple of str
        Codes; each of the inner tuples explains the numbers by itself.
    mistake : str
        The same in words.
    corrections : dict of str to str
        Formulas that are right in the place of those that are not.
    """

    right: bool
    explanations: tuple = ()
    mistake: str = ""
    corrections: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Marked:
    """A formula, and a verdict on each of its readings."""

    formula: Formula
    verdicts: tuple[Verdict, ...]

    @property
    def readings(self) -> Iterator[tuple[Reading, Verdict]]:
        return zip(self.formula.readings, self.verdicts, strict=True)

    @property
    def verdict(self) -> str:
        """Right in all readings, wrong in all of them, or it depends."""
        own = [verdict.right for reading, verdict in self.readings if not reading.aside]
        return RIGHT if all(own) else DEPENDS if any(own) else WRONG


@cache
def mark(derivation: Derivation) -> tuple[Marked, ...]:
    """All formulas of a derivation."""
    networks = derivation.networks()
    return tuple(
        Marked(formula, tuple(verdict_on(reading, networks) for reading in formula.readings))
        for formula in derivation.formulas
    )


def verdict_on(reading: Reading, networks: dict[str, Network]) -> Verdict:
    if isinstance(reading.says, Compared):
        return compare(reading.says, networks)
    network = networks[reading.of]
    marking = check_derivation(
        network.est, *network.first(reading.m), reading.says, layout="columns"
    )
    wrong = [answer for answer in marking.answers if not answer.correct]
    if not wrong:
        return Verdict(True)
    right = derive(network.est, "columns")
    explanations = wrong[0].explanations or (wrong[0].mistakes,)
    explanations = tuple(sorted(explanations, key=lambda codes: ("factor" in codes, codes)))
    return Verdict(
        False,
        explanations,
        ", or ".join(" + ".join(codes) for codes in explanations),
        {answer.name: right[answer.name] for answer in wrong},
    )


def mark_corrections(derivation: Derivation) -> list[bool]:
    """For each wrong answer, whether its correction is marked right."""
    networks, verdicts = derivation.networks(), []
    for marked in mark(derivation):
        for reading, verdict in marked.readings:
            if not verdict.right and isinstance(reading.says, dict):
                network = networks[reading.of]
                data = network.first(reading.m)
                says = reading.says | verdict.corrections
                verdicts.append(check_derivation(network.est, *data, says, "columns").correct)
    return verdicts


def compare(numbers: Compared, networks: dict[str, Network]) -> Verdict:
    said, true = numbers.said(networks), numbers.true(networks)
    # Sums in another order agree to 1e-15 or so; the wrong ones here are off by percents.
    if said.shape == true.shape and np.allclose(said, true, rtol=1e-9, atol=1e-12):
        return Verdict(True)
    return Verdict(False, (), numbers.mistake, {"": numbers.right})


def count(marked: tuple[Marked, ...]) -> dict[str, int]:
    """How many formulas have each verdict."""
    verdicts = [one.verdict for one in marked]
    return {verdict: verdicts.count(verdict) for verdict in (RIGHT, DEPENDS, WRONG)}


def one_by_one(says: dict) -> str:
    """The answers of a reading as text; of one formula for several layers, the first."""
    (name, formula), *more = says.items()
    others = f" (also {', '.join(name for name, _ in more)})" if more else ""
    return f"{name} = {formula}{others}"


def shown(reading: Reading) -> str:
    """What was marked."""
    return reading.says.shown if isinstance(reading.says, Compared) else one_by_one(reading.says)


def correction(verdict: Verdict) -> str:
    """What is right instead; empty if nothing is wrong."""
    if verdict.right:
        return ""
    name, formula = next(iter(verdict.corrections.items()))
    return f"{name} = {formula}" if name else formula
