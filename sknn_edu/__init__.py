"""Multilayer perceptrons trained by backpropagation, as estimators that one can open."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .estimators.classifier import BackpropClassifier
from .estimators.regressor import BackpropRegressor
from .estimators.transformer import HiddenLayerTransformer
from .version import __version__ as __version__

if TYPE_CHECKING:  # at run time they are imported when they are asked for
    from .displays import GradientFlowDisplay, LossCurveDisplay, NetworkDisplay
    from .tabular import RobustSmoothClip, TabularClassifier, TabularRegressor

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
FOR_TABLES = ("RobustSmoothClip", "TabularClassifier", "TabularRegressor")


def __getattr__(name: str) -> Any:
    """The displays, and what is for tables, imported when they are asked for."""
    if name in __all__:
        package = "tabular" if name in FOR_TABLES else "displays"
        return getattr(import_module(f".{package}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
