"""Why regression and yes-or-no classification backpropagate the same delta, A - Y.

A network with one hidden layer of sigmoid units and a linear output predicts the progress of
diabetes from the body mass index, with half the mean squared error as its loss::

    Z1 = X W1 + b1     A1 = sigmoid(Z1)     A2 = Z2 = A1 W2 + b2
    J = 1/(2m) ||A2 - Y||^2     delta2 = (A2 - Y) / m     delta1 = (delta2 W2^T) * A1 (1 - A1)

With A2 = sigmoid(Z2) and the log loss, delta2 = (A2 - Y) / m again. The reason: each output
function is the canonical partner of its loss. Both losses can be written as c(z) - y z, up to a
constant, where the derivative of c is the output function, so that the derivative with respect to
z is a - y: for squared error c(z) = z^2 / 2 and a = z, for the log loss c(z) = log(1 + e^z) and
a = sigmoid(z).

The two share the formula, not the numbers: A is another function of Z, and so are the loss, the
delta, and the trained network.
"""

import warnings
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.teaching import check_gradient

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"

GRADIENT_DESCENT: dict[str, Any] = {
    "hidden_layer_sizes": (6,),
    "activation": "sigmoid",
    "solver": "gd",
    "learning_rate_init": 0.5,
    "max_iter": 3000,
    "tol": 0,
    "n_iter_no_change": np.inf,
    "alpha": 0,
    "random_state": 0,
}


def bmi_and_progress():
    """Body mass index in standard units, progress after a year, and whether it is above average."""
    data = load_diabetes(scaled=False)
    bmi, progress = data.data[:, [2]], data.target
    X = (bmi - bmi.mean()) / bmi.std()
    y = (progress - progress.mean()) / progress.std()
    return bmi, progress, X, y, (y > 0).astype(int)


def linear_network():
    return BackpropRegressor(loss=SquaredError(), **GRADIENT_DESCENT)


def sigmoid_network(loss=None):
    loss = LogLoss() if loss is None else loss
    return BackpropClassifier(loss=loss, output_activation="sigmoid", **GRADIENT_DESCENT)


def gradient_by_hand(net, X, y):
    """The derivation in NumPy: dW1, dW2, db1, db2. It holds for both networks."""
    m, Y = len(X), y[:, np.newaxis]
    _, W2 = net.coefs_
    A1 = net.hidden_activations(X)[0]
    delta2 = (output(net, X)[:, np.newaxis] - Y) / m
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    return X.T @ delta1, A1.T @ delta2, delta1.sum(axis=0), delta2.sum(axis=0)


def output(net, X):
    """A2: a number, or the probability of a yes."""
    Z = net.logits(X)[:, 0]
    return Z if net.out_activation_ == "identity" else 1 / (1 + np.exp(-Z))


def print_agreement(name, net, X, y):
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, y)
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, [*dW, *db]))
    print(f"{name}: the derivation in NumPy differs from the package by {worst:.1e}")
    check = check_gradient(net, X, y)
    print(f"\n{check}")
    assert check.ok
    print()


def delta_of_each(net, X, y):
    """delta2 of each sample alone: its gradient with respect to the bias of the output."""
    rows = [slice(i, i + 1) for i in range(len(X))]
    return np.array([net.objective_and_gradient(X[row], y[row])[2][-1].item() for row in rows])


def with_weights_of(net, other, X, y):
    """``net`` with the weights of ``other``."""
    net.initialize(X, y)
    net.coefs_, net.intercepts_ = other.coefs_, other.intercepts_
    return net


def compare_deltas(linear, sigmoid, X, yes):
    """The same weights, and so the same Z2, with two pairs of output and loss."""
    print("Same weights, same Z2, same targets; the package's delta of each sample alone")
    print("                     linear, squared error            sigmoid, log loss")
    print("    y      z2         a     a - y     delta         a     a - y     delta")
    table = [sigmoid.logits(X)[:, 0]]
    for net in (linear, sigmoid):
        table += [output(net, X), output(net, X) - yes, delta_of_each(net, X, yes)]
    for y, row in zip(yes, np.transpose(table)):
        print(f"    {y}", *(f"{number:+9.4f}" for number in row))
    print(f"    J {linear.objective(X, yes):37.4f} {sigmoid.objective(X, yes):29.4f}")

    print("\nBelow delta2 the two networks are equal: dJ/dX divided by delta2, for each sample")
    for name, net in (("linear", linear), ("sigmoid", sigmoid)):
        ratio = len(X) * net.input_gradient(X, yes)[:, 0] / delta_of_each(net, X, yes)
        print(f"    {name:8}", *(f"{r:+9.6f}" for r in ratio))


