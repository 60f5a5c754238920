"""One pass over the data, batch by batch.

Forward, loss and backward are in `sknn_edu.engine.objective`, the update in `sknn_edu.optimizers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..engine.batches import Batches, Samples
from ..engine.objective import Objective
from ..optimizers import FirstOrder
from .divergence import divergence
from .training import Training

Evaluate = Callable[..., float]  # such as `Objective.value_and_gradient`


def run_epoch(training: Training, rule: FirstOrder, batches: Batches, evaluate: Evaluate) -> float:
    """One pass over the data; returns the mean of J over the batches."""
    sum_J, n_seen = 0.0, 0
    n_steps = training.n_epochs * batches.count
    for batch in batches.epoch():
        if training.schedule is not None:
            rule.scale_rate(training.schedule.factor_of_step(rule.n_batches_seen, n_steps))
        rule.n_batches_seen += 1
        if batch.total_weight == 0:
            continue  # J of this batch would be 0 / 0
        sum_J += run_batch(training, rule, batch, evaluate) * batch.n
        n_seen += batch.n
    return sum_J / n_seen


def run_batch(training: Training, rule: FirstOrder, batch: Samples, evaluate: Evaluate) -> float:
    """Forward, loss, backward, update on one batch; returns J before the update."""
    objective, network = training.objective, training.objective.network
    J = evaluate(batch, with_penalty=not rule.decouples_penalty, masks=training.masks)
    if not math.isfinite(J):
        epoch = training.history.n_iter + 1
        raise divergence(network, batch, J, epoch, rule.learning_rate_init)
    if training.clip_norm is not None:
        clip(network.grad.flat, training.clip_norm)
    if training.layer_rates is None:
        move(rule, objective, batch.total_weight)
    else:
        move_by_layer(rule, objective, batch.total_weight, training.layer_rates)
    if training.masks is not None:
        training.masks = training.masks.of_next_update()
    return J


def move(rule: FirstOrder, objective: Objective, total_weight: float) -> None:
    """The step of the rule, after that of the penalty where it has one of its own."""
    theta, grad = objective.network.theta, objective.network.grad
    if rule.decouples_penalty:
        factor = -rule.learning_rate / total_weight
        objective.penalty.add_gradient(theta.weights, factor, out=theta.weights)
    rule.step(theta.flat, grad.flat)


def move_by_layer(
    rule: FirstOrder, objective: Objective, total_weight: float, rates: list[float]
) -> None:
    """`move`, with the way that W and b of each layer go multiplied by a rate of its own."""
    theta = objective.network.theta
    before = theta.flat.copy()
    move(rule, objective, total_weight)
    theta.flat -= before
    for way, rate in zip([*theta.W, *theta.b], rates, strict=True):
        way *= rate
    theta.flat += before


def clip(grad: np.ndarray, limit: float) -> None:
    """Shorten the gradient to the norm ``limit`` if it is longer."""
    norm = math.sqrt(np.dot(grad, grad))
    if norm > limit:
        if math.isinf(norm):  # the square overflowed: bring the largest entry to 1 first
            grad /= np.abs(grad).max()
            norm = math.sqrt(np.dot(grad, grad))
        grad *= limit / norm
