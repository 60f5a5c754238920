"""How fast is a fit beside those of other libraries? All run in turns in this one process.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/compare.py
    ... compare.py --only S D --peers scikit-learn torch
    ... compare.py --markdown docs/benchmarks.md

For each workload and dtype, all peers train the same network from the same weights on the
same batches, in turns (A B C A B C ...), each with every number of threads. The losses reached
are asserted to be equal, within the tolerance that each peer states.

Two tables come out: the medians of the times, for one update of the weights; and the ratios

    time of the peer / our time,     each with the number of threads that is best for it,

so that larger is better. A ratio is taken within each round; its median is shown. (On B,
scikit-learn's time is the one with one thread.) What the peers other than scikit-learn do once
before many fits (copying the data, coding the targets) is not in their times, and they keep no
loss curve; the time of an estimator is that of `fit`, with all its checks.

A jax that may use several threads uses them whatever --threads says: they are settled when it
starts. Its times are without compilation, which has a column of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import command
from measure import Candidate, Times, in_turns, rest_for
from peers import Peer
from peers.ours import VARIANTS
from report import draw_lines, number, table, write
from workloads import WORKLOADS, Problem, Workload

GOALS = {"torch": 2.5, "jax": 1.2}  # ratios to reach, everywhere; scikit-learn's are the workloads'


@dataclass(frozen=True)
class Row:
    """The times of a workload in a dtype; their keys are (name of the peer, threads)."""

    workload: Workload
    dtype: str
    updates: int
    times: Times

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
            keys = [min(keys, key=lambda key: key[1])]  # one thread is its best: its pools fight
        return self.times.ratio(self.times.best(keys), self.times.best(our_keys))

    def goal(self, peer: str) -> float | None:
        """The ratio to reach, or None."""
        return self.workload.goals.get(self.dtype) if peer == "scikit-learn" else GOALS.get(peer)


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
                candidates[peer.name, n] = Candidate(fit, partial(peer.threads, n))
    times = in_turns(candidates, rounds, seconds, rest_for(rounds))
    check_losses(problem, {peer.name: peer for peer in peers}, times)
    return Row(workload, dtype, problem.updates, times)


def check_losses(problem: Problem, peers: dict[str, Peer], times: Times) -> None:
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


def times_table(rows: Sequence[Row]) -> str:
    """Microseconds for one update, by peer and threads."""
    columns = sorted(
        {key for row in rows for key in row.times.rounds},
        key=lambda key: (names_of(rows).index(key[0]), key[1]),
    )
    compiled = [key for key in columns if key[0] == "jax"]
    head = ["", "workload", "dtype", *(f"{name} {n}" for name, n in columns)]
    head += ["jax compiles, s" for _ in compiled]
    cells = []
    for row in rows:
        times = [known(row.microseconds(key)) for key in columns]
        times += [
            f"{row.times.setup(key):.2f}" if key in row.times.rounds else "" for key in compiled
        ]
        cells.append([row.workload.name, row.workload.what, row.dtype, *times])
    return table(head, cells)


def ratios_table(rows: Sequence[Row]) -> str:
    """The peers' times over ours, for each of our variants; the goals are in parentheses."""
    others = [name for name in names_of(rows) if name not in VARIANTS]
    cells = [
        [row.workload.name, row.dtype, ours, *(ratio_cell(row, other, ours) for other in others)]
        for row in rows
        for ours in VARIANTS
    ]
    return table(["", "dtype", "ours", *(f"{other} / ours" for other in others)], cells)


def ratio_cell(row: Row, peer: str, ours: str) -> str:
    """A ratio, and the goal where there is one."""
    ratio, goal = row.ratio(peer, ours), row.goal(peer)
    if math.isnan(ratio):
        return ""
    return f"{ratio:.2f}" + (f" ({goal:g})" if goal else "")


def known(value: float) -> str:
    """A number, or nothing for NaN."""
    return "" if math.isnan(value) else number(value)


def draw(rows: Sequence[Row], file) -> None:
    """The best times of each peer by workload, a panel for each dtype."""
    panels = {}
    for dtype in dict.fromkeys(row.dtype for row in rows):
        of_dtype = [row for row in rows if row.dtype == dtype]
        lines = {name: [row.best(name) for row in of_dtype] for name in names_of(rows)}
        panels[dtype] = ([row.workload.name for row in of_dtype], lines)
    draw_lines(panels, "microseconds for one update", file, log_x=False)


def main() -> None:
    parser = command.parser(__doc__, only=list(WORKLOADS), rounds=7)
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    arguments = parser.parse_args()
    peers, about = command.begin(arguments)
    rows = []
    for name in arguments.only:
        workload = WORKLOADS[name].toy() if arguments.smoke else WORKLOADS[name]
        for dtype in arguments.dtypes:
            row = measure(
                workload, dtype, peers, arguments.threads, arguments.rounds, arguments.seconds
            )
            rows.append(row)
            best = (f"{peer} {known(row.best(peer))}" for peer in names_of([row]))
            print(f"{name} {dtype}, us an update: {', '.join(best)}", flush=True)
    text = "\n\n".join(
        [
            f"Measured on: {about}.",
            "Microseconds for one update, by peer and number of threads:",
            times_table(rows),
            "How many times as long as we the others take (in parentheses: the ratio to reach):",
            ratios_table(rows),
        ]
    )
    write(arguments.markdown, {"speed": text}, {"speed": lambda file: draw(rows, file)})


if __name__ == "__main__":
    main()
