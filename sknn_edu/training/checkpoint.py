"""Copies of theta that training may go back to."""

from __future__ import annotations

import math

import numpy as np

from ..engine.batches import Samples
from ..engine.objective import Objective


class Checkpoint:
    """The weights of the best epoch, and those of the last two.

    Parameters
    ----------
    theta : ndarray of shape (n_parameters,)
        The flat parameters, which training moves.
    """

    def __init__(self, theta: np.ndarray) -> None:
        self.theta = theta
        self.best = theta.copy()
        self.last = theta.copy()
        self.last_but_one = theta.copy()

    def keep_best(self) -> None:
        """The present weights are the best so far."""
        self.best[:] = self.theta

    def keep_finite(self) -> bool:
        """Keep the present weights if they are finite; returns whether they are."""
        finite = math.isfinite(np.add.reduce(self.theta))
        if finite:
            self.last, self.last_but_one = self.last_but_one, self.last
            self.last[:] = self.theta
        return finite

    def restore_best(self) -> None:
        """Back to the best weights (those of the start if no epoch was better)."""
        self.theta[:] = self.best

    def restore_finite(self, objective: Objective, samples: Samples) -> None:
        """Back to the last weights for which J is finite."""
        self.theta[:] = self.last
        if not math.isfinite(objective.value(samples)):
            self.theta[:] = self.last_but_one
