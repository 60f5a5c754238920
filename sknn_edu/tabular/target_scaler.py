"""`TargetScaler`: targets with mean 0 and variance 1, and predictions within their range."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data


class TargetScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Targets with mean 0 and variance 1: ``(y - mean) / scale``; and back.

    Parameters
    ----------
    standardise : bool, default=True
        False leaves the targets as they are, for losses that need positive ones.
    clip : bool, default=True
        Whether `inverse_transform` keeps within the range that was seen in `fit`.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_targets,)
        Mean and standard deviation of each target; a scale of 1 for a constant one.
    low_, high_ : ndarray of shape (n_targets,)
        Range of each target.
    n_features_in_ : int
        Targets seen in `fit`.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.tabular import TargetScaler
    >>> scaler = TargetScaler().fit(np.array([[10.0], [30.0]]))
    >>> scaler.transform([[20.0]]), scaler.inverse_transform([[5.0]])
    (array([[0.]]), array([[30.]]))
    """

    _parameter_constraints: dict = {"standardise": ["boolean"], "clip": ["boolean"]}  # noqa: RUF012

    def __init__(self, *, standardise: bool = True, clip: bool = True) -> None:
        self.standardise = standardise
        self.clip = clip

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Learn mean, scale and range of the targets.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_targets)
        y : None
            Not used.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows; those without weight do not count.

        Returns
        -------
        self : object
        """
        X = validate_data(self, X, dtype=np.float64)
        w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if not w.any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        X, w = X[w > 0], w[w > 0]
        self.low_, self.high_ = X.min(axis=0), X.max(axis=0)
        self.mean_, self.scale_ = np.zeros(X.shape[1]), np.ones(X.shape[1])
        if self.standardise:
            # In units of the largest number, whose square may be infinite.
            unit = np.maximum(np.abs(X).max(axis=0), np.finfo(X.dtype).tiny)
            mean = np.average(X / unit, axis=0, weights=w)
            scale = np.sqrt(np.average((X / unit - mean) ** 2, axis=0, weights=w)) * unit
            constant = (self.low_ == self.high_) | (scale == 0)
            self.mean_, self.scale_ = mean * unit, np.where(constant, 1.0, scale)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Standardise targets.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_targets)

        Returns
        -------
        standardised : ndarray of shape (n_samples, n_targets)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        # Halves: the difference of two large numbers of opposite sign would be infinite.
        return (X / 2 - self.mean_ / 2) / self.scale_ * 2

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Targets as they were, within the range that was seen if ``clip``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_targets)

        Returns
        -------
        targets : ndarray of shape (n_samples, n_targets)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        with np.errstate(over="ignore"):
            y = X * self.scale_ + self.mean_
        return np.clip(y, self.low_, self.high_) if self.clip else y
