"""`diagnose`: planted faults are found and named, and nothing is found in healthy networks."""

import gc
import json
import warnings
from functools import cache
from itertools import pairwise

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn import datasets
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import LeakyReLU
from sknn_edu.exceptions import DivergenceWarning
from sknn_edu.losses import Huber, LogLoss, Loss, SquaredError
from sknn_edu.teaching import trace
from sknn_edu.teaching.diagnosis import Check, diagnose
from sknn_edu.teaching.diagnosis.case import Case

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*aximum iterations|.*failed to converge"),
    pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning"),
]

C, R = BackpropClassifier, BackpropRegressor


# -- data -------------------------------------------------------------------------------


@cache
def data(name):
    """X and y by name, scaled unless the name says raw."""
    rng = np.random.RandomState(0)
    if name == "moons":
        X, y = datasets.make_moons(200, noise=0.2, random_state=0)
    elif name == "circles":
        X, y = datasets.make_circles(200, noise=0.1, factor=0.5, random_state=0)
    elif name == "blobs":
        X, y = datasets.make_blobs(200, 3, centers=4, random_state=0)
    elif name == "regression":
        X, y = datasets.make_regression(200, 8, noise=10, random_state=0)
    elif name == "multilabel":
        X, y = datasets.make_multilabel_classification(150, random_state=0)
    elif name == "counts":
        X = rng.normal(size=(200, 4))
        return X, rng.poisson(np.exp(0.5 * X[:, 0] + 0.3)).astype(float)
    elif name == "one-hot":
        X = rng.binomial(1, 0.1, (300, 30)).astype(float)
        return X, (X[:, :5].sum(axis=1) > 0).astype(int)
    elif name.startswith("digits"):
        X, y = datasets.load_digits(return_X_y=True)
        return (X if name == "digits raw" else X / 16)[:600], y[:600]
    else:
        X, y = getattr(datasets, f"load_{name.split()[0]}")(return_X_y=True)
    if name.endswith("raw"):
        return X, y
    if y.dtype.kind == "f":
        y = scale(y)
    return scale(X), y


IRIS, MOONS, DIABETES = data("iris"), data("moons"), data("diabetes")


def grave(diagnosis):
    """The codes that are more than notes."""
    return {finding.code for finding in diagnosis if finding.severity != "note"}


EARLY = {
    "early_stopping": True,
    "learning_rate_init": 0.01,
    "max_iter": 300,
    "n_iter_no_change": 20,
}
QUICK = {"learning_rate_init": 0.01, "max_iter": 300}
LBFGS = {"solver": "lbfgs", "alpha": 1.0, "max_iter": 300}


# -- planted faults -----------------------------------------------------------------------


def constant_weights(c, *sizes):
    W = [np.full((n_in, n_out), c) for n_in, n_out in pairwise(sizes)]
    return W, [np.full(n, c) for n in sizes[1:]]


def initialised(est, X, y, *, layer=None, factor=1.0, bias=None):
    """The network with the weights of some layers multiplied, or the biases of one set."""
    est.set_params(random_state=0).initialize(X, y)
    for l in range(len(est.coefs_)) if layer is None else [layer - 1]:
        est.coefs_[l] *= factor
        if bias is not None:
            est.intercepts_[l][:] = bias
    return est, X, y


def fitted(est, X, y, *, given_validation=None, **told):
    est.set_params(random_state=0)
    est.fit(X, y, **({} if given_validation is None else given_validation))
    return est, X, y, told


def diverged(est, X, y):
    with pytest.raises(ValueError, match="diverged"):
        est.set_params(random_state=0).fit(X, y)
    return est, X, y


def copied_units(est, X, y, pairs):
    est, X, y = initialised(est, X, y)
    for i, j in pairs:
        est.coefs_[0][:, i] = est.coefs_[0][:, j]
        est.intercepts_[0][i] = est.intercepts_[0][j]
    return est, X, y


def refitted(est, X, y, factor):
    """A good fit whose weights are then multiplied."""
    est, X, y, _ = fitted(est, X, y)
    est.coefs_ = [factor * W for W in est.coefs_]
    return est, X, y


def noisy(n_train=40):
    """Few samples, many features, labels that are mostly chance."""
    rng = np.random.RandomState(0)
    X = rng.normal(size=(4 * n_train, 10))
    t = X[:, 0] + 1.5 * rng.normal(size=len(X))
    return X, t, (t > 0).astype(int), slice(None, n_train), slice(n_train, None)


def overfitted(est, *, watched=False):
    X, t, c, train, val = noisy()
    y = c if isinstance(est, C) else t
    if watched:
        return fitted(est, X[train], y[train], given_validation={"X_val": X[val], "y_val": y[val]})
    return fitted(est, X[train], y[train], X_val=X[val], y_val=y[val])


def with_column(factor, shift=0.0):
    X = IRIS[0].copy()
    X[:, 0] = factor * X[:, 0] + shift
    return X, IRIS[1]


