"""Whatever an estimator's attributes hold, the compiled core gets only arrays that fit."""

import pickle
import threading

import numpy as np
import pytest
from native_cases import SOLVERS, fit_with, theta

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.native.core import address_of
from sknn_edu.optimizers import Adam

# -- one check of every address ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (None, "must be an array of shape"),
        ([0.0] * 6, "must be an array of shape"),
        (np.zeros(6), r"must have shape \(2, 3\) and dtype float64, got \(6,\)"),
        (np.zeros((3, 2)), "must have shape"),
        (np.zeros((0, 3)), "must have shape"),
        (np.zeros((2, 3), np.float32), "must have shape .* and float32"),
        (np.zeros((2, 3), ">f8" if np.little_endian else "<f8"), "must have shape"),
        (np.zeros((3, 2)).T, "must be contiguous and aligned"),
        (np.zeros((2, 6))[:, ::2], "must be contiguous"),
        (np.broadcast_to(np.zeros(3), (2, 3)), "must be contiguous"),
        (
            np.zeros(49, np.uint8)[1:].view(np.float64).reshape(2, 3),
            "must be contiguous and aligned",
        ),
    ],
)
def test_an_array_that_does_not_fit_has_no_address(array, words):
    with pytest.raises(ValueError, match=f"^theta {words}"):
        address_of(array, (2, 3), np.float64, "theta")


def test_only_what_is_written_to_must_be_writeable():
    array = np.zeros((2, 3))
    array.flags.writeable = False
    assert address_of(array, (2, 3), np.float64, "theta") == array.ctypes.data
    with pytest.raises(ValueError, match="and writeable"):
        address_of(array, (2, 3), np.float64, "theta", writes=True)


# -- edits of a fitted estimator ----------------------------------------------------------------

X = np.random.RandomState(0).randn(40, 5)
NOTHING = object()
PARTS = ("_optimizer", "architecture_", "_targets")
MAY_BE_RAISED = (ValueError, TypeError, AttributeError)  # NotFittedError is the first and the last


def fitted(seed):
    """An estimator that the core has trained, and its targets."""
    r = np.random.RandomState(seed)
    y = r.randint(0, 3, 40) if seed % 2 else r.randn(40, 2)
    cls = BackpropClassifier if seed % 2 else BackpropRegressor
    est = cls(
        [int(n) for n in r.randint(1, 6, r.randint(0, 4))],
        str(r.choice(["relu", "elu", "silu"])),
        solver=str(r.choice([s for s in SOLVERS if s != "gd"])),
        batch_size=16,
        engine="native",
        fit_intercept=bool(r.rand() < 0.8),
        warm_start=True,
        max_iter=2,
        random_state=0,
    )
    return est.partial_fit(X, y, **({"classes": range(3)} if seed % 2 else {})), y


def places(est):
    """Where the state can be edited: containers and keys, in the estimator and what it holds."""
    for owner in (est, *(vars(est).get(name) for name in PARTS)):
        state = getattr(owner, "__dict__", {})
        for name, value in state.items():
            if owner is not est or name not in est.get_params(deep=False):
                yield state, name
            if isinstance(value, list):
                yield from ((value, k) for k in range(len(value)))


def edits_of(value):
    """Values to put in the place of another."""
    yield from (NOTHING, None, [], {}, "x", 0, -1, 7, np.nan, np.float32(3), (), (5,), (5, 3, 3))
    if isinstance(value, (list, tuple)):
        yield from (value[:-1], value[1:], [*value, *value[-1:]], list(value)[::-1], tuple(value))
        yield np.array(value, object) if len({np.shape(v) for v in value}) < 2 else []
    has_numbers = isinstance(value, np.ndarray) and value.dtype.kind in "biufc"
    array = value if has_numbers else np.ones(3)
    yield from (array.astype(t) for t in (np.float32, np.int8, ">f8", complex, object))
    yield from (array[:0], array[:1], array[:-1], array[..., :0], array[..., :1], array.T)
    yield from (array.ravel(), array[np.newaxis], np.repeat(array, 2, axis=-1)[..., ::2])
    yield from (array.tolist(), np.concatenate([array, array]), array * np.nan, array[::-1])
    if array.size:
        yield np.broadcast_to(array.ravel()[:1], array.shape)
    yield pickle.loads(pickle.dumps(array.copy()))
    unaligned = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype)
    unaligned[:] = array.ravel()
    yield unaligned.reshape(array.shape)
    read_only = array.copy()
    read_only.flags.writeable = False
    yield read_only


ACTIONS = {
    "predict": lambda est, y: est.predict(X),
    "other X": lambda est, y: est.predict(X[:, :3]),
    "partial_fit": lambda est, y: est.partial_fit(X, y),
    "fit": lambda est, y: est.fit(X, y),
    "gradient": lambda est, y: est.objective_and_gradient(X, y),
}


