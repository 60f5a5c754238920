"""Training in the compiled core: one call runs epochs until something has to be done in Python."""

from __future__ import annotations

import math
import threading
from contextlib import nullcontext
from ctypes import addressof, byref, c_double, c_void_p

import numpy as np
from sklearn.utils import check_random_state

from ..engine.batches import Batches
from ..optimizers import FirstOrder
from ..training.epoch import run_batch
from ..training.training import Training
from . import library
from .core import TO_TRAIN, Core, address_of, number_of
from .library import J_IS_NOT_FINITE, PYTHON_TAKES_OVER
from .support import rule_name

SECONDS = 0.25  # after which a call returns, so that Ctrl-C is handled
MOST_EPOCHS = 4096  # in one call
MOST_STEPS = 2**16  # of a schedule, in one call


class CompiledEpochs:
    """The epochs of one fit.

    Between two epochs the core does what `run_until_done` does, as long as that is only to keep
    theta and to check whether the loss still falls. After an epoch that needs more than that,
    Python takes over.
    """

    def __init__(
        self, core: Core, training: Training, optimizer: FirstOrder, batches: Batches
    ) -> None:
        self.core, self.training, self.optimizer = core, training, optimizer
        self.batches, self.checkpoint = batches, training.checkpoint
        self._numpy = training.objective.value_and_gradient
        self._run_so_far = 0
        core.set_masks(training.masks)
        self._train = core.library.function("train", core.dtype)
        self._data = core.data(training.samples)
        self._workspace = core.room_for(self._data, batches.batch_size, TO_TRAIN)
        self._random = _random_of(batches)
        most = MOST_EPOCHS if self._needs_no_python_between_epochs() else 1
        if training.schedule is not None:
            most = max(1, min(most, MOST_STEPS // batches.count))
        self._losses = np.empty(min(most, training.n_epochs))
        self._epochs = library.Epochs(
            batch_size=batches.batch_size,
            seconds=SECONDS,
            random=None if self._random is None else self._random[0],
            tol=training.history.tol,
            patience=int(min(training.patience, 2**62)),
            losses=self._losses.ctypes.data,
        )
        self._state = self._make_state()

    def run(self) -> float:
        """Run epochs until Python takes over; returns the last loss, the others are recorded."""
        epochs, history = self._epochs, self.training.history
        epochs.n_epochs = max(1, min(self.training.n_epochs - self._run_so_far, len(self._losses)))
        epochs.n_done = epochs.is_running = epochs.best_epoch = 0
        none_yet = history.best_loss is None
        epochs.best_loss = math.inf if none_yet else number_of(history, "best_loss")
        epochs.n_without_improvement = history.no_improvement_count
        self._set_order()
        self._set_rate_factors(epochs.n_epochs)
        noted = 0
        epochs.ending = -1
        while epochs.ending != PYTHON_TAKES_OVER:
            self._hand_over()
            try:
                self._call()
            finally:  # Ctrl-C raises when the call is over
                self._take_back()
                done = epochs.n_done - (epochs.ending == PYTHON_TAKES_OVER)
                self._note(noted, done)
                noted = done
            if epochs.ending == J_IS_NOT_FINITE:
                self._run_batch_with_numpy()
        self._run_so_far += epochs.n_done
        return float(self._losses[epochs.n_done - 1])

    def _call(self) -> None:
        arguments = (byref(self._data), byref(self._state), byref(self._epochs))
        with nullcontext() if self._random is None else self._random[1]:
            self._train(self.core.address, *arguments, self._workspace)

    def _needs_no_python_between_epochs(self) -> bool:
        """Whether no observer, validation, schedule or random state is used after each epoch."""
        training = self.training
        if training.observers or training.validation is not None or self.optimizer.follows_schedule:
            return False
        return self.batches.random_state is None or self._random is not None

    def _set_order(self) -> None:
        """The order of the rows, which the core shuffles, or Python does for this one epoch."""
        batches, what = self.batches, ((self.batches.n,), np.int64, "the order of the rows")
        if self._random is None:
            batches.new_order()
        else:
            # The order of rows in one batch has no effect, but random numbers are drawn for it.
            self._order = np.arange(batches.n) if batches.order is None else batches.order
            self._epochs.order = address_of(self._order, *what, writes=True)
        if batches.order is not None:
            self._data.rows = address_of(batches.order, *what)
        self._data.n = batches.n

    def _set_rate_factors(self, n_epochs: int) -> None:
        """The factors of a schedule for all batches of the stretch."""
        schedule, n_batches = self.training.schedule, self.batches.count
        self._first_batch = first = self.optimizer.n_batches_seen
        self._epochs.rate_factors = None
        if schedule is not None:
            n_steps, last = self.training.n_epochs * n_batches, first + n_epochs * n_batches
            factors = [schedule.factor_of_step(step, n_steps) for step in range(first, last)]
            self._rate_factors = (c_double * len(factors))(*factors)
            self._epochs.rate_factors = addressof(self._rate_factors)

    def _note(self, n_noted: int, n_done: int) -> None:
        """Add the epochs from n_noted to n_done of this stretch to the history."""
        history, epochs = self.training.history, self._epochs
        history.n_samples_seen += self.batches.n * (n_done - n_noted)
        losses, best_epoch = self._losses[n_noted:n_done], epochs.best_epoch - n_noted
        history.record_stretch(losses, epochs.best_loss, best_epoch, epochs.n_without_improvement)

    def _run_batch_with_numpy(self) -> None:
        """Run a batch whose J is not finite in the core; the NumPy engine raises the error."""
        epochs, batches = self._epochs, self.batches
        first = epochs.batch * batches.batch_size
        rows: slice | np.ndarray = slice(first, min(first + batches.batch_size, batches.n))
        if batches.order is not None:
            rows = batches.order[rows]
        batch = self.training.samples.take(rows)
        if epochs.rate_factors is not None:
            step = self.optimizer.n_batches_seen - self._first_batch
            self.optimizer.scale_rate(self._rate_factors[step])
        epochs.sum_J += run_batch(self.training, self.optimizer, batch, self._numpy) * batch.n
        epochs.n_seen += batch.n
        epochs.batch += 1

    # -- the optimizer and the checkpoint, as the core sees them ----------------------------

    def _make_state(self) -> library.Optimizer:
        """The structure of the optimizer, with room for what `_hand_over` fills in."""
        lib = self.core.library
        rule = lib.number("optimizer", rule_name(self.optimizer))
        self._names = {
            kind: lib.optimizer_names(rule, kind) for kind in ("settings", "vectors", "counters")
        }
        self._settings = (c_double * len(self._names["settings"]))()
        self._counters = (c_double * len(self._names["counters"]))()
        self._vectors = (c_void_p * len(self._names["vectors"]))()
        if (rates := self.training.layer_rates) is not None:
            self._layer_rates = (c_double * len(rates))(*rates)
        return library.Optimizer(
            rule=rule,
            layer_rates=None if rates is None else addressof(self._layer_rates),
            settings=addressof(self._settings),
            vectors=addressof(self._vectors),
            counters=addressof(self._counters),
            n_vectors=len(self._vectors),
        )

    def _hand_over(self) -> None:
        """Present settings, counters and addresses, which may have changed since the last call."""
        self.core.set_penalty(self._data)
        self.core.set_clip_norm(self.training.clip_norm)
        self.core.set_masks(self.training.masks)
        core, state, epochs, optimizer = self.core, self._state, self._epochs, self.optimizer

        def vector(array: np.ndarray, name: str) -> int:
            return address_of(array, (core.n_parameters,), core.dtype, name, writes=True)

        state.theta = vector(core.network.theta.flat, "theta")
        state.grad = vector(core.network.grad.flat, "grad")
        state.rate_init = number_of(optimizer, "learning_rate_init")
        state.rate = number_of(optimizer, "learning_rate")
        state.rate_factor = number_of(optimizer, "rate_factor")
        self._settings[:] = [number_of(optimizer, name) for name in self._names["settings"]]
        self._counters[:] = [number_of(optimizer, name) for name in self._names["counters"]]
        owner, names = type(optimizer).__name__, self._names["vectors"]
        self._vectors[:] = [vector(getattr(optimizer, n), f"{owner}.{n}") for n in names]
        for name in ("best", "last", "last_but_one"):
            setattr(epochs, name, vector(getattr(self.checkpoint, name), f"Checkpoint.{name}"))

    def _take_back(self) -> None:
        """What the core has changed beside the arrays."""
        checkpoint, optimizer, training = self.checkpoint, self.optimizer, self.training
        training.masks = self.core.next_masks(training.masks)
        optimizer.learning_rate = self._state.rate
        optimizer.rate_factor = self._state.rate_factor
        batches_of_stretch = self._epochs.n_done * self.batches.count
        if self._epochs.is_running:
            batches_of_stretch += self._epochs.batch
        optimizer.n_batches_seen = self._first_batch + batches_of_stretch
        for name, value in zip(self._names["counters"], self._counters, strict=True):
            setattr(optimizer, name, type(getattr(optimizer, name))(value))
        if self._epochs.last != checkpoint.last.ctypes.data:
            checkpoint.last, checkpoint.last_but_one = checkpoint.last_but_one, checkpoint.last


def _random_of(batches: Batches) -> tuple[int, threading.Lock] | None:
    """Address and lock of the generator that shuffles the batches.

    None if nothing is shuffled, or if other threads may use the generator while an epoch runs.
    """
    random_state = batches.random_state
    if random_state is None:
        return None
    if random_state is check_random_state(None) and threading.active_count() > 1:
        return None
    generator = random_state._bit_generator
    return library.pointer_in(generator.capsule, b"BitGenerator"), generator.lock
