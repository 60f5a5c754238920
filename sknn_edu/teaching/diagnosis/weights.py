"""Whether the units can learn different things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...engine.layer import Layer
from .case import Case
from .check import ANY_BAD_RESULT, PROBLEM, WARNING, Check, Finding

__all__ = ["SymmetricUnits", "ZeroWeights"]

# Healthy weights have a size of about 1 (see `_size`); below a millionth nothing gets through.
ZERO_SIZE = 1e-6
# With weights this small in all layers, next to nothing learned, and a penalty whose gradient
# counts beside that of the data, it is the penalty that holds them there.
SMALL_SIZE, LITTLE_SKILL, PENALTY_SHARE = 0.3, 0.1, 0.05
# Two units count as one if their numbers agree to this many decimals of the largest weight:
# well above rounding, and far below what chance brings together.
DECIMALS = {np.dtype(np.float64): 10, np.dtype(np.float32): 5}


class ZeroWeights(Check):
    """Hidden layers whose weights are all zero.

    size = sqrt(n_in mean(W^2)), about 1 for the usual initialisations; zero means below
    1e-6. Such a layer gives the same for every sample, and passes no delta back.
    """

    code = "zero_weights"
    explains = ("symmetric_units", *ANY_BAD_RESULT)

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding, for the first such layer."""
        zero = [l for l, layer in case.hidden if _size(layer) < ZERO_SIZE]
        if not zero:
            return
        remedy = "Draw the weights at random: weight_init='auto'."
        if case.curve.size:
            remedy += (
                f" If they shrank to zero, the penalty alpha={case.est.alpha:g} is too strong."
            )
        yield self.found(
            PROBLEM,
            f"The weights of {_listed(zero)} are all zero. Whatever the input is, its units "
            "give the same, and no gradient passes through to the layers below.",
            remedy,
            layer=zero[0],
            n_zero_layers=len(zero),
            n_hidden_layers=len(case.hidden),
            size=_size(case.layers[zero[0] - 1]),
        )


class PenaltyTooStrong(Check):
    """A penalty that holds the weights at zero.

    After training: size < 0.3 in every layer, less than a tenth of the loss of a guess without
    X is gone, and the gradient of the penalty, alpha W / n, is at least a twentieth of that
    of the data (where they balance on all rows it would be equal; with mini-batches it is smaller).
    """

    code = "penalty_too_strong"
    explains = ("zero_weights", "symmetric_units", *ANY_BAD_RESULT)

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        sizes = [_size(layer) for layer in case.layers]
        if not case.curve.size or max(sizes) >= SMALL_SIZE or case.skill >= LITTLE_SKILL:
            return
        weights = case.objective.network.theta.weights
        pull = np.zeros_like(weights)
        case.objective.penalty.add_gradient(weights, 1 / case.samples.total_weight, out=pull)
        push = case.objective.network.grad.weights - pull
        share = float(np.linalg.norm(pull) / max(np.linalg.norm(push), np.finfo(float).tiny))
        if share < PENALTY_SHARE:
            return
        yield self.found(
            PROBLEM,
            f"The penalty alpha={case.est.alpha:g} has shrunk the weights to almost nothing "
            f"(size {max(sizes):.2g}; about 1 is usual), and the network explains "
            f"{max(case.skill, 0):.0%} of the loss.",
            f"Lower it, say alpha={case.est.alpha / 100:.2g}; each step divides it by the size of "
            "the batch, so small batches make it stronger.",
            alpha=float(case.est.alpha),
            largest_size=max(sizes),
            skill=case.skill,
            penalty_gradient_share=share,
        )


class SymmetricUnits(Check):
    """Units of a hidden layer that are copies of each other.

    Two units are the same where their columns of W and their b are. If their columns of
    dW and db are the same too, no step will ever tell them apart: a problem if at most half
    of the units are left, else a warning.
    """

    code = "symmetric_units"
    explains = ANY_BAD_RESULT

    def look(self, case: Case) -> Iterator[Finding]:
        """One finding for each layer that has copies."""
        for l, layer in case.hidden:
            if _size(layer) < ZERO_SIZE:
                continue
            n = layer.W.shape[1]
            units = _units(layer.W, layer.b)
            n_alike = n - _n_distinct(units)
            if not n_alike:
                continue
            gradients = _units(layer.dW, layer.db)
            n_stuck = n - _n_distinct(np.vstack([units, gradients]))
            fate = "Only their weights in the next layer differ, which may separate them in time."
            if n_stuck:
                fate = "Their gradients are the same too, so no step will separate them."
            yield self.found(
                PROBLEM if n_stuck and n - n_stuck <= n / 2 else WARNING,
                f"{n_alike} of the {n} units of layer {l} are copies of others: the same weights "
                f"and the same bias. {fate}",
                "Draw the weights at random, weight_init='auto'; equal numbers for all units, "
                "zero or not, make them act as a single unit.",
                layer=l,
                n_units=n,
                n_copies=n_alike,
                n_copies_with_same_gradient=n_stuck,
            )


def _size(layer: Layer) -> float:
    """sqrt(n_in mean(W^2)): how much the layer stretches a typical input."""
    W = layer.W
    return float(np.sqrt(W.shape[0] * np.mean(np.square(W, dtype=np.float64))))


def _units(M: Any, v: np.ndarray | None) -> np.ndarray:
    """Everything of a unit in its column, rounded to what counts as the same."""
    both = M if v is None else np.vstack([M, v])
    largest = np.abs(both).max()
    return np.round(both / (largest or 1), DECIMALS[both.dtype])


def _n_distinct(columns: np.ndarray) -> int:
    """Columns that differ, counting those of a negligible size as different."""
    weights = np.abs(columns).max(axis=0)
    columns = columns[:, weights > 0]
    # Adding 0 turns -0.0 into 0.0.
    return int((weights == 0).sum()) + len({column.tobytes() for column in columns.T + 0.0})


def _listed(layers: list[int]) -> str:
    """'layer 1', or 'layers 1, 2, 3'."""
    return f"layer{'s' if len(layers) > 1 else ''} {', '.join(map(str, layers))}"
