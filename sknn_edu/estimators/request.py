"""What `fit`, `partial_fit` and `initialize` are given, and the record that they begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.outputs import overflow_is_expected
from ..training.history import History
from ..training.validation import Validation
from .held_out import NO_VALIDATION, ValidationData


@dataclass(frozen=True)
class Request:
    """What a call of `fit`, `partial_fit` or `initialize` is given.

    ``fresh``: a new network is made. ``incremental``: this is `partial_fit`.
    """

    X: Any
    y: Any
    sample_weight: Any = None
    classes: Any = None
    validation: ValidationData = NO_VALIDATION
    fresh: bool = True
    incremental: bool = False


def history_of(
    request: Request,
    past: Mapping[str, Any],
    tol: float,
    validation: Validation | None,
    stops_early: bool,
) -> History:
    """What this fit records: curves go on in a warm start, but it is judged by itself.

    ``past`` has the attributes of the estimator before the call.
    """
    history = History(tol=tol, early_stopping=stops_early)
    if validation is not None:
        history.validation_scores, history.validation_loss_curve = [], []
    if stops_early:
        history.best_validation_score, history.best_loss = -np.inf, None
    if request.fresh:
        return history
    history.go_on_from(past, shares_curves=request.incremental)
    if stops_early and validation is not None:  # the present weights set the bar
        with overflow_is_expected():
            score, _ = validation.evaluate()
        history.best_validation_score = -np.inf if np.isnan(score) else score
    if request.incremental:
        best_loss = past.get("best_loss_")  # None after early stopping
        history.best_loss = np.inf if best_loss is None else best_loss
        history.no_improvement_count = past.get("_no_improvement_count", 0)
    return history
