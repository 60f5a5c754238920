"""4: two sigmoid layers without biases, softmax, the squared distance."""

import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.activations import Softmax
from sknn_edu.losses import SquaredError

from .readings import Compared, Derivation, Reading, numbered, ready, settings


def without_biases():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 0, 0, 1, 1])
    est = BackpropClassifier(
        (4, 5),
        "sigmoid",
        output_activation="softmax",
        loss=2 * SquaredError(),
        fit_intercept=False,
        **settings(),
    )
    return {"": ready(est, X, y)}


def jacobian(networks):
    """da_i/dz_j of the output for the first sample, from the engine's backward pass."""
    t = networks[""].trace(1)
    Z, A = t.Z[3].T, t.A[3].T
    columns = [Softmax().backward(Z, A, e[None], out=np.empty_like(Z)) for e in np.eye(2)]
    return np.vstack(columns)


def entries(formula):
    """Numbers of a formula of (e^z, i, j) for the first sample: both i != j, then both i = j."""

    def said(networks):
        E = np.exp(networks[""].trace(1).Z[3][:, 0])
        return np.array([[formula(E, i, j) for j in range(2)] for i in range(2)])

    return said


def where(chosen, matrix):
    """The entries i != j, or i = j, of a function's matrix."""
    mask = np.eye(2, dtype=bool) == (chosen == "i = j")
    return lambda networks: matrix(networks)[mask]


def entry(chosen, formula, shown, **more):
    said = where(chosen, entries(formula))
    return Compared("da/dz", said, where(chosen, jacobian), shown, **more)


def others(E, j):
    return E.sum() - E[j]


# One case of the derivative, times dL/da: j = i, or the other one of the two outputs, which has
# 1 - A3 and 1 - Y. A column for each sample.
SAME = "-2 * (Y - A3) * A3 * (1 - A3)"
OTHER = "-2 * ((1 - Y) - (1 - A3)) * (-A3 * (1 - A3))"
OTHER_WITHOUT_MINUS = "-2 * ((1 - Y) - (1 - A3)) * (A3 * (1 - A3))"

BEHIND = {
    "dW3": "({}) @ A2.T",
    "dW2": "(W3.T @ ({}) * A2 * (1 - A2)) @ A1.T",
    "dW1": "(W2.T @ (W3.T @ ({}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T",
}


def in_case(name, case, how, m=None):
    """A formula of the two cases, for one sample, or for the mean over all."""
    mean = "" if m == 1 else " / m"
    return Reading({name: BEHIND[name].format(case) + mean}, how, m=m)


def each_case(name, other=OTHER):
    return (
        in_case(name, SAME, "i = j alone", m=1),
        in_case(name, other, "i != j alone", m=1),
        in_case(name, f"{SAME} + {other}", "both cases added, as the chain rule has it", m=1),
        in_case(name, SAME, "i = j alone, the mean over all samples"),
        in_case(name, f"{SAME} + {other}", "both cases added, the mean over all samples"),
    )


