"""Two losses at once: the delta of a sum of losses is the sum of their deltas.

The network has two inputs, two tanh units and two softmax outputs, one for each class. It has to
say from which of two Gaussians a pair of numbers was drawn. Its loss is half the squared error plus
the cross-entropy, averaged over the m samples::

    Z1 = X W1 + b1     A1 = tanh(Z1)     Z2 = A1 W2 + b2     A2 = softmax(Z2)
    J = mean of  1/2 ||a - y||^2 - sum y log a

Behind softmax the cross-entropy has the short delta a - y. The squared error has not: its slope
a - y has to pass through the Jacobian of softmax first, diag(a) - a a^T. The sum of the two losses
has the sum of the two deltas, and from there on backpropagation is the same as ever.
"""

import warnings

import numpy as np
from gradient_check import print_gradient_check
from plot_style import GREEN, below, panels, plane, plot_classes, plot_loss, probability, save

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import ConvergenceWarning, RiskyOutputWarning
from sknn_edu.losses import LogLoss, SquaredError

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
    dA2 = A2 - Y  # the slope of half the squared error
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
    """Log of the odds for the second Gaussian, known exactly because we drew the data."""
    (m1, m2), (s1, s2) = MEANS, DEVIATIONS
    squares = ((X - m1) / s1) ** 2 / 2 - ((X - m2) / s2) ** 2 / 2
    return squares.sum(axis=-1) + 2 * np.log(s1 / s2)


def picture(early, net, X, y):
    fig, (left, right) = panels("Two tanh units, softmax; loss = squared error + cross-entropy")
    plot_classes(left, net, X, y, margin=0.5)
    x1, x2 = plane(left)
    left.contour(x1, x2, probability(early, x1, x2), [0.5], colors="black", linestyles=":")
    best = log_odds_of_the_second(np.stack([x1, x2], axis=-1))
    left.contour(x1, x2, best, [0], colors=GREEN, linestyles="--")
    left.plot([], [], "--", color=GREEN, label="best possible boundary")
    left.plot([], [], ":", color="black", label=f"epoch {early.n_iter_}")
    left.plot([], [], color="black", label=f"epoch {net.n_iter_}")
    below(left)
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
    save(fig, "derivation_1_tanh_softmax.png")


def main():
    # The number of steps is fixed on purpose, so running out of them is no news.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    # Squared error alone behind softmax trains slowly; here it is evaluated, not trained.
    warnings.filterwarnings("ignore", category=RiskyOutputWarning)

    X, y = draw_pairs()
    show_that_gradients_add_up(X, y)

    net = network(SquaredError() + LogLoss()).initialize(X, y)
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, [*dW, *db]))
    print(f"\nThe derivation in NumPy differs from the package by at most {worst:.1e}")
    print_gradient_check(net, X, y, every_entry=True)

    J = net.objective(X, y)
    early = network(SquaredError() + LogLoss()).set_params(max_iter=1000).fit(X, y)
    net.fit(X, y)
    print(f"\nJ goes from {J:.4f} to {early.loss_:.4f} in {early.n_iter_} epochs", end="")
    print(f" and to {net.loss_:.4f} in {net.n_iter_}")
    X_new, y_new = draw_pairs(n_per_class=50_000, seed=1)
    best = np.mean((log_odds_of_the_second(X_new) > 0) == y_new)
    print(f"Accuracy on 100000 fresh pairs: {net.score(X_new, y_new):.4f};", end=" ")
    print(f"whoever knows both Gaussians gets {best:.4f}")
    picture(early, net, X, y)


if __name__ == "__main__":
    main()
