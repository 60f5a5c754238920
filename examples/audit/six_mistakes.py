"""The numbers for six of the mistakes, a few lines for each."""

from functools import cache

import numpy as np
from derivation_1_tanh_softmax import network
from derivation_4_softmax_jacobian import half

from sknn_edu.losses import LogLoss, SquaredError

from .marking import DERIVATIONS
from .readings import line, ready


def bias():
    """A bias gradient that is not summed, and the resulting bias."""
    t = DERIVATIONS[0].networks()[""].trace()
    lines = [
        f"b2 {t.b[2].shape}, delta2 {t.delta[2].shape}, sum over the samples {t.db[2].shape}",
        f"b2 - 0.1 * delta2 {(t.b[2] - 0.1 * t.delta[2]).shape}: a bias for each sample",
    ]
    for m, J in bias_not_summed():
        lines.append(f"after {m:4} steps   J {J[0]:.4f}, on fresh pairs {J[1]:.4f}")
        lines.append(f"    if summed      J {J[2]:.4f}, on fresh pairs {J[3]:.4f}")
    return lines


def relu():
    """A - Y for a ReLU output with the cross-entropy, for one sample."""
    networks = DERIVATIONS[4].networks()
    t, other = networks[""].trace(1), networks["squared error"].trace(1)
    shortcut = (t.A[3] - t.Y) * (t.Z[3] > 0)
    return [
        line("a", t.A[3], 34, ".4f"),
        line("y", t.Y, 34, ".0f"),
        line("delta of the cross-entropy, -y/a", t.delta[3] + 0.0, 34),
        line("A - Y", shortcut, 34),
        line("delta of half the squared error", other.delta[3], 34),
    ]


def layer():
    """A2 in place of A1: with two hidden units and two outputs the shapes agree by chance."""
    X, y = (own := DERIVATIONS[0].networks()[""]).X, own.y
    lines = []
    for n in (2, 3):
        t = ready(network(SquaredError() + LogLoss()), X, y, hidden_layer_sizes=n).trace()
        answer = (t.delta[2] @ t.A[2].T).shape
        lines.append(f"2-{n}-2: dW2 {t.dW[2].shape}, delta2 @ A2.T {answer}")
    return lines


def mean():
    """The length of the step of each layer, divided by the correct one."""
    t = DERIVATIONS[0].networks()[""].trace()
    m = t.m
    first = [("W2", (m * t.delta[2]) @ t.A[1].T / m, t.dW[2])]
    back = (t.W[2].T @ t.delta[2]) * (1 - t.A[1] ** 2)
    first += [("W1", back @ t.A[0].T / m, t.dW[1])]
    lines = [f"derivation 1, m = {m}, with the right A1 and delta2"]
    lines += [
        f"    step of {name}: {ratio(said, true):.3f} of the right one"
        for name, said, true in first
    ]

    t = DERIVATIONS[4].networks()["squared error"].trace()
    m = t.m
    delta = (t.A[3] - t.Y) * (t.Z[3] > 0)
    lines += [f"derivation 5, m = {m}, with half the squared error, where A - Y is right"]
    lines += [f"    step of W3: {ratio(delta @ t.A[2].T / m, t.dW[3]):.3f} of the right one"]
    for l in (2, 1):
        delta = (t.W[l + 1].T @ delta) * (t.Z[l] > 0)
        lines += [f"    step of W{l}: {ratio(delta @ t.A[l - 1].T, t.dW[l]):.3f} of the right one"]
    return lines


def ratio(said, true):
    return np.linalg.norm(said) / np.linalg.norm(true)


def cases():
    """The two cases of one delta, for the first sample of the fourth derivation."""
    t = DERIVATIONS[3].networks()[""].trace(1)
    a, slope = t.A[3][:, 0], -2 * (t.Y - t.A[3])[:, 0]
    same, other = a * (1 - a) * slope, (-a * a[::-1]) * slope[::-1]
    return [
        line("i = j alone", same, 34),
        line("i != j alone", other, 34),
        line("both added", same + other, 34),
        line("delta3", t.delta[3], 34),
        line("both added, the minus lost", np.round(same - other, 12) + 0.0, 34),
    ]


# -- a bias for each sample ---------------------------------------------------------------------


def pairs(n, rng):
    """n pairs of numbers, samples in columns, from the two Gaussians of the first derivation."""
    y = np.repeat([0, 1], n // 2)
    X = np.where(y == 0, rng.normal(1, 0.5, (2, n)), rng.normal(2, 0.2, (2, n)))
    return X, np.eye(2)[:, y]


def forward(X, W, b):
    A1 = np.tanh(W[0] @ X + b[0])
    E = np.exp(W[1] @ A1 + b[1])
    return A1, E / E.sum(axis=0)


def loss(A, Y):
    return np.sum((A - Y) ** 2 / 2 - Y * np.log(A)) / Y.shape[1]


def bias_steps(summed, steps, rate=0.1):
    """J and J on fresh pairs after each step, of the first derivation in NumPy.

    Not summed, b takes the shape of delta by broadcasting, without an error. Fresh pairs then have
    no bias of their own; they get the mean over the samples.
    """
    rng = np.random.default_rng(0)
    X, Y = pairs(40, rng)
    fresh, Y_fresh = pairs(4000, rng)
    W, b = [rng.normal(size=(2, 2)) for _ in range(2)], [np.zeros((2, 1)), np.zeros((2, 1))]
    for _ in range(steps):
        A1, A2 = forward(X, W, b)
        means = [one.mean(axis=1, keepdims=True) for one in b]
        yield loss(A2, Y), loss(forward(fresh, W, means)[1], Y_fresh)
        slope = A2 - Y
        delta2 = (A2 * (slope - np.sum(A2 * slope, axis=0)) + slope) / X.shape[1]
        delta1 = (W[1].T @ delta2) * (1 - A1**2)
        for l, (delta, A) in enumerate(((delta1, X), (delta2, A1))):
            W[l] = W[l] - rate * delta @ A.T
            b[l] = b[l] - rate * (delta.sum(axis=1, keepdims=True) if summed else delta)


@cache
def bias_not_summed(at=(300, 3000)):
    """(steps, (J, J fresh, the same two for the right gradient))."""
    wrong, right = (list(bias_steps(summed, max(at) + 1)) for summed in (False, True))
    return [(n, (*wrong[n], *right[n])) for n in at]


SIX_MISTAKES = {f.__name__: f for f in (half, bias, relu, layer, mean, cases)}
