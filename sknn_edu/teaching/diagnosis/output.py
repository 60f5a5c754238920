"""Whether the output can reach the targets, and depends on the input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...losses import LogLoss
from ..opened import dense
from .case import Case
from .check import BAD_RATES, NOT_LEARNED, PROBLEM, WARNING, Check, Finding

__all__ = ["ConstantOutput", "OutputMismatch", "Overflow"]

# Predictions that vary by less than a hundredth of the targets say nothing about them.
SMALL_VARIATION = 0.01
# In its first epochs a network often predicts the same for every sample.
FIRST_EPOCHS = 10


class Overflow(Check):
    """A forward or a backward pass that runs into infinity or NaN.

    The first layer, from the input, where Z or A is not finite; else the first one, from
    the output, where delta or dW is not. The checks that read the numbers of the
    pass are left out.
    """

    code = "overflow"
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        if case.is_finite:
            return
        numbered = list(enumerate(case.layers, start=1))
        forward = [l for l, layer in numbered if not _finite(layer.Z, layer.A)]
        backward = [l for l, layer in reversed(numbered) if not _finite(layer.delta, layer.dW)]
        l = (forward or backward or [case.n_layers])[0]
        what = "Z or A" if forward else "its gradient" if backward else "the loss"
        largest = max(float(np.abs(layer.W).max()) for layer in case.layers)
        yield self.found(
            PROBLEM,
            f"The numbers overflow: in layer {l} of {case.n_layers} {what} is infinite or not a "
            f"number. The weights reach {largest:.3g}.",
            "Start again from smaller weights (weight_init='auto'), with a scaled input, a lower "
            "learning_rate_init, or clip_norm=1.0.",
            layer=l,
            largest_weight=largest,
            largest_input=float(np.abs(case.samples.X).max()),
        )


class OutputMismatch(Check):
    """An output activation and a loss that do not belong together.

    The judgement is the loss's own, `Loss.risk` or `Loss.slowness`; the evidence is the part of
    the samples whose delta has faded to a hundredth of the slope dJ/dA.
    """

    code = "output_mismatch"
    explains = ("dead_units", *BAD_RATES, *NOT_LEARNED)
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        output, loss = case.layers[-1].activation, case.loss
        risk = loss.risk(output) or loss.slowness(output)
        if not risk:
            return
        Y = case.samples.Y
        partner = loss.canonical_output(multiclass=not case.is_regression and Y.shape[1] > 1)
        message = f"The loss {loss!r} and the output {output.name!r} do not go together: {risk}."
        remedy = f"Use output_activation='auto', which is {partner.name!r} for this loss"
        log_loss = LogLoss().bind(output, case.targets.one_hot)
        if not case.is_regression and log_loss.is_partner(output):
            remedy += f", or keep {output.name!r} with loss='log_loss', its partner"
        part_faded = _part_faded(case)
        yield self.found(WARNING, message, f"{remedy}.", case.n_layers, part_faded=part_faded)


class ConstantOutput(Check):
    """A trained network whose predictions do not depend on the input.

    For classes: `predict` gives one class (or one set of labels) for all samples, although y
    has several. For numbers: max_k std(a_k) / std(y_k) < 0.01. Not judged before ten
    epochs of training.
    """

    code = "constant_output"
    explains = ("not_converged",)

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        A, Y = case.layers[-1].A.astype(np.float64), case.samples.Y.astype(np.float64)
        if not Y.std(axis=0).any() or not case.curve.size:
            return
        if case.learning_rate is not None and case.curve.size < FIRST_EPOCHS:
            return
        spread = Y.std(axis=0)
        asked = spread > 0
        variation = float((A.std(axis=0)[asked] / spread[asked]).max())
        said, n_right = self._constant_prediction(case, A, variation)
        if not said:
            return
        imbalanced = not case.is_regression and n_right is not None and n_right > 0.8
        yield self.found(
            PROBLEM,
            f"The network predicts {said} for all {case.samples.n} samples: it ignores the input. "
            f"J without the penalty is {case.data_loss:.3g}; guessing without X gives "
            f"{case.constant_loss:.3g}.",
            "The classes are far from equally frequent: try class_weight='balanced'. "
            * imbalanced
            + "Train longer, or with another learning_rate_init, with a smaller alpha (now "
            f"{case.est.alpha:g}), or with more units.",
            layer=case.n_layers,
            variation=variation,
            skill=case.skill,
            **({} if n_right is None else {"part_right": n_right}),
        )

    @staticmethod
    def _constant_prediction(
        case: Case, A: np.ndarray, variation: float
    ) -> tuple[str, float | None]:
        """What it predicts for every sample ("" if it does not), and how often that is right."""
        if case.is_regression:
            value = ", ".join(f"{v:.3g}" for v in A.mean(axis=0)[:3])
            return (f"about {value}" if variation < SMALL_VARIATION else ""), None
        predicted = dense(case.targets.decode(case.layers[-1].A))
        true = dense(case.targets.decode(case.samples.Y))
        if (predicted != predicted[:1]).any():
            return "", None
        first = predicted[0]
        right = (predicted == true) if predicted.ndim == 1 else (predicted == true).all(axis=1)
        name = f"class {first!s}" if predicted.ndim == 1 else f"the labels {first.tolist()}"
        return name, float(right.mean())


def _part_faded(case: Case) -> float:
    """Part of the samples that are wrong by more than half and have almost no delta."""
    layer, Y, loss = case.layers[-1], case.samples.Y, case.objective.loss
    Z, A, f = layer.Z, layer.A, layer.activation
    with overflow_is_expected():
        slope = np.abs(loss.gradient(A, Y, out=np.empty_like(A))).max(axis=1)
        delta = np.abs(loss.output_delta(f, Z, A, Y, out=np.empty_like(A))).max(axis=1)
        wrong = np.abs(A - Y).max(axis=1) > 0.5
        return float((wrong & (delta < 0.01 * np.maximum(slope, 1e-300))).mean())


def _finite(*arrays: Any) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)
