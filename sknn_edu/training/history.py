"""The record of a training run, and the number of epochs without improvement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .stopping import NOT_TRAINED, Stop

# After the best epoch by score, both losses came down by another fifth: more than noise.
FELL_ON = 0.2

CURVES = ("loss_curve", "validation_scores", "validation_loss_curve")


@dataclass
class History:
    """The course of training; the estimators show it under the same names with a ``_``.

    Which loss or score is the best, and for how many epochs nothing has improved, is
    decided by the rule of scikit-learn: an epoch that is not better than the best one by
    at least ``tol`` counts as no improvement.
    """

    tol: float
    early_stopping: bool
    n_iter: int = 0
    n_samples_seen: int = 0
    loss: float = np.nan
    loss_curve: list[float] = field(default_factory=list)
    best_loss: float | None = np.inf
    best_iter: int = 0
    validation_scores: list[float] | None = None
    validation_loss_curve: list[float] | None = None
    best_validation_score: float | None = None
    no_improvement_count: int = 0
    stop: Stop = NOT_TRAINED
    _n_epochs_before: dict[str, int] = field(default_factory=dict)

    def record(self, loss: float, score: float | None, validation_loss: float | None) -> bool:
        """Add an epoch; returns whether it is the best one so far."""
        self.n_iter += 1
        self.loss = loss
        self.loss_curve.append(loss)
        if score is not None and self.validation_scores is not None:
            self.validation_scores.append(score)
        if validation_loss is not None and self.validation_loss_curve is not None:
            self.validation_loss_curve.append(validation_loss)
        if self.early_stopping:
            value, best = score, self.best_validation_score
        else:
            value, best = -loss, None if self.best_loss is None else -self.best_loss
        assert value is not None
        assert best is not None
        improves = value >= best + self.tol
        self.no_improvement_count = 0 if improves else self.no_improvement_count + 1
        is_best = value > best
        if is_best:
            self.best_iter = len(self.loss_curve)
            if self.early_stopping:
                self.best_validation_score = value
            else:
                self.best_loss = loss
        return is_best

    def losses_fell_on(self) -> bool:
        """Whether early stopping goes back to an epoch after which both losses fell a lot."""
        validation = self.validation_loss_curve
        if not self.early_stopping or validation is None:
            return False
        return fell_on(self.loss_curve, validation, self.best_iter)

    def go_on_from(self, past: Mapping[str, Any], *, shares_curves: bool) -> None:
        """Append to the curves of an earlier fit, in copies of them or in the very lists.

        ``past`` has the fitted attributes. The lists are shared in ``partial_fit``, whose cost
        would otherwise grow with the number of calls; `forget_this_fit` undoes what it appended.
        """
        for name in CURVES:
            if (curve := past.get(f"{name}_")) is not None:
                setattr(self, name, curve if shares_curves else list(curve))
        self._n_epochs_before = {name: len(getattr(self, name) or ()) for name in CURVES}
        self.best_iter = past.get("best_iter_", 0)
        self.n_samples_seen = past.get("t_", 0)

    def forget_this_fit(self) -> None:
        """Take from shared curves what this fit has appended."""
        for name, n in self._n_epochs_before.items():
            if (curve := getattr(self, name)) is not None:
                del curve[n:]

    def record_stretch(
        self, losses: np.ndarray, best_loss: float, best_epoch: int, no_improvement_count: int
    ) -> None:
        """Add epochs to which the compiled core has applied the rule of `record`.

        ``best_epoch`` is the number of the best one among them, counted from 1; if it is not
        positive, the best epoch was before these.
        """
        if not len(losses):
            return
        if best_epoch > 0:
            self.best_loss, self.best_iter = best_loss, len(self.loss_curve) + best_epoch
        self.no_improvement_count = no_improvement_count
        self.loss_curve.extend(losses.tolist())
        self.n_iter += len(losses)
        self.loss = self.loss_curve[-1]

    def attributes(self) -> dict[str, Any]:
        """All this, under the names of the estimators' fitted attributes."""
        return {
            "n_iter_": self.n_iter,
            "t_": self.n_samples_seen,
            "loss_": self.loss,
            "loss_curve_": self.loss_curve,
            "best_loss_": self.best_loss,
            "best_iter_": self.best_iter,
            "validation_scores_": self.validation_scores,
            "validation_loss_curve_": self.validation_loss_curve,
            "best_validation_score_": self.best_validation_score,
            "stop_reason_": self.stop.sentence,
            "_stop_kind": self.stop.kind.value,
            "_no_improvement_count": self.no_improvement_count,
        }


def fell_on(loss_curve: list[float], validation_loss_curve: list[float], best_iter: int) -> bool:
    """Whether both losses are lower at the end than after epoch ``best_iter``, by a fifth.

    Accuracy counts samples on the right side; the losses can improve for long without moving one
    across. The curves end with the same epoch.
    """
    back = len(loss_curve) - best_iter
    if best_iter < 1 or back < 1 or back >= len(validation_loss_curve):
        return False
    return all(
        curve[-1] < curve[-1 - back] - FELL_ON * abs(curve[-1 - back])
        for curve in (loss_curve, validation_loss_curve)
    )
