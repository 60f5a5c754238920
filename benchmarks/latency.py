"""The time of predict and predict_proba for 1, 100 and 20,000 rows.

    python benchmarks/latency.py

The networks of D and L, with the same weights in our classifier, in scikit-learn's and, where
onnxruntime and skl2onnx are installed, in ONNX (a session on the CPU, made once). That all give
the same probabilities is asserted. All predict in turns; a time for few rows is the mean of many
calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import command
import numpy as np
from measure import Candidate, in_turns
from peers.ours import Ours
from peers.scikit_learn import ScikitLearn
from report import number, ratio_and_goal, table, write
from threadpoolctl import threadpool_limits
from workloads import WORKLOADS, Problem

try:
    import onnxruntime
    from skl2onnx import to_onnx

    import sknn_edu.onnx  # noqa: F401  teaches skl2onnx our estimators
except ModuleNotFoundError as error:
    onnxruntime, MISSING = None, error.name

REPEATS = {1: 100, 100: 50, 20_000: 1}  # calls that are timed together, by number of rows
METHODS = ("predict", "predict_proba")


class InOnnx:
    """Our classifier in onnxruntime."""

    def __init__(self, est: Any, X: np.ndarray, threads: int) -> None:
        options, opsets = {id(est): {"zipmap": False}}, {"": 18, "ai.onnx.ml": 3}
        model = to_onnx(est, X[:1], options=options, target_opset=opsets)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
        )
        self.outputs = [[output.name] for output in self.session.get_outputs()]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The labels."""
        return self.session.run(self.outputs[0], {"X": X})[0]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities of the classes."""
        return self.session.run(self.outputs[1], {"X": X})[0]


def classifiers(problem: Problem, threads: int) -> dict[str, Any]:
    """Ours, with whatever engine it chooses, and others with its weights after an epoch."""
    ours = Ours("", {}).estimator(problem).fit(problem.X, problem.y)
    theirs = ScikitLearn().estimator(problem).fit(problem.X, problem.y)
    theirs.coefs_, theirs.intercepts_ = ours.coefs_, ours.intercepts_
    made = {"sknn_edu": ours, "scikit-learn": theirs}
    if onnxruntime is not None:
        made["onnxruntime"] = InOnnx(ours, problem.X, threads)
    for est in made.values():
        probabilities = est.predict_proba(problem.X)
        np.testing.assert_allclose(probabilities, ours.predict_proba(problem.X), atol=1e-5)
    return made


def repeated(call: Callable[[np.ndarray], Any], X: np.ndarray, repeats: int) -> Callable[[], None]:
    """A function that predicts X so often."""

    def run() -> None:
        for _ in range(repeats):
            call(X)

    return run


def cells(ests: dict[str, Any], method: str, X: np.ndarray, threads: int, how: Any) -> list[str]:
    """The ratios to ours, and microseconds of a call."""
    repeats = 1 if how.smoke else REPEATS[len(X)]
    setting = partial(threadpool_limits, threads, user_api="blas")
    calls = {
        name: Candidate(repeated(getattr(est, method), X, repeats), setting)
        for name, est in ests.items()
    }
    times = in_turns(calls, how.rounds, how.seconds, rests=how.rounds > 1)
    ours, *others = ests
    ratios = [ratio_and_goal(times.ratio(name, ours), None) for name in others]
    return [*ratios, *(number(1e6 * times.median(name) / repeats) for name in ests)]


def main() -> None:
    parser = command.parser(__doc__, only=["D", "L"], rounds=7)
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.set_defaults(peers=["scikit-learn"])
    arguments = parser.parse_args()
    _, about = command.begin(arguments)
    if onnxruntime is None:
        print(f"left out: onnxruntime ({MISSING} is not installed)")
    else:
        about += f"; onnxruntime {onnxruntime.__version__}"
    rows = []
    for letter, dtype, n in product(arguments.only, arguments.dtypes, arguments.threads):
        workload = replace(WORKLOADS[letter], samples=1000, epochs=1)
        problem = (workload.toy() if arguments.smoke else workload).problem(dtype)
        ests = classifiers(problem, n)
        for n_rows, method in product(REPEATS, METHODS):
            n_rows = min(n_rows, 100) if arguments.smoke else n_rows
            X = np.resize(problem.X, (n_rows, problem.X.shape[1]))
            row = cells(ests, method, X, n, arguments)
            rows.append([letter, dtype, n, method, n_rows, *row])
            print(*rows[-1], flush=True)
    ours, *others = ests
    head = ["network", "dtype", "threads", "call", "rows", *(f"{name} / {ours}" for name in others)]
    head += [f"{name}, us" for name in ests]
    write(arguments.markdown, {"latency": f"Measured on: {about}.\n\n{table(head, rows)}"}, {})


if __name__ == "__main__":
    main()
