"""`explore`: a page that shows a network learn, down to each single number."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from numbers import Integral
from typing import Any

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...formulas.conventions import Conventions
from ..tracing.trace import check_learning_rate
from .course import train_and_keep
from .page import Page, assemble, asset
from .recording import Recording

MOST_EPOCHS, MOST_SAMPLES, MOST_UNITS, MOST_LAYERS = 1000, 20, 30, 8
SCRIPTS = ("numbers.js", "sums.js", "drawings.js", "plot.js", "explore.js")


def explore(
    est: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    epochs: int = 20,
    layout: str = "rows",
    learning_rate: float | None = None,
    max_samples: int = 6,
    random_state: Any = None,
    mean_in: str = "delta",
    sign: str = "gradient",
) -> Page:
    """Make a page that steps through training: pictures, arrays, and what each number is made of.

    A copy of the network is trained, as its own `fit` does. At each epoch the page has its
    weights, J on all samples, and one forward and one backward pass on a few samples. With one or
    two features it also has a picture of what the network makes of them.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        It is not changed. One that has weights, fitted or initialised, goes on from them.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Training data.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.
    epochs : int, default=20
        How many to train, at most 1000. It takes the place of ``est.max_iter``; training may stop
        before, as `fit` would. The page shows at most 41 of them.
    layout : {"rows", "columns"}, default="rows"
        Whether samples are rows, Z = A_prev W + b, or columns, Z = W A_prev + b.
    learning_rate : float, default=None
        If given, each pass ends with the step that the solver takes from there, with what it
        has kept so far, at this rate. For solvers without a rule for a single step ("lbfgs",
        "newton-cg", "lm") it is one of gradient descent.
    max_samples : int, default=6
        How many samples the passes are run on, at most 20; if there are more, some from the
        first to the last.
    random_state : int or None, default=None
        Draws the masks of dropout in the passes; with None they have no dropout.
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands: see `trace`.
    sign : {"gradient", "descent"}, default="gradient"
        Whether delta is dJ/dZ or minus it: see `trace`.

    Returns
    -------
    Page
        One self-contained HTML file: ``explore(...).save("page.html")``.

    Raises
    ------
    TypeError
        If ``est`` is not a network of this package (but a pipeline, for instance).
    ValueError
        If a parameter has no valid value, or the network is too large for a page.

    Examples
    --------
    >>> from sknn_edu import BackpropClassifier
    >>> from sknn_edu.teaching import explore
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> clf = BackpropClassifier(3, "tanh", learning_rate_init=0.1, random_state=0)
    >>> page = explore(clf, X, y, epochs=10)
    >>> page.title
    'How a network learns: 2 → 3 tanh → 1 logistic'
    """
    _check_whole_number("epochs", epochs, MOST_EPOCHS)
    _check_whole_number("max_samples", max_samples, MOST_SAMPLES)
    if learning_rate is not None:
        check_learning_rate(learning_rate)
    Conventions.of(layout, mean_in, sign)
    options: dict[str, Any] = {
        "layout": layout,
        "mean_in": mean_in,
        "sign": sign,
        "learning_rate": learning_rate,
        "random_state": random_state,
    }
    network, course = train_and_keep(est, (X, y, sample_weight), epochs, _check_sizes)
    with overflow_is_expected():
        recording = Recording(network, (X, y, sample_weight), options, max_samples)
        data = recording.of(course)
    title = f"How a network learns: {data['network']['chain']}"
    body = asset("explore.html").replace("{title}", escape(title))
    return assemble(title, ["explore.css"], SCRIPTS, data, body)


def _check_sizes(sizes: tuple[int, ...]) -> None:
    """Raise ValueError if the network is too large to be shown number by number."""
    for where, n in _widths(sizes):
        if n > MOST_UNITS:
            raise ValueError(
                f"{where} has {n} units, and a page shows at most {MOST_UNITS} in a layer. "
                "Explore a smaller network: hidden_layer_sizes=8, or X[:, :5]."
            )
    if len(sizes) - 1 > MOST_LAYERS:
        raise ValueError(
            f"The network has {len(sizes) - 1} layers with weights, and a page shows at most "
            f"{MOST_LAYERS}. Explore one with fewer, such as hidden_layer_sizes=(8, 8)."
        )


def _widths(sizes: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """Each layer as a message calls it, with its width."""
    last = len(sizes) - 1
    for l, n in enumerate(sizes):
        yield {0: "The input layer", last: "The output layer"}.get(l, f"Hidden layer {l}"), n


def _check_whole_number(name: str, given: Any, most: int) -> None:
    """Raise ValueError if it is not one of 1, ..., most."""
    is_number = isinstance(given, Integral) and not isinstance(given, (bool, np.bool_))
    if not is_number or not 1 <= given <= most:
        example = f"{name}={min(most, 10)}"
        raise ValueError(
            f"{name} must be a whole number from 1 to {most}, such as {example}, got {given!r}."
        )
