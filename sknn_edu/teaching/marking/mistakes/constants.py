"""Mistakes that multiply the right result by a constant: a few simple ones, no others.

A constant counts as a mistake only if it is one that slips into a derivation: a number of samples
or units, 2, 3, 4, the strength of the penalty, the learning rate, an inverse of these or a product
of two. Any other ratio is a coincidence, not an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import NamedTuple

from ....formulas.conventions import Conventions, MeanIn

SAME = 1e-12


@dataclass(frozen=True)
class ConstantMistake:
    """A mistake whose result is the right one times a known constant."""

    codes: tuple[str, ...]
    constant: float


class Numbers(NamedTuple):
    """The numbers of a network and its samples that slip into formulas."""

    m: int
    total: float
    sizes: tuple[int, ...]
    alpha: float
    rate: float


def known_constants(
    numbers: Numbers, family: str, conventions: Conventions
) -> list[ConstantMistake]:
    """The constants with a name in an answer of that family; of equal ones the simplest name."""
    means = dict(_means(numbers, family, conventions))
    signed: dict[tuple[str, ...], list[float]] = {(): [1.0]}
    for code, constants in means.items():
        signed[(code,)] = constants
    simple = sorted(_simple(numbers))
    found = [ConstantMistake(codes, c) for codes, constants in signed.items() for c in constants]
    found += [
        ConstantMistake((*codes, "factor"), c * factor)
        for codes, constants in signed.items()
        for c in constants
        for factor in ((2.0, 0.5, 4.0, 0.25, 3.0, 1 / 3) if codes else simple)
    ]
    with_sign = [*found, *(ConstantMistake(("sign", *k.codes), -k.constant) for k in found)]
    return list(_without_doubles(k for k in with_sign if k.codes))


def _means(
    numbers: Numbers, family: str, conventions: Conventions
) -> Iterator[tuple[str, list[float]]]:
    """What a mean that is missing, or too many, multiplies by."""
    sizes = [size for size in {numbers.total, float(numbers.m)} if abs(size - 1) > SAME]
    has_mean = conventions.mean_in is MeanIn.DELTA
    if conventions.mean_in is MeanIn.GRADIENT:
        has_mean = family in ("dW", "db", "loss", "W_next", "b_next")
    if family not in ("Z", "A"):
        if has_mean:
            yield "missing_mean", sizes
        yield "double_mean", [1 / size for size in sizes]
    if family == "db" and numbers.m > 1:
        yield "bias_mean", [1 / numbers.m]


def _simple(numbers: Numbers) -> set[float]:
    """The constants that slip into formulas, their inverses, and products of two."""
    settings = {abs(number) for number in (numbers.alpha, numbers.rate) if number}
    base = {2.0, 3.0, 4.0, float(numbers.m), *map(float, numbers.sizes[1:]), *settings} - {1.0}
    base |= {1 / number for number in base}
    products = {a * b for a, b in combinations_with_replacement(sorted(base), 2)}
    return {number for number in base | products if abs(number - 1) > SAME}


def common_constants(sizes: tuple[int, ...]) -> set[float]:
    """The few that may explain a number alone: 2, 3, 4, the number of outputs, their inverses."""
    numbers = {2.0, 3.0, 4.0, float(sizes[-1])} - {1.0}
    return numbers | {1 / number for number in numbers}


def _without_doubles(mistakes: Iterable[ConstantMistake]) -> Iterator[ConstantMistake]:
    """Of those with the same constant, the ones with the fewest codes; names before "factor"."""
    by_constant: dict[float, list[ConstantMistake]] = {}
    for mistake in mistakes:
        by_constant.setdefault(float(f"{mistake.constant:.12g}"), []).append(mistake)
    for alike in by_constant.values():
        fewest = min(len(mistake.codes) for mistake in alike)
        shortest = [mistake for mistake in alike if len(mistake.codes) == fewest]
        named = [mistake for mistake in shortest if "factor" not in mistake.codes]
        yield from named or shortest[:1]


def sentence_about(code: str, constant: float, family: str = "delta") -> str:
    """What to tell a student about a constant in a quantity of that family."""
    if code == "penalty_factor" and abs(constant + 1) <= 1e-3:
        return "The penalty's part has the wrong sign."
    sentence = SENTENCES[code].format(constant=f"{constant:.4g}")
    if code != "sign":
        return sentence
    is_derivative = family.startswith("d")
    return sentence + (SIGN_OF_DERIVATIVES if is_derivative else SIGNS.get(family, ""))


SIGN_OF_DERIVATIVES = (
    " Follow the inner derivatives once more, and ask whether the update subtracts or adds."
)
SIGNS = {
    "loss": " Look at what stands in front of the sum.",
    "W_next": " Ask whether the update subtracts or adds.",
    "b_next": " Ask whether the update subtracts or adds.",
}
SENTENCES = {
    "sign": ("The sign is wrong: this is minus what it should be."),
    "factor": (
        "Every number is {constant} times what it should be. Check the constants of the loss and "
        "of the mean."
    ),
    "missing_mean": (
        "The mean over the samples is missing: J is a mean, so the factor 1/m (with sample "
        "weights, 1 over their sum) belongs here."
    ),
    "double_mean": (
        "There is a factor 1/m too many: the mean over the samples is taken twice, or where it "
        "does not belong."
    ),
    "bias_mean": (
        "The mean over the samples is taken of delta, but the factor 1/m is already in delta: take "
        "the sum."
    ),
    "penalty_missing": (
        "The penalty's part is missing: J has a term that depends on the weights directly, and its "
        "derivative belongs in every dW."
    ),
    "penalty_factor": (
        "The penalty's part is {constant} times what it should be. The 1/2 of the penalty cancels "
        "with the 2 of the square's derivative; it is divided by the number of samples where J is "
        "a mean."
    ),
    "bias_penalised": "The penalty depends on the weights alone: the biases are not in it.",
}
