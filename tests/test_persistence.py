"""Saved and loaded estimators are what they were, and hold nothing but what they need."""

import copy
import gc
import io
import os
import pickle
import subprocess
import sys
import warnings
import weakref
from pathlib import Path

import joblib
import numpy as np
import pytest
from fitted_estimators import (
    NAMES,
    TARGETS,
    X,
    answers,
    fit,
    fitted,
    go_on,
    target_of,
    three_epochs_are_enough,
    unfitted,
)

from sknn_edu import (
    BackpropClassifier,
    BackpropRegressor,
    __version__,
    persistence,
)
from sknn_edu.activations import Elementwise
from sknn_edu.component import Component
from sknn_edu.engine.architecture import Architecture
from sknn_edu.engine.penalty import ElasticNet
from sknn_edu.estimators.saved_state import KEY
from sknn_edu.estimators.targets import Targets
from sknn_edu.exceptions import SavedVersionWarning
from sknn_edu.optimizers import Optimizer
from sknn_edu.persistence import TRUSTED_TYPES

TESTS = Path(__file__).parent
everything = pytest.mark.parametrize("name", NAMES)


def through_joblib(est):
    file = io.BytesIO()
    joblib.dump(est, file, compress=3)
    file.seek(0)
    return joblib.load(file)


def through_pickle(est):
    return pickle.loads(pickle.dumps(est))


ROUND_TRIPS = [through_pickle, through_joblib, copy.copy, copy.deepcopy]


def assert_same_bits(one, other):
    """The same answers from the same weights, in the same dtypes."""
    for a, b in zip(answers(one), answers(other), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype
    weights = [[*est.coefs_, *est.intercepts_] for est in (one, other)]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@everything
def test_a_loaded_estimator_gives_the_same_bits(name):
    est = fitted(name)
    for there_and_back in ROUND_TRIPS:
        again = there_and_back(est)
        assert vars(again).keys() == vars(est).keys()
        assert_same_bits(again, est)


# -- another process -----------------------------------------------------------------------

LOAD_PREDICT_TRAIN = """
import pickle, sys
from fitted_estimators import answers, go_on, target_of
with open(sys.argv[1], "rb") as file:
    estimators = pickle.load(file)
said = {name: answers(est) for name, est in estimators.items()}
trained = {name: est for name, est in estimators.items() if go_on(est, target_of(name))}
with open(sys.argv[1], "wb") as file:
    pickle.dump((said, trained), file)
"""


def test_a_fresh_interpreter_predicts_and_goes_on_training_with_the_same_bits(tmp_path):
    estimators = {name: fit(name) for name in NAMES}
    file = tmp_path / "estimators.pickle"
    file.write_bytes(pickle.dumps(estimators))
    subprocess.run(
        [sys.executable, "-W", "error", "-c", LOAD_PREDICT_TRAIN, str(file)],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        timeout=120,
    )
    said, trained = pickle.loads(file.read_bytes())
    assert said.keys() == estimators.keys()
    assert len(trained) > 100  # all but those with full-batch solvers
    for name, est in estimators.items():
        for there, here in zip(said[name], answers(est), strict=True):
            np.testing.assert_array_equal(there, here)
        assert (name in trained) == go_on(est, target_of(name))
        if name in trained:
            assert_same_bits(trained[name], est)


# -- weights that cannot be written to ------------------------------------------------------


@pytest.mark.parametrize("name", NAMES[::3])
def test_weights_mapped_read_only_from_disk_predict_and_train_on(name, tmp_path):
    est = fit(name)
    joblib.dump(est, tmp_path / "est.joblib")
    mapped = joblib.load(tmp_path / "est.joblib", mmap_mode="r")
    assert isinstance(mapped.coefs_[0], np.memmap)
    assert not mapped.coefs_[0].flags.writeable
    assert_same_bits(mapped, est)
    y = target_of(name)
    np.testing.assert_array_equal(mapped.input_gradient(X, y), est.input_gradient(X, y))
    assert go_on(mapped, y) == go_on(est, y)
    assert_same_bits(mapped, est)


# -- what an estimator keeps ----------------------------------------------------------------

PLAIN = (type(None), bool, int, float, str, np.generic)
WITH_STATE = (Architecture, Component, ElasticNet, Targets)


def strangers(value, path):
    """Whatever is neither plain, nor an array, nor made of those, with the way to it."""
    if isinstance(value, np.ndarray):
        entries = value.ravel().tolist() if value.dtype == object else []
        return [path for entry in entries if not isinstance(entry, PLAIN)]
    if isinstance(value, PLAIN):
        return []
    if isinstance(value, WITH_STATE):
        value = vars(value)
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list | tuple):
        inside = enumerate(value)
    else:
        return [f"{path}: {type(value)}"]
    return [found for key, entry in inside for found in strangers(entry, f"{path}.{key}")]


@everything
def test_fitted_state_is_arrays_and_plain_values_only(name):
    est = fitted(name)
    of_fit = {key: value for key, value in vars(est).items() if key not in est.get_params()}
    assert strangers(of_fit, name) == []
    assert len(of_fit) > 15


def test_a_stranger_in_the_state_would_be_found():
    for stranger in (len, object(), lambda: 0, np.array([object()]), memoryview(b"")):
        assert strangers({"a": [1, {"b": (2.0, stranger)}]}, "state")


