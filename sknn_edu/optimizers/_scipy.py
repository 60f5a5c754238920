"""Full-batch solvers: scipy finds the way, the engine says how high and how steep it is.

They have stopping rules of their own; early stopping, batches and learning rates mean
nothing to them. The weights with the lowest J so far are kept, whatever happens.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize

from ..exceptions import DivergenceError, SolverStoppedWarning, warn
from ..threads import one_scipy_blas_thread
from ._base import Optimizer

if TYPE_CHECKING:
    from ..engine.batches import Samples
    from ..training.loop import Training

__all__ = ["LBFGS", "LM", "NewtonCG"]


class LBFGS(Optimizer):
    """L-BFGS: a quasi-Newton method that remembers the last ten steps.

    The estimators' ``tol`` is the largest entry of the gradient at which it stops,
    ``max_iter`` the number of iterations.

    Parameters
    ----------
    max_fun : int, default=15000
        Most evaluations of J and its gradient.

    References
    ----------
    Byrd, Lu, Nocedal and Zhu (1995), A limited memory algorithm for bound constrained
    optimization, SIAM Journal on Scientific Computing 16.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.optimizers import LBFGS
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]  # y = 2 x + 1
    >>> reg = BackpropRegressor((), solver=LBFGS(), alpha=0, random_state=0).fit(X, y)
    >>> reg.coefs_[0].round(3), reg.intercepts_[0].round(3)
    (array([[2.]]), array([1.]))
    """

    name = "lbfgs"

    def __init__(self, max_fun: int = 15000) -> None:
        self.max_fun = max_fun

    def minimize(self, training):
        """Run ``scipy.optimize.minimize(method="L-BFGS-B")``."""
        problem = Problem(training, self)
        with problem.running(), one_scipy_blas_thread():
            result = scipy.optimize.minimize(
                problem.value_and_gradient,
                problem.start(),
                method="L-BFGS-B",
                jac=True,
                callback=problem.end_iteration,
                options={
                    "maxfun": self.max_fun,
                    "maxiter": training.n_epochs,
                    "gtol": training.history.tol,
                },
            )
            problem.finish("L-BFGS", result, result.fun, result.nit, result.status == 0)


class NewtonCG(Optimizer):
    """Truncated Newton: each step solves H d = -grad by conjugate gradients.

    H is never built; its products with vectors are exact (see
    `sknn_edu.engine.curvature.HessianProduct`). The estimators' ``tol`` is the mean size
    of a step's entries at which it stops, ``max_iter`` the number of Newton steps.

    References
    ----------
    Nocedal and Wright (2006), Numerical optimization, section 7.1.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.optimizers import NewtonCG
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]  # y = 2 x + 1
    >>> reg = BackpropRegressor((), solver=NewtonCG(), alpha=0, random_state=0).fit(X, y)
    >>> reg.coefs_[0].round(3), reg.intercepts_[0].round(3)
    (array([[2.]]), array([1.]))
    """

    name = "newton-cg"

    def minimize(self, training):
        """Run ``scipy.optimize.minimize(method="Newton-CG")``."""
        problem = Problem(training, self)
        with problem.running(), one_scipy_blas_thread():
            result = scipy.optimize.minimize(
                problem.value_and_gradient,
                problem.start(),
                method="Newton-CG",
                jac=True,
                hessp=problem.hessian_product,
                callback=problem.end_iteration,
                options={"maxiter": training.n_epochs, "xtol": training.history.tol},
            )
            problem.finish("Newton-CG", result, result.fun, result.nit, result.status == 0)


class LM(Optimizer):
    """Levenberg-Marquardt, for squared error and networks of up to a few hundred weights.

    It holds the whole Jacobian, of n_samples * n_outputs + n_weights rows and a column
    for each parameter. The estimators' ``tol`` is the relative change of J at which it
    stops, ``max_iter`` the number of Jacobians.

    References
    ----------
    More (1978), The Levenberg-Marquardt algorithm: implementation and theory, Lecture
    Notes in Mathematics 630.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.optimizers import LM
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]  # y = 2 x + 1
    >>> reg = BackpropRegressor((), solver=LM(), alpha=0, random_state=0).fit(X, y)
    >>> reg.coefs_[0].round(3), reg.intercepts_[0].round(3)
    (array([[2.]]), array([1.]))
    """

    name = "lm"

    def check(self, training):
        """No L1 penalty; the loss must be a sum of squares."""
        super().check(training)
        if training.objective.penalty.l1:
            raise ValueError("solver='lm' minimises sums of squares: use l1_ratio=0 or alpha=0.")
        if not training.objective.loss.is_sum_of_squares:
            raise ValueError(
                "solver='lm' minimises sums of squares: use loss='squared_error' (or a multiple "
                f"of it), not {training.objective.loss!r}."
            )

    def minimize(self, training):
        """Run ``scipy.optimize.least_squares(method="lm")``."""
        from ..engine.curvature import LeastSquares

        problem = Problem(training, self)
        squares = LeastSquares(training.objective, problem.samples)
        n_evaluated = 0

        def residuals(theta: np.ndarray) -> np.ndarray:
            nonlocal n_evaluated
            n_evaluated += 1
            problem.begin_iteration()
            problem.move_to(theta)
            r = squares.residuals().astype(np.float64)
            problem.note(0.5 * float(np.dot(r, r)))
            if not math.isfinite(problem.value):
                if n_evaluated == 1:
                    raise problem.divergence(problem.value)
                r = np.full_like(r, 1e100)  # a step that overflows is a bad step
            # MINPACK wants at least as many residuals as parameters: zeros change nothing.
            return np.pad(r, (0, max(0, theta.size - r.size)))

        def jacobian(theta: np.ndarray) -> np.ndarray:
            problem.move_to(theta)
            if n_evaluated > 1:  # there is a Jacobian at the start, and after each good step
                problem.end_iteration(theta)
            if problem.history.n_iter == training.n_epochs:
                raise StopIteration
            J = squares.jacobian().astype(np.float64)
            return np.pad(J, ((0, max(0, J.shape[1] - J.shape[0])), (0, 0)))

        with problem.running(), one_scipy_blas_thread():
            try:
                result = scipy.optimize.least_squares(
                    residuals,
                    problem.start(),
                    jacobian,
                    method="lm",
                    ftol=max(training.history.tol, np.finfo(float).eps),
                    xtol=max(1e-8, np.finfo(training.theta.dtype).eps),
                    gtol=np.finfo(float).eps,
                )
            except StopIteration:  # MINPACK counts evaluations, but not iterations
                result = scipy.optimize.OptimizeResult(
                    x=problem.best_theta, status=0, message=f"max_iter={training.n_epochs} reached"
                )
            if result.status > 0 and problem.history.n_iter < training.n_epochs:
                with suppress(StopIteration):
                    problem.end_iteration(result.x)
            n_iter = problem.history.n_iter
            problem.finish(
                "Levenberg-Marquardt", result, problem.best_value, n_iter, result.status > 0
            )


class Problem:
    """A fit as scipy sees it: functions of a float64 vector.

    Keeps the lowest J seen, with its theta, and the history of the iterations.
    """

    def __init__(self, training: Training, optimizer: Optimizer) -> None:
        from ..engine.curvature import HessianProduct
        from ..native import core_for

        self.training = training
        core = core_for(training, optimizer)
        if core is not None:
            core.get_threads(training.samples.n)  # before scipy's pool is held to one
        self._evaluate = (core or training.objective).value_and_gradient
        self.history = training.history
        self.samples: Samples = training.samples
        self.best_value = math.inf
        self.best_theta = training.theta.copy()
        self.value = math.nan
        self._hessian_product = HessianProduct(training.objective, self.samples)
        self._linearized_at: np.ndarray | None = None
        self._iteration_has_begun = False
        self._stopped_at: np.ndarray | None = None

    def start(self) -> np.ndarray:
        """Where to begin."""
        return self.training.theta.astype(np.float64)

    def move_to(self, theta: np.ndarray) -> None:
        """Set the network's parameters."""
        self.training.theta[:] = theta
        self._linearized_at = None  # the next pass overwrites what Hessian products need

    def note(self, value: float) -> None:
        """Remember J at the present theta if it is the lowest so far."""
        self.value = value
        if value < self.best_value:
            self.best_value = value
            self.best_theta[:] = self.training.theta

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """J and its gradient."""
        self.begin_iteration()
        self.move_to(theta)
        objective = self.training.objective
        value = self._evaluate(self.samples)
        gradient = objective.network.grad.flat.astype(np.float64)
        finite = math.isfinite(value) and np.isfinite(gradient).all()
        if not finite and math.isfinite(self.best_value):
            # A step that overflows is a bad step: a high, flat place sends the search back.
            return self.best_value + 10 * max(1, abs(self.best_value)), np.zeros_like(gradient)
        self.note(value)
        return value, gradient

    def hessian_product(self, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        """H v; one forward and backward pass serves all v at the same theta."""
        if self._linearized_at is None or not np.array_equal(theta, self._linearized_at):
            self.move_to(theta)
            self._hessian_product.linearize()
            self._linearized_at = theta.copy()
        return self._hessian_product(v).astype(np.float64)

    def begin_iteration(self) -> None:
        """Say that an iteration begins: scipy does not, so its first evaluation does."""
        if not self._iteration_has_begun:
            self._iteration_has_begun = True
            self.training.begin_epoch()

    def end_iteration(self, theta: np.ndarray) -> None:
        """Note an iteration of the solver; raises StopIteration if it should be the last one."""
        history, validation = self.history, self.training.validation
        score = validation_loss = None
        if validation is not None or self.training.watchers:
            self.move_to(theta)
        if validation is not None:
            score, validation_loss = validation.evaluate()
        history.record(self.best_value, score, validation_loss)
        self.training.progress.report(history)
        self._iteration_has_begun = False
        if self.training.end_epoch():
            self._stopped_at = theta.copy()
            raise StopIteration

    @contextmanager
    def running(self) -> Iterator[None]:
        """If it does not come to its end, go back to the best theta so far."""
        try:
            yield
        except BaseException as error:
            self.move_to(self.best_theta)
            if isinstance(error, KeyboardInterrupt):
                self.history.stop_reason = (
                    f"Interrupted from the keyboard in iteration {self.history.n_iter + 1}; "
                    "the best weights so far were kept."
                )
            elif isinstance(error, DivergenceError):
                self.history.stop_reason = str(error)
            raise

    def divergence(self, value: float) -> DivergenceError:
        """The error for a J that is not finite at the present theta."""
        from ..training.divergence import divergence

        network, epoch = self.training.objective.network, self.history.n_iter + 1
        error = divergence(network, self.samples, value, epoch, None)
        return DivergenceError(f"{error} The last finite weights were kept.")

    def finish(
        self,
        solver: str,
        result: scipy.optimize.OptimizeResult,
        value: float,
        n_iter: int,
        converged: bool,
    ) -> None:
        """Take over the solution, or say what went wrong."""
        history = self.history
        if self._stopped_at is not None:
            self.move_to(self._stopped_at)
            history.stop_reason = f"A callback stopped training after iteration {history.n_iter}."
            self.training.progress.close(history)
            return
        self.move_to(result.x)
        history.n_iter, history.loss = int(n_iter), float(value)
        message = str(result.message).rstrip(".")
        if not (math.isfinite(value) and np.isfinite(result.x).all()):
            raise self.divergence(value)
        if converged:
            history.stop_reason = f"{solver} converged: {message}."
        elif history.tol == 0 and n_iter == self.training.n_epochs:
            history.stop_reason = f"max_iter={n_iter} iterations were run, as asked."
            converged = True
        else:
            history.stop_reason = f"{solver} stopped before it converged: {message}."
        self.training.progress.close(history)
        if not converged:
            warn(
                f"{solver} failed to converge after {n_iter} iteration(s): {message}. Increase "
                f"max_iter (now {self.training.n_epochs}), or scale the data.",
                SolverStoppedWarning,
            )
