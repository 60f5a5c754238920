"""Whether the gradient has a useful size in every layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .case import Case
from .check import PROBLEM, WARNING, Check, Finding

__all__ = ["ExplodingGradients", "VanishingGradients"]

# Three logistic layers, drawn as usual, come to 0.001, and learn; each further one costs a
# factor of 10. At 0.0001 the first layer stands still while the last one learns.
VANISHED, GONE = 1e-4, 1e-6
# Healthy networks of up to five layers were seen to reach 120 after training.
EXPLODED, OVERWHELMING = 1e3, 1e6


class VanishingGradients(Check):
    """Deltas that get smaller from layer to layer on the way back.

    With norm_l = ||delta_l||, over all samples and units of layer l, the evidence is
    min_l norm_l / norm_L. In well-drawn networks it is around 1 at any depth and any
    width; below 1e-4 it is a warning, below 1e-6 a problem.
    """

    code = "vanishing_gradients"
    explains = ("learning_rate_too_small", "constant_output", "not_converged")

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding, for the layer with the smallest delta."""
        norms = delta_norms(case)
        ratio = norms.min() / norms[-1] if norms[-1] > 0 else 1.0
        if ratio >= VANISHED:
            return
        l = int(norms.argmin()) + 1
        names = sorted({layer.activation.name for _, layer in case.hidden})
        yield self.found(
            PROBLEM if ratio < GONE else WARNING,
            f"The gradient fades from layer to layer: delta{l} is {ratio:.1e} times as large as "
            f"delta{case.n_layers} of the output (a factor of {_per_layer(ratio, case, l):.2g} "
            f"per layer). Layer {l} learns almost nothing.",
            f"Use fewer hidden layers, or activation='relu' with weight_init='he_uniform' "
            f"instead of {', '.join(names)}.",
            layer=l,
            ratio=float(ratio),
            **_by_layer(norms),
        )


class ExplodingGradients(Check):
    """Deltas that get larger from layer to layer on the way back.

    max_l norm_l / norm_L with norm_l = ||delta_l||: above 1e3 it is a warning, above 1e6 a
    problem. A step of the right length for one layer is then far too long for another.
    """

    code = "exploding_gradients"
    explains = ("not_converged",)

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding, for the layer with the largest delta."""
        norms = delta_norms(case)
        ratio = norms.max() / norms[-1] if norms[-1] > 0 else 1.0
        if ratio <= EXPLODED:
            return
        l = int(norms.argmax()) + 1
        largest = max(float(np.abs(layer.W).max()) for layer in case.layers)
        yield self.found(
            PROBLEM if ratio > OVERWHELMING else WARNING,
            f"The gradient grows from layer to layer: delta{l} is {ratio:.3g} times as large as "
            f"delta{case.n_layers} of the output (a factor of {_per_layer(ratio, case, l):.2g} "
            f"per layer). The weights reach {largest:.3g}.",
            "Start from smaller weights (weight_init='he_uniform' for relu, 'glorot_uniform' "
            "for tanh), use fewer layers, or set clip_norm=1.0.",
            layer=l,
            ratio=float(ratio),
            largest_weight=largest,
            **_by_layer(norms),
        )


def delta_norms(case: Case) -> np.ndarray:
    """||delta_l|| of each layer, in float64 so that small ones do not vanish in the squares."""
    return np.array([np.linalg.norm(layer.delta.astype(np.float64)) for layer in case.layers])


def _per_layer(ratio: float, case: Case, l: int) -> float:
    """The factor that, applied from the output back to layer l, makes the ratio."""
    return ratio ** (1 / (case.n_layers - l))


def _by_layer(norms: np.ndarray) -> dict[str, float]:
    """The norms by name: ``norm_delta1`` and so on."""
    return {f"norm_delta{l}": float(norm) for l, norm in enumerate(norms, start=1)}
