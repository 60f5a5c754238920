"""scikit-learn's multilayer perceptrons."""

from __future__ import annotations

from sklearn.neural_network import MLPClassifier, MLPRegressor

from . import EstimatorPeer


class ScikitLearn(EstimatorPeer):
    """The estimators as they are."""

    name = "scikit-learn"
    classifier, regressor = MLPClassifier, MLPRegressor


def peers(max_threads):
    return [ScikitLearn()]
