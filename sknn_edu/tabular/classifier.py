"""`TabularClassifier`: classes of the rows of a table."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from ..estimators.advice import names_explained
from ..estimators.available_if import unless
from ..estimators.classifier import BackpropClassifier
from ..estimators.label_score import LabelScoreMixin
from ..estimators.targets import ClassTargets
from ..losses import LogLoss
from .averaged_classifier import AveragedClassifier
from .averaging import lacks
from .base import TABLE_CONSTRAINTS, BaseTabular
from .shared_docs import with_table_docs


@with_table_docs(
    network="BackpropClassifier",
    n_members="3",
    average="probabilities",
    rate="0.04",
    score="the accuracy",
    class_weight="""
    class_weight : dict, 'balanced' or None, default=None
        Weight of each class, by label; 'balanced' makes all classes count the same.""",
)
class TabularClassifier(LabelScoreMixin, BaseTabular):
    """Networks that classify the rows of a table, with what makes them accurate there.

    The columns are encoded by their kind, and several networks with chosen settings are trained
    and averaged.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(128, 128, 128)
        Units of each hidden layer.
    activation : str, Activation, or sequence of them, default='selu'
        Function of the hidden layers, or one for each.
    $parameters
    loss : str or Loss, default='log_loss'
        Loss of a row.
    label_smoothing : float, default=0.1
        With ``loss='log_loss'``, the part of each target that is shared by all classes, in
        [0, 1).
    temperature_scaling : bool, default=True
        Whether the probabilities of each network are calibrated on the rows that it held out, by
        one factor on its output layer; see `sknn_edu.tabular.TemperatureScaling`.
    $more_parameters

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    $attributes

    See Also
    --------
    sknn_edu.TabularRegressor : For real-valued targets.
    sknn_edu.BackpropClassifier : One network, for arrays of numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import train_test_split
    >>> from sknn_edu import TabularClassifier
    >>> X, X_test, y, y_test = train_test_split(*load_wine(return_X_y=True), random_state=0)
    >>> clf = TabularClassifier(random_state=0).fit(X, y)
    >>> clf.score(X_test, y_test) > 0.9
    True
    """

    _network_class = BackpropClassifier
    _targets_class = ClassTargets
    _parameter_constraints: dict = {  # noqa: RUF012
        **TABLE_CONSTRAINTS,
        "temperature_scaling": ["boolean"],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    @names_explained
    def __init__(
        self,
        hidden_layer_sizes: Any = (128, 128, 128),
        activation: Any = "selu",
        *,
        n_members: int = 3,
        solver: Any = "adam",
        alpha: float = 0.0,
        l1_ratio: float = 0.0,
        dropout: Any = 0.0,
        batch_size: int | str = "auto",
        learning_rate: Any = "coslog",
        learning_rate_init: float = 0.04,
        beta_1: float = 0.9,
        beta_2: float = 0.95,
        max_iter: int = 128,
        parametrization: str = "ntk",
        weight_init: Any = "auto",
        n_hidden_layers: int | None = None,
        clip_norm: float | None = None,
        loss: Any = "log_loss",
        label_smoothing: float = 0.1,
        temperature_scaling: bool = True,
        output_activation: Any = "auto",
        class_weight: dict | str | None = None,
        early_stopping: bool | str = "best",
        validation_fraction: float = 0.2,
        scoring: Any = None,
        tol: float = 1e-4,
        n_iter_no_change: float = 10,
        max_categories: int | None = 50,
        min_frequency: float | None = None,
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: bool | int = False,
        engine: str = "auto",
    ) -> None:
        self._store(locals())

    @property
    def classes_(self) -> np.ndarray:
        """Class labels."""
        check_is_fitted(self, "members_")
        return self.members_[0].classes_

    @unless(lacks("predict_proba"))
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, the mean over the networks.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        P : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; for labels, the probability of each.
        """
        return self._of_pipeline("predict_proba", X)

    @unless(lacks("predict_proba"))
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithm of `predict_proba`; -inf where a probability is zero.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        log_P : ndarray of shape (n_samples, n_classes)
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @unless(lacks("decision_function"))
    def decision_function(self, X: Any) -> np.ndarray:
        """Margins, for losses without probabilities; positive means yes.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        return self._of_pipeline("decision_function", X)

    def _networks(self, y: Any, sample_weight: np.ndarray | None) -> AveragedClassifier:
        network = self._network(y, sample_weight)
        scaling = {"temperature_scaling": self.temperature_scaling}
        return AveragedClassifier(network, **self._averaging(y), **scaling)

    def _network_params(self) -> dict[str, Any]:
        params = super()._network_params()
        if isinstance(self.loss, str) and self.loss == "log_loss" and self.label_smoothing:
            params["loss"] = LogLoss(label_smoothing=self.label_smoothing)
        return params

    def _can_hold_out(self, y: Any, sample_weight: np.ndarray | None) -> bool:
        """Two classes are held out in proportion, which needs two rows of each."""
        alone = y.ndim == 1 and min(np.unique_counts(y).counts) < 2
        return super()._can_hold_out(y, sample_weight) and not alone

    def __sklearn_tags__(self):
        """Several labels are supported."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
