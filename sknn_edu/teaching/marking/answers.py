"""Reading answers: arrays, functions of the trace and formulas, turned into numbers in rows."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...formulas import Expression, ExpressionError, Functions, Scope, ShapeMismatch, parse
from ...formulas.evaluation import EPS
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Transpose
from ..tracing.display import Trace
from .budget import Budget

Answer = Any  # an array, a callable of the trace, or the text of a formula


class UnusableAnswer(ValueError):
    """An answer that gives no numbers."""


class TimedValues(dict[str, Any]):
    """Values by name for a formula, which ends with an error if it takes too long."""

    def __init__(self, values: Mapping[str, Any], budget: Budget) -> None:
        super().__init__(values)
        self.budget = budget

    def __getitem__(self, name: str) -> Any:
        self.budget.check_formula()
        return super().__getitem__(name)


class Reader:
    """Reads answers about the network of a trace ``t``, in the layout of the answers.

    The arrays of ``t`` become read-only; ``in_rows`` is the same trace in rows.
    """

    def __init__(self, t: Trace, in_rows: Trace, budget: Budget) -> None:
        self.t, self.layout = t, Layout.of(t.layout)
        self.values, self.true = t.by_name(), in_rows.by_name()
        for array in self.values.values():
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
        largest = max(np.size(value) for value in self.values.values())
        self.functions = Functions(t.activations, self.layout, t.loss_function)
        timed = TimedValues(self.values, budget)
        self.scope = Scope(timed, self.functions, max_entries=max(10**6, 4 * largest))

    def value(self, name: str, answer: Answer) -> tuple[np.ndarray, bool]:
        """The numbers of an answer, and whether they come straight from a computation."""
        if isinstance(answer, str):
            formula = self.parse(name, answer)
            try:
                return np.asarray(formula.value(self.scope), np.float64), True
            except TimeoutError:
                raise UnusableAnswer(
                    "This formula takes too long to compute on this network. Write a shorter one, "
                    "or use a smaller network, or fewer samples."
                ) from None
        computed = callable(answer)
        if callable(answer):
            try:
                answer = answer(self.t)
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
                raise UnusableAnswer(
                    f"The answer to {name!r} is a function that raises {what}"
                ) from error
        try:
            value = np.asarray(answer)
            if value.dtype.kind not in "biuf":
                raise ValueError(f"its numbers are {value.dtype}")
            return value.astype(np.float64), computed
        except ValueError as error:
            raise UnusableAnswer(
                f"The answer to {name!r} must be an array of real numbers, a function of the trace "
                f"or a formula as text; got {type(answer).__name__} ({error})."
            ) from None

    def parse(self, name: str, text: str) -> Expression:
        """The formula for a quantity; it may not have the quantity itself in it."""
        quantity = Quantity.of(name)
        before_the_step = quantity.is_step or quantity.family in ("dW", "db")
        names = [known for known in self.values if known not in ("penalty", "loss")]
        if before_the_step:
            names = [known for known in names if not Quantity.of(known).is_step]
        formula = parse(text, names, self.functions.for_answers())
        for node in formula.walk():
            if isinstance(node, Name) and self.values[node.id] is self.values.get(name):
                reason = f"{node.id} is what this formula is to give: write it with other names."
                raise ExpressionError(reason, text, node.span[0])
        return formula

    def in_rows(self, target: str, value: np.ndarray) -> np.ndarray:
        """The value as the rows layout has it, in the shape of the truth where it may be."""
        truth = np.asarray(self.true[target])
        if truth.size == value.size == 1:
            return value.reshape(truth.shape)
        if value.ndim == 2 and self.layout is Layout.COLUMNS:
            value = value.T
        bias = truth.ndim == 1 and value.shape == (1, truth.size)
        flat = value.ndim == 1 and value.size == truth.size and 1 in truth.shape
        value = value.reshape(truth.shape) if bias or flat else value
        L = self.t.n_layers
        if value.shape != truth.shape or target not in (f"dA{L}", f"delta{L}"):
            return value
        # At outputs of exactly 0 the log loss has no derivative: such entries are not marked.
        undefined = ~np.isfinite(value) & (np.abs(self.true[f"A{L}"]) <= EPS)
        return np.where(undefined, truth, value)

    def turned(self, target: str, formula: Expression) -> list[tuple[str, np.ndarray]]:
        """What the formula gives with one of its names transposed, wherever that has a value."""
        results = []
        other: Expression
        for node in dict.fromkeys(formula.walk()):
            if isinstance(node, Transpose) and isinstance(node.operand, Name):
                name, other = node.operand.id, node.operand
            elif isinstance(node, Name):
                name, other = node.id, Transpose(node)
            else:
                continue
            try:
                value = _everywhere(formula, node, other).value(self.scope)
            except (ShapeMismatch, TimeoutError):
                continue
            results.append((name, self.in_rows(target, np.asarray(value, np.float64))))
        return results


def _everywhere(formula: Expression, old: Expression, new: Expression) -> Expression:
    """The formula with ``new`` for each ``old``."""
    if formula == old:
        return new
    return formula.rebuilt(lambda part: _everywhere(part, old, new))


def closest(name: str, names: Any) -> str:
    """A hint at a name that may have been meant, or nothing."""
    close = difflib.get_close_matches(str(name), names, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
