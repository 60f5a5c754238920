"""When training goes wrong: divergence, Ctrl-C, errors in the code of a user."""

import contextlib
import copy
import re
import sys
import warnings
from itertools import pairwise

import joblib
import numpy as np
import pytest
from global_state import global_state, known_global_state
from interrupts import moments_of
from scipy import sparse
from sklearn.base import clone

import sknn_edu
from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Elementwise, Tanh
from sknn_edu.exceptions import ConvergenceWarning, DivergenceError, DivergenceWarning
from sknn_edu.initializers import Initializer
from sknn_edu.losses import Loss, SquaredError
from sknn_edu.optimizers import FirstOrder

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations|.*failed to converge")

INCREMENTAL = ["gd", "sgd", "adagrad", "rmsprop", "adam", "adamw", "nadam"]
FULL_BATCH = ["lbfgs", "newton-cg", "lm"]

rng = np.random.RandomState(0)
X = rng.normal(size=(60, 3))
y = np.tanh(X @ [1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=60)
c = (y > 0).astype(int)


def regressor(**params):
    """A small network; two batches an epoch, no stop before max_iter."""
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "batch_size": 30}
    patient = {"max_iter": 6, "n_iter_no_change": np.inf}
    return BackpropRegressor(**{**given, **patient, **params})


def fingerprint(est):
    """A hash of everything the estimator holds, attribute by attribute."""
    return {name: joblib.hash(value) for name, value in vars(est).items()}


