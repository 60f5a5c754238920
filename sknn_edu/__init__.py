"""Multilayer perceptrons trained by backpropagation, as estimators that one can open."""

from .estimators.classifier import BackpropClassifier
from .estimators.regressor import BackpropRegressor
from .estimators.transformer import HiddenLayerTransformer
from .tabular import RobustSmoothClip, TabularClassifier, TabularRegressor
from .version import __version__ as __version__

__all__ = [
    "BackpropClassifier",
    "BackpropRegressor",
    "GradientFlowDisplay",
    "HiddenLayerTransformer",
    "LossCurveDisplay",
    "NetworkDisplay",
    "RobustSmoothClip",
    "TabularClassifier",
    "TabularRegressor",
]


def __getattr__(name: str) -> object:
    """The displays, imported when they are asked for."""
    if name in __all__:
        from . import displays

        return getattr(displays, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
