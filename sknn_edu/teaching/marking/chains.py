"""The formulas that lead to one quantity from the output, and their values with changes made.

For dW1, say, they are those of dAL, deltaL, ..., delta1 and dW1.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

import numpy as np

from ...formulas import Expression, Scope, ShapeMismatch
from ...formulas.quantity import Quantity
from ...formulas.tree import Transpose
from ..network_formulas import Formulas
from .at_once import AtOnce
from .forms import NotInPieces
from .in_pieces import InPieces, Value, some_of
from .numbers import Numbers, OnDemand
from .stand_ins import Stand

# Chains whose values are at most so many numbers are small: their values may be kept.
MOST_OF_A_CHAIN = 4 * 10**6
# With at most so many numbers in all, a network is quickly computed.
MOST_OF_QUICK = 10**5
# In the time that a trial takes on a small network, about so much can be computed.
PRODUCTS_OF_A_TRIAL, ENTRIES_OF_A_TRIAL = 1e6, 1e5

Chain = dict[str, Expression]  # formulas by what they give, from the output to the target
Changes = Mapping[str, Expression]
Values = Mapping[str, Any]
Known = ChainMap[str, Any]


class Chains:
    """The chains of formulas that lead to one quantity, the ``target``, and the true values.

    Unless ``whole``, only some rows of large gradients are computed: enough to tell mistakes apart.
    Of a large network they are computed in pieces, and whole values may be a `Result`.
    ``extra`` is what an answer may contain with a wrong share: the penalty's part; for a bias, what
    a penalty on it would add; else None. ``right_share`` is its true share: 1, for a bias 0.
    """

    def __init__(
        self, formulas: Formulas, values: Numbers, target: str, *, whole: bool = False
    ) -> None:
        self.formulas, self.values, self.target = formulas, values, target
        self.quantity = Quantity.of(target)
        self.scope = formulas.scope(values)._replace(max_entries=max(10**6, values.largest))
        self.rows = None if whole else self._some_rows()
        self.in_pieces = None
        if isinstance(values, OnDemand):
            self.in_pieces = InPieces(formulas, values, target, self.rows, whole=whole)
        self.extra, self.right_share = self._extra_part()
        self._names: dict[str, tuple[Expression, set[str]]] = {}

    def whole(self) -> Chains:
        """The same with all rows."""
        return Chains(self.formulas, self.values, self.target, whole=True)

    def right(self) -> Value:
        """The right value, as far as it is compared, without the penalty's part."""
        *_, formula = self.chains[-1].values()
        if self.in_pieces is not None:
            with suppress(NotInPieces):
                return self.in_pieces.value(formula)
        return self.compared(np.asarray(formula.value(self.scope), np.float64))

    @cached_property
    def is_quick(self) -> bool:
        """Whether the numbers are so few that a formula takes longer to build than to compute."""
        values = self.values
        return isinstance(values, AtOnce) and sum(map(np.size, values.values())) <= MOST_OF_QUICK

    @cached_property
    def cost(self) -> float:
        """How many trials on a small network take as long as one on this."""
        sizes, m = self.formulas.architecture.sizes, self.values["m"]
        products = m * sum(a * b for a, b in pairwise(sizes)) / PRODUCTS_OF_A_TRIAL
        entries = m * sum(sizes) / ENTRIES_OF_A_TRIAL
        return 1 + (products + entries) * (1 if self.in_pieces is None else 3)

    def is_small(self, i: int) -> bool:
        """Whether the values of a chain are few enough to be kept."""
        return self.in_pieces is None and self.sizes[i] <= MOST_OF_A_CHAIN

    @cached_property
    def chains(self) -> list[dict[str, Expression]]:
        """The formulas from the output to the target; twice where delta has a short form."""
        f, name, L = self.formulas, self.target, self.formulas.L
        if name == "loss":
            return [{name: f.data_loss}]
        if self.quantity.family == "A" and self.quantity.number > 0:
            Z = f"Z{self.quantity.number}"
            return [{Z: f.forward[Z], name: f.forward[name]}]
        if name in f.update:
            before = [n for n in f.update if n in f.update[name].names()]
            return [{n: f.update[n] for n in (*before, name)}]
        if name in f.forward:
            return [{name: f.forward[name]}]
        if name == f"dA{L}":
            return [{name: f.backward[name]}]
        first_layer = max(self.quantity.number, 1)
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
    def settled(self) -> list[Chain]:
        """The chains, settled."""
        return [
            {name: self.settle(i, f) for name, f in c.items()} for i, c in enumerate(self.chains)
        ]

    def settle(self, i: int, formula: Expression) -> Expression:
        """A formula with the values of the parts that no mistake in the chain changes."""
        if not self.is_quick:
            return formula
        open_names = self.chains[i].keys()

        def settled(node: Expression) -> Expression:
            if not node.names().isdisjoint(open_names):
                return node.rebuilt(settled)
            try:
                return Stand(node, node.value(self.scope))
            except ShapeMismatch:
                return node

        return settled(formula.substituted({}))  # with every `Backward` written out

    @cached_property
    def sizes(self) -> list[int]:
        """How many numbers the values of each chain are."""
        return [sum(map(self._size, chain)) for chain in self.chains]

    def _size(self, name: str) -> int:
        return int(np.prod(self.values.shape(name)))

    def _data_formula(self) -> Expression:
        """The formula of the target, without the penalty's part."""
        if self.quantity.family == "dW":
            return self.formulas.data_gradient(self.quantity.number)
        return self.formulas.backward[self.target]

    def _extra_part(self) -> tuple[np.ndarray | None, float]:
        """What may be added with a wrong share, and its right share: penalty 1, bias 0."""
        f, l = self.formulas, self.quantity.layer
        if self.target == "loss" and f.penalty_loss is not None:
            return np.asarray(f.penalty_loss.value(self.scope)), 1.0
        if self.quantity.family == "dW" and l in f.penalty_slope:
            formula = f.penalty_slope[l]
            if self.in_pieces is not None:
                return np.asarray(self.in_pieces.for_some_units(formula).value(self.scope)), 1.0
            return self.compared(np.asarray(formula.value(self.scope))), 1.0
        slope = f.slope_of_penalty(f"b{l}")
        if self.quantity.family == "db" and slope is not None:
            return np.asarray(slope.value(self.scope)), 0.0
        return None, 0.0

    def _some_rows(self) -> np.ndarray | None:
        """Rows to compare at first of a gradient that has many: they tell mistakes apart."""
        of_samples = isinstance(self.values, OnDemand) and self.quantity.is_of_samples
        if self.quantity.family not in ("dW", "delta", "dA") and not of_samples:
            return None
        if self.is_quick:
            return None
        return some_of(self.values.shape(self.target)[0])

    def compared(self, value: np.ndarray) -> np.ndarray:
        """The part that is compared of a value of the target's shape, else all of it."""
        if self.rows is not None and value.shape == self.values.shape(self.target):
            return value[self.rows]
        return value if self.in_pieces is None else self.in_pieces.compared(value)

    def run(
        self, i: int, changes: Changes, known: Values | None = None, new: Changes | None = None
    ) -> dict[str, Any]:
        """The values of a chain that differ from the true ones; none if shapes do not fit.

        ``known`` are the values under all changes but the ``new`` ones. Those that no later
        formula needs are dropped in a chain that is too large for the values to be kept. Where the
        numbers come in pieces, only the target is computed.
        """
        if self.in_pieces is not None:
            with suppress(NotInPieces):
                return self.in_pieces.run(self.chains[i], changes)
        chain = {**self.settled[i], **changes}
        last_use = _last_uses(chain) if not self.is_small(i) else {}
        values: dict[str, Any] = {}
        # Nothing is ever put into the second map.
        all_known: Known = ChainMap(values, cast(dict[str, Any], self.values))
        scope = self.scope._replace(values=all_known)
        known_so_far = known is not None
        for name, formula in chain.items():
            known_so_far = known_so_far and name not in (new or ())
            if known_so_far and known is not None:
                if name in known:
                    values[name] = known[name]
                continue
            if name in changes or not self._names_in(name, formula).isdisjoint(values):
                try:
                    values[name] = self._value(name, formula, scope)
                except ShapeMismatch:
                    return {}
            for used in last_use.get(name, ()):
                values.pop(used, None)
        return values

    def _names_in(self, name: str, formula: Expression) -> set[str]:
        """The names in a formula of a chain."""
        if name not in self._names or self._names[name][0] is not formula:
            self._names[name] = formula, formula.names()
        return self._names[name][1]

    def _value(self, name: str, formula: Expression, scope: Scope) -> Any:
        """The value of a formula; of the target, the rows that are compared."""
        if name != self.target or self.rows is None:
            return formula.value(scope)
        some = self._some_units if Quantity.of(name).family == "dW" else self._some_samples
        part = some(formula, cast(Known, scope.values))
        if part is not None:
            return formula.value(scope._replace(values=part))
        return self.compared(formula.value(scope))

    def _some_units(self, formula: Expression, known: Known) -> Known | None:
        """The arrays of a dW with the units of some of its rows."""
        n, part = self.values.shape(self.target)[0], {}
        for name in formula.names():
            if Quantity.of(name).family in ("A", "Z") and known[name].shape[1] == n:
                part[name] = known[name][:, self.rows]
            elif Quantity.of(name).family == "dW" and len(known[name]) == n:
                part[name] = known[name][self.rows]
        return known.new_child(part)

    def _some_samples(self, formula: Expression, known: Known) -> Known | None:
        """The arrays of a delta or a dA for some samples; None if its formula sums over samples."""
        if "w" in formula.names() or any(_over_samples(node) for node in formula.walk()):
            return None
        n, names = self.values.shape(self.target)[0], _of_samples(formula)
        if any(len(known[name]) != n for name in names):  # a mistake before it has another shape
            return None
        return known.new_child({name: known[name][self.rows] for name in names})


def _last_uses(chain: Chain) -> dict[str, list[str]]:
    """By formula, the values of the chain that no later formula needs."""
    last = {used: name for name, f in chain.items() for used in f.names() & chain.keys()}
    uses: dict[str, list[str]] = {}
    for used, name in last.items():
        uses.setdefault(name, []).append(used)
    return uses


def _of_samples(formula: Expression) -> list[str]:
    """The arrays in a formula that have a row for each sample."""
    return [name for name in formula.names() if Quantity.of(name).is_of_samples]


def _over_samples(node: Expression) -> bool:
    """Whether a node adds up over the samples, as A.T @ delta does."""
    return isinstance(node, Transpose) and bool(_of_samples(node))
