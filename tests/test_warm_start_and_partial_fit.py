"""fit, partial_fit and warm starts in any order; chunks between copies and pickles."""

import copy
import pickle

import joblib
import numpy as np
import pytest
import small_networks
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import get_scorer
from sklearn.neural_network import MLPRegressor
from small_networks import FULL_BATCH, INCREMENTAL, X, assert_same_network, y

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import DivergenceError
from sknn_edu.optimizers import Adam

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


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.UnusedScheduleWarning")
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


@pytest.mark.parametrize("as_type", [tuple, np.array])
def test_dropout_masks_differ_from_chunk_to_chunk(as_type):
    est = regressor(hidden_layer_sizes=(8, 8), dropout=as_type([0.5, 0.5]), learning_rate_init=1e-9)
    for _ in range(3):
        est.partial_fit(X, y)
    assert len(set(est.loss_curve_)) == 3, "the weights hardly move: only the masks differ"


def test_rates_of_zero_are_no_dropout_and_leave_the_shuffles_alone():
    est, without = regressor(dropout=(0.0,)), regressor()
    for _ in range(3):
        est.partial_fit(X, y), without.partial_fit(X, y)
    assert_same_network(est, without)


def test_classes_that_are_no_columns_of_the_labels_are_refused():
    est = small_networks.classifier()
    with pytest.raises(ValueError, match="classes not in"):
        est.partial_fit(X, small_networks.labels, classes=[0, 1])
    assert not hasattr(est, "coefs_")
    assert list(est.partial_fit(X, small_networks.labels, classes=[0, 1, 2]).classes_) == [0, 1, 2]


@pytest.mark.parametrize(
    ("given", "expected"), [(np.float16, "float32"), (int, "float64"), (np.longdouble, "float64")]
)
def test_replaced_weights_of_any_type_make_a_network_of_float32_or_float64(given, expected):
    est = regressor().fit(X, y)
    est.coefs_ = [W.astype(given) for W in est.coefs_]
    assert est.predict(X).dtype == est.logits(X).dtype == expected
    assert est.partial_fit(X, y).coefs_[0].dtype == expected


# -- a warm start under early stopping is judged by itself ------------------------------


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:800] / 16, y[:800]


def stops_early(**params):
    return BackpropClassifier(
        **{
            **{"hidden_layer_sizes": 30, "max_iter": 30, "learning_rate_init": 0.01},
            **{"early_stopping": True, "n_iter_no_change": 4, "warm_start": True},
            **{"random_state": 0, **params},
        }
    )


@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_a_warm_start_learns_noisy_digits_after_clean_ones(digits, engine):
    X, y = digits
    noise = np.random.RandomState(0).normal(scale=0.5, size=X.shape)
    est = stops_early(engine=engine, random_state=np.random.RandomState(0)).fit(X, y)
    before = est.score(X + noise, y)
    for _ in range(5):
        est.fit(X + noise, y)
    assert est.score(X + noise, y) > before + 0.1


@pytest.mark.parametrize(
    "change",
    [{}, {"scoring": "neg_log_loss"}, {"scoring": "loss"}, {"alpha": 10.0}, {"loss": "hinge"}],
    ids=str,
)
def test_the_bar_of_a_warm_start_is_the_score_of_the_present_weights(digits, change):
    X, y = digits
    est = stops_early().fit(X[:400], y[:400])
    held_out = {"X_val": -X[600:], "y_val": y[600:]}  # on which any score is bad
    est.set_params(**change)
    shown = clone(est).set_params(weight_init=(est.coefs_, est.intercepts_))
    if change.get("scoring") == "loss":
        shown.set_params(alpha=0.0)
    shown.initialize(X[:400], y[:400])
    if change.get("scoring") == "loss":
        bar = -shown.objective(-X[600:], y[600:])
    elif "scoring" in change:
        bar = get_scorer(change["scoring"])(shown, -X[600:], y[600:])
    else:
        bar = shown.score(-X[600:], y[600:])
    n = len(est.validation_scores_)
    est.fit(X[:400], y[:400], **held_out)
    scores = est.validation_scores_[n:]
    assert est.best_validation_score_ == pytest.approx(max(bar, *scores))
    assert any(score > bar for score in scores) == (est.best_iter_ > n)


