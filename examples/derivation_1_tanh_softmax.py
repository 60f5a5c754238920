"""Two losses at once: the delta of a sum of losses is the sum of their deltas.

The network has two inputs, two tanh units and two softmax outputs, one for each class. It predicts
from which of two Gaussians a pair of numbers was drawn. Its loss is half the squared error plus
the cross-entropy, averaged over the m samples::

    Z1 = X W1 + b1     A1 = tanh(Z1)     Z2 = A1 W2 + b2     A2 = softmax(Z2)
    J = mean of  1/2 ||a - y||^2 - sum y log a

With softmax, the delta of the cross-entropy is a - y. That of the squared error is not: its
derivative a - y must be multiplied by the Jacobian of softmax, diag(a) - a a^T. The delta of the
sum of the two losses is the sum of the two deltas; the rest of backpropagation is the same.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.teaching import check_gradient

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"

MEANS, DEVIATIONS = (1.0, 2.0), (0.5, 0.2)


def draw_pairs(n_per_class=300, seed=2):
    """Pairs from two Gaussians, and which of the two each came from."""
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(m, s, (n_per_class, 2)) for m, s in zip(MEANS, DEVIATIONS)])
    return X, np.repeat([0, 1], n_per_class)


def network(loss):
    """2 inputs, 2 tanh units, 2 softmax outputs, plain gradient descent."""
    return BackpropClassifier(
        hidden_layer_sizes=(2,),
        activation="tanh",
        output_activation="softmax",
        loss=loss,
        solver="gd",
        learning_rate_init=0.2,
        max_iter=12_000,
        tol=0,
        n_iter_no_change=np.inf,
        alpha=0,
        random_state=3,
    )


def gradient_by_hand(net, X, Y):
    """The derivation in NumPy: dW1, dW2, db1, db2."""
    m = len(X)
    _, W2 = net.coefs_
    A1, A2 = net.hidden_activations(X)[0], net.predict_proba(X)
    dA2 = A2 - Y  # the derivative of half the squared error
    through_softmax = A2 * (dA2 - np.sum(A2 * dA2, axis=1, keepdims=True))
    delta2 = (through_softmax + (A2 - Y)) / m
    delta1 = (delta2 @ W2.T) * (1 - A1**2)  # 1 - tanh^2 = sech^2
    return X.T @ delta1, A1.T @ delta2, delta1.sum(axis=0), delta2.sum(axis=0)


def show_that_gradients_add_up(X, y):
    """Three networks with the same weights: one for each loss, and one for the sum."""
    print("The gradient of the sum is the sum of the gradients, here for W2:")
    gradients = {}
    for name, loss in {
        "half the squared error": SquaredError(),
        "cross-entropy": LogLoss(),
        "both": SquaredError() + LogLoss(),
    }.items():
        _, (_, dW2), _ = network(loss).initialize(X, y).objective_and_gradient(X, y)
        gradients[name] = dW2
        print(f"    {name:24}", " ".join(f"{g:+.6f}" for g in dW2.ravel()))
    squared, entropy, both = gradients.values()
    print(f"    largest difference: {np.abs(squared + entropy - both).max():.1e}")


def log_odds_of_the_second(X):
    """Log of the odds for the second Gaussian, known because the data are simulated."""
    (m1, m2), (s1, s2) = MEANS, DEVIATIONS
    squares = ((X - m1) / s1) ** 2 / 2 - ((X - m2) / s2) ** 2 / 2
    return squares.sum(axis=-1) + 2 * np.log(s1 / s2)


def plot_classes(ax, est, X, y, margin=0.3):
    """Two classes, the probability of the second as colour, the boundary in black; the grid."""
    low, high = X.min(axis=0) - margin, X.max(axis=0) + margin
    x1, x2 = np.meshgrid(*np.linspace(low, high, 300).T)
    P = probability(est, x1, x2)
    ax.pcolormesh(x1, x2, P, cmap="RdBu_r", vmin=0, vmax=1, alpha=0.4, rasterized=True)
    if P.min() < 0.5 < P.max():
        ax.contour(x1, x2, P, [0.5], colors="black", linewidths=2)
    for label, color, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        ax.scatter(*X[y == label].T, s=24, c=color, marker=marker, edgecolors="white", lw=0.5)
    limits = {"xlim": (low[0], high[0]), "ylim": (low[1], high[1])}
    ax.set(xlabel="$x_1$", ylabel="$x_2$", **limits)
    return x1, x2


def probability(est, x1, x2):
    """Of the second class, at the points (x1, x2)."""
    return est.predict_proba(np.column_stack([x1.ravel(), x2.ravel()]))[:, 1].reshape(x1.shape)


def plot_loss(ax, loss_curve, label=None, color=BLUE):
    ax.plot(range(1, len(loss_curve) + 1), loss_curve, color=color, label=label)
    ax.set(xlabel="epoch", ylabel="loss $J$")


def picture(early, net, X, y):
    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Two tanh units, softmax; loss = squared error + cross-entropy", fontsize=14)
    x1, x2 = plot_classes(left, net, X, y, margin=0.5)
    left.contour(x1, x2, probability(early, x1, x2), [0.5], colors="black", linestyles=":")
    best = log_odds_of_the_second(np.stack([x1, x2], axis=-1))
    left.contour(x1, x2, best, [0], colors=GREEN, linestyles="--")
    left.plot([], [], "--", color=GREEN, label="best possible boundary")
    left.plot([], [], ":", color="black", label=f"epoch {early.n_iter_}")
    left.plot([], [], color="black", label=f"epoch {net.n_iter_}")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")
    left.set_title("Which Gaussian? Colour: P(second)")

    plot_loss(right, net.loss_curve_)
    right.plot(early.n_iter_, early.loss_, "o", color="black")
    right.annotate(
        "still a\nstraight line",
        (early.n_iter_, early.loss_),
        (40, early.loss_ / 1.9),
        arrowprops={"arrowstyle": "->"},
    )
    right.set(title="Gradient descent bends the line late", xscale="log", yscale="log")
    fig.savefig("derivation_1_tanh_softmax.png", dpi=130)
    print("\nPicture: derivation_1_tanh_softmax.png")


def main():
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    X, y = draw_pairs()
    show_that_gradients_add_up(X, y)

    net = network(SquaredError() + LogLoss()).initialize(X, y)
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, [*dW, *db]))
    print(f"\nThe derivation in NumPy differs from the package by at most {worst:.1e}")
    check = check_gradient(net, X, y)
    print(f"\n{check}")
    assert check.ok

    J = net.objective(X, y)
    early = network(SquaredError() + LogLoss()).set_params(max_iter=1000).fit(X, y)
    net.fit(X, y)
    print(f"\nJ goes from {J:.4f} to {early.loss_:.4f} in {early.n_iter_} epochs", end="")
    print(f" and to {net.loss_:.4f} in {net.n_iter_}")
    X_new, y_new = draw_pairs(n_per_class=50_000, seed=1)
    best = np.mean((log_odds_of_the_second(X_new) > 0) == y_new)
    print(f"Accuracy on 100000 fresh pairs: {net.score(X_new, y_new):.4f};", end=" ")
    print(f"the best possible is {best:.4f}")
    picture(early, net, X, y)


if __name__ == "__main__":
    main()
