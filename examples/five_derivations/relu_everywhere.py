"""5: ReLU in every layer, cross-entropy."""

from itertools import pairwise

import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.losses import LogLoss, SquaredError

from .readings import Compared, Derivation, Reading, every_layer, numbered, ready, settings


def relu_everywhere():
    """Hidden units are on for some samples and off for others.

    The outputs are positive for all samples, by their biases: the logarithm of 0 has no slope
    that one could mark. This makes g'(Z3) = 1, so nothing can be seen of that factor.
    """
    rng = np.random.default_rng(178)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])
    sizes = (3, 4, 3, 2)
    W = [rng.normal(size=shape) for shape in pairwise(sizes)]
    b = [rng.normal(0, 0.3, 4), rng.normal(0, 0.3, 3), np.array([2.5, 3.0])]
    same = {"hidden_layer_sizes": (4, 3), "activation": "relu", "output_activation": "relu"}
    same |= settings(weight_init=(W, b))
    return {
        "": ready(BackpropClassifier(loss=LogLoss(), **same), X, y),
        "squared error": ready(BackpropClassifier(loss=SquaredError(), **same), X, y),
    }


OWN_DELTA_5 = "(A3 - Y) * d_relu(Z3)"


def relu_at(formula, derivative=False):
    """A formula beside the engine's ReLU, or its derivative: left of 0, at 0 and right of it."""
    Z = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])

    def engine(networks):
        relu = networks[""].est._hidden_activations[0]
        A = relu.forward(Z, out=np.empty_like(Z))
        return relu.derivative(Z, A, out=np.empty_like(Z)) if derivative else A

    about = "g'" if derivative else "g"
    return Compared(about, lambda networks: formula(Z), engine, "at -2, -1/2, 0, 1/2 and 2")


def output_delta(*more):
    """The readings of delta3, which stands in the text more than once."""
    return (
        Reading({"delta3": OWN_DELTA_5}, "as it stands, J with its 1/m"),
        Reading({"delta3": f"{OWN_DELTA_5} / m"}, "with the 1/m of 5.28"),
        *more,
    )


