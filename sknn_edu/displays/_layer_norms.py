"""Norms of gradients or updates, layer by layer, recorded at the start and after each epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone

from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from ..estimators.base import BaseBackprop, observed_fit
from ..exceptions import DivergenceError, DivergenceWarning, warn
from ..training.training import Observer, Training


def fit_and_record(
    network: BaseBackprop, X: Any, y: Any, sample_weight: Any, quantity: str
) -> tuple[BaseBackprop, np.ndarray]:
    """Fit a clone of the network; returns it and the norms, of shape (n_epochs, n_layers)."""
    network = clone(network)
    norms = LayerNorms(quantity)
    try:
        observed_fit(network, X, y, sample_weight, [norms])
    except DivergenceError as error:
        if not norms.rows:
            raise
        warn(f"The norms end where training did: {error}", DivergenceWarning)
    return network, np.array(norms.rows)


class LayerNorms(Observer):
    """Records a norm for each layer at the start and after each epoch: one of its methods."""

    def __init__(self, quantity: str) -> None:
        self.norms: Callable[[], list[float]] = getattr(self, quantity)
        self.rows: list[list[float]] = []
        self._has_begun = False

    def begin_epoch(self, training: Training) -> None:
        """Record the norms at the start."""
        if self._has_begun:
            return
        self._has_begun = True
        trained = training.objective.network
        # Another network on the same weights: training still needs its own buffers and gradients.
        network = Network(trained.architecture.without_dropout(), trained.theta)
        self.objective = Objective(network)
        self.samples: Samples = training.samples
        self.W_before = [W.copy() for W in network.theta.W]
        if self.norms != self.update:
            self.rows.append(self.norms())

    def end_epoch(self, training: Training) -> None:
        """Record the norms after an epoch."""
        self.rows.append(self.norms())

    def gradient(self) -> list[float]:
        """||dJ/dW|| of each layer, penalty included."""
        self.objective.value_and_gradient(self.samples)
        return [norm(dW) for dW in self.objective.network.grad.W]

    def delta(self) -> list[float]:
        """||delta|| of each layer, over all samples."""
        network, samples = self.objective.network, self.samples
        squares = np.zeros(len(network.theta.W))
        for piece in map(samples.take, network.pieces(samples.n)):
            self.objective.run(piece, samples.total_weight)
            squares += [norm(layer.delta) ** 2 for layer in network.layers(piece.n)]
        return list(np.sqrt(squares))

    def update(self) -> list[float]:
        """||W - W_before|| / ||W_before|| of each layer."""
        W_now = self.objective.network.theta.W
        pairs = list(zip(W_now, self.W_before, strict=True))
        changes = [norm(now - before) / (norm(before) or np.nan) for now, before in pairs]
        self.W_before = [W.copy() for W in W_now]
        return changes


def norm(array: np.ndarray) -> float:
    """Euclidean norm, in float64 so that small numbers do not vanish in the squares."""
    return float(np.linalg.norm(array.astype(np.float64)))
