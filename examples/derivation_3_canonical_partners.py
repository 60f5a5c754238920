"""Why regression and yes-or-no classification backpropagate the same delta, A - Y.

A network with one hidden layer of sigmoid units and a linear output predicts the progress of
diabetes from the body mass index, with half the mean squared error as its loss::

    Z1 = X W1 + b1     A1 = sigmoid(Z1)     A2 = Z2 = A1 W2 + b2
    J = 1/(2m) ||A2 - Y||^2     delta2 = (A2 - Y) / m     delta1 = (delta2 W2^T) * A1 (1 - A1)

With A2 = sigmoid(Z2) and the log loss, delta2 = (A2 - Y) / m again. The reason: each output
function is the canonical partner of its loss. Both losses can be written as c(z) - y z, up to a
constant, where the derivative of c is the output function, so that the derivative with respect to
z is a - y: for squared error c(z) = z^2 / 2 and a = z, for the log loss c(z) = log(1 + e^z) and
a = sigmoid(z).

The two share the formula, not the numbers: A is another function of Z, and so are the loss, the
delta, and the trained network.
"""

import warnings

import numpy as np
from audit.readings import Compared, Derivation, formulas, ready, with_the_same_weights
from gradient_check import print_gradient_check
from plot_style import BLUE, GREY, ORANGE, below, panels, save
from sklearn.datasets import load_diabetes

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import LogLoss, SquaredError

GRADIENT_DESCENT = {
    "hidden_layer_sizes": (6,),
    "activation": "sigmoid",
    "solver": "gd",
    "learning_rate_init": 0.5,
    "max_iter": 3000,
    "tol": 0,
    "n_iter_no_change": np.inf,
    "alpha": 0,
    "random_state": 0,
}


def bmi_and_progress():
    """Body mass index in standard units, progress after a year, and whether it is above average."""
    data = load_diabetes(scaled=False)
    bmi, progress = data.data[:, [2]], data.target
    X = (bmi - bmi.mean()) / bmi.std()
    y = (progress - progress.mean()) / progress.std()
    return bmi, progress, X, y, (y > 0).astype(int)


def linear_network():
    return BackpropRegressor(loss=SquaredError(), **GRADIENT_DESCENT)


def sigmoid_network(loss=None):
    loss = LogLoss() if loss is None else loss
    return BackpropClassifier(loss=loss, output_activation="sigmoid", **GRADIENT_DESCENT)


def gradient_by_hand(net, X, y):
    """The derivation in NumPy: dW1, dW2, db1, db2. It holds for both networks."""
    m, Y = len(X), y[:, np.newaxis]
    _, W2 = net.coefs_
    A1 = net.hidden_activations(X)[0]
    delta2 = (output(net, X)[:, np.newaxis] - Y) / m
    delta1 = (delta2 @ W2.T) * A1 * (1 - A1)
    return X.T @ delta1, A1.T @ delta2, delta1.sum(axis=0), delta2.sum(axis=0)


def output(net, X):
    """A2: a number, or the probability of a yes."""
    Z = net.logits(X)[:, 0]
    return Z if net.out_activation_ == "identity" else 1 / (1 + np.exp(-Z))


def print_agreement(name, net, X, y):
    _, dW, db = net.objective_and_gradient(X, y)
    by_hand = gradient_by_hand(net, X, y)
    worst = max(np.abs(a - b).max() for a, b in zip(by_hand, [*dW, *db]))
    print(f"{name}: the derivation in NumPy differs from the package by {worst:.1e}")
    print_gradient_check(net, X, y)
    print()


def delta_of_each(net, X, y):
    """delta2 of each sample alone: its gradient with respect to the bias of the output."""
    rows = [slice(i, i + 1) for i in range(len(X))]
    return np.array([net.objective_and_gradient(X[row], y[row])[2][-1].item() for row in rows])


def with_weights_of(net, other, X, y):
    """``net`` with the weights of ``other``."""
    net.initialize(X, y)
    net.coefs_, net.intercepts_ = other.coefs_, other.intercepts_
    return net


