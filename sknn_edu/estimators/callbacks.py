"""scikit-learn's callbacks, as a training observer. Only this module needs version 1.9."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sklearn
from sklearn.utils import _safe_indexing

from ..engine.penalty import ElasticNet
from ..exceptions import SetTooLateWarning, warn
from ..optimizers import Optimizer
from ..training.training import Observer, Training
from . import steps
from .available_if import unless
from .model import Model

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands in for that of scikit-learn 1.9: there are no callbacks, and it says so."""

        @unless(lambda _: f"callbacks need scikit-learn 1.9; this is {sklearn.__version__}.")
        def set_callbacks(self, *callbacks: Any) -> Any:
            """Set callbacks: not with this version of scikit-learn."""


GIVEN_AT_THE_START = ("max_iter", "max_fun", "tol")  # to the solvers of scipy


class Callbacks(Observer):
    """Tells the callbacks of an estimator of its fit, and of each epoch in it.

    The tasks form a tree: the fit, and below it the epochs (for the full-batch solvers
    the iterations), ``max_iter`` of them at most. What the hooks ask for is made when they ask.
    A parameter of the penalty, the optimizer, clipping or stopping that a callback sets on the
    estimator takes effect in the next epoch, all others in the next fit; so do, in the full-batch
    solvers, those that scipy gets at the start, and there is a warning.

    Parameters
    ----------
    estimator : BaseBackprop
        It has callbacks set, or gets them from the meta-estimator that fits it.
    X, y, sample_weight
        What the user gave to `fit`.
    """

    def __init__(self, estimator: Any, X: Any, y: Any, sample_weight: Any) -> None:
        self._estimator = estimator
        self._data = X, y, sample_weight
        self._fit = estimator._init_callback_context(max_subtasks=estimator.max_iter)
        self._epoch: Any = None
        self._has_warned = False
        self._fit.call_on_fit_task_begin(estimator=estimator, **self._training_data(None))

    def following(self, model: Model) -> Callbacks:
        """The observer itself, for the fit of a model."""
        self._model = model
        return self

    def begin(self, training: Training, rule: Optimizer) -> None:
        """Remember the parameters that the fit begins with."""
        self._rule, self._params = rule, self._estimator._params()
        self._asked_for = steps.optimizer(self._params)

    def begin_epoch(self, training: Training) -> None:
        """Hook ``on_fit_task_begin`` of the epoch."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(**self._task(training))
        self._adopt_changes(training)

    def end_epoch(self, training: Training) -> bool:
        """Hook ``on_fit_task_end`` of the epoch; whether a callback asks to stop."""
        epoch, self._epoch = self._epoch, None
        asks_to_stop = epoch.call_on_fit_task_end(**self._task(training))
        self._adopt_changes(training)
        return asks_to_stop

    def end(self, training: Training) -> None:
        """Hook ``on_fit_task_end`` of the fit."""
        if self._epoch is not None:  # the solver looked further, and found that it was done
            self._epoch.call_on_fit_task_end(estimator=self._estimator)
        self._fit.call_on_fit_task_end(**self._task(training))

    def _adopt_changes(self, training: Training) -> None:
        """Take over parameters that a callback has changed, as far as a fit can change course."""
        params = self._estimator._params()
        before = self._params
        changed = any(params[name] is not value for name, value in before.items())
        if changed:
            self._estimator._validate_params()
        asked_for = steps.optimizer(params)
        if asked_for != self._asked_for and type(asked_for) is type(self._rule):
            self._rule.adopt(asked_for.settings())
        self._params, self._asked_for = params, asked_for
        if not changed:
            return
        penalty = ElasticNet(params["alpha"], params["l1_ratio"])
        architecture = replace(self._model.architecture, penalty=penalty)
        self._rule.check(architecture, params["clip_norm"])
        training.objective.penalty, self._model.architecture = penalty, architecture
        if not self._rule.incremental:
            self._warn_of_late_changes(before, params)
            return
        training.clip_norm = params["clip_norm"]
        training.history.tol = params["tol"]
        training.schedule = steps.schedule(params, self._rule)
        training.patience = steps.patience(params, training.schedule)
        training.n_epochs = self._fit.max_subtasks = params["max_iter"]

    def _warn_of_late_changes(self, before: dict[str, Any], params: dict[str, Any]) -> None:
        """Say once that a solver of scipy does not ask again for what it got at the start."""
        late = [name for name in GIVEN_AT_THE_START if params[name] != before[name]]
        if late and not self._has_warned:
            self._has_warned = True
            warn(
                f"A callback has set {', '.join(late)}, which counts from the next fit on: "
                f"solver={self._rule.name!r} got it at the start. To stop it earlier, return True "
                "from on_fit_task_end.",
                SetTooLateWarning,
            )

    def _task(self, training: Training) -> dict[str, Any]:
        """What a hook may ask for."""
        return {
            "estimator": self._estimator,
            "reconstruction_attributes": lambda: self._as_if_stopped(training),
            **self._training_data(training),
        }

    def _training_data(self, training: Training | None) -> dict[str, Callable[[], Any]]:
        """X, y and metadata, without the rows that are held out."""
        X, y, sample_weight = self._data
        rows = None if training is None else training.rows

        def part(data: Any) -> Any:
            return data if data is None or rows is None else _safe_indexing(data, rows)

        def metadata() -> dict[str, Any]:
            return {} if sample_weight is None else {"sample_weight": part(sample_weight)}

        return {"X": lambda: part(X), "y": lambda: part(y), "metadata": metadata}

    def _as_if_stopped(self, training: Training) -> dict[str, Any]:
        """Fitted attributes as they would be if training had stopped here."""
        theta = self._model.theta.zeros_like()
        history = training.history
        theta.flat[:] = training.checkpoint.best if history.early_stopping else training.theta
        curves = {
            name: value.copy()
            for name, value in history.attributes().items()
            if isinstance(value, list)
        }
        return {
            **self._model.attributes(),
            **history.attributes(),
            **curves,
            "coefs_": theta.W,
            "intercepts_": theta.b,
            "stop_reason_": f"Not stopped: this is the state of epoch {history.n_iter}.",
            "_optimizer": None,
        }


def callbacks_of(estimator: Any, X: Any, y: Any, sample_weight: Any) -> Callbacks | None:
    """The observer that serves the estimator's callbacks; None without callbacks.

    To be called by methods that scikit-learn's `_fit_context` decorates: it tears them down.
    """
    if not hasattr(estimator, "_skl_callbacks"):
        return None
    return Callbacks(estimator, X, y, sample_weight)
