"""`RobustSmoothClip`: columns scaled by median and quartiles, outliers bent towards a limit."""

from __future__ import annotations

from numbers import Real
from typing import Any, Self

import numpy as np
from sklearn.base import OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ..estimators.explained_parameters import ExplainedParameters
from ..estimators.refused_data import explained

FLOATS = (np.float64, np.float32)


class RobustSmoothClip(OneToOneFeatureMixin, TransformerMixin, ExplainedParameters):
    """Scale each column by its median and quartiles, and bend outliers smoothly to a limit.

    ``z = (x - median) / (Q3 - Q1)``, then ``z / sqrt(1 + (z / limit)^2)``, which is z for small z
    and never passes the limit.

    Where the quartiles are equal, half the range of the column takes the place of their
    difference; a constant column becomes zeros. Missing values (NaN) are left out in `fit` and
    stay missing in `transform`; a column without any value stays missing.

    Parameters
    ----------
    limit : float or None, default=3.0
        What no value passes, greater than 0; None only scales.
    quantile_range : pair of float, default=(25.0, 75.0)
        Which percentiles are Q1 and Q3.

    Attributes
    ----------
    center_ : ndarray of shape (n_features,)
        Median of each column; NaN where it has no value.
    scale_ : ndarray of shape (n_features,)
        What each column is divided by.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings.

    See Also
    --------
    sklearn.preprocessing.RobustScaler : The scaling without the limit.

    References
    ----------
    Holzmueller, Grinsztajn and Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import RobustSmoothClip
    >>> X = np.array([[1.0], [2.0], [3.0], [4.0], [1000.0]])
    >>> RobustSmoothClip().fit_transform(X).ravel().round(2)
    array([-0.95, -0.49,  0.  ,  0.49,  3.  ])
    """

    _parameter_constraints: dict = {  # noqa: RUF012
        "limit": [Interval(Real, 0, None, closed="neither"), None],
        "quantile_range": [tuple, list],
    }

    def __init__(
        self, *, limit: float | None = 3.0, quantile_range: tuple[float, float] = (25.0, 75.0)
    ) -> None:
        self.limit = limit
        self.quantile_range = quantile_range

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Find the median and the scale of each column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers, or NaN where one is missing. float32 stays float32.
        y : None
            Not used; here because scikit-learn's transformers have it.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows: a weight of 2 is the same as two equal rows.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If X is infinite somewhere, or the percentiles are not in order.
        TypeError
            If X is sparse.
        """
        low, high = _checked_range(self.quantile_range)
        X = self._checked(X, reset=True)
        w = np.ones(len(X))
        if sample_weight is not None:
            w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
            if not w.any():
                raise ValueError("Sample weights must contain at least one non-zero number.")
        statistics = [_center_and_scale(column, w, (low, 0.5, high)) for column in X.T]
        center, scale = np.array(statistics).T
        self.center_ = center.astype(X.dtype)
        self.scale_ = scale.clip(max=np.finfo(X.dtype).max).astype(X.dtype)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Scale X, and bend it to the limit.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
            Between -limit and limit, NaN where X is.
        """
        check_is_fitted(self)
        X = self._checked(X, reset=False)
        largest = np.finfo(X.dtype).max
        # A quarter of each: differences of the largest numbers stay finite.
        quarter = X.dtype.type(0.25)
        with np.errstate(over="ignore"):
            Z = X * quarter
            Z -= (self.center_ * quarter).astype(X.dtype)
            Z /= np.maximum(self.scale_ * quarter, np.finfo(X.dtype).tiny).astype(X.dtype)
        np.clip(Z, -largest, largest, out=Z)
        if self.limit is not None:
            limit = X.dtype.type(self.limit)
            with np.errstate(over="ignore"):
                Z /= np.hypot(1, np.clip(Z / limit, -largest, largest))
        return Z

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Undo `transform`: ``x = median + scale z / sqrt(1 - (z / limit)^2)``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Between -limit and limit.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)

        Raises
        ------
        ValueError
            If a number is beyond the limit.
        """
        check_is_fitted(self)
        Z = self._checked(X, reset=False, copy=True)
        largest = np.finfo(Z.dtype).max
        with np.errstate(over="ignore"):
            if self.limit is not None:
                if np.nanmax(np.abs(Z), initial=0) > self.limit:
                    raise ValueError(
                        f"transform gives numbers between -{self.limit} and {self.limit}, but X "
                        "has one beyond. Clip X to the limit first."
                    )
                # At the limit itself, where rounding may have led, the inverse is infinite.
                t = np.clip(Z / Z.dtype.type(self.limit), *_just_inside(Z.dtype))
                Z /= np.sqrt((1 - t) * (1 + t))
            Z *= self.scale_.astype(Z.dtype)
            Z += self.center_.astype(Z.dtype)
        return np.clip(Z, -largest, largest, out=Z)

    def _checked(self, X: Any, **options: Any) -> np.ndarray:
        names = None if options["reset"] else getattr(self, "feature_names_in_", None)
        with explained(X, None, names, gaps_allowed=True):
            return validate_data(self, X, dtype=FLOATS, ensure_all_finite="allow-nan", **options)

    def __sklearn_tags__(self):
        """Missing values are let through, and float32 stays float32."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _checked_range(given: Any) -> tuple[float, float]:
    """The percentiles as parts of 1."""
    numbers = len(given) == 2 and all(isinstance(each, Real) for each in given)
    if not numbers or not 0 <= given[0] < given[1] <= 100:
        raise ValueError(
            f"quantile_range must be two percentiles in order, such as (25.0, 75.0), got {given!r}."
        )
    return given[0] / 100, given[1] / 100


def _just_inside(dtype: np.dtype) -> tuple[Any, Any]:
    """The numbers next to -1 and 1, between them."""
    below = np.nextafter(dtype.type(1), dtype.type(0))
    return -below, below


def _center_and_scale(
    x: np.ndarray, w: np.ndarray, at: tuple[float, float, float]
) -> tuple[float, float]:
    """Median and scale of a column; NaN and 1 where no value is."""
    present = ~np.isnan(x) & (w > 0)
    if not present.any():
        return np.nan, 1.0
    x = x[present].astype(np.float64)
    low, median, high = _quantiles(x, w[present], at)
    # Halves first: the difference of two large numbers of opposite sign would be infinite.
    half = (high / 2 - low / 2) or (x.max() / 4 - x.min() / 4) or 0.5
    return median, 2 * min(half, np.finfo(np.float64).max / 2)


def _quantiles(x: np.ndarray, w: np.ndarray, at: tuple[float, ...]) -> np.ndarray:
    """Quantiles of weighted numbers: the mean of those that may claim the place.

    For the median of n equal weights it is the usual one; a weight of 2 is two equal numbers.
    """
    order = np.argsort(x, kind="stable")
    x, cumulated = x[order], np.cumsum(w[order])
    place = np.asarray(at) * cumulated[-1]
    first = np.searchsorted(cumulated, place, side="left").clip(max=len(x) - 1)
    last = np.searchsorted(cumulated, place, side="right").clip(max=len(x) - 1)
    return x[first] / 2 + x[last] / 2
