"""What a formula is made of. Each kind of node knows its value and its text.

Two rules are the engine's, so that formulas and engine agree where a loss ends: the
logarithm of a number below the machine epsilon eps is log(eps), and a quotient of arrays
is 0 where the divisor is not larger than eps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

EPS = float(np.finfo(np.float64).eps)

# How tightly operators bind, as in Python.
COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)


class Scope(NamedTuple):
    """What a formula is evaluated with."""

    values: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]]
    max_entries: int = 10**8


class ShapeMismatch(ValueError):
    """Two arrays of a formula do not fit; ``node`` is where."""

    def __init__(self, message: str, node: Expression) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True)
class Expression(ABC):
    """A node of a formula, with the expressions that it is made of."""

    binding = ATOM

    # Where it stands in the text that it was read from: (first, one after the last).
    span: tuple[int, int] = field(default=(0, 0), compare=False, repr=False, kw_only=True)

    @abstractmethod
    def value(self, scope: Scope) -> Any:
        """The value, a float or an array."""

    def parts(self) -> Iterator[Expression]:
        """The expressions directly inside."""
        for item in fields(self):
            inside = getattr(self, item.name)
            if isinstance(inside, Expression):
                yield inside
            elif isinstance(inside, tuple) and item.name != "span":
                yield from inside

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """The same with each part changed; itself if no part changes."""
        changes: dict[str, Any] = {}
        for item in fields(self):
            inside = getattr(self, item.name)
            if isinstance(inside, Expression):
                if (changed := change(inside)) is not inside:
                    changes[item.name] = changed
            elif isinstance(inside, tuple) and item.name != "span":
                parts = tuple(map(change, inside))
                if any(new is not old for new, old in zip(parts, inside, strict=True)):
                    changes[item.name] = parts
        return replace(self, **changes) if changes else self

    def walk(self) -> Iterator[Expression]:
        """This node and all below it."""
        yield self
        for part in self.parts():
            yield from part.walk()

    def replaced(self, old: Expression, new: Expression) -> Expression:
        """The expression with one node, found by identity, put in place of another."""
        if self is old:
            return new
        return self.rebuilt(lambda part: part.replaced(old, new))

    def substituted(self, by_name: Mapping[str, Expression]) -> Expression:
        """The expression with expressions in place of names."""
        return self.rebuilt(lambda part: part.substituted(by_name))

    def names(self) -> set[str]:
        """All names in it."""
        return set().union(*(part.names() for part in self.parts()))

    def within(self, binding: int) -> str:
        """The text, in parentheses if something that binds tighter stands around it."""
        return f"({self})" if self.binding < binding else str(self)


@dataclass(frozen=True)
class Number(Expression):
    """A number."""

    number: float

    def value(self, scope: Scope) -> Any:
        """The number itself."""
        return self.number

    def __str__(self) -> str:
        return f"{self.number:.17g}" if self.number % 1 else f"{self.number:.0f}"


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
        """This one."""
        return {self.id}

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Negative(Expression):
    """-P."""

    operand: Expression
    binding = SIGN

    def value(self, scope: Scope) -> Any:
        """Minus the value."""
        return -self.operand.value(scope)

    def __str__(self) -> str:
        return f"-{self.operand.within(SIGN)}"


@dataclass(frozen=True)
class Transpose(Expression):
    """P.T."""

    operand: Expression

    def value(self, scope: Scope) -> Any:
        """The transpose; a number is its own."""
        return np.transpose(self.operand.value(scope))

    def __str__(self) -> str:
        return f"{self.operand.within(ATOM)}.T"


@dataclass(frozen=True)
class Sum(Expression):
    """P + Q, or P - Q."""

    left: Expression
    sign: str
    right: Expression
    binding = SUM

    def value(self, scope: Scope) -> Any:
        """Entry by entry, broadcast."""
        return _combined(self, scope, np.add if self.sign == "+" else np.subtract)

    def __str__(self) -> str:
        right = self.right.within(SUM + (self.sign == "-"))
        return f"{self.left.within(SUM)} {self.sign} {right}"


@dataclass(frozen=True)
class Product(Expression):
    """P * Q, entry by entry."""

    left: Expression
    right: Expression
    binding = PRODUCT

    def value(self, scope: Scope) -> Any:
        """Entry by entry, broadcast."""
        return _combined(self, scope, np.multiply)

    def __str__(self) -> str:
        return f"{self.left.within(PRODUCT)} * {self.right.within(PRODUCT + 1)}"


@dataclass(frozen=True)
class MatrixProduct(Expression):
    """P @ Q."""

    left: Expression
    right: Expression
    binding = PRODUCT

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
        _check_size(P.shape[:-1] + Q.shape[1:], scope, self)
        return P @ Q

    def __str__(self) -> str:
        return f"{self.left.within(PRODUCT)} @ {self.right.within(PRODUCT + 1)}"


@dataclass(frozen=True)
class Quotient(Expression):
    """P / Q, entry by entry."""

    left: Expression
    right: Expression
    binding = PRODUCT

    def value(self, scope: Scope) -> Any:
        """Entry by entry, broadcast; 0 where an array on the right is not above eps."""
        return _combined(self, scope, _divide)

    def __str__(self) -> str:
        return f"{self.left.within(PRODUCT)} / {self.right.within(PRODUCT + 1)}"


@dataclass(frozen=True)
class Power(Expression):
    """P ** p, p a number."""

    base: Expression
    exponent: Expression
    binding = POWER

    def value(self, scope: Scope) -> Any:
        """Entry by entry."""
        return np.asarray(self.base.value(scope), float) ** self.exponent.value(scope)

    def __str__(self) -> str:
        return f"{self.base.within(ATOM)}**{self.exponent.within(ATOM)}"


@dataclass(frozen=True)
class Comparison(Expression):
    """1 where P > Q (or P < Q), else 0. Printed formulas have it, answers have not."""

    left: Expression
    relation: str
    right: Expression
    binding = COMPARISON

    def value(self, scope: Scope) -> Any:
        """Ones and zeros."""
        relation = {">": np.greater, "<": np.less, "<=": np.less_equal}[self.relation]
        return np.asarray(_combined(self, scope, relation), float)

    def __str__(self) -> str:
        return f"{self.left.within(SUM)} {self.relation} {self.right.within(SUM)}"


@dataclass(frozen=True)
class Call(Expression):
    """f(P, ...) with a function of the scope."""

    function: str
    arguments: tuple[Expression, ...]

    def value(self, scope: Scope) -> Any:
        """The function of the values."""
        values = [argument.value(scope) for argument in self.arguments]
        if len(values) > 1:
            _check_broadcast(self, scope, *values)
        return scope.functions[self.function](*values)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class Reduction(Expression):
    """sum(P, axis=..., keepdims=...), or mean."""

    function: str
    operand: Expression
    axis: int | None = None
    keepdims: bool = False

    def value(self, scope: Scope) -> Any:
        """Over the axis, or over all entries."""
        P = np.asarray(self.operand.value(scope))
        if self.axis is not None and not -P.ndim <= self.axis < P.ndim:
            raise ShapeMismatch(
                f"{self.operand} has shape {P.shape}, there is no axis {self.axis}", self
            )
        reduce = np.sum if self.function == "sum" else np.mean
        return reduce(P, axis=self.axis, keepdims=self.keepdims)

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
        return self.written.names()

    @property
    def written(self) -> Expression:
        """The formula written out."""
        return self.template.substituted({"dA": self.dA})

    def value(self, scope: Scope) -> Any:
        """The value of the formula."""
        return self.written.value(scope)

    @property
    def binding(self) -> int:  # type: ignore[override]
        """As tight as the formula."""
        return self.written.binding

    def __str__(self) -> str:
        return str(self.written)


def _combined(node: Any, scope: Scope, operation: Callable[[Any, Any], Any]) -> Any:
    """The operation on the values of left and right."""
    left, right = node.left.value(scope), node.right.value(scope)
    _check_broadcast(node, scope, left, right)
    return operation(left, right)


def _check_broadcast(node: Expression, scope: Scope, *values: Any) -> None:
    """Raise if the shapes do not go together entry by entry."""
    shapes = [np.shape(value) for value in values]
    try:
        _check_size(np.broadcast_shapes(*shapes), scope, node)
    except ValueError as error:
        if isinstance(error, ShapeMismatch):
            raise
        shown = " and ".join(
            f"{part} has shape {shape}" for part, shape in zip(node.parts(), shapes, strict=True)
        )
        raise ShapeMismatch(f"{shown}: entry by entry they do not fit", node) from None


def _check_size(shape: tuple[int, ...], scope: Scope, node: Expression) -> None:
    if np.prod(shape, dtype=float) > scope.max_entries:
        raise ShapeMismatch(f"{node} would have shape {shape}, which is too large", node)


def _divide(P: Any, Q: Any) -> Any:
    if np.ndim(Q) == 0:
        return np.divide(P, Q)
    quotient = np.zeros(np.broadcast_shapes(np.shape(P), np.shape(Q)))
    return np.divide(P, Q, out=quotient, where=np.abs(Q) > EPS)
