"""1: tanh and softmax, half the squared error plus the cross-entropy."""

import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.losses import LogLoss, SquaredError

from .readings import Derivation, Reading, numbered, ready, settings


def tanh_softmax():
    rng = np.random.default_rng(0)
    y = np.array([0, 1, 1, 0, 1])
    X = np.where(y[:, None] == 0, rng.normal(1, 0.5, (5, 2)), rng.normal(2, 0.2, (5, 2)))
    est = BackpropClassifier(
        2, "tanh", output_activation="softmax", loss=SquaredError() + LogLoss(), **settings()
    )
    return {"": ready(est, X, y)}


def through_jacobian(dA):
    """The transposed Jacobian of softmax times dA, written out."""
    return f"A2 * ({dA} - sum(A2 * {dA}, axis=0, keepdims=True))"


OWN_DELTA = "(A2 - Y) * (d_softmax(Z2) + 1) / m"

DERIVATION_1 = Derivation(
    "2-2-2, tanh and softmax; half the squared error plus the cross-entropy",
    "Jbar is the mean over the samples, J_j the loss of sample j, J = m Jbar their sum. "
    "So dJ/dZ2 on paper is m * delta2 here.",
    tanh_softmax,
    numbered(
        "1",
        ("z1 = W1 a0 + b1", {"Z1": "W1 @ A0 + b1"}),
        ("a1 = tanh(z1)", {"A1": "tanh(Z1)"}),
        ("z2 = W2 a1 + b2", {"Z2": "W2 @ A1 + b2"}),
        (
            "a2_j = e^z2_j / (e^z2_1 + e^z2_2)",
            {"A2": "exp(Z2) / sum(exp(Z2), axis=0, keepdims=True)"},
        ),
        (
            "Jbar = 1/(2m) sum (a2 - y)^2 - 1/m sum y log a2",
            {"loss": "sum((A2 - Y)**2) / (2 * m) - sum(Y * log(A2)) / m"},
        ),
        (
            "J_j = 1/2 sum_i (a2 - y)^2 - sum_i y log a2",
            Reading({"loss": "sum((A2 - Y)**2) / 2 - sum(Y * log(A2))"}, m=1),
        ),
        ("Jbar = J / m", {"loss": "sum((A2 - Y)**2 / 2 - Y * log(A2)) / m"}),
        (
            "dJ_j/dz2_i = (a2_i - y_i) - sum_i y_i/a2_i da2_i/dz2_i",
            Reading(
                {"delta2": f"(A2 - Y + {through_jacobian('-Y / A2')}) / m"},
                "as it stands, the sum with the whole Jacobian; for every column j, so times 1/m; "
                "the next line has da/dz in the first term too",
            ),
        ),
        (
            "dJ_j/dz2_i = (a2_i - y_i) da2_i/dz2_i - (a2_i - y_i)",
            Reading(
                {"delta2": "((A2 - Y) * d_softmax(Z2) - (A2 - Y)) / m"},
                "as it stands, times 1/m; the next line has plus",
            ),
        ),
        (
            "dJ_j/dz2_i = (a2_i - y_i) (softmax'(z2_i) + 1)",
            Reading(
                {"delta2": "(A2 - Y) * (d_softmax(Z2) + 1) / m"},
                "softmax' entry by entry, as da2_i/dz2_i in the line before; times 1/m",
            ),
            Reading(
                {"delta2": f"({through_jacobian('(A2 - Y)')} + A2 - Y) / m"},
                "had softmax' been the Jacobian matrix, and 1 the unit matrix",
                aside=True,
            ),
        ),
        (
            "dJ/dZ2 = (A2 - Y) (softmax'(Z2) + 1)",
            Reading({"delta2": OWN_DELTA}, "J = m Jbar; the product is entry by entry"),
        ),
        ("dz2/dw2 = (a1)^T", Reading({"dW2": "delta2 @ A1.T"}, "as a factor of dW2")),
        (
            "dJbar/dW2 = 1/m dJ/dZ2 (A2)^T",
            {"dW2": "delta2 @ A2.T"},
            Reading({"dW2": f"({OWN_DELTA}) @ A2.T"}, "with 1.11 put in", aside=True),
        ),
        (
            "dZ2/db2 = 1",
            Reading({"db2": "sum(delta2 * 1, axis=1, keepdims=True)"}, "as a factor of db2"),
        ),
        (
            "dJbar/db2 = 1/m dJ/dZ2",
            Reading({"db2": "delta2"}, m=1),
            {"db2": "delta2"},
            Reading({"db2": OWN_DELTA}, "with 1.11 put in", aside=True),
        ),
        ("dZ2/dA1 = W2", Reading({"dA1": "W2.T @ delta2"}, "as a factor of dA1")),
        ("dA1/dZ1 = sech^2(Z1)", Reading({"delta1": "dA1 * sech(Z1)**2"}, "as a factor of delta1")),
        ("dZ1/dW1 = (A0)^T", Reading({"dW1": "delta1 @ A0.T"}, "as a factor of dW1")),
        (
            "dJbar/dW1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1) (A0)^T",
            Reading({"dW1": "(W2.T @ delta2 * sech(Z1)**2) @ A0.T / m"}, "Jbar as it was defined"),
            Reading(
                {"dW1": "(W2.T @ (m * delta2) * sech(Z1)**2) @ A0.T / m"}, "J for Jbar, as in 1.13"
            ),
            Reading(
                {"dW1": f"(W2.T @ ({OWN_DELTA}) * sech(Z1)**2) @ A0.T"},
                "with 1.11 put in",
                aside=True,
            ),
        ),
        (
            "dJbar/db1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1)",
            Reading({"db1": "W2.T @ delta2 * sech(Z1)**2 / m"}, "Jbar as it was defined"),
            Reading({"db1": "W2.T @ (m * delta2) * sech(Z1)**2 / m"}, "J for Jbar, as in 1.15"),
            Reading({"db1": "W2.T @ (m * delta2) * sech(Z1)**2 / m"}, "J for Jbar", m=1),
        ),
        ("W2 := W2 - alpha dJbar/dW2", {"W2_next": "W2 - learning_rate * dW2"}),
        ("b2 := b2 - alpha dJbar/db2", {"b2_next": "b2 - learning_rate * db2"}),
        ("W1 := W1 - alpha dJbar/dW1", {"W1_next": "W1 - learning_rate * dW1"}),
        ("b1 := b1 - alpha dJbar/db1", {"b1_next": "b1 - learning_rate * db1"}),
    ),
)
