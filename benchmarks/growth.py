"""Growth of the cost of an epoch with samples, features, width, depth and classes.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python benchmarks/growth.py

One of the five is varied at a time, the others stay as in `BASE`; batches of 200, Adam. The
peers train in turns, as in compare.py; skorch and the sum of the matrix products do if
--peers names them. The exponent is that of the last step of a column:
1 where twice the size takes twice the time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import command
import numpy as np
from compare import Row, measure, names_of
from report import draw_lines, number, table, write
from workloads import Workload

BASE = {"samples": 2000, "features": 32, "width": 64, "depth": 1, "classes": 4}
SIZES = {
    "samples": (250, 1000, 4000, 16000, 64000),
    "features": (2, 8, 32, 128, 512, 2048),
    "width": (2, 8, 32, 128, 512, 2048),
    "depth": (1, 2, 4, 8, 16),
    "classes": (2, 8, 32, 128, 512),
}
BATCH, EPOCHS = 200, 10
IN_WORDS = {"width": "units in the hidden layer", "depth": "hidden layers"}


def scattered(rng: np.random.Generator, n: int, *, features: int, classes: int) -> Any:
    """Points around a centre for each class."""
    y = np.arange(n) % classes
    centers = rng.standard_normal((classes, features))
    return centers[y] + rng.standard_normal((n, features)), y


def workload(axis: str, size: int) -> Workload:
    """`BASE` with one size changed."""
    sizes = BASE | {axis: size}
    make = partial(scattered, features=sizes["features"], classes=sizes["classes"])
    params = {
        "hidden_layer_sizes": (sizes["width"],) * sizes["depth"],
        "batch_size": min(BATCH, sizes["samples"]),
    }
    return Workload(f"{axis} {size}", "", make, sizes["samples"], EPOCHS, params)


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope of the last step on a log-log plot."""
    if len(sizes) < 2:
        return math.nan
    return math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])


def milliseconds(row: Row, name: str) -> float:
    """For an epoch."""
    return row.best(name) * row.updates / row.workload.epochs / 1e3


def growth_table(axis: str, sizes: Sequence[int], rows: Sequence[Row]) -> str:
    """Milliseconds for an epoch by size, and the exponents."""
    names = names_of(rows)
    columns = {name: [milliseconds(row, name) for row in rows] for name in names}
    cells = [
        [str(size), *(number(columns[name][i]) for name in names)] for i, size in enumerate(sizes)
    ]
    cells.append(["exponent", *(f"{exponent(sizes, columns[name]):.2f}" for name in names)])
    return table([axis, *names], cells)


def main() -> None:
    parser = command.parser(__doc__, only=list(SIZES), rounds=5)
    parser.add_argument("--dtype", default="float32")
    parser.set_defaults(peers=["scikit-learn", "torch", "jax"])
    arguments = parser.parse_args()
    peers, about = command.begin(arguments)
    tables, panels = [], {}
    for axis in arguments.only:
        sizes = SIZES[axis][:2] if arguments.smoke else SIZES[axis]
        rows = []
        for size in sizes:
            made = workload(axis, size).toy() if arguments.smoke else workload(axis, size)
            how = (arguments.threads, arguments.rounds, arguments.seconds)
            rows.append(measure(made, arguments.dtype, peers, *how))
        tables.append(growth_table(axis, sizes, rows))
        panels[IN_WORDS.get(axis, axis)] = (
            sizes,
            {name: [milliseconds(row, name) for row in rows] for name in names_of(rows)},
        )
        print(f"\n{tables[-1]}", flush=True)
    base = ", ".join(f"{size} {axis}" for axis, size in BASE.items())
    text = "\n\n".join(
        [
            f"Measured on: {about}.",
            f"Milliseconds for an epoch, {arguments.dtype}; the other sizes: {base}.",
            *tables,
        ]
    )
    if arguments.markdown:
        draw = partial(draw_lines, panels, "milliseconds for an epoch")
        write(arguments.markdown, {"growth": text}, {"growth": draw})


if __name__ == "__main__":
    main()
