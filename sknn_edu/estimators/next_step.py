"""The next update of an estimator's weights, as its solver states it: formulas and numbers.

It is that of `partial_fit`, which goes on with the moments of the last call, under the present
settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from ..engine.parameters import Parameters
from ..optimizers import FirstOrder, Like, Optimizer, Update
from ..parametrizations import Parametrization, Standard
from . import steps
from .parameters import get

PLAIN = "theta - learning_rate * g"


@dataclass(frozen=True)
class KeptByLayer:
    """What a rule keeps, by layer.

    Attributes
    ----------
    formula : str
        What it becomes; see `Update`.
    arrays : Parameters
        What it is now, as the formula has it.
    like : Like
    """

    formula: str
    arrays: Parameters
    like: Like


@dataclass(frozen=True)
class NextStep:
    """How the weights will be updated, stated for any parameter; the names are those of `Update`.

    Attributes
    ----------
    solver : str
        What users call it.
    theta : str
        What a parameter becomes.
    numbers : dict of str to float
        ``learning_rate`` is the present one, ``clip_norm`` the limit of the gradient's norm.
    kept : dict of str to KeptByLayer
    named : dict of str to str
        Formulas of other numbers.
    decouples_penalty : bool
        Whether the gradient comes without the penalty, which makes a step of its own.
    parametrization : Parametrization
        The rates of the layers.
    unstated : str
        Why this is plain gradient descent although the solver is not; else "".
    """

    solver: str = "gd"
    theta: str = PLAIN
    numbers: Mapping[str, float] = field(default_factory=lambda: {"learning_rate": 1.0})
    kept: Mapping[str, KeptByLayer] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    decouples_penalty: bool = False
    parametrization: Parametrization = field(default_factory=Standard)
    unstated: str = ""

    @property
    def learning_rate(self) -> float:
        """The present one."""
        return self.numbers["learning_rate"]

    @property
    def is_descent(self) -> bool:
        """Whether it is gradient descent, of whatever gradient."""
        return self.theta == PLAIN and not self.decouples_penalty

    @property
    def clips(self) -> bool:
        """Whether the gradient is shortened where it is too long."""
        return "clip_norm" in self.numbers

    @property
    def has_rates(self) -> bool:
        """Whether each layer has a rate of its own."""
        return self.rates((2, 2)) is not None

    def rates(self, sizes: Sequence[int]) -> list[float] | None:
        """Multiples of the rate for W_1, ..., W_L, b_1, ..., b_L; None: all are 1."""
        return self.parametrization.layer_rates(list(pairwise(sizes)))

    def with_t(self, t: float | None) -> NextStep:
        """The same as the step of that number, if steps count; None leaves it as it is."""
        return self if t is None or "t" not in self.numbers else self.with_numbers(t=t)

    def with_numbers(self, **numbers: float) -> NextStep:
        """The same with other numbers."""
        return replace(self, numbers={**self.numbers, **numbers})


def next_step(params: dict[str, Any], last: Optimizer | None, theta: Parameters) -> NextStep:
    """The next step of an estimator with these parameters, for a vector like theta.

    ``last`` is the optimizer of the last call, if there was one.
    """
    rule = steps.going_on(last, steps.optimizer(params))
    if not isinstance(rule, FirstOrder):
        why = f"{rule.name} minimises J as a whole, and has no rule for a single step."
        return _plain(rule.name, float(params["learning_rate_init"]), why)
    schedule = steps.schedule(params, rule)
    if schedule is not None:
        k = rule.n_batches_seen  # of a fit that is over, the time is 1
        rule.scale_rate(schedule.factor_of_step(k, max(k, 1)))
    rule.begin(theta.flat)
    update = rule.in_formulas()
    if update is None:
        why = f"{rule.name} does not state its rule as formulas."
        return _plain(rule.name, float(rule.learning_rate), why)
    return _stated(rule, update, params, theta)


def _stated(
    rule: FirstOrder, update: Update, params: dict[str, Any], theta: Parameters
) -> NextStep:
    """The step of a rule that is stated, with the options around it."""
    kept = {}
    for name, one in update.kept.items():
        arrays = theta.zeros_like()
        arrays.flat[:] = one.array
        kept[name] = KeptByLayer(one.formula, arrays, one.like)
    limit = params["clip_norm"]
    clip = {} if limit is None else {"clip_norm": float(limit)}
    return NextStep(
        solver=rule.name,
        theta=update.theta,
        numbers={**update.numbers, **clip},
        kept=kept,
        named=update.named,
        decouples_penalty=rule.decouples_penalty,
        parametrization=get(Parametrization, "parametrization", params["parametrization"]),
    )


def _plain(solver: str, rate: float, why: str) -> NextStep:
    """Gradient descent in place of a step that is not stated."""
    why = f"{why} This is a step of plain gradient descent in its place."
    return NextStep(solver, numbers={"learning_rate": rate}, unstated=why)
