"""Models converted to ONNX answer as the estimators do, in onnxruntime."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from fitted_estimators import NAMES, TARGETS, X, fitted, three_epochs_are_enough, unfitted
from skl2onnx import __max_supported_opset__, to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import sknn_edu.onnx
from sknn_edu import BackpropClassifier, BackpropRegressor, HiddenLayerTransformer
from sknn_edu.activations import Activation, Elementwise
from sknn_edu.losses import Loss

OPSETS = [11, 13, 15, 18, __max_supported_opset__]  # where the forms of operators changed
in_both_dtypes = pytest.mark.parametrize(
    "dtype", [np.float32, np.float64], ids=lambda dtype: dtype.__name__
)


def run(model, inputs):
    """The outputs of a model."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, inputs)


def converted(est, X, opset=18, **options):
    """The outputs of the converted estimator for X."""
    last = est[-1] if hasattr(est, "steps") else est
    if isinstance(last, BackpropClassifier):
        options = {id(last): {"zipmap": False, **options}}
    target = {"": opset, "ai.onnx.ml": 2 if opset < 18 else 3}
    return run(to_onnx(est, X[:1], target_opset=target, options=options or None), {"X": X})


def probabilities(clf, X):
    """What the converted classifier gives beside the label."""
    if hasattr(clf, "predict_proba"):
        return clf.predict_proba(X)
    return by_class(clf, clf.decision_function(X))


def logits(clf, X):
    """The logits; one number for two classes."""
    Z = clf.logits(X)
    if len(clf.classes_) != 2:
        return Z
    return Z[:, 0] if Z.shape[1] == 1 else Z[:, 1] - Z[:, 0]


def by_class(clf, scores):
    """Scores with a column for each class."""
    if len(clf.classes_) == 2 and scores.ndim == 1:
        return np.c_[-scores, scores]
    return scores.reshape(len(scores), -1)


def assert_close(found, expected):
    """To 1e-5 of the numbers, or of 1 where they are smaller."""
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def assert_same_answers(est, X, **how):
    found = converted(est, X, **how)
    if isinstance(est, BackpropClassifier):
        label, P = found
        np.testing.assert_array_equal(label, est.predict(X))
        assert_close(P, probabilities(est, X).astype(X.dtype))
    else:
        (y,) = found
        assert_close(y, est.predict(X).reshape(len(X), -1).astype(X.dtype))


def initialized(target, X, **params):
    """A network with random weights."""
    with three_epochs_are_enough():
        return unfitted(target, **params).initialize(X, TARGETS[target])


# -- every activation, output, loss and target ------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@in_both_dtypes
def test_every_kind_of_estimator_gives_the_same_answers(name, dtype):
    assert_same_answers(fitted(name), X.astype(dtype))


@pytest.mark.parametrize("name", Activation.names())
@pytest.mark.parametrize("opset", OPSETS)
@in_both_dtypes
def test_every_activation_gives_the_same_answers_in_every_opset(name, opset, dtype):
    X_small = (0.3 * X).astype(dtype)
    layers = {"hidden_layer_sizes": (5, 4), "activation": name, "output_activation": name}
    for target in ("numbers", "three"):
        est = initialized(target, X_small, **layers, loss="squared_error")
        assert_same_answers(est, X_small, opset=opset)


@pytest.mark.parametrize("name", Activation.names())
@in_both_dtypes
def test_every_activation_is_right_far_out(name, dtype):
    far = np.array([[0.0], [1], [-1], [50], [-50], [1000], [-1000]], dtype)
    far = np.hstack([far, far[::-1], -far])
    est = initialized("numbers", X.astype(dtype), hidden_layer_sizes=(), loss="squared_error")
    est.set_params(output_activation=name, weight_init=([np.eye(3)], [np.zeros(3)]))
    with three_epochs_are_enough():
        est.initialize(X.astype(dtype), np.abs(X) / 9)
    with np.errstate(over="ignore"):
        assert_same_answers(est, far)


PAIRS = [
    (loss, output)
    for loss in Loss.names()
    for output in Activation.names()
    if Loss.get(loss).refusal(Activation.get(output)) is None
]


@pytest.mark.parametrize("target", ["two", "three", "labels"])
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_every_loss_with_every_output_gives_the_same_classes(loss, output, target):
    X_small = (0.3 * X).astype(np.float32)
    est = initialized(target, X_small, loss=loss, output_activation=output)
    assert_same_answers(est, X_small)
    (_, scores) = converted(est, X_small, logits=True)
    assert_close(scores, by_class(est, logits(est, X_small)))


@pytest.mark.parametrize("output", Activation.names())
def test_a_single_class_is_certain(output):
    est = initialized("one", X, loss="squared_error", output_activation=output)
    assert_same_answers(est, X)


def test_outputs_that_are_all_zero_give_every_class_the_same():
    est = initialized("three", X, loss="squared_error", output_activation="relu")
    est.intercepts_[-1][...] = -100
    _, P = converted(est, X)
    np.testing.assert_allclose(P, 1 / 3)


