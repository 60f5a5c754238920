"""A line through theta, along some entries of one layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.parameters import Parameters


class Line:
    """theta + t v, where v is ``direction`` at the entries ``index`` of theta, 0 elsewhere.

    ``direction`` is scaled to length 1; the entries are of one ``layer``, counted from 0. For
    weights, ``inputs`` are the inputs of the layer that they multiply. ``unit`` is the size of the
    entries, at least 1, and a power of two, so that theta + t v is hardly rounded.
    """

    def __init__(
        self, theta: Parameters, layer: int, index: np.ndarray, direction: np.ndarray, inputs: Any
    ) -> None:
        self.theta, self.layer, self.index, self.inputs = theta, layer, index, inputs
        self.direction = direction / np.linalg.norm(direction)
        self.start = theta.flat[index]
        self.unit = power_of_two(max(1.0, np.abs(self.start).max()))

    def go(self, t: float) -> None:
        """Write theta + t v into theta."""
        self.theta.flat[self.index] = self.start + t * self.direction

    def go_back(self) -> None:
        """Write theta as it was."""
        self.theta.flat[self.index] = self.start

    def slope(self, grad: np.ndarray) -> float:
        """<grad, v>."""
        return float(np.dot(grad[self.index], self.direction))


def power_of_two(number: float) -> float:
    """The next power of two from a number on."""
    return float(2.0 ** np.ceil(np.log2(number)))
