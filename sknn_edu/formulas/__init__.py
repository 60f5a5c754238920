"""Formulas as data: read from text, evaluated on arrays, printed as text or LaTeX.

In the order of the data flow:

================  =====================================================================
`layout`          samples in rows or in columns
`quantity`        the names of a network's arrays: ``dW2_next`` and what it says
`evaluation`      names with their values, and the engine's two rules of arithmetic
`node`            what all nodes of a tree can do, and the limits of size
`primitives`      every function and relation, each stated once
`tree`            what a formula is made of: its value, and its text
`shapes`          the nodes about shapes: outer products, other shapes of a vector, sizes
`scalars`         whether a formula is one number
`functions`       what the formulas of one network may call, its activations included
`characters`      the first check of a text
`source`          a text, and where in it something stands
`aliases`         other names of the same thing: ``a_1``, ``y_hat``, ``lr``
`spelling`        NumPy's names for what formulas have an operator for
`einsum`          ``np.einsum`` of matrices; `ones`: products with ones
`calls`           functions, behind a module or an array too
`translation`     Python's syntax tree to ours, by a whitelist
`parser`          text to tree; nothing is ever run as Python
`notation`        what letters mean on paper
`latex_reader`    LaTeX to the same tree: tokens (`latex_tokens`), names, factors and calls
`latex_settled`   what LaTeX leaves open: products (`latex_products`) and sums, by shapes
`advice`          what to type instead of what is refused
`errors`          the error that points to a character
`columns`         from samples in rows to samples in columns
`writer`          tree to what one reads on paper; `latex` and `html` are its markups
================  =====================================================================

A student's answer and the formulas that the package prints are written in one language. Answers
may have NumPy's spelling, and a few functions and relations more (see `primitives`).
"""

from .columns import to_columns
from .errors import ExpressionError
from .evaluation import Scope
from .functions import Functions
from .latex import Latex
from .latex_reader import looks_like_latex, parse_latex
from .node import Expression, ShapeMismatch
from .notation import Notation
from .parser import parse

__all__ = [
    "Expression",
    "ExpressionError",
    "Functions",
    "Latex",
    "Notation",
    "Scope",
    "ShapeMismatch",
    "looks_like_latex",
    "parse",
    "parse_latex",
    "to_columns",
]
