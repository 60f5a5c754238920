"""Training, as both estimators do it: from data and parameters to a training run, and back.

`fit`, `partial_fit` and `initialize` check the input, learn how the targets are coded, make the
network and its weights, train them, and publish what was learned. Nothing is set on the estimator
before the last of these: a call that fails leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import _fit_context

from ..backends import backend_for
from ..engine.batches import Samples
from ..engine.dropout import Masks
from ..engine.network import Network
from ..engine.objective import Objective
from ..engine.parameters import Parameters
from ..exceptions import DivergenceError
from ..optimizers import Optimizer
from ..training.checkpoint import Checkpoint
from ..training.history import History
from ..training.loop import train
from ..training.progress import Progress
from ..training.stopping import NOT_TRAINED, StopKind
from ..training.training import Observer, Training
from . import parameters, steps
from .advice import arguments_explained
from .callbacks import Callbacks, CallbackSupportMixin, callbacks_of
from .data import checked_sample_weight, checked_X_y, first_X_y, samples_of
from .held_out import ValidationData, hold_out
from .inspection import OpenNetwork
from .model import Model
from .request import Request, history_of
from .shortcuts import FLOATS, random_state_of
from .weights import dtype_of, new_weights, present_weights

# What was learned until then is kept; any other error undoes the fit. A warning may have been made
# an error.
KEEPS_WHAT_WAS_LEARNED = (KeyboardInterrupt, DivergenceError, Warning)


class BaseBackprop(CallbackSupportMixin, OpenNetwork):
    """Base of the two estimators; they add the class of their targets, and docstrings."""

    @arguments_explained
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
        callbacks = callbacks_of(self, X, y, sample_weight)
        validation = ValidationData(X_val, y_val, sample_weight_val)
        fresh = self._starts_afresh()
        request = Request(X, y, sample_weight, validation=validation, fresh=fresh)
        return self._fit(request, callbacks=callbacks)

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
        request = Request(X, y, classes=classes)
        model, *_ = self._build(request, self._params(), random_state_of(self.random_state))
        self._publish(model, History(self.tol, early_stopping=False, stop=NOT_TRAINED), None)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Self:
        """One epoch, going on from the present weights."""
        if self.early_stopping:
            raise ValueError(f"partial_fit does not support early_stopping={self.early_stopping!r}")
        fresh = not hasattr(self, "coefs_")
        if fresh and classes is None and not self._targets_class.numeric:
            third = " The third argument is sample_weight." if sample_weight is not None else ""
            raise ValueError(
                "classes must be passed on the first call to partial_fit, as "
                f"partial_fit(X, y, classes=...).{third}"
            )
        return self._fit(Request(X, y, sample_weight, classes, fresh=fresh, incremental=True))

    # -- from a request to a training, and back --------------------------------------------

    def _starts_afresh(self) -> bool:
        """Whether `fit` draws weights: there are none, or they are not to be gone on from."""
        return not (self.warm_start and hasattr(self, "coefs_"))

    def _fit(
        self,
        request: Request,
        *,
        callbacks: Callbacks | None = None,
        observers: Sequence[Observer] = (),
    ) -> Self:
        params = self._params()
        rule = steps.optimizer(params)
        if request.fresh or not request.incremental:
            steps.warn_of_unused_schedule(params, rule)
        if request.incremental:
            steps.check_has_end(steps.schedule(params, rule))
            rule = steps.going_on(vars(self).get("_optimizer"), rule)
        random_state = random_state_of(self.random_state)
        model, samples, y = self._build(request, params, random_state)
        rule.check(model.architecture, self.clip_norm)
        told = [*([Progress(self.verbose)] if self.verbose else []), *observers]
        if callbacks is not None:
            told.append(callbacks.following(model))
        training = self._training(request, params, rule, model, samples, y, random_state, told)
        try:
            train(training, rule, backend_for(self.engine, training, rule))
            self._publish(model, training.history, rule)
        except BaseException as error:
            stop = training.history.stop
            if isinstance(error, KEEPS_WHAT_WAS_LEARNED) and stop is not NOT_TRAINED:
                # The weights went back; moments that have seen the end of it must not go on.
                went_back = stop.kind in (StopKind.INTERRUPTED, StopKind.DIVERGED)
                before = vars(self).get("_optimizer") if request.incremental else None
                is_over = isinstance(error, Warning) or not went_back
                self._publish(model, training.history, rule if is_over else before)
            else:
                training.history.forget_this_fit()
            raise
        return self

    def _build(
        self, request: Request, params: dict[str, Any], random_state: np.random.RandomState
    ) -> tuple[Model, Samples, Any]:
        """The network with its weights, the samples as it sees them, and y as the user knows it."""
        if request.fresh:
            X, y, columns = first_X_y(self, request.X, request.y, self._targets_class)
        else:
            dtypes = (dtype_of(self.coefs_),) if request.incremental else FLOATS
            n_features = len(self.coefs_[0])
            X, y = checked_X_y(self, request.X, request.y, self._targets_class, n_features, dtypes)
            columns = {}
        sample_weight = checked_sample_weight(request.sample_weight, X)
        targets = self._learned_targets(request, y)
        targets = targets.weighted(
            params.get("class_weight"), y, sample_weight, request.incremental
        )
        architecture, targets = parameters.architecture(params, X.shape[1], targets)
        samples = samples_of(targets, architecture, X, y, sample_weight)
        if request.fresh:
            theta = new_weights(params, architecture, X.dtype, random_state)
        else:
            self._check_same_layers(architecture.sizes)
            theta = Parameters(architecture.sizes, X.dtype)
            theta.fill(*present_weights(self, architecture))
        return Model(columns, targets, architecture, theta), samples, y

    def _learned_targets(self, request: Request, y: Any) -> Any:
        """How y is coded, or what was learned before, if y can follow it."""
        before = vars(self).get("_targets")
        if request.fresh or before is None:
            return self._targets_class.learn(y, request.classes)
        before.check_again(y, request.classes, request.incremental)
        return before

    def _check_same_layers(self, sizes: tuple[int, ...]) -> None:
        before = (len(self.coefs_[0]), *map(len, self.intercepts_))
        if sizes != before:
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} with n_hidden_layers="
                f"{self.n_hidden_layers!r} makes layers of {sizes} units, but the weights so "
                f"far are for layers of {before}. warm_start and partial_fit cannot "
                "change the network: use a new estimator, or warm_start=False."
            )

    def _training(
        self,
        request: Request,
        params: dict[str, Any],
        rule: Optimizer,
        model: Model,
        samples: Samples,
        y: Any,
        random_state: np.random.RandomState,
        observers: Sequence[Observer],
    ) -> Training:
        """The training run, ready for its first step."""
        objective = Objective(Network(model.architecture, model.theta))
        stops_early = bool(self.early_stopping and rule.incremental)
        held_out = hold_out(
            self, model, objective, samples, y, random_state, request.validation, stops_early
        )
        n = samples.n if held_out.rows is None else len(held_out.rows)
        batch_size = steps.batch_size(self.batch_size, n, rule)
        one_batch = held_out.rows is None and batch_size >= n
        # All rows in one batch have no order; draws for it matter if others follow them.
        no_order = one_batch and isinstance(self.random_state, Integral)
        history = history_of(request, vars(self), self.tol, held_out.validation, stops_early)
        masks = None
        if model.architecture.dropout:
            # Where a fit goes on from another, so do its masks, also with an int seed: it has seen
            # at least one sample for each update.
            masks = Masks.drawn_from(random_state, update=history.n_samples_seen)
        schedule = steps.schedule(params, rule)
        return Training(
            objective=objective,
            samples=samples,
            history=history,
            checkpoint=Checkpoint(model.theta.flat),
            random_state=random_state,
            masks=masks,
            rows=held_out.rows,
            validation=held_out.validation,
            batch_size=batch_size,
            shuffle=self.shuffle and not rule.full_batch and not no_order,
            clip_norm=self.clip_norm,
            schedule=schedule,
            layer_rates=steps.layer_rates(params, model.architecture),
            n_epochs=1 if request.incremental else self.max_iter,
            patience=steps.patience(params, schedule),
            incremental=request.incremental,
            observers=observers,
        )

    def _publish(self, model: Model, history: History, rule: Optimizer | None) -> None:
        """Set all fitted attributes, in one step that Ctrl-C cannot cut in two."""
        attributes = {
            **vars(self),
            **model.attributes(),
            **history.attributes(),
            "_optimizer": rule,
        }
        if model.columns and "feature_names_in_" not in model.columns:
            attributes.pop("feature_names_in_", None)
        self.__dict__ = attributes

    def __sklearn_tags__(self):
        """Sparse input is supported."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def observed_fit(
    est: BaseBackprop, X: Any, y: Any, sample_weight: Any, observers: Sequence[Observer]
) -> BaseBackprop:
    """Fit an estimator without its callbacks, and tell observers of the course of training."""
    est._validate_params()
    request = Request(X, y, sample_weight, fresh=est._starts_afresh())
    return est._fit(request, observers=observers)


@_fit_context(prefer_skip_nested_validation=True)
def fit_and_observe(
    est: BaseBackprop, X: Any, y: Any, sample_weight: Any, observers: Sequence[Observer]
) -> BaseBackprop:
    """`fit`, callbacks included, where observers are told of the course of training before them."""
    callbacks = callbacks_of(est, X, y, sample_weight)
    return est._fit(Request(X, y, sample_weight), callbacks=callbacks, observers=observers)


def cannot_go_on(est: BaseBackprop) -> str | None:
    """Why there is no `partial_fit` with this solver, or None if there is."""
    solver = parameters.get(Optimizer, "solver", est.solver)
    if solver.incremental:
        return None
    return (
        "partial_fit is for solvers that go on from where they are, such as 'adam'; "
        f"solver={solver.name!r} starts afresh each time."
    )
