"""Arrays by the number of their layer, and what is said where there is no such layer or name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


class UnknownNameError(KeyError):
    """A name that the network does not have; its message is printed as it is."""

    def __str__(self) -> str:
        return str(self.args[0])


class ByLayer(dict[int, np.ndarray]):
    """Arrays by the number of their layer, as on paper."""

    def __missing__(self, layer: Any) -> np.ndarray:
        raise no_such_layer(layer, self)


def no_such_layer(layer: Any, known: Iterable[int]) -> UnknownNameError:
    """The error about a layer that is not known; layers may have been counted from 0."""
    given = ", ".join(map(str, known)) or "none"
    return UnknownNameError(
        f"There is no layer {layer!r} here, only {given}. Layers are numbered as on paper: "
        "1 is the first that has weights, 0 the input."
    )
