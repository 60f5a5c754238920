"""What an option costs: the time of an update with it, divided by the time with the defaults.

    python benchmarks/options.py
    ... options.py --only dropout penalty --dtypes float32

The network is that of D: digits, (100,), batch 200. With an option and without it, fits of n epochs
and of 2 n run in turns with one thread, as in kernels.py. Solvers that see all samples in an update
(gd, newton-cg) get 200 samples.

An option runs on the core where `engine="native"` accepts it, else on NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import command
import numpy as np
from kernels import measure, update_and_fixed
from peers.ours import Ours
from report import number, ratio_and_goal, table, write
from scipy.sparse import csr_matrix
from workloads import WORKLOADS, Problem

from sknn_edu import activations, losses, optimizers

EPOCHS = 20
ROWS = 200
ITERATIONS_OF_AN_EPOCH = {"gd": 9, "newton-cg": 1 / 4}  # of solvers that see all samples
FOR_CLASSES = ("log_loss", "hinge", "squared_hinge")
CLASSIFIER, REGRESSOR = "classifier", "regressor"


def plain(X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """The usual arguments of fit."""
    return {"X": X, "y": y}


def weighted(X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """With a weight for each sample."""
    return plain(X, y) | {"sample_weight": np.linspace(0.5, 1.5, len(X))}


def validated(X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """With as many samples for validation as early stopping holds out."""
    return plain(X, y) | {"X_val": X[: len(X) // 10], "y_val": y[: len(X) // 10]}


def sparse(X: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """With X as a CSR matrix."""
    return plain(csr_matrix(X), y)


class Option(Ours):
    """Our estimators with an option: parameters, or other arguments of fit."""

    def __init__(
        self,
        name: str,
        params: dict[str, Any],
        arguments: Callable[[np.ndarray, np.ndarray], dict[str, Any]] = plain,
        kind: str = CLASSIFIER,
    ) -> None:
        super().__init__(name, params)
        self.arguments, self.kind = arguments, kind
        self.factor = ITERATIONS_OF_AN_EPOCH.get(params.get("solver", ""))

    def updates(self, problem: Problem) -> int:
        """Updates, or iterations, of a fit."""
        return max(1, int(self.factor * problem.epochs)) if self.factor else problem.updates

    def prepare(self, problem):
        """A function that fits and returns the estimator."""
        est, X, y = self.estimator(problem), problem.X, problem.y
        if self.factor:
            est.set_params(max_iter=self.updates(problem))
            X, y = X[:ROWS], y[:ROWS]
        arguments = self.arguments(X, y)
        return lambda: est.fit(**arguments)

    def engine(self, problem: Problem) -> str:
        """The engine that runs it, NumPy in bold."""
        one_epoch = problem.params | {"max_iter": 1, "engine": "native"}
        try:
            self.prepare(replace(problem, params=one_epoch))()
        except ValueError as error:
            if "engine='native'" not in str(error):
                raise
            return "**NumPy**"
        return "core"


def names(family: Any, base: Any) -> list[str]:
    """The names of the classes of a family, of those made from ``base``."""
    classes = [getattr(family, name) for name in family.__all__]
    known = base.names()
    return [c.name for c in classes if issubclass(c, base) and getattr(c, "name", "") in known]


def named(parameter: str, values: Sequence[Any], **how: Any) -> list[Option]:
    """An option for each value of a parameter."""
    return [Option(f"{parameter}={value!r}", {parameter: value}, **how) for value in values]


def all_losses() -> list[Option]:
    """The losses for classes and for numbers, and a sum of two."""
    every = names(losses, losses.Loss)
    squared, absolute = losses.SquaredError(), losses.AbsoluteError()
    for_numbers = [name for name in every if name not in FOR_CLASSES]
    return [
        *named("loss", [*every, losses.LogLoss() + squared]),
        *named("loss", [*for_numbers, squared + absolute], kind=REGRESSOR),
    ]


OPTIONS = {
    "default": [Option("none", {}), Option("none", {}, kind=REGRESSOR)],
    "activation": named("activation", names(activations, activations.Activation)),
    "loss": all_losses(),
    "solver": [
        *named("solver", names(optimizers, optimizers.FirstOrder)),
        Option("solver='newton-cg', an iteration", {"solver": "newton-cg"}),
    ],
    "dropout": named("dropout", [0.5]),
    "clip_norm": named("clip_norm", [1.0]),
    "penalty": [*named("alpha", [0, 0.1]), *named("l1_ratio", [1.0, 0.5])],
    "data": [
        Option("sample_weight", {}, weighted),
        Option("X as CSR", {}, sparse),
    ],
    "validation": [
        Option("X_val, y_val", {}, validated),
        *named("early_stopping", [True]),
    ],
}


def costs(option: Option, problem: Problem, rounds: int, seconds: float) -> tuple[float, float]:
    """Seconds of an update with an option, and that divided by the time without."""
    peers = [Option("without", {}), option]
    times = measure(problem, peers, [1], rounds, seconds)
    default, changed = (
        update_and_fixed(times, (peer.name, 1), peer.updates(problem))[0] for peer in peers
    )
    return changed, changed / default


def main() -> None:
    parser = command.parser(__doc__, only=list(OPTIONS), rounds=5)
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.set_defaults(threads=[1], peers=[])
    arguments = parser.parse_args()
    _, about = command.begin(arguments)
    workload = replace(WORKLOADS["D"], epochs=EPOCHS)
    if arguments.smoke:
        workload = replace(workload.toy(), epochs=4)
    measured = []
    for option in (option for group in arguments.only for option in OPTIONS[group]):
        of_kind = replace(workload, regression=option.kind == REGRESSOR)
        problems = [of_kind.problem(dtype) for dtype in arguments.dtypes]
        seconds, ratios = zip(
            *(costs(option, p, arguments.rounds, arguments.seconds) for p in problems)
        )
        row = [option.name, option.kind, option.engine(problems[0])]
        row += [ratio_and_goal(ratio, None) for ratio in ratios]
        row += [number(1e6 * s) for s in seconds]
        measured.append((max(ratios), row))
        print(*row, flush=True)
    rows = [row for _, row in sorted(measured, key=lambda pair: pair[0], reverse=True)]
    head = ["option", "estimator", "engine", *(f"{d}, ratio" for d in arguments.dtypes)]
    head += [f"{dtype}, us" for dtype in arguments.dtypes]
    text = f"Measured on: {about}; one thread.\n\n{table(head, rows)}"
    write(arguments.markdown, {"options": text}, {})


if __name__ == "__main__":
    main()
