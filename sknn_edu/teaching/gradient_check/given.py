"""Gradients that somebody else has computed, as the check compares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...engine.parameters import Parameters
from ...formulas.answer_names import hint_at
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from ..opened import Opened
from ..tracing.display import Trace


class Given(NamedTuple):
    """Exact derivatives of the mean J in one flat vector, and the parameters they are for."""

    flat: np.ndarray
    names: set[str]


def given_gradients(gradients: Any, opened: Opened, t: Trace) -> Given:
    """The gradients as the engine has them; those that are not given are the engine's own.

    Parameters
    ----------
    gradients : dict of str to array, or callable
        In the conventions of the trace; a callable gets the trace.
    """
    if callable(gradients):
        gradients = gradients(t)
    if not isinstance(gradients, Mapping) or not gradients:
        raise ValueError(
            "gradients must be a dict such as {'dW1': ..., 'db1': ...}, or a function of the trace "
            f"that returns one, got {gradients!r}."
        )
    grad, total = opened.network.grad, opened.samples.total_weight
    result = Parameters(grad.sizes, np.float64)
    result.flat[:] = grad.flat
    arrays = {"dW": result.W, "db": result.b}
    known = [f"{family}{l}" for family in ("dW", "db") for l in getattr(t, family)]
    names = set()
    for name, array in gradients.items():
        quantity = Quantity.of(str(name))
        if str(quantity) not in known:
            hint = hint_at(str(name), known)
            raise ValueError(f"gradients has {name!r}.{hint} It may have {', '.join(known)}.")
        wanted = t[str(quantity)].shape
        array = _numbers(array, f"gradients[{name!r}]")
        target = arrays[quantity.family][quantity.number - 1]
        if array.shape != wanted and not (array.size == target.size and target.ndim == 1):
            other = "rows" if t.layout == Layout.COLUMNS else "columns"
            turned = f" Is it that of layout={other!r}?" if array.T.shape == wanted else ""
            shapes = f"must have shape {wanted}, got {array.shape}"
            raise ValueError(f"gradients[{name!r}] {shapes}.{turned}")
        if not np.isfinite(array).all():
            raise ValueError(f"gradients[{name!r}] has numbers that are not finite.")
        in_columns = t.layout == Layout.COLUMNS and target.ndim == 2
        target[...] = array.T if in_columns else array.reshape(target.shape)
        target /= t.conventions.scale(quantity.family, total)
        names.add(str(quantity.parameter))
    return Given(result.flat, names)


def _numbers(given: Any, name: str) -> np.ndarray:
    """An array of numbers, or say where formulas are marked."""
    try:
        return np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be an array of numbers, got {given!r}. Formulas are marked by "
            "check_derivation, or computed: a function of the trace returns the dict of arrays."
        ) from None
