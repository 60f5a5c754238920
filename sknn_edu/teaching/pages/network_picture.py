"""A small drawing of a network: its units as circles, with their names, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from .labels import Labels

ACROSS, DOWN, RADIUS, MARGIN = 120, 46, 13, 30
MOST_UNITS = 8  # of a layer; larger networks are described in words alone


def network_picture(sizes: Sequence[int], labels: Labels) -> str:
    """An SVG; nothing for networks that are too wide to be drawn."""
    if max(sizes) > MOST_UNITS:
        return ""
    height = DOWN * max(sizes)
    places = [[_place(l, j, n, height) for j in range(n)] for l, n in enumerate(sizes)]
    lines = [
        f'<line x1="{a}" y1="{b}" x2="{c}" y2="{d}"/>'
        for left, right in pairwise(places)
        for a, b in left
        for c, d in right
    ]
    units = []
    for l, (layer, names) in enumerate(zip(places, labels.units, strict=True)):
        kind = "input" if l == 0 else "unit"
        for (x, y), name in zip(layer, names, strict=True):
            units.append(f'<circle class="{kind}" cx="{x}" cy="{y}" r="{RADIUS}"/>')
            units.append(f'<text x="{x}" y="{y + RADIUS + 12}">{escape(name)}</text>')
    width = 2 * MARGIN + ACROSS * (len(sizes) - 1)
    words = " to ".join(f"{n} {'inputs' if l == 0 else 'units'}" for l, n in enumerate(sizes))
    return (
        f'<svg class="network" viewBox="0 0 {width} {height + 8}" role="img" '
        f'aria-label="The network: {words}">{"".join(lines)}{"".join(units)}</svg>'
    )


def _place(l: int, j: int, n: int, height: int) -> tuple[float, float]:
    """Where unit j of the n in layer l stands."""
    return MARGIN + ACROSS * l, height / 2 + DOWN * (j - (n - 1) / 2) - 4
