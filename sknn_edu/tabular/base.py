"""What `TabularClassifier` and `TabularRegressor` both do: encode, train, average."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from sklearn import config_context
from sklearn.base import _fit_context, clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, check_consistent_length
from sklearn.utils.validation import (
    _check_sample_weight,
    _check_y,
    check_is_fitted,
    validate_data,
)

from ..estimators.advice import arguments_explained
from ..estimators.callbacks import CallbackSupportMixin
from ..estimators.data import check_total, in_numpy
from ..estimators.explained_parameters import ExplainedParameters
from ..estimators.parameters import CONSTRAINTS, get
from ..estimators.refused_data import explained
from ..estimators.shared_docs import DOC_LINK
from ..estimators.target_coding import Targets
from ..optimizers import FirstOrder, Optimizer
from .averaging import MEMBER_CONSTRAINTS
from .columns import checked_table, names_checked
from .encoder import ENCODER_CONSTRAINTS, column_encoder
from .tasks import Tasks

FEWEST_HELD_OUT = 10  # a best epoch that fewer rows choose is chance
OF_COLUMNS = ("n_features_in_", "feature_names_in_")
BATCHES, LEAST_BATCH, MOST_BATCH = 8, 32, 256  # of an epoch; rows of each
FEW_ROWS = 50  # fewer are computed with in float64, which takes no time

TABLE_CONSTRAINTS: dict[str, list[Any]] = {
    **CONSTRAINTS,
    **ENCODER_CONSTRAINTS,
    **MEMBER_CONSTRAINTS,
}


class BaseTabular(CallbackSupportMixin, ExplainedParameters, metaclass=ABCMeta):
    """Base of the two estimators; they add the networks and the targets."""

    _parameter_constraints: dict = TABLE_CONSTRAINTS
    _network_class: type
    _targets_class: type[Targets]

    _doc_link_module = "sknn_edu"  # where a notebook's picture of the estimator leads
    _doc_link_template = DOC_LINK

    def _store(self, arguments: dict[str, Any]) -> None:
        """Keep the constructor's arguments as they are, as scikit-learn wants it."""
        for name, value in arguments.items():
            if name != "self":
                setattr(self, name, value)

    @arguments_explained
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Encode the columns, and train the networks.

        A call that fails, or is interrupted, leaves the estimator as it was.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The table: numbers, categories, dates, with missing values.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: class labels, a label indicator matrix, or real numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, not negative. They count in the scales of the columns, too.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If a column cannot be read; the message names it.
        ValueError
            If a parameter or the data do not fit.
        """
        tasks = Tasks(self, "networks", 1)
        tasks.begin(X, y, sample_weight)
        noted = clone(self)  # nothing may change on self before the fit has succeeded
        table, y, w = _checked(noted, X, y, sample_weight)
        y = self._targets_class.tidy(y)
        encoder = self._fitted_encoder(table, w)
        Z = encoder.transform(table)
        networks = self._networks(y, w)
        with tasks.part(0, networks, Z, y, w):
            networks.fit(Z, y, w)
        attributes = {
            **{name: vars(noted)[name] for name in OF_COLUMNS if name in vars(noted)},
            "pipeline_": Pipeline([("columns", encoder), ("networks", networks)]),
            "members_": networks.members_,
            "n_iter_": max(member.n_iter_ for member in networks.members_),
        }
        tasks.end(attributes)
        before = {name: value for name, value in vars(self).items() if name not in OF_COLUMNS}
        self.__dict__ = {**before, **attributes}
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the targets of X.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The columns that `fit` has seen, in the same order.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        return self._of_pipeline("predict", X)

    def _first_network(self) -> Any:
        """The first of the networks; before any fit, one with these parameters."""
        members = vars(self).get("members_")
        return self._network_class(**self._network_params()) if members is None else members[0]

    def _fitted_encoder(self, X: Any, sample_weight: np.ndarray | None) -> ColumnTransformer:
        """What encodes the columns; rows without weight do not count."""
        known = {}
        if sample_weight is not None:
            rows = np.flatnonzero(sample_weight)
            X, known["sample_weight"] = _safe_indexing(X, rows), sample_weight[rows]
        encoder = column_encoder(
            X, max_categories=self.max_categories, min_frequency=self.min_frequency
        )
        with config_context(enable_metadata_routing=True):
            return encoder.fit(X, **known)

    def _of_pipeline(self, method: str, X: Any) -> np.ndarray:
        """What the fitted pipeline gives for a table."""
        check_is_fitted(self)
        X = checked_table(X)
        validate_data(self, X, skip_check_array=True, reset=False)
        with names_checked():
            return getattr(self.pipeline_, method)(X)

    @abstractmethod
    def _networks(self, y: Any, sample_weight: np.ndarray | None) -> Any:
        """What is to be trained on the encoded table."""

    def _averaging(self, y: Any) -> dict[str, Any]:
        """Parameters of what trains the networks and averages them."""
        return {
            "n_members": self.n_members,
            "n_jobs": self.n_jobs,
            "random_state": self.random_state,
            "dtype": "float64" if y.shape[0] < FEW_ROWS else "float32",
        }

    def _network(self, y: Any, sample_weight: np.ndarray | None) -> Any:
        """One network, with the parameters of this estimator, for so many rows."""
        params, n = self._network_params(), y.shape[0]
        if params["early_stopping"]:
            n_held_out = int(np.ceil(self.validation_fraction * n))
            if self._can_hold_out(y, sample_weight):
                n -= n_held_out
            else:
                params.update(early_stopping=False, tol=0.0, n_iter_no_change=np.inf)
        if params["batch_size"] == "auto":
            params["batch_size"] = min(max(n // BATCHES, LEAST_BATCH), MOST_BATCH)
        params["batch_size"] = min(params["batch_size"], n)
        return self._network_class(**params)

    def _network_params(self) -> dict[str, Any]:
        """The parameters of a network: those that both have."""
        known = self._network_class().get_params(deep=False)
        params = {n: value for n, value in self.get_params(deep=False).items() if n in known}
        if not isinstance(get(Optimizer, "solver", self.solver), FirstOrder):
            params["learning_rate"] = "constant"  # the default would be of no use
        return params

    def _can_hold_out(self, y: Any, sample_weight: np.ndarray | None) -> bool:
        """Whether there are rows enough to choose the best epoch by."""
        n = y.shape[0] if sample_weight is None else np.count_nonzero(sample_weight)
        return self.validation_fraction * min(n, y.shape[0]) >= FEWEST_HELD_OUT

    def __sklearn_tags__(self):
        """Any table, missing values included."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _checked(est: Any, X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, np.ndarray | None]:
    """X, y and sample weights, which agree in their length; the columns are noted on ``est``."""
    X = checked_table(X)
    validate_data(est, X, y, skip_check_array=True, reset=True)
    with explained(None, y):
        y = _check_y(in_numpy(y), multi_output=True, estimator=est)
    check_consistent_length(X, y)
    if sample_weight is None:
        return X, y, None
    placeholder = np.empty((y.shape[0], 1))
    w = _check_sample_weight(sample_weight, placeholder, dtype=np.float64, ensure_non_negative=True)
    if not w.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    check_total(w)
    return X, y, w
