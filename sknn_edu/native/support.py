"""What the compiled core can do, and the name of what it cannot."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.network import Network
from ..engine.objective import Objective
from ..optimizers import Optimizer
from ..training.training import Training
from . import library
from .csr import MOST_COLUMNS

MOST_LAYERS = 64
LOSSES = {"SquaredError": "squared_error", "Poisson": "poisson"}
LOSSES |= dict.fromkeys(("BernoulliLogLoss", "CategoricalLogLoss"), "log_loss")
GRADIENT_ONLY = ("lbfgs", "newton-cg")


def reason_against_training(training: Training, optimizer: Optimizer) -> str | None:
    """Why the core cannot run this training, or None if it can."""
    objective = training.objective
    reason = reason_against_network(objective.network) or _reason_against_data(training)
    if reason:
        return reason
    if loss_name(objective) is None:
        output = objective.network.architecture.output
        return f"loss={objective.loss!r} with output_activation={output.name!r}"
    if training.clip_norm is not None:
        return f"clip_norm={training.clip_norm!r}"
    if optimizer.name in GRADIENT_ONLY and _is_ours(optimizer):
        return None
    return None if rule_name(optimizer) else f"solver={optimizer.name!r}"


def reason_against_network(network: Network) -> str | None:
    """Why the core cannot run this network forward, or None if it can."""
    lib = library.load()
    if lib is None:
        return f"the compiled core itself: {library.why_missing()}"
    if network.architecture.dropout:
        return f"dropout={list(network.architecture.dropout)!r}"
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
    if any(f.name == "softmax" for f in hidden):
        return "activation='softmax' in a hidden layer"
    return None


def _reason_against_data(training: Training) -> str | None:
    X, Y = training.samples.X, training.samples.Y
    dtype = training.objective.network.theta.dtype
    if X.dtype != dtype or Y.dtype != dtype:
        return f"X of type {X.dtype} for a network of {dtype}"
    return None


def loss_name(objective: Objective) -> str | None:
    """The core's name of the loss behind the output, such as "softmax log_loss"."""
    lib, terms = library.load(), objective.loss.terms()
    if lib is None or len(terms) != 1 or not _is_ours(terms[0][1]):
        return None
    loss = LOSSES.get(type(terms[0][1]).__name__)
    name = f"{objective.network.architecture.output.name} {loss}"
    # A Bernoulli loss stands behind logistic only, a categorical one behind all others.
    return name if lib.number("loss", name) >= 0 else None


def rule_name(optimizer: Optimizer) -> str | None:
    """The core's name of the optimizer, None if it has no such."""
    lib = library.load()
    if lib is None or not _is_ours(optimizer):
        return None
    return optimizer.name if lib.number("optimizer", optimizer.name) >= 0 else None


def _is_ours(component: Any) -> bool:
    """Whether a component is one of the package's own classes, whose arithmetic is known."""
    return type(component).__module__.startswith("sknn_edu.")
