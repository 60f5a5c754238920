"""The gradient is exactly that of the objective, for every network that can be put together.

Two witnesses: automatic differentiation of J written a second time (reference_network.py),
and finite differences of the estimator's own J.
"""

from dataclasses import replace

import numpy as np
import pytest
from gradient_helpers import (
    ACTIVATIONS,
    LAYOUTS,
    LOSSES,
    OUTPUTS_AND_LOSSES,
    Case,
    central_difference,
    inner,
)
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from random_networks import cases, same_examples

from sknn_edu.activations import GELU, ReLU, Softmax, Tanh
from sknn_edu.engine.dropout import Masks
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective

# Some pairs are risky on purpose: they may train badly, but their gradient must be right.
pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


def assert_equals_reference(problem):
    """J and all its gradients agree with automatic differentiation.

    The two differ by rounding alone, so nothing near 1e-7 is used up; but an entry whose
    terms cancel keeps the rounding of the terms, hence the part that is absolute.
    """
    est, fit_intercept = problem.est, problem.case.fit_intercept
    J, dW, db = est.objective_and_gradient(*problem.data)
    dX = est.input_gradient(*problem.data)
    J_ref, (dW_ref, db_ref, dX_ref) = problem.reference().value_and_gradient(
        est.coefs_, est.intercepts_, problem.X
    )
    db_ref = [fit_intercept * v for v in db_ref]

    assert_allclose(J, J_ref, rtol=1e-10)
    assert_allclose(est.objective(*problem.data), J_ref, rtol=1e-10)
    size = max(1, *(np.abs(array).max() for array in (*dW_ref, dX_ref)))
    for ours, reference in zip([*dW, *db, dX], [*dW_ref, *db_ref, dX_ref], strict=True):
        assert_allclose(ours, reference, rtol=1e-7, atol=1e-11 * size)


def assert_equals_finite_differences(problem):
    """The slopes of J along random directions are those that the gradients predict.

    A random direction has a part along every entry, so a single wrong one shows. Of the
    difference quotient, 1e-12 / 6 times the third derivative is wrong, and 1e-10 of J is
    rounding.
    """
    est, (X, y, w) = problem.est, problem.data
    _, dW, db = est.objective_and_gradient(X, y, w)
    VW, vb = problem.random_direction()
    VX = np.random.default_rng(0).normal(size=X.shape)

    slope = central_difference(lambda t: problem.moved(t, VW, vb).objective(X, y, w), 1e-6)
    slope_X = central_difference(lambda t: est.objective(X + t * VX, y, w), 1e-6)

    atol = 1e-8 * max(1, est.objective(X, y, w))
    assert_allclose(inner([*dW, *db], [*VW, *vb]), slope, rtol=1e-6, atol=atol)
    assert_allclose(inner([est.input_gradient(X, y, w)], [VX]), slope_X, rtol=1e-6, atol=atol)


def assert_right(problem):
    """Checks against the reference, or where it has no formula, finite differences."""
    if problem.reference() is None:
        assert_equals_finite_differences(problem)
    else:
        assert_equals_reference(problem)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_gradient_is_right_behind_every_activation(output, loss):
    # Another layout and other hidden activations for each pair; over all, each with each.
    i = ACTIVATIONS.index(output) + LOSSES.index(loss)
    for k in (i, i + 7):
        hidden = ACTIVATIONS[k % len(ACTIVATIONS)], ACTIVATIONS[(k + 3) % len(ACTIVATIONS)]
        assert_right(Case(LAYOUTS[k % 5], hidden, output, ((1, loss),), seed=k).draw())


@settings(same_examples, max_examples=120)
@given(case=cases())
def test_gradient_of_any_network_equals_automatic_differentiation(case):
    assert_right(case.draw())


@settings(same_examples, max_examples=50)
@given(case=cases())
def test_gradient_of_any_network_equals_finite_differences(case):
    assert_equals_finite_differences(case.draw())


def test_gradient_is_taken_at_weights_that_were_changed_in_place():
    problem = Case(hidden=(GELU(), Tanh()), seed=2).draw()
    before = problem.est.objective(*problem.data)
    problem.est.coefs_[1][0, 1] += 1.0
    problem.est.intercepts_[0][:] = 0.5
    assert problem.est.objective(*problem.data) != before
    assert_equals_reference(problem)


def test_gradient_after_fit_is_taken_at_the_fitted_weights():
    problem = Case("several_targets", hidden=(Tanh(),), alpha=0.1).draw()
    problem.est.set_params(solver="lbfgs", max_iter=1000).fit(problem.X, problem.y)
    assert_equals_reference(problem)


def test_asking_for_the_gradient_changes_nothing():
    problem = Case(hidden=(ReLU(), Softmax()), weighted=True).draw()
    arrays = [*problem.est.coefs_, *problem.est.intercepts_, problem.X, problem.y, problem.w]
    before = [array.copy() for array in arrays]
    first = problem.est.objective_and_gradient(*problem.data)
    problem.est.input_gradient(*problem.data)
    second = problem.est.objective_and_gradient(*problem.data)
    for array, copy in zip(arrays, before, strict=True):
        assert_array_equal(array, copy)
    for once, again in zip([*first[1], *first[2]], [*second[1], *second[2]], strict=True):
        assert_array_equal(once, again)
        assert not np.shares_memory(once, again)  # a second call must not overwrite the first


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_float32_networks_have_float32_gradients(f):
    problem = Case(hidden=(f, Tanh()), alpha=0.5, l1_ratio=0.3, weighted=True).draw()
    X, y, w = problem.data
    _, dW, db = problem.est.objective_and_gradient(X, y, w)
    est = problem.moved(0.0, *problem.random_direction())
    est.coefs_ = [W.astype(np.float32) for W in est.coefs_]
    est.intercepts_ = [b.astype(np.float32) for b in est.intercepts_]
    _, dW_32, db_32 = est.objective_and_gradient(X, y, w)
    for exact, ours in zip([*dW, *db], [*dW_32, *db_32], strict=True):
        assert ours.dtype == np.float32
        assert_allclose(ours, exact, rtol=1e-4, atol=1e-5)  # about a hundred roundings of 6e-8


def test_gradient_under_dropout_is_that_of_the_thinned_network():
    problem = Case(hidden=(Tanh(), GELU()), alpha=0.5).draw()
    objective, samples = problem.est._objective_on(*problem.data)
    rates = (0.5, 0.3)
    architecture = replace(objective.network.architecture, dropout=rates)
    network = Network(architecture, objective.network.theta)
    objective = Objective(network)
    theta, start = network.theta.flat, network.theta.flat.copy()
    direction = np.random.default_rng(0).normal(size=theta.shape)

    def J(step):
        theta[:] = start + step * direction
        return objective.value_and_gradient(samples, masks=Masks(1))

    slope = central_difference(J, 1e-6)
    assert J(0) != objective.value(samples)
    J(0)
    assert_allclose(network.grad.flat @ direction, slope, rtol=1e-6, atol=1e-8)
    for layer, rate in zip(network.layers(len(problem.X))[:-1], rates, strict=True):
        assert_allclose(np.unique(layer.mask), [0, 1 / (1 - rate)])
