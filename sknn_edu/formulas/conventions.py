"""The choices in which derivations differ: samples in rows or columns, the mean, the sign.

None of them changes the network. They decide what is called ``delta`` and ``dW``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from .layout import Layout

Choice = TypeVar("Choice", bound=StrEnum)

GRADIENTS, DELTAS, COSTS = {"dW", "db"}, {"dA", "delta"}, {"loss", "penalty"}


class MeanIn(StrEnum):
    """Where the 1/m of the mean over the samples stands.

    ``"delta"``: J is a mean, and every d... is its exact derivative. ``"dW"``: J is a mean, but dA
    and delta are derivatives of the sum, and the 1/m stands in dW and db. ``"nowhere"``: J is a
    sum, its penalty undivided.
    """

    DELTA = "delta"
    GRADIENT = "dW"
    NOWHERE = "nowhere"


class Sign(StrEnum):
    """Of every d...: the derivative, or minus it, so that updates are added (``"descent"``)."""

    GRADIENT = "gradient"
    DESCENT = "descent"


@dataclass(frozen=True)
class Conventions:
    """How a derivation is written down.

    Attributes
    ----------
    layout : Layout
    mean_in : MeanIn
    sign : Sign
    """

    layout: Layout = Layout.ROWS
    mean_in: MeanIn = MeanIn.DELTA
    sign: Sign = Sign.GRADIENT

    @classmethod
    def of(cls, layout: Any, mean_in: Any = "delta", sign: Any = "gradient") -> Conventions:
        """Those of these names; a ValueError says which names there are."""
        where = (
            "mean_in must be 'delta' (the 1/m of the mean is in delta and in all that follows), "
            "'dW' (in dW and db alone) or 'nowhere' (J is a sum)"
        )
        which = (
            "sign must be 'gradient' (delta is dJ/dZ) or 'descent' (delta is -dJ/dZ, and updates "
            "are added)"
        )
        return cls(Layout.of(layout), _choice(MeanIn, mean_in, where), _choice(Sign, sign, which))

    @property
    def in_rows(self) -> Conventions:
        """The same with samples in rows."""
        return Conventions(Layout.ROWS, self.mean_in, self.sign)

    @property
    def is_descent(self) -> bool:
        """Whether derivatives have the opposite sign."""
        return self.sign is Sign.DESCENT

    @property
    def is_sum(self) -> bool:
        """Whether J is a sum over the samples."""
        return self.mean_in is MeanIn.NOWHERE

    def scale(self, family: str, total: float) -> float:
        """What a quantity of the family is, as a multiple of the exact one of the mean J.

        ``total`` is the number of samples, or the sum of their weights.
        """
        if family in COSTS:
            return total if self.is_sum else 1.0
        sign = -1.0 if self.is_descent else 1.0
        if family in DELTAS:
            return sign if self.mean_in is MeanIn.DELTA else sign * total
        if family in GRADIENTS:
            return sign * total if self.is_sum else sign
        return 1.0


def _choice(choices: type[Choice], name: Any, wanted: str) -> Choice:
    try:
        return choices(name)
    except ValueError:
        raise ValueError(f"{wanted}, got {name!r}.") from None
