"""Data that scikit-learn's checks refuse in words about something else."""

import re

import numpy as np
import pandas as pd
import polars
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor, TabularClassifier
from sknn_edu.teaching import trace


@pytest.mark.parametrize(
    "use",
    [
        lambda est, X, y, mixed: est.fit(X, mixed),
        lambda est, X, y, mixed: est.fit(X, y, X_val=X, y_val=mixed),
        lambda est, X, y, mixed: est.partial_fit(X, y, classes=mixed),
        lambda est, X, y, mixed: est.partial_fit(X, y, classes=["no", "yes"]).partial_fit(X, mixed),
    ],
    ids=["y", "y_val", "classes", "later"],
)
def test_labels_that_cannot_be_sorted_together_are_named(use):
    """Text and numbers in one column of objects, as a table with gaps gives them."""
    X, y = np.arange(12.0).reshape(6, 2), np.array(["yes", "no"] * 3)
    mixed = np.array(["yes", 0] * 3, dtype=object)
    with pytest.raises(TypeError, match=r"such as .*0 \(int\).*astype\(str\)"):
        use(BackpropClassifier(2, max_iter=1), X, y, mixed)


@pytest.mark.parametrize("estimator", [BackpropClassifier, TabularClassifier])
@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(["a", None, "b", "a"], dtype="string"),
        pd.Series(["a", "b", pd.NA, "a"], dtype="category"),
        np.array(["a", "b", np.nan, "a"], dtype=object),
    ],
    ids=["string", "category", "objects"],
)
def test_missing_labels_are_counted(estimator, labels):
    with pytest.raises(ValueError, match="Input y contains NaN: 1 of 4 samples have no label"):
        estimator().fit(np.eye(4), labels)


@pytest.mark.parametrize(
    ("column", "example"),
    [
        (["red", "red", "blue", "red"], "red"),
        (pd.Categorical(["red", None, "blue", "red"]), "red"),
        (pd.date_range("2026-01-01", periods=4), "2026-01-01"),
    ],
)
def test_a_column_without_numbers_is_named_in_fit_and_later(column, example):
    X = pd.DataFrame({"age": [1, 2, 3, 4], "colour": column})
    numbers = pd.DataFrame({"age": [1, 2, 3, 4], "colour": [1, 2, 3, 4]})
    says = rf"Column 'colour' of X holds {example}.*TabularClassifier"
    with pytest.raises(ValueError, match=says):
        BackpropClassifier(2, max_iter=1).fit(X, [0, 1, 0, 1])
    est = BackpropClassifier(2, max_iter=1).partial_fit(numbers, [0, 1, 0, 1], classes=[0, 1])
    with pytest.raises(ValueError, match=says):
        est.predict(X)


@pytest.mark.parametrize("frame", [pd.DataFrame, polars.DataFrame])
def test_columns_of_several_libraries_are_named(frame):
    X = frame({"age": [1, 2, 3, 4], "colour": ["red", "red", "blue", "red"]})
    with pytest.raises(ValueError, match="Column 'colour' of X holds red"):
        BackpropClassifier(2).fit(X, [0, 1, 0, 1])


@pytest.mark.filterwarnings("ignore:Determining the")  # of polars, at scikit-learn's questions
def test_a_lazy_frame_has_no_columns_to_be_named():
    X = polars.LazyFrame({"age": [1, 2], "colour": ["red", "blue"]})
    with pytest.raises((TypeError, ValueError), match=r"^(?!Column)"):
        BackpropClassifier(2).fit(X, [0, 1])


def test_other_errors_of_data_frames_are_scikit_learns():
    X = pd.DataFrame({"age": [1.0, np.inf, 3, 4]})
    with pytest.raises(ValueError, match="Input X contains infinity"):
        BackpropClassifier(2).fit(X, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("X", "y", "write"),
    [
        (np.ones((2, 5)), [0, 1, 0, 1, 0], "X.T"),
        (np.ones((2, 5)).tolist(), [0, 1, 0, 1, 0], "X.T"),
        (np.ones((2, 5)), np.ones((1, 5)), "X.T and y.ravel()"),
        (np.ones((2, 5)), np.ones((3, 5)), "X.T and y.T"),
        (np.ones((5, 2)), np.ones((1, 5)), "y.ravel()"),
        (pd.DataFrame(np.ones((5, 2))), np.ones((3, 5)), "y.T"),
    ],
)
def test_samples_that_are_columns_are_told_to_be_rows(X, y, write):
    """As courses have them whose layout is "columns"."""
    says = rf"A sample is always a row here.*n_features\), but .*: write {re.escape(write)}\.$"
    with pytest.raises(ValueError, match=says):
        BackpropRegressor(2, max_iter=1).fit(X, y)
    est = BackpropRegressor(2).initialize(np.eye(3, 2), [0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match=says):
        trace(est, X, y, layout="columns")


def test_lengths_that_agree_in_no_way_are_left_to_scikit_learn():
    with pytest.raises(ValueError, match=r"numbers of samples: \[3, 2\]$"):
        BackpropClassifier(2, max_iter=1).fit(np.eye(3, 4), [0, 1])
