"""sknn_edu, in the variants that are worth a column."""

from __future__ import annotations

from sknn_edu import BackpropClassifier, BackpropRegressor

from . import EstimatorPeer

# A column's name, and the parameters of the estimators that make it.
VARIANTS: dict[str, dict] = {
    "sknn_edu": {},
    "sknn_edu numpy": {"engine": "numpy"},
}


class Ours(EstimatorPeer):
    """Our estimators with some parameters set."""

    classifier, regressor = BackpropClassifier, BackpropRegressor

    def __init__(self, name, params):
        self.name, self.params = name, params


def peers(max_threads):
    return [Ours(name, params) for name, params in VARIANTS.items()]
