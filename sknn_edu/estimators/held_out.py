"""Validation data: given by the user, or held out from the training data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.model_selection import train_test_split
from sklearn.utils.metadata_routing import get_routing_for_object

from ..engine.batches import Samples
from ..engine.objective import Objective
from ..training.validation import Validation
from .data import checked_sample_weight, checked_X_y, samples_of
from .model import Model


class ValidationData(NamedTuple):
    """What the user gives to `fit` as ``X_val``, ``y_val`` and ``sample_weight_val``."""

    X: Any = None
    y: Any = None
    sample_weight: Any = None

    def check(self) -> None:
        """Raise ValueError unless X_val and y_val come together."""
        if (self.X is None) != (self.y is None):
            given, missing = ("X_val", "y_val") if self.y is None else ("y_val", "X_val")
            raise ValueError(f"{given} is provided, but {missing} was not provided.")
        if self.sample_weight is not None and self.X is None:
            raise ValueError(
                "sample_weight_val is provided, but X_val and y_val were not provided."
            )


NO_VALIDATION = ValidationData()


class HeldOut(NamedTuple):
    """Rows to train on (None for all), and the validation data."""

    rows: np.ndarray | None = None
    validation: Validation | None = None


def hold_out(
    est: Any,
    model: Model,
    objective: Objective,
    samples: Samples,
    y: Any,
    random_state: np.random.RandomState,
    given: ValidationData,
    stops_early: bool,
) -> HeldOut:
    """Set up validation: on the data given, or on a part of the training data."""
    given.check()
    rows: np.ndarray | None = None
    if given.X is not None:
        held_out, y_val = _given(est, model, given)
    elif stops_early:
        rows, others = _split(est, model, samples, y, random_state)
        held_out, y_val = samples.take(others), y[others]
        w = samples.w
        if w is not None and not (w[rows].any() and w[others].any()):
            raise ValueError(
                f"validation_fraction={est.validation_fraction!r} leaves one part of the "
                "split without weight: its sample weights add up to 0."
            )
    else:
        return HeldOut()
    if stops_early and held_out.n < 2:
        raise ValueError(
            f"The validation set is too small: early_stopping={est.early_stopping!r} needs two "
            f"rows at least, but has {held_out.n} of {samples.n} with validation_fraction="
            f"{est.validation_fraction!r}. Increase it, or pass X_val and y_val with more rows."
        )
    return HeldOut(rows, Validation(objective, held_out, _scorer(est, model, held_out, y_val)))


def _given(est: Any, model: Model, given: ValidationData) -> tuple[Samples, Any]:
    """The user's validation data, checked against the network."""
    architecture, targets = model.architecture, model.targets
    seen = _with_attributes(est, model)
    try:
        X, y = checked_X_y(
            seen, given.X, given.y, type(targets), architecture.sizes[0], (model.theta.dtype,)
        )
        targets.check(y)
        w = checked_sample_weight(given.sample_weight, X)
        return samples_of(targets, architecture, X, y, w), y
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"X_val, y_val or sample_weight_val: {error}") from error


def _split(
    est: Any, model: Model, samples: Samples, y: Any, random_state: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers to train on, and to hold out, in proportion to the classes.

    Where that is impossible (a class with one member, more classes than rows to hold out), they
    are drawn from all rows alike, as scikit-learn draws them; two classes it refuses, as we do.
    """
    n, fraction = samples.n, est.validation_fraction
    strata = model.targets.strata(y, int(np.ceil(fraction * n)))
    try:
        train, held_out = train_test_split(
            np.arange(n), random_state=random_state, test_size=fraction, stratify=strata
        )
    except ValueError as error:
        raise ValueError(
            f"early_stopping={est.early_stopping!r} cannot hold out validation_fraction="
            f"{fraction!r} of {n} samples: {error}"
        ) from error
    return train, held_out


def _with_attributes(est: Any, model: Model) -> Any:
    """An estimator with these parameters and the network in training as its own."""
    seen = object.__new__(type(est))
    vars(seen).update({**vars(est), **model.attributes()})
    return seen


def _scorer(
    est: Any, model: Model, samples: Samples, y: Any
) -> Callable[[np.ndarray], float] | None:
    """What early stopping makes large, given the outputs; None is minus the validation loss."""
    scoring = est.scoring
    if isinstance(scoring, str) and scoring == "loss":
        return None
    if scoring is None:
        return lambda A: model.targets.score(y, A, samples.w)
    seen = _with_attributes(est, model)
    vars(seen).pop("feature_names_in_", None)  # the held-out rows are bare arrays
    scorer = check_scoring(est, scoring=scoring)
    refuses_weights = get_routing_for_object(scorer).score.requests.get("sample_weight") is False
    weights = {} if samples.w is None or refuses_weights else {"sample_weight": samples.w}

    def score(A: np.ndarray) -> float:
        try:
            value = scorer(seen, samples.X, y, **weights)
        except (TypeError, ValueError) as error:
            call = ", ".join(["estimator, X, y", *(f"{name}=..." for name in weights)])
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(
                f"scoring={scoring!r}, called as scoring({call}), failed: {error}"
            ) from error
        if not _is_number(value):
            raise TypeError(
                f"scoring={scoring!r} must return a number, the larger the better; it returned "
                f"{value!r}. sklearn.metrics.make_scorer makes a scorer of a metric."
            )
        if np.isnan(value):
            raise ValueError(
                f"scoring={scoring!r} gave a score of nan on the held-out data, {len(y)} rows. "
                "Hold out more, in which all classes are, or use scoring='loss'."
            )
        return value

    return score


def _is_number(value: Any) -> bool:
    """Whether it is one number: of Python, of NumPy, or what NumPy reads as one."""
    array = np.asarray(value)
    return array.ndim == 0 and array.dtype.kind in "biuf"
