"""Why training stopped: an enum for programs, and the sentence that is made from it for people."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class StopKind(Enum):
    """The reasons to stop."""

    NOT_TRAINED = "not_trained"
    PARTIAL_FIT = "partial_fit"
    LOSS_STALLED = "loss_stalled"
    SCORE_STALLED = "score_stalled"
    MAX_ITER = "max_iter"
    FINISHED = "finished"
    CALLBACK = "callback"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"
    SOLVER_CONVERGED = "solver_converged"
    SOLVER_STOPPED = "solver_stopped"


class Stop(NamedTuple):
    """A reason, and the sentence for ``stop_reason_``."""

    kind: StopKind
    sentence: str


NOT_TRAINED = Stop(StopKind.NOT_TRAINED, "Not trained: the weights were initialised only.")
PARTIAL_FIT = Stop(StopKind.PARTIAL_FIT, "partial_fit runs one epoch.")


def finished(n: int, unit: str, best_iter: int | None = None, *, fell_on: bool = False) -> Stop:
    """A fixed number of epochs (or iterations) was wanted; the weights of the best may be kept."""
    sentence = f"Finished as requested: max_iter={n} {unit} were run."
    if best_iter is not None:
        sentence += f" {_best(best_iter, fell_on)}"
    return Stop(StopKind.FINISHED, sentence)


def _best(best_iter: int, fell_on: bool) -> str:
    """Which weights early stopping has restored, and whether the losses fell after them."""
    if best_iter == 0:
        return "The weights of the start were the best."
    best = f"The weights of epoch {best_iter} were the best."
    if not fell_on:
        return best
    return f"{best} Both losses fell on after it: scoring='loss' would keep a later one."


def max_iter_reached(n: int) -> Stop:
    """The epochs were used up."""
    return Stop(StopKind.MAX_ITER, f"max_iter={n} epochs were run before the loss converged.")


def stopped_by_callback(n: int, unit: str) -> Stop:
    """An observer asked to stop after an epoch (or iteration)."""
    return Stop(StopKind.CALLBACK, f"A callback stopped training after {unit} {n}.")


def interrupted(n: int, unit: str) -> Stop:
    """Ctrl-C in an epoch (or iteration)."""
    return Stop(
        StopKind.INTERRUPTED,
        f"Interrupted from the keyboard in {unit} {n}; the best weights so far were kept.",
    )


def diverged(error: Exception, kept: str) -> Stop:
    """The loss became infinite or NaN; ``kept`` says which weights there are now."""
    return Stop(StopKind.DIVERGED, f"{error} {kept}")


def solver_ended(solver: str, message: str, converged: bool) -> Stop:
    """A solver of scipy came to its end."""
    if converged:
        return Stop(StopKind.SOLVER_CONVERGED, f"{solver} converged: {message}.")
    return Stop(StopKind.SOLVER_STOPPED, f"{solver} stopped before it converged: {message}.")


def no_improvement(tol: float, patience: float, by_score: bool) -> str:
    """The sentence about epochs without improvement."""
    what = "Validation score" if by_score else "Training loss"
    return f"{what} did not improve more than tol={tol:f} for {patience} consecutive epochs."


def loss_stalled(tol: float, patience: float, n_iter: int) -> Stop:
    """Too many epochs in which the training loss did not improve."""
    why = no_improvement(tol, patience, by_score=False)
    return Stop(StopKind.LOSS_STALLED, f"{why} Stopped after epoch {n_iter}.")


def score_stalled(
    tol: float, patience: float, n_iter: int, best_iter: int, *, fell_on: bool
) -> Stop:
    """Too many epochs in which the validation score did not improve."""
    why = no_improvement(tol, patience, by_score=True)
    best = _best(best_iter, fell_on)
    return Stop(StopKind.SCORE_STALLED, f"{why} Stopped after epoch {n_iter}. {best}")
