"""The formulas of derivation 3 as they stand on paper, and the networks to mark them on."""

import numpy as np
from derivation_3_canonical_partners import linear_network, sigmoid_network

from .readings import Compared, Derivation, formulas, ready, with_the_same_weights


def on_paper():
    rng = np.random.default_rng(3)
    X, y, classes = rng.normal(size=(5, 2)), rng.normal(size=5), np.array([1, 0, 1, 1, 0])
    return with_the_same_weights(
        {
            "": ready(linear_network(), X, y, hidden_layer_sizes=4),
            "log loss": ready(sigmoid_network(), X, classes, hidden_layer_sizes=4),
        }
    )


def unit_by_unit(networks):
    t = networks[""].trace()
    return np.array([1 / (1 + np.exp(-(w @ t.X + b))) for w, b in zip(t.W[1], t.b[1])])


DERIVATION = Derivation(
    "2-4-1, sigmoid and a linear output; half the squared error, and a second network, log loss",
    "L has 1/(2m), yet dL/dZ stands for the sample's own share without 1/m, which dW and db bring "
    "in; so dL/dZ is m * delta here. 3.15 to 3.20 are about one sample of the second network.",
    on_paper,
    formulas(
        3,
        """
z_1 = w_1^T x + b_1, a_1 = sigmoid(z_1), and so on for unit 2
    -- w_i^T is row i of W1
    = A1, unit by unit
Z = W X + b
    Z1 = W1 @ A0 + b1
A = sigmoid(Z)
    A1 = sigmoid(Z1)
Z = W A + b
    Z2 = W2 @ A1 + b2
yhat = Z
    A2 = Z2
sigmoid(z) = 1 / (1 + e^-z)
    A1 = 1 / (1 + exp(-Z1))
dsigmoid/dz = sigmoid(z) (1 - sigmoid(z))
    -- as a factor of delta1
    delta1 = dA1 * sigmoid(Z1) * (1 - sigmoid(Z1))
L = 1/(2m) (A2 - Y)^T (A2 - Y)
    -- A2 is a row, as 3.10 has it: the product is m by m
    loss = (A2 - Y).T @ (A2 - Y) / (2 * m)
    -- A2 as a column: the sum of squares
    loss = (A2 - Y) @ (A2 - Y).T / (2 * m)
dL/dz2 = dL/dA2 = A2 - Y
    -- L with its 1/m
    dA2 = A2 - Y
    & delta2 = A2 - Y
    -- as it is used: m L
    dA2 = (A2 - Y) / m
    & delta2 = (A2 - Y) / m
dL/dw2 = 1/m (A2 - Y) A1^T
    dW2 = (A2 - Y) @ A1.T / m
dL/db2 = 1/m np.sum(A2 - Y, axis=1, keepdims=True)
    db2 = sum(A2 - Y, axis=1, keepdims=True) / m
dL/dz1 = w2^T (A2 - Y) * sigmoid(z1) (1 - sigmoid(z1))
    -- L with its 1/m
    delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))
    -- as it is used: m L
    delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m
dL/dw1 = 1/m w2^T (A2 - Y) sigmoid(z1) (1 - sigmoid(z1)) X^T
    -- sigmoid' entry by entry, as in 3.12
    dW1 = (W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m
dL/db1 = 1/m np.sum(dL/dz1, axis=1, keepdims=True)
    -- dL/dz1 as in 3.12
    db1 = sum(m * delta1, axis=1, keepdims=True) / m
L = -y log yhat - (1 - y) log(1 - yhat)
    [log loss, one sample] loss = sum(-Y * log(A2) - (1 - Y) * log(1 - A2))
dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)
    [log loss, one sample] dA2 = -Y / A2 + (1 - Y) / (1 - A2)
dL/dyhat = (-y + y yhat + yhat - y yhat) / (yhat (1 - yhat))
    [log loss, one sample] dA2 = (-Y + Y * A2 + A2 - Y * A2) / (A2 * (1 - A2))
dL/dyhat = (yhat - y) / (yhat (1 - yhat))
    [log loss, one sample] dA2 = (A2 - Y) / (A2 * (1 - A2))
dL/dz = (yhat - y) / (yhat (1 - yhat)) [yhat (1 - yhat)]
    [log loss, one sample] delta2 = (A2 - Y) / (A2 * (1 - A2)) * (A2 * (1 - A2))
dL/dz = yhat - y
    [log loss, one sample] delta2 = A2 - Y
both networks have the same update rules
    -- 3.10 to 3.14, marked on the second network, all samples
    [log loss] dW2 = (A2 - Y) @ A1.T / m
    & db2 = sum(A2 - Y, axis=1, keepdims=True) / m
    & delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m
    & dW1 = (W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m
    & db1 = sum(m * delta1, axis=1, keepdims=True) / m
""",
        Compared(
            "A1",
            unit_by_unit,
            lambda n: n[""].trace().A[1],
            "A1, unit by unit",
        ),
    ),
)
