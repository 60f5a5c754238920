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


class PenaltyWithoutWeights(FormulaMistake):
    """The strength alone for the derivative of the penalty: lambda for lambda W."""

    code = "penalty_without_weights"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """A number in place of the penalty's part of dW; the same in db."""
        *_, (name, formula) = wanted.items()
        quantity = Quantity.of(name)
        right = formulas.penalty_slope.get(quantity.number)
        if quantity.family not in ("dW", "db") or not formulas.penalty_slope:
            return
        message = (
            "The penalty's part is a number alone. The derivative of alpha / 2 W^2 is alpha W: the "
            "weights belong in it."
        )
        if quantity.family == "db":
            message = "The penalty depends on the weights alone: the biases are not in it."
        for text in ("alpha / T", "alpha", "alpha / 2 / T", "2 * alpha / T", "2 * alpha"):
            part = formulas.signed(formulas.read(text).substituted({"T": formulas.total}))
            wrong = Sum(formula, "+", part)
            if quantity.family == "dW" and right is not None:
                yield self.edit(name, Sum(wrong, "-", right), message, text)
            elif quantity.family == "db":
                yield Edit("bias_penalised", {name: wrong}, message, text)


class PenaltyOfSomeLayers(FormulaMistake):
    """Not all weights in the penalty of the loss, or not their squares."""

    code = "penalty_factor"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Leave the weights of some layers out; take the weights for their squares."""
        if "loss" not in wanted or formulas.penalty_loss is None:
            return
        message = "The penalty of J adds up the squares of the weights of all layers, as they are."
        parts = [formulas.penalty_of([f"W{l}"]) for l in formulas.layers]
        parts += [
            formulas.penalty_of([f"W{k}" for k in formulas.layers if k != l])
            for l in formulas.layers
        ]
        plain = " + ".join(f"sum(W{l})" for l in formulas.layers)
        roots = " + ".join(f"sqrt(sum(W{l}**2))" for l in formulas.layers)
        parts += [[formulas.read(f"alpha / 2 * ({text})")] for text in (plain, roots)]
        for terms in parts if formulas.L > 1 else parts[-2:]:
            cost = formulas.divided(terms)
            if cost is not None and cost != formulas.penalty_loss:
                wrong = Sum(Sum(wanted["loss"], "+", cost), "-", formulas.penalty_loss)
                yield self.edit("loss", wrong, message)
