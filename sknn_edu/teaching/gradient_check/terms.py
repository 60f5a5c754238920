"""The two terms of J, data and penalty, along a line through theta.

Samples that sit on a kink of an activation are left out, of the values and of the gradient
alike: the others can still be compared. So are those on a kink of the loss, where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...engine.network import Network
from ..opened import Opened
from .finite_differences import EPS, LONGEST, SHORTEST, SHRINK, Curve
from .line import Line, power_of_two


class PenaltyTerm:
    """The penalty's part of J; its gradient is what the engine adds on its account."""

    def __init__(self, opened: Opened, grad: np.ndarray, grad_of_data: np.ndarray) -> None:
        self.penalty, self.theta = opened.objective.penalty, opened.network.theta
        self.total = opened.samples.total_weight
        # What is not finite in both is no fault of the penalty.
        self.grad = np.where(np.isfinite(grad_of_data), grad - grad_of_data, 0)
        self._rounding = EPS * (np.abs(grad) + np.abs(grad_of_data))

    @property
    def is_there(self) -> bool:
        """Whether there is a penalty, or a gradient that claims so."""
        return bool(self.penalty.l1 or self.penalty.l2 or self.grad.any())

    def can_move(self, index: np.ndarray) -> np.ndarray:
        """Which entries a direction may contain: where |w| has its kink, it would hide others."""
        return np.abs(self.theta.flat[index]) > (SHORTEST if self.penalty.l1 else -1)

    def along(self, line: Line) -> Iterator[Curve]:
        """The penalty along a line."""

        def value(t: float) -> float:
            line.go(t)
            penalty = self.penalty.value(self.theta.weights) / self.total
            line.go_back()
            return penalty

        rounding = float(np.dot(self._rounding[line.index], np.abs(line.direction)))
        roundoff = 4 * EPS * abs(value(0.0))
        at_kink = not self.can_move(line.index).all()
        yield Curve(
            value,
            line.slope(self.grad),
            roundoff,
            rounding,
            LONGEST * line.unit,
            SHORTEST * line.unit,
            at_kink,
        )


