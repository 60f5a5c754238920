"""`BackpropClassifier`: two classes, several classes, several labels."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import StrOptions

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
from .label_score import LabelScoreMixin
from .shared_docs import with_shared_docs
from .targets import ClassTargets


def _output_is_no_probability(classifier: BackpropClassifier) -> str | None:
    """Why there is no `predict_proba` with this output, or None if there is."""
    fitted = vars(classifier).get("architecture_")
    if fitted is None:
        _, output = parameters.loss_and_output(classifier._params(), multiclass=True)
    else:
        output = fitted.output
    what = f"outputs of output_activation={output.name!r}"
    low, high = output.range
    if low < 0:
        return f"{what} can be negative, so they cannot be read as probabilities."
    if high > 1 and fitted is not None and classifier._targets.is_multilabel:
        return f"{what} can exceed 1, so they are no probabilities of the labels."
    return None


def _output_is_probability(classifier: BackpropClassifier) -> str | None:
    """Why there is no `decision_function`, or None if there is."""
    if _output_is_no_probability(classifier) is not None:
        return None
    return (
        "the outputs are probabilities: use predict_proba, or logits(X) for the numbers before "
        "the output activation."
    )


@with_shared_docs(
    output="""softmax
        for log loss with several classes, one logistic unit for log loss with two classes
        or with labels, exp for poisson, identity for the others. With 'softmax', 'relu'
        and the like two classes have two units, and Y is one-hot.""",
    score="the accuracy",
)
class BackpropClassifier(LabelScoreMixin, BaseBackprop):
    """A multilayer perceptron that classifies, trained by backpropagation.

    A superset of scikit-learn's `MLPClassifier`: the parameters that both have mean the
    same and give the same numbers.

    It minimises, over the weights W and biases b of all layers,
    ``J = sum_i w_i loss_i / sum_i w_i + alpha (l1_ratio |W|_1 + (1 - l1_ratio) / 2
    |W|_2^2) / sum_i w_i``, where the sums run over the samples of a batch.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer; () is a network without any.
    $parameters
    loss : str or Loss, default='log_loss'
        Loss of a sample, summed over the outputs, one of$losses.
        Losses can be scaled and added: ``SquaredError() + 2 * LogLoss()``, or as text,
        ``"squared_error + 2 * log_loss"``. See `sknn_edu.losses`.
    $new_parameters
    class_weight : dict, 'balanced' or None, default=None
        Weight of each class, by label; 'balanced' makes all classes count the same. They
        multiply the sample weights.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    class_weight_ : ndarray of shape (n_classes,) or None
        Weight of each class.
    $attributes

    See Also
    --------
    BackpropRegressor : For real-valued targets.
    sklearn.neural_network.MLPClassifier : The estimator that this one extends.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import scale
    >>> from sknn_edu import BackpropClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> X = scale(X)
    >>> clf = BackpropClassifier(8, "tanh", solver="lbfgs", alpha=0.1, random_state=0)
    >>> clf.fit(X, y).predict(X[[0, 50, 100]])
    array([0, 1, 2])
    >>> round(clf.score(X, y), 2)
    0.99
    """

    _targets_class = ClassTargets
    _parameter_constraints: dict = {  # noqa: RUF012
        **BaseBackprop._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

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
        loss: str | Loss = "log_loss",
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
        class_weight: dict | str | None = None,
    ) -> None:
        self._store(locals())

    @unless(cannot_go_on)
    @arguments_explained
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch on a chunk of data, going on from the present weights.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
        sample_weight : array-like of shape (n_samples,), default=None
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever occur; needed in the first call only.

        Returns
        -------
        self : object
        """
        return self._partial_fit(X, y, sample_weight, classes)

    @unless(_output_is_no_probability)
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class.

        Outputs that are not negative, but no probabilities either, are divided by their
        sum; where all are zero, each class gets the same.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        P : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; for labels, the probability of each.
        """
        A, targets = self._outputs(X), self._targets
        if len(targets.classes) == 1:
            return np.ones_like(A)
        if targets.has_one_unit:
            return np.hstack([1 - A, A])
        if targets.is_multilabel or self.architecture_.output.sums_to_one:
            return A
        largest = A.max(axis=1, keepdims=True).clip(max=np.finfo(A.dtype).max)
        P = np.divide(A, largest, out=np.ones_like(A), where=largest > 0)
        P = P.clip(max=1)  # scores that overflowed count as the largest number
        return P / P.sum(axis=1, keepdims=True)

    @unless(_output_is_no_probability)
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithm of `predict_proba`; -inf where a probability is zero.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        log_P : ndarray of shape (n_samples, n_classes)
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @unless(_output_is_probability)
    def decision_function(self, X: Any) -> np.ndarray:
        """Margins, for outputs that cannot be read as probabilities; positive means yes.

        They are the outputs A, less the threshold where one output decides (0 for a loss that
        goes by the sign, such as hinge, else 1/2).

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            For two classes one number, positive for ``classes_[1]``; where they have an
            output unit each, the difference of the two. For labels one number each.
        """
        A, targets = self._outputs(X), self._targets
        if targets.is_multilabel:
            return A - A.dtype.type(targets.threshold)
        if targets.has_one_unit:
            return A.ravel() - A.dtype.type(targets.threshold)
        return A[:, 1] - A[:, 0] if A.shape[1] == 2 else A

    def __sklearn_tags__(self):
        """Several labels are supported."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
