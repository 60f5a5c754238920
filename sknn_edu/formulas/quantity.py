"""The names of a network's quantities: ``W2_next`` is a family and a layer.

What a solver keeps beside a parameter has a letter in front: ``vW2`` is the velocity of W2,
``vW2_next`` what it becomes. ``rateW2`` is the rate of its layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .layout import Layout

ALIASES = {"dZ": "delta", "D": "mask"}
OF_SAMPLES = {"X", "Y", "w", "A", "Z", "mask", "dA", "delta"}
DERIVATIVE_BY = {"dA": "A", "delta": "Z", "dW": "W", "db": "b"}
NEXT = "_next"
RATE = "rate"
OF_A_PARAMETER = re.compile(r"(rate|[a-z])([Wb])")

Shape = tuple[int | str, ...]


@dataclass(frozen=True)
class Quantity:
    """An array or a number of a network, by its name.

    Attributes
    ----------
    family : str
        The name without the layer: ``"dW"``, ``"delta"``, ``"W_next"``, ``"X"``, ``"m"``.
    layer : int or None
        None for what belongs to no layer, such as ``m`` and ``loss``.

    Examples
    --------
    >>> Quantity.of("dZ2"), str(Quantity.of("dZ2")), str(Quantity.of("W1_next").at(3))
    (Quantity(family='delta', layer=2), 'delta2', 'W3_next')
    """

    family: str
    layer: int | None = None

    @staticmethod
    @lru_cache(maxsize=4096)  # the search for mistakes asks for the same few names again and again
    def of(name: str) -> Quantity:
        """The quantity of that name, or alias; a name without a layer is a family."""
        if name == "dX":
            return Quantity("dA", 0)
        match = re.fullmatch(r"([A-Za-z]+)(0|[1-9][0-9]{0,3})(_next)?", name)
        if match is None:
            return Quantity(name)
        family = ALIASES.get(match[1], match[1]) + (match[3] or "")
        return Quantity(family, int(match[2]))

    def __str__(self) -> str:
        if self.layer is None:
            return self.family
        return f"{self.symbol}{self.layer}{NEXT * self.is_step}"

    @property
    def number(self) -> int:
        """The number of the layer, to count with: 0 also for what belongs to none."""
        return self.layer or 0

    def at(self, layer: int) -> Quantity:
        """The same of another layer."""
        return replace(self, layer=layer)

    @property
    def symbol(self) -> str:
        """The letters in front of the layer: ``"W"`` for ``W1_next``."""
        return self.family.removesuffix(NEXT)

    @property
    def is_step(self) -> bool:
        """Whether it comes after the update, as ``W1_next`` and ``vW1_next``."""
        return self.layer is not None and self.family.endswith(NEXT)

    @property
    def is_parameter_next(self) -> bool:
        """Whether it is W or b after the update."""
        return self.is_step and self.kept_as is None

    @property
    def kept_as(self) -> str | None:
        """The letter of what a solver keeps beside a parameter: ``"v"`` for ``vW1_next``."""
        match = OF_A_PARAMETER.fullmatch(self.symbol)
        return match[1] if match and self.symbol not in DERIVATIVE_BY and self.layer else None

    @property
    def is_derivative(self) -> bool:
        """Whether it is a derivative of J."""
        return self.family in DERIVATIVE_BY

    @property
    def differentiated_by(self) -> Quantity:
        """What a derivative is taken by: ``W2`` for ``dW2``, ``Z2`` for ``delta2``."""
        return replace(self, family=DERIVATIVE_BY[self.family])

    @property
    def parameter(self) -> Quantity:
        """W or b, of which it is the derivative or the step, or is kept; of others, themselves."""
        family = DERIVATIVE_BY[self.family] if self.family in ("dW", "db") else self.symbol
        return replace(self, family=family[-1] if self.kept_as else family)

    @property
    def is_of_samples(self) -> bool:
        """Whether it is an array with a row (or a column) for each sample."""
        return self.family in OF_SAMPLES

    def shape(self, sizes: Sequence[int | str], layout: Layout = Layout.ROWS) -> Shape:
        """Its shape, with ``"m"`` for the samples; ``()`` for a number.

        ``sizes`` are the units of all layers, the input first.
        """
        if self.is_of_samples:
            layer = {"X": 0, "Y": -1}.get(self.family, self.layer)
            rows: Shape = ("m", 1 if layer is None else sizes[layer])
        elif self.layer is None or self.kept_as == RATE:
            return ()
        elif self.parameter.family == "b":
            n = sizes[self.layer]
            return (n,) if layout is Layout.ROWS else (n, 1)
        else:
            rows = (sizes[self.layer - 1], sizes[self.layer])
        return rows if layout is Layout.ROWS else rows[::-1]
