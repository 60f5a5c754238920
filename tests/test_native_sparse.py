"""Sparse X in the compiled core: NumPy's numbers, and no address without a check."""

import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from native_cases import (
    SOLVERS,
    fit_with,
    fitted_alike,
    random_csr,
    random_sparse_fit,
    result_of,
    run_python,
    theta,
)
from scipy import sparse
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.engine.batches import Samples
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective
from sknn_edu.engine.parameters import Parameters
from sknn_edu.estimators.inspection import network_of
from sknn_edu.exceptions import DivergenceError
from sknn_edu.native import core, library
from sknn_edu.native import limits as thread_limits
from sknn_edu.native.core import Core
from sknn_edu.native.csr import sparse_rows


@pytest.fixture
def threads(monkeypatch):
    """A function that sets the number of threads that the core may use."""

    def use(n):
        monkeypatch.setattr(thread_limits, "allowed", lambda: n)

    return use


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return sparse.csr_array(X[:600] / 16), y[:600]


# -- numbers --------------------------------------------------------------------------------------


# Without 310: there a change of X in the last digit changes NumPy's own weights by 8e-9, too.
@pytest.mark.parametrize("seed", [seed for seed in range(300, 351) if seed != 310])
def test_float64_parameters_agree_after_20_epochs(seed):
    estimator, X, y, fit_params = random_sparse_fit(seed)
    native = fitted_alike(estimator, X, y, fit_params)
    if isinstance(native, DivergenceError):
        return
    A, B = (native.set_params(engine=e)._outputs(X) for e in ("native", "numpy"))
    np.testing.assert_allclose(A, B, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("seed", range(300, 320))
def test_float32_is_as_close_to_float64_as_numpy_is(seed):
    estimator, X, y, fit_params = random_sparse_fit(seed)
    X = X.astype(np.float32)
    exact = result_of(estimator, "numpy", X.astype(np.float64), y, fit_params)
    numpy, native = (result_of(estimator, e, X, y, fit_params) for e in ("numpy", "native"))
    assert theta(native).dtype == np.float32
    size = np.abs(theta(exact)).max()
    error, error_of_numpy = (np.abs(theta(e) - theta(exact)).max() / size for e in (native, numpy))
    assert error < 5 * error_of_numpy + 1e-5


@pytest.mark.parametrize("level", library.load().levels)
def test_every_instruction_set_of_this_machine_agrees(level):
    script = (
        "from native_cases import *\n"
        "from sknn_edu.native.library import load\n"
        f"assert load().level == {level!r}\n"
        "for seed in range(400, 412):\n"
        "    case = random_sparse_fit(seed)\n"
        "    a, b = (theta(fit_with(case[0], e, *case[1:])) for e in ('numpy', 'native'))\n"
        "    assert abs(a - b).max() < 1e-10 * abs(a).max(), seed\n"
    )
    run_python(script, SKNN_EDU_KERNELS=level)


def problem(X, hidden, n_outputs, *, has_biases=True):
    """An objective with random weights, and samples with weights."""
    r = np.random.RandomState(0)
    Y, w = r.randn(X.shape[0], n_outputs).astype(X.dtype), r.rand(X.shape[0])
    reg = BackpropRegressor(hidden, "tanh", random_state=0, fit_intercept=has_biases)
    network = network_of(reg.initialize(X, Y if n_outputs > 1 else Y[:, 0]))
    parameters = Parameters(network.theta.sizes, X.dtype)
    parameters.flat[:] = r.randn(len(parameters.flat)) / 4
    return Objective(Network(network.architecture, parameters)), Samples(X, Y, w)


# Units from one to several tiles of vectors of every length, and one more or fewer.
UNITS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 25, 31, 33, 47, 48, 49, 63, 65, 100, 128, 129, 300]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_units", UNITS)
def test_outputs_and_gradients_agree(n_units, dtype, threads):
    r = np.random.RandomState(n_units)
    for n, d, density in ((1, 1, 1), (5, 3, 0.5), (37, 200, 0.02), (300, 70, 0.3), (1100, 9, 0)):
        X = random_csr(r, n, d, density, dtype)
        for hidden, n_outputs in (((), n_units), ((n_units,), 2)):
            objective, samples = problem(X, hidden, n_outputs, has_biases=bool(r.randint(2)))
            J, network = objective.value_and_gradient(samples), objective.network
            expected, A = network.grad.flat.copy(), network.forward(X).A.copy()
            rtol, size = (1e-12 if dtype == np.float64 else 2e-4), np.abs(expected).max()
            results = []
            for n_threads in (1, 3):
                threads(n_threads)
                native = Core(network, objective)
                native.get_threads(native.data(samples), n)
                assert native.value_and_gradient(samples) == pytest.approx(J, rel=rtol)
                np.testing.assert_allclose(network.grad.flat, expected, rtol=0, atol=rtol * size)
                outputs = native.outputs(X)
                np.testing.assert_allclose(outputs, A, rtol=rtol, atol=rtol)
                results.append([*network.grad.flat, *outputs.ravel()])
            np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("solver", [*SOLVERS, "lbfgs", "newton-cg"])
