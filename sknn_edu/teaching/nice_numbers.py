"""Exercises for the hand: weights and data with which the arithmetic stays bearable."""

from __future__ import annotations

from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils import check_random_state

from ..activations import Identity
from ..estimators.inspection import architecture_of, overflow_is_expected
from ..formulas.conventions import Conventions
from .opened import check_is_network, open_network
from .tracing.display import Trace
from .tracing.trace import trace_opened

INPUTS = (-2, -1, 0, 1, 2, 3)
TARGETS = (0, 1, 2, 3)  # not negative, for the Poisson loss
SHARES = np.array(
    [0, 0.25, 0.75, 1]
)  # of the range of an output that has two ends, for each of these
WEIGHTS = (-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2)
BIASES = (-1, -0.5, 0.5, 1)
# So many exercises are drawn; the best is kept.
N_DRAWN = 300
# Decimals are counted up to this: what has more has to be rounded anyway.
MANY_DECIMALS = 5
# A sigmoid is flat, and an exponential large, beyond.
LARGEST_Z = 3.0
LARGEST_ERROR = 4.0


class Exercise(NamedTuple):
    """A network and its data: what the teaching tools take as their first three arguments.

    Attributes
    ----------
    est : BackpropClassifier or BackpropRegressor
        Initialised with the weights.
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
    """

    est: Any
    X: np.ndarray
    y: np.ndarray


def nice_numbers(
    est: Any,
    n_samples: int = 2,
    n_features: int = 2,
    n_outputs: int | None = None,
    *,
    random_state: Any = None,
) -> Exercise:
    """Draw small whole numbers and halves for the weights and data of an exercise by hand.

    Of many drawings the one is kept whose numbers, forward and backward, have the fewest decimals,
    among those that exercise everything: no unit is dead, none is at a kink, no error is zero.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        The layers, activations and loss. It is not changed, and need not be fitted.
    n_samples : int, default=2
        With 2, 4 or 5 the mean over the samples ends after a few decimals; with 3 it does not.
    n_features : int, default=2
    n_outputs : int, default=None
        Outputs of a regressor, by default 1; classes of a classifier, by default 2.
    random_state : int, RandomState or None, default=None
        An int gives the same exercise each time: a number for each student gives everybody
        their own.

    Returns
    -------
    exercise : Exercise
        ``est`` (a new estimator), ``X`` and ``y``.

    Raises
    ------
    TypeError
        If ``est`` is no network of this package.
    ValueError
        If a number is too small, or a classifier has fewer samples than classes.

    Notes
    -----
    Weights and inputs are small whole numbers and halves. What follows from them by sums and
    products has few decimals: all of it in a network of relu and identity with the squared
    error. A tanh, a sigmoid or a softmax gives numbers that must be rounded; then only Z of the
    first layer is exact. A penalty stays as ``est`` has it: pass ``alpha=0`` for an exercise
    without, or a round number such as 0.5; and for a step of gradient descent ``solver="gd"`` and
    a ``learning_rate_init`` such as 0.5.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.teaching import nice_numbers, trace
    >>> est, X, y = nice_numbers(BackpropRegressor(2, "relu", alpha=0), random_state=0)
    >>> trace(est, X, y).Z[1] * 2 % 1
    array([[0., 0.],
           [0., 0.]])
    """
    check_is_network(est)
    n_outputs = 1 + is_classifier(est) if n_outputs is None else n_outputs
    for name, n in (("n_samples", n_samples), ("n_features", n_features), ("n_outputs", n_outputs)):
        least = 2 if name == "n_outputs" and is_classifier(est) else 1
        if not isinstance(n, Integral) or isinstance(n, bool) or n < least:
            raise ValueError(f"{name} must be an int of at least {least}, got {n!r}.")
    if is_classifier(est) and n_samples < n_outputs:
        raise ValueError(
            f"n_samples must be at least the number of classes, so that each has a sample; got "
            f"n_samples={n_samples} and n_outputs={n_outputs}."
        )
    random = check_random_state(random_state)
    shape = (int(n_samples), int(n_features), int(n_outputs))
    with overflow_is_expected():
        exercises = [_drawn(est, shape, random) for _ in range(N_DRAWN)]
        return min(exercises, key=_burden)