def imbalanced():
    rng = np.random.RandomState(0)
    return rng.normal(size=(300, 4)), (np.arange(300) < 9).astype(int)


def one_hot(X, y):
    return X, np.eye(y.max() + 1, dtype=int)[y]


DEEP = (20,) * 12

FAULTS = {
    "zero_weights": [
        lambda: initialised(C((8, 8), weight_init="zeros"), *IRIS),
        lambda: initialised(C(8, "tanh", weight_init="zeros"), *MOONS),
        lambda: initialised(R((8, 8, 8), "logistic"), *DIABETES, layer=2, factor=0.0),
    ],
    "penalty_too_strong": [
        lambda: fitted(C(8, alpha=1e4, learning_rate_init=0.01, max_iter=300), *IRIS),
        lambda: fitted(C(8, "tanh", alpha=1e4, solver="lbfgs"), *MOONS),
        lambda: fitted(R(8, alpha=1e4, solver="lbfgs"), *DIABETES),
    ],
    "symmetric_units": [
        lambda: initialised(C((8, 8), weight_init=constant_weights(0.1, 4, 8, 8, 3)), *IRIS),
        lambda: fitted(
            C(8, "tanh", weight_init=constant_weights(0.2, 4, 8, 3), max_iter=50), *IRIS
        ),
        lambda: initialised(
            R((30,) * 4, weight_init=constant_weights(0.5, 10, 30, 30, 30, 30, 1)), *DIABETES
        ),
        lambda: copied_units(C(10, "tanh"), *IRIS, [(3, 5)]),
        lambda: copied_units(C(10, "tanh"), IRIS[0].astype(np.float32), IRIS[1], [(3, 5)]),
    ],
    "dead_units": [
        lambda: initialised(C(20), *IRIS, layer=1, bias=-100),
        lambda: initialised(R((20, 20, 20), LeakyReLU(0)), *DIABETES, layer=3, bias=-100),
        lambda: initialised(R(20, "elu"), *DIABETES, layer=1, bias=-100),
    ],
    "saturated_units": [
        lambda: initialised(C(20, "tanh"), *IRIS, layer=1, factor=50),
        lambda: initialised(C(20, "logistic"), *MOONS, layer=1, bias=30),
        lambda: refitted(C((20, 20), "tanh", max_iter=100), *IRIS, 50),
    ],
    "vanishing_gradients": [
        lambda: initialised(C(DEEP, "logistic", weight_init="glorot_uniform"), *data("digits")),
        lambda: fitted(C(DEEP, "logistic", max_iter=15), *MOONS),
        lambda: initialised(C((30,) * 10, "tanh"), *IRIS, factor=0.2),
    ],
    "exploding_gradients": [
        lambda: initialised(C((20,) * 8, weight_init="he_normal"), *IRIS, factor=10),
        lambda: initialised(R((20,) * 5, "leaky_relu"), *DIABETES, factor=20),
        lambda: initialised(C((20,) * 3, "identity"), *data("wine"), factor=30),
    ],
    "inputs_not_scaled": [
        lambda: fitted(C(20), *data("wine raw")),
        lambda: fitted(C(20), 1e-4 * IRIS[0], IRIS[1]),
        lambda: initialised(C(20), *with_column(1000)),
        lambda: initialised(C(20), *with_column(0.01, shift=10)),
        lambda: initialised(C(20), sparse.csr_matrix(200 * data("one-hot")[0]), data("one-hot")[1]),
    ],
    "targets_not_scaled": [
        lambda: initialised(R(20), DIABETES[0], 1e4 * DIABETES[1]),
        lambda: fitted(R(20), DIABETES[0], 1e-3 * DIABETES[1]),
        lambda: initialised(R(20), DIABETES[0], np.column_stack([DIABETES[1], 50 * DIABETES[1]])),
        lambda: initialised(R(20, loss=Huber(1.0)), *data("linnerud")[:1], data("linnerud raw")[1]),
    ],
    "targets_out_of_range": [
        lambda: fitted(R(20, output_activation="relu"), *DIABETES),
        lambda: initialised(R(20, output_activation="tanh"), *DIABETES),
        lambda: initialised(R(20, output_activation="softplus"), *data("linnerud")),
    ],
    "one_hot_targets": [
        lambda: initialised(C(20), *one_hot(*IRIS)),
        lambda: fitted(C(20, **QUICK), *one_hot(*MOONS)),
        lambda: fitted(C(20, "tanh", **QUICK), *one_hot(*data("digits"))),
    ],
    "output_mismatch": [
        lambda: fitted(C(20, loss=2 * SquaredError(), output_activation="logistic"), *MOONS),
        lambda: initialised(C(20, loss=3 * LogLoss(), output_activation="softplus"), *IRIS),
        lambda: initialised(R(20, loss="poisson", output_activation="relu"), *data("counts")),
    ],
    "learning_rate_too_large": [
        lambda: fitted(C(20, "tanh", solver="sgd", learning_rate_init=50), *IRIS),
        lambda: fitted(R(20, "tanh", solver="gd", learning_rate_init=100), *DIABETES),
        lambda: diverged(R(20, solver="gd", learning_rate_init=5), *DIABETES),
        lambda: fitted(C(100, "mish", solver="gd", learning_rate_init=0.3), *data("iris raw")),
    ],
    "learning_rate_too_small": [
        lambda: fitted(C(20, "tanh", learning_rate_init=1e-6), *IRIS),
        lambda: fitted(R(20, solver="gd", learning_rate_init=1e-5), *DIABETES),
        lambda: fitted(C(20, "tanh", solver="sgd", learning_rate_init=1e-4), *MOONS),
    ],
    "not_converged": [
        lambda: fitted(C(20, max_iter=15, learning_rate_init=0.005), *IRIS),
        lambda: fitted(C(20, "tanh", solver="lbfgs", max_iter=5), *data("digits")),
        lambda: fitted(R(20, max_iter=20, learning_rate_init=0.005), *data("regression")),
    ],
    "constant_output": [
        lambda: fitted(C((), **QUICK), *imbalanced()),
        lambda: fitted(C((20, 20, 20), "logistic", solver="sgd", learning_rate_init=0.05), *MOONS),
        lambda: fitted(R((20, 20, 20), "logistic", solver="sgd", learning_rate_init=0.05),
                       *data("linnerud")),
    ],
    "overfitting": [
        lambda: overfitted(R(200, alpha=0, max_iter=2000)),
        lambda: overfitted(C(50, "tanh", alpha=0, solver="lbfgs")),
        lambda: overfitted(C(100, "relu", alpha=0, **QUICK), watched=True),
    ],
    "stopped_too_early": [
        lambda: fitted(C(20, "relu", **{**EARLY, "learning_rate_init": 0.005}), *IRIS),
        lambda: fitted(C(20, "tanh", **EARLY), *IRIS),
        lambda: fitted(C(20, "elu", **EARLY), *IRIS),
    ],
    "dropout_too_high": [
        lambda: initialised(C(50, dropout=0.9), *IRIS),
        lambda: initialised(C((50, 50), dropout=[0.2, 0.8]), *IRIS),
        lambda: fitted(R(50, dropout=0.85, max_iter=60), *DIABETES),
    ],
    "overflow": [
        lambda: initialised(C(20), *IRIS, factor=1e200),
        lambda: initialised(C(8, "exp"), *IRIS, layer=1, factor=1e4),
        lambda: initialised(R(20), DIABETES[0].astype(np.float32), DIABETES[1], factor=1e30),
    ],
}  # fmt: skip


