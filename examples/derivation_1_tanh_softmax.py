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

import numpy as np
from audit.readings import Derivation, formulas, ready
from gradient_check import print_gradient_check
from plot_style import GREEN, below, panels, plane, plot_classes, plot_loss, probability, save

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import ConvergenceWarning
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


# -- the derivation on paper, marked by audit_five_derivations.py --------------------------------


def on_paper():
    rng = np.random.default_rng(0)
    y = np.array([0, 1, 1, 0, 1])
    X = np.where(y[:, None] == 0, rng.normal(1, 0.5, (5, 2)), rng.normal(2, 0.2, (5, 2)))
    return {"": ready(network(SquaredError() + LogLoss()), X, y)}


OWN_DELTA = "(A2 - Y) * (d_softmax(Z2) + 1) / m"

DERIVATION = Derivation(
    "2-2-2, tanh and softmax; half the squared error plus the cross-entropy",
    "Jbar is the mean over the samples, J_j the loss of sample j, J = m Jbar their sum. "
    "So dJ/dZ2 on paper is m * delta2 here.",
    on_paper,
    formulas(
        1,
        f"""
z1 = W1 a0 + b1
    Z1 = W1 @ A0 + b1
a1 = tanh(z1)
    A1 = tanh(Z1)
z2 = W2 a1 + b2
    Z2 = W2 @ A1 + b2
a2_j = e^z2_j / (e^z2_1 + e^z2_2)
    A2 = exp(Z2) / sum(exp(Z2), axis=0, keepdims=True)
Jbar = 1/(2m) sum (a2 - y)^2 - 1/m sum y log a2
    loss = sum((A2 - Y)**2) / (2 * m) - sum(Y * log(A2)) / m
J_j = 1/2 sum_i (a2 - y)^2 - sum_i y log a2
    [one sample] loss = sum((A2 - Y)**2) / 2 - sum(Y * log(A2))
Jbar = J / m
    loss = sum((A2 - Y)**2 / 2 - Y * log(A2)) / m
dJ_j/dz2_i = (a2_i - y_i) - sum_i y_i/a2_i da2_i/dz2_i
    -- as it stands, the sum with the whole Jacobian, times 1/m; the next line has da/dz twice
    delta2 = (A2 - Y + A2 * (-Y / A2 - sum(A2 * -Y / A2, axis=0, keepdims=True))) / m
dJ_j/dz2_i = (a2_i - y_i) da2_i/dz2_i - (a2_i - y_i)
    -- as it stands, times 1/m; the next line has plus
    delta2 = ((A2 - Y) * d_softmax(Z2) - (A2 - Y)) / m
dJ_j/dz2_i = (a2_i - y_i) (softmax'(z2_i) + 1)
    -- softmax' entry by entry, as da2_i/dz2_i in the line before; times 1/m
    delta2 = (A2 - Y) * (d_softmax(Z2) + 1) / m
    -- had softmax' been the Jacobian matrix, and 1 the unit matrix
    [aside] delta2 = (A2 * ((A2 - Y) - sum(A2 * (A2 - Y), axis=0, keepdims=True)) + A2 - Y) / m
dJ/dZ2 = (A2 - Y) (softmax'(Z2) + 1)
    -- J = m Jbar; the product is entry by entry
    delta2 = {OWN_DELTA}
dz2/dw2 = (a1)^T
    -- as a factor of dW2
    dW2 = delta2 @ A1.T
dJbar/dW2 = 1/m dJ/dZ2 (A2)^T
    dW2 = delta2 @ A2.T
    -- with 1.11 substituted
    [aside] dW2 = ({OWN_DELTA}) @ A2.T
dZ2/db2 = 1
    -- as a factor of db2
    db2 = sum(delta2 * 1, axis=1, keepdims=True)
dJbar/db2 = 1/m dJ/dZ2
    [one sample] db2 = delta2
    db2 = delta2
    -- with 1.11 substituted
    [aside] db2 = {OWN_DELTA}
dZ2/dA1 = W2
    -- as a factor of dA1
    dA1 = W2.T @ delta2
dA1/dZ1 = sech^2(Z1)
    -- as a factor of delta1
    delta1 = dA1 * sech(Z1)**2
dZ1/dW1 = (A0)^T
    -- as a factor of dW1
    dW1 = delta1 @ A0.T
dJbar/dW1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1) (A0)^T
    -- Jbar as it was defined
    dW1 = (W2.T @ delta2 * sech(Z1)**2) @ A0.T / m
    -- J for Jbar, as in 1.13
    dW1 = (W2.T @ (m * delta2) * sech(Z1)**2) @ A0.T / m
    -- with 1.11 substituted
    [aside] dW1 = (W2.T @ ({OWN_DELTA}) * sech(Z1)**2) @ A0.T
dJbar/db1 = 1/m (W2)^T dJbar/dZ2 o sech^2(Z1)
    -- Jbar as it was defined
    db1 = W2.T @ delta2 * sech(Z1)**2 / m
    -- J for Jbar, as in 1.15
    db1 = W2.T @ (m * delta2) * sech(Z1)**2 / m
    -- J for Jbar
    [one sample] db1 = W2.T @ (m * delta2) * sech(Z1)**2 / m
W2 := W2 - alpha dJbar/dW2
    W2_next = W2 - learning_rate * dW2
b2 := b2 - alpha dJbar/db2
    b2_next = b2 - learning_rate * db2
W1 := W1 - alpha dJbar/dW1
    W1_next = W1 - learning_rate * dW1
b1 := b1 - alpha dJbar/db1
    b1_next = b1 - learning_rate * db1
""",
    ),
)


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
    print_gradient_check(net, X, y)

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
