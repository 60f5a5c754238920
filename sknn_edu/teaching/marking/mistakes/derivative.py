"""Mistakes where a gradient goes back through an activation: delta = f'(Z) dA."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping

from ....activations import Activation, Elementwise, Identity
from ....formulas import Expression
from ....formulas.tree import Backward, Call, Name, Product
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, arriving, carried_back, renamed

Wrong = tuple[Expression, str]  # a formula, and what is wrong with it


class _InDerivative(FormulaMistake):
    """A mistake in the derivative of an activation."""

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        for name, formula in wanted.items():
            for place in carried_back(formula):
                f = formulas.architecture.activations[place.layer - 1]
                # Who makes the mistake in all layers sees no derivative in those of the identity.
                kind = "identity " if isinstance(f, Identity) else ""
                for number, (wrong, message) in enumerate(self._wrong(place, f, formulas)):
                    variant = f"{kind}{number}"
                    yield self.edit(name, formula.replaced(place, wrong), message, variant)

    @abstractmethod
    def _wrong(self, place: Backward, f: Activation, formulas: Formulas) -> Iterator[Wrong]:
        """What the mistake makes of delta = J_f(Z)^T dA, with a message."""


class ActivationDerivativeMissing(_InDerivative):
    """dA for f'(Z) dA in a hidden layer."""

    code = "activation_derivative_missing"

    def _wrong(self, place, f, formulas):
        l = place.layer
        if l < formulas.L and not isinstance(f, Identity):
            message = (
                f"The derivative of {f.name} in layer {l} is missing: dA{l} is the derivative of J "
                f"by A{l} = {f.name}(Z{l}), so by the chain rule delta{l} has one factor more."
            )
            yield arriving(place, formulas), message
            if l in formulas.dropped:
                yield place.dA, f"{message} The mask of dropout is missing, too."


class DerivativeAtA(_InDerivative):
    """f'(A) for f'(Z)."""

    code = "derivative_at_A"

    def _wrong(self, place, f, formulas):
        if isinstance(f, Identity):
            return
        l, name = place.layer, formulas.functions.of_layer(place.layer)
        at_A = Product(arriving(place, formulas), Call(f"d_{name}", (Name(f"A{l}"),)))
        message = (
            f"The derivative of {f.name} is taken at A{l}, the output of the layer. It must be "
            f"taken at Z{l}, the input of {f.name}. Some derivatives can be written in terms of A, "
            "but that is a different formula."
        )
        if not f.elementwise:
            A = Call(name, (Name(f"A{l}"),))
            yield place.written.substituted({f"Z{l}": Name(f"A{l}"), f"A{l}": A}), message
        yield at_A, message


IN_TERMS_OF_A = ("A * (1 - A)", "1 - A**2")  # of logistic and tanh


class DerivativeAtGradient(_InDerivative):
    """f'(dA), with or without the factor dA, for f'(Z) dA."""

    code = "wrong_name"

    def _wrong(self, place, f, formulas):
        if isinstance(f, Identity) or not f.elementwise:
            return
        l, name = place.layer, formulas.functions.of_layer(place.layer)
        at_dA = Call(f"d_{name}", (place.dA,))
        what = f"The derivative of {f.name} is taken at dA{l}. It must be taken at Z{l}"
        yield at_dA, f"{what}, and multiplied by dA{l}, by the chain rule."
        if f.derivative_formula in IN_TERMS_OF_A:
            of_A = formulas.read(f.derivative_formula)
            message = (
                f"dA{l} stands where A{l} belongs in the derivative of {f.name}, "
                f"{f.derivative_formula}, and the result is not multiplied by dA{l}."
            )
            yield of_A.substituted({"A": place.dA}), message
        if f.kinks != (0.0,):  # of relu that is `relu_on_gradient`
            yield (
                Product(arriving(place, formulas), at_dA),
                f"{what}: how much A{l} changes depends on Z{l}.",
            )


