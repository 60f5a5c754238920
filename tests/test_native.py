"""The compiled core computes what the NumPy engine computes."""

import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from native_cases import (
    HIDDEN,
    SOLVERS,
    fit_with,
    fitted_alike,
    random_fit,
    result_of,
    run_python,
    theta,
)
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.utils import check_random_state
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise
from sknn_edu.engine.architecture import Architecture
from sknn_edu.engine.network import Network
from sknn_edu.engine.objective import Objective
from sknn_edu.engine.parameters import Parameters
from sknn_edu.engine.penalty import ElasticNet
from sknn_edu.estimators.inspection import network_of
from sknn_edu.exceptions import DivergenceError
from sknn_edu.losses import Hinge, Huber, LogLoss, Loss, Quantile, SquaredError, WeightedSum
from sknn_edu.native import core, library
from sknn_edu.native import limits as thread_limits
from sknn_edu.native.core import Core
from sknn_edu.optimizers import SGD
from sknn_edu.threads import one_scipy_blas_thread
from sknn_edu.training.history import History


def losses_and_outputs():
    """Each loss, and a sum, behind each output activation that it does not refuse."""
    losses = [Loss.get(name) for name in Loss.names()]
    losses += [Huber(0.2), Quantile(0.9), 2 * LogLoss() + SquaredError(), Hinge() + SquaredError()]
    losses += [LogLoss(label_smoothing=0.2), 2 * LogLoss(label_smoothing=0.9) + SquaredError()]
    for loss in losses:
        for output in HIDDEN:
            if not loss.refusal(Activation.get(output)):
                yield pytest.param(loss, output, id=f"{loss!r} {output}")


LOSSES_AND_OUTPUTS = list(losses_and_outputs())


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:600] / 16, y[:600]


# -- numbers ------------------------------------------------------------------------------

# Rounding differs, and training amplifies it: a learning rule that divides by small numbers, or a
# unit that happens to stand at its kink, turns 1e-16 into up to 1e-11 within 20 epochs.


@pytest.mark.parametrize("seed", range(50))
def test_float64_parameters_agree_after_20_epochs(seed):
    native = fitted_alike(*random_fit(seed))
    assert isinstance(native, DivergenceError) or native.n_iter_ == 20


@pytest.mark.parametrize("seed", range(20))
def test_float32_is_as_close_to_float64_as_numpy_is(seed):
    estimator, X, y, fit_params = random_fit(seed)
    X32 = X.astype(np.float32)
    exact = result_of(estimator, "numpy", X32.astype(np.float64), y, fit_params)
    numpy, native = (result_of(estimator, e, X32, y, fit_params) for e in ("numpy", "native"))
    if isinstance(exact, DivergenceError):
        assert str(native) == str(numpy)
        return
    assert theta(native).dtype == np.float32
    size = np.abs(theta(exact)).max()
    error, error_of_numpy = (np.abs(theta(e) - theta(exact)).max() / size for e in (native, numpy))
    assert error < 5 * error_of_numpy + 1e-5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [name for name in HIDDEN if name != "softmax"])
