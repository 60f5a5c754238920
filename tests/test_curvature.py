"""Second order: the Hessian times a vector, and the Jacobian of the residuals."""

import numpy as np
import pytest
from gradient_helpers import (
    ACTIVATIONS,
    LAYOUTS,
    LOSSES,
    OUTPUTS_AND_LOSSES,
    Case,
    central_difference,
    members,
)
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from random_networks import cases, same_examples
from scipy.sparse import csr_array

from sknn_edu.activations import GELU, Elementwise, Softmax, Tanh
from sknn_edu.engine.curvature import HessianProduct, LeastSquares
from sknn_edu.engine.parameters import Parameters
from sknn_edu.losses import Loss

# Some pairs are risky on purpose: they may train badly, but their curvature must be right.
pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


def objective_and_samples(est, X, y, w=None):
    """What a solver is given."""
    return est._objective_on(X, y, w)


def flat(problem, W, b):
    """Arrays of all layers in one vector, in the layout of theta."""
    sizes = [problem.X.shape[1], *(len(v) for v in b)]
    return Parameters(sizes, np.float64).fill(W, b).flat


def hessian_product(problem, dW, db):
    """H v by the engine."""
    product = HessianProduct(*objective_and_samples(problem.est, *problem.data))
    product.linearize()
    return product(flat(problem, dW, db))


def assert_hessian_product_is_right(problem):
    """H v agrees with a finite difference of the gradient, and with autograd's H v.

    The first has its usual error (1e-12 times a fourth derivative, 1e-10 times the
    gradient by rounding); from the second it differs by rounding alone.
    """
    est = problem.est
    dW, db = problem.random_direction()
    ours = hessian_product(problem, dW, db)

    def gradient(step):
        _, gW, gb = problem.moved(step, dW, db).objective_and_gradient(*problem.data)
        return flat(problem, gW, gb)

    size = max(1, np.abs(gradient(0)).max(), np.abs(ours).max())
    assert_allclose(ours, central_difference(gradient, 1e-6), rtol=1e-6, atol=1e-8 * size)

    if reference := problem.reference():
        W, b = reference.hessian_product(est.coefs_, est.intercepts_, problem.X, dW, db)
        b = [problem.case.fit_intercept * v for v in b]
        assert_allclose(ours, flat(problem, W, b), rtol=1e-7, atol=1e-11 * size)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_hessian_product_is_right_behind_every_output(output, loss):
    layout = LAYOUTS[(ACTIVATIONS.index(output) + LOSSES.index(loss)) % len(LAYOUTS)]
    case = Case(layout, (Tanh(), GELU()), output, ((1, loss),), alpha=0.5)
    assert_hessian_product_is_right(case.draw())


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_hessian_product_is_right_behind_every_hidden_activation(f):
    layout = LAYOUTS[ACTIVATIONS.index(f) % len(LAYOUTS)]
    assert_hessian_product_is_right(Case(layout, (f, Softmax(), f), Tanh(), weighted=True).draw())


@settings(same_examples, max_examples=60)
@given(case=cases())
def test_hessian_product_of_any_network_is_right(case):
    assert_hessian_product_is_right(case.draw())


@settings(same_examples, max_examples=15)
@given(case=cases())
def test_hessian_is_symmetric(case):
    problem = case.draw()
    V = problem.random_direction()
    U = [[np.cos(7 * v) * (v != 0) for v in arrays] for arrays in V]
    HV, HU = hessian_product(problem, *V), hessian_product(problem, *U)
    size = max(1, np.abs(HV).max(), np.abs(HU).max())
    assert_allclose(flat(problem, *U) @ HV, flat(problem, *V) @ HU, rtol=1e-9, atol=1e-11 * size)


