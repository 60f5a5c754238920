"""Small data of every kind, and small networks for them."""

import numpy as np

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise
from sknn_edu.losses import Loss

INCREMENTAL = ["gd", "sgd", "adagrad", "rmsprop", "adam", "adamw", "nadam"]
FULL_BATCH = ["lbfgs", "newton-cg", "lm"]

rng = np.random.RandomState(0)
X = rng.normal(size=(60, 4))
y = np.tanh(X @ [1.0, -2.0, 0.5, 0.0]) + 0.1 * rng.normal(size=60)
Y = np.c_[y, y**2]
c = (y > 0).astype(int)
c3 = np.digitize(y, [-0.5, 0.5])
labels = np.c_[c, c3 > 0, c3 > 1].astype(int)
w = rng.uniform(0.5, 2, size=60)


def regressor(**params):
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "max_iter": 5}
    return BackpropRegressor(**{**given, **params})


def classifier(**params):
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "max_iter": 5}
    return BackpropClassifier(**{**given, **params})


def parameters(est):
    return [*est.coefs_, *est.intercepts_]


def assert_same_network(one, other, **tolerance):
    for a, b in zip(parameters(one), parameters(other), strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 0, "atol": 0, **tolerance})


X_val = np.random.RandomState(5).normal(size=(25, 4))
y_val = np.tanh(X_val @ [1.0, -2.0, 0.5, 0.0])
c_val = (y_val > 0).astype(int)
given = {"X_val": X_val, "y_val": y_val}


def held_out_scorer(est, X, y):
    return -np.abs(est.predict(X) - y).max()


class LogCosh(Loss):
    """sum log cosh(a - y), a smooth absolute error."""

    def value(self, A, Y):
        R = A - Y
        return (np.logaddexp(R, -R) - np.log(2)).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.tanh(A - Y, out=out)


class Sine(Elementwise):
    """f(z) = sin(z)."""

    def forward(self, Z, out):
        return np.sin(Z, out=out)

    def derivative(self, Z, A, out):
        return np.cos(Z, out=out)


class Cubic(Elementwise):
    """slope z + z^3 / 9, without a formula."""

    def __init__(self, slope=1.0):
        self.slope = slope

    def forward(self, Z, out):
        out[:] = self.slope * Z + Z**3 / 9
        return out

    def derivative(self, Z, A, out):
        out[:] = self.slope + Z**2 / 3
        return out


class Centred(Activation):
    """Subtracts the mean of the units, and scales."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def forward(self, Z, out):
        out[:] = self.scale * (Z - Z.mean(axis=1, keepdims=True))
        return out

    def backward(self, Z, A, dA, out):
        out[:] = self.scale * (dA - dA.mean(axis=1, keepdims=True))
        return out


class Quartic(Loss):
    """The sum of the fourth powers of the errors."""

    def value(self, A, Y):
        return ((A - Y) ** 4).sum(axis=1)

    def gradient(self, A, Y, out):
        out[:] = 4 * (A - Y) ** 3
        return out
