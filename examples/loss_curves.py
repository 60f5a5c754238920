"""Loss curves: when to stop training, and which solver trains best.

`LossCurveDisplay` draws what `fit` has recorded. Left, one network with validation data: the
training loss keeps falling, the validation loss does not, and ``early_stopping`` restores the
weights of the marked epoch. Right, the same network with four solvers, labelled by the parameter
that differs.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier, LossCurveDisplay


def data():
    """Scaled measurements of tumours; a quarter is held out."""
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    return train_test_split(X, y, test_size=0.25, stratify=y, random_state=1)


def main():
    X, X_val, y, y_val = data()
    early = BackpropClassifier(
        32,
        "tanh",
        learning_rate_init=0.01,
        early_stopping=True,
        scoring="loss",
        n_iter_no_change=30,
        random_state=0,
    ).fit(X, y, X_val=X_val, y_val=y_val)
    print(f"Best epoch: {early.best_iter_} of {early.n_iter_}")
    print(early.stop_reason_)

    solvers = [
        BackpropClassifier(
            32, "tanh", solver=solver, learning_rate_init=0.01, max_iter=60, tol=0, random_state=0
        ).fit(X, y)
        for solver in ("gd", "sgd", "rmsprop", "adam")
    ]
    print("\nLoss after 60 epochs")
    for clf in solvers:
        print(f"    {clf.solver:8} {clf.loss_:.4f}")

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Loss curves: breast cancer data", fontsize=14)
    LossCurveDisplay.from_estimator(early, ax=left, log_scale=True)
    left.set_title("One network with validation data")
    LossCurveDisplay.from_estimators(solvers, ax=right, log_scale=True, mark_best=False)
    right.set_title("Four solvers")
    fig.savefig("loss_curves.png", dpi=130)
    print("\nPicture: loss_curves.png")


if __name__ == "__main__":
    main()
