"""The models that tables.py compares, each a function of a table and a seed.

A function gives what it predicts for the test rows, probabilities of the sorted classes or
numbers, and the CPU seconds of ``fit``, that of a pipeline where there is one. A model sees the
DataFrame; what it cannot take as it is, is prepared in the way of its documentation, or the usual
one:

- Networks and linear models get missing numbers as medians, with columns that say where, and
  standardised; text as one-hot columns, for at most 100 values; y of a regression standardised.
- Trees take missing numbers and categories; a column has at most 250 categories, the rest is
  missing. CatBoost has no such limit.
- RealMLP scales and encodes by itself, but takes no missing numbers: those are medians, too.

All parameters but seeds and numbers of threads are the libraries' defaults.
"""

from __future__ import annotations

import time
import warnings
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from table_data import Table

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import LogLoss

MOST_ONE_HOT, MOST_CATEGORIES = 100, 250
TEXT = ["object", "string", "category"]
BOTH = ("class", "reg")  # tasks


class Pair(tuple):
    """Values for a classification and for a regression."""


@dataclass(frozen=True)
class Model:
    """``label`` names it in the report; it needs ``modules``, and their versions are recorded.

    ``tasks`` are those that it is for.
    """

    label: str
    fit_predict: Callable[[Table, int], tuple[np.ndarray, float]]
    modules: tuple[str, ...]
    tasks: tuple[str, ...] = BOTH

    def missing(self) -> list[str]:
        """The modules that are not installed; parts of ours may be missing, too."""
        return [name for name in self.modules if not is_there(*name.split(":"))]

    def versions(self) -> dict[str, str]:
        """Of its modules."""
        modules = [import_module(name.split(":")[0]) for name in self.modules]
        return {module.__name__: version_of(module) for module in modules}


def is_there(module: str, name: str = "") -> bool:
    """Whether there is a module, and a name in it."""
    there = find_spec(module) is not None
    return there and (not name or hasattr(import_module(module), name))


def version_of(module: Any) -> str:
    """What the module says, or its package."""
    return getattr(module, "__version__", None) or version(module.__name__)


def run(estimator: Any, table: Table, X: tuple[Any, Any] | None = None, **fit_params):
    """Predictions of an estimator and the CPU seconds of its fit, of all threads."""
    X_train, X_test = X or (table.X_train, table.X_test)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.process_time()
        estimator.fit(X_train, table.y_train, **fit_params)
        seconds = time.process_time() - start
        if table.task == "reg":
            return np.asarray(estimator.predict(X_test), dtype=float), seconds
        if not np.array_equal(np.asarray(estimator.classes_, dtype=str), np.unique(table.y_train)):
            raise ValueError(f"the columns of the probabilities are {estimator.classes_}")
        return np.asarray(estimator.predict_proba(X_test), dtype=float), seconds


# -- preparation ------------------------------------------------------------------------------


def is_text(column: pd.Series) -> bool:
    """Whether it is of strings or categories."""
    is_number = pd.api.types.is_numeric_dtype(column)  # true for bool, too
    return isinstance(column.dtype, pd.CategoricalDtype) or not is_number


