"""Other networks of the same structure, on which a formula is tried.

One network may hide a mistake (one sample, equal widths, a single unit) or make two look alike.
A formula is therefore computed on small networks with other weights, data, numbers of samples
and widths, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ...engine.architecture import Architecture
from ...engine.batches import Samples
from ...engine.network import Network
from ...engine.objective import Objective
from ...engine.parameters import Parameters
from ...engine.penalty import ElasticNet
from ...formulas import Expression, Functions, Scope
from ...formulas.conventions import Conventions
from ...formulas.layout import Layout
from ..opened import Opened
from ..tracing.trace import trace_opened, turned_trace
from .at_once import AtOnce
from .redrawn_step import redrawn_step
from .shapes import in_rows

# Where a formula names the rate or the strength of the penalty, these show its mistakes best.
RATE, ALPHA = 0.37, 0.6
# Numbers of samples and widths that are unlike each other, and unlike common constants.
SAMPLES, WIDTHS = (7, 11), (5, 6, 8, 9)
MOST_UNITS = 12
ALIVE = 0.25  # the share of numbers in each array that must not be 0
TRIES = 20


class Sizes(NamedTuple):
    """How large a redrawn network is, and its settings that formulas name.

    Without a rate, all settings of the update are those of the network here, but for ``t``.
    """

    units: tuple[int, ...]
    m: int
    alpha: float
    rate: float | None
    t: float | None = None


class Redrawn:
    """A network with its numbers, in rows and in the conventions of the answers.

    Attributes
    ----------
    numbers : AtOnce
        In rows.
    scope : Scope
        To evaluate an answer with, in the layout of the answers.
    """

    def __init__(self, opened: Opened, conventions: Conventions, sizes: Sizes, seed: int) -> None:
        self.opened = _drawn(opened, sizes, np.random.RandomState(seed))
        self.conventions, self.sizes = conventions, sizes
        masks = seed if self.opened.architecture.dropout else None
        rows = trace_opened(self.opened, conventions.in_rows, masks)
        self._trace = rows
        self.numbers = AtOnce(rows.by_name())
        self.scope = self._scope(conventions.layout)

    def other_layout(self) -> Scope:
        """To evaluate an answer with that was written in the other layout."""
        is_rows = self.conventions.layout is Layout.ROWS
        return self._scope(Layout.COLUMNS if is_rows else Layout.ROWS)

    def of_vectors(self) -> Scope:
        """To evaluate an answer with in which matrices with one row or column are vectors."""
        values = {
            name: value.ravel() if np.ndim(value) == 2 and 1 in value.shape else value
            for name, value in self.scope.values.items()
        }
        return self.scope._replace(values=values)

    def value(self, target: str, formula: Expression) -> np.ndarray:
        """What a formula of an answer gives, in rows; its own shape if it has another."""
        return self.of_scope(target, formula, self.scope, self.conventions.layout)

    def of_scope(
        self, target: str, formula: Expression, scope: Scope, layout: Layout
    ) -> np.ndarray:
        """The same in another scope."""
        value = np.asarray(formula.value(scope), np.float64)
        return in_rows(value, self.numbers.shape(target), layout)

    def rows_of(self, target: str, value: Any) -> np.ndarray:
        """A value of an answer, in rows."""
        shape = self.numbers.shape(target)
        return in_rows(np.asarray(value, np.float64), shape, self.conventions.layout)

    @property
    def is_usable(self) -> bool:
        """Whether all numbers are finite."""
        return all(np.isfinite(value).all() for value in self.numbers.values())

    @property
    def is_alive(self) -> bool:
        """Whether no layer is silent, as those of relu may be."""
        layers = range(1, self.opened.architecture.n_layers + 1)
        arrays = [self.numbers[f"{family}{l}"] for family in ("A", "delta") for l in layers]
        return all(np.mean(array != 0) >= ALIVE for array in arrays)

    def _scope(self, layout: Layout) -> Scope:
        t = self._trace
        if layout is Layout.COLUMNS:
            t = turned_trace(self.opened, t, replace(self.conventions, layout=layout))
        architecture = self.opened.architecture
        functions = Functions(architecture.activations, layout, architecture.loss)
        return Scope(t.by_name(), functions, max_entries=10**6)


def redraw(opened: Opened, conventions: Conventions, sizes: Sizes, seed: int) -> Redrawn:
    """A network that is alive, if one is found."""
    for n in range(TRIES):
        network = Redrawn(opened, conventions, sizes, seed + 100 * n)
        if network.is_usable and network.is_alive:
            break
    return network


def _drawn(opened: Opened, sizes: Sizes, rng: np.random.RandomState) -> Opened:
    """The network and its samples."""
    architecture = _resized(opened.architecture, sizes)
    theta = Parameters(sizes.units, np.float64)
    for W, b in zip(theta.W, theta.b, strict=True):
        W[...] = rng.normal(scale=1.2 / np.sqrt(len(W)), size=W.shape)
        b[...] = rng.normal(scale=0.5, size=b.shape) if architecture.has_biases else 0.0
    X = rng.normal(size=(sizes.m, sizes.units[0]))
    Y = _targets(opened, (sizes.m, sizes.units[-1]), rng)
    w = None if opened.samples.w is None else rng.uniform(0.5, 2, size=sizes.m)
    network = Network(architecture, theta, keep_Z=True, rows_of_a_piece=sizes.m)
    step = redrawn_step(opened.step.with_t(sizes.t), theta, sizes.rate, rng)
    return Opened(architecture, Objective(network), Samples(X, Y, w), step)


def _resized(architecture: Architecture, sizes: Sizes) -> Architecture:
    penalty = ElasticNet(sizes.alpha, architecture.penalty.l1_ratio)
    return replace(architecture, sizes=sizes.units, penalty=penalty)


def _targets(opened: Opened, shape: tuple[int, int], rng: np.random.RandomState) -> np.ndarray:
    """Targets of the kind that the network was given."""
    Y, (m, K) = opened.samples.Y, shape
    entries = np.unique(Y)
    if set(entries) <= {0.0, 1.0}:
        if opened.architecture.output.elementwise:
            return rng.permutation(np.arange(m * K) % 2).reshape(shape).astype(np.float64)
        return np.eye(K)[rng.permutation(np.arange(m) % K)]
    if set(entries) <= {-1.0, 1.0}:
        return 2.0 * rng.permutation(np.arange(m * K) % 2).reshape(shape) - 1
    drawn = rng.normal(size=shape)
    return np.abs(drawn) + 0.1 if entries[0] >= 0 else drawn


def other_widths(opened: Opened) -> tuple[int, ...] | None:
    """Widths that are all different; None if those of the network are, or cannot be changed."""
    sizes = opened.architecture.sizes
    fit = max(sizes) <= MOST_UNITS and min(sizes) > 1
    if len(set(sizes)) == len(sizes) and fit:
        return None
    free = [*WIDTHS, *range(10, 10 + len(sizes))]
    units: list[int] = [free.pop(0) for _ in sizes[:-1]]
    K = sizes[-1]  # two classes stay two: there, half of what a softmax gives is no accident
    can_have_more = opened.architecture.output.elementwise
    return (*units, 3 if can_have_more and K == 1 else min(K, 4) if K > 1 else K)
