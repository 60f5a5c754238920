"""Threads, lost workers, errors in other people's code, other processes: what stays as it is."""

import inspect
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import joblib
import numpy as np
import pytest
from global_state import global_state, known_global_state
from scipy import sparse
from sklearn.base import clone
from subprocess_scripts import FITS, X, digest, digests, labels, names, short, weights, y
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise
from sknn_edu.estimators.inspection import network_of
from sknn_edu.initializers import Initializer
from sknn_edu.losses import Loss, SquaredError
from sknn_edu.optimizers import FirstOrder, Optimizer

SCRIPT = Path(__file__).with_name("subprocess_scripts.py")
N_THREADS = 8


def same_bits(one, other):
    """Whether two answers are equal to the last bit, whatever they are made of."""
    return joblib.hash(one) == joblib.hash(other)


# -- fits in several threads ------------------------------------------------------------------

shared_loss, shared_activation = SquaredError(), Activation.get("gelu")
CONFIGURATIONS = [
    *(
        make(**short, solver=solver, **params)
        for solver in Optimizer.names()
        for make, params in [
            (BackpropRegressor, {"activation": "tanh"}),
            (BackpropClassifier, {"activation": shared_activation, "loss": shared_loss}),
        ]
    ),
    BackpropClassifier(**short, dropout=0.3),
    BackpropRegressor(**short, dropout=0.3, batch_size=7),
    BackpropClassifier(**short, early_stopping=True),
    BackpropClassifier(**short, early_stopping=True, scoring="f1_macro", solver="sgd"),
    BackpropRegressor(**short, early_stopping=True, loss=2 * shared_loss),
    BackpropRegressor(**short, weight_init="orthogonal", clip_norm=0.1, l1_ratio=0.5),
    BackpropClassifier(**short, class_weight=weights, output_activation="softplus"),
]


def target_of(est):
    return names if isinstance(est, BackpropClassifier) else y


def train(est):
    return clone(est).fit(X, target_of(est))


def train_in_chunks(est):
    est, target = clone(est), target_of(est)
    classes = {"classes": np.unique(names)} if target is names else {}
    for rows in np.array_split(np.arange(len(X)), 3):
        est.partial_fit(X[rows], target[rows], **classes)
    return est


@pytest.fixture
def nervous_threads():
    """Threads take turns a thousand times more often than usual, and BLAS has one for itself."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    with threadpool_limits(1):
        yield
    sys.setswitchinterval(interval)


def at_once(calls):
    """What the calls give when as many threads as there are begin them at the same time."""
    start = Barrier(N_THREADS)

    def begin(call):
        start.wait(timeout=60)
        return call()

    with ThreadPoolExecutor(N_THREADS) as pool:
        for first in range(0, len(calls), N_THREADS):
            group = calls[first : first + N_THREADS]
            spare = [lambda: None] * (N_THREADS - len(group))
            yield from list(pool.map(begin, [*group, *spare]))[: len(group)]


@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")
@pytest.mark.parametrize("training", [train, train_in_chunks])
def test_fits_at_once_give_the_bits_of_one_after_the_other(nervous_threads, training):
    """Different networks beside each other, and the same network in every thread."""
    configurations = [
        est for est in CONFIGURATIONS if training is train or takes_chunks(est)
    ]  # in this order, neighbours differ
    expected = [digest(training(est)) for est in configurations]
    calls = [lambda est=est: digest(training(est)) for est in configurations]
    assert list(at_once(calls)) == expected
    for call, bits in zip(calls[:: len(calls) // 4], expected[:: len(calls) // 4], strict=True):
        assert set(at_once([call] * N_THREADS)) == {bits}


def takes_chunks(est):
    return hasattr(est, "partial_fit") and not est.early_stopping


# -- one estimator, asked by several threads ----------------------------------------------------

ASKED = {
    "classifier": (BackpropClassifier((8, 5), "tanh", max_iter=3, tol=0, random_state=0), names),
    "labels": (BackpropClassifier((8,), "softmax", max_iter=3, tol=0, random_state=0), labels),
    "regressor": (BackpropRegressor((8, 5), max_iter=3, tol=0, random_state=0), np.c_[y, -y]),
}
QUESTIONS = {
    "predict": lambda est, X, y: est.predict(X),
    "predict_proba": lambda est, X, y: est.predict_proba(X),
    "logits": lambda est, X, y: est.logits(X),
    "hidden_activations": lambda est, X, y: est.hidden_activations(X),
    "score": lambda est, X, y: est.score(X, y),
    "objective": lambda est, X, y: est.objective(X, y),
    "objective_and_gradient": lambda est, X, y: est.objective_and_gradient(X, y),
    "input_gradient": lambda est, X, y: est.input_gradient(X, y),
}


@pytest.mark.parametrize(
    ("task", "kind"), zip(ASKED, [np.asarray, sparse.csr_array, np.asarray], strict=True)
)
def test_one_estimator_answers_eight_threads_as_it_answers_one(nervous_threads, task, kind):
    est, target = ASKED[task]
    est = clone(est).fit(X, target)
    data = {  # so many rows that they go through in several pieces, and a few
        n: (kind(np.resize(X, (n, 3))), np.resize(target, (n, *target.shape[1:])))
        for n in (2, 60, 20_000)
    }
    assert_in_pieces(est, 20_000)
    calls = [
        lambda ask=ask, given=given: ask(est, *given)
        for name, ask in QUESTIONS.items()
        if hasattr(est, name)
        for given in data.values()
    ]
    expected = [call() for call in calls]
    everything_else = calls[::-1]
    for answers, of in ((at_once(calls), expected), (at_once(everything_else), expected[::-1])):
        assert all(map(same_bits, answers, of))
    for question in (0, 2, len(calls) - 1):  # and the same question from all
        answers = at_once([calls[question]] * N_THREADS)
        assert all(same_bits(answer, expected[question]) for answer in answers)


def assert_in_pieces(est, n):
    assert len(network_of(est).pieces(n)) > 1


# -- a worker that dies ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exit", "SIGKILL"])
@pytest.mark.parametrize("where", ["loss", "scorer"])
def test_a_worker_that_dies_in_a_grid_search_is_an_error_and_the_next_search_works(where, how):
    done = run_script("kill", where, how)
    assert done.stdout.split() == ["raised", "TerminatedWorkerError", "afterwards", "usable"]


def run_script(*arguments):
    """The script's output; the time limit is a net for what would hang for ever."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )


# -- errors in code that is not ours ------------------------------------------------------------

COMPONENTS = {"architecture_", "_optimizer"}


def fingerprint(est):
    """A hash of everything that the estimator has learned; components are the same objects."""
    return {
        name: id(value) if name in COMPONENTS else joblib.hash(value)
        for name, value in vars(est).items()
        if name not in est._parameter_constraints
    }


def assert_undone(est, before, error):
    """A fit that failed has left nothing; one that was interrupted may keep what it has learned."""
    if fingerprint(est) != before:
        assert error is KeyboardInterrupt
        assert "keyboard" in est.stop_reason_ or "as requested" in est.stop_reason_
        assert all(np.isfinite(array).all() for array in [*est.coefs_, *est.intercepts_])


class OwnLoss(Loss):
    is_sum_of_squares = True

    def value(self, A, Y):
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)

    def hessian_product(self, A, Y, V):
        return V

    def residuals(self, A, Y):
        return A - Y


class OwnTanh(Elementwise):
    def forward(self, Z, out):
        return np.tanh(Z, out=out)

    def derivative(self, Z, A, out):
        return np.subtract(1, A * A, out=out)

    def second_derivative(self, Z, A):
        return -2 * A * (1 - A * A)


class OwnDescent(FirstOrder):
    def __init__(self, learning_rate_init=0.001):
        super().__init__(learning_rate_init)

    def allocate(self, theta):
        self.steps = np.zeros(1)

    def step(self, theta, grad):
        self.steps += 1
        theta -= self.learning_rate * grad


class OwnInitializer(Initializer):
    def draw(self, fan_in, fan_out, random_state):
        return random_state.normal(size=(fan_in, fan_out))


OWN = {"loss": OwnLoss, "activation": OwnTanh, "solver": OwnDescent, "weight_init": OwnInitializer}
NEEDED = {  # what any component of the family is certain to be asked for
    "loss": {"bind", "check_targets", "gradient", "hessian_product", "refusal", "residuals"}
    | {"risk", "value"},
    "activation": {"backward", "forward"},
    "solver": {"allocate", "begin", "check", "end", "end_epoch", "is_finite", "step"},
    "weight_init": {"draw", "draw_layer"},
}


def methods_of(cls):
    """Names of the methods that the library may call."""
    return [
        name for name, _ in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("_")
    ]


def failing(cls, method, error):
    """An object of the class whose method raises, and a list that says whether it was called."""
    called = []

    def fail(self, *args, **kwargs):
        called.append(method)
        raise error("it fails")

    return type(f"Failing{cls.__name__}", (cls,), {method: fail})(), called


@pytest.mark.parametrize(
    ("family", "error"),
    zip(OWN, [RuntimeError, KeyboardInterrupt, KeyError, RuntimeError], strict=True),
)
def test_an_error_in_any_method_of_a_component_leaves_no_trace(family, error):
    solvers = ["adam", "lbfgs", "newton-cg", "lm"] if family != "solver" else [None]
    seen = set()
    for method in methods_of(OWN[family]):
        for solver in solvers:
            component, called = failing(OWN[family], method, error)
            est = BackpropRegressor(**short, **({"solver": solver} if solver else {}), alpha=0)
            est.fit(X, y)
            est.set_params(**{family: component})
            before = fingerprint(est)
            called.clear()
            with known_global_state():
                around = global_state()
                try:
                    est.fit(X, -y)
                except error:
                    assert_undone(est, before, error)
                else:
                    assert not called, f"{method} failed, and nobody heard of it"
                assert global_state() == around
            seen.update(called)
    assert seen >= NEEDED[family]


