"""Schedules go step by step from their beginning to their end, in both engines and every solver."""

import math
import pickle

import numpy as np
import pytest
from gradient_helpers import members
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import UnusedScheduleWarning
from sknn_edu.native import epochs as native_epochs
from sknn_edu.optimizers import GD, SGD, AdamW, FirstOrder, Optimizer
from sknn_edu.schedules import Cosine, CosLog, Linear, OneCycle, Schedule

X, y = load_iris(return_X_y=True)
FIRST_ORDER = [rule.name for rule in members(Optimizer) if isinstance(rule, FirstOrder)]

every_schedule = pytest.mark.parametrize("schedule", members(Schedule), ids=repr)
every_engine = pytest.mark.parametrize("engine", ["numpy", "auto"])


class Recorded(Schedule):
    """Remembers the times that it was asked for; its rate makes each step count."""

    def __init__(self, n_steps=None):
        super().__init__(n_steps)
        self.times = TIMES

    def factor(self, t):
        self.times.append(t)
        return 1 + t


TIMES: list[float] = []


# -- the curves -----------------------------------------------------------------------------------


@every_schedule
def test_factors_are_finite_numbers_from_zero_to_one(schedule):
    factors = [schedule.factor(t) for t in np.linspace(0, 1, 1001).tolist()]
    assert all(0 <= f <= 1 for f in factors)
    assert max(factors) > 0.99
    assert factors[-1] < 1e-5


@every_schedule
def test_no_step_jumps(schedule):
    factors = [schedule.factor(t) for t in np.linspace(0, 1, 100_001).tolist()]
    assert np.abs(np.diff(factors)).max() < 1e-3


# Factors of PyTorch 2.13 at its steps 0, 20, ..., 100 of 100, divided by the (largest) rate.
@pytest.mark.parametrize(
    ("schedule", "expected"),
    [  # CosineAnnealingLR(T_max=100), and with eta_min=0.1
        (Cosine(), [1, 0.9045085, 0.6545085, 0.3454915, 0.0954915, 0]),
        (Cosine(final=0.1), [1, 0.91405765, 0.68905765, 0.41094235, 0.18594235, 0.1]),
        # LinearLR(1.0, 0.0, total_iters=100), and with end_factor=0.5
        (Linear(), [1, 0.8, 0.6, 0.4, 0.2, 0]),
        (Linear(final=0.5), [1, 0.9, 0.8, 0.7, 0.6, 0.5]),
    ],
    ids=repr,
)
def test_factors_are_those_of_pytorch(schedule, expected):
    assert_allclose([schedule.factor_of_step(20 * k, 100) for k in range(6)], expected, atol=1e-7)


def test_warm_up_is_a_line_from_zero():
    for schedule in (Cosine(warmup=0.2), Linear(warmup=0.2)):
        assert [schedule.factor(t) for t in (0, 0.05, 0.1, 0.2)] == [0, 0.25, 0.5, 1]


def test_the_rest_after_a_warm_up_is_the_whole_without():
    for cls in (Cosine, Linear):
        for u in (0.1, 0.5, 0.9):
            assert cls(warmup=0.5).factor(0.5 + u / 2) == pytest.approx(cls().factor(u))


def test_one_cycle_goes_up_and_down():
    schedule = OneCycle(warmup=0.25, start=0.1, final=0.01)
    factors = [schedule.factor(t) for t in (0, 0.125, 0.25, 0.625, 1)]
    assert_allclose(factors, [0.1, 0.55, 1, 0.505, 0.01])
    assert OneCycle(warmup=0).factor(0) == 1


@pytest.mark.parametrize("cycles", [1, 2, 4, 10])
def test_coslog_has_so_many_waves_each_twice_as_long(cycles):
    schedule, n = CosLog(cycles), 2**cycles - 1
    for k in range(cycles + 1):  # a wave ends, and in the middle of its logarithm it is highest
        assert schedule.factor((2**k - 1) / n) == pytest.approx(0, abs=1e-12)
    for k in range(cycles):
        assert schedule.factor((2 ** (k + 0.5) - 1) / n) == pytest.approx(1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Cosine(warmup=1), "warmup must be a finite number >= 0 and < 1, got 1"),
        (lambda: Linear(warmup=-0.1), "warmup must be"),
        (lambda: OneCycle(start=math.nan), "start must be a finite number >= 0, got nan"),
        (lambda: Cosine(final="0"), "final must be a finite number >= 0, got '0'"),
        (lambda: CosLog(cycles=0), "cycles must be an int from 1 to 50, got 0"),
        (lambda: CosLog(cycles=2.5), "cycles must be an int from 1 to 50, got 2.5"),
        (lambda: Cosine(n_steps=0), "n_steps must be a positive int or None, got 0"),
        (lambda: Linear(n_steps=1e4), "n_steps must be a positive int or None, got 10000.0"),
    ],
)
def test_bad_settings_are_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


