"""What a quantity becomes when mistakes are made on the way to it.

For one quantity, say dW1, the formulas that lead to it from the output are taken. Each mistake
rewrites one of them, or the same one in several layers, and the quantity is computed from
the wrong formulas: what is wrong early runs through all that follows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...formulas import Expression, ShapeMismatch
from ...formulas.quantity import Quantity
from ...formulas.tree import Transpose
from ..network_formulas import Formulas
from .budget import Budget
from .comparison import SAME_FLOAT64, relative_error
from .mistakes import Edit, FormulaMistake

# Of dW with more rows than this, only so many are compared at first.
MANY_ROWS, SOME_ROWS = 64, 32
# So many pairs of mistakes are tried; networks of up to three hidden layers have fewer.
MOST_PAIRS = 6000
# Intermediate values of candidates are kept up to so many numbers in all (96 MB), and of chains
# with at most so many; those of the other candidates are computed again for pairs.
MOST_KEPT, MOST_OF_A_CHAIN = 12 * 10**6, 4 * 10**6

Chain = dict[str, Expression]  # formulas by what they give, from the output to the target


@dataclass(frozen=True)
class Candidate:
    """What a quantity becomes with some mistakes in its formulas.

    Attributes
    ----------
    edits : tuple of Edit
    value : ndarray
        The quantity, without the penalty's part.
    extra : ndarray or None
        What may have a wrong share in an answer: the penalty's part of it; for a bias, what a
        penalty on it would add. None where there is nothing of the kind.
    right_share : float
        Its true share: 1 of the penalty, 0 of a penalty on a bias.
    chain : int
        Which of the chains was changed.
    values : dict of str to ndarray or None
        All that is not as it should be, the quantity included; None where it was not kept.
    """

    edits: tuple[Edit, ...]
    value: np.ndarray
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
    """The mistakes that can be made on the way to one quantity.

    Parameters
    ----------
    formulas : Formulas
        Of the network, samples in rows.
    values : mapping of str to ndarray or float
        The true values, by name.
    target : str
        The quantity, such as ``"dW1"``.
    budget : Budget
        When it is spent, no more candidates are computed.
    whole : bool, default=False
        Compute all rows of large gradients; else some, which is enough to tell mistakes apart.
    """

    def __init__(
        self,
        formulas: Formulas,
        values: Mapping[str, Any],
        target: str,
        budget: Budget,
        *,
        whole: bool = False,
    ) -> None:
        self.formulas, self.values, self.target = formulas, values, target
        self.quantity = Quantity.of(target)
        self.budget = budget
        self.room = MOST_KEPT
        self._latest: Candidate | None = None
        self._latest_values: dict[str, Any] | None = None
        largest = max(map(np.size, values.values()))
        self.scope = formulas.scope(values)._replace(max_entries=max(10**6, largest))
        self.rows = None if whole else self._some_rows()
        self.extra, self.right_share = self._extra_part()
        *_, formula = self.chains[-1].values()
        right = np.asarray(formula.value(self.scope), np.float64)
        (self.unchanged,) = self._candidate(0, (), {target: self.compared(right)}, keep=False)

    # -- the quantity -------------------------------------------------------------------

    @cached_property
    def chains(self) -> list[dict[str, Expression]]:
        """The formulas from the output to the target; twice where delta has a short form."""
        f, name, L = self.formulas, self.target, self.formulas.L
        if name == "loss":
            return [{name: f.data_loss}]
        if name in f.forward:
            return [{name: f.forward[name]}]
        if name == f"dA{L}":
            return [{name: f.backward[name]}]
        first_layer = max(self.quantity.layer or 0, 1)
        between = [n for l in range(L - 1, first_layer - 1, -1) for n in (f"dA{l}", f"delta{l}")]
        if name in between:  # it and what comes after it
            between = between[: between.index(name)]
        slope, delta = f"dA{L}", f"delta{L}"
        steps = {n: f.backward[n] for n in between}
        if name != delta:
            steps[name] = self._data_formula()
        chains = [{slope: f.backward[slope], delta: f.chain_delta, **steps}]
        if slope not in f.backward[delta].names():
            chains.append({delta: f.backward[delta], **steps})
        return chains

    @cached_property
    def sizes(self) -> list[int]:
        """How many numbers the values of each chain are."""
        return [sum(np.size(self.values[name]) for name in chain) for chain in self.chains]

    def _data_formula(self) -> Expression:
        """The formula of the target, without the penalty's part."""
        if self.quantity.family == "dW":
            return self.formulas.data_gradient(self.quantity.layer)
        return self.formulas.backward[self.target]

    def _extra_part(self) -> tuple[np.ndarray | None, float]:
        """What may be added with a wrong share, and its right share: penalty 1, bias 0."""
        f, l = self.formulas, self.quantity.layer
        if self.target == "loss" and f.penalty_loss is not None:
            return np.asarray(f.penalty_loss.value(self.scope)), 1.0
        if self.quantity.family == "dW" and l in f.penalty_slope:
            return self.compared(np.asarray(f.penalty_slope[l].value(self.scope))), 1.0
        slope = f.divided(f.penalty_slope_of(f"b{l}"))
        if self.quantity.family == "db" and slope is not None:
            return np.asarray(slope.value(self.scope)), 0.0
        return None, 0.0

    def _some_rows(self) -> np.ndarray | None:
        """Rows to compare at first of a gradient that has many: they tell mistakes apart."""
        value = self.values[self.target]
        if self.quantity.family not in ("dW", "delta", "dA") or len(value) <= MANY_ROWS:
            return None
        return np.random.RandomState(0).choice(len(value), SOME_ROWS, replace=False)

    def compared(self, value: np.ndarray) -> np.ndarray:
        """The part that is compared of a value of the target's shape, else all of it."""
        if self.rows is None or value.shape != np.shape(self.values[self.target]):
            return value
        return value[self.rows]

    def whole(self) -> Variations:
        """The same with all rows."""
        return Variations(self.formulas, self.values, self.target, self.budget, whole=True)

    def again(self, candidate: Candidate) -> Candidate:
        """The candidate of other variations among these."""
        if not candidate.edits:
            return self.unchanged
        changes = {name: f for edit in candidate.edits for name, f in edit.changes.items()}
        values = self._run(candidate.chain, changes)
        return next(self._candidate(candidate.chain, candidate.edits, values, keep=False))

    # -- candidates -----------------------------------------------------------------------

    @cached_property
    def singles(self) -> list[Candidate]:
        """One mistake each, in one layer or in several."""
        candidates: list[Candidate] = []
        for i, formulas in enumerate(self.chains):
            for mistake in FormulaMistake.known:
                alone = self._with_values(i, mistake.edits(formulas, self.formulas))
                possible = [candidate.edits[0] for candidate in alone]
                candidates += alone + self._with_values(i, self._in_several_layers(possible))
        return [candidate for candidate in candidates if self._differs(candidate.value)]

    def _with_values(self, i: int, edits: Iterable[Edit]) -> list[Candidate]:
        """The edits of a chain that can be computed."""
        candidates: list[Candidate] = []
        for edit in edits:
            if self.budget.is_spent:
                break
            if i == 0 or self._at_output(edit):  # else it is as in the first chain
                keep = self.sizes[i] <= min(self.room, MOST_OF_A_CHAIN)
                values = self._run(i, edit.changes)
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
                    yield Edit(several[0].code, changes, message)

    def _at_output(self, edit: Edit) -> bool:
        """Whether it is made where the loss turns into delta."""
        L = self.formulas.L
        return not edit.changes.keys().isdisjoint({f"dA{L}", f"delta{L}"})

    def pairs(self) -> Iterator[Candidate]:
        """Two different mistakes at once, in two formulas or in one; in deep networks not all.

        Mistakes at the output and near the target come first.
        """
        pairs = itertools.chain.from_iterable((self._in_two_formulas(), self._in_one_formula()))
        for pair in itertools.islice(pairs, MOST_PAIRS):
            yield pair
            if self.budget.is_spent:
                return

    def _in_two_formulas(self) -> Iterator[Candidate]:
        last_first = sorted(self.singles, key=self._distance)
        for n, later in enumerate(last_first):
            for earlier in last_first[:n]:
                # Edits after the output go with either chain: the one at the output decides.
                one, two = sorted((earlier, later), key=lambda c: c.chain, reverse=True)
                a, b = one.edits[0], two.edits[0]
                apart = a.changes.keys().isdisjoint(b.changes)
                goes = one.chain == two.chain or not self._at_output(b)
                if a.code != b.code and apart and goes:
                    first_is_two = one.chain == two.chain and self._first(two) < self._first(one)
                    yield from self._with_another(one, b, known=two if first_is_two else one)

    def _in_one_formula(self) -> Iterator[Candidate]:
        for one in self.singles:
            for second in self._edits_on_top(one):
                yield from self._with_another(one, second, known=one)

    def _first(self, candidate: Candidate) -> int:
        """The place in the chain of the first formula that a single mistake changes."""
        names = list(self.chains[candidate.chain])
        return min(names.index(name) for name in candidate.edits[0].changes)

    def _distance(self, candidate: Candidate) -> int:
        """How many formulas lie between the mistake and the target; none at the output."""
        edit = candidate.edits[0]
        if self._at_output(edit):
            return 0
        names = list(self.chains[candidate.chain])
        return len(names) - max(names.index(name) for name in edit.changes)

    def _edits_on_top(self, one: Candidate) -> Iterator[Edit]:
        """Mistakes of another kind in formulas that are wrong already."""
        first = one.edits[0]
        chain = {**self.chains[one.chain], **first.changes}
        touched = {name: chain[name] for name in chain if name in {*first.changes, self.target}}
        for mistake in FormulaMistake.known:
            if mistake.code != first.code:
                for second in mistake.edits(touched, self.formulas):
                    if second.changes.keys() <= first.changes.keys():
                        yield second

    def _with_another(self, one: Candidate, second: Edit, known: Candidate) -> Iterator[Candidate]:
        """A candidate with one more edit, if it has a value; ``known`` has one of the two."""
        edits = (one.edits[0], second)
        changes = {**edits[0].changes, **second.changes}
        new = edits[0].changes if known is not one else second.changes
        values = self._run(one.chain, changes, known=self._values_of(known), new=new)
        return self._candidate(one.chain, edits, values, keep=False)

    def _values_of(self, one: Candidate) -> Mapping[str, Any] | None:
        """All values with a single mistake, if they were kept or are asked for repeatedly."""
        if one.values is not None or self.sizes[one.chain] > MOST_OF_A_CHAIN:
            return one.values
        if self._latest is not one:
            self._latest, self._latest_values = one, None
        elif self._latest_values is None:
            self._latest_values = self._run(one.chain, one.edits[0].changes)
        return self._latest_values

    def _candidate(
        self, chain: int, edits: tuple[Edit, ...], values: dict[str, Any], *, keep: bool
    ) -> Iterator[Candidate]:
        """The candidate, if the target has got a value."""
        if self.target in values:
            value = np.asarray(values[self.target], np.float64)
            has_extra = self.extra is not None and self.extra.shape == value.shape
            extra = self.extra if has_extra else None
            if keep:
                self.room -= sum(map(np.size, values.values()))
            kept = values if keep else None
            yield Candidate(edits, value, extra, self.right_share, chain, kept)

    def _run(
        self,
        i: int,
        changes: Mapping[str, Expression],
        known: Mapping[str, Any] | None = None,
        new: Mapping[str, Expression] | None = None,
    ) -> dict[str, Any]:
        """The values of a chain that differ from the true ones; none if shapes do not fit.

        ``known`` are the values under all changes but the ``new`` ones. Those that no later
        formula needs are dropped in a chain that is too large for the values to be kept.
        """
        chain = {**self.chains[i], **changes}
        last_use = _last_uses(chain) if self.sizes[i] > MOST_OF_A_CHAIN else {}
        values: dict[str, Any] = {}
        known_so_far = known is not None
        for name, formula in chain.items():
            known_so_far = known_so_far and name not in (new or ())
            if known_so_far and known is not None:
                if name in known:
                    values[name] = known[name]
                continue
            if name in changes or not formula.names().isdisjoint(values):
                try:
                    values[name] = self._value(name, formula, values)
                except ShapeMismatch:
                    return {}
            for used in last_use.get(name, ()):
                values.pop(used, None)
        return values

    def _value(self, name: str, formula: Expression, values: Mapping[str, Any]) -> Any:
        """The value of a formula; of the target, the rows that are compared."""
        known = {**self.values, **values}
        if name != self.target or self.rows is None:
            return formula.value(self.scope._replace(values=known))
        some = self._some_units if Quantity.of(name).family == "dW" else self._some_samples
        part = some(formula, known)
        if part is not None:
            return formula.value(self.scope._replace(values=part))
        return self.compared(formula.value(self.scope._replace(values=known)))

    def _some_units(self, formula: Expression, known: dict[str, Any]) -> dict[str, Any] | None:
        """What a dW is made of, with the units of some of its rows."""
        n = len(self.values[self.target])
        part = dict(known)
        for name in formula.names():
            if Quantity.of(name).family in ("A", "Z") and known[name].shape[1] == n:
                part[name] = known[name][:, self.rows]
            elif Quantity.of(name).family == "dW" and len(known[name]) == n:
                part[name] = known[name][self.rows]
        return part

    def _some_samples(self, formula: Expression, known: dict[str, Any]) -> dict[str, Any] | None:
        """What a delta or a dA is made of, for some samples; None if it looks at all of them."""
        if "w" in formula.names() or any(_over_samples(node) for node in formula.walk()):
            return None
        arrays = {name: known[name][self.rows] for name in _of_samples(formula)}
        return {**known, **arrays}

    def _differs(self, value: np.ndarray) -> bool:
        """Whether this is a mistake at all: finite, and not the right value."""
        if not np.isfinite(value).all():
            return False
        return not relative_error(value, self.unchanged.value) <= SAME_FLOAT64


def _last_uses(chain: Chain) -> dict[str, list[str]]:
    """By formula, the values of the chain that no later formula needs."""
    last = {
        used: name for name, formula in chain.items() for used in formula.names() & chain.keys()
    }
    uses: dict[str, list[str]] = {}
    for used, name in last.items():
        uses.setdefault(name, []).append(used)
    return uses


def _variant(edit: Edit) -> str:
    return edit.variant


def _of_samples(formula: Expression) -> list[str]:
    """The arrays in a formula that have a row for each sample."""
    return [name for name in formula.names() if Quantity.of(name).is_of_samples]


def _over_samples(node: Expression) -> bool:
    """Whether a node adds up over the samples, as A.T @ delta does."""
    return isinstance(node, Transpose) and bool(_of_samples(node))
