"""Dropout in the compiled core has the masks of NumPy."""

import pickle

import numpy as np
import pytest
from native_cases import SOLVERS, fit_with, theta

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation
from sknn_edu.engine.architecture import Architecture
from sknn_edu.engine.batches import Samples
from sknn_edu.engine.dropout import Masks
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective
from sknn_edu.engine.parameters import Parameters
from sknn_edu.engine.penalty import ElasticNet
from sknn_edu.estimators.base import observed_fit
from sknn_edu.exceptions import DivergenceError
from sknn_edu.losses import SquaredError
from sknn_edu.native import core, limits
from sknn_edu.native.core import Core
from sknn_edu.optimizers import SGD
from sknn_edu.training.training import Observer

ENGINES = ("numpy", "native")
R = np.random.RandomState(0)
X, y = R.randn(150, 4), R.randint(0, 3, 150)


def objective_with(sizes, rates, dtype, activation="identity"):
    """J of a network with random weights, without penalty."""
    f = Activation.get("identity")
    theta = Parameters(sizes, dtype)
    theta.flat[:] = np.random.RandomState(0).uniform(0.5, 1.5, theta.flat.size)
    hidden = (Activation.get(activation),) * len(rates)
    loss = SquaredError().bind(f, False)
    return Objective(
        Network(Architecture(sizes, (*hidden, f), loss, ElasticNet(), dropout=rates), theta)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rate", [0.3, 0.5, 1e-9, 0.999])
@pytest.mark.parametrize("n_units", [1, 5, 8, 23, 64, 100])
def test_the_core_has_the_masks_of_numpy(n_units, rate, dtype):
    # X is the identity matrix: dW[i, j] is not 0 where unit j takes part for row i.
    n, masks = 77, Masks(2**63 - 3, 2**33 + 1)
    objective = objective_with((n, n_units, 1), (rate,), dtype)
    samples = Samples(np.eye(n, dtype=dtype), np.full((n, 1), -9, dtype), None)
    Core(objective.network, objective).value_and_gradient(samples, masks=masks)
    mask = masks.mask(1, (n, n_units), rate, np.dtype(dtype))
    np.testing.assert_array_equal(objective.network.grad.W[0] != 0, mask != 0)


@pytest.mark.parametrize("activation", ["identity", "tanh", "relu", "elu", "silu", "gelu"])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_gradients_agree_for_pieces_of_any_size(activation, n_threads, monkeypatch):
    n, masks = 700, Masks(1, 1)
    monkeypatch.setattr(limits, "allowed", lambda: n_threads)
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 1e3)  # calls of 512 rows
    samples = Samples(R.randn(n, 3), R.randn(n, 2), R.uniform(0, 2, n))
    results = []
    for rows in (None, 7, 100):
        objective = objective_with((3, 20, 9, 2), (0.5, 0.2), float, activation)
        if rows is not None:
            objective.network.rows_of_a_piece = rows
        J = objective.value_and_gradient(samples, masks=masks)
        results.append([J, *objective.network.grad.flat])
    native = Core(objective.network, objective)
    native.get_threads(native.data(samples), n)
    results.append([native.value_and_gradient(samples, masks=masks), *objective.network.grad.flat])
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-10, atol=1e-12)
    assert native.value_and_gradient(samples) == pytest.approx(objective.value(samples))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("solver", SOLVERS)
def test_fits_agree(solver, dtype):
    clf = BackpropClassifier(
        (20, 9, 30), ["tanh", "relu", "silu"], solver=solver, dropout=[0.5, 0.0, 0.2],
        learning_rate_init=0.02, batch_size=40, max_iter=20, tol=0, random_state=0,
    )  # fmt: skip
    numpy, native = (fit_with(clf, e, X.astype(dtype), y, {}) for e in ENGINES)
    atol = 1e-10 if dtype == np.float64 else 2e-4
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=atol)
    without = fit_with(clf.set_params(dropout=0), "native", X.astype(dtype), y, {})
    assert np.abs(theta(native) - theta(without)).max() > 0.002


def test_the_dtype_does_not_change_the_masks():
    reg = BackpropRegressor((30, 20), "tanh", dropout=0.5, max_iter=5, tol=0, random_state=0)
    for engine in ENGINES:
        single, double = (fit_with(reg, engine, X.astype(t), y, {}) for t in (np.float32, float))
        np.testing.assert_allclose(theta(single), theta(double), rtol=0, atol=1e-5)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [32, "auto"])
