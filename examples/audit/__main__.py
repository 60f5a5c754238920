"""Five derivations by hand, marked formula by formula, each on the network it was written for.

The networks are those of `derivation_1_tanh_softmax.py` to `derivation_5_relu_layers.py`, with five
or six samples in columns. Each formula is marked by `sknn_edu.teaching.check_derivation`, in whose
language it is repeated here, and printed with the verdict, the mistake and the correction. In the
folder ``examples``::

    python -m audit                               all of it
    python -m audit --markdown                    the tables in Markdown
    python -m audit --markdown ../docs/audit.md   the tables, into that page
"""

import argparse
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from derivation_4_softmax_jacobian import through_softmax
from derivation_5_relu_layers import network as relu_layers
from derivation_5_relu_layers import two_moons

from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.teaching import check_gradient

from .marking import DEPENDS, DERIVATIONS, RIGHT, WRONG, mark, mark_corrections
from .six_mistakes import SIX_MISTAKES, bias_steps
from .tables import MEANING, summary_text, table_text, tables_markdown, with_tables

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"
COLORS = {RIGHT: BLUE, DEPENDS: "#E69F00", WRONG: ORANGE}


def print_gradient_checks():
    """The gradients that the marking compares with, beside finite differences."""
    print("\nThe networks, backpropagation beside finite differences")
    for i, derivation in enumerate(DERIVATIONS, start=1):
        for name, network in derivation.networks().items():
            error = check_gradient(network.est, network.X, network.y).max_relative_error
            print(f"    {i}  {name or 'as on paper':25} largest relative error: {error:.1e}")


def print_corrections():
    right = [verdict for derivation in DERIVATIONS for verdict in mark_corrections(derivation)]
    print(f"\nWith their corrections, {sum(right)} of {len(right)} wrong answers are right.")


# -- the picture ------------------------------------------------------------------------------

TITLES = (
    "1  tanh, softmax",
    "2  linear, no half",
    "3  linear, half",
    "4  softmax, no bias",
    "5  ReLU throughout",
)


def plot_verdicts(ax):
    """A box for each formula, with the quantity that it gives."""
    for row, derivation in enumerate(DERIVATIONS):
        for column, marked in enumerate(mark(derivation), start=1):
            color = COLORS[marked.verdict]
            ax.add_patch(plt.Rectangle((column - 0.46, row - 0.4), 0.92, 0.8, color=color))
            ink = "black" if marked.verdict == DEPENDS else "white"
            look = {"rotation": 90, "fontsize": 8.5, "fontweight": "bold", "color": ink}
            ax.text(column, row, about(marked.formula), ha="center", va="center", **look)
    for verdict, meaning in MEANING.items():
        ax.plot([], [], "s", ms=11, color=COLORS[verdict], label=meaning)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    longest = max(len(derivation.formulas) for derivation in DERIVATIONS)
    ax.set(xlim=(0.4, longest + 0.6), ylim=(len(DERIVATIONS) - 0.45, -0.55))
    ax.set_yticks(range(len(TITLES)), TITLES)
    ax.set_xticks([1, *range(5, longest + 1, 5)])
    ax.set_xlabel("number of the formula; in the box, the quantity that it gives")
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)


def about(formula):
    """The quantity that a formula gives."""
    says = formula.readings[0].says
    return next(iter(says)).replace("_next", " :=") if isinstance(says, dict) else says.about


def plot_softmax(ax):
    """delta of many samples, by the whole Jacobian and by its diagonal alone."""
    rng = np.random.default_rng(0)
    for n_classes, color, size in ((3, ORANGE, 8), (2, BLUE, 14)):
        points = []
        for _ in range(400):
            e = np.exp(1.5 * rng.normal(size=n_classes))
            a, y = e / e.sum(), np.eye(n_classes)[rng.integers(n_classes)]
            points.append(np.transpose(through_softmax(a, a - y)))
        ax.plot(*np.vstack(points).T, ".", ms=size / 2, color=color, label=f"{n_classes} classes")
    ax.axhspan(0, 0.2, 0, 0.5, color=GREY, alpha=0.12, lw=0)
    ax.axhspan(-0.2, 0, 0.5, 1, color=GREY, alpha=0.12, lw=0)
    ax.text(-0.33, 0.15, "wrong sign", ha="left", color=GREY)
    ax.text(0.33, -0.17, "wrong sign", ha="right", color=GREY)
    ax.set(xlim=(-0.35, 0.35), ylim=(-0.2, 0.2), xlabel="delta, all of the Jacobian")
    ax.set(
        ylabel="delta, its diagonal alone",
        title="Softmax entry by entry: half, or no constant factor",
    )
    ax.legend(loc="upper left", markerscale=2, bbox_to_anchor=(0, 0.82))


