"""Softmax is not elementwise: each output depends on every z, so delta is a sum over the outputs.

A network without any biases has two hidden layers of sigmoid units and two softmax outputs, and its
loss is the squared distance between a one-hot y and the output::

    Z1 = X W1     A1 = sigmoid(Z1)      Z2 = A1 W2     A2 = sigmoid(Z2)
    Z3 = A2 W3    A3 = softmax(Z3)      J = mean of ||y - a||^2

The derivative da_i / dz_j is a_i (1 - a_i) for i = j and -a_i a_j otherwise. Both cases contribute
to delta, because z_j changes all outputs: delta_j = sum over i of 2 (a_i - y_i) da_i / dz_j. The
example shows the sum, and the part of it with i = j alone.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.activations import Softmax
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import SquaredError
from sknn_edu.teaching import check_gradient

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"


def four_clouds(n=60, seed=0):
    """Opposite corners of a square are one class (exclusive or)."""
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


def gradient_by_hand(net, X, Y):
    """The derivation in NumPy: dW1, dW2, dW3."""
    m = len(X)
    _, W2, W3 = net.coefs_
    (A1, A2), A3 = net.hidden_activations(X), net.predict_proba(X)
    dA3 = 2 * (A3 - Y) / m
    delta3 = np.array([through_softmax(a, da)[0] for a, da in zip(A3, dA3)])
    delta2 = (delta3 @ W3.T) * A2 * (1 - A2)
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    return X.T @ delta1, A1.T @ delta2, A2.T @ delta3


def through_softmax(a, slope):
    """delta of one sample: by the whole Jacobian, and by its diagonal alone."""
    jacobian = np.diag(a) - np.outer(a, a)
    return jacobian.T @ slope, np.diag(jacobian) * slope


def line(name, numbers, form="+.4f"):
    """A name and numbers, aligned with other such lines."""
    return f"{name:22}" + "".join(f"{format(n, form):>10}" for n in np.ravel(numbers))


def half():
    """Softmax entry by entry: half of delta for two classes, no constant factor for three."""
    lines = []
    for title, outputs, y in (
        ("two classes", [0.7, 0.3], [0, 1]),
        ("three classes", [0.6, 0.3, 0.1], [0, 1, 0]),
    ):
        a = np.array(outputs)
        slope = a - y
        delta, diagonal = through_softmax(a, slope)
        lines += [
            line(title + ", a", a, form=".4f"),
            line("  a - y", slope),
            line("  J (a - y)", delta),
            line("  a (1 - a) (a - y)", diagonal),
            line("  the last by the first", diagonal / delta, form="+.3f"),
        ]
    return lines


def show_both_cases():
    print("Two outputs: a_1 - y_1 = -(a_2 - y_2), so the two cases are equal, and the diagonal of")
    print("the Jacobian J alone gives half of delta. It looks like a learning rate too small.")
    print("Three outputs: the ratio differs from entry to entry, even in sign.")
    print(*half(), sep="\n")
    Z, Y = np.array([[0.9, 0.1, -0.5]]), np.array([[0.0, 1.0, 0.0]])
    A = Softmax().forward(Z, out=np.empty_like(Z))
    package = Softmax().backward(Z, A, A - Y, out=np.empty_like(Z))
    worst = np.abs(package - through_softmax(A[0], A[0] - Y[0])[0]).max()
    print(f"The package differs from J (a - y) by at most {worst:.0e}")


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


def picture(net, X, y):
    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Two hidden sigmoid layers without biases; loss $||y - a||^2$", fontsize=14)
    plot_classes(left, net, X, y)
    x = np.array(left.get_xlim())
    for w in net.coefs_[0].T:
        left.plot(x, -w[0] / w[1] * x, "--", color=GREY, lw=1.5, scaley=False)
    left.plot([], [], "--", color=GREY, lw=1.5, label="first layer: $z = 0$")
    left.plot([], [], color="black", label="boundary")
    left.set_title("No bias: each unit's line meets the origin")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")

    plot_loss(right, net.loss_curve_, color=BLUE)
    right.annotate(
        "plateau: $a = 1/2$ everywhere",
        (700, 0.5),
        (1400, 0.4),
        arrowprops={"arrowstyle": "->"},
    )
    right.set(title="Gradient descent", ylim=(0, None), xticks=range(0, 4001, 1000))
    fig.savefig("derivation_4_softmax_jacobian.png", dpi=130)
    print("\nPicture: derivation_4_softmax_jacobian.png")


def main():
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    show_both_cases()

    X, y = four_clouds()
    net = network().initialize(X, y)
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, dW))
    print(f"\nThe derivation in NumPy differs from the package by at most {worst:.1e}")
    biases = max(np.abs(b).max() for b in db)
    print(f"There are no biases: their gradients are {biases:g}")
    check = check_gradient(net, X, y)
    print(f"\n{check}")
    assert check.ok

    J = net.objective(X, y)
    net.fit(X, y)
    print(f"\nTraining: J goes from {J:.4f} to {net.loss_:.4f} in {net.n_iter_} epochs,", end=" ")
    print(f"accuracy {net.score(X, y):.3f}")
    picture(net, X, y)


if __name__ == "__main__":
    main()