def columns_as_numbers() -> ColumnTransformer:
    """Medians, standard scores and one-hot columns."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    text = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MOST_ONE_HOT, sparse_output=False
    )
    return ColumnTransformer(
        [("numbers", numbers, make_column_selector(dtype_exclude=TEXT)), ("text", text, is_text_of)]
    )


def is_text_of(X: pd.DataFrame) -> list[str]:
    """The columns of strings or categories."""
    return [name for name in X if is_text(X[name])]


def with_categories(X: tuple[pd.DataFrame, pd.DataFrame], most: int) -> tuple[Any, Any]:
    """Text as categories, the same in both parts: the most frequent ones of the first."""
    X = tuple(part.copy() for part in X)
    for name in is_text_of(X[0]):
        frequent = X[0][name].astype(object).value_counts().index[:most]
        dtype = pd.CategoricalDtype(sorted(frequent))
        for part in X:
            part[name] = part[name].astype(object).where(part[name].isin(frequent)).astype(dtype)
    return X


def with_words(X: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[Any, Any]:
    """Text and bools as strings, with a word for a missing one."""
    X = tuple(part.copy() for part in X)
    for part in X:
        for name in part:
            if is_text(part[name]) or pd.api.types.is_bool_dtype(part[name]):
                known = part[name].astype(object)
                part[name] = known.where(known.notna(), "missing").astype(str).astype(object)
    return X


# -- models -----------------------------------------------------------------------------------


def of_task(table: Table, classifier: Any, regressor: Any) -> Any:
    """The one of the two that is for the table."""
    return classifier if table.task == "class" else regressor


def network(
    classifier: Any, regressor: Any, **params: Any
) -> Callable[[Table, int], tuple[np.ndarray, float]]:
    """A network on prepared columns; the target of a regression is standardised.

    A parameter may be a pair, for classes and for numbers.
    """

    def fit_predict(table, seed):
        net = of_task(table, classifier, regressor)(random_state=seed)
        pairs = {name: of_task(table, *v) for name, v in params.items() if isinstance(v, Pair)}
        net.set_params(**{**params, **pairs})
        if table.task == "reg":
            net = TransformedTargetRegressor(net, transformer=StandardScaler())
        return run(make_pipeline(columns_as_numbers(), net), table)

    return fit_predict


def tabular(**params: Any) -> Callable[[Table, int], tuple[np.ndarray, float]]:
    """Our estimators for tables, with those of the parameters that they have."""

    def fit_predict(table, seed):
        import sknn_edu

        made = of_task(table, sknn_edu.TabularClassifier, sknn_edu.TabularRegressor)()
        known = {name: value for name, value in params.items() if name in made.get_params()}
        return run(made.set_params(random_state=seed, **known), table)

    return fit_predict


def linear(table, seed):
    model = of_task(table, LogisticRegression(max_iter=1000), RidgeCV(np.logspace(-3, 5, 17)))
    return run(make_pipeline(columns_as_numbers(), model), table)


def gradient_boosting(table, seed):
    model = of_task(table, HistGradientBoostingClassifier, HistGradientBoostingRegressor)
    X = with_categories((table.X_train, table.X_test), MOST_CATEGORIES)
    return run(model(categorical_features="from_dtype", random_state=seed), table, X)


def lightgbm(table, seed):
    from lightgbm import LGBMClassifier, LGBMRegressor

    model = of_task(table, LGBMClassifier, LGBMRegressor)
    X = with_categories((table.X_train, table.X_test), MOST_CATEGORIES)
    plain = [f"x{i}" for i in range(X[0].shape[1])]  # LightGBM refuses some characters in names
    X = tuple(part.set_axis(plain, axis=1) for part in X)
    return run(model(random_state=seed, n_jobs=1, verbose=-1), table, X)


def catboost(table, seed):
    from catboost import CatBoostClassifier, CatBoostRegressor

    X = with_words((table.X_train, table.X_test))
    model = of_task(table, CatBoostClassifier, CatBoostRegressor)(
        random_seed=seed, thread_count=1, verbose=False, allow_writing_files=False
    )
    return run(model, table, X, cat_features=is_text_of(X[0]))


def real_mlp(kind: str) -> Callable[[Table, int], tuple[np.ndarray, float]]:
    """RealMLP of pytabkit, "TD" or "TD_S", on the CPU."""

    def fit_predict(table, seed):
        import pytabkit

        classifier, regressor = (
            getattr(pytabkit, f"RealMLP_{kind}_{what}") for what in ("Classifier", "Regressor")
        )
        train, test = with_words((table.X_train, table.X_test))
        medians = train.median(numeric_only=True)
        X = train.fillna(medians), test.fillna(medians)
        model = of_task(table, classifier, regressor)(
            device="cpu", n_threads=1, random_state=seed, verbosity=0
        )
        return run(model, table, X)

    return fit_predict


TABULAR = ("sknn_edu:TabularClassifier",)
MODELS = {
    "tabular": Model("sknn_edu, tabular", tabular(), TABULAR),
    "plain": Model(
        "sknn_edu, plain", network(BackpropClassifier, BackpropRegressor), ("sknn_edu",)
    ),
    "mlp": Model("scikit-learn's MLP", network(MLPClassifier, MLPRegressor), ("sklearn",)),
    "linear": Model("linear model", linear, ("sklearn",)),
    "hgb": Model("HistGradientBoosting", gradient_boosting, ("sklearn",)),
    "lightgbm": Model("LightGBM", lightgbm, ("lightgbm",)),
    "catboost": Model("CatBoost", catboost, ("catboost",)),
    "realmlp": Model("RealMLP-TD", real_mlp("TD"), ("pytabkit", "torch")),
    "realmlp-s": Model("RealMLP-TD-S", real_mlp("TD_S"), ("pytabkit", "torch")),
}
# What each choice in the defaults of "tabular" brings: the same without it, or with another.
PLAIN_STEPS = {"learning_rate": "constant", "parametrization": "standard", "beta_2": 0.999}
ONLY_FOR = {
    "hard labels": ("class",),
    "probabilities as they are": ("class",),
    "predictions beyond the range": ("reg",),
}
CHANGED: dict[str, dict[str, Any]] = {
    "one network": {"n_members": 1},
    "eight networks": {"n_members": 8},
    "last epoch of all rows": {"early_stopping": False, "tol": 0.0, "n_iter_no_change": np.inf},
    "stopped early": {"early_stopping": True},
    "a constant rate": {"learning_rate": "constant"},
    "a cosine": {"learning_rate": "cosine"},
    "one rate of 0.001": {"parametrization": "standard", "learning_rate_init": 0.001},
    "Adam as usual": {**PLAIN_STEPS, "learning_rate_init": 0.001},
    "relu": {"activation": "relu"},
    "hard labels": {"label_smoothing": 0.0},
    "probabilities as they are": {"temperature_scaling": False},
    "dropout of 0.1": {"dropout": 0.1},
    "batches of 256": {"batch_size": 256},
    "half as wide": {"hidden_layer_sizes": [64] * 3},
    "predictions beyond the range": {"clip_predictions": False},
}
VARIANTS = {
    f"tabular {label}": Model(label, tabular(**params), TABULAR, ONLY_FOR.get(label, BOTH))
    for label, params in CHANGED.items()
}

# From the plain defaults to those of "tabular", each line with what those above it have; and the
# plain ones with one other change.
ADDED: dict[str, dict[str, Any]] = {
    "three layers of 64": {"hidden_layer_sizes": (64, 64, 64)},
    "batches of 64": {"batch_size": 64},
    "the best of 128 epochs": {
        "early_stopping": "best",
        "validation_fraction": 0.2,
        "max_iter": 128,
    },
    "rates by layer": {"parametrization": "ntk", "learning_rate_init": Pair((0.04, 0.07))},
    "beta_2 = 0.95": {"beta_2": 0.95},
    "coslog": {"learning_rate": "coslog"},
    "selu, mish": {"activation": Pair(("selu", "mish"))},
    "smoothed labels": {"loss": Pair((LogLoss(label_smoothing=0.1), "squared_error"))},
}
OTHERS: dict[str, dict[str, Any]] = {
    "batches of 32": {"batch_size": 32},
    "a rate of 0.01": {"learning_rate_init": 0.01},
    "stopped early, by accuracy or R2": {"early_stopping": True},
    "stopped early, by the loss": {"early_stopping": True, "scoring": "loss"},
    "the best of 200 epochs, by the loss": {"early_stopping": "best", "scoring": "loss"},
    "alpha = 1": {"alpha": 1.0},
    "dropout of 0.2": {"dropout": 0.2},
    "a cosine": {"learning_rate": "cosine"},
    "three layers of 100": {"hidden_layer_sizes": (100, 100, 100)},
    "lbfgs, alpha = 1": {"solver": "lbfgs", "alpha": 1.0},
    "lbfgs, alpha = 10": {"solver": "lbfgs", "alpha": 10.0},
}


def plain_with(label: str, **params: Any) -> Model:
    """The plain networks with other parameters."""
    return Model(label, network(BackpropClassifier, BackpropRegressor, **params), ("sknn_edu",))


LADDER = {
    f"plain + {label}": plain_with(f"+ {label}", **dict(ChainMap(*reversed(so_far))))
    for label, so_far in zip(ADDED, accumulate([p] for p in ADDED.values()), strict=True)
}
CHANGES = {f"plain, {label}": plain_with(label, **params) for label, params in OTHERS.items()}
