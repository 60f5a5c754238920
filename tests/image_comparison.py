"""Pictures compared with committed ones: ``python tests/image_comparison.py`` draws those anew.

The arrays are given, not trained, and nothing is written, so that neither rounding nor fonts
decide. What remains between two versions of matplotlib is how it smooths edges.
"""

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.testing.decorators import remove_ticks_and_titles
from matplotlib.text import Text
from scipy.ndimage import gaussian_filter

from sknn_edu import GradientFlowDisplay, LossCurveDisplay, NetworkDisplay

BASELINES = Path(__file__).parent / "baseline_images"
DPI = 60
BLUR = 2  # pixels
# The largest difference of two colours (0 to 1) after the blur. A quarter of a pixel makes up to
# 0.07; a line of another colour, or a marker one epoch further, makes more than 0.15.
TOLERANCE = 0.1


def weights(seed=0, sizes=(3, 12, 4, 2)):
    rng = np.random.default_rng(seed)
    W = [rng.normal(size=shape) for shape in pairwise(sizes)]
    return W, [rng.normal(size=n) for n in sizes[1:]]


def draw_loss(ax, best_iter=12):
    t = np.arange(1, 21)
    LossCurveDisplay(
        loss_curve=1 / t,
        validation_loss_curve=0.2 + 0.6 / t + 0.002 * (t - 12) ** 2,
        validation_scores=1 - (t - 12) ** 2 / 200,
        best_iter=best_iter,
    ).plot(ax)


def draw_network(ax, sign=1):
    W, b = weights()
    W[2][0, 1] = 2 * sign
    NetworkDisplay(coefs=W, intercepts=b).plot(ax)


def draw_network_with_outputs(ax, sign=1):
    W, _ = weights(sizes=(2, 3, 2))
    A = [[1.0, -0.5], [0.2, 0.9 * sign, -0.4], [0.3, 0.7]]
    NetworkDisplay(coefs=W, layer_outputs=A).plot(ax)


def draw_flow(ax, kind="line", slow=0):
    layers, epochs = np.arange(5), np.arange(8)
    norms = 10.0 ** (layers - 5) / (1 + epochs[:, np.newaxis])
    norms[4, 2] *= 1 + slow
    GradientFlowDisplay(norms=norms).plot(ax, kind=kind)


def draw_heatmap(ax, slow=0):
    draw_flow(ax, "heatmap", slow)


# What is drawn, and the same with something wrong in it that nobody should overlook.
PICTURES = {
    "loss": (draw_loss, {"best_iter": 13}),
    "network": (draw_network, {"sign": -1}),
    "network_with_outputs": (draw_network_with_outputs, {"sign": -1}),
    "flow": (draw_flow, {"slow": 9}),
    "heatmap": (draw_heatmap, {"slow": 9}),
}


def figure(draw, **planted):
    """A figure of 5 x 4 inches in matplotlib's own style, without anything written."""
    with mpl.rc_context():
        mpl.rcdefaults()
        plt.switch_backend("Agg")
        fig = plt.figure(figsize=(5, 4), dpi=DPI)
        draw(fig.add_axes((0.1, 0.1, 0.8, 0.8)), **planted)
        for ax in fig.findobj(mpl.axes.Axes):
            if ax.get_legend() is not None:
                ax.get_legend().remove()
        remove_ticks_and_titles(fig)
        for text in fig.findobj(Text):
            text.set_visible(False)
        for ax in fig.findobj(mpl.axes.Axes):
            ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
            ax.tick_params(which="both", labelright=False, right=False, bottom=False)
        plt.close(fig)
        return fig


def pixels(fig):
    """RGB of shape (height, width, 3), from 0 to 1."""
    with mpl.rc_context():
        mpl.rcdefaults()
        buffer = BytesIO()
        fig.savefig(buffer, dpi=DPI, format="png")
        buffer.seek(0)
        return plt.imread(buffer)[..., :3]


def difference(image, other):
    """The largest difference between the colours of two images, both blurred."""
    assert image.shape == other.shape
    return float(np.abs(blurred(image) - blurred(other)).max())


def blurred(image):
    """Without what matplotlib's versions do differently at the edges."""
    return gaussian_filter(image, (BLUR, BLUR, 0))


def moved(image):
    """The image a quarter of a pixel further right and down: more than versions differ."""
    image = 0.75 * image + 0.25 * np.roll(image, 1, axis=0)
    return 0.75 * image + 0.25 * np.roll(image, 1, axis=1)


def baseline(name):
    return plt.imread(BASELINES / f"{name}.png")[..., :3]


if __name__ == "__main__":
    BASELINES.mkdir(exist_ok=True)
    for name, (draw, _) in PICTURES.items():
        plt.imsave(BASELINES / f"{name}.png", pixels(figure(draw)))
