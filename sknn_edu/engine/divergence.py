"""When the loss is no longer a number: which layer went first, and what the likely cause is."""

from __future__ import annotations

import numpy as np
from scipy.sparse import issparse

from ..exceptions import DivergenceError
from .batches import Samples
from .network import Network


def divergence(
    network: Network, samples: Samples, loss: float, epoch: int, learning_rate: float | None
) -> DivergenceError:
    """The error for a loss that came out infinite or NaN on ``samples`` in ``epoch``.

    Looks at the weights and at the buffers of the forward pass that gave this loss.
    """
    causes = []
    if learning_rate is not None:
        causes.append(f"learning_rate_init={learning_rate:g} is too large for this problem")
    causes.append(_scale_of(samples.X))
    return DivergenceError(
        f"Training diverged in epoch {epoch}: the loss became {loss:g}. "
        f"{_first_overflow(network, samples.n)} Likely causes: {'; '.join(causes)}. "
        "(Solver produced non-finite parameter weights. The input data may contain large values "
        "and need to be preprocessed.)"
    )


def _first_overflow(network: Network, n: int) -> str:
    """One sentence that names the first layer, from the input, with numbers that are not finite."""
    layers = network.layers(n)
    for l, layer in enumerate(layers, start=1):
        of = f"layer {l} of {len(layers)}"
        if not np.isfinite(layer.W).all() or not np.isfinite(network.theta.b[l - 1]).all():
            return f"The first layer to overflow is {of}: its weights are no longer finite."
        if not (np.isfinite(layer.Z).all() and np.isfinite(layer.A).all()):
            return (
                f"The first layer to overflow is {of}: its weights reach "
                f"{np.abs(layer.W).max():.3g} and its outputs are no longer finite."
            )
    largest = np.abs(layers[-1].A).max()
    return (
        f"All layers are finite; the loss or its gradient overflowed behind layer {len(layers)} "
        f"of {len(layers)}, whose outputs reach {largest:.3g}."
    )


def _scale_of(X) -> str:
    """How large the input is, in numbers, and what to do about it."""
    values = X.data if issparse(X) else X
    largest = np.abs(values).max(initial=0)
    return (
        f"the input is not scaled (in this batch |X| reaches {largest:.3g}; "
        "StandardScaler brings it to about 3)"
    )
