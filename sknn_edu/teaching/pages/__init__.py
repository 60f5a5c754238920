"""Pages that teach: one HTML file each, that needs no network and no server.

In the order of the data flow:

==========  ==========================================================================
`page`      the class `Page`; a page put together from its text, style, code and data
==========  ==========================================================================

Python computes every number and writes it into the page as JSON; JavaScript only shows it.
"""
