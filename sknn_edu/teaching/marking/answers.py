"""Reading answers: arrays, functions of the trace and formulas, turned into numbers in rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from typing import Any

import numpy as np

from ...estimators.next_step import NextStep
from ...formulas import Expression, ExpressionError, Functions, Scope, parse
from ...formulas.conventions import Conventions
from ...formulas.evaluation import EPS
from ...formulas.latex_reader import looks_like_latex, parse_latex, without_dollars
from ...formulas.layout import Layout
from ...formulas.notation import Notation
from ...formulas.plain_text import as_latex, looks_like_plain_mathematics, with_plain_signs
from ...formulas.quantity import Quantity
from ..opened import Opened
from ..tracing.display import Trace
from ..tracing.trace import masks_of, trace_opened, turned_trace
from .at_once import AtOnce, is_large
from .budget import Budget
from .comparison import largest_error, slack_of_step
from .forms import NotInPieces
from .guards import GUARD, guards_in
from .numbers import Numbers, OnDemand
from .pieces import Program, oriented
from .shapes import in_rows
from .step_text import right_side
from .timed_values import TimedValues
from .trace_on_demand import trace_on_demand
from .update_names import UpdateNames, with_meanings

Answer = Any  # an array, a callable of the trace, or the text of a formula


class UnusableAnswer(ValueError):
    """An answer that gives no numbers."""


class Reader:
    """Reads answers about a network and its samples, in the conventions of the answers.

    ``true`` are the right numbers, in rows. Those of a large network are computed on demand, also
    for answers that are functions of the trace.
    """

    def __init__(
        self,
        opened: Opened,
        conventions: Conventions,
        budget: Budget,
        random_state: int | None = None,
    ) -> None:
        self.opened, self.budget, self.random_state = opened, budget, random_state
        self.conventions, self.layout = conventions, conventions.layout
        activations, loss = opened.architecture.activations, opened.architecture.loss
        self.functions = Functions(activations, self.layout, loss)
        self.is_weighted = opened.samples.w is not None
        self._trace: Trace | None = None
        if is_large(opened):
            self._know(OnDemand(opened, conventions, masks_of(random_state)))
        else:
            self._know_trace(trace_opened(opened, conventions.in_rows, random_state))

    def with_step(self, step: NextStep) -> Reader:
        """The same with another update: the pass is not run again."""
        other = copy(self)
        other.opened = self.opened._replace(step=step)
        if isinstance(self.true, OnDemand):
            other._know(self.true.with_step(step))
        elif self._trace is not None:
            other._know_trace(turned_trace(other.opened, self._trace, self.conventions.in_rows))
        return other

    def _know_trace(self, in_rows: Trace) -> None:
        """Take the right numbers from a trace."""
        is_turned = self.layout is Layout.COLUMNS
        t = turned_trace(self.opened, in_rows, self.conventions) if is_turned else in_rows
        make_read_only(t)
        self._trace = t
        self._know(AtOnce(in_rows.by_name()))

    def _know(self, true: Numbers) -> None:
        """Take these for the right numbers."""
        self.true = true
        timed = TimedValues(true, self.budget, self.layout)
        self.scope = Scope(timed, self.functions, max_entries=max(10**6, 4 * true.largest))

    def trace(self) -> Trace:
        """The trace, in the layout of the answers, read-only."""
        if isinstance(self.true, OnDemand):
            return trace_on_demand(self.opened, self.true)
        assert self._trace is not None  # of a small network
        return self._trace

    def shape(self, target: str) -> tuple[int, ...]:
        """The shape of the right answer, in the layout of the answers."""
        return np.shape(oriented(np.broadcast_to(0.0, self.true.shape(target)), self.layout))

    def value(self, name: str, answer: Answer) -> tuple[np.ndarray, bool]:
        """The numbers of an answer, and whether they come straight from a computation."""
        computed = callable(answer)
        if callable(answer):
            try:
                answer = answer(self.trace())
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
                raise UnusableAnswer(
                    f"The answer to {name!r} is a function that raises {what}"
                ) from error
        try:
            value = np.asarray(answer)
            if value.dtype.kind not in "biuf":
                raise ValueError(f"its numbers are {value.dtype}")
            return value.astype(np.float64, copy=False), computed
        except ValueError as error:
            raise UnusableAnswer(
                f"The answer to {name!r} must be an array of real numbers, a function of the trace "
                f"or a formula as text; got {type(answer).__name__} ({error})."
            ) from None

    def all_answers(self, backward: Any) -> Any:
        """What a student's whole backward pass returns."""
        try:
            return backward(self.trace())
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise UnusableAnswer(f"The function of all answers raises {what}") from error

    def computed(self, formula: Expression) -> np.ndarray:
        """The value of a formula, in the layout of the answers."""
        try:
            return self._computed(formula)
        except TimeoutError:
            raise UnusableAnswer(
                "This formula takes too long to compute on this network. Write a shorter one, "
                "or use a smaller network, or fewer samples."
            ) from None

    def as_answer(self, target: str, rows: np.ndarray) -> np.ndarray:
        """An array in rows as the layout of the answers has it."""
        return np.asarray(oriented(rows, self.layout))

    def _computed(self, formula: Expression) -> np.ndarray:
        """The value of a formula."""
        if isinstance(self.true, OnDemand):
            most, check = self.scope.max_entries, self.budget.check_formula
            with suppress(NotInPieces):
                program = Program(self.true, self.functions, most, self.layout, check)
                return np.asarray(program.result(formula).whole(), np.float64)
        return np.asarray(formula.value(self.scope), np.float64)

    def readable(self, name: str, text: str) -> str:
        """The right side of a formula; in LaTeX where it is mathematics in plain text."""
        text = right_side(without_dollars(text), name)
        if not looks_like_plain_mathematics(text):
            return text
        for other in (text, with_plain_signs(text), right_side(as_latex(text), name)):
            with suppress(ExpressionError):
                self.parse(name, other)
                return other
        return text

    def readings(self, name: str, text: str) -> Iterator[Expression]:
        """The formula for a quantity, then the same with the old of what is kept, in a step."""
        yield (formula := self.parse(name, text))
        if Quantity.of(name).is_parameter_next and self.opened.step.kept:
            with suppress(ExpressionError):
                other = self.parse(name, text, is_old=True)
                if other != formula:
                    yield other

    def parse(self, name: str, text: str, *, is_old: bool = False) -> Expression:
        """The formula for a quantity.

        A gradient may not have the step in it that it leads to; other steps it may, since weights
        that were updated too early are a mistake.
        """
        quantity = Quantity.of(name)
        hidden = {"penalty", "loss", f"{quantity.parameter}_next"} - {name}
        if not self.is_weighted and self.opened.architecture.n_layers == 1:
            hidden.add("w")  # so that X @ w has the weights of the one layer
        names = [known for known in self.true if known not in hidden]
        if quantity.is_step:
            others = UpdateNames(self.opened.step, name, text, is_old=is_old)
            hidden = others.hides() - ({"w"} if self.is_weighted else set())
            names = [known for known in names if known not in hidden]
            formula = self._read_update(name, text, names, others)
        else:
            guards = guards_in(text)
            names = [n for n in names if not self._is_of_updates(n) and n not in guards]
            formula = with_meanings(self._read(name, text, [*names, *guards]), guards)
        return formula

    def _is_of_updates(self, name: str) -> bool:
        """Whether only updates have it: what a solver keeps, and its settings but the rate."""
        if Quantity.of(name).kept_as is not None or name in self.opened.step.named:
            return True
        return name == "clip" or name in self.opened.step.numbers.keys() - {"learning_rate"}

    def _read_update(
        self, name: str, text: str, names: list[str], others: UpdateNames
    ) -> Expression:
        """A formula of an update, also with the names that it has elsewhere."""
        if looks_like_latex(text):
            return self._read_latex_update(name, text, names, others)
        try:
            return self._read(name, text, names)
        except ExpressionError as error:
            meanings = others.meanings()
            with suppress(ExpressionError):
                known = [*names, *(other for other in meanings if other not in names)]
                return with_meanings(self._read(name, text, known), meanings)
            raise error

    def _read_latex_update(
        self, name: str, text: str, names: list[str], others: UpdateNames
    ) -> Expression:
        rewritten, own, meanings = latex = others.in_latex()
        known, shapes = [*names, *meanings], latex.shapes(self.layout)
        try:
            formula = self._read_latex(name, rewritten, known, own, shapes)
        except ExpressionError as error:
            raise ExpressionError(error.reason, text, error.position) from None
        return with_meanings(formula, meanings)

    def _read(self, name: str, text: str, names: list[str]) -> Expression:
        """A formula in our language, in NumPy's spelling, or in LaTeX."""
        if not looks_like_latex(text):
            return parse(text, names, self.functions.for_answers())
        guard = {symbol: GUARD for symbol in (r"\epsilon", r"\varepsilon") if GUARD in names}
        return self._read_latex(name, text, names, guard, dict.fromkeys(guard.values(), ()))

    def _read_latex(
        self, name: str, text: str, names: list[str], own: dict[str, str], more: dict[str, Any]
    ) -> Expression:
        """A formula in LaTeX; ``own`` are names of its symbols, ``more`` shapes of names.

        Other shapes are those of any network, m for the samples, as in documents: numbers would
        not say which axis is which.
        """
        L = self.opened.architecture.n_layers
        activations = tuple(map(self.functions.of_layer, range(1, L + 1)))
        notation = Notation(names=own, activations=activations, layers={"L": L, "n_l": L})
        functions, layout = self.functions.for_answers(), self.layout
        return parse_latex(
            text, names, functions, shapes=more, layout=layout, notation=notation, target=name
        )

    def in_rows(self, target: str, value: np.ndarray) -> np.ndarray:
        """The value as the rows layout has it, in the shape of the truth where it may be."""
        shape = self.true.shape(target)
        value = in_rows(value, shape, self.layout)
        L = self.opened.architecture.n_layers
        if value.shape != shape or target not in (f"dA{L}", f"delta{L}"):
            return value
        if np.isfinite(value).all():
            return value
        # At outputs of exactly 0 the log loss has no derivative: such entries are not marked.
        value = value.copy()
        for rows, truth, A in self.true.parts(target, f"A{L}"):
            undefined = ~np.isfinite(value[rows]) & (np.abs(A) <= EPS)
            value[rows] = np.where(undefined, truth, value[rows])
        return value

    def error(self, target: str, value: np.ndarray, slack: float = 0.0) -> float:
        """The `relative_error` of an answer in rows."""
        if value.shape != self.true.shape(target):
            return np.inf
        parts = self.true.parts
        return largest_error(lambda: ((value[rows], truth) for rows, truth in parts(target)), slack)

    def error_of_step(self, target: str, value: np.ndarray, slack: float = 0.0) -> float:
        """The same; of a parameter after the update, that of its step, which may be small."""
        quantity = Quantity.of(target)
        if value.shape != self.true.shape(target) or not quantity.is_parameter_next:
            return self.error(target, value, slack)
        parts, start = self.true.parts, str(quantity.parameter)
        return largest_error(
            lambda: ((value[rows] - W, truth - W) for rows, truth, W in parts(target, start)),
            slack + slack_of_step(np.asarray(self.true[start])),
        )


def make_read_only(t: Trace) -> None:
    """Keep functions of the trace from changing it."""
    for array in t.by_name().values():
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
