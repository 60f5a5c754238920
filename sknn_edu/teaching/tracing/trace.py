"""`trace`: run a network forward and backward once, and keep every array."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ...engine.dropout import Masks
from ...estimators.inspection import overflow_is_expected
from ...formulas.conventions import Conventions
from ...optimizers import Optimizer
from ..opened import Opened, open_with_update
from .display import Trace
from .recorded import recorded


def trace(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    layout: str = "rows",
    *,
    mean_in: str = "delta",
    sign: str = "gradient",
    learning_rate: float | None = None,
    random_state: Any = None,
) -> Trace:
    """Run a network forward and backward once, and keep every number.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it is not changed.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    sample_weight : array-like of shape (n_samples,), default=None
    layout : {"rows", "columns"}, default="rows"
        ``"rows"``: samples are rows, Z = A_prev W + b. ``"columns"``: samples are columns,
        Z = W A_prev + b. It decides the shape of every array of the trace; X is given in
        rows in any case.
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands: in delta, so that every d... is the exact derivative
        of J; in dW and db alone; or nowhere: J is then a sum.
    sign : {"gradient", "descent"}, default="gradient"
        ``"descent"`` gives every d... the opposite sign, so that updates are added.
    learning_rate : float, default=None
        Of the update, ``W_next`` and ``b_next``; by default the present one of the solver. If it
        is given, the update is shown wherever the trace is.
    random_state : int, RandomState or None, default=None
        Draws the masks of dropout. With None dropout is off, as in ``est.objective``.

    Returns
    -------
    Trace

    Raises
    ------
    NotFittedError
        If ``est`` has neither been fitted nor initialised.
    TypeError
        If ``est`` is not a network of this package (but a pipeline, for instance).
    ValueError
        If the data do not fit the network, or a parameter has no valid value.

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
    conventions = Conventions.of(layout, mean_in, sign)
    if learning_rate is not None:
        check_learning_rate(learning_rate)
    opened = open_with_update(est, X, y, sample_weight, with_dropout=random_state is not None)
    return _at_rate(opened, learning_rate, conventions, random_state)


def trace_after(
    last: Optimizer, est: Any, X: Any, y: Any, sample_weight: Any = None, **options: Any
) -> Trace:
    """`trace` with the step that the solver takes next if it is now as ``last``."""
    rate, random_state = options.pop("learning_rate"), options.pop("random_state")
    with_dropout = random_state is not None
    opened = open_with_update(est, X, y, sample_weight, last=last, with_dropout=with_dropout)
    return _at_rate(opened, rate, Conventions.of(**options), random_state)


def _at_rate(
    opened: Opened, rate: float | None, conventions: Conventions, random_state: Any
) -> Trace:
    """Run the pass; with a rate, that of the update, which is then shown."""
    if rate is not None:
        opened = opened._replace(step=opened.step.with_numbers(learning_rate=float(rate)))
    return trace_opened(opened, conventions, random_state, rate is not None)


def trace_opened(
    opened: Opened,
    conventions: Conventions,
    random_state: Any = None,
    show_update: bool = False,
) -> Trace:
    """Run the pass and record it."""
    with overflow_is_expected():
        J = opened.objective.value_and_gradient(opened.samples, masks=masks_of(random_state))
        loss = J * conventions.scale("loss", opened.samples.total_weight)
        return Trace(opened, recorded(opened, conventions), conventions, loss, show_update)


def turned_trace(opened: Opened, before: Trace, conventions: Conventions) -> Trace:
    """The pass that was recorded, in another layout: the same buffers, not run again."""
    with overflow_is_expected():
        arrays = recorded(opened, conventions)
        return Trace(opened, arrays, conventions, before.loss, before.shows_update)


def masks_of(random_state: Any) -> Masks | None:
    """The dropout masks that a random state draws; none for None."""
    return None if random_state is None else Masks.drawn_from(check_random_state(random_state))


def check_learning_rate(given: Any) -> None:
    """Raise ValueError if it is no positive number."""
    is_number = isinstance(given, Real) and not isinstance(given, (bool, np.bool_))
    if not is_number or not 0 < given < np.inf:
        raise ValueError(
            f"learning_rate must be a positive number, such as 0.1, got {given!r}. It is the "
            "step length of an update, such as W_next = W - learning_rate * dW."
        )