DERIVATION_4 = Derivation(
    "3-4-5-2, two sigmoid layers, no biases, softmax; the squared distance",
    "Everything is about one sample, and w3, a2 ... are meant for each weight, so that transposes "
    "and sums over units are ours. Marked for all samples, a formula gets the 1/m of their mean.",
    without_biases,
    numbered(
        "4",
        ("z1 = W1 x", {"Z1": "W1 @ A0"}),
        ("a1 = sigmoid(z1)", {"A1": "sigmoid(Z1)"}),
        ("z2 = W2 a1", {"Z2": "W2 @ A1"}),
        ("a2 = sigmoid(z2)", {"A2": "sigmoid(Z2)"}),
        ("z3 = W3 a2", {"Z3": "W3 @ A2"}),
        ("a3 = e^z3 / sum_j e^z3_j", {"A3": "exp(Z3) / sum(exp(Z3), axis=0, keepdims=True)"}),
        ("sigmoid(z) = 1 / (1 + e^-z)", {"A1": "1 / (1 + exp(-Z1))", "A2": "1 / (1 + exp(-Z2))"}),
        ("L = ||y - yhat||^2", Reading({"loss": "sum((Y - A3)**2)"}, m=1)),
        (
            "L = (y_1 - yhat_1)^2 + (y_2 - yhat_2)^2",
            Reading({"loss": "sum(sum((Y - A3)**2, axis=0))"}, "the outputs one by one", m=1),
        ),
        ("dL/da3 = 2 (y - yhat) (-1) = -2 (y - yhat)", Reading({"dA3": "-2 * (Y - A3)"}, m=1)),
        (
            "i != j: da_i/dz_j = d/dz_j e^z_i / (e^z_i + sum_(k != j) e^z_k)",
            Reading(
                entry(
                    "i != j",
                    lambda E, i, j: -E[i] * E[j] / (E[i] + others(E, j)) ** 2,
                    "-e_i e_j / (e_i + sum_(k != j) e_k)^2",
                    mistake="an index: e_i counts twice, e_j not at all",
                    right="e_j + sum_(k != j) e_k",
                ),
                "as it stands; two lines on the sum has all k again",
                m=1,
            ),
            Reading(
                entry(
                    "i != j",
                    lambda E, i, j: -E[i] * E[j] / (E[j] + others(E, j)) ** 2,
                    "-e_i e_j / (e_j + sum_(k != j) e_k)^2",
                ),
                "e_j in front of the sum",
                m=1,
            ),
        ),
        (
            "i != j: = -e^z_i / sum e^z_k * e^z_j / sum e^z_k",
            Reading(
                entry("i != j", lambda E, i, j: -E[i] / E.sum() * E[j] / E.sum(), "-e_i/S * e_j/S"),
                m=1,
            ),
        ),
        (
            "i != j: = -a_i a_j",
            Reading(
                entry("i != j", lambda E, i, j: -(E / E.sum())[i] * (E / E.sum())[j], "-a_i a_j"),
                m=1,
            ),
        ),
        (
            "i = j: da_i/dz_i = ((e^z_i + rest) e^z_i - e^z_i e^z_i) / (e^z_i + rest)^2",
            Reading(
                entry(
                    "i = j",
                    lambda E, i, j: (
                        ((E[i] + others(E, i)) * E[i] - E[i] * E[i]) / (E[i] + others(E, i)) ** 2
                    ),
                    "((e_i + rest) e_i - e_i e_i) / (e_i + rest)^2",
                ),
                "rest = sum_(k != i) e_k",
                m=1,
            ),
        ),
        (
            "i = j: = e^z_i / sum e^z_k * sum_(k != i) e^z_k / sum e^z_k",
            Reading(
                entry(
                    "i = j",
                    lambda E, i, j: E[i] / E.sum() * others(E, i) / E.sum(),
                    "e_i/S * rest/S",
                ),
                m=1,
            ),
        ),
        (
            "i = j: = a_i (1 - a_i)",
            Reading(
                entry(
                    "i = j",
                    lambda E, i, j: (E / E.sum())[i] * (1 - (E / E.sum())[i]),
                    "a_i (1 - a_i)",
                ),
                m=1,
            ),
        ),
        (
            "da3/dz3 = {-a_i a_j for i != j, a_i (1 - a_i) for i = j}",
            Reading(
                Compared(
                    "da/dz",
                    entries(lambda E, i, j: (E / E.sum())[i] * ((i == j) - (E / E.sum())[j])),
                    jacobian,
                    "all four entries of the Jacobian",
                ),
                m=1,
            ),
        ),
        ("dz3/dw3 = a2", Reading({"dW3": "delta3 @ A2.T"}, "as a factor of dW3")),
        (
            "dL/dw3 = {-2 (y - yhat) (-a_i a_j) a2, -2 (y - yhat) a_i (1 - a_i) a2}",
            *each_case("dW3"),
        ),
        ("dz3/da2 = w3", Reading({"dA2": "W3.T @ delta3"}, "as a factor of dA2")),
        (
            "da2/dz2 = a2 (1 - a2)",
            Reading({"delta2": "dA2 * A2 * (1 - A2)"}, "as a factor of delta2"),
        ),
        ("dz2/dw2 = a1", Reading({"dW2": "delta2 @ A1.T"}, "as a factor of dW2")),
        (
            "dL/dw2 = {-2 (y - yhat) (-a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...} "
            "w3 a2 (1 - a2) a1",
            *each_case("dW2"),
        ),
        ("dz2/da1 = w2", Reading({"dA1": "W2.T @ delta2"}, "as a factor of dA1")),
        (
            "da1/dz1 = a1 (1 - a1)",
            Reading({"delta1": "dA1 * A1 * (1 - A1)"}, "as a factor of delta1"),
        ),
        ("dz1/dw1 = x", Reading({"dW1": "delta1 @ X.T"}, "as a factor of dW1")),
        (
            "dL/dw1 = {-2 (y - yhat) (a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...} "
            "w3 a2 (1 - a2) w2 a1 (1 - a1) x",
            in_case("dW1", SAME, "i = j alone", m=1),
            in_case("dW1", OTHER_WITHOUT_MINUS, "i != j alone, as it stands", m=1),
            in_case("dW1", f"{SAME} + {OTHER_WITHOUT_MINUS}", "both added, as they stand: 0", m=1),
            in_case("dW1", f"{SAME} + {OTHER}", "both added, with the minus of 4.19", m=1),
            in_case("dW1", f"{SAME} + {OTHER}", "the same, the mean over all samples"),
        ),
    ),
)
