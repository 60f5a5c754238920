"""Marks single answers: compares them, and asks for the causes of what differs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from ...formulas import Expression, ExpressionError, ShapeMismatch, to_columns
from ...formulas.answer_names import hint_at, quantity_meant
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ...formulas.tree import Name, Product, Quotient
from ..network_formulas import Formulas
from .answers import Answer, Reader, UnusableAnswer
from .as_descent import of_another_rule, reader_of_descent
from .budget import Budget
from .changes import own_name
from .comparison import (
    SAME_FLOAT64,
    SAME_NUMBERS,
    Precision,
    relative_error,
    slack_of_step,
)
from .formula_search import FormulaSearch
from .guards import is_lost_in_rounding, without_guards
from .marked import MarkedAnswer
from .mistakes.base import in_place
from .number_search import NumberSearch
from .redrawn_step import is_negligible
from .remarks import (
    ABOUT_NOT_FINITE,
    BY_CHANCE,
    FOR_ONE_SAMPLE,
    ONE_NUMBER,
    ONE_SAMPLE,
    OTHER_EPSILON,
)
from .search import Cause
from .trials import Trials

UNKNOWN, UNREADABLE = "unknown", "unreadable"
SHAPE, TRANSPOSED = "shape", "transposed"
NOT_FINITE = "not_finite"
EPSILON = Name("epsilon")


class Marker:
    """Marks answers about one network."""

    def __init__(self, reader: Reader, budget: Budget, rtol: float, reveal: bool, on_error: str):
        self.reader, self.true, self.budget = reader, reader.true, budget
        self.rtol, self.reveal, self.on_error = rtol, reveal, on_error
        self.formulas = Formulas(
            reader.opened.architecture,
            is_weighted=reader.is_weighted,
            conventions=reader.conventions,
            step=reader.opened.step,
        )
        self.right = self.formulas.all()
        self.trials = Trials(reader.opened, reader.conventions)
        self.numbers = NumberSearch(reader, self.formulas, rtol)

    # -- one answer -----------------------------------------------------------------------

    def mark(self, name: str, answer: Answer) -> MarkedAnswer:
        """Mark one answer."""
        try:
            target = self._target(name)
        except ValueError as unknown:
            if self.on_error == "raise":
                raise
            return self._without_a_mark(name, UNREADABLE, str(unknown))
        self.budget.begin_answer()
        marked = self._mark(name, target, answer)
        step, is_update = self.formulas.step, Quantity.of(target).is_parameter_next
        is_plain = step.numbers.get("momentum") == 0  # the solver keeps what it does not use
        is_open = marked.mistakes in ((UNKNOWN,), (SHAPE,)) or (is_plain and not marked.correct)
        if is_open and is_update and step.kept:
            reader = reader_of_descent(self.reader)
            other = Marker(reader, self.budget, self.rtol, self.reveal, on_error="mark")
            as_descent = other._mark(name, target, answer)
            says_nothing = {UNKNOWN, UNREADABLE, NOT_FINITE, SHAPE} & set(as_descent.mistakes)
            if not as_descent.correct and not says_nothing:
                return as_descent if is_plain else of_another_rule(as_descent, step.solver)
        return marked

    def _mark(self, name: str, target: str, answer: Answer) -> MarkedAnswer:
        """Mark one answer by the rule of the solver."""
        try:
            if isinstance(answer, str):
                text = self.reader.readable(target, answer)
                return self._mark_formula(name, target, text)
            value, computed = self.reader.value(target, answer)
        except (ExpressionError, UnusableAnswer, OverflowError) as failure:
            if self.on_error == "raise" and not isinstance(failure, OverflowError):
                raise
            return self._without_a_mark(name, UNREADABLE, str(failure))
        return self._mark_numbers(name, target, value, computed)

    def _mark_formula(self, name: str, target: str, text: str) -> MarkedAnswer:
        """Mark a formula, by its numbers here and on redrawn networks."""
        formula = self._reading(target, text)
        if (itself := own_name(formula, target)) is not None:
            return self._mark_with_itself(name, target, formula, text, itself)
        if not (Quantity.of(target).is_step and "epsilon" in self.formulas.step.numbers):
            formula = without_guards(formula, self._is_part)
        error = self.trials.error(target, formula)
        if error is None:  # this network cannot be redrawn
            return self._mark_formula_here(name, target, formula)
        here, mismatch = self._value_here(target, formula)
        if mismatch is None and not np.isfinite(here).all():
            return self._without_a_mark(name, NOT_FINITE, ABOUT_NOT_FINITE)
        own = np.inf if mismatch else self.reader.error_of_step(target, here)
        if error <= SAME_NUMBERS and self._may_differ_in_epsilon(target) and mismatch is None:
            own = min(own, error)
        if error <= SAME_FLOAT64 and own > SAME_FLOAT64 and mismatch is None:
            output = f"A{self.reader.opened.architecture.n_layers}"
            if is_lost_in_rounding(formula, output, np.asarray(self.true[output])):
                own = error
        is_right = max(own, error) <= self.rtol
        if is_right and max(own, error) <= SAME_FLOAT64:
            one = self.trials.holds_for_one_sample_only(target, formula, self.rtol)
            return MarkedAnswer(name, True, (), (), f"Correct{FOR_ONE_SAMPLE * one}.", own)
        search = FormulaSearch(self.trials, self.formulas, target, formula, text, self.budget)
        causes = search.exact() if is_right else search.causes() if self.budget.searches else []
        if is_right and not causes:
            return MarkedAnswer(name, True, (), (), "Correct.", own)
        if not causes and mismatch is not None:
            where = f"In {mismatch.node} the shapes do not match: {mismatch}."
            causes = [Cause((SHAPE,), (where,), np.inf)]
        if not causes and here.shape != self.true.shape(target):
            causes = [self._other_shape(name, target, here)]
        note = ONE_SAMPLE if self.true["m"] == 1 else ""
        marked = self._wrong(name, causes, self._nothing_known(here, own), own, note)
        return replace(marked, message=BY_CHANCE + marked.message) if own <= self.rtol else marked

    def _reading(self, target: str, text: str) -> Expression:
        """The formula, read in the way in which it is right, if there is one."""
        first, *others = self.reader.readings(target, text)
        for other in (first, *others) if others else ():
            error = self.trials.error(target, other)
            if error is not None and error <= self.rtol:
                return other
        return first

    def _is_part(self, formula: Expression) -> bool:
        """Whether all entries lie between 0 and 1, here and on redrawn networks."""
        with suppress(ShapeMismatch):
            values = [self.reader.computed(formula), *self.trials.values(formula)]
            return all(bool(((value >= 0) & (value <= 1)).all()) for value in values)
        return False

    def _mark_with_itself(
        self, name: str, target: str, formula: Expression, text: str, own: Name
    ) -> MarkedAnswer:
        """Mark a formula for a quantity that has the quantity itself in it.

        It is never right. Only another name in that place can show that it was a slip.
        """
        search = FormulaSearch(self.trials, self.formulas, target, formula, text, self.budget)
        if causes := search.causes_of_name(own):
            return self._wrong(name, causes, "", np.inf)
        reason = f"{own.id} is what this formula is to give: write it with other names."
        raise ExpressionError(reason, text, own.span[0])

    def _mark_formula_here(self, name: str, target: str, formula: Expression) -> MarkedAnswer:
        """Mark a formula by its numbers on this network alone."""
        here, mismatch = self._value_here(target, formula)
        if mismatch is not None:
            where = f"In {mismatch.node} the shapes do not match: {mismatch}."
            return self._wrong(name, [Cause((SHAPE,), (where,), np.inf)], "", np.inf)
        return self._mark_numbers(name, target, self.reader.as_answer(target, here), computed=True)

    def _value_here(
        self, target: str, formula: Expression
    ) -> tuple[np.ndarray, ShapeMismatch | None]:
        """What a formula gives on this network, in rows, or why it has no value."""
        try:
            return self.reader.in_rows(target, self.reader.computed(formula)), None
        except ShapeMismatch as mismatch:
            return np.empty(0), mismatch

    def _mark_numbers(
        self, name: str, target: str, value: np.ndarray, computed: bool
    ) -> MarkedAnswer:
        """Mark an array."""
        rows, shape = self.reader.in_rows(target, value), self.true.shape(target)
        if not np.isfinite(rows).all():
            return self._without_a_mark(name, NOT_FINITE, ABOUT_NOT_FINITE)
        precision = Precision(rounded=False) if computed else Precision.of(rows)
        measure = self.reader.error_of_step
        if precision.rounded and not precision.slack:  # a step may be lost in the rounding
            measure = self.reader.error
        error = measure(target, rows, precision.slack)
        if error > self.rtol and self._may_differ_in_epsilon(target):
            other = self._with_other_epsilon(target, rows, precision.slack)
            if other <= self.rtol:
                return MarkedAnswer(name, True, (), (), OTHER_EPSILON, other)
        causes: list[Cause] = []
        if error > SAME_FLOAT64 and not self._is_nothing(target, rows):
            causes = self.numbers.causes(target, rows, precision, error)
        if error <= self.rtol and not causes:
            return MarkedAnswer(name, True, (), (), "Correct.", error)
        if not causes and rows.shape != shape:
            causes = [self._other_shape(name, target, rows)]
        note = self._too_small_for(target)
        return self._wrong(name, causes, self._nothing_known(rows, error), error, note)

    def _too_small_for(self, target: str) -> str:
        """What to say where the numbers of this network are too few to tell mistakes apart."""
        if self.reader.true["m"] == 1:
            return ONE_SAMPLE
        is_one_number = int(np.prod(self.true.shape(target))) == 1 and target != "loss"
        return ONE_NUMBER if is_one_number else ""

    def _may_differ_in_epsilon(self, target: str) -> bool:
        """Whether there is a small epsilon, which may stand in any place."""
        return Quantity.of(target).is_parameter_next and is_negligible(self.formulas.step)

    def _with_other_epsilon(self, target: str, rows: np.ndarray, slack: float) -> float:
        """How wrong an answer is where epsilon is corrected too, as in one of the forms of Adam."""
        formula, start = self.right[target], self.true[str(Quantity.of(target).parameter)]
        if "t" not in self.formulas.step.numbers or rows.shape != np.shape(start):
            return np.inf
        scale = self.formulas.read("sqrt(1 - beta_2**t)")
        errors = []
        for epsilon in (Product(EPSILON, scale), Quotient(EPSILON, scale)):
            other = in_place(formula, EPSILON, epsilon).value(self.formulas.scope(self.true))
            more = slack + slack_of_step(start)
            errors.append(relative_error(rows - start, other - start, more))
        return min(errors)

    def _is_nothing(self, target: str, rows: np.ndarray) -> bool:
        """Whether only roundoff is left of an answer: anything would explain it."""
        largest = max(np.abs(truth).max(initial=0.0) for _, truth in self.true.parts(target))
        return bool(0 < np.abs(rows).max(initial=0.0) <= 1e-13 * largest)

    def _other_shape(self, name: str, target: str, rows: np.ndarray) -> Cause:
        """What to say of an answer in another shape."""
        quantity, wanted = Quantity.of(target), self.reader.shape(target)
        if quantity.family == "db" and rows.size in (1, self.reader.true["m"]):
            message = (
                f"This is a sum over too much, or over the wrong axis: {name} has shape {wanted}."
            )
            return Cause(("wrong_axis",), (message,), np.inf)
        given = rows.shape[::-1] if self.reader.layout is Layout.COLUMNS else rows.shape
        shapes = f"The shape is {given}, but {name} has shape {wanted}"
        why = f", that of {quantity.differentiated_by}" if quantity.is_derivative else ""
        return Cause((SHAPE,), (f"{shapes}{why}.",), np.inf)

    def _without_a_mark(self, name: str, code: str, message: str) -> MarkedAnswer:
        """What is no mistake of mathematics."""
        return MarkedAnswer(name, False, (code,), (), message, np.inf)

    def _target(self, name: str) -> str:
        """The quantity of that name, under its own name."""
        target = quantity_meant(str(name), self.right)
        if target is not None:
            return target
        hint, known = hint_at(str(name), self.right), ", ".join(self.right)
        raise ValueError(f"This network has no {name!r} to be marked.{hint} It has {known}.")

    # -- messages -----------------------------------------------------------------------

    def _wrong(
        self, name: str, causes: list[Cause], otherwise: str, error: float, note: str = ""
    ) -> MarkedAnswer:
        explanations = tuple(dict.fromkeys(tuple(sorted(cause.codes)) for cause in causes))
        mistakes = tuple(dict.fromkeys(code for cause in causes for code in cause.codes))
        sentences, where = [], []
        for explanation in explanations:
            cause = next(c for c in causes if tuple(sorted(c.codes)) == explanation)
            parts = [message.partition("\n") for message in cause.messages]
            sentences.append(" And: ".join(sentence for sentence, _, _ in parts))
            where += [f"\n{place}" for _, _, place in parts if place]
        message = " Or: ".join(sentences) or otherwise
        message = f"{message} {note}" if note else message
        if self.reveal:
            message += f" The right formula is {name} = {self.formula_of(self._target(name))}."
        message += "".join(dict.fromkeys(where))
        return MarkedAnswer(name, False, mistakes or (UNKNOWN,), explanations, message, error)

    def formula_of(self, target: str) -> Expression:
        """The right formula, in the layout of the answers."""
        formula = self.right[target]
        return formula if self.reader.layout is Layout.ROWS else to_columns(formula)

    def _nothing_known(self, rows: np.ndarray, error: float) -> str:
        if rows.size and np.abs(rows).max() < 1e-15:
            return "Every entry is zero: two terms cancel, or a factor is zero."
        if self.budget.was_exceeded:
            return f"This is wrong (relative error {error:.2g}). {self.budget.message}"
        return (
            f"This is wrong (relative error {error:.2g}), and none of the known mistakes explains "
            "it. Check the shape of each factor, and compute one entry by hand."
        )
