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
from audit.readings import Compared, Derivation, formulas, ready, with_the_same_weights
from gradient_check import print_gradient_check
from plot_style import BLUE, GREY, ORANGE, below, panels, plot_loss, save

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import SquaredError

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
    below(ax)


def plot_three_trainings(ax, plain, halved, slow):
    """Mean squared error of each epoch; J of the halved losses is half of it."""
    plot_loss(ax, plain.loss_curve_, "loss $(a - y)^2$, rate 0.1", ORANGE)
    plot_loss(ax, 2 * np.array(halved.loss_curve_), "half of it, rate 0.2", "black")
    ax.lines[-1].set_linestyle((0, (2, 3)))
    plot_loss(ax, 2 * np.array(slow.loss_curve_), "half of it, rate 0.1", BLUE)
    ax.set(title="Same path, or half the speed", ylabel="mean squared error")
    ax.set(xscale="log", ylim=(0, None))
    below(ax, n_columns=2)


# -- the derivation on paper, marked by audit_five_derivations.py --------------------------------


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
    print_gradient_check(net, X, y)

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

    fig, (left, right) = panels("Eight sigmoid units and a linear output learn a sine")
    plot_fits(left, X, y)
    plot_three_trainings(right, plain, halved, slow)
    save(fig, "derivation_2_sigmoid_regression.png")


if __name__ == "__main__":
    main()
