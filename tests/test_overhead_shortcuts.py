"""What surrounds the arithmetic of a fit is done once, and as scikit-learn does it.

The time that it takes is measured in benchmarks/; here the looks at the data are counted, and
each short cut is held against what it cuts short.
"""

import inspect
import sys
import warnings

import numpy as np
import pytest
import sklearn.utils.multiclass
import sklearn.utils.validation
from scipy.sparse import csr_matrix
from sklearn import config_context
from sklearn.base import clone
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import validate_data

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.estimators import data, shortcuts, targets
from sknn_edu.estimators.shortcuts import random_state_of

rng = np.random.RandomState(0)
X = rng.randn(60, 3)
c = np.arange(60) % 3
SETTINGS = {"hidden_layer_sizes": 2, "max_iter": 2, "tol": 0, "random_state": 0}


@pytest.fixture
def calls(monkeypatch):
    """How often each of scikit-learn's slow looks was called."""
    counts = dict.fromkeys(["check_array", "type_of_target", "signature"], 0)

    def count(name, *modules):
        for module in modules:
            original = getattr(module, name)

            def counted(*args, _original=original, **kwargs):
                asks = sys._getframe(1).f_globals["__name__"]
                counts[name] += not asks.startswith("scipy.")  # older ones inspect their callback
                return _original(*args, **kwargs)

            monkeypatch.setattr(module, name, counted)

    count("check_array", sklearn.utils.validation, sklearn.utils.multiclass)
    count("type_of_target", sklearn.utils.multiclass, targets)
    count("signature", inspect)
    return counts


@pytest.mark.parametrize("y", [c, c.astype(np.int8), c == 0, -c])
@pytest.mark.parametrize("params", [{}, {"solver": "lbfgs"}, {"engine": "numpy"}, {"alpha": 0.1}])
def test_a_classifier_looks_at_plain_x_and_y_itself(calls, params, y):
    classifier = BackpropClassifier(**SETTINGS, **params)
    classifier.fit(X, y)  # the first fit of all inspects the class
    calls.update(dict.fromkeys(calls, 0))
    classifier.fit(X, y)
    classifier.score(X, y)
    if classifier.solver == "adam":
        classifier.partial_fit(X, y)
    assert calls == {"check_array": 0, "type_of_target": 0, "signature": 0}


@pytest.mark.parametrize("y", [c, c.astype(np.int8), c == 0, -c])
def test_at_other_x_and_y_scikit_learn_looks_once(calls, y):
    classifier = BackpropClassifier(**SETTINGS)
    classifier.fit(X.tolist(), y)
    calls.update(dict.fromkeys(calls, 0))
    classifier.fit(X.tolist(), y)
    assert calls == {"check_array": 2, "type_of_target": 0, "signature": 0}
    classifier.score(X.tolist(), y)
    assert calls == {"check_array": 3, "type_of_target": 0, "signature": 0}


@pytest.mark.parametrize("y", [X[:, 0], X, c, X[:, 0].astype(np.float32)], ids=["1", "3", "c", "f"])
@pytest.mark.parametrize(("given", "looks"), [(X, 0), (np.asfortranarray(X), 0), (X.tolist(), 2)])
def test_so_does_a_regressor_and_its_partial_fit(calls, given, looks, y):
    regressor = BackpropRegressor(**SETTINGS)
    regressor.fit(given, y)
    for train in (regressor.fit, regressor.partial_fit):
        calls.update(dict.fromkeys(calls, 0))
        train(given, y)
        assert calls == {"check_array": looks, "type_of_target": 0, "signature": 0}


def test_a_clone_inspects_nothing(calls):
    estimator = BackpropClassifier(**SETTINGS)
    clone(estimator)
    calls.update(dict.fromkeys(calls, 0))
    clone(estimator).set_params(alpha=1)
    assert calls == {"check_array": 0, "type_of_target": 0, "signature": 0}


def test_early_stopping_takes_no_look_at_labels_after_an_epoch(calls):
    """The split, which is scikit-learn's, takes as many as it needs; epochs add none."""
    looks = []
    for max_iter in (1, 5):
        calls.update(dict.fromkeys(calls, 0))
        params = {**SETTINGS, "max_iter": max_iter, "early_stopping": True, "n_iter_no_change": 9}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            BackpropClassifier(**params).fit(X, c)
        looks.append((calls["check_array"], calls["type_of_target"]))
    assert looks[0] == looks[1]


