"""Whatever is passed gives a usable estimator, or a ValueError or TypeError that helps."""

import contextlib
import copy
import io
import re
import signal
import traceback
import warnings
from functools import cache
from pathlib import Path

import joblib
import numpy as np
import pytest
import random_inputs
import sklearn
from global_state import global_state
from hypothesis import given, settings
from hypothesis import strategies as st
from random_inputs import N, X, c, labels, same_examples, y
from scipy import sparse
from sklearn.exceptions import DataConversionWarning, NotFittedError, UndefinedMetricWarning
from sklearn.utils.fixes import parse_version

import sknn_edu
from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import (
    BatchSizeWarning,
    ConvergenceWarning,
    DivergenceError,
    RiskyOutputWarning,
)

# -- what may happen -------------------------------------------------------------------------

# Ours, and scikit-learn's own about data. A RuntimeWarning of numpy's would say nothing to a user;
# only scikit-learn's checks give some, when they add up numbers to see whether they are finite.
WARNINGS = (
    ConvergenceWarning,
    BatchSizeWarning,
    RiskyOutputWarning,
    DataConversionWarning,
    UndefinedMetricWarning,
)
SENTENCES = (  # of scikit-learn, which gives them no class of their own
    "The number of unique classes is greater than 50%",
    "pandas.DataFrame with sparse columns found",
    "X does not have valid feature names",
    "X has feature names, but",
    "The 'generic' unit for NumPy timedelta",  # numpy 2.5, of scikit-learn's range checks
)

# Words of the inside: of the engine, or of Python when something went wrong half way.
INSIDE = re.compile(
    r"\btheta\b|\b_[a-z]\w+|ufunc|broadcast|operands|has no attribute|unsupported operand|"
    r"subscriptable|unhashable|not iterable|positional argument|unexpected keyword|"
    r"not supported between|shapes \(|not aligned|object of type|unpack|is not callable"
)
WORDS = re.compile(  # of the outside: what the user has passed
    r"(?i)\b(X|y|X_val|y_val|sample|sample_?weights?(_val)?|weights?|class(es)?|labels?|features?|"
    r"columns?|targets?|input|array|matrix|values?|dtype|data|parameter|number|dimension|string|"
    r"complex|sparse|dict|categorical|multioutput|float|int)\b|n_samples|shape|classes_"
)
SCIKIT_LEARN = str(Path(sklearn.__path__[0]))
OURS = str(Path(sknn_edu.__path__[0]))
OLD_METRICS = parse_version(sklearn.__version__) < parse_version("1.8")
CHECKS = ("validation.py", "_param_validation.py", "multiclass.py", "_array_api.py", "_encode.py")


def assert_helpful(error, est):
    """A ValueError or TypeError, raised on purpose; ours in words that the user knows."""
    if isinstance(error, ZeroDivisionError) and OLD_METRICS and "Weights sum to zero" in str(error):
        return  # what scikit-learn's `score` says to weights that are all zero
    assert isinstance(error, (ValueError, TypeError)), repr(error)
    assert not isinstance(error, (UnicodeError, NotFittedError)), repr(error)
    message = str(error)
    assert message, repr(error)
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    if "no array today" in message:
        return  # the user's own error
    on_purpose = last.filename.startswith(OURS) and last.line.startswith("raise")
    assert on_purpose or is_a_check(frames), f"raised in passing: {last}"
    if on_purpose:
        assert len(message.split()) >= 5, message
        assert not INSIDE.search(message.replace("__array__", "")), message
        assert WORDS.search(message) or any(name in message for name in est.get_params()), message


def is_a_check(frames):
    """Whether scikit-learn was looking at what the user passed."""
    return any(f.filename.startswith(SCIKIT_LEARN) and f.filename.endswith(CHECKS) for f in frames)


