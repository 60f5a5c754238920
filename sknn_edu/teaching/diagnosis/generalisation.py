"""Whether the network does as well on data that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...engine.batches import Samples
from ...estimators.inspection import architecture_of, outputs
from .case import Case
from .check import BAD_RATES, NOT_LEARNED, NOTE, PROBLEM, WARNING, Check, Finding

__all__ = ["DropoutTooHigh", "Overfitting"]

# What the validation loss gained back since its best epoch, in units of the loss of a guess
# without X, and how much above the best it is. Less happens by chance.
ROSE, ABOVE = 0.1, 1.1
# By how much the validation score may be behind (accuracy, R2) and the loss above, in the
# same units; half of healthy networks are below 0.03 and 0.05.
SCORE_GAP, LOSS_GAP = 0.1, 0.25
# What the validation score may lose after its best epoch, by chance.
SCORE_LOST = 0.05
# Standard errors by which the two losses must differ: below, it may be the luck of the split.
STANDARD_ERRORS = 2.0
# A gap of half the score is more than a weakness.
LARGE_GAP = 0.5

# Four of five units are dropped: a much smaller network is trained in each step.
HIGH_DROPOUT = 0.8


class Overfitting(Check):
    """Worse on validation data than on training data, or worse with each epoch.

    With (X_val, y_val): gap = loss on them minus loss on (X, y), in units of J_0, the loss of
    a guess that ignores X. Reported if it is above 0.25 and above two standard errors
    (sqrt(var / n + var_val / n_val) of the losses of single samples): a problem if the score
    (accuracy, R2) is behind by more than 0.5, a warning above 0.1, else a note.

    From ``validation_loss_curve_``, if early stopping did not choose the weights: V_end - min V
    above 0.1 J_0 and V_end > 1.1 min V, while the training loss fell and is lower than V_end by
    0.1 J_0 too. It is a note if the validation score held all the same: not more than 0.05
    below its best, and 0.1 below the training score.
    """

    code = "overfitting"

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        finding = self._from_data(case) or self._from_curve(case)
        if finding:
            yield finding

    def _from_data(self, case: Case) -> Finding | None:
        """Training data against validation data, at the present weights."""
        if case.held_out is None:
            return None
        losses, score = self._losses_and_score(case, case.samples)
        losses_val, score_val = self._losses_and_score(case, case.held_out)
        loss = float(np.average(losses, weights=case.samples.w))
        loss_val = float(np.average(losses_val, weights=case.held_out.w))
        error = float(np.sqrt(losses.var() / losses.size + losses_val.var() / losses_val.size))
        gap, score_gap = loss_val - loss, score - score_val
        if not (gap > LOSS_GAP * case.constant_loss and gap > STANDARD_ERRORS * error):
            return None
        behind = score_gap > SCORE_GAP
        how = "is right as often, but too confident where it is wrong"
        if behind:
            how = "has memorised the training samples"
        return self.found(
            PROBLEM if score_gap > LARGE_GAP else WARNING if behind else NOTE,
            f"On the validation data the loss is {loss_val:.3g} instead of {loss:.3g}, the score "
            f"{score_val:.2f} instead of {score:.2f}: the network {how}.",
            self._remedy(case),
            loss=loss,
            validation_loss=loss_val,
            standard_error=error,
            score=score,
            validation_score=score_val,
        )

    def _from_curve(self, case: Case) -> Finding | None:
        """The validation loss since its best epoch."""
        curve = np.array(getattr(case.est, "validation_loss_curve_", None) or [], dtype=float)
        stopped_early = getattr(case.est, "best_validation_score_", None) is not None
        if stopped_early or curve.size < 2 or curve.size > case.curve.size:
            return None
        best, last = int(np.argmin(curve)), float(curve[-1])
        train = case.curve[-curve.size :]
        rose = last - curve[best]
        if not (rose > ROSE * case.constant_loss and last > ABOVE * curve[best]):
            return None
        if not (train[-1] < train[best] and last - case.data_loss > ROSE * case.constant_loss):
            return None
        scores = np.array(case.est.validation_scores_, dtype=float)
        lost = float(scores.max() - scores[-1])
        behind = 0.0
        if case.est.scoring is None:  # else the scores are of another kind
            behind = case.score(case.samples, case.layers[-1].A) - float(scores[-1])
        return self.found(
            WARNING if lost > SCORE_LOST or behind > SCORE_GAP else NOTE,
            f"The validation loss was lowest after epoch {best + 1}, {curve[best]:.3g}, and rose "
            f"to {last:.3g} since, while the training loss still fell (validation score: "
            f"{scores[-1]:.2f}, {scores.max():.2f} at best).",
            self._remedy(case),
            best_epoch=best + 1,
            lowest_validation_loss=float(curve[best]),
            last_validation_loss=last,
            training_loss_then=float(train[best]),
            training_loss=float(train[-1]),
            score_lost=lost,
            score_gap=behind,
        )

    @staticmethod
    def _losses_and_score(case: Case, samples: Samples) -> tuple[np.ndarray, float]:
        """Loss of each sample, and accuracy or R2."""
        network, loss = case.objective.network, case.objective.loss
        Z, A = (outputs(network, samples.X, what) for what in ("Z", "A"))
        losses = loss.output_value(network.architecture.output, Z, A, samples.Y)
        return losses.astype(np.float64), case.score(samples, A)

    @staticmethod
    def _remedy(case: Case) -> str:
        """What helps."""
        alpha = f"a larger alpha (now {case.est.alpha:g})"
        return f"Use early_stopping=True, {alpha}, dropout=0.2, fewer units, or more data."


class DropoutTooHigh(Check):
    """A rate of dropout of 0.8 or more: a fifth of the layer, at most, learns in each step."""

    code = "dropout_too_high"
    explains = (*BAD_RATES, *NOT_LEARNED)
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding for each layer."""
        for l, rate in enumerate(architecture_of(case.est).dropout, start=1):
            if rate < HIGH_DROPOUT:
                continue
            n = case.layers[l - 1].W.shape[1]
            yield self.found(
                WARNING,
                f"dropout={rate:g} leaves {n * (1 - rate):.3g} of the {n} units of layer {l} in "
                "a training step.",
                "Rates of 0.1 to 0.5 are usual, together with more units.",
                layer=l,
                rate=float(rate),
                n_units=n,
            )
