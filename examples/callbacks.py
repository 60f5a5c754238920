"""Callbacks: record training inside a grid search, and stop a fit at a target accuracy.

scikit-learn 1.9 calls your own hooks while `fit` runs. This example uses two callbacks.

- `ScoringMonitor` of scikit-learn records the training accuracy of every epoch of every fit in a
  grid search over hidden sizes, in two processes.
- `Goal`, twenty lines in this file, records the distance of each layer's weights from their initial
  values, and stops training once the accuracy on held-out data reaches a goal.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"

SIZES = {4: BLUE, 16: ORANGE, 64: GREEN}


class Goal:
    """Stops at an accuracy on held-out data, and records how far the weights have moved."""

    def __init__(self, accuracy, X, y):
        self.accuracy, self.X, self.y = accuracy, X, y
        self.scores, self.distances = [], []

    def setup(self, estimator, context):
        """Called once, before the fit."""

    def on_fit_task_begin(self, estimator, context, *, fitted_estimator):
        if context.task_name == "epoch" and context.task_id == 0:
            self.start = fitted_estimator.coefs_

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        if context.task_name != "epoch":
            return False
        moved = zip(fitted_estimator.coefs_, self.start, strict=True)
        self.distances.append([np.linalg.norm(W - W_0) for W, W_0 in moved])
        self.scores.append(fitted_estimator.score(self.X, self.y))
        return self.scores[-1] >= self.accuracy

    def teardown(self, estimator, context):
        """Called once, after the fit, even if it failed."""


def watch_a_search(X, y):
    """Training accuracy of each epoch, averaged over three folds: {hidden units: curve}."""
    monitor = ScoringMonitor(scoring=["accuracy"])
    net = BackpropClassifier(max_iter=25, tol=0, random_state=0).set_callbacks(monitor)
    grid = {"backpropclassifier__hidden_layer_sizes": list(SIZES)}
    search = GridSearchCV(make_pipeline(StandardScaler(), net), grid, cv=3, n_jobs=2).fit(X, y)
    print(f"Best of the search: {search.best_params_}, accuracy {search.best_score_:.3f}")

    log = monitor.get_logs()
    print(f"{len(log.data)} scores were recorded, one for each epoch and each fit")
    epochs = [row for row in log.data if row["task_name"] == "epoch"]
    # The path of an epoch: the search, its loop, candidate and fold, the step, the epoch.
    fits = sorted({row["task_id_path"][:-1] for row in epochs if row["task_id_path"][1] == 0})
    curves = np.array(
        [[row["accuracy"] for row in epochs if row["task_id_path"][:-1] == fit] for fit in fits]
    )
    return dict(zip(SIZES, curves.reshape(len(SIZES), 3, -1).mean(axis=1), strict=True))


def main():
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
    curves = watch_a_search(X_train, y_train)

    scaler = StandardScaler().fit(X_train)
    goal = Goal(0.96, scaler.transform(X_test), y_test)
    net = BackpropClassifier((32, 16), max_iter=200, random_state=0).set_callbacks(goal)
    net.fit(scaler.transform(X_train), y_train)
    print(f"\n{net.stop_reason_} Accuracy on the held-out data: {goal.scores[-1]:.3f}")

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Recorded by callbacks", fontsize=14)
    for size, curve in curves.items():
        left.plot(np.arange(1, 26), curve, color=SIZES[size], label=f"{size} hidden units")
    left.set(
        title="Training accuracy in a grid search", xlabel="epoch", ylabel="accuracy", ylim=(0, 1)
    )
    left.legend(loc="lower right")
    for l, distance in enumerate(np.transpose(goal.distances), start=1):
        color = list(SIZES.values())[l - 1]
        right.plot(np.arange(1, net.n_iter_ + 1), distance, color=color, label=f"$W_{l}$")
    right.set(
        title="Distance of the weights from their initial values", xlabel="epoch", ylabel="norm"
    )
    right.legend()
    fig.savefig("callbacks.png", dpi=130)
    print("\nPicture: callbacks.png")


if __name__ == "__main__":
    main()
