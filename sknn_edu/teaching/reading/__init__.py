"""A student's Python code, read and never run: which formula it has for each quantity.

================  ===================================================================
`vocabulary`      what arrays are called in courses, books and forums
`words`           names whose parts say what they are: ``grad_w_out``
`update_words`    what the parts of an update are called: ``VdW1``, ``mu``, ``self.t``
`recognition`     what a value is, from its numbers
`roles`           what unknown names must be from what is done with them
`names`           what the names in the code stand for: ``l2_delta``, ``grads["W2"]``
`values`          what is known about an expression before it is a formula
`syntax`          numbers, texts, names and functions in syntax trees
`bias_column`     arrays with a column of ones, weights with one of biases
`habits`          what a file does throughout: how it counts, and what its arrays are like
`layer_lists`     names of lists with an entry for each layer; `lists`: what is put into them
`by_sample`       code for one sample after the other, for all at once
`by_unit`         code for one unit after the other, as products and sums of arrays
`unit_loops`      which loops over units are open; `unit_changes`: what they store
`sample_loops`    which loops take the samples one by one
`neurons`         neurons that are dicts or objects; `unit_lookups`: single units
`lookups`         names, attributes and subscripts
`function_calls`  calls; `sequence_calls`: those about lists and dicts
`matrix_helpers`  helpers of the file for matrices that are lists of lists
`comprehensions`  lists with an entry for each layer, or for each unit
`expressions`     expressions with everything put in that the code says about their names
`loops`           the rounds of a loop that are known beforehand
`notes`           what each quantity is computed from, and what its name means then
`steps`           the gradient in the step of an update, where it has no name
`objects`         objects of the file's classes, one for each layer
`assignments`     what a name is from then on; `changes`: changes in place
`interpreter`     statements in their order, loops unrolled, helpers put in place
`source`          from the text of a file to formulas
================  ===================================================================
"""

from .source import Reading, formulas_of_source

__all__ = ["Reading", "formulas_of_source"]
