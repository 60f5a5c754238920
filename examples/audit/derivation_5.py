"""The formulas of derivation 5 as they stand on paper, and the networks to mark them on."""

import numpy as np
from derivation_5_relu_layers import network

from sknn_edu.activations import ReLU

from .readings import Compared, Derivation, formulas, ready


def on_paper():
    """Hidden units are on for some samples and off for others.

    The outputs are positive for all samples, by their biases: the logarithm has no derivative at
    0 that could be marked. This makes g'(Z3) = 1, so the marking cannot see that factor.
    """
    rng = np.random.default_rng(178)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])
    W = [rng.normal(size=shape) for shape in ((3, 4), (4, 3), (3, 2))]
    b = [rng.normal(0, 0.3, 4), rng.normal(0, 0.3, 3), np.array([2.5, 3.0])]
    return {
        name: ready(network(3, "relu", loss), X, y, weight_init=(W, b))
        for name, loss in (("", "log_loss"), ("squared error", "squared_error"))
    }


def relu_at(name, formula):
    """A formula beside the engine's ReLU, or its derivative: left of 0, at 0 and right of it."""
    Z = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])

    def engine(networks):
        A = ReLU().forward(Z, out=np.empty_like(Z))
        return A if name == "g" else ReLU().derivative(Z, A, out=np.empty_like(Z))

    return Compared(name, lambda networks: formula(Z), engine, f"{name} at -2, -1/2, 0, 1/2 and 2")


