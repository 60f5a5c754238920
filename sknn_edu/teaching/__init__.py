"""Tools to teach backpropagation with: see every number, check it, derive it, mark it."""

from ._trace import Trace, trace

__all__ = ["Trace", "trace"]