DERIVATION_5 = Derivation(
    "3-4-3-2, ReLU in every layer, also the output; cross-entropy",
    "J has 1/m. delta is dJ/dZ; names on the right side mean the true values. Products with g' are "
    "entry by entry, sums without bounds go over the samples.",
    relu_everywhere,
    numbered(
        "5",
        ("A0 = X, Z1 = W1 A0 + b1", {"Z1": "W1 @ X + b1"}),
        ("A1 = g(Z1)", {"A1": "relu(Z1)"}),
        ("Z2 = W2 A1 + b2", {"Z2": "W2 @ A1 + b2"}),
        ("A2 = g(Z2)", {"A2": "relu(Z2)"}),
        ("Z3 = W3 A2 + b3", {"Z3": "W3 @ A2 + b3"}),
        ("A3 = g(Z3)", {"A3": "relu(Z3)"}),
        (
            "J = -1/m Y log(yhat)",
            Reading({"loss": "-sum(Y * log(A3)) / m"}, "entry by entry, and summed"),
            Reading({"loss": "-1 / m * Y @ log(A3)"}, "as a product of matrices"),
        ),
        (
            "dJ/dA3 = Y - A3",
            Reading({"dA3": "Y - A3"}, m=1),
            Reading({"dA3": "(Y - A3) / m"}, "with the 1/m that 5.14 brings in"),
            Reading({"dA3": "Y - A3"}, "as it stands, J with its 1/m: three slips at once"),
        ),
        ("W_l := W_l - alpha dW_l", every_layer("W{l}_next", "W{l} - learning_rate * dW{l}")),
        ("b_l := b_l - alpha db_l", every_layer("b{l}_next", "b{l} - learning_rate * db{l}")),
        (
            "dZ3/db3 = 1",
            Reading({"db3": "sum(delta3 * 1, axis=1, keepdims=True)"}, "as a factor of db3"),
        ),
        ("dA3/dZ3 = g'(Z3)", Reading({"delta3": "dA3 * d_relu(Z3)"}, "as a factor of delta3")),
        ("dZ3/dW3 = A2", Reading({"dW3": "delta3 @ A2.T"}, "as a factor of dW3")),
        (
            "dJ/dW3 = 1/m (A3 - Y) g'(Z3) A2^T",
            {"dW3": "((A3 - Y) * d_relu(Z3)) @ A2.T / m"},
            Reading(
                {"dW3": "((A3 - Y) * d_relu(Z3)) @ A2.T / m"},
                "with half the squared error for the loss",
                of="squared error",
                aside=True,
            ),
        ),
        (
            "dJ/db3 = 1/m sum (A3 - Y) g'(Z3)",
            Reading({"db3": "sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m"}),
            Reading(
                {"db3": "sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m"},
                "with half the squared error for the loss",
                of="squared error",
                aside=True,
            ),
        ),
        (
            "delta3 = dJ/dZ3 = (A3 - Y) g'(Z3)",
            *output_delta(
                Reading(
                    {"delta3": f"{OWN_DELTA_5} / m"},
                    "with 1/m, and half the squared error for the loss",
                    of="squared error",
                    aside=True,
                )
            ),
        ),
        (
            "dJ/dW2 = W3^T delta3 g'(Z2) A1^T",
            {"dW2": "(W3.T @ delta3 * d_relu(Z2)) @ A1.T"},
            Reading(
                {"dW2": f"(W3.T @ ({OWN_DELTA_5}) * d_relu(Z2)) @ A1.T"},
                "with delta3 of 5.16 put in",
                aside=True,
            ),
        ),
        (
            "dJ/db2 = W3^T delta3 g'(Z2)",
            Reading({"db2": "W3.T @ delta3 * d_relu(Z2)"}, m=1),
            {"db2": "W3.T @ delta3 * d_relu(Z2)"},
        ),
        ("delta2 = dJ/dZ2 = W3^T delta3 g'(Z2)", {"delta2": "W3.T @ delta3 * d_relu(Z2)"}),
        (
            "dJ/dW1 = W2^T delta2 g'(Z1) A0^T",
            {"dW1": "(W2.T @ delta2 * d_relu(Z1)) @ A0.T"},
            Reading(
                {
                    "dW1": f"(W2.T @ (W3.T @ ({OWN_DELTA_5}) * d_relu(Z2)) * d_relu(Z1)) @ A0.T",
                },
                "with delta3 of 5.16 put in",
                aside=True,
            ),
        ),
        (
            "dJ/db1 = W2^T delta2 g'(Z1)",
            Reading({"db1": "W2.T @ delta2 * d_relu(Z1)"}, m=1),
            {"db1": "W2.T @ delta2 * d_relu(Z1)"},
        ),
        (
            "W_l := W_l - alpha dJ/dW_l, b_l := b_l - alpha dJ/db_l",
            every_layer("W{l}_next", "W{l} - learning_rate * dW{l}")
            | every_layer("b{l}_next", "b{l} - learning_rate * db{l}"),
        ),
        (
            "g(Z) = max(0, Z)",
            every_layer("A{l}", "maximum(0, Z{l})"),
            relu_at(lambda Z: np.maximum(0, Z)),
        ),
        (
            "g'(Z) = {1 for Z > 0, 0 for Z <= 0}",
            relu_at(lambda Z: np.where(Z > 0, 1.0, 0.0), derivative=True),
        ),
        ("dJ/dW_l = delta_l A_(l-1)^T", every_layer("dW{l}", "delta{l} @ A{p}.T")),
        (
            "dJ/db_l = delta_l",
            Reading(every_layer("db{l}", "delta{l}"), m=1),
            every_layer("db{l}", "delta{l}"),
        ),
        (
            "delta_l = (W_(l+1)^T delta_(l+1)) g'(Z_l)",
            every_layer("delta{l}", "W{n}.T @ delta{n} * d_relu(Z{l})", (1, 2)),
        ),
        (
            "delta_L = 1/m dJ/dA_L g'(Z_L)",
            Reading({"delta3": "dA3 * d_relu(Z3) / m"}, "J with its 1/m"),
            Reading({"delta3": "(m * dA3) * d_relu(Z3) / m"}, "dJ/dA_L without 1/m, as in 5.8"),
        ),
        ("delta3 = dJ/dZ3 = (A3 - Y) g'(Z3), once more", *output_delta()),
        (
            "g'(Z3) = {1 for Z3 > 0, 0 for Z3 <= 0}",
            relu_at(lambda Z: np.where(Z > 0, 1.0, 0.0), derivative=True),
        ),
        ("for numpy: dL/dW_l = delta_l A_(l-1)^T", every_layer("dW{l}", "delta{l} @ A{p}.T")),
        (
            "for numpy: dL/db_l = sum_i delta_l(i)",
            every_layer("db{l}", "sum(delta{l}, axis=1, keepdims=True)"),
        ),
        (
            "for numpy: delta_l = (W_(l+1)^T o delta_(l+1)) g'(Z_l), o the dot product",
            every_layer("delta{l}", "W{n}.T @ delta{n} * d_relu(Z{l})", (1, 2)),
        ),
        (
            "for numpy: delta_L = 1/m dL/dA_L g'(Z_L)",
            Reading({"delta3": "dA3 * d_relu(Z3) / m"}, "dL/dA_L with the 1/m of J"),
            Reading({"delta3": "(m * dA3) * d_relu(Z3) / m"}, "dL/dA_L without 1/m, as in 5.8"),
        ),
    ),
)
