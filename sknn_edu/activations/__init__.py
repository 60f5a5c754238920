"""Activation functions. A new one is one class in one of the files of this folder.

Subclass `Elementwise` if each output depends on its own sum alone, else `Activation`.
"""

from ._base import Activation, Elementwise
from ._exponentials import *
from ._exponentials import __all__ as _exponentials_names
from ._rectifiers import *
from ._rectifiers import __all__ as _rectifiers_names
from ._sigmoids import *
from ._sigmoids import __all__ as _sigmoids_names
from ._smooth_rectifiers import *
from ._smooth_rectifiers import __all__ as _smooth_rectifiers_names

__all__ = [
    "Activation",
    "Elementwise",
    *_exponentials_names,
    *_rectifiers_names,
    *_sigmoids_names,
    *_smooth_rectifiers_names,
]
