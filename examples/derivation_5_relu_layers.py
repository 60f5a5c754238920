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

import numpy as np
from audit.readings import Compared, Derivation, formulas, ready
from gradient_check import print_gradient_check
from plot_style import BLUE, GREEN, GREY, ORANGE, below, panels, plot_classes, plot_loss, save
from sklearn.datasets import make_moons
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier
from sknn_edu.activations import ReLU
from sknn_edu.exceptions import ConvergenceWarning, RiskyOutputWarning

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
    delta = output_delta(reading, *output_layer(net, X), Y) / len(X)
    dW, db = [], []
    for l in reversed(range(len(net.coefs_))):
        dW.insert(0, A[l].T @ delta)
        db.insert(0, delta.sum(axis=0))
        if l > 0:
            delta = (delta @ net.coefs_[l].T) * (A[l] > 0)
    return dW + db


def check(reading, net, X, y):
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(reading, net, X, np.eye(2)[y])
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, dW + db))
    print(f"\n{reading}: the derivation in NumPy differs from the package by {worst:.1e}")
    if reading == "ReLU, cross-entropy":  # near the pole of the logarithm differences are inexact
        far = np.abs(net.logits(X)).min(axis=1) > 0.1
        X, y = X[far], y[far]
        print(f"Gradient check on the {far.sum()} of {far.size} samples with outputs not near 0.")
    print_gradient_check(net, X, y)


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


def picture(nets, depth, X, y):
    fig, axes = panels(f"{depth} layers of ReLU: three readings of the last one", 2, 2)
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
    below(ax, n_columns=2)
    save(fig, "derivation_5_relu_layers.png")


# -- the derivation on paper, marked by audit_five_derivations.py --------------------------------


def on_paper():
    """Hidden units are on for some samples and off for others.

    The outputs are positive for all samples, by their biases: the logarithm has no derivative at
    0 that could be marked. This makes g'(Z3) = 1, so the marking cannot see that factor.
    """
    rng = np.random.default_rng(178)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])
    W = [rng.normal(size=shape) for shape in ((3, 4), (4, 3), (3, 2))]
    b = [rng.normal(0, 0.3, 4), rng.normal(0, 0.3, 3), np.array([2.5, 3.0])]
    return {
        name: ready(network(3, "relu", loss), X, y, weight_init=(W, b))
        for name, loss in (("", "log_loss"), ("squared error", "squared_error"))
    }


def relu_at(name, formula):
    """A formula beside the engine's ReLU, or its derivative: left of 0, at 0 and right of it."""
    Z = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])

    def engine(networks):
        A = ReLU().forward(Z, out=np.empty_like(Z))
        return A if name == "g" else ReLU().derivative(Z, A, out=np.empty_like(Z))

    return Compared(name, lambda networks: formula(Z), engine, f"{name} at -2, -1/2, 0, 1/2 and 2")


