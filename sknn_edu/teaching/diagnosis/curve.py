"""Whether the steps had the right length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...training.stopping import StopKind
from .case import Case
from .check import BAD_GRADIENTS, BAD_UNITS, NOT_LEARNED, PROBLEM, WARNING, Check, Finding

__all__ = ["LearningRateTooLarge", "LearningRateTooSmall", "NotConverged"]

# Fewer epochs say nothing about how it goes on.
FEW_EPOCHS = 5

# Well-chosen rates give back nothing, or a few percent near the end. A quarter of all that
# was gained is a curve that turned round.
GIVEN_BACK, WORSE = 0.25, 1.2
# All ups of the second half, added: more than the whole descent, in jumps of a tenth or more.
TOTAL_UPS, JUMP = 1.0, 0.1
# An epoch ten times as bad as a guess without X has left the region it started in; at half
# the loss of the guess it has found another good one.
LEAP, RECOVERED = 10.0, 0.5
# But first weights may be that bad too: it must have doubled since, or be far beyond.
DOUBLED, FAR_BEYOND = 2.0, 100.0

# Batches are shuffled, so that healthy curves rise now and then. Steps too small to matter
# leave a curve that falls in nearly every epoch, and nearly straight.
FALLS, STRAIGHT = 0.9, 0.5
# A trial of 30 steps that gains twice as much as all of training, and a fifth of J: more
# than luck. Five times as much, and training can be said not to have begun.
TRIAL_GAIN, LARGE_TRIAL_GAIN, TRIAL_DROP = 2.0, 5.0, 0.2

# In the last tenth of its epochs J still fell by 3% of what a guess without X costs.
TAIL, STILL_FALLING = 0.1, 0.03
# Reasons to stop that say nothing about whether the loss had levelled off.
CUT_OFF = (StopKind.MAX_ITER, StopKind.FINISHED, StopKind.SOLVER_STOPPED)


class LearningRateTooLarge(Check):
    """A loss curve that goes up.

    With J_t the curve and J_0 the loss of a guess that ignores X, one of

    - diverged: training stopped because of it, or the curve has a NaN;
    - turned round: J_end - min J > 0.25 (J_1 - min J), and J_end > 1.2 min J;
    - leapt: max(J_1, ..., J_5) > 10 J_0, which is not how it started (it is above 2 J_1, or
      above 100 J_0), and it is not below J_0 / 2 now;
    - oscillates: in the second half the ups add up to more than J_1 - min J, and are
      10% of J or more on average (a warning; the others are problems).

    For `partial_fit`, whose epochs may see different data, the second and the last count only
    if the network is worse than the guess.
    """

    code = "learning_rate_too_large"
    explains = ("overflow", *BAD_UNITS, *BAD_GRADIENTS, *NOT_LEARNED)
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        rate, curve = case.learning_rate, case.curve
        if rate is None:
            return
        diverged = case.stop_kind is StopKind.DIVERGED or bool(np.isnan(curve).any())
        curve = curve[np.isfinite(curve)]
        if curve.size < FEW_EPOCHS and not diverged:
            return
        evidence = _shape_of(curve) | {"learning_rate_init": float(rate)}
        what = "Training diverged" if diverged else self._what(case, curve, evidence)
        if not what:
            return
        yield self.found(
            WARNING if what.startswith("The loss goes up and down") else PROBLEM,
            f"{what}. With learning_rate_init={rate:g} the steps are too long.",
            f"Lower the rate, say learning_rate_init={rate / 10:.2g}, or limit the steps with "
            "clip_norm=1.0; with 'sgd' learning_rate='adaptive' lowers it by itself.",
            **evidence,
        )

    @staticmethod
    def _what(case: Case, curve: np.ndarray, shape: dict[str, Any]) -> str:
        """What is wrong with the curve, or ""."""
        first, last, lowest = curve[0], curve[-1], curve.min()
        highest, guess = curve[:FEW_EPOCHS].max(), case.constant_loss
        leapt = highest > LEAP * guess and highest > min(DOUBLED * first, FAR_BEYOND * guess)
        if leapt and not case.skill > RECOVERED:
            now, leap = f"it is {case.data_loss:.3g}, {guess:.3g} without X", f"{highest:.3g}"
            return f"The loss leapt to {leap} in the first epochs and has not recovered: {now}"
        if case.is_partial and not case.skill < 0:
            return ""
        if last - lowest > GIVEN_BACK * (first - lowest) and last > WORSE * lowest:
            best = f"{lowest:.3g} in epoch {curve.argmin() + 1}"
            return f"The loss came down to {best} and went up again, to {last:.3g} at the end"
        if shape["late_ups"] > TOTAL_UPS * (first - lowest) and shape["late_jump"] > JUMP:
            jump = f"{shape['late_jump']:.0%}"
            return f"The loss goes up and down, by {jump} at a time in the second half of training"
        return ""


class LearningRateTooSmall(Check):
    """A loss curve that falls too slowly.

    All of: J falls in at least 90% of the epochs; the second half of them gains at least
    half of what the first half does (an almost straight curve); and a trial on a copy of the
    weights, 30 steps of Adam at the best of three rates, gains twice as much as all of training
    did (five times: a problem), and a fifth of J. Looked at from 5 epochs on.
    """

    code = "learning_rate_too_small"
    explains = NOT_LEARNED

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        rate, curve = case.learning_rate, case.curve
        if rate is None or curve.size < FEW_EPOCHS or not np.isfinite(curve).all():
            return
        shape = _shape_of(curve)
        if shape["part_falling"] < FALLS or shape["straightness"] < STRAIGHT:
            return
        gained = max(float(curve[0] - curve[-1]), 0.0)
        possible = case.J - case.trial_loss
        if possible < TRIAL_GAIN * gained or possible < TRIAL_DROP * abs(case.J):
            return
        yield self.found(
            PROBLEM if possible > LARGE_TRIAL_GAIN * gained else WARNING,
            f"In {curve.size} epochs the loss fell from {curve[0]:.4g} to {curve[-1]:.4g} only, "
            f"steadily; a trial of 30 steps from here reaches {case.trial_loss:.3g}. With "
            f"learning_rate_init={rate:g} the steps are too short.",
            f"Raise the rate, say learning_rate_init={max(10 * rate, 0.001):.2g}. More epochs, by "
            "max_iter and n_iter_no_change, get there too, but slowly.",
            learning_rate_init=float(rate),
            trial_loss=case.trial_loss,
            **shape,
        )


class NotConverged(Check):
    """Training that was cut off while the loss still fell.

    ``max_iter`` ended it, and over the last tenth of the epochs J fell by more than 3% of
    the loss of a guess that ignores X.
    """

    code = "not_converged"

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        curve = case.curve
        if case.stop_kind not in CUT_OFF or curve.size < FEW_EPOCHS:
            return
        n = max(1, round(TAIL * curve.size))
        fell = float(curve[-1 - n] - curve[-1])
        if not fell > STILL_FALLING * case.constant_loss:
            return
        yield self.found(
            WARNING,
            f"Training ended after {curve.size} epochs, while the loss was still falling: by "
            f"{fell:.3g} in the last {n}, to {curve[-1]:.3g}.",
            f"Train longer, max_iter={10 * curve.size}"
            + ("." if case.learning_rate is None else ", or raise learning_rate_init."),
            n_epochs=int(curve.size),
            last_loss=float(curve[-1]),
            fell_in_last_epochs=fell,
            n_last_epochs=n,
        )


def _shape_of(curve: np.ndarray) -> dict[str, Any]:
    """The numbers by which a curve is judged."""
    if curve.size < 2:
        return {"n_epochs": int(curve.size)}
    steps = np.diff(curve)
    middle = curve.size // 2
    late = steps[middle:]
    ups = late > 0
    jumps = late[ups] / np.abs(curve[:-1][middle:][ups])
    early_gain = float(curve[0] - curve[middle])
    late_gain = float(curve[middle] - curve[-1])
    return {
        "n_epochs": int(curve.size),
        "first_loss": float(curve[0]),
        "lowest_loss": float(curve.min()),
        "last_loss": float(curve[-1]),
        "part_falling": float((steps < 0).mean()),
        "straightness": late_gain / early_gain if early_gain > 0 else 0.0,
        "late_ups": float(late[ups].sum()),
        "late_jump": float(jumps.mean()) if jumps.size else 0.0,
    }
