"""What is remembered of a training run, and whether the last epochs were any better."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np


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
    stop_reason: str = ""

    def record(self, loss: float, score: float | None, validation_loss: float | None) -> bool:
        """Add an epoch; returns whether it is the best one so far."""
        self.n_iter += 1
        self.loss = loss
        self.loss_curve.append(loss)
        if score is not None and self.validation_scores is not None:
            self.validation_scores.append(score)
        if validation_loss is not None and self.validation_loss_curve is not None:
            self.validation_loss_curve.append(validation_loss)
        is_best = self._is_best_score(score) if self.early_stopping else self._is_best_loss(loss)
        if is_best:
            self.best_iter = len(self.loss_curve)
        return is_best

    def record_losses(self, losses: np.ndarray) -> None:
        """Add epochs, of which the training loss decides which is the best."""
        assert self.best_loss is not None
        best_before = np.minimum.accumulate([self.best_loss, *losses[:-1]])
        (improved,) = np.nonzero(~(losses > best_before - self.tol))
        (better,) = np.nonzero(losses < best_before)
        n_before, n = len(self.loss_curve), len(losses)
        self.no_improvement_count = (
            n - 1 - int(improved[-1]) if improved.size else self.no_improvement_count + n
        )
        if better.size:
            self.best_iter = n_before + int(better[-1]) + 1
            self.best_loss = float(losses[better[-1]])
        self.loss_curve.extend(losses.tolist())
        self.n_iter += n
        self.loss = self.loss_curve[-1]

    def attributes(self) -> dict[str, Any]:
        """Copies of all this, under the names of the estimators' fitted attributes."""
        attributes = {
            "n_iter_": self.n_iter,
            "t_": self.n_samples_seen,
            "loss_": self.loss,
            "loss_curve_": self.loss_curve,
            "best_loss_": self.best_loss,
            "best_iter_": self.best_iter,
            "validation_scores_": self.validation_scores,
            "validation_loss_curve_": self.validation_loss_curve,
            "best_validation_score_": self.best_validation_score,
            "stop_reason_": self.stop_reason,
            "_no_improvement_count": self.no_improvement_count,
        }
        return {name: copy.copy(value) for name, value in attributes.items()}

    def _is_best_score(self, score: float | None) -> bool:
        assert score is not None
        assert self.best_validation_score is not None
        self._count(not score >= self.best_validation_score + self.tol)
        is_best = score > self.best_validation_score
        if is_best:
            self.best_validation_score = score
        return is_best

    def _is_best_loss(self, loss: float) -> bool:
        assert self.best_loss is not None
        self._count(loss > self.best_loss - self.tol)
        is_best = loss < self.best_loss
        if is_best:
            self.best_loss = loss
        return is_best

    def _count(self, no_improvement: bool) -> None:
        self.no_improvement_count = self.no_improvement_count + 1 if no_improvement else 0
