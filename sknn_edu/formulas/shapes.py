"""Nodes about the shapes of arrays: the outer product, other shapes of a vector, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import node
from .evaluation import Scope
from .node import Expression, ShapeMismatch


@dataclass(frozen=True)
class Outer(Expression):
    """outer(P, Q): every entry of P times every entry of Q, both flattened, as in NumPy."""

    left: Expression
    right: Expression

    def value(self, scope: Scope) -> Any:
        """A row for each entry of P."""
        P, Q = np.ravel(self.left.value(scope)), np.ravel(self.right.value(scope))
        node.check_size((P.size, Q.size), scope, self)
        return np.outer(P, Q)

    def __str__(self) -> str:
        return f"outer({self.left}, {self.right})"


@dataclass(frozen=True)
class Reshaped(Expression):
    """The same numbers as a column, a row, a vector ("ravel"), or without axes of one entry."""

    form: str
    operand: Expression

    def value(self, scope: Scope) -> Any:
        """In the other shape, row by row."""
        P = np.asarray(self.operand.value(scope))
        if self.form == "squeeze":
            return np.squeeze(P)
        return P.reshape({"column": (-1, 1), "row": (1, -1), "ravel": (-1,)}[self.form])

    def __str__(self) -> str:
        shape = {"column": ", -1, 1", "row": ", 1, -1"}.get(self.form)
        return (
            f"{self.form}({self.operand})" if shape is None else f"reshape({self.operand}{shape})"
        )


@dataclass(frozen=True)
class Size(Expression):
    """P.shape[axis], or P.size: how many rows, columns or entries there are."""

    operand: Expression
    axis: int | None = None

    def value(self, scope: Scope) -> Any:
        """A number."""
        shape = np.shape(self.operand.value(scope))
        if self.axis is None:
            return float(np.prod(shape))
        if not -len(shape) <= self.axis < len(shape):
            has = f"{self.operand} has shape {shape}"
            raise ShapeMismatch(f"{has}, there is no axis {self.axis}", self)
        return float(shape[self.axis])

    def __str__(self) -> str:
        text = self.operand.within(node.ATOM)
        text = f"({text})" if text[0].isdigit() else text  # 3.size would be the number 3.
        return f"{text}.size" if self.axis is None else f"{text}.shape[{self.axis}]"
