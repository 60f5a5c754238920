"""What is made of the measurements: tables in Markdown, plots, and a page that holds them."""

from __future__ import annotations

from collections.abc import Sequence
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
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


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

    A plot is a function of a file name; its image stands in ``images/`` next to the page, and
    is linked below the text of the same name.
    """
    if page is None:
        print(*(f"\n{text}\n" for text in texts.values()), sep="")
        return
    (page.parent / "images").mkdir(exist_ok=True)
    linked = dict(texts)
    for name, draw in plots.items():
        draw(page.parent / "images" / f"{name}.png")
        linked[name] += f"\n\n![The table above, drawn](images/{name}.png)"
    before = page.read_text(encoding="utf-8")
    page.write_text(with_tables(before, linked), encoding="utf-8")


def draw_lines(
    panels: dict[str, tuple[Sequence[Any], dict[str, Sequence[float]]]],
    ylabel: str,
    file: Path,
    log_x: bool,
) -> None:
    """One panel for each title: numbers over x, both on logarithmic scales.

    ``panels[title]`` is ``(x, {name: y})``, with NaN where nothing was measured. Without
    ``log_x``, x are names: there is nothing between them, and no line.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.5 * len(panels) + 2, 4), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, (x, lines)) in zip(axes, panels.items()):
        styles = line_styles(list(lines))
        for name, y in lines.items():
            style = styles[name] if log_x else styles[name] | {"linestyle": "none"}
            ax.plot(x, y, label=name, **style)
        ax.set(title=title, yscale="log")
        if log_x:
            ax.set(xscale="log")
        ax.grid(True, which="major", alpha=0.3)
    axes[0].set_ylabel(ylabel)
    figure.legend(handles=axes[0].get_lines(), loc="outside right center")
    figure.savefig(file, dpi=120)
