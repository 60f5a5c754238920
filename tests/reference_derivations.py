"""Networks differentiated by hand in plain NumPy, in which every listed mistake can be made.

Forward and backward are written as a student writes them, samples in rows. Each line has
*ingredients* (the A, the delta, the penalty, a factor, ...), and a mistake is a `Slip`: one
ingredient of one line replaced. All lines that follow from it are then wrong as well. Nothing
here uses the library's formulas or its rules for rewriting them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.losses import Hinge, Huber, LogLoss, Poisson, SquaredError
from sknn_edu.teaching import check_derivation

EPSILON = np.finfo(float).eps

# Numbers that agree to this, relative to the largest, are equal: the order of summation differs.
SAME = 1e-9


# -- activations: f(Z), and the vector-Jacobian product -------------------------------------


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


FORWARD = {
    "identity": lambda Z: Z,
    "logistic": sigmoid,
    "tanh": np.tanh,
    "relu": lambda Z: np.maximum(Z, 0),
    "leaky_relu": lambda Z: np.where(Z > 0, Z, 0.01 * Z),
    "softplus": lambda Z: np.log(1 + np.exp(Z)),
    "silu": lambda Z: Z * sigmoid(Z),
    "elu": lambda Z: np.where(Z > 0, Z, np.exp(np.minimum(Z, 0)) - 1),
    "exp": np.exp,
    "softmax": softmax,
}
DERIVATIVE = {
    "identity": np.ones_like,
    "logistic": lambda Z: sigmoid(Z) * (1 - sigmoid(Z)),
    "tanh": lambda Z: 1 - np.tanh(Z) ** 2,
    "relu": lambda Z: (Z > 0).astype(float),
    "leaky_relu": lambda Z: np.where(Z > 0, 1, 0.01),
    "softplus": sigmoid,
    "silu": lambda Z: sigmoid(Z) * (1 + Z * (1 - sigmoid(Z))),
    "elu": lambda Z: np.where(Z > 0, 1, np.exp(np.minimum(Z, 0))),
    "exp": np.exp,
}
# Derivatives that are commonly written with A; what if Z is put there?
DERIVATIVE_BY_A = {
    "logistic": lambda A: A * (1 - A),
    "tanh": lambda A: 1 - A**2,
    "exp": lambda A: A,
}


def through_softmax(A, dA):
    """dA times the Jacobian of softmax."""
    return A * (dA - (dA * A).sum(axis=1, keepdims=True))


def backward(f, Z, dA):
    if f == "softmax":
        return through_softmax(softmax(Z), dA)
    return dA * DERIVATIVE[f](Z)


# -- losses of one sample, and their slopes --------------------------------------------------


def log(A):
    return np.log(np.maximum(A, EPSILON))


def over(P, A):
    """P / A, and 0 where A is 0: there the library clips the logarithm."""
    return np.where(np.abs(A) > EPSILON, P / np.where(np.abs(A) > EPSILON, A, 1), 0)


LOSS = {
    "squared_error": lambda A, Y: (A - Y) ** 2 / 2,
    "yes_or_no": lambda A, Y: -Y * log(A) - (1 - Y) * log(1 - A),
    "log_loss": lambda A, Y: -Y * log(A),
    "poisson": lambda A, Y: Y * np.log(np.where(Y > 0, Y, 1)) - Y * log(A) - Y + A,
    "huber": lambda A, Y: np.where(abs(A - Y) <= 1, (A - Y) ** 2 / 2, abs(A - Y) - 0.5),
    "hinge": lambda A, Y: np.maximum(1 - (2 * Y - 1) * A, 0),
}
SLOPE = {
    "squared_error": lambda A, Y: A - Y,
    "yes_or_no": lambda A, Y: over(1 - Y, 1 - A) - over(Y, A),
    "log_loss": lambda A, Y: -over(Y, A),
    "poisson": lambda A, Y: 1 - over(Y, A),
    "huber": lambda A, Y: np.clip(A - Y, -1, 1),
    "hinge": lambda A, Y: np.where((2 * Y - 1) * A < 1, 1 - 2 * Y, 0),
}
KINDS = {
    **{"squared_error": SquaredError, "yes_or_no": LogLoss, "log_loss": LogLoss},
    **{"poisson": Poisson, "huber": Huber, "hinge": Hinge},
}
PARTNERS = {
    ("identity", "squared_error"),
    ("logistic", "yes_or_no"),
    ("softmax", "log_loss"),
    ("exp", "poisson"),
}


# -- a network ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """The description of a network; `Network` draws it."""

    output: str = "softmax"
    terms: tuple[tuple[float, str], ...] = ((1, "log_loss"),)
    hidden: tuple[str, ...] = ("tanh",)
    sizes: tuple[int, ...] = (3, 5, 3)  # from the input to the output
    m: int = 12
    layout: str = "rows"
    alpha: float = 0.0
    l1_ratio: float = 0.0
    weighted: bool = False
    biases: bool = True
    learning_rate: float = 0.1
    seed: int = 0

    def __str__(self):
        loss = "+".join(f"{c:g}*{name}" if c != 1 else name for c, name in self.terms)
        extras = [self.layout, f"m={self.m}"]
        extras += [f"alpha={self.alpha:g}"] * bool(self.alpha)
        extras += [f"l1={self.l1_ratio:g}"] * bool(self.l1_ratio)
        extras += ["weighted"] * self.weighted + ["no biases"] * (not self.biases)
        sizes, words = "-".join(map(str, self.sizes)), " ".join(extras)
        return f"{sizes} {','.join(self.hidden)} {self.output}/{loss} {words}"


class Network:
    """A network with weights and data, and the estimator that has them."""

    def __init__(self, setting: Setting) -> None:
        self.setting = s = setting
        rng = np.random.default_rng([7, s.seed])
        self.f = dict(enumerate((*s.hidden, s.output), start=1))
        self.L = len(self.f)
        n = s.sizes
        self.X = rng.normal(size=(s.m, n[0]))
        self.W = {
            l: rng.normal(size=(n[l - 1], n[l])) * 1.3 / np.sqrt(n[l - 1])
            for l in range(1, self.L + 1)
        }
        self.b = {l: s.biases * rng.normal(size=n[l]) * 0.4 for l in range(1, self.L + 1)}
        if s.output == "relu":
            self.b[self.L] = self.b[self.L] + s.biases  # most outputs are on
        self.y, self.Y = self._targets(rng)
        self.sample_weight = rng.uniform(0.3, 2.5, s.m) if s.weighted else None
        w = np.ones(s.m) if self.sample_weight is None else self.sample_weight
        self.S = w.sum()
        self.omega = (w / self.S)[:, None]
        self.w = w
        self.est = self._estimator()

    @property
    def m(self) -> int:
        return self.setting.m

    def _targets(self, rng):
        s = self.setting
        m, k = s.m, s.sizes[-1]
        names = {name for _, name in s.terms}
        if "yes_or_no" in names or (s.output == "logistic" and s.seed % 2):
            Y = (rng.random((m, k)) < 0.5).astype(float)
            Y[0], Y[1] = 0, 1
            return (Y[:, 0].astype(int) if k == 1 else Y.astype(int)), Y
        if s.output == "softmax" or names & {"log_loss", "hinge"}:
            y = np.r_[np.arange(k), rng.integers(k, size=m - k)]
            return y, np.eye(k)[y]
        Y = rng.normal(size=(m, k))
        if names & {"poisson"} or s.output in ("relu", "softplus"):
            Y = rng.poisson(1.5, size=(m, k)).astype(float)
        if s.output == "logistic":
            Y = rng.random((m, k))
        return (Y[:, 0] if k == 1 else Y), Y

    @property
    def classifies(self) -> bool:
        return self.y.dtype.kind == "i"

    def _estimator(self):
        s = self.setting
        loss = sum(KINDS[name]() if c == 1 else c * KINDS[name]() for c, name in s.terms)
        settings = {"output_activation": s.output, "loss": loss, "alpha": s.alpha}
        settings |= {"l1_ratio": s.l1_ratio, "fit_intercept": s.biases, "random_state": 0}
        settings["solver"] = "gd"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RiskyOutputWarning)
            est = (BackpropClassifier if self.classifies else BackpropRegressor)(
                s.sizes[1:-1], list(s.hidden), learning_rate_init=s.learning_rate, **settings
            ).initialize(self.X, self.y)
        est.coefs_ = [W.copy() for W in self.W.values()]
        est.intercepts_ = [b.copy() for b in self.b.values()]
        return est

    # -- for the marking ------------------------------------------------------------------

    def mark(self, answers, **kwargs):
        """The marking of these answers."""
        kwargs = {"layout": self.setting.layout, "sample_weight": self.sample_weight} | kwargs
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RiskyOutputWarning)
            return check_derivation(self.est, self.X, self.y, answers, **kwargs)

    def in_layout(self, array):
        """An array in rows, as the layout of the setting has it."""
        array = np.asarray(array)
        if self.setting.layout == "rows" or array.ndim == 0:
            return array.copy()
        return array.T.copy() if array.ndim == 2 else array[:, None].copy()

    # -- forward ----------------------------------------------------------------------------

    @cached_property
    def Z(self):
        A, Z = self.X, {}
        for l in self.f:
            Z[l] = A @ self.W[l] + self.b[l]
            A = FORWARD[self.f[l]](Z[l])
        return Z

    @cached_property
    def A(self):
        return {0: self.X} | {l: FORWARD[self.f[l]](self.Z[l]) for l in self.f}

    @property
    def are_partners(self) -> bool:
        """Whether delta of the output is a multiple of A - Y."""
        terms = self.setting.terms
        return len(terms) == 1 and (self.f[self.L], terms[0][1]) in PARTNERS

    def slope_of_penalty(self, P):
        s = self.setting
        return s.alpha * (s.l1_ratio * np.sign(P) + (1 - s.l1_ratio) * P) / self.S

    def penalty(self, arrays):
        s = self.setting
        l1 = sum(np.abs(P).sum() for P in arrays)
        l2 = sum((P**2).sum() for P in arrays)
        return s.alpha * (s.l1_ratio * l1 + (1 - s.l1_ratio) * l2 / 2) / self.S

    # -- backward, right or wrong -----------------------------------------------------------

    @cached_property
    def truth(self):
        return self.derive()

    def derive(self, *slips: Slip) -> dict[str, np.ndarray]:
        """Every quantity by its name, with these slips made."""
        with np.errstate(all="ignore"):
            return Pass(self, slips).run()


@dataclass(frozen=True)
class Slip:
    """One ingredient of one line replaced by ``change(pass, ingredient)``."""

    line: str
    ingredient: str
    change: Callable = field(compare=False)


class Pass:
    """One backward pass; slips may replace the ingredients of each line."""

    def __init__(self, net: Network, slips: tuple[Slip, ...]) -> None:
        self.net, self.slips = net, slips
        self.q: dict[str, np.ndarray] = {}

    def line(self, name, **ingredients):
        for slip in self.slips:
            if slip.line == name:
                ingredients[slip.ingredient] = slip.change(self, ingredients[slip.ingredient])
        return ingredients

    def __getitem__(self, name):
        """A quantity as computed so far, else the true one (of a layer not yet reached)."""
        return self.q[name] if name in self.q else self.net.truth[name]

    def run(self):
        net, q, L = self.net, self.q, self.net.L
        terms = net.setting.terms

        penalty = net.penalty(net.W.values())
        i = self.line(
            "loss", outputs=net.A[L], omega=net.omega, penalty=penalty, factor=1.0, all=1.0
        )
        each = sum(c * LOSS[name](i["outputs"], net.Y) for c, name in terms)
        q["loss"] = i["all"] * (i["factor"] * (i["omega"] * each).sum() + i["penalty"])

        ones = [1.0] * len(terms)
        i = self.line(
            f"dA{L}", outputs=net.A[L], omega=net.omega, factor=1.0, factors=ones, short=None
        )
        slope = sum(
            k * c * SLOPE[name](i["outputs"], net.Y)
            for k, (c, name) in zip(i["factors"], terms, strict=True)
        )
        q[f"dA{L}"] = i["factor"] * (i["omega"] * slope if i["short"] is None else i["short"])

        for l in range(L, 0, -1):

            def back(dA, l=l):
                return backward(net.f[l], net.Z[l], dA)

            i = self.line(f"delta{l}", dA=q[f"dA{l}"], back=back, factor=1.0, short=None)
            if i["short"] is not None:
                q[f"delta{l}"] = i["factor"] * i["short"]
            else:
                q[f"delta{l}"] = i["factor"] * i["back"](i["dA"])

            penalty = net.slope_of_penalty(net.W[l])
            lines = {"A": net.A[l - 1], "delta": q[f"delta{l}"], "penalty": penalty}
            i = self.line(f"dW{l}", **lines, factor=1.0, all=1.0)
            q[f"dW{l}"] = i["all"] * (i["factor"] * (i["A"].T @ i["delta"]) + i["penalty"])

            sums = {"reduce": lambda D: D.sum(axis=0), "penalty": 0.0, "factor": 1.0}
            i = self.line(f"db{l}", delta=q[f"delta{l}"], **sums)
            q[f"db{l}"] = i["factor"] * i["reduce"](i["delta"]) + i["penalty"]

            i = self.line(f"dA{l - 1}", delta=q[f"delta{l}"], W=net.W[l], factor=1.0)
            q[f"dA{l - 1}"] = i["factor"] * (i["delta"] @ i["W"].T)

        for name in list(q):
            i = self.line(f"answer {name}", turn=False)
            if i["turn"]:
                q[name] = q[name].T if q[name].ndim == 2 else q[name][:, None]
        if not net.setting.biases:
            for l in net.f:
                del q[f"db{l}"]
        return q


# -- the networks ------------------------------------------------------------------------------

OUTPUTS = [  # output, terms of the loss, number of outputs
    ("identity", ((1, "squared_error"),), 1),
    ("identity", ((1, "squared_error"),), 3),
    ("logistic", ((1, "yes_or_no"),), 1),
    ("logistic", ((1, "yes_or_no"),), 3),
    ("softmax", ((1, "log_loss"),), 3),
    ("softmax", ((1, "log_loss"),), 2),
    ("softmax", ((1, "squared_error"),), 3),
    ("softmax", ((1, "squared_error"), (1, "log_loss")), 4),
    ("softmax", ((1, "squared_error"), (1, "log_loss")), 2),
    ("identity", ((2, "squared_error"),), 2),
    ("softmax", ((2, "squared_error"),), 4),
    ("logistic", ((1, "squared_error"),), 2),
    ("relu", ((1, "log_loss"),), 3),
    ("relu", ((1, "poisson"),), 2),
    ("exp", ((1, "poisson"),), 2),
    ("softplus", ((1, "poisson"),), 1),
    ("identity", ((1, "huber"),), 3),
    ("tanh", ((1, "hinge"),), 3),
    ("tanh", ((1, "squared_error"),), 2),
    ("softplus", ((1, "log_loss"),), 3),
    ("relu", ((1, "squared_error"),), 2),
]
HIDDEN = (
    *("tanh", "relu", "logistic", "softplus", "leaky_relu"),
    *("silu", "softmax", "identity", "elu"),
)
SHAPES = ((4, 4), (3, 5, 4), (4, 4, 4), (3, 5), (3, 4, 4, 4), (5, 3, 3), (2, 3, 5, 3), (3, 3))
ALPHAS = (0.0, 1e-4, 0.5, 0.0, 0.3)
SAMPLES = (5, 8, 13, 20, 40)


def settings(rounds: int = 4) -> list[Setting]:
    """Each output ``rounds`` times, with the other settings in turn."""
    found = []
    for turn in range(rounds):
        for j, (output, terms, k) in enumerate(OUTPUTS):
            i = turn * len(OUTPUTS) + j
            shape = SHAPES[(j + 3 * turn) % len(SHAPES)]
            depth = len(shape) - 1
            first = (j + 2 * turn) % len(HIDDEN)
            step = 0 if (i // 3) % 2 else 1  # all alike, or one after the other
            found.append(
                Setting(
                    output=output,
                    terms=terms,
                    hidden=tuple(HIDDEN[(first + step * d) % len(HIDDEN)] for d in range(depth)),
                    sizes=(*shape, k),
                    m=SAMPLES[(j + turn) % len(SAMPLES)],
                    layout="columns" if (j + turn) % 2 else "rows",
                    alpha=ALPHAS[(i + turn) % len(ALPHAS)],
                    l1_ratio=0.4 if i % 4 == 1 else 0.0,
                    weighted=i % 3 == 2,
                    biases=i % 7 != 5,
                    learning_rate=(0.1, 0.001, 0.5)[i % 3],
                    seed=i,
                )
            )
    return found
