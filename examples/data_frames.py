"""A DataFrame with text, dates and holes goes in as it is.

The progress of diabetes in a year, from ten measurements of 442 patients. The table is made as
untidy as tables are: sex is text, the visit is a date, one measurement in ten is missing.

- `TabularRegressor` encodes the columns by their kind, and averages several networks. Nothing has
  to be prepared. The columns that the networks see are printed.
- It is compared with a single network and with gradient boosting, on the same folds.
- Permutation importance works on the columns of the DataFrame: how much worse are the predictions
  if one column is shuffled? The date was drawn at random, and should not matter.
"""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from sknn_edu import TabularRegressor

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"


def untidy_table():
    """The patients, and the progress of their disease a year later."""
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    rng = np.random.default_rng(0)
    X = X.mask(rng.random(X.shape) < 0.1)
    X["sex"] = X["sex"].map({1: "f", 2: "m"})
    X["visit"] = pd.Timestamp("1999-01-01") + pd.to_timedelta(rng.integers(0, 730, len(X)), "D")
    return X, y


def boosting():
    """Gradient boosting takes numbers: text is encoded, the date left out."""
    columns = make_column_transformer(
        (OrdinalEncoder(), make_column_selector(dtype_exclude=["number", "datetime"])),
        ("passthrough", make_column_selector(dtype_include="number")),
    )
    return make_pipeline(columns, HistGradientBoostingRegressor(random_state=0))


def print_encoding(reg, X):
    """What became of each column."""
    names = reg.pipeline_["columns"].get_feature_names_out()
    print(f"{X.shape[1]} columns became {len(names)}:")
    for column in X:
        parts = [name for name in names if name.partition("__")[2].startswith(column)]
        missing = f"numbers__missingindicator_{column}"
        parts += [missing] if missing in names else []
        start = f"    {column:6} {X[column].dtype!s:15} "
        print(fill(", ".join(parts), 88, initial_indent=start, subsequent_indent=" " * 27))


def print_scores(X, y):
    """R2 on the same five folds, for several networks, one, and trees."""
    models = {
        "networks, averaged": TabularRegressor(random_state=0),
        "one network": TabularRegressor(n_members=1, random_state=0),
        "gradient boosting": boosting(),
    }
    folds = KFold(5, shuffle=True, random_state=0)
    print("\nR2 on held-out patients, five folds, and their mean")
    for name, model in models.items():
        scores = cross_val_score(model, X, y, cv=folds)
        print(f"    {name:26}", *(f"{score:6.3f}" for score in scores), f"  {scores.mean():.3f}")


def plot_importances(ax, reg, X, y):
    result = permutation_importance(reg, X, y, n_repeats=10, random_state=0)
    order = np.argsort(result.importances_mean)
    means, errors = result.importances_mean[order], result.importances_std[order]
    ax.barh(X.columns[order], means, xerr=errors, color=BLUE, ecolor=GREY)
    ax.set(title="Columns", xlabel="loss of R2 if the column is shuffled")


def plot_training(ax, reg):
    """Each member is as it was in its best epoch."""
    for member in reg.members_:
        scores = member.validation_scores_
        best = int(np.argmax(scores))
        ax.plot(range(1, len(scores) + 1), scores, color=BLUE, lw=1)
        ax.plot(best + 1, scores[best], "o", color=ORANGE)
    ax.set(title="Members", xlabel="epoch", ylabel="R2 of the rows held out", ylim=(0, 0.7))


def main():
    X, y = untidy_table()
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    reg = TabularRegressor(random_state=0).fit(X_train, y_train)
    print_encoding(reg, X)
    print_scores(X, y)

    fig, (left, right) = plt.subplots(1, 2, figsize=(10.2, 4.6), layout="constrained")
    fig.suptitle("A table with text, dates and holes", fontsize=14)
    plot_importances(left, reg, X_test, y_test)
    plot_training(right, reg)
    fig.savefig("data_frames.png", dpi=130)
    print("\nPicture: data_frames.png")


if __name__ == "__main__":
    main()
