"""The overhead beyond the arithmetic: a fit of one update, and the import.

    python benchmarks/overhead.py

The fits run in turns in this process, the imports in turns in new ones. The checks of parameters
and input that scikit-learn requires of every classifier are timed too; the rest of a fit is its own
cost, including the one update.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from statistics import median

import command
import numpy as np
from measure import Candidate, Times, in_turns
from peers import EstimatorPeer
from peers.ours import VARIANTS
from report import table, write
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from workloads import Problem, Workload, small

# A hundred points, one update: nearly all of the time is validation.
TINY = Workload(
    "tiny", "100 x 30, 4 hidden units, one update", small, 100, 1,
    {"hidden_layer_sizes": (4,), "batch_size": 100},
)  # fmt: skip
IMPORTS = ("import numpy", "import sklearn.neural_network", "import sknn_edu")


CHECKS = "the checks alone"
CHECKS_AND_CODES = "the checks, and the classes encoded as in scikit-learn's fit"
GOALS = {"fit": 0.3, "import": 1.15}  # milliseconds above the checks; times the import of sklearn


def checks(problem: Problem) -> None:
    """Parameters, X and y, as scikit-learn requires it of every classifier."""
    est = MLPClassifier(**problem.params)
    est._validate_params()
    dtypes = (np.float64, np.float32)
    validate_data(est, problem.X, problem.y, accept_sparse=["csr", "csc"],
                  multi_output=True, dtype=dtypes)  # fmt: skip
    check_classification_targets(problem.y)


def checks_and_codes(problem: Problem) -> None:
    """What scikit-learn's fit does before it computes anything."""
    checks(problem)
    LabelBinarizer().fit(problem.y).transform(problem.y).astype(bool)


def tiny_fits(peers: Sequence[EstimatorPeer], rounds: int) -> Times[str]:
    """Fits of one update."""
    problem = TINY.problem("float64")
    candidates = {peer.name: Candidate(peer.prepare(problem)) for peer in peers}
    for name, run in {CHECKS: checks, CHECKS_AND_CODES: checks_and_codes}.items():
        candidates[name] = Candidate(partial(run, problem))
    return in_turns(candidates, rounds)


def imports(rounds: int) -> Times[str]:
    """Imports, each in a fresh interpreter."""

    def run(statement: str) -> Candidate:
        return Candidate(lambda: subprocess.run([sys.executable, "-c", statement], check=True))

    return in_turns({statement: run(statement) for statement in IMPORTS}, rounds)


def fit_rows(times: Times[str]) -> list[list[str]]:
    """Milliseconds of each fit, and above the checks."""
    rows = []
    for name in times.rounds:
        above = [a - b for a, b in zip(times.rounds[name], times.rounds[CHECKS])]
        shown = f"{1e3 * median(above):.2f}" if name != CHECKS else ""
        if name == next(iter(VARIANTS)):
            shown += f" ({GOALS['fit']:g})"
        rows.append([f"{TINY.what}: {name}", f"{1e3 * times.median(name):.2f}", shown])
    return rows


def import_rows(times: Times[str]) -> list[list[str]]:
    """Milliseconds of each import, and divided by scikit-learn's."""
    rows = []
    for name in times.rounds:
        shown = f"{times.ratio(name, IMPORTS[1]):.2f}"
        if name == IMPORTS[2]:
            shown += f" ({GOALS['import']:g})"
        rows.append([f"`{name}`", f"{1e3 * times.median(name):.0f}", shown])
    return rows


def main() -> None:
    parser = command.parser(__doc__, only=["fit", "import"], rounds=300)
    parser.set_defaults(peers=["scikit-learn"])
    arguments = parser.parse_args()
    everyone, about = command.begin(arguments)
    estimators = [peer for peer in everyone if isinstance(peer, EstimatorPeer)]
    parts = [f"Measured on: {about}. In parentheses: the upper limit."]
    if "fit" in arguments.only:
        head = ["a fit", "milliseconds", "above the checks"]
        parts.append(table(head, fit_rows(tiny_fits(estimators, arguments.rounds))))
    if "import" in arguments.only:
        # An import takes a thousand times as long as such a fit.
        head = ["an import", "milliseconds", "divided by scikit-learn's"]
        parts.append(table(head, import_rows(imports(max(1, arguments.rounds // 20)))))
    write(arguments.markdown, {"overhead": "\n\n".join(parts)}, {})


if __name__ == "__main__":
    main()
