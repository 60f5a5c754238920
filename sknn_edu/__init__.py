"""Multilayer perceptrons trained by backpropagation, as estimators that one can open."""

from ._classifier import BackpropClassifier
from ._regressor import BackpropRegressor

__all__ = ["BackpropClassifier", "BackpropRegressor"]
__version__ = "0.1.0.dev0"
