"""The numbers of an update, computed from its formulas; samples in rows."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..engine.architecture import Architecture
from ..estimators.next_step import NextStep
from ..formulas.conventions import Conventions
from ..formulas.quantity import RATE, Quantity
from ..optimizers import Like
from .network_formulas import Formulas


class Given(NamedTuple):
    """What there is before an update: settings, rates of the layers, what the solver has kept.

    ``total`` is the weight of the samples: where J is a sum, its gradients are so much larger,
    and so is what was made of them.
    """

    step: NextStep
    conventions: Conventions
    total: float

    def by_name(self, architecture: Architecture) -> dict[str, Any]:
        """All of it: ``learning_rate``, ``rateW1``, ``vW1``."""
        step, found = self.step, dict[str, Any](self.step.numbers)
        layers = range(1, architecture.n_layers + 1)
        rates = step.rates(architecture.sizes)
        if rates is not None:
            names = [f"{RATE}{p}{l}" for p in "Wb" for l in layers]
            found |= dict(zip(names, rates, strict=True))
        for k, kept in step.kept.items():
            scale = self.scale(kept.like)
            for p, arrays in (("W", kept.arrays.W), ("b", kept.arrays.b)):
                found |= {f"{k}{p}{l}": a * scale for l, a in enumerate(arrays, start=1)}
        if not architecture.has_biases:
            found = {
                n: value for n, value in found.items() if Quantity.of(n).parameter.family != "b"
            }
        return found

    def scale(self, like: Like) -> float:
        """What something that is kept is in the conventions, as a multiple of the solver's."""
        of_gradient = self.conventions.scale("dW", self.total)
        return {
            Like.GRADIENT: of_gradient,
            Like.SQUARE: of_gradient**2,
            Like.STEP: abs(of_gradient),
        }[like]


def needed_for(formulas: Formulas) -> list[str]:
    """Parameters, gradients and numbers of the penalty that an update is computed from."""
    parameters = [name for p in formulas.parameters for name in (p, f"d{p}")]
    return [*parameters, "alpha", "l1_ratio"]


def computed(formulas: Formulas, values: Mapping[str, Any], dtype: np.dtype[Any]) -> dict[str, Any]:
    """What is kept and what comes next, by name, from the numbers that an update starts from."""
    given = {n: v for n, v in values.items() if n not in {*needed_for(formulas), "w", "m"}}
    found: dict[str, Any] = {}
    scope = formulas.scope(ChainMap(found, dict(values)))
    for name, formula in formulas.update.items():
        value = formula.value(scope)
        found[name] = float(value) if np.ndim(value) == 0 else np.asarray(value, dtype)
    return _by_parameter({**given, **found}, formulas.parameters)


def _by_parameter(values: dict[str, Any], parameters: list[str]) -> dict[str, Any]:
    """The numbers first, then what belongs to each parameter."""
    owners = {name: _owner(name) for name in values}
    return {name: values[name] for p in ["", *parameters] for name in values if owners[name] == p}


def _owner(name: str) -> str:
    """The parameter that something belongs to, or nothing."""
    quantity = Quantity.of(name)
    return str(quantity.parameter) if quantity.layer else ""