def assert_same_network(one, other):
    for a, b in zip(
        [*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True
    ):
        np.testing.assert_array_equal(a, b)


def assert_usable(est):
    """All weights are finite, and so are the predictions."""
    assert all(np.isfinite(array).all() for array in [*est.coefs_, *est.intercepts_])
    assert np.isfinite(est.predict(X)).all()


# -- parts that fail when they are told to ----------------------------------------------


class Alarm:
    """Counts calls, and raises ``error`` (or hands out NaN, if that is None) at one of them."""

    def __init__(self):
        self.off()

    def set(self, call, error=KeyboardInterrupt):
        self.calls, self.call, self.error, self.values = 0, call, error, []

    def off(self):
        self.set(np.inf)

    def tick(self):
        self.calls += 1
        if self.calls == self.call:
            if self.error is not None:
                raise self.error("now")
            return np.nan
        return 1.0


alarm = Alarm()


@pytest.fixture(autouse=True)
def _alarm_is_off():
    alarm.off()


class WatchedLoss(Loss):
    """Half the squared error, as anyone might write it."""

    is_sum_of_squares = True

    def value(self, A, Y):
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        np.multiply(A - Y, alarm.tick(), out=out)
        alarm.values.append(self.value(A, Y).mean())
        return out

    def hessian_product(self, A, Y, V):
        return V * alarm.tick()

    def residuals(self, A, Y):
        R = (A - Y) * alarm.tick()
        if np.ptp(A - Y) > 1e-9:  # else the engine asks for the slope, at A = Y and A = Y + 1
            alarm.values.append(self.value(A, Y).mean())
        return R


class WatchedTanh(Elementwise):
    def forward(self, Z, out):
        np.tanh(Z, out=out)
        return np.multiply(out, alarm.tick(), out=out)

    def derivative(self, Z, A, out):
        return np.subtract(1, A * A, out=out)

    def second_derivative(self, Z, A):
        return -2 * A * (1 - A * A)


class WatchedDescent(FirstOrder):
    def __init__(self, learning_rate_init=0.001):
        super().__init__(learning_rate_init)

    def allocate(self, theta):
        pass

    def step(self, theta, grad):
        theta -= self.learning_rate * alarm.tick() * grad


class WatchedZeros(Initializer):
    def draw(self, fan_in, fan_out, random_state):
        return np.full((fan_in, fan_out), 0.1 * alarm.tick())


def watched_score(est, X, y):
    alarm.tick()
    return est.score(X, y)


# -- divergence -------------------------------------------------------------------------


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_a_huge_learning_rate_ends_in_an_error_that_says_so(solver):
    est = regressor(solver=solver, learning_rate_init=1e300, activation="relu", max_iter=50)
    with pytest.raises(DivergenceError) as caught:
        est.fit(X, y)
    message = str(caught.value)
    assert re.search(r"in epoch \d+", message)
    assert re.search(r"layer [12] of 2", message)
    assert "learning_rate_init=1e+300" in message
    assert re.search(r"\|X\| reaches \d", message)
    assert est.stop_reason_ == message
    assert_usable(est)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_a_last_step_that_overflows_is_noticed_though_no_batch_follows(engine):
    params = {"solver": "sgd", "learning_rate_init": 2.0**63, "activation": "relu"}
    est = regressor(**params, max_iter=3, batch_size=60, engine=engine)
    with pytest.raises(DivergenceError, match="in epoch 3"):
        est.fit(X, y)
    assert np.isfinite(est.objective(X, y))
    assert est.n_iter_ == len(est.loss_curve_) == 3
    assert_usable(est)


def test_a_last_step_that_overflows_leaves_the_best_weights_with_early_stopping():
    params = {"solver": "sgd", "learning_rate_init": 2.0**63, "activation": "relu"}
    est = regressor(**params, max_iter=3, batch_size=54, early_stopping=True)
    with pytest.warns(DivergenceWarning, match="in epoch 3"):
        est.fit(X, y)
    assert est.n_iter_ == len(est.loss_curve_) == len(est.validation_scores_) == 3
    assert np.isfinite(est.objective(X, y))


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_a_diverged_fit_keeps_the_weights_of_the_last_finite_epoch(solver):
    alarm.set(7, error=None)  # NaN in epoch 4 of two batches, or in epoch 7 of one
    est = regressor(solver=solver, loss=WatchedLoss())
    if solver == "gd":
        est.set_params(max_iter=9)
    with pytest.raises(DivergenceError) as caught:
        est.fit(X, y)
    epoch = 7 if solver == "gd" else 4
    assert f"in epoch {epoch}" in str(caught.value)
    assert est.n_iter_ == len(est.loss_curve_) == epoch - 1
    assert_same_network(est, clone(est).set_params(max_iter=epoch - 1).fit(X, y))


def large_weights(l):
    """Weights of a network of three layers whose outputs first overflow in layer l."""
    sizes = [3, 4, 4, 1]
    W = [np.full(shape, 0.1) for shape in pairwise(sizes)]
    W[l - 1][...] = 1e300
    if l > 1:
        W[l - 2][...] = 1e10
    return W, [np.zeros(n) for n in sizes[1:]]


@pytest.mark.parametrize("solver", ["adam", "gd", "lbfgs"])
@pytest.mark.parametrize(("l", "kind"), [(1, np.asarray), (2, sparse.csr_matrix), (3, np.asarray)])
def test_the_error_names_the_first_layer_that_overflowed(l, kind, solver):
    weights = large_weights(l)
    est = regressor(solver=solver, hidden_layer_sizes=(4, 4), activation="relu", alpha=0)
    est.set_params(weight_init=weights)
    large_X = kind(np.abs(X) * 1e9)
    with pytest.raises(DivergenceError, match=f"The first layer to overflow is layer {l} of 3"):
        est.fit(large_X, y)
    for W, W_before in zip(est.coefs_, weights[0], strict=True):
        np.testing.assert_array_equal(W, W_before)


@pytest.mark.parametrize(
    ("activation", "solver"),
    zip(
        ["relu", "exp", "softplus", "leaky_relu", "identity"],
        ["adam", "gd", *FULL_BATCH],
        strict=True,
    ),
)
def test_input_that_is_not_scaled_is_named_as_the_cause(solver, activation):
    large_X = X * 1e200
    est = regressor(solver=solver, activation=activation, batch_size=60)
    with pytest.raises(DivergenceError) as caught:
        est.fit(large_X, y)
    assert f"|X| reaches {np.abs(large_X).max():.3g}" in str(caught.value)
    assert "StandardScaler" in str(caught.value)
    assert ("learning_rate_init=0.001" in str(caught.value)) == (solver not in FULL_BATCH)
    assert all(np.isfinite(W).all() for W in est.coefs_)
    assert est.predict(X).shape == y.shape


@pytest.mark.parametrize("solver", ["adam", "sgd", "gd", *FULL_BATCH])
def test_overflow_of_exp_names_its_layer(solver):
    est = regressor(solver=solver, activation="exp")
    with pytest.raises(DivergenceError, match="layer 1 of 2"):
        est.fit(X * 1e4, y)
    assert_usable(est)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_targets_that_are_not_scaled_leave_all_layers_finite(solver):
    with pytest.raises(DivergenceError, match="layers are finite"):
        regressor(solver=solver).fit(X, y * 1e200)


@pytest.mark.parametrize("solver", ["adagrad", "rmsprop", "adam", "adamw", "nadam"])
@pytest.mark.parametrize(("dtype", "scale"), [(np.float64, 1e100), (np.float32, 1e11)])
def test_training_does_not_stand_still_in_silence_when_squared_gradients_overflow(
    solver, dtype, scale
):
    large_X = (X * scale).astype(dtype)  # J and its gradient are finite, the second moment is not
    est = regressor(solver=solver, activation="relu", alpha=0)
    with pytest.raises(DivergenceError, match=r"\|X\| reaches"):
        est.fit(large_X, y)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_a_diverged_estimator_can_be_fitted_again(solver):
    est = regressor(solver=solver, activation="relu")
    with pytest.raises(DivergenceError):
        est.fit(X * 1e200, y)
    assert_same_network(est.fit(X, y), clone(est).fit(X, y))


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_full_batch_solvers_keep_the_best_weights_when_they_diverge(solver):
    alarm.set(5, error=None)
    est = regressor(solver=solver, loss=WatchedLoss(), alpha=0, max_iter=50)
    try:
        est.fit(X, y)
    except DivergenceError:
        seen = np.nanmin(alarm.values)
        assert est.objective(X, y) == pytest.approx(seen, rel=1e-12)
    assert_usable(est)


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_early_stopping_turns_divergence_into_a_warning_and_keeps_the_best_weights(solver):
    params = {"solver": solver, "early_stopping": True, "loss": WatchedLoss(), "batch_size": 54}
    alarm.set(5, error=None)
    est = regressor(**params, learning_rate_init=0.05)
    with pytest.warns(DivergenceWarning, match="in epoch 5"):
        est.fit(X, y)
    assert 1 <= est.best_iter_ <= 4
    assert est.best_validation_score_ == np.nanmax(est.validation_scores_)
    best = clone(est).set_params(max_iter=est.best_iter_).fit(X, y)
    assert_same_network(est, best)
    assert_usable(est)
    assert "epoch 5" in est.stop_reason_
    assert "last finite weights were kept" not in est.stop_reason_, "the best were"


def test_a_divergence_warning_that_is_made_an_error_leaves_the_best_weights():
    params = {"early_stopping": True, "loss": WatchedLoss(), "learning_rate_init": 0.3}
    alarm.set(13, error=None)
    est = regressor(**params, max_iter=20, validation_fraction=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DivergenceWarning)
        with pytest.raises(DivergenceWarning):
            est.fit(X, y)
    alarm.off()
    assert est.best_iter_ < est.n_iter_ - 1, "otherwise last and best are the same"
    assert_same_network(est, clone(est).set_params(max_iter=est.best_iter_).fit(X, y))


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_a_chunk_that_diverges_leaves_no_trace_in_the_next_ones(solver):
    est = regressor(solver=solver, activation="relu", batch_size=20, shuffle=False)
    est.partial_fit(X, y)
    before = copy.deepcopy(est)
    scale = np.repeat([1e60, 1e80, 1e200], 20)[:, np.newaxis]  # the third batch has no loss
    with pytest.raises(DivergenceError):
        est.partial_fit(X * scale, y)
    assert_same_network(est, before)
    for _ in range(2):
        assert_same_network(est.partial_fit(X, y), before.partial_fit(X, y))


# -- Ctrl-C -----------------------------------------------------------------------------

WATCHED = {
    "loss": {"loss": WatchedLoss()},
    "activation": {"activation": WatchedTanh()},
    "optimizer": {"solver": WatchedDescent(0.05)},
}


def interrupt(est, call, method="fit"):
    """Press Ctrl-C at this call of the part that is watched."""
    alarm.set(call)
    with pytest.raises(KeyboardInterrupt):
        getattr(est, method)(X, y)
    alarm.call = np.inf
    assert "keyboard" in est.stop_reason_
    assert_usable(est)
    return est


@pytest.mark.parametrize("call", [1, 3, 4])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize(
    ("part", "solver"), [("loss", "adam"), ("activation", "gd"), ("optimizer", "")]
)
def test_an_interrupted_fit_keeps_the_best_epoch(solver, part, early_stopping, call):
    params = {"learning_rate_init": 0.05, "early_stopping": early_stopping, "solver": solver}
    est = interrupt(regressor(**{**params, **WATCHED[part]}), call)
    epoch = int(re.search(r"in epoch (\d+)", est.stop_reason_)[1])
    assert est.n_iter_ == len(est.loss_curve_) == epoch - 1
    curve = est.validation_scores_ if early_stopping else est.loss_curve_
    best = (np.argmax if early_stopping else np.argmin)(curve) + 1 if curve else 0
    assert est.best_iter_ == best
    shorter = clone(est)
    if best:
        assert_same_network(est, shorter.set_params(max_iter=best).fit(X, y))
    elif not early_stopping:
        assert_same_network(est, shorter.initialize(X, y))


@pytest.mark.parametrize(("call", "part"), [(1, "loss"), (3, "activation"), (30, "loss")])
@pytest.mark.parametrize("solver", FULL_BATCH)
def test_an_interrupted_full_batch_solver_keeps_the_lowest_objective_so_far(solver, part, call):
    params = {"solver": solver, "alpha": 0, "max_iter": 50, "loss": WatchedLoss()}
    est = regressor(**{**params, **WATCHED[part]})
    start = clone(est).initialize(X, y).objective(X, y)
    interrupt(est, call)
    seen = min(alarm.values, default=start)
    assert est.objective(X, y) == pytest.approx(min(seen, start), rel=1e-12)
    assert re.search(r"in iteration \d+", est.stop_reason_)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("call", [1, 3])
@pytest.mark.parametrize("solver", ["gd", "adam", *FULL_BATCH])
def test_a_scorer_can_be_interrupted(solver, call, early_stopping):
    est = regressor(solver=solver, scoring=watched_score, early_stopping=early_stopping)
    alarm.set(call)
    with pytest.raises(KeyboardInterrupt):
        est.fit(X, y, X_val=X[:20], y_val=y[:20])
    assert "keyboard" in est.stop_reason_
    assert est.n_iter_ == call - 1
    assert_usable(est)


@pytest.mark.parametrize("solver", ["gd", "adam", *FULL_BATCH])
def test_after_an_interrupt_the_estimator_can_be_fitted_again(solver):
    est = interrupt(regressor(solver=solver, loss=WatchedLoss()), 3)
    assert_same_network(est.fit(X, y), clone(est).fit(X, y))
    assert "keyboard" not in est.stop_reason_


@pytest.mark.parametrize("solver", ["gd", "adam", *FULL_BATCH])
def test_after_an_interrupt_training_can_go_on(solver):
    params = {"solver": solver, "loss": WatchedLoss(), "warm_start": True, "alpha": 0}
    est = interrupt(regressor(**params), 5)
    at_interrupt = est.objective(X, y)
    est.fit(X, y)
    assert est.objective(X, y) < at_interrupt


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("part", WATCHED)
def test_an_interrupted_partial_fit_keeps_the_weights_of_the_last_one(part, call):
    est = regressor(**WATCHED[part]).partial_fit(X, y).partial_fit(X, y)
    before = copy.deepcopy(est)
    interrupt(est, call, "partial_fit")
    assert_same_network(est, before)
    assert len(est.loss_curve_) == 2
    est.partial_fit(X, y)
    assert len(est.loss_curve_) == 3
    assert_usable(est)


def test_an_interrupt_before_the_first_step_leaves_the_estimator_as_it_was():
    est = BackpropClassifier(4, max_iter=2, random_state=0).fit(X, c)
    est.set_params(weight_init=WatchedZeros())
    before = fingerprint(est)
    alarm.set(2)
    with pytest.raises(KeyboardInterrupt):
        est.fit(X[:, :2], np.array(["no", "yes"])[c])
    assert fingerprint(est) == before
    np.testing.assert_array_equal(np.unique(est.predict(X)), [0, 1])


# -- other errors -----------------------------------------------------------------------


@pytest.mark.parametrize(("call", "error"), [(1, SystemExit), (4, RuntimeError)])
@pytest.mark.parametrize(
    ("solver", "part"),
    [*((s, p) for s in ("adam", *FULL_BATCH) for p in ("loss", "activation")), ("", "optimizer")],
)
def test_an_error_in_the_middle_of_a_fit_leaves_the_estimator_as_it_was(solver, part, call, error):
    new = regressor(**{"solver": solver, "max_iter": 50, **WATCHED[part]})
    for est in (new, clone(new).fit(X, y)):
        before = fingerprint(est)
        alarm.set(call, error)
        with pytest.raises(error, match="now"):
            est.fit(X[:, :2], -y)
        assert fingerprint(est) == before


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("part", WATCHED)
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_an_error_in_the_middle_of_partial_fit_leaves_the_estimator_as_it_was(solver, part, call):
    est = regressor(**{"solver": solver, **WATCHED[part]}).partial_fit(X, y).partial_fit(X, y)
    before = fingerprint(est)
    alarm.set(call, RuntimeError)
    est.set_params(learning_rate_init=0.5)
    with pytest.raises(RuntimeError, match="now"):
        est.partial_fit(X, y)
    est.set_params(learning_rate_init=0.001)
    assert fingerprint(est) == before


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_clone_knows_the_parameters_and_nothing_else(solver):
    est = regressor(solver=solver, loss=WatchedLoss(), alpha=0.5)
    new = clone(interrupt(est, 3))
    assert set(vars(new)) == set(est.get_params())
    assert new.get_params()["alpha"] == 0.5
    assert new.loss == WatchedLoss()
    assert_same_network(new.fit(X, y), est.fit(X, y))


# -- global state ---------------------------------------------------------------------


OUTCOMES = {
    "success": (np.inf, None, ()),
    "interrupt": (3, KeyboardInterrupt, KeyboardInterrupt),
    "error": (3, RuntimeError, RuntimeError),
    "divergence": (1, None, DivergenceError),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", ["adam", "gd", *FULL_BATCH])
def test_training_leaves_the_global_state_alone(solver, early_stopping, outcome):
    call, error, raised = OUTCOMES[outcome]
    est = regressor(solver=solver, loss=WatchedLoss(), early_stopping=early_stopping)
    alarm.set(call, error)
    with known_global_state():
        before = global_state()
        try:
            with warnings.catch_warnings(record=True):
                warnings.simplefilter("always")
                est.fit(X, y)
        except raised:
            pass
        assert global_state() == before


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_asking_the_network_leaves_the_global_state_alone(solver):
    est = BackpropClassifier(3, solver=solver, random_state=0, max_iter=3).fit(X, c)
    before = global_state()
    for method in (est.predict, est.predict_proba, est.logits, est.hidden_activations):
        method(X * 1e300)
    for method in (est.score, est.objective, est.objective_and_gradient, est.input_gradient):
        method(X * 1e300, c)
    assert global_state() == before


@pytest.mark.parametrize("solver", ["adam", "lbfgs", "newton-cg", "lm"])
def test_a_random_state_instance_moves_on_and_the_global_one_does_not(solver):
    random_state = np.random.RandomState(0)
    before = global_state()
    one = regressor(solver=solver, random_state=random_state).fit(X, y)
    other = regressor(solver=solver, random_state=random_state).fit(X, y)
    assert global_state() == before
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])


