"""A grid of 12 hidden sizes by 5 folds, through GridSearchCV: seconds for 60 fits and scores.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/grids.py

With one process and with two (``n_jobs``), each with one thread, as joblib's workers have. The
searches run in turns, after an untimed search over a single size that starts the workers.
Estimators only: scikit-learn, skorch and ours. The mean scores of ours and scikit-learn's are
asserted to be equal, up to the rounding of a few samples; skorch draws its own weights and
shuffles. skorch takes minutes, so it is measured in float32 only, with the larger n_jobs, and once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import command
import numpy as np
from measure import Candidate, Times, in_turns
from peers import Peer
from peers.ours import VARIANTS
from report import ratio_and_goal, table, write
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_limits
from workloads import WORKLOADS, Workload

N_FOLDS = 5
# Letter of the workload: hidden sizes, epochs of a fit, and the target ratio to scikit-learn.
GRIDS: dict[str, tuple[Sequence[int], int, float]] = {
    "S": ((4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64), 100, 30),
    "D": ((10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120), 50, 6),
}
N_JOBS_OF_GOALS = 2


def search(peer: Any, workload: Workload, dtype: str, sizes: Sequence[int], n_jobs: int) -> Any:
    """A function that runs the grid and returns the mean scores."""
    problem = workload.problem(dtype)
    grid = GridSearchCV(
        peer.estimator(problem),
        {peer.hidden_sizes_parameter: [(size,) for size in sizes]},
        cv=N_FOLDS,
        n_jobs=n_jobs,
        refit=False,
        error_score="raise",
    )
    return lambda: grid.fit(problem.X, problem.y).cv_results_["mean_test_score"]


def measure(
    letter: str, dtype: str, peers: Sequence[Peer], all_n_jobs: Sequence[int], arguments: Any
) -> Times[tuple[str, int]]:
    """Times with the keys (name of the peer, n_jobs)."""
    sizes, epochs, _ = GRIDS[letter]
    workload = replace(WORKLOADS[letter], epochs=epochs)
    if arguments.smoke:
        sizes, workload = sizes[:2], workload.toy()
    times = in_turns(
        {
            (peer.name, n_jobs): Candidate(
                search(peer, workload, dtype, sizes, n_jobs),
                partial(threadpool_limits, 1),
                rounds=peer.rounds,
                warm_up=search(peer, workload, dtype, sizes[:1], n_jobs),
            )
            for peer in peers
            for n_jobs in all_n_jobs
            if not is_slow(peer) or (dtype == "float32" and n_jobs == max(all_n_jobs))
        },
        arguments.rounds,
        arguments.seconds,
        rests=arguments.rounds > 1,
    )
    scores = {key: s for key, s in times.result.items() if key[0] in {*VARIANTS, "scikit-learn"}}
    tolerance = 0.005 if dtype == "float64" else 0.05
    for key, score in scores.items():
        np.testing.assert_allclose(score, scores[peers[0].name, 1], atol=tolerance, err_msg=key)
    return times


def is_slow(peer: Peer) -> bool:
    """Whether it is measured only once."""
    return peer.rounds < math.inf


def cells(
    letter: str, dtype: str, n_jobs: int, times: Times[tuple[str, int]], names: Sequence[str]
) -> list[str]:
    """A row: the ratios to the first of our variants, and seconds of each peer."""
    ours = (next(iter(VARIANTS)), n_jobs)
    measured = {name: (name, n_jobs) in times.rounds for name in names}
    seconds = [f"{times.median((name, n_jobs)):.2f}" if measured[name] else "" for name in names]
    ratios = [
        ratio_and_goal(
            times.ratio((name, n_jobs), ours) if measured[name] else math.nan,
            GRIDS[letter][2] if goal_is_for(name, n_jobs) else None,
        )
        for name in names
        if name != ours[0]
    ]
    return [letter, dtype, str(n_jobs), *ratios, *seconds]


def goal_is_for(name: str, n_jobs: int) -> bool:
    """Whether the grid has a target ratio for this peer and number of processes."""
    return name == "scikit-learn" and n_jobs == N_JOBS_OF_GOALS


def main() -> None:
    parser = command.parser(__doc__, only=list(GRIDS), rounds=3)
    parser.set_defaults(threads=[1], peers=["scikit-learn", "skorch"])
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.add_argument("--n-jobs", nargs="+", type=int, default=[1, 2])
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    peers = [peer for peer in everyone if peer.hidden_sizes_parameter]
    names = [peer.name for peer in peers]
    rows = []
    for letter in arguments.only:
        for dtype in arguments.dtypes:
            times = measure(letter, dtype, peers, arguments.n_jobs, arguments)
            for n_jobs in arguments.n_jobs:
                rows.append(cells(letter, dtype, n_jobs, times, names))
                print(*rows[-1], flush=True)
    ratios = [f"{name} / ours" for name in names if name != next(iter(VARIANTS))]
    head = ["like", "dtype", "n_jobs", *ratios, *(f"{name}, s" for name in names)]
    text = f"Measured on: {about}.\n\n{table(head, rows)}"
    write(arguments.markdown, {"grids": text}, {})


if __name__ == "__main__":
    main()
