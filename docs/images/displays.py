"""The figures of docs/displays.md: ``python docs/images/displays.py`` draws them again."""

from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier, GradientFlowDisplay, LossCurveDisplay, NetworkDisplay


def save(fig, name):
    """A palette makes a small file."""
    buffer = BytesIO()
    fig.savefig(buffer, dpi=100)
    palette = Image.open(buffer).convert("RGB").quantize(256)
    palette.save(Path(__file__).with_name(name), optimize=True)


def loss_curves():
    """Early stopping, and three activations."""
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    settings = {"learning_rate_init": 0.01, "early_stopping": True, "random_state": 0}
    clf = BackpropClassifier(16, scoring="loss", n_iter_no_change=20, **settings).fit(X, y)
    LossCurveDisplay.from_estimator(clf, ax=left)
    several = [
        BackpropClassifier(16, activation, **settings).fit(X, y)
        for activation in ("logistic", "tanh", "relu")
    ]
    LossCurveDisplay.from_estimators(several, ax=right, log_scale=True)
    return fig


def networks():
    """A flower in a small network."""
    iris = load_iris(as_frame=True)
    clf = BackpropClassifier(5, solver="lbfgs", alpha=0.1, random_state=0)
    pipe = make_pipeline(StandardScaler(), clf)
    pipe.fit(iris.data, iris.target_names[iris.target])
    return NetworkDisplay.from_estimator(pipe, x=iris.data.iloc[0]).figure_


def gradient_flow():
    """Eight logistic layers: lines, and a heat map."""
    X, y = load_digits(return_X_y=True)
    clf = BackpropClassifier(
        24, "logistic", n_hidden_layers=7, alpha=0, max_iter=15, tol=0, random_state=0
    )
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    fig.get_layout_engine().set(wspace=0.12)  # the names of both panels' layers meet otherwise
    for ax, kind in zip(axes, ("line", "heatmap"), strict=True):
        GradientFlowDisplay.from_estimator(clf, X / 16, y, kind=kind, ax=ax)
    return fig


if __name__ == "__main__":
    save(loss_curves(), "displays_loss.png")
    save(networks(), "displays_network.png")
    save(gradient_flow(), "displays_gradient.png")
