"""2: sigmoid and a linear output, the squared error without the half."""

import numpy as np

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import LogLoss, SquaredError

from .readings import (
    Compared,
    Derivation,
    Reading,
    every_layer,
    numbered,
    ready,
    settings,
    with_the_same_weights,
)


def sigmoid_and_linear():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    classes = np.array([0, 1, 1, 0, 1])
    same = {"hidden_layer_sizes": (4,), "activation": "sigmoid", **settings()}
    networks = {
        "": ready(BackpropRegressor(loss=2 * SquaredError(), **same), X, y),
        "linear, yes or no": ready(
            BackpropRegressor(loss=2 * SquaredError(), **same), X, 1.0 * classes
        ),
        "linear, with the half": ready(
            BackpropRegressor(loss=SquaredError(), **same), X, 1.0 * classes
        ),
        "classification": ready(
            BackpropClassifier(loss=LogLoss(), output_activation="sigmoid", **same), X, classes
        ),
    }
    return with_the_same_weights(networks)


def all_gradients(t):
    return np.concatenate([g.ravel() for g in (*t.dW.values(), *t.db.values())])


def one_and_all(name, one, many=None, how=""):
    """A formula for one sample, used for all of them as it stands."""
    return (
        Reading({name: one}, how, m=1),
        Reading({name: many or one}, "the same for all samples" + (f"; {how}" if how else "")),
    )


DERIVATION_2 = Derivation(
    "3-4-1, sigmoid and a linear output; the squared error without the half",
    "L is the mean over n = m samples, until 2.8 drops mean and sum; w2 a1 and the like are meant "
    "for each weight, so that transposes are ours.",
    sigmoid_and_linear,
    numbered(
        "2",
        ("z1 = w1 x + b1", {"Z1": "W1 @ A0 + b1"}),
        ("a1 = sigmoid(z1)", {"A1": "sigmoid(Z1)"}),
        ("z2 = w2 a1 + b2", {"Z2": "W2 @ A1 + b2"}),
        ("yhat = a2 = linear(z2)", {"A2": "identity(Z2)"}),
        ("L = 1/n sum (y - yhat)^2", {"loss": "sum((Y - A2)**2) / m"}),
        (
            "w_i := w_i - alpha dL/dw_i",
            every_layer("W{l}_next", "W{l} - learning_rate * dW{l}", (1, 2)),
        ),
        (
            "b_i := b_i - alpha dL/db_i",
            every_layer("b{l}_next", "b{l} - learning_rate * db{l}", (1, 2)),
        ),
        (
            "d/dw2 [1/n sum (y - yhat)^2] = d/dw2 (y - yhat)^2",
            *one_and_all("loss", "sum((Y - A2)**2)"),
        ),
        ("dyhat/dw2 = a1", Reading({"dW2": "delta2 @ A1.T"}, "as a factor of dW2")),
        ("dL/dw2 = -2 (y - yhat) a1", *one_and_all("dW2", "-2 * (Y - A2) @ A1.T")),
        ("dL/dw2 = 2 (a2 - y) a1", *one_and_all("dW2", "2 * (A2 - Y) @ A1.T")),
        (
            "dL/db2 = d/db2 (y - yhat)",
            Reading({"db2": "0 * A2 - 1"}, "as it stands; the next line has the square again", m=1),
            Reading({"db2": "-2 * (Y - A2)"}, "with the square that the loss has", m=1),
        ),
        (
            "dyhat/db2 = 1",
            Reading({"db2": "sum(delta2 * 1, axis=1, keepdims=True)"}, "as a factor of db2"),
        ),
        ("dL/db2 = -2 (y - yhat) 1", *one_and_all("db2", "-2 * (Y - A2) * 1")),
        ("dL/db2 = 2 (a2 - y)", *one_and_all("db2", "2 * (A2 - Y)")),
        ("dL/da2 = 2 (a2 - y)", *one_and_all("dA2", "2 * (A2 - Y)")),
        ("da2/dz2 = 1", Reading({"delta2": "dA2 * 1"}, "as a factor of delta2")),
        (
            "da1/dz1 = (1 - a1) a1",
            Reading({"delta1": "dA1 * (1 - A1) * A1"}, "as a factor of delta1"),
        ),
        (
            "dL/dw1 = 2 (a2 - y) 1 d(w2 a1 + b2)/da1 (1 - a1) a1 w2 x1",
            Reading(
                {"dW1": "(2 * (A2 - Y) * 1 * W2.T * (1 - A1) * A1 * W2.T) @ A0.T"},
                "as it stands: d(w2 a1 + b2)/da1 is w2, and w2 comes once more",
                m=1,
            ),
            Reading(
                {"dW1": "(2 * (A2 - Y) * 1 * W2.T * (1 - A1) * A1) @ A0.T"},
                "w2 once, as in 2.20: it is what d(w2 a1 + b2)/da1 comes to",
                m=1,
            ),
            Reading(
                {"dW1": "(W2.T @ (2 * (A2 - Y)) * (1 - A1) * A1) @ A0.T"},
                "w2 once, the same for all samples",
            ),
        ),
        (
            "dL/db1 = 2 (a2 - y) a1 (1 - a1) w2",
            *one_and_all("db1", "2 * (A2 - Y) * A1 * (1 - A1) * W2.T"),
        ),
        (
            "the updates are twice those of classification, the output being linear",
            Reading(
                {"delta2": "2 * (A2 - Y) / m"},
                "as a formula: A2 - Y of the log loss behind sigmoid, twice",
            ),
            Reading(
                Compared(
                    "dW, db",
                    lambda n: 2 * all_gradients(n["classification"].trace()),
                    lambda n: all_gradients(n["linear, yes or no"].trace()),
                    "every dW and db, same weights, same Y",
                    "A2 is another number behind another output",
                    "equal formulas, not equal numbers",
                ),
                "as numbers",
            ),
            Reading(
                {"delta2": "2 * (A2 - Y) / m"},
                "the reason given: a linear output, here with the half in its loss",
                of="linear, with the half",
            ),
        ),
    ),
)
