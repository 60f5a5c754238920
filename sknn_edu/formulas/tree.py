"""The kinds of nodes that a formula is made of. Each knows its value and its text.

The text of a node, read again, gives an equal node; it has no parentheses but those that
this takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from . import node
from .evaluation import Scope, divided
from .node import Expression, ShapeMismatch
from .primitives import REDUCTIONS_OF_ANSWERS, RELATIONS_OF_ANSWERS


@dataclass(frozen=True)
class Number(Expression):
    """A number that is not negative; -2 is the `Negative` of 2."""

    number: float

    def value(self, scope: Scope) -> Any:
        """The number itself."""
        return self.number

    def __str__(self) -> str:
        return repr(float(self.number)).removesuffix(".0")


@dataclass(frozen=True)
class Name(Expression):
    """Something that the scope knows: an array of the network, or a number."""

    id: str

    def value(self, scope: Scope) -> Any:
        """What the scope has under the name."""
        return scope.values[self.id]

    def substituted(self, by_name: Mapping[str, Expression]) -> Expression:
        """What stands for the name."""
        return by_name.get(self.id, self)

    def names(self) -> set[str]:
        """Only its own."""
        return {self.id}

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Negative(Expression):
    """-P."""

    operand: Expression
    binding = node.SIGN

    def value(self, scope: Scope) -> Any:
        """Minus the value."""
        return -self.operand.value(scope)

    def __str__(self) -> str:
        return f"-{self.operand.within(node.SIGN)}"


@dataclass(frozen=True)
class Transpose(Expression):
    """P.T."""

    operand: Expression

    def value(self, scope: Scope) -> Any:
        """The transpose; a number is its own."""
        return np.transpose(self.operand.value(scope))

    def __str__(self) -> str:
        if isinstance(self.operand, Number):  # 3.T would be the number 3. and a name
            return f"({self.operand}).T"
        return f"{self.operand.within(node.ATOM)}.T"


@dataclass(frozen=True)
class Sum(Expression):
    """P + Q, or P - Q."""

    left: Expression
    sign: str
    right: Expression
    binding = node.SUM

    def value(self, scope: Scope) -> Any:
        """Entry by entry, broadcast."""
        return node.combined(self, scope, np.add if self.sign == "+" else np.subtract)

    def __str__(self) -> str:
        return f"{self.left.within(node.SUM)} {self.sign} {self.right.within(node.SUM + 1)}"


@dataclass(frozen=True)
class Binary(Expression):
    """P and Q with an operator that binds like a product between them."""

    left: Expression
    right: Expression
    binding = node.PRODUCT
    operator: ClassVar[str]
    compute: ClassVar[Callable[..., Any]]

    def value(self, scope: Scope) -> Any:
        """Entry by entry, broadcast."""
        return node.combined(self, scope, self.compute)

    def __str__(self) -> str:
        left, right = self.left.within(node.PRODUCT), self.right.within(node.PRODUCT + 1)
        return f"{left} {self.operator} {right}"


class Product(Binary):
    """P * Q, entry by entry."""

    operator, compute = "*", np.multiply


class MatrixProduct(Binary):
    """P @ Q."""

    operator, compute = "@", np.matmul

    def value(self, scope: Scope) -> Any:
        """The matrix product."""
        P, Q = np.asarray(self.left.value(scope)), np.asarray(self.right.value(scope))
        if P.ndim == 0 or Q.ndim == 0:
            raise ShapeMismatch("@ multiplies matrices; use * with a number", self)
        if P.shape[-1] != Q.shape[0]:
            raise ShapeMismatch(
                f"{self.left} has shape {P.shape} and {self.right} has shape {Q.shape}: @ needs "
                f"as many columns on the left ({P.shape[-1]}) as rows on the right ({Q.shape[0]})",
                self,
            )
        node.check_size(P.shape[:-1] + Q.shape[1:], scope, self)
        return self.compute(P, Q)


class Quotient(Binary):
    """P / Q, entry by entry; 0 where an array Q is not above eps."""

    operator, compute = "/", staticmethod(divided)


@dataclass(frozen=True)
class Power(Expression):
    """P ** p, p a number."""

    base: Expression
    exponent: Expression
    binding = node.POWER

    def value(self, scope: Scope) -> Any:
        """Entry by entry."""
        return np.asarray(self.base.value(scope), float) ** self.exponent.value(scope)

    def __str__(self) -> str:
        return f"{self.base.within(node.ATOM)}**{self.exponent.within(node.SIGN)}"


@dataclass(frozen=True)
class Comparison(Expression):
    """1 where P > Q (or another relation holds), else 0."""

    left: Expression
    relation: str
    right: Expression
    binding = node.COMPARISON

    def value(self, scope: Scope) -> Any:
        """Ones and zeros."""
        return np.asarray(
            node.combined(self, scope, RELATIONS_OF_ANSWERS[self.relation].compute), float
        )

    def __str__(self) -> str:
        return f"{self.left.within(node.SUM)} {self.relation} {self.right.within(node.SUM)}"


@dataclass(frozen=True)
class Call(Expression):
    """f(P, ...) with a function of the scope."""

    function: str
    arguments: tuple[Expression, ...]

    def value(self, scope: Scope) -> Any:
        """The function of the values."""
        values = [argument.value(scope) for argument in self.arguments]
        if len(values) > 1:
            node.check_broadcast(self, scope, *values)
        return scope.functions[self.function](*values)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Reduction(Expression):
    """sum(P, axis=..., keepdims=...), or mean, max, min."""

    function: str
    operand: Expression
    axis: int | None = None
    keepdims: bool = False

    def value(self, scope: Scope) -> Any:
        """Over the axis, or over all entries."""
        P = np.asarray(self.operand.value(scope))
        if self.axis is not None and not -P.ndim <= self.axis < P.ndim:
            has = f"{self.operand} has shape {P.shape}"
            raise ShapeMismatch(f"{has}, there is no axis {self.axis}", self)
        return REDUCTIONS_OF_ANSWERS[self.function].compute(
            P, axis=self.axis, keepdims=self.keepdims
        )

    def __str__(self) -> str:
        axis = "" if self.axis is None else f", axis={self.axis}"
        keepdims = ", keepdims=True" if self.keepdims else ""
        return f"{self.function}({self.operand}{axis}{keepdims})"


@dataclass(frozen=True)
class Backward(Expression):
    """delta = J_f(Z)^T dA of one layer.

    It is computed as ``template`` says, a formula with the name ``dA`` in it, and remembers
    what it is: mistakes are made in the derivative as a whole.
    """

    dA: Expression
    layer: int
    template: Expression

    def parts(self) -> Iterator[Expression]:
        """What is carried back."""
        yield self.dA

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """The same for another dA."""
        dA = change(self.dA)
        return self if dA is self.dA else replace(self, dA=dA)

    def substituted(self, by_name: Mapping[str, Expression]) -> Expression:
        """Substituted in the formula as it is written out."""
        return self.written.substituted(by_name)

    def names(self) -> set[str]:
        """Those of the formula as it is written out."""
        return self.template.names() - {"dA"} | self.dA.names()

    @property
    def written(self) -> Expression:
        """The formula written out."""
        return self.template.substituted({"dA": self.dA})

    def value(self, scope: Scope) -> Any:
        """The value of the formula."""
        return self.template.value(scope.within({"dA": self.dA.value(scope)}))

    @property
    def binding(self) -> int:  # type: ignore[override]
        """As tight as the formula."""
        return self.written.binding

    def __str__(self) -> str:
        return str(self.written)
