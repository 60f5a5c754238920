"""What stands in a formula for a part of it that is already computed, or for some of an array."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...formulas import Expression, Scope
from ...formulas.quantity import Quantity


@dataclass(frozen=True, eq=False)
class Stand(Expression):
    """A value that stands for a part of a formula."""

    part: Expression
    number: Any

    def value(self, scope: Scope) -> Any:
        """The value, in any scope."""
        return self.number

    def parts(self) -> Iterator[Expression]:
        """None: it is not computed again."""
        return iter(())

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """Itself."""
        return self

    @property
    def binding(self) -> int:  # type: ignore[override]
        """As tight as what it stands for."""
        return self.part.binding

    def __str__(self) -> str:
        return str(self.part)


@dataclass(frozen=True, eq=False)
class SomeUnits(Expression):
    """Some columns of an array of samples, or some rows of one that belongs to no sample."""

    id: str
    units: np.ndarray

    def value(self, scope: Scope) -> Any:
        """That part of what the scope has under the name."""
        array = scope.values[self.id]
        return array[:, self.units] if self.is_of_samples else array[self.units]

    @property
    def is_of_samples(self) -> bool:
        """Whether it is an array with a row for each sample."""
        return Quantity.of(self.id).is_of_samples

    def names(self) -> set[str]:
        """Only its own."""
        return {self.id}

    def __str__(self) -> str:
        return self.id
