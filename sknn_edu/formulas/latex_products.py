"""What LaTeX leaves open is settled by shapes: which product it is, and over what a sum goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from . import tree
from .errors import ExpressionError
from .latex_cases import different_units
from .latex_raw import Chain, Indexed, NotNumbers, SameOrNot, Summed
from .latex_shapes import broadcast, product, shape_of
from .latex_single import contracted
from .layout import Layout
from .node import Expression
from .notation import Notation
from .quantity import Quantity, Shape
from .tree import MatrixProduct, Name, Product

MAX_FACTORS = 12  # of a product without brackets in which every way to bracket it is tried
MATRIX, ENTRY = MatrixProduct, Product


class Settled:
    """Settles the open nodes of a formula.

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

    def formula(self, node: Expression, target: str | None) -> Expression:
        """A tree without open nodes."""
        self.for_each_weight = self._is_for_each_weight(node)
        wanted = self.shapes.get(target) if target else None
        self.keep_samples = target is not None and Quantity.of(target).family == "db"
        return self.settle(node, wanted)

    def _is_for_each_weight(self, node: Expression) -> bool:
        """Whether transposes and sums over units are not written."""
        if self.notation.products != "auto":
            return self.notation.products == "single weights"
        if any(isinstance(part, tree.Transpose) for part in node.walk()):
            return False
        symbols = [part for part in node.walk() if isinstance(part, Indexed)]
        arrays = [symbol for symbol in symbols if self.shapes.get(symbol.id)]
        units = any(set(symbol.indices) - {"i", "n", "t"} for symbol in arrays)
        return units or all(symbol.is_small for symbol in arrays)

    def settle(self, node: Expression, target: Shape | None) -> Expression:
        """A node, which is to give something of that shape if it is known."""
        match node:
            case Indexed(id=name):
                return Name(name, span=node.span)
            case Chain():
                return self.chain(node, target)
            case Summed():
                return self.summed(node, target)
            case SameOrNot():
                return self.cases(node, target)
            case tree.Sum(left, sign, right):
                if (units := unit_by_unit(node)) is not None:
                    return self.summed(units, target)
                P, Q = self.settle(left, target), self.settle(right, target)
                return tree.Sum(P, sign, Q, span=node.span)
            case tree.Negative(operand):
                return tree.Negative(self.settle(operand, target), span=node.span)
            case tree.Transpose(operand):
                turned = None if target is None else target[::-1]
                return tree.Transpose(self.settle(operand, turned), span=node.span)
            case tree.Quotient(above, below):
                P = self.settle(above, target if self.is_scalar(below) else None)
                return tree.Quotient(P, self.settle(below, None), span=node.span)
        return node.rebuilt(lambda part: self.settle(part, None))

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
        for factor in node.factors:
            if isinstance(factor, SameOrNot):
                same, different = (
                    replace(node, factors=tuple(value if f is factor else f for f in node.factors))
                    for value in (factor.same, factor.different)
                )
                return self.cases(SameOrNot(same, different, span=node.span), target)
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
        if self.for_each_weight and target is not None:
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

    # -- sums -----------------------------------------------------------------------------------

    def summed(self, node: Summed, target: Shape | None) -> Expression:
        """A sum over samples, units, or both."""
        if (single := self.over_index(node)) is not None:
            return single
        over_samples = node.over == "samples" or (target == () and node.over != "units")
        self.sums_over_samples += over_samples
        operand = self.settle(node.operand, None)
        self.sums_over_samples -= over_samples
        shape = self.shape(operand)
        over = self.axis(node, shape, target)
        if over == "":
            self.note("The sum over the samples is in the product of matrices already.")
            return operand
        if shape == ():
            return operand
        axis, keepdims = None, False
        if over != "all":
            rows = self.layout is Layout.ROWS
            axis = int((over == "units") is rows)
            keepdims = over == "units" or not rows
        return tree.Reduction(node.function, operand, axis, keepdims, span=node.span)

    def axis(self, node: Summed, shape: Shape | None, target: Shape | None) -> str:
        """``"samples"``, ``"units"``, ``"all"``; empty if it is summed already."""
        has_samples = shape is None or "m" in shape
        if node.over == "samples" and not has_samples and shape != ():
            return ""
        if node.over == "entries":
            outer = self.sums_over_samples > 0 or (target not in ((), None))
            return "units" if outer and has_samples else "all"
        if node.function == "sum" and target == ():
            return "all"
        if node.over in ("samples", "units"):
            return node.over
        if target is not None and "m" not in target and has_samples:
            return "samples"
        of_softmax = isinstance(node.operand, tree.Call) and node.operand.function == "exp"
        if node.over == "all" and target is None and not of_softmax:
            return "all"
        return "units"

    def over_index(self, node: Summed) -> Expression | None:
        """A sum over an index that two factors have: a product of matrices."""
        operand = node.operand
        if not isinstance(operand, Chain) or not (node.index or node.over == "samples"):
            return None
        if any(isinstance(part, tree.Transpose | Summed) for part in operand.walk()):
            return None
        factors = [self.settle(factor, None) for factor in operand.factors]
        shapes = [self.shape(factor) for factor in factors]
        if node.over == "samples":
            dimension: int | str = "m"
        else:
            having = [
                set(shape or ()) - {"m", 1}
                for shape, factor in zip(shapes, operand.factors, strict=True)
                if any(isinstance(f, Indexed) and node.index in f.indices for f in factor.walk())
            ]
            common = set.intersection(*having) if len(having) > 1 else set()
            if len(common) != 1:
                return None
            dimension = common.pop()
        if sum(dimension in (shape or ()) for shape in shapes) < 2:
            return None
        kept = {d for shape in shapes for d in shape or ()} - {dimension, 1}
        units = sorted(str(d) for d in kept - {"m"})
        rows = self.layout is Layout.ROWS
        target: Shape = tuple(units[::-1])
        if "m" in kept:
            target = ("m", *units) if rows else (*units, "m")
        if len(target) > 2:
            return None
        return contracted(factors, self.shapes, target, False)

    # -- cases ------------------------------------------------------------------------------------

    def cases(self, node: SameOrNot, target: Shape | None) -> Expression:
        """One thing for i = j, another for i != j."""
        case = self.notation.case
        if target is None:
            reason = "A distinction of i = j and i != j is a matrix for each sample, no array."
            raise NotNumbers(reason, self.text, node.span[0])
        same = self.settle(node.same, target)
        if case == "same":
            return same
        open_sum = different_units(node.different, self.settle, self.shapes, self.layout)
        if open_sum is None:
            reason = "The case i != j must be a product with factors of both indices."
            raise ExpressionError(reason, self.text, node.span[0])
        different = self.settle(open_sum, target)
        if case == "different":
            return different
        self.note("Both cases are added, as the chain rule has it.")
        return tree.Sum(same, "+", different, span=node.span)


def fits(shape: Shape | None, target: Shape | None) -> bool:
    """Whether a formula of that shape can be the answer."""
    return target is None or shape == target or (target == () and shape in ((), (1, 1)))


def unit_by_unit(node: tree.Sum) -> Summed | None:
    """y_1 log a_1 + y_2 log a_2 as a sum over the units; None if it is something else."""
    terms: list[Expression] = []
    rest: Expression = node
    while isinstance(rest, tree.Sum) and rest.sign == "+":
        terms.append(rest.right)
        rest = rest.left
    terms = [rest, *reversed(terms)]
    numbers = [
        {part.indices for part in term.walk() if isinstance(part, Indexed) and part.indices}
        for term in terms
    ]
    if numbers != [{str(i)} for i in range(1, len(terms) + 1)]:
        return None
    plain = [without_indices(term) for term in terms]
    if len({str(term) for term in plain}) > 1:
        return None
    return Summed(plain[0], "units", span=node.span)


def without_indices(node: Expression) -> Expression:
    """The same for all units."""
    if isinstance(node, Indexed):
        return replace(node, indices="")
    return node.rebuilt(without_indices)
