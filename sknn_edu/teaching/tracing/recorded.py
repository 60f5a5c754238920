"""The arrays of one forward and one backward pass, as the network that ran it has them.

They are the buffers of a network that was made for this pass alone, and nobody else's: only the
data, which may be the caller's, and biases are copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ...engine.objective import mean_factors
from ...formulas.conventions import Conventions
from ..opened import Opened, dense
from .by_layer import ByLayer

Family = Mapping[int, np.ndarray]


class Arrays(NamedTuple):
    """The arrays of a pass in a layout, by layer; ``A[0]`` is X. ``Trace`` says what they are."""

    W: Family
    b: Family
    Z: Family
    A: Family
    mask: Family
    dA: Family
    delta: Family
    dW: Family
    db: Family
    Y: np.ndarray
    w: np.ndarray


def recorded(opened: Opened, conventions: Conventions) -> Arrays:
    """The arrays of the pass that the network has just run, in these conventions."""
    network, samples = opened.network, opened.samples
    layout, has_biases = conventions.layout, opened.architecture.has_biases
    put = layout.orient
    layers = dict(enumerate(network.layers(samples.n), start=1))

    def scaled(family: str, exact: np.ndarray) -> np.ndarray:
        scale = conventions.scale(family, samples.total_weight)
        return exact if scale == 1 else exact * np.asarray(scale, exact.dtype)

    def biases(family: str, exact: list[np.ndarray]) -> ByLayer:
        numbered = enumerate(exact if has_biases else [], start=1)
        return ByLayer({l: layout.bias(scaled(family, b)) for l, b in numbered})

    X, theta, grad = layout.matrix(dense(samples.X)), network.theta, network.grad
    w = np.ones(samples.n, theta.dtype) if samples.w is None else samples.w
    return Arrays(
        W=ByLayer({l: put(layer.W) for l, layer in layers.items()}),
        b=biases("b", theta.b),
        Z=ByLayer({l: put(layer.Z) for l, layer in layers.items()}),
        A=ByLayer({0: X, **{l: put(seen_by_next(layer)) for l, layer in layers.items()}}),
        mask=ByLayer({l: put(layer.mask) for l, layer in layers.items() if layer.mask is not None}),
        dA=ByLayer({l: put(scaled("dA", dA)) for l, dA in enumerate(output_gradients(opened))}),
        delta=ByLayer({l: put(scaled("delta", layer.delta)) for l, layer in layers.items()}),
        dW=ByLayer({l: put(scaled("dW", dW)) for l, dW in enumerate(grad.W, start=1)}),
        db=biases("db", grad.b),
        Y=layout.matrix(samples.Y),
        w=layout.weights_of_samples(w),
    )


def seen_by_next(layer: Any) -> np.ndarray:
    """A of a layer, dropped out where it is."""
    return layer.A if layer.mask is None else layer.A * layer.mask


def output_gradients(opened: Opened) -> Iterator[np.ndarray]:
    """dJ/dA of each layer, the input first."""
    layers = opened.network.layers(opened.samples.n)
    dX = np.empty(opened.samples.X.shape, layers[0].W.dtype)
    yield layers[0].input_gradient(out=dX)
    for layer, following in pairwise(layers):
        # Under dropout the engine has multiplied its dA by the mask.
        if layer.mask is None:
            yield layer.dA
        else:
            yield following.input_gradient(out=np.empty_like(layer.dA))
    A, Y = layers[-1].A, opened.samples.Y
    dA = opened.architecture.loss.gradient(A, Y, out=np.empty_like(A))
    dA *= mean_factors(opened.samples, opened.samples.total_weight)
    yield dA
