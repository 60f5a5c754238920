"""The compiled core computes what the NumPy engine computes."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from native_cases import HIDDEN, SOLVERS, fit_with, random_fit, theta
from sklearn.datasets import load_digits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise
from sknn_edu.exceptions import DivergenceError
from sknn_edu.native import _library
from sknn_edu.native._core import Core
from sknn_edu.optimizers import SGD


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:600] / 16, y[:600]


def result_of(estimator, engine, X, y, fit_params):
    """The fitted estimator, or the error of a fit that diverged."""
    try:
        return fit_with(estimator, engine, X, y, fit_params)
    except DivergenceError as error:
        return error


# -- numbers ------------------------------------------------------------------------------

# Rounding differs, and training amplifies it: a learning rule that divides by small numbers, or a
# unit that happens to stand at its kink, turns 1e-16 into up to 1e-11 within 20 epochs.


@pytest.mark.parametrize("seed", range(150))
def test_float64_parameters_agree_after_20_epochs(seed):
    estimator, X, y, fit_params = random_fit(seed)
    numpy, native = (result_of(estimator, e, X, y, fit_params) for e in ("numpy", "native"))
    if isinstance(numpy, DivergenceError):
        assert str(native) == str(numpy)
        return
    size = np.abs(theta(numpy)).max()
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10 * size)
    np.testing.assert_allclose(native.loss_curve_, numpy.loss_curve_, rtol=1e-10, atol=1e-13)
    assert native.n_iter_ == numpy.n_iter_ == 20


@pytest.mark.parametrize("seed", range(60))
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
@pytest.mark.parametrize("name", [*HIDDEN, "exp"])
def test_activations_are_correct_to_some_units_in_the_last_place(name, dtype):
    f, library = Activation.get(name), _library.library()
    grid = np.concatenate([np.linspace(-30, 30, 4001), np.geomspace(1e-30, 80, 401)])
    Z = np.concatenate([grid, -grid, [0, np.inf, -np.inf, np.nan]]).astype(dtype)[np.newaxis]
    n = -(-Z.size // 16) * 16
    Z_in, A, D = (aligned(n, dtype) for _ in range(3))
    Z_in[: Z.size], D[:] = Z, 1
    setting = next(iter(f.settings().values()), 0.0)
    library.function("activation", np.dtype(dtype))(
        library.number("activation", name), setting, n, *(a.ctypes.data for a in (Z_in, A, D))
    )
    Z_64 = Z.astype(np.float64)
    with np.errstate(all="ignore"):
        exact = f.forward(Z_64, out=np.empty_like(Z_64))
        slope = f.derivative(Z_64, exact, out=np.empty_like(Z_64))
        exact, slope = exact.astype(dtype)[0], slope.astype(dtype)[0]
    eps, tiny = np.finfo(dtype).eps, np.finfo(dtype).tiny
    # Far to the left erfc(z) = exp(-z^2) ... multiplies the rounding error of z by 2 z^2.
    rtol = (2000 if name == "gelu" else 8) * eps
    np.testing.assert_allclose(A[: Z.size], exact, rtol=rtol, atol=40 * tiny)
    finite = np.isfinite(Z[0])
    np.testing.assert_allclose(D[: Z.size][finite], slope[finite], rtol=rtol, atol=4 * eps)


def aligned(n, dtype):
    """Zeros in memory as the core wants it."""
    size = n * np.dtype(dtype).itemsize
    room = np.zeros(size + 64, np.uint8)
    return room[-room.ctypes.data % 64 :][:size].view(dtype)


@pytest.mark.parametrize("seed", range(40))
def test_predictions_agree(seed):
    estimator, X, y, fit_params = random_fit(seed)
    fitted = result_of(estimator.set_params(max_iter=2), "numpy", X, y, fit_params)
    numpy, native = (fitted.set_params(engine=e)._output_layer(X) for e in ("numpy", "native"))
    np.testing.assert_allclose(native, numpy, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_predictions_for_X_of_another_type_agree(digits, dtype):
    X, y = digits
    clf = fit_with(BackpropClassifier((9,), max_iter=2), "native", X.astype(dtype), y, {})
    for other in (X, X.astype(np.float32)):
        numpy, native = (clf.set_params(engine=e).predict_proba(other) for e in ("numpy", "native"))
        np.testing.assert_allclose(native, numpy, rtol=1e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("seed", range(40))
def test_lbfgs_takes_the_same_path(seed):
    estimator, X, y, fit_params = random_fit(seed)
    estimator.set_params(solver="lbfgs", max_iter=5)
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


@pytest.mark.parametrize("level", _library.library().levels)
def test_every_instruction_set_of_this_machine_agrees(level):
    script = (
        "from native_cases import *\n"
        "from sknn_edu.native._library import library\n"
        f"assert library().level == {level!r}\n"
        "for seed in range(200, 215):\n"
        "    case = random_fit(seed)\n"
        "    a, b = (theta(fit_with(case[0], e, *case[1:])) for e in ('numpy', 'native'))\n"
        "    assert abs(a - b).max() < 1e-10 * abs(a).max(), seed\n"
    )
    run_python(script, SKNN_EDU_KERNELS=level)


def run_python(script, **environment):
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_large_layers_go_through_blas_and_agree(solver):
    r = np.random.RandomState(0)
    X, y = r.randn(300, 260), r.randint(0, 3, 300)
    clf = BackpropClassifier((250, 7), "tanh", solver=solver, max_iter=4, random_state=0, tol=0)
    numpy, native = (fit_with(clf, e, X, y, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)


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


# -- state ----------------------------------------------------------------------------------


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
        np.testing.assert_allclose(
            getattr(turns._optimizer, name), value, rtol=1e-9, atol=1e-12
        ) if isinstance(value, (np.ndarray, float)) else None
        if isinstance(value, int):
            assert getattr(turns._optimizer, name) == value


def test_early_stopping_agrees(digits):
    clf = BackpropClassifier((9,), early_stopping=True, max_iter=30, random_state=0)
    numpy, native = (fit_with(clf, e, *digits, {}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-10)
    assert native.validation_scores_ == pytest.approx(numpy.validation_scores_, abs=1e-12)


def test_batches_without_weight_are_passed_over(digits):
    X, y = digits
    w = np.zeros(len(y))
    w[:50] = 1
    clf = BackpropClassifier((9,), shuffle=False, batch_size=50, max_iter=3, random_state=0)
    numpy, native = (fit_with(clf, e, X, y, {"sample_weight": w}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-12)
    assert native.loss_curve_ == pytest.approx(numpy.loss_curve_, rel=1e-12)


# -- when things go wrong -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", HIDDEN)
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
        "X, y = r.randn(60_000, 40), r.randint(0, 2, 60_000)\n"
        "clf = BackpropClassifier((300, 300), engine='native', batch_size=5, tol=0)\n"
        "threading.Timer(1.0, _thread.interrupt_main).start()\n"
        "try:\n"
        "    clf.fit(X, y)\n"
        "except KeyboardInterrupt:\n"
        "    assert 'in epoch 1;' in clf.stop_reason_, clf.stop_reason_\n"
        "else:\n"
        "    raise AssertionError('not interrupted')\n"
    )


class Square(Elementwise):
    """An activation of the user's own."""

    def forward(self, Z, out):
        return np.multiply(Z, Z, out=out)

    def derivative(self, Z, A, out):
        return np.multiply(Z, 2, out=out)


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({"dropout": 0.5}, r"dropout=\[0.5\]"),
        ({"activation": Square()}, "activation='Square'"),
        ({"activation": "mish"}, "activation='mish'"),
        ({"solver": "nadam"}, "solver='nadam'"),
        ({"clip_norm": 1.0}, "clip_norm=1.0"),
        ({"loss": "hinge"}, r"loss=Hinge\(\) with output_activation='identity'"),
    ],
)
def test_what_the_core_does_not_have_is_named_and_left_to_numpy(digits, params, part):
    X, y = digits
    clf = BackpropClassifier((9,), max_iter=2, tol=0, random_state=0, **params)
    with pytest.raises(ValueError, match=f"engine='native' does not have {part}"):
        clf.set_params(engine="native").fit(X, y)
    auto, numpy = (fit_with(clf, e, X, y, {}) for e in ("auto", "numpy"))
    np.testing.assert_array_equal(theta(auto), theta(numpy))


def test_sparse_X_is_left_to_numpy(digits):
    from scipy.sparse import csr_array

    X, y = csr_array(digits[0]), digits[1]
    clf = BackpropClassifier((9,), max_iter=2, tol=0, random_state=0)
    with pytest.raises(ValueError, match="does not have sparse X"):
        clf.set_params(engine="native").fit(X, y)
    assert fit_with(clf, "auto", X, y, {}).predict(X).shape == y.shape


def test_without_the_library_everything_runs_on_numpy(tmp_path):
    run_python(
        "from native_cases import *\n"
        "from sknn_edu.native import is_available\n"
        "assert not is_available()\n"
        "case = random_fit(0)\n"
        "a, b = (theta(fit_with(case[0], e, *case[1:])) for e in ('numpy', 'auto'))\n"
        "assert (a == b).all()\n"
        "try:\n"
        "    fit_with(case[0], 'native', *case[1:])\n"
        "except ValueError as error:\n"
        "    assert 'the compiled core itself' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n",
        SKNN_EDU_CORE=str(tmp_path / "missing.so"),
    )
