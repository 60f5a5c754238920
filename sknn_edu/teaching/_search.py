"""Which mistake gives these numbers? Try the known ones, alone and in pairs.

For one quantity, say dW1, the formulas that lead to it from the output are taken; each
mistake rewrites one of them (or the same one in several layers), and the quantity is
computed from the wrong formulas. An answer that is a constant times such a result, or that
has another share of the penalty in it, is recognised without trying the constants.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby
from typing import Any, NamedTuple

import numpy as np

from ._comparison import SAME_FLOAT64, SAME_NUMBERS, is_plain, relative_error
from ._formulas import Formulas
from .expressions import Expression, Scope, ShapeMismatch
from .mistakes import (
    BIAS_PENALISED,
    PENALTY_FACTOR,
    PENALTY_MISSING,
    ConstantMistake,
    Edit,
    FormulaMistake,
    sentence_about,
)
from .mistakes._base import family_of, layer_of

# Of dW with more rows than this, only so many are compared at first.
MANY_ROWS, SOME_ROWS = 64, 32


class Cause(NamedTuple):
    """Mistakes that together give an answer, with a sentence on each, and how well."""

    codes: tuple[str, ...]
    messages: tuple[str, ...]
    error: float


class Candidate(NamedTuple):
    """What a quantity becomes with some mistakes in its formulas."""

    edits: tuple[Edit, ...]
    value: np.ndarray

    @property
    def codes(self) -> tuple[str, ...]:
        """Of the edits."""
        return tuple(edit.code for edit in self.edits)


@dataclass(frozen=True)
class Tolerance:
    """What counts as equal in one round of the search."""

    rtol: float
    exact: bool
    slack: float = 0.0


class Search:
    """The mistakes that can be made on the way to one quantity.

    Parameters
    ----------
    formulas : Formulas
        Of the network, samples in rows.
    target : str
        The quantity, such as ``"dW1"``.
    """

    def __init__(self, formulas: Formulas, target: str) -> None:
        self.formulas, self.target = formulas, target
        self.scope = formulas.scope(formulas.values)
        t = formulas.trace
        self.constants = ConstantMistake.known(t.m, float(np.sum(t.w)))
        self.rows = self._some_rows()
        self.right = self.compared(np.asarray(self._data_part(), np.float64))
        self.extra, self.right_share = self._extra_part()

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
        after: dict[str, Expression] = {}
        for l in range(L - 1, max(layer_of(name), 1) - 1, -1):
            after |= {f"dA{l}": f.backward[f"dA{l}"], f"delta{l}": f.backward[f"delta{l}"]}
        data = f.read(f"A{layer_of(name) - 1}.T @ delta{layer_of(name)}") if "dW" in name else None
        after.pop(name, None)
        if name.startswith("dA"):
            after.pop(f"delta{layer_of(name)}", None)
        last = {name: data or f.backward[name]}
        slope, delta = f"dA{L}", f"delta{L}"
        chains = [{slope: f.backward[slope], delta: f.chain_delta, **after, **last}]
        if slope not in f.backward[delta].names():
            chains.append({delta: f.backward[delta], **after, **last})
        if name == delta:  # it is its own end
            chains[0][delta] = f.chain_delta
        return chains

    def _data_part(self) -> Any:
        """The true value, without the penalty's part."""
        *_, (_, formula) = self.chains[-1].items()
        return formula.value(self.scope)

    def _extra_part(self) -> tuple[np.ndarray | None, float]:
        """What may be added with a wrong share, and its right share: penalty 1, bias 0."""
        f, l = self.formulas, layer_of(self.target)
        t = f.trace
        if not t.alpha:
            return None, 0.0
        if self.target == "loss" and f.penalty_loss is not None:
            return np.asarray(f.penalty_loss.value(self.scope)), 1.0
        if family_of(self.target) == "dW" and l in f.penalty_slope:
            return self.compared(np.asarray(f.penalty_slope[l].value(self.scope))), 1.0
        if family_of(self.target) == "db" and np.any(t.b[l]):
            return t.alpha * t.b[l] / np.sum(t.w), 0.0
        return None, 0.0

    def _some_rows(self) -> np.ndarray | None:
        """Rows of a tall dW to compare at first."""
        t = self.formulas.trace
        if family_of(self.target) != "dW":
            return None
        n = t.W[layer_of(self.target)].shape[0]
        if n <= MANY_ROWS:
            return None
        return np.random.RandomState(0).choice(n, SOME_ROWS, replace=False)

    def compared(self, value: np.ndarray) -> np.ndarray:
        """The part of the target that is compared."""
        return value if self.rows is None else value[self.rows]

    # -- candidates -----------------------------------------------------------------------

    @cached_property
    def singles(self) -> list[Candidate]:
        """One mistake each, in one layer or in all."""
        return [candidate for candidate, _ in self._singles_with_values]

    @cached_property
    def _singles_with_values(self) -> list[tuple[Candidate, tuple[int, dict[str, Any]]]]:
        found = []
        for i, chain in enumerate(self.chains):
            for edit in self._edits(chain):
                if i and not self._at_output(edit):
                    continue  # the same as in the first chain
                values = self._run(chain, edit.changes)
                value = values.get(self.target)
                if value is not None and self._differs(value):
                    found.append((Candidate((edit,), value), (i, values)))
        return found

    def _edits(self, chain: Mapping[str, Expression]) -> Iterator[Edit]:
        """All single mistakes, and each one made wherever it can be."""
        for mistake in FormulaMistake.known:
            edits = list(mistake.edits(chain, self.formulas))
            yield from edits
            by_variant = lambda edit: edit.variant  # noqa: E731
            for _, group in groupby(sorted(edits, key=by_variant), by_variant):
                alike = list(group)
                names = {name for edit in alike for name in edit.changes}
                if 1 < len(alike) == len(names):
                    changes = {k: v for edit in alike for k, v in edit.changes.items()}
                    yield Edit(mistake.code, changes, alike[0].message)

    def _at_output(self, edit: Edit) -> bool:
        """Whether it is made where the loss turns into delta."""
        L = self.formulas.L
        return not edit.changes.keys().isdisjoint({f"dA{L}", f"delta{L}"})

    def pairs(self) -> Iterator[Candidate]:
        """Two different mistakes at once."""
        for first, second in combinations(self._singles_with_values, 2):
            # Edits after the output go with either chain, so the one at the output decides.
            if second[1][0] > first[1][0]:
                first, second = second, first
            (one, (i, values)), (two, (k, _)) = first, second
            a, b = one.edits[0], two.edits[0]
            alike = a.code == b.code or not a.changes.keys().isdisjoint(b.changes)
            if not alike and (i == k or not self._at_output(b)):
                yield from self._candidate(i, (a, b), values)
        for one, (i, values) in self._singles_with_values:
            first = one.edits[0]
            chain = {**self.chains[i], **first.changes}
            for mistake in FormulaMistake.known:
                if mistake.code == first.code:
                    continue
                touched = {name: chain[name] for name in chain if name in first.changes}
                touched |= {self.target: chain[self.target]}
                for second in mistake.edits(touched, self.formulas):
                    if set(second.changes) <= set(first.changes):
                        yield from self._candidate(i, (first, second), values)

    def _candidate(
        self, i: int, edits: tuple[Edit, Edit], values: dict[str, Any]
    ) -> Iterator[Candidate]:
        """The target with both edits, if it has a value."""
        changes = {**edits[0].changes, **edits[1].changes}
        value = self._run(self.chains[i], changes, edits[1].changes, values).get(self.target)
        if value is not None:
            yield Candidate(edits, value)

    def _run(
        self,
        chain: Mapping[str, Expression],
        changes: Mapping[str, Expression],
        new: Mapping[str, Expression] | None = None,
        known: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The values that differ from the true ones, up to the target.

        ``known`` are values under all changes but the ``new`` ones.
        """
        values: dict[str, Any] = {}
        started = known is None
        for name, right in chain.items():
            started = started or name in (new or ())
            if not started:
                if known and name in known:
                    values[name] = known[name]
                continue
            formula = changes.get(name, right)
            if name in changes or not formula.names().isdisjoint(values):
                try:
                    values[name] = formula.value(self._scope_for(name, values))
                except ShapeMismatch:
                    return {}
        return values

    def _scope_for(self, name: str, values: dict[str, Any]) -> Scope:
        known: Any = ChainMap(values, self.formulas.values)
        if name == self.target and self.rows is not None:
            known = _SomeUnits(known, self.rows)
        return Scope(known, self.scope.functions)

    def _differs(self, value: np.ndarray) -> bool:
        """Whether this is a mistake at all: finite, and not the right value."""
        if not np.isfinite(value).all():
            return False
        return not relative_error(np.asarray(value), self.right) <= SAME_FLOAT64

    # -- causes ---------------------------------------------------------------------------

    def causes(
        self, answer: np.ndarray, tolerance: Tolerance, *, in_pairs: bool = True
    ) -> list[Cause]:
        """The fewest mistakes that give the answer; several causes if they give the same."""
        compared = self.compared(answer) if self._has_right_rows(answer) else answer
        found = list(self._explained(compared, Candidate((), self.right), tolerance))
        for candidate in self.singles:
            found += self._explained(compared, candidate, tolerance)
        if not found and in_pairs:
            for candidate in self.pairs():
                found += self._as_it_is(compared, candidate, tolerance)
        found = [cause for cause in found if cause.codes]
        if not found:
            return []
        fewest = min(len(cause.codes) for cause in found)
        found = [cause for cause in found if len(cause.codes) == fewest]
        best = min(cause.error for cause in found)
        found = [cause for cause in found if cause.error <= 10 * best + SAME_FLOAT64]
        return [cause for cause in found if not _has_a_name(cause, found)]

    def _has_right_rows(self, answer: np.ndarray) -> bool:
        return self.rows is not None and answer.shape == self.formulas.trace[self.target].shape

    def _explained(
        self, answer: np.ndarray, candidate: Candidate, tolerance: Tolerance
    ) -> list[Cause]:
        """Causes with this candidate: times a constant, and with any share of the penalty."""
        value = np.asarray(candidate.value, np.float64)
        if value.shape != answer.shape:
            return []
        fit = _Fit(answer, value, self._extra_like(value), self.right_share)
        if not fit.can_explain(tolerance):
            return []
        total = float(np.sum(self.formulas.trace.w))
        causes = [
            cause
            for share in fit.shares(total)
            for cause in self._with_share(share, fit, candidate, tolerance)
        ]
        if not causes and (share := fit.best_share()) is not None:
            causes = list(self._with_share(share, fit, candidate, tolerance))
        return causes

    def _as_it_is(
        self, answer: np.ndarray, candidate: Candidate, tolerance: Tolerance
    ) -> list[Cause]:
        """The candidate as a cause if the answer is just that."""
        value = np.asarray(candidate.value, np.float64)
        extra = self._extra_like(value)
        if extra is not None:
            value = value + self.right_share * extra
        error = relative_error(answer, value, tolerance.slack)
        if not error <= tolerance.rtol:
            return []
        return [Cause(candidate.codes, tuple(e.message for e in candidate.edits), error)]

    def _extra_like(self, value: np.ndarray) -> np.ndarray | None:
        """What may be added to a value of this shape."""
        return self.extra if self.extra is not None and self.extra.shape == value.shape else None

    def _with_share(
        self, share: float | None, fit: _Fit, candidate: Candidate, tolerance: Tolerance
    ) -> Iterator[Cause]:
        """Causes where the penalty has this share; None is the same constant as the rest."""
        for codes, constant in self._named(fit.constant(share), fit.answer.size, tolerance):
            own = constant * self.right_share if share is None else share
            error = relative_error(fit.answer, fit.result(constant, own), tolerance.slack)
            penalty = self._penalty_codes(own, constant)
            all_codes = (*candidate.codes, *codes, *penalty)
            if error <= tolerance.rtol and len(all_codes) <= 2:
                about = [sentence_about(code, constant) for code in codes]
                about += [sentence_about(code, own) for code in penalty]
                messages = (*(edit.message for edit in candidate.edits), *about)
                yield Cause(all_codes, messages, error)

    def _penalty_codes(self, share: float, constant: float) -> tuple[str, ...]:
        """What is wrong with the share of the penalty, or of the bias."""
        right = (self.right_share, constant * self.right_share)
        if any(abs(share - r) <= SAME_NUMBERS * max(abs(r), 1e-3) for r in right):
            return ()
        if self.right_share == 0:
            return (BIAS_PENALISED,)
        return (PENALTY_MISSING,) if share == 0 else (PENALTY_FACTOR,)

    def _named(
        self, c: float, size: int, tolerance: Tolerance
    ) -> Iterator[tuple[tuple[str, ...], float]]:
        """The constants with a name near c, exactly; else c itself, if it can be believed."""
        if not np.isfinite(c) or c == 0:
            return
        near = SAME_NUMBERS if tolerance.exact else 2 * tolerance.rtol
        named = [((), 1.0), *((known.codes, known.constant) for known in self.constants)]
        matching = [(codes, known) for codes, known in named if abs(c / known - 1) <= near]
        if matching:
            yield from matching
        elif (size >= 4 or (size > 1 and tolerance.exact)) or is_plain(c, tolerance.exact):
            signs = ("sign",) if c < 0 else ()
            yield (*signs, "factor"), c


class _Fit:
    """answer = constant * value + share * extra, for constants and shares to be tried."""

    def __init__(
        self, answer: np.ndarray, value: np.ndarray, extra: np.ndarray | None, right_share: float
    ) -> None:
        self.answer, self.value, self.right_share = answer, value, right_share
        self.extra = extra if extra is not None and np.any(extra) else None

    def can_explain(self, tolerance: Tolerance) -> bool:
        """Whether the best fit comes near enough to look closer."""
        rest = self.answer - self.result(*self._best)
        room = 3 * tolerance.rtol * np.linalg.norm(self.answer)
        room += tolerance.slack * np.sqrt(self.answer.size)
        return bool(np.linalg.norm(rest) <= room)

    def shares(self, total: float) -> list[float | None]:
        """Shares of the penalty to try: that of the rest, right, none, twice, half, not / m."""
        if self.extra is None:
            return [None]
        return [None, 1.0, 0.0, 2.0, 0.5, total, 2 * total, 0.5 * total]

    def best_share(self) -> float | None:
        """The share that fits best, if there are numbers enough to say."""
        return None if self.extra is None or self.answer.size < 4 else self._best[1]

    def constant(self, share: float | None) -> float:
        """The constant that fits best, given the share; None ties them together."""
        if self.extra is None:
            basis, rest = self.value, self.answer
        elif share is None:
            basis, rest = self.value + self.right_share * self.extra, self.answer
        else:
            basis, rest = self.value, self.answer - share * self.extra
        square = float(np.vdot(basis, basis))
        return float(np.vdot(basis, rest)) / square if square else 0.0

    def result(self, constant: float, share: float) -> np.ndarray:
        """constant * value + share * extra."""
        result = constant * self.value
        return result if self.extra is None else result + share * self.extra

    @cached_property
    def _best(self) -> tuple[float, float]:
        """Constant and share by least squares."""
        if self.extra is None:
            return self.constant(None), 0.0
        basis = np.stack([self.value.ravel(), self.extra.ravel()], axis=1)
        (constant, share), *_ = np.linalg.lstsq(basis, self.answer.ravel(), rcond=None)
        return float(constant), float(share)


def _has_a_name(cause: Cause, found: list[Cause]) -> bool:
    """Whether the unnamed constant of a cause is a named one in another cause."""
    rest = set(cause.codes) - {"factor"}
    named = ({"missing_mean"}, {"double_mean"}, {"sign"})
    return len(rest) < len(cause.codes) and any(
        set(other.codes) in ([rest | name for name in named]) for other in found
    )


class _SomeUnits(Mapping[str, Any]):
    """The names of a scope, with some of the units only of every layer that has so many."""

    def __init__(self, all_units: Mapping[str, Any], units: np.ndarray) -> None:
        self.all_units, self.units = all_units, units

    def __getitem__(self, name: str) -> Any:
        value = self.all_units[name]
        if family_of(name) in ("A", "Z") and value.shape[1] > self.units.max():
            return value[:, self.units]
        if family_of(name) == "dW" and value.shape[0] > self.units.max():
            return value[self.units]
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.all_units)

    def __len__(self) -> int:
        return len(self.all_units)
