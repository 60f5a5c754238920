"""The formulas of derivation 2 as they stand on paper, and the networks to mark them on."""

import numpy as np
from derivation_2_sigmoid_regression import network

from sknn_edu import BackpropClassifier
from sknn_edu.losses import SquaredError

from .readings import Compared, Derivation, formulas, ready, with_the_same_weights


def on_paper():
    """The author's network; the same for yes or no, without and with the half; a classifier."""
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    classes = np.array([0, 1, 1, 0, 1])
    classifier = BackpropClassifier(
        activation="sigmoid", output_activation="sigmoid", solver="gd", alpha=0
    )
    return with_the_same_weights(
        {
            "": ready(network(2 * SquaredError()), X, y, hidden_layer_sizes=4),
            "linear, yes or no": ready(
                network(2 * SquaredError()), X, 1.0 * classes, hidden_layer_sizes=4
            ),
            "with the half": ready(network(SquaredError()), X, 1.0 * classes, hidden_layer_sizes=4),
            "classification": ready(classifier, X, classes, hidden_layer_sizes=4),
        }
    )


def all_gradients(t):
    return np.concatenate([g.ravel() for g in (*t.dW.values(), *t.db.values())])


DERIVATION = Derivation(
    "3-4-1, sigmoid and a linear output; the squared error without the half",
    "L is the mean over n = m samples, until 2.8 drops mean and sum; w2 a1 and the like are meant "
    "for each weight, so the transposes are added here.",
    on_paper,
    formulas(
        2,
        """
z1 = w1 x + b1
    Z1 = W1 @ A0 + b1
a1 = sigmoid(z1)
    A1 = sigmoid(Z1)
z2 = w2 a1 + b2
    Z2 = W2 @ A1 + b2
yhat = a2 = linear(z2)
    A2 = identity(Z2)
L = 1/n sum (y - yhat)^2
    loss = sum((Y - A2)**2) / m
w_i := w_i - alpha dL/dw_i
    W[l]_next = W[l] - learning_rate * dW[l]  for l = 1, 2
b_i := b_i - alpha dL/db_i
    b[l]_next = b[l] - learning_rate * db[l]  for l = 1, 2
d/dw2 [1/n sum (y - yhat)^2] = d/dw2 (y - yhat)^2
    [one sample] loss = sum((Y - A2)**2)
    -- the same for all samples
    loss = sum((Y - A2)**2)
dyhat/dw2 = a1
    -- as a factor of dW2
    dW2 = delta2 @ A1.T
dL/dw2 = -2 (y - yhat) a1
    [one sample] dW2 = -2 * (Y - A2) @ A1.T
    -- the same for all samples
    dW2 = -2 * (Y - A2) @ A1.T
dL/dw2 = 2 (a2 - y) a1
    [one sample] dW2 = 2 * (A2 - Y) @ A1.T
    -- the same for all samples
    dW2 = 2 * (A2 - Y) @ A1.T
dL/db2 = d/db2 (y - yhat)
    -- as it stands; the next line has the square again
    [one sample] db2 = 0 * A2 - 1
    -- with the square that the loss has
    [one sample] db2 = -2 * (Y - A2)
dyhat/db2 = 1
    -- as a factor of db2
    db2 = sum(delta2 * 1, axis=1, keepdims=True)
dL/db2 = -2 (y - yhat) 1
    [one sample] db2 = -2 * (Y - A2) * 1
    -- the same for all samples
    db2 = -2 * (Y - A2) * 1
dL/db2 = 2 (a2 - y)
    [one sample] db2 = 2 * (A2 - Y)
    -- the same for all samples
    db2 = 2 * (A2 - Y)
dL/da2 = 2 (a2 - y)
    [one sample] dA2 = 2 * (A2 - Y)
    -- the same for all samples
    dA2 = 2 * (A2 - Y)
da2/dz2 = 1
    -- as a factor of delta2
    delta2 = dA2 * 1
da1/dz1 = (1 - a1) a1
    -- as a factor of delta1
    delta1 = dA1 * (1 - A1) * A1
dL/dw1 = 2 (a2 - y) 1 d(w2 a1 + b2)/da1 (1 - a1) a1 w2 x1
    -- as it stands: d(w2 a1 + b2)/da1 is w2, and w2 comes once more
    [one sample] dW1 = (2 * (A2 - Y) * 1 * W2.T * (1 - A1) * A1 * W2.T) @ A0.T
    -- w2 once, as in 2.20: it is what d(w2 a1 + b2)/da1 comes to
    [one sample] dW1 = (2 * (A2 - Y) * 1 * W2.T * (1 - A1) * A1) @ A0.T
    -- w2 once, the same for all samples
    dW1 = (W2.T @ (2 * (A2 - Y)) * (1 - A1) * A1) @ A0.T
dL/db1 = 2 (a2 - y) a1 (1 - a1) w2
    [one sample] db1 = 2 * (A2 - Y) * A1 * (1 - A1) * W2.T
    -- the same for all samples
    db1 = 2 * (A2 - Y) * A1 * (1 - A1) * W2.T
the updates are twice those of classification, the output being linear
    -- as a formula: A2 - Y of the log loss with sigmoid, twice
    delta2 = 2 * (A2 - Y) / m
    -- as numbers
    = every dW and db, same weights, same Y
    -- the reason given: a linear output, here with the half in its loss
    [linear, with the half] delta2 = 2 * (A2 - Y) / m
""",
        Compared(
            "dW, db",
            lambda n: 2 * all_gradients(n["classification"].trace()),
            lambda n: all_gradients(n["linear, yes or no"].trace()),
            "every dW and db, same weights, same Y",
            "another output activation gives another A2",
            "equal formulas, not equal numbers",
        ),
    ),
)
