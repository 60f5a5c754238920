"""Networks with data for the gradient tests, and derivatives to compare theirs with."""

import copy
from dataclasses import dataclass, field

import numpy as np
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import ELU, Activation, Identity, LeakyReLU, Tanh
from sknn_edu.losses import Huber, LogLoss, Loss, Quantile, SquaredError


def members(family):
    """An object of each class of a family, with default settings."""
    return sorted({family.get(name) for name in family.names()}, key=lambda member: member.name)


ACTIVATIONS = [*members(Activation), LeakyReLU(0.3), ELU(0.5)]
LOSSES = [*members(Loss), Huber(0.3), Quantile(0.2), LogLoss(label_smoothing=0.3)]
PARTNERS = {
    loss.name: {loss.canonical_output(several) for several in (True, False)} for loss in LOSSES
}
# Every pair of partners and all of Poisson's few; of the others a part with every output and loss.
OUTPUTS_AND_LOSSES = [
    pytest.param(output, loss, id=f"{output!r}-{loss!r}")
    for i, output in enumerate(ACTIVATIONS)
    for j, loss in enumerate(LOSSES)
    if not loss.refusal(output)
    and ((i + j) % 3 == 0 or output.name in PARTNERS[loss.name] or loss.name == "poisson")
]
LAYOUTS = ("binary", "multiclass", "multilabel", "one_target", "several_targets")

N_ROWS, N_FEATURES, N_CLASSES, WIDTHS = 6, 3, 3, (4, 3, 4, 2)

# Rows with a sum or an output this close to a point where some derivative jumps are left
# out. The margin is wide because 1 / a^3 enters the error of a finite difference of log a.
MARGIN = 1e-2

# Where derivatives of a loss jump: at the zeros of these.
LOSS_KINKS = {
    "absolute_error": lambda a, y: a - y,
    "hinge": lambda a, y: 1 - (2 * y - 1) * a,
    "huber": lambda a, y, delta: np.abs(a - y) - delta,
    "quantile": lambda a, y, q: a - y,
    "squared_hinge": lambda a, y: 1 - (2 * y - 1) * a,
}


