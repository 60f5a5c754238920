"""Memory that a call needs in addition to the data, each in a new process.

    python benchmarks/memory.py

A number is the peak resident memory of the process minus that before the call, with the data
loaded and after a small fit as warm-up: a library's copies of the data, its buffers, its gradients.
This needs Linux, where a process can reset its peak.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import command
import numpy as np
from peers import EstimatorPeer, Peer
from report import table, write
from sklearn.exceptions import ConvergenceWarning
from workloads import Problem, Workload


def two_classes(rng: np.random.Generator, n: int) -> Any:
    """Points in 200 dimensions, in float32 from the start."""
    X = rng.standard_normal((n, 200), dtype=np.float32)
    return X, (X[:, 0] > 0).astype(int)


WORKLOAD = Workload(
    "memory", "200000 x 200 float32, (100,), batch 200", two_classes, 200_000, 1,
    {"hidden_layer_sizes": (100,), "batch_size": 200},
)  # fmt: skip


def fit(peer: Peer, problem: Problem) -> Callable[[], Any]:
    """One epoch, with its preparation."""
    return lambda: peer.prepare(problem)()


def predict(peer: EstimatorPeer, problem: Problem) -> Callable[[], Any]:
    """Predict all samples."""
    est = peer.estimator(problem)
    est.fit(problem.X[:200], problem.y[:200])
    return lambda: est.predict(problem.X)


def stopping_early(peer: EstimatorPeer, problem: Problem) -> Callable[[], Any]:
    """One epoch, with a tenth of the samples held out."""
    est = peer.estimator(problem).set_params(early_stopping=True)
    return lambda: est.fit(problem.X, problem.y)


# All but the first are for estimators only.
CALLS: dict[str, Callable[[Any, Problem], Callable[[], Any]]] = {
    "fit, one epoch": fit,
    "predict": predict,
    "fit, early stopping": stopping_early,
}


def can(peer: Peer, call: str) -> bool:
    """Whether a peer has such a call."""
    return CALLS[call] is fit or isinstance(peer, EstimatorPeer)


def resident_megabytes(field: str) -> float:
    """The process's resident memory now (VmRSS), or its peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def peak_megabytes(peer: Peer, call: str, workload: Workload) -> float:
    """Peak of a call above the start, in this process."""
    CALLS[call](peer, replace(workload, samples=400).problem("float32"))()
    problem = workload.problem("float32")
    _ = problem.parameters  # draws the initial weights before the call
    run = CALLS[call](peer, problem)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets the peak
    before = resident_megabytes("VmRSS")
    run()
    return resident_megabytes("VmHWM") - before


def in_a_fresh_process(peer: Peer, call: str, smoke: bool) -> float:
    """The same, measured in a new process."""
    module = type(peer).__module__
    asked = json.dumps({"module": module, "peer": peer.name, "call": call, "smoke": smoke})
    command_line = [sys.executable, __file__, "--measure", asked]
    return float(subprocess.run(command_line, check=True, capture_output=True, text=True).stdout)


def measure_here(asked: dict[str, Any]) -> None:
    """Measure in this new process, and print one number."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    peers = import_module(asked["module"]).peers(max_threads=2)
    peer = next(peer for peer in peers if peer.name == asked["peer"])
    workload = replace(WORKLOAD, samples=2000) if asked["smoke"] else WORKLOAD
    print(peak_megabytes(peer, asked["call"], workload))


def main() -> None:
    if "--measure" in sys.argv:
        measure_here(json.loads(sys.argv[-1]))
        return
    parser = command.parser(__doc__, only=list(CALLS), rounds=1)
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    peers = [peer for peer in everyone if peer.name != "gemm"]
    rows = []
    for call in arguments.only:
        megabytes = [
            f"{in_a_fresh_process(peer, call, arguments.smoke):.0f}" if can(peer, call) else ""
            for peer in peers
        ]
        rows.append([call, *megabytes])
    text = "\n\n".join(
        [
            f"Measured on: {about}.",
            f"MB in addition to the data; {WORKLOAD.what}, "
            f"X of {WORKLOAD.samples * 200 * 4 / 2**20:.0f} MB.",
            table(["call", *(peer.name for peer in peers)], rows),
        ]
    )
    write(arguments.markdown, {"memory": text}, {})


if __name__ == "__main__":
    main()