PLANTED = [
    pytest.param(code, fault, id=f"{code}-{i}")
    for code, faults in FAULTS.items()
    for i, fault in enumerate(faults)
]


@pytest.mark.parametrize(("code", "fault"), PLANTED)
def test_a_planted_fault_and_no_other_is_found(code, fault):
    est, X, y, *told = fault()
    diagnosis = diagnose(est, X, y, **(told[0] if told else {}))
    assert grave(diagnosis) == {code}
    assert not diagnosis.healthy


def test_every_check_has_three_planted_faults():
    codes = {check.code for check in Check.all()}
    assert codes == {*FAULTS, "stopped"}
    assert min(map(len, FAULTS.values())) >= 3


# -- healthy networks -----------------------------------------------------------------------

HEALTHY = [
    ("iris", C(20, **QUICK)),
    ("iris", C((20, 20), "tanh", **QUICK)),
    ("iris", C((), solver="newton-cg", alpha=1.0)),
    ("iris raw", C(30, "tanh", **QUICK)),
    ("wine", C((20, 20), "elu", **QUICK)),
    ("wine", C(20, "softsign", **EARLY)),
    ("breast_cancer", C((), **QUICK)),
    ("digits", C(50, **QUICK)),
    ("digits", C(64, dropout=0.2, **QUICK)),
    ("digits raw", C((50, 50), "relu", **QUICK)),
    ("diabetes", R(20, **LBFGS)),
    ("diabetes", R(30, "silu", **EARLY)),
    ("moons", C(30, "tanh", **QUICK)),
    ("moons", C(20, "selu", weight_init="lecun_normal", **LBFGS)),
    ("moons", C((20,) * 5, weight_init="he_uniform", learning_rate_init=0.005, max_iter=400)),
    ("circles", C((20, 20), "leaky_relu", **QUICK)),
    ("blobs", C(20, "softplus", solver="rmsprop", **QUICK)),
    ("regression", R(50, "relu", **QUICK)),
    ("regression", R(10, "tanh", solver="lm", alpha=1.0, max_iter=50)),
    ("linnerud", R((10, 10), "relu", **QUICK)),
    ("multilabel", C(30, **QUICK)),
    ("counts", R(10, "tanh", loss="poisson", **LBFGS)),
    ("one-hot", C(20, **QUICK)),
    ("iris", C(20, loss="squared_error", **QUICK)),
    ("moons", C(20, "tanh", loss="squared_hinge", **QUICK)),
]


