"""Data that scikit-learn's checks refuse in words about something else."""

import re

import numpy as np
import pandas as pd
import polars
import pytest
from scipy.sparse import csr_array, dok_array

from sknn_edu import (
    BackpropClassifier,
    BackpropRegressor,
    RobustSmoothClip,
    TabularClassifier,
    TabularRegressor,
)
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
        np.array(["a", "b", None, "a"], dtype=np.dtypes.StringDType(na_object=None)),
        polars.Series(["a", "b", None, "a"]),
        ["a", "b", None, "a"],
    ],
    ids=["string", "category", "objects", "StringDType", "polars", "list"],
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


ALL = [BackpropClassifier, BackpropRegressor, TabularClassifier, TabularRegressor]
NUMBERS_MISSING = [
    pd.Series([0, 1, None, 1], dtype="Int64"),
    pd.Series([True, False, None, True], dtype="boolean"),
    polars.Series([0, 1, None, 1]),
    np.array([0, 1, np.nan, 1]),
    np.array([[0, 1], [1, 0], [1, np.nan], [0, 0]]),
    [0, 1, None, 1],
]


@pytest.mark.parametrize("estimator", ALL)
@pytest.mark.parametrize("y", NUMBERS_MISSING, ids=lambda y: type(y).__name__)
def test_missing_targets_are_counted_and_are_not_made_a_class(estimator, y):
    says = r"Input y contains NaN: 1 of 4 samples have no target\. Leave them out, .*\)\.$"
    with pytest.raises(ValueError, match=says):
        estimator().fit(np.eye(4), y)


@pytest.mark.parametrize("estimator", ALL)
def test_infinite_targets_are_counted(estimator):
    with pytest.raises(ValueError, match=r"Input y contains infinity.*: 2 of 4 samples"):
        estimator().fit(np.eye(4), [0, np.inf, -np.inf, 1])


@pytest.mark.parametrize("estimator", [BackpropClassifier, TabularClassifier])
@pytest.mark.parametrize(
    ("y", "first"),
    [
        (pd.cut(np.arange(4.0), 2), r"Interval\("),
        (pd.period_range("2026-01", periods=4, freq="M"), r"Period\('2026-01'"),
        (list(pd.date_range("2026-01-01", periods=4, tz="UTC")), r"Timestamp\('2026-01-01"),
    ],
    ids=["intervals", "periods", "times in a zone"],
)
def test_labels_of_other_objects_are_led_to_text(estimator, y, first):
    with pytest.raises(ValueError, match=rf"y holds {first}.*astype\(str\)"):
        estimator().fit(np.eye(4), y)
    text = np.asarray(y).astype(str)
    assert set(estimator(2, max_iter=1, tol=0).fit(np.eye(4), text).classes_) == set(text)


@pytest.mark.parametrize("estimator", [BackpropClassifier, TabularClassifier])
def test_lists_of_labels_are_led_to_columns_of_labels(estimator):
    with pytest.raises(ValueError, match=r"such as \['a', 'b'\].*MultiLabelBinarizer"):
        estimator().fit(np.eye(3), [["a", "b"], ["a"], []])


@pytest.mark.parametrize(
    ("gap", "says"),
    [
        (np.inf, r"Input X contains infinity .* in column 'b': 1 of 4 values"),
        (np.nan, r"Input X contains NaN: 1 of 4 values of column 'b' are missing.*Tabular"),
        (None, r"Input X contains NaN: 1 of 4 values of column 'b' are missing.*Tabular"),
    ],
)
def test_a_column_with_gaps_or_infinity_is_named_in_fit_and_later(gap, says):
    whole = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1]})
    X = whole.astype({"b": object})
    X.loc[2, "b"] = gap
    est = BackpropRegressor(2, max_iter=1, tol=0).fit(whole, [0, 1, 0, 1])
    for use in (est.predict, lambda X: BackpropRegressor(2).fit(X, [0, 1, 0, 1])):
        with pytest.raises(ValueError, match=says):
            use(X)
        with pytest.raises(ValueError, match=says):
            use(X.convert_dtypes() if gap is not np.inf else X)


def test_columns_of_arrays_are_named_by_their_numbers():
    with pytest.raises(ValueError, match="column 1 are missing"):
        BackpropClassifier().fit([[1, 2], [3, None]], [0, 1])
    with pytest.raises(ValueError, match="Column 1 of X holds red"):
        BackpropClassifier().fit([[1, "blue"], [3, "red"]][::-1], [0, 1])
    with pytest.raises(ValueError, match="1 of the 2 numbers that the sparse matrix stores"):
        BackpropClassifier().fit(csr_array([[1, 0], [np.nan, 0]]), [0, 1])


