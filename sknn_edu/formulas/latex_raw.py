"""What LaTeX leaves open, as nodes of a tree: products without a sign, sums over an index.

None of them has a value; `latex_settled` puts nodes of `tree` in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import ExpressionError
from .evaluation import Scope
from .node import Expression


class NotNumbers(ExpressionError):
    """A step of the chain rule, such as da/dz: right or not, it is no formula of numbers."""


class AnyLayer(ExpressionError):
    """A formula for every layer; ``letter`` stands for its number."""

    letter = "l"


class Open(Expression):
    """A node that is not settled yet."""

    def value(self, scope: Scope) -> Any:
        """None: it has to be settled first."""
        raise TypeError(f"{type(self).__name__} has no value")


@dataclass(frozen=True)
class Indexed(Open):
    """A name with indices: ``a_{ij}``, or a unit by its number: ``y_1``."""

    id: str
    indices: str = ""
    is_small: bool = False

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Chain(Open):
    """Factors with a sign between each two: blank, ``.`` a dot, ``o`` entry by entry, ``@``."""

    factors: tuple[Expression, ...]
    signs: str

    def __str__(self) -> str:
        return " ".join(map(str, self.factors))


@dataclass(frozen=True)
class Diagonal(Open):
    """diag(P): a product with it is one entry by entry, sample for sample."""

    operand: Expression

    def __str__(self) -> str:
        return f"diag({self.operand})"


@dataclass(frozen=True)
class Ones(Open):
    """A vector of ones; beside nothing that it sums, it is 1."""

    def __str__(self) -> str:
        return "1"


@dataclass(frozen=True)
class Summed(Open):
    """A sum sign in front of something, or a vector of ones beside it.

    ``over`` is ``"samples"``, ``"units"``, ``"entries"`` (of a norm), ``"all"`` or nothing, if it
    is not known; by ones, ``"axis 0"`` or ``"axis 1"``. ``index`` is its letter.
    """

    operand: Expression
    over: str = ""
    index: str = ""
    function: str = "sum"

    def __str__(self) -> str:
        return f"sum({self.operand})"


@dataclass(frozen=True)
class SameOrNot(Open):
    """One thing for i = j, another for i != j."""

    same: Expression
    different: Expression

    def __str__(self) -> str:
        return f"{{{self.same}, {self.different}}}"
