"""The training loop: epochs, batches, and for each batch the step of the paper.

forward, loss, backward (all in `objective`), update (in `optimizers`); after each epoch
a look at the history: go on, lower the learning rate, or stop. Whoever wants to look on is a
`Watcher`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ..engine.batches import Batches, Samples
from ..engine.objective import Objective
from ..exceptions import DivergenceError, DivergenceWarning, MaxIterWarning, warn
from ..native import compiled_epochs
from .divergence import divergence
from .history import History
from .progress import Progress
from .validation import Validation
from .watcher import Watcher

if TYPE_CHECKING:
    from ..native.core import Core
    from ..optimizers import FirstOrder


@dataclass
class Training:
    """All that a solver needs to know of one fit.

    ``rows`` are the rows of ``samples`` to train on (None for all); ``n_epochs`` is
    ``max_iter``, or 1 in ``partial_fit``; ``engine`` is "numpy", "native" (the compiled core)
    or "auto" (the core where it can); ``outcome`` are the parameters that the fit would
    end with if it stopped now. Most other fields are the estimators' parameters of the same
    names.
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
    engine: str = "numpy"
    watchers: Sequence[Watcher] = ()
    outcome: np.ndarray = field(init=False)
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.outcome = self.theta
        self.progress = Progress(self.verbose)

    @property
    def theta(self) -> np.ndarray:
        """The flat parameters, which training moves."""
        return self.objective.network.theta.flat

    @property
    def has_fixed_length(self) -> bool:
        """Whether the user asked for all epochs, by a rule that hardly anything can stop."""
        return self.history.tol == 0 or math.isinf(self.n_iter_no_change)

    def begin_epoch(self) -> None:
        """Let those who look on see the network before an epoch."""
        for watcher in self.watchers:
            watcher.begin_epoch(self)

    def end_epoch(self) -> bool:
        """Let those who look on see the network after an epoch; whether one asks to stop."""
        answers = [watcher.end_epoch(self) for watcher in self.watchers]  # every one may look
        return any(answers)

    def end_fit(self) -> None:
        """Let those who look on see the network at the end."""
        for watcher in self.watchers:
            watcher.end_fit(self)


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
    checkpoint = Checkpoint(training.theta)
    if history.early_stopping:
        training.outcome = checkpoint.best
    optimizer.begin(training.theta)
    news = None
    try:
        if not run_until_done(training, optimizer, checkpoint):
            news = MaxIterWarning(
                f"Stochastic Optimizer: Maximum iterations ({training.n_epochs}) reached and the "
                "optimization hasn't converged yet. Raise max_iter or learning_rate_init; or set "
                "tol=0 to say that this many epochs is what you want."
            )
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
        optimizer.allocate(training.theta)
        history.stop_reason = f"{error} The weights with the best validation score were restored."
        history.record(np.nan, np.nan, np.nan)
        news = DivergenceWarning(history.stop_reason)
    finally:
        optimizer.end()
    if history.early_stopping:
        checkpoint.restore_best()
    training.progress.close(history)
    if news is not None:
        warn(str(news), type(news))


def run_until_done(training: Training, optimizer: FirstOrder, checkpoint: Checkpoint) -> bool:
    """Run epochs until there is a reason to stop; returns whether it is a good one."""
    history = training.history
    batches = Batches(
        training.samples,
        training.rows,
        training.batch_size,
        training.random_state if training.shuffle else None,
    )
    run = compiled_epochs(training, optimizer, batches, checkpoint) or partial(
        run_epoch, training, optimizer, batches
    )
    n_epochs = history.n_iter + training.n_epochs
    while history.n_iter < n_epochs:
        training.begin_epoch()
        loss = run()  # the compiled core may have run, and noted, more epochs before it
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
        asked_to_stop = training.end_epoch()
        if has_stalled(training, optimizer) and not training.incremental:
            return True
        if asked_to_stop:
            history.stop_reason = f"A callback stopped training after epoch {history.n_iter}."
            return True
    if training.incremental:
        history.stop_reason = "partial_fit runs one epoch."
    elif training.has_fixed_length:
        history.stop_reason = f"max_iter={training.n_epochs} epochs were run, as asked."
    else:
        history.stop_reason = (
            f"max_iter={training.n_epochs} epochs were run before the loss converged."
        )
        return False
    return True


def run_epoch(
    training: Training, optimizer: FirstOrder, batches: Batches, core: Core | None = None
) -> float:
    """One pass over the data; returns the mean of J over the batches."""
    sum_J, n_seen = 0.0, 0
    for batch in batches.epoch():
        if batch.total_weight == 0:
            continue  # J is a mean over nothing: the batch says nothing
        sum_J += run_batch(training, optimizer, batch, core) * batch.n
        n_seen += batch.n
    return sum_J / n_seen


def run_batch(
    training: Training, optimizer: FirstOrder, batch: Samples, core: Core | None = None
) -> float:
    """Forward, loss, backward, update on one batch; returns J before the update.

    The gradient is that of the NumPy engine, or of the compiled core if there is one.
    """
    objective, network = training.objective, training.objective.network
    theta, grad = network.theta, network.grad
    J = (core or objective).value_and_gradient(
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
        factor = -optimizer.learning_rate / batch.total_weight
        objective.penalty.add_gradient(theta.weights, factor, out=theta.weights)
    optimizer.step(theta.flat, grad.flat)
    return J


def look_back(training: Training, loss: float, checkpoint: Checkpoint) -> None:
    """Note the epoch in the history, and keep its weights if they are the best so far."""
    history = training.history
    score = validation_loss = None
    if training.validation is not None:
        score, validation_loss = training.validation.evaluate()
    if history.record(loss, score, validation_loss):
        checkpoint.keep_best()
    training.progress.report(history)


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
        training.progress.say(f"{stalled} Setting learning rate to {optimizer.learning_rate:g}")
        return False
    history.stop_reason = f"{stalled} Stopped after epoch {history.n_iter}."
    if history.early_stopping:
        history.stop_reason += f" The weights of epoch {history.best_iter} were the best."
    return True


def clip(grad: np.ndarray, limit: float) -> None:
    """Shorten the gradient to the norm ``limit`` if it is longer."""
    norm = math.sqrt(np.dot(grad, grad))
    if norm > limit:
        if math.isinf(norm):  # the square overflowed: bring the largest entry to 1 first
            grad /= np.abs(grad).max()
            norm = math.sqrt(np.dot(grad, grad))
        grad *= limit / norm
