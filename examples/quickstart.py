"""Start here: choose a network by grid search, as with any scikit-learn classifier.

GridSearchCV searches the hidden layers and the activation of a pipeline of StandardScaler and
BackpropClassifier, for the digits and the breast cancer data that come with scikit-learn. The same
grid is then run with MLPClassifier. The two classifiers draw the same random numbers and do the
same arithmetic, so they find the same accuracies; only the times differ.

The best network is trained once more with validation data (``X_val``, ``y_val``). The loss curves
show from which epoch on it memorises the training data.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier

BLUE, ORANGE = "#0072B2", "#D55E00"

GRID = {
    "net__hidden_layer_sizes": [(16,), (64,), (64, 32)],
    "net__activation": ["relu", "tanh"],
}
# One fit takes a fraction of a second: with more workers, starting them would take longer.
WORKERS = 2


def grid_search(network):
    """The grid search over a pipeline with the given network."""
    settings = {"learning_rate_init": 0.01, "max_iter": 400, "random_state": 0}
    pipeline = Pipeline([("scale", StandardScaler()), ("net", network(**settings))])
    return GridSearchCV(pipeline, GRID, cv=3, n_jobs=WORKERS)


def timed_fit(search, X, y):
    start = perf_counter()
    search.fit(X, y)
    return perf_counter() - start


def run_both(data, name):
    """Both grids on one data set; prints the table and returns our search and the training data."""
    X, X_test, y, y_test = train_test_split(
        data.data, data.target, test_size=0.25, stratify=data.target, random_state=0
    )
    ours, theirs = grid_search(BackpropClassifier), grid_search(MLPClassifier)
    n_classes = len(np.unique(y))
    print(f"\n{name}: {len(X)} samples to train and validate, {len(X_test)} held out,", end=" ")
    print(f"{X.shape[1]} features, {n_classes} classes", flush=True)
    seconds = timed_fit(ours, X, y), timed_fit(theirs, X, y)
    print_table(ours.cv_results_, theirs.cv_results_)
    scores = ours.score(X_test, y_test), theirs.score(X_test, y_test)
    print(f"    best, held-out samples      {scores[0]:.4f}               {scores[1]:.4f}")
    print(
        f"    the whole grid, seconds     {seconds[0]:6.1f}               {seconds[1]:6.1f}", end=""
    )
    print(f"    ({seconds[1] / seconds[0]:.1f} times as long)")
    return ours, X, y


def print_table(ours, theirs):
    """A line for each point of the grid, the best one marked."""
    print("    hidden layers  activation   accuracy in cross-validation    seconds per fit")
    print("                                BackpropClassifier  MLPClassifier    ours   MLP")
    for i, params in enumerate(ours["params"]):
        sizes, activation = params["net__hidden_layer_sizes"], params["net__activation"]
        ours_i = f"{ours['mean_test_score'][i]:.4f} +- {ours['std_test_score'][i]:.4f}"
        best = " <- best" if ours["rank_test_score"][i] == 1 else ""
        print(
            f"    {sizes!s:14} {activation:11} {ours_i}"
            f"     {theirs['mean_test_score'][i]:.4f} {ours['mean_fit_time'][i]:13.2f}"
            f" {theirs['mean_fit_time'][i]:6.2f}{best}"
        )


def train_with_validation(search, X, y):
    """Train the best network once more, with validation data."""
    X, X_val, y, y_val = train_test_split(X, y, test_size=0.25, stratify=y, random_state=1)
    scale, net = (clone(step) for _, step in search.best_estimator_.steps)
    X, X_val = scale.fit_transform(X), scale.transform(X_val)
    return net.fit(X, y, X_val=X_val, y_val=y_val)


def plot_loss(ax, loss_curve, label=None, color=BLUE):
    ax.plot(range(1, len(loss_curve) + 1), loss_curve, color=color, label=label)
    ax.set(xlabel="epoch", ylabel="loss $J$")


def plot_curves(ax, net, name):
    best = int(np.argmin(net.validation_loss_curve_))
    plot_loss(ax, net.loss_curve_, "training", BLUE)
    plot_loss(ax, net.validation_loss_curve_, "validation", ORANGE)
    lowest = f"lowest: epoch {best + 1}"
    ax.plot(best + 1, net.validation_loss_curve_[best], "o", color=ORANGE, ms=9, label=lowest)
    layers = " and ".join(map(str, net.hidden_layer_sizes))
    ax.set(yscale="log", title=f"{name}: {layers} {net.activation} units")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def start_workers():
    """Two short untimed searches, so that neither time includes starting the workers."""
    X, y = np.arange(30)[:, np.newaxis] % 2, np.arange(30) % 2
    for network in (BackpropClassifier, MLPClassifier):
        grid_search(network).set_params(param_grid={}).fit(X, y)


def main():
    # Each line is shown at once, also where the output is not a terminal.
    print(f"Starting {WORKERS} processes for two grid searches (about 10 seconds)", flush=True)
    start_workers()
    fig, axes = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("The network that won the grid: how long does training help?", fontsize=14)
    data_sets = {"Digits": load_digits(), "Breast cancer": load_breast_cancer()}
    for ax, (name, data) in zip(axes, data_sets.items()):
        search, X, y = run_both(data, name)
        net = train_with_validation(search, X, y)
        print(f"    best again, with X_val: {net.stop_reason_}")
        plot_curves(ax, net, name)
    fig.savefig("quickstart.png", dpi=130)
    print("\nPicture: quickstart.png")


if __name__ == "__main__":
    main()
