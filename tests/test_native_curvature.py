"""The compiled core multiplies vectors by the Hessian that the NumPy engine multiplies by."""

import numpy as np
import pytest
from gradient_helpers import ACTIVATIONS, LAYOUTS, OUTPUTS_AND_LOSSES, Case, central_difference
from hypothesis import given, settings
from native_cases import fit_with, random_fit, run_python, theta
from numpy.testing import assert_allclose, assert_array_equal
from random_networks import cases, same_examples
from scipy import sparse
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import GELU, Softmax, Tanh
from sknn_edu.engine.curvature import HessianProduct
from sknn_edu.native import core, library
from sknn_edu.native import limits as thread_limits
from sknn_edu.native.core import Core

pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


def opened(est, X, y, w=None):
    """What a solver is given: J of a network, the samples, and a random direction."""
    objective, samples = est._objective_on(X, y, w)
    size = objective.network.theta.flat.size
    return objective, samples, np.random.RandomState(0).randn(size)


def opened_case(case):
    """The same for a random network."""
    problem = case.draw()
    return opened(problem.est, *problem.data)


def by_numpy(objective, samples, v):
    """H v by the reference."""
    product = HessianProduct(objective, samples)
    product.linearize()
    return product(v)


def by_core(objective, samples, v, n_threads=1):
    """H v by the core."""
    native = Core(objective.network, objective)
    native._struct.n_threads = n_threads
    return native.hessian_product(samples, v)


def assert_agree(objective, samples, v):
    """Both engines find the same product; its terms, of the size of 1, may cancel."""
    expected, product = by_numpy(objective, samples, v), by_core(objective, samples, v)
    assert product.dtype == expected.dtype
    rtol, eps = 1e-10 if expected.dtype == np.float64 else 1e-3, np.finfo(expected.dtype).eps
    atol = rtol * np.abs(expected).max() + 50 * eps
    assert_allclose(product, expected, rtol=0, atol=atol)


@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_products_agree_behind_every_output(output, loss):
    layout = LAYOUTS[sum(map(ord, repr(output) + repr(loss))) % len(LAYOUTS)]
    assert_agree(*opened_case(Case(layout, (Tanh(), GELU()), output, ((1, loss),), alpha=0.5)))


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_products_agree_behind_every_hidden_activation(f):
    layout = LAYOUTS[ACTIVATIONS.index(f) % len(LAYOUTS)]
    assert_agree(*opened_case(Case(layout, (f, Softmax(), f), Tanh(), weighted=True)))


@pytest.mark.parametrize("hidden", [(), (3,), (40, 5)], ids=str)
@pytest.mark.parametrize("n_threads", [1, 3])
def test_products_agree_for_sparse_X(hidden, n_threads):
    r = np.random.RandomState(0)
    X, y = sparse.random(400, 60, 0.1, format="csr", random_state=r), r.randn(400, 2)
    est = BackpropRegressor(hidden, "tanh", alpha=0.1, random_state=0).initialize(X, y)
    of_sparse, of_dense = opened(est, X, y), opened(est, X.toarray(), y)
    product = by_core(*of_sparse, n_threads)
    assert_allclose(product, by_numpy(*of_dense), rtol=0, atol=1e-12 * np.abs(product).max())


@settings(same_examples, max_examples=60)
@given(case=cases())
def test_products_of_any_network_agree(case):
    assert_agree(*opened_case(case))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(40))
def test_products_agree_with_any_number_of_samples_and_units(seed, dtype):
    estimator, X, y, fit_params = random_fit(seed)
    X = X.astype(dtype)
    assert_agree(*opened(estimator.initialize(X, y), X, y, fit_params.get("sample_weight")))


@settings(same_examples, max_examples=15)
@given(case=cases())
def test_hessian_is_symmetric(case):
    objective, samples, v = opened_case(case)
    u = np.cos(7 * v)
    if not case.fit_intercept:
        n_weights = objective.network.theta.weights.size
        u[n_weights:] = v[n_weights:] = 0
    Hv, Hu = (by_core(objective, samples, w) for w in (v, u))
    size = max(1, np.abs(Hv).max(), np.abs(Hu).max())
    assert_allclose(u @ Hv, v @ Hu, rtol=1e-9, atol=1e-11 * size)


@settings(same_examples, max_examples=25)
@given(case=cases())
def test_products_are_the_change_of_the_gradient(case):
    objective, samples, v = opened_case(case)
    network = objective.network
    start = network.theta.flat.copy()
    product = by_core(objective, samples, v)

    def gradient(step):
        network.theta.flat[:] = start + step * v
        Core(network, objective).value_and_gradient(samples)
        return network.grad.flat.copy()

    size = max(1, np.abs(gradient(0)).max(), np.abs(product).max())
    slope = central_difference(gradient, 1e-6)
    if not case.fit_intercept:  # biases take no part
        slope[network.theta.weights.size :] = 0
    assert_allclose(product, slope, rtol=1e-6, atol=1e-8 * size)


# -- threads, calls, instruction sets --------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


