"""Draw the plots of docs/benchmarks.md again, from the numbers in its tables.

    python benchmarks/redraw.py docs/benchmarks.md

After a change in how plots look; nothing is measured. The first table of ``speed`` and of
``speed-avx2`` has the ratios of the peers, the last one the times, which give those of our
variants; the tables of ``growth`` have times.
"""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path

from growth import IN_WORDS
from peers.ours import VARIANTS
from report import draw_lines, draw_ratios
from workloads import WORKLOADS


def tables(page: str, name: str) -> list[list[list[str]]]:
    """The cells of the tables between the markers of this name, headers included."""
    text = page.split(f"<!-- begin {name} -->")[1].split(f"<!-- end {name} -->")[0]
    blocks = re.findall(r"^\|.*?(?=\n\n|\Z)", text, re.M | re.S)
    rows = [[line for line in block.strip().split("\n") if "---" not in line] for block in blocks]
    return [[[cell.strip() for cell in line.split("|")[1:-1]] for line in of] for of in rows]


def ratio(cell: str) -> tuple[float, float | None]:
    """A ratio, and its target if there is one: ``**51.3** (25)``."""
    found = re.fullmatch(r"\**([\d.]+)\**(?: \(([\d.]+)\))?", cell)
    if found is None:
        return math.nan, None
    return float(found[1]), float(found[2]) if found[2] else None


def best(times: dict[str, str], peer: str) -> float:
    """The least microseconds of a peer, over its numbers of threads."""
    return min(float(times[column]) for column in times if re.fullmatch(rf"{peer} \d+", column))


def ratios(page: str, name: str, file: Path) -> None:
    """The plot of the ratios: a panel for each dtype."""
    first, *_, last = tables(page, name)
    of_peers, of_times = ([dict(zip(head, row)) for row in rows] for head, *rows in (first, last))
    ours, *variants = VARIANTS
    names = [peer for peer in first[0][2:] if "first fit" not in peer]
    panels = {}
    for dtype in dict.fromkeys(row["dtype"] for row in of_peers):
        rows = [row for row in of_peers if row["dtype"] == dtype]
        times = [row for row in of_times if row["dtype"] == dtype]
        lines: dict[str, list[tuple[float, float | None]]] = {
            variant: [(best(row, variant) / best(row, ours), None) for row in times]
            for variant in variants
        }
        lines |= {peer: [ratio(row[peer]) for row in rows] for peer in names}
        panels[dtype] = ([WORKLOADS[row[""]].label for row in rows], lines)
    draw_ratios(panels, f"time / time of {ours}", file)


def growth(page: str, file: Path) -> None:
    """The plot of the growth: a panel for each table."""
    panels = {}
    for header, *rows in tables(page, "growth"):
        sizes = [row for row in rows if row[0].isdigit()]
        lines = {
            name: [float(row[i]) if row[i] else math.nan for row in sizes]
            for i, name in enumerate(header[1:], start=1)
        }
        axis = IN_WORDS.get(header[0], header[0])
        panels[axis] = ([int(row[0]) for row in sizes], lines)
    draw_lines(panels, "milliseconds for an epoch", file)


def main() -> None:
    """All plots of the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=Path)
    path = parser.parse_args().page
    page, images = path.read_text(encoding="utf-8"), path.parent / "images"
    for name in ("speed", "speed-avx2"):
        ratios(page, name, images / f"{name}.png")
    growth(page, images / "growth.png")


if __name__ == "__main__":
    main()
