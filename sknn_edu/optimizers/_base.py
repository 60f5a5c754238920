"""An optimizer moves theta to where J is small; a first-order one by steps along the gradient."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..component import Component

if TYPE_CHECKING:
    from ..training.loop import Training


class Optimizer(Component, ABC, family=True):
    """Anything that can train a network.

    The settings that an estimator has under the same name are taken from there when the
    optimizer is asked for by name; an object keeps its own.

    Attributes
    ----------
    name : str
        How users ask for it; the class name if a class sets none.
    incremental : bool
        Whether it can go on from where it was, as ``partial_fit`` does.
    full_batch : bool
        Whether each step looks at all rows, whatever ``batch_size`` says.
    """

    incremental: ClassVar[bool] = False
    full_batch: ClassVar[bool] = True

    def check(self, training: Training) -> None:
        """Raise ValueError if this optimizer cannot do what the training asks for."""
        if training.clip_norm is not None:
            raise ValueError(
                f"clip_norm={training.clip_norm!r} is for first-order solvers such as 'adam'; "
                f"solver={self.name!r} needs the true gradient. Use clip_norm=None."
            )
        if rates := training.objective.network.dropout:
            raise ValueError(
                f"dropout={rates!r} makes the objective random, which solver={self.name!r} "
                "cannot minimise. Use dropout=0.0, or a solver such as 'adam'."
            )

    @abstractmethod
    def minimize(self, training: Training) -> None:
        """Train: move theta in place and keep the history."""

    def adopt(self, settings: dict[str, Any]) -> None:
        """Take over new settings, keeping the state."""
        for name, value in settings.items():
            setattr(self, name, value)


class FirstOrder(Optimizer):
    """A rule ``theta := theta - step`` that is applied batch by batch.

    A new one needs `allocate` and `step`, both on flat vectors.

    Parameters
    ----------
    learning_rate_init : float
        The learning rate at the start, positive.

    Attributes
    ----------
    learning_rate : float
        The present learning rate.
    decouples_penalty : bool
        Whether the gradient should come without the penalty, which is then applied to
        the weights directly, by one plain gradient step of its own.
    """

    incremental = True
    full_batch = False
    decouples_penalty: ClassVar[bool] = False

    def __init__(self, learning_rate_init: float) -> None:
        if not learning_rate_init > 0:
            raise ValueError(f"learning_rate_init must be > 0, got {learning_rate_init!r}.")
        self.learning_rate_init = learning_rate_init
        self.learning_rate = float(learning_rate_init)
        self._size: tuple[int, str] | None = None

    @abstractmethod
    def allocate(self, theta: np.ndarray) -> None:
        """Make the state (velocities, moments) for a vector like theta, all zeros."""

    @abstractmethod
    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Move theta one step, in place. grad may be overwritten."""

    def end_epoch(self, n_samples_seen: int) -> None:
        """Adjust the learning rate after an epoch; ``n_samples_seen`` counts since the start."""

    def lower_learning_rate(self) -> bool:
        """Called when nothing improves; returns whether the rate was lowered (else: stop)."""
        return False

    def check(self, training: Training) -> None:
        """First-order rules can do with any gradient."""

    def minimize(self, training: Training) -> None:
        """Train in epochs of mini-batches."""
        from ..training.loop import run_epochs

        run_epochs(training, self)

    def is_finite(self) -> bool:
        """Whether velocities and moments are finite; infinite ones stop a parameter for good."""
        state = (array for array in vars(self).values() if isinstance(array, np.ndarray))
        return all(math.isfinite(np.add.reduce(array)) for array in state)

    def begin(self, theta: np.ndarray) -> None:
        """Get ready to step: state for a new vector, kept for one of the same size and dtype."""
        size = (theta.size, theta.dtype.str)
        if self._size != size:
            self.allocate(theta)
            self._size = size
        self._scratch = np.zeros_like(theta)

    def end(self) -> None:
        """Let go of what only the steps needed."""
        self._scratch = np.empty(0)

    def adopt(self, settings: dict[str, Any]) -> None:
        """Take over new settings, keeping the state; a new initial rate starts now."""
        before = self.learning_rate_init
        super().adopt(settings)
        if self.learning_rate_init != before:
            self.learning_rate = float(self.learning_rate_init)
