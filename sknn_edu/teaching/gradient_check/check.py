"""Is the gradient right? Backpropagation against finite differences of the very objective."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ...engine.dropout import Masks
from ...engine.parameters import Parameters
from ...estimators.inspection import next_step_of, overflow_is_expected
from ...formulas.conventions import Conventions
from ...threads import one_blas_thread
from ..opened import Opened, open_network
from ..tracing.trace import trace_opened
from .finite_differences import Comparison, Verdict, compare
from .given import Given, given_gradients
from .line import Line
from .report import GradientCheck
from .terms import DataTerm, PenaltyTerm

N_DIRECTIONS = 2

Row = dict[str, Any]


def check_gradient(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    layout: str = "rows",
    *,
    mean_in: str = "delta",
    sign: str = "gradient",
    gradients: Any = None,
    rtol: float = 1e-6,
    max_entries: int = 100,
    random_state: Any = None,
) -> GradientCheck:
    """Compare backpropagation with finite differences of the very objective J.

    For each entry w of each parameter, the slope of J is once more ::

        dJ/dw = (4 D(h/2) - D(h)) / 3 + O(h^4),    D(h) = (J(w + h) - J(w - h)) / (2 h)

    which takes forward passes alone. J's two terms, the mean loss of the samples (part
    ``"data"``) and the penalty, are compared each on its own, so that neither hides an error of
    the other; the gradient of the penalty is what the engine adds for it. All is computed
    in float64, also for an estimator that is float32.

    The relative error of backpropagation's a and the differences' n is
    ``|a - n| / max(|a|, |n|, r / (h rtol))``, where r is 3 times what the values of J are off by
    for roundoff: that is measured, about 1e-16 J. Differences know n only up to r / h, so
    no more can be asked of an entry near zero. With the usual step, h = 2^-10, an error
    counts from about 1e-12 J on; next to a kink h is smaller, 2^-23 at least, and an error
    counts from about 1e-8 J on.

    Steps that would carry a sample over a kink of an activation or of the loss
    (`Activation.kinks`, `Loss.kinks`) are shortened. Where that does not help, because the
    sample sits on the kink, the two gradients are compared without this sample. At a kink of the
    loss, of the L1 penalty at 0, or at one that is not declared, backpropagation must lie between
    the slopes on the two sides.

    Of a parameter with more than ``max_entries`` entries, a random sample is checked,
    always the same. Besides, the slopes of J in two random directions through *all* its entries
    are compared, which shows a single wrong entry anywhere, if it is wrong by more than
    ``rtol`` times the length of the parameter's gradient; halving the direction finds it.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it stays as it is.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        A few dozen samples are enough, and quick.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    sample_weight : array-like of shape (n_samples,), default=None
    layout, mean_in, sign : str
        The conventions, as of `trace`, in which ``gradients`` are given and the table gives
        gradients.
    gradients : dict of str to array, or callable, default=None
        Somebody's own gradients by name, ``{"dW1": ..., "db1": ...}``, to be compared in the
        place of the engine's; or a function of the `Trace` that returns such a dict. Each is
        compared with the slope of all of J, part ``"J"``. Those that are not there are not
        checked.
    rtol : float, default=1e-6
        The relative error that is allowed. Gradients that are right stay below 1e-7 as a
        rule; mistakes are hardly ever below 1e-3.
    max_entries : int, default=100
        How many entries of each parameter to check.
    random_state : int, RandomState or None, default=None
        Draws the masks of dropout, the same for every value of J. With None dropout is off.

    Returns
    -------
    GradientCheck

    Raises
    ------
    NotFittedError
        If ``est`` has neither been fitted nor initialised.
    ValueError
        If the data do not fit the network, J is not finite, or ``gradients`` has names or shapes
        that the network has not.
    TypeError
        If ``gradients`` stand in the place of ``sample_weight``.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu import BackpropClassifier
    >>> from sknn_edu.teaching import check_gradient
    >>> X, y = np.array([[1.0, 2.0], [0.0, 1.0], [2.0, 0.5]]), np.array([1, 0, 1])
    >>> est = BackpropClassifier(3, "tanh", random_state=0).initialize(X, y)
    >>> check = check_gradient(est, X, y)
    >>> assert check.ok
    >>> [(row["name"], row["part"], row["checked"]) for row in check.table if row["ok"]]
    [('W1', 'data', 6), ('W1', 'penalty', 6), ('b1', 'data', 3), ('b1', 'penalty', 3),
     ('W2', 'data', 3), ('W2', 'penalty', 3), ('b2', 'data', 1), ('b2', 'penalty', 1)]
    """
    if not (isinstance(rtol, Real) and 0 < rtol < 1):
        raise ValueError(f"rtol must be a number between 0 and 1, such as 1e-6, got {rtol!r}.")
    if not isinstance(max_entries, Integral) or isinstance(max_entries, bool) or max_entries < 1:
        raise ValueError(f"max_entries must be a whole number from 1 on, got {max_entries!r}.")
    if isinstance(sample_weight, Mapping) or callable(sample_weight):
        raise TypeError("The fourth argument is sample_weight: write gradients=... by its name.")
    conventions = Conventions.of(layout, mean_in, sign)
    masks = _drawn_masks(random_state)
    opened = open_network(
        est, X, y, sample_weight, dtype=np.float64, with_dropout=masks is not None
    )
    # Thousands of small products: waiting for threads would take longer than they do, six times as
    # long with 20-80-80-3 units and 5000 samples on two busy cores.
    with overflow_is_expected(), one_blas_thread():
        J = opened.objective.value_and_gradient(opened.samples, masks=masks)
        if not np.isfinite(J):
            raise ValueError(
                f"J is {J} at the present weights, so it has no slope to compare with. Scale X, "
                "or use smaller weights; trace(est, X, y) shows the layer where numbers overflow."
            )
        scale = conventions.scale("dW", opened.samples.total_weight)
        given = None
        if gradients is not None:
            with_update = opened._replace(step=next_step_of(est))
            t = trace_opened(with_update, conventions, copy.deepcopy(random_state))
            given = given_gradients(gradients, opened, t)
        rows = _rows(opened, masks, given, rtol, max_entries)
        return GradientCheck([_in_conventions(row, scale) for row in rows], rtol)


def _in_conventions(row: Row, scale: float) -> Row:
    """The row with its two values as the conventions have them."""
    return {**row, **{side: row[side] * scale for side in ("backprop", "numerical")}}


def _drawn_masks(random_state: Any) -> Masks | None:
    """Dropout masks from a copy of the random state, which stays as it is; None for None."""
    if random_state is None:
        return None
    try:
        return Masks.drawn_from(copy.deepcopy(check_random_state(random_state)))
    except ValueError:
        raise ValueError(
            "random_state must be a whole number from 0 on, a numpy RandomState, or None to "
            f"leave dropout off, got {random_state!r}."
        ) from None


# -- one row after the other ----------------------------------------------------------------


def _rows(
    opened: Opened, masks: Masks | None, given: Given | None, rtol: float, max_entries: int
) -> Iterator[Row]:
    """The rows of the table; the network's gradient is that of J as a whole."""
    theta, grad = opened.network.theta, opened.network.grad.flat.copy()
    data = DataTerm(opened, masks, 0.0 if given is None else given.flat - grad)
    terms: dict[str, DataTerm | PenaltyTerm] = {"data": data}
    if given is not None:
        terms = {"J": data}  # what is wrong with the gradient of the penalty deviates here, too
    elif (penalty := PenaltyTerm(opened, grad, data.grad)).is_there:
        terms["penalty"] = penalty
    rng = np.random.RandomState(0)
    for name, layer, positions in _named_positions(opened):
        if given is not None and name not in given.names:
            continue
        data.refresh()
        size = positions.size
        chosen = np.sort(rng.choice(size, min(size, max_entries), replace=False))
        # No two of these sizes are alike, lest two wrong entries cancel.
        directions = [_random_direction(rng, size) for _ in range(N_DIRECTIONS)]
        for part, term in terms.items():
            checker = _Checker(term, theta, layer, positions, rtol)
            entries = {i: checker.entry(i) for i in chosen}
            along = {}
            if len(chosen) < size:
                along = {k: checker.direction(v) for k, v in enumerate(directions)}
                if not any(map(_is_wrong, entries.values())):
                    entries.update(checker.search(along, directions))
            head = {"name": name, "part": part, "shape": positions.shape}
            yield _row({**head, "kind": "entries"}, entries)
            if along:
                yield _row({**head, "kind": "directions"}, along)