# -- X and y ----------------------------------------------------------------------------

LARGE = np.full((60, 3), 1e308)
ARRAYS = {
    "float64": X,
    "float32": X.astype(np.float32),
    "columns": np.asfortranarray(X),
    "steps": np.repeat(X, 2, axis=1)[::-1, ::2],
    "read-only": np.broadcast_to(X[:1], (60, 3)),
    "one row": X[:1],
    "half": X.astype(np.float16),
    "big-endian": X.astype(">f8"),
    "int": (10 * X).astype(int),
    "bool": X > 0,
    "complex": X + 0j,
    "objects": X.astype(object),
    "text": np.full((60, 3), "1.5"),
    "times": np.zeros((60, 3), "M8[s]"),
    "no numbers": np.where(X > 2, np.nan, X),
    "infinite": np.where(X > 2, np.inf, X),
    "both infinities": np.where(X > 1, np.inf, np.where(X < -1, -np.inf, X)),
    "large sum": LARGE,
    "large sum in float32": np.full((60, 3), 3e38, np.float32),
    "vector": X[:, 0],
    "cube": X[:, :, np.newaxis],
    "number": np.array(1.0),
    "no rows": X[:0],
    "no columns": X[:, :0],
    "masked": np.ma.masked_array(X, X > 1),
    "matrix": np.matrix(X),
    "list": X.tolist(),
    "none": None,
}


PLAIN = {"float64", "float32", "columns", "steps", "read-only", "one row"}
PLAIN_Y = PLAIN | {"vector", "int", "bool"}
NO_NEWS_ABOUT_MATRICES = pytest.mark.filterwarnings("ignore:.*matrix:PendingDeprecationWarning")


@NO_NEWS_ABOUT_MATRICES
@pytest.mark.parametrize("name", ARRAYS)
def test_scikit_learn_returns_plain_x_as_it_is(name):
    given = ARRAYS[name]
    assert shortcuts.is_plain_X(given, shortcuts.FLOATS) is (name in PLAIN)
    if name in PLAIN:
        options = {"accept_sparse": "csr", "dtype": shortcuts.FLOATS}
        result, warned = outcome(lambda: validate_data(BackpropRegressor(), given, **options))
        assert result is given
        assert not warned


@NO_NEWS_ABOUT_MATRICES
@pytest.mark.parametrize("name", ARRAYS)
def test_scikit_learn_returns_plain_y_as_it_is(name):
    given = ARRAYS[name]
    n = len(given) if np.ndim(given) else 1
    assert shortcuts.is_plain_y(given, n) is (name in PLAIN_Y)
    assert not shortcuts.is_plain_y(given, n + 1)
    if name in PLAIN_Y:
        options = {"accept_sparse": "csr", "multi_output": True}
        both, warned = outcome(
            lambda: validate_data(BackpropRegressor(), np.ones((n, 2)), given, **options)
        )
        assert both[1] is given
        assert not warned


def with_frame(column):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(X, columns=["a", "b", column])


def uses(make, first, second, y):
    """All that a first fit and further calls, on other data perhaps, make visible."""
    est = make(**SETTINGS)

    def state():
        return {n: repr(value) for n, value in sorted(vars(est).items()) if n != "_optimizer"}

    for call in (
        lambda: est.fit(first(), y),
        lambda: est.predict(second()),
        lambda: est.partial_fit(second(), y),
        lambda: est.objective(second(), y),
        lambda: est.score(second(), y),
        lambda: est.fit(second(), y),
        lambda: est.predict(first()),
    ):
        result, warned = outcome(call)
        yield repr(result), warned
        yield state()


DATA = {name: (lambda given=given: given) for name, given in ARRAYS.items()} | {
    "frame": lambda: with_frame("c"),
    "other names": lambda: with_frame("d"),
    "sparse": lambda: csr_matrix(X),
    "more columns": lambda: np.hstack([X, X]),
    "fewer rows": lambda: X[:30],
}