class DataTerm:
    """The samples' part of J.

    Parameters
    ----------
    opened : Opened
        The network, in float64, and the samples.
    draw : callable
        Gives the random state that draws dropout, in the same state each time, or None.

    Attributes
    ----------
    value : float
        This part of J.
    grad : ndarray of shape (n_parameters,)
        Its gradient by backpropagation.
    roundoff : float
        What its value may be off by.
    """

    def __init__(self, opened: Opened, draw: Callable[[], Any]) -> None:
        self.objective, self.samples, self.draw = opened.objective, opened.samples, draw
        self.theta, self.total = opened.network.theta, opened.samples.total_weight
        self.w = np.ones(self.samples.n) if self.samples.w is None else self.samples.w
        self.grad = self._gradient(self.samples.w)
        self.layers = opened.network.layers(self.samples.n)
        self.value = self._value(self.samples.w)
        self.roundoff = self._measure_roundoff()
        self._sides = list(self._sides_of_kinks(opened.network))
        self._largest_inputs = [_largest_of_columns(layer.A_prev) for layer in self.layers]

    def can_move(self, index: np.ndarray) -> np.ndarray:
        """Which entries a direction may contain: all."""
        return np.ones(len(index), bool)

    def refresh(self) -> None:
        """Run forward at theta itself, before the lines of another layer."""
        self._forward(0)

    def along(self, line: Line) -> Iterator[Curve]:
        """The samples' part of J along a line, without the samples that sit on a kink.

        First without those on a kink of an activation; then, for who is not content, also
        without those on a kink of the loss.
        """
        unit = line.unit / self._pace(line)
        steps = LONGEST * unit, SHORTEST * unit
        values, longest, w = self._clear_of_kinks(line, *steps)
        yield self._curve(values, w, longest, steps[1])
        w = self.w if w is None else w
        bent = self._at_kinks_of_loss(line, steps[1]) & (w > 0)
        if bent.any() and self._slopes_are_between_the_sides(line, steps[1], np.where(bent, w, 0)):
            w = np.where(bent, 0.0, w)
            yield self._curve(_Values(self, line, w), w, longest, steps[1])

    def _curve(
        self, values: _Values, w: np.ndarray | None, longest: float, shortest: float
    ) -> Curve:
        """phi with the samples weighted like this, and the slope by backpropagation."""
        line, left_out = values.line, w is not self.samples.w
        empty = left_out and not np.any(w)
        if empty:
            values, w = _Values(self, line, self.samples.w), self.samples.w
        grad = self._gradient(w) if left_out and not empty else self.grad
        rounding = 64 * EPS * float(np.abs(grad[line.index]).max())
        slope, roundoff = line.slope(grad), self.roundoff
        return Curve(values, slope, roundoff, rounding, longest, shortest, left_out, empty)

    def _pace(self, line: Line) -> float:
        """How much faster Z may move than theta: the largest of the inputs, at least 1."""
        if line.inputs is None:
            return 1.0
        return power_of_two(max(1.0, self._largest_inputs[line.layer][line.inputs].max()))

    def _gradient(self, w: np.ndarray | None) -> np.ndarray:
        """The gradient by backpropagation, with the samples weighted like this."""
        self.objective.run(self.samples._replace(w=w), self.total, self.draw())
        return self.objective.network.grad.flat.copy()

    def _forward(self, first: int) -> None:
        """Run forward from a layer on; the dropout masks stay."""
        A = self.layers[first].A_prev
        for layer in self.layers[first:]:
            A = layer.forward(A)

    def _value(self, w: np.ndarray | None) -> float:
        """The value that belongs to the last forward pass."""
        return self.objective._mean_loss(self.layers[-1], self.samples._replace(w=w), self.total)

    def value_at(self, line: Line, t: float, w: np.ndarray | None) -> float:
        """The value at theta + t v."""
        line.go(t)
        self._forward(line.layer)
        line.go_back()
        return self._value(w)

    def _measure_roundoff(self) -> float:
        """How much J changes if the last digit of every parameter does, and at least its own."""
        flat, start = self.theta.flat, self.theta.flat.copy()
        outputs = float(np.dot(self.w, np.abs(self.layers[-1].Z).sum(axis=1))) / self.total
        changes = []
        for seed in range(4):
            flat[:] = start * (1 + EPS * np.random.RandomState(seed).choice((-1, 1), flat.size))
            self._forward(0)
            changes.append(abs(self._value(self.samples.w) - self.value))
        flat[:] = start
        self.refresh()
        return 2 * max(changes) + EPS * (abs(self.value) + outputs)

    # -- kinks of the loss ----------------------------------------------------------------

    def _at_kinks_of_loss(self, line: Line, shortest: float) -> np.ndarray:
        """Which samples have slopes to the left and to the right that stay apart.

        Where the loss of a sample is merely bent, steps eight times as long have slopes
        eight times as far apart. A kink within a step may lie near its end, where only the
        next longer one tells.
        """
        bent = np.zeros(self.samples.n, bool)
        roundoff = self.roundoff * self.total / np.where(self.w > 0, self.w, np.inf)
        wider = np.full(self.samples.n, np.inf)
        for h in (shortest * SHRINK**k for k in (3, 2, 1, 0)):
            left, right = self._slopes_of_losses(line, h)
            apart = np.abs(right - left)
            bent |= apart > np.maximum(6 * roundoff / h, 0.5 * wider)
            wider = apart
        return bent

    def _slopes_are_between_the_sides(self, line: Line, shortest: float, w: np.ndarray) -> bool:
        """Whether backpropagation gives the samples on a kink a slope that they may have."""
        left, right = self._slopes_of_losses(line, shortest * SHRINK**2)
        low, high = np.dot(w, np.minimum(left, right)), np.dot(w, np.maximum(left, right))
        slack = 1e-3 * max(abs(low), abs(high))
        return bool(low - slack <= line.slope(self._gradient(w)) * self.total <= high + slack)

    def _slopes_of_losses(self, line: Line, h: float) -> tuple[np.ndarray, np.ndarray]:
        """For each sample the slope of its loss from -h to 0 and from 0 to h."""
        before, at_0, after = (self._losses_at(line, t) for t in (-h, 0.0, h))
        return (at_0 - before) / h, (after - at_0) / h

    def _losses_at(self, line: Line, t: float) -> np.ndarray:
        """The loss of each sample at theta + t v."""
        self.value_at(line, t, self.samples.w)
        output = self.layers[-1]
        return self.objective.loss.output_value(
            output.activation, output.Z, output.A, self.samples.Y
        )

    # -- kinks of activations -------------------------------------------------------------

    def _sides_of_kinks(self, network: Network) -> Iterator[tuple[int, float, np.ndarray]]:
        """For each kink: its layer, where it is, and which Z are above it."""
        for number, (f, layer) in enumerate(zip(network.activations, self.layers, strict=True)):
            for kink in f.kinks:
                yield number, kink, layer.Z > kink

    def _clear_of_kinks(
        self, line: Line, longest: float, shortest: float
    ) -> tuple[_Values, float, np.ndarray | None]:
        """phi, the longest step on which no sample crosses a kink, and the samples' weights.

        Samples that cross one even on the shortest step get the weight 0.
        """
        h, w = longest, self.samples.w
        values = _Values(self, line, w)
        while self._sides_from(line.layer):
            crossed = self._crossed(values, h)
            if not crossed.any():
                break
            if h > shortest:
                h = max(shortest, h / SHRINK)
            else:
                w = np.where(crossed, 0.0, self.w if w is None else w)
                values, h = _Values(self, line, w), longest
        return values, h, w

    def _sides_from(self, layer: int) -> list[tuple[int, float, np.ndarray]]:
        """The kinks in this layer and after."""
        return [side for side in self._sides if side[0] >= layer]

    def _crossed(self, values: _Values, h: float) -> np.ndarray:
        """Which samples cross a kink between -h and h; those without weight do not count."""
        crossed = np.zeros(self.samples.n, bool)
        for t in (h, -h):
            values(t)
            for number, kink, above in self._sides_from(values.line.layer):
                crosses = (self.layers[number].Z > kink) != above
                if crosses.any():
                    crossed |= crosses.any(axis=1)
        return crossed & ((self.w if values.w is None else values.w) > 0)


class _Values:
    """phi, which remembers its values."""

    def __init__(self, term: DataTerm, line: Line, w: np.ndarray | None) -> None:
        self.term, self.line, self.w = term, line, w
        self._known: dict[float, float] = {}

    def __call__(self, t: float) -> float:
        if t not in self._known:
            self._known[t] = self.term.value_at(self.line, t, self.w)
        return self._known[t]


def _largest_of_columns(A: Any) -> np.ndarray:
    """max |a| of each column."""
    if isinstance(A, np.ndarray):
        return np.abs(A).max(axis=0)
    return abs(A).max(axis=0).toarray().ravel()
