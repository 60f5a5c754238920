"""Loss curves and scores of a training run: from an estimator, or as given to the display."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..optimizers import Optimizer
from ._shared import open_up


class LossRecord(NamedTuple):
    """What was recorded in one training run."""

    loss: np.ndarray
    validation_loss: np.ndarray | None = None
    scores: np.ndarray | None = None
    best_iter: int | None = None
    name: str | None = None

    @property
    def best_is_by_score(self) -> bool:
        """Whether the best epoch is the one with the best validation score."""
        if self.scores is None or self.best_iter is None or np.isnan(self.scores).all():
            return False
        return self.best_iter == np.nanargmax(self.scores) + 1


def trained(estimator: Any) -> Any:
    """The network inside pipelines and searches; an error if it has not been trained."""
    estimator, _ = open_up(estimator)
    check_is_fitted(estimator)
    loss_curve = getattr(estimator, "loss_curve_", None)
    if loss_curve is None:
        raise TypeError(
            "estimator must keep its losses in loss_curve_, as BackpropClassifier and "
            f"BackpropRegressor do; this {type(estimator).__name__} has none."
        )
    if len(loss_curve) == 0:
        kind = type(estimator).__name__
        raise NotFittedError(f"This {kind} has its first weights, but no loss yet: call fit.")
    return estimator


def record_of(estimator: Any, name: str | None) -> LossRecord:
    """The record of a trained estimator."""
    validation_loss = _of_every_epoch(estimator, "validation_loss_curve_")
    scores = _of_every_epoch(estimator, "validation_scores_")
    best, loss = getattr(estimator, "best_iter_", None), np.asarray(estimator.loss_curve_, float)
    return LossRecord(loss, validation_loss, scores, best, name)


def checked_records(display: Any, name: Any) -> list[LossRecord]:
    """The records of one network or several, from the parameters of a display."""
    losses = _curves(display.loss_curve)
    n = len(losses)
    given = {
        "validation_loss_curve": _curves(display.validation_loss_curve, n),
        "validation_scores": _curves(display.validation_scores, n),
        "best_iter": _list(display.best_iter, n),
        "name": _list(name, n),
    }
    for parameter, values in given.items():
        if len(values) != n:
            entries = f"an entry for each of the {n} loss curves; got {len(values)}."
            raise ValueError(f"{parameter} must have {entries}")
    records = [LossRecord(*values) for values in zip(losses, *given.values(), strict=True)]
    for record in records:
        for what, curve in (("loss", record.validation_loss), ("scores", record.scores)):
            if curve is not None and len(curve) != len(record.loss):
                raise ValueError(
                    f"Of {len(record.loss)} epochs in loss_curve, the validation {what} covers "
                    f"{len(curve)}: both must have an entry for each epoch (np.nan where there was "
                    "no validation)."
                )
    return records


def one_for_each(curve_kwargs: Any, n: int) -> list[dict[str, Any] | None]:
    """Keywords for each of n curves."""
    by_curve = curve_kwargs if isinstance(curve_kwargs, list) else [curve_kwargs] * n
    if len(by_curve) != n:
        wanted = f"None, a dict, or a list of {n} dicts, one for each curve"
        raise ValueError(f"curve_kwargs must be {wanted}; got {curve_kwargs!r}.")
    return by_curve


def score_name(estimator: Any) -> str:
    """Name of the validation score."""
    scoring = getattr(estimator, "scoring", None)
    if scoring is None:
        return "accuracy" if is_classifier(estimator) else "$R^2$"
    if isinstance(scoring, str):
        return "-loss" if scoring == "loss" else scoring.replace("_", " ")
    return getattr(scoring, "__name__", "score")


def iteration_name(estimator: Any) -> str:
    """Label of the x-axis: epochs, or iterations of a full-batch solver."""
    given = getattr(estimator, "solver", "sgd")
    solver = Optimizer.find(given) if isinstance(given, str) else given
    return "epoch" if solver.incremental else "iteration"


def common(names: Iterable[str], otherwise: str) -> str:
    """The name if they all are the same."""
    different = set(names)
    return different.pop() if len(different) == 1 else otherwise


def names_by_difference(estimators: list[Any]) -> list[str]:
    """Names by class and by the parameters that are not the same for all; else numbers."""
    params = [est.get_params(deep=False) for est in estimators]
    shared = [key for key in params[0] if all(key in of_one for of_one in params)]
    differing = [key for key in shared if len({repr(of_one[key]) for of_one in params}) > 1]
    classes = [type(est).__name__ for est in estimators]
    names = [", ".join(f"{key}={of_one[key]}" for key in differing) for of_one in params]
    if len(set(classes)) > 1:
        pairs = zip(classes, names, strict=True)
        names = [f"{cls}: {name}" if name else cls for cls, name in pairs]
    if len(set(names)) < len(names):
        names = [f"{cls} {i}" for i, cls in enumerate(classes, start=1)]
    return names


def _of_every_epoch(estimator: Any, attribute: str) -> np.ndarray | None:
    """A validation curve, if there is one."""
    curve = getattr(estimator, attribute, None)
    if not curve:
        return None
    n, n_epochs = len(curve), len(estimator.loss_curve_)
    if n == n_epochs:
        return np.asarray(curve, float)
    # Some of several fits had no validation data, and it is not known which.
    what = f"{attribute} has {n} entries for {n_epochs} epochs; it is not drawn, because the"
    warnings.warn(f"{what} epochs that they belong to are not known.", UserWarning, stacklevel=4)
    return None


def _curves(given: Any, n: int = 1) -> list[Any]:
    """A list of curves, from one curve or several."""
    if given is None:
        return [None] * n
    if all(curve is None or np.ndim(curve) > 0 for curve in given):
        return [None if curve is None else np.asarray(curve, float) for curve in given]
    return [np.asarray(given, float)]


def _list(given: Any, n: int) -> list[Any]:
    """One value for each of n networks."""
    return list(given) if isinstance(given, list | tuple | np.ndarray) else [given] * n
