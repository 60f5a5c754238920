"""What is wrong with data that scikit-learn's checks refuse, in words about the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Number
from typing import Any

import numpy as np

from ..missing import is_missing

NUMBERS, TEXT, TIMES = "iufb", "OUST", "mM"  # kinds of dtypes; objects may be text
ENCODERS = (
    "Encode it, for example with sklearn.preprocessing.OneHotEncoder, or use TabularClassifier or "
    "TabularRegressor, which take such tables as they are."
)


@contextmanager
def explained(X: Any, y: Any) -> Iterator[None]:
    """Say more than scikit-learn's checks do where labels, columns or rows show why they fail."""
    try:
        yield
    except (TypeError, ValueError) as error:
        reason = _of_labels(y) or _of_columns(X) or _of_rows(X, y)
        if reason is None:
            raise
        raise ValueError(reason) from error


@contextmanager
def explained_labels(y: Any) -> Iterator[None]:
    """Say which labels cannot be sorted together, where Python only says which types."""
    try:
        yield
    except (TypeError, ValueError) as error:
        labels = np.asarray(y, dtype=object).ravel()
        types = {type(label): label for label in labels[::-1]}  # with the first label of each
        if len(types) < 2 or not (isinstance(error, TypeError) or str in types):
            raise
        named = " and ".join(f"{label!r} ({kind.__name__})" for kind, label in types.items())
        raise TypeError(
            f"y has labels of types that cannot be sorted together, such as {named}. Make them all "
            "of one type, for example with np.asarray(y).astype(str)."
        ) from error


def _of_labels(y: Any) -> str | None:
    """Labels that are missing among text or objects; scikit-learn speaks of NaN in numbers."""
    labels = np.asarray(y, dtype=object) if hasattr(y, "dtype") else None
    if labels is None or labels.ndim != 1 or getattr(y.dtype, "kind", "O") in NUMBERS:
        return None
    n_missing = np.count_nonzero(is_missing(labels))
    if not n_missing:
        return None
    return (
        f"Input y contains NaN: {n_missing} of {len(labels)} samples have no label. Leave them "
        'out, X[~missing] and y[~missing] with missing = pd.isna(y), or make "missing" a class.'
    )


def _of_columns(X: Any) -> str | None:
    """The first column of a data frame that holds no numbers."""
    if getattr(X, "shape", None) is None:  # a lazy frame of polars has no columns yet
        return None
    for name in getattr(X, "column_names", getattr(X, "columns", ())):  # of pyarrow, of others
        values = np.asarray(X[name])
        present = values[~is_missing(values)]
        kind = values.dtype.kind
        if len(present) and (kind in TIMES or (kind in TEXT and not _are_numbers(present))):
            return f"Column {name!r} of X holds {present[0]}, which is no number. {ENCODERS}"
    return None


def _of_rows(X: Any, y: Any) -> str | None:
    """Samples as columns, in X or in y, where one of the two has them as rows or both have not."""
    of_X, of_y = _shape(X), _shape(y)
    if len(of_X) != 2 or not of_y or of_X[0] == of_y[0]:
        return None
    turned_y = "y.ravel()" if of_y[0] == 1 else "y.T"
    if of_X[0] == of_y[-1]:
        write = turned_y
    elif of_X[1] == of_y[-1]:
        write = f"X.T and {turned_y}" if len(of_y) > 1 else "X.T"
    else:
        return None
    return (
        f"Found input variables with inconsistent numbers of samples: [{of_X[0]}, {of_y[0]}]. "
        "A sample is always a row here, X of shape (n_samples, n_features), but X has shape "
        f"{of_X} and y {of_y}: write {write}."
    )


def _shape(data: Any) -> tuple[int, ...]:
    """Of an array, a frame or lists; () if it has none."""
    try:
        return tuple(np.shape(data) if isinstance(data, list) else data.shape)
    except (AttributeError, TypeError, ValueError):  # data without a shape, or ragged lists
        return ()


def _are_numbers(values: np.ndarray) -> bool:
    """Whether text or objects can be read as numbers; complex ones are refused by others."""
    try:
        for value in values:
            if not isinstance(value, Number):
                float(value)
    except (TypeError, ValueError):
        return False
    return True