DERIVATION = Derivation(
    "3-4-3-2, ReLU in every layer, also the output; cross-entropy",
    "J has 1/m. delta is dJ/dZ; names on the right side mean the true values. Products with g' are "
    "entry by entry, sums without bounds go over the samples.",
    on_paper,
    formulas(
        5,
        """
A0 = X, Z1 = W1 A0 + b1
    Z1 = W1 @ X + b1
A1 = g(Z1)
    A1 = relu(Z1)
Z2 = W2 A1 + b2
    Z2 = W2 @ A1 + b2
A2 = g(Z2)
    A2 = relu(Z2)
Z3 = W3 A2 + b3
    Z3 = W3 @ A2 + b3
A3 = g(Z3)
    A3 = relu(Z3)
J = -1/m Y log(yhat)
    -- entry by entry, and summed
    loss = -sum(Y * log(A3)) / m
    -- as a product of matrices
    loss = -1 / m * Y @ log(A3)
dJ/dA3 = Y - A3
    [one sample] dA3 = Y - A3
    -- with the 1/m that 5.14 brings in
    dA3 = (Y - A3) / m
    -- as it stands, J with its 1/m: three mistakes at once
    dA3 = Y - A3
W_l := W_l - alpha dW_l
    W[l]_next = W[l] - learning_rate * dW[l]  for l = 1, 2, 3
b_l := b_l - alpha db_l
    b[l]_next = b[l] - learning_rate * db[l]  for l = 1, 2, 3
dZ3/db3 = 1
    -- as a factor of db3
    db3 = sum(delta3 * 1, axis=1, keepdims=True)
dA3/dZ3 = g'(Z3)
    -- as a factor of delta3
    delta3 = dA3 * d_relu(Z3)
dZ3/dW3 = A2
    -- as a factor of dW3
    dW3 = delta3 @ A2.T
dJ/dW3 = 1/m (A3 - Y) g'(Z3) A2^T
    dW3 = ((A3 - Y) * d_relu(Z3)) @ A2.T / m
    -- with half the squared error for the loss
    [squared error, aside] dW3 = ((A3 - Y) * d_relu(Z3)) @ A2.T / m
dJ/db3 = 1/m sum (A3 - Y) g'(Z3)
    db3 = sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m
    -- with half the squared error for the loss
    [squared error, aside] db3 = sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m
delta3 = dJ/dZ3 = (A3 - Y) g'(Z3)
    -- as it stands, J with its 1/m
    delta3 = (A3 - Y) * d_relu(Z3)
    -- with the 1/m of 5.28
    delta3 = (A3 - Y) * d_relu(Z3) / m
    -- with 1/m, and half the squared error for the loss
    [squared error, aside] delta3 = (A3 - Y) * d_relu(Z3) / m
dJ/dW2 = W3^T delta3 g'(Z2) A1^T
    dW2 = (W3.T @ delta3 * d_relu(Z2)) @ A1.T
    -- with delta3 of 5.16 substituted
    [aside] dW2 = (W3.T @ ((A3 - Y) * d_relu(Z3)) * d_relu(Z2)) @ A1.T
dJ/db2 = W3^T delta3 g'(Z2)
    [one sample] db2 = W3.T @ delta3 * d_relu(Z2)
    db2 = W3.T @ delta3 * d_relu(Z2)
delta2 = dJ/dZ2 = W3^T delta3 g'(Z2)
    delta2 = W3.T @ delta3 * d_relu(Z2)
dJ/dW1 = W2^T delta2 g'(Z1) A0^T
    dW1 = (W2.T @ delta2 * d_relu(Z1)) @ A0.T
    -- with delta3 of 5.16 substituted
    [aside] dW1 = (W2.T @ (W3.T @ ((A3 - Y) * d_relu(Z3)) * d_relu(Z2)) * d_relu(Z1)) @ A0.T
dJ/db1 = W2^T delta2 g'(Z1)
    [one sample] db1 = W2.T @ delta2 * d_relu(Z1)
    db1 = W2.T @ delta2 * d_relu(Z1)
W_l := W_l - alpha dJ/dW_l, b_l := b_l - alpha dJ/db_l
    W[l]_next = W[l] - learning_rate * dW[l]  for l = 1, 2, 3
    & b[l]_next = b[l] - learning_rate * db[l]  for l = 1, 2, 3
g(Z) = max(0, Z)
    A[l] = maximum(0, Z[l])  for l = 1, 2, 3
    = g at -2, -1/2, 0, 1/2 and 2
g'(Z) = {1 for Z > 0, 0 for Z <= 0}
    = g' at -2, -1/2, 0, 1/2 and 2
dJ/dW_l = delta_l A_(l-1)^T
    dW[l] = delta[l] @ A[l-1].T  for l = 1, 2, 3
dJ/db_l = delta_l
    [one sample] db[l] = delta[l]  for l = 1, 2, 3
    db[l] = delta[l]  for l = 1, 2, 3
delta_l = (W_(l+1)^T delta_(l+1)) g'(Z_l)
    delta[l] = W[l+1].T @ delta[l+1] * d_relu(Z[l])  for l = 1, 2
delta_L = 1/m dJ/dA_L g'(Z_L)
    -- J with its 1/m
    delta3 = dA3 * d_relu(Z3) / m
    -- dJ/dA_L without 1/m, as in 5.8
    delta3 = (m * dA3) * d_relu(Z3) / m
delta3 = dJ/dZ3 = (A3 - Y) g'(Z3), once more
    -- as it stands, J with its 1/m
    delta3 = (A3 - Y) * d_relu(Z3)
    -- with the 1/m of 5.28
    delta3 = (A3 - Y) * d_relu(Z3) / m
g'(Z3) = {1 for Z3 > 0, 0 for Z3 <= 0}
    = g' at -2, -1/2, 0, 1/2 and 2
for numpy: dL/dW_l = delta_l A_(l-1)^T
    dW[l] = delta[l] @ A[l-1].T  for l = 1, 2, 3
for numpy: dL/db_l = sum_i delta_l(i)
    db[l] = sum(delta[l], axis=1, keepdims=True)  for l = 1, 2, 3
for numpy: delta_l = (W_(l+1)^T o delta_(l+1)) g'(Z_l), o the dot product
    delta[l] = W[l+1].T @ delta[l+1] * d_relu(Z[l])  for l = 1, 2
for numpy: delta_L = 1/m dL/dA_L g'(Z_L)
    -- dL/dA_L with the 1/m of J
    delta3 = dA3 * d_relu(Z3) / m
    -- dL/dA_L without 1/m, as in 5.8
    delta3 = (m * dA3) * d_relu(Z3) / m
""",
        relu_at("g", lambda Z: np.maximum(0, Z)),
        relu_at("g'", lambda Z: np.where(Z > 0, 1.0, 0.0)),
    ),
)
