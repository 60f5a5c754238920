"""Formulas as data: read from text, evaluated on arrays, printed as text or LaTeX.

==============  =====================================================================
`tree`          what a formula is made of: its value, and its text
`node`          what all nodes of a tree can do
`evaluation`    names with their values, and the limits of size
`functions`     the functions that formulas may call
`parser`        text to tree, by a whitelist; nothing is ever run as Python
`characters`    the first look at a text
`advice`        what to type instead of what is refused
`errors`        the error that points to a character
`latex`         tree to LaTeX
`columns`       from samples in rows to samples in columns
==============  =====================================================================

A student's answer and the formulas that the package prints are written in one language.
Printed formulas may have comparisons and a few functions more (`functions.PRINTED_ONLY`).
"""

from .columns import to_columns
from .errors import ExpressionError
from .functions import Functions
from .latex import Latex
from .parser import parse
from .tree import Expression, Scope, ShapeMismatch

__all__ = [
    "Expression",
    "ExpressionError",
    "Functions",
    "Latex",
    "Scope",
    "ShapeMismatch",
    "parse",
    "to_columns",
]
