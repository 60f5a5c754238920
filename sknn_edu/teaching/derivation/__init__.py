"""The formulas of a network on a page, with a sentence beside each.

==============  ==========================================================================
`derive`        puts the formulas of the network in order, and says why each holds
`derivation`    the class `Derivation`: those steps as text, Markdown and LaTeX
==============  ==========================================================================
"""
