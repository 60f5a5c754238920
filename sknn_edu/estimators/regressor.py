"""`BackpropRegressor`: real-valued targets, one or several."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.sparse import issparse
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.validation import validate_data

from ..activations import Activation
from ..initializers import Initializer
from ..losses import Loss
from ..optimizers import Optimizer
from . import parameters
from .available_if import unless
from .base import BaseBackprop, starts_afresh
from .inspection import SPARSE
from .scores import r_squared
from .shared_docs import fill


class BackpropRegressor(RegressorMixin, BaseBackprop):
    __doc__ = fill(
        """A multilayer perceptron for regression, trained by backpropagation.

    A superset of scikit-learn's `MLPRegressor`: the parameters that both have mean the
    same and give the same numbers (for one target; with several, scikit-learn reports a
    loss that is not the one whose gradient it follows).

    It minimises, over the weights W and biases b of all layers,
    ``J = sum_i w_i loss_i / sum_i w_i + alpha (l1_ratio |W|_1 + (1 - l1_ratio) / 2
    |W|_2^2) / sum_i w_i``, where the sums run over the samples of a batch.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer; () is a network without any.
    <parameters>
    loss : str or Loss, default='squared_error'
        Loss of a sample, summed over the outputs, one of<losses>.
        Losses can be scaled and added: ``SquaredError() + 2 * Huber()``. See
        `sknn_edu.losses`.
    <new_parameters>

    Attributes
    ----------
    <attributes>

    See Also
    --------
    BackpropClassifier : For classes.
    sklearn.neural_network.MLPRegressor : The estimator that this one extends.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import BackpropRegressor
    >>> X = np.linspace(-3, 3, 50).reshape(-1, 1)
    >>> y = np.sin(X).ravel()
    >>> reg = BackpropRegressor(10, "tanh", solver="lbfgs", alpha=0, random_state=0)
    >>> round(reg.fit(X, y).score(X, y), 2)
    1.0
    """,
        output="""exp for
        poisson, logistic for log loss, identity for the others.""",
        score="R2",
    )

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str | Optimizer = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        loss: str | Loss = "squared_error",
        output_activation: str | Activation = "auto",
        fit_intercept: bool = True,
        weight_init: str | Initializer | tuple = "auto",
        n_hidden_layers: int | None = None,
        dropout: Any = 0.0,
        l1_ratio: float = 0.0,
        clip_norm: float | None = None,
        scoring: Any = None,
        engine: str = "auto",
    ) -> None:
        self._store(locals())

    @unless(starts_afresh)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch on a chunk of data, going on from the present weights.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R2, the coefficient of determination: 1 for perfect predictions, 0 for the mean of y.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        R2 : float
            With several targets, the mean of theirs.
        """
        return r_squared(y, self.predict(X), sample_weight)

    # -- targets ----------------------------------------------------------------------

    def _check_X_y(self, X, y, *, reset, **check_params):
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=SPARSE,
            multi_output=True,
            y_numeric=True,
            reset=reset,
            **check_params,
        )
        if issparse(y):
            raise TypeError("y is sparse, but targets are dense: pass y.toarray() instead.")
        y = _numbers(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, y

    def _learn_targets(self, y, sample_weight, *, fresh, incremental, classes):
        if not fresh:
            self._check_targets(y)

    def _check_targets(self, y):
        n_targets = 1 if y.ndim == 1 else y.shape[1]
        if n_targets != self.n_outputs_:
            raise ValueError(
                f"y has {n_targets} target(s), but the network has {self.n_outputs_} output(s)."
            )

    def _choose_output(self, params):
        return parameters.output_activation(params, multiclass=False)

    def _settle_coding(self, loss, output):
        return False

    def _encode(self, y, dtype):
        return y.reshape(len(y), -1).astype(dtype, copy=False)

    def _decode(self, A):
        return A.ravel() if A.shape[1] == 1 else A

    def _weights_of(self, y, sample_weight):
        return sample_weight

    def _strata(self, Y, y):
        return None

    def _default_score(self, y, A, w):
        if not np.isfinite(A).all():
            return np.nan
        return r_squared(y, self._decode(A), w)

    def __sklearn_tags__(self):
        """Several targets are welcome."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _numbers(y: np.ndarray) -> np.ndarray:
    """Targets as numbers; text is taken if it says one."""
    if y.dtype.kind in "fiub":
        return y
    try:
        y = y.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"y must hold numbers, but its dtype is {y.dtype}: {error}") from error
    assert_all_finite(y, input_name="y")
    return y
