"""Pages that teach: one HTML file each, that needs no network and no server.

In the order of the data flow, for `explore`:

===========  =========================================================================
`packing`    arrays as text
`page`       the class `Page`; a page put together from its text, style, code and data
`course`     a copy of a network is trained, and its weights are kept
`trees`      formulas as trees, from which a page writes out what a number is made of
`passes`     the arrays of a forward and backward pass, and the operations between them
`plot`       what a network makes of one or two inputs
`recording`  all of these, epoch by epoch
`explore`    the function `explore`: checks, trains, and makes the page
===========  =========================================================================

and for `worksheet`:

====================  ================================================================
`known_wrong_values`  what a quantity becomes with each mistake that the marking knows
`questions`           what is asked: the right numbers, how exact, how they are found
`labels`              what the rows and columns of an array are called
`network_picture`     a drawing of a small network
`sheet`               the text of the page: what is given, boxes, hints
`worksheet`           the function `worksheet`: checks, and makes the page
====================  ================================================================

Python computes every number and writes it into the page as JSON; JavaScript shows it. Each page
has a file of HTML, of styles and of scripts; ``theme.css`` and ``theme.js`` are in all of them.
"""
