"""Whether the data are fit to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from ...activations import Identity
from ..opened import dense
from .case import Case
from .check import ANY_BAD_RESULT, BAD_RATES, PROBLEM, WARNING, Check, Finding

__all__ = ["InputsNotScaled", "OneHotTargets", "TargetsNotScaled", "TargetsOutOfRange"]

# A step that is right for features around 1 is 30^2, about a thousand times, too long along
# one of 30. Pixels of 0 to 16 are below, pixels of 0 to 255 above.
LARGE_INPUT = 30.0
# At ten times that even Adam, which rescales each step, starts in saturated or dead units.
HUGE_INPUT = 300.0
# Below a hundredth in every feature the biases are much larger than the input's part of Z.
SMALL_INPUT = 0.01
# The curvature goes with the square of the scale: a ratio of 100 makes a condition number
# of 10,000, and gradient descent needs about as many steps.
LARGE_RATIO = 100.0
HUGE_RATIO = 1000.0
# A feature of 2000 +- 10 is a constant with a little noise; its mean acts as a second, much
# too large bias.
LARGE_OFFSET = 100.0

# Outputs start near 0 with a spread of about 1. Adam moves a weight by at most
# learning_rate_init in a step, 0.001 by default, so 30 is some ten thousand steps away.
LARGE_TARGET = 30.0
HUGE_TARGET = 1000.0
# Half the squared error then starts below 0.0005, and tol=0.0001 soon stops training.
SMALL_TARGET = 0.03
# Squared errors add up over the outputs: at 30 one target counts a thousand times another.
TARGET_RATIO = 30.0
# A few targets out of reach are outliers, every tenth is a wrong output.
MANY_OUT_OF_RANGE = 0.1

# In fewer rows than this, labels may have a single 1 each by chance.
FEW_ROWS = 10


class Columns(NamedTuple):
    """What there is to know of each feature, arrays of shape (n_features,).

    scale: root mean square of the entries that are not 0, so that zeros of sparse columns
    do not count; spread: standard deviation; two_valued: whether it is a yes or no.
    """

    scale: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    two_valued: np.ndarray

    @classmethod
    def of(cls, X: Any) -> Columns:
        """Measure the columns of X."""
        n = X.shape[0]
        if issparse(X):
            X = X.astype(np.float64).tocsc()
            X.eliminate_zeros()
            n_nonzero = X.getnnz(axis=0)
            total, squares = (np.asarray(M.sum(axis=0)).ravel() for M in (X, X.multiply(X)))
            # All entries are the same where the square of their sum is all that it can be.
            two_valued = np.isclose(total**2, squares * n_nonzero, rtol=1e-9)
        else:
            X = X.astype(np.float64)
            n_nonzero = np.count_nonzero(X, axis=0)
            total, squares = X.sum(axis=0), np.einsum("ij,ij->j", X, X)
            two_valued = ((X == X.min(axis=0)) | (X == X.max(axis=0))).all(axis=0)
        mean = total / n
        spread = np.sqrt(np.maximum(squares / n - mean**2, 0))
        if not issparse(X):
            spread = X.std(axis=0)  # without the cancellation
        return cls(np.sqrt(squares / np.maximum(n_nonzero, 1)), mean, spread, two_valued)


class InputsNotScaled(Check):
    """Features far from 1, or of very different size.

    scale_j = sqrt(mean of x_ij^2 over the entries that are not 0). It is 1 for a
    standardised, a one-hot and a yes-or-no column, however rare the yes. Reported are

    - large features, scale_j > 30 (a problem above 300);
    - very different ones, largest scale / smallest scale > 100 (a problem above 1000), and
      all below 0.01, both without constant columns;
    - features far from 0, abs(mean_j) / std_j > 100, unless they have two values only.
    """

    code = "inputs_not_scaled"
    explains = ("overflow", *ANY_BAD_RESULT)
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding for all features."""
        columns = Columns.of(case.samples.X)
        varying = columns.spread > 1e-12 * np.maximum(columns.scale, 1e-300)
        if not varying.any():
            return
        scale, shown = columns.scale, np.where(varying, columns.scale, np.nan)
        largest, smallest = float(np.nanmax(shown)), float(np.nanmin(shown))
        offset = np.abs(columns.mean) / np.where(varying, columns.spread, np.inf)
        offset[columns.two_valued] = 0
        large, far = scale > LARGE_INPUT, offset > LARGE_OFFSET
        evidence: dict[str, Any] = {
            "largest_scale": float(scale.max()),
            "smallest_scale": smallest,
            "largest_offset": float(offset.max()),
            "n_large": int(large.sum()),
            "n_far_from_0": int(far.sum()),
        }
        if large.any():
            what = (
                f"{_count(large)} far larger than 1: {_named(case, scale, large)}. "
                "Sums Z this large drive units into saturation, and steps overshoot."
            )
        elif largest / smallest > LARGE_RATIO:
            small = varying & (scale < largest / LARGE_RATIO)
            what = (
                f"The features differ in size by a factor of {largest / smallest:.3g}; the small "
                f"ones have almost no effect: {_named(case, -scale, small)}."
            )
        elif far.any():
            what = (
                f"{_count(far)} far from 0 compared with its spread: "
                f"{_named(case, offset, far, 'mean / spread')}. The network sees a constant."
            )
        elif largest < SMALL_INPUT:
            what = f"All features are tiny, {largest:.3g} at most; the biases outweigh them."
        else:
            return
        grave = scale.max() > HUGE_INPUT or largest / smallest > HUGE_RATIO
        scaler = "MaxAbsScaler" if issparse(case.samples.X) else "StandardScaler"
        remedy = f"Scale the input: make_pipeline({scaler}(), est), and diagnose with the scaled X."
        yield self.found(PROBLEM if grave else WARNING, what, remedy, 0, **evidence)


