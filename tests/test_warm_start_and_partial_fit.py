"""fit, partial_fit and warm starts in any order; chunks between copies and pickles."""

import copy
import pickle

import joblib
import numpy as np
import pytest
import small_networks
from sklearn.base import clone
from small_networks import FULL_BATCH, INCREMENTAL, X, assert_same_network, y

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations|.*failed to converge")


def regressor(**params):
    """Two batches an epoch, no stop before max_iter."""
    return small_networks.regressor(
        **{"batch_size": 30, "max_iter": 6, "n_iter_no_change": np.inf, **params}
    )


def fingerprint(est):
    """A hash of everything the estimator holds, attribute by attribute."""
    return {name: joblib.hash(value) for name, value in vars(est).items()}


round_trips = pytest.mark.parametrize(
    "there_and_back", [lambda est: pickle.loads(pickle.dumps(est)), copy.deepcopy]
)


@round_trips
@pytest.mark.parametrize("solver", INCREMENTAL)
def test_a_round_trip_between_chunks_changes_no_number(solver, there_and_back):
    chunks = [slice(0, 20), slice(20, 40), slice(40, 60), slice(0, 60)]
    straight = regressor(solver=solver, learning_rate_init=0.05, batch_size=20)
    detour = clone(straight)
    for rows in chunks:
        straight.partial_fit(X[rows], y[rows])
        detour = there_and_back(detour).partial_fit(X[rows], y[rows])
    assert_same_network(straight, detour)
    assert straight.loss_curve_ == detour.loss_curve_


@pytest.mark.parametrize("solver", INCREMENTAL)
@pytest.mark.parametrize("schedule", ["constant", "invscaling"])
def test_chunk_after_chunk_is_epoch_after_epoch(solver, schedule):
    params = {"solver": solver, "shuffle": False, "learning_rate": schedule}
    whole = regressor(**params, max_iter=5).fit(X, y)
    in_chunks = regressor(**params)
    for _ in range(5):
        in_chunks.partial_fit(X, y)
    assert_same_network(in_chunks, whole)
    assert in_chunks.loss_curve_ == whole.loss_curve_
    assert in_chunks.t_ == whole.t_


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_partial_fit_goes_on_where_fit_has_stopped(solver):
    est = regressor(solver=solver, shuffle=False, max_iter=3).fit(X, y).partial_fit(X, y)
    assert_same_network(est, regressor(solver=solver, shuffle=False, max_iter=4).fit(X, y))


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_fit_forgets_all_that_came_before(solver):
    est = regressor(solver=solver).partial_fit(X * 2, -y).fit(X, y)
    fresh = regressor(solver=solver).fit(X, y)
    assert_same_network(est, fresh)
    assert est.loss_curve_ == fresh.loss_curve_
    assert est.t_ == fresh.t_


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_partial_fit_can_take_over_from_any_solver(solver):
    est = regressor(solver=solver, engine="numpy").fit(X, y)  # bit for bit
    W = [W.copy() for W in est.coefs_]
    est.set_params(solver="gd", learning_rate_init=0.1)
    dW = est.objective_and_gradient(X, y)[1]
    est.partial_fit(X, y)
    for l in range(2):
        np.testing.assert_array_equal(est.coefs_[l], W[l] - 0.1 * dW[l])


def test_a_new_learning_rate_takes_effect_and_the_velocity_is_kept():
    params = {"solver": "sgd", "nesterovs_momentum": False, "momentum": 0.5, "alpha": 0.1}
    est = regressor(**params, batch_size=60, shuffle=False).partial_fit(X, y)
    W_1 = [W.copy() for W in est.coefs_]
    est.partial_fit(X, y)
    W_2 = [W.copy() for W in est.coefs_]
    dW = est.objective_and_gradient(X, y)[1]
    est.set_params(learning_rate_init=0.3).partial_fit(X, y)
    for l in range(2):
        v = 0.5 * (W_2[l] - W_1[l]) - 0.3 * dW[l]
        np.testing.assert_allclose(est.coefs_[l], W_2[l] + v, rtol=1e-12)  # rounding only


def test_a_new_learning_rate_takes_effect_and_the_moments_are_kept():
    est = regressor(batch_size=60, shuffle=False).initialize(X, y)
    m = v = 0.0
    for t, rate in enumerate([0.001, 0.001, 0.1, 0.02], start=1):
        W, dW = est.coefs_[0].copy(), est.objective_and_gradient(X, y)[1][0]
        est.set_params(learning_rate_init=rate).partial_fit(X, y)
        m, v = 0.9 * m + 0.1 * dW, 0.999 * v + 0.001 * dW**2
        step = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8)
        np.testing.assert_allclose(est.coefs_[0], W - step, rtol=1e-9)  # rounding only


@pytest.mark.parametrize("before", ["adam", "rmsprop", "gd"])
def test_a_new_solver_starts_without_velocity(before):
    est = regressor(solver=before, batch_size=60).partial_fit(X, y).partial_fit(X, y)
    W, dW = [W.copy() for W in est.coefs_], est.objective_and_gradient(X, y)[1]
    est.set_params(solver="sgd", momentum=0.5, learning_rate_init=0.1).partial_fit(X, y)
    for l in range(2):
        step = (1 + 0.5) * 0.1 * dW[l]  # Nesterov's first step, v = 0 before it
        np.testing.assert_allclose(est.coefs_[l], W[l] - step, rtol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.5},
        {"alpha": 0.5, "l1_ratio": 0.5},
        {"learning_rate_init": 0.1},
        {"batch_size": 7},
        {"activation": "relu"},
        {"max_iter": 1, "shuffle": False},
        {"solver": "adam"},
        {"solver": "lbfgs"},
        {"loss": "huber"},
        {"random_state": 3},
    ],
    ids=str,
)
def test_warm_start_goes_on_from_the_weights_under_changed_parameters(change):
    est = regressor(solver="sgd", warm_start=True).fit(X, y)
    W, b = copy.deepcopy((est.coefs_, est.intercepts_))
    explicit = clone(est).set_params(weight_init=(W, b), warm_start=False, **change)
    # random_state is an int: both runs draw the same shuffles
    assert_same_network(est.set_params(**change).fit(X, y), explicit.fit(X, y))


def test_warm_start_extends_the_curve():
    est = regressor(warm_start=True).fit(X, y)
    first = list(est.loss_curve_)
    est.set_params(learning_rate_init=0.01).fit(X, y)
    assert est.loss_curve_[: len(first)] == first
    assert len(est.loss_curve_) == 2 * len(first)
    assert est.n_iter_ == len(first)
    assert est.best_loss_ == min(est.loss_curve_)
    assert est.loss_curve_[est.best_iter_ - 1] == est.best_loss_


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_layer_sizes": 5},
        {"hidden_layer_sizes": (4, 4)},
        {"hidden_layer_sizes": ()},
        {"n_hidden_layers": 2},
        {"n_hidden_layers": 0},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_other_hidden_layers_are_refused_by_name_and_do_no_harm(change, method):
    est = regressor(warm_start=True).fit(X, y).set_params(**change)
    before = fingerprint(est)
    with pytest.raises(ValueError, match=r"hidden_layer_sizes|n_hidden_layers"):
        getattr(est, method)(X, y)
    assert fingerprint(est) == before
    est.predict(X)