# -- in a fit -------------------------------------------------------------------------------------


@every_engine
@pytest.mark.parametrize("batch_size", [150, 40])  # 1 and 4 batches
def test_time_runs_from_zero_step_by_step_over_all_epochs(engine, batch_size):
    TIMES.clear()
    clf = BackpropClassifier(3, learning_rate=Recorded(), batch_size=batch_size, max_iter=5)
    clf.set_params(engine=engine, random_state=0).fit(X, y)
    n = 5 * -(-150 // batch_size)
    assert_allclose(TIMES, np.arange(n) / n)


@every_engine
def test_a_constant_schedule_changes_no_bit(engine):
    class Always(Schedule):
        def factor(self, t):
            return 1

    for solver in FIRST_ORDER:
        clf = BackpropClassifier(9, solver=solver, max_iter=6, tol=0, random_state=0, engine=engine)
        plain, followed = clone(clf).fit(X, y), clf.set_params(learning_rate=Always()).fit(X, y)
        for W, V in zip(plain.coefs_, followed.coefs_, strict=True):
            assert_array_equal(V, W)


@every_engine
@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_a_step_is_as_long_as_the_factor_says(solver, engine):
    class Half(Schedule):
        def factor(self, t):
            return 0.5 if t == 0 else 0.0

    def way(**params):
        clf = BackpropClassifier(5, "tanh", solver=solver, random_state=0, engine=engine)
        clf.set_params(batch_size=150, tol=0, learning_rate_init=1e-3, **params)
        start = clone(clf).initialize(X, y)
        return clf.fit(X, y).coefs_[0] - start.coefs_[0]

    half, whole = way(learning_rate=Half(), max_iter=2), way(max_iter=1)
    if solver == "sgd":  # the velocity goes on for a step, with the momentum 0.9
        half /= 1 + 0.9 * 0.9 / (1 + 0.9)
    assert_allclose(half, 0.5 * whole, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("early_stopping", [False, True, "best"])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("solver", FIRST_ORDER)
@every_schedule
def test_engines_agree(schedule, solver, shuffle, early_stopping):
    fitted = []
    for engine in ("numpy", "auto"):
        clf = BackpropClassifier((8, 6), "tanh", solver=solver, learning_rate=schedule)
        clf.set_params(batch_size=40, max_iter=20, random_state=0, engine=engine, shuffle=shuffle)
        clf.set_params(learning_rate_init=0.01, alpha=0.1, early_stopping=early_stopping)
        fitted.append(clf.fit(X, y))
    numpy, native = fitted
    for W, V in zip(numpy.coefs_, native.coefs_, strict=True):
        assert_allclose(V, W, rtol=0, atol=1e-10)
    assert native.loss_curve_ == pytest.approx(numpy.loss_curve_)
    for state in ("learning_rate", "rate_factor", "n_batches_seen"):
        assert getattr(native._optimizer, state) == pytest.approx(getattr(numpy._optimizer, state))


@pytest.mark.parametrize("seconds", [0, 10])
@pytest.mark.parametrize("most", [1, 7, 2**16])
def test_where_the_calls_are_cut_does_not_change_a_bit(most, seconds, monkeypatch):
    clf = BackpropClassifier((40, 40), batch_size=16, max_iter=9, learning_rate="coslog")
    whole = clone(clf.set_params(random_state=0)).fit(X, y)
    monkeypatch.setattr(native_epochs, "MOST_STEPS", most)
    monkeypatch.setattr(native_epochs, "SECONDS", seconds)
    cut = clf.fit(X, y)
    assert_array_equal(cut.coefs_[1], whole.coefs_[1])


@every_engine
def test_all_epochs_are_run_whatever_the_loss_does(engine):
    clf = BackpropClassifier(3, learning_rate="cosine", tol=10, n_iter_no_change=1, max_iter=30)
    clf.set_params(engine=engine, random_state=0).fit(X, y)  # and nothing warns
    assert clf.n_iter_ == 30
    assert clf.stop_reason_ == "Finished as requested: max_iter=30 epochs were run."
    stopped = clf.set_params(early_stopping=True).fit(X, y)
    assert stopped.n_iter_ < 30, "which asks for it by itself"


@every_engine
def test_a_batch_without_weight_takes_its_time(engine):
    w = np.ones(150)
    w[50:100] = 0
    TIMES.clear()
    clf = BackpropClassifier(3, learning_rate=Recorded(), batch_size=50, shuffle=False)
    clf.set_params(max_iter=4, engine=engine, random_state=0).fit(X, y, sample_weight=w)
    assert_allclose(TIMES, np.arange(12) / 12)


@pytest.mark.parametrize("solver", [AdamW(0.01), SGD(0.1, momentum=0.5), GD(0.1)], ids=repr)
def test_solver_objects_follow_it_too(solver):
    clf = BackpropClassifier(5, solver=solver, max_iter=20, random_state=0, tol=0)
    clf.set_params(learning_rate=Linear()).fit(X, y)
    assert clf._optimizer.learning_rate < clf._optimizer.learning_rate_init / 15


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
def test_solvers_that_choose_their_steps_say_that_they_do_not_follow(solver):
    clf = BackpropClassifier(3, solver=solver, learning_rate="cosine", max_iter=500, random_state=0)
    with pytest.warns(UnusedScheduleWarning, match="learning_rate='cosine' has no effect"):
        clf.fit(X, y)


def test_an_unknown_name_is_answered_with_those_there_are():
    clf = BackpropClassifier(learning_rate="cosinus")
    with pytest.raises(ValueError, match="'constant', 'invscaling', 'adaptive', 'cosine'"):
        clf.fit(X, y)


@every_engine
@pytest.mark.parametrize("value", [-0.5, math.nan, math.inf])
def test_a_factor_that_is_no_rate_is_refused_and_the_estimator_is_as_before(value, engine):
    class Wrong(Schedule):
        def factor(self, t):
            return value

    clf = BackpropClassifier(3, learning_rate=Wrong(), engine=engine)
    with pytest.raises(ValueError, match="must be a finite number >= 0"):
        clf.fit(X, y)
    assert not hasattr(clf, "coefs_")


def test_a_search_finds_the_settings_of_a_schedule():
    clf = BackpropClassifier(learning_rate=Cosine(warmup=0.1))
    assert clf.get_params()["learning_rate__warmup"] == 0.1
    assert clone(clf).set_params(learning_rate__final=0.5).learning_rate.final == 0.5
    assert clf.learning_rate == Cosine(warmup=0.1)
    assert pickle.loads(pickle.dumps(clf)).learning_rate == clf.learning_rate


# -- from one fit to the next ---------------------------------------------------------------------


@pytest.mark.parametrize("learning_rate", ["cosine", "coslog", "one_cycle", "linear", Cosine()])
def test_partial_fit_says_that_it_has_no_end(learning_rate):
    clf = BackpropClassifier(3, learning_rate=learning_rate)
    with pytest.raises(ValueError, match=r"no end to run to.*n_steps=10_000"):
        clf.partial_fit(X, y, classes=[0, 1, 2])
    assert not hasattr(clf, "coefs_")


@every_engine
def test_partial_fit_goes_along_a_schedule_that_knows_its_steps(engine):
    TIMES.clear()
    clf = BackpropClassifier(3, learning_rate=Recorded(n_steps=10), batch_size=50, engine=engine)
    for _ in range(4):
        clf.partial_fit(X, y, classes=[0, 1, 2])
    assert_allclose(TIMES, [*(np.arange(10) / 10), 1, 1])


@every_engine
def test_partial_fit_and_fit_take_the_same_steps(engine):
    reg = BackpropRegressor(4, learning_rate=Linear(n_steps=6), batch_size=50, engine=engine)
    reg.set_params(random_state=np.random.RandomState(0), max_iter=2, shuffle=False)
    whole = clone(reg).fit(X, y)
    for _ in range(2):
        reg.partial_fit(X, y)
    assert_allclose(reg.coefs_[0], whole.coefs_[0], rtol=1e-12)
    assert reg._optimizer.learning_rate == pytest.approx(whole._optimizer.learning_rate)


@every_engine
def test_without_its_schedule_the_rate_is_the_initial_one_again(engine):
    clf = BackpropClassifier(3, solver="sgd", learning_rate=Linear(n_steps=2), engine=engine)
    for _ in range(3):
        clf.partial_fit(X, y, classes=[0, 1, 2])
    assert clf._optimizer.learning_rate == 0
    clf.set_params(learning_rate="constant").partial_fit(X, y)
    assert clf._optimizer.learning_rate == 0.001


@every_engine
def test_a_warm_start_begins_the_schedule_again(engine):
    TIMES.clear()
    clf = BackpropClassifier(3, learning_rate=Recorded(), warm_start=True, max_iter=2)
    for _ in range(2):
        clf.set_params(engine=engine).fit(X, y)
    assert_allclose(TIMES, [0, 0.5, 0, 0.5])
