"""A formula tried on redrawn networks: whether it is right, and where to look for its mistake."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ...formulas import Expression, ShapeMismatch
from ...formulas.conventions import Conventions
from ...formulas.quantity import Quantity
from ...formulas.tree import Number, Power
from ..opened import Opened
from .comparison import relative_error, slack_of_step
from .redrawn import ALPHA, RATE, SAMPLES, WIDTHS, Redrawn, Sizes, other_widths, redraw
from .redrawn_step import SETTINGS

MOST_OF_A_LAYER, MOST_SAMPLES = 24, 40
# A number in a formula that stands for a number of samples and the like, or half or twice that.
SIMPLE = (1.0, 2.0, 0.5)


class Trials:
    """The redrawn networks for answers about one network."""

    def __init__(self, opened: Opened, conventions: Conventions) -> None:
        self.opened, self.conventions = opened, conventions
        self.m, self.alpha = opened.samples.n, opened.architecture.penalty.alpha
        sizes = opened.architecture.sizes
        self.units = sizes
        if max(sizes) > MOST_OF_A_LAYER:  # equal widths stay equal
            drawn = dict(zip(sorted(set(sizes[:-1])), (*WIDTHS, *range(10, 99)), strict=False))
            self.units = (*(drawn[n] for n in sizes[:-1]), min(sizes[-1], 7))
        self._network = lru_cache(maxsize=None)(self._drawn)

    # -- is it right? -----------------------------------------------------------------------

    def error(self, target: str, formula: Expression) -> float | None:
        """How wrong a formula is on networks like this one; None if that cannot be tried."""
        # Right in the first step alone is not right, unless it is written for this step.
        same = self._same(None if self.has_literals(target, formula) else SETTINGS["t"])
        if not all(network.is_usable for network in same):
            return None
        try:
            return max(self._error(network, target, formula) for network in same)
        except ShapeMismatch:
            return np.inf

    def values(self, formula: Expression) -> list[np.ndarray]:
        """What a part of a formula is on redrawn networks."""
        return [np.asarray(formula.value(network.scope)) for network in self._same()]

    def holds_for_one_sample_only(self, target: str, formula: Expression, rtol: float) -> bool:
        """Whether a formula that is right here, for one sample, is wrong for several.

        What has no shape for several is a formula of one sample.
        """
        if self.m > 1:
            return False
        try:
            return self._error(self._other(0), target, formula) > rtol
        except ShapeMismatch:
            return False

    def _error(self, network: Redrawn, target: str, formula: Expression) -> float:
        value, truth = network.value(target, formula), np.asarray(network.numbers[target])
        quantity = Quantity.of(target)
        if value.shape != truth.shape or not quantity.is_parameter_next:
            return relative_error(value, truth)
        start = np.asarray(network.numbers[str(quantity.parameter)])
        return relative_error(value - start, truth - start, slack_of_step(start))

    # -- where to look for a mistake --------------------------------------------------------

    def to_search(self, target: str, formula: Expression | None) -> list[Redrawn]:
        """Two networks to find a mistake on, then one with other widths if there is any."""
        # Of one sample, formulas are those of a single sample: with others, they lack its mean.
        if self.m == 1 or (formula is not None and self.has_literals(target, formula)):
            networks = [*self._same(), *self._wide(self._as_here)]
        else:
            networks = [self._other(0), self._other(1), *self._wide(self._otherwise(0))]
        return [network for network in networks if network.is_usable]

    def has_literals(self, target: str, formula: Expression) -> bool:
        """Whether numbers in it may stand for the samples, the rate or the penalty of here."""
        names = formula.names()
        hidden = []
        if "m" not in names and self.m > 1:
            hidden += [float(self.m), 1 / self.m]
        if "alpha" not in names and self.alpha:
            hidden.append(self.alpha)
        rounded, exact = [a * b for a in hidden for b in SIMPLE], []
        if Quantity.of(target).is_step:
            numbers = self.opened.step.numbers
            if "learning_rate" not in names:
                rounded += [a * numbers["learning_rate"] for a in SIMPLE]
            own = [numbers[name] for name in numbers.keys() - names - {"t", "learning_rate"}]
            exact = [k for value in own for k in (value, 1 - value) if k not in (0.0, 1.0)]
        exponents = {id(node.exponent) for node in formula.walk() if isinstance(node, Power)}
        return any(
            isinstance(node, Number)
            and id(node) not in exponents
            and abs(node.number / k - 1) < near
            for node in formula.walk()
            for near, numbers_here in ((1e-2, rounded), (1e-9, exact))
            for k in numbers_here
        )

    def _same(self, t: float | None = None) -> list[Redrawn]:
        """Two networks with the same widths, number of samples and settings."""
        sizes = self._as_here._replace(t=t)
        return [self._network(sizes, seed) for seed in (1, 2)]

    def _other(self, which: int) -> Redrawn:
        """With the same widths and other numbers of samples and settings."""
        return self._network(self._otherwise(which), 3 + which)

    def _wide(self, sizes: Sizes) -> list[Redrawn]:
        """With other widths, if that tells more."""
        units = other_widths(self.opened)
        return [] if units is None else [self._network(sizes._replace(units=units), 5)]

    @property
    def _as_here(self) -> Sizes:
        return Sizes(self.units, min(self.m, MOST_SAMPLES), self.alpha, None)

    def _otherwise(self, which: int) -> Sizes:
        return Sizes(self.units, SAMPLES[which], ALPHA if self.alpha else 0.0, RATE)

    def _drawn(self, sizes: Sizes, seed: int) -> Redrawn:
        return redraw(self.opened, self.conventions, sizes, seed)
