"""Mistakes in the penalty that are more than a wrong share of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....formulas import Expression
from ....formulas.quantity import Quantity
from ....formulas.tree import Sum
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, renamed
from .constants import sentence_about


class PenaltyPartMissing(FormulaMistake):
    """One of the two terms of an elastic net left out."""

    code = "penalty_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Take one term away again."""
        *_, (name, formula) = wanted.items()
        terms: list[Expression] = []
        if name == "loss":
            terms = formulas.penalty_of([f"W{l}" for l in formulas.layers])
        elif Quantity.of(name).family == "dW":
            terms = formulas.penalty_slope_of(str(Quantity.of(name).parameter))
        message = "One of the penalty's terms, the squares and the absolute values, is missing."
        for term in terms if len(terms) > 1 else ():
            part = formulas.averaged(term)
            if name != "loss":
                part = formulas.signed(part)
            yield self.edit(name, Sum(formula, "-", part), message)


class PenaltyOfWrongLayer(FormulaMistake):
    """The penalty's part of another layer."""

    code = "wrong_layer"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Exchange the part for that of another layer."""
        *_, (name, formula) = wanted.items()
        quantity = Quantity.of(name)
        if quantity.family != "dW" or quantity.layer not in formulas.penalty_slope:
            return
        right, W = formulas.penalty_slope[quantity.layer], quantity.parameter
        for other in formulas.in_other_layers(W):
            if formulas.shape(other) == formulas.shape(str(W)):
                wrong = Sum(Sum(formula, "-", right), "+", renamed(right, str(W), other))
                message = f"The penalty's part uses {other}, the weights of another layer."
                yield self.edit(name, wrong, message)


class BiasPenalised(FormulaMistake):
    """The biases in the penalty of the loss; in db the share of it is fitted."""

    code = "bias_penalised"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Add what the biases would cost."""
        cost = formulas.divided(formulas.penalty_of([f"b{l}" for l in formulas.layers]))
        if "loss" in wanted and cost is not None and formulas.architecture.has_biases:
            yield self.edit("loss", Sum(wanted["loss"], "+", cost), sentence_about(self.code, 1.0))
