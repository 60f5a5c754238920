"""What trains well: scaling, steps, solvers, early stopping, depth and penalty, cross-validated.

Every number is the mean of a score in five-fold cross-validation over five seeds, and its
spread, the standard deviation over the seeds. A seed draws the folds, the weights and the
shuffles. All rows of a table use the same folds, so two rows of a column may be compared where
they differ by more than a few spreads. No times are measured: the numbers depend on the machine
by rounding only.

    python what_trains_well.py                                           the tables
    python what_trains_well.py --markdown ../docs/what_trains_well.md    the tables, into that page
    python what_trains_well.py --smoke                                   one seed, two epochs
"""

import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning

SEEDS, FOLDS = 5, 5
LOADERS = {
    "iris": load_iris,
    "wine": load_wine,
    "breast cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": lambda: load_diabetes(scaled=False),
}
ALL = tuple(LOADERS)
REGRESSION = ("diabetes",)
SCALERS = {
    "raw": FunctionTransformer,
    "to [0, 1]": MinMaxScaler,
    "standard": StandardScaler,
    "/ 1000": lambda: FunctionTransformer(lambda y: y / 1000, lambda y: y * 1000),
    "* 1000": lambda: FunctionTransformer(lambda y: y * 1000, lambda y: y / 1000),
}

# The defaults, except for the size of the network.
DEFAULT = {"hidden_layer_sizes": (32,)}
# The common settings of the tables: enough steps, of a sensible size.
START = DEFAULT | {"learning_rate_init": 0.01, "batch_size": 32, "max_iter": 100}
STOP_EARLY = {"early_stopping": True, "scoring": "loss", "max_iter": 1000}


@dataclass(frozen=True)
class Row:
    """A setting of a table: how X (and y) are scaled, and the parameters of the network."""

    label: str
    params: dict | str  # or the name of a baseline
    X: str = "standard"
    y: str = "standard"


@dataclass(frozen=True)
class Table:
    """Settings by data sets; with ``epochs``, the cells also have the number of epochs."""

    title: str
    rows: list[Row]
    columns: tuple[str, ...] = ALL
    epochs: bool = False


def start(label, **changes):
    return Row(label, START | changes)


def by_depth(label, **changes):
    """The same units in 1, 4 and 8 layers; batches of 64 to save time."""
    changes |= {"hidden_layer_sizes": 32, "batch_size": 64, "max_iter": 30}
    return [start(f"{n} | {label}", n_hidden_layers=n, **changes) for n in (1, 4, 8)]


TABLES = {
    "baselines": Table(
        "",
        [
            Row("constant prediction", "guess"),
            Row("a linear model", "linear"),
            Row("network, all by default", DEFAULT),
            Row("`batch_size=32`", DEFAULT | {"batch_size": 32}),
            Row("the same, stopped early by the loss", DEFAULT | {"batch_size": 32} | STOP_EARLY),
        ],
    ),
    "scaling": Table(
        "X",
        [
            Row("raw", START, "raw"),
            Row("scaled to [0, 1]", START, "to [0, 1]"),
            Row("standardised", START, "standard"),
        ],
    ),
    "targets": Table(
        "y",
        [
            Row("/ 1000: 0.025 to 0.346", START | STOP_EARLY, y="/ 1000"),
            Row("as it is: 25 to 346", START | STOP_EARLY, y="raw"),
            Row("* 1000: 25,000 to 346,000", START | STOP_EARLY, y="* 1000"),
            Row("standardised", START | STOP_EARLY),
        ],
        columns=REGRESSION,
        epochs=True,
    ),
    "steps": Table(
        "batch | rate",
        [
            start(f"{batch} | {rate}", batch_size=batch, learning_rate_init=rate)
            for batch in (32, 128)
            for rate in (0.0001, 0.001, 0.01, 0.1)
        ],
        columns=("wine", "breast cancer", "diabetes"),
    ),
    "solvers": Table(
        "solver | rate",
        [
            start(f"{solver} | {rate}", solver=solver, learning_rate_init=rate)
            for solver in ("sgd", "rmsprop", "adam")
            for rate in (0.001, 0.01, 0.1)
        ]
        + [
            start(f"lbfgs, alpha={alpha:g} | none", solver="lbfgs", alpha=alpha, max_iter=200)
            for alpha in (0.0001, 1, 10)
        ],
        columns=("wine", "breast cancer", "diabetes"),
    ),
    "stopping": Table(
        "",
        [
            start("100 epochs at most"),
            start("until the training loss stalls", max_iter=1000),
            start("early stopping, by accuracy", early_stopping=True, max_iter=1000),
            start("early stopping, by loss", **STOP_EARLY),
            start("by loss, a quarter held out", **STOP_EARLY, validation_fraction=0.25),
        ],
        epochs=True,
    ),
    "penalty": Table(
        "alpha",
        [start(f"{alpha:g}", alpha=alpha, max_iter=300) for alpha in (0, 1e-4, 0.01, 0.1, 1, 10)],
    ),
    "depth": Table(
        "layers | activation, initial weights",
        [
            *by_depth("relu, auto", activation="relu"),
            *by_depth("relu, he_normal", activation="relu", weight_init="he_normal"),
            *by_depth("tanh, auto", activation="tanh"),
            *by_depth("selu, lecun_normal", activation="selu", weight_init="lecun_normal"),
            *by_depth("logistic, auto", activation="logistic"),
        ],
        columns=("digits", "wine"),
    ),
}


