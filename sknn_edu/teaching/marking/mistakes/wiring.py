"""Mistakes in which arrays are combined: layers, transposes, sums over the samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....activations import Identity
from ....formulas import Expression
from ....formulas.quantity import Quantity
from ....formulas.tree import Call, MatrixProduct, Name, Number, Reduction, Transpose
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, carried_back, renamed

# Which names of a formula may come from the wrong layer.
FROM_A_LAYER = ("A", "W", "delta", "dA")


class WrongLayer(FormulaMistake):
    """A, W or delta of another layer."""

    code = "wrong_layer"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """One name of a formula from another layer, or the answer for another layer."""
        *_, last = wanted
        for name, formula in wanted.items():
            made = Quantity.of(name)
            hint = (
                f"Write down which arrays are combined in layer {max(made.number, 1)} in the "
                "forward pass: the same ones are combined in its backward pass."
            )
            # The Z of a derivative belongs to WrongLayerForDerivative.
            families = FROM_A_LAYER if made.family != "A" else ("Z",)
            for used in map(Quantity.of, sorted(formula.names())):
                for other in formulas.in_other_layers(used) if used.family in families else ():
                    if name != last and formulas.shape(str(used)) != formulas.shape(other):
                        continue
                    wrong = renamed(formula, str(used), other)
                    what = f"{other} stands where the {used.family} of another layer belongs."
                    variant = f"{used.family}{Quantity.of(other).number - used.number:+d}"
                    yield self.edit(name, wrong, f"{what} {hint}", variant)
        target, l = Quantity.of(last), Quantity.of(last).number
        for other in formulas.in_other_layers(target):
            yield self.edit(last, Name(other), f"This is {other}, the answer for another layer.")
        if target.family == "dA" and 0 < l < formulas.L:
            message = (
                f"delta{l} and W{l} give dA{l - 1}, of the layer before; dA{l} needs layer {l + 1}."
            )
            yield self.edit(last, formulas.read(f"delta{l} @ W{l}.T"), message)


class ZForA(FormulaMistake):
    """Z for A in a product with delta, or in a sum Z."""

    code = "Z_for_A"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Z_(l-1) for A_(l-1) in dW_l."""
        for name, formula in wanted.items():
            family, l = Quantity.of(name).family, Quantity.of(name).number
            if family in ("dW", "Z") and l > 1:
                message = (
                    f"Z{l - 1} stands where A{l - 1} belongs: the input of layer {l} is the output "
                    f"of layer {l - 1}, after its activation."
                )
                yield self.edit(name, renamed(formula, f"A{l - 1}", f"Z{l - 1}"), message)
            if family == "A" and l > 0:
                yield self.edit(name, Name(f"Z{l}"), f"This is Z{l}: the activation is missing.")


class BiasMissing(FormulaMistake):
    """Z without b."""

    code = "bias_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """The product alone."""
        for name, formula in wanted.items():
            b = f"b{Quantity.of(name).number}"
            if Quantity.of(name).family == "Z" and b in formula.names():
                product = formula.substituted({b: Number(0.0)})
                yield self.edit(name, product, f"The bias {b} is missing: each sum has its unit's.")


class WeightsNotTransposed(FormulaMistake):
    """W for its transpose in the backward pass."""

    code = "weights_not_transposed"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Drop the transpose in dA, or put one into Z."""
        for name, formula in wanted.items():
            for node in formula.walk():
                match node:
                    case Transpose(operand=Name() as W):
                        wrong: Expression = W
                    case Name() as W if Quantity.of(name).family == "Z":
                        wrong = Transpose(W)
                    case _:
                        continue
                if Quantity.of(W.id).family == "W":
                    message = (
                        f"{W} is transposed where it should not be, or the other way round: the "
                        f"forward pass multiplies by {W}, the backward pass by its transpose. The "
                        "shapes fit here only because both layers have the same number of units."
                    )
                    yield self.edit(name, formula.replaced(node, wrong), message)


class WeightsUpdatedFirst(FormulaMistake):
    """W after the update for W before it, in the backward pass."""

    code = "weights_updated_first"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """dA with the weights of the next step."""
        for name, formula in wanted.items():
            W = f"W{Quantity.of(name).number + 1}"
            if Quantity.of(name).family != "dA" or W not in formula.names():
                continue
            message = (
                f"{W} was updated before the gradient was propagated back through it. All "
                "gradients of a step are taken at the same weights: compute all, then update."
            )
            for variant, W_next in enumerate(_stepped(W, formulas)):
                yield self.edit(name, formula.substituted({W: W_next}), message, str(variant))


def _stepped(W: str, formulas: Formulas) -> Iterator[Expression]:
    """W after a step: as it is, by plain descent with the gradient of the formulas, by the rule."""
    yield Name(f"{W}_next")
    sign = "+" if formulas.conventions.is_descent else "-"
    gradient = {f"d{W}": formulas.backward[f"d{W}"]}
    plain = formulas.read(f"{W} {sign} learning_rate * d{W}")
    yield plain.substituted(gradient)
    rule = formulas.expanded_update(f"{W}_next")
    if rule != plain:
        yield rule.substituted(gradient)


class BiasNotSummed(FormulaMistake):
    """delta for its sum over the samples."""

    code = "bias_not_summed"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """db without its sum."""
        for name, formula in wanted.items():
            sums = [node for node in formula.walk() if isinstance(node, Reduction)]
            if Quantity.of(name).family == "db" and len(sums) == 1:
                l = Quantity.of(name).number
                message = (
                    f"delta{l} has a row for each sample, but all samples share the same b{l}, so "
                    f"the gradient by b{l} is the sum over the samples."
                )
                yield self.edit(name, formula.replaced(sums[0], sums[0].operand), message)


class WeightsMissing(FormulaMistake):
    """delta of the next layer itself for what goes back through its weights."""

    code = "weights_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """dA = delta of the next layer, where the shapes allow it."""
        for name in wanted:
            l = Quantity.of(name).number
            if Quantity.of(name).family != "dA" or l == formulas.L:
                continue
            if formulas.shape(name) == formulas.shape(f"delta{l + 1}"):
                message = (
                    f"delta{l + 1} is not sent back through W{l + 1}: each unit of layer {l} acts "
                    "on the next layer through its weights."
                )
                yield self.edit(name, Name(f"delta{l + 1}"), message)


class MatrixForElementwise(FormulaMistake):
    """A product of matrices with f'(Z), which fits where there are as many samples as units."""

    code, is_rare = "matrix_for_elementwise", True

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """dA @ f'(Z), and with a transpose, in either order."""
        for name, formula in wanted.items():
            for place in carried_back(formula):
                if isinstance(formulas.architecture.activations[place.layer - 1], Identity):
                    continue
                slope = Call(
                    f"d_{formulas.functions.of_layer(place.layer)}", (Name(f"Z{place.layer}"),)
                )
                message = (
                    f"delta{place.layer} is a product entry by entry: the derivative of a unit "
                    "multiplies that unit alone."
                )
                for P, Q in ((place.dA, slope), (slope, place.dA)):
                    products = [(P, Q), (Transpose(P), Q), (P, Transpose(Q))]
                    for wrong in (MatrixProduct(*factors) for factors in products):
                        changes = {name: formula.replaced(place, wrong)}
                        yield Edit(self.code, changes, message, is_rare=True)
