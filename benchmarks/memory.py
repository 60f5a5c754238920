"""How much memory do fit and predict need beside the data, and what does a tiny fit cost?

    python benchmarks/memory.py

Peaks are those of Python's allocator (tracemalloc, which numpy reports to), above what was
held before the call. Both estimators are measured in turns.
"""

from __future__ import annotations

import time
import tracemalloc
import warnings
from statistics import median

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from sknn_edu import BackpropClassifier


def peak_megabytes(call) -> float:
    """Peak memory of a call, in MB above the start."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def memory() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200_000, 200), dtype=np.float32)
    y = (X[:, 0] > 0).astype(int)
    size = X.nbytes / 2**20
    print(f"X: 200000 x 200 float32, {size:.0f} MB; one hidden layer of 100 units\n")
    print("| call | scikit-learn, MB above X | sknn_edu, MB above X |")
    print("| --- | --- | --- |")
    pair = [E(100, max_iter=1, random_state=0) for E in (MLPClassifier, BackpropClassifier)]
    fit = [peak_megabytes(lambda e=e: e.fit(X, y)) for e in pair]
    print(f"| fit, one epoch | {fit[0]:.0f} | {fit[1]:.0f} |")
    predict = [peak_megabytes(lambda e=e: e.predict(X)) for e in pair]
    print(f"| predict | {predict[0]:.0f} | {predict[1]:.0f} |")
    stopping = [e.set_params(early_stopping=True) for e in pair]
    held_out = [peak_megabytes(lambda e=e: e.fit(X, y)) for e in stopping]
    print(f"| fit, early stopping | {held_out[0]:.0f} | {held_out[1]:.0f} |")


def tiny_fit() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((100, 4))
    y = (X[:, 0] > 0).astype(int)
    pair = (MLPClassifier, BackpropClassifier)
    seconds: dict[str, list[float]] = {e.__name__: [] for e in pair}
    for _ in range(300):
        for estimator in pair:
            start = time.perf_counter()
            estimator(4, max_iter=1, random_state=0).fit(X, y)
            seconds[estimator.__name__].append(time.perf_counter() - start)
    print("\nA fit of one update, validation and all (100 x 4, 4 hidden units), milliseconds:")
    for name, values in seconds.items():
        print(f"  {name}: {median(values) * 1e3:.2f}")


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    memory()
    tiny_fit()