@pytest.mark.parametrize("number", range(len(HEALTHY)))
def test_a_healthy_network_is_found_healthy(number):
    name, est = HEALTHY[number]
    X, y = data(name)
    est = est.set_params(random_state=number)
    before = diagnose(est.initialize(X, y), X, y)
    assert grave(before) == set(), before
    after = diagnose(est.fit(X, y), X, y)
    assert grave(after) == set(), after
    assert after.healthy
    assert "No problems found." in after.text
    assert "stopped" in after.codes


@pytest.mark.parametrize(
    ("name", "est"),
    [
        ("iris", C(10, "tanh", scoring="loss", **EARLY)),  # by accuracy it would be epoch 7
        ("digits", C(50, **EARLY)),
        ("moons", C(20, "tanh", **QUICK)),
        ("diabetes", R(20, "tanh", **EARLY)),
    ],
    ids=str,
)
def test_a_network_that_generalises_does_not_overfit(name, est):
    X, X_val, y, y_val = train_test_split(*data(name), random_state=0)
    est = est.set_params(random_state=0).fit(X, y)
    assert diagnose(est, X, y, X_val=X_val, y_val=y_val).healthy


def test_weights_that_early_stopping_chose_are_not_judged_by_the_later_curve():
    X, _, y, train, val = noisy()
    watched = {"X_val": X[val], "y_val": y[val]}
    params = {**QUICK, "alpha": 0, "random_state": 0, "n_iter_no_change": 100}
    kept = C(100, early_stopping=True, scoring="loss", **params).fit(X[train], y[train], **watched)
    assert kept.validation_loss_curve_[-1] > 2 * min(kept.validation_loss_curve_)
    assert "overfitting" not in diagnose(kept, X[train], y[train]).codes


def test_a_few_unlucky_validation_samples_prove_nothing():
    X, y = MOONS
    est = C(20, "tanh", random_state=0, **QUICK).fit(X, y)
    wrong = np.flatnonzero(est.predict(X) != y)[:1]
    right = np.flatnonzero(est.predict(X) == y)[:3]
    rows = np.r_[wrong, right]
    assert diagnose(est, X, y, X_val=X[rows], y_val=y[rows]).healthy
    rows = np.tile(rows, 50)
    assert "overfitting" in grave(diagnose(est, X, y, X_val=X[rows], y_val=y[rows]))


@pytest.mark.parametrize(
    ("activation", "weight_init"),
    [("relu", "he_uniform"), ("tanh", "glorot_uniform"), ("selu", "lecun_normal")],
)
def test_a_deep_network_that_is_drawn_well_is_healthy(activation, weight_init):
    X, y = data("wine")
    est = C(50, activation, n_hidden_layers=20, weight_init=weight_init, random_state=0)
    diagnosis = diagnose(est.initialize(X, y), X, y)
    assert not grave(diagnosis) & {"vanishing_gradients", "exploding_gradients", "saturated_units"}


def test_the_first_epochs_of_partial_fit_are_not_judged():
    X, y = IRIS
    est = C(20, random_state=0)
    for _ in range(4):
        est.partial_fit(X, y, classes=[0, 1, 2])
        diagnosis = diagnose(est, X, y)
        assert diagnosis.healthy
        assert diagnosis["stopped"].message.startswith("partial_fit runs one epoch.")


def test_bad_first_weights_are_not_blamed_on_the_learning_rate():
    X, y = data("counts")
    far_off = ([np.zeros((4, 1))], [np.array([3.2])])  # rates of 25 instead of 1.5
    longer = {**QUICK, "learning_rate_init": 0.03}
    est = R((), loss="poisson", weight_init=far_off, random_state=0, **longer).fit(X, y)
    case = Case(est, X, y)
    assert case.curve[0] > 10 * case.constant_loss
    assert case.skill < 0.5
    assert diagnose(est, X, y).healthy


def test_one_class_for_all_is_no_fault_in_the_first_epochs():
    X, y = imbalanced()
    est = C((), random_state=0, max_iter=5, learning_rate_init=0.3).fit(X, y)
    assert np.unique(est.predict(X)).size == 1
    assert "constant_output" not in diagnose(est, X, y).codes


def test_chunks_of_different_data_are_no_oscillation():
    X, y = IRIS
    rng, est = np.random.RandomState(0), C(20, learning_rate_init=0.01, random_state=0)
    for _ in range(150):
        rows = rng.choice(len(y), 5)
        est.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
    diagnosis = diagnose(est, X, y)
    assert diagnosis.healthy
    assert "when to stop is up to you" in diagnosis["stopped"].message
    est.n_iter_ = 150  # had all epochs seen the same data, the curve would tell of a large rate
    assert grave(diagnose(est, X, y)) == {"learning_rate_too_large"}


