"""Estimators for tables as ONNX: the same answers, from a column each or from an array."""

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    BooleanTensorType,
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import sknn_edu.onnx
from sknn_edu import RobustSmoothClip, TabularClassifier, TabularRegressor

FAST = {"hidden_layer_sizes": 8, "max_iter": 3, "n_members": 2, "random_state": 0}
N = 150


def frame(seed=0, n=N):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": rng.normal(size=n),
            "count": rng.integers(0, 9, n),
            "holes": np.where(rng.random(n) < 0.2, np.nan, 1e3 * rng.normal(size=n)),
            "color": rng.choice(["red", "green", "blue", "missing"], n),
            "sex": rng.choice(["f", "m"], n),
            "old": rng.random(n) < 0.5,
            "shop": pd.Categorical(rng.integers(0, 40, n)),
            "floor": pd.Categorical(np.where(rng.random(n) < 0.2, np.nan, rng.integers(-1, 3, n))),
            "nothing": np.full(n, np.nan),
        }
    )


def types_of(real):
    """The type of each column; real numbers in one or the other precision."""
    kinds = dict.fromkeys(X, real) | {
        "count": Int64TensorType,
        "color": StringTensorType,
        "sex": StringTensorType,
        "old": BooleanTensorType,
        "shop": Int64TensorType,
    }
    return [(name, kind([None, 1])) for name, kind in kinds.items()]


NUMPY = {
    "FloatTensorType": np.float32,
    "DoubleTensorType": np.float64,
    "Int64TensorType": np.int64,
    "StringTensorType": object,
    "BooleanTensorType": bool,
}


def inputs_of(table, types):
    return {
        name: table[name].to_numpy(NUMPY[type(kind).__name__]).reshape(-1, 1)
        for name, kind in types
    }


def run(model, inputs):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, inputs)


def no_zipmap(est):
    return {id(est): {"zipmap": False}} if isinstance(est, TabularClassifier) else None


X = frame()
y = (X["size"] + 2 * (X["color"] == "red") - (X["shop"] == 3)).to_numpy()
c = np.array(["low", "middle", "high"])[np.digitize(y, [-0.5, 1])]

# Not in training: categories, numbers where all was missing, missing numbers.
new = frame(1)
new.loc[:4, ["color", "sex"]] = "other"
new["shop"] = np.arange(N) % 60
new["floor"] = new["floor"].astype(float)
new.loc[5:7, "floor"] = [2.5, 99, np.nan]
new.loc[8:9, ["size", "nothing"]] = [[np.nan, 4], [1e30, -1]]

TARGETS = {
    "number": (TabularRegressor, y),
    "two numbers": (TabularRegressor, np.column_stack([y, -5 * y])),
    "two": (TabularClassifier, y > 0),
    "three": (TabularClassifier, c),
    "labels": (TabularClassifier, np.column_stack([y > 0, y > 1]).astype(int)),
}


