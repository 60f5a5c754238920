"""The values of a quantity when mistakes are made in the formulas that lead to it.

For one quantity, say dW1, the formulas that lead to it from the output are taken. Each mistake
rewrites one of them, or the same one in several layers, and the quantity is computed from
the wrong formulas: an early mistake changes every later value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...formulas import Expression, ShapeMismatch
from ...formulas.quantity import Quantity
from .budget import Budget
from .chains import Chains
from .comparison import SAME_FLOAT64, SAME_NUMBERS, relative_error
from .in_pieces import Value
from .in_place import Setting, settings
from .mistakes import Edit, FormulaMistake
from .mistakes.local import local_edit, spellings, wrong_parts
from .pieces import Result
from .rewrites import Words, places
from .stand_ins import Stand
from .together import exclude_each_other

# Intermediate values of candidates are kept up to so many numbers in all (96 MB), those of small
# chains only; those of the other candidates are computed again for pairs.
MOST_KEPT = 12 * 10**6


@dataclass(frozen=True)
class Candidate:
    """What a quantity becomes with some mistakes in its formulas.

    ``value``, an array or a `Result`, is without the penalty's part, which is ``extra`` (see
    `Chains`). ``chain`` says which
    of the chains was changed; ``values``, if kept, are all that differ from the true ones.
    """

    edits: tuple[Edit, ...]
    value: Value
    extra: np.ndarray | None
    right_share: float
    chain: int
    values: Mapping[str, Any] | None

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the edits."""
        return tuple(edit.code for edit in self.edits)

    @property
    def messages(self) -> tuple[str, ...]:
        """Of the edits."""
        return tuple(edit.message for edit in self.edits)