@contextlib.contextmanager
def no_unexpected_warnings():
    """Note warnings, with the place where they come from; fail at the end if one is unexpected."""
    unexpected = []

    def note(message, category, *_):
        frames = traceback.extract_stack()[:-1]
        known = isinstance(message, WARNINGS) or str(message).startswith(SENTENCES)
        known |= issubclass(category, RuntimeWarning) and is_a_check(frames)
        known |= category.__module__.startswith("polars")  # of a lazy frame that is looked at
        if not known:
            unexpected.append((message, frames[-5:]))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = note
        yield
    assert not unexpected


def fingerprint(est):
    """A hash of everything the estimator has learned; parameters are what they were, or not."""
    params = est._parameter_constraints
    return {
        name: id(value) if name in params else joblib.hash(value)
        for name, value in vars(est).items()
    }


@contextlib.contextmanager
def bounded():
    """A net, not a measure: a call that hangs becomes a failure."""

    def stop(*_):
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# What numpy does by default, set anew: a call that changes it for good is then seen each time.
numpys_default = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


@np.errstate(**numpys_default)
def outcome(est, method, args, kwargs, *, moves_the_global_state=False):
    """Call a method; what it gives, or None where it fails as it may fail."""
    before, around = fingerprint(est), global_state()
    with no_unexpected_warnings(), bounded():
        filters = list(warnings.filters)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answer = getattr(est, method)(*args, **kwargs)
        except DivergenceError as error:
            answer = None
            assert_helpful(error, est)
            assert all(np.isfinite(W).all() for W in [*est.coefs_, *est.intercepts_])
        except Exception as error:
            answer = None
            assert_helpful(error, est)
            assert fingerprint(est) == before
        assert list(warnings.filters) == filters
    if moves_the_global_state:
        around["numpy random"] = global_state()["numpy random"]
    assert global_state() == around
    return answer


def assert_usable(est, odd_X=X):
    """Weights are finite, predictions of the right shape and finite."""
    assert all(np.isfinite(W).all() for W in [*est.coefs_, *est.intercepts_])
    n_features = est.n_features_in_
    x = np.resize(X, (N, n_features))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        predictions = est.predict(x)
    assert predictions.shape[0] == N
    if isinstance(est, BackpropRegressor):
        assert predictions.shape == ((N,) if est.n_outputs_ == 1 else (N, est.n_outputs_))
        assert np.isfinite(predictions).all()
    elif predictions.ndim == 1:
        assert {str(p) for p in predictions} <= {str(k) for k in est.classes_}
    else:
        assert predictions.shape == (N, est.n_outputs_)


# -- the estimators -----------------------------------------------------------------------

SHORT = {"hidden_layer_sizes": 4, "max_iter": 3, "random_state": 0, "n_iter_no_change": 2}
TASKS = {
    "classifier": (BackpropClassifier, c),
    "regressor": (BackpropRegressor, y),
    "labels": (BackpropClassifier, labels),
    "targets": (BackpropRegressor, np.c_[y, -y]),
}
SETTINGS = {
    "adam": {},
    "early stopping": {"early_stopping": True},
    "gd": {"solver": "gd"},
    "lbfgs": {"solver": "lbfgs"},
    "newton-cg": {"solver": "newton-cg"},
    "softmax": {"output_activation": "softmax"},
    "squared error": {"loss": "squared_error"},
    "poisson": {"loss": "poisson"},
    "hinge": {"loss": "hinge"},
    "balanced": {"class_weight": "balanced"},
    "weights by class": {"class_weight": {0: 1.0, 1: 2.0}},
    "scorer": {"scoring": "r2", "early_stopping": True, "validation_fraction": 0.5},
    "by the loss": {"scoring": "loss", "early_stopping": True},
    "warm start": {"warm_start": True},
}


@cache
def fitted(task):
    make, target = TASKS[task]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make(**SHORT).fit(X, target)


BY_X = ["predict", "predict_proba", "predict_log_proba", "decision_function", "logits"]
BY_X += ["hidden_activations"]
BY_X_AND_Y = ["score", "objective", "objective_and_gradient", "input_gradient"]
TRAIN = ["fit", "partial_fit", "initialize"]


