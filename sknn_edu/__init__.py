"""Multilayer perceptrons trained by backpropagation, as estimators that one can open."""

from ._classifier import BackpropClassifier
from ._hidden_layer_transformer import HiddenLayerTransformer
from ._regressor import BackpropRegressor
from .displays import GradientFlowDisplay, LossCurveDisplay, NetworkDisplay

__all__ = [
    "BackpropClassifier",
    "BackpropRegressor",
    "GradientFlowDisplay",
    "HiddenLayerTransformer",
    "LossCurveDisplay",
    "NetworkDisplay",
]
__version__ = "0.1.0.dev0"
