"""A common style for all figures, with colours that colour-blind readers can distinguish."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
FROM_BLUE_TO_ORANGE = LinearSegmentedColormap.from_list("classes", [BLUE, "white", ORANGE])

STYLE = {
    "figure.dpi": 130,
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "white",
    "lines.linewidth": 2,
}


def panels(title, n_columns=2, n_rows=1):
    """A figure with a title over several panels; returns the figure and its axes."""
    plt.rcParams.update(STYLE)
    size = (1.0 + 4.6 * n_columns, 0.4 + 4.2 * n_rows)
    fig, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained")
    fig.suptitle(title, fontsize=14, fontweight="bold")
    fig.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
    return fig, axes


def plane(ax, n=300):
    """Coordinates x1 and x2 of a grid over the whole panel."""
    return np.meshgrid(np.linspace(*ax.get_xlim(), n), np.linspace(*ax.get_ylim(), n))


def probability(est, x1, x2):
    """Probability of the second class at the points (x1, x2)."""
    return est.predict_proba(np.column_stack([x1.ravel(), x2.ravel()]))[:, 1].reshape(x1.shape)


def plot_classes(ax, est, X, y, margin=0.3):
    """Two classes in the plane, the probability of the second as colour, the boundary in black."""
    low, high = X.min(axis=0) - margin, X.max(axis=0) + margin
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="$x_1$", ylabel="$x_2$")
    ax.grid(False)
    x1, x2 = plane(ax)
    P = probability(est, x1, x2)
    extent = (*ax.get_xlim(), *ax.get_ylim())
    look = {"cmap": FROM_BLUE_TO_ORANGE, "alpha": 0.45, "aspect": "auto", "origin": "lower"}
    ax.imshow(P, extent=extent, vmin=0, vmax=1, interpolation="bilinear", **look)
    if P.min() < 0.5 < P.max():
        ax.contour(x1, x2, P, [0.5], colors="black", linewidths=2)
    for label, color, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        ax.scatter(*X[y == label].T, s=24, c=color, marker=marker, edgecolors="white", lw=0.5)


def plot_loss(ax, loss_curve, label=None, color=BLUE):
    """The loss of each epoch."""
    ax.plot(np.arange(1, len(loss_curve) + 1), loss_curve, color=color, label=label)
    ax.set(xlabel="epoch", ylabel="loss $J$")


def below(ax, n_columns=3):
    """The legend below the panel."""
    tight = {"handlelength": 1.4, "columnspacing": 1.0, "handletextpad": 0.5, "fontsize": 10}
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=n_columns, **tight)


def save(fig, name):
    """Write the figure into the current directory and print its path."""
    path = Path(name).resolve()
    fig.savefig(path)
    plt.close(fig)
    print(f"\nPicture: {path}")


def save_page(page, name):
    """Write a page of `sknn_edu.teaching` into the current directory and print its path."""
    print(f"\nPage: {page.save(name).resolve()}")
