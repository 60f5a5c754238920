"""Mistakes at the output: in the loss, its derivative and the first delta."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ....formulas import Expression, Scope
from ....formulas.tree import Call, Name, Number, Product
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, carried_back, in_place, renamed
from .constants import sentence_about


class OutputDerivativeMissing(FormulaMistake):
    """delta = dA at the output."""

    code = "output_derivative_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Leave the last activation out."""
        L, output = formulas.L, formulas.architecture.output
        name = f"delta{L}"
        message = (
            f"The derivative of the output activation is missing: dA{L} is the derivative of the "
            f"loss by A{L} = {output.name}(Z{L}), so by the chain rule delta{L} also has the "
            f"derivative of {output.name}."
        )
        for place in carried_back(wanted.get(name, Number(0))):
            yield self.edit(name, wanted[name].replaced(place, place.dA), message)


class OutputDerivativeTwice(FormulaMistake):
    """f' once more where it is in delta already."""

    code = "output_derivative_twice"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Multiply delta by the derivative of the output once more."""
        L, output = formulas.L, formulas.architecture.output
        name = f"delta{L}"
        if name not in wanted:
            return
        why = (
            f"The short form A{L} - Y of delta{L} already contains it: it cancels with a factor of "
            "the derivative of the loss."
            if is_short(formulas)
            else f"delta{L} has it once: dA{L} times it."
        )
        message = f"The derivative of {output.name} is taken twice. {why}"
        slope = Call(f"d_{formulas.functions.of_layer(L)}", (Name(f"Z{L}"),))
        yield self.edit(name, Product(wanted[name], slope), message)
        if not output.elementwise:
            yield self.edit(name, formulas.carried_back(L, wanted[name]), message)
        for place in carried_back(wanted[name]):
            again = Product(place, slope)
            if again.left is not wanted[name]:
                yield self.edit(name, wanted[name].replaced(place, again), message)


def is_short(formulas: Formulas) -> bool:
    """Whether delta of the output is A - Y."""
    output, terms = formulas.architecture.output, formulas.architecture.loss.terms()
    return all(term.delta_formula(output) == "A - Y" for _, term in terms)


class CanonicalShortcut(FormulaMistake):
    """A - Y where that is not what the chain rule gives."""

    code = "canonical_shortcut"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """A - Y for delta, or for dA, of the output."""
        L, output, loss = formulas.L, formulas.architecture.output, formulas.architecture.loss
        factors, terms = zip(*loss.terms(), strict=True)
        messages = {}
        if not is_short(formulas):
            messages[f"delta{L}"] = (
                f"A{L} - Y is delta{L} only for certain pairs (softmax or logistic with the log "
                f"loss, identity with the squared error), not for {loss!r} with {output.name}."
            )
        if not all(term.gradient_formula == "A - Y" for term in terms):
            messages[f"dA{L}"] = (
                f"A{L} - Y is not the derivative of this loss by A{L}. It can be delta{L}, after "
                "the derivative of the output activation has cancelled."
            )
        difference = formulas.read(f"A{L} - Y")
        differences = [difference]
        if sum(factors) != 1:
            differences.append(Product(Number(sum(factors)), difference))
        for name, message in messages.items():
            for wrong in differences if name in wanted else ():
                yield self.edit(name, formulas.of_delta(wrong), message)


class SmoothingMissing(FormulaMistake):
    """Y for the smoothed targets of a log loss."""

    code = "loss_term_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Y in the loss, its derivative or delta of the output."""
        A, Y = f"A{formulas.L}", formulas.read("Y")
        targets = [formulas.of_term(loss, "Y") for _, loss in formulas.architecture.loss.terms()]
        for target in dict.fromkeys(target for target in targets if target != Y):
            message = (
                f"The label smoothing is missing: {A} is compared with Y itself. This loss and "
                "its derivatives compare it with a mixture of Y and equal shares for all classes."
            )
            for name in ("loss", f"d{A}", f"delta{formulas.L}"):
                if name in wanted and (wrong := in_place(wanted[name], target, Y)) != wanted[name]:
                    yield self.edit(name, wrong, message)


@dataclass(frozen=True)
class Labels(Expression):
    """The number of the class of each sample, in the place of one-hot rows."""

    targets: Expression

    def value(self, scope: Scope) -> Any:
        """A column."""
        return np.argmax(self.targets.value(scope), axis=1)[:, np.newaxis].astype(float)

    def __str__(self) -> str:
        return f"argmax({self.targets})"