def _drawn(est: Any, shape: tuple[int, int, int], random: np.random.RandomState) -> Exercise:
    """A new network with data, all drawn."""
    n_samples, n_features, n_outputs = shape
    X = random.choice(INPUTS, (n_samples, n_features)).astype(np.float64)
    if is_classifier(est):
        y = random.permutation(np.arange(n_samples) % n_outputs)
    else:
        y = random.choice(TARGETS, (n_samples, n_outputs)).astype(np.float64)
        y = y.ravel() if n_outputs == 1 else y
    net = clone(est).initialize(X, y)
    low, high = architecture_of(net).output.range
    if not is_classifier(est) and np.isfinite([low, high]).all():
        y = low + (high - low) * SHARES[y.astype(int)]
    for W in net.coefs_:
        W[:] = random.choice(WEIGHTS, W.shape)
    for b in net.intercepts_ if net.fit_intercept else ():
        b[:] = random.choice(BIASES, b.shape)
    return Exercise(net, X, y)


def _burden(exercise: Exercise) -> float:
    """How hard the arithmetic is; faults count far more."""
    opened = open_network(*exercise, dtype=np.float64)
    t = trace_opened(opened, Conventions())
    families = (t.Z, t.A, t.delta, t.dW, t.db)
    arrays = [array for family in families for array in family.values()] + [np.array(t.loss)]
    decimals = np.concatenate([_decimals(array).ravel() for array in arrays])
    # A product with 0 or 1 does not show whether the right factors were multiplied.
    factors = [*t.A.values(), *t.W.values(), *t.delta.values()]
    dull = np.mean([np.mean((array == 0) | (np.abs(array) == 1)) for array in factors])
    size = max(np.abs(array).max() for array in arrays)
    return float(1000 * _faults(t) + decimals.mean() + 0.5 * decimals.max() + 4 * dull + 0.1 * size)


def _decimals(array: np.ndarray) -> np.ndarray:
    """How many decimals each number has, as far as they are counted."""
    n = np.full(array.shape, MANY_DECIMALS)
    for decimals in reversed(range(MANY_DECIMALS)):
        scaled = array * 10.0**decimals
        n[np.abs(scaled - np.round(scaled)) < 1e-9] = decimals
    return n


def _faults(t: Trace) -> int:
    """How many times there is what an exercise should not have."""
    of_layers = sum(_faults_of_layer(t, l) for l in t.W)
    large_errors = (np.abs(t.A[t.n_layers] - t.Y) > LARGEST_ERROR).sum()
    no_input = (~t.X.any(axis=1)).sum()
    constant_features = (np.ptp(t.X, axis=0) == 0).sum() if t.m > 1 else 0
    return int(of_layers + large_errors + no_input + constant_features + _twins(t.X))


def _faults_of_layer(t: Trace, l: int) -> int:
    """Units or samples that count for nothing, or are like others; numbers at a kink, or large."""
    Z, delta, W, f = t.Z[l], t.delta[l], np.abs(t.W[l]), t.activations[l - 1]
    faults = (~delta.any(axis=0)).sum() + (~delta.any(axis=1)).sum()
    faults += _twins(W) + _twins(W.T)  # mirrored ones are twins, too
    for kink in f.kinks:
        side = np.sign(Z - kink)
        faults += (np.abs(Z - kink) < 0.25).any()
        faults += t.m > 1 and len(np.unique(side, axis=0)) == 1
        faults += len(np.unique(side)) == 1  # the slope is the same everywhere
    if not f.kinks and not isinstance(f, Identity):
        faults += (np.abs(Z) > LARGEST_Z).sum()
    return int(faults)


def _twins(M: np.ndarray) -> int:
    """How many rows are there before."""
    return len(M) - len(np.unique(M, axis=0))
