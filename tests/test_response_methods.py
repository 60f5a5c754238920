"""scikit-learn's tools that choose a response method score our classifier as they score its MLP."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import get_scorer
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import scale

from sknn_edu import BackpropClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, SEVERAL = load_iris(return_X_y=True)
X = scale(X)[:, :2]  # by the sepals alone, classes overlap and rankings differ
TARGETS = {
    "two": (SEVERAL == 2).astype(int),
    "several": SEVERAL,
    "labels": np.c_[SEVERAL > 0, SEVERAL > 1, X[:, 0] > 0].astype(int),
}


CALIBRATIONS = CalibratedClassifierCV._parameter_constraints["method"][0].options  # of this version


def both(y):
    """Our classifier and scikit-learn's with the same weights."""
    params = {"hidden_layer_sizes": 5, "max_iter": 8, "learning_rate_init": 0.1, "random_state": 0}
    theirs = MLPClassifier(**params).fit(X, y)
    ours = BackpropClassifier(**params).initialize(X, y)
    ours.coefs_, ours.intercepts_ = theirs.coefs_, theirs.intercepts_
    return ours, theirs


@pytest.mark.parametrize(
    ("scoring", "target"),
    [
        *((name, "two") for name in ("roc_auc", "average_precision", "neg_brier_score")),
        *((name, "several") for name in ("roc_auc_ovr", "roc_auc_ovo_weighted")),
        *((name, "several") for name in ("top_k_accuracy", "neg_log_loss")),
        *((name, "labels") for name in ("roc_auc", "average_precision")),
    ],
)
def test_scorers(scoring, target):
    y = TARGETS[target]
    ours, theirs = (get_scorer(scoring)(net, X, y) for net in both(y))
    assert ours == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("target", ["two", "several"])
@pytest.mark.parametrize("method", sorted(CALIBRATIONS))
def test_calibration(method, target):
    y = TARGETS[target]
    ours, theirs = (
        CalibratedClassifierCV(FrozenEstimator(net), method=method, cv=3).fit(X, y)
        for net in both(y)
    )
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-6)


def test_threshold_tuning():
    y = TARGETS["two"]
    ours, theirs = (
        TunedThresholdClassifierCV(net, scoring="f1", cv="prefit", refit=False).fit(X, y)
        for net in both(y)
    )
    assert ours.best_threshold_ == pytest.approx(theirs.best_threshold_, rel=1e-12)
    assert ours.best_score_ == theirs.best_score_
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
