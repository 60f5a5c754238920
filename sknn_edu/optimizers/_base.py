"""Base classes of the optimizers: rules for one step, and solvers that minimise J as a whole."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..component import Component, as_float
from ..engine.architecture import Architecture
from ._update import Update


class Optimizer(Component, ABC, family=True):
    """Base of the optimizers; subclass `FirstOrder` or `FullBatch`.

    The settings that an estimator has under the same name are taken from there when the
    optimizer is asked for by name; an object keeps its own.

    Attributes
    ----------
    name : str
        How users ask for it; the class name if a class sets none.
    incremental : bool
        Whether it can go on from where it was, as ``partial_fit`` does.
    full_batch : bool
        Whether each step uses all rows, whatever ``batch_size`` says.
    """

    incremental: ClassVar[bool]
    full_batch: ClassVar[bool]

    @abstractmethod
    def check(self, architecture: Architecture, clip_norm: float | None) -> None:
        """Raise ValueError if this optimizer cannot train such a network."""

    def adopt(self, settings: dict[str, Any]) -> None:
        """Take over new settings, keeping the state."""
        for name, value in settings.items():
            setattr(self, name, value)


class FirstOrder(Optimizer):
    """A rule ``theta := theta - step`` that is applied batch by batch.

    A new one needs `allocate` and `step`, both on flat vectors. A constructor of its own calls
    ``super().__init__(learning_rate_init)``. With `in_formulas` the teaching tools know its step.

    Parameters
    ----------
    learning_rate_init : float
        The learning rate at the start, positive.

    Attributes
    ----------
    learning_rate : float
        The present learning rate.
    rate_factor : float
        What a schedule multiplies ``learning_rate_init`` by in the next step.
    n_batches_seen : int
        Steps of a schedule so far.
    decouples_penalty : bool
        Whether the gradient should come without the penalty, which is then applied to
        the weights directly, by one plain gradient step of its own.
    """

    incremental = True
    full_batch = False
    decouples_penalty: ClassVar[bool] = False
    rate_factor: float = 1.0
    n_batches_seen: int = 0

    def __init__(self, learning_rate_init: float) -> None:
        if not 0 < learning_rate_init < math.inf:
            raise ValueError(f"learning_rate_init must be > 0, got {learning_rate_init!r}.")
        self.learning_rate_init = learning_rate_init
        self.learning_rate = as_float("learning_rate_init", learning_rate_init)
        self._size: tuple[int, str] | None = None

    def check(self, architecture: Architecture, clip_norm: float | None) -> None:
        """Any network will do."""

    @abstractmethod
    def allocate(self, theta: np.ndarray) -> None:
        """Make the state (velocities, moments) for a vector like theta, all zeros."""

    @abstractmethod
    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Move theta one step, in place. grad may be overwritten."""

    def in_formulas(self) -> Update | None:
        """The next `step` as formulas, once there is a state; None if they are not stated."""
        return None

    def numbers(self, *names: str, **others: float) -> dict[str, float]:
        """Attributes by their names, and other numbers, as `in_formulas` needs them."""
        return {**others, **{name: float(getattr(self, name)) for name in names}}

    def scale_rate(self, factor: float) -> None:
        """Make the learning rate a multiple of the initial one, as a schedule asks."""
        self.rate_factor = factor
        self.learning_rate = self.learning_rate_init * factor

    @property
    def follows_schedule(self) -> bool:
        """Whether `end_epoch` changes the learning rate."""
        return False

    def end_epoch(self, n_samples_seen: int) -> None:
        """Adjust the learning rate after an epoch; ``n_samples_seen`` counts since the start."""

    def lower_learning_rate(self) -> bool:
        """Called when nothing improves; returns whether the rate was lowered (else: stop)."""
        return False

    def is_finite(self) -> bool:
        """Whether velocities and moments are finite; infinite ones stop a parameter for good."""
        state = (array for array in vars(self).values() if isinstance(array, np.ndarray))
        return all(math.isfinite(np.add.reduce(array)) for array in state)

    def begin(self, theta: np.ndarray) -> None:
        """Get ready to step: state for a new vector, kept for one of the same size and dtype."""
        size = (theta.size, theta.dtype.str)
        if self._size != size:
            self.allocate(theta)
            self._size = size
        self._scratch = np.zeros_like(theta)

    def end(self) -> None:
        """Free the memory that only the steps need."""
        self._scratch = np.empty(0)

    def adopt(self, settings: dict[str, Any]) -> None:
        """Take over new settings, keeping the state; a new initial rate starts now."""
        before = self.learning_rate_init
        super().adopt(settings)
        if self.learning_rate_init != before:
            self.learning_rate = as_float("learning_rate_init", self.learning_rate_init)


class Problem(ABC):
    """What a `FullBatch` solver minimises: J as a function of a float64 vector theta.

    Attributes
    ----------
    start : ndarray of shape (n_parameters,)
        Theta to begin with.
    tol, max_iter : float, int
        The estimators' parameters.
    epsilon : float
        Machine epsilon of the network's dtype.
    best_value : float
        Lowest J so far.
    """

    start: np.ndarray
    tol: float
    max_iter: int
    epsilon: float
    best_value: float

    @property
    @abstractmethod
    def n_iter(self) -> int:
        """Iterations that have ended."""

    @abstractmethod
    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its gradient, shape (n_parameters,)."""

    @abstractmethod
    def hessian_product(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        """H v, shape (n_parameters,)."""

    @abstractmethod
    def residuals(self, theta: np.ndarray) -> np.ndarray:
        """r with J = ||r||^2 / 2, for losses that are sums of squares."""

    @abstractmethod
    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """dr/dtheta, shape (n_residuals, n_parameters)."""

    @abstractmethod
    def end_iteration(self, theta: np.ndarray) -> bool:
        """To be called after each iteration; True asks to stop here."""


class Solution(NamedTuple):
    """Where a `FullBatch` solver has ended, and whether it converged."""

    theta: np.ndarray
    value: float
    n_iter: int
    converged: bool
    message: str


class FullBatch(Optimizer):
    """A solver that minimises J on all rows as a whole; a new one needs `minimize`."""

    incremental = False
    full_batch = True

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name

    def check(self, architecture: Architecture, clip_norm: float | None) -> None:
        """Neither clipping nor dropout: J must be a function, and the gradient its own."""
        if clip_norm is not None:
            raise ValueError(
                f"clip_norm={clip_norm!r} is for first-order solvers such as 'adam'; "
                f"solver={self.name!r} needs the true gradient. Use clip_norm=None."
            )
        if rates := architecture.dropout:
            raise ValueError(
                f"dropout={list(rates)!r} makes the objective random, which solver={self.name!r} "
                "cannot minimise. Use dropout=0.0, or a solver such as 'adam'."
            )

    @abstractmethod
    def minimize(self, problem: Problem) -> Solution:
        """Find a theta with a small J, from ``problem.start``."""
