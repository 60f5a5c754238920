"""The update of a redrawn network: other numbers, and something kept of earlier steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...engine.parameters import Parameters
from ...estimators.next_step import KeptByLayer, NextStep
from ...optimizers import Like

# Settings that show mistakes best: no two are alike, and no powers or products of them either.
SETTINGS = {"momentum": 0.83, "rho": 0.71, "beta_1": 0.77, "beta_2": 0.68, "t": 3.0}
SETTINGS |= {"momentum_decay": 0.3, "mu_product": 0.4}
# An epsilon that makes no difference must make none: where it stands is no mistake.
TOLD_APART, NOTHING = 1e-4, 1e-14
# How large what is kept may be: about as the gradient, a step a little smaller.
SCALES = {Like.GRADIENT: 0.3, Like.SQUARE: 0.3, Like.STEP: 0.1}


def redrawn_step(
    step: NextStep, theta: Parameters, rate: float | None, rng: np.random.RandomState
) -> NextStep:
    """The step with other numbers, unless the rate is None, from the middle of a training."""
    kept = {k: _redrawn(one, theta, rng) for k, one in step.kept.items()}
    numbers = dict(step.numbers)
    if is_negligible(step):
        numbers["epsilon"] = NOTHING
    if rate is not None:
        numbers |= {name: SETTINGS[name] for name in numbers if name in SETTINGS}
        numbers["learning_rate"] = rate
        if step.clips:
            numbers["clip_norm"] = 0.2
    return replace(step, numbers=numbers, kept=kept)


def is_negligible(step: NextStep) -> bool:
    """Whether the solver has an epsilon, and it is only there to keep a divisor from 0."""
    return 0 < step.numbers.get("epsilon", 0) < TOLD_APART


def _redrawn(kept: KeptByLayer, theta: Parameters, rng: np.random.RandomState) -> KeptByLayer:
    arrays = theta.zeros_like()
    arrays.flat[:] = rng.normal(scale=SCALES[kept.like], size=arrays.flat.size)
    if kept.like is Like.SQUARE:
        arrays.flat[:] = arrays.flat**2
    return replace(kept, arrays=arrays)
