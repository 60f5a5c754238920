"""The training loop: epochs, batches, and for each batch the step of the paper.

forward, loss, backward (all in `objective`), update (in `optimizers`); after each epoch
a look at the history: go on, lower the learning rate, or stop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..exceptions import ConvergenceWarning, DivergenceError, DivergenceWarning, warn
from .batches import Batches, Samples
from .divergence import divergence
from .history import History
from .objective import Objective
from .validation import Validation

if TYPE_CHECKING:
    from ..optimizers import FirstOrder


@dataclass
class Training:
    """All that a solver needs to know of one fit.

    ``rows`` are the rows of ``samples`` to train on (None for all); ``n_epochs`` is
    ``max_iter``, or 1 in ``partial_fit``. The other fields are the estimators' parameters
    of the same names.
    """

    objective: Objective
    samples: Samples
    history: History
    random_state: np.random.RandomState
    rows: np.ndarray | None = None
    validation: Validation | None = None
    batch_size: int = 200
    shuffle: bool = True
    n_epochs: int = 200
    incremental: bool = False
    n_iter_no_change: float = 10
    clip_norm: float | None = None
    verbose: bool | int = False

    @property
    def theta(self) -> np.ndarray:
        """The flat parameters, which training moves."""
        return self.objective.network.theta.flat

    def say(self, line: str) -> None:
        """Print a line if the user wants to be told."""
        if self.verbose:
            print(line)


class Checkpoint:
    """Weights worth going back to: those of the best epoch, and those of the last two."""

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


def run_epochs(training: Training, optimizer: FirstOrder) -> None:
    """Train with a first-order optimizer until it converges or ``n_epochs`` are over."""
    history = training.history
    batches = Batches(
        training.samples,
        training.rows,
        training.batch_size,
        training.random_state if training.shuffle else None,
    )
    checkpoint = Checkpoint(training.theta)
    optimizer.begin(training.theta)
    converged = True
    try:
        for _ in range(training.n_epochs):
            loss = run_epoch(training, optimizer, batches)
            if not (checkpoint.keep_finite() and optimizer.is_finite()):
                raise divergence(
                    training.objective.network,
                    training.samples.take(slice(0, batches.batch_size)),
                    np.nan,
                    history.n_iter + 1,
                    optimizer.learning_rate_init,
                )
            history.n_samples_seen += batches.n
            look_back(training, loss, checkpoint)
            optimizer.end_epoch(history.n_samples_seen)
            if has_stalled(training, optimizer) and not training.incremental:
                break
        else:
            history.stop_reason = (
                "partial_fit runs one epoch."
                if training.incremental
                else f"max_iter={training.n_epochs} epochs were run before the loss converged."
            )
            converged = training.incremental
    except KeyboardInterrupt:
        checkpoint.restore_best()
        history.stop_reason = (
            f"Interrupted from the keyboard in epoch {history.n_iter + 1}; "
            "the best weights so far were kept."
        )
        raise
    except DivergenceError as error:
        if not history.early_stopping:
            checkpoint.restore_finite(training.objective, training.samples)
            history.stop_reason = f"{error} The last finite weights were kept."
            raise DivergenceError(history.stop_reason) from None
        checkpoint.restore_best()
        optimizer.allocate(training.theta)
        history.stop_reason = f"{error} The weights with the best validation score were restored."
        history.record(np.nan, np.nan, np.nan)
        warn(history.stop_reason, DivergenceWarning)
    finally:
        optimizer.end()
    if history.early_stopping:
        checkpoint.restore_best()
    if not converged:
        warn(
            f"Stochastic Optimizer: Maximum iterations ({training.n_epochs}) reached and the "
            "optimization hasn't converged yet. Raise max_iter or learning_rate_init.",
            ConvergenceWarning,
        )


def run_epoch(training: Training, optimizer: FirstOrder, batches: Batches) -> float:
    """One pass over the data; returns the mean of J over the batches."""
    objective, network = training.objective, training.objective.network
    theta, grad = network.theta, network.grad
    sum_J, n_seen = 0.0, 0
    for batch in batches.epoch():
        total = batch.total_weight
        if total == 0:
            continue  # J is a mean over nothing: the batch says nothing
        J = objective.value_and_gradient(
            batch,
            with_penalty=not optimizer.decouples_penalty,
            random_state=training.random_state,
        )
        if not math.isfinite(J):
            raise divergence(
                network, batch, J, training.history.n_iter + 1, optimizer.learning_rate_init
            )
        if training.clip_norm is not None:
            clip(grad.flat, training.clip_norm)
        if optimizer.decouples_penalty:
            rate = optimizer.learning_rate
            objective.penalty.add_gradient(theta.weights, -rate / total, out=theta.weights)
        optimizer.step(theta.flat, grad.flat)

        sum_J += J * batch.n
        n_seen += batch.n
    return sum_J / n_seen


def look_back(training: Training, loss: float, checkpoint: Checkpoint) -> None:
    """Note the epoch in the history, and keep its weights if they are the best so far."""
    history = training.history
    score = validation_loss = None
    if training.validation is not None:
        score, validation_loss = training.validation.evaluate()
    if history.record(loss, score, validation_loss):
        checkpoint.keep_best()
    if training.verbose:
        training.say(f"Iteration {history.n_iter}, loss = {loss:.8f}")
        if score is not None:
            training.say(f"Validation score: {score:.6f}")


def has_stalled(training: Training, optimizer: FirstOrder) -> bool:
    """Whether to stop because nothing improves; lowers the learning rate instead if it may."""
    history = training.history
    if history.no_improvement_count <= training.n_iter_no_change:
        return False
    what = "Validation score" if history.early_stopping else "Training loss"
    stalled = (
        f"{what} did not improve more than tol={history.tol:f} "
        f"for {training.n_iter_no_change} consecutive epochs."
    )
    if optimizer.lower_learning_rate():
        history.no_improvement_count = 0
        training.say(f"{stalled} Setting learning rate to {optimizer.learning_rate:g}")
        return False
    history.stop_reason = f"{stalled} Stopped after epoch {history.n_iter}."
    training.say(f"{stalled} Stopping.")
    return True


def clip(grad: np.ndarray, limit: float) -> None:
    """Shorten the gradient to the norm ``limit`` if it is longer."""
    norm = math.sqrt(np.dot(grad, grad))
    if norm > limit:
        if math.isinf(norm):  # the square overflowed: bring the largest entry to 1 first
            grad /= np.abs(grad).max()
            norm = math.sqrt(np.dot(grad, grad))
        grad *= limit / norm
