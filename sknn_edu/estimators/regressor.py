"""`BackpropRegressor`: real-valued targets, one or several."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin, _fit_context

from ..activations import Activation
from ..initializers import Initializer
from ..losses import Loss
from ..optimizers import Optimizer
from ..parametrizations import Parametrization
from ..schedules import Schedule
from . import parameters
from .advice import arguments_explained, names_explained
from .available_if import unless
from .base import BaseBackprop, cannot_go_on
from .shared_docs import with_shared_docs
from .shortcuts import r_squared
from .targets import NumberTargets


@with_shared_docs(
    output="""exp for
        poisson, logistic for log loss, identity for the others.""",
    score="R2",
)
class BackpropRegressor(RegressorMixin, BaseBackprop):
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
    $parameters
    loss : str or Loss, default='squared_error'
        Loss of a sample, summed over the outputs, one of$losses.
        Losses can be scaled and added: ``SquaredError() + 2 * Huber()``, or as text,
        ``"squared_error + 2 * huber"``. See `sknn_edu.losses`.
    $new_parameters

    Attributes
    ----------
    $attributes

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
    """

    _targets_class = NumberTargets

    @names_explained
    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: str | Optimizer = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str | Schedule = "constant",
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
        early_stopping: bool | str = False,
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
        parametrization: str | Parametrization = "standard",
        engine: str = "auto",
    ) -> None:
        self._store(locals())

    @unless(cannot_go_on)
    @arguments_explained
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
        return self._partial_fit(X, y, sample_weight)

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

    def __sklearn_tags__(self):
        """Several targets are supported; the loss may need positive ones."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.positive_only = _needs_positive(self.loss)
        return tags


def _needs_positive(loss: str | Loss) -> bool:
    """Whether the loss refuses negative targets."""
    try:
        parameters.get(Loss, "loss", loss).check_targets(np.array([[-1.0]]))
    except ValueError:
        return True
    return False
