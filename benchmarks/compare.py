"""How fast is a fit beside scikit-learn's? Both run in turns in this one process.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/compare.py

For each workload, data type and number of BLAS threads the two estimators are fitted in
turns (A B A B ...). A row shows the medians, per update of the weights, and the ratio

    best median of scikit-learn (over the thread counts) / best median of sknn_edu

so that larger is better and a peer that is slowed by its threads gets the benefit of
fewer. (B compares with scikit-learn's one-thread time.) The losses reached are asserted
to be equal.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
import warnings
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
import scipy
import sklearn
import threadpoolctl
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

import sknn_edu
from sknn_edu import BackpropClassifier, BackpropRegressor


@dataclass
class Workload:
    """A data set and a network; ``epochs`` are those of one timed fit."""

    name: str
    what: str
    make: Any
    epochs: int
    params: dict[str, Any]
    goal: float
    regression: bool = False
    full_batch: bool = False
    samples: int = field(default=0)

    def updates(self) -> int:
        """Updates of the weights (for L-BFGS: iterations) in one fit."""
        if self.full_batch:
            return self.epochs
        return self.epochs * -(-self.samples // self.params["batch_size"])


def arcs(rng):
    """400 points on two noisy half circles."""
    angle, y = rng.random(400) * np.pi, rng.integers(0, 2, 400)
    X = np.c_[np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + 0.5 * y]
    return X + 0.1 * rng.standard_normal(X.shape), y


def small(rng):
    """500 points in 30 dimensions, nearly separable."""
    X = rng.standard_normal((500, 30))
    return X, (X[:, :5].sum(axis=1) + 0.5 * rng.standard_normal(500) > 0).astype(int)


def digits(rng):
    """scikit-learn's digits, 1797 x 64."""
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def surface(rng):
    """20640 points in 8 dimensions and a smooth function of three of them."""
    X = rng.standard_normal((20640, 8))
    return X, np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.standard_normal(len(X))


def middling(rng):
    """50000 points in 50 dimensions, five classes."""
    X = rng.standard_normal((50000, 50))
    scores = X @ rng.standard_normal((50, 5)) + rng.standard_normal((50000, 5))
    return X, scores.argmax(axis=1)


def large(rng):
    """60000 sparse-looking points in 784 dimensions, ten classes."""
    X = np.maximum(rng.random((60000, 784)) - 0.5, 0)
    return X, (X[:, :200] @ rng.standard_normal((200, 10))).argmax(axis=1)


WORKLOADS = [
    Workload(
        "T", "400 x 2, (2,) tanh, full batch", arcs, 300,
        {"hidden_layer_sizes": (2,), "activation": "tanh", "solver": "sgd", "batch_size": 400,
             "momentum": 0.0, "learning_rate_init": 0.1}, 2.0,
    ),
    Workload("S", "500 x 30, (32,), batch 32", small, 30,
             {"hidden_layer_sizes": (32,), "batch_size": 32}, 3.5),
    Workload("D", "digits, (100,), batch 200", digits, 30,
             {"hidden_layer_sizes": (100,), "batch_size": 200}, 1.8),
    Workload("R", "20640 x 8, (64, 64), batch 200", surface, 3,
             {"hidden_layer_sizes": (64, 64), "batch_size": 200}, 2.2, regression=True),
    Workload("M", "50000 x 50, (128, 128), batch 256", middling, 1,
             {"hidden_layer_sizes": (128, 128), "batch_size": 256}, 1.5),
    Workload("L", "60000 x 784, (512, 256), batch 256", large, 1,
             {"hidden_layer_sizes": (512, 256), "batch_size": 256}, 1.1),
    Workload("B", "digits, (100,), L-BFGS", digits, 60,
             {"hidden_layer_sizes": (100,), "solver": "lbfgs"}, 2.0, full_batch=True),
]  # fmt: skip


def measure(workload: Workload, dtype: str, threads: list[int], repeats: int) -> dict[str, Any]:
    """Median seconds of a fit for each estimator and number of threads."""
    X, y = workload.make(np.random.default_rng(0))
    X = np.ascontiguousarray(X, dtype)
    y = y.astype(dtype) if workload.regression else y
    workload.samples = len(X)
    pair = (MLPRegressor, BackpropRegressor) if workload.regression else (
        MLPClassifier, BackpropClassifier)  # fmt: skip
    params = dict(workload.params, max_iter=workload.epochs, random_state=0, tol=0.0)
    seconds: dict[tuple[str, int], list[float]] = {}
    losses: dict[str, float] = {}
    for repeat in range(repeats + 1):  # the first round warms up
        for n in threads:
            with threadpoolctl.threadpool_limits(n, user_api="blas"):
                for estimator in pair:
                    start = time.perf_counter()
                    fitted = estimator(**params).fit(X, y)
                    elapsed = time.perf_counter() - start
                    losses[estimator.__name__] = fitted.loss_
                    if repeat > 0:
                        whose = "peer" if estimator is pair[0] else "ours"
                        seconds.setdefault((whose, n), []).append(elapsed)
    peer, ours = losses.values()
    # L-BFGS amplifies rounding: its paths part after some dozen iterations.
    tolerance = 1e-6 if dtype == "float64" and workload.name != "B" else 5e-2
    assert abs(peer - ours) <= tolerance * abs(peer), (workload.name, dtype, losses)
    medians = {key: median(values) for key, values in seconds.items()}
    peers = [medians["peer", n] for n in (threads[:1] if workload.name == "B" else threads)]
    ratio = min(peers) / min(medians["ours", n] for n in threads)
    return {"medians": medians, "ratio": ratio, "loss": ours}


def machine() -> str:
    """What this ran on."""
    kernels = sorted(
        {
            f"{lib['internal_api']} {lib['version']} ({lib.get('architecture', '?')})"
            for lib in threadpoolctl.threadpool_info()
            if lib["user_api"] == "blas"
        }
    )
    overridden = [name for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ]
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"sknn_edu {sknn_edu.__version__}; BLAS: {', '.join(kernels)}"
        + (f"; overridden by {', '.join(overridden)}" if overridden else "")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workloads", default="TSDRMLB", help="letters, default all")
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--smoke", action="store_true", help="only see that it runs")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.workloads, arguments.repeats = "TSDB", 1
    warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are counted on purpose

    print(machine())
    columns = [(whose, n) for n in arguments.threads for whose in ("peer", "ours")]
    print("\nMicroseconds for one update: scikit-learn (peer) and sknn_edu (ours), by threads\n")
    times_by = " | ".join(f"{whose} {n}" for whose, n in columns)
    print(f"| | workload | dtype | {times_by} | ratio | goal (float64) |")
    print("| --- " * (len(columns) + 5) + "|")
    for workload in WORKLOADS:
        if workload.name not in arguments.workloads:
            continue
        if arguments.smoke:
            workload.epochs = 3
        for dtype in arguments.dtypes:
            result = measure(workload, dtype, arguments.threads, arguments.repeats)
            seconds = [result["medians"][column] for column in columns]
            times = [f"{value / workload.updates() * 1e6:.0f}" for value in seconds]
            goal = f"{workload.goal:g}" if dtype == "float64" else ""
            print(
                f"| {workload.name} | {workload.what} | {dtype} | {' | '.join(times)} "
                f"| {result['ratio']:.2f} | {goal} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
