"""What is made of the measurements: tables in Markdown, plots, and a page that holds them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from what_trains_well import with_tables

LIBRARY_COLORS = {
    "sknn_edu": "tab:red",
    "scikit-learn": "tab:orange",
    "torch": "tab:purple",
    "jax": "tab:blue",
    "skorch": "tab:pink",
    "gemm": "tab:gray",
}
PANELS_IN_A_ROW = 3
VARIANT_LINES = [("-", "o"), ("--", "s"), (":", "^")]


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    for line in lines:
        if len(line) != len(head):
            raise ValueError(f"a row has {len(line)} cells, the head has {len(head)}: {line!r}")
    return "\n".join("| " + " | ".join(str(cell).strip() for cell in line) + " |" for line in lines)


def number(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def known(value: float) -> str:
    """A number, or nothing for NaN."""
    return "" if math.isnan(value) else number(value)


def ratio_and_goal(ratio: float, goal: float | None) -> str:
    """A ratio, the goal in parentheses, bold where it is reached; nothing for NaN."""
    if math.isnan(ratio):
        return ""
    # A goal is reached by the number that is shown.
    shown = f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"
    if goal is None:
        return shown
    return f"**{shown}** ({goal:g})" if float(shown) >= goal else f"{shown} ({goal:g})"


def line_styles(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A color for each library; its variants differ by the line and the marker."""
    styles, seen = {}, dict.fromkeys(LIBRARY_COLORS, 0)
    for name in names:
        library = next(known for known in LIBRARY_COLORS if name.startswith(known))
        line, marker = VARIANT_LINES[seen[library] % len(VARIANT_LINES)]
        seen[library] += 1
        styles[name] = {"color": LIBRARY_COLORS[library], "linestyle": line, "marker": marker}
    return styles


def write(page: Path | None, texts: dict[str, str], plots: dict[str, Any]) -> None:
    """Print the texts, or put each between its markers on a page, the plots beside the page.

    A page without a place for a text gets one at its end. A plot is a function of a file name;
    its image stands in ``images/`` next to the page, and is linked below the text of the same name.
    Without matplotlib there are no plots: what was measured for an hour is kept.
    """
    if page is None:
        print(*(f"\n{text}\n" for text in texts.values()), sep="")
        return
    linked = dict(texts)
    if plots and not find_spec("matplotlib"):
        print("left out: the plots, which need matplotlib")
        plots = {}
    for name, draw in plots.items():
        (page.parent / "images").mkdir(exist_ok=True)
        draw(page.parent / "images" / f"{name}.png")
        linked[name] += f"\n\n![The numbers above as a plot](images/{name}.png)"
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    for name in texts:
        if f"<!-- begin {name} -->" not in before:
            before += f"\n<!-- begin {name} -->\n\n<!-- end {name} -->\n"
    page.write_text(with_tables(before, linked), encoding="utf-8")


def draw_lines(
    panels: Mapping[str, tuple[Sequence[float], Mapping[str, Sequence[float]]]],
    ylabel: str,
    file: Path,
) -> None:
    """One panel for each title: numbers over x, both on logarithmic scales.

    ``panels[what x is]`` is ``(x, {name: y})``, with NaN where nothing was measured.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    n_rows = -(-len(panels) // PANELS_IN_A_ROW)
    figure = Figure(figsize=(12, 3.5 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, PANELS_IN_A_ROW, sharey=True, squeeze=False)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (title, (x, lines)) in zip(axes.flat, panels.items()):
        ax.set_axis_on()
        styles = line_styles(list(lines))
        for name, y in lines.items():
            ax.plot(x, y, label=name, **styles[name])
        ax.set(xlabel=title, xscale="log", yscale="log")
        ax.set_xticks(x, [f"{size:.0f}" for size in x])
        ax.minorticks_off()
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.grid(True, which="major", alpha=0.3)
    for row in axes:
        row[0].set_ylabel(ylabel)
    figure.legend(handles=axes[0, 0].get_lines(), loc="outside right center")
    figure.savefig(file, dpi=120)


def draw_ratios(
    panels: Mapping[str, tuple[Sequence[str], Mapping[str, Sequence[tuple[float, float | None]]]]],
    ylabel: str,
    file: Path,
) -> None:
    """One panel for each title: ratios on a logarithmic scale over names, with their goals.

    ``panels[title]`` is ``(names of the columns, {series: [(ratio, goal or None), ...]})``. The
    series stand side by side in each column; a goal is a line in the color of its series.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter

    figure = Figure(figsize=(11, 4.5 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharey=True, squeeze=False)[:, 0]
    for ax, (title, (columns, lines)) in zip(axes, panels.items()):
        styles = line_styles(list(lines))
        for i, (name, ratios) in enumerate(lines.items()):
            x = [column + 0.8 * (i + 0.5) / len(lines) - 0.4 for column in range(len(columns))]
            style = styles[name] | {"linestyle": "none", "markersize": 5}
            ax.plot(x, [ratio for ratio, _ in ratios], label=name, **style)
            goals = [(at, goal) for at, (ratio, goal) in zip(x, ratios) if goal and ratio == ratio]
            ax.hlines(
                [goal for _, goal in goals], [at - 0.12 for at, _ in goals],
                [at + 0.12 for at, _ in goals], color=styles[name]["color"], linewidth=1.5,
            )  # fmt: skip
        for edge in range(1, len(columns)):
            ax.axvline(edge - 0.5, color="0.9", linewidth=0.8)
        one = ax.axhline(1, color="0.3", linewidth=0.8, linestyle=":", label="equal")
        ax.set(title=title, yscale="log", xticks=range(len(columns)), xticklabels=columns)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.grid(True, axis="y", which="major", alpha=0.5)
        ax.grid(True, axis="y", which="minor", alpha=0.15)
        ax.tick_params(axis="x", length=0)
        ax.set_ylabel(ylabel)
    goal = Line2D([], [], color="0.3", linewidth=1.5, label="target")
    handles = [*axes[0].get_lines()[: len(lines)], goal, one]
    figure.legend(handles=handles, loc="outside right center")
    figure.savefig(file, dpi=120)