def edit_and_use(seed):
    """Edit the state of a fitted estimator, then use it; returns what should not have happened."""
    r = np.random.RandomState(seed)
    est, y = fitted(seed)
    what = []
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        everywhere = list(places(est))
        container, key = everywhere[r.randint(len(everywhere))]
        edits = list(edits_of(container[key]))
        edit = edits[r.randint(len(edits))]
        what.append(f"{key!r}: {edit!r}"[:200])
        if edit is NOTHING:
            del container[key]
        else:
            container[key] = edit
    name = list(ACTIONS)[r.randint(len(ACTIONS))]
    try:
        ACTIONS[name](est, y)
    except (*MAY_BE_RAISED, IndexError):  # IndexError: see `test_other_errors`
        return None
    except Exception as error:
        return f"seed {seed}, {name} after {what}: {type(error).__name__}: {error}"
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("first", range(0, 600, 100))
def test_an_edit_of_the_state_ends_in_an_error_about_it_or_in_none(first):
    found = [what for what in map(edit_and_use, range(first, first + 100)) if what]
    assert not found, "\n".join(found)


def without(name):
    return lambda est: delattr(est, name)


def with_(name, value):
    return lambda est: setattr(est, name, value)


def with_architecture(name, value):
    return lambda est: vars(est.architecture_).update({name: value})


def with_state(name, value):
    return lambda est: setattr(est._optimizer, name, value)


@pytest.mark.parametrize(
    ("edit", "use", "words"),
    [
        (with_architecture("activations", ()), "predict", "there are 0 activations"),
        (with_architecture("activations", ()), "fit", None),  # taken from the parameters
        (without("n_features_in_"), "other X", "X has 3 features, but the network has 5 inputs"),
        (with_state("m", np.zeros(1)), "partial_fit", r"Adam\.m must have shape \(34,\)"),
        (with_state("v", np.zeros(34, np.float32)), "partial_fit", r"Adam\.v must have shape"),
        (with_state("m", None), "partial_fit", r"Adam\.m must be an array"),
        (with_state("t", "x"), "partial_fit", r"Adam\.t must be a number, got 'x'"),
        (with_state("t", 10**400), "partial_fit", r"Adam\.t must be a number"),
        (with_("coefs_", [np.zeros((5, 4))]), "predict", "coefs_: expected 2 arrays"),
        (with_("coefs_", [np.zeros((3, 4)), np.zeros((4, 2))]), "predict", "coefs_"),
        (with_architecture("sizes", (5, 3, 2)), "predict", "coefs_"),
    ],
)
def test_the_error_names_what_does_not_fit(edit, use, words):
    y = np.random.RandomState(0).randn(40, 2)
    est = BackpropRegressor((4,), solver=Adam(), engine="native", warm_start=True, max_iter=1)
    est.set_params(tol=0).partial_fit(X, y)
    edit(est)
    if words is None:
        ACTIONS[use](est, y)
        return
    with pytest.raises(ValueError, match=words):
        ACTIONS[use](est, y)


@pytest.mark.parametrize(
    ("edit", "use"),
    [
        (without("momentum"), "partial_fit"),
        (with_("batch_size", 0), "partial_fit"),
        (with_architecture("sizes", np.float32(3)), "predict"),
    ],
)
def test_other_errors(edit, use):
    y = np.arange(40) % 3
    est = BackpropClassifier((4,), engine="native").partial_fit(X, y, classes=range(3))
    edit(est)
    with pytest.raises(MAY_BE_RAISED):
        ACTIONS[use](est, y)


# -- sample weights that are denormal numbers -----------------------------------------------------


@pytest.mark.parametrize("weight", [1e-311, 1e-309])
@pytest.mark.parametrize("batch_size", [7, 40])
@pytest.mark.parametrize("solver", [*SOLVERS, "lbfgs"])
def test_denormal_sample_weights_count(solver, batch_size, weight):
    r = np.random.RandomState(0)
    y, w = r.randint(0, 3, 40), weight * r.randint(0, 4, 40)
    clf = BackpropClassifier(
        (5,), solver=solver, alpha=0, batch_size=batch_size, max_iter=5, tol=0, random_state=0
    )
    numpy, native = (fit_with(clf, e, X, y, {"sample_weight": w}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-12)
    assert native.loss_curve_ == pytest.approx(numpy.loss_curve_, rel=1e-9)


def test_denormal_sample_weights_beside_others_count_in_their_own_batch():
    r = np.random.RandomState(0)
    y, w = r.randint(0, 3, 40), np.repeat([1.0, 1e-311, 3.0, 1e-312], 10)
    clf = BackpropClassifier(
        (5,), alpha=0, batch_size=10, shuffle=False, max_iter=5, tol=0, random_state=0
    )
    numpy, native = (fit_with(clf, e, X, y, {"sample_weight": w}) for e in ("numpy", "native"))
    np.testing.assert_allclose(theta(native), theta(numpy), rtol=0, atol=1e-12)


# -- threads with small stacks ------------------------------------------------------------------


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_thread_with_a_small_stack_is_enough(n_threads, monkeypatch):
    monkeypatch.setattr("sknn_edu.native.limits.allowed", lambda: n_threads)
    y, done = np.random.RandomState(0).randn(500 * 40), []
    many = np.repeat(X, 500, axis=0)

    def work():
        for hidden in ((5,), (7,) * 30):
            reg = BackpropRegressor(hidden, engine="native", max_iter=1, tol=0, batch_size=10_000)
            done.append(reg.fit(many, y).predict(many))

    work()  # imports need more
    before = threading.stack_size(48 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert len(done) == 4
