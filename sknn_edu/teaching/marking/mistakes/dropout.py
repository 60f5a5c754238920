"""Mistakes with the mask of dropout, which stands in A = mask f(Z) and on the way back."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping

from ....formulas import Expression
from ....formulas.tree import Backward, Name, Product
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, carried_back, in_place


class _AtMask(FormulaMistake):
    """Something else in place of what is multiplied by a mask."""

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        for name, formula in wanted.items():
            for place in carried_back(formula):
                mask = formulas.mask_of(place.layer)
                if mask is not None:
                    template = self._changed(place.template, mask, formulas)
                    wrong = formula.replaced(place, Backward(place.dA, place.layer, template))
                    yield self.edit(name, wrong, self._message(mask, "on the way back"))
            for mask in map(formulas.mask_of, formulas.layers):
                if mask is not None and name == mask.id.replace("mask", "A"):
                    wrong = self._changed(formula, mask, formulas)
                    yield self.edit(name, wrong, self._message(mask, f"in {name}"))

    @abstractmethod
    def _changed(self, formula: Expression, mask: Name, formulas: Formulas) -> Expression:
        """The formula with the mistake."""

    @abstractmethod
    def _message(self, mask: Name, where: str) -> str:
        """What is wrong, and in which formula."""


class MaskMissing(_AtMask):
    """f(Z) for mask f(Z), and dA f'(Z) for mask dA f'(Z)."""

    code = "mask_missing"

    def _changed(self, formula, mask, formulas):
        def without(node: Expression) -> Expression:
            node = node.rebuilt(without)
            return node.right if isinstance(node, Product) and node.left == mask else node

        return without(formula)

    def _message(self, mask, where):
        return f"The mask of dropout, {mask}, is missing {where}."


class MaskScale(_AtMask):
    """A mask of 0 and 1, for one of 0 and 1 / (1 - rate)."""

    code = "mask_scale"

    def _changed(self, formula, mask, formulas):
        return in_place(formula, mask, formulas.read(f"{mask} > 0"))

    def _message(self, mask, where):
        return (
            f"A mask of dropout has only zeros and ones {where}: it must also divide what is kept "
            "by 1 - rate."
        )
