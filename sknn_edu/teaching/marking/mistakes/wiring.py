"""Mistakes in what is multiplied with what: layers, transposes, sums over the samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ....formulas import Expression
from ....formulas.tree import Name, Reduction, Transpose
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, family_of, layer_of, renamed

# Which names of a formula may come from the wrong layer.
FROM_A_LAYER = ("A", "W", "delta", "dA")


class WrongLayer(FormulaMistake):
    """A, W or delta of another layer."""

    code = "wrong_layer"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """One name of a formula from another layer, or the answer for another layer."""
        *_, last = wanted
        for name, formula in wanted.items():
            # The Z of a derivative is the business of WrongLayerForDerivative.
            families = FROM_A_LAYER if name[0] != "A" else ("Z",)
            for used in sorted(formula.names()):
                for other in self._others(used, formulas) if family_of(used) in families else ():
                    if name != last and not _same_shape(used, other, formulas):
                        continue
                    yield self.edit(
                        name,
                        renamed(formula, used, other),
                        f"{other} stands where the {family_of(used)} of another layer belongs. "
                        f"{self._what_meets(layer_of(name))}",
                        f"{family_of(used)}{layer_of(other) - layer_of(used):+d}",
                    )
        for other in self._others(last, formulas):
            yield self.edit(
                last,
                Name(other),
                f"This is {other}, the answer for another layer.",
            )
        if family_of(last) == "dA" and 0 < layer_of(last) < formulas.L:
            l = layer_of(last)
            yield self.edit(
                last,
                formulas.read(f"delta{l} @ W{l}.T"),
                f"delta{l} and W{l} lead from layer {l} to the one before it; "
                f"dA{l} comes from the layer after it.",
            )

    @staticmethod
    def _what_meets(l: int) -> str:
        """A hint that gives no formula away."""
        return (
            f"Write down which arrays meet in layer {max(l, 1)} on the way forward: the same "
            "ones meet on the way back."
        )

    @staticmethod
    def _others(name: str, formulas: Formulas) -> list[str]:
        family, l = family_of(name), layer_of(name)
        if not re.search(r"\d", name):
            return []
        return [f"{family}{k}" for k in formulas.structure.layers_of(family) if k != l]


class ZForA(FormulaMistake):
    """Z for A in a product with delta, or in a sum Z."""

    code = "Z_for_A"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Z_(l-1) for A_(l-1) in dW_l."""
        for name, formula in wanted.items():
            l = layer_of(name)
            if family_of(name) in ("dW", "Z") and l > 1:
                yield self.edit(
                    name,
                    renamed(formula, f"A{l - 1}", f"Z{l - 1}"),
                    f"Z{l - 1} stands where A{l - 1} belongs: layer {l} sees what layer {l - 1} "
                    f"puts out, after its activation.",
                )
            if family_of(name) == "A" and l > 0:
                yield self.edit(name, Name(f"Z{l}"), f"This is Z{l}: the activation is missing.")


class WeightsNotTransposed(FormulaMistake):
    """W for its transpose on the way back."""

    code = "weights_not_transposed"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Drop the transpose in dA, or put one into Z."""
        for name, formula in wanted.items():
            for node in formula.walk():
                forward = isinstance(node, Name) and family_of(name) == "Z"
                if forward and family_of(str(node)) == "W":
                    wrong: Expression = Transpose(node)
                elif isinstance(node, Transpose) and family_of(str(node.operand)) == "W":
                    wrong = node.operand
                else:
                    continue
                l = layer_of(str(node))
                yield self.edit(
                    name,
                    formula.replaced(node, wrong),
                    f"W{l} is used the wrong way round. Forward it leads from layer {l - 1} to "
                    f"layer {l}, back the other way: one of the two needs the transpose. That the "
                    "shapes fit is an accident of equal widths; with other widths they would not.",
                )


class WeightsUpdatedFirst(FormulaMistake):
    """W after the update for W before it, on the way back."""

    code = "weights_updated_first"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """dA with the weights of the next step."""
        for name, formula in wanted.items():
            l = layer_of(name) + 1
            if family_of(name) != "dA" or f"W{l}" not in formula.names():
                continue
            slope = formulas.read(f"A{l - 1}.T @ delta{l}")
            if l in formulas.penalty_slope:
                slope = formulas.read("slope + penalty").substituted(
                    {"slope": slope, "penalty": formulas.penalty_slope[l]}
                )
            stepped = formulas.read(f"W{l} - learning_rate * slope").substituted({"slope": slope})
            for variant, W_next in enumerate((Name(f"W{l}_next"), stepped)):
                yield self.edit(
                    name,
                    formula.substituted({f"W{l}": W_next}),
                    f"W{l} has been updated before the gradient went back through it. All "
                    "gradients of a step belong to the same weights: compute all, then update.",
                    str(variant),
                )


class BiasNotSummed(FormulaMistake):
    """delta for its sum over the samples."""

    code = "bias_not_summed"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """db without its sum."""
        for name, formula in wanted.items():
            if family_of(name) == "db" and isinstance(formula, Reduction):
                l = layer_of(name)
                yield self.edit(
                    name,
                    formula.operand,
                    f"delta{l} has a number for each sample, b{l} has none: every sample uses the "
                    f"same b{l}, so what they say about it adds up. Sum over the samples.",
                )


def _same_shape(name: str, other: str, formulas: Formulas) -> bool:
    return formulas.structure.shape(name) == formulas.structure.shape(other)
