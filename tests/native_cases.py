"""Random fits that the compiled core supports, and both engines' results."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import ELU, LeakyReLU
from sknn_edu.exceptions import DivergenceError
from sknn_edu.losses import (
    AbsoluteError,
    Hinge,
    Huber,
    LogLoss,
    Poisson,
    Quantile,
    SquaredError,
    SquaredHinge,
)
from sknn_edu.parametrizations import NTK
from sknn_edu.schedules import Schedule

HIDDEN = ("identity", "logistic", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "silu")
HIDDEN += ("gelu", "mish", "softsign", "hard_sigmoid", "hard_tanh", "softmax", "exp")
SOLVERS = ("sgd", "gd", "adam", "adamw", "rmsprop", "nadam", "adagrad")
TARGETS = ("binary", "multiclass", "labels", "numbers", "counts")
# Losses, and output activations to draw from behind each. Behind "auto" stands the loss's partner.
ANY = (
    "auto",
    "identity",
    "tanh",
    "leaky_relu",
    "softplus",
    "gelu",
    "mish",
    "softsign",
    "hard_tanh",
)
SIGNED = ("identity", "tanh", "selu", "hard_tanh")
OF_CLASSES = (
    (LogLoss(), ("auto", "auto", "softmax", "softplus", "hard_sigmoid")),
    (SquaredError(), ("logistic", "identity", "softmax", "elu", "silu", "mish", "hard_sigmoid")),
    (Hinge(), SIGNED),
    (SquaredHinge(), SIGNED),
    (2 * LogLoss() + SquaredError(), ("auto", "softmax", "logistic")),
    (0.3 * SquaredHinge() + SquaredError() + Hinge(), SIGNED),
    (AbsoluteError(), ("logistic", "softmax", "tanh", "hard_sigmoid")),
    (LogLoss(label_smoothing=0.1), ("auto", "auto", "softmax", "softplus", "hard_sigmoid")),
    (LogLoss(label_smoothing=0.4) + 2 * SquaredError(), ("auto", "softmax", "logistic")),
)
OF_NUMBERS = (
    (SquaredError(), ANY),
    (AbsoluteError(), ANY),
    (Huber(0.3), ANY),
    (Quantile(0.8), ANY),
    (3 * SquaredError(), ANY),
    (SquaredError() + 0.5 * Quantile(0.1) + Huber(2.0), ANY),
)
OF_COUNTS = ((Poisson(), ("exp", "softplus")), (Poisson() + SquaredError(), ("exp", "softplus")))


def random_fit(seed):
    """An estimator, X, y and fit's keyword arguments, all drawn from a seed."""
    r = np.random.RandomState(seed)
    n, d = int(r.choice([1, 2, 7, 33, 150, 700])), int(r.choice([1, 2, 5, 17, 40]))
    target = TARGETS[r.randint(len(TARGETS))]
    sizes = [int(r.randint(1, 71)) for _ in range(r.randint(0, 4))]
    names = [HIDDEN[r.randint(len(HIDDEN))] for _ in sizes]
    objects = {"leaky_relu": LeakyReLU(0.2), "elu": ELU(0.7)}
    solver = SOLVERS[r.randint(len(SOLVERS))]
    X = r.randn(n, d)
    score = X @ r.randn(d, 3) + r.randn(n, 3)
    params = {
        "hidden_layer_sizes": sizes,
        "activation": [objects.get(a, a) if r.rand() < 0.5 else a for a in names],
        "solver": solver,
        "alpha": float(r.choice([0, 1e-4, 0.1])),
        "l1_ratio": float(r.choice([0, 0.5, 1])),
        "fit_intercept": bool(r.rand() < 0.8),
        "batch_size": int(min(n, r.choice([1, 8, 32, 100, 700]))) if n < 200 else 96,
        "learning_rate": str(r.choice(["constant", "invscaling", "adaptive"])),
        "learning_rate_init": {"sgd": 0.01, "gd": 0.05}.get(solver, 0.002),
        "nesterovs_momentum": bool(r.rand() < 0.5),
        "shuffle": bool(r.rand() < 0.8),
        "random_state": seed,
        "max_iter": 20,
        "tol": 0,
        "n_iter_no_change": np.inf,
    }
    if target in ("numbers", "counts"):
        y = score[:, : r.randint(1, 4)]
        if target == "counts":
            y = r.poisson(np.exp(np.clip(y, -2, 2)))
            params["learning_rate_init"] = 0.001
        losses = OF_COUNTS if target == "counts" else OF_NUMBERS
        y = y[:, 0] if y.shape[1] == 1 else y
    else:
        losses = OF_CLASSES
        y = {
            "binary": (score[:, 0] > 0).astype(int),
            "multiclass": score.argmax(axis=1),
            "labels": (score > 0).astype(int),
        }[target]
        if target != "labels":
            y[: min(n, 2 + (target == "multiclass"))] = range(min(n, 2 + (target == "multiclass")))
    loss, outputs = losses[0 if r.rand() < 0.4 else r.randint(len(losses))]
    output = outputs[0 if r.rand() < 0.4 else r.randint(len(outputs))]
    if output == "softmax" and target == "labels":
        output = "logistic"
    params |= {"loss": loss, "output_activation": output}
    estimator = (BackpropClassifier if losses is OF_CLASSES else BackpropRegressor)(**params)
    if r.rand() < 0.3:
        estimator.set_params(clip_norm=float(r.choice([0.01, 0.1, 1, 10])))
    fit_params = {"sample_weight": r.randint(0, 4, n) + (n < 9)} if r.rand() < 0.4 else {}
    if sizes and r.rand() < 0.4:
        estimator.set_params(dropout=[float(r.choice([0, 0.1, 0.5])) for _ in sizes])
    if r.rand() < 0.5:
        estimator.set_params(learning_rate=str(r.choice(Schedule.names())))
    if r.rand() < 0.3:
        estimator.set_params(parametrization=NTK(float(r.choice([0, 0.1, 1]))))
    if n > 30 and r.rand() < 0.2:
        estimator.set_params(early_stopping="best", scoring="loss")
    return estimator, X, y, fit_params


