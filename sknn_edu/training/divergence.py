"""The error for a loss that is not finite: the first layer to overflow, and the likely cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ..engine.batches import Samples
from ..engine.network import Network
from ..exceptions import DivergenceError

LARGE = 100.0  # numbers above it are called not scaled


def divergence(
    network: Network, samples: Samples, loss: float, epoch: int, learning_rate: float | None
) -> DivergenceError:
    """The error for a loss that came out infinite or NaN on ``samples`` in ``epoch``.

    Runs the samples forward once more and looks for the first layer that is not finite.
    """
    causes = []
    if learning_rate is not None:
        causes.append(f"learning_rate_init={learning_rate:g} is too large for this problem")
    causes += _scales(samples)
    return DivergenceError(
        f"Training diverged in epoch {epoch}: the loss became {loss:g}. "
        f"{_first_overflow(network, samples)} Likely causes: {'; '.join(causes)}. "
        "(Solver produced non-finite parameter weights. The input data may contain large values "
        "and need to be preprocessed.)"
    )


def _first_overflow(network: Network, samples: Samples) -> str:
    """One sentence that names the first layer, from the input, with numbers that are not finite."""
    n_layers = len(network.theta.W)
    for l, (W, b) in enumerate(zip(network.theta.W, network.theta.b, strict=True), start=1):
        of = f"layer {l} of {n_layers}"
        if not (np.isfinite(W).all() and np.isfinite(b).all()):
            return f"The first layer to overflow is {of}: its weights are no longer finite."
        if not all(_layer_is_finite(network, X, l) for X in _pieces(network, samples)):
            return (
                f"The first layer to overflow is {of}: its weights reach {np.abs(W).max():.3g} and "
                "its outputs are no longer finite."
            )
    largest = max(np.abs(network.forward(X).A).max() for X in _pieces(network, samples))
    return (
        f"All layers are finite; the loss or its gradient overflowed behind layer {n_layers} "
        f"of {n_layers}, whose outputs reach {largest:.3g}."
    )


def _pieces(network: Network, samples: Samples) -> Iterator[Any]:
    """X, piece by piece."""
    return (samples.X[rows] for rows in network.pieces(samples.n))


def _layer_is_finite(network: Network, X: Any, l: int) -> bool:
    """Whether sums and outputs of layer l are finite for X."""
    network.forward(X)
    layer = network.layers(X.shape[0])[l - 1]
    return bool(np.isfinite(layer.Z).all() and np.isfinite(layer.A).all())


def _scales(samples: Samples) -> Iterator[str]:
    """How large targets and input are, and what to do about it; the input if neither is large."""
    values = samples.X.data if issparse(samples.X) else samples.X
    x, y = (float(np.abs(array).max(initial=0)) for array in (values, samples.Y))
    if y > LARGE:
        yield (
            f"the targets are not scaled (in this batch |y| reaches {y:.3g}; "
            "TransformedTargetRegressor with a StandardScaler brings it to about 3)"
        )
    if x > LARGE or y <= LARGE:
        yield (
            f"the input is not scaled (in this batch |X| reaches {x:.3g}; "
            "StandardScaler brings it to about 3)"
        )
