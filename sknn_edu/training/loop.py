"""The training loop: epochs until there is a reason to stop."""

from __future__ import annotations

import math

import numpy as np

from ..engine.batches import Batches, Samples
from ..engine.outputs import overflow_is_expected
from ..exceptions import DivergenceError, DivergenceWarning, MaxIterWarning, warn
from ..optimizers import FirstOrder, FullBatch, Optimizer
from . import stopping
from .backend import Backend
from .divergence import divergence
from .problem import minimize
from .stopping import StopKind
from .training import Training

HUGE = 1e15  # weights so large that predictions may overflow


def train(training: Training, rule: Optimizer, backend: Backend) -> None:
    """Move theta to where J is small, and record the course in ``training.history``.

    Raises
    ------
    DivergenceError
        If J is no longer finite. Theta is back at the last weights for which it was.
    KeyboardInterrupt
        Theta is back at the best weights.
    """
    for observer in training.observers:
        observer.begin(training, rule)
    with overflow_is_expected():
        if isinstance(rule, FirstOrder):
            news = run_epochs(training, rule, backend)
        elif isinstance(rule, FullBatch):
            news = minimize(training, rule, backend)
        else:
            raise TypeError(f"{rule!r} must be of a class made from FirstOrder or FullBatch.")
    training.end()
    if news is not None:
        warn(str(news), type(news))


def run_epochs(training: Training, rule: FirstOrder, backend: Backend) -> Warning | None:
    """Train with a first-order rule; returns the warning to give, if any."""
    history, checkpoint = training.history, training.checkpoint
    news: Warning | None = None
    rule.begin(training.theta)
    try:
        run_until_done(training, rule, backend)
        check_end(training, rule)
        if history.stop.kind is StopKind.MAX_ITER:
            kind = "Full-batch" if rule.full_batch else "Stochastic"
            news = MaxIterWarning(
                f"{kind} Optimizer: Maximum iterations ({training.n_epochs}) reached and the "
                "optimization hasn't converged yet. Raise max_iter or learning_rate_init; or set "
                "tol=0 to say that this many epochs is what you want."
            )
    except KeyboardInterrupt:
        checkpoint.restore_best()
        history.stop = stopping.interrupted(history.n_iter + 1, "epoch")
        raise
    except DivergenceError as error:
        if not history.early_stopping:
            checkpoint.restore_finite(training.objective, training.samples)
            history.stop = stopping.diverged(error, "The last finite weights were kept.")
            raise DivergenceError(history.stop.sentence) from None
        rule.allocate(training.theta)
        if history.stop is stopping.NOT_TRAINED:  # in the middle of an epoch
            history.record(np.nan, np.nan, np.nan)
        history.stop = stopping.diverged(
            error, "The weights with the best validation score were restored."
        )
        news = DivergenceWarning(history.stop.sentence)
    finally:
        rule.end()
    if history.early_stopping:
        checkpoint.restore_best()
    return news


def run_until_done(training: Training, rule: FirstOrder, backend: Backend) -> None:
    """Run epochs until there is a reason to stop, which is left in the history."""
    history, checkpoint = training.history, training.checkpoint
    if training.schedule is None and rule.rate_factor != 1:
        rule.scale_rate(1.0)  # after a call of partial_fit that had one
    shuffler = training.random_state if training.shuffle else None
    batches = Batches(training.samples, training.rows, training.batch_size, shuffler)
    run = backend.epochs(training, rule, batches)
    while history.n_iter < training.n_epochs:
        training.begin_epoch()
        loss = run()
        if not (checkpoint.keep_finite() and rule.is_finite()):
            first = training.samples.take(slice(0, batches.batch_size))
            raise _divergence(training, rule, first, np.nan, history.n_iter + 1)
        history.n_samples_seen += batches.n
        record(training, loss, backend)
        rule.end_epoch(history.n_samples_seen)
        asked_to_stop = training.end_epoch()
        if has_stalled(training, rule) and not training.incremental:
            return
        if asked_to_stop:
            history.stop = stopping.stopped_by_callback(history.n_iter, "epoch")
            return
    if training.incremental:
        history.stop = stopping.PARTIAL_FIT
    elif history.tol == 0 or math.isinf(training.patience) or training.schedule is not None:
        best_iter = history.best_iter if history.early_stopping else None
        history.stop = stopping.finished(
            training.n_epochs, "epochs", best_iter, fell_on=history.losses_fell_on()
        )
    else:
        history.stop = stopping.max_iter_reached(training.n_epochs)


def check_end(training: Training, rule: FirstOrder) -> None:
    """Raise DivergenceError if J is not finite after the last update, which no batch has seen."""
    if max(training.theta.max(), -training.theta.min()) > HUGE:
        J = training.objective.value(training.samples)
        if not math.isfinite(J):
            n_iter = training.history.n_iter
            raise _divergence(training, rule, training.samples, J, n_iter)


def _divergence(
    training: Training, rule: FirstOrder, samples: Samples, J: float, epoch: int
) -> DivergenceError:
    network = training.objective.network
    return divergence(network, samples, J, epoch, rule.learning_rate_init)


def record(training: Training, loss: float, backend: Backend) -> None:
    """Add the epoch to the history, and keep its weights if they are the best so far."""
    score = validation_loss = None
    if training.validation is not None:
        score, validation_loss = training.validation.evaluate(backend.data_value)
    if training.history.record(loss, score, validation_loss):
        training.checkpoint.keep_best()


def has_stalled(training: Training, rule: FirstOrder) -> bool:
    """Whether to stop because nothing improves; lowers the learning rate instead if it may."""
    history, patience = training.history, training.patience
    if history.no_improvement_count <= patience:
        return False
    by_score = history.early_stopping
    if rule.lower_learning_rate():
        history.no_improvement_count = 0
        why = stopping.no_improvement(history.tol, patience, by_score)
        for observer in training.observers:
            observer.learning_rate_lowered(training, why, rule.learning_rate)
        return False
    if by_score:
        history.stop = stopping.score_stalled(
            history.tol,
            patience,
            history.n_iter,
            history.best_iter,
            fell_on=history.losses_fell_on(),
        )
    else:
        history.stop = stopping.loss_stalled(history.tol, patience, history.n_iter)
    return True