def test_outputs_that_overflow_count_as_the_largest_number():
    est = initialized("three", X, loss="squared_error", output_activation="exp")
    est.intercepts_[-1][...] = [2000, 0, 1000]
    _, P = converted(est, X)
    np.testing.assert_allclose(P, est.predict_proba(X))
    assert np.isfinite(P).all()


# -- conventions of skl2onnx ------------------------------------------------------------------


@pytest.mark.parametrize("target", ["two", "three", "words", "objects", "floats", "bools"])
@pytest.mark.parametrize("zipmap", [True, "columns"])
def test_zipmap_gives_probabilities_by_class(target, zipmap):
    est, X32 = fitted(f"target {target}"), X.astype(np.float32)
    label, *P = converted(est, X32, zipmap=zipmap)
    np.testing.assert_array_equal(label, est.predict(X32))
    if zipmap == "columns":
        found = np.column_stack(P)
    else:
        assert set(P[0][0]) == set(est.classes_)
        found = np.array([[row[c] for c in est.classes_] for row in P[0]])
    np.testing.assert_allclose(found, est.predict_proba(X32), rtol=1e-5, atol=1e-5)


def test_the_outputs_have_the_usual_names_types_and_shapes():
    X32 = X.astype(np.float32)
    for name, kinds in [
        ("target words", {"label": ("tensor(string)", 1), "probabilities": ("tensor(float)", 2)}),
        ("target labels", {"label": ("tensor(int64)", 2), "probabilities": ("tensor(float)", 2)}),
        ("target bools", {"label": ("tensor(int64)", 1), "probabilities": ("tensor(float)", 2)}),
        ("target number", {"variable": ("tensor(float)", 2)}),
    ]:
        est = fitted(name)
        options = {id(est): {"zipmap": False}} if isinstance(est, BackpropClassifier) else None
        session = onnxruntime.InferenceSession(
            to_onnx(est, X32[:1], options=options).SerializeToString(),
            providers=["CPUExecutionProvider"],
        )
        assert {o.name: (o.type, len(o.shape)) for o in session.get_outputs()} == kinds
        assert len(session.run(None, {"X": X32[:7]})[0]) == 7


def test_nocl_gives_class_numbers():
    est = fitted("target words")
    label, _ = converted(est, X, nocl=True)
    np.testing.assert_array_equal(est.classes_[label], est.predict(X))


def test_output_class_labels_are_one_more_output():
    est = fitted("target words")
    *_, classes = converted(est, X, output_class_labels=True)
    np.testing.assert_array_equal(classes, est.classes_)


def test_integers_are_good_input():
    counts = np.arange(30, dtype=np.int64).reshape(10, 3) % 4
    est = fitted("target number")
    (y,) = converted(est, counts)
    np.testing.assert_allclose(y.ravel(), est.predict(counts), rtol=1e-5, atol=1e-5)


# -- inside of others -------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["number", "numbers", "two", "three", "words", "labels"])
@in_both_dtypes
def test_at_the_end_of_a_pipeline(target, dtype):
    pipeline = make_pipeline(StandardScaler(), unfitted(target, tol=0))
    pipeline.fit(5 + 3 * X, TARGETS[target])
    given = (5 + 3 * X).astype(dtype)
    found = converted(pipeline, given)
    expected = pipeline.predict(given)
    if target in ("number", "numbers"):
        np.testing.assert_allclose(found[0].reshape(expected.shape), expected, rtol=1e-5, atol=1e-5)
    else:
        np.testing.assert_array_equal(found[0], expected)
        np.testing.assert_allclose(found[1], pipeline.predict_proba(given), rtol=1e-5, atol=1e-5)


