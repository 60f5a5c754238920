"""Optimizers. A new one is one class in one of the files of this folder.

Subclass `FirstOrder` for a rule that steps along the gradient of each batch, `FullBatch` for a
solver that minimises J on all rows as a whole. None of them knows of the training loop. A rule
can state its step as formulas, an `Update`, with what it keeps from step to step, `Kept`.
"""

from ._adaptive import *
from ._adaptive import __all__ as _adaptive_names
from ._base import FirstOrder, FullBatch, Optimizer
from ._base import Problem as Problem
from ._base import Solution as Solution
from ._gradient_descent import *
from ._gradient_descent import __all__ as _gradient_descent_names
from ._moments import *
from ._moments import __all__ as _moments_names
from ._scipy import *
from ._scipy import __all__ as _scipy_names
from ._update import Kept, Like, Update

__all__ = [
    "FirstOrder",
    "FullBatch",
    "Kept",
    "Like",
    "Optimizer",
    "Update",
    *_adaptive_names,
    *_gradient_descent_names,
    *_moments_names,
    *_scipy_names,
]
