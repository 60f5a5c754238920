"""A table as a list of columns: data frames of any library, and arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import _safe_indexing, check_array

from ..estimators.refused_data import no_table

NAMES_ARE_CHECKED = ContextVar("names of columns are checked", default=False)


@contextmanager
def names_checked() -> Iterator[None]:
    """Where an estimator has compared the names, for which the readers inside warn no more."""
    token = NAMES_ARE_CHECKED.set(True)
    try:
        yield
    finally:
        NAMES_ARE_CHECKED.reset(token)


class Column(NamedTuple):
    """One column of a table.

    Attributes
    ----------
    name : object
        As the table calls it; its number where the table has no names.
    values : ndarray of shape (n_samples,)
        As NumPy reads them.
    is_category : bool
        Whether the table itself says that they are categories.
    """

    name: Any
    values: np.ndarray
    is_category: bool = False


def is_frame(X: Any) -> bool:
    """Whether X is a data frame: it has named columns."""
    return hasattr(type(X), "columns")  # of the class: some frames compute theirs


def checked_table(X: Any) -> Any:
    """X, a data frame as it is, all else as an array with two axes.

    Raises
    ------
    TypeError
        If X is sparse, or a frame that is yet to be computed.
    ValueError
        If X has no rows and columns, or two columns of one name.
    """
    if issparse(X):
        raise TypeError(
            "Sparse data was passed, but tables are dense: write X.toarray(), or give the sparse "
            "matrix to BackpropClassifier or BackpropRegressor."
        )
    if reason := no_table(X):
        raise ValueError(reason)
    if not is_frame(X):
        # A list of rows that mix numbers and text would all become text.
        mixed = isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "OUS"
        X = np.asarray(X, dtype=object) if mixed else X
        return check_array(X, dtype=None, ensure_all_finite=False)
    if not hasattr(type(X), "shape"):
        raise TypeError(f"{type(X).__name__} is not read before it is computed: call collect().")
    for axis, what in enumerate(("sample", "feature")):
        if X.shape[axis] == 0:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={tuple(X.shape)}) while a minimum of 1 is "
                "required."
            )
    twice = [name for name, count in Counter(_names_of(X)).items() if count > 1]
    if twice:
        raise ValueError(f"Columns must have names of their own, but {twice[0]!r} occurs twice.")
    return X


def columns_of(X: Any) -> list[Column]:
    """The columns of a data frame or an array with two axes."""
    if not is_frame(X):
        return [Column(j, X[:, j]) for j in range(X.shape[1])]
    columns = []
    for j, name in enumerate(_names_of(X)):
        series = _safe_indexing(X, j, axis=1)
        dtype = str(getattr(series, "dtype", ""))
        if dtype.startswith("period["):  # of pandas: a month, say, is its first day
            series = series.dt.to_timestamp()
        values = np.asarray(series)
        if values.ndim != 1:
            raise TypeError(
                f"Column {name!r} holds several values in each row, which cannot be read: make "
                "columns of them."
            )
        columns.append(Column(name, values, is_category=dtype == "category"))
    return columns


def _names_of(X: Any) -> list[Any]:
    """Names of the columns of a data frame; pyarrow calls them otherwise."""
    return list(X.column_names if hasattr(type(X), "column_names") else X.columns)
