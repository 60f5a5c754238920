"""An independent network for examining `check_derivation`: every number in every convention.

Nothing here comes from the library but the estimator that is handed to it. All arithmetic is
plain NumPy with samples as rows; the other layout, the place of the mean and the sign are
applied at the end, as `docs/conventions.md` and the contract define them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import LogLoss, SquaredError

LAYOUTS = ("rows", "columns")
MEANS = ("delta", "dW", "nowhere")
SIGNS = ("gradient", "descent")
LOSS = {"squared_error": SquaredError, "log_loss": LogLoss}


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def softmax(Z, axis=-1):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=axis, keepdims=True)


def relu(Z):
    return np.maximum(Z, 0)


def identity(Z):
    return Z


FORWARD = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "softmax": softmax,
    "identity": identity,
}
DERIVATIVE = {
    "sigmoid": lambda Z: sigmoid(Z) * (1 - sigmoid(Z)),
    "tanh": lambda Z: 1 - np.tanh(Z) ** 2,
    "relu": lambda Z: (Z > 0).astype(float),
    "softmax": lambda Z: softmax(Z) * (1 - softmax(Z)),
    "identity": np.ones_like,
}


def slope_through(f, Z, A, dA):
    """dJ/dZ from dJ/dA; the softmax couples the outputs of a row."""
    if f == "softmax":
        return A * (dA - (dA * A).sum(axis=1, keepdims=True))
    return dA * DERIVATIVE[f](Z)


@dataclass(frozen=True)
class Net:
    """Sizes, activations of all layers, shares of the losses, and seeded data and weights."""

    sizes: tuple[int, ...]
    f: tuple[str, ...]
    loss: tuple[tuple[str, float], ...] = (("squared_error", 1.0),)
    m: int = 5
    alpha: float = 0.0
    biases: bool = True
    seed: int = 0
    rate: float = 0.1
    data: tuple | None = field(default=None, compare=False)  # (X, Y) in place of seeded ones
    weights: tuple | None = field(default=None, compare=False)  # (coefs, intercepts)

    @property
    def L(self):
        return len(self.f)

    @property
    def classifies(self):
        return self.f[-1] == "softmax" or any(name == "log_loss" for name, _ in self.loss)

    @property
    def canonical(self):
        """Whether delta of the output is A - Y."""
        only = self.loss[0] if len(self.loss) == 1 else None
        return only in (("squared_error", 1.0), ("log_loss", 1.0)) and (
            (only[0], self.f[-1])
            in {("squared_error", "identity"), ("log_loss", "sigmoid"), ("log_loss", "softmax")}
        )

    def arrays(self):
        """X, Y, W and b with samples as rows."""
        rng = np.random.default_rng([97, self.seed, self.m, *self.sizes])
        if self.data is not None:
            X, Y = (np.array(part, float) for part in self.data)
        else:
            X = rng.normal(size=(self.m, self.sizes[0])).round(2)
            Y = self._targets(rng)
        if self.weights is not None:
            W, b = ([np.array(a, float) for a in part] for part in self.weights)
        else:
            pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
            W = [rng.normal(scale=0.8, size=pair).round(2) for pair in pairs]
            b = [rng.normal(scale=0.5, size=pair[1]).round(2) for pair in pairs]
        if not self.biases:
            b = [np.zeros_like(part) for part in b]
        return X, Y, W, b

    def _targets(self, rng):
        k = self.sizes[-1]
        if self.f[-1] == "softmax":
            return np.eye(k)[(np.arange(self.m) + rng.integers(k)) % k]
        if self.classifies and k == 1:
            return ((np.arange(self.m) + rng.integers(2)) % 2)[:, None].astype(float)
        if self.classifies:
            return rng.integers(2, size=(self.m, k)).astype(float)
        Y = rng.normal(size=(self.m, k)).round(2)
        return sigmoid(Y).round(2) if self.f[-1] == "sigmoid" else Y

    def labels(self, Y):
        """y as the estimator takes it, and the classes where the sample need not have all."""
        k = self.sizes[-1]
        if not self.classifies:
            return (Y[:, 0] if k == 1 else Y), None
        if self.f[-1] == "softmax":
            return Y.argmax(axis=1), list(range(k))
        return (Y[:, 0].astype(int), [0, 1]) if k == 1 else (Y.astype(int), None)

    def estimator(self):
        """The estimator with these weights, and X and y for it."""
        X, Y, W, b = self.arrays()
        y, classes = self.labels(Y)
        terms = [share * LOSS[name]() if share != 1 else LOSS[name]() for name, share in self.loss]
        settings = {
            "hidden_layer_sizes": self.sizes[1:-1],
            "activation": self.f[:-1] or "relu",
            "output_activation": self.f[-1],
            "loss": terms[0] if len(terms) == 1 else terms[0] + terms[1],
            "alpha": self.alpha,
            "fit_intercept": self.biases,
            "solver": "gd",
            "learning_rate_init": self.rate,
            "weight_init": (W, b),
            "random_state": 0,
        }
        kind = BackpropClassifier if self.classifies else BackpropRegressor
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            est = kind(**settings)
            est = est.initialize(X, y, classes=classes) if classes else est.initialize(X, y)
        return est, X, y

    # -- the true numbers ---------------------------------------------------------------------

    def loss_and_slope(self, A, Y):
        """Losses of the samples, and their slopes by A."""
        value, slope = 0.0, 0.0
        for name, share in self.loss:
            if name == "squared_error":
                value = value + share * 0.5 * ((A - Y) ** 2).sum(axis=1)
                slope = slope + share * (A - Y)
            elif self.f[-1] == "softmax":
                value = value - share * (Y * np.log(A)).sum(axis=1)
                slope = slope - share * Y / A
            else:
                terms = Y * np.log(A) + (1 - Y) * np.log(1 - A)
                value = value - share * terms.sum(axis=1)
                slope = slope + share * (A - Y) / (A * (1 - A))
        return value, slope

    def numbers(self, layout="rows", mean_in="delta", sign="gradient"):
        """Every quantity by its name, in the conventions asked for."""
        X, Y, W, b = self.arrays()
        Z, A = {}, {0: X}
        for l in range(1, self.L + 1):
            Z[l] = A[l - 1] @ W[l - 1] + b[l - 1]
            A[l] = FORWARD[self.f[l - 1]](Z[l])
        losses, slope = self.loss_and_slope(A[self.L], Y)
        in_delta = 1 / self.m if mean_in == "delta" else 1.0
        in_dW = 1 / self.m if mean_in == "dW" else 1.0
        share = 1.0 if mean_in == "nowhere" else 1 / self.m
        s = -1.0 if sign == "descent" else 1.0
        out = {"X": X, "Y": Y, "A0": X}
        dA = s * in_delta * slope
        for l in range(self.L, 0, -1):
            delta = slope_through(self.f[l - 1], Z[l], A[l], dA)
            dW = in_dW * (A[l - 1].T @ delta) + s * share * self.alpha * W[l - 1]
            db = in_dW * delta.sum(axis=0)
            step = self.rate if sign == "descent" else -self.rate
            out |= {f"Z{l}": Z[l], f"A{l}": A[l], f"W{l}": W[l - 1], f"b{l}": b[l - 1]}
            out |= {f"dA{l}": dA, f"delta{l}": delta, f"dZ{l}": delta, f"dW{l}": dW, f"db{l}": db}
            out |= {f"W{l}_next": W[l - 1] + step * dW, f"b{l}_next": b[l - 1] + step * db}
            dA = delta @ W[l - 1].T
        out["dA0"] = dA
        if layout == "columns":
            out = {name: a[:, None] if a.ndim == 1 else a.T for name, a in out.items()}
        penalty = self.alpha / 2 * sum((w**2).sum() for w in W)
        out["loss"] = share * (losses.sum() + penalty)
        scalars = {"m": self.m, "alpha": self.alpha, "learning_rate": self.rate}
        return out | scalars


# -- evaluating what was typed ---------------------------------------------------------------


def namespace(net, layout, mean_in, sign):
    """All that a formula may name: the numbers of the convention, and functions."""
    over_units = 1 if layout == "rows" else 0
    functions = {
        "np": np,
        "sigmoid": sigmoid,
        "tanh": np.tanh,
        "relu": relu,
        "identity": identity,
        "softmax": lambda Z: softmax(Z, axis=over_units),
        "sum": np.sum,
        "mean": np.mean,
        "exp": np.exp,
        "log": np.log,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "maximum": np.maximum,
        "sech": lambda Z: 1 / np.cosh(Z),
    }
    for name in FORWARD:
        functions[f"d_{name}"] = DERIVATIVE[name]
    functions["d_softmax"] = lambda Z: functions["softmax"](Z) * (1 - functions["softmax"](Z))
    return functions | net.numbers(layout, mean_in, sign)


def evaluate(text, net, layout, mean_in, sign):
    """What NumPy makes of a formula; None where it cannot be computed."""
    return evaluate_in(namespace(net, layout, mean_in, sign), text)


def evaluate_in(names, text):
    """The same among names that are already there."""
    try:
        with np.errstate(all="ignore"):
            value = eval(text, {"__builtins__": {}}, names)  # our own formulas
    except (ValueError, NameError, AttributeError, SyntaxError, TypeError):
        return None
    value = np.asarray(value, float)
    return value if np.isfinite(value).all() else None


def names_of(trace, net):
    """What a student's code sees: data and weights of the trace, nothing of its gradients."""
    names = {"X": trace.X, "Y": trace.Y, "m": trace.m, "lr": net.rate, "lam": net.alpha}
    for l in range(1, net.L + 1):
        names[f"W{l}"] = trace.W[l]
        if net.biases:
            names[f"b{l}"] = trace.b[l]
    return SimpleNamespace(**names)
