"""What a worksheet asks: a quantity, its right numbers, how exact they must be, how to help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...activations import Identity
from ...estimators.inspection import overflow_is_expected
from ...formulas.answer_names import hint_at, quantity_meant
from ...formulas.conventions import Conventions
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ...threads import one_blas_thread
from ..derivation.derivation import Step
from ..derivation.derive import derive
from ..marking.at_once import AtOnce
from ..network_formulas import Formulas
from ..opened import open_with_update
from ..tracing.arrays import TraceArrays
from ..tracing.numbers import as_matrix
from ..tracing.trace import trace_opened
from .known_wrong_values import WrongValue, known_wrong_values

# More numbers than this are no exercise for the hand.
MOST_NUMBERS_OF_A_QUESTION, MOST_NUMBERS_GIVEN = 40, 150
# The tolerance is at most so many units of the last decimal; rather, up to so many digits fewer
# are asked for than usual, as where a sum nearly cancels.
MOST_UNITS, LOST_DIGITS = 10, 2


@dataclass(frozen=True)
class Question:
    """One quantity that is asked for.

    Attributes
    ----------
    name : str
        ``"dW2"``.
    value : ndarray of shape (n_rows, n_columns)
        The right numbers, in the layout of the worksheet; a vector of biases is one row
        (or, where samples are columns, one column), a number a matrix with one entry.
    decimals : int
        How many are asked for.
    tolerance : float
        How far an entry may be off, in absolute value.
    is_exact : bool
        Whether the right numbers have no more decimals than that.
    steps : tuple of derivation.Step
        How it is computed: formulas, with a sentence on each; its own formula is the last one.
    wrong : list of WrongValue
        In the shape of ``value``, for each known mistake.
    """

    name: str
    value: np.ndarray
    decimals: int
    tolerance: float
    is_exact: bool
    steps: tuple[Step, ...]
    wrong: list[WrongValue]

    @property
    def quantity(self) -> Quantity:
        """Its family and layer."""
        return Quantity.of(self.name)


class Precision(NamedTuple):
    """How many decimals are asked for, and how far an entry may be off."""

    decimals: int
    tolerance: float


class Exercise:
    """A small network with its samples, and the questions that can be asked about it.

    Parameters
    ----------
    est, X, y, sample_weight
        As for `trace`. All is computed in float64.
    conventions : Conventions
    digits : int
        Significant digits that are asked for, of the largest entry of each quantity.
    """

    def __init__(
        self, est: Any, X: Any, y: Any, sample_weight: Any, conventions: Conventions, digits: int
    ) -> None:
        self.conventions, self.layout, self.digits = conventions, conventions.layout, digits
        self.opened = open_with_update(est, X, y, sample_weight, dtype=np.float64)
        self._check_size()
        self.is_weighted = self.opened.samples.w is not None
        self.formulas = Formulas(
            self.opened.architecture,
            is_weighted=self.is_weighted,
            conventions=conventions,
            step=self.opened.step,
        )
        self.in_rows: TraceArrays = trace_opened(self.opened, conventions.in_rows)
        self.true = AtOnce(self.in_rows.by_name())
        layout, mean_in, sign = map(str, (self.layout, conventions.mean_in, conventions.sign))
        self.derivation = derive(
            est, layout, mean_in=mean_in, sign=sign, sample_weight=self.is_weighted
        )

    def _check_size(self) -> None:
        """Raise ValueError if the numbers that are given are too many for a page."""
        sizes = self.opened.network.theta.sizes
        n_given = (
            self.opened.samples.n * (sizes[0] + sizes[-1]) + self.opened.network.theta.flat.size
        )
        if n_given > MOST_NUMBERS_GIVEN:
            raise ValueError(
                f"A worksheet shows X, y and all weights, at most {MOST_NUMBERS_GIVEN} numbers; a "
                f"network {'-'.join(map(str, sizes))} with {self.opened.samples.n} samples has "
                f"{n_given}. Use fewer units, features or samples."
            )

    # -- what is asked ----------------------------------------------------------------------

    def default_names(self) -> list[str]:
        """In the order of the computation; without what is only a copy of another quantity."""
        f, L = self.formulas, self.formulas.L
        activations = self.opened.architecture.activations
        names = []
        for l in f.layers:
            names += [f"Z{l}"] + [f"A{l}"] * (not isinstance(activations[l - 1], Identity))
        names.append("loss")
        names += [f"dA{L}"] * (f"dA{L}" in f.backward[f"delta{L}"].names())
        names += [n for l in reversed(f.layers) for n in (f"delta{l}", f"dW{l}", f"db{l}")]
        return [name for name in names if name in f.all()]

    def checked_names(self, ask: Sequence[str] | None) -> list[str]:
        """The quantities that are asked for, under their own names, each once."""
        if ask is None:
            return self.default_names()
        asked = [ask] if isinstance(ask, str) else list(ask)
        if not asked:
            raise ValueError("ask must name a quantity at least, such as ['dW2'], got none.")
        known = self.formulas.all()
        meant = {str(name): quantity_meant(str(name), known) for name in asked}
        for name, quantity in meant.items():
            if quantity is None:
                raise ValueError(
                    f"ask: this network has no {name!r} to be computed.{hint_at(name, known)} "
                    f"It has {', '.join(known)}."
                )
        return list(dict.fromkeys(name for name in meant.values() if name is not None))

    def questions(self, names: Sequence[str]) -> Iterator[Question]:
        """The questions of these names."""
        with overflow_is_expected(), one_blas_thread():
            for name in names:
                yield self._question(name)

    def _question(self, name: str) -> Question:
        value = np.asarray(self.true[name], np.float64)
        if value.size > MOST_NUMBERS_OF_A_QUESTION:
            shape = " x ".join(map(str, value.shape))
            raise ValueError(
                f"ask: {name} has {shape} = {value.size} numbers; a worksheet asks for at most "
                f"{MOST_NUMBERS_OF_A_QUESTION} at once. Use fewer units or samples, or leave "
                f"{name} out of ask."
            )
        if not np.isfinite(value).all():
            raise ValueError(f"ask: {name} has infinite numbers, or some that are not defined.")
        decimals, tolerance = self._precisions[name]
        is_exact = bool(np.abs(value - np.round(value, decimals)).max() < 1e-9)
        wrong = known_wrong_values(self.formulas, self.true, name)
        wrong = [w._replace(value=self.oriented(name, w.value)) for w in wrong]
        right = self.oriented(name, value)
        steps = tuple(self._steps(name))
        told_apart = _told_apart(right, wrong, tolerance)
        return Question(name, right, decimals, tolerance, is_exact, steps, told_apart)

    def oriented(self, name: str, value: np.ndarray) -> np.ndarray:
        """An array in rows as a matrix of the layout."""
        return as_matrix(value) if self.layout is Layout.ROWS else as_matrix(value).T

    # -- how exact ----------------------------------------------------------------------------

    @cached_property
    def _precisions(self) -> dict[str, Precision]:
        """Of each quantity, as a learner computes it who rounds every number on the way."""
        precisions = {}
        roundings: tuple[Any, ...] = (np.round, np.floor, np.ceil)
        passes = [(rounding, dict(self.true)) for rounding in roundings]
        for name, formula in self.formulas.all().items():
            computed = [formula.value(self.formulas.scope(values)) for _, values in passes]
            moved = [float(np.abs(value - self.true[name]).max()) for value in computed]
            precision = self._precision(name, max(filter(np.isfinite, moved), default=0.0))
            scale = 10.0**precision.decimals
            for (rounding, values), value in zip(passes, computed, strict=True):
                # What is exact stays exact, whatever way one rounds.
                values[name] = rounding(np.round(np.asarray(value) * scale, 6)) / scale
            precisions[name] = precision
        return precisions

    def _precision(self, name: str, moved: float) -> Precision:
        """So many decimals that the largest entry has its digits, as far as they mean anything."""
        largest = float(np.abs(self.true[name]).max())
        magnitude = math.floor(math.log10(largest)) if largest and np.isfinite(largest) else 0
        decimals = min(9, max(0, self.digits - 1 - magnitude))
        for _ in range(LOST_DIGITS):
            if decimals and moved > MOST_UNITS * 10.0**-decimals:
                decimals -= 1
        unit = 10.0**-decimals
        return Precision(decimals, unit * min(max(math.ceil(moved / unit + 0.499), 1), MOST_UNITS))

    # -- help -----------------------------------------------------------------------------

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """The steps of the derivation."""
        return {step.name: step for step in self.derivation.steps}

    def _steps(self, name: str) -> Iterator[Step]:
        """The function of an activation where it is used, and the formula itself."""
        quantity, functions = Quantity.of(name), self.formulas.functions
        if quantity.family in ("A", "delta") and quantity.layer in self.formulas.layers:
            function = functions.of_layer(quantity.number)
            called = f"{function}(Z)" if quantity.family == "A" else f"d_{function}(Z)"
            uses_it = quantity.family == "A" or called[:-3] in str(self.by_name[name].formula)
            if called in self.by_name and uses_it:
                yield self.by_name[called]
        yield self.by_name[name]


def _told_apart(right: np.ndarray, wrong: list[WrongValue], tolerance: float) -> list[WrongValue]:
    """The wrong values that differ from the right one, and from those with fewer mistakes."""
    kept: list[WrongValue] = []
    for one in sorted(wrong, key=WrongValue.n_mistakes):
        others = [k.value for k in kept if k.n_mistakes() < one.n_mistakes()]
        if all(np.abs(one.value - other).max() > tolerance for other in (right, *others)):
            kept.append(one)
    return kept
