"""`column_encoder`: what becomes of every kind of column, in fit and later."""

import datetime as dt
import sys
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from sknn_edu.missing import is_missing
from sknn_edu.tabular import (
    DateReader,
    NumberReader,
    RobustSmoothClip,
    TargetScaler,
    column_encoder,
)

UTC, NAT = dt.UTC, np.datetime64("NaT", "s")


def table(**columns):
    """A pandas frame whose columns keep the types of their objects."""
    return pd.DataFrame(
        {n: pd.Series(v, dtype=object) if isinstance(v, list) else v for n, v in columns.items()}
    )


def encoded(X, **options):
    """The encoded table by the names of its columns."""
    encoder = column_encoder(X, **options)
    Z = encoder.fit_transform(X)
    assert np.isfinite(Z).all()
    return dict(zip(encoder.get_feature_names_out(), Z.T, strict=True))


def later(X, new, **options):
    """A new table, encoded by what was fitted on another one."""
    encoder = column_encoder(X, **options).fit(X)
    Z = encoder.transform(new)
    assert np.isfinite(Z).all()
    return dict(zip(encoder.get_feature_names_out(), Z.T, strict=True))


@parametrize_with_checks([NumberReader(), TargetScaler(), TargetScaler(clip=False)])
def test_check_of_scikit_learn(estimator, check):
    check(estimator)


# -- numbers -----------------------------------------------------------------------------------

one_two_four = [1, 2, None, 4, 8]
NUMBERS = {
    "int and missing float": pd.DataFrame({"x": [1, 2, np.nan, 4, 8]}),
    "Int64": pd.DataFrame({"x": pd.array(one_two_four, dtype="Int64")}),
    "Float64": pd.DataFrame({"x": pd.array(one_two_four, dtype="Float64")}),
    "UInt8": pd.DataFrame({"x": pd.array(one_two_four, dtype="UInt8")}),
    "Sparse": pd.DataFrame({"x": pd.arrays.SparseArray([1, 2, np.nan, 4, 8])}),
    "objects": table(x=one_two_four),
    "Decimal": table(x=[Decimal(1), Decimal(2), Decimal("NaN"), Decimal(4), Decimal(8)]),
    "Fraction": table(x=[Fraction(1), 2, None, 4.0, np.float32(8)]),
    "pd.NA among objects": table(x=[1, 2, pd.NA, 4, 8]),
    "durations": pd.DataFrame({"x": pd.to_timedelta(one_two_four, unit="D")}),
    "timedelta objects": table(x=[v if v is None else dt.timedelta(v) for v in one_two_four]),
    "times of day": table(x=[v if v is None else dt.time(v) for v in one_two_four]),
    "polars": pl.DataFrame({"x": one_two_four}),
    "polars Decimal": pl.DataFrame({"x": [v if v is None else Decimal(v) for v in one_two_four]}),
    "polars Duration": pl.DataFrame(
        {"x": [v if v is None else dt.timedelta(v) for v in one_two_four]}
    ),
    "polars Time": pl.DataFrame({"x": [v if v is None else dt.time(v) for v in one_two_four]}),
    "object array": np.array([one_two_four], dtype=object).T,
    "float array": np.array([[1, 2, np.nan, 4, 8]]).T,
    "float32 array": np.array([[1, 2, np.nan, 4, 8]], dtype=np.float32).T,
    "list": [[1], [2], [None], [4], [8]],
    "durations array": np.array([[1, 2, "NaT", 4, 8]], dtype="timedelta64[h]").T,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_of_any_type_are_scaled_and_the_missing_ones_indicated(name):
    expected = RobustSmoothClip().fit_transform(np.array([[1.0, 2, np.nan, 4, 8]]).T).ravel()
    numbers, indicator = encoded(NUMBERS[name]).values()
    np.testing.assert_allclose(numbers, np.nan_to_num(expected), rtol=1e-6)
    np.testing.assert_array_equal(indicator, [0, 0, 1, 0, 0])


def test_what_was_never_missing_in_fit_is_imputed_without_indicator():
    X = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, np.nan, 3]})
    got = later(X, pd.DataFrame({"x": [np.nan, 3], "y": [3, np.nan]}))
    assert list(got) == ["numbers__x", "numbers__y", "numbers__missingindicator_y"]
    assert got["numbers__x"][0] == 0
    np.testing.assert_array_equal(got["numbers__missingindicator_y"], [0, 1])


