"""The one place that chooses between the NumPy engine and the compiled core."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import issparse

from .engine.network import Network
from .engine.outputs import in_its_dtype, overflow_is_expected
from .engine.outputs import outputs as numpy_outputs
from .native import library
from .native.backend import NativeBackend
from .native.core import Core
from .native.support import reason_against_network, reason_against_training
from .native.worth import worth
from .optimizers import Optimizer
from .training.backend import Backend, NumpyBackend
from .training.training import Training

SMALL = 500_000  # multiplications: NumPy takes less time for them than setting up the core
FEW = 16  # rows: the core computes with whole vectors of rows, most of which would be empty


def backend_for(engine: str, training: Training, rule: Optimizer) -> Backend:
    """The backend for a training.

    Parameters
    ----------
    engine : {"auto", "numpy", "native"}
        "auto" is the core for all that it supports, where it is not slower.

    Raises
    ------
    ValueError
        If ``engine`` is "native" and the core does not have something.
    """
    if engine != "numpy":
        reason = reason_against_training(training, rule)
        if reason is not None and engine == "native":
            raise _missing(reason)
        objective, samples = training.objective, training.samples
        if reason is None and _is_worth_it(engine, objective.network, samples.X):
            n_rows = training.batch_size if rule.incremental else samples.n
            return NativeBackend(objective, samples, n_rows)
    return NumpyBackend(training.objective)


def outputs(engine: str, network: Network, X: Any, what: str = "A") -> np.ndarray:
    """A (or Z) of the output layer for all rows of X, in bounded memory.

    Raises
    ------
    ValueError
        If ``engine`` is "native" and the core does not have something.
    """
    n_products = X.shape[0] * sum(W.size for W in network.theta.W)
    is_worth_it = n_products > SMALL and X.shape[0] >= FEW
    if what == "A" and (engine == "native" or (engine == "auto" and is_worth_it)):
        reason = reason_against_network(network)
        if reason is not None and engine == "native":
            raise _missing(reason)
        if reason is None and _is_worth_it(engine, network, X):
            with overflow_is_expected():
                return Core(network).outputs(in_its_dtype(network, X))
    return numpy_outputs(network, X, what)


def _is_worth_it(engine: str, network: Network, X: Any) -> bool:
    """Whether the core, which supports this, is asked for or is not the slower one."""
    lib = library.load()
    if lib is None or engine == "native" or issparse(X):
        return True
    return sum(W.size for W in network.theta.W) < worth(lib).below


def _missing(reason: str) -> ValueError:
    return ValueError(
        f"engine='native' does not have {reason}. Use engine='auto', which runs it on NumPy."
    )
