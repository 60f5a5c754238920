"""Which values of a column, or of labels, are missing."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def is_missing(values: np.ndarray) -> np.ndarray:
    """Where a value is missing: None, NaN, NaT, or the NA of pandas."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind == "T":  # text of NumPy 2, in which objects may stand for missing text
        values = values.astype(object)
    if values.dtype.kind != "O":
        return np.zeros(len(values), bool)
    if (pandas := sys.modules.get("pandas")) is not None:  # only then can its NA be here
        return pandas.isna(values)
    return np.array([value is None or not _equals_itself(value) for value in values], bool)


def _equals_itself(value: Any) -> bool:
    """Not so for NaN and NaT, whatever their type."""
    equal = value == value
    return equal if isinstance(equal, bool) else bool(np.all(equal))
