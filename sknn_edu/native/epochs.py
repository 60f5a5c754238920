"""Training in the compiled core: as many epochs in one call as nobody has to look at."""

from __future__ import annotations

import math
import threading
from ctypes import byref

import numpy as np
from sklearn.utils import check_random_state

from ..engine.batches import Batches
from ..optimizers import FirstOrder
from ..training.epoch import run_batch
from ..training.training import Training
from . import library
from .core import Core
from .library import J_IS_NOT_FINITE, SOMEBODY_MUST_LOOK
from .support import rule_name

SECONDS = 0.25  # after which a call returns, so that Ctrl-C is heard
MOST_EPOCHS = 4096  # in one call


class CompiledEpochs:
    """The epochs of one fit.

    Between two epochs the core does what `run_until_done` does, as long as that is nothing but
    keeping theta, and noticing whether the loss still falls. An epoch after which more may happen
    is the last one of a call.
    """

    def __init__(
        self,
        core: Core,
        training: Training,
        optimizer: FirstOrder,
        batches: Batches,
    ) -> None:
        self.core, self.training, self.optimizer = core, training, optimizer
        self.batches, self.checkpoint = batches, training.checkpoint
        self._numpy = training.objective.value_and_gradient
        self._run_so_far = 0
        self._workspace = core.room_for(batches.batch_size, trains=True)
        self._train = core.library.function("train", core.dtype)
        self._data = core.data(training.samples)
        self._random = _random_of(batches)
        most = MOST_EPOCHS if self._nobody_looks_on() else 1
        self._losses = np.empty(min(most, training.n_epochs))
        patience = training.patience
        self._epochs = library.Epochs(
            batch_size=batches.batch_size,
            seconds=SECONDS,
            random=None if self._random is None else self._random[0],
            tol=training.history.tol,
            patience=min(patience, 2**62) if math.isfinite(patience) else 2**62,
            losses=self._losses.ctypes.data,
        )
        self._state = self._make_state()

    def run(self) -> float:
        """Run epochs until somebody has to look at one; notes those before, returns its loss."""
        epochs, history = self._epochs, self.training.history
        epochs.n_epochs = min(self.training.n_epochs - self._run_so_far, len(self._losses))
        epochs.n_done = epochs.is_running = 0
        epochs.best_loss = math.inf if history.best_loss is None else history.best_loss
        epochs.n_without_improvement = history.no_improvement_count
        if self.training.observers:  # which may have changed settings
            self._state = self._make_state()
        self._set_order()
        noted = 0
        epochs.ending = -1
        with self.core.alone_with_blas():
            while epochs.ending != SOMEBODY_MUST_LOOK:
                self._hand_over()
                try:
                    self._call()
                finally:  # Ctrl-C is heard when the call is over
                    self._take_back()
                    done = epochs.n_done - (epochs.ending == SOMEBODY_MUST_LOOK)
                    self._note(self._losses[noted:done])
                    noted = done
                if epochs.ending == J_IS_NOT_FINITE:
                    self._run_batch_with_numpy()
        self._run_so_far += epochs.n_done
        return float(self._losses[epochs.n_done - 1])

    def _call(self) -> None:
        core, arguments = self.core, (byref(self._data), byref(self._state), byref(self._epochs))
        if self._random is None:
            self._train(core.address, *arguments, self._workspace)
        else:
            with self._random[1]:
                self._train(core.address, *arguments, self._workspace)

    def _nobody_looks_on(self) -> bool:
        training = self.training
        return not (
            training.observers
            or training.validation is not None
            or self.optimizer.follows_schedule
            or (self.batches.random_state is not None and self._random is None)
        )

    def _set_order(self) -> None:
        """The rows in their order, which the core shuffles, or else Python for this one epoch."""
        batches = self.batches
        if self._random is None:
            batches.new_order()
        else:
            # All rows in one batch have no order, but draws have to be made for one.
            self._order = np.arange(batches.n) if batches.order is None else batches.order
            self._epochs.order = self._order.ctypes.data
        if batches.order is not None:
            self._data.rows = batches.order.ctypes.data
        self._data.n = batches.n

    def _note(self, losses: np.ndarray) -> None:
        if len(losses):
            self.training.history.n_samples_seen += self.batches.n * len(losses)
            for loss in losses.tolist():
                self.training.history.record(loss, None, None)

    def _run_batch_with_numpy(self) -> None:
        """Where J is not finite the NumPy engine has the last word, and words the error."""
        epochs, batches = self._epochs, self.batches
        first = epochs.batch * batches.batch_size
        rows: slice | np.ndarray = slice(first, min(first + batches.batch_size, batches.n))
        if batches.order is not None:
            rows = batches.order[rows]
        batch = self.training.samples.take(rows)
        epochs.sum_J += run_batch(self.training, self.optimizer, batch, self._numpy) * batch.n
        epochs.n_seen += batch.n
        epochs.batch += 1

    # -- the optimizer and the checkpoint, as the core sees them ----------------------------

    def _make_state(self) -> library.Optimizer:
        """The optimizer's numbers, and its very arrays."""
        network, optimizer = self.core.network, self.optimizer
        given = vars(optimizer)
        return library.Optimizer(
            rule=self.core.library.number("optimizer", rule_name(optimizer)),
            theta=network.theta.flat.ctypes.data,
            grad=network.grad.flat.ctypes.data,
            first=_address(given.get("m", given.get("v"))),
            second=_address(given.get("v")),
            rate_init=optimizer.learning_rate_init,
            momentum=given.get("momentum", 0),
            beta_1=given.get("beta_1", 0),
            beta_2=given.get("beta_2", given.get("rho", 0)),
            epsilon=given.get("epsilon", 0),
            nesterov=given.get("nesterovs_momentum", False),
        )

    def _hand_over(self) -> None:
        state, epochs, checkpoint = self._state, self._epochs, self.checkpoint
        penalty = self.core.objective.penalty
        self.core.set_penalty(penalty.l1, penalty.l2)
        state.rate, state.t = self.optimizer.learning_rate, vars(self.optimizer).get("t", 0)
        epochs.best = checkpoint.best.ctypes.data
        epochs.last = checkpoint.last.ctypes.data
        epochs.last_but_one = checkpoint.last_but_one.ctypes.data

    def _take_back(self) -> None:
        state, checkpoint = self._state, self.checkpoint
        self.optimizer.learning_rate = state.rate
        if hasattr(self.optimizer, "t"):
            self.optimizer.t = state.t
        if self._epochs.last != checkpoint.last.ctypes.data:
            checkpoint.last, checkpoint.last_but_one = checkpoint.last_but_one, checkpoint.last


def _random_of(batches: Batches) -> tuple[int, threading.Lock] | None:
    """Address of the generator that shuffles the batches and the lock around it.

    None if nothing is shuffled, or if other threads may want the generator while an epoch runs.
    """
    random_state = batches.random_state
    if random_state is None:
        return None
    if random_state is check_random_state(None) and threading.active_count() > 1:
        return None
    generator = random_state._bit_generator
    return library.pointer_in(generator.capsule, b"BitGenerator"), generator.lock


def _address(array: np.ndarray | None) -> int | None:
    return None if array is None else array.ctypes.data