def test_sparse_and_dense_X_give_the_same_network(digits, solver):
    X, y = digits
    clf = BackpropClassifier((9,), solver=solver, max_iter=5, tol=0, random_state=0)
    a, b = (fit_with(clf, "native", form, y, {}) for form in (X, X.toarray()))
    np.testing.assert_allclose(theta(a), theta(b), rtol=0, atol=1e-10)
    for est in (a, b):
        p, q = est.predict_proba(X), est.predict_proba(X.toarray())
        np.testing.assert_allclose(p, q, rtol=0, atol=1e-12)


def long_indices(X):
    X = X.copy()
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


def read_only(X):
    X = X.copy()
    for array in (X.data, X.indices, X.indptr):
        array.flags.writeable = False
    return X


def with_more_room(X):
    """CSR arrays may be longer than the matrix needs."""
    more = sparse.csr_array(X.shape)
    more.data, more.indices = np.r_[X.data, np.nan], np.r_[X.indices, -1].astype(np.int32)
    more.indptr = X.indptr
    return more


FORMS = [sparse.csr_matrix, sparse.csc_array, sparse.coo_array, long_indices, read_only]


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_sparse_X_does_not_matter(digits, form):
    X, y = digits
    clf = BackpropClassifier((9,), max_iter=3, random_state=0)
    expected, formed = (fit_with(clf, "native", given, y, {}) for given in (X, form(X)))
    np.testing.assert_array_equal(theta(formed), theta(expected))
    np.testing.assert_array_equal(formed.predict_proba(form(X)), expected.predict_proba(X))


def test_columns_may_be_in_any_order_and_come_twice(digits):
    X, y = digits
    values, rows = np.r_[X.data / 4, X.data * 0.75], np.repeat(range(X.shape[0]), np.diff(X.indptr))
    order = np.random.RandomState(0).permutation(len(values))
    order = order[np.argsort(np.tile(rows, 2)[order], kind="stable")]
    other = sparse.csr_array(
        (values[order], np.tile(X.indices, 2)[order], 2 * X.indptr), shape=X.shape
    )
    assert not other.has_sorted_indices
    assert not other.has_canonical_format
    clf = BackpropClassifier((9,), max_iter=3, random_state=0)
    expected, shuffled = (fit_with(clf, "native", given, y, {}) for given in (X, other))
    np.testing.assert_allclose(theta(shuffled), theta(expected), rtol=0, atol=1e-12)


