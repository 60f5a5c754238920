"""Helpers with the results of scikit-learn's, but faster on plain input.

Each handles plain input itself and leaves all other input to scikit-learn, errors and warnings
included. A fit of a small network takes a third of a millisecond; with scikit-learn's helpers most
of it would be spent on checks of the input, which look for data frames first. Measured with 100
samples of 30 features, in microseconds:

===========================  ===============================================  ======  ====
here                         in place of                                      theirs  ours
===========================  ===============================================  ======  ====
`is_plain_X`, `is_plain_y`   `validate_data`, X and y                            259     6
`is_plain_X`, `has_columns`  `validate_data`, one row                            122     2
`check_fitted`               `check_is_fitted`                                   2.3   0.1
`checked_labels`             `check_classification_targets`, `unique_labels`     517     4
`labels_in`                  `unique_labels`                                     224     3
`accuracy`                   `accuracy_score`                                    996     6
`r_squared`                  `r2_score`                                          643    12
`random_state_of`            `check_random_state`                                211     5
===========================  ===============================================  ======  ====
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted

from .refused_data import explained_labels, numbers_fit

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))  # of X, as scikit-learn's networks take it


def is_plain_X(X: Any, dtypes: Sequence[Any]) -> bool:
    """Whether `validate_data` returns X as it is: a matrix of finite numbers of such a dtype."""
    if not (type(X) is np.ndarray and X.ndim == 2 and X.size):
        return False
    return X.dtype in dtypes and _are_finite(X)


def is_plain_y(y: Any, n: int) -> bool:
    """Whether `validate_data` returns targets of n samples as they are."""
    if not (type(y) is np.ndarray and y.ndim in (1, 2) and y.size and len(y) == n):
        return False
    return y.dtype.kind in "biu" or (y.dtype in FLOATS and _are_finite(y))


def has_columns(est: Any, n: int) -> bool:
    """Whether `validate_data` lets a matrix of n columns without names pass."""
    fits = getattr(est, "n_features_in_", None) == n
    return fits and getattr(est, "feature_names_in_", None) is None


def check_fitted(est: Any) -> None:
    """`check_is_fitted`, by the attribute ``coefs_``."""
    if "coefs_" not in vars(est):
        check_is_fitted(est, "coefs_")


def checked_labels(y: Any) -> np.ndarray:
    """`check_classification_targets`, then `unique_labels`.

    Whole numbers, far fewer than samples, are classes.
    """
    if _are_whole_numbers(y):
        labels = np.unique(y)
        if 2 * len(labels) < len(y):
            return labels
    with explained_labels(y):
        check_classification_targets(y)
    return labels_in(y)


def labels_in(y: Any) -> np.ndarray:
    """`unique_labels`: the labels of y in order; for several labels the column numbers."""
    if _are_whole_numbers(y):
        return np.unique(y)
    with explained_labels(y):
        return unique_labels(y)


def accuracy(y: Any, predicted: np.ndarray, sample_weight: Any = None) -> float:
    """The (weighted) share of the samples whose labels are predicted."""
    plain = sample_weight is None or _are_weights(sample_weight, len(predicted))
    if plain and _are_vectors(y, predicted, kinds="biu"):
        return float(np.average(y == predicted, weights=sample_weight))
    return accuracy_score(y, predicted, sample_weight=sample_weight)


def r_squared(y: Any, predicted: np.ndarray, sample_weight: Any = None) -> float:
    """R2 = 1 - sum_i w_i (y_i - a_i)^2 / sum_i w_i (y_i - mean(y))^2, averaged over the outputs."""
    if sample_weight is None and _are_vectors(y, predicted, kinds="f"):
        y = y.astype(np.result_type(y, predicted), copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            residual = np.sum((y - predicted) ** 2)
            total = np.sum((y - np.mean(y)) ** 2)
        if total > 0 and math.isfinite(total) and math.isfinite(residual):
            return float(1 - residual / total)
    with numbers_fit("y or sample_weight"):
        return r2_score(y, predicted, sample_weight=sample_weight)


def random_state_of(seed: Any) -> np.random.RandomState:
    """`check_random_state`: the same numbers to come.

    ``RandomState(7)`` first gathers entropy from the system and then seeds the generator with 7;
    zeros in place of the entropy are overwritten just as well.
    """
    if not isinstance(seed, Integral):
        return check_random_state(seed)
    random_state = np.random.RandomState(np.random.MT19937(_ZEROS))
    random_state.seed(int(seed))
    return random_state


class _Zeros(np.random.SeedSequence):
    """In place of entropy that is overwritten at once."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        return [0] * n_words  # the generator reads it item by item: 27 microseconds from an array


_ZEROS = _Zeros(0)


def _are_finite(array: np.ndarray) -> bool:
    """Whether all numbers are finite, and so is their sum."""
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(np.add.reduce(array, axis=None))


def _are_whole_numbers(y: Any) -> bool:
    """Whether y is a vector of whole numbers (or of True and False)."""
    return type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biu" and y.dtype.isnative


def _are_vectors(y: Any, predicted: np.ndarray, kinds: str) -> bool:
    """Whether both are plain vectors of one length, with numbers of these kinds."""
    return (
        type(y) is np.ndarray
        and y.ndim == predicted.ndim == 1
        and y.size == predicted.size > 1
        and y.dtype.kind in kinds
        and predicted.dtype.kind in kinds
    )


def _are_weights(w: Any, n: int) -> bool:
    """Whether w is a plain vector of n weights that can be averaged with."""
    is_vector = type(w) is np.ndarray and w.shape == (n,) and w.dtype == np.float64
    return is_vector and w.min(initial=0) >= 0 and 0 < w.sum() < np.inf