@NO_NEWS_ABOUT_MATRICES
@pytest.mark.parametrize("make", [BackpropClassifier, BackpropRegressor])
@pytest.mark.parametrize("name", DATA)
def test_estimators_do_the_same_without_the_shortcuts_for_x_and_y(monkeypatch, make, name):
    for first, second in ((DATA[name], lambda: X), (lambda: X, DATA[name])):
        ours = list(uses(make, first, second, c))
        monkeypatch.setattr(data, "is_plain_X", lambda X, dtypes: False)
        theirs = list(uses(make, first, second, c))
        monkeypatch.undo()
        assert ours == theirs


@pytest.mark.parametrize("make", [BackpropClassifier, BackpropRegressor])
@pytest.mark.parametrize("name", ARRAYS)
@NO_NEWS_ABOUT_MATRICES
def test_they_do_the_same_with_odd_targets(monkeypatch, make, name):
    y = ARRAYS[name]
    ours = list(uses(make, lambda: X, lambda: X, y))
    monkeypatch.setattr(data, "is_plain_X", lambda X, dtypes: False)
    assert ours == list(uses(make, lambda: X, lambda: X, y))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scikit_learn_decides_about_numbers_that_are_not_finite(value):
    est = BackpropRegressor(**SETTINGS).fit(X, c)
    odd = np.where(X > 2, value, X)
    with pytest.raises(ValueError, match="Input X contains"):
        est.predict(odd)
    with config_context(assume_finite=True):
        assert not np.isfinite(est.predict(odd)).all()


# -- parameters -------------------------------------------------------------------------


class WrongDefault(BackpropRegressor):
    """A user's class, one of whose defaults no fit accepts."""

    def __init__(self, hidden_layer_sizes=(3,), activation="relu", *, alpha=-1.0):
        super().__init__(hidden_layer_sizes, activation, alpha=alpha)


def test_a_default_that_is_wrong_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(ValueError, match=r"'alpha' parameter of WrongDefault .* Got -1\.0"):
            WrongDefault().fit(X, c)
    WrongDefault(alpha=0.1).initialize(X, c)


@pytest.mark.parametrize("make", [BackpropClassifier, BackpropRegressor])
def test_the_first_wrong_parameter_is_named_as_scikit_learn_does(make):
    """scikit-learn goes through the parameters in the order of the alphabet."""
    wrong = {"tol": -1, "beta_1": 2.0, "alpha": -0.1}
    with pytest.raises(ValueError, match="parameter of MLPClassifier") as theirs:
        MLPClassifier(**wrong).fit(X, c)
    with pytest.raises(type(theirs.value)) as ours:
        make(**wrong).fit(X, c)
    assert str(ours.value) == str(theirs.value).replace("MLPClassifier", make.__name__)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ({"max_iter": 2}, {"max_iter": 2.0}),
        ({"shuffle": False}, {"shuffle": 0}),
        ({"shuffle": False}, {"shuffle": 0.0}),
        ({"alpha": 1}, {"alpha": "1"}),
        ({"hidden_layer_sizes": (2,)}, {"hidden_layer_sizes": (2.0,)}),
    ],
)
def test_a_value_that_was_right_says_nothing_about_one_that_equals_it(right, wrong):
    for _ in range(2):
        BackpropRegressor(**{**SETTINGS, **right}).fit(X, c)
        with pytest.raises(ValueError, match=next(iter(wrong))):
            BackpropRegressor(**{**SETTINGS, **wrong}).fit(X, c)


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, True, np.int64(5), np.uint8(7)])
def test_a_seed_gives_the_numbers_of_check_random_state(seed):
    ours, theirs = random_state_of(seed), check_random_state(seed)
    for a, b in zip(ours.get_state(), theirs.get_state(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, "a", np.random.default_rng(0)], ids=str)
def test_a_wrong_seed_raises_what_check_random_state_raises(seed):
    with pytest.raises(ValueError, match="eed") as theirs:
        check_random_state(seed)
    with pytest.raises(ValueError, match="eed") as ours:
        random_state_of(seed)
    assert str(ours.value) == str(theirs.value)


def test_a_random_state_is_passed_through():
    state = np.random.RandomState(0)
    assert random_state_of(state) is state
    assert random_state_of(None) is check_random_state(None)


# -- labels -----------------------------------------------------------------------------