class ActivationForDerivative(_InDerivative):
    """f(Z) for f'(Z)."""

    code = "activation_for_derivative"

    def _wrong(self, place, f, formulas):
        l = place.layer
        yield (
            Product(
                arriving(place, formulas), Call(formulas.functions.of_layer(l), (Name(f"Z{l}"),))
            ),
            f"The gradient is multiplied by {f.name}(Z{l}) itself instead of its derivative: the "
            f"chain rule needs the rate at which A{l} changes with Z{l}, not the value of A{l}.",
        )


class ReluOnGradient(_InDerivative):
    """max(dA, 0) for [Z > 0] dA."""

    code = "relu_on_gradient"

    def _wrong(self, place, f, formulas):
        if f.kinks != (0.0,):
            return
        l = place.layer
        message = (
            f"{f.name} is applied to the gradient. Which entries are kept depends on the sign of "
            f"Z{l} in the forward pass, not on the sign of the gradient."
        )
        through = Call(formulas.functions.of_layer(l), (place.dA,))
        yield through, message
        yield Backward(through, l, place.template), message


class SoftmaxElementwise(_InDerivative):
    """a (1 - a) dA for the whole Jacobian."""

    code = "softmax_elementwise"

    def _wrong(self, place, f, formulas):
        if f.elementwise:
            return
        l = place.layer
        yield (
            Product(
                arriving(place, formulas),
                Call(f"d_{formulas.functions.of_layer(l)}", (Name(f"Z{l}"),)),
            ),
            f"{f.name} is treated as if each output depended on its own z alone. But each z of a "
            "sample changes all outputs of that sample: the Jacobian has -a_i a_j off the diagonal "
            f"(and a_i (1 - a_i) on it), and delta{l} is a sum over all outputs i.",
        )


class WrongZForDerivative(_InDerivative):
    """Z for A in a derivative that is written in terms of A, such as a (1 - a)."""

    code = "Z_for_A"

    def _wrong(self, place, f, formulas):
        l = place.layer
        message = (
            f"Z{l} stands where A{l} belongs, in the derivative of {f.name}: "
            f"a formula for it in terms of A{l} needs the output of {f.name}, not its input."
        )
        if isinstance(f, Elementwise):
            text = f.derivative_formula or ""
            slope = formulas.of_component(f, text) if text else Name("A")
            if text and "A" in slope.names():
                yield (
                    Product(arriving(place, formulas), slope.substituted({"A": Name(f"Z{l}")})),
                    message,
                )
        elif f"A{l}" in place.template.names():
            template = place.template.substituted({f"A{l}": Name(f"Z{l}")})
            yield Backward(place.dA, l, template), message


class WrongLayerForDerivative(_InDerivative):
    """f'(Z_k) for f'(Z_l), or A_k for A_l in a formula of f' in terms of A."""

    code = "wrong_layer"

    def _wrong(self, place, f, formulas):
        l = place.layer
        for k in formulas.layers:
            if k == l or formulas.architecture.sizes[k] != formulas.architecture.sizes[l]:
                continue
            message = f"delta{l} has the derivative of layer {k} in it; it needs the one at Z{l}."
            slope = formulas.functions.of_layer(l)
            if not isinstance(f, Elementwise):
                for A in (Name(f"A{k}"), Call(slope, (Name(f"Z{k}"),))):
                    others = {f"Z{l}": Name(f"Z{k}"), f"A{l}": A}
                    yield Backward(place.dA, l, place.template.substituted(others)), message
                continue
            yield Backward(place.dA, l, renamed(place.template, f"Z{l}", f"Z{k}")), message
            if f.derivative_formula and "A" in f.derivative_formula:
                in_A = formulas.of_component(f, f.derivative_formula)
                yield Product(arriving(place, formulas), renamed(in_A, "A", f"A{k}")), message
            theirs = formulas.architecture.activations[k - 1]
            if theirs != f:
                f_k = Call(f"d_{formulas.functions.of_layer(k)}", (Name(f"Z{k}"),))
                yield Product(arriving(place, formulas), f_k), message
