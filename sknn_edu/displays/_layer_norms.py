"""A fit that is watched: norms of the gradients, layer by layer, before and after each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from ..estimators.base import BaseBackprop
from ..exceptions import DivergenceError, DivergenceWarning, warn
from ..training.loop import Training
from ..training.watcher import Watcher


def watched_fit(
    network: BaseBackprop, X: Any, y: Any, sample_weight: Any, quantity: str
) -> tuple[BaseBackprop, np.ndarray]:
    """Fit a clone of the network; returns it and the norms, of shape (n_epochs, n_layers)."""
    network = clone(network)
    network._validate_params()
    norms = Norms(quantity)
    try:
        network._fit(X, y, sample_weight, watchers=[norms])
    except DivergenceError as error:
        if not norms.rows:
            raise
        warn(f"The norms end where training did: {error}", DivergenceWarning)
    return network, np.array(norms.rows)


class Norms(Watcher):
    """Notes a norm for each layer at the start and after each epoch.

    Parameters
    ----------
    quantity : {"gradient", "delta", "update"}
        ``||dJ/dW||`` or ``||delta||`` on all samples, without dropout; or by how much an
        epoch has changed W, ``||W - W_before|| / ||W_before||``.
    """

    def __init__(self, quantity: str) -> None:
        self.norms = {"gradient": self.gradient, "delta": self.delta, "update": self.update}[
            quantity
        ]
        self.rows: list[list[float]] = []
        self._has_begun = False

    def begin_epoch(self, training: Training) -> None:
        """Look at the network that training starts from."""
        if self._has_begun:
            return
        self._has_begun = True
        objective = training.objective
        # A network of its own: training goes on with the buffers and gradients of the last step.
        network = Network(
            objective.network.theta,
            objective.network.activations,
            fit_intercept=objective.network.fit_intercept,
        )
        self.objective = Objective(network, objective.loss, objective.penalty)
        self.samples: Samples = training.samples
        self.W_before = [W.copy() for W in network.theta.W]
        if self.norms != self.update:
            self.rows.append(self.norms())

    def end_epoch(self, training: Training) -> None:
        """Look at what the epoch has made of it."""
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
