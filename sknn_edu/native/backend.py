"""The compiled core as a backend of training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..engine.batches import Batches, Samples
from ..engine.objective import Objective
from ..optimizers import FirstOrder
from ..training.backend import Backend
from ..training.epoch import run_epoch
from ..training.training import Training
from .core import Core
from .epochs import CompiledEpochs


class NativeBackend(Backend):
    """The compiled core, for an objective that it supports (see `sknn_edu.native.support`).

    It uses as many threads as have work with ``n_rows`` of the samples at a time.
    """

    def __init__(self, objective: Objective, samples: Samples, n_rows: int) -> None:
        super().__init__(objective)
        self._core = Core(objective.network, objective)
        self._for_validation: Core | None = None
        self._core.get_threads(self._core.data(samples), n_rows)

    def value_and_gradient(self, samples: Samples) -> float:
        """J on the samples; its gradient is left in ``network.grad``."""
        return self._core.value_and_gradient(samples)

    def data_value(self, samples: Samples, out: np.ndarray) -> float:
        """J without the penalty; ``out`` takes the outputs A."""
        # A core of its own, since the other one keeps what it needs for the data of the training.
        if self._for_validation is None:
            self._for_validation = Core(self.objective.network, self.objective)
        return self._for_validation.data_value(samples, out)

    def linearized(self, samples: Samples) -> Callable[[np.ndarray], np.ndarray]:
        """Nothing is kept from one product to the next: each runs the pass again."""
        return partial(self._core.hessian_product, samples)

    def epochs(self, training: Training, rule: FirstOrder, batches: Batches) -> Callable[[], float]:
        """Many epochs in a call of the core; batches of more than about a second one by one."""
        if self._core.does_in_one_call(self._core.data(training.samples), batches.batch_size):
            return CompiledEpochs(self._core, training, rule, batches).run
        return partial(run_epoch, training, rule, batches, self._core.value_and_gradient)
