"""Where the units of a `NetworkDisplay` go, and which of them are drawn.

Coordinates are points (1/72 inch) from the lower left corner of the axes, so that circles, gaps
and letters can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LETTER = 0.62  # width of a letter, in units of the font size
HEADER_LINES = 3.9  # room above the units, in lines: three of text, and a gap
ROOM_FOR_NAMES = 0.42  # most of the width that names may take


def shown_units(n: int, max_units: int) -> np.ndarray:
    """Numbers of the units that are drawn: all of them, or the first and the last ones."""
    if n <= max_units:
        return np.arange(n)
    k = (max_units - 1) // 2
    return np.concatenate([np.arange(k), np.arange(n - k, n)])


@dataclass
class Layout:
    """Positions and sizes, in points."""

    units: list[np.ndarray]  # numbers of the units drawn in each layer, from 0
    positions: list[np.ndarray]  # where they are, of shape (n_shown, 2)
    dots: list[tuple[float, float]]  # centres of the dots for the units left out
    size: tuple[float, float]  # of the axes
    pitch: float  # from one unit to the next
    radius: float  # of a unit
    fontsize: float  # of the headers
    names_fontsize: float  # of the names beside the units


def n_letters(text: str) -> int:
    """How many letters the longest line of a text is wide; markup of formulas does not count."""
    return max(len(re.sub(r"\\hat|[$\\{}_]", "", line)) for line in text.split("\n"))


def best_figure_size(
    sizes: Sequence[int], names: Sequence[Sequence[str]], max_units: int
) -> tuple[float, float]:
    """Width and height in inches that suit a network, within what a slide can show."""
    rows = max(min(n, max_units) for n in sizes)
    letters = sum(max(map(n_letters, side)) for side in names)
    width, height = 1.2 + 1.7 * (len(sizes) - 1) + 0.09 * letters, 1.7 + 0.5 * rows
    height = min(max(height, 3.4), 6.6)
    return min(max(width, 5.6, 1.3 * height), 13.0), height


def lay_out(
    ax: Any, sizes: list[int], names: Any, headers: list[str], max_units: int, room_below: float
) -> Layout:
    """Positions for layers of these sizes; ``names`` are written left and right of the network."""
    width, height = _size_in_points(ax)

    units = [shown_units(n, max_units) for n in sizes]
    n_rows = max(len(shown) + (len(shown) < n) for shown, n in zip(units, sizes, strict=True))
    longest = [max(map(n_letters, side)) for side in names]
    widest = max(map(n_letters, headers))
    # The largest letters for which headers stand side by side and names leave room for the rest.
    between = width / len(sizes)
    fontsize = max(5.0, min(11.0, 0.95 * between / (LETTER * widest), 0.06 * height))
    names_fontsize = min(fontsize, ROOM_FOR_NAMES * width / (LETTER * sum(longest)))
    left, right = (LETTER * names_fontsize * n for n in longest)
    top = height - HEADER_LINES * fontsize * 1.2
    pitch = (top - room_below) / n_rows
    radius = min(0.4 * pitch, 0.16 * (width - left - right) / (len(sizes) - 1), 19.0)
    half_header = LETTER * fontsize * widest / 2
    margins = [max(side + 1.6 * radius, half_header) for side in (left, right)]
    x = np.linspace(margins[0], width - margins[1], len(sizes))
    positions, dots = [], []
    for x_layer, shown, n in zip(x, units, sizes, strict=True):
        abridged = len(shown) < n
        rows = np.arange(len(shown) + abridged, dtype=float)
        y = (top + room_below) / 2 + pitch * (rows[-1] / 2 - rows)
        if abridged:
            middle = len(shown) // 2
            dots.append((float(x_layer), float(y[middle])))
            y = np.delete(y, middle)
        positions.append(np.column_stack([np.full(len(y), x_layer), y]))
    return Layout(units, positions, dots, (width, height), pitch, radius, fontsize, names_fontsize)


def _size_in_points(ax: Any) -> tuple[float, float]:
    """Width and height of the axes, after the figure's layout engine has run."""
    if ax.figure.figure.get_layout_engine() is not None:
        ax.figure.figure.draw_without_rendering()
    box, scale = ax.get_window_extent(), 72 / ax.figure.dpi
    return box.width * scale, box.height * scale
