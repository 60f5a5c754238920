"""The mistakes that the marking knows, each one class.

A mistake that changes a formula subclasses `FormulaMistake` and rewrites the formulas of the
network (`_derivative`, `_output`, `_wiring`); one that multiplies a correct result by a number
subclasses `ConstantMistake` (`_constants`). A new one is one class in one of these files.
"""

from . import _derivative, _output, _wiring
from ._base import Edit, FormulaMistake
from ._constants import (
    BIAS_PENALISED,
    PENALTY_FACTOR,
    PENALTY_MISSING,
    ConstantMistake,
    sentence_about,
)

__all__ = [
    "BIAS_PENALISED",
    "PENALTY_FACTOR",
    "PENALTY_MISSING",
    "ConstantMistake",
    "Edit",
    "FormulaMistake",
    "_derivative",
    "_output",
    "_wiring",
    "sentence_about",
]
