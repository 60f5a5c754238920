"""The formulas of derivation 4 as they stand on paper, and the networks to mark them on."""

import numpy as np
from derivation_4_softmax_jacobian import network

from sknn_edu.activations import Softmax

from .readings import Compared, Derivation, formulas, ready


def on_paper():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 0, 0, 1, 1])
    return {"": ready(network(), X, y, hidden_layer_sizes=(4, 5))}


CASES = {
    "i != j": ~np.eye(2, dtype=bool),
    "i = j": np.eye(2, dtype=bool),
    "all": np.full((2, 2), True),
}


def entry(case, formula, shown, **more):
    """Entries da_i/dz_j for the first sample: a formula of (e^z, i, j) beside the engine's."""

    def said(networks):
        E = np.exp(networks[""].trace(1).Z[3][:, 0])
        return np.array([[formula(E, i, j) for j in range(2)] for i in range(2)])[CASES[case]]

    def true(networks):
        t = networks[""].trace(1)
        Z, A = t.Z[3].T, t.A[3].T
        rows = [Softmax().backward(Z, A, e[None], out=np.empty_like(Z)) for e in np.eye(2)]
        return np.vstack(rows)[CASES[case]]

    return Compared("da/dz", said, true, shown, **more)


def rest(E, j):
    return E.sum() - E[j]


# One case of the derivative, times dL/da: j = i, or the other one of the two outputs, which has
# 1 - A3 and 1 - Y, or that one with its minus lost. A column for each sample.
SAME = "-2 * (Y - A3) * A3 * (1 - A3)"
OTHER = "-2 * ((1 - Y) - (1 - A3)) * (-A3 * (1 - A3))"
LOST = "-2 * ((1 - Y) - (1 - A3)) * (A3 * (1 - A3))"