def compare_deltas(linear, sigmoid, X, yes):
    """The same weights, and so the same Z2, with two pairs of output and loss."""
    print("Same weights, same Z2, same targets; the package's delta of each sample alone")
    print("                     linear, squared error            sigmoid, log loss")
    print("    y      z2         a     a - y     delta         a     a - y     delta")
    table = [sigmoid.logits(X)[:, 0]]
    for net in (linear, sigmoid):
        table += [output(net, X), output(net, X) - yes, delta_of_each(net, X, yes)]
    for y, row in zip(yes, np.transpose(table)):
        print(f"    {y}", *(f"{number:+9.4f}" for number in row))
    print(f"    J {linear.objective(X, yes):37.4f} {sigmoid.objective(X, yes):29.4f}")

    print("\nBelow delta2 the two networks are equal: dJ/dX divided by delta2, for each sample")
    for name, net in (("linear", linear), ("sigmoid", sigmoid)):
        ratio = len(X) * net.input_gradient(X, yes)[:, 0] / delta_of_each(net, X, yes)
        print(f"    {name:8}", *(f"{r:+9.6f}" for r in ratio))


def show_wrong_partner(sigmoid, X, yes):
    net = with_weights_of(sigmoid_network(SquaredError()), sigmoid, X, yes)
    a = output(net, X)
    print("\nSquared error with a sigmoid output, which is not its partner: delta2 is not a - y,")
    print("but (a - y) a (1 - a), which vanishes where a is near 0 or 1")
    print("    a - y   ", *(f"{v:+9.6f}" for v in a - yes))
    print("    delta2  ", *(f"{v:+9.6f}" for v in delta_of_each(net, X, yes)))


def plot_regression(ax, net, bmi, progress, X):
    order = bmi[:, 0].argsort()
    ax.plot(bmi, progress, "o", color=GREY, ms=4, alpha=0.6, label="442 patients")
    fit = net.predict(X) * progress.std() + progress.mean()
    ax.plot(bmi[order], fit[order], color=BLUE, label="the network")
    ax.set(title="Regression", xlabel="body mass index", ylabel="progress of the disease")
    below(ax)


def plot_yes_or_no(ax, linear, sigmoid, bmi, X, yes):
    order = bmi[:, 0].argsort()
    jitter = np.random.default_rng(0).uniform(-0.03, 0.03, len(yes))
    ax.plot(bmi, yes + jitter, "o", color=GREY, ms=4, alpha=0.4)
    ax.plot(bmi[order], output(linear, X)[order], color=BLUE, label="linear")
    ax.plot(bmi[order], output(sigmoid, X)[order], color=ORANGE, label="sigmoid")
    ax.set(title="Both trained on yes or no", xlabel="body mass index")
    ax.set_ylabel("above average? $a$")
    below(ax)


def plot_deltas(ax):
    z = np.linspace(-4, 4, 200)
    for name, a, color in (("linear", z, BLUE), ("sigmoid", 1 / (1 + np.exp(-z)), ORANGE)):
        ax.plot(z, a - 1, color=color, label=f"{name}, $y = 1$")
        ax.plot(z, a - 0, "--", color=color, label=f"{name}, $y = 0$")
    ax.axhline(0, color="black", lw=0.8)
    ax.set(title="One formula, two functions of $z$", xlabel="$z$", ylabel="delta $= a - y$")
    ax.set_ylim(-3, 3)
    below(ax, n_columns=2)


# -- the derivation on paper, marked by audit_five_derivations.py --------------------------------


def on_paper():
    rng = np.random.default_rng(3)
    X, y, classes = rng.normal(size=(5, 2)), rng.normal(size=5), np.array([1, 0, 1, 1, 0])
    return with_the_same_weights(
        {
            "": ready(linear_network(), X, y, hidden_layer_sizes=4),
            "log loss": ready(sigmoid_network(), X, classes, hidden_layer_sizes=4),
        }
    )


def unit_by_unit(networks):
    t = networks[""].trace()
    return np.array([1 / (1 + np.exp(-(w @ t.X + b))) for w, b in zip(t.W[1], t.b[1])])


