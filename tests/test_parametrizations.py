"""Rates by layer: what each parametrization promises, in both engines and every solver."""

import math

import numpy as np
import pytest
from gradient_helpers import members
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_iris

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.optimizers import FirstOrder, Optimizer
from sknn_edu.parametrizations import NTK, Parametrization, Standard

X, y = load_iris(return_X_y=True)
FIRST_ORDER = [rule.name for rule in members(Optimizer) if isinstance(rule, FirstOrder)]


class Frozen(Parametrization):
    """Only the output layer's weights move."""

    def layer_rates(self, shapes):
        n = len(shapes)
        return [0.0] * (n - 1) + [1.0] + [0.0] * n

    def initializer(self):
        return Standard().initializer()


def steps(est, *data):
    """How far W and b of each layer went from the start."""
    start, fitted = clone(est).initialize(*data), est.fit(*data)
    ends, starts = ([*e.coefs_, *e.intercepts_] for e in (fitted, start))
    return [end - begin for end, begin in zip(ends, starts, strict=True)]


def test_rates_are_one_over_the_root_of_fan_in_and_a_tenth():
    assert_allclose(NTK().layer_rates([(4, 25), (25, 3)]), [1 / 2, 1 / 5, 0.1, 0.1])
    assert NTK(bias_rate=0.7).layer_rates([(4, 3)]) == [0.5, 0.7]
    assert Standard().layer_rates([(4, 3)]) is None


@pytest.mark.parametrize("bias_rate", [-1, math.inf, math.nan, "0.1", True])
def test_a_bad_bias_rate_is_named(bias_rate):
    with pytest.raises(ValueError, match="bias_rate must be a finite number >= 0, got"):
        NTK(bias_rate)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("solver", FIRST_ORDER)
@pytest.mark.parametrize("parametrization", [NTK(), NTK(bias_rate=2.0), Frozen()], ids=repr)
def test_the_first_step_of_each_layer_has_its_rate(parametrization, solver, engine):
    clf = BackpropClassifier((25, 9), "tanh", solver=solver, max_iter=1, tol=0, random_state=0)
    clf.set_params(engine=engine, batch_size=150, alpha=0.1, learning_rate_init=1e-3)
    start = clone(clf).initialize(X, y)  # the same weights for both, whatever they would draw
    clf.set_params(weight_init=(start.coefs_, start.intercepts_))
    plain = steps(clone(clf), X, y)
    scaled = steps(clf.set_params(parametrization=parametrization), X, y)
    rates = parametrization.layer_rates([(4, 25), (25, 9), (9, 3)])
    for way, alone, rate in zip(scaled, plain, rates, strict=True):
        assert_allclose(way, rate * alone, rtol=1e-6, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_engines_agree(solver, fit_intercept, dtype):
    fitted = []
    for engine in ("numpy", "auto"):
        # More than 4,096 parameters, so that a layer begins within a block of the core.
        reg = BackpropRegressor((70, 61), "silu", solver=solver, parametrization="ntk")
        reg.set_params(batch_size=40, max_iter=20, tol=0, random_state=0, engine=engine, alpha=0.1)
        reg.set_params(learning_rate_init=0.01, fit_intercept=fit_intercept, clip_norm=3.0)
        fitted.append(reg.fit(X[:, :3].astype(dtype), X[:, 3].astype(dtype)))
    numpy, native = fitted
    atol = 1e-10 if dtype == np.float64 else 2e-3
    for W, V in zip(numpy.coefs_, native.coefs_, strict=True):
        assert V.dtype == dtype
        assert_allclose(V, W, rtol=0, atol=atol)


def test_adam_takes_the_path_of_the_parametrization_as_the_paper_writes_it():
    """Train W of Z = A W / sqrt(fan_in) + b / sqrt(10) by Adam; without its epsilon."""
    rng, rate = np.random.RandomState(0), 0.01
    W1, b1, W2, b2 = rng.randn(4, 25), rng.randn(25), rng.randn(25, 3), rng.randn(3)
    Y, scales = np.eye(3)[y], (1 / 2, 0.1, 1 / 5, 0.1)
    start = (
        [W * s for W, s in ((W1, scales[0]), (W2, scales[2]))],
        [b1 * scales[1], b2 * scales[3]],
    )
    clf = BackpropClassifier(25, "tanh", parametrization="ntk", weight_init=start, alpha=0)
    clf.set_params(batch_size=150, learning_rate_init=rate, max_iter=8, tol=0, epsilon=1e-300)
    clf.fit(X, y)

    theta = [W1, b1, W2, b2]
    m, v = ([np.zeros_like(p) for p in theta] for _ in range(2))
    for t in range(1, 9):
        V1, c1, V2, c2 = (p * s for p, s in zip(theta, scales, strict=True))
        A = np.tanh(X @ V1 + c1)
        Z = A @ V2 + c2
        P = np.exp(Z - Z.max(axis=1, keepdims=True))
        delta2 = (P / P.sum(axis=1, keepdims=True) - Y) / 150
        delta1 = (delta2 @ V2.T) * (1 - A**2)
        grads = (X.T @ delta1, delta1.sum(0), A.T @ delta2, delta2.sum(0))
        for p, g, s, m_p, v_p in zip(theta, grads, scales, m, v, strict=True):
            g = g * s
            m_p[...] = 0.9 * m_p + 0.1 * g
            v_p[...] = 0.999 * v_p + 0.001 * g * g
            p -= rate * (m_p / (1 - 0.9**t)) / np.sqrt(v_p / (1 - 0.999**t))
    for ours, paper, s in zip(
        clf.coefs_, (theta[0], theta[2]), (scales[0], scales[2]), strict=True
    ):
        assert_allclose(ours, paper * s, rtol=1e-7, atol=1e-9)


def test_the_first_weights_are_normal_with_the_variances_of_the_parametrization():
    clf = BackpropClassifier((300, 200), parametrization="ntk", random_state=0).initialize(X, y)
    W, b = clf.coefs_[1], clf.intercepts_[0]
    assert W.std() == pytest.approx(1 / math.sqrt(300), rel=0.02)
    assert b.std() == pytest.approx(1, rel=0.15)
    assert not (np.abs(b) < 1.5).all(), "a uniform one with that deviation has none beyond 1.74"
    again = clone(clf).set_params(weight_init="ntk_normal", parametrization="standard")
    assert_allclose(again.initialize(X, y).coefs_[1], W)


def test_weights_that_are_asked_for_are_drawn_whatever_the_parametrization():
    clf = BackpropClassifier(5, parametrization="ntk", weight_init="zeros").initialize(X, y)
    assert not clf.coefs_[0].any()


def test_a_search_finds_its_setting():
    clf = BackpropClassifier(parametrization=NTK())
    assert clf.get_params()["parametrization__bias_rate"] == 0.1
    assert clone(clf).set_params(parametrization__bias_rate=1.0).parametrization == NTK(1.0)
