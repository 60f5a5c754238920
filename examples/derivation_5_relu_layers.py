"""ReLU in every layer, any depth, and three readings of the output layer.

Layer l of L computes Z_l = A_{l-1} W_l + b_l and A_l = g(Z_l), with A_0 = X. Whatever the depth,
backpropagation is one loop from the last layer to the first::

    delta_L = dJ/dZ_L          delta_l = (delta_{l+1} W_{l+1}^T) * g'(Z_l)
    dW_l = A_{l-1}^T delta_l   db_l = sum of delta_l over the samples

Only delta_L depends on the output function and the loss. "ReLU layers and cross-entropy" leaves
three readings of it, and a different delta for each (times 1/m):

1. softmax with cross-entropy: delta_L = A - Y.
2. ReLU with cross-entropy: delta_L = -Y / A where Z > 0, else 0. This is possible but trains badly:
   the outputs need not add up to 1, so J decreases without bound while all outputs grow; and where
   the output of the true class is 0, its logarithm is clipped (at the machine epsilon, which gives
   a loss of 36.04 instead of infinity) and its gradient is 0, so the output stays 0.
3. ReLU with squared error: delta_L = A - Y where Z > 0, else 0. The formula (A - Y) g'(Z) for the
   output layer is this reading, whatever the loss is called.

Run it with --depth 5 to see the same with five layers.
"""

import argparse
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import ConvergenceWarning, RiskyOutputWarning
from sknn_edu.teaching import check_gradient

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"

READINGS = {
    "softmax, cross-entropy": ("softmax", "log_loss", BLUE),
    "ReLU, cross-entropy": ("relu", "log_loss", ORANGE),
    "ReLU, squared error": ("relu", "squared_error", GREEN),
}


def two_moons():
    X, y = make_moons(200, noise=0.15, random_state=0)
    return StandardScaler().fit_transform(X), y


def network(depth, output, loss, random_state=4):
    """4 units in the first layer, 3 in the other hidden ones, 2 outputs, plain gradient descent."""
    return BackpropClassifier(
        hidden_layer_sizes=(4, *[3] * (depth - 2)) if depth > 1 else (),
        activation="relu",
        output_activation=output,
        loss=loss,
        weight_init="he_normal",
        solver="gd",
        learning_rate_init=0.1,
        max_iter=3000,
        tol=0,
        n_iter_no_change=np.inf,
        alpha=0,
        random_state=random_state,
    )


def output_layer(net, X):
    """Z_L and A_L."""
    Z = net.logits(X)
    return Z, np.maximum(Z, 0) if net.out_activation_ == "relu" else net.predict_proba(X)


def output_delta(reading, Z, A, Y):
    """delta_L of each sample, before the 1/m: one line for each reading."""
    if reading == "softmax, cross-entropy":
        return A - Y
    if reading == "ReLU, cross-entropy":
        return -np.divide(Y, A, out=np.zeros_like(A), where=Z > 0)
    return (A - Y) * (Z > 0)


def gradient_by_hand(reading, net, X, Y):
    """The derivation in NumPy, for any number of layers: all dW, then all db."""
    A = [X, *net.hidden_activations(X)]
    Z_L, A_L = output_layer(net, X)
    delta = output_delta(reading, Z_L, A_L, Y) / len(X)
    dW, db = [], []
    for l in reversed(range(len(net.coefs_))):
        dW.append(A[l].T @ delta)
        db.append(delta.sum(axis=0))
        if l > 0:
            delta = (delta @ net.coefs_[l].T) * (A[l] > 0)
    return dW[::-1] + db[::-1]


def check(reading, net, X, y):
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(reading, net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, dW + db))
    print(f"\n{reading}: the derivation in NumPy differs from the package by {worst:.1e}")
    if reading == "ReLU, cross-entropy":  # near the pole of the logarithm differences are inexact
        far = np.abs(net.logits(X)).min(axis=1) > 0.1
        X, y = X[far], y[far]
        print(f"Gradient check on the {far.sum()} of {far.size} samples with outputs not near 0.")
    check = check_gradient(net, X, y)
    print(f"\n{check}")
    assert check.ok


def share_of_dead_outputs(net, X, y):
    """Share of the samples whose true class has the output 0."""
    return np.mean(output_layer(net, X)[1][np.arange(len(y)), y] == 0)


