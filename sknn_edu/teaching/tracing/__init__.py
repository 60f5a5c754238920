"""Every number of one forward and one backward pass.

In the order of the data flow:

==========  =======================================================================
`recorded`  takes the arrays out of the engine
`arrays`    finds them by name
`numbers`   how numbers and matrices are printed
`steps`     the quantities with their formulas, in the order of the computation
`html`      the trace in a notebook
`display`   the class `Trace`: the arrays, and their print as text, table and LaTeX
`trace`     the function `trace`: runs the pass and returns the `Trace`
==========  =======================================================================
"""
