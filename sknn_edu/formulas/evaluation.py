"""What a formula is evaluated with.

Two rules are the engine's, so that formulas and engine agree where a loss ends: the
logarithm of a number below the machine epsilon eps is log(eps), and a quotient of arrays
is 0 where the size of the divisor is at most eps.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np

EPS = float(np.finfo(np.float64).eps)


class Scope(NamedTuple):
    """What a formula is evaluated with.

    Attributes
    ----------
    values : mapping of str to array or number
        What the names stand for.
    functions : mapping of str to callable
        What can be called.
    max_entries : int
        The largest array that may come up on the way.
    """

    values: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    max_entries: int = 10**8

    def within(self, values: dict[str, Any]) -> Scope:
        """The scope with more names, which come first."""
        # Nothing is ever put into the second map.
        every = ChainMap(values, cast(dict[str, Any], self.values))
        return Scope(every, self.functions, self.max_entries)


def divided(P: Any, Q: Any) -> Any:
    """P / Q; 0 where an array Q is not above eps, whatever P is."""
    if np.ndim(Q) == 0:
        return np.divide(P, Q)
    quotient = np.zeros(np.broadcast_shapes(np.shape(P), np.shape(Q)))
    return np.divide(P, Q, out=quotient, where=~(np.abs(Q) <= EPS))  # nan stays nan