# Small networks, whose threads have chunks of their own, and large ones, whose threads share units.
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("hidden", [(60,), (), (300, 20), (70, 517, 130)], ids=str)
def test_the_number_of_threads_does_not_change_a_bit(digits, hidden, dtype):
    X, y = digits[0].astype(dtype), digits[1]
    if hidden == (60,):  # more chunks than are summed at a time
        X, y = np.tile(X, (3, 1)), np.tile(y, 3)
    clf = BackpropClassifier(hidden, ["gelu", "softmax", "tanh"][: len(hidden)], random_state=0)
    opened_network = opened(clf.initialize(X, y), X, y)
    one = by_core(*opened_network)
    assert_agree(*opened_network)
    for n_threads in (2, 3, 20):
        assert_array_equal(by_core(*opened_network, n_threads), one)


@pytest.mark.parametrize("shape", [(784, (512, 256), 10), (2100, (33,), 1), (7, (2100, 5), 40)])
def test_products_of_large_networks_agree(shape):
    n_features, hidden, n_outputs = shape
    r = np.random.RandomState(0)
    X, y = r.randn(70, n_features), r.randn(70, n_outputs).squeeze()
    reg = BackpropRegressor(hidden, "tanh", alpha=0.1, random_state=0).initialize(X, y)
    assert_agree(*opened(reg, X, y))


@pytest.mark.parametrize("hidden", [(9,), (300, 60)], ids=str)
def test_many_samples_are_cut_into_calls(digits, hidden, monkeypatch):
    clf = BackpropClassifier(hidden, "tanh", random_state=0).initialize(*digits)
    opened_network = opened(clf, *digits, digits[1] % 3)
    whole = by_core(*opened_network)
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 1e5)  # 512 samples
    in_calls = by_core(*opened_network)
    assert_allclose(in_calls, whole, rtol=0, atol=1e-13 * np.abs(whole).max())
    assert_agree(*opened_network)


def test_a_smaller_last_call_has_room_enough(monkeypatch):
    # The first call cuts its rows into chunks; in the second one, threads share units.
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 6 * 20_100 * 2048)
    r = np.random.RandomState(0)
    X, y = r.randn(2048 + 600, 200), r.randn(2048 + 600)
    assert_agree(*opened(BackpropRegressor((100,), random_state=0).initialize(X, y), X, y))


@pytest.mark.parametrize("level", library.load().levels)
def test_every_instruction_set_of_this_machine_agrees(level):
    script = (
        "from test_native_curvature import *\n"
        f"assert library.load().level == {level!r}\n"
        "for seed in range(100, 108):\n"
        "    estimator, X, y, fit_params = random_fit(seed)\n"
        "    for X in (X, X.astype(np.float32)):\n"
        "        assert_agree(*opened(estimator.initialize(X, y), X, y))\n"
    )
    run_python(script, SKNN_EDU_KERNELS=level, PYTHONWARNINGS="ignore")


# -- fits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("seed", range(8))
def test_newton_cg_takes_the_same_path(seed, n_threads, monkeypatch):
    monkeypatch.setattr(thread_limits, "allowed", lambda: n_threads)
    estimator, X, y, fit_params = random_fit(seed)
    estimator.set_params(solver="newton-cg", clip_norm=None, dropout=0, max_iter=3)
    numpy, native = (fit_with(estimator, e, X, y, fit_params) for e in ("numpy", "native"))
    assert native.n_iter_ == numpy.n_iter_
    size = np.abs(theta(numpy)).max()
    assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-9 * size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_newton_cg_of_the_core_multiplies_in_the_core(digits, dtype, monkeypatch):
    X, y = digits[0].astype(dtype), digits[1]
    calls = []
    multiply = Core.hessian_product
    monkeypatch.setattr(Core, "hessian_product", lambda *a: calls.append(1) or multiply(*a))
    clf = BackpropClassifier((9,), "tanh", solver="newton-cg", max_iter=2, tol=0, random_state=0)
    with monkeypatch.context() as patch:
        patch.setattr(HessianProduct, "__call__", None)
        native = fit_with(clf, "native", X, y, {})
    assert calls
    numpy = fit_with(clf, "numpy", X, y, {})
    atol = 1e-9 if dtype == np.float64 else 1e-3
    assert_allclose(theta(native), theta(numpy), rtol=0, atol=atol)


def test_denormal_sample_weights_count(digits):
    X, y = digits[0][:50], digits[1][:50]
    clf = BackpropClassifier((5,), alpha=0, random_state=0).initialize(X, y)
    heavy, light = (opened(clf, X, y, w * (1 + y % 2)) for w in (1.0, 1e-311))
    product = by_core(*heavy)
    assert_allclose(by_core(*light), product, rtol=0, atol=1e-10 * np.abs(product).max())


def test_products_that_are_not_finite_are_those_of_numpy():
    X, y = np.full((20, 1), 1000.0), np.ones(20)
    reg = BackpropRegressor((), loss="poisson").initialize(X, y)
    reg.coefs_[0][:] = 1
    with np.errstate(all="ignore"):
        objective, samples, v = opened(reg, X, y)
        assert_array_equal(by_core(objective, samples, v), by_numpy(objective, samples, v))
        assert not np.isfinite(by_core(objective, samples, v)).all()
