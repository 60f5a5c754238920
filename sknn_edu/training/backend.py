"""The interface between the training loop and an engine, and the NumPy engine behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

import numpy as np

from ..engine.batches import Batches, Samples
from ..engine.curvature import HessianProduct
from ..engine.objective import Objective
from ..optimizers import FirstOrder
from .epoch import run_epoch
from .training import Training


class Backend(ABC):
    """Computes J, its gradient, and whole epochs; the numbers are those of the NumPy engine.

    Parameters
    ----------
    objective : Objective
        J of the network to be trained, whose arrays it reads and writes.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective

    @abstractmethod
    def value_and_gradient(self, samples: Samples) -> float:
        """J on the samples; its gradient is left in ``network.grad``."""

    @abstractmethod
    def data_value(self, samples: Samples, out: np.ndarray) -> float:
        """J on other samples, without the penalty; ``out`` takes the outputs A."""

    @abstractmethod
    def linearized(self, samples: Samples) -> Callable[[np.ndarray], np.ndarray]:
        """The function v -> H v at the present theta, which must not change meanwhile."""

    @abstractmethod
    def epochs(self, training: Training, rule: FirstOrder, batches: Batches) -> Callable[[], float]:
        """A function that runs one epoch and returns the mean of J over its batches.

        It may run and record further epochs before that one, where `run_until_done` would do no
        more after them than keep the record and ``training.checkpoint``.
        """


class NumpyBackend(Backend):
    """The NumPy engine."""

    def value_and_gradient(self, samples: Samples) -> float:
        """J on the samples; its gradient is left in ``network.grad``."""
        return self.objective.value_and_gradient(samples)

    def data_value(self, samples: Samples, out: np.ndarray) -> float:
        """J without the penalty; ``out`` takes the outputs A."""
        return self.objective.data_value(samples, out=out)

    def linearized(self, samples: Samples) -> Callable[[np.ndarray], np.ndarray]:
        """A `HessianProduct`."""
        product = HessianProduct(self.objective, samples)
        product.linearize()
        return product

    def epochs(self, training: Training, rule: FirstOrder, batches: Batches) -> Callable[[], float]:
        """`run_epoch`."""
        return partial(run_epoch, training, rule, batches, self.objective.value_and_gradient)
