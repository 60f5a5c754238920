"""Training, as both estimators do it: from data and parameters to a training run, and back.

`fit`, `partial_fit` and `initialize` go through the same stations: check the input, encode
the targets, draw or take over the weights, build the network and its objective, train,
publish what was learned.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import _fit_context

from ..activations import Activation
from ..engine.batches import Samples
from ..engine.objective import Objective
from ..engine.penalty import ElasticNet
from ..exceptions import DivergenceError, RiskyOutputWarning, warn
from ..losses import Loss
from ..optimizers import Optimizer
from ..training.history import History
from ..training.loop import Training
from ..training.watcher import Watcher
from . import parameters
from .callbacks import CallbackSupportMixin, callbacks_of
from .held_out import hold_out
from .inspection import OpenNetwork, overflow_is_expected
from .random_state import random_state_of

# Whatever else is raised in a fit undoes it; a warning may have been made an error.
KEEPS_WHAT_WAS_LEARNED = (KeyboardInterrupt, DivergenceError, Warning)


class BaseBackprop(CallbackSupportMixin, OpenNetwork):
    """Base of the two estimators; it leaves the targets to them."""

    # -- what the two estimators do differently ---------------------------------------

    @abstractmethod
    def _learn_targets(
        self,
        y: Any,
        sample_weight: np.ndarray | None,
        *,
        fresh: bool,
        incremental: bool,
        classes: Any,
    ) -> None:
        """Note what y may be, or check it against what was noted before."""

    @abstractmethod
    def _choose_output(self, params: dict[str, Any]) -> Activation:
        """The output activation for the targets that `_learn_targets` has seen."""

    @abstractmethod
    def _settle_coding(self, loss: Loss, output: Activation) -> bool:
        """Settle how Y codes the targets; returns whether each row is a single 1 among zeros."""

    @abstractmethod
    def _strata(self, Y: np.ndarray, y: Any) -> np.ndarray | None:
        """What the split for early stopping should keep in proportion."""

    @abstractmethod
    def _default_score(self, y: Any, A: np.ndarray, w: np.ndarray | None) -> float:
        """Accuracy or R2 of the outputs A."""

    # -- training ---------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train the network on X and y.

        A call that fails before the first step leaves the estimator as it was. One that
        diverges keeps the last finite weights, one that is interrupted from the keyboard
        the best so far; ``stop_reason_`` says so.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data. float32 stays float32, everything else becomes float64.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: class labels, a label indicator matrix, or real numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        X_val, y_val : array-like, default=None
            Validation data, both or neither. They fill ``validation_scores_`` and
            ``validation_loss_curve_``; with ``early_stopping=True`` they decide when to
            stop, and no part of X is held out.
        sample_weight_val : array-like, default=None
            Weights of the validation data.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter or the data do not fit; DivergenceError, a kind of ValueError,
            if the loss became infinite or NaN.
        """
        given = (X_val, y_val, sample_weight_val)
        return self._fit(
            X, y, sample_weight, given, watchers=callbacks_of(self, X, y, sample_weight)
        )

    @_fit_context(prefer_skip_nested_validation=True)
    def initialize(self, X: Any, y: Any, classes: Any = None) -> Self:
        """Draw the weights for these data without training a step.

        All fitted attributes are set; the weights in ``coefs_`` and ``intercepts_`` may
        then be replaced, by assignment or in place.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        classes : array-like of shape (n_classes,), default=None
            For the classifier, all classes; by default those in y.

        Returns
        -------
        self : object
        """
        before = dict(vars(self))
        try:
            params = self._params()
            samples, _ = self._samples(X, y, None, classes, fresh=True, incremental=False)
            self._build(samples, params, random_state_of(self.random_state), fresh=True)
            self.__dict__.pop("_optimizer", None)
            self._publish(self._history(fresh=True, incremental=False, early_stopping=False))
            self.stop_reason_ = "Not trained: the weights were initialised only."
        except BaseException:
            _restore(self, before)
            raise
        return self

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        given_validation: Any = (None, None, None),
        *,
        incremental: bool = False,
        classes: Any = None,
        watchers: Sequence[Watcher] = (),
    ) -> Self:
        before = dict(vars(self))
        training = None
        try:
            data = (X, y, sample_weight, classes)
            training, optimizer = self._prepare(data, given_validation, incremental)
            training.watchers = watchers
            with overflow_is_expected():
                optimizer.minimize(training)
            training.end_fit()
        except BaseException as error:
            keeps = isinstance(error, KEEPS_WHAT_WAS_LEARNED)
            if training is None or not (keeps and training.history.stop_reason):
                _restore(self, before)
                raise
            if not isinstance(error, Warning):
                # The weights went back; moments that have seen the end of it must not go on.
                self.__dict__.pop("_optimizer", None)
                if incremental and "_optimizer" in before:
                    self._optimizer = before["_optimizer"]
            self._publish(training.history)
            raise
        self._publish(training.history)
        return self

    def _prepare(
        self, data: tuple[Any, ...], given_validation: Any, incremental: bool
    ) -> tuple[Training, Optimizer]:
        """All that has to be settled before the first step."""
        params = self._params()
        optimizer = parameters.optimizer(params)
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        fresh = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        random_state = random_state_of(self.random_state)

        samples, y = self._samples(*data, fresh=fresh, incremental=incremental)
        objective = self._build(samples, params, random_state, fresh=fresh)
        training = Training(
            objective=objective,
            samples=samples,
            history=self._history(
                fresh, incremental, self.early_stopping and optimizer.incremental
            ),
            random_state=random_state,
            shuffle=self.shuffle,
            n_epochs=1 if incremental else self.max_iter,
            incremental=incremental,
            n_iter_no_change=self.n_iter_no_change,
            clip_norm=self.clip_norm,
            verbose=self.verbose,
            engine=self.engine,
        )
        optimizer.check(training)
        hold_out(self, training, optimizer, y, given_validation)
        n = samples.n if training.rows is None else len(training.rows)
        training.batch_size = parameters.batch_size(params, n, optimizer)
        if optimizer.full_batch or self._nobody_sees_the_order(training):
            training.shuffle = False
        self._optimizer = self._go_on_with(optimizer) if incremental else optimizer
        return training, self._optimizer

    def _samples(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        classes: Any,
        *,
        fresh: bool,
        incremental: bool,
    ) -> tuple[Samples, Any]:
        """Checked X, Y and w, and y as the user knows it."""
        dtype = (np.float64, np.float32) if fresh or not incremental else self._dtype()
        X, y = self._check_X_y(X, y, reset=fresh, dtype=dtype)
        sample_weight = self._checked_sample_weight(sample_weight, X)
        self._learn_targets(y, sample_weight, fresh=fresh, incremental=incremental, classes=classes)
        self._settle_output(self._params())
        return Samples(X, *self._targets_and_weights(X, y, sample_weight)), y

    def _build(
        self,
        samples: Samples,
        params: dict[str, Any],
        random_state: np.random.RandomState,
        *,
        fresh: bool,
    ) -> Objective:
        """The network with its weights, and the objective."""
        hidden = parameters.hidden_sizes(params)
        self._hidden_activations = parameters.hidden_activations(params, len(hidden))
        self._penalty = ElasticNet(self.alpha, self.l1_ratio)
        self._has_biases = self.fit_intercept
        self._dropout_rates = parameters.dropout_rates(params, len(hidden))
        sizes = (samples.X.shape[1], *hidden, samples.Y.shape[1])
        theta = parameters.room_for(params, sizes, samples.X.dtype)
        if not fresh and vars(self).get("_layer_sizes", sizes) != sizes:
            raise ValueError(
                f"hidden_layer_sizes={params['hidden_layer_sizes']!r} with n_hidden_layers="
                f"{params['n_hidden_layers']!r} makes layers of {sizes} units, but the weights so "
                f"far are for layers of {self._layer_sizes}. warm_start and partial_fit cannot "
                "change the network: use a new estimator, or warm_start=False."
            )
        if fresh:
            theta.fill(*parameters.initial_weights(params, sizes, random_state))
        else:
            theta.fill(*self._checked_weights(sizes))
        self.coefs_, self.intercepts_ = theta.W, theta.b
        self._layer_sizes = sizes
        self.n_layers_ = len(sizes)
        self.n_outputs_ = sizes[-1]
        self.out_activation_ = self._output_activation.name
        return self._objective(theta, self._dropout_rates)

    def _settle_output(self, params: dict[str, Any]) -> None:
        """Output activation and loss: check that they go together, settle form and coding."""
        loss, output = parameters.get(Loss, "loss", params["loss"]), self._choose_output(params)
        pair = f"loss={loss!r} with output_activation={output.name!r}"
        if refusal := loss.refusal(output):
            raise ValueError(f"{pair} cannot work: {refusal}.")
        if risk := loss.risk(output):
            warn(f"{pair}: {risk}.", RiskyOutputWarning)
        self._output_activation = output
        self._loss = loss.bind(output, self._settle_coding(loss, output))

    def _nobody_sees_the_order(self, training: Training) -> bool:
        """Whether all rows make one batch, and no other draws follow those for its order."""
        is_one_batch = training.rows is None and training.batch_size >= training.samples.n
        return is_one_batch and isinstance(self.random_state, Integral) and not self.dropout

    def _go_on_with(self, optimizer: Optimizer) -> Optimizer:
        """The optimizer of the last call with its moments, under the present settings."""
        last = getattr(self, "_optimizer", None)
        if type(last) is not type(optimizer):
            return optimizer
        last = copy.deepcopy(last)  # a call that fails must leave the moments as they were
        last.adopt(optimizer.settings())
        return last

    def _history(self, fresh: bool, incremental: bool, early_stopping: bool) -> History:
        """An empty history, or the one to go on with."""
        start = History(tol=self.tol, early_stopping=early_stopping)
        if early_stopping:
            start.validation_scores = []
            start.validation_loss_curve = []
            start.best_validation_score, start.best_loss = -np.inf, None
        if fresh:
            return start
        for field in ("loss_curve", "validation_scores", "validation_loss_curve"):
            if (past := getattr(self, f"{field}_", None)) is not None:
                setattr(start, field, list(past))
        for field in ("best_validation_score" if early_stopping else "best_loss", "best_iter"):
            if (past := getattr(self, f"{field}_", None)) is not None:
                setattr(start, field, past)
        start.n_samples_seen = getattr(self, "t_", 0)
        if incremental:  # a new fit starts counting afresh, the next chunk does not
            start.no_improvement_count = getattr(self, "_no_improvement_count", 0)
        return start

    def _publish(self, history: History) -> None:
        """Show the history as fitted attributes."""
        self.__dict__.update(history.attributes())

    def __sklearn_tags__(self):
        """Sparse input is welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _restore(estimator: BaseBackprop, attributes: dict[str, Any]) -> None:
    """Undo everything that was set on the estimator."""
    estimator.__dict__.clear()
    estimator.__dict__.update(attributes)


def starts_afresh(estimator: BaseBackprop) -> str | None:
    """Why there is no `partial_fit` with this solver, or None if there is."""
    solver = parameters.get(Optimizer, "solver", estimator.solver)
    if solver.incremental:
        return None
    return (
        "partial_fit is for solvers that go on from where they are, such as 'adam'; "
        f"solver={solver.name!r} starts afresh each time."
    )
