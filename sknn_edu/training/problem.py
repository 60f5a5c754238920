"""The functions of a float64 vector theta that scipy's solvers call.

The solvers have stopping rules of their own, and use no early stopping, batches or learning rates.
The weights with the lowest J so far are kept for the case of an interrupt or of divergence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..engine.batches import Samples
from ..engine.curvature import LeastSquares
from ..exceptions import DivergenceError, SolverStoppedWarning
from ..optimizers import FullBatch, Problem, Solution
from ..threads import one_scipy_blas_thread
from . import stopping
from .backend import Backend
from .divergence import divergence
from .training import Training

KEPT = "The last finite weights were kept."


def minimize(training: Training, rule: FullBatch, backend: Backend) -> Warning | None:
    """Train with a full-batch solver; returns the warning to give, if any."""
    problem, history = FitProblem(training, backend), training.history
    try:
        with one_scipy_blas_thread():
            solution = rule.minimize(problem)
            return problem.take_over(rule, solution)
    except KeyboardInterrupt:
        training.checkpoint.restore_best()
        history.stop = stopping.interrupted(history.n_iter + 1, "iteration")
        raise
    except DivergenceError as error:
        training.checkpoint.restore_best()
        history.stop = stopping.diverged(error, KEPT)
        raise DivergenceError(history.stop.sentence) from None


def _without_stop_iteration(method: Callable[..., Any]) -> Callable[..., Any]:
    """A user's StopIteration is an error, as in a generator: for scipy it would mean success."""

    @wraps(method)
    def wrapped(*args: Any) -> Any:
        try:
            return method(*args)
        except StopIteration as error:
            raise RuntimeError("An activation, a loss or a scorer raised StopIteration.") from error

    return wrapped


class FitProblem(Problem):
    """The objective of a training as functions of a vector, and the record of the iterations."""

    def __init__(self, training: Training, backend: Backend) -> None:
        self.training, self.backend = training, backend
        self.samples: Samples = training.samples
        self.start = training.theta.astype(np.float64)
        self.tol = training.history.tol
        self.max_iter = training.n_epochs
        self.epsilon = float(np.finfo(training.theta.dtype).eps)
        self.best_value = math.inf
        # A theta, and the function v -> H v at it.
        self._linearized: tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]] | None = None
        self._iteration_has_begun = False
        self._stopped_at: np.ndarray | None = None

    @property
    def n_iter(self) -> int:
        """Iterations that have ended."""
        return self.training.history.n_iter

    # -- functions of theta ---------------------------------------------------------------

    @_without_stop_iteration
    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its gradient."""
        self._begin_iteration()
        self._move_to(theta)
        value = self.backend.value_and_gradient(self.samples)
        gradient = self.training.objective.network.grad.flat.astype(np.float64)
        finite = math.isfinite(value) and np.isfinite(gradient).all()
        if not finite and math.isfinite(self.best_value):
            # A large value with zero gradient makes the line search reject a step that overflows.
            return self.best_value + 10 * max(1, abs(self.best_value)), np.zeros_like(gradient)
        self._keep_if_best(value)
        return value, gradient

    @_without_stop_iteration
    def hessian_product(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        """H v; one forward and backward pass serves all v at the same theta."""
        if self._linearized is None or not np.array_equal(theta, self._linearized[0]):
            self._move_to(theta)
            self._linearized = theta.copy(), self.backend.linearized(self.samples)
        return self._linearized[1](v).astype(np.float64)

    @_without_stop_iteration
    def residuals(self, theta: np.ndarray) -> np.ndarray:
        """r with J = ||r||^2 / 2."""
        self._begin_iteration()
        self._move_to(theta)
        r = LeastSquares(self.training.objective, self.samples).residuals().astype(np.float64)
        value = 0.5 * float(np.dot(r, r))
        if not math.isfinite(value):
            if math.isinf(self.best_value):
                raise self._divergence(value)
            return np.full_like(r, 1e100)  # so the solver rejects the step
        self._keep_if_best(value)
        return r

    @_without_stop_iteration
    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """dr/dtheta."""
        self._move_to(theta)
        return LeastSquares(self.training.objective, self.samples).jacobian().astype(np.float64)

    def _move_to(self, theta: np.ndarray) -> None:
        """Set the network's parameters."""
        self.training.theta[:] = theta
        self._linearized = None  # the next pass overwrites what Hessian products need

    def _keep_if_best(self, value: float) -> None:
        """Keep the present weights if this is the lowest J so far."""
        if value < self.best_value:
            self.best_value = value
            self.training.checkpoint.keep_best()

    # -- iterations -------------------------------------------------------------------------

    def _begin_iteration(self) -> None:
        """scipy does not say that an iteration begins: its first evaluation does."""
        if not self._iteration_has_begun:
            self._iteration_has_begun = True
            self.training.begin_epoch()

    @_without_stop_iteration
    def end_iteration(self, theta: np.ndarray) -> bool:
        """Record an iteration of the solver; whether it should be the last one."""
        training, validation = self.training, self.training.validation
        score = validation_loss = None
        if validation is not None or training.observers:
            self._move_to(theta)
        if validation is not None:
            score, validation_loss = validation.evaluate(self.backend.data_value)
        training.history.record(self.best_value, score, validation_loss)
        self._iteration_has_begun = False
        if training.end_epoch():
            self._stopped_at = theta.copy()
            return True
        return False

    def take_over(self, rule: FullBatch, solution: Solution) -> Warning | None:
        """Move to the solution, and say why the solver has ended."""
        history = self.training.history
        if self._stopped_at is not None:
            self._move_to(self._stopped_at)
            history.stop = stopping.stopped_by_callback(history.n_iter, "iteration")
            return None
        theta, value, n_iter, converged, message = solution
        self._move_to(theta)
        history.n_iter, history.loss = int(n_iter), float(value)
        if n_iter == 0:
            history.best_loss = history.loss
        if not (math.isfinite(value) and np.isfinite(theta).all()):
            raise self._divergence(value)
        if not converged and history.tol == 0 and n_iter == self.max_iter:
            history.stop = stopping.finished(n_iter, "iterations")
            return None
        history.stop = stopping.solver_ended(rule.title, message, converged)
        if converged:
            return None
        return SolverStoppedWarning(
            f"{rule.title} failed to converge after {n_iter} iteration(s): {message}. Increase "
            f"max_iter (now {self.max_iter}), or scale the data."
        )

    def _divergence(self, value: float) -> DivergenceError:
        """The error for a J that is not finite at the present theta."""
        network = self.training.objective.network
        return divergence(network, self.samples, value, self.n_iter + 1, None)