def test_one_linearization_serves_several_directions():
    problem = Case(hidden=(Tanh(), Softmax()), alpha=0.5, weighted=True).draw()
    V = flat(problem, *problem.random_direction())
    product = HessianProduct(*objective_and_samples(problem.est, *problem.data))
    product.linearize()
    HV = product(V)
    product(np.ones_like(V))
    assert_array_equal(product(V), HV)


def test_hessian_product_takes_sparse_input():
    problem = Case(hidden=(Tanh(),), alpha=0.5).draw()
    direction = problem.random_direction()
    dense = hessian_product(problem, *direction)
    problem.X = csr_array(problem.X)
    assert_allclose(hessian_product(problem, *direction), dense, rtol=1e-12, atol=1e-14)


def test_missing_second_derivative_is_named():
    class Cube(Elementwise):
        def forward(self, Z, out):
            return np.power(Z, 3, out=out)

        def derivative(self, Z, A, out):
            return np.multiply(3 * Z, Z, out=out)

    problem = Case(hidden=(Cube(),)).draw()
    with pytest.raises(NotImplementedError, match=r"'second_derivative'.*Cube"):
        problem.est.set_params(solver="newton-cg").fit(problem.X, problem.y)


def test_missing_hessian_product_of_a_loss_is_named():
    class FourthPower(Loss):
        def value(self, A, Y):
            return ((A - Y) ** 4).sum(axis=1)

        def gradient(self, A, Y, out):
            return np.multiply(4, (A - Y) ** 3, out=out)

    problem = Case(terms=((1, FourthPower()),)).draw()
    with pytest.raises(NotImplementedError, match=r"'hessian_product'.*FourthPower"):
        problem.est.set_params(solver="newton-cg").fit(problem.X, problem.y)


# -- least squares ------------------------------------------------------------------------

sums_of_squares = cases(losses=[loss for loss in members(Loss) if loss.is_sum_of_squares]).filter(
    lambda case: case.l1_ratio == 0 and len(case.terms) == 1
)


def least_squares(est, X, y, w):
    return LeastSquares(*objective_and_samples(est, X, y, w))


@settings(same_examples, max_examples=20)
@given(case=sums_of_squares)
def test_half_the_squared_residuals_are_the_objective(case):
    problem = case.draw()
    r = least_squares(problem.est, *problem.data).residuals()
    assert_allclose(0.5 * r @ r, problem.est.objective(*problem.data), rtol=1e-12)


@settings(same_examples, max_examples=30)
@given(case=sums_of_squares)
def test_jacobian_equals_the_finite_difference_of_the_residuals(case):
    # Along a random direction, in which every column has a part. The step leaves an error
    # of 1e-12 / 6 times the third derivative, and 1e-10 by rounding.
    problem = case.draw()
    direction = problem.random_direction()

    def residuals(step):
        return least_squares(problem.moved(step, *direction), *problem.data).residuals()

    J = least_squares(problem.est, *problem.data).jacobian()
    slope = central_difference(residuals, 1e-6)
    atol = 1e-8 * max(1, np.abs(residuals(0)).max())
    assert_allclose(J @ flat(problem, *direction), slope, rtol=1e-6, atol=atol)


@settings(same_examples, max_examples=20)
@given(case=sums_of_squares)
def test_jacobian_times_residuals_is_the_gradient(case):
    problem = case.draw()
    squares = least_squares(problem.est, *problem.data)
    _, dW, db = problem.est.objective_and_gradient(*problem.data)
    gradient = flat(problem, dW, db)
    atol = 1e-12 * max(1, np.abs(gradient).max())  # rounding of terms that cancel
    assert_allclose(squares.jacobian().T @ squares.residuals(), gradient, rtol=1e-9, atol=atol)


def test_jacobian_takes_sparse_input():
    problem = Case("several_targets", alpha=0.5, weighted=True).draw()
    X, y, w = problem.data
    dense = least_squares(problem.est, X, y, w).jacobian()
    assert_allclose(least_squares(problem.est, csr_array(X), y, w).jacobian(), dense, rtol=1e-12)
