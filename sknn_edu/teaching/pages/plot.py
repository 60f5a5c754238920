"""What a network makes of its inputs, on a grid: regions of classes, a surface, or curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_classifier

from ...estimators.inspection import targets_of
from ..opened import dense, open_network
from .packing import packed

SIDE, POINTS_OF_CURVE, MOST_POINTS, MARGIN = 40, 81, 200, 0.12
LEVELS = 256
# Values are drawn around the targets: at least to ROOM times their spread beyond them, and to
# MOST_ROOM where predictions at the start or the end are there. Curves leave the picture elsewhere.
ROOM, MOST_ROOM, BEYOND = 0.25, 1.5, 10


class Plot:
    """The picture of a network with one or two inputs, one frame for each epoch.

    Parameters
    ----------
    network : BackpropClassifier or BackpropRegressor
        With its first weights or any others.
    data : tuple of X, y, sample_weight
        Of which at most 200 samples are drawn.
    """

    def __init__(self, network: Any, data: tuple[Any, Any, Any]) -> None:
        self.network = network
        samples = open_network(network, *data).samples
        self.X = np.asarray(dense(samples.X), np.float64)
        self.n_inputs = self.X.shape[1]
        self.is_classifier = is_classifier(network)
        self.targets: Any = targets_of(network)
        self.y = self._drawn_targets(samples.Y)
        low, high = self.X.min(axis=0), self.X.max(axis=0)
        room = MARGIN * np.where(high > low, high - low, 1)
        self.low, self.high = low - room, high + room
        self.frames: list[np.ndarray] = []

    @property
    def kind(self) -> str:
        """One of "regions", "surface", "curves", or "" where nothing can be drawn."""
        if self.n_inputs == 1 and not self._has_labels:
            return "curves"
        if self.n_inputs == 2 and not self._has_labels:
            return "regions" if self.is_classifier else "surface"
        return ""

    @property
    def bytes_of_frame(self) -> int:
        """How much a frame takes."""
        return {"": 0, "curves": 4 * POINTS_OF_CURVE * 3}.get(self.kind, SIDE * SIDE)

    def add(self) -> None:
        """Record the network at its present weights."""
        if self.kind:
            self.frames.append(getattr(self, f"_{self.kind}")())

    def data(self) -> dict[str, Any] | None:
        """For the page."""
        if not self.kind:
            return None
        rows = np.unique(np.linspace(0, len(self.X) - 1, MOST_POINTS).round().astype(int))
        rows = rows if len(rows) < len(self.X) else np.arange(len(self.X))
        described = {
            "kind": self.kind,
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "x": packed(self.X[rows], np.float32),
            "y": packed(self.y[rows], np.float32),
            "rows": rows.tolist(),
            "classes": [str(c) for c in self.targets.classes] if self.is_classifier else None,
        }
        frames = np.stack(self.frames)
        if self.kind == "regions":
            n = max(2, len(self.targets.classes))
            return {
                **described,
                "side": SIDE,
                "levels": LEVELS // n,
                "frames": packed(frames, "u1"),
            }
        low, high = self._range(frames)
        described |= {"from": low, "to": high, "outputs": frames.shape[1] if frames.ndim > 2 else 1}
        if self.kind == "curves":
            beyond = BEYOND * (high - low)
            frames = frames.clip(low - beyond, high + beyond)
            return {**described, "frames": packed(frames, np.float32)}
        levels = (frames.clip(low, high) - low) / (high - low) * (LEVELS - 1)
        return {**described, "side": SIDE, "frames": packed(levels.round(), "u1")}

    @property
    def _has_labels(self) -> bool:
        """Whether each sample has several classes, for which there is no picture."""
        return self.is_classifier and self.targets.is_multilabel

    def _drawn_targets(self, Y: np.ndarray) -> np.ndarray:
        """The number of the class, or the first target."""
        if not self.is_classifier or Y.shape[1] == 1 or self._has_labels:
            return Y[:, 0]
        return Y.argmax(axis=1)

    def _grid(self) -> np.ndarray:
        """Points row by row from the top left, as pixels are."""
        across = np.linspace(self.low[0], self.high[0], SIDE)
        down = np.linspace(self.high[1], self.low[1], SIDE)
        return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)

    def _regions(self) -> np.ndarray:
        """For each point the class, and how far it is ahead of the second, in one byte."""
        scores = self._scores(self._grid())
        winner = scores.argmax(axis=1)
        lead = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1).ravel()
        levels = LEVELS // max(2, scores.shape[1])
        lead = np.nan_to_num(lead, posinf=1).clip(0, 1)
        return (winner * levels + (lead * (levels - 1)).round()).astype(np.uint8)

    def _scores(self, X: np.ndarray) -> np.ndarray:
        """Probabilities of the classes, else margins; a column for each class."""
        proba = getattr(self.network, "predict_proba", None)
        scores = self.network.decision_function(X) if proba is None else proba(X)
        if scores.ndim == 1:
            return np.stack([-scores, scores], axis=1) / 2
        return np.hstack([scores, 1 - scores]) if scores.shape[1] == 1 else scores

    def _surface(self) -> np.ndarray:
        """The first output."""
        return self.network.predict(self._grid()).reshape(SIDE * SIDE, -1)[:, 0]

    def _curves(self) -> np.ndarray:
        """The outputs, at most three, or the probability of each class."""
        X = np.linspace(self.low[0], self.high[0], POINTS_OF_CURVE)[:, np.newaxis]
        values = self._scores(X) if self.is_classifier else self.network.predict(X)
        values = values.reshape(len(X), -1)
        if self.is_classifier and values.shape[1] == 2:
            values = values[:, 1:]
        return values[:, :3].T

    def _range(self, frames: np.ndarray) -> tuple[float, float]:
        """From where to where values are drawn: around the targets, or from 0 to 1."""
        if self.is_classifier:
            return -0.05, 1.05
        low, high = float(self.y.min()), float(self.y.max())
        spread = high - low if high > low else 1
        ends = frames[[0, -1]]
        ends = ends[np.isfinite(ends)]
        down = low - ends.min(initial=low - ROOM * spread)
        up = ends.max(initial=high + ROOM * spread) - high
        return low - min(down, MOST_ROOM * spread), high + min(up, MOST_ROOM * spread)