def test_one_long_row_among_short_ones():
    r = np.random.RandomState(0)
    X = random_csr(r, 400, 3000, 0.001)
    X = sparse.vstack([X, random_csr(r, 1, 3000, 1), X], format="csr")
    y = r.randint(0, 3, X.shape[0])
    clf = BackpropClassifier((40,), batch_size=50, max_iter=3, tol=0, random_state=0)
    numpy, native = (fit_with(clf, e, X, y, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


# -- threads --------------------------------------------------------------------------------------


# Chunks with a gradient each; then networks whose threads share units, or columns of X.
@pytest.mark.parametrize(
    ("hidden", "n_features", "batch_size"),
    [
        ((90, 40), 64, 300),
        ((20,), 64, 640),
        ((), 64, 1500),
        ((700, 9), 64, 300),
        ((300,), 500, 700),
        ((33,), 5000, 200),
        ((7,), 20000, 450),
        ((), 40000, 130),
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_number_of_threads_does_not_change_a_bit(
    threads, hidden, n_features, batch_size, dtype
):
    r = np.random.RandomState(0)
    X = random_csr(r, 1500, n_features, 20 / n_features, dtype)
    y = r.randint(0, 3, 1500)
    settings = {"max_iter": 2, "l1_ratio": 0.5, "tol": 0, "random_state": 0}
    clf = BackpropClassifier(hidden, "silu", batch_size=batch_size, **settings)
    results = []
    for n in (1, 3, 20):
        threads(n)
        fitted = fit_with(clf, "native", X, y, {"sample_weight": 1 + y % 2})
        results.append([*fitted.loss_curve_, *theta(fitted), *fitted.predict_proba(X).ravel()])
    assert np.isfinite(results[0]).all()
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


# -- training in several ways ---------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [7, 200, 600])
@pytest.mark.parametrize("shuffle", [True, False])
def test_early_stopping_agrees(digits, batch_size, shuffle):
    clf = BackpropClassifier(
        (9,), early_stopping=True, max_iter=20, batch_size=batch_size, shuffle=shuffle,
        random_state=0,
    )  # fmt: skip
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)
    assert native.validation_scores_ == pytest.approx(numpy.validation_scores_, abs=1e-12)


def test_the_engines_and_the_forms_can_take_turns(digits):
    X, y = digits
    alone = BackpropClassifier((9,), engine="numpy", random_state=0)
    turns = BackpropClassifier((9,), random_state=0)
    for engine, form in (("native", X), ("numpy", X), ("native", X.toarray()), ("native", X)):
        alone.partial_fit(X, y, classes=range(10))
        turns.set_params(engine=engine).partial_fit(form, y, classes=range(10))
        turns = pickle.loads(pickle.dumps(turns))
    np.testing.assert_allclose(theta(turns), theta(alone), rtol=0, atol=1e-12)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_batch_that_takes_long_is_cut_into_calls(digits, solver, monkeypatch):
    clf = BackpropClassifier((9,), solver=solver, batch_size=500, max_iter=5, tol=0, random_state=0)
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 1e4)
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


def test_auto_takes_the_core(digits):
    clf = BackpropClassifier((30,), max_iter=3, random_state=0)
    auto, native = (fit_with(clf, e, *digits, {}) for e in ("auto", "native"))
    np.testing.assert_array_equal(theta(auto), theta(native))


# -- memory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["sgd", "lbfgs"])
def test_a_million_columns_need_no_dense_rows(solver):
    r = np.random.RandomState(0)
    n, d, k = 2_000, 1_000_000, 20
    X = sparse.csr_array((r.rand(n * k), r.randint(0, d, n * k), range(0, n * k + 1, k)), (n, d))
    clf = BackpropClassifier((), solver=solver, max_iter=2, batch_size=500, engine="native")
    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clf.fit(X, np.arange(n) % 2).predict(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # theta, gradient, velocity, copies of theta: 8 MB each (L-BFGS remembers 20 more). 500 dense
    # rows would take 4 GB.
    assert peak < 400e6


# -- arrays that contradict each other ------------------------------------------------------------


def edit(name, change):
    """X with one of its arrays changed, behind scipy's back."""

    def edited(X):
        X = X.copy()
        setattr(X, name, change(getattr(X, name).copy()))
        return X

    return edited


def put(i, value):
    def change(array):
        array[i] = value
        return array

    return change


HOSTILE = {
    "a column too large": edit("indices", put(5, 64)),
    "a very large one": edit("indices", put(-1, 2**31 - 1)),
    "a negative column": edit("indices", put(0, -1)),
    "one that is 3 in 32 bits": edit("indices", lambda k: put(2, 2**32 + 3)(k.astype(np.int64))),
    "a falling indptr": edit("indptr", put(3, 0)),
    "a negative indptr": edit("indptr", put(0, -1)),
    "an indptr that begins late": edit("indptr", put(0, 1)),
    "an indptr that ends late": edit("indptr", put(-1, 10**6)),
    "an indptr of 64 bits that ends late": edit("indptr", lambda p: put(-1, 2**40)(p.astype(int))),
    "an indptr too large inside": edit("indptr", put(3, 10**6)),
    "an indptr too short": edit("indptr", lambda p: p[:-1]),
    "an indptr too long": edit("indptr", lambda p: np.r_[p, p[-1]]),
    "no indptr": edit("indptr", lambda p: p[:0]),
    "too few columns": edit("indices", lambda k: k[:-1]),
    "too few numbers": edit("data", lambda x: x[:-1]),
    "no numbers": edit("data", lambda x: x[:0]),
    "columns that are floats": edit("indices", lambda k: k.astype(float)),
    "an indptr of floats": edit("indptr", lambda p: p.astype(float)),
    "columns in a matrix": edit("indices", lambda k: k[:, np.newaxis]),
    "numbers in a matrix": edit("data", lambda x: x[:, np.newaxis]),
    "columns in a list": edit("indices", lambda k: k.tolist()),
    "float32": edit("data", lambda x: x.astype(np.float32)),
    "another byte order": edit("data", lambda x: x.astype(x.dtype.newbyteorder())),
    "whole numbers": edit("data", lambda x: x.astype(int)),
    "text": edit("data", lambda x: x.astype(str)),
    "columns": lambda X: X.tocsc(),
    "another width": lambda X: X[:, :-1],
    "another height": lambda X: X[:-1],
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_arrays_that_contradict_each_other_have_no_address(digits, make):
    X = digits[0]
    with pytest.raises(ValueError, match=r"X (must be a CSR matrix|is not a valid CSR matrix)"):
        sparse_rows(make(X), X.shape, X.dtype)


@pytest.mark.parametrize(
    "name", [name for name in HOSTILE if "column too" in name or "indptr" in name]
)
@pytest.mark.parametrize("action", ["fit", "partial_fit", "predict"])
def test_they_end_in_an_error(digits, name, action):
    X, y = digits
    clf = BackpropClassifier((9,), max_iter=1, tol=0, engine="native", shuffle=False).fit(X, y)
    # scikit-learn or scipy may be the first to complain.
    with pytest.raises((ValueError, TypeError, IndexError)):
        getattr(clf, action)(HOSTILE[name](X), *([] if action == "predict" else [y]))


@pytest.mark.parametrize(
    "make",
    [
        with_more_room,
        long_indices,
        edit("indices", lambda k: k.astype(np.uint16)),
        edit("indices", lambda k: np.repeat(k, 2)[::2]),
        edit("data", lambda x: np.repeat(x, 2)[::2]),
        edit("data", lambda x: np.frombuffer(b"-" + x.tobytes(), np.uint8)[1:].view(float)),
    ],
)
def test_unusual_arrays_are_the_same_to_the_core(digits, make):
    X = digits[0]
    for given, expected in zip(
        sparse_rows(make(X), X.shape, X.dtype), (X.data, X.indices, X.indptr), strict=True
    ):
        np.testing.assert_array_equal(given, expected)
        assert given.flags.aligned
        assert given.flags.c_contiguous


def test_no_rows_no_columns_no_nonzeros():
    for shape in ((0, 3), (3, 0), (3, 5)):
        rows = sparse_rows(sparse.csr_array(shape), shape, np.float64)
        assert len(rows.values) == len(rows.columns) == rows.most_in_a_row == 0