def show_dead_outputs(net, X, y):
    """ReLU with cross-entropy: two samples whose true output is positive, two where it is 0."""
    Z, A = output_layer(net, X)
    true_z, true_a = Z[np.arange(len(y)), y], A[np.arange(len(y)), y]
    rows = [*np.flatnonzero(true_z > 0)[:2], *np.flatnonzero(true_z < 0)[:2]]
    print("\nReLU with cross-entropy, sample by sample, before training")
    print("    z of the true class        a      loss   delta_L = -1 / a")
    for i in rows:
        J, _, db = net.objective_and_gradient(X[[i]], y[[i]])
        print(f"    {true_z[i]:19.4f} {true_a[i]:8.4f} {J:9.4f} {db[-1][y[i]]:18.4f}")
    eps = np.finfo(float).eps
    print(f"    The loss of a dead output is -log({eps:.2e}) = {-np.log(eps):.4f}, its gradient 0.")


def train(nets, X, y):
    print("\nReading                   J at the start   J at the end   accuracy   dead outputs")
    for reading, net in nets.items():
        start, dead = net.objective(X, y), share_of_dead_outputs(net, X, y)
        net.fit(X, y)
        row = f"{reading:24} {start:16.4f} {net.objective(X, y):14.4f} {net.score(X, y):10.3f}"
        after = share_of_dead_outputs(net, X, y)
        print(row, f"  {dead:.2f} -> {after:.2f}" if "ReLU" in reading else "")


def train_dead(depth, X, y):
    """Initial weights that ReLU with cross-entropy cannot change: every true output is 0."""
    for seed in range(100):
        net = network(depth, "relu", "log_loss", seed).initialize(X, y)
        if share_of_dead_outputs(net, X, y) == 1:
            start = net.objective(X, y)
            net.fit(X, y)
            print(f"\nWith random_state={seed} every true output is dead from the start.", end=" ")
            print(
                f"J is {start:.4f} then, and {net.objective(X, y):.4f} after {net.n_iter_} epochs."
            )
            return


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


def picture(nets, depth, X, y):
    fig, axes = plt.subplots(2, 2, figsize=(10.2, 8.8), layout="constrained")
    fig.suptitle(f"{depth} layers of ReLU: three readings of the last one", fontsize=14)
    for ax, (reading, net) in zip(axes.flat, nets.items()):
        plot_classes(ax, net, X, y)
        ax.set_title(f"{reading}: accuracy {net.score(X, y):.3f}")
    A = output_layer(nets["ReLU, cross-entropy"], X)[1]
    true, other = A[np.arange(len(y)), y].mean(), A[np.arange(len(y)), 1 - y].mean()
    note = f"mean output\ntrue class: {true:.0f}\nother class: {other:.0f}"
    axes.flat[1].text(0.03, 0.03, note, transform=axes.flat[1].transAxes)
    ax = axes.flat[3]
    for reading, net in nets.items():
        plot_loss(ax, net.loss_curve_, reading, READINGS[reading][2])
    ax.axhline(-np.log(np.finfo(float).eps), color=GREY, ls="--", label="all true outputs dead")
    ax.set(title="Cross-entropy of ReLU has no lower bound", xscale="log")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize="small")
    fig.savefig("derivation_5_relu_layers.png", dpi=130)
    print("\nPicture: derivation_5_relu_layers.png")


def main():
    parser = argparse.ArgumentParser(description="ReLU in every layer, any depth.")
    parser.add_argument("--depth", type=int, default=3, help="layers with weights, at least 1")
    depth = parser.parse_known_args()[0].depth  # a notebook has arguments of its own
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    # The package warns of cross-entropy with ReLU outputs; this example shows the reason.
    warnings.filterwarnings("ignore", category=RiskyOutputWarning)

    X, y = two_moons()
    nets = {}
    for reading, (output, loss, _) in READINGS.items():
        nets[reading] = network(depth, output, loss).initialize(X, y)
        check(reading, nets[reading], X, y)
    show_dead_outputs(nets["ReLU, cross-entropy"], X, y)
    train(nets, X, y)
    train_dead(depth, X, y)
    picture(nets, depth, X, y)


if __name__ == "__main__":
    main()