def test_a_convergence_warning_that_is_made_an_error_comes_after_the_fit():
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        for solver in ("adam", "lbfgs"):
            est = regressor(solver=solver, max_iter=2, n_iter_no_change=5)
            with pytest.raises(ConvergenceWarning):
                est.fit(X, y)
            assert est.n_iter_ == 2
            assert_usable(est)


@pytest.mark.parametrize("stopping", [False, True])
def test_moments_of_a_fit_that_diverged_do_not_go_on_in_partial_fit(stopping):
    est = regressor(solver="adam", activation="relu", early_stopping=stopping, warm_start=True)
    est.fit(X, y)
    with np.errstate(over="ignore"):
        if stopping:
            with pytest.warns(DivergenceWarning):
                est.fit(X * 1e160, y)
        else:
            with pytest.raises(DivergenceError):
                est.fit(X * 1e160, y)
    weights = (est.coefs_, est.intercepts_)
    est.set_params(early_stopping=False).partial_fit(X, y)
    fresh = clone(est).set_params(weight_init=copy.deepcopy(weights), warm_start=False)
    fresh.partial_fit(X, y)
    moved = [np.abs(a - b).max() for a, b in zip(est.coefs_, weights[0], strict=True)]
    assert max(moved) > 0
    assert np.isfinite(est.predict(X)).all()
    assert_same_network(est, fresh)


