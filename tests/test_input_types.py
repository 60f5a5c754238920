"""dtypes, sparse matrices, data frames, and the memory that they take."""

import tracemalloc
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from small_networks import (
    FULL_BATCH,
    X,
    X_val,
    Y,
    assert_same_network,
    c,
    c3,
    classifier,
    held_out_scorer,
    labels,
    parameters,
    regressor,
    w,
    y,
    y_val,
)

from sknn_edu.exceptions import (
    ConvergenceWarning,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


# -- kinds of input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solver", "make", "target", "weights"),
    [
        ("sgd", regressor, y, None),
        ("adam", classifier, c, w),
        ("adamw", classifier, c3, None),
        ("nadam", regressor, Y, w),
        ("rmsprop", classifier, c, None),
        ("gd", regressor, y, w),
        ("lbfgs", classifier, c3, w),
        ("newton-cg", regressor, Y, None),
        ("lm", classifier, c, w),
    ],
)
def test_float32_stays_float32(solver, make, target, weights):
    params = {"loss": "squared_error"} if solver == "lm" else {}
    small = X.astype(np.float32)
    est = make(solver=solver, alpha=0.1, l1_ratio=0.0 if solver == "lm" else 0.5, **params)
    est.fit(small, target, weights)
    J, dW, db = est.objective_and_gradient(small, target, weights)
    arrays = [*parameters(est), *dW, *db, est.input_gradient(small, target, weights)]
    arrays += est.hidden_activations(small)
    for method in ("predict" if make is regressor else "logits", "predict_proba"):
        if hasattr(est, method):
            arrays.append(getattr(est, method)(small))
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert type(J) is float
    double = clone(est).fit(X, target, weights)
    assert double.coefs_[0].dtype == np.float64
    if solver not in FULL_BATCH:  # few steps: rounding has not grown yet
        assert_same_network(est, double, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_float32_survives_dropout_clipping_validation_and_chunks(dropout):
    small = X.astype(np.float32)
    est = regressor(dropout=dropout, clip_norm=0.1, early_stopping=True).fit(small, y)
    est.set_params(early_stopping=False).partial_fit(X, y)
    assert {array.dtype for array in parameters(est)} == {np.dtype(np.float32)}
    assert est.predict(X).dtype == np.float32


@pytest.mark.parametrize("kind", ["int", "bool", "float16", "list", "fortran", "strided"])
def test_other_dense_input_becomes_float64(kind):
    whole = np.round(3 * X)
    other = {
        "int": lambda: whole.astype(int),
        "bool": lambda: whole > 0,
        "float16": lambda: whole.astype(np.float16),
        "list": lambda: whole.tolist(),
        "fortran": lambda: np.asfortranarray(whole),
        "strided": lambda: np.repeat(whole, 2, axis=1)[:, ::2],
    }[kind]()
    plain = (whole > 0).astype(float) if kind == "bool" else whole
    est = regressor(batch_size=20).fit(other, y)
    assert est.coefs_[0].dtype == np.float64
    assert_same_network(est, regressor(batch_size=20).fit(plain, y), rtol=1e-10)


few = np.where(np.abs(X) > 1, X, 0)


@pytest.mark.parametrize(
    ("solver", "kind", "early_stopping"),
    [
        ("sgd", sparse.csr_matrix, True),
        ("adam", sparse.csc_array, False),
        ("gd", sparse.csc_matrix, True),
        ("lbfgs", sparse.csr_array, False),
        ("newton-cg", sparse.csc_array, False),
        ("lm", sparse.csr_matrix, False),
    ],
)
def test_sparse_input_gives_what_dense_input_gives(solver, kind, early_stopping):
    params = {"solver": solver, "batch_size": 20, "early_stopping": early_stopping}
    est, dense = regressor(**params).fit(kind(few), y, w), regressor(**params).fit(few, y, w)
    assert_same_network(est, dense, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(est.predict(kind(few)), dense.predict(few), rtol=1e-7)
    assert est.objective(kind(few), y) == pytest.approx(dense.objective(few, y), rel=1e-9)
    np.testing.assert_allclose(
        est.input_gradient(kind(few), y), dense.input_gradient(few, y), rtol=1e-6, atol=1e-12
    )


def test_sparse_labels_are_labels():
    est = classifier().fit(X, sparse.csr_matrix(labels))
    assert_same_network(est, classifier().fit(X, labels))
    predicted = est.predict(X)
    assert est.score(X, sparse.csr_matrix(labels)) == classifier().fit(X, labels).score(X, labels)
    assert predicted.shape == labels.shape


NAMES = ["a", "b", "c", "d"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_bring_their_names(library):
    frames = pytest.importorskip(library)
    frame = frames.DataFrame(dict(zip(NAMES, X.T, strict=True)))
    target = frames.Series(y)
    est = regressor(early_stopping=True).fit(frame, target)
    assert_same_network(est, regressor(early_stopping=True).fit(X, y))
    np.testing.assert_array_equal(est.feature_names_in_, NAMES)
    np.testing.assert_array_equal(est.predict(frame), est.predict(frame[NAMES]))
    est.set_params(early_stopping=False).partial_fit(frame, target).score(frame, target)
    assert isinstance(est.objective(frame, target), float)
    with pytest.raises(ValueError, match=r"(?s)feature names.*same order"):
        est.predict(frame[NAMES[::-1]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        est.predict(X)


@pytest.mark.parametrize("scoring", [None, "loss", "r2", held_out_scorer])
@pytest.mark.parametrize("own", [True, False])
def test_data_frames_can_be_validated_on_without_a_warning(scoring, own):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=NAMES)
    held = {"X_val": pandas.DataFrame(X_val, columns=NAMES), "y_val": pandas.Series(y_val)}
    est = regressor(early_stopping=True, scoring=scoring)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        est.fit(frame, pandas.Series(y), **(held if own else {}))
    assert len(est.validation_scores_) == est.n_iter_


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_classes_may_come_in_a_series(library):
    frames = pytest.importorskip(library)
    names = np.array(["no", "yes"])
    est, plain = classifier().fit(X, frames.Series(names[c])), classifier().fit(X, c)
    assert_same_network(est, plain)
    np.testing.assert_array_equal(est.predict(X), names[plain.predict(X)])


# -- memory ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large():
    X = np.random.RandomState(0).normal(size=(50_000, 100))  # 40 MB
    return X, X[:, 0]


def peak(call, *args, **kwargs):
    """Most bytes that were allocated at once during the call, and what it returned."""
    tracemalloc.start()
    try:
        result = call(*args, **kwargs)
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("make", "early_stopping", "shuffle"),
    [(classifier, True, True), (regressor, False, True), (regressor, False, False)],
)
def test_fit_does_not_copy_a_large_X(large, make, early_stopping, shuffle):
    X, y = large
    est = make(max_iter=1, early_stopping=early_stopping, shuffle=shuffle)
    used, _ = peak(est.fit, X, y > 0 if make is classifier else y)
    assert used < (0.5 if early_stopping else 0.3) * X.nbytes


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_full_batch_solvers_do_not_copy_a_large_X(large, solver):
    used, _ = peak(regressor(solver=solver, max_iter=1).fit, *large)
    assert used < 0.5 * large[0].nbytes  # A, dA and delta of four units for all rows take 0.12


def test_a_sparse_X_is_not_made_dense():
    rng = np.random.default_rng(0)
    X = sparse.random(5_000, 2_000, density=1e-3, format="csr", random_state=rng)
    used, _ = peak(regressor(max_iter=1).fit, X, np.ones(5_000))
    assert used < 0.1 * 8 * X.shape[0] * X.shape[1]


def test_predict_works_in_bounded_memory():
    X = np.zeros((100_000, 200), np.float32)
    X[:, 0] = 1
    est = regressor(hidden_layer_sizes=100, max_iter=1).fit(X[:100], np.ones(100))
    used, predicted = peak(est.predict, X)
    assert predicted.dtype == np.float32
    assert used < 35e6  # beside X; the hidden layer of all rows would take 40 MB
