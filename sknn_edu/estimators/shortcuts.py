"""Helpers with the results of scikit-learn's, but faster on plain input.

Each handles plain input itself and leaves all other input to scikit-learn, errors and warnings
included. A fit of a small network takes less than a millisecond; with scikit-learn's helpers most
of it would be spent on checks of the input. Measured with 100 samples, in microseconds,
scikit-learn's and ours: `check_labels` 336 and 11, `labels_in` 384 and 6, `accuracy` 1135 and 16,
`r_squared` 717 and 32, `random_state_of` 265 and 97.
"""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels


def check_labels(y: Any) -> None:
    """`check_classification_targets`; whole numbers, far fewer than samples, are classes."""
    if not _are_whole_numbers(y) or 2 * len(np.unique(y)) >= len(y):
        check_classification_targets(y)


def labels_in(y: Any) -> np.ndarray:
    """`unique_labels`: the labels of y in order; for several labels the column numbers."""
    return np.unique(y) if _are_whole_numbers(y) else unique_labels(y)


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
    return r2_score(y, predicted, sample_weight=sample_weight)


def random_state_of(seed: Any) -> np.random.RandomState:
    """`check_random_state`: the same numbers to come.

    ``RandomState(7)`` first gathers entropy from the system and then seeds the generator with 7;
    zeros in place of the entropy are overwritten just as well.
    """
    if not isinstance(seed, Integral):
        return check_random_state(seed)
    random_state = np.random.RandomState(np.random.MT19937(_Zeros(0)))
    random_state.seed(int(seed))
    return random_state


class _Zeros(np.random.SeedSequence):
    """In place of entropy that is overwritten at once."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> np.ndarray:
        return np.zeros(n_words, dtype)


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
