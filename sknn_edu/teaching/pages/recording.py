"""What a page shows of a training, epoch by epoch, as data that JSON can write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import _safe_indexing

from ...estimators.base import BaseBackprop
from ...estimators.inspection import architecture_of, rule_of, targets_of
from ..opened import open_network
from ..tracing.display import Trace
from ..tracing.trace import trace_after
from .course import Course
from .packing import BYTES_IN_TEXT, packed
from .passes import Passes
from .plot import Plot

MOST_FRAMES, FEWEST_FRAMES, MOST_BYTES = 41, 5, 2_000_000


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

    def __post_init__(self) -> None:
        X, y, w = self.data
        # As the network sees it: numbers, without names of columns, which grids do not have either.
        samples = open_network(self.network, X, y, w).samples
        X, self.total_weight = samples.X, samples.total_weight
        self.feature_names = getattr(self.network, "feature_names_in_", None)
        if self.feature_names is not None:
            del self.network.feature_names_in_
        self.data = X, y, w
        self.n_samples = X.shape[0]
        k = min(self.n_samples, self.max_samples)
        self.rows = np.linspace(0, self.n_samples - 1, k).round().astype(int)
        self.some: Any = tuple(
            None if a is None else _safe_indexing(a, self.rows) for a in self.data
        )
        self.targets: Any = targets_of(self.network)

    def of(self, course: Course) -> dict[str, Any]:
        """All that the page is given."""
        t, plot = self._trace(course, 0), Plot(self.network, self.data)
        passes = Passes(t, self.names(t))
        numbers = passes.numbers(t)
        epochs = frames_of(
            max(course.theta), BYTES_IN_TEXT * (numbers.nbytes + plot.bytes_of_frame)
        )
        frames = []
        for epoch in epochs:
            t = self._trace(course, epoch)
            frames.append(self._frame(t, passes, plot))
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

    def _frame(
        self, t: Trace, passes: Passes, plot: Plot
    ) -> tuple[np.ndarray, float, float, list[str]]:
        """The numbers of the pass, J and score on all samples, predictions for the few."""
        X, y, w = self.data
        plot.add()
        J = self.network.objective(X, y, w) * t.conventions.scale("loss", self.total_weight)
        has_score = self.n_samples > 1 and np.isfinite(J)
        score = self.network.score(X, y, w) if has_score else np.nan
        predicted = _texts(self.network.predict(self.some[0]))
        return passes.numbers(t), J, score, predicted

    def _trace(self, course: Course, epoch: int) -> Trace:
        """The pass with the weights of an epoch, which are put into the network, and its step."""
        theta = course.theta[epoch]
        self.network.coefs_, self.network.intercepts_ = theta.W, theta.b
        return trace_after(course.rules[epoch], self.network, *self.some, **self.options)

    def _network(self, t: Trace) -> dict[str, Any]:
        """What the network is made of."""
        n_inputs, *widths = architecture_of(self.network).sizes
        layers = [f"{n} {f.name}" for n, f in zip(widths, t.activations, strict=True)]
        return {
            "sizes": [n_inputs, *widths],
            "chain": " → ".join([str(n_inputs), *layers]),
            "activations": ["", *(f.name for f in t.activations)],
            "namesClasses": self._names_classes,
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

    @property
    def _names_classes(self) -> bool:
        """Whether each output unit stands for a class."""
        n_outputs = architecture_of(self.network).sizes[-1]
        return is_classifier(self.network) and len(self.targets.classes) == n_outputs

    def names(self, t: Trace) -> dict[str, list[str]]:
        """The samples and the units, as tables head them."""
        sizes, targets = architecture_of(self.network).sizes, self.targets
        names = {str(l): [str(j + 1) for j in range(n)] for l, n in enumerate(sizes)}
        given = self.feature_names
        names["0"] = [f"x{i + 1}" for i in range(sizes[0])] if given is None else _texts(given)
        if self._names_classes:
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
