"""Time of a fit compared with other libraries. All run in turns in this process.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/compare.py
    ... compare.py --only S D --peers scikit-learn torch
    ... compare.py --markdown docs/benchmarks.md
    ... avx2.py compare.py --marker speed-avx2 --goals 0.5          all with AVX2 only

For each workload and dtype, all peers train the same network from the same weights on the
same batches, in turns (A B C A B C ...), each with every number of threads. The losses reached
are asserted to be equal, within the tolerance that each peer states.

The tables contain the median times for one update of the weights, and the ratios

    time of the peer / our time,     each with its best number of threads,

so that larger is better. A ratio is computed within each round; its median is shown. (On B,
scikit-learn's time is that with one thread.) The times of peers other than scikit-learn exclude
what they do once before many fits (copying the data, encoding the targets), and they record no
loss curve; the time of an estimator is that of `fit`, with all its checks.

If a peer takes four times as long with one number of threads as with another, the slower one is
not measured further: it is not used, and may take minutes. This happens to torch with two threads
on a busy machine: OpenMP's threads busy-wait for one that is not running. OMP_WAIT_POLICY=passive
avoids this; it is not set here, because users do not set it either.

jax fixes its threads at start-up, so --threads has no effect on it. Its times exclude
compilation, which has its own column.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import command
from measure import Candidate, Times, in_turns
from peers import Peer
from peers.ours import VARIANTS
from report import draw_ratios, known, ratio_and_goal, table, write
from workloads import WORKLOADS, Problem, Workload


@dataclass(frozen=True)
class Row:
    """The times of a workload in a dtype; their keys are (name of the peer, threads)."""

    workload: Workload
    dtype: str
    updates: int
    times: Times[tuple[str, int]]
    part_of_goals: float = 1.0

    def keys(self, peer: str) -> list[tuple[str, int]]:
        """The measurements of a peer; none if it cannot train this."""
        return [key for key in self.times.rounds if key[0] == peer]

    def microseconds(self, key: tuple[str, int]) -> float:
        """Median for one update; NaN if it was not measured."""
        if key not in self.times.rounds:
            return math.nan
        return 1e6 * self.times.median(key) / self.updates

    def best(self, peer: str) -> float:
        """Microseconds with the best number of threads, or NaN."""
        keys = self.keys(peer)
        return self.microseconds(self.times.best(keys)) if keys else math.nan

    def ratio(self, peer: str, ours: str) -> float:
        """How many times as long as one of our variants a peer takes, or NaN."""
        keys, our_keys = self.keys(peer), self.keys(ours)
        if not (keys and our_keys):
            return math.nan
        if peer == "scikit-learn" and self.workload.params.get("solver") == "lbfgs":
            keys = [min(keys, key=lambda key: key[1])]  # two threads slow each other down
        return self.times.ratio(self.times.best(keys), self.times.best(our_keys))

    def ratio_of_first_fit(self, peer: str, ours: str) -> float:
        """How many times as long the first fit of a peer takes, with compilation, or NaN."""
        keys, our_keys = self.keys(peer), self.keys(ours)
        if not (keys and our_keys):
            return math.nan
        first = min(self.times.first[key] for key in keys)
        return first / self.times.median(self.times.best(our_keys))

    def goal(self, peer: str) -> float | None:
        """The target ratio, or None. Only scikit-learn's are known for a part of the goals."""
        goal = self.workload.goals.get(peer, {}).get(self.dtype)
        if goal is None or peer != "scikit-learn":
            return goal if self.part_of_goals == 1 else None
        return self.part_of_goals * goal


def measure(
    workload: Workload,
    dtype: str,
    peers: Sequence[Peer],
    threads: Sequence[int],
    rounds: int,
    seconds: float = 0.0,
) -> Row:
    """Train with all peers that can, in turns."""
    problem = workload.problem(dtype)
    candidates = {}
    for peer in peers:
        if peer.refusal(problem) is None:
            fit = peer.prepare(problem)
            for n in [max(threads)] if peer.fixed_threads else threads:
                setting = partial(peer.threads, n)
                candidates[peer.name, n] = Candidate(fit, setting, peer.rounds, peer.name)
    times = in_turns(candidates, rounds, seconds, rests=rounds > 1)
    check_losses(problem, {peer.name: peer for peer in peers}, times)
    return Row(workload, dtype, problem.updates, times)


def check_losses(problem: Problem, peers: dict[str, Peer], times: Times[tuple[str, int]]) -> None:
    """All losses must be that of the first peer, which is ours, within the peers' tolerances."""
    at_start = problem.loss(*problem.parameters)
    losses = {key: problem.loss(*fitted) for key, fitted in times.result.items() if fitted}
    expected = next(iter(losses.values()))
    for (name, threads), loss in losses.items():
        if not abs(loss - expected) <= peers[name].allowed_error(problem) * at_start:
            raise AssertionError(
                f"{name} with {threads} thread(s) reached the loss {loss}, not {expected}: "
                "it did not train the same network in the same way"
            )