def _named_positions(opened: Opened) -> Iterator[tuple[str, int, np.ndarray]]:
    """Name, layer, and for each entry its position in theta.flat: W1, b1, W2, ..."""
    positions = Parameters(opened.network.theta.sizes, np.intp)
    positions.flat[:] = np.arange(positions.flat.size)
    for layer, (W, b) in enumerate(zip(positions.W, positions.b, strict=True)):
        yield f"W{layer + 1}", layer, W
        if opened.architecture.has_biases:
            yield f"b{layer + 1}", layer, b


def _random_direction(rng: np.random.RandomState, size: int) -> np.ndarray:
    """Numbers of either sign, none of them near 0: each entry takes part."""
    return rng.choice((-1, 1), size) * rng.uniform(0.5, 1, size)


@dataclass(frozen=True)
class _Checker:
    """Compares one term of J along lines in one parameter."""

    term: DataTerm | PenaltyTerm
    theta: Parameters
    layer: int
    positions: np.ndarray  # in theta.flat, of the shape of the parameter
    rtol: float

    def entry(self, i: int) -> Comparison:
        """Compare the slope of entry i."""
        return self._along(np.array([i]), np.ones(1))

    def direction(self, v: np.ndarray) -> Comparison:
        """Compare the slope along v."""
        where = self._movable()
        return self._along(where, v[where])

    def _movable(self) -> np.ndarray:
        """The entries that a direction goes through."""
        movable = np.flatnonzero(self.term.can_move(self.positions.ravel()))
        return movable if movable.size else np.arange(self.positions.size)

    def _along(self, where: np.ndarray, v: np.ndarray) -> Comparison:
        flat, shape = self.positions.ravel(), self.positions.shape
        inputs = np.unravel_index(where, shape)[0] if len(shape) == 2 else None
        line = Line(self.theta, self.layer, flat[where], v, inputs)
        return compare(self.term.along(line), self.rtol)

    def search(
        self, along: dict[int, Comparison], directions: list[np.ndarray]
    ) -> dict[int, Comparison]:
        """The entry to blame for a wrong direction, found by halving; empty if there is none."""
        for k, comparison in along.items():
            if _is_wrong(comparison):
                where = self._movable()
                while len(where) > 1:
                    half = where[: len(where) // 2]
                    wrong = _is_wrong(self._along(half, directions[k][half]))
                    where = half if wrong else where[len(half) :]
                found = self.entry(where[0])
                if _is_wrong(found):
                    return {where[0]: found}
        return {}


def _row(head: dict[str, Any], comparisons: dict[int, Comparison]) -> dict[str, Any]:
    """A row of the table."""
    checked = {i: c for i, c in comparisons.items() if c.verdict is not Verdict.UNKNOWN}
    row = {
        **head,
        "checked": len(checked),
        "at_kinks": sum(c.at_kink for c in comparisons.values()),
        "max_relative_error": 0.0,
        "worst": None,
        "backprop": np.nan,
        "numerical": np.nan,
        "ok": bool(checked) and all(c.verdict is Verdict.RIGHT for c in checked.values()),
    }
    if checked:
        worst = max(checked, key=lambda i: (_is_wrong(checked[i]), checked[i].relative_error))
        found = checked[worst]
        row["max_relative_error"] = found.relative_error
        row["backprop"], row["numerical"] = found.backprop, found.numerical
        if head["kind"] == "entries":
            row["worst"] = tuple(int(i) for i in np.unravel_index(worst, head["shape"]))
    return row


def _is_wrong(comparison: Comparison) -> bool:
    """Whether a comparison has failed."""
    return comparison.verdict is Verdict.WRONG