def test_activations_are_correct_to_some_units_in_the_last_place(name, dtype):
    f, tiny, eps = Activation.get(name), np.finfo(dtype).tiny, np.finfo(dtype).eps
    grid = np.concatenate([np.linspace(-30, 30, 4001), np.geomspace(1e-30, 80, 401)])
    extremes = [0.0, 1.0, 3.0, 1e30, np.inf, tiny / 4, np.nan]
    Z = np.concatenate([grid, -grid, extremes, np.negative(extremes)]).astype(dtype)[np.newaxis]
    A, D = forward_and_backward(f, Z, np.ones_like(Z))
    Z_64 = Z.astype(np.float64)
    with np.errstate(all="ignore"):
        exact = f.forward(Z_64, out=np.empty_like(Z_64))
        slope = f.derivative(Z_64, exact, out=np.empty_like(Z_64))
        exact, slope = exact.astype(dtype), slope.astype(dtype)
    # Far to the left scipy's ndtr multiplies the rounding error of z / sqrt(2) by z^2.
    rtol = (2000 if name == "gelu" and dtype == np.float64 else 8) * eps
    atol = eps if name == "hard_sigmoid" else 40 * tiny  # z / 6 + 1/2 cancels near z = -3
    np.testing.assert_allclose(A, exact, rtol=rtol, atol=atol)
    # Beside a kink rounding may decide on which side z is; a denormal number is 0.
    beside = [(Z != k) & (np.abs(Z - k) <= 4 * eps * abs(k) + tiny) for k in f.kinks]
    compared = np.isfinite(Z) & ~np.any([*beside, np.zeros_like(Z)], axis=0)
    np.testing.assert_allclose(D[compared], slope[compared], rtol=rtol, atol=4 * eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_units", [1, 2, 7, 100])
def test_softmax_and_its_product_with_the_jacobian_are_correct(n_units, dtype):
    f, r, eps = Activation.get("softmax"), np.random.RandomState(n_units), np.finfo(dtype).eps
    Z = (r.randn(60, n_units) * r.choice([1e-3, 1, 100, 1e30], (60, 1))).astype(dtype)
    Z[:6] = np.array([0, -1e30, np.inf, -np.inf, np.nan, 1e-40])[:, np.newaxis]
    dA = r.randn(60, n_units).astype(dtype)
    A, D = forward_and_backward(f, Z, dA)
    Z, dA = Z.astype(np.float64), dA.astype(np.float64)
    with np.errstate(all="ignore"):
        exact = f.forward(Z, out=np.empty_like(Z))
        delta = f.backward(Z, exact, dA, out=np.empty_like(Z))
    np.testing.assert_allclose(A, exact, rtol=20 * eps, atol=4 * np.finfo(dtype).tiny)
    np.testing.assert_allclose(D, delta, rtol=0, atol=(20 + n_units) * eps)


def forward_and_backward(f, Z, dA):
    """A and delta = J^T dA of the core, of the shape of Z: (n, n_units)."""
    lib, n = library.load(), -(-len(Z) // 16) * 16
    arrays = [aligned(n * Z.shape[1], Z.dtype).reshape(Z.shape[1], n) for _ in range(3)]
    for array, values in zip(arrays[::2], (Z, dA), strict=True):
        array[:, : len(Z)] = values.T
    lib.function("activation", Z.dtype)(
        lib.number("activation", f.name), next(iter(f.settings().values()), 0.0), Z.shape[1], n,
        *(array.ctypes.data for array in arrays),
    )  # fmt: skip
    return [array[:, : len(Z)].T for array in arrays[1:]]


def test_gelu_is_correct_in_its_tail():
    # Phi(z), computed with 40 digits.
    distribution = {
        -37.3: 8.205494844930773347e-305,
        -30.1: 2.422667217985758766e-199,
        -20.2: 4.894863654765250318e-91,
        -12.7: 2.956485364852050077e-37,
        -8.3: 5.205569744890254025e-17,
        -5.1: 1.698267407147601462e-7,
        -2.9: 0.001865813300384038479,
        -1.3: 0.09680048458561032554,
        -0.4: 0.3445782583896758251,
        0.3: 0.6179114221889526331,
        1.7: 0.9554345372414569563,
        4.4: 0.9999945874560922961,
    }
    for z, phi in distribution.items():
        A, _ = forward_and_backward(Activation.get("gelu"), np.array([[z]]), np.ones((1, 1)))
        assert A[0, 0] == pytest.approx(z * phi, rel=8 * np.finfo(float).eps)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("loss", "output"), LOSSES_AND_OUTPUTS)
def test_losses_and_their_deltas_are_those_of_numpy(loss, output, dtype):
    r, eps, n = np.random.RandomState(0), np.finfo(dtype).eps, 64
    for n_out in (1, 3, 10):
        network = network_of_outputs(loss, output, n_out, dtype)
        bound, f = network.architecture.loss, network.architecture.output
        Z = r.randn(n, n_out) * r.choice([1e-3, 1, 5], (n, 1))
        Y = r.randint(0, 2, (n, n_out)).astype(dtype)
        if not isinstance(loss, (LogLoss, WeightedSum)) and not loss.margin:
            Y = np.abs(r.randn(n, n_out)).astype(dtype)
            Y[::5] = 0
        Z[:8] = np.array([0, 1, -1, 3, -3, 40, -40, -1e-40])[:, np.newaxis]
        Z = Z.astype(dtype)
        J, delta = loss_and_delta(network, Z, Y)
        A = f.forward(Z, out=np.empty_like(Z))
        losses = bound.output_value(f, Z, A, Y)
        expected = bound.output_delta(f, Z, A, Y, out=np.empty_like(Z))
        size = np.abs(losses).astype(np.float64).sum()
        assert J == pytest.approx(losses.sum(dtype=np.float64), rel=0, abs=50 * eps * size)
        np.testing.assert_allclose(delta, expected, rtol=50 * eps, atol=50 * eps)


@pytest.mark.parametrize("loss", [LogLoss(0.1), 2 * LogLoss(0.7) + SquaredError()], ids=repr)
@pytest.mark.parametrize("target", ["binary", "multiclass", "labels"])
def test_fits_with_label_smoothing_are_those_of_numpy(loss, target, digits):
    X, y = digits
    y = {"binary": y > 4, "multiclass": y, "labels": np.stack([y % 2, y > 4], axis=1)}[target]
    clf = BackpropClassifier(20, loss=loss, max_iter=20, tol=0, random_state=0)
    smooth = fitted_alike(clf, X, y, {})
    plain = fitted_alike(clf.set_params(loss="log_loss"), X, y, {})
    assert np.abs(theta(smooth) - theta(plain)).max() > 1e-3  # the engines agree to 1e-10


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("loss", "output"), LOSSES_AND_OUTPUTS)
def test_losses_of_extreme_outputs_are_finite_where_those_of_numpy_are(loss, output, dtype):
    network, Y = network_of_outputs(loss, output, 2, dtype), np.array([[1, 0]], dtype)
    bound, f = network.architecture.loss, network.architecture.output
    for number in (np.inf, -np.inf, np.nan, 1e30, -1e30, 0.0, -1e-310):
        Z = np.array([[number, 0.5]], dtype)
        J, delta = loss_and_delta(network, Z, Y)
        with np.errstate(all="ignore"):
            A = f.forward(Z, out=np.empty_like(Z))
            expected = bound.output_value(f, Z, A, Y)[0]
            expected_delta = bound.output_delta(f, Z, A, Y, out=np.empty_like(Z))
        assert np.isfinite(J) == np.isfinite(expected), number
        if np.isfinite(expected):
            assert J == pytest.approx(expected, rel=1e-5), number
            np.testing.assert_allclose(delta, expected_delta, rtol=1e-5, atol=1e-6)