def test_columns_that_fit_has_not_seen_are_another_error_than_what_they_hold():
    X = pd.DataFrame({"age": [1.0, 2]})
    est = BackpropClassifier(2, max_iter=1, tol=0).fit(X, [0, 1])
    with pytest.raises(ValueError, match=r"(?s)unseen at fit time.*colour"):
        est.predict(X.assign(colour="red"))
    with pytest.raises(ValueError, match="X has 2 features"):
        RobustSmoothClip().fit(np.eye(3)).transform([[1, np.nan]])


@pytest.mark.parametrize("estimator", ALL)
@pytest.mark.parametrize(
    ("X", "instead"),
    [
        ({"a": [1, 2], "b": [3, 4]}, r"pandas.DataFrame\(X\)"),
        ({"a": 1, "b": 2}, r"pandas.DataFrame\(\[X\]\)"),
        ([{"a": 1, "b": 2}, {"a": 3}], r"pandas.DataFrame\(X\).*DictVectorizer"),
        (["good film", "bad film"], "TfidfVectorizer"),
        (np.array([(1, 2.0), (3, 4.0)], dtype="i4,f8"), r"pandas.DataFrame\(X\)"),
    ],
    ids=["dict of lists", "dict", "list of dicts", "texts", "structured"],
)
def test_what_is_no_table_is_answered_by_how_to_make_one(estimator, X, instead):
    with pytest.raises(ValueError, match=f"X is a.*{instead}"):
        estimator().fit(X, [0, 1])


def test_a_sparse_matrix_that_is_a_dict_is_a_table():
    X = dok_array(np.eye(4))
    assert len(BackpropClassifier(2, max_iter=1, tol=0).fit(X, [0, 1, 0, 1]).predict(X)) == 4


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


def test_one_hot_rows_for_a_network_of_classes_are_told_to_be_labels():
    X, y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 2] * 2)
    est = BackpropClassifier(2).initialize(X, y)
    with pytest.raises(ValueError, match=r"pass y.argmax\(axis=1\)"):
        est.objective(X, np.eye(3)[y])


HUGE = 10**400
HUGE_NUMBERS = {
    "X": lambda est, X, y: est.fit([[HUGE, 1]] * 6, y),
    "X of objects": lambda est, X, y: est.fit(np.array([[-HUGE, 1]] * 6, dtype=object), y),
    "X of a frame": lambda est, X, y: est.fit(pd.DataFrame({"a": [HUGE] * 6}, dtype=object), y),
    "X later": lambda est, X, y: est.predict([[HUGE, 1]]),
    "X of a step": lambda est, X, y: est.partial_fit([[HUGE, 1]], [1]),
    "X of an objective": lambda est, X, y: est.objective([[HUGE, 1]], [1]),
    "y": lambda est, X, y: est.fit(X, [HUGE, *y[1:]]),
    "y of a frame": lambda est, X, y: est.fit(X, pd.Series([HUGE, *y[1:]], dtype=object)),
    "y of a step": lambda est, X, y: est.partial_fit(X, [HUGE, *y[1:]]),
    "y or sample_weight": lambda est, X, y: est.score(X, [HUGE, *y[1:]]),
    "sample_weight": lambda est, X, y: est.fit(X, y, sample_weight=[HUGE] * 6),
    "X_val, y_val or sample_weight_val: X": lambda est, X, y: est.fit(
        X, y, X_val=[[HUGE, 1]], y_val=[1]
    ),
    "X_val, y_val or sample_weight_val: y": lambda est, X, y: est.fit(
        X, y, X_val=[[1, 1]], y_val=[HUGE]
    ),
}


@pytest.mark.parametrize("where", HUGE_NUMBERS)
def test_a_whole_number_beyond_float64_is_refused_by_the_name_of_its_argument(where):
    X, y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
    est = BackpropRegressor(2, random_state=0).initialize(X, y)
    before = vars(est).copy()
    argument = where.partition(" of ")[0].removesuffix(" later")
    with pytest.raises(ValueError, match=f"^{argument} has a whole number that is too large"):
        HUGE_NUMBERS[where](est, X, y)
    assert vars(est) == before


@pytest.mark.parametrize("label", [2**64, HUGE, 10**5000], ids=["2**64", "HUGE", "10**5000"])
@pytest.mark.parametrize("of_objects", [False, True])
def test_labels_beyond_64_bits_are_refused_as_labels(label, of_objects):
    y = np.array([label, 1] * 3, dtype=object) if of_objects else [label, 1] * 3
    X = np.arange(12.0).reshape(6, 2)
    with pytest.raises(ValueError, match=r"^y has labels that are too large.*Make them text"):
        BackpropClassifier(2).fit(X, y)
