"""`AveragedClassifier`: several trainings of one classifier, averaged."""

from __future__ import annotations

from typing import Any, Self, cast

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import _fit_context
from sklearn.utils.validation import check_is_fitted, validate_data

from ..estimators.available_if import unless
from ..estimators.inspection import targets_of
from ..estimators.label_score import LabelScoreMixin
from ..estimators.targets import ClassTargets
from ..training.training import Observer
from .averaging import AVERAGING_CONSTRAINTS, Averaged, lacks
from .temperature import TemperatureScaling


class AveragedClassifier(LabelScoreMixin, Averaged):
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
    temperature_scaling : bool, default=False
        Whether the output layer of each member is scaled so that its probabilities fit the rows
        that it held out; see `TemperatureScaling`. The estimator is a `BackpropClassifier` then.

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
        **AVERAGING_CONSTRAINTS,
        "temperature_scaling": ["boolean"],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        n_members: int = 3,
        n_jobs: int | None = None,
        random_state: Any = None,
        dtype: str = "float32",
        temperature_scaling: bool = False,
    ) -> None:
        self.estimator = estimator
        self.n_members = n_members
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.dtype = dtype
        self.temperature_scaling = temperature_scaling

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

    def _observers(self) -> list[Observer]:
        return [TemperatureScaling()] if self.temperature_scaling else []

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
        P = self._mean("predict_proba", X)
        if not cast(ClassTargets, targets_of(self.members_[0])).is_multilabel:
            P /= P.sum(axis=1, keepdims=True)  # to the last digit, which float32 does not have
        return P

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
