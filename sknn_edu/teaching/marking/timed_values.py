"""Values for a formula that may not take too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...formulas.layout import Layout
from .budget import Budget
from .pieces import oriented


class TimedValues(Mapping[str, Any]):
    """Values by name for a formula, in a layout, which end with an error if it takes too long."""

    def __init__(self, values: Mapping[str, Any], budget: Budget, layout: Layout) -> None:
        self.by_name, self.budget, self.layout = values, budget, layout

    def __getitem__(self, name: str) -> Any:
        self.budget.check_formula()
        return oriented(self.by_name[name], self.layout)

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)
