"""Mistakes of real learners that have a better name than a search at random would find."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.teaching import check_derivation, trace

rng = np.random.default_rng(0)
X, REAL = rng.normal(size=(7, 3)), rng.normal(size=7)
TWO, THREE = np.array([0, 1, 1, 0, 1, 0, 1]), np.arange(7) % 3
PLAIN = {"solver": "sgd", "momentum": 0}


def mark(name, text, y, hidden=(4,), conventions=None, **params):
    kind = BackpropRegressor if y is REAL else BackpropClassifier
    est = kind(hidden, "tanh", alpha=0, random_state=0, **params).initialize(X, y)
    return check_derivation(est, X, y, {name: text}, **(conventions or {}))[name]


@pytest.mark.parametrize(
    ("text", "conventions"),
    [
        ("b1 - learning_rate * delta1", {"layout": "columns", "mean_in": "nowhere"}),
        ("b1 + -learning_rate * delta1", {"layout": "columns", "mean_in": "nowhere"}),
        ("b1 + learning_rate * delta1", {"sign": "descent"}),
    ],
)
def test_a_step_of_a_bias_by_every_sample_lacks_its_sum(text, conventions):
    marked = mark("b1_next", text, TWO, conventions=conventions, **PLAIN)
    assert marked.explanations == (("bias_not_summed",),)


def test_the_slope_of_the_next_layer_is_of_the_wrong_layer():
    for text in ("(1 - tanh(Z2)**2) * delta2 @ W2.T", "(1 - A2**2) * delta2 @ W2.T"):
        assert mark("delta1", text, THREE).explanations == (("wrong_layer",),)
    text = "W2.T @ ((1 - tanh(Z2)**2) * delta2)"
    assert mark("delta1", text, THREE, conventions={"layout": "columns"}).mistakes == (
        "wrong_layer",
    )


def test_what_is_right_of_vectors_is_named_so():
    text = "W1 - learning_rate * -(Y - A1).dot(X)"
    marked = mark("W1_next", text, TWO, hidden=(), **PLAIN)
    assert marked.explanations == (("missing_mean", "transposed"),)
    assert "vectors" in marked.message
    assert "The mean over the samples is missing" in marked.message


@pytest.mark.parametrize(
    "text", ["1 - np.square(np.tanh(dA1))", "dA1 * (1 - np.tanh(dA1)**2)", "1 - dA1**2"]
)
def test_a_slope_at_the_gradient_is_not_at_z(text):
    assert mark("delta1", text, REAL).mistakes == ("wrong_name",)


def test_sgd_without_momentum_is_plain_descent():
    marked = mark("W1_next", "W1 - learning_rate * X.T @ (A1 - Y)", TWO, hidden=(), **PLAIN)
    assert marked.explanations == (("missing_mean",),)
    assert mark("W1_next", "W1 - learning_rate * dW1", TWO, **PLAIN).correct


MASKS = {
    ("delta1", "delta2 @ W2.T * (1 - tanh(Z1)**2)"): "mask_missing",
    ("delta1", "dA1 * d_tanh(Z1)"): "mask_missing",
    ("delta1", "dA1 * (mask1 > 0) * d_tanh(Z1)"): "mask_scale",
    ("delta1", "dA1 * mask1"): "activation_derivative_missing",
    ("delta1", "dA1 * mask1 * (1 - A1**2)"): "wrong_derivative",
    ("dW1", "A0.T @ (dA1 * d_tanh(Z1))"): "mask_missing",
    ("A1", "tanh(Z1)"): "mask_missing",
    ("A1", "tanh(Z1) * (mask1 > 0)"): "mask_scale",
}


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize(("name", "text"), MASKS)
def test_mistakes_with_the_mask_of_dropout(name, text, as_array):
    est = BackpropClassifier((5, 4), "tanh", alpha=0, dropout=0.3, random_state=0)
    est.initialize(X, THREE)
    t = trace(est, X, THREE, random_state=2)
    values = {n: t[n] for n in ("A0", "A1", "Z1", "dA1", "mask1", "delta2", "W2")}
    known = values | {"tanh": np.tanh, "d_tanh": lambda Z: 1 - np.tanh(Z) ** 2}
    answer = eval(text, known) if as_array else text
    marked = check_derivation(est, X, THREE, {name: answer}, random_state=2)[name]
    assert marked.explanations == ((MASKS[name, text],),)
