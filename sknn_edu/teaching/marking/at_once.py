"""The numbers of a small network: all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..opened import Opened

# A network is large with more outputs of units, or more weights: the arrays of its trace would
# be more than four times as many numbers.
LARGE = 10**6


def is_large(opened: Opened) -> bool:
    """Whether the arrays of the pass are too large to be there all at once."""
    theta = opened.network.theta
    return max(opened.samples.n * sum(theta.sizes), theta.weights.size) > LARGE


class AtOnce(dict[str, Any]):
    """All numbers of a trace by name."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of an array; () for a number."""
        return np.shape(self[name])

    @property
    def largest(self) -> int:
        """The number of entries of the largest array."""
        return max(map(np.size, self.values()))

    def parts(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Rows, and the arrays of these names there: everything at once."""
        yield ..., *(np.asarray(self[name]) for name in names)
