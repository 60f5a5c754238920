"""The libraries that are measured: each trains a `Problem`, from its weights, in its order.

A module of this package knows one library. It is imported only when its peer is asked for,
and a peer whose library is not installed is left out.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import threadpoolctl

if TYPE_CHECKING:
    from workloads import Arrays, Problem

    Fit = Callable[[], tuple[Arrays, Arrays] | None]

# In the order of the tables' columns. "gemm" is no library but the matrix products alone.
MODULES = {
    "sknn_edu": "ours",
    "scikit-learn": "scikit_learn",
    "torch": "torch_eager",
    "jax": "jax_scan",
    "skorch": "skorch_net",
    "gemm": "gemm",
}


class Peer(ABC):
    """A library, or one way of using it."""

    name: str
    #: The loss at the end must be ours to this part of the loss at the start. In float64 rounding
    #: makes 1e-15; in float32 1e-6 on most workloads, but training amplifies it, to 5e-3 on L.
    #: So does L-BFGS, whose paths part after some dozen iterations.
    tolerance: ClassVar = {"float64": 1e-9, "float32": 1e-2, "lbfgs": 1e-3}
    #: At most so many rounds: one that is slow and has no goal need not be measured precisely.
    rounds = math.inf
    #: Whether the number of threads is settled for good when the library starts.
    fixed_threads = False
    #: The parameter of its estimator that a grid over hidden sizes varies; none has no estimator.
    hidden_sizes_parameter = ""
    #: Its version, where `machine` does not name it already.
    version = ""

    @abstractmethod
    def prepare(self, problem: Problem) -> Fit:
        """A function that trains from the start and returns W and b.

        What a user would do once before the first of many fits is done here, outside the time.
        """

    def refusal(self, problem: Problem) -> str | None:
        """Why it cannot train this, or None."""
        return None

    def threads(self, n: int) -> AbstractContextManager:
        """So many threads, for the matrix products at least."""
        return threadpoolctl.threadpool_limits(n, user_api="blas")

    def allowed_error(self, problem: Problem) -> float:
        """How far its loss may be from ours, as a part of the loss at the start."""
        return self.tolerance["lbfgs" if problem.uses_lbfgs else str(problem.dtype)]


class FirstOrderPeer(Peer):
    """A peer without an L-BFGS that takes the same steps as scipy's."""

    def refusal(self, problem):
        return "its L-BFGS is another algorithm" if problem.uses_lbfgs else None


class EstimatorPeer(Peer):
    """A peer with scikit-learn's interface and parameters: fit includes checking the input."""

    classifier: type
    regressor: type
    params: Mapping[str, Any] = MappingProxyType({})
    hidden_sizes_parameter = "hidden_layer_sizes"

    def estimator(self, problem: Problem) -> Any:
        """The estimator, not fitted."""
        kind = self.regressor if problem.regression else self.classifier
        return kind(**{**problem.params, **self.params})

    def prepare(self, problem):
        est = self.estimator(problem)

        def fit():
            est.fit(problem.X, problem.y)
            return est.coefs_, est.intercepts_

        return fit


def load(names: Collection[str], max_threads: int) -> tuple[list[Peer], list[str]]:
    """The peers of these names that are installed, and a line about each that is not."""
    peers: list[Peer] = []
    left_out: list[str] = []
    for name in (name for name in MODULES if name in names):
        try:
            module = import_module(f"{__name__}.{MODULES[name]}")
        except ModuleNotFoundError as error:
            left_out.append(f"left out: {name} ({error.name} is not installed)")
            continue
        peers += module.peers(max_threads)
    return peers, left_out