def test_constant_columns_do_no_harm():
    got = encoded(pd.DataFrame({"n": [7, 7, 7], "c": ["a"] * 3, "d": [dt.date(2024, 1, 1)] * 3}))
    assert all(len(set(column)) == 1 for column in got.values())


def test_text_that_says_numbers_is_read_later_where_numbers_were_and_other_text_refused():
    X = pd.DataFrame({"size": [1.0, 2, 3]})
    assert later(X, table(size=["3"])) == later(X, X[-1:])
    with pytest.raises(ValueError, match=r"Column 'size' held numbers in fit.*none: could not"):
        later(X, table(size=["large"]))


@pytest.mark.parametrize("value", [np.inf, -np.inf, 10**400])
def test_infinite_numbers_are_refused_by_the_name_of_their_column(value):
    with pytest.raises(ValueError, match=r"infinity .* in column 'size'"):
        encoded(table(size=[1.0, value], other=[1, 2]))


# -- categories --------------------------------------------------------------------------------

red_blue = ["red", "blue", None, "green", "red"]
CATEGORIES = {
    "objects": table(c=red_blue),
    "None and NaN": table(c=["red", "blue", np.nan, "green", "red"]),
    "pd.NA": table(c=["red", "blue", pd.NA, "green", "red"]),
    "str": pd.DataFrame({"c": red_blue}),
    "string": pd.DataFrame({"c": pd.array(red_blue, dtype="string")}),
    "category": pd.DataFrame({"c": pd.Categorical(red_blue)}),
    "category of strings": pd.DataFrame({"c": pd.array(red_blue, dtype="string")}).astype(
        "category"
    ),
    "polars String": pl.DataFrame({"c": red_blue}),
    "polars Categorical": pl.DataFrame({"c": red_blue}, schema={"c": pl.Categorical}),
    "polars Enum": pl.DataFrame(
        {"c": red_blue}, schema={"c": pl.Enum(["green", "red", "yellow", "blue"])}
    ),
    "object array": np.array([red_blue], dtype=object).T,
    "list": [[c] for c in red_blue],
}