# -- at any moment, and by any exception ------------------------------------------------

TOGETHER = {"coefs_", "intercepts_", "loss_curve_", "n_iter_", "t_", "stop_reason_", "_optimizer"}


@pytest.mark.skipif(sys.gettrace() is not None, reason="a debugger or coverage is tracing")
@pytest.mark.parametrize(
    ("solver", "method"), [("adam", "fit"), ("adam", "partial_fit"), ("lbfgs", "fit")]
)
def test_ctrl_c_at_any_moment_leaves_all_fitted_attributes_or_none(solver, method):
    params = {"hidden_layer_sizes": 2, "max_iter": 2, "random_state": 0, "engine": "numpy"}

    def new():
        est = BackpropRegressor(solver=solver, **params)
        return est.partial_fit(X, y) if method == "partial_fit" else est

    def moments(est, at=None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return moments_of(lambda: getattr(est, method)(X, y), at)

    moments(new())  # what is done once
    n = moments(new())
    for at in [*range(1, n - 40, 41), *range(n - 40, n + 1)]:
        est = new()
        with contextlib.suppress(KeyboardInterrupt):
            assert moments(est, at) < at, "the interrupt was lost"  # else there are fewer lines
        assert TOGETHER & vars(est).keys() in (TOGETHER, set())
        if method == "partial_fit":
            assert (len(est.loss_curve_), est.t_) in [(1, 60), (1, 120), (2, 120)]


class Stops:
    """Raises StopIteration in one of its calls."""

    def __init__(self, call):
        self.left = call

    def __call__(self, value):
        self.left -= 1
        if self.left == 0:
            raise StopIteration("of the user")
        return value


stops = Stops(0)  # each test sets its own


class StoppingTanh(Tanh):
    def forward(self, Z, out):
        return stops(super().forward(Z, out))


class StoppingError(SquaredError):
    def value(self, A, Y):
        return stops(super().value(A, Y))


def stopping_score(est, X, y):
    return stops(0.5)


@pytest.mark.parametrize("call", [1, 2, 4])
@pytest.mark.parametrize(
    "part",
    [{"activation": StoppingTanh()}, {"loss": StoppingError()}, {"scoring": stopping_score}],
    ids=["activation", "loss", "scoring"],
)
@pytest.mark.parametrize("solver", ["gd", "adam", *FULL_BATCH])
def test_a_stop_iteration_of_the_user_is_an_error_and_no_success(solver, part, call, monkeypatch):
    monkeypatch.setattr(stops, "left", call)
    est = regressor(solver=solver, max_iter=8, **part)
    before = dict(vars(est))
    with pytest.raises((StopIteration, RuntimeError), match=r"StopIteration|of the user"):
        est.fit(X, y, X_val=X, y_val=y)
    assert vars(est) == before
