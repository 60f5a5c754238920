"""What the compiled core can do, and the name of what it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..activations import Activation
from ..engine.network import Network
from ..losses import Loss
from ..optimizers import Optimizer
from ..training.training import Training
from . import library
from .csr import MOST_COLUMNS

MOST_LAYERS = 64
GRADIENT_ONLY = ("lbfgs", "newton-cg")


def reason_against_training(training: Training, optimizer: Optimizer) -> str | None:
    """Why the core cannot run this training, or None if it can."""
    objective = training.objective
    reason = reason_against_network(objective.network) or _reason_against_data(training)
    if reason:
        return reason
    output = objective.network.architecture.output
    numbers = [loss_number(loss, output) for _, loss in objective.loss.terms()]
    if not _is_ours(objective.loss) or min(numbers) < 0:
        return f"loss={objective.loss!r}"
    if optimizer.name in GRADIENT_ONLY and _is_ours(optimizer):
        return None
    return None if rule_name(optimizer) else f"solver={optimizer.name!r}"


def reason_against_network(network: Network) -> str | None:
    """Why the core cannot run this network forward, or None if it can."""
    lib = library.load()
    if lib is None:
        return f"the compiled core itself: {library.why_missing()}"
    if network.theta.sizes[0] > MOST_COLUMNS:
        return f"networks of more than {MOST_COLUMNS} inputs"
    if network.theta.dtype not in (np.float32, np.float64):
        return f"numbers of type {network.theta.dtype}"
    *hidden, output = network.architecture.activations
    if len(hidden) >= MOST_LAYERS:
        return f"networks of more than {MOST_LAYERS} layers"
    for f in (*hidden, output):
        if not _is_ours(f) or lib.number("activation", f.name) < 0:
            return f"activation={f.name!r}"
    return None


def _reason_against_data(training: Training) -> str | None:
    X, Y = training.samples.X, training.samples.Y
    dtype = training.objective.network.theta.dtype
    if X.dtype != dtype or Y.dtype != dtype:
        return f"X of type {X.dtype} for a network of {dtype}"
    return None


def loss_number(loss: Loss, output: Activation) -> int:
    """The core's number of a loss behind an output activation; -1 if it has none."""
    lib = library.load()
    if lib is None or not _is_ours(loss):
        return -1
    name = f"{output.name} {loss.name}" if loss.is_partner(output) else loss.name
    return lib.number("loss", name)


def rule_name(optimizer: Optimizer) -> str | None:
    """The core's name of the optimizer, None if it has no such."""
    lib = library.load()
    if lib is None or not _is_ours(optimizer):
        return None
    return optimizer.name if lib.number("optimizer", optimizer.name) >= 0 else None


def _is_ours(component: Any) -> bool:
    """Whether a component is one of the package's own classes, whose arithmetic is known."""
    return type(component).__module__.startswith("sknn_edu.")
