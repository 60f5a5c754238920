"""Microseconds of an update with 1, 2, 4, 8 ... threads, as many as there are cores.

    python benchmarks/threads.py --markdown out.md

This takes less than five minutes with 16 cores. It needs numpy, scipy and scikit-learn; PyTorch
takes part where it is installed. A page that does not exist is made.

Fits of n epochs and of 2 n run in turns, as in kernels.py, so that the time of an update does not
contain the fixed cost of a fit. The fits are shorter than those of the suite, with fewer epochs and
samples. A number of threads that takes four times as long as another one is measured only twice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import command
import joblib
from kernels import measure, update_and_fixed
from measure import Times
from peers.ours import VARIANTS
from report import number, table, write
from workloads import WORKLOADS

# Samples, and epochs of the shorter fit.
SIZES = {
    "D": (1797, 20),
    "R": (20640, 1),
    "M": (25600, 1),
    "W": (50000, 2),
    "L": (12800, 1),
    "X": (2560, 1),
}


def counts(cores: int) -> list[int]:
    """1, 2, 4, 8 ... and the number of cores."""
    return [2**i for i in range(cores.bit_length()) if 2**i < cores] + [cores]


def cells(times: Times, name: str, threads: Sequence[int], updates: int) -> list[str]:
    """Microseconds with each number of threads, and how many times as fast the best one is."""
    seconds = [update_and_fixed(times, (name, n), updates)[0] for n in threads]
    speed_up = f"{seconds[0] / min(seconds):.2f} ({threads[seconds.index(min(seconds))]})"
    return [*(number(1e6 * s) for s in seconds), speed_up]


def main() -> None:
    start = time.perf_counter()
    parser = command.parser(__doc__, only=list(SIZES), rounds=2)
    parser.add_argument("--dtypes", nargs="+", default=["float32"])
    parser.set_defaults(
        threads=counts(joblib.cpu_count()), peers=["scikit-learn", "torch"], seconds=15.0
    )
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    _, *variants = VARIANTS
    peers = [peer for peer in everyone if peer.name not in variants]
    threads, rows = arguments.threads, []
    for name in arguments.only:
        samples, epochs = SIZES[name]
        workload = replace(WORKLOADS[name], samples=samples, epochs=epochs)
        for dtype in arguments.dtypes:
            problem = (workload.toy() if arguments.smoke else workload).problem(dtype)
            times = measure(problem, peers, threads, arguments.rounds, arguments.seconds)
            for peer in peers:
                microseconds = cells(times, peer.name, threads, problem.updates)
                rows.append([name, dtype, peer.name, *microseconds])
                print(*rows[-1], flush=True)
    print(f"took {time.perf_counter() - start:.0f} s")
    head = ["", "dtype", "threads:", *threads, f"{threads[0]} / best (threads)"]
    text = f"Measured on: {about}.\n\nMicroseconds of an update:\n\n{table(head, rows)}"
    write(arguments.markdown, {"threads": text}, {})


if __name__ == "__main__":
    main()