class TargetsNotScaled(Check):
    """Targets of a regression far from 1, or of very different size.

    scale_k = sqrt(mean of y_ik^2), spread_k its standard deviation. Reported are
    scale_k > 30 (a problem above 1000), spread_k < 0.03, and
    largest spread / smallest spread > 30. Not judged are outputs with a partner that has a
    scale of its own (Poisson deviance with exp), and outputs of a bounded range.
    """

    code = "targets_not_scaled"
    explains = ("overflow", *ANY_BAD_RESULT)
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding for all targets."""
        output = case.layers[-1].activation
        linked = case.loss.is_partner(output) and not isinstance(output, Identity)
        if not case.is_regression or linked or np.isfinite(output.range).all():
            return
        Y = case.samples.Y.astype(np.float64)
        scale, spread = np.sqrt((Y**2).mean(axis=0)), Y.std(axis=0)
        spread = spread[spread > 0]
        if not spread.size:
            return
        evidence = {
            "largest_scale": float(scale.max()),
            "largest_spread": float(spread.max()),
            "smallest_spread": float(spread.min()),
        }
        severity = WARNING
        if scale.max() > LARGE_TARGET:
            severity = PROBLEM if scale.max() > HUGE_TARGET else WARNING
            what = f"The targets are typically {scale.max():.3g} in size; outputs start near 0."
        elif spread.max() < SMALL_TARGET:
            what = (
                f"The targets vary by {spread.max():.3g} only. The loss is tiny from the start, so "
                f"that tol={case.est.tol:g} stops training before anything is learned."
            )
        elif spread.max() / spread.min() > TARGET_RATIO:
            sizes = f"{spread.min():.3g} to {spread.max():.3g}"
            what = f"The targets vary by {sizes}: the large ones dominate the loss, their sum."
        else:
            return
        remedy = "Scale the targets: TransformedTargetRegressor(est, transformer=StandardScaler())."
        yield self.found(severity, what, remedy, case.n_layers, **evidence)


class TargetsOutOfRange(Check):
    """Targets that the output activation cannot reach.

    The part of y outside ``output.range``: a warning, from every tenth on a problem.
    """

    code = "targets_out_of_range"
    explains = ("dead_units", *BAD_RATES, "constant_output")
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        output, Y = case.layers[-1].activation, case.samples.Y
        low, high = output.range
        part = float(((low > Y) | (high < Y)).mean())
        if not case.is_regression or part == 0:
            return
        yield self.found(
            PROBLEM if part >= MANY_OUT_OF_RANGE else WARNING,
            f"{part:.0%} of the targets lie outside {low:.3g} to {high:.3g}, which is all that the "
            f"output {output.name!r} can give (y goes from {Y.min():.3g} to {Y.max():.3g}).",
            'Use output_activation="identity", or bring the targets into the range.',
            layer=case.n_layers,
            part_out_of_range=part,
            lowest_target=float(Y.min()),
            highest_target=float(Y.max()),
            lowest_output=float(low),
            highest_output=float(high),
        )


class OneHotTargets(Check):
    """Classes written as a matrix with exactly one 1 in each row.

    As in scikit-learn, a matrix of zeros and ones means several labels: each output is a
    yes or no of its own, so that `predict` gives some rows no class and others several.
    """

    code = "one_hot_targets"
    reads_numbers = False

    def look(self, case: Case) -> Iterator[Finding]:
        """At most one finding."""
        Y = case.samples.Y
        if not case.targets.is_multilabel or Y.shape[1] < 2 or len(Y) < FEW_ROWS:
            return
        if (np.count_nonzero(Y, axis=1) != 1).any():
            return
        evidence: dict[str, Any] = {"n_columns": Y.shape[1]}
        now = ""
        if case.curve.size and case.is_finite:
            predicted = dense(case.targets.decode(case.layers[-1].A))
            n_given = np.count_nonzero(predicted, axis=1)
            none, several = float((n_given == 0).mean()), float((n_given > 1).mean())
            evidence |= {"part_without_class": none, "part_with_several": several}
            now = f" Now {none:.0%} of the rows get no class, and {several:.0%} get several."
        yield self.found(
            WARNING,
            f"Each row of y has exactly one 1: these look like {Y.shape[1]} classes, one-hot "
            "encoded. A matrix is read as several labels (as in scikit-learn), and the network "
            f"decides about each column on its own.{now}",
            "Pass the classes themselves: fit(X, y.argmax(axis=1)). The output is then softmax, "
            "and each row gets exactly one class.",
            layer=case.n_layers,
            **evidence,
        )


def _count(chosen: np.ndarray) -> str:
    """'2 of 30 features are', or '1 of 30 features is'."""
    n = int(chosen.sum())
    return f"{n} of {chosen.size} features {'is' if n == 1 else 'are'}"


def _named(case: Case, size: np.ndarray, chosen: np.ndarray, of: str = "typical size") -> str:
    """The chosen features that are largest in ``size``, three at most, with their number."""
    names = getattr(case.est, "feature_names_in_", None)
    worst = [j for j in np.argsort(-size, kind="stable") if chosen[j]][:3]
    known = [f"column {j}" if names is None else repr(str(names[j])) for j in worst]
    return ", ".join(f"{n} ({of} {abs(size[j]):.3g})" for n, j in zip(known, worst, strict=True))