def assert_same_answers(est, outputs, table):
    if isinstance(est, TabularRegressor):
        expected = est.predict(table)
        np.testing.assert_allclose(
            outputs[0].reshape(expected.shape), expected, rtol=1e-4, atol=1e-4
        )
        return
    np.testing.assert_array_equal(outputs[0], est.predict(table))
    np.testing.assert_allclose(outputs[1], est.predict_proba(table), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("max_categories", [None, 10])
@pytest.mark.parametrize("real", [FloatTensorType, DoubleTensorType])
def test_a_table_gives_the_same_answers(target, max_categories, real):
    cls, its = TARGETS[target]
    est, types = cls(**FAST, max_categories=max_categories).fit(X, its), types_of(real)
    model = to_onnx(est, initial_types=types, options=no_zipmap(est))
    for table in (X, new):
        outputs = run(model, inputs_of(table, types))
        assert_same_answers(est, outputs, table)
        assert outputs[-1].dtype == (np.float32 if real is FloatTensorType else np.float64)


def test_inputs_are_found_by_their_names():
    est, types = TabularRegressor(**FAST).fit(X, y), types_of(FloatTensorType)
    outputs = run(to_onnx(est, initial_types=types[::-1]), inputs_of(X, types))
    assert_same_answers(est, outputs, X)


@pytest.mark.parametrize("target", TARGETS)
def test_an_array_gives_the_same_answers(target):
    cls, its = TARGETS[target]
    numbers = X[["size", "count", "holes"]].to_numpy(np.float32)
    est = cls(**FAST).fit(numbers, its)
    model = to_onnx(est, numbers[:1], options=no_zipmap(est))
    assert_same_answers(est, run(model, {"X": numbers}), numbers)


def test_text_in_an_array_gives_the_same_answers():
    text = X[["color", "sex"]].to_numpy(object)
    est = TabularClassifier(**FAST).fit(text, c)
    model = to_onnx(est, initial_types=[("X", StringTensorType([None, 2]))], options=no_zipmap(est))
    assert_same_answers(est, run(model, {"X": text}), text)


def test_missing_text_may_be_empty():
    table = X[["color"]].replace("missing", None)
    est = TabularClassifier(**FAST).fit(table, c)
    model = to_onnx(
        est, initial_types=[("color", StringTensorType([None, 1]))], options=no_zipmap(est)
    )
    for word in ("", "missing"):
        filled = table.astype(object).where(table.notna(), word).to_numpy(object)
        assert_same_answers(est, run(model, {"color": filled}), table)


@pytest.mark.parametrize("target", ["two", "three"])
def test_margins_where_there_are_no_probabilities(target):
    est = TabularClassifier(**FAST, loss="hinge").fit(X, TARGETS[target][1])
    types = types_of(FloatTensorType)
    label, scores = run(
        to_onnx(est, initial_types=types, options=no_zipmap(est)), inputs_of(new, types)
    )
    expected = est.decision_function(new)
    if target == "two":
        expected = np.column_stack([-expected, expected])
    np.testing.assert_array_equal(label, est.predict(new))
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def test_zipmap_gives_probabilities_by_class():
    est, types = TabularClassifier(**FAST).fit(X, c), types_of(FloatTensorType)
    _, P = run(to_onnx(est, initial_types=types), inputs_of(X, types))
    found = np.array([[row[label] for label in est.classes_] for row in P])
    np.testing.assert_allclose(found, est.predict_proba(X), rtol=1e-4, atol=1e-5)


def test_subclasses_are_converted_once_they_are_registered():
    class Ours(TabularRegressor):
        """A subclass."""

    sknn_edu.onnx.register()
    numbers = X[["size", "count"]].to_numpy(np.float32)
    est = Ours(**FAST).fit(numbers, y)
    assert_same_answers(est, run(to_onnx(est, numbers[:1]), {"X": numbers}), numbers)


# -- RobustSmoothClip --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("opset", [11, 13, 18])
@pytest.mark.parametrize("limit", [3.0, 0.5, None])
def test_the_clip_gives_the_same_numbers(dtype, opset, limit):
    numbers = np.random.default_rng(0).standard_t(1, size=(60, 4)).astype(dtype)
    numbers[0], numbers[1, 2], numbers[:, 3] = 1e30, np.nan, 7
    clip = RobustSmoothClip(limit=limit).fit(numbers)
    (Z,) = run(to_onnx(clip, numbers[:1], target_opset=opset), {"X": numbers})
    assert Z.dtype == dtype
    np.testing.assert_allclose(Z, clip.transform(numbers), rtol=1e-5, atol=1e-6)


def test_the_clip_in_a_pipeline():
    numbers = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    pipeline = make_pipeline(RobustSmoothClip(), LogisticRegression()).fit(
        numbers, numbers[:, 0] > 0
    )
    model = to_onnx(pipeline, numbers[:1], options={id(pipeline[-1]): {"zipmap": False}})
    label, P = run(model, {"X": numbers})
    np.testing.assert_array_equal(label, pipeline.predict(numbers))
    np.testing.assert_allclose(P, pipeline.predict_proba(numbers), rtol=1e-4, atol=1e-6)


# -- what is refused ---------------------------------------------------------------------------


def test_dates_are_refused_by_name():
    table = pd.DataFrame({"x": np.arange(N), "day": pd.date_range("2024-01-01", periods=N)})
    est = TabularRegressor(**FAST).fit(table, y)
    types = [("x", FloatTensorType([None, 1])), ("day", Int64TensorType([None, 1]))]
    with pytest.raises(NotImplementedError, match="Column 'day' holds dates, which are not conv"):
        to_onnx(est, initial_types=types)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("size", StringTensorType, "'size' held numbers in fit: declare it as FloatTensorType"),
        ("color", Int64TensorType, "'color' held categories that are no integers: declare it as S"),
        ("color", BooleanTensorType, "'color' held categories that are no booleans"),
    ],
)
def test_columns_of_another_type_are_refused_by_name(name, kind, message):
    est = TabularRegressor(**FAST).fit(X, y)
    types = [(n, kind([None, 1]) if n == name else t) for n, t in types_of(FloatTensorType)]
    with pytest.raises(TypeError, match=message):
        to_onnx(est, initial_types=types)


def test_another_number_of_columns_is_refused():
    est = TabularRegressor(**FAST).fit(X, y)
    with pytest.raises(ValueError, match=r"initial_types has 8 columns, but .* fitted with 9"):
        to_onnx(est, initial_types=types_of(FloatTensorType)[:-1])


@pytest.mark.parametrize("cls", [TabularClassifier, TabularRegressor, RobustSmoothClip])
def test_what_is_not_fitted_is_refused(cls):
    est = cls()
    with pytest.raises(NotFittedError, match=f"This {cls.__name__} .* not fitted"):
        to_onnx(est, np.zeros((1, 3), np.float32), options=no_zipmap(est))
