"""Several workers give the bits of one, and each keeps to the threads that it is given."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from parallel_helpers import (
    CASES,
    ThreadCountingLoss,
    assert_same_cross_validation,
    assert_same_search,
    assert_threads_are_those_given,
    blas_threads,
    cross_validation,
    diabetes,
    look_at_threads,
    search,
    threads_for_everybody,
)
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

BACKENDS = {"threading": {}, "loky": {"inner_max_num_threads": 1}}
SCIPY_IS_HELD = {"adam": False, "gd": False, "lbfgs": True, "newton-cg": True}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture(scope="module")
def sequential(case):
    """With the one thread that a worker has: products split among threads round differently."""
    with threadpool_limits(1):
        return search(case), cross_validation(case)


@pytest.mark.parametrize("backend", BACKENDS)
def test_results_are_those_of_one_worker_bit_for_bit(backend, case, sequential):
    with threadpool_limits(1), parallel_config(backend, n_jobs=2, **BACKENDS[backend]):
        assert_same_search(search(case), sequential[0])
        assert_same_cross_validation(cross_validation(case), sequential[1])


# -- threads --------------------------------------------------------------------------


def test_workers_of_loky_share_the_cores_among_them(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    looks = Parallel(n_jobs=2, backend="loky")(delayed(look_at_threads)("adam") for _ in range(4))
    for look in looks:
        assert 2 * max(look.before.values()) <= max(2, os.cpu_count())
    assert_threads_are_those_given(looks, scipy_is_held=False)


@pytest.mark.parametrize("n_threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_worker_of_loky_trains_with_the_threads_that_it_is_given(n_threads):
    with parallel_config("loky", n_jobs=2, inner_max_num_threads=n_threads):
        looks = Parallel()(delayed(look_at_threads)(solver) for solver in SCIPY_IS_HELD)
    for look, held in zip(looks, SCIPY_IS_HELD.values(), strict=True):
        assert set(look.before.values()) <= set(range(1, n_threads + 1))
        assert_threads_are_those_given([look], held)


@pytest.mark.parametrize("solver", SCIPY_IS_HELD)
@pytest.mark.parametrize("n_threads", [1, 2])
def test_limits_of_the_user_hold_while_training(solver, n_threads):
    with threadpool_limits(n_threads):
        look = look_at_threads(solver)
    assert set(look.before.values()) == {n_threads}
    assert_threads_are_those_given([look], SCIPY_IS_HELD[solver])


class MeetingLoss(ThreadCountingLoss):
    """Says that its fit has begun, then waits for something else to happen."""

    def __init__(self, begun, wait_for):
        super().__init__()
        self.begun, self.wait_for = begun, wait_for

    def value(self, A, Y):
        self.begun.set()
        assert self.wait_for.wait(timeout=30)
        return super().value(A, Y)


def test_fits_that_overlap_give_the_threads_back():
    """The second fit begins while the first one holds the limit, and ends after it."""
    X, y = diabetes()
    first_begins, second_begins, first_ended = Event(), Event(), Event()
    first = MeetingLoss(first_begins, wait_for=second_begins)
    second = MeetingLoss(second_begins, wait_for=first_ended)

    def fit(loss):
        BackpropRegressor(4, solver="lbfgs", loss=loss, max_iter=4, tol=0).fit(X, y)

    with threads_for_everybody(2), ThreadPoolExecutor(2) as pool:
        before = blas_threads()
        running = pool.submit(fit, first)
        assert first_begins.wait(timeout=30)
        also_running = pool.submit(fit, second)
        running.result(timeout=60)
        first_ended.set()
        also_running.result(timeout=60)
        assert blas_threads() == before
    assert set(before.values()) == {2}
    assert {scipy_threads(threads) for threads in first.seen} <= {frozenset({1}), frozenset()}


def scipy_threads(threads):
    """Threads of scipy's own BLAS; empty where it has none."""
    return frozenset(n for path, n in threads.items() if "scipy.libs" in path)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_many_fits_in_threads_leave_the_limits_as_they_were(solver):
    with threads_for_everybody(2):
        before = blas_threads()
        looks = Parallel(n_jobs=4, backend="threading")(
            delayed(look_at_threads)(solver) for _ in range(12)
        )
        assert blas_threads() == before
    for look in looks:
        for threads in look.during:
            assert all(threads[path] <= n for path, n in before.items())


def test_numbers_do_not_depend_on_the_threads_beyond_rounding():
    """A product may be split among threads: where it is, the last digit may change."""
    X, y = diabetes()
    networks = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            networks.append(BackpropRegressor(300, random_state=0, max_iter=5, tol=0).fit(X, y))
    for W, other in zip(networks[0].coefs_, networks[1].coefs_, strict=True):
        np.testing.assert_allclose(W, other, rtol=1e-9, atol=1e-12)
