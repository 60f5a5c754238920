"""Accuracy and R2, which scikit-learn defines; worked out here where the input is plain.

scikit-learn's functions first find out what they were given, which takes as long as many epochs
of a small network. Early stopping asks after each epoch, a grid search after each fit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, r2_score


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
