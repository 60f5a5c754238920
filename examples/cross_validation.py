"""How certain is a cross-validated score? Compare losses by their differences on the same folds.

Three networks classify tumours as benign or malignant. They differ in their loss only: log loss,
squared error, and the sum of the two. Each is scored on the same 50 held-out folds (five folds,
repeated ten times with other splits) by accuracy, area under the ROC curve, and log loss.

- Folds differ much more from each other than networks do. Compare networks on the same
  folds, by the differences; the difficulty of a fold then cancels.
- A single five-fold cross-validation can rank the networks either way.
- The 50 scores are not independent, since all training sets overlap. The usual standard error of a
  mean is therefore too small; Nadeau and Bengio (2003) replace 1/J by 1/J + n_test / n_train.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import LogLoss, SquaredError

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"

FOLDS, REPEATS = 5, 10
LOSSES = {
    "log loss": (LogLoss(), BLUE),
    "squared error": (SquaredError(), ORANGE),
    "the sum of both": (LogLoss() + SquaredError(), GREEN),
}
SCORERS = {"accuracy": "accuracy", "ROC area": "roc_auc", "log loss": "neg_log_loss"}


def network(loss):
    """16 ReLU units and one logistic output, 100 epochs of adam."""
    net = BackpropClassifier(
        hidden_layer_sizes=(16,),
        loss=loss,
        output_activation="logistic",
        learning_rate_init=0.01,
        max_iter=100,
        n_iter_no_change=np.inf,
        random_state=0,
    )
    return make_pipeline(StandardScaler(), net)


def score_all(X, y):
    """Scores by loss and scorer, each an array of shape (REPEATS, FOLDS), of the same folds."""
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=0)
    scores = {}
    for name, (loss, _) in LOSSES.items():
        result = cross_validate(network(loss), X, y, cv=folds, scoring=SCORERS)
        scores[name] = {s: result[f"test_{s}"].reshape(REPEATS, FOLDS) for s in SCORERS}
    return scores


def interval(differences, corrected=True):
    """Mean of paired differences and the half width of its 95 % confidence interval."""
    J = differences.size
    overlap = 1 / (FOLDS - 1) if corrected else 0  # n_test / n_train
    error = differences.std(ddof=1) * np.sqrt(1 / J + overlap)
    return differences.mean(), stats.t.ppf(0.975, J - 1) * error


def print_scores(scores):
    print(f"Mean and standard deviation over {FOLDS * REPEATS} folds (more is better)")
    print(f"    {'trained with':18}", *(f"{s:>17}" for s in SCORERS))
    for name, by_scorer in scores.items():
        cells = (f"{s.mean():+.4f} +- {s.std(ddof=1):.4f}" for s in by_scorer.values())
        print(f"    {name:18}", *(f"{cell:>17}" for cell in cells))


def print_differences(scores):
    print("\nDifference from log loss on the same folds, with its 95 % interval")
    print(f"    {'trained with':18} {'scored by':10} {'mean':>8} {'if independent':>16}", end=" ")
    print(f"{'corrected':>11}   folds won : lost")
    for name in list(scores)[1:]:
        for scorer in SCORERS:
            d = (scores[name][scorer] - scores["log loss"][scorer]).ravel()
            mean, naive = interval(d, corrected=False)
            _, corrected = interval(d)
            print(f"    {name:18} {scorer:10} {mean:+8.4f} {f'+- {naive:.4f}':>16}", end=" ")
            print(f"{f'+- {corrected:.4f}':>11} {(d > 0).sum():>11} : {(d < 0).sum()}")


def print_ranks(scores):
    means = {name: s["accuracy"].mean(axis=1) for name, s in scores.items()}
    best = np.max(list(means.values()), axis=0)
    print(f"\nBest or equal best accuracy in {REPEATS} cross-validations with {FOLDS} folds each")
    for name, mean in means.items():
        print(f"    {name:18} {(mean >= best - 1e-12).sum():3d} times")


def plot_repeats(ax, scores):
    for name, (_, color) in LOSSES.items():
        means = scores[name]["accuracy"].mean(axis=1)
        ax.plot(np.arange(1, REPEATS + 1), means, "o-", color=color, label=name)
    ax.set(title="One 5-fold cross-validation each", xlabel="repeat, with another split")
    ax.set(ylabel="mean accuracy", xticks=range(1, REPEATS + 1))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def plot_differences(ax, scores):
    """One dot for each fold, and the interval of the mean."""
    rng = np.random.default_rng(0)
    rows = [(name, s) for s in ("accuracy", "ROC area") for name in list(LOSSES)[1:]]
    for row, (name, scorer) in enumerate(rows):
        d = (scores[name][scorer] - scores["log loss"][scorer]).ravel()
        at = -row + rng.uniform(-0.15, 0.15, d.size)
        ax.plot(d, at, "o", color=LOSSES[name][1], alpha=0.35, ms=5)
        mean, half = interval(d)
        ax.errorbar(mean, -row + 0.3, xerr=half, fmt="D", color="black", capsize=4, ms=5)
    ax.axvline(0, color=GREY, lw=1)
    ax.set_yticks([-row for row in range(len(rows))], [f"{s}\n{n}" for n, s in rows], fontsize=9)
    ax.plot([], [], "o", color=GREY, alpha=0.5, label="one fold")
    ax.plot([], [], "D-", color="black", ms=5, label="mean, 95 % interval")
    ax.set(title="Compared on the same folds", xlabel="score minus that of log loss")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def main():
    # Every network trains for exactly 100 epochs.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    scores = score_all(*load_breast_cancer(return_X_y=True))
    print_scores(scores)
    print_differences(scores)
    print_ranks(scores)

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("Is one loss better? Compare on the same folds", fontsize=14)
    plot_repeats(left, scores)
    plot_differences(right, scores)
    fig.savefig("cross_validation.png", dpi=130)
    print("\nPicture: cross_validation.png")


if __name__ == "__main__":
    main()