class LabelsNotOneHot(FormulaMistake):
    """Labels 0, 1, 2, ... where one-hot rows belong."""

    code = "labels_not_one_hot"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Put the labels in the place of Y."""
        if formulas.architecture.sizes[-1] < 2:
            return
        message = (
            "The targets are labels 0, 1, 2, ...: for several output units each must be one-hot, a "
            "row of zeros with a 1 at the place of its class."
        )
        for name in (f"delta{formulas.L}", f"dA{formulas.L}", "loss"):
            if name in wanted and "Y" in wanted[name].names():
                wrong = wanted[name].substituted({"Y": Labels(Name("Y"))})
                yield self.edit(name, wrong, message)


class ZForOutput(FormulaMistake):
    """Z_L - Y for A_L - Y."""

    code = "Z_for_A"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Z of the output in the loss."""
        A, Z = f"A{formulas.L}", f"Z{formulas.L}"
        in_loss = f"{Z} stands where {A} belongs: the loss compares the targets with the outputs."
        in_slope = f"{Z} stands where {A} belongs, in the derivative of the loss."
        for name in (f"delta{formulas.L}", f"dA{formulas.L}", "loss"):
            if name in wanted and A in wanted[name].names():
                yield self.edit(name, renamed(wanted[name], A, Z), in_loss)
                for place in carried_back(wanted[name]):
                    if A in place.dA.names():
                        inside = replace(place, dA=renamed(place.dA, A, Z))
                        yield self.edit(name, wanted[name].replaced(place, inside), in_slope)


class _InOneTerm(FormulaMistake):
    """A constant in one term of a loss that is a sum."""

    constants: ClassVar[Mapping[float, str]]

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """One term of the loss times a constant."""
        terms, L = formulas.architecture.loss.terms(), formulas.L
        if len(terms) < 2 or wanted.keys().isdisjoint(("loss", f"dA{L}", f"delta{L}")):
            return
        for i, (factor, term) in enumerate(terms):
            for constant, how in self.constants.items():
                changed = [*terms[:i], (factor * constant, term), *terms[i + 1 :]]
                what = f"One term of the loss, {term!r}, {how}"
                message = (
                    f"{what}. Differentiate each term separately, with its own sign and factor."
                )
                for name, wrong in formulas.of_loss(changed).items():
                    if name in wanted:
                        yield self.edit(name, wrong, message)


class FactorInOneTerm(_InOneTerm):
    """One term of a loss twice, or half."""

    code = "factor"
    constants: ClassVar = {2.0: "has twice its right factor", 0.5: "has half its right factor"}


class TermMissing(_InOneTerm):
    """One term of a loss left out."""

    code = "loss_term_missing"
    constants: ClassVar[Mapping[float, str]] = {0.0: "is missing"}


class SignInOneTerm(_InOneTerm):
    """One term of a loss with the wrong sign."""

    code = "loss_term_sign"
    constants: ClassVar[Mapping[float, str]] = {-1.0: "has the wrong sign"}


class _ConstantUpstream(FormulaMistake):
    """A constant in the delta of the output, and so in all formulas that use it.

    Alone it is a constant in the result, which is found by a fit. It has to be tried together with
    the penalty and with other mistakes, which it does not multiply.
    """

    constants: ClassVar[tuple[str, ...]]  # formulas; T is m, or the sum of the sample weights

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Multiply delta of the output."""
        name = f"delta{formulas.L}"
        if f"dA{formulas.L}" in wanted and name in wanted and len(wanted) > 2:
            for text in self.constants:
                constant = formulas.read(text).substituted({"T": formulas.total})
                message = sentence_about(self.code, getattr(constant, "number", 1.0))
                yield self.edit(name, Product(wanted[name], constant), message, text)


class SignUpstream(_ConstantUpstream):
    """The wrong sign from the output on."""

    code, constants = "sign", ("-1",)


class FactorUpstream(_ConstantUpstream):
    """Twice or half of it from the output on."""

    code, constants = "factor", ("2", "0.5")


class MeanMissingUpstream(_ConstantUpstream):
    """No mean from the output on."""

    code, constants = "missing_mean", ("T",)


class MeanTwiceUpstream(_ConstantUpstream):
    """The mean twice from the output on."""

    code, constants = "double_mean", ("1 / T",)
