"""From the estimators' parameters to the steps of training: their rule, size, number and end."""

from __future__ import annotations

import copy
import math
from typing import Any

from ..engine.architecture import Architecture
from ..exceptions import BatchSizeWarning, UnusedScheduleWarning, warn
from ..optimizers import FirstOrder, Optimizer
from ..parametrizations import Parametrization
from ..schedules import Schedule
from ..suggestions import closest
from .parameters import get

OF_SGD = ("constant", "invscaling", "adaptive")  # schedules of scikit-learn, and of SGD itself


def optimizer(params: dict[str, Any]) -> Optimizer:
    """A fresh optimizer: by name with the estimator's settings, or a copy of an object."""
    spec = params["solver"]
    if isinstance(spec, Optimizer):
        spec = get(Optimizer, "solver", spec)
        return type(spec)(**spec.settings())
    cls = type(get(Optimizer, "solver", spec))
    given = params["learning_rate"]
    known = {**params, "schedule": given if given in OF_SGD else "constant"}
    return cls(**{name: known[name] for name in cls.setting_names if name in known})


def going_on(last: Optimizer | None, rule: Optimizer) -> Optimizer:
    """The optimizer of the last call with its moments, under the settings of ``rule``."""
    if last is None or type(last) is not type(rule):
        return rule
    last = copy.deepcopy(last)  # a call that fails must leave the moments as they were
    last.adopt(rule.settings())
    return last


def schedule(params: dict[str, Any], optimizer: Optimizer) -> Schedule | None:
    """The schedule of the steps, None if the learning rate is left to the optimizer."""
    given = params["learning_rate"]
    if isinstance(given, str) and given in OF_SGD:
        return None
    if isinstance(given, str) and given not in Schedule.names():
        names = [*OF_SGD, *Schedule.names()]
        meant = closest(given, {name: name for name in names})
        hint = f" Did you mean {meant!r}?" if meant else ""
        raise ValueError(
            f"learning_rate={given!r} is not the name of a schedule.{hint} Use one of "
            f"{', '.join(map(repr, names))}, or an object of class Schedule."
        )
    found = get(Schedule, "learning_rate", given)
    return found if isinstance(optimizer, FirstOrder) else None


def check_has_end(schedule: Schedule | None) -> None:
    """Raise ValueError if a schedule cannot be followed by `partial_fit`."""
    if schedule is not None and schedule.n_steps is None:
        raise ValueError(
            f"learning_rate={schedule.name!r} runs to the end of training, and partial_fit has no "
            "end to run to. Say in how many steps (batches, over all calls) it should be there: "
            f"learning_rate={type(schedule).__name__}(n_steps=10_000) of sknn_edu.schedules; or "
            "use learning_rate='constant'."
        )


def patience(params: dict[str, Any], schedule: Schedule | None) -> float:
    """Epochs without improvement to stop after; infinite if all ``max_iter`` are to be run."""
    early_stopping = params["early_stopping"]
    runs_to_its_end = schedule is not None and not early_stopping
    if early_stopping == "best" or runs_to_its_end:
        return math.inf
    return params["n_iter_no_change"]


def layer_rates(params: dict[str, Any], architecture: Architecture) -> list[float] | None:
    """Multiples of the learning rate for W_1, ..., W_L, b_1, ..., b_L; None: all are 1."""
    found = get(Parametrization, "parametrization", params["parametrization"])
    return found.layer_rates(architecture.shapes)


def warn_of_unused_schedule(params: dict[str, Any], optimizer: Optimizer) -> None:
    """Say that ``learning_rate`` has no effect, if it should have one."""
    given, solver = params["learning_rate"], params["solver"]
    by_name = isinstance(solver, str)
    if isinstance(given, Schedule) or given not in OF_SGD:
        if not isinstance(optimizer, FirstOrder):
            warn(
                f"learning_rate={given!r} has no effect with solver={solver!r}, which chooses the "
                "lengths of its steps by itself.",
                UnusedScheduleWarning,
            )
    elif given != "constant" and not (by_name and "schedule" in optimizer.setting_names):
        own = "" if by_name else ", and an object has settings of its own: SGD(schedule=...)"
        warn(
            f"learning_rate={given!r} has no effect with solver={solver!r}: only solver='sgd' "
            f"follows it{own}. Any of {', '.join(map(repr, Schedule.names()))} would have.",
            UnusedScheduleWarning,
        )


def batch_size(given: Any, n: int, optimizer: Optimizer) -> int:
    """Rows in a batch, of n rows in all."""
    if optimizer.full_batch:
        return n
    if given == "auto":
        return min(200, n)
    if given < 1:  # scikit-learn validates parameters in the first call of partial_fit only
        raise ValueError(f"batch_size must be at least 1, got {given!r}.")
    if given > n:
        warn(
            f"Got `batch_size`={given}, larger than the {n} training samples. "
            "It is going to be clipped.",
            BatchSizeWarning,
        )
    return min(int(given), n)