DERIVATION = Derivation(
    "2-4-1, sigmoid and a linear output; half the squared error, and a second network, log loss",
    "L has 1/(2m), yet dL/dZ stands for the sample's own share without 1/m, which dW and db bring "
    "in; so dL/dZ is m * delta here. 3.15 to 3.20 are about one sample of the second network.",
    on_paper,
    formulas(
        3,
        """
z_1 = w_1^T x + b_1, a_1 = sigmoid(z_1), and so on for unit 2
    -- w_i^T is row i of W1
    = A1, unit by unit
Z = W X + b
    Z1 = W1 @ A0 + b1
A = sigmoid(Z)
    A1 = sigmoid(Z1)
Z = W A + b
    Z2 = W2 @ A1 + b2
yhat = Z
    A2 = Z2
sigmoid(z) = 1 / (1 + e^-z)
    A1 = 1 / (1 + exp(-Z1))
dsigmoid/dz = sigmoid(z) (1 - sigmoid(z))
    -- as a factor of delta1
    delta1 = dA1 * sigmoid(Z1) * (1 - sigmoid(Z1))
L = 1/(2m) (A2 - Y)^T (A2 - Y)
    -- A2 is a row, as 3.10 has it: the product is m by m
    loss = (A2 - Y).T @ (A2 - Y) / (2 * m)
    -- A2 as a column: the sum of squares
    loss = (A2 - Y) @ (A2 - Y).T / (2 * m)
dL/dz2 = dL/dA2 = A2 - Y
    -- L with its 1/m
    dA2 = A2 - Y
    & delta2 = A2 - Y
    -- as it is used: m L
    dA2 = (A2 - Y) / m
    & delta2 = (A2 - Y) / m
dL/dw2 = 1/m (A2 - Y) A1^T
    dW2 = (A2 - Y) @ A1.T / m
dL/db2 = 1/m np.sum(A2 - Y, axis=1, keepdims=True)
    db2 = sum(A2 - Y, axis=1, keepdims=True) / m
dL/dz1 = w2^T (A2 - Y) * sigmoid(z1) (1 - sigmoid(z1))
    -- L with its 1/m
    delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))
    -- as it is used: m L
    delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m
dL/dw1 = 1/m w2^T (A2 - Y) sigmoid(z1) (1 - sigmoid(z1)) X^T
    -- sigmoid' entry by entry, as in 3.12
    dW1 = (W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m
dL/db1 = 1/m np.sum(dL/dz1, axis=1, keepdims=True)
    -- dL/dz1 as in 3.12
    db1 = sum(m * delta1, axis=1, keepdims=True) / m
L = -y log yhat - (1 - y) log(1 - yhat)
    [log loss, one sample] loss = sum(-Y * log(A2) - (1 - Y) * log(1 - A2))
dL/dyhat = -y/yhat + (1 - y)/(1 - yhat)
    [log loss, one sample] dA2 = -Y / A2 + (1 - Y) / (1 - A2)
dL/dyhat = (-y + y yhat + yhat - y yhat) / (yhat (1 - yhat))
    [log loss, one sample] dA2 = (-Y + Y * A2 + A2 - Y * A2) / (A2 * (1 - A2))
dL/dyhat = (yhat - y) / (yhat (1 - yhat))
    [log loss, one sample] dA2 = (A2 - Y) / (A2 * (1 - A2))
dL/dz = (yhat - y) / (yhat (1 - yhat)) [yhat (1 - yhat)]
    [log loss, one sample] delta2 = (A2 - Y) / (A2 * (1 - A2)) * (A2 * (1 - A2))
dL/dz = yhat - y
    [log loss, one sample] delta2 = A2 - Y
both networks have the same update rules
    -- 3.10 to 3.14, marked on the second network, all samples
    [log loss] dW2 = (A2 - Y) @ A1.T / m
    & db2 = sum(A2 - Y, axis=1, keepdims=True) / m
    & delta1 = W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1)) / m
    & dW1 = (W2.T @ (A2 - Y) * sigmoid(Z1) * (1 - sigmoid(Z1))) @ X.T / m
    & db1 = sum(m * delta1, axis=1, keepdims=True) / m
""",
        Compared(
            "A1",
            unit_by_unit,
            lambda n: n[""].trace().A[1],
            "A1, unit by unit",
        ),
    ),
)


def main():
    # The number of steps is fixed on purpose, so reaching it is expected.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    bmi, progress, X, y, yes = bmi_and_progress()
    print_agreement("Linear, squared error", linear_network().initialize(X, y), X, y)
    print_agreement("Sigmoid, log loss", sigmoid_network().initialize(X, yes), X, yes)

    regression = linear_network().fit(X, y)
    print(f"Trained for {regression.n_iter_} epochs: J = {regression.loss_:.4f},", end=" ")
    print(f"R2 = {regression.score(X, y):.3f} from the body mass index alone\n")

    sigmoid = sigmoid_network().fit(X, yes)
    few = slice(0, 6)
    twin = with_weights_of(linear_network(), sigmoid, X, yes)
    compare_deltas(twin, sigmoid, X[few], yes[few])
    show_wrong_partner(sigmoid, X[few], yes[few])

    fig, (left, middle, right) = panels(
        "Canonical partners: one delta for two networks", n_columns=3
    )
    plot_regression(left, regression, bmi, progress, X)
    plot_deltas(middle)
    plot_yes_or_no(right, linear_network().fit(X, yes), sigmoid, bmi, X, yes)
    save(fig, "derivation_3_canonical_partners.png")


if __name__ == "__main__":
    main()
