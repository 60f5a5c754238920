"""`TabularRegressor`: numbers for the rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import get_tags

from ..estimators.advice import names_explained
from ..estimators.regressor import BackpropRegressor
from ..estimators.targets import NumberTargets
from .averaged_regressor import AveragedRegressor
from .base import TABLE_CONSTRAINTS, BaseTabular
from .shared_docs import with_table_docs
from .target_scaler import TargetScaler


@with_table_docs(
    network="BackpropRegressor",
    n_members="5",
    average="predictions",
    rate="0.07",
    score="R2",
    class_weight="",
)
class TabularRegressor(RegressorMixin, BaseTabular):
    """Networks that predict numbers for the rows of a table, with what makes them accurate there.

    The columns are encoded by their kind, the targets standardised, and several networks with
    chosen settings are trained and averaged.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(64, 64, 64)
        Units of each hidden layer.
    activation : str, Activation, or sequence of them, default='mish'
        Function of the hidden layers, or one for each.
    $parameters
    loss : str or Loss, default='squared_error'
        Loss of a row. One that needs positive targets, such as 'poisson', sees them as they are,
        not standardised.
    clip_predictions : bool, default=True
        Whether predictions keep within the range of the targets seen in `fit`.
    $more_parameters

    Attributes
    ----------
    $attributes

    See Also
    --------
    sknn_edu.TabularClassifier : For classes.
    sknn_edu.BackpropRegressor : One network, for arrays of numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.model_selection import train_test_split
    >>> from sknn_edu import TabularRegressor
    >>> X, X_test, y, y_test = train_test_split(*load_diabetes(return_X_y=True), random_state=0)
    >>> reg = TabularRegressor(random_state=0).fit(X, y)
    >>> reg.score(X_test, y_test) > 0.3
    True
    """

    _network_class = BackpropRegressor
    _targets_class = NumberTargets
    _parameter_constraints: dict = {  # noqa: RUF012
        **TABLE_CONSTRAINTS,
        "clip_predictions": ["boolean"],
    }

    @names_explained
    def __init__(
        self,
        hidden_layer_sizes: Any = (64, 64, 64),
        activation: Any = "mish",
        *,
        n_members: int = 5,
        solver: Any = "adam",
        alpha: float = 0.0,
        l1_ratio: float = 0.0,
        dropout: Any = 0.0,
        batch_size: int | str = "auto",
        learning_rate: Any = "coslog",
        learning_rate_init: float = 0.07,
        beta_1: float = 0.9,
        beta_2: float = 0.95,
        max_iter: int = 128,
        parametrization: str = "ntk",
        weight_init: Any = "auto",
        n_hidden_layers: int | None = None,
        clip_norm: float | None = None,
        loss: Any = "squared_error",
        clip_predictions: bool = True,
        output_activation: Any = "auto",
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

    def _networks(self, y: Any, sample_weight: np.ndarray | None) -> AveragedRegressor:
        network = self._network(y, sample_weight)
        any_number = not get_tags(network).target_tags.positive_only
        scaler = TargetScaler(standardise=any_number, clip=self.clip_predictions)
        return AveragedRegressor(network, target_scaler=scaler, **self._averaging(y))

    def __sklearn_tags__(self):
        """Several targets are supported; the loss may need positive ones."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.positive_only = get_tags(
            BackpropRegressor(loss=self.loss)
        ).target_tags.positive_only
        return tags
