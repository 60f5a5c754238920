"""The mistake in a formula: found in the lists, or by what would make it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ...formulas import Expression, Scope, ShapeMismatch
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ...formulas.tree import MatrixProduct, Name
from ..network_formulas import Formulas
from .budget import Budget
from .comparison import SAME_FLOAT64, Tolerance, relative_error
from .constants_found import Constants
from .gradient_taken import GradientTaken
from .known import Known
from .redrawn import Redrawn
from .repair import Repair, Repairs
from .rewrites import Words
from .search import Cause, Search
from .trials import Trials

CONSTANTS = {"sign", "factor", "missing_mean", "double_mean", "bias_mean"}
# How papers shorten the decays; here b1 and b2 are biases.
DECAYS = {"b1": "beta_1", "b2": "beta_2"}
EXACTLY = Tolerance(1e-7, exact=True)
OTHER_LAYOUT = {
    Layout.ROWS: "This is right where samples are columns; here they are rows.",
    Layout.COLUMNS: "This is right where samples are rows; here they are columns.",
}


OF_VECTORS = (
    "This is right where Y and the arrays of a layer of one unit are vectors; here they are "
    "matrices, and a product needs a transpose that a vector does without."
)


class FormulaSearch:
    """Finds the mistakes in one formula, on networks of the same structure.

    In this order: a mistake of the lists; the other layout; a local change that makes the formula
    right; two mistakes of the lists; two changes.
    """

    def __init__(
        self,
        trials: Trials,
        formulas: Formulas,
        target: str,
        formula: Expression,
        text: str,
        budget: Budget,
    ) -> None:
        self.target, self.formula, self.budget = target, formula, budget
        self.networks = trials.to_search(target, formula)
        self.formulas = [_formulas_of(network, formulas) for network in self.networks]
        self.searches = [
            Search(of_network, network.numbers, target, budget)
            for network, of_network in zip(self.networks, self.formulas, strict=True)
        ]
        self.layout = trials.conventions.layout
        axis = 0 if self.layout is Layout.ROWS else 1
        self.repairs: Repairs | None = None
        if self.networks:
            names = tuple(self.networks[0].numbers)
            words = Words(self.formulas[0], Quantity.of(target), names, axis)
            self.repairs = Repairs(self.networks, words, formula, text, budget)

    def exact(self) -> list[Cause]:
        """A mistake so small that its numbers are within the tolerance."""
        if not self.networks:
            return []
        network = self.networks[0]
        value = network.value(self.target, self.formula)
        error = relative_error(value, np.asarray(network.numbers[self.target]))
        # Nearer to a mistake than to the truth is not enough.
        return [cause for cause in self._in_lists(in_pairs=False) if cause.error <= error / 100]

    def causes(self) -> list[Cause]:
        """The fewest mistakes that explain the formula."""
        if self.repairs is None:
            return []
        if causes := list(self._of_settings()):
            return causes
        self.budget.begin_stage(0.4)
        if causes := self._in_lists(in_pairs=False):
            repaired = self.repairs.single
            if repaired:  # a transpose further up the chain is no second reading of the text
                codes = {code for repair in repaired for code in _cause(repair).codes}
                is_turned = "transposed" in codes and "elementwise_for_matrix" not in codes
                likely = [c for c in causes if ("transposed" in c.codes) == is_turned]
                causes = likely or causes
            return [_with_place(cause, repaired) for cause in causes]
        if causes := list(self._in_gradient_written_out()):
            return causes
        turned = list(self._in_other_layout())
        if turned and any(isinstance(node, MatrixProduct) for node in self.formula.walk()):
            return turned
        if repaired := self.repairs.single:
            return [_cause(repair) for repair in repaired]
        if turned:
            return turned
        if causes := list(self._of_vectors()):
            return causes
        self.budget.begin_stage(0.2)
        if causes := self._in_lists(in_pairs=True):
            return causes
        known = Known(self.searches, self.target)
        return [_cause(repair) for repair in self.repairs.pairs(known)]

    def causes_of_name(self, name: Name) -> list[Cause]:
        """What this name was taken for, if another in its place makes the formula right."""
        return [] if self.repairs is None else [_cause(r) for r in self.repairs.of_name(name.id)]

    def _in_lists(self, *, in_pairs: bool) -> list[Cause]:
        """Causes among the known mistakes that hold on two networks."""
        found: list[Cause] | None = None
        for network, search in zip(self.networks[:2], self.searches, strict=False):
            try:
                rows = network.value(self.target, self.formula)
            except ShapeMismatch:
                return []
            if not np.isfinite(rows).all() or not np.abs(rows).max(initial=0.0) > 1e-13:
                return []
            if not in_pairs:
                search.expect([rows], EXACTLY)
            causes = search.causes(rows, EXACTLY, in_pairs=in_pairs)
            if found is not None:
                confirmed = {cause.codes for cause in causes}
                return [cause for cause in found if cause.codes in confirmed]
            found = causes
            if not found:
                return []
            # Many numbers do not agree by chance; a constant that was fitted may.
            fitted = not in_pairs and any(CONSTANTS & set(cause.codes) for cause in found)
            if rows.size > 3 and not fitted:
                return found
        return found or []

    def _of_settings(self) -> Iterator[Cause]:
        """Settings of the solver that were given another name: alpha, which is the penalty's; b1.

        A penalty that is 0 hides what stands beside it, so these are tried first.
        """
        numbers, names = self.formulas[0].step.numbers, self.formula.names()
        if not Quantity.of(self.target).is_step:
            return
        decays = {b: Name(d) for b, d in DECAYS.items() if b in names and d in numbers}
        others = [{"alpha": Name(other)} for other in numbers] if "alpha" in names else [{}]
        for other in others:
            renamed = decays | other
            if renamed and self._is_right(self.formula.substituted(renamed)):
                what = "; ".join(f"{a} stands where {b} belongs" for a, b in renamed.items())
                yield Cause(("wrong_name",), (f"{what}.",), SAME_FLOAT64)

    def _is_right(self, formula: Expression) -> bool:
        """Whether a formula is right on redrawn networks."""
        try:
            return all(
                Constants(network, self.target, formulas).codes_of(
                    network.value(self.target, formula)
                )
                == ()
                for network, formulas in zip(self.networks[:2], self.formulas, strict=False)
            )
        except ShapeMismatch:
            return False

    def _in_gradient_written_out(self) -> Iterator[Cause]:
        """What is wrong in the gradient of a step that does without its name, such as dW1."""
        quantity = Quantity.of(self.target)
        if quantity.is_parameter_next and f"d{quantity.parameter}" not in self.formula.names():
            codes = self._codes_in(lambda network: network.scope, self.layout)
            if codes:
                constants = Constants(self.networks[0], self.target, self.formulas[0])
                yield Cause(codes, constants.sentences(codes), SAME_FLOAT64)

    def _in_other_layout(self) -> Iterator[Cause]:
        """Whether the formula is right for the transposes of all arrays."""
        is_rows = self.layout is Layout.ROWS
        other = Layout.COLUMNS if is_rows else Layout.ROWS
        more = self._codes_in(lambda network: network.other_layout(), other)
        if more is not None:
            yield self._in_scope("other_layout", OTHER_LAYOUT[self.layout], more)

    def _of_vectors(self) -> Iterator[Cause]:
        """Whether it is right where arrays of one unit are vectors, which no transpose changes."""
        if any(isinstance(node, MatrixProduct) for node in self.formula.walk()):
            more = self._codes_in(lambda network: network.of_vectors(), self.layout)
            if more is not None:
                yield self._in_scope("transposed", OF_VECTORS, more)

    def _in_scope(self, code: str, sentence: str, more: tuple[str, ...]) -> Cause:
        """A cause, with what is wrong besides."""
        constants = Constants(self.networks[0], self.target, self.formulas[0])
        sentences = (sentence, *constants.sentences(more))
        return Cause((code, *more), sentences, SAME_FLOAT64)

    def _codes_in(
        self, scope_of: Callable[[Redrawn], Scope], layout: Layout
    ) -> tuple[str, ...] | None:
        """The constant that the formula is off by in another scope, if it is no more than that."""
        codes: set[tuple[str, ...] | None] = set()
        for network, formulas in zip(self.networks[:2], self.formulas, strict=False):
            try:
                value = network.of_scope(self.target, self.formula, scope_of(network), layout)
            except ShapeMismatch:
                return None
            codes.add(self._codes_of(value, network, formulas))
        return codes.pop() if len(codes) == 1 else None

    def _codes_of(
        self, value: np.ndarray, network: Redrawn, formulas: Formulas
    ) -> tuple[str, ...] | None:
        """The constant that a value is off by; of a step, the gradient that it takes."""
        codes = Constants(network, self.target, formulas).codes_of(value)
        is_step = Quantity.of(self.target).is_parameter_next
        if codes is not None or not is_step or value.shape != network.numbers.shape(self.target):
            return codes
        update = GradientTaken(formulas, network.numbers, self.target)
        taken = update.of(value)
        if taken is None:
            return None
        constants = Constants(network, update.slope, formulas)
        codes = constants.codes_of(taken)
        return constants.codes_of_penalty(taken) if codes is None else codes


def _formulas_of(network: Redrawn, formulas: Formulas) -> Formulas:
    return Formulas(
        network.opened.architecture,
        is_weighted=formulas.is_weighted,
        conventions=network.conventions,
        step=network.opened.step,
    )


def _cause(repair: Repair) -> Cause:
    return Cause(repair.codes, repair.messages, SAME_FLOAT64)


def _with_place(cause: Cause, repaired: list[Repair]) -> Cause:
    """The cause with the place in the text, if a change of the same kind has one.

    A constant is of the whole formula, and has no place.
    """
    if set(cause.codes) <= CONSTANTS:
        return cause
    for repair in repaired:
        if set(repair.codes) == set(cause.codes) and "\n" in repair.messages[0]:
            place = repair.messages[0].partition("\n")[2]
            first, *rest = cause.messages
            return cause._replace(messages=(f"{first}\n{place}", *rest))
    return cause
