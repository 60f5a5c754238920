"""What y may not hold, in words; and y of dtypes that scikit-learn cannot use as they are."""

from __future__ import annotations

from numbers import Complex, Real
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ..missing import is_missing

WHOLE = {"i": np.int64, "u": np.uint64, "b": np.bool_}  # of the kinds that dtypes of pandas name


def in_numpy(y: Any) -> Any:
    """Targets of a dtype that scikit-learn makes floats of, or cannot read, in their own kind.

    Whole numbers and truth values of pandas' nullable dtypes stay what they are, if none is
    missing; text of NumPy's StringDType becomes text of one length.
    """
    dtype: Any = getattr(y, "dtype", None)
    kind = getattr(dtype, "kind", None)
    if kind == "T":
        objects = np.array(y.tolist(), dtype=object)
        return objects if is_missing(objects.ravel()).any() else objects.astype(str)
    if kind in WHOLE and not isinstance(dtype, np.dtype) and not y.isna().any():
        return np.asarray(y, dtype=WHOLE[kind])
    return y


def to_compare(y: Any) -> Any:
    """Labels as scikit-learn's metrics take them: numbers among objects are numbers."""
    if getattr(y, "columns", None) is not None:
        y = np.asarray(y)
    return numbers_in(in_numpy(y))


def check_labels_are_among(classes: np.ndarray, seen: np.ndarray) -> None:
    """Raise ValueError if y has labels that are no classes."""
    if not np.array_equal(seen, classes) and len(np.setdiff1d(seen, classes)):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. "
            f"'y' has {seen}."
        )


def numbers_in(y: Any) -> Any:
    """Objects that are all numbers, as an array of numbers; anything else as it is."""
    if getattr(y, "dtype", None) == np.dtype("O"):
        objects = np.asarray(y)
        if all(isinstance(label, Real) for label in objects.flat):
            return np.array(objects.tolist())
    return y


def check_indicator(y: Any) -> None:
    """Raise ValueError if columns of labels hold anything but 0 and 1.

    scikit-learn takes all that is not 0 as yes, so that -1 and 1 would both be.
    """
    values = y.data if issparse(y) else y
    others = values[(values != 0) & (values != 1)]
    if others.size:
        raise ValueError(
            "y has several columns of labels, where 0 is no and 1 is yes, but it also holds "
            f"{others.flat[0].item()!r}. Write (y > 0).astype(int), or whatever says yes; for "
            "columns of classes use sklearn.multioutput.MultiOutputClassifier."
        )


def is_complex(number: Any) -> bool:
    """Whether a number has an imaginary part, if only of 0."""
    return isinstance(number, Complex) and not isinstance(number, Real)


def not_numbers(why: Any) -> str:
    """What to do with targets such as dates."""
    return (
        f"y must hold numbers, but {why}: convert times to numbers in a unit of your choice, such "
        "as (y - y.min()) / np.timedelta64(1, 'D')."
    )
