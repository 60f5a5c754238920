"""Whether the units respond to the input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...activations import Activation, Elementwise
from ...engine.layer import Layer
from .case import Case
from .check import BAD_GRADIENTS, NOT_LEARNED, NOTE, PROBLEM, WARNING, Check, Finding

__all__ = ["DeadUnits", "SaturatedUnits"]

# With a slope below a millionth of the steepest a weight needs a million steps to move as far.
DEAD_SLOPE = 1e-6
# Up to two thirds of dead units were seen in layers that learned well; a tenth is worth a
# note, three quarters waste the layer, and the last few pass almost nothing on.
FEW_DEAD, MANY_DEAD, NEARLY_ALL_DEAD = 0.1, 0.75, 0.95

# One hundredth of the steepest slope: abs(z) > 3 for tanh, 6 for logistic.
FLAT_SLOPE = 0.01
# A unit is saturated if it is flat for four samples in five (Z of a spread of 12 in tanh; 1 is
# usual), a layer if three in four of its units are.
MOST_SAMPLES = 0.8
MOST_UNITS = 0.75
# Where half of the loss is gone, the plateaus did not keep the network from learning.
LEARNED = 0.5

# Where an activation may be steepest.
PROBES = np.linspace(-8, 8, 161)[:, np.newaxis]


class DeadUnits(Check):
    """Units of rectifiers that respond to no sample.

    A unit is dead if f'(z) < 1e-6 max f' for all samples, where f has a flat side and is
    not bounded on the other: relu, and softer rectifiers far out. Its weights get no
    gradient, so it will not come back. From a tenth of a layer on it is a note, above three
    quarters a warning, from 95% on a problem. The output layer counts too,
    unless its delta does not need the slope (a partner of the loss).
    """

    code = "dead_units"
    explains = ("vanishing_gradients", "learning_rate_too_small", *NOT_LEARNED)

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding for each layer."""
        output = case.layers[-1].activation
        judged = case.layers
        if case.loss.is_partner(output):
            judged = judged[:-1]
        for l, layer in enumerate(judged, start=1):
            f = layer.activation
            if not isinstance(f, Elementwise) or np.isfinite(f.range).all():
                continue
            dead = (slopes(layer) < DEAD_SLOPE * steepest(f)).all(axis=0)
            part = float(dead.mean())
            if part < FEW_DEAD:
                continue
            severity = PROBLEM if part >= NEARLY_ALL_DEAD else WARNING if part > MANY_DEAD else NOTE
            yield self.found(
                severity,
                f"{int(dead.sum())} of the {dead.size} units of layer {l} ({f.name}) are dead: "
                "their slope is 0 for every sample, so their weights never get a gradient.",
                "Lower learning_rate_init, start from weight_init='he_uniform' (its biases are "
                "0), or use activation='leaky_relu', which has a slope everywhere.",
                layer=l,
                n_units=int(dead.size),
                n_dead=int(dead.sum()),
                part=part,
                mean_Z=float(layer.Z.mean(dtype=np.float64)),
            )


class SaturatedUnits(Check):
    """Units of S-shaped activations that sit on a plateau.

    A unit is saturated if f'(z) < 0.01 max f' for at least 80% of the samples; a layer if
    more than 75% of its units are. Judged are hidden layers whose activation is bounded on
    both sides. If more than half of the loss of a guess without X is gone after
    training, it is a note.
    """

    code = "saturated_units"
    explains = (*BAD_GRADIENTS, "learning_rate_too_small", *NOT_LEARNED)

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding for each layer."""
        for l, layer in case.hidden:
            f = layer.activation
            if not isinstance(f, Elementwise) or not np.isfinite(f.range).all():
                continue
            flat = slopes(layer) < FLAT_SLOPE * steepest(f)
            saturated = flat.mean(axis=0) >= MOST_SAMPLES
            part = float(saturated.mean())
            if part <= MOST_UNITS:
                continue
            size = float(np.median(np.abs(layer.Z)))
            learned = case.curve.size > 0 and case.skill > LEARNED
            yield self.found(
                NOTE if learned else PROBLEM,
                f"{int(saturated.sum())} of the {saturated.size} units of layer {l} ({f.name}) are "
                f"saturated: abs(Z) is typically {size:.3g}, where the slope is almost 0 and "
                "the gradient does not get through.",
                "Start from smaller weights (weight_init='glorot_uniform') and scale the input; to "
                "keep the weights small, lower learning_rate_init or raise alpha.",
                layer=l,
                n_units=int(saturated.size),
                n_saturated=int(saturated.sum()),
                part=part,
                typical_Z=size,
            )


def slopes(layer: Layer) -> np.ndarray:
    """abs(f'(Z)), as the engine computes it."""
    f = layer.activation
    assert isinstance(f, Elementwise)
    return np.abs(f.derivative(layer.Z, layer.A, out=np.empty_like(layer.A)))


def steepest(f: Activation) -> float:
    """The largest abs(f'(z)) near 0."""
    assert isinstance(f, Elementwise)
    A = f.forward(PROBES.copy(), out=np.empty_like(PROBES))
    return float(np.abs(f.derivative(PROBES, A, out=np.empty_like(A))).max())
