"""An estimator opened for the teaching tools: its objective and its samples, ready to run.

The tools read what the engine computes; they never compute a gradient a second way.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..engine.architecture import Architecture
from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from ..engine.parameters import Parameters
from ..estimators.inspection import OpenNetwork, next_step_of, open_estimator
from ..estimators.next_step import NextStep
from ..optimizers import Optimizer


class Opened(NamedTuple):
    """The objective of a network at its present weights, the samples it is evaluated on, the step.

    The step is how the weights will be updated; plain gradient descent where nobody asks.
    """

    architecture: Architecture
    objective: Objective
    samples: Samples
    step: NextStep = NextStep()

    @property
    def network(self) -> Network:
        """The network, which keeps every Z."""
        return self.objective.network


def open_network(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    dtype: Any = None,
    with_dropout: bool = False,
) -> Opened:
    """The objective of ``est`` and the samples to run it on.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised. It is not changed: the weights are copied.
    X, y, sample_weight : array-like
        The data, checked as `fit` does; class weights join the sample weights.
    dtype : dtype, default=None
        What to compute in; by default the dtype of the weights.
    with_dropout : bool, default=False
        Whether the network has the dropout rates of the last fit.
    """
    check_opens(est)
    architecture, theta, samples = open_estimator(est, X, y, sample_weight)
    if not with_dropout:
        architecture = architecture.without_dropout()
    if dtype is not None and theta.dtype != dtype:
        theta = Parameters(theta.sizes, dtype).fill(theta.W, theta.b)
        samples = Samples(samples.X.astype(dtype), samples.Y.astype(dtype), samples.w)
    # All samples are run in one piece, so that every row is kept.
    network = Network(architecture, theta, keep_Z=True, rows_of_a_piece=max(1, samples.n))
    return Opened(architecture, Objective(network), samples)


def open_with_update(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    last: Optimizer | None = None,
    **options: Any,
) -> Opened:
    """`open_network`, with the step that the solver will take next.

    ``last`` is the solver as it is now; by default, as the last fit left it.
    """
    opened = open_network(est, X, y, sample_weight, **options)
    return opened._replace(step=next_step_of(est, last))


def check_opens(est: Any) -> None:
    """Raise if ``est`` is no network of this package, or has no weights yet."""
    check_is_network(est)
    no_weights = (
        "This %(name)s has no weights yet. Call fit(X, y), or initialize(X, y) to draw them."
    )
    check_is_fitted(est, "coefs_", msg=no_weights)


def check_is_network(est: Any) -> None:
    """Raise TypeError if ``est`` is no network of this package."""
    if isinstance(est, Pipeline):
        raise TypeError(
            "A Pipeline has steps before the network. Pass the network and what it sees: "
            "est=pipe[-1], X=pipe[:-1].transform(X)."
        )
    if not isinstance(est, OpenNetwork):
        wanted = "est must be a BackpropClassifier or a BackpropRegressor"
        raise TypeError(f"{wanted}, got {type(est).__name__}.{_advice(est)}")


def _advice(given: Any) -> str:
    """What to pass in place of what is no network of this package."""
    if isinstance(given, type) and issubclass(given, OpenNetwork):
        called = f"{given.__name__}()"
        return (
            f" {given.__name__} is the class: call it, {called}, and initialize(X, y) or fit(X, y)."
        )
    ours = {"MLPClassifier": "BackpropClassifier", "MLPRegressor": "BackpropRegressor"}
    if name := ours.get(type(given).__name__):
        same = "the same random_state gives the same weights"
        return f" Fit {name}(**est.get_params()) on the same data: {same}."
    is_data = getattr(given, "shape", None) is not None
    return " The estimator comes first, then X and y." * is_data


def dense(X: Any) -> np.ndarray:
    """X as an ordinary array; X itself if it is one."""
    return X if isinstance(X, np.ndarray) else X.toarray()
