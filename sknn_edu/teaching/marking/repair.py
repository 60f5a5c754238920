"""What would make a student's formula right? Local changes are tried, one at a time.

Each is made in the formula as it was typed and computed on redrawn networks. One that makes it
right, up to a simple constant, shows the mistake and its place. In pairs, the second mistake may
be any that is known (see `variations`), further up the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property

import numpy as np

from ...formulas import Expression, ShapeMismatch
from ...formulas.errors import pointed
from ...formulas.tree import Reduction
from .attempts import fillings, holes, jacobians, kind_of_attempt, kind_of_jacobian
from .budget import Budget
from .changes import LAST, Change, Repair, best, is_far_fetched, numbers_in, renames, size_of
from .comparison import Tolerance
from .constants_found import Constants
from .context import Kind, is_common
from .in_place import Setting, settings
from .kinds import kind_of
from .known import Known
from .redrawn import Redrawn
from .rewrites import Place, Words, changed, extended, unshared
from .sieve import Sieve
from .together import THROUGHOUT, exclude_each_other

EXACTLY = Tolerance(1e-7, exact=True)
OF_JACOBIANS = 3  # the stage of `jacobians`
Ways = Callable[[Place, Words], Iterator[Expression]]
Tried = tuple[Change, np.ndarray | None]  # with the value of the formula, if it has one


class Repairs:
    """The repairs of one formula.

    Parameters
    ----------
    networks : list of Redrawn
        The first is searched on, the second confirms, a third with other widths is preferred.
    words : Words
    target : str
    formula : Expression
    text : str
        As it was typed, for the place.
    budget : Budget
    """

    def __init__(
        self, networks: list[Redrawn], words: Words, formula: Expression, text: str, budget: Budget
    ) -> None:
        self.networks, self.words, self.target = networks, words, str(words.target)
        self.formula, self.text, self.budget = unshared(formula), text, budget
        self.constants = [Constants(network, self.target, words.formulas) for network in networks]
        first = self.constants[0]
        self.sieve = Sieve([first.truth], first.penalty, EXACTLY)

    @cached_property
    def single(self) -> list[Repair]:
        """The repairs with the fewest mistakes."""
        self.budget.begin_stage(0.25)
        return best([repair for change in self._changes for repair in self._tried(*change)])

    def of_name(self, name: str) -> list[Repair]:
        """The repairs that put another name in the place of this one."""
        self.budget.begin_stage(1.0)
        changes = [tried for tried in self._changes if renames(tried[0], name)]
        return best([repair for change in changes for repair in self._tried(*change)])

    def pairs(self, known: Known) -> list[Repair]:
        """Repairs of one place that leave a mistake of the lists; then repairs of two places."""
        self.budget.begin_stage(1.0)
        found = [pair for tried in self._changes for pair in self._left(*tried, known)]
        if found:
            return best(found)
        for first, value in self._likely(self.formula):
            if found or self.budget.is_spent:
                break
            kind = self._kind(first)
            if kind is not None and not self._is_the_same(value):
                found = list(self._with_another(first, kind))
        return best(found)

    def _with_another(self, first: Change, kind: Kind) -> Iterator[Repair]:
        """Repairs of a formula in which one place is repaired."""
        for second, value in self._likely(first.formula):
            for repair in self._tried(second, value):
                codes = (kind.code, *repair.codes)
                if not exclude_each_other(codes) and set(repair.codes[1:]) <= THROUGHOUT:
                    yield Repair(codes, (kind.sentence, *repair.messages), repair.cost)

    def _is_the_same(self, value: np.ndarray | None) -> bool:
        """Whether a change leaves the value as it was: that is no mistake."""
        own = self._own
        if own is None or value is None or own.shape != value.shape:
            return False
        return bool(np.abs(own - value).max(initial=0.0) <= 1e-12 * np.abs(own).max(initial=0.0))

    @cached_property
    def _own(self) -> np.ndarray | None:
        """The value of the formula as it is, if it has one."""
        try:
            return self.networks[0].value(self.target, self.formula)
        except ShapeMismatch:
            return None

    def _left(self, change: Change, value: np.ndarray | None, known: Known) -> Iterator[Repair]:
        """A change after which a mistake of the lists is left."""
        if value is None:
            return
        for codes, messages in known.matching(value):
            kind = self._kind(change)
            if kind is None or exclude_each_other((kind.code, *codes)) or is_far_fetched(change):
                continue
            if self._is_confirmed(change.formula, codes, known):
                all_messages = (self._with_place(kind, change.place), *messages)
                rank = LAST.index(kind.code) + 1 if kind.code in LAST else 0
                cost = (len(codes), 0, rank, change.stage, size_of(change))
                yield Repair((kind.code, *codes), all_messages, cost)

    def _is_confirmed(self, formula: Expression, codes: tuple[str, ...], known: Known) -> bool:
        """Whether the mistake is left on the other networks, too, those where there is a value."""
        for i in range(1, len(self.networks)):
            try:
                value = self.networks[i].value(self.target, formula)
            except ShapeMismatch:
                value = None
            fits = value is not None and value.shape == self.constants[i].truth.shape
            if value is not None and fits and not known.confirmed(codes, i, value):
                return False
            if i == 1 and not fits:
                return False
        return True

    # -- changes ------------------------------------------------------------------------------

    @cached_property
    def _changes(self) -> list[Tried]:
        """All local changes, and holes filled with what may belong there; the likely ones first.

        Those that give an array of the right shape.
        """
        shape = self.constants[0].truth.shape
        every = list(settings(self.formula, self.networks[0].scope))
        return [
            tried
            for stage, ways in enumerate((changed, extended, holes, jacobians))
            for setting in every
            for tried in self._in_setting(setting, ways, stage)
            if tried[1] is not None and tried[1].shape == shape
        ]

    def _likely(self, formula: Expression) -> Iterator[Tried]:
        """The changes that are tried in pairs."""
        every = list(settings(formula, self.networks[0].scope))
        if self.words.target.family == "db":
            yield from self._in_setting(every[0], _summed)
        for setting in every:
            for ways in (changed, holes):
                for change, value in self._in_setting(setting, ways):
                    if not is_far_fetched(change):
                        yield change, value

    def _in_setting(self, setting: Setting, ways: Ways, stage: int = 0) -> Iterator[Tried]:
        """The changes of some ways in one place."""
        network, place = self.networks[0], setting.place
        for right in ways(place, self.words):
            if self.budget.is_spent:
                return
            self.budget.spend(1)
            value: np.ndarray | None = None
            with suppress(ShapeMismatch):
                value = network.rows_of(self.target, setting.value(right))
            yield Change(place, right, stage), value

    def _tried(self, change: Change, value: np.ndarray | None) -> Iterator[Repair]:
        """The repair that a change is, if it is one."""
        if value is None or not self.sieve.passes(value):
            return
        codes = self.constants[0].codes_of(value)
        if codes is None or (len(self.networks) > 1 and codes != self._constant(1, change.formula)):
            return
        kind = self._kind(change)
        if kind is None:
            return
        wide = self._holds_with_other_widths(change.formula, codes)
        if wide is False:
            return
        extra = [code for code in codes if code != kind.code]
        if kind.code.startswith("penalty"):  # a wrong part is not a missing one
            extra = [code for code in extra if code != "penalty_missing"]
        is_single = self.constants[0].truth.size == 1
        if len(set(extra) - THROUGHOUT) > 1 or (is_single and len(extra) > 1):
            return
        if exclude_each_other((kind.code, *extra)):
            return
        rank = LAST.index(kind.code) + 1 if kind.code in LAST else 0
        if change.right in fillings(self.words):
            rank += 1
        messages = (self._with_place(kind, change.place), *self.constants[0].sentences(codes))
        yield Repair(
            (kind.code, *extra),
            messages,
            (len(codes), not wide, rank, change.stage, size_of(change)),
        )

    def _constant(self, i: int, formula: Expression) -> tuple[str, ...] | None:
        """The codes of the constant that a formula is off by; none if it is right."""
        try:
            value = self.networks[i].value(self.target, formula)
        except ShapeMismatch:
            return None
        return self.constants[i].codes_of(value)

    def _holds_with_other_widths(self, formula: Expression, codes: tuple[str, ...]) -> bool | None:
        """Whether a formula is right but for these codes there, too; None if it has no value."""
        if len(self.networks) < 3:
            return True
        try:
            value = self.networks[2].value(self.target, formula)
        except ShapeMismatch:
            return None
        if value.shape != self.constants[2].truth.shape:
            return None
        return self.constants[2].codes_of(value) == codes

    def _kind(self, change: Change) -> Kind | None:
        """The mistake that a change mends; none if it takes an odd number away, or leaves nothing.

        Where nothing is left, anything may have been.
        """
        if any(map(self._vanishes, change.place.grown(change.right))):
            return None
        if change.stage == OF_JACOBIANS:
            return kind_of_jacobian(change.place.node)
        if change.right in fillings(self.words):
            return kind_of_attempt(change.place, change.right, self.words)
        kind = kind_of(change.place, change.right, self.words)
        if kind is None or kind.code == "wrong_derivative":
            return kind
        gone = numbers_in(change.place.node) - numbers_in(change.right)
        return None if any(self._is_odd(number) for number in gone) else kind

    def _vanishes(self, part: Expression) -> bool:
        """Whether every entry of a part is zero, but for roundoff."""
        with suppress(ShapeMismatch):
            return bool(np.abs(part.value(self.networks[0].scope)).max(initial=0.0) < 1e-13)
        return False

    def _is_odd(self, number: float) -> bool:
        """Whether a number is none that slips into a formula."""
        network = self.networks[0]
        own = [float(network.sizes.m), 1 / network.sizes.m, network.sizes.alpha]
        own += [k for value in network.opened.step.numbers.values() for k in (value, 1 - value)]
        is_own = any(abs(number - known) <= 1e-3 * known for known in own)
        return not is_own and not is_common(number)

    def _with_place(self, kind: Kind, place: Place) -> str:
        first, last = place.node.span
        if last <= first or last > len(self.text):
            return kind.sentence
        return f"{kind.sentence}\n{pointed(self.text, first, last)}"


def _summed(place: Place, words: Words) -> Iterator[Expression]:
    """The sum over the samples."""
    yield Reduction("sum", place.node, words.sample_axis, keepdims=words.sample_axis == 1)
