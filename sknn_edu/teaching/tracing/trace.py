"""One forward and one backward pass, with every array kept.

The engine overwrites its buffers with each batch. `trace` runs it once, on the samples
given, and copies what was in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ...engine.objective import mean_factors
from ...estimators.inspection import overflow_is_expected
from ...formulas.layout import Layout
from ..opened import Opened, dense, open_network
from .display import TraceDisplay

FAMILIES = ("W", "b", "Z", "A", "mask", "dA", "delta", "dW", "db", "W_next", "b_next")
SINGLES = ("X", "Y", "w", "m", "loss", "penalty", "alpha", "l1_ratio", "learning_rate")
ALIASES = {"dZ": "delta", "D": "mask"}


class Trace(TraceDisplay):
    """All numbers of one forward and one backward pass; made by `trace`.

    Layers are numbered as on paper: ``A[0]`` is the input, ``W[1], b[1], Z[1], A[1]`` the
    first layer, and ``A[L]`` the output. Each attribute below that is a dict has the layer
    as its key; ``t["dW2"]`` is ``t.dW[2]``. With n_l units in layer l and m samples, the
    shapes in the layouts ``"rows"`` and ``"columns"`` are

    =======================  =========================  =========================
    attribute                rows                       columns
    =======================  =========================  =========================
    ``W, dW, W_next``        (n_(l-1), n_l)             (n_l, n_(l-1))
    ``b, db, b_next``        (n_l,)                     (n_l, 1)
    ``Z, A, dA, delta``      (m, n_l)                   (n_l, m)
    ``mask``                 (m, n_l)                   (n_l, m)
    ``X``, ``Y``             (m, n_0), (m, n_L)         (n_0, m), (n_L, m)
    ``w``                    (m, 1)                     (1, m)
    =======================  =========================  =========================

    Attributes
    ----------
    W, b : dict of ndarray
        Weights and biases. A network without biases has empty ``b`` and ``db``.
    Z, A : dict of ndarray
        Sums and outputs of each layer; ``A[0]`` is X. Under dropout A is what the next
        layer sees, ``mask * f(Z)``.
    mask : dict of ndarray
        Dropout of each hidden layer that has it: 0, or 1 / (1 - rate). ``t["D1"]`` too.
    dA, delta, dW, db : dict of ndarray
        Exact derivatives of J: the 1/m of the mean is in all of them. ``delta`` is dJ/dZ,
        also called ``t["dZ2"]``; ``dA[0]`` is dJ/dX. ``dW`` has the penalty's part in it.
    W_next, b_next : dict of ndarray
        After one step of gradient descent, ``W - learning_rate * dW``.
    X, Y : ndarray
        Input and target, coded as the network sees them (one-hot where it is).
    w : ndarray
        Weights of the samples, class weights included; ones where there are none.
    m : int
        Number of samples.
    loss : float
        J, penalty included.
    penalty : float
        The penalty's part of J.
    alpha, l1_ratio, learning_rate : float
        Strength and mix of the penalty; step length of ``W_next``.
    layout : {"rows", "columns"}
    n_layers : int
        L, the number of layers with weights.
    activations : list of Activation
        f_1, ..., f_L.
    loss_function : Loss
        The loss of one sample, in the form that it has behind this output.
    has_biases, is_weighted : bool
        Whether the network has biases, and whether samples have weights.
    shows_update : bool
        Whether the step of gradient descent is shown, as it is when `trace` was given a
        learning rate.
    """

    def __init__(
        self,
        opened: Opened,
        layout: Layout,
        loss: float,
        learning_rate: float,
        shows_update: bool = False,
    ) -> None:
        network, samples = opened.network, opened.samples
        layers, grad = network.layers(samples.n), network.grad
        put = layout.matrix
        self.layout = str(layout)
        self.n_layers = len(layers)
        self.activations = network.activations
        self.loss_function = opened.objective.loss
        self.has_biases = network.fit_intercept
        self.is_weighted = samples.w is not None
        self.m = samples.n
        self.learning_rate = float(learning_rate)
        self.shows_update = shows_update
        self.loss = loss
        penalty = opened.objective.penalty
        self.penalty = penalty.value(network.theta.weights) / samples.total_weight
        self.alpha = penalty.l1 + penalty.l2
        self.l1_ratio = penalty.l1 / self.alpha if self.alpha else 0.0

        self.X, self.Y = put(dense(samples.X)), put(samples.Y)
        w = np.ones(samples.n, network.theta.dtype) if samples.w is None else samples.w
        self.w = layout.weights_of_samples(w)
        numbered = list(enumerate(layers, start=1))
        self.W = {l: put(layer.W) for l, layer in numbered}
        self.Z = {l: put(layer.Z) for l, layer in numbered}
        self.A = {0: self.X, **{l: put(seen_by_next(layer)) for l, layer in numbered}}
        self.mask = {l: put(layer.mask) for l, layer in numbered if layer.mask is not None}
        self.delta = {l: put(layer.delta) for l, layer in numbered}
        self.dA = dict(enumerate(slopes_of_outputs(opened, layout)))
        self.dW = {l: put(dW) for l, dW in enumerate(grad.W, start=1)}
        self.b, self.db = {}, {}
        if self.has_biases:
            self.b = {l: layout.bias(b) for l, b in enumerate(network.theta.b, start=1)}
            self.db = {l: layout.bias(db) for l, db in enumerate(grad.b, start=1)}

    @property
    def W_next(self) -> dict[int, np.ndarray]:
        """W - learning_rate dW."""
        return {l: W - self.learning_rate * self.dW[l] for l, W in self.W.items()}

    @property
    def b_next(self) -> dict[int, np.ndarray]:
        """b - learning_rate db."""
        return {l: b - self.learning_rate * self.db[l] for l, b in self.b.items()}

    # -- by name ------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All names that ``t[name]`` knows, without aliases: ``"W1"``, ``"dA0"``, ``"m"``."""
        numbered = [_named(family, l) for family in FAMILIES for l in getattr(self, family)]
        return [*numbered, *SINGLES]

    def by_name(self) -> dict[str, Any]:
        """Everything that ``t[name]`` knows, aliases included."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SINGLES}
        for family in FAMILIES:
            for l, array in getattr(self, family).items():
                values[_named(family, l)] = array
        for alias, family in ALIASES.items():
            values |= {f"{alias}{l}": array for l, array in getattr(self, family).items()}
        return values

    def canonical_name(self, name: str) -> str:
        """The name without aliases: ``"delta1"`` for ``"dZ1"``; KeyError if there is none."""
        if name in SINGLES:
            return name
        match = re.fullmatch(r"([A-Za-z]+)([0-9]+)(_next)?", str(name))
        if match:
            family = ALIASES.get(match[1], match[1]) + (match[3] or "")
            if family in FAMILIES and int(match[2]) in getattr(self, family):
                return _named(family, int(match[2]))
        raise UnknownNameError(
            f"This network has no {name!r}. It has {', '.join(self.names())}; for delta and mask "
            "one may also write dZ and D."
        )

    def __getitem__(self, name: str) -> Any:
        name = self.canonical_name(name)
        if name in SINGLES:
            return getattr(self, name)
        letters, l, tail = re.split(r"([0-9]+)", name)
        return getattr(self, letters + tail)[int(l)]


class UnknownNameError(KeyError):
    """A name that the network does not have; its message is printed as it is."""

    def __str__(self) -> str:
        return str(self.args[0])


def _named(family: str, l: int) -> str:
    """``"W_next"`` and 1 make ``"W1_next"``."""
    letters, _, tail = family.partition("_")
    return f"{letters}{l}{tail and '_'}{tail}"


def seen_by_next(layer: Any) -> np.ndarray:
    """A of a layer, dropped out where it is."""
    return layer.A if layer.mask is None else layer.A * layer.mask


def slopes_of_outputs(opened: Opened, layout: Layout) -> Iterator[np.ndarray]:
    """dJ/dA of each layer in the layout, the input first."""
    layers = opened.network.layers(opened.samples.n)
    dX = np.empty(opened.samples.X.shape, layers[0].W.dtype)
    yield layout.orient(layers[0].input_gradient(out=dX))
    for layer, following in pairwise(layers):
        # Under dropout the engine has multiplied its dA by the mask.
        if layer.mask is None:
            yield layout.matrix(layer.dA)
        else:
            yield layout.orient(following.input_gradient(out=np.empty_like(layer.dA)))
    A, Y = layers[-1].A, opened.samples.Y
    slope = opened.objective.loss.gradient(A, Y, out=np.empty_like(A))
    slope *= mean_factors(opened.samples, opened.samples.total_weight)
    yield layout.orient(slope)


def trace(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    layout: str = "rows",
    *,
    learning_rate: float | None = None,
    random_state: Any = None,
) -> Trace:
    """Run a network forward and backward once, and keep every number.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it stays as it is.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    sample_weight : array-like of shape (n_samples,), default=None
    layout : {"rows", "columns"}, default="rows"
        ``"rows"``: samples are rows, Z = A_prev W + b. ``"columns"``: samples are columns,
        Z = W A_prev + b. It decides the shape of every array of the trace; X is given in
        rows in any case.
    learning_rate : float, default=None
        Step length of ``W_next`` and ``b_next``, by default ``est.learning_rate_init``. If it
        is given, the update is shown wherever the trace is.
    random_state : int, RandomState or None, default=None
        Draws the masks of dropout. With None dropout is off, as in ``est.loss``.

    Returns
    -------
    Trace

    Raises
    ------
    NotFittedError
        If ``est`` has neither been fitted nor initialised.
    TypeError
        If ``est`` is no network of this package, but a pipeline, for instance.
    ValueError
        If the data do not fit the network, or a parameter is not what it may be.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.teaching import trace
    >>> X, y = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, 0.0])
    >>> est = BackpropRegressor(2, "tanh", alpha=0, random_state=0).initialize(X, y)
    >>> t = trace(est, X, y)
    >>> bool(np.allclose(t.dW[2], t.A[1].T @ t.delta[2]))
    True
    """
    layout = Layout.of(layout)
    shows_update = learning_rate is not None
    if shows_update:
        check_learning_rate(learning_rate)
    opened = open_network(est, X, y, sample_weight, with_dropout=random_state is not None)
    if learning_rate is None:
        learning_rate = est.learning_rate_init
    return trace_opened(opened, layout, learning_rate, random_state, shows_update)


def trace_opened(
    opened: Opened,
    layout: Layout,
    learning_rate: float,
    random_state: Any = None,
    shows_update: bool = False,
) -> Trace:
    """Run the pass and record it."""
    if random_state is not None:
        random_state = check_random_state(random_state)
    with overflow_is_expected():
        J = opened.objective.value_and_gradient(opened.samples, random_state=random_state)
        return Trace(opened, layout, J, learning_rate, shows_update)


def check_learning_rate(given: Any) -> None:
    """Raise ValueError if it is no positive number."""
    is_number = isinstance(given, Real) and not isinstance(given, (bool, np.bool_))
    if not is_number or not 0 < given < np.inf:
        raise ValueError(
            f"learning_rate must be a positive number, such as 0.1, got {given!r}. It is the "
            "step length of W_next = W - learning_rate * dW."
        )
