"""X, y and sample weights: checked, and coded for the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, validate_data

from ..engine.architecture import Architecture
from ..engine.batches import Samples
from ..engine.outputs import overflow_is_expected
from .target_coding import Targets

SPARSE = "csr"  # rows are what batches are made of
EITHER = (np.float64, np.float32)


def checked_X(est: BaseEstimator, X: Any, n_features: int) -> Any:
    """X for a fitted network."""
    X = validate_data(est, X, accept_sparse=SPARSE, dtype=EITHER, reset=False)
    return _with_columns(X, n_features)


def checked_X_y(
    est: BaseEstimator, X: Any, y: Any, targets: type[Targets], n_features: int, dtype: Any
) -> tuple[Any, Any]:
    """X and y for a fitted network."""
    X, y = _validated(est, X, y, targets, reset=False, dtype=dtype)
    return _with_columns(X, n_features), y


def first_X_y(
    est: BaseEstimator, X: Any, y: Any, targets: type[Targets]
) -> tuple[Any, Any, dict[str, Any]]:
    """X and y for a new network, and the fitted attributes about the columns of X."""
    # scikit-learn notes the columns on the estimator that it is given: on one of our own, since
    # nothing may change before the fit has succeeded.
    noted = object.__new__(type(est))
    vars(noted).update(vars(est))
    X, y = _validated(noted, X, y, targets, reset=True, dtype=EITHER)
    names = ("n_features_in_", "feature_names_in_")
    return X, y, {name: vars(noted)[name] for name in names if name in vars(noted)}


def _validated(
    est: BaseEstimator, X: Any, y: Any, targets: type[Targets], **options: Any
) -> tuple[Any, Any]:
    X, y = validate_data(
        est,
        X,
        y,
        accept_sparse=SPARSE,
        multi_output=True,
        **options,
    )
    return X, targets.tidy(y)


def _with_columns(X: Any, n_features: int) -> Any:
    """X, if it has so many columns: scikit-learn's check needs an attribute that may be gone."""
    if X.shape[1] != n_features:
        raise ValueError(f"X has {X.shape[1]} features, but the network has {n_features} inputs.")
    return X


def checked_sample_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Sample weights as float64, one for each row of X."""
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def samples_of(
    targets: Targets, architecture: Architecture, X: Any, y: Any, sample_weight: np.ndarray | None
) -> Samples:
    """X, Y and w for the engine.

    Raises
    ------
    ValueError
        If the weights add up to nothing, or some target has no loss.
    """
    w = targets.weights(y, sample_weight)
    with overflow_is_expected():
        total = 1.0 if w is None else w.sum()
    if not 0 < total < np.inf:
        raise ValueError(
            f"The sample weights add up to {total:g} (class weights included). The sum must "
            "be positive and finite."
        )
    Y = targets.encode(y, X.dtype)
    architecture.loss.check_targets(Y)
    return Samples(X, Y, w)
