"""A network like that of the task, to see what a piece of code computes."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import Any

import numpy as np

from ...formulas import ExpressionError, ShapeMismatch, parse
from ...formulas.conventions import Conventions
from ...formulas.quantity import Quantity
from ..marking.redrawn import Sizes, redraw
from ..opened import open_network
from ..reading.recognition import NOTHING, Recognition, Seen

FAMILIES = ("Z", "A", "delta", "dA", "dW", "db", "loss")
RTOL = 1e-9
M = 13  # samples, unlike every width


def recognition_for(
    est: Any, X: Any, y: Any, sample_weight: Any, conventions: Conventions
) -> Recognition:
    """What recognises the quantities of a network in the conventions of the answers."""
    opened = open_network(est, X, y, sample_weight, dtype=np.float64)
    architecture = opened.architecture
    n_out = architecture.sizes[-1]
    unlike = (n for n in count(5) if n not in (n_out, M))
    units = (*(next(unlike) for _ in architecture.sizes[:-1]), n_out)
    sizes = Sizes(units, M, architecture.penalty.alpha, float(est.learning_rate_init))
    like = redraw(opened, conventions, sizes, seed=0)
    values = TrueValues(like.scope)
    is_summed = conventions.mean_in == "nowhere"
    return Recognition(values, values.shape, values.quantities, is_summed=is_summed)


class TrueValues:
    """Which quantities a formula gives, by its numbers on one network.

    Parameters
    ----------
    scope : Scope
        The network's values, in the layout of the answers.
    """

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.names = [*scope.values]
        of_family = {name: Quantity.of(name).family for name in self.names}
        canonical = [name for name in self.names if str(Quantity.of(name)) == name]
        self.quantities = [n for f in FAMILIES for n in canonical if of_family[n] == f]

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a quantity."""
        return np.shape(self.scope.values[name]) if name in self.scope.values else None

    def __call__(self, text: str) -> Seen:
        """What a formula gives."""
        value = None
        refusals = (ExpressionError, ShapeMismatch, ArithmeticError, ValueError, TypeError)
        with suppress(*refusals), np.errstate(all="ignore"):
            formula = parse(text, self.names, self.scope.functions.for_answers())
            value = np.asarray(formula.value(self.scope), np.float64)
        if value is None:
            return NOTHING
        found = [n for n in self.quantities if self._is(n, value)]
        single = [n for n in found if np.size(self.scope.values[n]) == 1 and n != "loss"]
        return Seen([n for n in found if n not in single], value.shape, (), single)

    def _is(self, name: str, value: np.ndarray) -> bool:
        """Whether the value is that of the quantity."""
        true = np.asarray(self.scope.values[name])
        if true.size != value.size:
            return False
        is_vector = name.startswith("db") or name == "loss"
        if not is_vector and true.shape != value.shape:
            return False
        largest = np.max(np.abs(true))
        return bool(np.allclose(value.ravel(), true.ravel(), rtol=RTOL, atol=RTOL * largest))