def names_of(rows: Sequence[Row]) -> list[str]:
    """The peers that took part."""
    return list(dict.fromkeys(name for row in rows for name, _ in row.times.rounds))


def others(rows: Sequence[Row]) -> list[str]:
    """The peers that are not ours."""
    return [name for name in names_of(rows) if name not in VARIANTS]


def times_table(rows: Sequence[Row]) -> str:
    """Microseconds for one update, by peer and threads."""
    columns = sorted(
        {key for row in rows for key in row.times.rounds},
        key=lambda key: (names_of(rows).index(key[0]), key[1]),
    )
    compiled = [key for key in columns if key[0] == "jax"]
    head = ["", "workload", "epochs", "dtype", "rounds", *(f"{name} {n}" for name, n in columns)]
    head += ["jax compiles, s" for _ in compiled]
    cells = []
    for row in rows:
        times = [known(row.microseconds(key)) for key in columns]
        times += [
            f"{row.times.setup(key):.2f}" if key in row.times.rounds else "" for key in compiled
        ]
        work, n_rounds = row.workload, max(map(len, row.times.rounds.values()))
        cells.append([work.name, work.what, work.epochs, row.dtype, n_rounds, *times])
    return table(head, cells)


def ratios_table(rows: Sequence[Row], ours: str) -> str:
    """The peers' times over ours, for one of our variants; the goals are for the first."""
    names = others(rows)
    with_goals = ours == next(iter(VARIANTS))
    first = ["jax"] if with_goals and "jax" in names else []
    head = ["", "dtype", *names, *(f"{name}, first fit" for name in first)]
    cells = []
    for row in rows:
        ratios = [(row.ratio(name, ours), row.goal(name)) for name in names]
        line = [ratio_and_goal(r, goal if with_goals else None) for r, goal in ratios]
        line += [ratio_and_goal(row.ratio_of_first_fit(name, ours), None) for name in first]
        cells.append([row.workload.name, row.dtype, *line])
    return table(head, cells)


def draw(rows: Sequence[Row], file: Path) -> None:
    """The ratios by workload, with the goals, a panel for each dtype."""
    ours, *variants = VARIANTS
    panels = {}
    for dtype in dict.fromkeys(row.dtype for row in rows):
        of_dtype = [row for row in rows if row.dtype == dtype]
        ratios = {
            name: [(row.ratio(name, ours), row.goal(name)) for row in of_dtype]
            for name in [*variants, *others(rows)]
        }
        panels[dtype] = ([row.workload.label for row in of_dtype], ratios)
    draw_ratios(panels, f"time / time of {ours}", file)


def report(rows: Sequence[Row], about: str) -> str:
    """All tables."""
    ours, *variants = VARIANTS
    parts = [
        f"Measured on: {about}.",
        "Time of each peer divided by the time of `sknn_edu`, each with its best number of "
        "threads (in parentheses: the target ratio; bold: target reached):",
        ratios_table(rows, ours),
    ]
    for variant in variants:
        parts += [
            f"Time of each peer divided by the time of `{variant}`:",
            ratios_table(rows, variant),
        ]
    parts += [
        "<details>\n<summary>Microseconds for one update, by peer and number of threads</summary>",
        times_table(rows),
        "</details>",  # a wide table: the page is read without it
    ]
    return "\n\n".join(parts)


def main() -> None:
    parser = command.parser(__doc__, only=list(WORKLOADS), rounds=7)
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.add_argument("--marker", default="speed", help="the place on the page (and the plot)")
    parser.add_argument("--goals", type=float, default=1.0, metavar="PART",
                        help="multiplies the target ratios to scikit-learn")  # fmt: skip
    arguments = parser.parse_args()
    peers, about = command.begin(arguments)
    rows = []
    for name in arguments.only:
        workload = WORKLOADS[name].toy() if arguments.smoke else WORKLOADS[name]
        for dtype in arguments.dtypes:
            start = time.perf_counter()
            row = measure(
                workload, dtype, peers, arguments.threads, arguments.rounds, arguments.seconds
            )
            rows.append(replace(row, part_of_goals=arguments.goals))
            best = (f"{peer} {known(row.best(peer))}" for peer in names_of([row]))
            took = time.perf_counter() - start
            print(f"{name} {dtype}, us an update: {', '.join(best)} ({took:.0f} s)", flush=True)
    texts, plots = {arguments.marker: report(rows, about)}, {arguments.marker: partial(draw, rows)}
    write(arguments.markdown, texts, plots)


if __name__ == "__main__":
    main()