DERIVATION = Derivation(
    "3-4-5-2, two sigmoid layers, no biases, softmax; the squared distance",
    "Everything is about one sample, and w3, a2 ... are meant for each weight, so transposes "
    "and sums over units are added here. For all samples, a formula gets the 1/m of their mean.",
    on_paper,
    formulas(
        4,
        f"""
z1 = W1 x
    Z1 = W1 @ A0
a1 = sigmoid(z1)
    A1 = sigmoid(Z1)
z2 = W2 a1
    Z2 = W2 @ A1
a2 = sigmoid(z2)
    A2 = sigmoid(Z2)
z3 = W3 a2
    Z3 = W3 @ A2
a3 = e^z3 / sum_j e^z3_j
    A3 = exp(Z3) / sum(exp(Z3), axis=0, keepdims=True)
sigmoid(z) = 1 / (1 + e^-z)
    A[l] = 1 / (1 + exp(-Z[l]))  for l = 1, 2
L = ||y - yhat||^2
    [one sample] loss = sum((Y - A3)**2)
L = (y_1 - yhat_1)^2 + (y_2 - yhat_2)^2
    -- the outputs one by one
    [one sample] loss = sum(sum((Y - A3)**2, axis=0))
dL/da3 = 2 (y - yhat) (-1) = -2 (y - yhat)
    [one sample] dA3 = -2 * (Y - A3)
i != j: da_i/dz_j = d/dz_j e^z_i / (e^z_i + sum_(k != j) e^z_k)
    -- as it stands; two lines on the sum has all k again
    [one sample] = -e_i e_j / (e_i + sum_(k != j) e_k)^2
    -- e_j in front of the sum
    [one sample] = -e_i e_j / (e_j + sum_(k != j) e_k)^2
i != j: = -e^z_i / sum e^z_k * e^z_j / sum e^z_k
    [one sample] = -e_i/S * e_j/S
i != j: = -a_i a_j
    [one sample] = -a_i a_j
i = j: da_i/dz_i = ((e^z_i + rest) e^z_i - e^z_i e^z_i) / (e^z_i + rest)^2
    -- rest = sum_(k != i) e_k
    [one sample] = ((e_i + rest) e_i - e_i e_i) / (e_i + rest)^2
i = j: = e^z_i / sum e^z_k * sum_(k != i) e^z_k / sum e^z_k
    [one sample] = e_i/S * rest/S
i = j: = a_i (1 - a_i)
    [one sample] = a_i (1 - a_i)
da3/dz3 = {{-a_i a_j for i != j, a_i (1 - a_i) for i = j}}
    [one sample] = all four entries of the Jacobian
dz3/dw3 = a2
    -- as a factor of dW3
    dW3 = delta3 @ A2.T
dL/dw3 = {{-2 (y - yhat) (-a_i a_j) a2, -2 (y - yhat) a_i (1 - a_i) a2}}
    -- i = j alone
    [one sample] dW3 = ({SAME}) @ A2.T
    -- i != j alone
    [one sample] dW3 = ({OTHER}) @ A2.T
    -- both cases added, as the chain rule has it
    [one sample] dW3 = ({SAME} + {OTHER}) @ A2.T
    -- i = j alone, the mean over all samples
    dW3 = ({SAME}) @ A2.T / m
    -- both cases added, the mean over all samples
    dW3 = ({SAME} + {OTHER}) @ A2.T / m
dz3/da2 = w3
    -- as a factor of dA2
    dA2 = W3.T @ delta3
da2/dz2 = a2 (1 - a2)
    -- as a factor of delta2
    delta2 = dA2 * A2 * (1 - A2)
dz2/dw2 = a1
    -- as a factor of dW2
    dW2 = delta2 @ A1.T
dL/dw2 = {{-2 (y - yhat) (-a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...}} w3 a2 (1 - a2) a1
    -- i = j alone
    [one sample] dW2 = (W3.T @ ({SAME}) * A2 * (1 - A2)) @ A1.T
    -- i != j alone
    [one sample] dW2 = (W3.T @ ({OTHER}) * A2 * (1 - A2)) @ A1.T
    -- both cases added, as the chain rule has it
    [one sample] dW2 = (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) @ A1.T
    -- i = j alone, the mean over all samples
    dW2 = (W3.T @ ({SAME}) * A2 * (1 - A2)) @ A1.T / m
    -- both cases added, the mean over all samples
    dW2 = (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) @ A1.T / m
dz2/da1 = w2
    -- as a factor of dA1
    dA1 = W2.T @ delta2
da1/dz1 = a1 (1 - a1)
    -- as a factor of delta1
    delta1 = dA1 * A1 * (1 - A1)
dz1/dw1 = x
    -- as a factor of dW1
    dW1 = delta1 @ X.T
dL/dw1 = {{-2 (y - yhat) (a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...}} \
w3 a2 (1 - a2) w2 a1 (1 - a1) x
    -- i = j alone
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- i != j alone, as it stands
    [one sample] dW1 = (W2.T @ (W3.T @ ({LOST}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- both added, as they stand: 0
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME} + {LOST}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- both added, with the minus of 4.19
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- the same, the mean over all samples
    dW1 = (W2.T @ (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T / m
""",
        entry(
            "i != j",
            lambda E, i, j: -E[i] * E[j] / (E[i] + rest(E, j)) ** 2,
            "-e_i e_j / (e_i + sum_(k != j) e_k)^2",
            mistake="an index: e_i counts twice, e_j not at all",
            right="e_j + sum_(k != j) e_k",
        ),
        entry(
            "i != j",
            lambda E, i, j: -E[i] * E[j] / (E[j] + rest(E, j)) ** 2,
            "-e_i e_j / (e_j + sum_(k != j) e_k)^2",
        ),
        entry("i != j", lambda E, i, j: -E[i] / E.sum() * E[j] / E.sum(), "-e_i/S * e_j/S"),
        entry("i != j", lambda E, i, j: -(E / E.sum())[i] * (E / E.sum())[j], "-a_i a_j"),
        entry(
            "i = j",
            lambda E, i, j: ((E[i] + rest(E, i)) * E[i] - E[i] * E[i]) / (E[i] + rest(E, i)) ** 2,
            "((e_i + rest) e_i - e_i e_i) / (e_i + rest)^2",
        ),
        entry("i = j", lambda E, i, j: E[i] / E.sum() * rest(E, i) / E.sum(), "e_i/S * rest/S"),
        entry("i = j", lambda E, i, j: (E / E.sum())[i] * (1 - (E / E.sum())[i]), "a_i (1 - a_i)"),
        entry(
            "all",
            lambda E, i, j: (E / E.sum())[i] * ((i == j) - (E / E.sum())[j]),
            "all four entries of the Jacobian",
        ),
    ),
)
