"""Formulas as trees in JSON, from which a page writes out the sum that one number is.

A tree is a list: what it is, then its parts. Every function in it has a value that Python computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ...activations import Activation, Elementwise
from ...formulas import Expression, Functions, Scope, to_columns, tree
from ...formulas.html import FormulaHtml
from ...formulas.layout import Layout
from ...formulas.tree import Call, Name
from ..network_formulas import Formulas
from ..tracing.arrays import TraceArrays
from ..tracing.steps import Step


class Trees:
    """The formulas of a trace as trees.

    Parameters
    ----------
    t : TraceArrays
        Gives the network and the layout.
    steps : list of Step
        Whose formulas they are.

    Attributes
    ----------
    calls : dict of str to Call
        Functions in the formulas that are no quantity themselves, by the name of their values.
    """

    def __init__(self, t: TraceArrays, steps: list[Step]) -> None:
        self.layout = Layout.of(t.layout)
        self.html = FormulaHtml(self.layout)
        self.formulas = Formulas(t.architecture, is_weighted=t.is_weighted)
        self.functions = Functions(t.activations, self.layout, t.loss_function)
        self.dropped = set(t.mask)
        self.name_of = {str(step.formula): step.name for step in steps if step.formula}
        self.calls: dict[str, Call] = {}

    def values_of_calls(self, t: TraceArrays) -> Iterator[Any]:
        """The value of each call, for the numbers of a trace."""
        scope = Scope(t.by_name(), self.functions)
        return (call.value(scope) for call in self.calls.values())

    def of(self, formula: Expression) -> list[Any]:
        """The tree of a formula."""
        match formula:
            case tree.Number(number):
                return ["number", number]
            case Name(id=name):
                return ["name", name]
            case tree.Negative(operand):
                return ["minus", self.of(operand)]
            case tree.Transpose(operand):
                return ["transpose", self.of(operand)]
            case tree.Power(base, exponent):
                return ["power", self.of(base), self.of(exponent)]
            case tree.Sum(left, sign, right):
                return [sign, self.of(left), self.of(right)]
            case tree.MatrixProduct(left, right):
                return ["@", self.of(left), self.of(right)]
            case tree.Product(left, right):
                return ["*", self.of(left), self.of(right)]
            case tree.Quotient(left, right):
                return ["/", self.of(left), self.of(right)]
            case tree.Comparison(left, relation, right):
                return ["relation", self.html.function(relation), self.of(left), self.of(right)]
            case tree.Reduction(function, operand, axis):
                return [function, self.of(operand), axis]
            case tree.Backward():
                return self.of(formula.written)
            case Call():
                return self._call(formula)
        raise TypeError(f"There is no tree for {type(formula).__name__}.")

    def _call(self, call: Call) -> list[Any]:
        """Symbol with # for the arguments, whether they are whole samples, values, arguments."""
        text = str(call)
        name = self.name_of.get(text, text)
        if name == text:
            self.calls[text] = call
        function = call.function
        symbol = self.html.function(function.removeprefix("d_"))
        if "#" not in symbol:
            symbol += f"{self.html.prime * function.startswith('d_')}(#)"
        return ["call", symbol, function in self._of_samples, name, *map(self.of, call.arguments)]

    @cached_property
    def _of_samples(self) -> set[str]:
        """The functions that see all units of a sample at once."""
        f = self.formulas
        mixing = {name for name in f.functions if name.startswith("backward_")}
        for l, activation in enumerate(f.architecture.activations, start=1):
            if not activation.elementwise:
                mixing |= {f.functions.of_layer(l), activation.name}
        losses = {f.functions.of_loss(loss) for _, loss in f.architecture.loss.terms()}
        return mixing | losses | {f"d_{name}" for name in losses}

    def written_out(self, step: Step) -> list[list[Any]]:
        """The activation, or its derivative, that a step calls, beside its formula: pairs of trees.

        Such as logistic(Z1) and 1 / (1 + exp(-Z1)).
        """
        l = step.quantity.layer
        if not l or step.quantity.family not in ("A", "delta"):
            return []
        f, text = self.formulas.architecture.activations[l - 1], str(step.formula)
        return [
            [self.of(Call(name, (Name(f"Z{l}"),))), self.of(formula)]
            for name, formula in self._definitions(f, l)
            if re.search(rf"\b{name}\(", text)
        ]

    def _definitions(self, f: Activation, l: int) -> Iterator[tuple[str, Expression]]:
        """f_l and its derivative by name, in the layout."""
        name = self.formulas.functions.of_layer(l)
        A = self.formulas.read(f"{name}(Z{l})") if l in self.dropped else Name(f"A{l}")
        texts = {name: f.formula}
        if isinstance(f, Elementwise):
            texts[f"d_{name}"] = f.derivative_formula
        for called, text in texts.items():
            if text:
                of_Z = self.formulas.of_component(f, text)
                of_Z = of_Z.substituted({"Z": Name(f"Z{l}"), "A": A})
                yield called, to_columns(of_Z) if self.layout is Layout.COLUMNS else of_Z
