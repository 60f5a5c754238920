"""The score of classifiers: of all labels that `fit` takes."""

from __future__ import annotations

from typing import Any

from sklearn.base import ClassifierMixin

from .shortcuts import accuracy
from .target_checks import to_compare


class LabelScoreMixin(ClassifierMixin):
    """scikit-learn's mixin, whose score refuses numbers in objects, and pandas' nullable labels."""

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of the samples whose class (or whole set of labels) is predicted.

        Parameters
        ----------
        X : data frame, array-like or sparse matrix of shape (n_samples, n_features)
            What `predict` takes.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        accuracy : float
        """
        return accuracy(to_compare(y), self.predict(X), sample_weight)