@dataclass(frozen=True)
class Case:
    """All that a gradient depends on; `draw` makes a network and data of it.

    ``terms`` are pairs of a factor and a loss, which add up to the loss.
    """

    layout: str = "multiclass"
    hidden: tuple[Activation, ...] = (Tanh(),)
    output: Activation = field(default_factory=Identity)
    terms: tuple[tuple[float, Loss], ...] = ((1, SquaredError()),)
    alpha: float = 0.0
    l1_ratio: float = 0.0
    weighted: bool = False
    fit_intercept: bool = True
    seed: int = 0

    @property
    def activations(self):
        return (*self.hidden, self.output)

    @property
    def loss(self):
        return sum(loss if factor == 1 else factor * loss for factor, loss in self.terms)

    def draw(self):
        """A `Problem` with rows that stay away from kinks and overflow.

        Some draws of the weights have none (a rectifier without a bias may hold back every
        row, exponentials of exponentials overflow); then others are tried.
        """
        for attempt in range(200):
            problem = self._draw(np.random.default_rng([self.seed, attempt]))
            if len(problem.X) == N_ROWS:
                return problem
        raise RuntimeError(f"no smooth rows for {self}")

    def _draw(self, rng):
        X = rng.normal(size=(200, N_FEATURES))
        y = self._draw_targets(rng, len(X))
        est = self._estimator(int(rng.integers(2**31))).initialize(X, y)
        scale = rng.uniform(0.3, 1)
        for array in (*est.coefs_, *est.intercepts_):
            array *= scale
        Y = y.reshape(len(y), -1).astype(float)
        if self.layout in ("binary", "multiclass") and est.n_outputs_ > 1:
            Y = np.eye(est.n_outputs_)[y]
        rows = np.flatnonzero(self._is_smooth(est, X, Y))[:N_ROWS]
        w = rng.uniform(0.5, 2, N_ROWS) * (np.arange(N_ROWS) > 0) if self.weighted else None
        return Problem(self, est, X[rows], y[rows], Y[rows], w)

    def _estimator(self, random_state):
        regression = self.layout.endswith("targets") or self.layout == "one_target"
        return (BackpropRegressor if regression else BackpropClassifier)(
            WIDTHS[: len(self.hidden)],
            list(self.hidden),
            output_activation=self.output,
            loss=self.loss,
            alpha=self.alpha,
            l1_ratio=self.l1_ratio,
            fit_intercept=self.fit_intercept,
            random_state=random_state,
        )

    def _draw_targets(self, rng, n):
        if self.layout == "binary":
            return rng.integers(2, size=n)
        if self.layout == "multiclass":
            return rng.integers(N_CLASSES, size=n)
        if self.layout == "multilabel":
            return rng.integers(2, size=(n, 3))
        shape = n if self.layout == "one_target" else (n, 2)
        return self._first_accepted(
            rng.normal(size=shape),
            3 * rng.random(shape),
            rng.random(shape),
            rng.integers(2, size=shape),
        )

    def _first_accepted(self, *targets):
        """The first targets that the loss accepts: any numbers, rates, fractions, yes or no."""
        for y in targets[:-1]:
            try:
                self.loss.check_targets(y)
            except ValueError:
                continue
            return y
        return targets[-1]

    @np.errstate(over="ignore", invalid="ignore")  # such rows are left out
    def _is_smooth(self, est, X, Y):
        """For each row, whether everything can be differentiated twice, and no sum is large."""
        smooth, A = np.ones(len(X), bool), X
        for f, W, b in zip(self.activations, est.coefs_, est.intercepts_, strict=True):
            Z = A @ W + b
            A = f.forward(Z, out=np.empty_like(Z))
            smooth &= (np.abs(Z) < 6).all(axis=1)
            for kink in f.kinks:
                smooth &= (np.abs(Z - kink) > MARGIN).all(axis=1)
        for _, loss in self.terms:
            if loss.name in LOSS_KINKS:
                distance = LOSS_KINKS[loss.name](A, Y, **loss.settings())
                smooth &= (np.abs(distance) > MARGIN).all(axis=1)
        return smooth


@dataclass
class Problem:
    """An estimator with weights, and data; Y is y as the outputs should be."""

    case: Case
    est: BackpropClassifier | BackpropRegressor
    X: np.ndarray
    y: np.ndarray
    Y: np.ndarray
    w: np.ndarray | None

    @property
    def data(self):
        return self.X, self.y, self.w

    def reference(self):
        """The same objective, written independently; None if it lacks a formula."""
        from reference_network import ReferenceNetwork  # autograd takes a second to import

        case = self.case
        if not ReferenceNetwork.knows(case.activations, case.terms):
            return None
        w = np.ones(len(self.X)) if self.w is None else self.w
        return ReferenceNetwork(case.activations, case.terms, case.alpha, case.l1_ratio, self.Y, w)

    def random_direction(self):
        """Random numbers in the shapes of W and b; zeros for biases that take no part."""
        rng = np.random.default_rng(self.case.seed)
        dW = [rng.normal(size=W.shape) for W in self.est.coefs_]
        db = [self.case.fit_intercept * rng.normal(size=b.shape) for b in self.est.intercepts_]
        return dW, db

    def moved(self, step, dW, db):
        """The estimator with its weights replaced by those a step further on."""
        est = copy.copy(self.est)
        est.coefs_ = [W + step * V for W, V in zip(est.coefs_, dW, strict=True)]
        est.intercepts_ = [b + step * v for b, v in zip(est.intercepts_, db, strict=True)]
        return est


def inner(arrays, others):
    """Sum of all products of entries."""
    return sum(np.vdot(P, Q) for P, Q in zip(arrays, others, strict=True))


def central_difference(function, step):
    """Slope of the function at 0; wrong by the order of step^2 and of 1e-16 / step."""
    return (function(step) - function(-step)) / (2 * step)