class Failing:
    """A scorer that raises when it is called."""

    def __init__(self, error):
        self.error = error

    def __call__(self, est, X, y):
        est.predict(X)
        raise self.error("it fails")


@pytest.mark.parametrize(
    ("solver", "error"),
    [
        ("adam", KeyboardInterrupt),
        ("lbfgs", RuntimeError),
        ("newton-cg", KeyError),
        ("lm", SystemExit),
    ],
)
def test_an_error_in_a_scorer_leaves_no_trace(solver, error):
    est = BackpropRegressor(**short, solver=solver).fit(X, y)
    est.set_params(scoring=Failing(error), early_stopping=True)
    before = fingerprint(est)
    with known_global_state():
        around = global_state()
        with pytest.raises(error, match="it fails"):
            est.fit(X, -y, X_val=X, y_val=y)
        assert global_state() == around
    assert_undone(est, before, error)


class FailingCallback:
    """A callback of scikit-learn (1.9 or newer) that raises in one of its hooks."""

    def __init__(self, hook, task, error):
        self.hook, self.task, self.error = hook, task, error

    def _meet(self, hook, context):
        if (hook, context.task_name) == (self.hook, self.task):
            raise self.error("it fails")

    def setup(self, estimator, context):
        self._meet("setup", context)

    def on_fit_task_begin(self, estimator, context):
        self._meet("on_fit_task_begin", context)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        fitted_estimator.predict(X)
        self._meet("on_fit_task_end", context)

    def teardown(self, estimator, context):
        self._meet("teardown", context)


HOOKS = [
    ("setup", "fit"),
    *(
        (hook, task)
        for hook in ("on_fit_task_begin", "on_fit_task_end")
        for task in ("fit", "epoch")
    ),
    ("teardown", "fit"),
]

if hasattr(BackpropRegressor(), "set_callbacks"):

    @pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
    @pytest.mark.parametrize(("hook", "task"), HOOKS)
    @pytest.mark.parametrize("solver", ["adam", "lbfgs", "lm"])
    def test_an_error_in_a_callback_leaves_no_trace(solver, hook, task, error):
        est = BackpropRegressor(**short, solver=solver).fit(X, y)
        est.set_callbacks(FailingCallback(hook, task, error))
        before = fingerprint(est)
        with known_global_state():
            around = global_state()
            with pytest.raises(error, match="it fails"):
                est.fit(X, -y)
            assert global_state() == around
        if hook == "teardown":  # the fit was over
            assert same_bits(est.coefs_, clone(est).set_callbacks().fit(X, -y).coefs_)
        else:
            assert_undone(est, before, error)


# -- the same seed ---------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_in_every_process():
    """Neither the seed of Python's hashes nor the order of the fits makes a difference."""
    runs = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), "digest", *order],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, order in [("1", list(FITS)), ("2", list(FITS)[::-1])]
    ]
    expected = {f"{name}: {bits}" for name, bits in digests().items()}
    assert len(expected) == len(set(digests().values())) == len(FITS)
    for run in runs:
        out, _ = run.communicate(timeout=600)
        assert set(out.splitlines()) == expected


def test_fits_in_between_change_nothing():
    before = digests()
    for est in CONFIGURATIONS[:: len(CONFIGURATIONS) // 5]:
        train(est)
    np.random.random(7)  # noqa: NPY002
    random.random()
    assert digests(list(FITS)[::-1]) == before


def test_a_seed_is_a_random_state_fresh_from_that_seed():
    for est in (BackpropClassifier(**short, dropout=0.2), BackpropRegressor(**short)):
        by_seed = digest(train(est))
        for random_state in (np.random.RandomState(0), np.int64(0)):
            again = clone(est).set_params(random_state=random_state)
            assert digest(again.fit(X, target_of(est))) == by_seed


def test_without_a_seed_the_global_random_state_decides():
    state = np.random.get_state()  # noqa: NPY002
    est = BackpropClassifier(**{**short, "random_state": None})
    bits = []
    for seed in (0, 0, 1):
        np.random.seed(seed)  # noqa: NPY002
        bits.append(digest(train(est)))
    np.random.set_state(state)  # noqa: NPY002
    assert bits[0] == bits[1] != bits[2]
    assert bits[0] == digest(train(BackpropClassifier(**short)))


def test_the_order_of_class_weights_does_not_matter():
    backwards = dict(reversed(weights.items()))
    assert list(backwards) != list(weights)
    bits = {
        digest(BackpropClassifier(**short, class_weight=given).fit(X, names))
        for given in (weights, backwards, {np.str_(k): np.float64(w) for k, w in weights.items()})
    }
    assert len(bits) == 1
    assert bits != {digest(BackpropClassifier(**short).fit(X, names))}
