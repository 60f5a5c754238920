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

import numpy as np
from audit.readings import Compared, Derivation, formulas, line, ready
from gradient_check import print_gradient_check
from plot_style import BLUE, GREY, below, panels, plot_classes, plot_loss, save

from sknn_edu import BackpropClassifier
from sknn_edu.activations import Softmax
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import SquaredError


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


def half():
    """Softmax entry by entry: half of delta for two classes, no constant factor for three."""
    lines = []
    for title, a, y in (
        ("two classes", [0.7, 0.3], [0, 1]),
        ("three classes", [0.6, 0.3, 0.1], [0, 1, 0]),
    ):
        a, slope = np.array(a), np.subtract(a, y)
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


# -- the derivation on paper, marked by audit_five_derivations.py --------------------------------


def on_paper():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 0, 0, 1, 1])
    return {"": ready(network(), X, y, hidden_layer_sizes=(4, 5))}


CASES = {
    "i != j": ~np.eye(2, dtype=bool),
    "i = j": np.eye(2, dtype=bool),
    "all": np.full((2, 2), True),
}


def entry(case, formula, shown, **more):
    """Entries da_i/dz_j for the first sample: a formula of (e^z, i, j) beside the engine's."""

    def said(networks):
        E = np.exp(networks[""].trace(1).Z[3][:, 0])
        return np.array([[formula(E, i, j) for j in range(2)] for i in range(2)])[CASES[case]]

    def true(networks):
        t = networks[""].trace(1)
        Z, A = t.Z[3].T, t.A[3].T
        rows = [Softmax().backward(Z, A, e[None], out=np.empty_like(Z)) for e in np.eye(2)]
        return np.vstack(rows)[CASES[case]]

    return Compared("da/dz", said, true, shown, **more)


def rest(E, j):
    return E.sum() - E[j]


# One case of the derivative, times dL/da: j = i, or the other one of the two outputs, which has
# 1 - A3 and 1 - Y, or that one with its minus lost. A column for each sample.
SAME = "-2 * (Y - A3) * A3 * (1 - A3)"
OTHER = "-2 * ((1 - Y) - (1 - A3)) * (-A3 * (1 - A3))"
LOST = "-2 * ((1 - Y) - (1 - A3)) * (A3 * (1 - A3))"