def show_wrong_partner(sigmoid, X, yes):
    net = with_weights_of(sigmoid_network(SquaredError()), sigmoid, X, yes)
    a = output(net, X)
    print("\nSquared error with a sigmoid output, which is not its partner: delta2 is not a - y,")
    print("but (a - y) a (1 - a), which vanishes where a is near 0 or 1")
    print("    a - y   ", *(f"{v:+9.6f}" for v in a - yes))
    print("    delta2  ", *(f"{v:+9.6f}" for v in delta_of_each(net, X, yes)))


def plot_regression(ax, net, bmi, progress, X):
    order = bmi[:, 0].argsort()
    ax.plot(bmi, progress, "o", color=GREY, ms=4, alpha=0.6, label="442 patients")
    fit = net.predict(X) * progress.std() + progress.mean()
    ax.plot(bmi[order], fit[order], color=BLUE, label="the network")
    ax.set(title="Regression", xlabel="body mass index", ylabel="progress of the disease")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def plot_yes_or_no(ax, linear, sigmoid, bmi, X, yes):
    order = bmi[:, 0].argsort()
    jitter = np.random.default_rng(0).uniform(-0.03, 0.03, len(yes))
    ax.plot(bmi, yes + jitter, "o", color=GREY, ms=4, alpha=0.4)
    ax.plot(bmi[order], output(linear, X)[order], color=BLUE, label="linear")
    ax.plot(bmi[order], output(sigmoid, X)[order], color=ORANGE, label="sigmoid")
    ax.set(title="Both trained on yes or no", xlabel="body mass index")
    ax.set_ylabel("above average? $a$")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def plot_deltas(ax):
    z = np.linspace(-4, 4, 200)
    for name, a, color in (("linear", z, BLUE), ("sigmoid", 1 / (1 + np.exp(-z)), ORANGE)):
        ax.plot(z, a - 1, color=color, label=f"{name}, $y = 1$")
        ax.plot(z, a - 0, "--", color=color, label=f"{name}, $y = 0$")
    ax.axhline(0, color="black", lw=0.8)
    ax.set(title="One formula, two functions of $z$", xlabel="$z$", ylabel="delta $= a - y$")
    ax.set_ylim(-3, 3)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize="small")


def main():
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    bmi, progress, X, y, yes = bmi_and_progress()
    print_agreement("Linear, squared error", linear_network().initialize(X, y), X, y)
    print_agreement("Sigmoid, log loss", sigmoid_network().initialize(X, yes), X, yes)

    regression = linear_network().fit(X, y)
    print(f"Trained for {regression.n_iter_} epochs: J = {regression.loss_:.4f},", end=" ")
    print(f"R2 = {regression.score(X, y):.3f} from the body mass index alone\n")

    sigmoid = sigmoid_network().fit(X, yes)
    few = slice(0, 6)
    twin = with_weights_of(linear_network(), sigmoid, X, yes)
    compare_deltas(twin, sigmoid, X[few], yes[few])
    show_wrong_partner(sigmoid, X[few], yes[few])

    fig, (left, middle, right) = plt.subplots(1, 3, figsize=(14.8, 4.6), layout="constrained")
    fig.suptitle("Canonical partners: one delta for two networks", fontsize=14)
    plot_regression(left, regression, bmi, progress, X)
    plot_deltas(middle)
    plot_yes_or_no(right, linear_network().fit(X, yes), sigmoid, bmi, X, yes)
    fig.savefig("derivation_3_canonical_partners.png", dpi=130)
    print("\nPicture: derivation_3_canonical_partners.png")


if __name__ == "__main__":
    main()
