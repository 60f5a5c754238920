"""What `fit` holds out: validation data that the user brings, or a part of the training data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split
from sklearn.utils.metadata_routing import get_routing_for_object

from ..engine.batches import Samples
from ..optimizers import Optimizer
from ..training.loop import Training
from ..training.validation import Validation

if TYPE_CHECKING:
    from .base import BaseBackprop


def hold_out(
    estimator: BaseBackprop, training: Training, optimizer: Optimizer, y: Any, given_validation: Any
) -> None:
    """Set up validation: on the data given, or on a part of the training data."""
    X_val, y_val, w_val = given_validation
    if (X_val is None) != (y_val is None):
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{given} is provided, but {missing} was not provided.")
    if w_val is not None and X_val is None:
        raise ValueError("sample_weight_val is provided, but X_val and y_val were not provided.")
    if X_val is not None:
        X_val, y_val = estimator._check_X_y(X_val, y_val, reset=False, dtype=training.theta.dtype)
        estimator._check_targets(y_val)
        w_val = estimator._checked_sample_weight(w_val, X_val)
        held_out = Samples(X_val, *estimator._targets_and_weights(X_val, y_val, w_val))
    elif estimator.early_stopping and optimizer.incremental:
        training.rows, rows = _split(estimator, training, y)
        held_out, y_val = training.samples.take(rows), y[rows]
        w = training.samples.w
        if w is not None and not (w[rows].any() and w[training.rows].any()):
            raise ValueError(
                f"validation_fraction={estimator.validation_fraction!r} leaves one part of the "
                "split without weight: its sample weights add up to 0."
            )
    else:
        return
    if estimator.early_stopping and held_out.n < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' "
            "or the size of your dataset."
        )
    score = _scorer(estimator, held_out, y_val)
    training.validation = Validation(training.objective, held_out, score)
    if training.history.validation_scores is None:
        training.history.validation_scores = []
    if training.history.validation_loss_curve is None:
        training.history.validation_loss_curve = []


def _split(estimator: BaseBackprop, training: Training, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers to train on, and to hold out."""
    samples = training.samples
    try:
        train, held_out = train_test_split(
            np.arange(samples.n),
            random_state=training.random_state,
            test_size=estimator.validation_fraction,
            stratify=estimator._strata(samples.Y, y),
        )
    except ValueError as error:
        raise ValueError(
            f"early_stopping=True cannot hold out validation_fraction="
            f"{estimator.validation_fraction!r} of {samples.n} samples: {error}"
        ) from error
    return train, held_out


def _scorer(
    estimator: BaseBackprop, samples: Samples, y: Any
) -> Callable[[np.ndarray], float] | None:
    """What early stopping makes large, given the outputs; None is minus the validation loss."""
    if isinstance(estimator.scoring, str) and estimator.scoring == "loss":
        return None
    if estimator.scoring is None:
        return lambda A: estimator._default_score(y, A, samples.w)
    scorer = check_scoring(estimator, scoring=estimator.scoring)
    refuses_weights = get_routing_for_object(scorer).score.requests.get("sample_weight") is False
    weights = {} if samples.w is None or refuses_weights else {"sample_weight": samples.w}

    def score(A: np.ndarray) -> float:
        watched = copy.copy(estimator)
        watched.__dict__.pop("feature_names_in_", None)  # the held-out rows are bare arrays
        try:
            value = scorer(watched, samples.X, y, **weights)
        except TypeError as error:
            raise TypeError(
                f"scoring={estimator.scoring!r} failed with {list(weights)}: {error}"
            ) from error
        if np.isnan(value):
            raise ValueError(
                f"scoring={estimator.scoring!r} gave a score of nan on the held-out data."
            )
        return value

    return score