def plot_bias(ax):
    steps = 3000
    for summed, color, name in ((True, BLUE, "summed"), (False, ORANGE, "not summed")):
        J, fresh = np.transpose(list(bias_steps(summed, steps)))
        ax.plot(J, color=color, label=f"{name}, the 40 pairs")
        ax.plot(fresh, "--", color=color, label=f"{name}, fresh pairs")
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="loss $J$", xlim=(1, steps))
    ax.set_title("A bias for each sample memorises the data")
    ax.legend(loc="lower left")


def plot_relu(ax):
    """Training with ReLU outputs and cross-entropy, along its gradient and along A - Y."""
    look = {"its gradient": (BLUE, (1.2, -9)), "A - Y": (ORANGE, (2.5, 18))}
    for name, (J, accuracy) in relu_trainings().items():
        color, place = look[name]
        ax.plot(np.arange(1, len(J) + 1), J, color=color)
        ax.text(*place, f"along {name}:\naccuracy {accuracy:.2f}", color=color)
    ax.axhline(0, color=GREY, lw=1)
    ax.set(xscale="log", xlabel="step", ylabel="cross-entropy $J$", ylim=(-11, None))
    ax.set_title("ReLU output: A - Y is another loss's delta")


def relu_trainings(steps=1000):
    """J of each step and the final accuracy. A - Y is the gradient of the squared error."""
    X, y = two_moons()
    judge = relu_layers(3, "relu", "log_loss").initialize(X, y)
    found = {}
    for name, loss in (("its gradient", "log_loss"), ("A - Y", "squared_error")):
        net, J = relu_layers(3, "relu", loss).initialize(X, y), []
        for _ in range(steps):
            judge.coefs_, judge.intercepts_ = net.coefs_, net.intercepts_
            J.append(judge.objective(X, y))
            net.partial_fit(X, y)  # one step of gradient descent
        found[name] = np.array(J), net.score(X, y)
    return found


def picture():
    fig = plt.figure(figsize=(15, 9.4), layout="constrained")
    fig.suptitle("Five derivations by hand, formula by formula", fontsize=16, fontweight="bold")
    fig.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    axes = fig.subplot_mosaic([["verdicts"] * 3, ["softmax", "bias", "relu"]])
    plot_verdicts(axes["verdicts"])
    plot_softmax(axes["softmax"])
    plot_bias(axes["bias"])
    plot_relu(axes["relu"])
    fig.savefig("audit.png", dpi=130)
    print("\nPicture: audit.png")


def main():
    parser = argparse.ArgumentParser(
        prog="python -m audit", description="Five derivations, marked formula by formula."
    )
    parser.add_argument(
        "--markdown",
        nargs="?",
        const="",
        metavar="PAGE",
        help="print the tables in Markdown, or write them into a page",
    )
    page = parser.parse_args().markdown
    # Some losses of the derivations raise this warning; they are kept as they are.
    warnings.filterwarnings("ignore", category=RiskyOutputWarning)
    if page:
        path = Path(page)
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
    elif page is not None:
        print("\n\n".join(tables_markdown().values()))
    else:
        for i in range(1, len(DERIVATIONS) + 1):
            print(table_text(i), end="\n\n")
        print(summary_text())
        for numbers in SIX_MISTAKES.values():
            print(f"\n{numbers.__doc__}", *(f"    {line}" for line in numbers()), sep="\n")
        print_corrections()
        print_gradient_checks()
        picture()


if __name__ == "__main__":
    main()