DERIVATION = Derivation(
    "3-4-3-2, ReLU in every layer, also the output; cross-entropy",
    "J has 1/m. delta is dJ/dZ; names on the right side mean the true values. Products with g' are "
    "entry by entry, sums without bounds go over the samples.",
    on_paper,
    formulas(
        5,
        """
A0 = X, Z1 = W1 A0 + b1
    Z1 = W1 @ X + b1
A1 = g(Z1)
    A1 = relu(Z1)
Z2 = W2 A1 + b2
    Z2 = W2 @ A1 + b2
A2 = g(Z2)
    A2 = relu(Z2)
Z3 = W3 A2 + b3
    Z3 = W3 @ A2 + b3
A3 = g(Z3)
    A3 = relu(Z3)
J = -1/m Y log(yhat)
    -- entry by entry, and summed
    loss = -sum(Y * log(A3)) / m
    -- as a product of matrices
    loss = -1 / m * Y @ log(A3)
dJ/dA3 = Y - A3
    [one sample] dA3 = Y - A3
    -- with the 1/m that 5.14 brings in
    dA3 = (Y - A3) / m
    -- as it stands, J with its 1/m: three mistakes at once
    dA3 = Y - A3
W_l := W_l - alpha dW_l
    W[l]_next = W[l] - learning_rate * dW[l]  for l = 1, 2, 3
b_l := b_l - alpha db_l
    b[l]_next = b[l] - learning_rate * db[l]  for l = 1, 2, 3
dZ3/db3 = 1
    -- as a factor of db3
    db3 = sum(delta3 * 1, axis=1, keepdims=True)
dA3/dZ3 = g'(Z3)
    -- as a factor of delta3
    delta3 = dA3 * d_relu(Z3)
dZ3/dW3 = A2
    -- as a factor of dW3
    dW3 = delta3 @ A2.T
dJ/dW3 = 1/m (A3 - Y) g'(Z3) A2^T
    dW3 = ((A3 - Y) * d_relu(Z3)) @ A2.T / m
    -- with half the squared error for the loss
    [squared error, aside] dW3 = ((A3 - Y) * d_relu(Z3)) @ A2.T / m
dJ/db3 = 1/m sum (A3 - Y) g'(Z3)
    db3 = sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m
    -- with half the squared error for the loss
    [squared error, aside] db3 = sum((A3 - Y) * d_relu(Z3), axis=1, keepdims=True) / m
delta3 = dJ/dZ3 = (A3 - Y) g'(Z3)
    -- as it stands, J with its 1/m
    delta3 = (A3 - Y) * d_relu(Z3)
    -- with the 1/m of 5.28
    delta3 = (A3 - Y) * d_relu(Z3) / m
    -- with 1/m, and half the squared error for the loss
    [squared error, aside] delta3 = (A3 - Y) * d_relu(Z3) / m
dJ/dW2 = W3^T delta3 g'(Z2) A1^T
    dW2 = (W3.T @ delta3 * d_relu(Z2)) @ A1.T
    -- with delta3 of 5.16 substituted
    [aside] dW2 = (W3.T @ ((A3 - Y) * d_relu(Z3)) * d_relu(Z2)) @ A1.T
dJ/db2 = W3^T delta3 g'(Z2)
    [one sample] db2 = W3.T @ delta3 * d_relu(Z2)
    db2 = W3.T @ delta3 * d_relu(Z2)
delta2 = dJ/dZ2 = W3^T delta3 g'(Z2)
    delta2 = W3.T @ delta3 * d_relu(Z2)
dJ/dW1 = W2^T delta2 g'(Z1) A0^T
    dW1 = (W2.T @ delta2 * d_relu(Z1)) @ A0.T
    -- with delta3 of 5.16 substituted
    [aside] dW1 = (W2.T @ (W3.T @ ((A3 - Y) * d_relu(Z3)) * d_relu(Z2)) * d_relu(Z1)) @ A0.T
dJ/db1 = W2^T delta2 g'(Z1)
    [one sample] db1 = W2.T @ delta2 * d_relu(Z1)
    db1 = W2.T @ delta2 * d_relu(Z1)
W_l := W_l - alpha dJ/dW_l, b_l := b_l - alpha dJ/db_l
    W[l]_next = W[l] - learning_rate * dW[l]  for l = 1, 2, 3
    & b[l]_next = b[l] - learning_rate * db[l]  for l = 1, 2, 3
g(Z) = max(0, Z)
    A[l] = maximum(0, Z[l])  for l = 1, 2, 3
    = g at -2, -1/2, 0, 1/2 and 2
g'(Z) = {1 for Z > 0, 0 for Z <= 0}
    = g' at -2, -1/2, 0, 1/2 and 2
dJ/dW_l = delta_l A_(l-1)^T
    dW[l] = delta[l] @ A[l-1].T  for l = 1, 2, 3
dJ/db_l = delta_l
    [one sample] db[l] = delta[l]  for l = 1, 2, 3
    db[l] = delta[l]  for l = 1, 2, 3
delta_l = (W_(l+1)^T delta_(l+1)) g'(Z_l)
    delta[l] = W[l+1].T @ delta[l+1] * d_relu(Z[l])  for l = 1, 2
delta_L = 1/m dJ/dA_L g'(Z_L)
    -- J with its 1/m
    delta3 = dA3 * d_relu(Z3) / m
    -- dJ/dA_L without 1/m, as in 5.8
    delta3 = (m * dA3) * d_relu(Z3) / m
delta3 = dJ/dZ3 = (A3 - Y) g'(Z3), once more
    -- as it stands, J with its 1/m
    delta3 = (A3 - Y) * d_relu(Z3)
    -- with the 1/m of 5.28
    delta3 = (A3 - Y) * d_relu(Z3) / m
g'(Z3) = {1 for Z3 > 0, 0 for Z3 <= 0}
    = g' at -2, -1/2, 0, 1/2 and 2
for numpy: dL/dW_l = delta_l A_(l-1)^T
    dW[l] = delta[l] @ A[l-1].T  for l = 1, 2, 3
for numpy: dL/db_l = sum_i delta_l(i)
    db[l] = sum(delta[l], axis=1, keepdims=True)  for l = 1, 2, 3
for numpy: delta_l = (W_(l+1)^T o delta_(l+1)) g'(Z_l), o the dot product
    delta[l] = W[l+1].T @ delta[l+1] * d_relu(Z[l])  for l = 1, 2
for numpy: delta_L = 1/m dL/dA_L g'(Z_L)
    -- dL/dA_L with the 1/m of J
    delta3 = dA3 * d_relu(Z3) / m
    -- dL/dA_L without 1/m, as in 5.8
    delta3 = (m * dA3) * d_relu(Z3) / m
""",
        relu_at("g", lambda Z: np.maximum(0, Z)),
        relu_at("g'", lambda Z: np.where(Z > 0, 1.0, 0.0)),
    ),
)


def main():
    parser = argparse.ArgumentParser(description="ReLU in every layer, any depth.")
    parser.add_argument("--depth", type=int, default=3, help="layers with weights, at least 1")
    depth = parser.parse_args().depth
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