@st.composite
def situations(draw, methods):
    """A method of an estimator, new or fitted, and targets that fit it."""
    task = draw(st.sampled_from(sorted(TASKS)))
    make, target = TASKS[task]
    method = draw(st.sampled_from(methods))
    params = dict(SETTINGS[draw(st.sampled_from(sorted(SETTINGS)))])
    if make is BackpropRegressor:
        params.pop("class_weight", None)
    is_new = method in TRAIN and draw(st.booleans())
    est = make(**SHORT) if is_new else copy.deepcopy(fitted(task))
    return est.set_params(**params), target, method


def train(est, method, *args, **kwargs):
    """Train, and see whether something usable has come of it."""
    if hasattr(est, method) and outcome(est, method, args, kwargs) is not None:
        assert_usable(est)


def assert_an_answer(est, method, answer, X):
    """An answer of the right shape; finite, unless X holds numbers that are not of this world."""
    n = X.shape[0] if hasattr(X, "shape") else len(X)
    arrays = [answer]
    if method == "hidden_activations":
        arrays = answer
        assert [A.shape for A in answer] == [(n, W.shape[1]) for W in est.coefs_[:-1]]
    elif method == "objective_and_gradient":
        arrays = [answer[0], *answer[1], *answer[2]]
        learned = [np.empty(()), *est.coefs_, *est.intercepts_]
        assert [np.shape(A) for A in arrays] == [W.shape for W in learned]
    elif method in ("score", "objective"):
        assert np.ndim(answer) == 0
    else:
        assert answer.shape[0] == n
        assert answer.ndim in (1, 2)
    if method in ("predict_log_proba", "score") or is_huge(X):
        return  # log 0 is infinite, R2 of one sample is NaN
    numbers = [np.asarray(A) for A in arrays]
    assert all(np.isfinite(A).all() for A in numbers if A.dtype.kind == "f")


def is_huge(X):
    """Whether products of the numbers may overflow."""
    numbers = X.toarray() if hasattr(X, "toarray") else X
    with np.errstate(all="ignore"):
        largest = np.abs(np.asarray(numbers, dtype=float)).max(initial=0)
    return not largest < 1e100


def check_odd_x(situation, odd):
    est, target, method = situation
    if not hasattr(est, method):
        return
    if method in TRAIN:
        train(est, method, odd.make(), target)
        return
    args = (odd.make(),) if method in BY_X else (odd.make(), target)
    answer = outcome(est, method, args, {})
    if answer is not None:
        assert_an_answer(est, method, answer, odd.make())


def check_odd_y(situation, odd, classes):
    est, _, method = situation
    if method in TRAIN:
        kwargs = {}
        if method != "fit" and isinstance(est, BackpropClassifier) and classes is not None:
            kwargs["classes"] = classes.make()
        train(est, method, X, odd.make(), **kwargs)
    elif hasattr(est, method):
        outcome(est, method, (X, odd.make()), {})


def check_odd_weights(situation, weights, validation):
    est, target, method = situation
    if method not in TRAIN:
        if hasattr(est, method):
            outcome(est, method, (X, target, weights.make()), {})
        return
    kwargs = {}
    if method == "fit":
        kwargs = {name: odd.make() for name, odd in validation.items()}
    train(est, method, X, target, weights.make(), **kwargs)


def check_odd_parameters(task, changes, method):
    make, target = TASKS[task]
    est = make(**SHORT)
    changes = {name: odd.make() for name, odd in changes.items()}
    if isinstance(changes.get("max_iter"), int) and changes["max_iter"] > 10:
        changes = {"max_iter": changes["max_iter"]}  # nothing that keeps it from stopping early
    random_state = changes.get("random_state", 0)
    is_global = random_state is None or random_state is np.random
    if isinstance(est, BackpropRegressor):
        changes.pop("class_weight", None)
    est.set_params(**changes)
    kwargs = {}
    if method == "partial_fit" and isinstance(est, BackpropClassifier) and target.ndim == 1:
        kwargs["classes"] = [0, 1]
    try:
        there_is_one = hasattr(est, method)
    except Exception as error:  # a name of a solver that there is not
        raise AssertionError(f"hasattr fails with {error!r}") from error
    if not there_is_one:
        return
    answer = outcome(est, method, (X, target), kwargs, moves_the_global_state=is_global)
    if answer is not None:
        assert_usable(est)