def network_of_outputs(loss, output, n_out, dtype):
    """A network whose output layer has this loss and activation."""
    f = Activation.get(output)
    architecture = Architecture((2, n_out), (f,), loss.bind(f, False), ElasticNet())
    return Network(architecture, Parameters((2, n_out), dtype))


def loss_and_delta(network, Z, Y):
    """Sum of the losses, and delta of the core, of the shape of Z: (n, n_out)."""
    native, n = Core(network, Objective(network)), -(-len(Z) // 16) * 16
    shape = (Z.shape[1], n)
    Z_in, Y_in, A, delta = (aligned(n * shape[0], Z.dtype).reshape(shape) for _ in range(4))
    weights = aligned(n, Z.dtype)
    Z_in[:, : len(Z)], Y_in[:, : len(Y)], weights[: len(Z)] = Z.T, Y.T, 1
    addresses = (array.ctypes.data for array in (Z_in, Y_in, weights, A, delta))
    J = native.library.function("loss", Z.dtype)(native.address, n, *addresses)
    return J, delta[:, : len(Z)].T


def aligned(n, dtype):
    """Zeros in memory as the core wants it."""
    size = n * np.dtype(dtype).itemsize
    room = np.zeros(size + 64, np.uint8)
    return room[-room.ctypes.data % 64 :][:size].view(dtype)


@pytest.mark.parametrize("seed", range(20))
def test_predictions_agree(seed):
    estimator, X, y, fit_params = random_fit(seed)
    fitted = result_of(estimator.set_params(max_iter=2), "numpy", X, y, fit_params)
    numpy, native = (fitted.set_params(engine=e)._outputs(X) for e in ("numpy", "native"))
    np.testing.assert_allclose(native, numpy, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_predictions_for_X_of_another_type_agree(digits, dtype):
    X, y = digits
    clf = fit_with(BackpropClassifier((9,), max_iter=2), "native", X.astype(dtype), y, {})
    for other in (X, X.astype(np.float32)):
        numpy, native = (clf.set_params(engine=e).predict_proba(other) for e in ("numpy", "native"))
        np.testing.assert_allclose(native, numpy, rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_lbfgs_takes_the_same_path(seed):
    estimator, X, y, fit_params = random_fit(seed)
    estimator.set_params(solver="lbfgs", max_iter=5, clip_norm=None, dropout=0)
    numpy, native = (result_of(estimator, e, X, y, fit_params) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


def test_newton_cg_uses_the_compiled_gradient(digits, monkeypatch):
    calls = []
    gradient = Core.value_and_gradient
    monkeypatch.setattr(Core, "value_and_gradient", lambda *a: calls.append(1) or gradient(*a))
    clf = BackpropClassifier((5,), "tanh", solver="newton-cg", max_iter=2, random_state=0)
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    assert calls
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-9)


@pytest.mark.parametrize("level", library.load().levels)
def test_every_instruction_set_of_this_machine_agrees(level):
    script = (
        "from native_cases import *\n"
        "from sknn_edu.native.library import load\n"
        f"assert load().level == {level!r}\n"
        "for seed in range(200, 208):\n"
        "    case = random_fit(seed)\n"
        "    a, b = (theta(fit_with(case[0], e, *case[1:])) for e in ('numpy', 'native'))\n"
        "    assert abs(a - b).max() < 1e-10 * abs(a).max(), seed\n"
    )
    run_python(script, SKNN_EDU_KERNELS=level)


# Products of every size are put together from tiles: widths of whole tiles, and others.
LARGE = [(784, (512, 256), 10), (61, (517, 130), 3), (2100, (33,), 1), (7, (2100, 5), 40)]


def large_problem(n_features, hidden, n_outputs, n=300):
    """A regressor whose threads share units, X and y."""
    r = np.random.RandomState(0)
    X, y = r.randn(n, n_features), r.randn(n, n_outputs)
    settings = {"batch_size": min(n, 130), "max_iter": 3, "tol": 0, "random_state": 0}
    return BackpropRegressor(hidden, "tanh", alpha=0.1, **settings), X, y.squeeze()


@pytest.mark.parametrize("level", library.load().levels)
def test_gradients_of_narrow_layers_agree(level):
    """The gradient's products: every number of rows that is left after whole tiles, and columns."""
    script = (
        "from native_cases import *\n"
        "from sknn_edu import BackpropRegressor\n"
        "r = np.random.RandomState(0)\n"
        "for n_features in range(1, 22):\n"
        "    for width in 1, 3, 8, 17, 18, 64:\n"
        "        X, y = r.randn(40, n_features), r.randn(40)\n"
        "        one_step = BackpropRegressor(width, solver='gd', max_iter=1, random_state=0)\n"
        "        a, b = (theta(fit_with(one_step, e, X, y, {})) for e in ('numpy', 'native'))\n"
        "        assert abs(a - b).max() < 1e-13, (n_features, width)\n"
    )
    run_python(script, SKNN_EDU_KERNELS=level)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("shape", LARGE, ids=str)
def test_large_networks_agree(shape, solver):
    estimator, X, y = large_problem(*shape)
    estimator.set_params(solver=solver)
    numpy, native = (fit_with(estimator, e, X, y, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)
    np.testing.assert_allclose(native.predict(X), numpy.predict(X), rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "arrange",
    [
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: X[::-1, ::-1].copy()[::-1, ::-1],
        lambda X: np.lib.stride_tricks.as_strided(X, X.shape, X.strides, writeable=False),
    ],
    ids=["by columns", "every other column", "backwards", "read-only"],
)
def test_the_layout_of_X_does_not_matter(digits, arrange):
    X, y = digits
    clf = BackpropClassifier((9,), max_iter=3, random_state=0)
    expected = fit_with(clf, "native", X, y, {})
    arranged = fit_with(clf, "native", arrange(X), y, {})
    np.testing.assert_array_equal(theta(arranged), theta(expected))
    np.testing.assert_array_equal(arranged.predict_proba(arrange(X)), expected.predict_proba(X))


# -- threads ---------------------------------------------------------------------------------


@pytest.fixture
def threads(monkeypatch):
    """A function that sets the number of threads that the core may use."""

    def use(n):
        monkeypatch.setattr(thread_limits, "allowed", lambda: n)

    return use


# Batches of more than a chunk, of some chunks, of more chunks than threads; a smaller last one.
@pytest.mark.parametrize(
    ("solver", "dtype", "batch_size"),
    zip(SOLVERS, [np.float32, np.float64] * 3, [100, 300, 640, 1797, 300], strict=False),
)
def test_the_number_of_threads_does_not_change_a_bit(threads, solver, dtype, batch_size):
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(dtype)
    settings = {"max_iter": 2, "l1_ratio": 0.5, "tol": 0, "random_state": 0}
    clf = BackpropClassifier(
        (90, 40), ("silu", "relu"), solver=solver, batch_size=batch_size, **settings,
        clip_norm=0.1 if batch_size == 300 else None,
    )  # fmt: skip
    results = []
    for n in (1, 3, 20):
        threads(n)
        fitted = fit_with(clf, "native", X, y, {"sample_weight": y % 3})
        results.append([*fitted.loss_curve_, *theta(fitted), *fitted.predict_proba(X).ravel()])
    assert np.isfinite(results[0]).all()
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


# More samples than one chunk has, and fewer than one vector has.
@pytest.mark.parametrize(
    ("shape", "n", "dtype"),
    [
        (LARGE[0], 1200, np.float32),
        *((shape, 70, np.float64) for shape in LARGE),
        (LARGE[1], 5, float),
    ],
    ids=str,
)
def test_the_number_of_threads_does_not_change_a_bit_of_large_networks(threads, shape, n, dtype):
    estimator, X, y = large_problem(*shape, n)
    X = X.astype(dtype)
    results = []
    for n_threads in (1, 2, 5, 16):
        threads(n_threads)
        fitted = fit_with(estimator.set_params(batch_size=min(n, 700)), "native", X, y, {})
        results.append([*fitted.loss_curve_, *theta(fitted), *fitted.predict(X).ravel()])
    assert np.isfinite(results[0]).all()
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def allowed_threads(_=None):
    return thread_limits.allowed()


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_workers_of_joblib_have_one_thread(backend):
    assert (
        Parallel(n_jobs=2, backend=backend)(delayed(allowed_threads)() for _ in range(2)) == [1] * 2
    )


def test_threadpoolctl_limits_the_threads(monkeypatch):
    monkeypatch.setattr(thread_limits, "_cores", lambda *_: 64)
    with threadpool_limits(3, user_api="blas"):
        assert thread_limits.allowed() == 3
        with one_scipy_blas_thread(), one_scipy_blas_thread():
            assert thread_limits.allowed() == 3  # what the core itself holds does not count
        with threadpool_limits(1, user_api="blas"):
            assert thread_limits.allowed() == 1
        assert thread_limits.allowed() == 3


def test_no_more_threads_than_cores_or_than_the_work_is_worth(monkeypatch):
    monkeypatch.setattr(thread_limits, "_cores", lambda *_: 2)
    with threadpool_limits(3, user_api="blas"):
        assert thread_limits.allowed() == 2
        X, y = load_digits(return_X_y=True)
        clf = BackpropClassifier((100,)).initialize(X, y)
        core = Core(network_of(clf))
        for n_rows, expected in ((100, 1), (200, 2)):
            core.get_threads(library.Data(), n_rows)
            assert core._struct.n_threads == expected


def test_a_limit_of_cores_holds_as_soon_as_it_is_set(monkeypatch):
    with threadpool_limits(3, user_api="blas"):
        without = thread_limits.allowed()
        for limit in 1, 2, 1:
            monkeypatch.setenv("LOKY_MAX_CPU_COUNT", str(limit))
            assert thread_limits.allowed() == min(limit, without)


@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="threads are listed by Linux alone"
)
def test_threads_may_run_wherever_the_process_may(threads):
    X, y = load_digits(return_X_y=True)
    clf = BackpropClassifier((600, 600), max_iter=5, tol=0, batch_size=600)
    threads(2)  # with more, each has no processor of its own on two of them, and is not moved
    seen: dict[str, list[str]] = {}
    is_over = threading.Event()

    def look():
        while not is_over.is_set():
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError):  # it has ended
                    lines = (task / "status").read_text().splitlines()
                    seen.setdefault(task.name, []).extend(
                        line for line in lines if line.startswith("Cpus_allowed_list")
                    )

    looks = threading.Thread(target=look)
    looks.start()
    fit_with(clf, "native", X, y, {})
    is_over.set()
    looks.join()
    allowed = seen[str(os.getpid())][-1]
    lasting = [masks for masks in seen.values() if len(masks) >= 5]
    assert len(lasting) >= 3  # this one, the one that looks, and the core's
    assert all(masks[-1] == allowed for masks in lasting)
    # Moved for some microseconds only.
    assert all(masks.count(allowed) > len(masks) / 2 for masks in lasting)


def test_threads_end_with_the_call(threads):
    X, y = load_digits(return_X_y=True)
    clf = BackpropClassifier((60,), max_iter=3, tol=0, batch_size=600)
    fit_with(clf, "native", X, y, {})  # whatever starts threads of its own has done so
    threads(4)
    before = n_threads()
    fit_with(clf, "native", X, y, {})
    assert n_threads() == before


def n_threads():
    """Threads of this process that the system knows, where it tells."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 0


def test_many_fits_at_once_in_threads_are_those_of_one_after_the_other(threads):
    threads(3)
    X, y = load_digits(return_X_y=True)
    clf = BackpropClassifier((60,), max_iter=2, tol=0, batch_size=600)

    def weights(seed):
        return theta(clone(clf).set_params(random_state=seed, engine="native").fit(X, y))

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(weights, range(8)))
    for seed, result in enumerate(together):
        np.testing.assert_array_equal(result, weights(seed))


@pytest.mark.parametrize("limit", [1e-3, 0.3, 1e6])
@pytest.mark.parametrize("solver", SOLVERS)
def test_clipped_gradients_agree(digits, solver, limit):
    settings = {"max_iter": 5, "tol": 0, "alpha": 10, "l1_ratio": 0.1, "random_state": 0}
    clf = BackpropClassifier((90,), "tanh", solver=solver, clip_norm=limit, **settings)
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


@pytest.mark.parametrize("scale", [1e100, 1e200])  # its square is a number, or none
def test_clipped_gradients_of_any_size_agree(digits, scale):
    X, y = digits[0] * scale, digits[1] / 10
    reg = BackpropRegressor(
        (), loss="absolute_error", solver="gd", clip_norm=1.0, max_iter=3, tol=0, alpha=0,
        weight_init="zeros",
    )  # fmt: skip
    numpy, native = (fit_with(reg, e, X, y, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=1e-10, atol=1e-15)
    assert np.abs(theta(native)).max() > 1e-4


# -- epochs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [32, 600])
@pytest.mark.parametrize("make", [int, np.random.RandomState])
def test_the_same_draws_are_made(digits, make, batch_size, shuffle):
    states = []
    for engine in ("numpy", "native"):
        random_state = make(3)
        clf = BackpropClassifier(
            (9,), batch_size=batch_size, shuffle=shuffle, max_iter=5, tol=0,
            random_state=random_state, engine=engine,
        ).fit(*digits)  # fmt: skip
        state = None if make is int else tuple(random_state.get_state()[1])
        states.append((state, theta(clf)))
    assert states[0][0] == states[1][0]
    np.testing.assert_allclose(states[0][1], states[1][1], rtol=0, atol=1e-12)


def test_the_global_random_state_is_shuffled_with_as_in_numpy(digits):
    results = []
    for engine in ("numpy", "native"):
        np.random.seed(5)  # noqa: NPY002 - it is what is tested
        clf = BackpropClassifier((9,), max_iter=3, tol=0, engine=engine).fit(*digits)
        results.append((theta(clf), check_random_state(None).rand()))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=0, atol=1e-12)
    assert results[0][1] == results[1][1]


@pytest.mark.parametrize(
    ("learning_rate", "tol", "patience"),
    [("constant", 1e-4, 10), ("adaptive", 0.02, 3), ("invscaling", 0.5, 1), ("constant", 0.0, 2)],
)
def test_training_stops_in_the_same_epoch(digits, learning_rate, tol, patience):
    clf = BackpropClassifier(
        (9,), solver="sgd", learning_rate=learning_rate, learning_rate_init=0.1, tol=tol,
        n_iter_no_change=patience, max_iter=150, random_state=0,
    )  # fmt: skip
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    assert native.stop_reason_ == numpy.stop_reason_
    for name in ("n_iter_", "best_iter_", "t_", "_no_improvement_count"):
        assert getattr(native, name) == getattr(numpy, name), name
    assert native.loss_curve_ == pytest.approx(numpy.loss_curve_, rel=1e-9)
    assert native.best_loss_ == min(native.loss_curve_)
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_a_stretch_of_epochs_is_recorded_as_its_epochs_are_one_by_one(seed):
    r = np.random.RandomState(seed)
    losses = np.round(np.cumsum(r.randn(20) - 0.2), 1)
    one_by_one, in_stretches = (History(tol=0.1, early_stopping=False) for _ in range(2))
    for part in np.split(losses, np.sort(r.randint(0, 21, 3))):  # some parts are empty
        n_before = len(one_by_one.loss_curve)
        for loss in part.tolist():
            one_by_one.record(loss, None, None)
        in_stretches.record_stretch(
            part,
            one_by_one.best_loss,
            one_by_one.best_iter - n_before,
            one_by_one.no_improvement_count,
        )
        assert repr(in_stretches) == repr(one_by_one)  # NaN is not equal to itself


@pytest.mark.parametrize("seconds", [0, 1e-4, 10])
@pytest.mark.parametrize("seed", range(10))
def test_the_history_does_not_depend_on_where_the_calls_are_cut(seed, seconds, monkeypatch):
    monkeypatch.setattr("sknn_edu.native.epochs.SECONDS", seconds)
    r = np.random.RandomState(seed)
    X, y = r.randn(400, 9), r.randn(400)
    reg = BackpropRegressor(
        (30,), solver="sgd", learning_rate="adaptive", learning_rate_init=0.1, batch_size=16,
        tol=1e-3, n_iter_no_change=3, max_iter=60, random_state=seed,
    )  # fmt: skip
    numpy, native = (fit_with(reg, e, X, y, {}) for e in ("numpy", "native"))
    for name in ("n_iter_", "best_iter_", "t_", "_no_improvement_count", "stop_reason_"):
        assert getattr(native, name) == getattr(numpy, name), name
    assert native.best_loss_ == pytest.approx(numpy.best_loss_, rel=1e-9)
    assert native.best_loss_ == native.loss_curve_[native.best_iter_ - 1]


# -- state ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.UnusedScheduleWarning")
@pytest.mark.parametrize("solver", [s for s in SOLVERS if s != "gd"])
def test_the_engines_can_take_turns(digits, solver):
    X, y = digits
    settings = {"solver": solver, "learning_rate": "invscaling", "random_state": 0}
    alone = BackpropClassifier((9,), engine="numpy", **settings)
    turns = BackpropClassifier((9,), **settings)
    for engine in ("native", "numpy", "native", "native"):
        alone.partial_fit(X, y, classes=range(10))
        turns.set_params(engine=engine).partial_fit(X, y, classes=range(10))
        turns = pickle.loads(pickle.dumps(turns))
    np.testing.assert_allclose(theta(turns), theta(alone), rtol=0, atol=1e-12)
    for name, value in vars(alone._optimizer).items():
        if isinstance(value, (np.ndarray, float, int)):
            theirs = getattr(turns._optimizer, name)
            np.testing.assert_allclose(theirs, value, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_batch_that_takes_long_is_cut_into_calls(digits, solver, monkeypatch):
    clf = BackpropClassifier((9,), solver=solver, batch_size=500, max_iter=5, tol=0, random_state=0)
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 1e5)
    calls = []
    gradient = Core.value_and_gradient
    monkeypatch.setattr(
        Core, "value_and_gradient", lambda *a, **k: calls.append(1) or gradient(*a, **k)
    )
    weights = {"sample_weight": digits[1] % 3}
    numpy, native = (fit_with(clf, e, *digits, weights) for e in ("numpy", "native"))
    assert len(calls) == 5 * (1 if solver == "gd" else 2)
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


def test_a_smaller_last_call_has_room_enough(monkeypatch):
    # The first call cuts its rows into chunks; in the second one, threads share units.
    monkeypatch.setattr(core, "FLOPS_IN_A_CALL", 6 * 20_100 * 2048)
    r = np.random.RandomState(0)
    X, y = r.randn(2048 + 600, 200), r.randn(2048 + 600)
    reg = BackpropRegressor((100,), solver="lbfgs", max_iter=2, random_state=0)
    numpy, native = (fit_with(reg, e, X, y, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)
    np.testing.assert_allclose(native.predict(X), numpy.predict(X), rtol=0, atol=1e-10)


def test_early_stopping_agrees(digits):
    clf = BackpropClassifier((9,), early_stopping=True, max_iter=30, random_state=0)
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)
    assert native.validation_scores_ == pytest.approx(numpy.validation_scores_, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [np.asarray, csr_array])
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_validation_agrees_and_is_done_by_the_core(digits, solver, make, dtype, monkeypatch):
    X, y = make(digits[0].astype(dtype)), digits[1]
    settings = {"activation": "tanh", "max_iter": 3, "tol": 0, "random_state": 0}
    clf = BackpropClassifier((9,), solver=solver, dropout=0.2 * (solver == "adam"), **settings)
    data = {"X_val": X[:170], "y_val": y[:170], "sample_weight_val": np.arange(170) % 3}
    numpy = fit_with(clf, "numpy", X[170:], y[170:], data)
    monkeypatch.setattr(Objective, "data_value", None)
    native = fit_with(clf, "native", X[170:], y[170:], data)
    for name in ("validation_scores_", "validation_loss_curve_"):
        expected = getattr(numpy, name)
        assert getattr(native, name) == pytest.approx(
            expected, rel=1e3 * float(np.finfo(dtype).eps)
        )


@pytest.mark.parametrize("hidden", [(20,), (600, 60)], ids=str)
def test_the_number_of_threads_does_not_change_a_bit_of_validation(threads, hidden):
    r = np.random.RandomState(0)
    X, y = r.randn(9000, 30), r.randn(9000, 2)
    reg = BackpropRegressor(hidden, max_iter=1, tol=0, batch_size=500, random_state=0)
    curves = []
    for n_threads in (1, 3, 20):
        threads(n_threads)
        fitted = fit_with(reg, "native", X[:500], y[:500], {"X_val": X, "y_val": y})
        curves.append([*fitted.validation_scores_, *fitted.validation_loss_curve_])
    assert curves[0] == curves[1] == curves[2]


def test_batches_without_weight_are_passed_over(digits):
    X, y = digits
    w = np.zeros(len(y))
    w[:50] = 1
    clf = BackpropClassifier((9,), shuffle=False, batch_size=50, max_iter=3, random_state=0)
    numpy, native = (fit_with(clf, e, X, y, {"sample_weight": w}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-12)
    assert native.loss_curve_ == pytest.approx(numpy.loss_curve_, rel=1e-12)


# -- when things go wrong -------------------------------------------------------------------


# Not softsign: its slope never vanishes, so that weights of 1e40 are still thrown about, and within
# two epochs the last digit has become the first.
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", [name for name in HIDDEN if name != "softsign"])
def test_divergence_is_noticed_in_the_same_epoch_with_the_same_words(activation, dtype):
    r = np.random.RandomState(0)
    X, y = r.randn(200, 5).astype(dtype), r.randn(200)
    reg = BackpropRegressor(
        (8, 8), activation, solver=SGD(50.0), batch_size=20, max_iter=100, tol=0, random_state=0
    )
    numpy, native = (result_of(reg, e, X, y, {}) for e in ("numpy", "native"))
    assert type(native) is type(numpy)
    if isinstance(numpy, DivergenceError):
        epoch = "Training diverged in epoch"
        assert str(native).split(":")[0] == str(numpy).split(":")[0]
        assert epoch in str(native)


def test_poisson_overflow_is_noticed_at_once():
    X, y = np.full((20, 1), 1000.0), np.ones(20)
    reg = BackpropRegressor(
        (), loss="poisson", weight_init=([np.ones((1, 1))], [np.zeros(1)]), max_iter=2
    )
    numpy, native = (result_of(reg, e, X, y, {}) for e in ("numpy", "native"))
    assert isinstance(native, DivergenceError)
    assert str(native) == str(numpy)


def test_ctrl_c_is_heard_within_a_long_epoch():
    # In a process of its own, whose main thread is this script's.
    run_python(
        "import _thread, threading, time\n"
        "import numpy as np\n"
        "from sknn_edu import BackpropClassifier\n"
        "r = np.random.RandomState(0)\n"
        "X, y = r.randn(100_000, 40), r.randint(0, 2, 100_000)\n"
        "clf = BackpropClassifier((200, 300), engine='native', batch_size=5, tol=0)\n"
        "clf.initialize(X, y)\n"
        "threading.Timer(0.5, _thread.interrupt_main).start()\n"
        "try:\n"
        "    clf.fit(X, y)\n"
        "except KeyboardInterrupt:\n"
        "    assert 'in epoch 1;' in clf.stop_reason_, clf.stop_reason_\n"
        "else:\n"
        "    raise AssertionError('not interrupted')\n"
    )


class SumOfA(Loss):
    """A loss of the user's own."""

    def value(self, A, Y):
        return A.sum(axis=1)

    def gradient(self, A, Y, out):
        out.fill(1)
        return out


class Square(Elementwise):
    """An activation of the user's own."""

    def forward(self, Z, out):
        return np.multiply(Z, Z, out=out)

    def derivative(self, Z, A, out):
        return np.multiply(Z, 2, out=out)


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({"activation": Square()}, "activation='Square'"),
        ({"loss": SumOfA()}, r"loss=SumOfA\(\)"),
    ],
)
def test_what_the_core_does_not_have_is_named_and_left_to_numpy(digits, params, part):
    X, y = digits
    clf = BackpropClassifier((9,), max_iter=2, tol=0, random_state=0, **params)
    with pytest.raises(ValueError, match=f"engine='native' does not have {part}"):
        clf.set_params(engine="native").fit(X, y)
    auto, numpy = (fit_with(clf, e, X, y, {}) for e in ("auto", "numpy"))
    np.testing.assert_array_equal(theta(auto), theta(numpy))
