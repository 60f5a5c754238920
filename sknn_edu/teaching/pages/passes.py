"""One forward and one backward pass at each epoch: which arrays there are, and their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...formulas.html import FormulaHtml, name_html
from ...formulas.quantity import Quantity
from ...formulas.tree import Name
from ..tracing.arrays import TraceArrays
from ..tracing.numbers import as_matrix
from ..tracing.steps import Step, steps_of
from .trees import Trees

WORDS = {
    "Z": "Each unit adds up its inputs, each times its weight{bias}.",
    "A": "The activation is applied to the sums of the layer.",
    "penalty": "What large weights cost.",
    "loss": "How wrong the outputs are, as one number.",
    "dA": "The error is sent back through the weights.",
    "delta": "The error goes back through the activation.",
    "dW": "For each weight: what came in, times the error of its unit, added up over the samples.",
    "db": "The errors of a unit, added up over the samples.",
}


class Passes:
    """What the passes of all epochs have in common; made from one of them.

    Parameters
    ----------
    t : TraceArrays
        Any of the passes.
    names : mapping of str to sequence of str
        Of the samples (``"samples"``), and of the units of each layer (``"0"``, ``"1"``, ...).
    """

    def __init__(self, t: TraceArrays, names: Mapping[str, Sequence[str]]) -> None:
        self.layout, self.names = t.layout, names
        self.steps = steps_of(t)
        self.trees = Trees(t, self.steps)
        self.operations = [self._operation(t, step) for step in self.steps if is_computed(step)]
        formulas = [step.formula for step in self.steps if is_computed(step)]
        read = {name for formula in formulas if formula for name in formula.names()}
        shown = {step.name for step in self.steps}
        self.quantities = [step.name for step in self.steps] + sorted(read - shown)

    def numbers(self, t: TraceArrays) -> np.ndarray:
        """All numbers of a pass, one array after the other."""
        dtype = np.result_type(*t.W.values())
        return np.concatenate([np.asarray(a, dtype).ravel() for a in self._arrays(t)])

    def arrays(self, t: TraceArrays) -> list[dict[str, Any]]:
        """The arrays in the order of `numbers`: names, shapes, and what their axes are."""
        described = [self._described(t, name) for name in self.quantities]
        functions = [{"name": name} for name in self.trees.calls]
        shapes = [as_matrix(array).shape for array in self._arrays(t)]
        pairs = zip([*described, *functions], shapes, strict=True)
        return [{**array, "shape": shape} for array, shape in pairs]

    def _arrays(self, t: TraceArrays) -> Iterator[Any]:
        yield from (t[name] for name in self.quantities)
        yield from self.trees.values_of_calls(t)

    def _operation(self, t: TraceArrays, step: Step) -> dict[str, Any]:
        """A step of the computation."""
        formula = step.formula
        assert formula is not None
        bias = ", and its bias" if t.has_biases else ""
        words = _of_update(t, step) or WORDS[step.quantity.family].format(bias=bias)
        if step.name == f"dA{t.n_layers}":
            words = "How the loss changes with each output."
        return {
            "name": step.name,
            "section": step.section,
            "formula": FormulaHtml(self.trees.layout)(formula),
            "tree": self.trees.of(formula),
            "written": self.trees.written_out(step),
            "words": words,
        }

    def _described(self, t: TraceArrays, name: str) -> dict[str, Any]:
        quantity = Quantity.of(name)
        described = {"name": name, "html": name_html(name)}
        if np.ndim(t[name]) == 0:
            return described
        axes = self._axes(quantity, t.n_layers)
        return {**described, "axes": axes[:: 1 if self.layout == "rows" else -1]}

    def _axes(self, quantity: Quantity, n_layers: int) -> list[str]:
        """What the rows and the columns are, where samples are rows; "" for a single one."""
        layer = {"X": 0, "Y": n_layers}.get(quantity.family, quantity.number)
        if quantity.family == "w":
            return ["samples", ""]
        if quantity.is_of_samples:
            return ["samples", str(layer)]
        if quantity.parameter.family == "b":
            return ["", str(layer)]
        return [str(layer - 1), str(layer)]


def _of_update(t: TraceArrays, step: Step) -> str:
    """What a step of the update is, in words; nothing for others."""
    if step.section != "update":
        return ""
    if step.quantity.is_parameter_next:
        solver = "gradient descent" if t.step.is_descent else t.step.solver
        why = f" ({t.step.solver} has no rule for a single step.)" if t.step.unstated else ""
        return f"One step of {solver}.{why}"
    if step.quantity.is_step:
        return "What the solver keeps of all gradients so far, with the new one."
    return "A number that the update needs."


def is_computed(step: Step) -> bool:
    """Whether there is something to compute; A0 is X by another name."""
    return step.formula is not None and not isinstance(step.formula, Name)
