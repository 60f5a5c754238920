"""`explore`: a page that shows a network learn, down to each single number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import _safe_indexing

from ...engine.parameters import Parameters
from ...estimators.base import BaseBackprop
from ...estimators.inspection import architecture_of, overflow_is_expected, rule_of, targets_of
from ...formulas.layout import Layout
from ..tracing.display import Trace
from ..tracing.trace import check_learning_rate, trace
from .course import train_and_keep
from .packing import BYTES_IN_TEXT, packed
from .page import Page, assemble, asset
from .passes import Passes
from .plot import Plot

MOST_EPOCHS, MOST_SAMPLES, MOST_UNITS, MOST_LAYERS = 1000, 20, 30, 8
MOST_FRAMES, FEWEST_FRAMES, MOST_BYTES = 41, 5, 2_000_000
CONVENTIONS = {"mean_in": "delta", "sign": "gradient"}  # what `trace` does by itself
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
        If given, each pass ends with a step of gradient descent of this length.
    max_samples : int, default=6
        How many samples the passes are run on, at most 20; if there are more, some from the
        first to the last.
    random_state : int or None, default=None
        Draws the masks of dropout in the passes; with None they have no dropout.
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands, as in `trace`.
    sign : {"gradient", "descent"}, default="gradient"
        Whether delta is the derivative or minus it, as in `trace`.

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
    chosen = {"mean_in": mean_in, "sign": sign}
    options: dict[str, Any] = {
        "layout": str(Layout.of(layout)),
        "learning_rate": learning_rate,
        "random_state": random_state,
        **{name: value for name, value in chosen.items() if value != CONVENTIONS[name]},
    }
    network, course = train_and_keep(est, (X, y, sample_weight), epochs, _check_sizes)
    with overflow_is_expected():
        recording = Recording(network, (X, y, sample_weight), options, max_samples)
        data = recording.of(course.theta)
    title = f"How a network learns: {data['network']['chain']}"
    body = asset("explore.html").replace("{title}", escape(title))
    return assemble(title, ["explore.css"], SCRIPTS, data, body)


@dataclass
class Recording:
    """What a page shows of a network, epoch by epoch.

    Parameters
    ----------
    network : BackpropClassifier or BackpropRegressor
        After training; its weights are replaced.
    data : tuple of X, y, sample_weight
    options : dict
        Of `trace`.
    max_samples : int
    """

    network: BaseBackprop
    data: tuple[Any, Any, Any]
    options: dict[str, Any]
    max_samples: int
    rows: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        n = self.data[0].shape[0] if hasattr(self.data[0], "shape") else len(self.data[0])
        k = min(n, self.max_samples)
        self.rows = np.linspace(0, n - 1, k).round().astype(int)
        self.n_samples = n
        self.targets: Any = targets_of(self.network)
        self.some: Any = tuple(
            None if a is None else _safe_indexing(a, self.rows) for a in self.data
        )

    def of(self, course: dict[int, Parameters]) -> dict[str, Any]:
        """All that the page is given."""
        self._put(course[0])
        t, plot = self._trace(), Plot(self.network, self.data)
        passes = Passes(t, self.names(t))
        numbers = passes.numbers(t)
        epochs = frames_of(max(course), BYTES_IN_TEXT * (numbers.nbytes + plot.bytes_of_frame))
        frames = []
        for epoch in epochs:
            self._put(course[epoch])
            frames.append(self._frame(passes, plot))
        passed, losses, scores, predictions = zip(*frames, strict=True)
        return {
            "network": self._network(t),
            "layout": self.options["layout"],
            "epochs": epochs,
            "names": passes.names,
            "arrays": passes.arrays(t),
            "operations": passes.operations,
            "dtype": numbers.dtype.str[1:],
            "numbers": packed(np.concatenate(passed), numbers.dtype),
            "losses": list(map(_for_json, losses)),
            "scores": list(map(_for_json, scores)),
            "samples": self._samples(predictions),
            "plot": plot.data(),
        }

    def _frame(self, passes: Passes, plot: Plot) -> tuple[np.ndarray, float, float, list[str]]:
        """The numbers of the pass, J and score on all samples, predictions for the few."""
        X, y, w = self.data
        plot.add()
        score = self.network.score(X, y, w) if self.n_samples > 1 else np.nan
        predicted = _texts(self.network.predict(self.some[0]))
        return passes.numbers(self._trace()), self.network.objective(X, y, w), score, predicted

    def _put(self, theta: Parameters) -> None:
        self.network.coefs_, self.network.intercepts_ = theta.W, theta.b

    def _trace(self) -> Trace:
        return trace(self.network, *self.some, **self.options)

    def _network(self, t: Trace) -> dict[str, Any]:
        """What the network is made of."""
        n_inputs, *widths = architecture_of(self.network).sizes
        layers = [f"{n} {f.name}" for n, f in zip(widths, t.activations, strict=True)]
        return {
            "sizes": [n_inputs, *widths],
            "chain": " → ".join([str(n_inputs), *layers]),
            "activations": ["", *(f.name for f in t.activations)],
            "loss": repr(t.loss_function),
            "solver": rule_of(self.network).name,
            "score": "accuracy" if is_classifier(self.network) else "R²",
            "stop": self.network.stop_reason_,
        }

    def _samples(self, predictions: Sequence[list[str]]) -> dict[str, Any]:
        """Which samples there are, with targets and predictions by epoch."""
        return {
            "n": self.n_samples,
            "rows": self.rows.tolist(),
            "targets": _texts(self.some[1]),
            "predictions": predictions,
        }

    def names(self, t: Trace) -> dict[str, list[str]]:
        """The samples and the units, as tables head them."""
        sizes, targets = architecture_of(self.network).sizes, self.targets
        names = {str(l): [str(j + 1) for j in range(n)] for l, n in enumerate(sizes)}
        given = vars(self.network).get("feature_names_in_")
        names["0"] = [f"x{i + 1}" for i in range(sizes[0])] if given is None else _texts(given)
        if is_classifier(self.network) and len(targets.classes) == sizes[-1]:
            names[str(t.n_layers)] = _texts(targets.classes)
        return {**names, "samples": [str(row + 1) for row in self.rows]}


def frames_of(last: int, bytes_of_frame: float) -> list[int]:
    """The epochs to show of 0, ..., last: all, or more at the start, where most happens."""
    n = int(min(MOST_FRAMES, MOST_BYTES // bytes_of_frame))
    if n < FEWEST_FRAMES:
        raise ValueError(
            f"max_samples: the numbers of one epoch take {bytes_of_frame / 1000:.0f} kB, too many "
            "for a page. Show fewer samples, such as max_samples=2, or make the layers smaller."
        )
    if last < n:
        return list(range(last + 1))
    return sorted({round(last * share**2) for share in np.linspace(0, 1, n)})


def _check_sizes(sizes: tuple[int, ...]) -> None:
    """Raise ValueError if the network is too large to be shown number by number."""
    for where, n in _widths(sizes):
        if n > MOST_UNITS:
            raise ValueError(
                f"{where} has {n} units, and a page shows at most {MOST_UNITS} in a layer. "
                "Explore a smaller network: hidden_layer_sizes=8, or X with fewer columns, X[:, :5]."
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


def _for_json(number: float) -> float | None:
    """JSON has no infinity and no NaN."""
    return float(number) if np.isfinite(number) else None


def _texts(values: Any) -> list[str]:
    """Each value, or row of values, as short text."""
    return [
        ", ".join(
            f"{v:.4g}" if isinstance(v, float) else str(v) for v in np.atleast_1d(row).tolist()
        )
        for row in np.asarray(values)
    ]
