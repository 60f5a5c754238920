"""Marking: whether a student's answer is right, and if not, which mistake it is.

In the order of the data flow:

==============  =========================================================================
`check`         `check_derivation`: reads the answers, compares them, asks for causes
`answers`       an array, a function of the trace or a formula, turned into numbers
`comparison`    when two arrays of numbers count as equal
`mistakes`      what can go wrong: each mistake rewrites the right formulas in its way
`chains`        the formulas that lead to one quantity, and their values with mistakes
`variations`    what the quantity becomes with one mistake, and with two
`fit`           how much of that, and of the penalty, is in an answer
`search`        the mistakes that explain an answer, the fewest first
`budget`        how long the search may take
`marked`        the marked answers: what `check_derivation` returns
==============  =========================================================================
"""
