"""The mistakes that the marking knows, each one class.

A mistake that changes a formula is a subclass of `FormulaMistake` that rewrites the formulas
of the network wrongly (`_derivative`, `_output`, `_wiring`, `_penalty`). One that multiplies a
correct result by a known number is a `ConstantMistake` (`_constants`). A new one is one class,
or one line, in one of these files.
"""

from . import _derivative, _output, _penalty, _wiring
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
    "_penalty",
    "_wiring",
    "sentence_about",
]
