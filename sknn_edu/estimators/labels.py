"""Class labels: what scikit-learn says of them, without asking it where the answer is plain.

Each of scikit-learn's looks at labels (`type_of_target` and what calls it) takes as long as
training a small network for some epochs. A vector of whole numbers, with far fewer different
ones than there are samples, is classes; everything else is left to scikit-learn, warnings and
errors included.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels


def check_labels(y: Any) -> None:
    """Raise ValueError unless y, as validated, can be class labels; warn if it hardly can."""
    if not _are_whole_numbers(y) or 2 * len(np.unique(y)) >= len(y):
        check_classification_targets(y)


def labels_in(y: Any) -> np.ndarray:
    """The different labels of y in order; for several labels per sample the column numbers."""
    return np.unique(y) if _are_whole_numbers(y) else unique_labels(y)


def kind_of_labels(y: Any) -> str:
    """The type of target of validated y, where a vector is always "multiclass"."""
    return "multiclass" if y.ndim == 1 else type_of_target(y, input_name="y")


def _are_whole_numbers(y: Any) -> bool:
    """Whether y is a vector of whole numbers (or of True and False)."""
    return type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biu" and y.dtype.isnative
