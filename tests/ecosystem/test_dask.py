"""On a dask cluster of real processes: the bits of a sequential run, the threads that are given."""

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster
from joblib import parallel_config
from parallel_helpers import (
    CASES,
    assert_same_cross_validation,
    assert_same_search,
    assert_same_weights,
    assert_threads_are_those_given,
    cross_validation,
    diabetes,
    look_at_threads,
    search,
)
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropRegressor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]


@pytest.fixture(scope="module")
def client():
    """Two processes of one thread each, on a scheduler that one could reach by its address."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        Client(cluster.scheduler_address) as client,
    ):
        yield client


@pytest.mark.parametrize("case", CASES)
def test_results_are_those_of_one_worker_bit_for_bit(client, case):
    with parallel_config(backend="dask"):
        there, there_too = search(CASES[case]), cross_validation(CASES[case])
    with threadpool_limits(1):  # as the workers; products split among threads round differently
        assert_same_search(there, search(CASES[case]))
        assert_same_cross_validation(there_too, cross_validation(CASES[case]))


def test_the_fits_are_done_by_the_workers(client):
    """Not by the process that asks: no call of a fit is served at home."""
    n_before = len(client.get_task_stream(count=1_000_000))
    with parallel_config(backend="dask"):
        search(CASES["lbfgs"])
    assert len(client.get_task_stream(count=1_000_000)) > n_before


@pytest.mark.parametrize(
    ("solver", "scipy_is_held"), [("adam", False), ("gd", False), ("lbfgs", True)]
)
def test_a_worker_trains_with_the_threads_that_it_is_given(client, solver, scipy_is_held):
    looks = client.gather([client.submit(look_at_threads, solver, pure=False) for _ in range(4)])
    for look in looks:
        assert set(look.before.values()) == {1}  # dask gives one thread to each of its own
    assert_threads_are_those_given(looks, scipy_is_held)


def test_a_network_trains_as_a_task_of_its_own(client):
    X, y = diabetes()
    est = BackpropRegressor(10, random_state=0, max_iter=5, tol=0)
    there = client.submit(clone(est).fit, X, y).result()
    with threadpool_limits(1):
        assert_same_weights(there, est.fit(X, y))
        np.testing.assert_array_equal(client.submit(there.predict, X).result(), est.predict(X))
