"""A trace to look at: as text, as a table, as LaTeX, in a notebook."""


class TraceDisplay:
    """What a `Trace` looks like."""
