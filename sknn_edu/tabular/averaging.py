"""`AveragedClassifier` and `AveragedRegressor`: several trainings of one network, averaged."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    RegressorMixin,
    _fit_context,
    clone,
)
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from ..estimators.available_if import unless
from ..estimators.callbacks import CallbackSupportMixin
from ..estimators.inspection import targets_of
from ..estimators.targets import ClassTargets, NumberTargets
from .tasks import Tasks

MEMBER_CONSTRAINTS: dict[str, list[Any]] = {
    "n_members": [Interval(Integral, 1, None, closed="left")],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
}
DTYPE = [StrOptions({"float32", "float64"})]


class _Averaged(CallbackSupportMixin, MetaEstimatorMixin, BaseEstimator):
    """Base of the two: train the members."""

    def _train(self, X: Any, y: Any, sample_weight: Any) -> list[Any]:
        """The trained members."""
        tasks = Tasks(self, "member", self.n_members)
        tasks.begin(X, y, sample_weight)
        random_state = check_random_state(self.random_state)
        seeds = random_state.randint(np.iinfo(np.int32).max, size=self.n_members)
        members = [clone(self.estimator).set_params(random_state=int(seed)) for seed in seeds]
        known = {} if sample_weight is None else {"sample_weight": sample_weight}

        def train(i: int) -> Any:
            with tasks.part(i, members[i], X, y, sample_weight):
                return members[i].fit(X, y, **known)

        # Threads: the compiled core lets others run.
        workers = Parallel(n_jobs=self.n_jobs, require="sharedmem")
        workers(delayed(train)(i) for i in range(self.n_members))
        tasks.end({**vars(self), "members_": members})
        return members

    def first_network(self) -> Any:
        """The first member; before any fit, what is to be trained.

        Returns
        -------
        network : BackpropClassifier or BackpropRegressor
        """
        members = vars(self).get("members_")
        return self.estimator if members is None else members[0]

    def _mean(self, method: str, X: Any) -> np.ndarray:
        """The mean over the members of what a method gives."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=self.dtype, reset=False)
        total = getattr(self.members_[0], method)(X).astype(np.float64)
        for member in self.members_[1:]:
            total += getattr(member, method)(X)
        return total / len(self.members_)


def lacks(method: str) -> Any:
    """A condition of `unless`: that the networks have this method; if not, they say why."""

    def why(averaged: Any) -> str | None:
        try:
            getattr(averaged.first_network(), method)
        except AttributeError as error:
            return str(error)
        return None

    return why


class AveragedClassifier(ClassifierMixin, _Averaged):
    """A classifier trained several times, whose probabilities are averaged.

    Parameters
    ----------
    estimator : BackpropClassifier
        What is trained; clones of it are.
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
    members_ : list of BackpropClassifier
        The trained networks.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Columns of X.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sknn_edu import BackpropClassifier
    >>> from sknn_edu.tabular import AveragedClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> net = BackpropClassifier(8, "tanh", solver="lbfgs", alpha=1, max_iter=2000)
    >>> clf = AveragedClassifier(net, random_state=0).fit(X, y)
    >>> len(clf.members_), round(clf.score(X, y), 2)
    (3, 0.99)
    """

    _parameter_constraints: dict = {  # noqa: RUF012
        "estimator": [HasMethods(["fit", "predict"])],
        **MEMBER_CONSTRAINTS,
        "dtype": DTYPE,
    }

    def __init__(
        self,
        estimator: Any,
        *,
        n_members: int = 3,
        n_jobs: int | None = None,
        random_state: Any = None,
        dtype: str = "float32",
    ) -> None:
        self.estimator = estimator
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
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
        """
        X, y = validate_data(self, X, y, dtype=self.dtype, multi_output=True)
        self.members_ = self._train(X, ClassTargets.tidy(y), sample_weight)
        return self

    @property
    def classes_(self) -> np.ndarray:
        """Class labels."""
        check_is_fitted(self, "members_")
        return self.members_[0].classes_

    @unless(lacks("predict_proba"))
    def predict_proba(self, X: Any) -> np.ndarray:
        """Mean probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        P : ndarray of shape (n_samples, n_classes)
        """
        return self._mean("predict_proba", X)

    @unless(lacks("decision_function"))
    def decision_function(self, X: Any) -> np.ndarray:
        """Mean margin, where there are no probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        return self._mean("decision_function", X)

    def predict(self, X: Any) -> np.ndarray:
        """The class with the largest mean probability or margin.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        """
        check_is_fitted(self, "members_")
        probable = lacks("predict_proba")(self) is None
        scores, threshold = (
            (self.predict_proba(X), 0.5) if probable else (self.decision_function(X), 0.0)
        )
        targets: Any = targets_of(self.members_[0])
        if targets.is_multilabel:
            labels = (scores > threshold).astype(int)
            return csr_matrix(labels) if targets.sparse_labels else labels
        numbers = scores.argmax(axis=1) if scores.ndim == 2 else (scores > threshold).astype(int)
        return self.classes_[numbers]


class AveragedRegressor(RegressorMixin, _Averaged):
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
        "estimator": [HasMethods(["fit", "predict"])],
        "target_scaler": [HasMethods(["fit", "transform", "inverse_transform"])],
        **MEMBER_CONSTRAINTS,
        "dtype": DTYPE,
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
