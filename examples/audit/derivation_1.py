"""The formulas of derivation 1 as they stand on paper, and the networks to mark them on."""

import numpy as np
from derivation_1_tanh_softmax import network

from sknn_edu.losses import LogLoss, SquaredError

from .readings import Derivation, formulas, ready


def on_paper():
    rng = np.random.default_rng(0)
    y = np.array([0, 1, 1, 0, 1])
    X = np.where(y[:, None] == 0, rng.normal(1, 0.5, (5, 2)), rng.normal(2, 0.2, (5, 2)))
    return {"": ready(network(SquaredError() + LogLoss()), X, y)}


OWN_DELTA = "(A2 - Y) * (d_softmax(Z2) + 1) / m"

DERIVATION = Derivation(
    "2-2-2, tanh and softmax; half the squared error plus the cross-entropy",
    "Jbar is the mean over the samples, J_j the loss of sample j, J = m Jbar their sum. "
    "So dJ/dZ2 on paper is m * delta2 here.",
    on_paper,
    formulas(
        1,
        f"""
z1 = W1 a0 + b1
    Z1 = W1 @ A0 + b1
a1 = tanh(z1)
    A1 = tanh(Z1)
z2 = W2 a1 + b2
    Z2 = W2 @ A1 + b2
a2_j = e^z2_j / (e^z2_1 + e^z2_2)
    A2 = exp(Z2) / sum(exp(Z2), axis=0, keepdims=True)
Jbar = 1/(2m) sum (a2 - y)^2 - 1/m sum y log a2
    loss = sum((A2 - Y)**2) / (2 * m) - sum(Y * log(A2)) / m
J_j = 1/2 sum_i (a2 - y)^2 - sum_i y log a2
    [one sample] loss = sum((A2 - Y)**2) / 2 - sum(Y * log(A2))
Jbar = J / m
    loss = sum((A2 - Y)**2 / 2 - Y * log(A2)) / m
dJ_j/dz2_i = (a2_i - y_i) - sum_i y_i/a2_i da2_i/dz2_i
    -- as it stands, the sum with the whole Jacobian, times 1/m; the next line has da/dz twice
    delta2 = (A2 - Y + A2 * (-Y / A2 - sum(A2 * -Y / A2, axis=0, keepdims=True))) / m
dJ_j/dz2_i = (a2_i - y_i) da2_i/dz2_i - (a2_i - y_i)
    -- as it stands, times 1/m; the next line has plus
    delta2 = ((A2 - Y) * d_softmax(Z2) - (A2 - Y)) / m
dJ_j/dz2_i = (a2_i - y_i) (softmax'(z2_i) + 1)
    -- softmax' entry by entry, as da2_i/dz2_i in the line before; times 1/m
    delta2 = (A2 - Y) * (d_softmax(Z2) + 1) / m
    -- had softmax' been the Jacobian matrix, and 1 the unit matrix
    [aside] delta2 = (A2 * ((A2 - Y) - sum(A2 * (A2 - Y), axis=0, keepdims=True)) + A2 - Y) / m
dJ/dZ2 = (A2 - Y) (softmax'(Z2) + 1)
    -- J = m Jbar; the product is entry by entry
    delta2 = {OWN_DELTA}
dz2/dw2 = (a1)^T
    -- as a factor of dW2
    dW2 = delta2 @ A1.T
dJbar/dW2 = 1/m dJ/dZ2 (A2)^T
    dW2 = delta2 @ A2.T
    -- with 1.11 substituted
    [aside] dW2 = ({OWN_DELTA}) @ A2.T
dZ2/db2 = 1
    -- as a factor of db2
    db2 = sum(delta2 * 1, axis=1, keepdims=True)
dJbar/db2 = 1/m dJ/dZ2
    [one sample] db2 = delta2
    db2 = delta2
    -- with 1.11 substituted
    [aside] db2 = {OWN_DELTA}
dZ2/dA1 = W2
    -- as a factor of dA1
    dA1 = W2.T @ delta2
dA1/dZ1 = sech^2(Z1)
    -- as a factor of delta1
    delta1 = dA1 * sech(Z1)**2
dZ1/dW1 = (A0)^T
    -- as a factor of dW1
    dW1 = delta1 @ A0.T
dJbar/dW1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1) (A0)^T
    -- Jbar as it was defined
    dW1 = (W2.T @ delta2 * sech(Z1)**2) @ A0.T / m
    -- J for Jbar, as in 1.13
    dW1 = (W2.T @ (m * delta2) * sech(Z1)**2) @ A0.T / m
    -- with 1.11 substituted
    [aside] dW1 = (W2.T @ ({OWN_DELTA}) * sech(Z1)**2) @ A0.T
dJbar/db1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1)
    -- Jbar as it was defined
    db1 = W2.T @ delta2 * sech(Z1)**2 / m
    -- J for Jbar, as in 1.15
    db1 = W2.T @ (m * delta2) * sech(Z1)**2 / m
    -- J for Jbar
    [one sample] db1 = W2.T @ (m * delta2) * sech(Z1)**2 / m
W2 := W2 - alpha dJbar/dW2
    W2_next = W2 - learning_rate * dW2
b2 := b2 - alpha dJbar/db2
    b2_next = b2 - learning_rate * db2
W1 := W1 - alpha dJbar/dW1
    W1_next = W1 - learning_rate * dW1
b1 := b1 - alpha dJbar/db1
    b1_next = b1 - learning_rate * db1
""",
    ),
)