PARAMETERS = sorted(BackpropClassifier().get_params())


ODD_TARGETS, ODD_WEIGHTS = random_inputs.targets(), random_inputs.weights()
odd_validation = {
    "X_val": random_inputs.matrices(),
    "y_val": ODD_TARGETS,
    "sample_weight_val": ODD_WEIGHTS,
}
odd_parameters = st.dictionaries(
    st.sampled_from(PARAMETERS), random_inputs.parameter_values(), min_size=1, max_size=2
)

CHECKS_OF = {
    "X": (check_odd_x, (situations([*BY_X, *BY_X_AND_Y, *TRAIN, "fit"]), random_inputs.matrices())),
    "y": (
        check_odd_y,
        (situations([*BY_X_AND_Y, *TRAIN, "fit"]), ODD_TARGETS, st.none() | ODD_TARGETS),
    ),
    "weights and validation": (
        check_odd_weights,
        (
            situations([*BY_X_AND_Y, "fit", "fit", "partial_fit"]),
            ODD_WEIGHTS,
            st.fixed_dictionaries({}, optional=odd_validation),
        ),
    ),
    "parameters": (
        check_odd_parameters,
        (st.sampled_from(sorted(TASKS)), odd_parameters, st.sampled_from(TRAIN)),
    ),
}


@pytest.mark.parametrize("n", [60, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("what", CHECKS_OF)
def test_random_inputs_give_a_usable_estimator_or_an_error_that_helps(what, n):
    check, strategies = CHECKS_OF[what]
    settings(same_examples, max_examples=n)(given(*strategies)(check))()


HUGE = 10**15
FOUND = [  # by many more examples, once
    ("regressor", {}, "fit", (X, sparse.csr_array(np.c_[y, y])), "toarray"),
    ("regressor", {}, "fit", (X, np.array(["a", "b"])[c]), "y must hold numbers.*'[ab]'"),
    ("regressor", {}, "fit", (X, np.zeros(N, "i,f")), "y must hold numbers"),
    ("regressor", {}, "fit", (X, np.array(["1", "nan"])[c]), "NaN"),
    ("classifier", {}, "partial_fit", (X, c, None, sparse.bsr_array([[0, 1]])), "classes.*list"),
    ("regressor", {"hidden_layer_sizes": HUGE}, "initialize", (X, y), "_sizes=10{15}.*memory"),
    ("regressor", {"n_hidden_layers": HUGE}, "fit", (X, y), "n_hidden_layers=10{15}.*memory"),
    ("regressor", {"n_hidden_layers": HUGE**2}, "fit", (X, y), "n_hidden_layers=10{30}.*memory"),
    ("regressor", {"dropout": np.array(0.5)}, "fit", (X, y), r"dropout.*array\(0.5\)"),
    ("regressor", {}, "fit", (X, y, np.full(N, 1e308)), "weights add up to inf"),
]


@pytest.mark.parametrize(("task", "params", "method", "args", "message"), FOUND)
def test_what_odd_input_has_found_stays_mended(task, params, method, args, message):
    make, _ = TASKS[task]
    est = make(**{**SHORT, **params})
    before = fingerprint(est)
    with no_unexpected_warnings(), pytest.raises((ValueError, TypeError), match=f"(?s){message}"):
        getattr(est, method)(*args)
    assert fingerprint(est) == before


def test_hidden_activations_that_overflow_give_no_warning():
    largest = np.sign(X) * np.finfo(float).max
    with no_unexpected_warnings():
        (A,) = fitted("regressor").hidden_activations(largest)
    assert not np.isfinite(A).all()
