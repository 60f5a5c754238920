"""The lines of a `LossCurveDisplay`: their colours, styles and labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._loss_records import LossRecord
from ._shared import GREY, style, unique_handles


class LossLines:
    """Draws the curves of one network after the other, with colours and labels that differ."""

    def __init__(self, ax: Any, score_ax: Any, score_name: str, iteration_name: str) -> None:
        from matplotlib.lines import Line2D

        self.artist = Line2D
        self.ax, self.score_ax = ax, score_ax
        self.score_name, self.score_label = score_name, f"validation {score_name}"
        self.iteration_name, self.best_label = iteration_name, f"best {iteration_name}"
        self.losses: list[Any] = []
        self.validation_losses: list[Any] = []
        self.scores: list[Any] = []
        self.best: list[Any] = []
        self.decisive: Any = None  # the line on which the best epoch of this network is marked
        self.styles: dict[str, dict[str, Any]] = {}

    def draw_loss(self, record: LossRecord, given: dict[str, Any] | None) -> None:
        """The training loss, in the next colour of the cycle."""
        defaults = {"label": record.name or "training"}
        self._explain(record, "training", linestyle="-")
        self.losses += self.ax.plot(*_by_epoch(record.loss), **style(self.artist, defaults, given))
        self.decisive = self.losses[-1]

    def draw_validation_loss(self, record: LossRecord, given: dict[str, Any] | None) -> None:
        """The validation loss: dashed, in a colour of its own if only this network is drawn."""
        defaults = {"linestyle": "--", **self._color_and_label(record, "validation")}
        self._explain(record, "validation", linestyle="--")
        self.validation_losses += self.ax.plot(
            *_by_epoch(record.validation_loss), **style(self.artist, defaults, given)
        )
        self.decisive = self.validation_losses[-1]

    def draw_scores(self, record: LossRecord, given: dict[str, Any] | None) -> None:
        """The validation scores: dotted, on the scale on the right."""
        defaults = {"linestyle": ":", **self._color_and_label(record, self.score_label)}
        self._explain(record, self.score_label, linestyle=":")
        keywords = style(self.artist, defaults, given)
        # The axes of the loss give the next colour of the cycle, and hold the legend.
        (entry,) = self.ax.plot([], [], **keywords)
        keywords.update(color=entry.get_color(), label="_scores")
        self.scores += self.score_ax.plot(*_by_epoch(record.scores), **keywords)
        self.decisive = self.scores[-1]

    def mark_best(self, record: LossRecord, given: dict[str, Any] | None) -> None:
        """A dot where the best epoch is, on the curve that decided it."""
        line = self.decisive if record.best_is_by_score else self.losses[-1]
        assert record.best_iter is not None
        x, y = record.best_iter, line.get_ydata()[record.best_iter - 1]
        look = {"linestyle": "none", "marker": "o", "markersize": 8, "zorder": 3}
        label = f"{self.best_label}: {x}" if record.name is None else "_best"
        self._explain(record, self.best_label, **look)
        look |= {"color": line.get_color(), "label": label}
        keywords = style(self.artist, look, given)
        if line.axes is not self.ax:  # the legend is there
            self.ax.plot([], [], **keywords)
            keywords["label"] = "_best"
        self.best += line.axes.plot([x], [y], **keywords)

    def explain_styles(self) -> None:
        """For named networks: grey entries of the legend that say what the line styles are."""
        if set(self.styles) - {"training"}:
            for label, look in self.styles.items():
                self.ax.plot([], [], **{"color": GREY, "label": label, **look})

    def label_axes(self, log_scale: bool) -> None:
        """Labels, scales, legend."""
        from matplotlib.ticker import MaxNLocator

        self.ax.set(xlabel=self.iteration_name.capitalize(), ylabel="Loss $J$")
        self.ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if log_scale:
            self.ax.set_yscale("log")
        if self.score_ax is not None:
            self.score_ax.set_ylabel(f"Validation {self.score_name}")
        free = "best" if self.score_ax is None else "center right"  # scores end at the top
        self.ax.legend(*unique_handles(self.ax), loc=free)

    def _color_and_label(self, record: LossRecord, label: str) -> dict[str, Any]:
        if record.name is None:
            return {"label": label}
        return {"color": self.losses[-1].get_color(), "label": "_" + label}

    def _explain(self, record: LossRecord, label: str, **look: Any) -> None:
        if record.name is not None:
            self.styles.setdefault(label, look)


def _by_epoch(curve: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Epochs, counted from 1, and the curve."""
    assert curve is not None
    return np.arange(1, len(curve) + 1), curve


def axes_on_the_right(ax: Any) -> Any:
    """Axes with a scale of their own, drawn behind so that they do not cover the legend."""
    right = ax.twinx()
    right.set_zorder(ax.get_zorder() - 1)
    right.patch.set_visible(ax.patch.get_visible())
    ax.patch.set_visible(False)
    right.grid(False)
    right.spines["right"].set_visible(True)
    return right
