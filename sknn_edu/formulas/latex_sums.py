"""Over what a sum in LaTeX goes: its index, its bounds and the answer say it."""

from __future__ import annotations

from . import tree
from .latex_products import Products
from .latex_raw import Chain, Indexed, Summed
from .latex_single import contracted
from .layout import Layout
from .node import Expression
from .quantity import Shape


class Sums(Products):
    """Settles sums."""

    def summed(self, node: Summed, target: Shape | None) -> Expression:
        """A sum over samples, units, or both."""
        if node.over.startswith("axis"):
            return self.by_ones(node)
        if (single := self.over_index(node, target)) is not None:
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

    def by_ones(self, node: Summed) -> Expression:
        """A product with a vector of ones, over the axis that it meets."""
        operand = self.settle(node.operand, None)
        if self.shape(operand) == ():
            return operand
        axis = int(node.over == "axis 1")
        keepdims = axis == 1 or self.layout is Layout.COLUMNS
        return tree.Reduction("sum", operand, axis, keepdims, span=node.span)

    def axis(self, node: Summed, shape: Shape | None, target: Shape | None) -> str:
        """``"samples"``, ``"units"``, ``"all"``; empty if it is summed already."""
        has_samples = shape is None or "m" in shape
        summed_already = node.over == "samples" or (not node.over and shape == target)
        if summed_already and not has_samples and shape != ():
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

    def over_index(self, node: Summed, target: Shape | None) -> Expression | None:
        """A sum over an index that two factors have: a product of matrices."""
        operand = node.operand
        of_weights = node.over == "all" and bool(target) and "m" not in (target or ())
        over_samples = node.over == "samples" or of_weights
        says_indices = node.over == "all" and any(
            isinstance(part, Indexed) and part.indices for part in operand.walk()
        )
        if not isinstance(operand, Chain) or not (node.index or over_samples or says_indices):
            return None
        if "o" in operand.signs:  # it says itself which product it is
            return None
        if any(isinstance(part, tree.Transpose | Summed) for part in operand.walk()):
            return None
        factors = [self.settle(factor, None) for factor in operand.factors]
        shapes = [self.shape(factor) for factor in factors]
        if says_indices and not over_samples:  # over those that the answer does not have
            return contracted(factors, self.shapes, target or (), False)
        if over_samples:
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
        result: Shape = tuple(units[::-1])
        if "m" in kept:
            result = ("m", *units) if rows else (*units, "m")
        of_target = set(target or ()) - {1}
        if over_samples and of_target == set(result):
            result = target or ()  # single weights have no order of rows and columns
        if len(result) > 2 and of_target <= kept and len(of_target) == 2:
            result = target or ()
        if len(result) > 2:
            return None
        return contracted(factors, self.shapes, result, False)
