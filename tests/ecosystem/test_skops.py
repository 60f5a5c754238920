"""Estimators saved with skops load with the published list of trusted types, and no more."""

import numpy as np
import pandas as pd
import pytest
from fitted_estimators import NAMES, TARGETS, X, answers, fit, fitted, go_on, target_of, unfitted
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skops.io import dump, dumps, get_untrusted_types, load, loads
from skops.io.exceptions import UntrustedTypesFoundException

from sknn_edu import (
    HiddenLayerTransformer,
    RobustSmoothClip,
    TabularClassifier,
    TabularRegressor,
)
from sknn_edu.activations import Elementwise
from sknn_edu.persistence import TRUSTED_TYPES

everything = pytest.mark.parametrize("name", NAMES)
# scikit-learn's scorers by name are names here; the weights are arrays, wherever they came from.


def assert_same_bits(one, other):
    for a, b in zip(answers(one), answers(other), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@everything
def test_a_file_holds_no_other_types_and_loads_to_the_same_bits(name):
    est = fitted(name)
    saved = dumps(est)
    untrusted = get_untrusted_types(data=saved)
    assert set(untrusted) <= set(TRUSTED_TYPES)
    again = loads(saved, trusted=TRUSTED_TYPES)
    assert vars(again).keys() == vars(est).keys()
    assert_same_bits(again, est)


@everything
def test_training_goes_on_with_the_same_bits(name):
    est = fit(name)
    again = loads(dumps(est), trusted=TRUSTED_TYPES)
    assert go_on(again, target_of(name)) == go_on(est, target_of(name))
    assert_same_bits(again, est)


def test_every_trusted_type_is_needed_by_some_estimator():
    found = set()
    for name in NAMES:
        found.update(get_untrusted_types(data=dumps(fitted(name))))
    features = HiddenLayerTransformer(unfitted("number", tol=0)).fit(X, TARGETS["number"])
    found.update(get_untrusted_types(data=dumps(features)))
    for cls in (TabularClassifier, TabularRegressor):
        found.update(get_untrusted_types(data=dumps(fitted_to_table(cls))))
    found.update(get_untrusted_types(data=dumps(RobustSmoothClip().fit(X))))
    assert set(TRUSTED_TYPES) - found == set()


random = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "size": np.where(random.random(60) < 0.1, np.nan, random.normal(size=60)),
        "color": random.choice(["red", "green", "blue"], 60),
        "old": random.random(60) < 0.5,
        "sold": pd.date_range("2020-01-31", periods=60),
    }
)


def fitted_to_table(cls):
    y = random.choice(["no", "yes"], 60) if cls is TabularClassifier else random.normal(size=60)
    est = cls(8, max_iter=3, n_members=2, random_state=0)
    return est.fit(TABLE, y, sample_weight=random.integers(1, 4, 60))


@pytest.mark.parametrize("cls", [TabularClassifier, TabularRegressor])
def test_estimators_for_tables_load_to_the_same_bits(cls):
    est = fitted_to_table(cls)
    again = loads(dumps(est), trusted=TRUSTED_TYPES)
    assert again.get_params() == est.get_params()
    np.testing.assert_array_equal(again.predict(TABLE), est.predict(TABLE))
    refitted = [e.fit(TABLE, est.predict(TABLE)).predict(TABLE) for e in (again, est)]
    np.testing.assert_array_equal(*refitted)


def test_without_the_list_nothing_is_loaded(tmp_path):
    dump(fitted("target two"), tmp_path / "est.skops")
    with pytest.raises(UntrustedTypesFoundException, match="BackpropClassifier"):
        load(tmp_path / "est.skops")


@pytest.mark.parametrize("frozen", [False, True])
def test_pipelines_are_saved_with_the_same_list(frozen, tmp_path):
    network = unfitted("number", tol=0)
    if frozen:
        network = FrozenEstimator(network.fit(X, TARGETS["number"]))
    pipeline = make_pipeline(StandardScaler(), HiddenLayerTransformer(network))
    pipeline.fit(X, TARGETS["number"])
    dump(pipeline, tmp_path / "pipeline.skops")
    again = load(tmp_path / "pipeline.skops", trusted=TRUSTED_TYPES)
    np.testing.assert_array_equal(again.transform(X), pipeline.transform(X))


class Sine(Elementwise):
    """A class of the user's own."""

    def forward(self, Z, out):
        return np.sin(Z, out=out)

    def derivative(self, Z, A, out):
        return np.cos(Z, out=out)


def test_a_class_of_ones_own_is_named_and_can_be_added():
    est = unfitted("number", activation=Sine(), tol=0).fit(X, TARGETS["number"])
    saved = dumps(est)
    mine = set(get_untrusted_types(data=saved)) - set(TRUSTED_TYPES)
    assert mine == {f"{__name__}.Sine"}
    assert_same_bits(loads(saved, trusted=[*TRUSTED_TYPES, *mine]), est)
