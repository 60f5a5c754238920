"""A student's Python code, read and never run: which formula it has for each quantity.

===============  ====================================================================
`names`          what the names in the code stand for: ``l2_delta``, ``grads["W2"]``
`values`         what is known about an expression before it is a formula
`syntax`         numbers, texts, names and functions in syntax trees
`expressions`    expressions with everything put in that the code says about their names
`loops`          the rounds of a loop that are known beforehand
`notes`          what each quantity is computed from, and what its name means then
`interpreter`    statements in their order, loops unrolled, helpers put in place
`source`         from the text of a file to formulas
===============  ====================================================================
"""

from .source import Reading, formulas_of_source

__all__ = ["Reading", "formulas_of_source"]
