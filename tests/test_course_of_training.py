"""Epochs: why they end, what is recorded and printed, learning rates, order of the batches."""

import re
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from small_networks import (
    FULL_BATCH,
    INCREMENTAL,
    X,
    Y,
    assert_same_network,
    c,
    c3,
    classifier,
    regressor,
    w,
    y,
)

from sknn_edu import BackpropRegressor
from sknn_edu.exceptions import (
    MaxIterWarning,
    RiskyOutputWarning,
    SolverStoppedWarning,
)
from sknn_edu.optimizers import FullBatch, Solution

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"max_iter": 3}, "max_iter=3"),
        ({"tol": 10.0, "n_iter_no_change": 2, "max_iter": 50}, "Training loss.*tol=10.*2 consec"),
        (
            {"tol": 10.0, "n_iter_no_change": 2, "max_iter": 50, "early_stopping": True},
            "Validation score.*tol=10.*2 consec",
        ),
        ({"solver": "lbfgs", "max_iter": 1000}, "L-BFGS converged"),
        ({"solver": "lbfgs", "max_iter": 2}, "L-BFGS stopped before"),
        ({"solver": "lbfgs", "max_fun": 3, "max_iter": 50}, "L-BFGS stopped before"),
        ({"solver": "newton-cg", "max_iter": 1000, "alpha": 1.0}, "Newton-CG converged"),
        ({"solver": "newton-cg", "max_iter": 2}, "Newton-CG stopped before"),
        ({"solver": "lm", "max_iter": 1000}, "Levenberg-Marquardt converged"),
        ({"solver": "lm", "max_iter": 2}, "Levenberg-Marquardt stopped before.*max_iter=2"),
        (
            {"solver": "sgd", "learning_rate": "adaptive", "tol": 10.0, "max_iter": 500},
            "Training loss",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_the_reason_to_stop_is_a_sentence(params, reason):
    est = regressor(**params)
    converged = "max_iter" not in reason and "before" not in reason
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        est.fit(X, y)
    assert re.search(reason, est.stop_reason_)
    assert est.stop_reason_.endswith(".")
    full_batch = params.get("solver") in FULL_BATCH
    warning = SolverStoppedWarning if full_batch else MaxIterWarning
    assert [w.category for w in caught] == ([] if converged else [warning])


def test_partial_fit_and_initialize_have_reasons_of_their_own():
    assert "one epoch" in regressor().partial_fit(X, y).stop_reason_
    assert "Not trained" in regressor().initialize(X, y).stop_reason_


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_the_curve_has_the_best_epoch(solver):
    est = regressor(solver=solver, max_iter=30, learning_rate_init=0.05).fit(X, y)
    assert est.loss_ == est.loss_curve_[-1]
    assert est.best_loss_ == min(est.loss_curve_) == est.loss_curve_[est.best_iter_ - 1]
    assert est.n_iter_ == len(est.loss_curve_)
    assert est.t_ == 60 * est.n_iter_


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_full_batch_solvers_go_downhill(solver):
    est = regressor(solver=solver, max_iter=30).fit(X, y)
    assert (np.diff(est.loss_curve_) <= 0).all()
    assert est.loss_ == pytest.approx(est.objective(X, y), rel=1e-12)
    assert est.best_loss_ == pytest.approx(min(est.loss_curve_), rel=1e-12)
    assert est.loss_curve_[est.best_iter_ - 1] == est.best_loss_


@pytest.mark.parametrize("weights", [None, w])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("make", "target"), [(regressor, Y), (classifier, c3), (classifier, c)])
def test_gd_is_the_rule_on_paper(make, target, fit_intercept, weights):
    est = make(solver="gd", learning_rate_init=0.1, fit_intercept=fit_intercept, alpha=0.5)
    est.set_params(max_iter=4, batch_size=7).fit(X, target, weights)
    by_steps = clone(est).initialize(X, target)
    curve = []
    for _ in range(4):
        J, dW, db = by_steps.objective_and_gradient(X, target, weights)
        curve.append(J)
        for l in range(2):
            by_steps.coefs_[l] -= 0.1 * dW[l]
            by_steps.intercepts_[l] -= 0.1 * db[l]
    assert_same_network(est, by_steps, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(est.loss_curve_, curve, rtol=1e-12)


@pytest.mark.parametrize("power_t", [0.5, 0.25])
def test_invscaling_divides_the_rate_by_a_power_of_the_samples_seen(power_t):
    est = regressor(solver="sgd", momentum=0, batch_size=60, learning_rate_init=0.5)
    est.set_params(learning_rate="invscaling", power_t=power_t).initialize(X, y)
    for epoch in range(4):
        rate = 0.5 / (60 * epoch + 1) ** power_t
        W, dW = est.coefs_[0].copy(), est.objective_and_gradient(X, y)[1][0]
        est.partial_fit(X, y)
        np.testing.assert_allclose(est.coefs_[0], W - rate * dW, rtol=1e-11)


def test_adaptive_divides_the_rate_by_five_and_stops_below_a_millionth(capsys):
    est = regressor(solver="sgd", learning_rate="adaptive", learning_rate_init=0.01, tol=10.0)
    est.set_params(n_iter_no_change=3, max_iter=200, verbose=True).fit(X, y)
    rates = re.findall(r"learning rate to (\S+)", capsys.readouterr().out)
    np.testing.assert_allclose([float(rate) for rate in rates], 0.01 / 5.0 ** np.arange(1, 7))
    assert est.n_iter_ < 200


@pytest.mark.parametrize("solver", ["adam", "gd", *FULL_BATCH])
def test_verbose_prints_every_loss(solver, capsys):
    est = regressor(solver=solver, verbose=True, max_iter=3).fit(X, y)
    out = capsys.readouterr().out
    printed = re.findall(r"Iteration (\d+), loss = (\S+)", out)
    assert [int(i) for i, _ in printed] == [*range(1, est.n_iter_ + 1)]
    np.testing.assert_allclose([float(J) for _, J in printed], est.loss_curve_, atol=1e-8)
    assert out.splitlines()[-1] == est.stop_reason_


@pytest.mark.parametrize(
    ("verbose", "n_epochs", "lines"),
    [
        (1, 10, [*range(1, 11)]),
        (1, 43, [*range(1, 11), 20, 30, 40, 43]),
        (1, 1234, [*range(1, 11), *range(20, 101, 10), *range(200, 1001, 100), 1000, 1234]),
        (2, 43, [*range(1, 44)]),
    ],
)
def test_verbose_1_prints_fewer_and_fewer_epochs_and_2_all(verbose, n_epochs, lines, capsys):
    regressor(hidden_layer_sizes=1, solver="gd", tol=0, verbose=verbose, max_iter=n_epochs).fit(
        X[:5], y[:5]
    )
    out = capsys.readouterr().out
    assert [int(i) for i in re.findall(r"Iteration (\d+)", out)] == sorted({*lines})
    assert out.endswith(f"Finished as requested: max_iter={n_epochs} epochs were run.\n")


def test_verbose_prints_the_scores_and_the_end(capsys):
    est = regressor(early_stopping=True, tol=10.0, n_iter_no_change=2, verbose=True, max_iter=20)
    est.fit(X, y)
    out = capsys.readouterr().out
    scores = re.findall(r", validation score = (\S+)", out)
    np.testing.assert_allclose([float(s) for s in scores], est.validation_scores_, atol=1e-6)
    assert "did not improve more than tol=10" in out


def test_verbose_prints_no_score_of_an_earlier_fit(capsys):
    est = regressor(early_stopping=True, warm_start=True, max_iter=3).fit(X, y)
    est.set_params(early_stopping=False, verbose=2).fit(X, y)
    assert "validation score" not in capsys.readouterr().out


def test_silence_is_the_default(capsys):
    regressor().fit(X, y)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_without_shuffling_the_batches_come_in_order(solver):
    params = {"solver": solver, "shuffle": False, "batch_size": 20, "max_iter": 1}
    est = regressor(**params).fit(X, y)
    other = regressor(**params)
    for start in (0, 20, 40):
        other.partial_fit(X[start : start + 20], y[start : start + 20])
    assert_same_network(est, other)
    assert not np.array_equal(
        est.coefs_[0], regressor(**{**params, "shuffle": True}).fit(X, y).coefs_[0]
    )


def test_a_batch_size_that_is_too_large_warns_and_is_cut():
    with pytest.warns(UserWarning, match="batch_size.*100.*60"):
        est = regressor(batch_size=100).fit(X, y)
    assert_same_network(est, regressor(batch_size=60).fit(X, y))


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_warnings_point_to_the_line_of_the_user(solver):
    est = classifier(solver=solver, max_iter=1, output_activation="softplus")
    with pytest.warns() as caught:
        est.fit(X, c)
    stopped = SolverStoppedWarning if solver == "lbfgs" else MaxIterWarning
    assert {warning.category for warning in caught} == {RiskyOutputWarning, stopped}
    assert {warning.filename for warning in caught} == {__file__}


def test_partial_fit_never_says_that_it_stopped_early():
    est = BackpropRegressor(3, tol=1e3, n_iter_no_change=2, random_state=0)
    for _ in range(6):  # nothing improves by 1000, so the count of bad epochs runs over
        est.partial_fit([[0.0], [1.0]], [0.0, 1.0])
        assert est.stop_reason_ == "partial_fit runs one epoch."


class SmallSteps(FullBatch):
    """A solver as a user would write it: gradient descent with a step of 0.01."""

    def minimize(self, problem):
        theta = problem.start.copy()
        for _ in range(problem.max_iter):
            theta -= 0.01 * problem.value_and_gradient(theta)[1]
            if problem.end_iteration(theta):
                break
        return Solution(theta, problem.value_and_gradient(theta)[0], problem.n_iter, True, "done")


class NoSteps(FullBatch):
    def minimize(self, problem):
        return Solution(
            problem.start, problem.value_and_gradient(problem.start)[0], 0, True, "done"
        )


def test_a_full_batch_solver_needs_only_minimize():
    est = regressor(solver=SmallSteps()).fit(X, y)
    assert est.stop_reason_ == "SmallSteps converged: done."
    assert est.n_iter_ == len(est.loss_curve_) == 5
    by_hand = regressor(solver="gd", learning_rate_init=0.01, max_iter=5).fit(X, y)
    assert_same_network(est, by_hand, rtol=1e-12)


def test_the_best_loss_of_a_solver_that_took_no_step_is_that_of_the_start():
    est = regressor(solver=NoSteps()).fit(X, y)
    assert est.best_loss_ == est.loss_ == est.objective(X, y)
