"""The mistakes that the marking knows, each one class.

A mistake that changes a formula is a subclass of `FormulaMistake` that rewrites the formulas
of the network wrongly (`derivative`, `dropout`, `output`, `wiring`, `penalty`, `moments`,
`updates`). One that multiplies a
correct result by a known number is a `ConstantMistake` (`constants`). A new one is one class,
or one line, in one of these files.
"""

from . import derivative, dropout, moments, output, penalty, slopes, updates, wiring
from .base import Edit, FormulaMistake
from .constants import (
    ConstantMistake,
    Numbers,
    common_constants,
    known_constants,
    sentence_about,
)

__all__ = ["ConstantMistake", "Edit", "FormulaMistake", "Numbers"]
__all__ += ["common_constants", "known_constants", "sentence_about"]
__all__ += ["derivative", "dropout", "moments", "output", "penalty", "slopes", "updates", "wiring"]
