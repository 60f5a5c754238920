"""X, y and sample weights: checked, and coded for the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, validate_data

from ..engine.architecture import Architecture
from ..engine.batches import Samples
from ..engine.outputs import overflow_is_expected
from .refused_data import explained, numbers_fit, refuse_times
from .shortcuts import FLOATS, has_columns, is_plain_X, is_plain_y
from .target_checks import in_numpy
from .target_coding import Targets

SPARSE = "csr"  # rows are what batches are made of


def checked_X(est: BaseEstimator, X: Any, n_features: int) -> Any:
    """X for a fitted network."""
    if not (is_plain_X(X, FLOATS) and has_columns(est, X.shape[1])):
        refuse_times(X)
        with explained(X, None, getattr(est, "feature_names_in_", None)):
            X = validate_data(est, X, accept_sparse=SPARSE, dtype=FLOATS, reset=False)
    return _with_columns(X, n_features)


def checked_X_y(
    est: BaseEstimator, X: Any, y: Any, targets: type[Targets], n_features: int, dtypes: tuple
) -> tuple[Any, Any]:
    """X, in one of some dtypes, and y for a fitted network."""
    if not (_are_plain(X, y, dtypes) and has_columns(est, X.shape[1])):
        X, y = _validated(est, X, y, reset=False, dtype=dtypes)
    return _with_columns(X, n_features), targets.tidy(y)


def first_X_y(
    est: BaseEstimator, X: Any, y: Any, targets: type[Targets]
) -> tuple[Any, Any, dict[str, Any]]:
    """X and y for a new network, and the fitted attributes about the columns of X."""
    if _are_plain(X, y, FLOATS):
        return X, targets.tidy(y), {"n_features_in_": X.shape[1]}
    # scikit-learn notes the columns on the estimator that it is given: on one of our own, since
    # nothing may change before the fit has succeeded.
    noted = object.__new__(type(est))
    vars(noted).update(vars(est))
    X, y = _validated(noted, X, y, reset=True, dtype=FLOATS)
    names = ("n_features_in_", "feature_names_in_")
    return X, targets.tidy(y), {name: vars(noted)[name] for name in names if name in vars(noted)}


def _are_plain(X: Any, y: Any, dtypes: tuple) -> bool:
    return is_plain_X(X, dtypes) and is_plain_y(y, len(X))


def _validated(
    est: BaseEstimator, X: Any, y: Any, *, reset: bool, **options: Any
) -> tuple[Any, Any]:
    refuse_times(X)
    with explained(X, y, None if reset else getattr(est, "feature_names_in_", None)):
        y = in_numpy(y)
        return validate_data(
            est, X, y, accept_sparse=SPARSE, multi_output=True, reset=reset, **options
        )


def _with_columns(X: Any, n_features: int) -> Any:
    """X, if it has so many columns: scikit-learn's check needs an attribute that may be gone."""
    if X.shape[1] != n_features:
        raise ValueError(f"X has {X.shape[1]} features, but the network has {n_features} inputs.")
    return X


def checked_sample_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
    """Sample weights as float64, one for each row of X."""
    if sample_weight is None:
        return None
    with numbers_fit("sample_weight"):
        return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def check_total(w: np.ndarray) -> None:
    """Raise ValueError if weights do not add up to a positive number."""
    with overflow_is_expected():
        total = w.sum()
    if not 0 < total < np.inf:
        raise ValueError(
            f"The sample weights add up to {total:g} (class weights included). The sum must "
            "be positive and finite."
        )


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
    if w is not None:
        check_total(w)
    Y = targets.encode(y, X.dtype)
    architecture.loss.check_targets(Y)
    return Samples(X, Y, w)