# -- the evidence -----------------------------------------------------------------------------


def test_dead_units_are_counted_as_the_hidden_activations_show_them():
    X, y = IRIS
    est = C((20, 10), random_state=0).initialize(X, y)
    est.intercepts_[0][:7] = -100
    finding = diagnose(est, X, y)["dead_units"]
    assert finding.severity == "note"
    assert finding.layer == 1
    assert finding.evidence["n_dead"] == (est.hidden_activations(X)[0] == 0).all(axis=0).sum() == 7


def test_gradient_norms_are_those_of_the_trace():
    X, y = data("digits")
    est = C(DEEP, "logistic", random_state=0).initialize(X, y)
    finding, t = diagnose(est, X, y)["vanishing_gradients"], trace(est, X, y)
    for l, delta in t.delta.items():
        np.testing.assert_allclose(finding.evidence[f"norm_delta{l}"], np.linalg.norm(delta))
    ratio = np.linalg.norm(t.delta[1]) / np.linalg.norm(t.delta[13])
    np.testing.assert_allclose(finding.evidence["ratio"], ratio)
    assert finding.layer == 1


def test_skill_is_r2_behind_squared_error():
    X, y = DIABETES
    w = np.random.RandomState(0).uniform(0.5, 2, len(y))
    est = R(10, random_state=0, max_iter=50).fit(X, y, w)
    expected = r2_score(y, est.predict(X), sample_weight=w)
    np.testing.assert_allclose(Case(est, X, y, w).skill, expected)


def test_loss_without_x_is_that_of_the_class_frequencies():
    X, y = data("wine")
    est = C(10, random_state=0).initialize(X, y)
    frequencies = np.tile(np.bincount(y) / len(y), (len(y), 1))
    evidence = diagnose(est, X, y)["stopped"].evidence
    np.testing.assert_allclose(evidence["loss_without_X"], log_loss(y, frequencies))
    np.testing.assert_allclose(evidence["data_loss"], log_loss(y, est.predict_proba(X)))


def test_skill_counts_from_what_smoothed_labels_cost_at_least():
    X, y = np.eye(4)[np.arange(40) % 4], np.arange(40) % 4
    settings = {"alpha": 0, "solver": "lbfgs", "tol": 1e-9, "max_iter": 1000, "random_state": 0}
    for loss in (LogLoss(0.4), 2 * LogLoss(0.4)):
        case = Case(C((), loss=loss, **settings).fit(X, y), X, y)
        assert case.data_loss > 0.5 * case.constant_loss
        np.testing.assert_allclose(case.skill, 1, atol=1e-6)
    assert Case(C((), **settings).initialize(X, y), X, y).least_loss == 0


@pytest.mark.parametrize("loss", [*sorted(Loss.names()), LogLoss(0.2)], ids=str)
def test_loss_without_x_is_the_lowest_of_constant_outputs(loss):
    X, y = data("counts")
    if loss in ("log_loss", "hinge", "squared_hinge", LogLoss(0.2)):
        y = (np.arange(len(y)) < 30).astype(int)
    est = (C if y.dtype.kind == "i" else R)((), loss=loss, random_state=0).initialize(X, y)
    case = Case(est, X, y)
    Y, bound = case.samples.Y, case.objective.loss
    output = case.layers[-1].activation
    grid = np.linspace(-3, 3, 601)
    lowest = min(
        bound.output_value(output, Z, output.forward(Z, np.empty_like(Z)), Y).mean()
        for Z in (np.full_like(Y, z) for z in grid)
    )
    assert lowest - 1e-3 <= case.constant_loss <= 1.3 * lowest + 1e-12


def test_large_features_are_named():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(IRIS[0], columns=["a", "b", "c", "d"])
    X["c"] *= 1e3
    est = C(5, random_state=0).initialize(X, IRIS[1])
    message = diagnose(est, X, IRIS[1])["inputs_not_scaled"].message
    assert message.startswith("1 of 4 features is far larger than 1: 'c' (typical size 1e+03).")
    bare = C(5, random_state=0).initialize(X.to_numpy(), IRIS[1])
    assert "column 2" in diagnose(bare, X.to_numpy(), IRIS[1])["inputs_not_scaled"].message


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_rare_zero_and_constant_columns_are_no_fault(form):
    rng = np.random.RandomState(0)
    n = 20_000  # mean / std of the column that is 1 but for one sample: 141
    rare = (np.arange(n) < 1)[:, np.newaxis]
    X = np.hstack([rng.normal(size=(n, 2)), rare, ~rare, np.zeros((n, 1)), np.ones((n, 1))])
    y = rng.randint(2, size=n)
    assert diagnose(C(5, random_state=0).initialize(form(X), y), form(X), y).healthy


