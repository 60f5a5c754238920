"""Formulas that are taken for the derivative of an activation, and are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....activations import Activation, Elementwise
from ....formulas import Expression
from ....formulas.tree import Name, Product
from ...network_formulas import Formulas
from .base import Edit, FormulaMistake, arriving, carried_back

# In terms of A and Z of the layer, and of the gradient dA by mistake.
TAKEN_FOR_SLOPES = (
    "1 - A",
    "1 + A",
    "A**2",
    "-A**2",
    "1 + A**2",
    "(1 - A)**2",
    "(1 - A**2)**2",
    "A * (1 + A)",
    "A * (1 - A)",
    "A * (1 - A)**2",
    "A**2 * (1 - A)",
    "A * (1 - A**2)",
    "1 - A**2",
    "(1 - A**2) / 2",
    "1 - Z**2",
    "Z * (1 - Z)",
    "A * (1 - Z)",
    "Z * (1 - A)",
    "1 / (1 + Z**2)",
    "1 / (1 - Z**2)",
    "1 / A",
    "1 / Z",
    "A / (1 - A)",
    "(1 - A) / A",
    "sech(Z)",
    "sech(Z)**2",
    "sech(A)**2",
    "exp(Z)",
    "exp(-Z)",
    "exp(-Z) / (1 + exp(-Z))",
    "exp(-Z) / (1 + exp(-Z))**2",
    "exp(Z) / (1 + exp(-Z))**2",
    "logistic(A) * (1 - logistic(A))",
    "logistic(1 - logistic(Z))",
    "logistic(Z) * (1 - logistic(Z))",
    "1 - logistic(Z)",
    "1 - tanh(Z)",
    "1 - tanh(Z)**2",
    "1 - tanh(A)**2",
    "(1 - tanh(Z))**2",
    "tanh(Z)**2",
    "maximum(Z, 0)",
    "Z",
)
COMMON = ("1 - A", "1 + A", "A**2", "1 + A**2", "A * (1 - A)", "1 - A**2", "Z > 0", "Z < 0")
# Of functions with a kink; of others, signs of a few numbers are alike by chance.
WITH_A_KINK = ("sign(Z)", "Z > 0", "Z < 0", "A > 0", "A", "dA > 0", "1 + 0 * Z")
OF_THE_GRADIENT = ("dA * (1 - dA)", "1 - dA**2")


class _WrongDerivative(FormulaMistake):
    """Another expression of A or Z for f'(Z)."""

    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """Each of the list for the derivative of each layer."""
        for name, formula in wanted.items():
            for place in carried_back(formula):
                l = place.layer
                f = formulas.architecture.activations[l - 1]
                A, Z = Name(f"A{l}"), Name(f"Z{l}")
                message = (
                    f"What stands for the derivative of {f.name} in layer {l} is not its "
                    "derivative. Differentiate it once more, or compare it with finite differences."
                )
                # What the next layer sees is dropped out: f' is no formula of it.
                right = None if l in formulas.dropped else slope_formula(f)
                for text in self._taken(f, right):
                    slope = formulas.read(text).substituted({"A": A, "Z": Z, "dA": place.dA})
                    wrong = formula.replaced(place, Product(arriving(place, formulas), slope))
                    code = "wrong_name" if text in OF_THE_GRADIENT else self.code
                    yield Edit(code, {name: wrong}, message, text, self.is_rare)

    def _taken(self, f: Activation, right: str | None) -> Iterator[str]:
        """What is taken for the derivative of f."""
        more = WITH_A_KINK if f.kinks else ()
        for text in (*TAKEN_FOR_SLOPES, *more, *OF_THE_GRADIENT):
            # The second is `softmax_elementwise`.
            is_other = text == right or (text == "A * (1 - A)" and not f.elementwise)
            if not is_other and (text not in COMMON) == self.is_rare:
                yield text


def slope_formula(f: Activation) -> str | None:
    """f' in terms of A or Z, if there is such a formula."""
    return f.derivative_formula if isinstance(f, Elementwise) else None


class CommonWrongDerivative(_WrongDerivative):
    """One that many take for it."""

    code = "wrong_derivative"


class RareWrongDerivative(_WrongDerivative):
    """One of the others."""

    code, is_rare = "wrong_derivative", True
