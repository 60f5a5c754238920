"""Mean squared error with or without the half: a factor in the loss is a factor in the step.

A network with one hidden layer of sigmoid units and a linear output learns a noisy sine. Its loss
is the plain mean of (y - a)^2, so the 2 of the derivative stays in every formula::

    Z1 = X W1 + b1     A1 = sigmoid(Z1)     A2 = A1 W2 + b2     J = mean of (a - y)^2
    delta2 = 2 (A2 - Y) / m                 delta1 = (delta2 W2^T) * A1 (1 - A1)

Many books put a half in front so that the 2 cancels. The minimum stays the same: all gradients are
halved, and with twice the learning rate gradient descent takes the same steps. The example trains
both ways and compares the weights.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from sknn_edu import BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import SquaredError
from sknn_edu.teaching import check_gradient

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"

EPOCHS = 6000


def noisy_sine(n=60, seed=0):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-np.pi, np.pi, n))
    return x[:, np.newaxis], np.sin(x) + rng.normal(0, 0.15, n)


def network(loss, learning_rate=0.1, epochs=EPOCHS):
    """1 input, 8 sigmoid units, 1 linear output, plain gradient descent."""
    return BackpropRegressor(
        hidden_layer_sizes=(8,),
        activation="sigmoid",
        loss=loss,
        solver="gd",
        learning_rate_init=learning_rate,
        max_iter=epochs,
        tol=0,
        n_iter_no_change=np.inf,
        alpha=0,
        random_state=0,
    )


def gradient_by_hand(net, X, y):
    """The derivation in NumPy: dW1, dW2, db1, db2."""
    m, Y = len(X), y[:, np.newaxis]
    _, W2 = net.coefs_
    A1, A2 = net.hidden_activations(X)[0], net.predict(X)[:, np.newaxis]
    delta2 = 2 * (A2 - Y) / m
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    return X.T @ delta1, A1.T @ delta2, delta1.sum(axis=0), delta2.sum(axis=0)


def largest_difference(arrays, others):
    return max(np.abs(a - b).max() for a, b in zip(arrays, others))


def plot_loss(ax, loss_curve, label=None, color=BLUE):
    ax.plot(range(1, len(loss_curve) + 1), loss_curve, color=color, label=label)
    ax.set(xlabel="epoch", ylabel="loss $J$")


def plot_fits(ax, X, y):
    """The predictions after more and more epochs, from the same initial weights."""
    x = np.linspace(-np.pi, np.pi, 300)
    ax.plot(X, y, "o", color=GREY, ms=4, label="data")
    ax.plot(x, np.sin(x), "--", color="black", lw=1.5, label="sine")
    epochs = (100, 600, EPOCHS)
    for n, color in zip(epochs, plt.cm.YlOrRd(np.linspace(0.35, 0.85, len(epochs)))):
        net = network(2 * SquaredError(), 0.1, n).fit(X, y)
        ax.plot(x, net.predict(x[:, np.newaxis]), color=color, label=f"epoch {n}")
    ax.set(title="The fit, from a line to a sine", xlabel="$x$", ylabel="$y$")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def plot_three_trainings(ax, plain, halved, slow):
    """Mean squared error of each epoch; J of the halved losses is half of it."""
    plot_loss(ax, plain.loss_curve_, "loss $(a - y)^2$, rate 0.1", ORANGE)
    plot_loss(ax, 2 * np.array(halved.loss_curve_), "half of it, rate 0.2", "black")
    ax.lines[-1].set_linestyle((0, (2, 3)))
    plot_loss(ax, 2 * np.array(slow.loss_curve_), "half of it, rate 0.1", BLUE)
    ax.set(title="Same path, or half the speed", ylabel="mean squared error")
    ax.set(xscale="log", ylim=(0, None))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize="small")


def main():
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    X, y = noisy_sine()
    net = network(2 * SquaredError(), 0.1).initialize(X, y)
    mse = np.mean((net.predict(X) - y) ** 2)
    print(f"J of the package: {net.objective(X, y):.10f}   mean squared error: {mse:.10f}")
    _, dW, db = net.objective_and_gradient(X, y)
    worst = largest_difference(gradient_by_hand(net, X, y), [*dW, *db])
    print(f"The derivation in NumPy differs from the package by at most {worst:.1e}")
    check = check_gradient(net, X, y)
    print(f"\n{check}")
    assert check.ok

    plain = net.fit(X, y)
    halved = network(SquaredError(), 0.2).fit(X, y)
    slow = network(SquaredError(), 0.1).fit(X, y)
    print(f"\nAfter {EPOCHS} epochs   mean squared error   largest difference of a weight")
    for name, other in {
        "(a - y)^2,     rate 0.1": plain,
        "(a - y)^2 / 2, rate 0.2": halved,
        "(a - y)^2 / 2, rate 0.1": slow,
    }.items():
        mse = np.mean((other.predict(X) - y) ** 2)
        distance = largest_difference(
            plain.coefs_ + plain.intercepts_, other.coefs_ + other.intercepts_
        )
        print(f"    {name}         {mse:.6f}   {distance:20.1e}")

    print("Doubling and halving are exact in binary, so the first two rows do not differ at all.")

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Eight sigmoid units and a linear output learn a sine", fontsize=14)
    plot_fits(left, X, y)
    plot_three_trainings(right, plain, halved, slow)
    fig.savefig("derivation_2_sigmoid_regression.png", dpi=130)
    print("\nPicture: derivation_2_sigmoid_regression.png")


if __name__ == "__main__":
    main()