@pytest.mark.parametrize("name", CATEGORIES)
def test_categories_of_any_type_are_one_hot_and_missing_is_one_of_them(name):
    got = encoded(CATEGORIES[name])
    assert [column.rpartition("_")[2] for column in got] == ["blue", "green", "missing", "red"]
    np.testing.assert_array_equal(
        np.array(list(got.values())).T,
        [[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    )


@pytest.mark.parametrize("name", CATEGORIES)
def test_unknown_categories_are_zeros(name):
    X = CATEGORIES[name]
    new = (
        np.array([["violet"]]) if isinstance(X, (list, np.ndarray)) else type(X)({"c": ["violet"]})
    )
    assert not np.any(list(later(X, new).values()))


TWO = {
    "text": pd.DataFrame({"c": ["no", "yes", "no"]}),
    "bool": pd.DataFrame({"c": [False, True, False]}),
    "boolean": pd.DataFrame({"c": pd.array([False, True, False], dtype="boolean")}),
    "bool objects": table(c=[False, np.True_, False]),
    "polars Boolean": pl.DataFrame({"c": [False, True, False]}),
    "category of numbers": pd.DataFrame({"c": pd.Categorical([3, 12, 3])}),
    "one and missing": pd.DataFrame({"c": pd.array([None, "x", None], dtype="string")}),
    "array of text": np.array([["no"], ["yes"], ["no"]]),
    "array of bytes": np.array([[b"no"], [b"yes"], [b"no"]]),
    "array of bool": np.array([[False], [True], [False]]),
}


@pytest.mark.parametrize("name", TWO)
def test_two_categories_are_minus_and_plus_one(name):
    (got,) = encoded(TWO[name]).values()
    sign = -1 if name == "category of numbers" or name == "one and missing" else 1
    np.testing.assert_array_equal(np.abs(got), 1)
    assert got[0] == got[2] == -got[1]
    assert got[1] == sign or name in ("category of numbers", "one and missing")


def test_of_two_categories_any_other_is_zero():
    X = pd.DataFrame({"c": ["no", "yes", "no"]})
    got = later(X, table(c=["yes", "maybe", None, 3, "no"]))["two__c"]
    np.testing.assert_array_equal(got, [1, 0, 0, 0, -1])


def test_booleans_with_missing_ones_are_three_categories():
    for X in (
        pd.DataFrame({"b": pd.array([True, None, False], dtype="boolean")}),
        table(b=[True, None, False]),
        pl.DataFrame({"b": [True, None, False]}),
    ):
        assert list(encoded(X)) == [f"categories__b_{c}" for c in ("False", "True", "missing")]


@pytest.mark.parametrize("missing", [[], [None]], ids=["two", "three"])
@pytest.mark.parametrize(
    "same",
    [[1, 0], [1.0, 0.0], [np.float32(1), 0], ["1", "0"], ["true", "false"], ["True", "False"]],
)
def test_truth_values_are_the_same_as_1_and_0(missing, same):
    """Missing values make floats of a column of booleans, and other programs write 1 or true."""
    for X in (
        table(b=[True, False, *missing]),
        pd.DataFrame({"b": pd.array([True, False, *missing], dtype="boolean")}),
        pl.DataFrame({"b": [True, False, *missing]}),
    ):
        np.testing.assert_array_equal(
            list(later(X, table(b=same)).values()), list(later(X, X[:2]).values())
        )


def test_text_and_numbers_are_no_truth_values():
    assert later(table(c=["True", "False"]), table(c=["1", "true"])) == {"two__c": pytest.approx(0)}
    assert list(encoded(table(c=[1, 0]))) == ["numbers__c"]


def test_whole_numbers_as_categories_are_the_same_in_every_dtype():
    X = pd.DataFrame({"c": pd.Categorical([1, 2, 3])})
    one = later(X, X[:1])
    for same in ([1], [1.0], ["1"], [np.int8(1)], [Decimal(1)], [np.float32(1)]):
        assert later(X, table(c=same)) == one
    # A missing one makes the others floats.
    got = later(X, pd.DataFrame({"c": [2, np.nan]}))
    np.testing.assert_array_equal(got["categories__c_2"], [1, 0])
    assert list(encoded(pd.DataFrame({"c": pd.Categorical([0.5, 1.0, None])}))) == [
        "categories__c_0.5",
        "categories__c_1",
        "categories__c_missing",
    ]


def test_columns_of_mixed_objects_are_categories_by_their_text():
    assert list(encoded(table(c=[1, "a", 2.0, None, True, dt.date(2024, 1, 2)]))) == [
        f"categories__c_{c}" for c in ("1", "2", "2024-01-02", "True", "a", "missing")
    ]


def test_objects_that_have_a_text_are_categories():
    ids = [UUID(int=1), UUID(int=2), UUID(int=3)]
    assert list(encoded(table(c=ids))) == [f"categories__c_{i}" for i in ids]
    intervals = pd.DataFrame({"c": pd.cut(np.arange(9.0), 3)})
    assert len(encoded(intervals)) == 3


def test_rare_categories_share_a_column_and_unknown_ones_go_there():
    ids = pd.DataFrame({"id": [f"u{i % 2500}" for i in range(6000)] + ["top"] * 50})
    got = encoded(ids, max_categories=20)
    assert len(got) == 20
    assert "categories__id_top" in got
    assert later(ids, ids[-1:], max_categories=20)["categories__id_top"] == 1
    new = later(ids, pd.DataFrame({"id": ["never seen"]}), max_categories=20)
    assert new["categories__id_infrequent_sklearn"] == 1
    assert len(encoded(ids, min_frequency=0.005)) == 2


# -- dates -------------------------------------------------------------------------------------

days = ["2024-01-31", "2024-02-01", None, "2024-03-04"]
as_dates = [d if d is None else dt.date.fromisoformat(d) for d in days]
as_times = [d if d is None else dt.datetime.fromisoformat(d) for d in days]
DATES = {
    "datetime64": pd.DataFrame({"d": pd.to_datetime(days)}),
    "datetime64 of seconds": pd.DataFrame({"d": pd.to_datetime(days).astype("datetime64[s]")}),
    "with a zone": pd.DataFrame({"d": pd.to_datetime(days, utc=True)}),
    "dates": table(d=as_dates),
    "times": table(d=as_times),
    "Timestamps": table(d=[pd.NaT if d is None else pd.Timestamp(d) for d in days]),
    "of different zones": table(
        d=[
            d if d is None else d.replace(tzinfo=UTC).astimezone(dt.timezone(dt.timedelta(hours=h)))
            for d, h in zip(as_times, (3, -5, 0, 8), strict=True)
        ]
    ),
    "polars Date": pl.DataFrame({"d": as_dates}),
    "polars Datetime": pl.DataFrame({"d": as_times}),
    "polars with a zone": pl.DataFrame(
        {"d": as_times}, schema={"d": pl.Datetime("us", time_zone="UTC")}
    ),
    "array": np.array([days], dtype="datetime64[D]").T,
    "object array": np.array([as_dates], dtype=object).T,
    "datetime64 objects": table(d=[NAT if d is None else np.datetime64(d) for d in days]),
}


@pytest.mark.parametrize("name", DATES)
def test_dates_of_any_type_are_days_and_circles(name):
    reader = DateReader()
    parts = reader.fit_transform(DATES[name])
    np.testing.assert_array_equal(parts[:, 0], [0, 1, np.nan, 33])
    # Wednesday, Thursday, Monday; counted from a Thursday, the first of January 1970.
    angle = 2 * np.pi * np.array([6, 0, np.nan, 4]) / 7
    week = np.nan_to_num(np.column_stack([np.sin(angle), np.cos(angle)]))
    np.testing.assert_allclose(parts[:, 3:5], week, atol=1e-12)
    angle = 2 * np.pi * np.array([30, 31, np.nan, 63]) / 366
    year = np.nan_to_num(np.column_stack([np.sin(angle), np.cos(angle)]))
    np.testing.assert_allclose(parts[:, 1:3], year, atol=1e-12)
    assert reader.cycles_ == [["year", "week"]]
    got = encoded(DATES[name])
    assert [column.split("_", 3)[3] for column in list(got)[:5]] == [
        *("days", "year_sin", "year_cos", "week_sin", "week_cos")
    ]
    np.testing.assert_array_equal(list(got.values())[-1], [0, 0, 1, 0])


def test_cycles_are_left_out_where_all_dates_are_in_one_place_of_them():
    for step, expected in [
        ("1h", ["day"]),
        ("1D", ["week"]),
        ("7D", ["year"]),
        ("30min", ["day"]),
        ("1s", []),
        ("100D", ["year", "week"]),
    ]:
        X = pd.DataFrame({"d": pd.date_range("2024-04-20", periods=5, freq=step)})
        assert DateReader().fit(X).cycles_ == [expected], step


HOURS = np.array([1, 5, 2], dtype="timedelta64[h]")
CLOCK = table(t=[dt.time(1), dt.time(5), None])


@pytest.mark.parametrize(
    ("X", "new", "says"),
    [
        (table(t=HOURS), table(t=[3600.0, 7200.0]), "held durations in fit, but now numbers"),
        (table(t=[1.0, 2.0]), table(t=HOURS), "held numbers in fit, but now durations"),
        (table(t=[1.0, 2.0]), CLOCK, "held numbers in fit, but now times of day"),
        (CLOCK, table(t=[0.5]), "held times of day in fit, but now numbers"),
        (CLOCK, table(t=HOURS), "held times of day in fit, but now durations"),
    ],
)
def test_durations_are_not_taken_for_numbers_later_nor_numbers_for_durations(X, new, says):
    """Nobody knows whether 3600 are seconds."""
    with pytest.raises(ValueError, match=f"Column 't' {says}"):
        later(X, new)


def test_durations_may_change_their_type_and_be_missing():
    X = table(t=HOURS)
    for same in (HOURS.astype("timedelta64[s]"), list(HOURS), [dt.timedelta(hours=1)] * 3):
        assert later(X, table(t=same))["numbers__t"][0] == encoded(X)["numbers__t"][0]
    assert later(X, table(t=[None]))["numbers__t"] == 0


def test_periods_are_the_dates_of_their_first_days():
    months = pd.period_range("2025-11", periods=4, freq="M")
    X, dates = pd.DataFrame({"m": months}), pd.DataFrame({"m": months.to_timestamp()})
    for name, values in encoded(dates).items():
        np.testing.assert_array_equal(encoded(X)[name], values)
    later_months = pd.DataFrame({"m": pd.PeriodIndex(["2030-01", None], freq="M")})
    assert later(X, later_months)["dates__m_days"][0] > encoded(X)["dates__m_days"].max()


def test_dates_before_the_first_one_and_far_ones_are_finite():
    X = pd.DataFrame({"d": pd.date_range("2024-01-01", periods=50)})
    later(X, table(d=[dt.date(1, 1, 1), dt.date(9999, 12, 31), None]))


def test_dates_may_change_their_type_but_not_become_text():
    X = pd.DataFrame({"d": pd.date_range("2024-01-01", periods=5)})
    one = later(X, X[3:4])
    assert later(X, table(d=[dt.date(2024, 1, 4)])) == one
    assert later(X, pl.DataFrame({"d": [dt.date(2024, 1, 4)]})) == one
    with pytest.raises(ValueError, match=r"Column 'd' held dates in fit.*pandas\.to_datetime"):
        later(X, table(d=["2024-01-04"]))


# -- whole tables ------------------------------------------------------------------------------

NOTHING = {
    "NaN": pd.DataFrame({"x": [np.nan] * 3}),
    "None": table(x=[None] * 3),
    "NaT": pd.DataFrame({"x": pd.to_datetime([None] * 3)}),
    "Int64": pd.DataFrame({"x": pd.array([None] * 3, dtype="Int64")}),
    "polars Null": pl.DataFrame({"x": [None] * 3}),
    "polars Int64": pl.DataFrame({"x": [None] * 3}, schema={"x": pl.Int64}),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_column_without_any_value_may_hold_anything_later(name):
    (got,) = encoded(NOTHING[name]).values()
    np.testing.assert_array_equal(got, 1)
    for anything in (["text"], [3.5], [dt.date(2024, 1, 1)], [True]):
        (got,) = later(NOTHING[name], table(x=anything)).values()
        np.testing.assert_array_equal(got, 0)


@pytest.mark.parametrize(
    ("X", "kind"),
    [
        (table(bad=[[1], [2]]), "objects of type 'list'"),
        (table(bad=["a", {"b": 1}]), "objects of type 'dict'"),
        (table(bad=[1j, 2]), "objects of type 'complex'"),
        (pd.DataFrame({"bad": [1j, 2j]}), "complex128 values"),
        (table(bad=[np.array([1]), np.array([2])]), "objects of type 'ndarray'"),
        (pl.DataFrame({"bad": [[1], [2]]}), "objects of type 'ndarray'"),
        (pl.DataFrame({"bad": [{"a": 1}, {"a": 2}]}), "several values in each row"),
        (pl.DataFrame({"bad": [{"a": 1, "b": "x"}]}), "several values in each row"),
    ],
)
def test_columns_that_cannot_be_read_are_named(X, kind):
    with pytest.raises(TypeError, match=f"Column 'bad' holds {kind}, which cannot be read"):
        column_encoder(X)


def test_two_columns_of_one_name_are_refused():
    X = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    with pytest.raises(ValueError, match="names of their own, but 'a' occurs twice"):
        column_encoder(X)


def test_names_that_are_numbers_or_tuples_are_fine_and_mixed_ones_refused():
    values = [[1.0, "x"], [2.0, "y"], [3.0, "x"]]
    for names in ([0, 1], [5, 3], pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])):
        X = pd.DataFrame(values, columns=names)
        assert column_encoder(X).fit_transform(X).shape == (3, 2)
    mixed = pd.DataFrame(values, columns=[0, "b"])
    with pytest.raises(TypeError, match="string names"):
        column_encoder(mixed).fit(mixed)


def test_sparse_and_lazy_tables_are_refused():
    with pytest.raises(TypeError, match=r"Sparse data was passed.*X\.toarray\(\)"):
        column_encoder(csr_matrix(np.eye(3)))
    with pytest.raises(TypeError, match=r"LazyFrame .*: call collect\(\)"):
        column_encoder(pl.LazyFrame({"a": [1]}))


def test_rows_may_have_any_index():
    X = pd.DataFrame({"x": [1.0, np.nan, 3], "c": ["a", None, "b"]})
    moved = X.set_axis([7, 7, -1])
    for name, column in encoded(X).items():
        np.testing.assert_array_equal(encoded(moved)[name], column)


def test_the_output_is_an_array_whatever_scikit_learn_is_configured_to():
    X = pd.DataFrame({"x": [1.0, np.nan, 3], "c": ["a", None, "b"], "d": pd.to_datetime(days[:3])})
    with config_context(transform_output="pandas"):
        Z = column_encoder(X).fit_transform(X)
    assert type(Z) is np.ndarray


def test_a_clone_learns_anew():
    X = pd.DataFrame({"x": [1.0, 2, 3]})
    encoder = column_encoder(X).fit(X)
    again = clone(encoder).fit(10 * X)
    np.testing.assert_allclose(again.transform(10 * X), encoder.transform(X))


def test_arrays_follow_frames():
    X = pd.DataFrame({"x": [1.0, 2, 3], "c": ["a", "b", "a"], "b": [True, False, True]})
    encoder = column_encoder(X).fit(X)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        Z = encoder.transform(X.to_numpy())
    np.testing.assert_array_equal(Z, encoder.transform(X))


def test_without_pandas_missing_objects_are_found(monkeypatch):
    values = np.array(
        [1, None, np.nan, Decimal("NaN"), NAT, np.timedelta64("NaT", "s"), "nan"], object
    )
    expected = [False, True, True, True, True, True, False]
    np.testing.assert_array_equal(is_missing(values), expected)
    monkeypatch.delitem(sys.modules, "pandas")
    np.testing.assert_array_equal(is_missing(values), expected)


# -- targets -----------------------------------------------------------------------------------


def test_targets_are_standardised_and_predictions_kept_in_their_range():
    y = np.array([[1.0, 5], [3, 5], [8, 5]])
    scaler = TargetScaler().fit(y)
    Z = scaler.transform(y)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(Z.std(axis=0), [1, 0])
    np.testing.assert_allclose(scaler.inverse_transform(Z), y)
    np.testing.assert_array_equal(scaler.inverse_transform([[9, 9], [-9, -9]]), [[8, 5], [1, 5]])
    free = TargetScaler(clip=False).fit(y)
    assert free.inverse_transform([[9, 9]])[0, 0] > 8
    plain = TargetScaler(standardise=False).fit(y)
    np.testing.assert_array_equal(plain.transform(y), y)


def test_weights_of_targets_are_repeated_rows_and_huge_ones_are_finite():
    y, w = np.array([[1.0], [3], [8], [100]]), np.array([2, 0, 1, 0])
    weighted, repeated = TargetScaler().fit(y, sample_weight=w), TargetScaler().fit(y.repeat(w, 0))
    np.testing.assert_allclose(weighted.transform(y), repeated.transform(y))
    np.testing.assert_array_equal(weighted.high_, [8])
    huge = np.array([[1e300], [-1e300], [5e299]])
    scaler = TargetScaler().fit(huge)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(huge)), huge)
