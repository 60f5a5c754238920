"""The parts of a `NetworkDisplay`: lines, circles, texts, colour bars."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._network_contents import NetworkContents
from ._network_layout import LETTER, Layout, best_figure_size, lay_out
from ._shared import BLUE, GREEN, ORANGE, PURPLE, style

ROOM_FOR_COLORBARS = 46.0  # points below the network: bar, numbers, label
FAINTEST = 0.12  # opacity of a weight of 0, which is still visible


class Drawing:
    """Draws a network, part by part, with at most ``max_units`` units of a layer."""

    layout: Layout

    def __init__(self, contents: NetworkContents, max_units: int, values_format: str) -> None:
        self.W, self.b, self.A = contents.W, contents.b, contents.A
        self.sizes, self.names, self.headers = contents.sizes, contents.names, contents.headers
        self.max_units, self.values_format = max_units, values_format
        self.text: list[Any] = []

    def best_figure_size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return best_figure_size(self.sizes, self.names, self.max_units)

    def begin(self, ax: Any, text_kw: dict[str, Any] | None, *, room_below: bool) -> None:
        """Take over the axes: no frame, a point as the unit of length."""
        import matplotlib as mpl

        self.mpl: Any = mpl
        self.ax, self.text_kw = ax, text_kw
        ax.set_axis_off()
        room = ROOM_FOR_COLORBARS if room_below else 0.0
        self.layout = lay_out(ax, self.sizes, self.names, self.headers, self.max_units, room)
        width, height = self.layout.size
        ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        background = mpl.colors.to_rgba(ax.figure.get_facecolor())
        self.background = background if background[3] else (1.0, 1.0, 1.0, 1.0)
        self.ink = mpl.rcParams["text.color"]
        self.norm = self._norm([*self.W, *((self.b or []) if self.A is None else [])])

    def draw_edges(self, given: dict[str, Any] | None) -> Any:
        """One line for each weight between units that are drawn, the largest weights on top."""
        units, positions = self.layout.units, self.layout.positions
        segments, weights = [], []
        for l, W in enumerate(self.W):
            start, end = np.meshgrid(*map(np.arange, map(len, units[l : l + 2])), indexing="ij")
            ends = (positions[l][start.ravel()], positions[l + 1][end.ravel()])
            segments.append(np.stack(ends, axis=1))
            weights.append(W[np.ix_(units[l], units[l + 1])].ravel())
        w = np.concatenate(weights)
        order = np.argsort(np.abs(w), kind="stable")
        defaults = {
            "cmap": self._two_colors((BLUE, 1), (BLUE, FAINTEST), (ORANGE, FAINTEST), (ORANGE, 1)),
            "norm": self.norm,
            "linewidth": self._line_widths(np.abs(w[order])),
            "capstyle": "butt",
            "zorder": 1,
        }
        line_collection = self.mpl.collections.LineCollection
        kw = style(line_collection, defaults, given)
        edges = line_collection(np.concatenate(segments)[order], array=w[order], **kw)
        self.ax.add_collection(edges, autolim=False)
        return edges

    def draw_nodes(self, given: dict[str, Any] | None) -> Any:
        """A circle for each unit, coloured by its output or its bias."""
        layers = zip(self._values_of_units(), self.layout.units, strict=True)
        values = np.ma.concatenate([self._shades(layer)[shown] for layer, shown in layers])
        ellipses = self.mpl.collections.EllipseCollection
        diameter = 2 * self.layout.radius
        colors = self._node_colors()
        defaults = {"cmap": colors.cmap, "norm": colors.norm, "edgecolor": self.ink}
        defaults |= {"linewidth": 1.0, "zorder": 2}
        offsets: dict[str, Any] = {"offset_transform": self.ax.transData, "units": "xy"}
        offsets["offsets"] = np.concatenate(self.layout.positions)
        kw = style(ellipses, defaults, given)
        self.nodes: Any = ellipses(diameter, diameter, 0, array=values, **offsets, **kw)
        self.ax.add_collection(self.nodes, autolim=False)
        self._draw_dots()
        return self.nodes

    def draw_colorbars(self, edge_kw: dict[str, Any] | None) -> list[Any]:
        """One for the weights (and biases), one for the outputs."""
        colors = self._scalar_mappable(BLUE, ORANGE, self.norm)
        if edge_kw:
            norm, cmap = edge_kw.get("norm", self.norm), edge_kw.get("cmap", colors.cmap)
            colors = self.mpl.cm.ScalarMappable(norm, cmap)
        label = "weight" if self.b is None or self.A else "weight (line), bias (circle)"
        bars = [(colors, label)]
        if self.A:
            bars.append((self._node_colors(), "output A / largest |A| of the layer"))
        width = self.layout.size[0]
        bar = min(0.36 * width, 190.0)
        centres = [width / 2] if len(bars) == 1 else [0.27 * width, 0.73 * width]
        boxes = [(centre - bar / 2, 27, bar, 7) for centre in centres]
        return [self._colorbar(*pair, box) for pair, box in zip(bars, boxes, strict=True)]

    def write_headers(self) -> None:
        """Name, activation and size of each layer, at the top."""
        y = max(positions[0, 1] for positions in self.layout.positions)
        y += self.layout.radius + 0.8 * self.layout.fontsize
        for positions, header in zip(self.layout.positions, self.headers, strict=True):
            self._write(positions[0, 0], y, header, va="bottom", linespacing=1.2)

    def write_names(self) -> None:
        """Names of features and outputs, left and right of the network."""
        gap = 1.45 * self.layout.radius
        for l, side, ha, dx in ((0, 0, "right", -gap), (-1, 1, "left", gap)):
            for unit, (x, y) in zip(self.layout.units[l], self.layout.positions[l], strict=True):
                size = self.layout.names_fontsize
                self._write(x + dx, y, self.names[side][unit], ha=ha, size=size)

    def write_into_units(self, include_values: bool | str) -> None:
        """Numbers of outputs or biases; else, in hidden units, which unit of the layer it is."""
        room = 1.9 * self.layout.radius / LETTER  # letters of size 1 side by side
        wide = len(format(-0.1, self.values_format))
        fits = self.A is not None and room / wide >= 5
        with_values = include_values is True or (include_values == "auto" and fits)
        texts = [
            self._text_in_unit(l, unit, values[unit] if with_values else np.ma.masked)
            for l, values in enumerate(self._values_of_units())
            for unit in self.layout.units[l]
        ]
        size = min(room / max(4, *map(len, texts)), self.layout.fontsize)
        colors = self.nodes.to_rgba(self.nodes.get_array())
        places = np.concatenate(self.layout.positions)
        for (x, y), text, color in zip(places, texts, colors, strict=True):
            if text:
                self._write(x, y, text, size=size, color=_readable_on(color), zorder=3)

    def write_weights(self) -> None:
        """The weights on the lines, nearer to where the lines start, so that they stay apart."""
        box = {"facecolor": self.background, "edgecolor": "none", "pad": 0.8}
        for l, W in enumerate(self.W):
            units, positions = self.layout.units[l : l + 2], self.layout.positions[l : l + 2]
            for i, start in zip(units[0], positions[0], strict=True):
                for j, end in zip(units[1], positions[1], strict=True):
                    x, y = start + 0.3 * (end - start)
                    look = {"size": 0.85 * self.layout.fontsize, "zorder": 4, "bbox": box}
                    self._write(x, y, format(W[i, j], self.values_format), **look)

    # -- colours and sizes ---------------------------------------------------------------

    def _values_of_units(self) -> list[Any]:
        """Outputs or biases of each layer, which give the colours; masked where there are none."""
        nothing = [np.ma.masked_all(n) for n in self.sizes]
        if self.A is not None:
            return list(map(np.ma.asarray, self.A))
        return nothing if self.b is None else [nothing[0], *map(np.ma.asarray, self.b)]

    def _shades(self, values: np.ndarray) -> np.ndarray:
        """Where on the scale of colours a layer is: outputs relative to the largest."""
        if self.A is None:
            return values
        return values / (np.abs(values).max() or 1.0)

    def _line_widths(self, w: np.ndarray) -> np.ndarray:
        """Points; thinner in networks with small units."""
        return (0.3 + 3.2 * w / self.norm.vmax) * min(1.0, self.layout.radius / 14)

    def _norm(self, arrays: list[np.ndarray]) -> Any:
        """A scale that is symmetric about 0."""
        largest = max(float(np.abs(array).max()) for array in arrays) or 1.0
        return self.mpl.colors.Normalize(-largest, largest)

    def _node_colors(self) -> Any:
        """Colours of the units: green and purple for outputs, those of the weights for biases."""
        if self.A is None:
            return self._scalar_mappable(BLUE, ORANGE, self.norm)
        return self._scalar_mappable(PURPLE, GREEN, self.mpl.colors.Normalize(-1, 1))

    def _scalar_mappable(self, negative: str, positive: str, norm: Any) -> Any:
        """From one colour over the background to the other."""
        rgb = self.background[:3]
        cmap = self._two_colors((negative, 1), (rgb, 1), (rgb, 1), (positive, 1))
        return self.mpl.cm.ScalarMappable(norm, cmap.with_extremes(bad=self.background))

    def _two_colors(self, *colors: tuple[Any, float]) -> Any:
        """A map from the first colour to the second below 0, from the third to the fourth above."""
        rgba = [self.mpl.colors.to_rgba(*color) for color in colors]
        places = zip((0.0, 0.5, 0.5, 1.0), rgba, strict=True)
        return self.mpl.colors.LinearSegmentedColormap.from_list("weights", list(places))

    def _text_in_unit(self, l: int, unit: int, value: Any) -> str:
        """The value; without one, the number of a hidden unit."""
        if value is not np.ma.masked:
            return format(value, self.values_format)
        return str(unit + 1) if 0 < l < len(self.W) else ""

    # -- small parts ---------------------------------------------------------------------

    def _write(self, x: float, y: float, text: str, **look: Any) -> None:
        defaults = {"fontsize": self.layout.fontsize, "color": self.ink}
        defaults |= dict.fromkeys(("horizontalalignment", "verticalalignment"), "center")
        artist = self.mpl.text.Text
        keywords = style(artist, style(artist, defaults, look), self.text_kw)
        self.text.append(self.ax.text(x, y, text, **keywords))

    def _draw_dots(self) -> None:
        """Three dots where units are left out."""
        for x, y in self.layout.dots:
            gap = 0.3 * self.layout.pitch
            ys = [y - gap, y, y + gap]
            self.ax.plot([x] * 3, ys, "o", color=self.ink, markersize=2.5, zorder=2)

    def _colorbar(self, colors: Any, label: str, box: tuple[float, ...]) -> Any:
        place = self.ax.inset_axes(box, transform=self.ax.transData)
        bar = self.ax.figure.colorbar(colors, cax=place, orientation="horizontal")
        size = min(9.0, self.layout.fontsize)
        bar.set_label(label, size=size, labelpad=2)
        bar.ax.tick_params(labelsize=size, length=2, pad=2)
        bar.ax.grid(False)
        bar.outline.set_linewidth(0.5)
        bar.set_ticks([colors.norm.vmin, 0, colors.norm.vmax])
        bar.formatter = self.mpl.ticker.FormatStrFormatter("%.3g")
        bar.update_ticks()
        return bar


def _readable_on(color: Any) -> str:
    """Black or white, whichever stands out: by the luminance of sRGB."""
    r, g, b = (float(channel) ** 2.2 for channel in color[:3])
    return "black" if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 else "white"
