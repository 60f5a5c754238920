"""The loss decides what a regression predicts: a mean, a robust centre, or a quantile.

The same network predicts the progress of diabetes from ten measurements, under different losses.

- Squared error estimates the mean, which a single outlier can shift far. Huber's loss and the
  0.5-quantile (the median) have bounded derivatives. To show this, about one training target in
  twenty is multiplied by ten, as by a misplaced decimal point.
- The 0.1- and 0.9-quantiles are the ends of an interval that should contain 80 % of the patients.
  The example counts them, on patients that the networks have not seen.

Every prediction here comes from cross-validation: its network was trained on other patients.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler

from sknn_edu import BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning
from sknn_edu.losses import Huber, Quantile, SquaredError

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"

LOSSES = {
    "squared error": (SquaredError(), ORANGE),
    "Huber": (Huber(delta=0.5), GREEN),
    "0.5-quantile": (Quantile(0.5), BLUE),
}
LOW, HIGH = 0.1, 0.9


def model(loss):
    """8 tanh units, inputs and target in standard units; RobustScaler uses the quartiles."""
    net = BackpropRegressor(
        hidden_layer_sizes=(8,),
        activation="tanh",
        loss=loss,
        alpha=0.1,
        batch_size=32,
        learning_rate_init=0.01,
        max_iter=40,
        random_state=0,
    )
    pipeline = make_pipeline(StandardScaler(), net)
    return TransformedTargetRegressor(pipeline, transformer=RobustScaler())


def predict_unseen(loss, X, y_train, folds):
    """For each patient the prediction of a network trained on the others."""
    predictions = np.empty(len(X))
    for train, test in folds.split(X):
        predictions[test] = model(loss).fit(X[train], y_train[train]).predict(X[test])
    return predictions


def misplace_points(y, share=0.05, seed=0):
    """Targets with some of them ten times too large."""
    wrong = np.random.default_rng(seed).random(len(y)) < share
    return np.where(wrong, 10 * y, y), wrong.sum()


def compare_losses(X, y, folds):
    """Mean absolute error of each loss, trained on clean and on corrupted targets."""
    corrupted, n_wrong = misplace_points(y)
    print(
        f"Trained on clean targets, and with {n_wrong} of {len(y)} ten times too large; scored on"
    )
    print("the clean ones")
    print("                         clean training              corrupted training")
    print("    loss             MAE     RMSE       R2        MAE     RMSE       R2")
    errors: dict[str, list[float]] = {}
    for name, (loss, _) in LOSSES.items():
        cells, errors[name] = [], []
        for y_train in (y, corrupted):
            a = predict_unseen(loss, X, y_train, folds)
            errors[name].append(mean_absolute_error(y, a))
            rmse, r2 = root_mean_squared_error(y, a), r2_score(y, a)
            cells.append(f"{errors[name][-1]:7.1f} {rmse:8.1f} {r2:8.3f}")
        print(f"    {name:14}", "   ".join(cells))
    return errors


def predict_interval(X, y, folds):
    """The two quantiles of each patient, and how many targets lie between them."""
    low, high = (predict_unseen(Quantile(q), X, y, folds) for q in (LOW, HIGH))
    inside = (low <= y) & (y <= high)
    expected = HIGH - LOW
    error = np.sqrt(expected * (1 - expected) / len(y))
    print(f"\nThe interval from the {LOW}- to the {HIGH}-quantile, {expected:.0%} by construction")
    print(f"    inside   {inside.mean():.1%}, with a standard error of {error:.1%}")
    print(f"    below    {np.mean(y < low):.1%}    above    {np.mean(y > high):.1%}")
    print(f"    width    {np.mean(high - low):.0f} on average; the targets span {np.ptp(y):.0f}")
    print(f"    crossed  {np.mean(low > high):.1%}")
    return low, high, inside


def plot_errors(ax, errors):
    for row, (name, pair) in enumerate(errors.items()):
        for offset, error, alpha in zip((0.2, -0.2), pair, (0.35, 1)):
            ax.barh(offset - row, error, height=0.36, color=LOSSES[name][1], alpha=alpha)
            ax.text(error + 1, offset - row, f"{error:.0f}", va="center")
    ax.bar(0, 0, color=GREY, alpha=0.35, label="clean training targets")
    ax.bar(0, 0, color=GREY, label="1 in 20 corrupted")
    ax.set_yticks([-row for row in range(len(errors))], errors)
    ax.set(title="Effect of outliers in the targets", xlabel="mean absolute error", xlim=(0, 100))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def plot_interval(ax, y, low, high, inside):
    """Every fourth patient, in the order of the middle of the interval."""
    order = np.argsort(low + high)[::4]
    x = np.arange(len(order))
    ax.vlines(x, low[order], high[order], color="#b8d4e8", lw=2, label="predicted interval")
    for mask, color, label in ((inside, BLUE, "inside"), (~inside, ORANGE, "outside")):
        shown = mask[order]
        ax.plot(x[shown], y[order][shown], "o", color=color, ms=4, label=label)
    ax.set(title=f"{HIGH - LOW:.0%} intervals of unseen patients: {inside.mean():.0%} inside")
    ax.set(xlabel="patients, sorted by prediction", ylabel="progress of the disease")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, fontsize="small")


def main():
    # Forty epochs are chosen so that the network does not memorise the data.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)

    X, y = load_diabetes(return_X_y=True)
    folds = KFold(5, shuffle=True, random_state=0)
    errors = compare_losses(X, y, folds)
    low, high, inside = predict_interval(X, y, folds)

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("One network, several losses: diabetes", fontsize=14)
    plot_errors(left, errors)
    plot_interval(right, y, low, high, inside)
    fig.savefig("regression.png", dpi=130)
    print("\nPicture: regression.png")


if __name__ == "__main__":
    main()
