"""Full-batch solvers of scipy, which evaluate J and its derivatives through a `Problem`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from ._base import FullBatch, Problem, Solution

__all__ = ["LBFGS", "LM", "NewtonCG"]


class LBFGS(FullBatch):
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
    also_called = ("bfgs", "l_bfgs_b")
    title = "L-BFGS"

    def __init__(self, max_fun: int = 15000) -> None:
        self.max_fun = max_fun

    def minimize(self, problem):
        """Run ``scipy.optimize.minimize(method="L-BFGS-B")``."""
        limits = {"maxfun": self.max_fun, "maxiter": problem.max_iter, "gtol": problem.tol}
        return _minimize(problem, method="L-BFGS-B", options=limits)


class NewtonCG(FullBatch):
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
    also_called = ("newton", "hessian_free")
    title = "Newton-CG"

    def minimize(self, problem):
        """Run ``scipy.optimize.minimize(method="Newton-CG")``."""
        return _minimize(
            problem,
            method="Newton-CG",
            hessp=problem.hessian_product,
            options={"maxiter": problem.max_iter, "xtol": problem.tol},
        )


class LM(FullBatch):
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
    also_called = ("levenberg_marquardt", "gauss_newton")
    title = "Levenberg-Marquardt"

    def check(self, architecture, clip_norm):
        """No L1 penalty; the loss must be a sum of squares."""
        super().check(architecture, clip_norm)
        if architecture.penalty.l1:
            raise ValueError("solver='lm' minimises sums of squares: use l1_ratio=0 or alpha=0.")
        if not architecture.loss.is_sum_of_squares:
            raise ValueError(
                "solver='lm' minimises sums of squares: use loss='squared_error' (or a multiple "
                f"of it), not {architecture.loss!r}."
            )

    def minimize(self, problem):
        """Run ``scipy.optimize.least_squares(method="lm")``."""
        n_evaluated = n_at_jacobian = 0
        reached = problem.start.copy()

        def residuals(theta: np.ndarray) -> np.ndarray:
            nonlocal n_evaluated
            n_evaluated += 1
            r = problem.residuals(theta)
            # MINPACK wants at least as many residuals as parameters: zeros change nothing.
            return np.pad(r, (0, max(0, theta.size - r.size)))

        def jacobian(theta: np.ndarray) -> np.ndarray:
            # There is a Jacobian at the start, of older versions two, and after each good step.
            nonlocal n_at_jacobian, reached
            n_at_jacobian = n_evaluated
            has_moved = not np.array_equal(theta, reached)
            asked_to_stop = has_moved and problem.end_iteration(theta)
            reached = theta.copy()
            if asked_to_stop or problem.n_iter == problem.max_iter:
                raise _EnoughIterations(theta.copy())
            J = problem.jacobian(theta)
            return np.pad(J, ((0, max(0, J.shape[1] - J.shape[0])), (0, 0)))

        try:
            result = scipy.optimize.least_squares(
                residuals,
                problem.start,
                jacobian,
                method="lm",
                ftol=max(problem.tol, np.finfo(float).eps),
                xtol=max(1e-8, problem.epsilon),
                gtol=np.finfo(float).eps,
            )
        except _EnoughIterations as enough:  # MINPACK counts evaluations, but not iterations
            message = f"max_iter={problem.max_iter} reached"
            return Solution(enough.theta, problem.best_value, problem.n_iter, False, message)
        converged = result.status > 0
        # Where the last Jacobian shows a minimum, no iteration begins after it.
        if converged and n_evaluated > n_at_jacobian and problem.n_iter < problem.max_iter:
            problem.end_iteration(result.x)
        message = str(result.message).rstrip(".")
        return Solution(result.x, problem.best_value, problem.n_iter, converged, message)


class _EnoughIterations(Exception):
    """Ends `scipy.optimize.least_squares` from within."""

    def __init__(self, theta: np.ndarray) -> None:
        super().__init__()
        self.theta = theta


def _minimize(problem: Problem, **options: Any) -> Solution:
    """Run ``scipy.optimize.minimize``."""

    def callback(theta: np.ndarray) -> None:
        if problem.end_iteration(theta):
            raise StopIteration  # asks scipy to stop

    result = scipy.optimize.minimize(
        problem.value_and_gradient, problem.start, jac=True, callback=callback, **options
    )
    message = str(result.message).rstrip(".")
    return Solution(result.x, float(result.fun), int(result.nit), result.status == 0, message)
