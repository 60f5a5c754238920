"""Multilayer perceptrons trained by backpropagation, as estimators that one can open."""

from ._classifier import BackpropClassifier
from ._hidden_layer_transformer import HiddenLayerTransformer
from ._regressor import BackpropRegressor

__all__ = [
    "BackpropClassifier",
    "BackpropRegressor",
    "GradientFlowDisplay",
    "HiddenLayerTransformer",
    "LossCurveDisplay",
    "NetworkDisplay",
]
__version__ = "0.1.0.dev0"


def __getattr__(name: str) -> object:
    """The displays, imported when they are asked for."""
    if name in __all__:
        from . import displays

        return getattr(displays, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
