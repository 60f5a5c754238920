"""What is measured: data sets and networks, and each as a problem that any library can train.

A `Problem` fixes all that the result depends on, so that every peer does the same
arithmetic: the data, the initial weights, the order of the samples in each epoch, the loss,
the penalty and the optimizer with its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from scipy.special import log_softmax
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier, BackpropRegressor

Arrays = list[np.ndarray]
SEED = 0


@dataclass(frozen=True)
class Workload:
    """A data set and a network.

    ``make(rng, n)`` gives n samples; ``epochs`` (for L-BFGS: iterations) are those of one timed
    fit: as many as a user's fit has, but fewer on M, W, L and X, where an epoch takes so long that
    what a fit costs besides is nothing. W is M with a wide batch; X is L with extra large layers,
    and fewer samples. ``goals`` are the ratios to the times of peers to reach, by dtype.
    """

    name: str
    what: str
    make: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
    samples: int
    epochs: int
    params: dict[str, Any]
    goals: dict[str, dict[str, float]] = field(default_factory=dict)
    regression: bool = False

    @property
    def label(self) -> str:
        """Letter, data and layers, for a plot."""
        found = re.match(r"(.*?), (\(.*?\)(?: tanh)?|.*)", self.what)
        data, layers = found.groups() if found else (self.what, "")
        return f"{self.name}\n{data}\n{layers}" + ("\nL-BFGS" if "L-BFGS" in self.what else "")

    def toy(self) -> Workload:
        """The same at a size that takes no time: 100 samples, two epochs, a last batch of 4."""
        sizes = tuple(min(size, 512) for size in self.params["hidden_layer_sizes"])
        params = self.params | {"hidden_layer_sizes": sizes}
        if "batch_size" in params:
            params["batch_size"] = 100 if params["batch_size"] >= self.samples else 32
        return replace(self, samples=100, epochs=2, params=params)

    def problem(self, dtype: str) -> Problem:
        """The data and the network, in a dtype."""
        X, y = self.make(np.random.default_rng(SEED), self.samples)
        return Problem(
            np.ascontiguousarray(X, dtype),
            y.astype(dtype) if self.regression else y,
            self.regression,
            self.params
            | {"max_iter": self.epochs, "tol": 0.0, "n_iter_no_change": np.inf}
            | {"random_state": SEED},
        )


@dataclass(frozen=True)
class Problem:
    """Data, and the parameters of an estimator to train on them.

    X : ndarray of shape (n, n_features); y : ndarray of shape (n,), numbers or class codes.
    """

    X: np.ndarray
    y: np.ndarray
    regression: bool
    params: dict[str, Any]

    @property
    def n(self) -> int:
        """Samples."""
        return len(self.X)

    @property
    def dtype(self) -> np.dtype:
        """Of X and of the weights."""
        return self.X.dtype

    @property
    def epochs(self) -> int:
        """Passes over the samples in a fit."""
        return self.params["max_iter"]

    @property
    def uses_lbfgs(self) -> bool:
        """Whether the solver evaluates all samples at once, and decides itself how often."""
        return self.params.get("solver") == "lbfgs"

    @property
    def batch_size(self) -> int:
        """Samples of an update; the last one of an epoch may see fewer."""
        return self.n if self.uses_lbfgs else min(self.params["batch_size"], self.n)

    @property
    def one_batch(self) -> bool:
        """Whether an epoch is one update with all samples, whose order then does not matter."""
        return self.batch_size == self.n

    @property
    def updates(self) -> int:
        """Updates of the weights in one fit (for L-BFGS: iterations)."""
        return self.epochs * -(-self.n // self.batch_size)

    @cached_property
    def _start(self) -> tuple[Any, np.random.RandomState]:
        """Our estimator with its initial weights, and the state that draws the shuffles next."""
        state = np.random.RandomState(SEED)
        estimator = BackpropRegressor if self.regression else BackpropClassifier
        return estimator(**self.params | {"random_state": state}).initialize(self.X, self.y), state

    @property
    def parameters(self) -> tuple[Arrays, Arrays]:
        """W, each of shape (n_in, n_out), and b, each of shape (n_out,), to start from."""
        return self._start[0].coefs_, self._start[0].intercepts_

    @property
    def sizes(self) -> list[int]:
        """Features, units of each hidden layer, outputs."""
        W, _ = self.parameters
        return [W[0].shape[0], *(W_l.shape[1] for W_l in W)]

    @property
    def output(self) -> str:
        """Output activation: "softmax", "logistic" or "identity", each with its usual loss."""
        return self._start[0].out_activation_

    def setting(self, name: str) -> Any:
        """A parameter of the estimator, given or default."""
        return self._start[0].get_params()[name]

    def epoch_orders(self) -> Iterator[np.ndarray]:
        """The order of the samples in each epoch, as scikit-learn and we draw it."""
        if self.one_batch:
            yield from repeat(np.arange(self.n), self.epochs)
            return
        state = np.random.RandomState()
        state.set_state(self._start[1].get_state())
        order = np.arange(self.n)
        for _ in range(self.epochs):
            shuffled = np.arange(self.n)
            state.shuffle(shuffled)
            order = order[shuffled]
            yield order

    def loss(self, W: Arrays, b: Arrays, rows: int = 5000) -> float:
        """Mean loss of a network on the first samples, without the penalty, in float64."""
        f: dict[str, Callable] = {"relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}
        hidden = f[self.setting("activation")]
        A, y = self.X[:rows].astype(np.float64), self.y[:rows]
        for W_l, b_l in zip(W[:-1], b[:-1], strict=True):
            A = hidden(A @ W_l + b_l)
        Z = A @ W[-1] + b[-1]
        if self.output == "softmax":
            return -log_softmax(Z, axis=1)[np.arange(len(y)), y].mean()
        if self.output == "logistic":
            return np.logaddexp(0, np.where(y == 1, -1, 1) * Z[:, 0]).mean()
        return 0.5 * np.square(Z[:, 0] - y).mean()


# -- data -----------------------------------------------------------------------------------------


def arcs(rng, n):
    """Points on two noisy half circles."""
    angle, y = rng.random(n) * np.pi, rng.integers(0, 2, n)
    X = np.c_[np.cos(angle) * (1 - 2 * y) + y, np.sin(angle) * (1 - 2 * y) + 0.5 * y]
    return X + 0.1 * rng.standard_normal(X.shape), y


def small(rng, n):
    """Points in 30 dimensions, nearly separable."""
    X = rng.standard_normal((n, 30))
    return X, (X[:, :5].sum(axis=1) + 0.5 * rng.standard_normal(n) > 0).astype(int)


def digits(rng, n):
    """scikit-learn's digits, 1797 x 64."""
    X, y = load_digits(return_X_y=True)
    return X[:n] / 16, y[:n]


