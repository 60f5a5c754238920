"""All that a fit needs to know, and the observers that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..engine.batches import Samples
from ..engine.dropout import Masks
from ..engine.objective import Objective
from ..optimizers import Optimizer
from ..schedules import Schedule
from .checkpoint import Checkpoint
from .history import History
from .validation import Validation


@dataclass
class Training:
    """One fit: what to minimise, on which samples, for how long, and what is recorded.

    Attributes
    ----------
    objective : Objective
        J; its network holds theta, which training moves.
    samples : Samples
        All samples.
    history : History
        What is recorded of the fit.
    checkpoint : Checkpoint
        Copies of theta to go back to.
    random_state : RandomState
        Draws shuffles.
    masks : Masks or None
        Dropout in the next update; None for no dropout.
    rows : ndarray of int or None
        The rows of ``samples`` to train on; None for all.
    validation : Validation or None
        Held-out samples, scored after each epoch.
    batch_size, shuffle, clip_norm : int, bool, float or None
        As the estimators' parameters of these names.
    schedule : Schedule or None
        Changes the learning rate from step to step; None leaves it to the optimizer.
    layer_rates : list of float or None
        Multiples of the learning rate for W_1, ..., W_L, b_1, ..., b_L; None: all are 1.
    n_epochs : int
        ``max_iter``, or 1 in ``partial_fit``.
    patience : float
        ``n_iter_no_change``; infinite where nothing but ``n_epochs`` ends the training.
    incremental : bool
        Whether this is a call of ``partial_fit``.
    observers : sequence of Observer
    """

    objective: Objective
    samples: Samples
    history: History
    checkpoint: Checkpoint
    random_state: np.random.RandomState
    masks: Masks | None = None
    rows: np.ndarray | None = None
    validation: Validation | None = None
    batch_size: int = 200
    shuffle: bool = True
    clip_norm: float | None = None
    schedule: Schedule | None = None
    layer_rates: list[float] | None = None
    n_epochs: int = 200
    patience: float = 10
    incremental: bool = False
    observers: Sequence[Observer] = ()

    @property
    def theta(self) -> np.ndarray:
        """The flat parameters, which training moves."""
        return self.objective.network.theta.flat

    def begin_epoch(self) -> None:
        """Tell the observers that an epoch begins."""
        for observer in self.observers:
            observer.begin_epoch(self)

    def end_epoch(self) -> bool:
        """Tell the observers that an epoch has ended; whether one of them asks to stop."""
        answers = [observer.end_epoch(self) for observer in self.observers]
        return any(answers)

    def end(self) -> None:
        """Tell the observers that training has ended."""
        for observer in self.observers:
            observer.end(self)


class Observer:
    """A training observer; a subclass overrides the methods that it needs.

    For the full-batch solvers an epoch is an iteration. An observer may read ``training.theta``,
    ``training.history`` and the rest, and between epochs evaluate ``training.objective`` on any
    samples.
    """

    def begin(self, training: Training, rule: Optimizer) -> None:
        """Training begins with this optimizer."""

    def begin_epoch(self, training: Training) -> None:
        """An epoch begins."""

    def end_epoch(self, training: Training) -> bool | None:
        """An epoch has ended and is in the history; True asks to stop here."""
        return None

    def learning_rate_lowered(self, training: Training, why: str, rate: float) -> None:
        """The loss has stalled, and training goes on with a lower learning rate."""

    def end(self, training: Training) -> None:
        """Training has ended, and not by an error."""
