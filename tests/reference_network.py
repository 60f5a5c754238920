"""J written a second time, as plainly as possible, for autograd to differentiate.

Every formula is stated anew from its definition. Of sknn_edu, only the names and the
settings of activations and losses are used, to look up the formula.
"""

from dataclasses import dataclass

import autograd.numpy as np
from autograd import grad, value_and_grad
from autograd.scipy.special import erfc, expit, logsumexp
from scipy.special import xlogy

EPSILON = np.finfo(float).eps

ACTIVATIONS = {
    "elu": lambda z, alpha: np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1)),
    "exp": np.exp,
    "gelu": lambda z: z * erfc(-z / np.sqrt(2)) / 2,
    "hard_sigmoid": lambda z: np.clip((z + 3) / 6, 0, 1),
    "hard_tanh": lambda z: np.clip(z, -1, 1),
    "identity": lambda z: z,
    "leaky_relu": lambda z, negative_slope: np.where(z > 0, z, negative_slope * z),
    "logistic": expit,
    "mish": lambda z: z * np.tanh(np.logaddexp(0, z)),
    "relu": lambda z: np.maximum(z, 0),
    "selu": lambda z: (
        1.0507009873554804934193349852946
        * np.where(z > 0, z, 1.6732632423543772848170429916717 * (np.exp(np.minimum(z, 0)) - 1))
    ),
    "silu": lambda z: z * expit(z),
    "softmax": lambda z: np.exp(z - logsumexp(z, axis=1, keepdims=True)),
    "softplus": lambda z: np.logaddexp(0, z),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "tanh": lambda z: (np.exp(2 * np.minimum(z, 20)) - 1) / (np.exp(2 * np.minimum(z, 20)) + 1),
}

# The loss at one output a with target y; t = 2 y - 1 is +1 or -1.
LOSSES = {
    "absolute_error": lambda a, y: np.abs(a - y),
    "hinge": lambda a, y: np.maximum(0, 1 - (2 * y - 1) * a),
    "huber": lambda a, y, delta: np.where(
        np.abs(a - y) <= delta, (a - y) ** 2 / 2, delta * (np.abs(a - y) - delta / 2)
    ),
    "log_loss": lambda a, y: -y * log(a),  # y is smoothed already
    "poisson": lambda a, y: xlogy(y, y) - y * log(a) - y + a,
    "quantile": lambda a, y, q: np.where(y > a, q * (y - a), (1 - q) * (a - y)),
    "squared_error": lambda a, y: (a - y) ** 2 / 2,
    "squared_hinge": lambda a, y: np.maximum(0, 1 - (2 * y - 1) * a) ** 2,
}

# Behind these outputs the log loss is that of a yes or no of each output's own.
YES_OR_NO = {"logistic", "hard_sigmoid"}


def log(a):
    """The logarithm, cut off where the library says that it is."""
    return np.log(np.maximum(a, EPSILON))


def activate(f, z):
    """f(z) by the formula that belongs to f's name."""
    return ACTIVATIONS[f.name](z, **f.settings())


def loss_of_each_sample(loss, output, a, y):
    """The loss, summed over the outputs."""
    formula, settings = LOSSES[loss.name], loss.settings()
    if loss.name != "log_loss":
        return np.sum(formula(a, y, **settings), axis=1)
    s, yes_or_no = settings["label_smoothing"], output.name in YES_OR_NO
    y = (1 - s) * y + s / (2 if yes_or_no else a.shape[1])
    value = formula(a, y)
    if yes_or_no:
        value = value + formula(1 - a, 1 - y)
    return np.sum(value, axis=1)


@dataclass(frozen=True)
class ReferenceNetwork:
    """J as a function of (W, b, X), by formulas and differentiation that share nothing with ours.

    ``activations`` are those of all layers, ``terms`` the pairs (factor, loss) that add up
    to the loss; Y has a column for each output and w a weight for each row.
    """

    activations: tuple
    terms: tuple
    alpha: float
    l1_ratio: float
    Y: np.ndarray
    w: np.ndarray

    @staticmethod
    def knows(activations, terms):
        """Whether there is a formula for each of them."""
        return {f.name for f in activations} <= ACTIVATIONS.keys() and {
            loss.name for _, loss in terms
        } <= LOSSES.keys()

    def J(self, parameters):
        """The objective of the contract, term by term."""
        W, b, A = parameters
        for f, weights, biases in zip(self.activations, W, b, strict=True):
            A = activate(f, np.dot(A, weights) + biases)
        output = self.activations[-1]
        losses = sum(c * loss_of_each_sample(loss, output, A, self.Y) for c, loss in self.terms)
        l1 = sum(np.sum(np.abs(weights)) for weights in W)
        l2 = sum(np.sum(weights**2) for weights in W)
        penalty = self.alpha * (self.l1_ratio * l1 + (1 - self.l1_ratio) / 2 * l2)
        return (np.sum(self.w * losses) + penalty) / np.sum(self.w)

    def value_and_gradient(self, W, b, X):
        """J and (dW, db, dX)."""
        return value_and_grad(self.J)((list(W), list(b), X))

    def hessian_product(self, W, b, X, dW, db):
        """The change of (dJ/dW, dJ/db) when the parameters move along (dW, db)."""

        def slope_along_direction(parameters):
            gradients = grad(lambda parameters: self.J((*parameters, X)))(parameters)
            pairs = zip([*gradients[0], *gradients[1]], [*dW, *db], strict=True)
            return sum(np.sum(gradient * step) for gradient, step in pairs)

        return grad(slope_along_direction)((list(W), list(b)))
