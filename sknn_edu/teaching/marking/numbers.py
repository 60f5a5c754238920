"""The numbers of a pass by name, as the marking sees them: all at once, or on demand.

Those of a large network are not there all at once. Of a `Piece`, some samples, each array is
computed from those that it needs when it is asked for, by the engine's own functions; as many Z
and delta are kept from the pass as there is room for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from ...engine.dropout import Masks
from ...engine.layer import multiply
from ...engine.network import Network
from ...engine.objective import Objective, mean_factors
from ...estimators.next_step import NextStep
from ...formulas import Expression, Scope
from ...formulas.conventions import Conventions
from ...formulas.primitives import OF_THE_LANGUAGE
from ...formulas.quantity import ALIASES, Quantity
from ..network_formulas import Formulas
from ..opened import Opened, dense
from ..tracing.arrays import FAMILIES, SINGLES
from ..update_numbers import Given
from .at_once import AtOnce
from .comparison import parts_of

OF_UPDATES = {name: primitive.compute for name, primitive in OF_THE_LANGUAGE.items()}

# So many numbers may be there at a time (160 MB): an answer, the weights and what is kept.
MOST_NUMBERS = 20 * 10**6
# Room for what is computed on the way: 20 MB.
TO_COMPUTE = 2_500_000
# What the samples are: it is there, and not computed.
GIVEN, INPUT = ("X", "Y", "w"), Quantity("A", 0)
# A piece has so many rows that its Z, A, dA and delta take about 4 MB, but not fewer than these.
BYTES_OF_A_PIECE, FEWEST_ROWS = 2**22, 64


class OnDemand(Mapping[str, Any]):
    """The numbers of a pass on many samples by name, in rows, computed when they are asked for.

    Attributes
    ----------
    pieces : list of slice
        The rows of each piece.
    kept : dict of ndarray
        Some Z and delta.
    sums : dict
        Room for sums over samples, by their formulas.
    """

    def __init__(
        self, opened: Opened, conventions: Conventions, masks: Masks | None = None
    ) -> None:
        self.conventions, self.masks = conventions, masks
        self.architecture, self.samples = opened.architecture, opened.samples
        self.theta, self.total = opened.network.theta, opened.samples.total_weight
        self.sizes = self.theta.sizes
        bytes_of_a_row = 4 * sum(self.sizes) * self.theta.dtype.itemsize
        n_rows = max(FEWEST_ROWS, BYTES_OF_A_PIECE // bytes_of_a_row)
        network = Network(self.architecture, self.theta, keep_Z=True, rows_of_a_piece=n_rows)
        self.pieces = network.pieces(self.samples.n)
        self.kept = {name: np.empty(self.shape(name)) for name in self._to_keep()}
        self.grad = network.grad
        penalty = self.architecture.penalty
        cost = penalty.value(self.theta.weights) / self.total
        self.singles = {
            "m": self.samples.n,
            "loss": (self._run(Objective(network)) + cost) * self.scale("loss"),
            "penalty": cost * self.scale("penalty"),
            "alpha": penalty.alpha,
            "l1_ratio": penalty.l1_ratio,
        }
        self._go_on_with(opened.step)
        for array in (
            *self.kept.values(),
            *self.theta.W,
            *self.theta.b,
            *self.grad.W,
            *self.grad.b,
        ):
            array.flags.writeable = False

    def with_step(self, step: NextStep) -> OnDemand:
        """The same pass, not run again, with another update after it."""
        other = copy(self)
        other._go_on_with(step)
        return other

    def _go_on_with(self, step: NextStep) -> None:
        """What is updated, and from what."""
        is_weighted = self.samples.w is not None
        formulas = Formulas(
            self.architecture, is_weighted=is_weighted, conventions=self.conventions, step=step
        )
        self.update = formulas.update
        self.given = Given(step, self.conventions, self.total).by_name(self.architecture)
        self.sums: dict[Expression, Any] = {}

    def _to_keep(self) -> Iterator[str]:
        """Z as far as there is room, then delta of layers at equal distances."""
        n, L = self.samples.n, self.architecture.n_layers
        there = max(n * max(self.sizes), self.theta.weights.size) + 2 * self.theta.flat.size
        room = MOST_NUMBERS - TO_COMPUTE - there - self.samples.Y.size
        for l in range(1, L + 1):
            if n * self.sizes[l] <= room:
                room -= n * self.sizes[l]
                yield f"Z{l}"
        for distance in range(1, L + 1):
            layers = range(1, L + 1, distance)
            if n * sum(self.sizes[l] for l in layers) <= room:
                yield from (f"delta{l}" for l in layers)
                return

    def _run(self, objective: Objective) -> float:
        """Run all pieces, and record; returns J without the penalty."""
        J, gradient = 0.0, self.grad.zeros_like() if len(self.pieces) > 1 else self.grad
        for rows in self.pieces:
            piece = self.samples.take(rows)
            masks = None if self.masks is None else self.masks.from_row(rows.start)
            J += objective.run(piece, self.total, masks)
            if gradient is not self.grad:
                gradient.flat += self.grad.flat
            for l, layer in enumerate(objective.network.layers(piece.n), start=1):
                for family, array in (("Z", layer.Z), ("delta", layer.delta)):
                    if f"{family}{l}" in self.kept:
                        self.kept[f"{family}{l}"][rows] = array * self.scale(family)
        self.grad = gradient
        penalty = self.architecture.penalty
        penalty.add_gradient(self.theta.weights, 1 / self.total, out=self.grad.weights)
        self.grad.flat *= self.scale("dW")
        return J

    def scale(self, family: str) -> float:
        """What a derivative, or J, is multiplied by in the conventions of the answers."""
        return self.conventions.scale(family, self.total)

    # -- by name ----------------------------------------------------------------------------

    def __iter__(self) -> Iterator[str]:
        yield from SINGLES
        for family in (*FAMILIES, *ALIASES):
            for l in self.layers_of(ALIASES.get(family, family)):
                yield f"{family}{l}" if family in ALIASES else str(Quantity(family, l))
        yield from self.given
        yield from self.update

    def layers_of(self, family: str) -> Sequence[int]:
        """The layers that have an array of this family."""
        L, rates = self.architecture.n_layers, self.architecture.dropout
        match family:
            case "A" | "dA":
                return range(L + 1)
            case "b" | "db" if not self.architecture.has_biases:
                return ()
            case "mask":
                return [l for l, rate in enumerate(rates, start=1) if rate > 0]
        return range(1, L + 1)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array, which is not computed for it; () for a number."""
        m = self.samples.n
        return tuple(m if n == "m" else int(n) for n in Quantity.of(name).shape(self.sizes))

    @property
    def largest(self) -> int:
        """The number of entries of the largest array."""
        return max(self.samples.n * max(self.sizes), *(W.size for W in self.theta.W))

    def __getitem__(self, name: str) -> Any:
        """All of an array."""
        quantity = Quantity.of(name)
        if str(quantity) in self.kept:
            return self.kept[str(quantity)]
        if not quantity.is_of_samples:
            return self.of_no_sample(quantity)
        if quantity.family in GIVEN or quantity == INPUT:
            return Piece(self, slice(None))[name]
        array = np.empty(self.shape(name))
        for rows in self.pieces:
            array[rows] = Piece(self, rows)[name]
        return array

    def parts(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Rows, and the arrays of these names there, piece by piece if they are of samples."""
        if not Quantity.of(names[0]).is_of_samples:
            arrays = [np.asarray(self[name]) for name in names]
            yield from (
                (rows, *(array[rows] for array in arrays)) for rows, _ in parts_of(arrays[0])
            )
            return
        for rows in self.pieces:
            piece = Piece(self, rows)
            yield rows, *(piece[name] for name in names)

    def of_no_sample(self, quantity: Quantity) -> Any:
        """What is the same for all samples: parameters, gradients, numbers, what is updated."""
        name = str(quantity)
        if name in self.given:
            return self.given[name]
        if name in self.update:
            return self.update[name].value(Scope(self, OF_UPDATES))
        if quantity.layer is None:
            return self.singles[quantity.family]
        arrays = {"W": self.theta.W, "b": self.theta.b, "dW": self.grad.W, "db": self.grad.b}
        return arrays[quantity.family][quantity.layer - 1]


Numbers = AtOnce | OnDemand


class Piece(dict[str, Any]):
    """The numbers of some samples by name; each is computed when it is first asked for."""

    def __init__(self, numbers: OnDemand, rows: slice | np.ndarray) -> None:
        super().__init__()
        self.numbers, self.rows = numbers, rows
        self.samples = numbers.samples.take(rows)
        self.L = numbers.architecture.n_layers

    def __missing__(self, name: str) -> Any:
        quantity = Quantity.of(name)
        if str(quantity) != name:
            return self[str(quantity)]
        if name in self.numbers.kept:
            value = self.numbers.kept[name][self.rows]
        elif quantity.is_of_samples:
            value = self._computed(quantity.family, quantity.number)
        else:
            value = self.numbers.of_no_sample(quantity)
        self[name] = value
        return value

    def _computed(self, family: str, l: int) -> np.ndarray:
        """An array of these samples."""
        samples = self.samples
        match family:
            case "X":
                return dense(samples.X)
            case "Y":
                return samples.Y
            case "w":
                return np.ones((samples.n, 1)) if samples.w is None else samples.w[:, np.newaxis]
            case "Z":
                return self._Z(l)
            case "A" if l == 0:
                return self["X"]
            case "A":
                A = self._activated(l)
                return A * self[f"mask{l}"] if self._is_dropped(l) else A
            case "mask":
                return self._mask(l)
            case "dA":
                return self._dA(l)
        return self._delta(l)

    def _activated(self, l: int) -> np.ndarray:
        """f(Z) of a layer: A where nothing is dropped out."""
        Z = self[f"Z{l}"]
        return self.numbers.architecture.activations[l - 1].forward(Z, np.empty_like(Z))

    def _is_dropped(self, l: int) -> bool:
        return l in self.numbers.layers_of("mask")

    def _mask(self, l: int) -> np.ndarray:
        """The dropout mask of a layer, that of each row by itself where they do not follow."""
        masks, rate = self.numbers.masks, self.numbers.architecture.dropout[l - 1]
        assert masks is not None  # or the architecture would have no dropout
        n, rows = self.samples.n, self.rows
        firsts = [rows.start or 0] if isinstance(rows, slice) else rows.tolist()
        shape = (n // len(firsts), self.numbers.sizes[l])
        parts = [masks.from_row(i).mask(l, shape, rate, np.dtype(np.float64)) for i in firsts]
        return np.concatenate(parts)

    def _Z(self, l: int) -> np.ndarray:
        """Z of a layer, from the last one before it that is there."""
        first = l
        while first > 1 and not self._is_there(f"Z{first - 1}"):
            first -= 1
        for k in range(first, l + 1):
            W = self.numbers.theta.W[k - 1]
            Z = multiply(self[f"A{k - 1}"], W, out=np.empty((self.samples.n, W.shape[1])))
            if self.numbers.architecture.has_biases:
                Z += self.numbers.theta.b[k - 1]
            self[f"Z{k}"] = Z
        return self[f"Z{l}"]

    def _dA(self, l: int) -> np.ndarray:
        """dJ/dA of a layer."""
        if l < self.L:
            delta, W = self[f"delta{l + 1}"], self.numbers.theta.W[l]
            return multiply(delta, W.T, out=np.empty((self.samples.n, len(W))))
        A, loss = self[f"A{l}"], self.numbers.architecture.loss
        dA = loss.gradient(A, self.samples.Y, out=np.empty_like(A))
        dA *= mean_factors(self.samples, self.numbers.total) * self.numbers.scale("dA")
        return dA

    def _delta(self, l: int) -> np.ndarray:
        """dJ/dZ of a layer, from the first one after it that is there."""
        last = l
        while last < self.L and not self._is_there(f"delta{last + 1}"):
            last += 1
        for k in range(last, l - 1, -1):
            f, Z = self.numbers.architecture.activations[k - 1], self[f"Z{k}"]
            A = self._activated(k) if self._is_dropped(k) else self[f"A{k}"]
            delta = np.empty_like(Z)
            if k == self.L:
                self.numbers.architecture.loss.output_delta(f, Z, A, self.samples.Y, out=delta)
                delta *= mean_factors(self.samples, self.numbers.total) * self.numbers.scale(
                    "delta"
                )
            else:
                dA = self[f"dA{k}"]
                f.backward(Z, A, dA * self[f"mask{k}"] if self._is_dropped(k) else dA, out=delta)
            self[f"delta{k}"] = delta
        return self[f"delta{l}"]

    def _is_there(self, name: str) -> bool:
        return name in self or name in self.numbers.kept
