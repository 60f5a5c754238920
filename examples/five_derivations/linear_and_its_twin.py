"""3: the same network with 1/(2m), and its twin for yes or no."""

import numpy as np

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import LogLoss, SquaredError

from .readings import (
    Compared,
    Derivation,
    Reading,
    numbered,
    ready,
    settings,
    with_the_same_weights,
)


def linear_and_its_twin():
    rng = np.random.default_rng(3)
    X, y, classes = rng.normal(size=(5, 2)), rng.normal(size=5), np.array([1, 0, 1, 1, 0])
    same = {"hidden_layer_sizes": (4,), "activation": "sigmoid", **settings()}
    twin = BackpropClassifier(loss=LogLoss(), output_activation="sigmoid", **same)
    networks = {
        "": ready(BackpropRegressor(loss=SquaredError(), **same), X, y),
        "log loss": ready(twin, X, classes),
    }
    return with_the_same_weights(networks)


def of_the_twin(name, formula, how=""):
    """A formula of the network with sigmoid output and log loss, for one sample."""
    return Reading({name: formula}, how, m=1, of="log loss")


DERIVATION_3 = Derivation(
    "2-4-1, sigmoid and a linear output; half the squared error, and its twin with the log loss",
    "L has 1/(2m), yet dL/dZ stands for the sample's own share without 1/m, which dW and db bring "
    "in; so dL/dZ is m * delta here. 3.15 to 3.20 are about one sample of the twin.",
    linear_and_its_twin,
    numbered(
        "3",
        (
            "z_1 = w_1^T x + b_1, a_1 = sigmoid(z_1), and so on for unit 2",
            Reading(
                Compared(
                    "A1",
                    lambda n: np.array(
                        [
                            1 / (1 + np.exp(-(n[""].trace().W[1][i] @ x + n[""].trace().b[1][i])))
                            for i in range(4)
                            for x in n[""].X
                        ]
                    ).ravel(),
                    lambda n: n[""].trace().A[1].ravel(),
                    "A1, unit by unit",
                ),
                "w_i^T is row i of W1",
            ),
        ),
        ("Z = W X + b", {"Z1": "W1 @ A0 + b1"}),
        ("A = sigmoid(Z)", {"A1": "sigmoid(Z1)"}),
        ("Z = W A + b", {"Z2": "W2 @ A1 + b2"}),
        ("yhat = Z", {"A2": "Z2"}),
        ("sigmoid(z) = 1 / (1 + e^-z)", {"A1": "1 / (1 + exp(-Z1))"}),
        (
            "dsigmoid/dz = sigmoid(z) (1 - sigmoid(z))",
            Reading({"delta1": "dA1 * sigmoid(Z1) * (1 - sigmoid(Z1))"}, "as a factor of delta1"),
        ),
        (
            "L = 1/(2m) (A2 - Y)^T (A2 - Y)",
            Reading(
                {"loss": "(A2 - Y).T @ (A2 - Y) / (2 * m)"},
                "A2 is a row, as 3.10 has it: the product is m by m",
            ),
            Reading(
                {"loss": "(A2 - Y) @ (A2 - Y).T / (2 * m)"}, "A2 as a column: the sum of squares"
            ),
        ),
        (
            "dL/dz2 = dL/dA2 = A2 - Y",
            Reading({"dA2": "A2 - Y", "delta2": "A2 - Y"}, "L with its 1/m"),
            Reading({"dA2": "(A2 - Y) / m", "delta2": "(A2 - Y) / m"}, "as it is used: m L"),
        ),
        ("dL/dw2 = 1/m (A2 - Y) A1^T", {"dW2": "(A2 - Y) @ A1.T / m"}),
        (
            "dL/db2 = 1/m np.sum(A2 - Y, axis=1, keepdims=True)",
            {"db2": "sum(A2 - Y, axis=1, keepdims=True) / m"},
        ),
        (
            "dL/dz1 = w2^T (A2 - Y) * sigmoid(z1) (1 - sigmoid(z1))",
            Reading(
                {"delta1": "W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))"}, "L with its 1/m"
            ),
            Reading(
                {"delta1": "W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m"},
                "as it is used: m L",
            ),
        ),
        (
            "dL/dw1 = 1/m w2^T (A2 - Y) sigmoid(z1) (1 - sigmoid(z1)) X^T",
            Reading(
                {"dW1": "(W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m"},
                "sigmoid' entry by entry, as in 3.12",
            ),
        ),
        (
            "dL/db1 = 1/m np.sum(dL/dz1, axis=1, keepdims=True)",
            Reading({"db1": "sum(m * delta1, axis=1, keepdims=True) / m"}, "dL/dz1 as in 3.12"),
        ),
        (
            "L = -y log yhat - (1 - y) log(1 - yhat)",
            of_the_twin("loss", "sum(-Y * log(A2) - (1 - Y) * log(1 - A2))"),
        ),
        (
            "dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)",
            of_the_twin("dA2", "-Y / A2 + (1 - Y) / (1 - A2)"),
        ),
        (
            "dL/dyhat = (-y + y yhat + yhat - y yhat) / (yhat (1 - yhat))",
            of_the_twin("dA2", "(-Y + Y * A2 + A2 - Y * A2) / (A2 * (1 - A2))"),
        ),
        (
            "dL/dyhat = (yhat - y) / (yhat (1 - yhat))",
            of_the_twin("dA2", "(A2 - Y) / (A2 * (1 - A2))"),
        ),
        (
            "dL/dz = (yhat - y) / (yhat (1 - yhat)) [yhat (1 - yhat)]",
            of_the_twin("delta2", "(A2 - Y) / (A2 * (1 - A2)) * (A2 * (1 - A2))"),
        ),
        ("dL/dz = yhat - y", of_the_twin("delta2", "A2 - Y")),
        (
            "both networks have the same update rules",
            Reading(
                {
                    "dW2": "(A2 - Y) @ A1.T / m",
                    "db2": "sum(A2 - Y, axis=1, keepdims=True) / m",
                    "delta1": "W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m",
                    "dW1": "(W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m",
                    "db1": "sum(m * delta1, axis=1, keepdims=True) / m",
                },
                "3.10 to 3.14, marked on the twin, all samples",
                of="log loss",
            ),
        ),
    ),
)
