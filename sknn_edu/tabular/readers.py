"""The first step for each kind of column: transformers that read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import (
    _check_feature_names_in,
    _check_n_features,
    check_is_fitted,
    validate_data,
)

from .columns import NAMES_ARE_CHECKED, Column, checked_table, columns_of
from .reading import (
    check_measure,
    days_of,
    is_truth,
    measure_of,
    numbers_of,
    text_of,
    truth_of,
)

WEEK, YEAR = 7, 366  # days


class _Reader(TransformerMixin, BaseEstimator):
    """Base of what reads columns of a table."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Note the columns.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
        y : None
            Not used.

        Returns
        -------
        self : object
        """
        self._columns(X, reset=True)
        return self

    def _columns(self, X: Any, reset: bool) -> list[Column]:
        X = checked_table(X)
        if NAMES_ARE_CHECKED.get() and not reset:
            _check_n_features(self, X, reset=False)
        else:
            validate_data(self, X, skip_check_array=True, reset=reset)
        return columns_of(X)

    def __sklearn_tags__(self):
        """Any table, missing values included."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags


class NumberReader(OneToOneFeatureMixin, _Reader):
    """Columns as numbers, an array of float64 with NaN for what is missing.

    Durations are in days, times of day parts of a day. What was one of these in `fit` must be so
    later, too.

    Attributes
    ----------
    measures_ : list of str or None
        What each column holds: numbers, durations or times of day.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.tabular import NumberReader
    >>> NumberReader().fit_transform(np.array([[1, "2.5"], [None, 3]], dtype=object))
    array([[1. , 2.5],
           [nan, 3. ]])
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Note the columns, and what they hold.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
        y : None
            Not used.

        Returns
        -------
        self : object
        """
        self.measures_ = [measure_of(column) for column in self._columns(X, reset=True)]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Read the numbers.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        numbers : ndarray of shape (n_samples, n_features), float64
        """
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        for column, measure in zip(columns, self.measures_, strict=True):
            check_measure(column, measure)
        return np.column_stack([numbers_of(column) for column in columns])


class CategoryReader(OneToOneFeatureMixin, _Reader):
    """Columns as text; what is missing becomes the category "missing".

    Where `fit` has seen truth values, 1 and 0 are read as such, too.

    Attributes
    ----------
    truth_ : list of bool
        Which columns hold nothing but True and False.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.tabular import CategoryReader
    >>> CategoryReader().fit_transform(np.array([["red", 1], [None, 2.0]], dtype=object))
    array([['red', '1'],
           ['missing', '2']], dtype=object)
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Note the columns, and which of them hold truth values.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
        y : None
            Not used.

        Returns
        -------
        self : object
        """
        self.truth_ = [is_truth(column) for column in self._columns(X, reset=True)]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Read the categories.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        text : ndarray of shape (n_samples, n_features), of str
        """
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        readers = [truth_of if is_yes_no else text_of for is_yes_no in self.truth_]
        return np.column_stack(
            [read(column) for read, column in zip(readers, columns, strict=True)]
        )


class DateReader(_Reader):
    """Columns of dates as days since the first one, and their place in the year, week and day.

    A place in a cycle is a point on a circle, ``sin(2 pi t)`` and ``cos(2 pi t)``; a cycle is left
    out if all dates in `fit` are in one place of it: one month, one weekday, one hour. What is
    missing is NaN in the days, and the middle of the circle in the cycles.

    Attributes
    ----------
    origin_ : ndarray of shape (n_features,)
        The first date of each column, in days since 1970.
    cycles_ : list of list of str
        The cycles of each column, out of "year", "week" and "day".
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.tabular import DateReader
    >>> dates = np.array([["2024-01-01"], ["2024-01-08"]], dtype="datetime64[D]")
    >>> DateReader().fit_transform(dates)
    array([[0.],
           [7.]])
    """

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the first date of each column, and the cycles in which its dates differ.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
        y : None
            Not used.

        Returns
        -------
        self : object
        """
        days = [days_of(column) for column in self._columns(X, reset=True)]
        self.origin_ = np.array([np.nanmin(d) if not np.isnan(d).all() else 0.0 for d in days])
        self.cycles_ = [_cycles_of(d) for d in days]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Read the dates.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        parts : ndarray of shape (n_samples, n_parts), float64
        """
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        parts: list[np.ndarray] = []
        for column, origin, cycles in zip(columns, self.origin_, self.cycles_, strict=True):
            days = days_of(column)
            parts.append(days - origin)
            for name in cycles:
                parts += _point(name, days)
        return np.column_stack(parts)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the parts: ``day_days``, ``day_year_sin``, and so on, for a column ``day``.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns, by default those seen in `fit`.

        Returns
        -------
        names : ndarray of shape (n_parts,), of str
        """
        check_is_fitted(self)
        names = []
        for column, cycles in zip(
            _check_feature_names_in(self, input_features), self.cycles_, strict=True
        ):
            names.append(f"{column}_days")
            names += [f"{column}_{cycle}_{f}" for cycle in cycles for f in ("sin", "cos")]
        return np.array(names, dtype=object)


def _days_in_year(days: np.ndarray) -> np.ndarray:
    """Days since the first of January."""
    dates = np.floor(np.nan_to_num(days)).astype("datetime64[D]")
    new_year = dates.astype("datetime64[Y]").astype("datetime64[D]")
    return days - new_year.astype(np.int64)


def _months(days: np.ndarray) -> np.ndarray:
    dates = np.floor(np.nan_to_num(days)).astype("datetime64[D]")
    return dates.astype("datetime64[M]").astype(np.int64) % 12


class _Cycle(NamedTuple):
    """A cycle, for dates given as days since 1970."""

    place: Callable[[np.ndarray], np.ndarray]  # from 0 to 1
    unit: Callable[[np.ndarray], np.ndarray]  # the number of the month, weekday, or hour


CYCLES = {
    "year": _Cycle(lambda days: _days_in_year(days) / YEAR, _months),
    "week": _Cycle(lambda days: days // 1 % WEEK / WEEK, lambda days: days // 1 % WEEK),
    "day": _Cycle(lambda days: days % 1, lambda days: days % 1 * 24 // 1),
}


def _cycles_of(days: np.ndarray) -> list[str]:
    """The cycles in which dates differ."""
    days = days[~np.isnan(days)]
    return [name for name, cycle in CYCLES.items() if len(np.unique(cycle.unit(days))) > 1]


def _point(name: str, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where dates are on the circle of a cycle; its middle for what is missing."""
    angle = 2 * np.pi * CYCLES[name].place(days)
    return np.nan_to_num(np.sin(angle)), np.nan_to_num(np.cos(angle))
