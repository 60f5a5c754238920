"""A grid of 12 hidden sizes by 5 folds, through GridSearchCV: seconds for 60 fits and scores.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/grids.py

One process, and two (``n_jobs``), each with one BLAS thread: joblib's workers have no more.
The searches run in turns; the first round, which starts the workers, does not count. Estimators
only: scikit-learn, skorch and ours. The mean scores of ours and scikit-learn's are asserted to
be equal, but for the rounding of a few samples; skorch draws weights and shuffles of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import command
import numpy as np
from measure import Candidate, Times, in_turns, rest_for
from peers import Peer
from peers.ours import VARIANTS
from report import table, write
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_limits
from workloads import WORKLOADS, Workload

N_FOLDS = 5
# Letter of the workload: hidden sizes, epochs of a fit, and the ratio to scikit-learn to reach.
GRIDS: dict[str, tuple[Sequence[int], int, float]] = {
    "S": ((4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64), 100, 30),
    "D": ((10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120), 50, 6),
}
N_JOBS_OF_GOALS = 2


def search(peer: Peer, workload: Workload, dtype: str, sizes: Sequence[int], n_jobs: int) -> Any:
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
) -> Times:
    """Times with the keys (name of the peer, n_jobs)."""
    sizes, epochs, _ = GRIDS[letter]
    workload = replace(WORKLOADS[letter], epochs=epochs)
    if arguments.smoke:
        sizes, workload = sizes[:2], workload.toy()
    times = in_turns(
        {
            (peer.name, n_jobs): Candidate(
                search(peer, workload, dtype, sizes, n_jobs), partial(threadpool_limits, 1)
            )
            for peer in peers
            for n_jobs in all_n_jobs
        },
        arguments.rounds,
        arguments.seconds,
        rest_for(arguments.rounds),
    )
    scores = {key: s for key, s in times.result.items() if key[0] in {*VARIANTS, "scikit-learn"}}
    tolerance = 0.005 if dtype == "float64" else 0.05
    for key, score in scores.items():
        np.testing.assert_allclose(score, scores[peers[0].name, 1], atol=tolerance, err_msg=key)
    return times


def cells(letter: str, dtype: str, n_jobs: int, times: Times, names: Sequence[str]) -> list[str]:
    """A row: seconds of each peer, and the ratios of the last of our variants."""
    seconds = [f"{times.median((name, n_jobs)):.2f}" for name in names]
    ours = [name for name in names if name in VARIANTS][-1]
    ratios = [
        f"{times.ratio((name, n_jobs), (ours, n_jobs)):.2f}"
        + (f" ({GRIDS[letter][2]:g})" if goal_is_for(name, n_jobs) else "")
        for name in names
        if name not in VARIANTS
    ]
    return [letter, dtype, str(n_jobs), *seconds, *ratios]


def goal_is_for(name: str, n_jobs: int) -> bool:
    """Whether the grid's goal is about this peer and number of processes."""
    return name == "scikit-learn" and n_jobs == N_JOBS_OF_GOALS


def main() -> None:
    parser = command.parser(__doc__, only=list(GRIDS), rounds=3)
    parser.set_defaults(threads=[1])
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
    others = [f"{name} / ours" for name in names if name not in VARIANTS]
    head = ["like", "dtype", "n_jobs", *(f"{name}, s" for name in names), *others]
    text = f"Measured on: {about}.\n\n{table(head, rows)}"
    write(arguments.markdown, {"grids": text}, {})


if __name__ == "__main__":
    main()
