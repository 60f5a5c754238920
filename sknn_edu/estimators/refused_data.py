"""What is wrong with data that scikit-learn's checks refuse, in words about the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from numbers import Number, Real
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import _safe_indexing

from ..missing import is_missing
from .target_checks import is_complex

NUMBERS, TEXT, TIMES = "iufb", "OUST", "mM"  # kinds of dtypes; objects may be text
TABLES = "or use TabularClassifier or TabularRegressor, which take such tables as they are."
ENCODERS = f"Encode it, for example with sklearn.preprocessing.OneHotEncoder, {TABLES}"
UNITS = f"Make numbers of it, such as days, (X - X.min()) / np.timedelta64(1, 'D'), {TABLES}"
IMPUTERS = f"Fill them in, for example with sklearn.impute.SimpleImputer, {TABLES}"


@contextmanager
def explained(X: Any, y: Any, names: Any = None, *, gaps_allowed: bool = False) -> Iterator[None]:
    """Say more than scikit-learn's checks do where labels, columns or rows show why they fail.

    ``names`` are the columns that `fit` has seen, if they had names; whether missing numbers in X
    are allowed is ``gaps_allowed``.
    """
    try:
        # The checks add the numbers of X up; y is converted later.
        with np.errstate(over="ignore", invalid="ignore"), numbers_fit("X"):
            yield
    except (TypeError, ValueError) as error:
        reason = (
            _of_labels(y)
            or no_table(X)
            or (_of_stored(X) if issparse(X) else _of_columns(X, names, gaps_allowed))
            or _of_rows(X, y)
        )
        if reason is None:
            raise
        raise ValueError(reason) from error


@contextmanager
def numbers_fit(name: str) -> Iterator[None]:
    """Say which argument has a number that Python can hold, but no array of floats."""
    try:
        yield
    except OverflowError as error:
        raise ValueError(
            f"{name} has a whole number that is too large for float64, whose largest is 1.8e308. "
            f"Divide {name} by a power of ten, or take its logarithm."
        ) from error


@contextmanager
def explained_labels(y: Any) -> Iterator[None]:
    """Say which labels cannot be sorted together, where Python only says which types."""
    try:
        yield
    except (TypeError, ValueError) as error:
        labels = np.asarray(y, dtype=object).ravel()
        if large := [n for n in labels if isinstance(n, int) and n.bit_length() > 64]:
            raise ValueError(
                f"y has labels that are too large for numbers of 64 bits: one has "
                f"{large[0].bit_length()}. Make them text: [str(label) for label in y]."
            ) from error
        types = {type(label): label for label in labels[::-1]}  # with the first label of each
        if types and not any(issubclass(kind, (str, bytes, Number)) for kind in types):
            raise ValueError(
                f"y holds {labels[0]!r}, and scikit-learn takes text or numbers as labels. Make "
                "text of them, for example with np.asarray(y).astype(str)."
            ) from error
        if len(types) < 2 or not (isinstance(error, TypeError) or str in types):
            raise
        named = " and ".join(f"{label!r} ({kind.__name__})" for kind, label in types.items())
        raise TypeError(
            f"y has labels of types that cannot be sorted together, such as {named}. Make them all "
            "of one type, for example with np.asarray(y).astype(str)."
        ) from error


def refuse_gaps(y: np.ndarray) -> None:
    """Raise ValueError if some of the objects in y are missing."""
    if is_missing(y.ravel()).any():
        raise ValueError(_of_labels(y))


def refuse_times(X: Any) -> None:
    """Raise ValueError if X holds dates or durations only.

    NumPy would make their nanoseconds numbers, of which no network learns; beside other columns
    they are refused anyway.
    """
    is_array = isinstance(X, np.ndarray)
    if not is_array and getattr(X, "columns", None) is None:  # neither an array nor a frame
        return
    first = X if is_array else np.asarray(_safe_indexing(X, slice(0, 1)))
    objects = first.flat if first.dtype.kind == "O" and first is not X else ()
    if first.dtype.kind in TIMES or any(isinstance(value, (date, timedelta)) for value in objects):
        reason = _of_columns(X, None, gaps_allowed=True)
        if reason is not None:
            raise ValueError(reason)


def no_table(X: Any) -> str | None:
    """Why X has no rows and columns, though a table could be made of it."""
    if isinstance(X, Mapping) and not issparse(X):  # a sparse matrix may be both
        rows = "X" if any(np.ndim(value) for value in X.values()) else "[X]"
        return f"X is a dict, which has no rows. Pass a table: pandas.DataFrame({rows})."
    if isinstance(X, (list, tuple)) and X and isinstance(X[0], Mapping):
        return (
            "X is a list of dicts. Pass a table, pandas.DataFrame(X), or make numbers of them "
            "with sklearn.feature_extraction.DictVectorizer."
        )
    if isinstance(X, (list, tuple)) and X and isinstance(X[0], str):
        return (
            f"X is a list of text, such as {X[0]!r}, and has no columns. Make numbers of its "
            "words with sklearn.feature_extraction.text.TfidfVectorizer."
        )
    if getattr(getattr(X, "dtype", None), "names", None):
        return "X is a structured array. Pass a table: pandas.DataFrame(X)."
    return None


def _of_labels(y: Any) -> str | None:
    """Labels or targets that are missing, infinite, or lists."""
    try:
        labels = np.asarray(None if issparse(y) else y, dtype=object)
    except (TypeError, ValueError):
        return None
    if not labels.ndim:
        return None
    n = len(labels)
    if lists := [label for label in labels.flat if isinstance(label, (list, tuple, set))]:
        return (
            f"y has samples with several labels, such as {lists[0]!r}. Make a column of 0 and 1 "
            "for each label: sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y)."
        )
    missing = is_missing(labels.ravel())
    if n_missing := _n_rows(missing, n):
        text = any(isinstance(label, str) for label in labels.flat)
        what, else_ = ("label", ', or make "missing" a class') if text else ("target", "")
        return (
            f"Input y contains NaN: {n_missing} of {n} samples have no {what}. Leave them out, "
            f"X[~missing] and y[~missing] with missing = pd.isna(y){else_}."
        )
    infinite = [isinstance(label, Real) and abs(label) == np.inf for label in labels.flat]
    if n_infinite := _n_rows(np.array(infinite), n):
        return (
            "Input y contains infinity or a value too large for dtype('float64'): "
            f"{n_infinite} of {n} samples. Leave them out, or write a large number instead."
        )
    return None


def _n_rows(wrong: np.ndarray, n: int) -> int:
    """In how many of n rows something is wrong."""
    return int(np.count_nonzero(wrong.reshape(n, -1).any(axis=1))) if wrong.any() else 0


def _of_columns(X: Any, names: Any, gaps_allowed: bool) -> str | None:
    """The first column that holds no numbers, or infinite ones, or has gaps."""
    columns = _columns_of(X)
    if names is not None and [name for name, _ in columns] not in (
        list(names),
        list(range(len(names))),
    ):
        return None  # other columns than fit has seen: scikit-learn says which
    reasons = [_of_text(*column) for column in columns]
    reasons += [_of_numbers(*column, gaps_allowed) for column in columns if not any(reasons)]
    return next(filter(None, reasons), None)


def _of_stored(X: Any) -> str | None:
    """Missing numbers in a sparse matrix."""
    stored = X.tocoo().data
    missing = np.isnan(stored) if stored.dtype.kind == "f" else np.zeros(0)
    if not missing.any():
        return None
    return (
        f"Input X contains NaN: {missing.sum()} of the {len(missing)} numbers that the sparse "
        "matrix stores. Write 0 or another number instead: X.data[np.isnan(X.data)] = 0."
    )


def _columns_of(X: Any) -> list[tuple[Any, np.ndarray]]:
    """Name and values of each column; none of what is no table yet."""
    if not isinstance(X, (list, tuple)) and getattr(X, "shape", None) is None:
        return []  # a lazy frame of polars has no columns yet
    names = getattr(X, "column_names", getattr(X, "columns", None))  # of pyarrow, of others
    if names is not None:
        return [(name, np.asarray(X[name])) for name in names]
    try:
        array = X if isinstance(X, np.ndarray) else np.asarray(X, dtype=object)
    except (TypeError, ValueError):
        return []
    return list(enumerate(array.T)) if array.ndim == 2 else []


def _of_text(name: Any, values: np.ndarray) -> str | None:
    present = values[~is_missing(values)]
    if values.dtype.kind in TIMES:
        others = present[:1]
    else:
        others = (
            [] if values.dtype.kind not in TEXT else [v for v in present if not _says_number(v)]
        )
    if not len(others) or type(others[0]).__hash__ is None:  # such as dicts and lists
        return None
    is_time = values.dtype.kind in TIMES or isinstance(others[0], (date, timedelta, np.generic))
    advice = UNITS if is_time else ENCODERS
    return f"Column {name!r} of X holds {others[0]}, which is no number. {advice}"


def _of_numbers(name: Any, values: np.ndarray, gaps_allowed: bool) -> str | None:
    of_objects = values if values.dtype.kind == "O" else ()
    if values.dtype.kind == "c" or any(map(is_complex, of_objects)):
        return None
    missing = is_missing(values)
    try:
        with np.errstate(over="ignore"):
            infinite = np.isinf(values[~missing].astype(np.float64))
    except (OverflowError, TypeError, ValueError):
        return None  # of other objects
    if infinite.any():
        return (
            f"Input X contains infinity or a value too large for dtype('float64') in column "
            f"{name!r}: {infinite.sum()} of {len(values)} values. Write a large number instead, "
            "or leave these rows out."
        )
    if missing.any() and not gaps_allowed:
        return (
            f"Input X contains NaN: {missing.sum()} of {len(values)} values of column {name!r} "
            f"are missing. {IMPUTERS}"
        )
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


def _says_number(value: Any) -> bool:
    """Whether an object or text can be read as a number; complex ones are refused by others."""
    try:
        if not isinstance(value, Number) or isinstance(value, np.timedelta64):
            float(value)
    except (TypeError, ValueError):
        return False
    return True