def test_layers_with_the_same_fault_share_a_finding():
    X, y = IRIS
    est = C((8, 8, 8), weight_init=constant_weights(0.1, 4, 8, 8, 8, 3)).initialize(X, y)
    finding = diagnose(est, X, y)["symmetric_units"]
    assert (finding.layer, finding.layers) == (1, (1, 2, 3))
    assert finding.message.endswith("The same goes for layers 2, 3.")


def test_copies_that_stay_alike_are_told_from_copies_that_part():
    X, y = IRIS
    est, *_ = copied_units(C(4, "tanh"), X, y, [(1, 0), (2, 0), (3, 0)])
    finding = diagnose(est, X, y)["symmetric_units"]
    assert finding.evidence["n_copies"] == 3
    assert finding.evidence["n_copies_with_same_gradient"] == 0
    assert finding.severity == "warning"
    est.coefs_[1][:] = est.coefs_[1][0]
    finding = diagnose(est, X, y)["symmetric_units"]
    assert finding.evidence["n_copies_with_same_gradient"] == 3
    assert finding.severity == "problem"


def test_units_that_differ_in_the_bias_alone_are_no_copies():
    X, y = MOONS
    est = C(5, "tanh", random_state=0).initialize(X, y)
    est.coefs_[0][:] = est.coefs_[0][:, :1]
    assert diagnose(est, X, y).healthy
    est.intercepts_[0][1] = est.intercepts_[0][0]
    assert diagnose(est, X, y)["symmetric_units"].evidence["n_copies"] == 1


def test_small_rates_behind_their_partner_are_not_dead():
    X, y = data("counts")
    est, *_ = initialised(R(5, loss="poisson"), X, y, layer=2, factor=0.01, bias=-9)
    assert diagnose(est, X, y).healthy
    est, *_ = initialised(R(5, output_activation="relu"), X, y, layer=2, bias=-9)
    assert diagnose(est, X, y)["dead_units"].layer == 2


def test_a_cause_names_what_follows_from_it():
    X, y = IRIS
    est = C((8, 8), weight_init="zeros").initialize(X, y)
    finding = diagnose(est, X, y)["zero_weights"]
    assert "vanishing_gradients" in finding.explains
    assert "This explains as well: " in diagnose(est, X, y).text


def test_a_note_explains_nothing_away():
    X, y = IRIS
    est, *_ = fitted(C(20, max_iter=15, learning_rate_init=0.005), X, y)
    est.intercepts_[0][:7] = -100
    diagnosis = diagnose(est, X, y)
    assert diagnosis["dead_units"].severity == "note"
    assert grave(diagnosis) == {"not_converged"}


def test_an_independent_fault_is_reported_beside_another():
    X, y = data("digits")
    odd = {"loss": "squared_error", "output_activation": "softmax"}
    est = C(DEEP, "logistic", random_state=0, **odd).initialize(X, y)
    diagnosis = diagnose(est, X, y)
    assert grave(diagnosis) == {"output_mismatch", "vanishing_gradients"}
    assert "(12 logistic, softmax; SquaredError())" in diagnosis.text


def test_explanations_name_checks_and_run_in_no_circle():
    explains = {check.code: set(check.explains) for check in Check.all()}
    assert set().union(*explains.values()) <= set(explains)
    while explains:
        ends = {code for code, follows in explains.items() if not follows & set(explains)}
        assert ends, f"a circle among {sorted(explains)}"
        explains = {code: follows for code, follows in explains.items() if code not in ends}


@pytest.mark.parametrize(
    ("est", "words"),
    [
        (C(5, max_iter=3), "number of epochs was used up"),
        (C(5, **EARLY), "weights are those with the best validation score"),
        (C(5, tol=0.01, learning_rate_init=0.03), "levelled off"),
        (C(5, tol=0.1), "no better than a guess without X"),
        (C(5, solver="lbfgs", max_iter=400, alpha=1.0), "as exactly as tol asks for"),
        (C(5, solver="lbfgs", max_iter=3), "gave up at a limit"),
    ],
)
def test_why_training_stopped_is_said_and_explained(est, words):
    X, y = IRIS
    finding = diagnose(est.set_params(random_state=0).fit(X, y), X, y)["stopped"]
    assert finding.message.startswith(est.stop_reason_)
    assert words in finding.message
    assert finding.severity == "note"


def test_a_solver_that_stops_at_the_loss_of_a_guess_has_not_converged():
    X, y = DIABETES
    est = R(5, early_stopping=True, random_state=0).fit(X, 1e18 * y)
    diagnosis = diagnose(est, X, 1e18 * y)
    assert grave(diagnosis) == {"targets_not_scaled"}
    finding = diagnosis["stopped"]
    assert "has not learned anything" in finding.message
    assert "converged" not in finding.message
    assert finding.evidence["data_loss"] > 1e35


