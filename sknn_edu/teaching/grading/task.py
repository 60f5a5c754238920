"""What there is to be answered: network, data, weights and conventions of a file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...estimators.parameters import hidden_sizes
from ...formulas.conventions import Conventions
from .data import EXAMPLE as DATA_EXAMPLE
from .data import Data, labels_of, read_data
from .network import EXAMPLE as NETWORK_EXAMPLE
from .network import build_network, name_labels
from .table import ABOVE, Table, short
from .weights import set_weights

CONVENTIONS = ("layout", "mean_in", "sign")
KEYS = [*ABOVE, "network", "data", "weights", "answers"]
MAX_NUMBERS = 10**7  # weights, or outputs of all units for all samples
DEFAULT_RTOL = 1e-3


class Task(NamedTuple):
    """What there is to be answered."""

    est: Any
    data: Data
    conventions: dict[str, str]
    rtol: float


def read_task(document: Table, folder: Path, rtol: float | None) -> Task:
    """Everything but the answers."""
    conventions = _conventions(document)
    if rtol is None:
        rtol = document.get("rtol", DEFAULT_RTOL)
        if not isinstance(rtol, float) or not 0 < rtol < 1:
            reason = f"it must lie between 0 and 1, got {short(rtol)}; rtol = 1e-3 is 4 digits."
            document.refuse(reason, "rtol")
    network = document.table("network", NETWORK_EXAMPLE)
    est = build_network(network)
    labels = network["type"] == "classifier"
    data = read_data(document.table("data", DATA_EXAMPLE), folder, labels)
    _check_size(document, est, data, labels)
    if labels:
        name_labels(network, est, labels_of(data))
    if "weights" not in document and est.random_state is None:
        network.refuse(
            "it is missing. Write, for instance, random_state = 0, so that the weights are the "
            "same each time; or write the weights themselves in a table [weights].",
            "random_state",
        )
    try:
        est.initialize(data.X, data.y, data.classes)
    except ValueError as error:
        document.refuse(f"[network] with [data]: {error}")
    if "weights" in document:
        layout = Conventions.of(conventions.get("layout", "rows")).layout
        set_weights(document.table("weights", ""), est, layout)
    _check_finite(document, est, data)
    return Task(est, data, conventions, rtol)


def _conventions(document: Table) -> dict[str, str]:
    """Those that are written in the file."""
    given: dict[str, str] = {}
    for key in CONVENTIONS:
        if key in document:
            given[key] = document[key]
            try:
                Conventions.of(**{"layout": "rows", **given})
            except (ValueError, TypeError) as error:
                document.refuse(error, key)
    return given


def _check_size(document: Table, est: Any, data: Data, labels: bool) -> None:
    """Refuse a network that would take all memory."""
    n_outputs = len(labels_of(data)) if labels else 1
    if data.y.ndim == 2:
        n_outputs = data.y.shape[1]
    sizes = [data.X.shape[1], *hidden_sizes(est.get_params(deep=False)), n_outputs]
    weights = sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    if max(weights, len(data.X) * sum(sizes)) > MAX_NUMBERS:
        document.refuse(
            f"layers of {', '.join(map(str, sizes))} units on {len(data.X)} samples are too many "
            f"to be marked: at most {MAX_NUMBERS} weights, and as many outputs of units.",
            "[network] hidden_layer_sizes",
        )


def _check_finite(document: Table, est: Any, data: Data) -> None:
    """Refuse numbers that overflow: nothing could be compared with them."""
    try:
        J, dW, db = est.objective_and_gradient(data.X, data.y, data.sample_weight)
    except ValueError as error:
        document.refuse(f"[network] with [data]: {error}")
    if not all(np.isfinite(value).all() for value in (J, *dW, *db)):
        reason = "the loss or its gradient is infinite or not a number. Use smaller numbers."
        document.refuse(f"[network] with [data]: {reason}")
