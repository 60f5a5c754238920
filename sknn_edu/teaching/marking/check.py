"""Marking: whether an answer is right, and if not, which mistake it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...formulas.conventions import Conventions
from ...threads import one_blas_thread
from ..opened import open_with_update
from .answers import Answer, Reader
from .budget import Budget
from .marked import Marking
from .marker import Marker


class Data(NamedTuple):
    """What is marked on; the parameters of `check_derivation`."""

    est: Any
    X: Any
    y: Any
    sample_weight: Any = None
    random_state: int | None = None


class Rules(NamedTuple):
    """How is marked; the parameters of `check_derivation`."""

    rtol: float
    reveal: bool = False
    on_error: str = "raise"


def check_derivation(
    est: Any,
    X: Any,
    y: Any,
    answers: Mapping[str, Answer] | Callable[..., Mapping[str, Answer]],
    layout: str = "rows",
    *,
    mean_in: str = "delta",
    sign: str = "gradient",
    sample_weight: Any = None,
    random_state: int | None = None,
    rtol: float = 1e-3,
    reveal: bool = False,
    on_error: str = "raise",
) -> Marking:
    """Mark a student's derivatives: correct or not, and which mistake it is.

    Each answer is marked on its own: the names inside a formula mean the true values, so
    that an early slip is not punished twice. By default every ``d...`` is the exact derivative
    of J, so the 1/m of the mean is in ``delta`` already; ``mean_in`` and ``sign`` are for
    courses that write it another way.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it is not changed. All is computed in float64.
    X, y : array-like
        The data, as for ``est.fit``.
    answers : dict of str to answer, or callable
        By the name of the quantity: ``"dW2"``, ``"db1"``, ``"delta1"`` (or ``"dZ1"``),
        ``"dA2"``, ``"loss"``, also ``"Z1"``, ``"A1"``, ``"W1_next"``. An answer is an
        array, a callable that gets the `Trace` (read-only), or a formula as text, such as
        ``"A1.T @ (A2 - Y) / m"``. In place of the dict, a function of the trace that returns
        one: a whole backward pass.
    layout : {"rows", "columns"}, default="rows"
        Whether samples are rows (Z = A_prev W + b) or columns (Z = W A_prev + b), in
        shapes and formulas of the answers.
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands: in delta, and so in all that follows; in dW and db
        alone, where dA and delta are those of the summed loss; or nowhere, where J is a sum.
    sign : {"gradient", "descent"}, default="gradient"
        ``"descent"`` is for derivations whose every d... has the opposite sign, so that updates
        are added.
    sample_weight : array-like of shape (n_samples,), default=None
        In formulas ``w`` has them; their sum takes the place of m in J.
    random_state : int, default=None
        Draws the masks of dropout, which the answers then have as ``mask1`` (or ``D1``): those of
        ``trace(..., random_state=random_state)``. With None dropout is off.
    rtol : float, default=1e-3
        How far each entry of a correct answer may be off, relative to itself (or to a
        thousandth of the largest entry). The default allows for 4 significant digits. See Notes.
    reveal : bool, default=False
        Whether messages end with the right formula.
    on_error : {"raise", "mark"}, default="raise"
        What to do with a formula that cannot be read and a callable that fails: raise, or
        mark it as ``"unreadable"``, with the error as its message.

    Returns
    -------
    Marking

    Raises
    ------
    ValueError
        If a name is no quantity of this network; an `ExpressionError` that points to the
        character if a formula cannot be read.

    Notes
    -----
    Rounding to 4 significant digits moves a number by at most 5e-4 of itself; twice that is
    the default tolerance. An array whose entries all have the same few decimals may also be
    off by half a unit of the last one, as long as that is at most a hundredth of its largest
    entry. An answer within the tolerance is still wrong if it was not rounded and is exactly,
    to 9 digits, what a known mistake gives: that is how a tiny penalty is missed.

    In a formula for anything but an update, a number of at most 1e-5 that keeps a logarithm, a
    root, a divisor or an output away from 0 and 1 is no mistake, however close to these the
    outputs are: ``log(A2 + 1e-8)``, ``Y / (A2 + eps)``, ``clip(A2, 1e-7, 1 - 1e-7)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.teaching import check_derivation
    >>> X, y = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]]), np.array([1.0, 0.0, 2.0])
    >>> est = BackpropRegressor(2, "tanh", alpha=0, random_state=0).initialize(X, y)
    >>> marking = check_derivation(
    ...     est, X, y, {"delta2": "(A2 - Y) / m", "dW2": "A1.T @ (A2 - Y)"}
    ... )
    >>> marking["delta2"].correct, marking["dW2"].mistakes, marking.score
    (True, ('missing_mean',), 0.5)
    """
    conventions = Conventions.of(layout, mean_in, sign)
    rules = Rules(rtol, reveal, on_error)
    data = Data(est, X, y, sample_weight, random_state)
    return _marking(data, answers, conventions, rules, Budget())


def is_right(data: Data, target: str, formula: str, conventions: Conventions, rtol: float) -> bool:
    """Whether a formula is right, without a search for its mistake."""
    rules, budget = Rules(rtol, on_error="mark"), Budget(searches=False)
    return _marking(data, {target: formula}, conventions, rules, budget).answers[0].correct


def _marking(
    data: Data, answers: Any, conventions: Conventions, rules: Rules, budget: Budget
) -> Marking:
    """The answers, marked."""
    rtol, on_error = rules.rtol, rules.on_error
    if not (isinstance(rtol, Real) and 0 < rtol < 1):
        raise ValueError(f"rtol must lie between 0 and 1, got {rtol!r}; 1e-3 is 4 digits.")
    if on_error not in ("raise", "mark"):
        raise ValueError(f"on_error must be 'raise' or 'mark', got {on_error!r}.")
    est, X, y, weight, random_state = data
    with_dropout = random_state is not None
    opened = open_with_update(est, X, y, weight, dtype=np.float64, with_dropout=with_dropout)
    with overflow_is_expected():
        reader = Reader(opened, conventions, budget, random_state)
        if callable(answers):
            answers = reader.all_answers(answers)
    if not isinstance(answers, Mapping) or not answers:
        example = "{'dW2': 'A1.T @ delta2'}"
        raise ValueError(
            f"answers must be a dict with a quantity at least, {example}, or a function of the "
            f"trace that returns one, got {answers!r}."
        )
    marker = Marker(reader, budget, rtol=rtol, reveal=rules.reveal, on_error=on_error)
    # Many small products, each with threads to wait for: eight times as slow with 20-80-80-3 units
    # and 5000 samples on two busy cores.
    with overflow_is_expected(), one_blas_thread():
        return Marking([marker.mark(name, answer) for name, answer in answers.items()])
