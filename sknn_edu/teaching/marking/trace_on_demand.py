"""The trace of a large network, as functions of it get it: its arrays are computed when asked for.

All of them together may take gigabytes. A function needs few of them at a time, and each only once
or twice; one that comes back to an array for each sample, in a loop, finds it kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from ...formulas.layout import Layout
from ..opened import Opened
from ..tracing.by_layer import no_such_layer
from ..tracing.display import Trace
from ..tracing.recorded import Arrays
from .numbers import OnDemand
from .pieces import oriented

# An array that is asked for more often is in a loop: it is kept as long as the trace.
MOST_TIMES = 3


class FamilyOnDemand(Mapping[int, np.ndarray]):
    """The arrays of a family by layer, such as all Z, in a layout and read-only."""

    def __init__(self, numbers: OnDemand, family: str, layout: Layout) -> None:
        self.numbers, self.family, self.layout = numbers, family, layout
        self.layers = numbers.layers_of(family)
        self.kept: dict[int, np.ndarray] = {}
        self.times: Counter[int] = Counter()

    def __getitem__(self, l: int) -> np.ndarray:
        if l in self.kept:
            return self.kept[l]
        if l not in self.layers:
            raise no_such_layer(l, self.layers)
        array = read_only(self.numbers, f"{self.family}{l}", self.layout)
        self.times[l] += 1
        if self.times[l] > MOST_TIMES:
            self.kept[l] = array
        return array

    def __contains__(self, l: object) -> bool:
        return l in self.layers

    def __iter__(self) -> Iterator[int]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        return f"<{self.family} of the layers {', '.join(map(str, self.layers))}>"


def trace_on_demand(opened: Opened, numbers: OnDemand) -> Trace:
    """The trace of the pass that these numbers are of, in their conventions."""
    conventions, layout = numbers.conventions, numbers.conventions.layout

    def by_layer(family: str) -> FamilyOnDemand:
        return FamilyOnDemand(numbers, family, layout)

    arrays = Arrays(
        W=by_layer("W"),
        b=by_layer("b"),
        Z=by_layer("Z"),
        A=by_layer("A"),
        mask=by_layer("mask"),
        dA=by_layer("dA"),
        delta=by_layer("delta"),
        dW=by_layer("dW"),
        db=by_layer("db"),
        Y=read_only(numbers, "Y", layout),
        w=read_only(numbers, "w", layout),
    )
    return Trace(opened, arrays, conventions, numbers["loss"], shows_update=False)


def read_only(numbers: OnDemand, name: str, layout: Layout) -> np.ndarray:
    """An array of these numbers in the layout, which cannot be written to."""
    array = oriented(numbers[name], layout).view()
    array.flags.writeable = False
    return array