@pytest.mark.parametrize(
    "params",
    [
        *({"solver": solver} for solver in Optimizer.names()),
        {"early_stopping": True},
        {"early_stopping": True, "scoring": "loss"},
        {"dropout": 0.5},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "target"),
    [("fit", "words"), ("partial_fit", "number"), ("with validation data", "number")],
)
def test_no_training_data_are_kept(params, method, target):
    if target == "words" and params.get("solver") == "lm":
        target = "numbers"  # it is for squared error
    est = unfitted(target, **params)
    data = [X.copy(), TARGETS[target].copy(), np.ones(len(X))]
    with three_epochs_are_enough():
        if method == "with validation data":
            data += [X.copy(), TARGETS[target].copy()]
            est.fit(*data[:3], X_val=data[3], y_val=data[4])
        elif method == "fit" or not go_on(est.initialize(*data[:2]), data[1]):
            est.fit(*data)
        else:
            est.partial_fit(*data)
    watched = [weakref.ref(array) for array in data]
    del data
    if any(ref() is not None for ref in watched):  # only cycles are left to the collector
        gc.collect()
    assert [ref() for ref in watched] == [None] * len(watched)


# -- versions -------------------------------------------------------------------------------

major, minor = map(int, __version__.split(".")[:2])


def load(est, *, saved_by=None, without=()):
    """The estimator from a state like that of another version."""
    state = est.__getstate__()
    del state[KEY]
    if saved_by is not None:
        state[KEY] = saved_by
    for name in without:
        del state[name]
    again = type(est).__new__(type(est))
    again.__setstate__(state)
    return again


def test_what_is_saved_carries_the_version():
    for est in (fitted("target two"), fitted("target number"), BackpropRegressor()):
        assert est.__getstate__()[KEY] == __version__
        assert KEY not in vars(pickle.loads(pickle.dumps(est)))


@pytest.mark.parametrize("saved_by", [None, f"{major}.{minor}.7", f"{major}.{minor}.0.dev3"])
def test_the_same_minor_version_is_read_without_a_word(saved_by):
    est = fitted("target two")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same_bits(load(est, saved_by=saved_by), est)


@pytest.mark.parametrize("saved_by", [f"{major}.{minor + 1}.0", "0.0.9"])
def test_another_minor_version_is_read_with_a_warning_of_its_own(saved_by):
    est = fitted("target two")
    with pytest.warns(SavedVersionWarning) as caught:
        again = load(est, saved_by=saved_by)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert f"sknn_edu {saved_by}; this is {__version__}" in message
    assert_same_bits(again, est)


@pytest.mark.parametrize("saved_by", [f"{major + 1}.0.2", "newest"])
def test_a_newer_major_version_or_none_at_all_is_refused_with_a_sentence(saved_by):
    with pytest.raises(ValueError, match=rf"saved by sknn_edu {saved_by}.*fit it anew\."):
        load(fitted("target two"), saved_by=saved_by)


@pytest.mark.parametrize("saved_by", [None, "0.0.9"])
@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.SavedVersionWarning")
def test_parameters_that_an_older_version_did_not_have_get_their_defaults(saved_by):
    est = fitted("target number")
    again = load(est, saved_by=saved_by, without=["dropout", "clip_norm"])
    assert (again.dropout, again.clip_norm) == (0.0, None)
    y = TARGETS["number"]
    assert_same_bits(again.partial_fit(X, y), copy.deepcopy(est).partial_fit(X, y))


@pytest.mark.parametrize("part", ["architecture_", "_targets", "intercepts_"])
def test_an_older_state_that_lacks_a_part_of_the_network_is_refused_with_a_sentence(part):
    with pytest.raises(ValueError, match=rf"It lacks {part}, which this version needs"):
        load(fitted("target two"), without=[part])


def test_an_older_estimator_that_was_not_fitted_is_read():
    assert load(BackpropClassifier(7)).hidden_layer_sizes == 7


# -- trusted types --------------------------------------------------------------------------


def test_trusted_types_are_concrete_classes_of_this_package_a_function_and_dtype():
    assert len(set(TRUSTED_TYPES)) == len(TRUSTED_TYPES) > 40
    classes = {*TRUSTED_TYPES} - {"numpy.dtype", "sknn_edu.tabular.encoder.plus_minus_one"}
    assert len(classes) == len(TRUSTED_TYPES) - 2
    for name in classes:
        module, _, cls = name.rpartition(".")
        assert module.startswith("sknn_edu.")
        assert isinstance(getattr(sys.modules[module], cls), type)


def test_classes_of_users_are_not_trusted():
    class Mine(Elementwise):
        def forward(self, Z, out):
            return np.sin(Z, out=out)

        def derivative(self, Z, A, out):
            return np.cos(Z, out=out)

    assert Mine in Elementwise.__subclasses__()
    assert Mine not in persistence.own_classes()
    assert not any("Mine" in name for name in TRUSTED_TYPES)


@pytest.mark.parametrize("through", ROUND_TRIPS)
@pytest.mark.parametrize("has_begun", [False, True])
def test_the_curves_of_a_copy_and_of_the_original_grow_apart(through, has_begun):
    X, y = np.arange(12.0).reshape(6, 2) / 12, np.arange(6.0)
    est = BackpropRegressor(2, random_state=0).initialize(X, y)
    for _ in range(2 * has_begun):
        est.partial_fit(X, y)
    n = len(est.loss_curve_)
    twin = through(est)
    est.partial_fit(X, y)
    assert (len(est.loss_curve_), len(twin.loss_curve_)) == (n + 1, n)
    twin.partial_fit(X, y).partial_fit(X, y)
    assert (len(est.loss_curve_), len(twin.loss_curve_)) == (n + 1, n + 2)
    assert est.partial_fit(X, y).loss_curve_ == twin.loss_curve_
    for W, twins in zip(est.coefs_, twin.coefs_, strict=True):
        np.testing.assert_array_equal(W, twins)
