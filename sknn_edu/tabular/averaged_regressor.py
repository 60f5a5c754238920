"""`AveragedRegressor`: several trainings of one regressor on scaled targets, averaged."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin, _fit_context, clone
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.validation import validate_data

from ..estimators.targets import NumberTargets
from .averaging import AVERAGING_CONSTRAINTS, Averaged


class AveragedRegressor(RegressorMixin, Averaged):
    """A regressor trained several times on scaled targets, whose predictions are averaged.

    Parameters
    ----------
    estimator : BackpropRegressor
        What is trained; clones of it are.
    target_scaler : transformer
        Makes the targets that the networks see, such as `TargetScaler`.
    n_members : int, default=3
        How many.
    n_jobs : int or None, default=None
        Members that are trained at the same time, in threads; None is 1, -1 all cores. It never
        changes the result.
    random_state : int, RandomState instance or None, default=None
        Draws the seed of each member.
    dtype : {'float32', 'float64'}, default='float32'
        What the members compute in.

    Attributes
    ----------
    members_ : list of BackpropRegressor
        The trained networks; they predict scaled targets.
    target_scaler_ : transformer
        The fitted scaler.
    n_features_in_ : int
        Columns of X.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.tabular import AveragedRegressor, TargetScaler
    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> net = BackpropRegressor(8, "tanh", solver="lbfgs")
    >>> y = X[:, 0] ** 2
    >>> reg = AveragedRegressor(net, target_scaler=TargetScaler(), random_state=0).fit(X, y)
    >>> len(reg.members_), round(reg.score(X, y), 2)
    (3, 1.0)
    """

    _parameter_constraints: dict = {  # noqa: RUF012
        "target_scaler": [HasMethods(["fit", "transform", "inverse_transform"])],
        **AVERAGING_CONSTRAINTS,
    }

    def __init__(
        self,
        estimator: Any,
        *,
        target_scaler: Any,
        n_members: int = 3,
        n_jobs: int | None = None,
        random_state: Any = None,
        dtype: str = "float32",
    ) -> None:
        self.estimator = estimator
        self.target_scaler = target_scaler
        self.n_members = n_members
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.dtype = dtype

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train the members, each with a seed of its own, so with other weights and rows held out.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
        """
        X, y = validate_data(self, X, y, dtype=self.dtype, multi_output=True, y_numeric=True)
        y = NumberTargets.tidy(y)
        known = {} if sample_weight is None else {"sample_weight": sample_weight}
        scaler = clone(self.target_scaler).fit(_as_columns(y), **known)
        standardised = scaler.transform(_as_columns(y)).reshape(y.shape)
        self.members_ = self._train(X, standardised, sample_weight)
        self.target_scaler_ = scaler
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The mean of the predictions.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        mean = self._mean("predict", X)
        return self.target_scaler_.inverse_transform(_as_columns(mean)).reshape(mean.shape)


def _as_columns(y: np.ndarray) -> np.ndarray:
    """Targets with two axes."""
    return y.reshape(len(y), -1)
