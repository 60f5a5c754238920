"""What is there around the arithmetic: a fit of one update, and the import.

    python benchmarks/overhead.py

The fits run in turns in this process, the imports in turns in fresh ones.
"""

from __future__ import annotations

import subprocess
import sys

import command
from measure import Candidate, Times, in_turns
from peers import EstimatorPeer
from report import table, write
from workloads import Workload, small

# A hundred points, one update: nearly all of the time is validation.
TINY = Workload(
    "tiny", "100 x 30, 4 hidden units, one update", small, 100, 1,
    {"hidden_layer_sizes": (4,), "batch_size": 100},
)  # fmt: skip
IMPORTS = ("import numpy", "import sklearn.neural_network", "import sknn_edu")


def tiny_fits(peers, rounds: int) -> Times:
    """Fits of one update."""
    problem = TINY.problem("float64")
    return in_turns({peer.name: Candidate(peer.prepare(problem)) for peer in peers}, rounds)


def imports(rounds: int) -> Times:
    """Imports, each in a fresh interpreter."""

    def run(statement: str) -> Candidate:
        return Candidate(lambda: subprocess.run([sys.executable, "-c", statement], check=True))

    return in_turns({statement: run(statement) for statement in IMPORTS}, rounds)


def main() -> None:
    parser = command.parser(__doc__, only=["fit", "import"], rounds=300)
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    estimators = [peer for peer in everyone if isinstance(peer, EstimatorPeer)]
    rows = []
    if "fit" in arguments.only:
        fits = tiny_fits(estimators, arguments.rounds)
        rows += [[f"{TINY.what}: {name}", f"{1e3 * fits.median(name):.2f}"] for name in fits.rounds]
    if "import" in arguments.only:
        # An import takes a thousand times as long as such a fit.
        times = imports(max(1, arguments.rounds // 20))
        rows += [[f"`{name}`", f"{1e3 * times.median(name):.0f}"] for name in times.rounds]
    text = f"Measured on: {about}.\n\n{table(['', 'milliseconds'], rows)}"
    write(arguments.markdown, {"overhead": text}, {})


if __name__ == "__main__":
    main()
