"""The time of a fit, divided into a fixed cost and the updates.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/kernels.py
    ... kernels.py --only S D --peers scikit-learn

A fit of n epochs and one of 2 n run in turns, with one thread. The difference is the cost of n
epochs of updates; the rest of the shorter fit is its fixed cost (checking the input, the initial
weights, the results). Measured for our estimators, and scikit-learn's if --peers names it; also
for the sum of the matrix products, which has no fixed cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import median

import command
from measure import Candidate, Times, in_turns
from peers import EstimatorPeer, Peer
from report import number, table, write
from workloads import WORKLOADS, Problem

FIRST_ORDER = [name for name, made in WORKLOADS.items() if made.params.get("solver") != "lbfgs"]


def measure(
    problem: Problem,
    peers: Sequence[Peer],
    threads: Sequence[int],
    rounds: int,
    seconds: float = 0.0,
) -> Times:
    """Times with the keys ((name of the peer, threads), whether its fit is the longer one)."""
    longer = replace(problem, params=problem.params | {"max_iter": 2 * problem.epochs})
    fits = {peer.name: (peer.prepare(problem), peer.prepare(longer)) for peer in peers}
    candidates = {
        ((peer.name, n), is_longer): Candidate(
            fits[peer.name][is_longer], partial(peer.threads, n), rivals=(peer.name, is_longer)
        )
        for n in threads
        for peer in peers
        for is_longer in (False, True)
    }
    return in_turns(candidates, rounds, seconds, rests=rounds > 1 and max(threads) > 1)


def update_and_fixed(times: Times, key: tuple[str, int], updates: int) -> tuple[float, float]:
    """Seconds of one update, and the fixed cost in seconds."""
    short, long = times.rounds[key, False], times.rounds[key, True]
    in_updates = median(b - a for a, b in zip(short, long))
    return in_updates / updates, times.median((key, False)) - in_updates


def main() -> None:
    parser = command.parser(__doc__, only=FIRST_ORDER, rounds=7)
    parser.set_defaults(threads=[1], peers=["gemm"])
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    peers = [peer for peer in everyone if isinstance(peer, EstimatorPeer) or peer.name == "gemm"]
    rows = []
    for name in arguments.only:
        workload = WORKLOADS[name].toy() if arguments.smoke else WORKLOADS[name]
        for dtype in arguments.dtypes:
            problem = workload.problem(dtype)
            times = measure(problem, peers, [1], arguments.rounds, arguments.seconds)
            costs = [update_and_fixed(times, (peer.name, 1), problem.updates) for peer in peers]
            update = [number(1e6 * seconds) for seconds, _ in costs]
            fixed = [f"{1e3 * s:.2f}" for peer, (_, s) in zip(peers, costs) if peer.name != "gemm"]
            rows.append([name, dtype, *update, *fixed])
            print(*rows[-1], flush=True)
    head = ["", "dtype", *(f"{peer.name}, us an update" for peer in peers)]
    head += [f"{peer.name}, ms a fit" for peer in peers if peer.name != "gemm"]
    text = f"Measured on: {about}; one thread.\n\n{table(head, rows)}"
    write(arguments.markdown, {"kernels": text}, {})


if __name__ == "__main__":
    main()
