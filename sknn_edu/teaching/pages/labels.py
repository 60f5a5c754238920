"""What the rows and columns of an array are called: samples, features, units, classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.base import is_classifier

from ...formulas.layout import Layout
from ...formulas.quantity import Quantity

LONGEST = 14


@dataclass(frozen=True)
class Labels:
    """The names of the units of each layer, the input first.

    Attributes
    ----------
    units : tuple of tuple of str
    layout : Layout
    """

    units: tuple[tuple[str, ...], ...]
    layout: Layout

    @classmethod
    def of(cls, est: Any, sizes: Sequence[int], layout: Layout) -> Labels:
        """Names of features and classes, where there are any; else numbers."""
        features = vars(est).get("feature_names_in_")
        if features is None:
            features = [f"x{j}" for j in range(1, sizes[0] + 1)]
        hidden = [[f"unit {j}" for j in range(1, n + 1)] for n in sizes[1:-1]]
        outputs = [f"output {k}" for k in range(1, sizes[-1] + 1)] if sizes[-1] > 1 else ["output"]
        classes = est.classes_ if is_classifier(est) else ()
        if len(classes) == sizes[-1] > 1:
            outputs = [f"class {c}" for c in classes]
        layers = [features, *hidden, outputs]
        return cls(tuple(tuple(map(_short, names)) for names in layers), layout)

    def heads(self, quantity: Quantity, shape: tuple[int, int]) -> tuple[list[str], list[str]]:
        """The names of the rows and columns of a quantity, in the layout."""
        if quantity.layer is None and not quantity.is_of_samples:
            return [""], [""]
        n_samples = shape[0] if self.layout is Layout.ROWS else shape[1]
        rows = [f"sample {i}" for i in range(1, n_samples + 1)]
        if quantity.family == "w":
            columns = [""]
        else:
            layer = {"X": 0, "Y": -1}.get(quantity.family, quantity.number)
            columns = list(self.units[layer])
        if quantity.parameter.family == "W":
            rows = [f"from {name}" for name in self.units[quantity.number - 1]]
            columns = [f"to {name}" for name in columns]
        elif quantity.parameter.family == "b":
            rows = [""]
        return (rows, columns) if self.layout is Layout.ROWS else (columns, rows)

    def places(self, quantity: Quantity, shape: tuple[int, int]) -> list[list[str]]:
        """For each entry what to add to the name of the quantity, to be read aloud."""
        rows, columns = self.heads(quantity, shape)
        return [["".join(f", {n}" for n in (r, c) if n) for c in columns] for r in rows]


def _short(name: Any) -> str:
    """A name that fits above a column."""
    name = str(name)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
