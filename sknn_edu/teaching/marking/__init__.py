"""Marking: whether a student's answer is right, and if not, which mistake it is.

In the order of the data flow:

=================  ======================================================================
`check`            `check_derivation`: opens the network, and has each answer marked
`answers`          an array, a function of the trace or a formula, turned into numbers
`at_once`          the right numbers of a small network; `numbers` of a large one, on demand
`trace_on_demand`  what functions of the trace get of a large network
`guards`           tiny numbers that keep a logarithm or a divisor from 0, taken out
`marker`           compares an answer, and asks for the causes of what differs
`comparison`       when two arrays of numbers count as equal
`redrawn`          other networks of the same structure; `trials` tries formulas on them
`mistakes`         what can go wrong: each mistake rewrites the right formulas in its way
`chains`           the formulas that lead to one quantity, and their values with mistakes
`variations`       what the quantity becomes with one mistake, and with two
`fit`              how much of that, and of the penalty, is in an answer
`search`           the mistakes that explain an answer, the fewest first
`rewrites`         small changes of any formula; `kinds` says which mistake each is
`slope_places`     the slope of the next layer, before the weights
`repair`           what would make a student's formula right, and where
`number_search`    the mistakes behind an array, and behind the gradient in a step
`formula_search`   the two together, for formulas: the lists, then repairs, then pairs
`budget`           how long the search may take
`marked`           the marked answers: what `check_derivation` returns
=================  ======================================================================
"""