def fit_with(estimator, engine, X, y, fit_params):
    """A clone that one engine has trained."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return type(estimator)(**estimator.get_params(deep=False) | {"engine": engine}).fit(
            X, y, **fit_params
        )


def theta(estimator):
    """All weights and biases in one vector."""
    return np.concatenate([a.ravel() for a in [*estimator.coefs_, *estimator.intercepts_]])


def random_csr(r, n, d, density, dtype=np.float64):
    """Rows in the CSR format: columns in any order, some of them twice, zeros that are stored."""
    n_nonzeros = r.binomial(d, density, n)
    columns = [r.permutation(d)[:k] for k in n_nonzeros]
    if d and density:
        columns = [np.r_[k, k[: r.randint(0, 2)]] for k in columns]
    begins = np.r_[0, np.cumsum([len(k) for k in columns])]
    values = r.randn(begins[-1]) * (r.rand(begins[-1]) < 0.9)
    return csr_array((values.astype(dtype), np.concatenate(columns), begins), shape=(n, d))


def random_sparse_fit(seed):
    """A `random_fit` with sparse X."""
    estimator, X, y, fit_params = random_fit(seed)
    r = np.random.RandomState(seed)
    return estimator, random_csr(r, *X.shape, r.choice([0, 0.03, 0.3, 1])), y, fit_params


def result_of(estimator, engine, X, y, fit_params):
    """The fitted estimator, or the error of a fit that diverged."""
    try:
        return fit_with(estimator, engine, X, y, fit_params)
    except DivergenceError as error:
        return error


def fitted_alike(estimator, X, y, fit_params):
    """Fits of both engines, whose float64 weights and losses agree; the core's, or its error."""
    numpy, native = (result_of(estimator, e, X, y, fit_params) for e in ("numpy", "native"))
    if isinstance(numpy, DivergenceError):
        assert str(native) == str(numpy)
        return native
    size = np.abs(theta(numpy)).max()
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10 * size)
    np.testing.assert_allclose(native.loss_curve_, numpy.loss_curve_, rtol=1e-10, atol=1e-13)
    assert native.n_iter_ == numpy.n_iter_
    return native


def run_python(script, **environment):
    """Run a script, which finds these modules and the package, in a process of its own."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