def surface(rng, n):
    """Points in 8 dimensions and a smooth function of three of them."""
    X = rng.standard_normal((n, 8))
    return X, np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * rng.standard_normal(len(X))


def middling(rng, n):
    """Points in 50 dimensions, five classes."""
    X = rng.standard_normal((n, 50))
    scores = X @ rng.standard_normal((50, 5)) + rng.standard_normal((n, 5))
    return X, scores.argmax(axis=1)


def large(rng, n):
    """Sparse-looking points in 784 dimensions, ten classes."""
    X = np.maximum(rng.random((n, 784)) - 0.5, 0)
    return X, (X[:, :200] @ rng.standard_normal((200, 10))).argmax(axis=1)


def goals(
    float32: float = 1.0, float64: float = 1.0, *, torch: float = 2.5, jax: float | None = 1.2
) -> dict[str, dict[str, float]]:
    """Ratios to reach: to scikit-learn by dtype; to the others in both."""
    others = {"torch": torch} | ({} if jax is None else {"jax": jax})
    ratios = {"scikit-learn": (float32, float64)} | {name: (r, r) for name, r in others.items()}
    return {name: dict(zip(("float32", "float64"), pair)) for name, pair in ratios.items()}


WORKLOADS = {
    w.name: w
    for w in [
        Workload(
            "T", "400 x 2, (2,) tanh, full-batch gradient descent", arcs, 400, 2000,
            {"hidden_layer_sizes": (2,), "activation": "tanh", "solver": "sgd", "batch_size": 400,
             "momentum": 0.0, "learning_rate_init": 0.1}, goals(40, 25),
        ),
        Workload("S", "500 x 30, (32,), batch 32", small, 500, 100,
                 {"hidden_layer_sizes": (32,), "batch_size": 32}, goals(45, 30)),
        Workload("D", "digits, (100,), batch 200", digits, 1797, 100,
                 {"hidden_layer_sizes": (100,), "batch_size": 200}, goals(7, 5)),
        Workload("R", "20640 x 8, (64, 64), batch 200, regression", surface, 20640, 20,
                 {"hidden_layer_sizes": (64, 64), "batch_size": 200}, goals(12, 8), True),
        Workload("M", "50000 x 50, (128, 128), batch 256", middling, 50000, 2,
                 {"hidden_layer_sizes": (128, 128), "batch_size": 256}, goals(6.5, 4, torch=1.5)),
        Workload("W", "50000 x 50, (128, 128), batch 2048", middling, 50000, 2,
                 {"hidden_layer_sizes": (128, 128), "batch_size": 2048},
                 goals(torch=1.5, jax=None)),
        Workload("L", "60000 x 784, (512, 256), batch 256", large, 60000, 1,
                 {"hidden_layer_sizes": (512, 256), "batch_size": 256}, goals(2.4, 1.7, torch=1.1)),
        Workload("X", "5120 x 784, (2048, 2048), batch 256", large, 5120, 1,
                 {"hidden_layer_sizes": (2048, 2048), "batch_size": 256},
                 goals(torch=1.1, jax=None)),
        Workload("B", "digits, (100,), L-BFGS", digits, 1797, 200,
                 {"hidden_layer_sizes": (100,), "solver": "lbfgs"}, goals(2.5, 2.3)),
    ]
}  # fmt: skip
