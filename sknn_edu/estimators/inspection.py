"""The fitted network: predictions, the objective, gradients, hidden activations.

The fitted state is ``coefs_``, ``intercepts_`` and ``architecture_``. Every method reads the
network from there, so the weights may be replaced at any time, by assignment or in place. The
functions at the end are for the other rooms of the package.
"""

from __future__ import annotations

from abc import ABCMeta
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .. import backends
from ..engine.architecture import Architecture
from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from ..engine.outputs import in_its_dtype, outputs, overflow_is_expected
from ..engine.parameters import Parameters
from ..optimizers import Optimizer
from ..optional import optional_import
from ..training.stopping import StopKind
from . import parameters, saved_state, steps
from .data import checked_sample_weight, checked_X, checked_X_y, samples_of
from .explained_parameters import ExplainedParameters
from .next_step import NextStep, next_step
from .shared_docs import DOC_LINK
from .shortcuts import check_fitted
from .target_coding import Targets
from .weights import dtype_of, present_weights


class OpenNetwork(ExplainedParameters, metaclass=ABCMeta):
    """The half of the estimators that reads the network but never changes it.

    ``architecture_`` and the targets are those of the last fit: parameters that are set later
    count from the next fit on.
    """

    _targets_class: type[Targets]  # what the two estimators differ in

    _parameter_constraints: dict = parameters.CONSTRAINTS

    _doc_link_module = "sknn_edu"  # where a notebook's picture of the estimator leads
    _doc_link_template = DOC_LINK

    def _store(self, arguments: dict[str, Any]) -> None:
        """Keep the constructor's arguments as they are, as scikit-learn wants it."""
        for name in self._parameter_constraints:
            setattr(self, name, arguments[name])

    def _params(self) -> dict[str, Any]:
        """The parameters by name, as they were given."""
        return {name: getattr(self, name) for name in self._parameter_constraints}

    @classmethod
    @cache  # every fit and every clone asks, and inspecting the constructor takes its time
    def _get_param_names(cls) -> list[str]:
        return super()._get_param_names()

    # -- for users ------------------------------------------------------------

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
        J, samples = self._objective_on(X, y, sample_weight)
        with overflow_is_expected():
            return J.value(samples)

    def objective_and_gradient(
        self, X: Any, y: Any, sample_weight: Any = None
    ) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
        """J on X and y at the present weights, with its gradient; dropout is off.

        Parameters are those of `objective`.

        Returns
        -------
        J : float
            As `objective` returns it.
        coef_gradients : list of ndarray
            dJ/dW of each layer, shaped like ``coefs_``.
        intercept_gradients : list of ndarray
            dJ/db of each layer, shaped like ``intercepts_``.
        """
        objective, samples = self._objective_on(X, y, sample_weight)
        with overflow_is_expected():
            J = objective.value_and_gradient(samples)
        return J, objective.network.grad.W, objective.network.grad.b

    def input_gradient(self, X: Any, y: Any, sample_weight: Any = None) -> np.ndarray:
        """dJ/dX at the present weights: how J changes with each number of the input.

        Parameters are those of `objective`.

        Returns
        -------
        dX : ndarray of shape (n_samples, n_features)
        """
        objective, samples = self._objective_on(X, y, sample_weight)
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
        return self._outputs(X, "Z")

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
        network = network_of(self)
        X = checked_X(self, X, network.theta.sizes[0])
        hidden = [np.empty((X.shape[0], n), network.theta.dtype) for n in network.theta.sizes[1:-1]]
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
        A = self._outputs(X)
        return self._targets.decode(A)

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
        check_fitted(self)
        optional_import("torch", needed_by="to_torch", extra="torch")
        from ..export.torch_module import to_module  # imports torch

        return to_module(network_of(self))

    def __getstate__(self) -> dict[str, Any]:
        return saved_state.with_version(super().__getstate__())

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(saved_state.readable(type(self), state))

    # -- how the network is read ------------------------------------------------------------

    def _outputs(self, X: Any, what: str = "A") -> np.ndarray:
        """A (or Z) of the output layer for all rows of X."""
        network = network_of(self)
        return backends.outputs(
            self.engine, network, checked_X(self, X, network.theta.sizes[0]), what
        )

    def _objective_on(self, X: Any, y: Any, sample_weight: Any) -> tuple[Objective, Samples]:
        """J at the present weights without dropout, and the samples to evaluate it on."""
        opened = open_estimator(self, X, y, sample_weight)
        architecture = opened.architecture.without_dropout()
        return Objective(Network(architecture, opened.theta)), opened.samples


# -- for the rest of the package ---------------------------------------------------------------


class Opened(NamedTuple):
    """A network with data: what teaching tools and displays may read of an estimator.

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
    check_fitted(est)
    return est.architecture_


def targets_of(est: OpenNetwork) -> Targets:
    """How the targets are coded, as of the last fit or `initialize`."""
    check_fitted(est)
    return est._targets


def open_estimator(est: OpenNetwork, X: Any, y: Any, sample_weight: Any = None) -> Opened:
    """The network at its present weights, and the samples to run it on."""
    architecture, targets = architecture_of(est), targets_of(est)
    W, b = present_weights(est, architecture)
    theta = Parameters(architecture.sizes, dtype_of(W)).fill(W, b)
    X, y = checked_X_y(est, X, y, type(targets), architecture.sizes[0], (theta.dtype,))
    targets.check(y)
    w = checked_sample_weight(sample_weight, X)
    return Opened(architecture, theta, samples_of(targets, architecture, X, y, w))


def network_of(est: OpenNetwork, n_layers: int | None = None) -> Network:
    """The network, or its first layers, at the present weights, to be run forward."""
    architecture = architecture_of(est)
    W, b = present_weights(est, architecture, finite=False)
    if n_layers is not None:
        architecture = architecture.first(n_layers)
    theta = Parameters.wrap(W[:n_layers], b[:n_layers], dtype_of(W))
    return Network(architecture, theta, forward_only=True)


def hidden_layer_of(est: OpenNetwork, X: Any, number: int) -> np.ndarray:
    """A of one hidden layer, counted from 1, for all rows of X; later layers are not run."""
    network = network_of(est, number)
    return outputs(network, checked_X(est, X, network.theta.sizes[0]))


def rule_of(est: OpenNetwork) -> Optimizer:
    """The optimizer of the last fit; before any, the one that the parameters ask for."""
    rule = vars(est).get("_optimizer")
    return steps.optimizer(est._params()) if rule is None else rule


def next_step_of(est: OpenNetwork, last: Optimizer | None = None) -> NextStep:
    """The step that `partial_fit` would take from the present weights, as formulas.

    ``last`` is the optimizer as it is now; by default, as the last call left it.
    """
    theta = Parameters(architecture_of(est).sizes, dtype_of(est.coefs_))
    return next_step(est._params(), last or vars(est).get("_optimizer"), theta)


def stop_kind_of(est: OpenNetwork) -> StopKind | None:
    """Why the last training stopped; None before any."""
    kind = vars(est).get("_stop_kind")
    return None if kind is None else StopKind(kind)


def hidden_sizes_of(est: OpenNetwork) -> list[int]:
    """Units of each hidden layer, as the parameters say."""
    return parameters.hidden_sizes(est._params())
