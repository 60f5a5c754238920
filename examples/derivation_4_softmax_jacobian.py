"""Softmax is not elementwise: each output depends on every z, so delta is a sum over the outputs.

A network without any biases has two hidden layers of sigmoid units and two softmax outputs, and its
loss is the squared distance between a one-hot y and the output::

    Z1 = X W1     A1 = sigmoid(Z1)      Z2 = A1 W2     A2 = sigmoid(Z2)
    Z3 = A2 W3    A3 = softmax(Z3)      J = mean of ||y - a||^2

The derivative da_i / dz_j is a_i (1 - a_i) for i = j and -a_i a_j otherwise. Both cases belong into
delta, because z_j moves all outputs at once: delta_j = sum over i of 2 (a_i - y_i) da_i / dz_j. The
example shows what the sum gives, and what is left of it if only the case i = j is kept.
"""

import warnings

import numpy as np
from gradient_check import print_gradient_check
from plot_style import BLUE, GREY, below, panels, plot_classes, plot_loss, save

from sknn_edu import BackpropClassifier
from sknn_edu.activations import Softmax
from sknn_edu.exceptions import ConvergenceWarning, RiskyOutputWarning
from sknn_edu.losses import SquaredError


def four_clouds(n=60, seed=0):
    """Opposite corners of a square belong together (exclusive or)."""
    rng = np.random.default_rng(seed)
    corners = [(1, 1), (-1, -1), (1, -1), (-1, 1)]
    X = np.vstack([rng.normal(corner, 0.35, (n, 2)) for corner in corners])
    return X, np.repeat([0, 1], 2 * n)


def network():
    """2 inputs, 4 and 4 sigmoid units, 2 softmax outputs, no biases, plain gradient descent."""
    return BackpropClassifier(
        hidden_layer_sizes=(4, 4),
        activation="sigmoid",
        output_activation="softmax",
        loss=2 * SquaredError(),
        fit_intercept=False,
        solver="gd",
        learning_rate_init=2.0,
        max_iter=4000,
        tol=0,
        n_iter_no_change=np.inf,
        alpha=0,
        random_state=2,
    )


def softmax_jacobian(a):
    """da_i / dz_j of one sample: a_i (1 - a_i) on the diagonal, -a_i a_j elsewhere."""
    return np.diag(a) - np.outer(a, a)


def gradient_by_hand(net, X, Y):
    """The derivation in NumPy: dW1, dW2, dW3."""
    m = len(X)
    _, W2, W3 = net.coefs_
    (A1, A2), A3 = net.hidden_activations(X), net.predict_proba(X)
    dA3 = 2 * (A3 - Y) / m
    delta3 = np.array([softmax_jacobian(a).T @ da for a, da in zip(A3, dA3)])
    delta2 = (delta3 @ W3.T) * A2 * (1 - A2)
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    return X.T @ delta1, A1.T @ delta2, A2.T @ delta3


def print_delta(a, y):
    """delta of one sample, with the whole Jacobian and with its diagonal alone."""
    da = 2 * (a - y)
    delta = softmax_jacobian(a).T @ da
    diagonal = a * (1 - a) * da
    for name, numbers in {
        "a": a,
        "y": y,
        "delta": delta,
        "i = j only": diagonal,
        "ratio": delta / diagonal,
    }.items():
        print(f"    {name:12}", *(f"{number:+.4f}" for number in numbers))
    return delta


def show_both_cases():
    print("Two outputs: a_1 - y_1 = -(a_2 - y_2), so the two cases are equal, and the diagonal")
    print("alone is exactly half of delta. It looks like a learning rate that is too small.")
    print_delta(np.array([0.7, 0.3]), np.array([0.0, 1.0]))

    print("\nThree outputs: the ratio differs from entry to entry, here even in sign.")
    Z, Y = np.array([[0.9, 0.1, -0.5]]), np.array([[0.0, 1.0, 0.0]])
    softmax = Softmax()
    A = softmax.forward(Z, out=np.empty_like(Z))
    delta = print_delta(A[0], Y[0])
    package = softmax.backward(Z, A, 2 * (A - Y), out=np.empty_like(Z))
    print(f"    the package agrees with delta to {np.abs(package - delta).max():.0e}")


def picture(net, X, y):
    fig, (left, right) = panels("Two hidden sigmoid layers without biases; loss $||y - a||^2$")
    plot_classes(left, net, X, y)
    x = np.array(left.get_xlim())
    for w in net.coefs_[0].T:
        left.plot(x, -w[0] / w[1] * x, "--", color=GREY, lw=1.5, scaley=False)
    left.plot([], [], "--", color=GREY, lw=1.5, label="first layer: $z = 0$")
    left.plot([], [], color="black", label="boundary")
    left.set_title("No bias: each unit's line meets the origin")
    below(left)

    plot_loss(right, net.loss_curve_, color=BLUE)
    right.annotate(
        "plateau: $a = 1/2$ everywhere",
        (700, 0.5),
        (1400, 0.4),
        arrowprops={"arrowstyle": "->"},
    )
    right.set(title="Gradient descent", ylim=(0, None), xticks=range(0, 4001, 1000))
    save(fig, "derivation_4_softmax_jacobian.png")


def main():
    # The number of steps is fixed on purpose, so running out of them is no news.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    # Squared error behind softmax learns slowly once the outputs saturate; it is what we study.
    warnings.filterwarnings("ignore", category=RiskyOutputWarning)

    show_both_cases()

    X, y = four_clouds()
    net = network().initialize(X, y)
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, dW))
    print(f"\nThe derivation in NumPy differs from the package by at most {worst:.1e}")
    biases = max(np.abs(b).max() for b in db)
    print(f"There are no biases: their gradients are {biases:g}")
    print_gradient_check(net, X, y)

    J = net.objective(X, y)
    net.fit(X, y)
    print(f"\nTraining: J goes from {J:.4f} to {net.loss_:.4f} in {net.n_iter_} epochs,", end=" ")
    print(f"accuracy {net.score(X, y):.3f}")
    picture(net, X, y)


if __name__ == "__main__":
    main()