DERIVATION = Derivation(
    "3-4-5-2, two sigmoid layers, no biases, softmax; the squared distance",
    "Everything is about one sample, and w3, a2 ... are meant for each weight, so transposes "
    "and sums over units are added here. For all samples, a formula gets the 1/m of their mean.",
    on_paper,
    formulas(
        4,
        f"""
z1 = W1 x
    Z1 = W1 @ A0
a1 = sigmoid(z1)
    A1 = sigmoid(Z1)
z2 = W2 a1
    Z2 = W2 @ A1
a2 = sigmoid(z2)
    A2 = sigmoid(Z2)
z3 = W3 a2
    Z3 = W3 @ A2
a3 = e^z3 / sum_j e^z3_j
    A3 = exp(Z3) / sum(exp(Z3), axis=0, keepdims=True)
sigmoid(z) = 1 / (1 + e^-z)
    A[l] = 1 / (1 + exp(-Z[l]))  for l = 1, 2
L = ||y - yhat||^2
    [one sample] loss = sum((Y - A3)**2)
L = (y_1 - yhat_1)^2 + (y_2 - yhat_2)^2
    -- the outputs one by one
    [one sample] loss = sum(sum((Y - A3)**2, axis=0))
dL/da3 = 2 (y - yhat) (-1) = -2 (y - yhat)
    [one sample] dA3 = -2 * (Y - A3)
i != j: da_i/dz_j = d/dz_j e^z_i / (e^z_i + sum_(k != j) e^z_k)
    -- as it stands; two lines on the sum has all k again
    [one sample] = -e_i e_j / (e_i + sum_(k != j) e_k)^2
    -- e_j in front of the sum
    [one sample] = -e_i e_j / (e_j + sum_(k != j) e_k)^2
i != j: = -e^z_i / sum e^z_k * e^z_j / sum e^z_k
    [one sample] = -e_i/S * e_j/S
i != j: = -a_i a_j
    [one sample] = -a_i a_j
i = j: da_i/dz_i = ((e^z_i + rest) e^z_i - e^z_i e^z_i) / (e^z_i + rest)^2
    -- rest = sum_(k != i) e_k
    [one sample] = ((e_i + rest) e_i - e_i e_i) / (e_i + rest)^2
i = j: = e^z_i / sum e^z_k * sum_(k != i) e^z_k / sum e^z_k
    [one sample] = e_i/S * rest/S
i = j: = a_i (1 - a_i)
    [one sample] = a_i (1 - a_i)
da3/dz3 = {{-a_i a_j for i != j, a_i (1 - a_i) for i = j}}
    [one sample] = all four entries of the Jacobian
dz3/dw3 = a2
    -- as a factor of dW3
    dW3 = delta3 @ A2.T
dL/dw3 = {{-2 (y - yhat) (-a_i a_j) a2, -2 (y - yhat) a_i (1 - a_i) a2}}
    -- i = j alone
    [one sample] dW3 = ({SAME}) @ A2.T
    -- i != j alone
    [one sample] dW3 = ({OTHER}) @ A2.T
    -- both cases added, as the chain rule has it
    [one sample] dW3 = ({SAME} + {OTHER}) @ A2.T
    -- i = j alone, the mean over all samples
    dW3 = ({SAME}) @ A2.T / m
    -- both cases added, the mean over all samples
    dW3 = ({SAME} + {OTHER}) @ A2.T / m
dz3/da2 = w3
    -- as a factor of dA2
    dA2 = W3.T @ delta3
da2/dz2 = a2 (1 - a2)
    -- as a factor of delta2
    delta2 = dA2 * A2 * (1 - A2)
dz2/dw2 = a1
    -- as a factor of dW2
    dW2 = delta2 @ A1.T
dL/dw2 = {{-2 (y - yhat) (-a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...}} w3 a2 (1 - a2) a1
    -- i = j alone
    [one sample] dW2 = (W3.T @ ({SAME}) * A2 * (1 - A2)) @ A1.T
    -- i != j alone
    [one sample] dW2 = (W3.T @ ({OTHER}) * A2 * (1 - A2)) @ A1.T
    -- both cases added, as the chain rule has it
    [one sample] dW2 = (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) @ A1.T
    -- i = j alone, the mean over all samples
    dW2 = (W3.T @ ({SAME}) * A2 * (1 - A2)) @ A1.T / m
    -- both cases added, the mean over all samples
    dW2 = (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) @ A1.T / m
dz2/da1 = w2
    -- as a factor of dA1
    dA1 = W2.T @ delta2
da1/dz1 = a1 (1 - a1)
    -- as a factor of delta1
    delta1 = dA1 * A1 * (1 - A1)
dz1/dw1 = x
    -- as a factor of dW1
    dW1 = delta1 @ X.T
dL/dw1 = {{-2 (y - yhat) (a_i a_j) ..., -2 (y - yhat) a_i (1 - a_i) ...}} \
w3 a2 (1 - a2) w2 a1 (1 - a1) x
    -- i = j alone
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- i != j alone, as it stands
    [one sample] dW1 = (W2.T @ (W3.T @ ({LOST}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- both added, as they stand: 0
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME} + {LOST}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- both added, with the minus of 4.19
    [one sample] dW1 = (W2.T @ (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T
    -- the same, the mean over all samples
    dW1 = (W2.T @ (W3.T @ ({SAME} + {OTHER}) * A2 * (1 - A2)) * A1 * (1 - A1)) @ X.T / m
""",
        entry(
            "i != j",
            lambda E, i, j: -E[i] * E[j] / (E[i] + rest(E, j)) ** 2,
            "-e_i e_j / (e_i + sum_(k != j) e_k)^2",
            mistake="an index: e_i counts twice, e_j not at all",
            right="e_j + sum_(k != j) e_k",
        ),
        entry(
            "i != j",
            lambda E, i, j: -E[i] * E[j] / (E[j] + rest(E, j)) ** 2,
            "-e_i e_j / (e_j + sum_(k != j) e_k)^2",
        ),
        entry("i != j", lambda E, i, j: -E[i] / E.sum() * E[j] / E.sum(), "-e_i/S * e_j/S"),
        entry("i != j", lambda E, i, j: -(E / E.sum())[i] * (E / E.sum())[j], "-a_i a_j"),
        entry(
            "i = j",
            lambda E, i, j: ((E[i] + rest(E, i)) * E[i] - E[i] * E[i]) / (E[i] + rest(E, i)) ** 2,
            "((e_i + rest) e_i - e_i e_i) / (e_i + rest)^2",
        ),
        entry("i = j", lambda E, i, j: E[i] / E.sum() * rest(E, i) / E.sum(), "e_i/S * rest/S"),
        entry("i = j", lambda E, i, j: (E / E.sum())[i] * (1 - (E / E.sum())[i]), "a_i (1 - a_i)"),
        entry(
            "all",
            lambda E, i, j: (E / E.sum())[i] * ((i == j) - (E / E.sum())[j]),
            "all four entries of the Jacobian",
        ),
    ),
)


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
    print_gradient_check(net, X, y)

    J = net.objective(X, y)
    net.fit(X, y)
    print(f"\nTraining: J goes from {J:.4f} to {net.loss_:.4f} in {net.n_iter_} epochs,", end=" ")
    print(f"accuracy {net.score(X, y):.3f}")
    picture(net, X, y)


if __name__ == "__main__":
    main()
