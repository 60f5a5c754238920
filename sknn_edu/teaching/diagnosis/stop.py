"""Why training stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...training.history import fell_on
from ...training.stopping import StopKind
from .case import Case
from .check import NOTE, WARNING, Check, Finding

__all__ = ["Stopped", "StoppedTooEarly"]

# What each reason means, and what to do.
MEANINGS = {
    StopKind.NOT_TRAINED: ("Numbers are those of the first weights.", "Call fit, or partial_fit."),
    StopKind.PARTIAL_FIT: (
        "Each call is one epoch on the data it is given; when to stop is up to you.",
        "Call it again, or fit with max_iter.",
    ),
    StopKind.INTERRUPTED: (
        "The weights are the best until then.",
        "To go on from them, set warm_start=True and call fit again.",
    ),
    StopKind.DIVERGED: (
        "The loss became infinite; the weights are the last, or the best, good ones.",
        "See learning_rate_too_large.",
    ),
    StopKind.SCORE_STALLED: (
        "Early stopping: the weights are those with the best validation score.",
        "If that was too early, raise n_iter_no_change.",
    ),
    StopKind.LOSS_STALLED: (
        "The loss has levelled off: converged, at this learning rate and for this tol.",
        "If it should go on, lower tol or raise n_iter_no_change.",
    ),
    StopKind.MAX_ITER: (
        "The number of epochs was used up; the loss would go on falling, if slowly.",
        "If the loss still matters, raise max_iter.",
    ),
    StopKind.FINISHED: (
        "A fixed number of epochs was requested, whether or not the loss still falls.",
        "If the loss still matters, raise max_iter.",
    ),
    StopKind.CALLBACK: ("The weights are those of that moment.", ""),
    StopKind.SOLVER_STOPPED: (
        "The solver gave up at a limit; the weights are the best it had.",
        "Raise max_iter or max_fun, or scale the data.",
    ),
    StopKind.SOLVER_CONVERGED: (
        "A minimum, as exactly as tol asks for.",
        "Nothing to do; a smaller tol would be more exact.",
    ),
}

# A loss that no longer falls is a success only if it is lower than that of a guess without X.
ENDED_BY_ITSELF = (StopKind.LOSS_STALLED, StopKind.SCORE_STALLED, StopKind.SOLVER_CONVERGED)
LITTLE_SKILL = 0.01
# What the epochs after the kept one gained, of the loss of a guess without X: enough to matter.
MUCH_LOST = 0.2
NOT_LEARNED = (
    "The loss no longer falls, but the network is no better than a guess without X: it has not "
    "learned anything.",
    "Scale X, and y in regression; then try another learning_rate_init.",
)
OVERFLOWED = ("The numbers overflow, so this is no minimum.", "See overflow.")


class StoppedTooEarly(Check):
    """Early stopping by a score kept an epoch, and both losses fell on after it.

    At the end of training, the training loss and the validation loss were both lower by a fifth
    than after the epoch with the best score, whose weights were kept. A warning if the validation
    loss fell by more than a fifth of the loss of a guess that ignores X, else a note.
    """

    code = "stopped_too_early"
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        est, curve = case.est, case.curve.tolist()
        best_iter = getattr(est, "best_iter_", 0)
        validation = getattr(est, "validation_loss_curve_", None) or []
        by_score = getattr(est, "best_validation_score_", None) is not None
        if not (by_score and fell_on(curve, validation, best_iter)):
            return
        then = best_iter - 1 - len(curve)
        lost = validation[then] - validation[-1]
        yield self.found(
            WARNING if lost > MUCH_LOST * case.constant_loss else NOTE,
            f"Early stopping kept the weights of epoch {best_iter}, which had the best score. "
            f"After it, the training loss fell from {curve[then]:.3g} to {curve[-1]:.3g} and the "
            f"validation loss from {validation[then]:.3g} to {validation[-1]:.3g}: the network "
            "still learned, though the score did not show it.",
            "Use scoring='loss', or raise n_iter_no_change.",
            best_epoch=int(best_iter),
            training_loss_then=float(curve[then]),
            last_training_loss=float(curve[-1]),
            validation_loss_then=float(validation[then]),
            last_validation_loss=float(validation[-1]),
        )


class Stopped(Check):
    """Why training stopped: ``stop_reason_``, and what it means. Always a note."""

    code = "stopped"
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding."""
        reason, kind = str(getattr(case.est, "stop_reason_", "")), case.stop_kind
        if not reason:
            return
        diverged = kind is StopKind.DIVERGED
        if case.is_partial and not diverged:
            kind = StopKind.PARTIAL_FIT
        meaning, remedy = ("", "") if kind is None else MEANINGS[kind]
        if kind in ENDED_BY_ITSELF and not case.is_finite:
            meaning, remedy = OVERFLOWED
        elif kind in ENDED_BY_ITSELF and not case.skill > LITTLE_SKILL:
            meaning, remedy = NOT_LEARNED
        evidence: dict[str, Any] = {"n_epochs": int(case.curve.size)}
        standing = ""
        if case.is_finite:
            evidence |= {"data_loss": case.data_loss, "loss_without_X": case.constant_loss}
            standing = f" The loss is {case.data_loss:.3g} ({case.constant_loss:.3g} without X)."
        # The whole sentence about a divergence is long; learning_rate_too_large explains it.
        short = reason.split(": ")[0] + "." if diverged else reason
        message = " ".join(filter(None, (short, meaning))) + standing
        yield self.found(NOTE, message, remedy, **evidence)
