"""The table [data]: X, y and the weights of the samples, from the file itself or from CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .table import Table, short
from .texts import read_text

EXAMPLE = "[data]\n    X = [[1.0, 2.0], [0.0, 1.0]]\n    y = [0, 1]"


Given = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # X, y and weights of samples


class Data(NamedTuple):
    """What an estimator gets; samples are rows, whatever the layout of the answers."""

    X: np.ndarray
    y: np.ndarray
    sample_weight: np.ndarray | None
    classes: np.ndarray | None


def read_data(table: Table, folder: Path, labels: bool) -> Data:
    """The data of the table.

    Parameters
    ----------
    table : Table
    folder : Path
        Where the TOML file is; CSV files are named relative to it.
    labels : bool
        Whether y are labels of classes, which need not be numbers.
    """
    table.check_keys(["X", "y", "file", "target", "sample_weight", "classes"])
    read = _from_csv if "file" in table else _inline
    X, y, weight = read(table, folder, labels)
    if len(X) != len(y):
        reason = f"X has {len(X)} rows and y has {len(y)} values. A row of X is a sample, in either"
        table.refuse(f"{reason} layout.", "X")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y.ravel()
    if weight is not None:
        _check_weight(table, weight, len(X))
    if "classes" in table and not labels:
        table.refuse("only a classifier has classes; leave it out.", "classes")
    classes = _targets(table, "classes", labels) if "classes" in table else None
    return Data(X, y, weight, classes)


# -- in the file itself ----------------------------------------------------------------


def _inline(table: Table, folder: Path, labels: bool) -> Given:
    if "target" in table:
        table.refuse("it belongs to a CSV file; name that with file = ..., or write y.", "target")
    for key, example in {"X": "[[1.0, 2.0], [0.0, 1.0]]", "y": "[0, 1]"}.items():
        table.require(key, f'{key} = {example}; or take it from CSV: file = "data.csv".')
    X = table.numbers("X", [2], "[[1.0, 2.0], [0.0, 1.0]], one row for each sample")
    weight = None
    if "sample_weight" in table:
        weight = table.numbers("sample_weight", [1], "[1.0, 2.0], one for each sample")
    return X, _targets(table, "y", labels), weight


def _targets(table: Table, key: str, labels: bool) -> np.ndarray:
    """Numbers, or labels of one kind."""
    values = table[key]
    kinds = {type(value) for value in values} if isinstance(values, list) else set()
    if labels and kinds in ({str}, {bool}, {int}):
        given = np.array(values)
        if given.dtype != object:  # as integers beyond 64 bits are
            return given
    return table.numbers(key, [1, 2], "[0, 1, 1]" + labels * ', or ["no", "yes", "yes"]')


# -- in a CSV file -----------------------------------------------------------------------


def _from_csv(table: Table, folder: Path, labels: bool) -> Given:
    """Columns by name: targets, perhaps sample weights, and the others are X."""
    for key in ("X", "y"):
        if key in table:
            table.refuse("it stands in the CSV file; leave out either this or file.", key)
    names, rows = _cells(table, folder)
    wanted = table.require("target", 'target = "y", the column with the targets.')
    targets = wanted if isinstance(wanted, list) and wanted else [wanted]
    weights = [table["sample_weight"]] if "sample_weight" in table else []
    for key, asked in {"target": targets, "sample_weight": weights}.items():
        for column in asked:
            if column not in names:
                has = f"has no column {short(column)}. It has {', '.join(names)}."
                table.refuse(f"{table['file']} {has}", key)
    features = [name for name in names if name not in targets + weights]
    if not features:
        table.refuse("it has no column beside those; X would be empty.", "file")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    X = np.column_stack([_as_numbers(table, name, columns[name]) for name in features])
    if labels and len(targets) == 1:
        y = _as_labels(columns[targets[0]])
    else:
        y = np.column_stack([_as_numbers(table, name, columns[name]) for name in targets])
    return X, y, _as_numbers(table, weights[0], columns[weights[0]]) if weights else None


def _cells(table: Table, folder: Path) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows."""
    given = table["file"]
    if not isinstance(given, str) or "\0" in given:
        table.refuse(f'it must be a name in quotes, "data.csv", got {short(given)}.', "file")
    path = (folder / given).resolve()
    if not path.is_relative_to(folder.resolve()):
        table.refuse(f"{given!r} is not in the folder of this TOML file; put it there.", "file")
    try:
        reader = csv.reader(read_text(path, table, "file").splitlines(), strict=True)
        lines = [[cell.strip() for cell in line] for line in reader if line]
    except csv.Error as error:
        table.refuse(f"{given} is not CSV: {error}.", "file")
    if len(lines) < 2:
        table.refuse(f"{given} must have a line of names, then a line for each sample.", "file")
    names, *rows = lines
    if len(set(names)) < len(names):
        table.refuse(f"two columns of {given} have the same name: {', '.join(names)}.", "file")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            has = f"has {len(row)} cells, but there are {len(names)} columns: {', '.join(names)}."
            table.refuse(f"sample {number} of {given} {has}", "file")
    return names, rows


def _as_numbers(table: Table, name: str, cells: list[str]) -> np.ndarray:
    """A column of numbers."""
    for number, cell in enumerate(cells, start=1):
        if not np.isfinite(_float(cell)):
            where = f"{table['file']}: sample {number} has {short(cell)} in the column {name!r}"
            table.refuse(f"{where}, which is no finite number. Write it as 0.25.", "file")
    return np.array([_float(cell) for cell in cells])


def _as_labels(cells: list[str]) -> np.ndarray:
    """A column of labels: whole numbers if all of them are, else text."""
    try:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(cells)


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _check_weight(table: Table, weight: np.ndarray, n_samples: int) -> None:
    """Weights of the samples: one each, none negative, not all zero."""
    if len(weight) != n_samples or (weight < 0).any() or not 0 < weight.sum() < np.inf:
        wanted = f"{n_samples} numbers, one for each sample, none negative and not all 0"
        table.refuse(f"it must be {wanted}; got {short(weight.tolist())}.", "sample_weight")


def labels_of(data: Data) -> Any:
    """Every label that y may have."""
    return np.unique(data.y if data.classes is None else data.classes)
