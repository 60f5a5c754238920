"""Optimizers. A new one is one class in one of the files of this folder.

Subclass `FirstOrder` for a rule that steps along the gradient of each batch, else
`Optimizer`.
"""

from ._adaptive import *
from ._adaptive import __all__ as _adaptive
from ._base import FirstOrder, Optimizer
from ._gradient_descent import *
from ._gradient_descent import __all__ as _gradient_descent
from ._scipy import *
from ._scipy import __all__ as _scipy

__all__ = ["FirstOrder", "Optimizer", *_adaptive, *_gradient_descent, *_scipy]
