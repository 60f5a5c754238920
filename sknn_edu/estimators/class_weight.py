"""The weight of each class, computed from the classifier's ``class_weight``."""

from __future__ import annotations

import numpy as np
from sklearn.utils.class_weight import compute_class_weight


def weights_of_classes(
    class_weight: dict | str, classes: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None
) -> np.ndarray:
    """The weight of each class, finite and not negative.

    Raises
    ------
    ValueError
        If a dict does not give such weights.
    """
    try:
        if isinstance(class_weight, dict):
            weights = compute_class_weight(class_weight, classes=classes, y=y)
        else:
            weights = _balanced(classes, y, sample_weight)
        usable = np.isfinite(weights).all() and (weights >= 0).all()
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(
            f"class_weight={class_weight!r} must map each class to a number: {error}"
        ) from error
    if not usable:
        raise ValueError(f"class_weight must hold finite weights >= 0, got {class_weight!r}.")
    return weights


def _balanced(classes: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray:
    """scikit-learn's "balanced", with a sample of weight 2 counting as two samples."""
    codes = np.searchsorted(classes, y)
    weight_of_class = np.bincount(codes, sample_weight, minlength=len(classes))
    total = weight_of_class.sum()
    return np.divide(
        total,
        np.count_nonzero(weight_of_class) * weight_of_class,
        out=np.zeros_like(weight_of_class, dtype=float),
        where=weight_of_class > 0,
    )
