"""What LaTeX leaves open is settled: products, sums and distinctions of cases."""

from __future__ import annotations

from . import tree
from .errors import ExpressionError
from .latex_cases import different_units
from .latex_raw import Chain, Diagonal, Indexed, NotNumbers, Ones, SameOrNot, Summed
from .latex_sums import Sums
from .latex_unit_sums import unit_by_unit
from .node import Expression
from .quantity import Quantity, Shape
from .tree import Name


class Settled(Sums):
    """Settles the open nodes of a formula."""

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
            case Ones():
                return tree.Number(1.0, span=node.span)
            case Chain():
                return self.chain(node, target)
            case Diagonal():
                reason = "A Jacobian alone is a matrix for each sample, no array."
                raise NotNumbers(reason, self.text, node.span[0])
            case Summed():
                return self.summed(node, target)
            case SameOrNot():
                return self.cases(node, target)
            case tree.Sum(left, sign, right):
                if (units := unit_by_unit(node)) is not None:
                    return self.settle(units, target)
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