@pytest.mark.parametrize("make", [int, np.random.RandomState])
def test_the_same_draws_are_made(make, batch_size, shuffle, early_stopping):
    states, weights = [], []
    for engine in ENGINES:
        random_state = make(3)
        clf = BackpropClassifier(
            9, batch_size=batch_size, shuffle=shuffle, max_iter=5, tol=0, engine=engine,
            dropout=0.5, random_state=random_state, early_stopping=early_stopping,
        )  # fmt: skip
        weights.append(theta(clf.fit(X, y)))
        states.append(None if make is int else tuple(random_state.get_state()[1]))
    assert states[0] == states[1]
    np.testing.assert_allclose(weights[1], weights[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(90, 40), (300, 130)], ids=str)
def test_the_number_of_threads_does_not_change_a_bit(hidden, dtype, monkeypatch):
    many, labels = np.tile(X, (10, 4)).astype(dtype), np.tile(y, 10)
    clf = BackpropClassifier(
        hidden, "silu", dropout=0.4, batch_size=640, max_iter=2, tol=0, random_state=0
    )
    results = []
    for n in (1, 3, 20):
        monkeypatch.setattr(limits, "allowed", lambda n=n: n)
        fitted = fit_with(clf, "native", many, labels, {})
        results.append([*fitted.loss_curve_, *theta(fitted)])
    assert np.isfinite(results[0]).all()
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize("seconds", [0, 1e-4])
def test_where_the_calls_are_cut_does_not_change_a_bit(seconds, monkeypatch):
    many, labels = np.tile(X, (20, 1)), np.tile(y, 20)
    clf = BackpropClassifier(
        (40, 40), dropout=0.5, batch_size=16, max_iter=4, tol=0, random_state=0
    )
    whole = fit_with(clf, "native", many, labels, {})
    monkeypatch.setattr("sknn_edu.native.epochs.SECONDS", seconds)
    cut = fit_with(clf, "native", many, labels, {})
    np.testing.assert_array_equal(theta(cut), theta(whole))
    assert cut.loss_curve_ == whole.loss_curve_


# -- from one fit to the next ---------------------------------------------------------------------


def test_the_engines_can_take_turns():
    alone = BackpropClassifier((9, 9), dropout=0.5, engine="numpy", random_state=0)
    turns = BackpropClassifier((9, 9), dropout=0.5, random_state=0)
    for engine in ("native", "numpy", "native", "native"):
        alone.partial_fit(X, y, classes=range(3))
        turns.set_params(engine=engine).partial_fit(X, y, classes=range(3))
        turns = pickle.loads(pickle.dumps(turns))
    np.testing.assert_allclose(theta(turns), theta(alone), rtol=0, atol=1e-12)


class Clips(Observer):
    """Clips gradients in the third and fourth epoch: that may be the other engine's work."""

    def begin_epoch(self, training):
        training.clip_norm = 1e6 if training.history.n_iter in (2, 3) else None


def test_the_engines_can_take_turns_within_a_fit():
    results = []
    for engine in ENGINES:
        clf = BackpropClassifier((9, 9), dropout=0.5, batch_size=32, max_iter=6, tol=0)
        clf.set_params(engine=engine, random_state=0)
        observed_fit(clf, X, y, None, [Clips()])
        results.append(theta(clf))
    np.testing.assert_allclose(results[1], results[0], rtol=0, atol=1e-12)
    plain = fit_with(clf, "native", X, y, {})
    np.testing.assert_allclose(theta(plain), results[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [30, 150])
def test_masks_move_on_in_a_warm_start_with_an_int_seed(engine, batch_size):
    clf = BackpropClassifier(
        20, solver="gd", learning_rate_init=1e-12, dropout=0.5, batch_size=batch_size,
        warm_start=True, max_iter=3, tol=0, random_state=0, engine=engine,
    )  # fmt: skip
    for _ in range(3):
        clf.fit(X, y)
    assert len(set(np.round(clf.loss_curve_, 9))) == 9, "the weights hardly move"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fit_draws_one_number_for_all_its_masks(engine):
    states = []
    for dropout in (0.0, 0.5):
        state = np.random.RandomState(1)
        clf = BackpropClassifier(5, dropout=dropout, random_state=state, engine=engine)
        clf.set_params(batch_size=32, max_iter=3, tol=0, shuffle=False).fit(X, y)
        if dropout == 0:
            Masks.drawn_from(state)
        states.append(state.get_state()[1:3])
    assert repr(states[0]) == repr(states[1])


@pytest.mark.parametrize("activation", ["relu", "tanh", "elu", "softplus"])
def test_divergence_is_noticed_in_the_same_epoch(activation):
    targets = R.randn(150)
    reg = BackpropRegressor(
        (8, 8), activation, dropout=0.3, solver=SGD(50.0), batch_size=20, max_iter=50, tol=0,
        random_state=0,
    )  # fmt: skip
    said = []
    for engine in ENGINES:
        try:
            said.append(str(fit_with(reg, engine, X, targets, {}).n_iter_))
        except DivergenceError as error:
            said.append(str(error).split(":")[0])
    assert said[0] == said[1]