LABELS = {
    "int64": c,
    "int8": c.astype(np.int8),
    "negative": -c,
    "big-endian": c.astype(">i4"),
    "bool": c == 0,
    "float": c.astype(float),
    "text": np.array(["no", "perhaps", "yes"])[c],
    "one": np.zeros(60, int),
    "few samples": np.arange(4),
    "indicators": np.eye(3, dtype=int)[c],
    "more than half": np.arange(60) % 31,
    "columns": np.arange(60).reshape(30, 2),
    "continuous": np.linspace(0, 1, 60),
}


def outcome(function, *args):
    """What a call returns (or raises), and what it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = function(*args)
        except (TypeError, ValueError, ZeroDivisionError) as error:  # the last: older scikit-learn
            value = repr(error)
    return value, [(w.category, str(w.message)) for w in caught]


@pytest.mark.parametrize("y", LABELS.values(), ids=LABELS.keys())
def test_labels_are_what_scikit_learn_says_they_are(y):
    for shortcut, whole in (
        (shortcuts.labels_in, unique_labels),
        (shortcuts.checked_labels, checked_labels),
    ):
        (ours, said), (theirs, say) = outcome(shortcut, y), outcome(whole, y)
        np.testing.assert_array_equal(ours, theirs)
        assert np.asarray(ours).dtype == np.asarray(theirs).dtype
    # Both functions of older versions of scikit-learn warn that y could be for a regression.
    assert set(said) == set(say)


def checked_labels(y):
    check_classification_targets(y)
    return unique_labels(y)


# -- scores -----------------------------------------------------------------------------

SCORED = {
    "labels": (c, c[::-1]),
    "bool": (c == 0, c[::-1] == 0),
    "text": (LABELS["text"], LABELS["text"][::-1]),
    "list": (c.tolist(), c[::-1]),
    "indicators": (LABELS["indicators"], LABELS["indicators"][::-1]),
    "column": (c[:, np.newaxis], c[::-1]),
    "lengths": (c[:-1], c),
    "mixed": (c, LABELS["text"]),
    "empty": (c[:0], c[:0]),
    "one": (c[:1], c[:1]),
}
WEIGHTS = {
    "none": None,
    "floats": lambda n: np.linspace(0, 1, n),
    "negative": lambda n: np.linspace(-0.1, 1, n),
    "zero": np.zeros,
    "missing": lambda n: np.full(n, np.nan),
    "lengths": lambda n: np.ones(n + 1),
}
MEASURED = {
    "numbers": (X[:, 0], X[:, 1]),
    "float32": (X[:, 0].astype(np.float32), X[:, 1].astype(np.float32)),
    "wide y": (X[:, 0], X[:, 1].astype(np.float32)),
    "several": (X, X[::-1]),
    "counts": (c, X[:, 0]),
    "list": (X[:, 0].tolist(), X[:, 1]),
    "perfect": (X[:, 0], X[:, 0]),
    "constant": (np.ones(60), X[:, 0]),
    "missing": (np.where(c, X[:, 0], np.nan), X[:, 0]),
    "too large": (X[:, 0], np.where(c, X[:, 0], 1e200)),
    "lengths": (X[:-1, 0], X[:, 0]),
    "one": (X[:1, 0], X[:1, 1]),
    "empty": (X[:0, 0], X[:0, 0]),
}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS.keys())
@pytest.mark.parametrize(("y", "predicted"), SCORED.values(), ids=SCORED.keys())
def test_accuracy_is_that_of_scikit_learn(y, predicted, weights):
    w = weights and weights(len(predicted))
    ours, theirs = (outcome(f, y, predicted, w) for f in (shortcuts.accuracy, weighted_accuracy))
    np.testing.assert_array_equal(*(np.array(score) for score, _ in (ours, theirs)))  # nan == nan
    assert ours[1] == theirs[1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("y", "predicted"), MEASURED.values(), ids=MEASURED.keys())
def test_r2_is_that_of_scikit_learn(y, predicted, weighted):
    """To the last bit: both add the same squares in the same order."""
    w = np.linspace(0, 1, len(predicted)) if weighted else None
    ours, theirs = (outcome(f, y, predicted, w) for f in (shortcuts.r_squared, weighted_r2))
    np.testing.assert_array_equal(*(np.array(score) for score, _ in (ours, theirs)))  # nan == nan
    assert ours[1] == theirs[1]


def weighted_accuracy(y, predicted, w):
    return accuracy_score(y, predicted, sample_weight=w)


def weighted_r2(y, predicted, w):
    return r2_score(y, predicted, sample_weight=w)
