"""The fitted network, opened: predictions, the objective, gradients, hidden activations.

The fitted state is ``coefs_`` and ``intercepts_``. Every method reads the network from
there, so the weights may be replaced at any time, by assignment or in place.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ..activations import Activation
from ..engine.architecture import Architecture
from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from ..engine.outputs import in_its_dtype, outputs, overflow_is_expected
from ..engine.parameters import Parameters
from ..engine.penalty import ElasticNet
from ..losses import Loss
from ..optional import optional_import
from . import parameters, saved_state
from .shared_docs import DOC_LINK

SPARSE = "csr"  # rows are what batches are made of


class OpenNetwork(BaseEstimator, metaclass=ABCMeta):
    """The half of the estimators that looks at the network but never changes it.

    Beside the weights it needs to know what the network is made of, as of the last fit:
    parameters that are set later count from the next fit on.
    """

    _layer_sizes: tuple[int, ...]
    _hidden_activations: list[Activation]
    _output_activation: Activation
    _loss: Loss
    _penalty: ElasticNet
    _has_biases: bool
    _dropout_rates: list[float]

    _parameter_constraints: dict = parameters.CONSTRAINTS

    _doc_link_module = "sknn_edu"  # where a notebook's picture of the estimator leads
    _doc_link_template = DOC_LINK

    def _store(self, arguments: dict[str, Any]) -> None:
        """Keep the constructor's arguments as they are, as scikit-learn wants it."""
        for name in self._parameter_constraints:
            setattr(self, name, arguments[name])

    def _params(self) -> dict[str, Any]:
        """The parameters by name, as they were given."""
        given = vars(self)
        return {name: given[name] for name in self._parameter_constraints}

    @classmethod
    @cache  # every fit and every clone asks, and inspecting the constructor takes its time
    def _get_param_names(cls) -> list[str]:
        return super()._get_param_names()

    def _validate_params(self) -> None:
        """scikit-learn's check of the parameters, for those that are not plain defaults."""
        parameters.validate(type(self), self.get_params(deep=False))

    # -- what the two estimators do differently ---------------------------------------

    @abstractmethod
    def _check_X_y(self, X: Any, y: Any, *, reset: bool, **check_params: Any) -> tuple[Any, Any]:
        """Validated X and y; ``reset`` forgets the number and names of the columns seen."""

    @abstractmethod
    def _check_targets(self, y: Any) -> None:
        """Raise ValueError if y holds something that the network has no output for."""

    @abstractmethod
    def _encode(self, y: Any, dtype: np.dtype) -> np.ndarray:
        """Y of shape (n, n_outputs): what the outputs should be."""

    @abstractmethod
    def _decode(self, A: np.ndarray) -> np.ndarray:
        """Predictions from the outputs A of shape (n, n_outputs)."""

    @abstractmethod
    def _weights_of(self, y: Any, sample_weight: np.ndarray | None) -> np.ndarray | None:
        """Sample weights, class weights included."""

    # -- what a user may ask ------------------------------------------------------------

    def objective(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """J on X and y at the present weights, penalty included; dropout is off.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        J : float
            The objective: weighted mean of the losses plus the penalty.
        """
        objective, samples = self._evaluate_on(X, y, sample_weight)
        with overflow_is_expected():
            return objective.value(samples)

    def objective_and_gradient(
        self, X: Any, y: Any, sample_weight: Any = None
    ) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
        """J on X and y at the present weights, with its gradient; dropout is off.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        J : float
            The objective: weighted mean of the losses plus the penalty.
        coef_gradients : list of ndarray
            dJ/dW of each layer, shaped like ``coefs_``.
        intercept_gradients : list of ndarray
            dJ/db of each layer, shaped like ``intercepts_``.
        """
        objective, samples = self._evaluate_on(X, y, sample_weight)
        with overflow_is_expected():
            J = objective.value_and_gradient(samples)
        return J, objective.network.grad.W, objective.network.grad.b

    def input_gradient(self, X: Any, y: Any, sample_weight: Any = None) -> np.ndarray:
        """dJ/dX at the present weights: how J changes with each number of the input.

        Parameters are those of `objective_and_gradient`.

        Returns
        -------
        dX : ndarray of shape (n_samples, n_features)
        """
        objective, samples = self._evaluate_on(X, y, sample_weight)
        with overflow_is_expected():
            return objective.input_gradient(samples)

    def logits(self, X: Any) -> np.ndarray:
        """Z of the output layer: what it computes before its activation.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        Z : ndarray of shape (n_samples, n_outputs)
        """
        return self._output_layer(X, "Z")

    def hidden_activations(self, X: Any) -> list[np.ndarray]:
        """Outputs A of each hidden layer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        A : list of ndarray of shape (n_samples, n_units)
            One array for each hidden layer.
        """
        network, X = self._network_for(X)
        hidden = [np.empty((X.shape[0], n), self._dtype()) for n in network.theta.sizes[1:-1]]
        for rows in network.pieces(X.shape[0]):
            with overflow_is_expected():
                network.forward(in_its_dtype(network, X[rows]))
            for A, layer in zip(hidden, network.layers(rows.stop - rows.start), strict=False):
                A[rows] = layer.A
        return hidden

    def predict(self, X: Any) -> np.ndarray:
        """Predict the targets of X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        return self._decode(self._output_layer(X))

    def to_torch(self) -> Any:
        """The fitted network as a module of PyTorch, with weights of its own.

        It maps X to the outputs A of the output layer: for a regressor the predictions, for
        a classifier the columns of `predict_proba` where the output is softmax or one
        probability for each label, and the probability of ``classes_[1]`` where a single
        logistic unit decides between two classes.

        Returns
        -------
        module : torch.nn.Sequential
            From (n_samples, n_features) to (n_samples, n_outputs_), in the dtype of
            ``coefs_``. Its parts are called ``layer1``, ``activation1``, ``dropout1`` (where
            there is dropout), ``layer2``, and so on; ``module[:-1]`` gives the logits Z. It is
            in eval mode; after ``module.train()`` it can be trained, and drops out.

        Raises
        ------
        ImportError
            If PyTorch is not installed.
        NotImplementedError
            If an activation has no formula.
        ValueError
            If the formula of an activation is not what its `forward` computes.
        """
        check_is_fitted(self, "coefs_")
        optional_import("torch", needed_by="to_torch", extra="torch")
        from ..export.torch_module import to_module

        return to_module(self._forward_network(), self._dropout_rates)

    def __getstate__(self) -> dict[str, Any]:
        return saved_state.with_version(super().__getstate__())

    def __setstate__(self, state: dict[str, Any]) -> None:
        needed = OpenNetwork.__annotations__.keys() - vars(OpenNetwork).keys()
        super().__setstate__(saved_state.readable(type(self), state, needed))

    # -- how it is read from the weights ---------------------------------------------------

    def _evaluate_on(self, X: Any, y: Any, sample_weight: Any) -> tuple[Objective, Samples]:
        """The objective at the present weights, and the samples to evaluate it on."""
        check_is_fitted(self, "coefs_")
        X, y = self._check_X_y(X, y, reset=False, dtype=self._dtype())
        self._check_targets(y)
        sample_weight = self._checked_sample_weight(sample_weight, X)
        samples = Samples(X, *self._targets_and_weights(X, y, sample_weight))
        return self._objective(self._theta()), samples

    def _objective(self, theta: Parameters, dropout: list[float] | None = None) -> Objective:
        """J of the network with these parameters."""
        return Objective(self._network(theta, dropout), self._loss, self._penalty)

    def _network(
        self,
        theta: Parameters,
        dropout: list[float] | None = None,
        *,
        forward_only: bool = False,
    ) -> Network:
        return Network(
            theta,
            [*self._hidden_activations, self._output_activation][: len(theta.W)],
            fit_intercept=self._has_biases,
            dropout=dropout or (),
            forward_only=forward_only,
        )

    def _network_for(self, X: Any, n_layers: int | None = None) -> tuple[Network, Any]:
        """The network (or its first layers) at the present weights, and X checked against it."""
        check_is_fitted(self, "coefs_")
        X = validate_data(
            self, X, accept_sparse=SPARSE, dtype=(np.float64, np.float32), reset=False
        )
        return self._forward_network(n_layers), X

    def _forward_network(self, n_layers: int | None = None) -> Network:
        """The network (or its first layers) at the present weights, made to run forward."""
        W, b = self._checked_weights(self._layer_sizes, finite=False)
        theta = Parameters.wrap(W[:n_layers], b[:n_layers], self._dtype())
        return self._network(theta, forward_only=True)

    def _output_layer(self, X: Any, what: str = "A") -> np.ndarray:
        """A (or Z) of the output layer for all rows of X."""
        network, X = self._network_for(X)
        return outputs(network, X, what, self.engine)

    def _hidden_layer(self, X: Any, number: int) -> np.ndarray:
        """A of one hidden layer, counted from 1, for all rows of X; later layers are not run."""
        return outputs(*self._network_for(X, n_layers=number))

    def _theta(self) -> Parameters:
        """The present weights as the engine wants them."""
        sizes = self._layer_sizes
        return Parameters(sizes, self._dtype()).fill(*self._checked_weights(sizes))

    def _dtype(self) -> np.dtype:
        """float32 if the weights are, else float64."""
        return np.result_type(np.float32, *(np.asarray(W).dtype for W in self.coefs_))

    def _checked_weights(
        self, sizes: tuple[int, ...], *, finite: bool = True
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """``coefs_`` and ``intercepts_``, which users may have replaced."""
        biases = [(n,) for n in sizes[1:]]
        W = parameters.check_layers("coefs_", self.coefs_, list(pairwise(sizes)), finite)
        b = parameters.check_layers("intercepts_", self.intercepts_, biases, finite)
        if not self._has_biases and any(v.any() for v in b):
            raise ValueError("fit_intercept=False, but intercepts_ are not all zero.")
        return W, b

    @staticmethod
    def _checked_sample_weight(sample_weight: Any, X: Any) -> np.ndarray | None:
        """Sample weights as float64, one for each row of X."""
        if sample_weight is None:
            return None
        return _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)

    def _targets_and_weights(
        self, X: Any, y: Any, sample_weight: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Y and w, all that is given being checked."""
        w = self._weights_of(y, sample_weight)
        with overflow_is_expected():
            total = 1.0 if w is None else w.sum()
        if not 0 < total < np.inf:
            raise ValueError(
                f"The sample weights add up to {total:g} (class weights included). The sum must "
                "be positive and finite."
            )
        Y = self._encode(y, X.dtype)
        self._loss.check_targets(Y)
        return Y, w


class Opened(NamedTuple):
    """A fitted or initialised estimator, opened: what the rest of the package may read of it.

    Attributes
    ----------
    architecture : Architecture
        As of the last fit.
    theta : Parameters
        A copy of the present weights.
    samples : Samples
        The data as the network sees them, checked as `fit` checks them.
    """

    architecture: Architecture
    theta: Parameters
    samples: Samples


def architecture_of(est: OpenNetwork) -> Architecture:
    """What the network is made of, as of the last fit or `initialize`."""
    check_is_fitted(est, "coefs_")
    return Architecture(
        sizes=est._layer_sizes,
        activations=(*est._hidden_activations, est._output_activation),
        loss=est._loss,
        penalty=est._penalty,
        has_biases=est._has_biases,
        dropout=tuple(est._dropout_rates),
    )


def open_estimator(est: OpenNetwork, X: Any, y: Any, sample_weight: Any = None) -> Opened:
    """The network of an estimator at its present weights, and the samples to run it on."""
    objective, samples = est._evaluate_on(X, y, sample_weight)
    return Opened(architecture_of(est), objective.network.theta, samples)


def network_of(est: OpenNetwork, n_layers: int | None = None) -> Network:
    """The network (or its first layers) at the present weights, made to run forward."""
    check_is_fitted(est, "coefs_")
    return est._forward_network(n_layers)


class Targets(NamedTuple):
    """How a classifier reads its outputs.

    Attributes
    ----------
    is_multilabel : bool
        Whether each output says yes or no to a label of its own.
    has_one_unit : bool
        Whether one output decides between two classes.
    threshold : float
        Where an output that decides alone turns from no to yes.
    """

    is_multilabel: bool
    has_one_unit: bool
    threshold: float


def targets_of(est: Any) -> Targets:
    """How a fitted classifier reads its outputs."""
    check_is_fitted(est, "coefs_")
    return Targets(est._is_multilabel(), est._has_one_unit, est._threshold())