def test_behind_a_column_transformer():
    table = pd.DataFrame(
        {"a": X[:, 0], "b": X[:, 1], "color": np.where(X[:, 2] > 0, "red", "blue")}
    ).astype({"a": np.float32, "b": np.float32})
    prepare = ColumnTransformer(
        [("numbers", StandardScaler(), ["a", "b"]), ("words", OneHotEncoder(), ["color"])]
    )
    pipeline = make_pipeline(prepare, unfitted("words", tol=0)).fit(table, TARGETS["words"])
    columns = [("a", FloatTensorType([None, 1])), ("b", FloatTensorType([None, 1]))]
    model = to_onnx(
        pipeline,
        initial_types=[*columns, ("color", StringTensorType([None, 1]))],
        options={id(pipeline[-1]): {"zipmap": False}},
    )
    label, P = run(model, {name: table[[name]].to_numpy() for name in table})
    np.testing.assert_array_equal(label, pipeline.predict(table))
    np.testing.assert_allclose(P, pipeline.predict_proba(table), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("frozen", [False, True])
@in_both_dtypes
def test_a_hidden_layer_as_features(frozen, dtype):
    given = X.astype(dtype)
    for layer in (1, 2):
        network = unfitted("three", hidden_layer_sizes=(5, 4), activation="silu", tol=0)
        if frozen:
            network = FrozenEstimator(network.fit(given, TARGETS["three"]))
        features = HiddenLayerTransformer(network, layer=layer).fit(given, TARGETS["three"])
        (A,) = converted(features, given)
        assert_close(A, features.transform(given))

        pipeline = make_pipeline(StandardScaler(), features, LogisticRegression())
        pipeline.fit(given, TARGETS["three"])
        options = {id(pipeline[-1]): {"zipmap": False}}
        label, P = run(to_onnx(pipeline, given[:1], options=options), {"X": given})
        np.testing.assert_array_equal(label, pipeline.predict(given))
        np.testing.assert_allclose(P, pipeline.predict_proba(given), rtol=1e-5, atol=1e-5)


META = {
    "GridSearchCV": lambda est: GridSearchCV(est, {"alpha": [0.1, 1]}, cv=2),
    "VotingClassifier": lambda est: VotingClassifier(
        [("net", est)], voting="soft", flatten_transform=False
    ),
    "StackingClassifier": lambda est: StackingClassifier([("net", est)], cv=2),
    "CalibratedClassifierCV": lambda est: CalibratedClassifierCV(est, cv=2),
    "OneVsRestClassifier": OneVsRestClassifier,
}


@pytest.mark.parametrize("name", META)
def test_inside_of_meta_estimators(name):
    given = X.astype(np.float32)
    est = META[name](unfitted("three", tol=0)).fit(given, TARGETS["three"])
    label, P = run(to_onnx(est, given[:1], options={"zipmap": False}), {"X": given})
    np.testing.assert_array_equal(label, est.predict(given))
    np.testing.assert_allclose(P, est.predict_proba(given), rtol=1e-5, atol=1e-5)


# -- activations of one's own, and bad days ---------------------------------------------------


class Own(Elementwise):
    """z / sqrt(1 + steep z^2)."""

    formula = "Z / sqrt(1 + steep * Z**2) + leaky_relu(Z) * (Z <= 1)"

    def __init__(self, steep=2.0):
        self.steep = steep

    def forward(self, Z, out):
        leaky = np.where(Z > 0, Z, 0.01 * Z) * (Z <= 1)
        return np.add(Z / np.sqrt(1 + self.steep * Z * Z), leaky, out=out)

    def derivative(self, Z, A, out):
        raise NotImplementedError


class WithoutFormula(Own):
    formula = None


class Mixing(Own):
    """Z divided by the sum of the sizes of a row."""

    elementwise = False
    formula = "Z / (1 + sum(abs(Z), axis=1, keepdims=True)) + mean(Z, axis=1, keepdims=True)"

    def forward(self, Z, out):
        sizes = 1 + np.abs(Z).sum(axis=1, keepdims=True)
        return np.add(Z / sizes, Z.mean(axis=1, keepdims=True), out=out)


@pytest.mark.parametrize("opset", OPSETS)
@pytest.mark.parametrize("f", [Own(0.5), Mixing()], ids=repr)
@in_both_dtypes
def test_a_formula_is_all_that_an_activation_of_ones_own_needs(f, opset, dtype):
    est = initialized("numbers", X.astype(dtype), activation=f)
    assert_same_answers(est, X.astype(dtype), opset=opset)


def test_an_activation_without_formula_says_what_to_write():
    est = initialized("number", X, activation=WithoutFormula())
    with pytest.raises(NotImplementedError, match="Give the class WithoutFormula one of Z"):
        converted(est, X)


def test_a_network_that_is_not_fitted_is_refused():
    for est in (
        BackpropRegressor(),
        BackpropClassifier(),
        HiddenLayerTransformer(BackpropRegressor()),
    ):
        with pytest.raises(NotFittedError, match=f"This {type(est).__name__} .* not fitted"):
            converted(est, X)


def test_too_old_an_opset_is_refused():
    with pytest.raises(ValueError, match="target_opset=9 is too old: networks need 11 or newer"):
        to_onnx(fitted("target number"), X[:1], target_opset={"": 9, "ai.onnx.ml": 1})


class OurClassifier(BackpropClassifier):
    """A subclass that was defined before `sknn_edu.onnx.register` is called."""


class OurRegressor(BackpropRegressor):
    """A subclass with a subclass."""


class OurOtherRegressor(OurRegressor):
    """A subclass of a subclass."""


@pytest.mark.parametrize("cls", [OurClassifier, OurRegressor, OurOtherRegressor])
def test_subclasses_are_converted_once_they_are_registered(cls):
    sknn_edu.onnx.register()
    with three_epochs_are_enough():
        y = TARGETS["three" if cls is OurClassifier else "number"]
        assert_same_answers(cls(4, random_state=0).fit(X, y), X)


def test_without_skl2onnx_one_line_names_the_extra():
    code = "import sys; sys.modules['skl2onnx'] = None; import sknn_edu.onnx"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    wanted = re.escape('ImportError: sknn_edu.onnx needs skl2onnx: pip install "sknn-edu[onnx]"')
    assert re.search(wanted, done.stderr)
