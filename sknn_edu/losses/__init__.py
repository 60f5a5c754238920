"""Loss functions and their algebra. A new loss is one class in one of the files of this folder."""

from ._base import Loss, WeightedSum
from ._classification import *
from ._classification import __all__ as _classification_names
from ._regression import *
from ._regression import __all__ as _regression_names

__all__ = ["Loss", "WeightedSum", *_classification_names, *_regression_names]