def test_rows_without_a_class_are_counted_where_y_is_one_hot():
    X, y = one_hot(*IRIS)
    est = C(5, max_iter=30, tol=0, random_state=0).fit(X, y)
    evidence = diagnose(est, X, y)["one_hot_targets"].evidence
    n_given = est.predict(X).sum(axis=1)
    assert evidence["part_without_class"] == (n_given == 0).mean() > 0
    assert evidence["part_with_several"] == (n_given > 1).mean()
    assert "one_hot_targets" not in diagnose(est, X[:5], y[:5]).codes
    y[0, :2] = 1
    assert "one_hot_targets" not in diagnose(est, X, y).codes


def test_parameters_set_after_the_fit_do_not_count():
    X, y = IRIS
    est, *_ = fitted(C(20, **QUICK), X, y)
    est.set_params(loss="squared_error", output_activation="relu", learning_rate_init=99.0)
    est.set_params(dropout=0.9, activation="tanh")
    assert diagnose(est, X, y).healthy
    est, *_ = fitted(C(20, learning_rate_init=1e-6), X, y)
    est.set_params(learning_rate_init=0.1)
    evidence = diagnose(est, X, y)["learning_rate_too_small"].evidence
    assert evidence["learning_rate_init"] == 1e-6


# -- what it takes, and leaves alone ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "est"),
    [
        ("iris", C(20, **QUICK)),
        ("iris", C(20, "tanh", learning_rate_init=1e-6)),  # runs a trial
        ("diabetes", R(5, "tanh", solver="lm", max_iter=20)),
        ("multilabel", C(5, dropout=0.3, max_iter=20)),
    ],
)
def test_nothing_is_changed(name, est):
    X, y = data(name)
    est = est.set_params(random_state=0).fit(X, y, X_val=X, y_val=y)
    before = joblib.hash((vars(est), X, y, np.random.get_state(), np.geterr()))  # noqa: NPY002
    filters = list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        diagnose(est, X, y, np.ones(len(y)), X_val=X, y_val=y)
    assert not caught
    assert list(warnings.filters) == filters
    after = joblib.hash((vars(est), X, y, np.random.get_state(), np.geterr()))  # noqa: NPY002
    assert after == before


def test_the_trial_leaves_the_pass_as_it_was():
    est, X, y, _ = fitted(C(20, "tanh", learning_rate_init=1e-6), *IRIS)
    case = Case(est, X, y)
    before = joblib.hash([(layer.W, layer.Z, layer.delta, layer.dW) for layer in case.layers])
    assert case.trial_loss < case.J
    assert (
        joblib.hash([(layer.W, layer.Z, layer.delta, layer.dW) for layer in case.layers]) == before
    )


@pytest.mark.parametrize("i", range(12))
def test_every_kind_of_network_and_data_is_examined(i):
    hidden, fit_intercept = [((), True), ((6,), False), ((6, 6), True)][i % 3]
    form = ["dense", "sparse", "float32", "weighted"][i % 4]
    name = ["iris", "moons", "multilabel", "diabetes", "linnerud"][i % 5]
    X, y = data(name)
    X = {"sparse": sparse.csr_matrix, "float32": np.float32}.get(form, np.asarray)(X)
    w = np.linspace(0, 2, len(y)) if form == "weighted" else None
    make = R if y.dtype.kind == "f" else C
    est = make(hidden, "tanh", fit_intercept=fit_intercept, random_state=0, max_iter=6)
    for trained in (est.initialize(X, y), est.fit(X, y, w)):
        diagnosis = diagnose(trained, X, y, w, X_val=X, y_val=y)
        assert "stopped" in diagnosis.codes
        assert not {"overflow", "symmetric_units", "overfitting"} & set(diagnosis.codes)


def test_sparse_and_dense_inputs_are_judged_alike():
    X, y = data("breast_cancer raw")
    est = C(5, random_state=0).initialize(X, y)
    one, other = (diagnose(est, form(X), y).table for form in (np.asarray, sparse.csr_matrix))
    for row, same in zip(one, other, strict=True):
        assert row["code"] == same["code"]
        for name, value in row["evidence"].items():
            np.testing.assert_allclose(same["evidence"][name], value, rtol=1e-6)


def test_samples_without_weight_do_not_count():
    X, y = IRIS
    est = C(10, random_state=0).initialize(X, y)
    w = np.r_[np.zeros(50), np.ones(100)]
    poisoned = np.vstack([1e6 * X[:50], X[50:]])
    one, other = diagnose(est, poisoned, y, w), diagnose(est, X[50:], y[50:])
    assert one.text == other.text
    assert one["stopped"].evidence == pytest.approx(other["stopped"].evidence)


def test_a_divergence_is_told_as_such():
    for rate in (1, 1e100):  # in the course of training, and in its first steps
        est, X, y = diverged(R(20, "identity", solver="gd", learning_rate_init=rate), *DIABETES)
        finding = diagnose(est, X, y)["learning_rate_too_large"]
        assert finding.message.startswith("Training diverged. With learning_rate_init=")


