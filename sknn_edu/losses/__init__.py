"""Loss functions and their algebra. A new loss is one class in one of the files of this folder."""

from ._base import Loss, WeightedSum
from ._log_loss import *
from ._log_loss import __all__ as _log_loss_names
from ._margins import *
from ._margins import __all__ as _margin_names
from ._regression import *
from ._regression import __all__ as _regression_names

__all__ = ["Loss", "WeightedSum", *_log_loss_names, *_margin_names, *_regression_names]
