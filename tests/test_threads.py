"""The limit on BLAS threads, with Python threads that overlap."""

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import numpy as np
import pytest
from interrupts import moments_of
from parallel_helpers import blas_threads, threads_for_everybody

from sknn_edu import BackpropRegressor
from sknn_edu.estimators.inspection import architecture_of
from sknn_edu.losses import Loss
from sknn_edu.teaching import check_derivation, check_gradient
from sknn_edu.threads import one_blas_thread, one_scipy_blas_thread, scipy_blas_threads

HOLDERS = {"all": one_blas_thread, "scipy": one_scipy_blas_thread}


def held(name, threads):
    """What the threads are while a holder of that name is inside."""
    return {path: 1 if name == "all" or "scipy.libs" in path else n for path, n in threads.items()}


@pytest.mark.parametrize("second", HOLDERS)
@pytest.mark.parametrize("first", HOLDERS)
def test_the_last_one_out_restores_the_threads(first, second):
    """The first one in leaves, and its thread goes on living, while the second one is inside."""
    first_is_in, second_is_in, first_is_out, finish = Event(), Event(), Event(), Event()

    def run_first():
        with HOLDERS[first]():
            first_is_in.set()
            assert second_is_in.wait(30)
        first_is_out.set()
        assert finish.wait(30)

    def run_second():
        assert first_is_in.wait(30)
        with HOLDERS[second]():
            second_is_in.set()
            assert first_is_out.wait(30)
            return blas_threads()

    with threads_for_everybody(2), ThreadPoolExecutor(2) as pool:
        before = blas_threads()
        running, also_running = pool.submit(run_first), pool.submit(run_second)
        inside = also_running.result(60)
        after = blas_threads()
        finish.set()
        running.result(60)
    assert set(before.values()) == {2}
    assert inside == held(second, before)
    assert after == before


@pytest.mark.skipif(sys.gettrace() is not None, reason="a debugger or coverage is tracing")
@pytest.mark.parametrize("name", HOLDERS)
def test_the_threads_are_restored_after_ctrl_c_at_any_moment(name):
    def hold():
        with HOLDERS[name]():
            pass

    with threads_for_everybody(2):
        before = blas_threads()
        hold()  # what is done once
        n = moments_of(hold)
        for at in range(1, n + 1):
            with contextlib.suppress(KeyboardInterrupt):
                moments_of(hold, at)
            assert blas_threads() == before, at
    assert n > 8


def test_many_threads_in_and_out_leave_the_threads_as_they_were():
    start = Barrier(8)

    def run(i):
        start.wait(30)
        for k in range(100):
            holder = one_blas_thread if (i + k) % 3 else one_scipy_blas_thread
            with holder(), one_scipy_blas_thread():
                assert scipy_blas_threads() == 2
                seen = blas_threads()
                assert held("scipy", seen) == seen

    with threads_for_everybody(2), ThreadPoolExecutor(8) as pool:
        before = blas_threads()
        for running in [pool.submit(run, i) for i in range(8)]:
            running.result(120)
        assert blas_threads() == before


def test_the_threads_are_restored_after_an_error():
    with threads_for_everybody(2):
        before = blas_threads()
        with pytest.raises(ZeroDivisionError), one_blas_thread():
            1 / 0  # noqa: B018
        assert blas_threads() == before


def test_overlapping_lbfgs_fits_give_the_bits_of_one_alone():
    rng = np.random.RandomState(0)
    X, y = rng.randn(300, 200), rng.randn(300)

    def fit(max_iter):
        est = BackpropRegressor(150, solver="lbfgs", max_iter=max_iter, tol=0, random_state=0)
        return est.fit(X, y)

    lengths = [3, 12, 6, 9]  # they end one after the other
    with threads_for_everybody(2), ThreadPoolExecutor(4) as pool:
        alone = {n: fit(n) for n in lengths}
        before = blas_threads()
        for est, n in zip(pool.map(fit, lengths), lengths, strict=True):
            for W, right in zip(est.coefs_, alone[n].coefs_, strict=True):
                np.testing.assert_array_equal(W, right)
        assert blas_threads() == before


class WaitingLoss(Loss):
    """Half the squared error; calls a function each time it is computed."""

    def __init__(self, before_value):
        self.before_value = before_value

    def value(self, A, Y):
        self.before_value()
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)


@pytest.mark.parametrize("tool", ["check_derivation", "check_gradient"])
def test_overlapping_checks_restore_the_threads(tool):
    """The second one begins while the first one runs, and ends after it."""
    first_begins, second_begins, first_ended = Event(), Event(), Event()
    X, y = np.arange(6.0).reshape(3, 2) / 6, np.array([1.0, 0.0, 2.0])
    seen = []

    def check(begins, wait_for):
        def meet(trace=None):
            begins.set()
            assert wait_for.wait(30)
            seen.append(set(blas_threads().values()))
            return None if trace is None else trace["dW2"]

        loss = "squared_error" if tool == "check_derivation" else WaitingLoss(lambda: None)
        est = BackpropRegressor(2, "tanh", loss=loss, random_state=0).initialize(X, y)
        if tool == "check_derivation":
            assert check_derivation(est, X, y, {"dW2": meet}).correct
        else:
            architecture_of(est).loss.before_value = meet
            assert check_gradient(est, X, y).ok

    with threads_for_everybody(2), ThreadPoolExecutor(2) as pool:
        before = blas_threads()
        running = pool.submit(check, first_begins, second_begins)
        assert first_begins.wait(30)
        also_running = pool.submit(check, second_begins, first_ended)
        running.result(60)
        first_ended.set()
        also_running.result(60)
        assert blas_threads() == before
    assert seen
    assert all(threads == {1} for threads in seen)