def test_ctrl_c_in_a_warm_start_keeps_the_best_of_this_fit(digits):
    X, y = digits

    def scorer(est, X_val, y_val):
        seen.append((est.score(X_val, y_val), est.coefs_[0].copy()))
        if len(seen) == 6:
            raise KeyboardInterrupt
        return seen[-1][0]

    seen = []
    est = stops_early().fit(X, y).set_params(scoring=scorer, n_iter_no_change=20)
    with pytest.raises(KeyboardInterrupt):
        est.fit(1 - X, y)
    best = max(range(5), key=lambda i: seen[i][0])
    assert best > 0  # the first is that of the present weights
    np.testing.assert_array_equal(est.coefs_[0], seen[best][1])


# -- what goes on from one partial_fit to the next --------------------------------------


def test_the_history_is_appended_to_and_not_copied():
    est = regressor().partial_fit(X, y)
    curve = est.loss_curve_
    for n in range(2, 5):
        assert est.partial_fit(X, y).loss_curve_ is curve
        assert len(curve) == n


@pytest.mark.parametrize("fails", ["loss", "divergence", "data", "ctrl_c"])
def test_a_call_that_fails_takes_back_what_it_has_appended(fails, monkeypatch):
    est = regressor().partial_fit(X, y)
    curve, before = est.loss_curve_, list(est.loss_curve_)
    data, error = {
        "loss": ((X, y), ZeroDivisionError),
        "ctrl_c": ((X, y), KeyboardInterrupt),
        "divergence": ((X * 1e200, y * 1e200), DivergenceError),
        "data": ((X[:, :2], y), ValueError),
    }[fails]
    if fails in ("loss", "ctrl_c"):

        def end_epoch(self, n):  # the epoch is in the history by now
            raise error

        monkeypatch.setattr(Adam, "end_epoch", end_epoch)
    with pytest.raises(error):
        est.partial_fit(*data)
    monkeypatch.undo()
    if fails != "ctrl_c":
        assert curve == before
    assert est.loss_curve_ is curve
    assert est.partial_fit(X, y).loss_curve_ is curve
    assert len(curve) == (3 if fails == "ctrl_c" else 2)


def test_a_warm_start_leaves_the_list_of_the_fit_before():
    est = regressor(warm_start=True).fit(X, y)
    curve = est.loss_curve_
    assert est.fit(X, y).loss_curve_ is not curve
    assert len(curve) == 6


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("batch_size", [60, 20])
def test_dropout_masks_move_on_with_an_int_seed(engine, batch_size):
    est = regressor(solver="gd", dropout=0.5, learning_rate_init=0.1, engine=engine)
    est.set_params(hidden_layer_sizes=20, batch_size=batch_size).initialize(X, y)
    start = [W.copy() for W in est.coefs_]
    steps = set()
    for _ in range(4):
        est.coefs_ = [W.copy() for W in start]
        est.intercepts_ = [np.zeros_like(b) for b in est.intercepts_]
        steps.add(est.partial_fit(X, y).coefs_[1].tobytes())
    assert len(steps) == 4


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_chunks_with_an_int_seed_are_reproducible(dropout):
    one, other = regressor(dropout=dropout), regressor(dropout=dropout)
    for _ in range(3):
        assert_same_network(one.partial_fit(X, y), other.partial_fit(X, y))
    assert_same_network(one.fit(X, y), other.fit(X, y))


@pytest.mark.parametrize("seed", [3, None])
def test_shuffles_of_chunks_are_those_of_scikit_learn(seed):
    def trained(make):
        state = 3 if seed else np.random.RandomState(3)
        est = make(
            **{"hidden_layer_sizes": 4, "activation": "tanh"},
            random_state=state,
            batch_size=20,
            max_iter=6,
        )
        for _ in range(4):
            est.partial_fit(X, y)
        return est

    assert_same_network(trained(BackpropRegressor), trained(MLPRegressor), rtol=1e-9)