class Variations:
    """The mistakes that can be made on the way to one quantity, as far as the budget goes."""

    def __init__(self, chains: Chains, budget: Budget) -> None:
        self.chains, self.formulas, self.budget = chains, chains.formulas, budget
        self.cost = chains.cost
        self.room = MOST_KEPT
        self._known_edits: dict[tuple[int, int], tuple[Edit, Mapping[str, Expression]]] = {}
        self._latest: Candidate | None = None
        self._latest_values: dict[str, Any] | None = None

    @cached_property
    def unchanged(self) -> Candidate:
        """What there is without a mistake."""
        right = {self.chains.target: self.chains.right()}
        return next(self._candidate(0, (), right, keep=False))

    def whole(self) -> Variations:
        """The same with all rows."""
        return Variations(self.chains.whole(), self.budget)

    def again(self, candidate: Candidate) -> Candidate:
        """The candidate of other variations among these."""
        if not candidate.edits:
            return self.unchanged
        changes = {name: f for edit in candidate.edits for name, f in edit.changes.items()}
        values = self.chains.run(candidate.chain, changes)
        return next(self._candidate(candidate.chain, candidate.edits, values, keep=False))

    # -- candidates -----------------------------------------------------------------------

    @cached_property
    def singles(self) -> list[Candidate]:
        """One mistake each, in one layer or in several."""
        candidates: list[Candidate] = []
        for i, formulas in enumerate(self.chains.chains):
            for mistake in FormulaMistake.known:
                alone = self._with_values(i, mistake.edits(formulas, self.formulas))
                possible = [candidate.edits[0] for candidate in alone]
                candidates += alone + self._with_values(i, self._in_several_layers(possible))
        return [candidate for candidate in candidates if self._differs(candidate.value)]

    def local(self, may_explain: Callable[[Value], bool]) -> Iterator[Candidate]:
        """One small change each that is in no list, made in every spelling of each formula.

        Only those whose value may explain the answer.
        """
        for i, formulas in enumerate(self.chains.chains):
            for name, formula in reversed(list(formulas.items())):
                if i > 0 and name != f"delta{self.formulas.L}":  # it is as in the first chain
                    continue
                words = Words(self.formulas, Quantity.of(name), tuple(self.chains.values), 0)
                for spelled in spellings(formula, self.formulas):
                    for setting in self._settings(spelled):
                        yield from self._in_setting(i, name, setting, words, may_explain)
                        if self.budget.is_spent:
                            return

    def _settings(self, formula: Expression) -> Iterator[Setting]:
        """The places of a formula; what is around them is computed where that is quick."""
        if self.chains.is_quick:
            return settings(formula, self.chains.scope)
        return (Setting(place, (), self.chains.scope) for place in places(formula))

    def _in_setting(
        self,
        i: int,
        name: str,
        setting: Setting,
        words: Words,
        may_explain: Callable[[Value], bool],
    ) -> Iterator[Candidate]:
        """The changes in one place."""
        for wrong in wrong_parts(setting.place, words):
            self.budget.spend(self.cost)
            values = self._values_with(i, name, setting, wrong)
            value = values.get(self.chains.target)
            if value is None or not may_explain(value):
                continue
            edit = local_edit(name, setting.place, wrong, words)
            if edit is not None:
                for candidate in self._candidate(i, (edit,), values, keep=False):
                    if self._differs(candidate.value):
                        yield candidate

    def _values_with(
        self, i: int, name: str, setting: Setting, wrong: Expression
    ) -> dict[str, Any]:
        """The values of a chain with another part in one formula."""
        if not self.chains.is_quick:
            return self.chains.run(i, {name: setting.place.formula_with(wrong)})
        try:
            value = setting.value(wrong)
        except ShapeMismatch:
            return {}
        if name == self.chains.target:
            return {name: value}
        return self.chains.run(i, {name: Stand(wrong, value)})

    def _with_values(self, i: int, edits: Iterable[Edit]) -> list[Candidate]:
        """The edits of a chain that can be computed."""
        candidates: list[Candidate] = []
        for edit in edits:
            if self.budget.is_spent:
                break
            if i == 0 or self._at_output(edit):  # else it is as in the first chain
                self.budget.spend(self.cost)
                keep = self.chains.is_small(i) and self.chains.sizes[i] <= self.room
                values = self.chains.run(i, edit.changes)
                candidates += self._candidate(i, (edit,), values, keep=keep)
        return candidates

    def _in_several_layers(self, edits: list[Edit]) -> Iterator[Edit]:
        """Each variant of a mistake in all hidden layers, and in all layers, at once."""
        for _, group in itertools.groupby(sorted(edits, key=_variant), _variant):
            everywhere = list(group)
            hidden = [edit for edit in everywhere if not self._at_output(edit)]
            for several in [hidden] if hidden == everywhere else [hidden, everywhere]:
                changes = {name: f for edit in several for name, f in edit.changes.items()}
                if 1 < len(several) == len(changes):
                    message = f"In several layers: {several[-1].message}"
                    yield Edit(several[0].code, changes, message, is_rare=several[0].is_rare)

    def _at_output(self, edit: Edit) -> bool:
        """Whether it is made where the loss turns into delta."""
        L = self.formulas.L
        return not edit.changes.keys().isdisjoint({f"dA{L}", f"delta{L}"})

    def pairs(self) -> Iterator[Candidate]:
        """Two different mistakes at once, in two formulas or in one; in deep networks not all.

        Mistakes at the output and near the target come first.
        """
        for pair in itertools.chain(self._in_two_formulas(), self._in_one_formula()):
            yield pair
            if self.budget.is_spent:
                return

    def _in_two_formulas(self) -> Iterator[Candidate]:
        last_first = sorted(self.singles, key=lambda c: (c.edits[0].is_rare, self._distance(c)))
        for n, later in enumerate(last_first):
            for earlier in last_first[:n]:
                # Edits after the output go with either chain: the one at the output decides.
                one, two = sorted((earlier, later), key=lambda c: c.chain, reverse=True)
                a, b = one.edits[0], two.edits[0]
                apart = a.changes.keys().isdisjoint(b.changes)
                goes = one.chain == two.chain or not self._at_output(b)
                if apart and goes and not exclude_each_other((a.code, b.code)):
                    first_is_two = one.chain == two.chain and self._first(two) < self._first(one)
                    yield from self._with_another(one, b, known=two if first_is_two else one)

    def _in_one_formula(self) -> Iterator[Candidate]:
        for one in self.singles:
            for second in () if one.edits[0].is_rare else self._edits_on_top(one):
                yield from self._with_another(one, second, known=one)

    def _first(self, candidate: Candidate) -> int:
        """The place in the chain of the first formula that a single mistake changes."""
        names = list(self.chains.chains[candidate.chain])
        return min(names.index(name) for name in candidate.edits[0].changes)

    def _distance(self, candidate: Candidate) -> int:
        """How many formulas lie between the mistake and the target; none at the output."""
        edit = candidate.edits[0]
        if self._at_output(edit):
            return 0
        names = list(self.chains.chains[candidate.chain])
        return len(names) - max(names.index(name) for name in edit.changes)

    def _edits_on_top(self, one: Candidate) -> Iterator[Edit]:
        """Mistakes of another kind in formulas that are wrong already."""
        first = one.edits[0]
        chain = {**self.chains.chains[one.chain], **first.changes}
        names = {*first.changes, self.chains.target}
        touched = {name: chain[name] for name in chain if name in names}
        for mistake in FormulaMistake.known:
            if mistake.code != first.code and not mistake.is_rare:
                for second in mistake.edits(touched, self.formulas):
                    fits = second.changes.keys() <= first.changes.keys() and not second.is_rare
                    if fits and not exclude_each_other((first.code, second.code)):
                        yield second

    def _with_another(self, one: Candidate, second: Edit, known: Candidate) -> Iterator[Candidate]:
        """A candidate with one more edit, if it has a value; ``known`` has one of the two."""
        self.budget.spend(self.cost)
        edits = (one.edits[0], second)
        changes = {**self._settled(one.chain, edits[0]), **self._settled(one.chain, second)}
        new = edits[0].changes if known is not one else second.changes
        values = self.chains.run(one.chain, changes, known=self._values_of(known), new=new)
        return self._candidate(one.chain, edits, values, keep=False)

    def _settled(self, i: int, edit: Edit) -> Mapping[str, Expression]:
        """The changes of an edit; settled, if it is made in many pairs."""
        key = (i, id(edit))
        if id(edit) not in self._single_edits:
            return edit.changes
        if key not in self._known_edits:
            changes = {name: self.chains.settle(i, f) for name, f in edit.changes.items()}
            self._known_edits[key] = edit, changes
        return self._known_edits[key][1]

    @cached_property
    def _single_edits(self) -> set[int]:
        return {id(candidate.edits[0]) for candidate in self.singles}

    def _values_of(self, one: Candidate) -> Mapping[str, Any] | None:
        """All values with a single mistake, if they were kept or are asked for repeatedly."""
        if one.values is not None or not self.chains.is_small(one.chain):
            return one.values
        if self._latest is not one:
            self._latest, self._latest_values = one, None
        elif self._latest_values is None:
            self._latest_values = self.chains.run(one.chain, one.edits[0].changes)
        return self._latest_values

    def _candidate(
        self, chain: int, edits: tuple[Edit, ...], values: dict[str, Any], *, keep: bool
    ) -> Iterator[Candidate]:
        """The candidate, if the target has got a value."""
        if self.chains.target in values:
            value = values[self.chains.target]
            if not isinstance(value, Result):
                value = np.asarray(value, np.float64)
            extra, share = self.chains.extra, self.chains.right_share
            if extra is not None and extra.shape != value.shape:
                extra = None
            if keep:
                self.room -= sum(map(np.size, values.values()))
            yield Candidate(edits, value, extra, share, chain, values if keep else None)

    def _differs(self, value: np.ndarray) -> bool:
        """Whether this is a mistake at all: finite, and not the right value."""
        if not np.isfinite(value).all():
            return False
        right = self.unchanged.value
        if np.shape(value) == np.shape(right) and not isinstance(value, Result):
            largest = np.abs(right).max(initial=0.0)
            if np.abs(value - right).max(initial=0.0) > SAME_NUMBERS * largest:
                return True  # `relative_error` would say so, too
        return not relative_error(value, right) <= SAME_FLOAT64


def _variant(edit: Edit) -> str:
    return edit.variant
