"""Which product a product without a sign is: the shapes say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from . import tree
from .latex_raw import Chain, Diagonal, Indexed, SameOrNot
from .latex_shapes import broadcast, product, shape_of
from .latex_single import contracted
from .layout import Layout
from .node import Expression
from .notation import Notation
from .quantity import Quantity, Shape
from .tree import MatrixProduct, Name, Product

MAX_FACTORS = 12  # of a product without brackets in which every way to bracket it is tried
MATRIX, ENTRY = MatrixProduct, Product


class Products:
    """Settles products; `settle` is that of all kinds of nodes.

    Attributes
    ----------
    notes : dict of str to None
        What was decided, a sentence each, in order.
    """

    def __init__(
        self, text: str, shapes: Mapping[str, Shape], layout: Layout, notation: Notation
    ) -> None:
        self.text, self.shapes, self.layout, self.notation = text, shapes, layout, notation
        self.notes: dict[str, None] = {}
        self.for_each_weight = self.keep_samples = False
        self.sums_over_samples = 0

    def settle(self, node: Expression, target: Shape | None) -> Expression:
        """A node, which is to give something of that shape if it is known."""
        raise NotImplementedError

    def cases(self, node: SameOrNot, target: Shape | None) -> Expression:
        """A distinction of i = j and i != j."""
        raise NotImplementedError

    def is_scalar(self, node: Expression) -> bool:
        """Whether there are only numbers in it."""
        names = [part.id for part in node.walk() if isinstance(part, Indexed | Name)]
        return all(self.shapes.get(name, ()) == () for name in names)

    def shape(self, formula: Expression) -> Shape | None:
        """The shape of a settled formula."""
        return shape_of(formula, self.shapes)

    def note(self, sentence: str) -> None:
        """Say what was decided, once."""
        self.notes[sentence] = None

    # -- products ---------------------------------------------------------------------------

    def chain(self, node: Chain, target: Shape | None) -> Expression:
        """A product."""
        if any(isinstance(factor, Diagonal) for factor in node.factors):
            return self.settle(without_diagonal(node, self.layout), target)
        for factor in node.factors:
            if isinstance(factor, SameOrNot):
                same, different = (
                    replace(node, factors=tuple(value if f is factor else f for f in node.factors))
                    for value in (factor.same, factor.different)
                )
                return self.cases(SameOrNot(same, different, span=node.span), target)
        if self.layout is Layout.ROWS:
            node = of_single_samples(node)
        arrays = [factor for factor in node.factors if not self.is_scalar(factor)]
        alone = target if len(arrays) == 1 else None
        factors = [
            self.settle(factor, alone if factor in arrays else None) for factor in node.factors
        ]
        return self.joined(factors, node.signs, target)

    def joined(self, factors: list[Expression], signs: str, target: Shape | None) -> Expression:
        """The factors as products of matrices or entry by entry, as they fit."""
        strict = self.by_precedence(factors, signs)
        in_order = self.in_order(factors, signs)
        fitting = [tree for tree in (strict, in_order) if self.shape(tree) is not None]
        for formula in fitting:
            if fits(self.shape(formula), target):
                return self._noted(formula, strict)
        if target is not None and len(factors) <= MAX_FACTORS:
            for shape, formula in self.in_any_order(factors, signs).items():
                if fits(shape, target):
                    return self._noted(formula, strict)
        if fitting:
            return self._noted(fitting[0], strict)
        if self.for_each_weight and target is not None and "o" not in signs:
            single = contracted(factors, self.shapes, target, self.keep_samples)
            if single is not None:
                self.note(
                    "It is read for each single weight: transposes, and sums over units that are "
                    "not written, are added."
                )
                return single
        return strict

    def _noted(self, formula: Expression, strict: Expression) -> Expression:
        """Say it if brackets had to be added."""
        if formula != strict:
            self.note("The products are bracketed so that the shapes fit.")
        return formula

    def by_precedence(self, factors: list[Expression], signs: str) -> Expression:
        """Signs for entry by entry bind less than products without a sign."""
        groups, between = [[factors[0]]], [""]
        for sign, factor in zip(signs, factors[1:], strict=True):
            if sign == "o":
                groups.append([factor])
                between.append("")
            else:
                groups[-1].append(factor)
                between[-1] += sign
        parts = [self.in_order(*group) for group in zip(groups, between, strict=True)]
        return self.in_order(parts, "o" * (len(parts) - 1))

    def in_order(self, factors: list[Expression], signs: str) -> Expression:
        """From left to right."""
        total, *others = factors
        for sign, factor in zip(signs, others, strict=True):
            total = self.pair(total, factor, sign)
        return total

    def pair(self, P: Expression, Q: Expression, sign: str) -> Expression:
        """The product of two."""
        kind = self.kind(self.shape(P), self.shape(Q), sign)
        if kind is ENTRY and isinstance(P, tree.Number) and P.number == 1 and sign == " ":
            return Q if isinstance(Q, tree.Comparison) else self._made(kind, P, Q)
        return self._made(kind, P, Q)

    def _made(self, kind: type[tree.Binary], P: Expression, Q: Expression) -> Expression:
        return kind(P, Q, span=(min(P.span[0], Q.span[0]), max(P.span[1], Q.span[1])))

    def kind(self, P: Shape | None, Q: Shape | None, sign: str) -> type[tree.Binary]:
        """Of matrices where they fit, entry by entry where only that fits, or with a number."""
        if sign == "o" or P == () or Q == ():
            return ENTRY
        if sign == "@":
            return MATRIX
        vectors = P is not None and Q is not None and len(P) == len(Q) == 1
        if product(P, Q) is not None and not vectors:
            return MATRIX
        return ENTRY if broadcast(P, Q) is not None else MATRIX

    def in_any_order(self, factors: list[Expression], signs: str) -> dict[Shape, Expression]:
        """All shapes that brackets can give, with the first formula for each."""
        n = len(factors)
        found: dict[tuple[int, int], dict[Shape, Expression]] = {}
        for i, factor in enumerate(factors):
            shape = self.shape(factor)
            found[i, i + 1] = {} if shape is None else {shape: factor}
        for width in range(2, n + 1):
            for i in range(n - width + 1):
                here = found[i, i + width] = {}
                for k in range(i + width - 1, i, -1):
                    for P, left in found[i, k].items():
                        for Q, right in found[k, i + width].items():
                            kind = self.kind(P, Q, signs[k - 1])
                            shape = (product if kind is MATRIX else broadcast)(P, Q)
                            if shape is not None and shape not in here:
                                here[shape] = self._made(kind, left, right)
        return found[0, n]


def fits(shape: Shape | None, target: Shape | None) -> bool:
    """Whether a formula of that shape can be the answer."""
    return target is None or shape == target or (target == () and shape in ((), (1, 1)))


def without_diagonal(node: Chain, layout: Layout) -> Chain:
    """The product with the first diag(P) as P, entry by entry, beside what stands for a sample."""
    factors, signs = node.factors, node.signs
    i = next(k for k, factor in enumerate(factors) if isinstance(factor, Diagonal))
    entries = next(factor.operand for factor in factors if isinstance(factor, Diagonal))

    def part(some: tuple[Expression, ...], between: str) -> Expression:
        span = some[0].span[0], some[-1].span[1]
        return some[0] if len(some) == 1 else Chain(some, between, span=span)

    before, after = factors[:i], factors[i + 1 :]
    if after and (layout is Layout.COLUMNS or not before):
        inside = Chain((entries, part(after, signs[i + 1 :])), "o", span=node.span)
        return replace(node, factors=(*before, inside), signs=signs[:i]) if before else inside
    inside = Chain((part(before, signs[: max(i - 1, 0)]), entries), "o", span=node.span)
    return replace(node, factors=(inside, *after), signs=signs[i:]) if after else inside


def of_single_samples(node: Chain) -> Chain:
    """W^T x^{(i)}, of a sample that is a column, as x W, where samples are rows."""
    factors = list(node.factors)
    for i, (P, Q) in enumerate(pairwise(factors)):
        if not isinstance(P, tree.Transpose) or not isinstance(P.operand, Indexed):
            continue
        is_sample = isinstance(Q, Indexed) and Q.is_small and Quantity.of(Q.id).family == "A"
        if is_sample and Quantity.of(P.operand.id).family == "W" and node.signs[i] in " .":
            factors[i : i + 2] = [Q, P.operand]
    return replace(node, factors=tuple(factors))
