"""Validation: the score and the loss on samples that take no part in the gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..engine.batches import Samples
from ..engine.objective import Objective

# J on samples, without the penalty, given room for the outputs A.
DataValue = Callable[[Samples, np.ndarray], float]


class Validation:
    """Held-out samples, and the score that early stopping makes large.

    Parameters
    ----------
    objective : Objective
        Of the network in training.
    samples : Samples
        The held-out rows.
    score : callable or None
        Returns the present score, a float (NaN if there is none), given the outputs A for
        the samples; None stands for minus the validation loss.
    """

    def __init__(
        self,
        objective: Objective,
        samples: Samples,
        score: Callable[[np.ndarray], float] | None,
    ) -> None:
        self.objective = objective
        self.samples = samples
        self._score = score
        theta = objective.network.theta
        self._A = np.empty((samples.n, theta.sizes[-1]), theta.dtype)

    def evaluate(self, data_value: DataValue | None = None) -> tuple[float, float]:
        """The present score and loss (without the penalty), computed by an engine."""
        data_value = data_value or self.objective.data_value
        loss = data_value(self.samples, self._A)
        return (-loss if self._score is None else float(self._score(self._A))), loss
