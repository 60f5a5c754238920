"""Formulas as data: read from text, evaluated on arrays, printed as text or LaTeX.

==============  =====================================================================
`tree`          what a formula is made of, and how it is evaluated
`functions`     the functions that formulas may call
`parser`        text to tree, by a whitelist; never ``eval``
`latex`         tree to LaTeX
`columns`       from samples in rows to samples in columns
==============  =====================================================================

A student's answer and the formulas that the package prints are written in one language, so
that each printed formula is an answer that the marking accepts.
"""

from .columns import to_columns
from .functions import Functions
from .latex import Latex
from .parser import ExpressionError, parse
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