def test_a_divergence_under_early_stopping_leaves_numbers():
    X, y = DIABETES
    est = R(20, "identity", solver="sgd", learning_rate_init=3, early_stopping=True, random_state=0)
    with pytest.warns(DivergenceWarning):
        est.fit(X, y)
    finding = diagnose(est, X, y)["learning_rate_too_large"]
    assert finding.message.startswith("Training diverged")
    assert np.isfinite(list(finding.evidence.values())).all()


def test_validation_data_without_targets_are_refused():
    X, y = IRIS
    est = C(5, random_state=0).initialize(X, y)
    with pytest.raises(ValueError, match="X_val is given without y_val"):
        diagnose(est, X, y, X_val=X)
    with pytest.raises(ValueError, match="y_val is given without X_val"):
        diagnose(est, X, y, y_val=y)


def test_bad_input_is_refused_by_name():
    X, y = IRIS
    est = C(5, random_state=0).initialize(X, y)
    with pytest.raises(NotFittedError, match="has no weights yet"):
        diagnose(C(), X, y)
    with pytest.raises(TypeError, match="BackpropClassifier or a BackpropRegressor"):
        diagnose("est", X, y)
    with pytest.raises(TypeError, match="A Pipeline has steps before the network"):
        diagnose(make_pipeline(StandardScaler(), est), X, y)
    with pytest.raises(ValueError, match="expecting 4 features"):
        diagnose(est, X[:, :2], y)
    with pytest.raises(ValueError, match="classes not in"):
        diagnose(est, X, y + 1)
    with pytest.raises(ValueError, match="expecting 4 features"):
        diagnose(est, X, y, X_val=X[:, :2], y_val=y)
    with pytest.raises(ValueError, match="contains NaN"):
        diagnose(est, np.where(X > 2, np.nan, X), y)
    est.coefs_[0][0, 0] = np.nan
    with pytest.raises(ValueError, match="finite real numbers"):
        diagnose(est, X, y)


# -- the report -----------------------------------------------------------------------------


def some_diagnosis():
    X, y = IRIS
    est = C(10, loss="squared_error", output_activation="softmax", dropout=0.9, random_state=0)
    return diagnose(est.initialize(X, y), X, y)


def test_a_diagnosis_is_a_sequence_of_findings_the_worst_first():
    X, y = with_column(1000)
    est = C(10, loss="squared_error", output_activation="softmax", random_state=0)
    diagnosis = diagnose(est.initialize(X, y), X, y)
    assert diagnosis.codes == ("inputs_not_scaled", "output_mismatch", "stopped")
    assert tuple(diagnosis) == diagnosis.findings
    assert len(diagnosis) == 3
    assert [f.severity for f in diagnosis] == ["problem", "warning", "note"]
    assert diagnosis["output_mismatch"] is diagnosis.findings[1]
    with pytest.raises(KeyError, match="There are: inputs_not_scaled, output_mismatch, stopped"):
        diagnosis["nothing"]


def test_the_text_says_what_where_and_what_to_do():
    diagnosis = some_diagnosis()
    text = repr(diagnosis)
    assert text == diagnosis.text
    assert text.startswith(
        "Network 4-10-3 (relu, softmax; SquaredError()) on 150 samples\n2 warnings, 1 note."
    )
    assert max(map(len, text.splitlines())) <= 100
    for finding in diagnosis:
        assert f"[{finding.severity}] {finding.code}" in text
    assert "-> Use output_activation='auto', which is 'identity' for this loss" in text


def test_the_dict_is_plain_json():
    for code in ("overflow", "inputs_not_scaled", "symmetric_units", "learning_rate_too_large"):
        as_dict = diagnose(*FAULTS[code][0]()[:3]).to_dict()
        assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict
        for finding in as_dict["findings"]:
            assert finding["message"].endswith(".")
            assert finding["remedy"].endswith(".")
            assert all(type(v) in (int, float, type(None)) for v in finding["evidence"].values())


def test_html_holds_every_finding_and_is_escaped():
    diagnosis = some_diagnosis()
    html = diagnosis._repr_html_()
    for code in diagnosis.codes:
        assert code in html
    assert html.count("<tr>") == len(diagnosis) + 1
    X, y = with_column(1000)
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(X, columns=["<b>", "b", "c", "d"])
    html = diagnose(C(5, random_state=0).initialize(X, y), X, y)._repr_html_()
    assert "<b>'" not in html
    assert "&lt;b&gt;" in html


def test_a_new_check_is_one_class():
    class ManyUnits(Check):
        """More units than samples."""

        code = "many_units"

        def look(self, case):
            for l, layer in case.hidden:
                if layer.W.shape[1] > case.samples.n:
                    yield self.found("note", "So many.", "Fewer.", l, n_units=layer.W.shape[1])

    X, y = IRIS
    diagnosis = diagnose(C(200, random_state=0).initialize(X, y), X, y)
    assert diagnosis["many_units"].evidence == {"n_units": 200}
    del ManyUnits, diagnosis
    gc.collect()  # a class is alive in a circle of references to itself
    assert "many_units" not in {check.code for check in Check.all()}