# -- one number -----------------------------------------------------------------------------------


def baseline(name, regression):
    """A constant prediction, or a linear model whose penalty is chosen within the training data."""
    if name == "guess":
        return DummyRegressor() if regression else DummyClassifier()
    if regression:
        return RidgeCV(np.logspace(-3, 3, 7))
    return GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.01, 0.1, 1, 10]})


def model(row, seed, regression):
    """A pipeline of a scaler and the network."""
    if isinstance(row.params, str):
        net = baseline(row.params, regression)
    else:
        network = BackpropRegressor if regression else BackpropClassifier
        net = network(**row.params, random_state=seed)
    pipeline = make_pipeline(SCALERS[row.X](), net)
    if regression:
        return TransformedTargetRegressor(pipeline, transformer=SCALERS[row.y]())
    return pipeline


def cross_validate(row, X, y, regression, seed):
    """Mean score and mean number of epochs of the folds of one seed."""
    splitter = (KFold if regression else StratifiedKFold)(FOLDS, shuffle=True, random_state=seed)
    results = []
    # One BLAS thread: the sums of a product then do not depend on the number of cores.
    with warnings.catch_warnings(), threadpool_limits(1):
        # The number of epochs is what is varied, so reaching max_iter is expected.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for train, test in splitter.split(X, y):
            est = model(row, seed, regression).fit(X[train], y[train])
            net = getattr(est, "regressor_", est)[-1]
            results.append((est.score(X[test], y[test]), getattr(net, "n_iter_", np.nan)))
    return np.mean(results, axis=0)


def shortened(row):
    """Two epochs, to test that everything runs."""
    if isinstance(row.params, str):
        return row
    return Row(row.label, row.params | {"max_iter": 2}, row.X, row.y)


def measure(names, smoke, n_jobs):
    """For each table and each of its cells, the results of all seeds: (score, epochs) in rows."""
    cells = [(t, r, c) for t in names for r in TABLES[t].rows for c in TABLES[t].columns]
    seeds = 1 if smoke else SEEDS
    data = {
        name: (load().data, load().target, name in REGRESSION) for name, load in LOADERS.items()
    }
    calls = [
        delayed(cross_validate)(shortened(row) if smoke else row, *data[column], seed)
        for _, row, column in cells
        for seed in range(seeds)
    ]
    results = iter(Parallel(n_jobs=n_jobs)(calls))
    return {
        (table, row.label, column): np.array([next(results) for _ in range(seeds)])
        for table, row, column in cells
    }


# -- tables ---------------------------------------------------------------------------------------


PLUS_MINUS = "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}"


def cell(results, epochs):
    """Mean and spread of the score; the median number of epochs where it is asked for."""
    scores, n_epochs = results.T
    spread = scores.std(ddof=1) if len(scores) > 1 else 0.0
    if scores.mean() < -1:  # such an R2 is of interest for its magnitude only
        text = f"{scores.mean():.0f}{PLUS_MINUS}{spread:.0f}"
    else:
        text = f"{scores.mean():.3f}{PLUS_MINUS}{spread:.3f}"
    return f"{text}, {np.median(n_epochs):.0f} epochs" if epochs else text


def markdown(name, results):
    """A table in Markdown."""
    table = TABLES[name]
    head = [*table.title.split("|"), *(f"{c}, R2" if c in REGRESSION else c for c in table.columns)]
    lines = [head, ["---"] * len(head)]
    for row in table.rows:
        cells = (cell(results[name, row.label, c], table.epochs) for c in table.columns)
        lines.append([*row.label.split("|"), *cells])
    return "\n".join("| " + " | ".join(part.strip() for part in line) + " |" for line in lines)


def with_tables(page, tables):
    """The text of a page with the tables between its markers."""
    for name, text in tables.items():
        begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page must have one place for {name!r}, between two comments")
        before, rest = page.split(begin)
        page = before + begin + "\n" + text + "\n" + end + rest.split(end)[1]
    return page


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="write the tables into it")
    parser.add_argument("--smoke", action="store_true", help="two epochs, to test that it runs")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--n-jobs", type=int, default=2, help="processes")
    args = parser.parse_args()
    results = measure(args.tables, args.smoke, args.n_jobs)
    tables = {name: markdown(name, results) for name in args.tables}
    if args.markdown:
        page = args.markdown.read_text(encoding="utf-8")
        args.markdown.write_text(with_tables(page, tables), encoding="utf-8")
    else:
        print(*(f"{name}\n\n{text}\n" for name, text in tables.items()), sep="\n")


if __name__ == "__main__":
    main()
