"""What a network is made of, as far as its formulas depend on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..activations import Activation
from ..formulas.layout import Layout
from ..losses import Loss


@dataclass(frozen=True)
class Structure:
    """Layers, loss and penalty of a network.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer, the input first.
    activations : list of Activation
        f_1, ..., f_L.
    loss : Loss
        In the form that it has behind the output.
    has_biases, is_weighted : bool
        Whether there are biases, and whether samples have weights.
    alpha, l1_ratio : float
        Strength and mix of the penalty.
    dropped : frozenset of int
        Layers with dropout.
    """

    sizes: tuple[int, ...]
    activations: list[Activation]
    loss: Loss
    has_biases: bool
    is_weighted: bool
    alpha: float
    l1_ratio: float
    dropped: frozenset[int] = frozenset()

    @classmethod
    def of_estimator(cls, est: Any, *, is_weighted: bool, with_dropout: bool) -> Structure:
        """That of a fitted or initialised estimator."""
        alpha = est._penalty.l1 + est._penalty.l2
        rates = est._dropout_rates if with_dropout else ()
        return cls(
            sizes=est._layer_sizes,
            activations=[*est._hidden_activations, est._output_activation],
            loss=est._loss,
            has_biases=est._has_biases,
            is_weighted=is_weighted or getattr(est, "class_weight", None) is not None,
            alpha=alpha,
            l1_ratio=est._penalty.l1 / alpha if alpha else 0.0,
            dropped=frozenset(l for l, rate in enumerate(rates, start=1) if rate > 0),
        )

    @classmethod
    def of_trace(cls, t: Any) -> Structure:
        """That of the network that a trace was made of."""
        units = 1 if t.layout == "rows" else 0
        return cls(
            sizes=tuple(A.shape[units] for A in t.A.values()),
            activations=t.activations,
            loss=t.loss_function,
            has_biases=t.has_biases,
            is_weighted=t.is_weighted,
            alpha=t.alpha,
            l1_ratio=t.l1_ratio,
            dropped=frozenset(t.mask),
        )

    @property
    def L(self) -> int:
        """The number of layers with weights."""
        return len(self.activations)

    @property
    def layers(self) -> range:
        """1, ..., L."""
        return range(1, self.L + 1)

    def layers_of(self, family: str) -> range:
        """The layers that have an array of this family: ``"A"`` begins with 0, ``"W"`` with 1."""
        return range(0 if family in ("A", "dA") else 1, self.L + 1)

    def shape(self, name: str, layout: Layout = Layout.ROWS) -> tuple[int | str, ...]:
        """Shape of an array by its name, with ``"m"`` for the samples; ``()`` for a number."""
        rows = layout is Layout.ROWS
        if name == "w":
            return ("m", 1) if rows else (1, "m")
        name = {"X": "A0", "Y": f"A{self.L}", "dX": "dA0"}.get(name, name)
        match = re.fullmatch(r"d?([A-Za-z]+?)(\d+)(_next)?", name)
        if not match:
            return ()
        l = int(match[2])
        n_out = self.sizes[l]
        if match[1] == "b":
            return (n_out,) if rows else (n_out, 1)
        first: int | str = self.sizes[l - 1] if match[1] == "W" else "m"
        return (first, n_out) if rows else (n_out, first)
