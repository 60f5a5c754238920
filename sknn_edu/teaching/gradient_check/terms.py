"""The two terms of J, data and penalty, along a line through theta.

Samples that sit on a kink, of an activation (`Activation.kinks`) or of the loss (`Loss.kinks`),
are left out, of the values and of the gradient alike: the others can still be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine.dropout import Masks
from ...engine.layer import Layer
from ..opened import Opened
from .finite_differences import EPS, LONGEST, SHORTEST, SHRINK, Curve, sides
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

    def along(self, line: Line) -> Curve:
        """The penalty along a line."""

        def value(t: float) -> float:
            line.go(t)
            penalty = self.penalty.value(self.theta.weights) / self.total
            line.go_back()
            return penalty

        rounding = float(np.dot(self._rounding[line.index], np.abs(line.direction)))
        roundoff = 4 * EPS * abs(value(0.0))
        at_kink = not self.can_move(line.index).all()
        steps = (LONGEST * line.unit, SHORTEST * line.unit)
        return Curve(value, line.slope(self.grad), roundoff, rounding, *steps, at_kink)


class DataTerm:
    """The samples' part of J: its ``value``, its ``roundoff``, and ``grad`` by backpropagation.

    The network is in float64; the dropout ``masks`` are the same for every value. ``deviation`` is
    by what a gradient that is not the engine's differs from it; it is added to every gradient.
    """

    def __init__(
        self, opened: Opened, masks: Masks | None, deviation: np.ndarray | float = 0.0
    ) -> None:
        self.deviation = deviation
        self.objective, self.samples, self.masks = opened.objective, opened.samples, masks
        self.theta, self.total = opened.network.theta, opened.samples.total_weight
        self.w = np.ones(self.samples.n) if self.samples.w is None else self.samples.w
        self.grad = self._gradient(self.samples.w)
        self.layers = opened.network.layers(self.samples.n)
        self.value = self._value(self.samples.w)
        self.roundoff = self._measure_roundoff()
        self._kinks = list(self._find_kinks(opened))
        self._largest_inputs = [_largest_of_columns(layer.A_prev) for layer in self.layers]

    def can_move(self, index: np.ndarray) -> np.ndarray:
        """Which entries a direction may contain: all."""
        return np.ones(len(index), bool)

    def refresh(self) -> None:
        """Run forward at theta itself, before the lines of another layer."""
        self._forward(0)

    def along(self, line: Line) -> Curve:
        """The samples' part of J along a line, without the samples that sit on a kink."""
        values, longest = self._clear_of_kinks(line)
        left_out = values.w is not self.samples.w
        empty = left_out and not np.any(values.w)
        if empty:
            values = _Values(self, line, self.samples.w)
        grad = self._gradient(values.w) if left_out and not empty else self.grad
        rounding = 64 * EPS * float(np.abs(grad[line.index]).max())
        steps, slope = (longest, self._steps(line)[1]), line.slope(grad)
        return Curve(values, slope, self.roundoff, rounding, *steps, left_out, empty)

    def _steps(self, line: Line) -> tuple[float, float]:
        """The longest and the shortest step to try."""
        unit = line.unit / self._pace(line)
        return LONGEST * unit, SHORTEST * unit

    def _pace(self, line: Line) -> float:
        """How much faster Z may move than theta: the largest of the inputs, at least 1."""
        if line.inputs is None:
            return 1.0
        return power_of_two(max(1.0, self._largest_inputs[line.layer][line.inputs].max()))

    def _gradient(self, w: np.ndarray | None) -> np.ndarray:
        """The gradient by backpropagation, with the samples weighted like this."""
        self.objective.run(self.samples._replace(w=w), self.total, self.masks)
        return self.objective.network.grad.flat + self.deviation

    def _forward(self, first: int) -> None:
        """Run forward from a layer on; the dropout masks stay."""
        A = self.layers[first].A_prev
        for layer in self.layers[first:]:
            A = layer.forward(A)

    def _value(self, w: np.ndarray | None) -> float:
        """The value that belongs to the last forward pass."""
        return self.objective.mean_loss(self.layers[-1], self.samples._replace(w=w), self.total)

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

    # -- kinks ----------------------------------------------------------------------------

    def _find_kinks(self, opened: Opened) -> Iterator[_Kink]:
        """Every kink of an activation, and those of the loss."""
        activations = opened.network.architecture.activations
        for l, (f, layer) in enumerate(zip(activations, self.layers, strict=True)):
            for z in f.kinks:
                yield _Kink(l, "Z", z, layer.Z > z)
        for A in self.objective.loss.kinks(self.samples.Y):
            yield _Kink(l, "A", A, layer.A > A)

    def _clear_of_kinks(self, line: Line) -> tuple[_Values, float]:
        """phi, and the longest step on which no sample that counts crosses a kink.

        Samples that cross one even on the shortest step get the weight 0; so do those on a
        kink of the loss, if backpropagation gives them a slope that they may have.
        """
        kinks = [kink for kink in self._kinks if kink.layer >= line.layer]
        longest, shortest = self._steps(line)
        h, values = longest, _Values(self, line, self.samples.w)
        while kinks and (crossing := self._crossing(values, h, kinks)).any():
            if h > shortest:
                h = max(shortest, h / SHRINK)
                continue
            w, of_activations = values.w, [kink for kink in kinks if kink.array == "Z"]
            values = _Values(self, line, w)
            on_loss = crossing & ~self._crossing(values, h, of_activations)
            if on_loss.any() and not self._slope_is_between_the_sides(line, shortest, on_loss):
                kinks = of_activations
            else:
                w = np.where(crossing, 0.0, values.weights)
            h, values = longest, _Values(self, line, w)
        return values, h

    def _crossing(self, values: _Values, h: float, kinks: list[_Kink]) -> np.ndarray:
        """Which samples cross a kink between -h and h; those without weight do not count."""
        crossing = np.zeros(self.samples.n, bool)
        for t in (h, -h):
            values(t)
            for kink in kinks:
                crossing |= kink.crossed(self.layers).any(axis=1)
        return crossing & (values.weights > 0)

    def _slope_is_between_the_sides(self, line: Line, shortest: float, on: np.ndarray) -> bool:
        """Whether backpropagation gives the samples on a kink a slope that they may have."""
        w, h = np.where(on, self.w, 0.0), shortest * SHRINK**2
        low, high = sorted(sides(_Values(self, line, w), h))
        slack = 1e-3 * max(abs(low), abs(high)) + 2 * self.roundoff / h
        return bool(low - slack <= line.slope(self._gradient(w)) <= high + slack)


class _Kink(NamedTuple):
    """Where the slope jumps in a layer's Z or A (``array``), and which numbers are above."""

    layer: int
    array: str
    at: Any
    above: np.ndarray

    def crossed(self, layers: Sequence[Layer]) -> np.ndarray:
        """Which numbers are on the other side now."""
        return (getattr(layers[self.layer], self.array) > self.at) != self.above


class _Values:
    """phi, which remembers its values."""

    def __init__(self, term: DataTerm, line: Line, w: np.ndarray | None) -> None:
        self.term, self.line, self.w = term, line, w
        self.weights = term.w if w is None else w
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
