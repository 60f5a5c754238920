"""The cost of the teaching tools, compared with one training step, in turns in this process.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/teaching.py

A trace is compared with one training step on the same samples, in two ways:

- *engine*: forward, backward and Adam's update on prepared arrays, compared with the same pass
  with every array copied. Neither checks its input.
- *call*: ``est.partial_fit(X, y)`` compared with ``trace(est, X, y)``. Both check their input.

The last column compares the whole call of ``trace`` with the step of the engine alone, which checks
and allocates nothing. For a tiny network it shows the cost of checking the input.

`check_derivation` is timed by itself, on the largest of the networks: all quantities as correct
arrays; all as formulas; all twice as large; and each wrong by no known mistake, so that every pair
of mistakes is tried.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import threadpoolctl
from measure import Candidate, in_turns, machine
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective
from sknn_edu.estimators.inspection import open_estimator
from sknn_edu.formulas.conventions import Conventions
from sknn_edu.formulas.layout import Layout
from sknn_edu.optimizers import Adam
from sknn_edu.teaching import check_derivation, derive, trace
from sknn_edu.teaching.opened import open_network
from sknn_edu.teaching.tracing.trace import trace_opened

GOAL = 3.0  # a trace costs at most so many training steps
SECONDS_GOAL = 2.0  # marking all quantities of the largest network


@dataclass
class Workload:
    """A network and one batch for it."""

    name: str
    hidden: tuple[int, ...]
    activation: str
    make: Callable[[], tuple[np.ndarray, np.ndarray]]

    def initialized(self) -> tuple[BackpropClassifier, np.ndarray, np.ndarray]:
        """An estimator that takes the whole batch in one step, and the batch."""
        X, y = self.make()
        est = BackpropClassifier(
            self.hidden,
            self.activation,
            output_activation="softmax",
            batch_size=len(X),
            random_state=0,
        )
        return est.initialize(X, y), X, y


def random_samples(n: int, n_features: int, n_classes: int) -> Any:
    """A function that draws n samples."""

    def make():
        rng = np.random.default_rng(0)
        y = np.arange(n) % n_classes
        return rng.standard_normal((n, n_features)), y

    return make


def some_digits() -> tuple[np.ndarray, np.ndarray]:
    """The first 200 of scikit-learn's digits."""
    X, y = load_digits(return_X_y=True)
    return X[:200] / 16, y[:200]


WORKLOADS = [
    Workload("2-2-2, 100 samples", (2,), "tanh", random_samples(100, 2, 2)),
    Workload("digits 64-32-10, 200 samples", (32,), "relu", some_digits),
    Workload("784-128-64-10, 500 samples", (128, 64), "relu", random_samples(500, 784, 10)),
]


def training_step(est: BackpropClassifier, X: np.ndarray, y: np.ndarray) -> Callable[[], None]:
    """One step of the engine on prepared arrays: J, its gradient, Adam's update."""
    architecture, theta, samples = open_estimator(est, X, y)
    objective = Objective(Network(architecture.without_dropout(), theta))
    grad = objective.network.grad
    optimizer = Adam()
    optimizer.begin(theta.flat)

    def step() -> None:
        objective.value_and_gradient(samples)
        optimizer.step(theta.flat, grad.flat)

    return step


def measure_trace(threads: int, seconds: float) -> None:
    """A table of the traces and the training steps."""
    print(f"\nMicroseconds, {threads} BLAS thread(s); the goal is a ratio of at most {GOAL:g}\n")
    print(
        "| network | layout | engine: step | pass, copied | ratio | call: partial_fit | trace "
        "| ratio | trace / engine's step |"
    )
    print("| --- " * 9 + "|")
    for workload in WORKLOADS:
        for layout in Layout:
            us = {name: 1e6 * t for name, t in trace_and_step(workload, layout, seconds).items()}
            print(
                f"| {workload.name} | {layout} | {us['step']:.0f} | {us['copied']:.0f} "
                f"| {us['copied'] / us['step']:.2f} | {us['partial_fit']:.0f} | {us['trace']:.0f} "
                f"| {us['trace'] / us['partial_fit']:.2f} | {us['trace'] / us['step']:.2f} |",
                flush=True,
            )


def trace_and_step(workload: Workload, layout: Layout, seconds: float) -> dict[str, float]:
    """Median seconds of both kinds of step and both kinds of trace."""
    est, X, y = workload.initialized()
    opened = open_network(est, X, y)
    candidates = {
        "step": training_step(est, X, y),
        "copied": lambda: trace_opened(opened, Conventions(layout), show_update=True),
        "partial_fit": lambda: est.partial_fit(X, y),
        "trace": lambda: trace(est, X, y, layout=layout),
    }
    times = in_turns({name: Candidate(run) for name, run in candidates.items()}, 5, seconds)
    return {name: times.median(name) for name in candidates}


def measure_marking(repeats: int) -> None:
    """A table of the seconds that the marking takes."""
    est, X, y = WORKLOADS[-1].initialized()
    t, formulas = trace(est, X, y), derive(est).formulas
    names = [name for name in formulas if name in t.names() and not name.endswith("_next")]
    noise = np.random.default_rng(0)
    spoiled = {name: t[name] * noise.standard_normal(np.shape(t[name])) for name in names}
    answers = {
        "arrays, all correct": {name: t[name] for name in names},
        "formulas, all correct": {name: formulas[name] for name in names},
        "arrays, all twice as large": {name: 2 * t[name] for name in names},
        "arrays, each wrong by no known mistake": spoiled,
    }
    print(f"\nSeconds to mark {len(names)} quantities of {WORKLOADS[-1].name}")
    print(f"(the goal is {SECONDS_GOAL:g} for the first)\n\n| answers | seconds |\n| --- | --- |")
    for kind, given in answers.items():
        seconds = []
        for _ in range(repeats):
            start = time.perf_counter()
            check_derivation(est, X, y, given)
            seconds.append(time.perf_counter() - start)
        print(f"| {kind} | {median(seconds):.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--seconds", type=float, default=4.0, help="for each row")
    parser.add_argument("--smoke", action="store_true", help="only test that it runs")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.threads, arguments.seconds = [1], 0.05
    warnings.simplefilter("ignore")

    print(machine())
    for threads in arguments.threads:
        with threadpoolctl.threadpool_limits(threads, user_api="blas"):
            measure_trace(threads, arguments.seconds)
    measure_marking(repeats=1 if arguments.smoke else 5)


if __name__ == "__main__":
    main()
