"""Why training stopped."""

from __future__ import annotations

from collections.abc import Iterator

from .case import Case
from .check import NOTE, Check, Finding

__all__ = ["Stopped"]

# How `stop_reason_` begins, or what is in it, and what that means.
MEANINGS = (
    ("Not trained", "Numbers are those of the first weights.", "Call fit, or partial_fit."),
    (
        "partial_fit",
        "Each call is one epoch on the data it is given; it is for you to say when to stop.",
        "Call it again, or fit with max_iter.",
    ),
    (
        "Interrupted",
        "The weights are the best until then.",
        "To go on from them, set warm_start=True and call fit again.",
    ),
    (
        "diverged",
        "The loss became infinite; the weights are the last, or the best, good ones.",
        "See learning_rate_too_large.",
    ),
    (
        "Validation score",
        "Early stopping: the weights are those with the best validation score.",
        "If that was too early, raise n_iter_no_change.",
    ),
    (
        "Training loss",
        "The loss has levelled off: converged, at this learning rate and for this tol.",
        "If it should go on, lower tol or raise n_iter_no_change.",
    ),
    (
        "max_iter=",
        "The number of epochs was used up; the loss would go on falling, if slowly.",
        "If the loss still matters, raise max_iter.",
    ),
    (
        "before it converged",
        "The solver gave up at a limit; the weights are the best it had.",
        "Raise max_iter or max_fun, or scale the data.",
    ),
    (
        "converged",
        "A minimum, as exactly as tol asks for.",
        "Nothing to do; a smaller tol would be more exact.",
    ),
)


class Stopped(Check):
    """Why training stopped: ``stop_reason_``, and what it means. Always a note."""

    code = "stopped"
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding."""
        reason = case.stop_reason
        if not reason:
            return
        key = "partial_fit" if case.is_partial and "diverged" not in reason else reason
        _, meaning, remedy = next((m for m in MEANINGS if m[0] in key), ("", "", ""))
        evidence: dict[str, float] = {"n_epochs": int(case.curve.size)}
        standing = ""
        if case.is_finite:
            evidence |= {"data_loss": case.data_loss, "loss_without_X": case.constant_loss}
            standing = (
                f" The loss is {case.data_loss:.3g}; a guess without X has "
                f"{case.constant_loss:.3g}."
            )
        # A divergence is told at length there.
        short = reason.split(": ")[0] + "." if "diverged" in reason else reason
        yield self.found(NOTE, f"{short} {meaning}{standing}", remedy, None, **evidence)
