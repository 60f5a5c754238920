"""A grid search over hidden layers on a dask cluster: the same search with another backend.

The cluster has a scheduler and two worker processes on this machine. With other machines only the
address of the scheduler changes. The same grid is then searched without the cluster: all scores,
and the weights of the best network, are the same to the last bit.

Needs dask and distributed: pip install "sknn-edu[dask]".
"""

from time import perf_counter

import numpy as np
from dask.distributed import Client, LocalCluster, get_task_stream
from joblib import parallel_config
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier

GRID = {
    "net__hidden_layer_sizes": [(16,), (64,), (64, 32), (32, 32, 32)],
    "net__alpha": [1e-4, 1.0],
}
WIDTH = 46  # characters for the time line of a worker


def grid_search():
    net = BackpropClassifier(learning_rate_init=0.01, max_iter=40, tol=0, random_state=0)
    pipeline = Pipeline([("scale", StandardScaler()), ("net", net)])
    return GridSearchCV(pipeline, GRID, cv=3)


def print_scores(search):
    """A line for each point of the grid, the best one marked."""
    print("\nhidden layers   alpha    accuracy in cross-validation")
    results = search.cv_results_
    for params, mean, std, rank in zip(
        results["params"],
        results["mean_test_score"],
        results["std_test_score"],
        results["rank_test_score"],
    ):
        sizes, alpha = params["net__hidden_layer_sizes"], params["net__alpha"]
        best = " <- best" if rank == 1 else ""
        print(f"{sizes!s:14} {alpha:6g}    {mean:.4f} +- {std:.4f}{best}")


def print_who_did_what(task_stream):
    """For each worker a line of time, with a # where it worked."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for task in task_stream:
        computing = [s for s in task["startstops"] if s["action"] == "compute"]
        spans.setdefault(task["worker"], []).extend((s["start"], s["stop"]) for s in computing)
    begin = min(start for of_worker in spans.values() for start, _ in of_worker)
    end = max(stop for of_worker in spans.values() for _, stop in of_worker)
    print(f"\nWho did what, in {end - begin:.1f} seconds:")
    for worker, of_worker in sorted(spans.items()):
        line = np.full(WIDTH, ".")
        for start, stop in of_worker:
            first, last = (int((t - begin) / (end - begin) * (WIDTH - 1)) for t in (start, stop))
            line[first : last + 1] = "#"
        busy = sum(stop - start for start, stop in of_worker)
        print(f"{worker}  {''.join(line)}  {len(of_worker)} tasks, {busy:.1f} s of work")


def same_results(one, other):
    """Whether all scores and the best weights of two searches agree to the last bit."""
    scores = [key for key in one.cv_results_ if key.endswith("test_score")]
    of_one, of_other = (search.best_estimator_["net"].coefs_ for search in (one, other))
    return all(
        np.array_equal(one.cv_results_[key], other.cv_results_[key]) for key in scores
    ) and all(map(np.array_equal, of_one, of_other))


def main():
    X, y = load_digits(return_X_y=True)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster.scheduler_address) as client,  # a real cluster needs only another address
        get_task_stream(client) as task_stream,
    ):
        print(f"Scheduler at {cluster.scheduler_address}, {len(cluster.workers)} workers")
        start = perf_counter()
        with parallel_config(backend="dask"):
            on_cluster = grid_search().fit(X, y)
        seconds = perf_counter() - start

    start = perf_counter()
    with threadpool_limits(1):  # as in the workers: threads that share a product round differently
        alone = clone(on_cluster).fit(X, y)
    seconds_alone = perf_counter() - start

    print_scores(on_cluster)
    print_who_did_what(task_stream.data)
    print(f"\nOn the cluster {seconds:.1f} s, without it {seconds_alone:.1f} s")
    equal = same_results(on_cluster, alone)
    print(f"The same to the last bit: {equal}")
    assert equal


if __name__ == "__main__":
    main()
