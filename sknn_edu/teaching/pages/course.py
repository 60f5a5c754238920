"""The course of a training: the weights of a network and its solver after each epoch."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

from sklearn.base import clone

from ...engine.parameters import Parameters
from ...estimators.base import BaseBackprop, observed_fit
from ...exceptions import DivergenceError, DivergenceWarning, MaxIterWarning, SolverStoppedWarning
from ...optimizers import Optimizer
from ...training.training import Observer, Training
from ..opened import check_is_network


class Course(Observer):
    """Keeps the weights and the solver that training starts with, and those after each epoch.

    Parameters
    ----------
    check_sizes : callable
        Called with the units of each layer before the first step; may raise.

    Attributes
    ----------
    theta : dict of int to Parameters
        By epoch, 0 for the start.
    rules : dict of int to Optimizer
        With what they keep from step to step.
    """

    def __init__(self, check_sizes: Callable[[tuple[int, ...]], None]) -> None:
        self.check_sizes = check_sizes
        self.theta: dict[int, Parameters] = {}
        self.rules: dict[int, Optimizer] = {}

    def begin(self, training: Training, rule: Optimizer) -> None:
        """Keep the start."""
        self.check_sizes(training.objective.network.theta.sizes)
        self._rule = rule
        self._keep(0, training)

    def end_epoch(self, training: Training) -> None:
        """Keep what an epoch has made of them."""
        self._keep(training.history.n_iter, training)

    def _keep(self, epoch: int, training: Training) -> None:
        self.theta[epoch] = training.objective.network.theta.copy()
        self.rules[epoch] = copy.deepcopy(self._rule)


def train_and_keep(
    est: Any, data: tuple[Any, Any, Any], epochs: int, check_sizes: Callable[..., None]
) -> tuple[BaseBackprop, Course]:
    """Train a copy of ``est``, as its own `fit` does; a network with weights goes on from them.

    Returns the copy and its course. A training that diverges ends there.
    """
    check_is_network(est)
    has_weights = "coefs_" in vars(est)
    network = copy.deepcopy(est) if has_weights else clone(est)
    network.set_params(max_iter=epochs, warm_start=has_weights, verbose=False)
    course = Course(check_sizes)
    with warnings.catch_warnings():
        # Few epochs are what was asked for, and the page says why training stopped.
        for news in (MaxIterWarning, SolverStoppedWarning, DivergenceWarning):
            warnings.simplefilter("ignore", news)
        try:
            observed_fit(network, *data, [course])
        except DivergenceError:
            if not course.theta:
                raise
    return network, course
