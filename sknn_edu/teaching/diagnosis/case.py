"""What the checks look at: the network, one pass over the data, and the course of training."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ...engine.batches import Samples
from ...engine.layer import Layer
from ...engine.objective import Objective
from ...estimators.inspection import rule_of, stop_kind_of, targets_of
from ...losses import Loss
from ...optimizers import Adam
from ...training.stopping import StopKind
from ..opened import open_network

# A trial of this length, at small and at large rates, shows whether the loss can fall.
TRIAL_STEPS = 30
TRIAL_RATES = (0.001, 0.01, 0.1)


class Case:
    """A network with the data it is judged on; numbers that several checks read.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it is only read.
    X, y, sample_weight : array-like
        The data. Samples of weight 0 are left out, for they teach nothing.
    X_val, y_val : array-like or None
        Data that the network was not trained on.

    Attributes
    ----------
    targets : Targets
        How y is coded.
    J : float
        The objective, penalty included; its gradient is in the layers.
    layers : list of Layer
        Z, A, delta, dW, db of one pass over all samples; layer l is ``layers[l - 1]``.
    """

    def __init__(
        self,
        est: Any,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        X_val: Any = None,
        y_val: Any = None,
    ) -> None:
        self.est = est
        self.objective, self.samples = _opened(est, X, y, sample_weight)
        self.targets = targets_of(est)
        self.J = self.objective.value_and_gradient(self.samples)
        self.layers: list[Layer] = self.objective.network.layers(self.samples.n)
        self.held_out: Samples | None = None
        if X_val is not None:
            _, self.held_out = _opened(est, X_val, y_val, None)

    # -- the network ----------------------------------------------------------------------

    @property
    def n_layers(self) -> int:
        """L, the number of layers with weights."""
        return len(self.layers)

    @property
    def hidden(self) -> list[tuple[int, Layer]]:
        """The hidden layers with their numbers, from 1."""
        return list(enumerate(self.layers[:-1], start=1))

    @property
    def is_regression(self) -> bool:
        """Whether the targets are numbers, not classes."""
        return self.targets.numeric

    @property
    def loss(self) -> Loss:
        """The loss of the last fit."""
        return self.objective.loss

    @cached_property
    def is_finite(self) -> bool:
        """Whether the pass went through without infinity or NaN."""
        kept = (array for layer in self.layers for array in (layer.Z, layer.A, layer.delta))
        arrays = (*kept, self.objective.network.grad.flat, np.array(self.J))
        return all(bool(np.isfinite(array).all()) for array in arrays)

    # -- how well it does -------------------------------------------------------------------

    @property
    def data_loss(self) -> float:
        """J without the penalty."""
        penalty = self.objective.penalty.value(self.objective.network.theta.weights)
        return self.J - penalty / self.samples.total_weight

    @cached_property
    def constant_loss(self) -> float:
        """Loss of a network that ignores X: of the mean, median or majority target."""
        Y, w = self.samples.Y.astype(np.float64), self.samples.w  # squares may overflow in float32
        mean = np.average(Y, axis=0, weights=w)
        smoothed = [np.average(term.targets(Y), axis=0, weights=w) for _, term in self.loss.terms()]
        guesses = [mean, *smoothed, np.median(Y, axis=0)]
        if self.loss.margin:
            guesses.append(np.where(mean > 0.5, 1, -1))  # outputs decide by their sign
        repeated = (np.tile(guess, (len(Y), 1)) for guess in guesses)
        return float(min(np.average(self.loss.value(A, Y), weights=w) for A in repeated))

    @cached_property
    def least_loss(self) -> float:
        """What smoothed labels cost even where A is equal to them; 0 without label smoothing."""
        Y, w, least = self.samples.Y, self.samples.w, 0.0
        for factor, term in self.loss.terms():
            targets = term.targets(Y)
            if targets is not Y:
                least += factor * float(np.average(term.value(targets, Y), weights=w))
        return least

    @property
    def skill(self) -> float:
        """Part of the constant guess's loss that is gone: 1 is perfect, 0 as good as X ignored."""
        most = self.constant_loss - self.least_loss
        return 1 - (self.data_loss - self.least_loss) / most if most > 0 else 0.0

    def score(self, samples: Samples, A: np.ndarray) -> float:
        """Accuracy or R2 of the outputs A."""
        return self.targets.score(self.targets.decode(samples.Y), A, samples.w)

    # -- the course of training ---------------------------------------------------------------

    @cached_property
    def curve(self) -> np.ndarray:
        """``loss_curve_``."""
        return np.array(getattr(self.est, "loss_curve_", None) or [], dtype=float)

    @property
    def stop_kind(self) -> StopKind | None:
        """Why the last training stopped."""
        return stop_kind_of(self.est)

    @property
    def is_partial(self) -> bool:
        """Whether each epoch of the curve may have seen other data: `partial_fit` runs one."""
        return getattr(self.est, "n_iter_", 0) == 1

    @cached_property
    def learning_rate(self) -> float | None:
        """``learning_rate_init`` of the last fit, None for a solver that has none."""
        return getattr(rule_of(self.est), "learning_rate_init", None)

    @cached_property
    def trial_loss(self) -> float:
        """The lowest J that a few steps of Adam reach from here, on a copy of the weights."""
        theta = self.objective.network.theta.flat
        here = theta.copy()
        try:
            return min(self._after_steps(rate, here) for rate in TRIAL_RATES)
        finally:
            theta[:] = here
            self.objective.value_and_gradient(self.samples)  # the buffers as they were

    def _after_steps(self, rate: float, start: np.ndarray) -> float:
        """J after some steps of Adam from ``start``; infinite where it is not a number."""
        network = self.objective.network
        network.theta.flat[:] = start
        rule = Adam(rate)
        rule.begin(network.theta.flat)
        for _ in range(TRIAL_STEPS):
            self.objective.value_and_gradient(self.samples)
            rule.step(network.theta.flat, network.grad.flat)
        J = self.objective.value(self.samples)
        return J if np.isfinite(J) else np.inf


def _opened(est: Any, X: Any, y: Any, sample_weight: Any) -> tuple[Objective, Samples]:
    """The objective, and the samples that have weight."""
    opened = open_network(est, X, y, sample_weight)
    samples = opened.samples
    if samples.w is not None and not samples.w.all():
        samples = samples.take(np.flatnonzero(samples.w))
    return opened.objective, samples
