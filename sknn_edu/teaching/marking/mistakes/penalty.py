"""Mistakes in the penalty that are more than a wrong share of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....formulas import Expression
from ....formulas.tree import Name, Quotient, Sum
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, family_of, layer_of


class PenaltyPartMissing(FormulaMistake):
    """One of the two terms of an elastic net left out."""

    code = "penalty_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Take one term away again."""
        *_, (name, formula) = wanted.items()
        weights = [f"W{l}" for l in formulas.layers]
        terms = formulas.penalty_of(weights) if name == "loss" else []
        if family_of(name) == "dW":
            terms = formulas.penalty_slope_of(f"W{layer_of(name)}")
        for term in terms if len(terms) > 1 else ():
            yield self.edit(
                name,
                Sum(formula, "-", Quotient(term, formulas.total)),
                "The penalty has two terms, the squares and the sizes of the weights; one of them "
                "is missing.",
            )


class PenaltyOfWrongLayer(FormulaMistake):
    """The penalty's part of another layer."""

    code = "wrong_layer"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Exchange the part for that of another layer."""
        *_, (name, formula) = wanted.items()
        l = layer_of(name)
        if family_of(name) != "dW" or l not in formulas.penalty_slope:
            return
        right = formulas.penalty_slope[l]
        for k in formulas.layers:
            if k != l and formulas.structure.shape(f"W{k}") == formulas.structure.shape(f"W{l}"):
                other = right.substituted({f"W{l}": Name(f"W{k}")})
                yield self.edit(
                    name,
                    Sum(Sum(formula, "-", right), "+", other),
                    f"The penalty's part has W{k} in it, the weights of another layer.",
                )


class BiasPenalised(FormulaMistake):
    """The biases in the penalty of the loss; in db the share of it is fitted."""

    code = "bias_penalised"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Add what the biases would cost."""
        cost = formulas.divided(formulas.penalty_of([f"b{l}" for l in formulas.layers]))
        if "loss" in wanted and cost is not None and formulas.structure.has_biases:
            yield self.edit(
                "loss",
                Sum(wanted["loss"], "+", cost),
                "The penalty is on the weights alone: the biases have no part in it.",
            )
