"""Mistakes at the output: in the loss, its derivative and the first delta."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from ....formulas import Expression
from ....formulas.tree import Call, Name, Negative, Number, Product, Quotient
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, carried_back, renamed
from .constants import sentence_about


class OutputDerivativeMissing(FormulaMistake):
    """delta = dA at the output."""

    code = "output_derivative_missing"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Leave the last activation out."""
        L, output = formulas.L, formulas.architecture.output
        name = f"delta{L}"
        for place in carried_back(wanted.get(name, Number(0))):
            wrong = wanted[name].replaced(place, place.dA)
            yield self.edit(
                name,
                wrong,
                f"The derivative of the output activation is missing: dA{L} is the derivative of "
                f"the loss by A{L}, but A{L} = {output.name}(Z{L}), so by the chain rule delta{L} also "
                f"has the derivative of {output.name}.",
            )


class OutputDerivativeTwice(FormulaMistake):
    """f' once more where it is in delta already."""

    code = "output_derivative_twice"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Multiply delta by the derivative of the output once more."""
        L, output = formulas.L, formulas.architecture.output
        name = f"delta{L}"
        if name not in wanted:
            return
        message = (
            f"The derivative of {output.name} is taken twice. The short form A{L} - Y of delta{L} "
            f"already contains it: it cancels with a factor of the derivative of the loss."
        )
        slope = Call(f"d_{formulas.functions.of_layer(L)}", (Name(f"Z{L}"),))
        yield self.edit(name, Product(wanted[name], slope), message)
        if not output.elementwise:
            yield self.edit(name, formulas.carried_back(L, wanted[name]), message)
        for place in carried_back(wanted[name]):
            again = Product(place, slope)
            if again.left is not wanted[name]:
                yield self.edit(name, wanted[name].replaced(place, again), message)


class CanonicalShortcut(FormulaMistake):
    """A - Y where that is not what the chain rule gives."""

    code = "canonical_shortcut"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """A - Y for delta, or for dA, of the output."""
        L, output = formulas.L, formulas.architecture.output
        loss = formulas.architecture.loss
        terms = [term for _, term in loss.terms()]
        difference = formulas.read(f"A{L} - Y")
        factor = sum(factor for factor, _ in loss.terms())
        differences = [difference]
        if factor != 1:
            differences.append(Product(Number(factor), difference))
        messages = {}
        if not all(term.delta_formula(output) == "A - Y" for term in terms):
            messages[f"delta{L}"] = (
                f"A{L} - Y is delta{L} only for certain pairs (softmax or logistic with the log loss, "
                f"identity with the squared error); {loss!r} with {output.name} is not one of them."
            )
        if not all(term.gradient_formula == "A - Y" for term in terms):
            messages[f"dA{L}"] = (
                f"A{L} - Y is not the derivative of this loss by A{L}. It can be delta{L}, after the "
                "derivative of the output activation has cancelled."
            )
        for name, message in messages.items():
            if name in wanted:
                for wrong in differences:
                    yield self.edit(name, formulas.mean(wrong), message)


class ZForOutput(FormulaMistake):
    """Z_L - Y for A_L - Y."""

    code = "Z_for_A"

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Z of the output in the loss."""
        L = formulas.L
        for name in (f"delta{L}", f"dA{L}", "loss"):
            if name in wanted and f"A{L}" in wanted[name].names():
                yield self.edit(
                    name,
                    renamed(wanted[name], f"A{L}", f"Z{L}"),
                    f"Z{L} stands where A{L} belongs: the loss compares the targets with the "
                    "outputs, after the activation.",
                )
                places = list(carried_back(wanted[name]))
                for place in places:
                    if f"A{L}" in place.dA.names():
                        inside = replace(place, dA=renamed(place.dA, f"A{L}", f"Z{L}"))
                        yield self.edit(
                            name,
                            wanted[name].replaced(place, inside),
                            f"Z{L} stands where A{L} belongs, in the derivative of the loss.",
                        )


class _InOneTerm(FormulaMistake):
    """A constant in one term of a loss that is a sum."""

    constants: ClassVar[Mapping[float, str]]

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """One term of the loss times a constant."""
        terms = formulas.architecture.loss.terms()
        for i in range(len(terms)) if len(terms) > 1 else ():
            for constant, how in self.constants.items():
                changed = [(f * constant if j == i else f, t) for j, (f, t) in enumerate(terms)]
                for name, wrong in formulas.of_loss(changed).items():
                    if name in wanted:
                        yield self.edit(
                            name,
                            wrong,
                            f"One term of the loss, {terms[i][1]!r}, {how}. Differentiate each "
                            "term separately, with its own sign and factor.",
                        )


class FactorInOneTerm(_InOneTerm):
    """One term of a loss twice, or half."""

    code = "factor"
    constants: ClassVar[Mapping[float, str]] = {
        2.0: "has twice the factor that it should have",
        0.5: "has half the factor that it should have",
    }


class SignInOneTerm(_InOneTerm):
    """One term of a loss with the wrong sign."""

    code = "sign"
    constants: ClassVar[Mapping[float, str]] = {-1.0: "has the wrong sign"}


class _ConstantUpstream(FormulaMistake):
    """A constant in the delta of the output, and so in all formulas that use it.

    Alone it is a constant in the result, which is found by a fit. It has to be tried together with
    the penalty and with other mistakes, which it does not multiply.
    """

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Multiply delta of the output."""
        name = f"delta{formulas.L}"
        if f"dA{formulas.L}" in wanted and name in wanted and len(wanted) > 2:
            for constant in self.constants(formulas):
                message = sentence_about(self.code, getattr(constant, "number", 1.0))
                yield self.edit(name, Product(wanted[name], constant), message, str(constant))

    @abstractmethod
    def constants(self, formulas: Formulas) -> list[Expression]:
        """What to multiply it by."""


class SignUpstream(_ConstantUpstream):
    """The wrong sign from the output on."""

    code = "sign"

    def constants(self, formulas: Formulas) -> list[Expression]:
        """Minus one."""
        return [Negative(Number(1.0))]


class FactorUpstream(_ConstantUpstream):
    """Twice or half of it from the output on."""

    code = "factor"

    def constants(self, formulas: Formulas) -> list[Expression]:
        """Two and one half."""
        return [Number(2.0), Number(0.5)]


class MeanMissingUpstream(_ConstantUpstream):
    """No mean from the output on."""

    code = "missing_mean"

    def constants(self, formulas: Formulas) -> list[Expression]:
        """The number of samples."""
        return [formulas.total]


class MeanTwiceUpstream(_ConstantUpstream):
    """The mean twice from the output on."""

    code = "double_mean"

    def constants(self, formulas: Formulas) -> list[Expression]:
        """One by the number of samples."""
        return [Quotient(Number(1.0), formulas.total)]
