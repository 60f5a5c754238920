"""Numbers and matrices in print: how many digits, and which rows and columns of a large one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

EDGE = 3  # rows, or columns, that are left at either end of a long array


def as_matrix(value: Any) -> np.ndarray:
    """A number, a vector or a matrix as a matrix; a vector is one row."""
    return np.atleast_2d(np.asarray(value))


def shown(n: int, abridge: bool) -> list[int | None]:
    """The indices to print of n, with None for a gap."""
    if not abridge or n <= 2 * EDGE + 1:
        return list(range(n))
    return [*range(EDGE), None, *range(n - EDGE, n)]


def is_large(M: np.ndarray, max_entries: int | None) -> bool:
    """Whether M has more numbers than are to be printed."""
    return max_entries is not None and M.size > max_entries


def written(
    value: Any, precision: int, max_entries: int | None, write: Callable[[str], str] = str
) -> list[list[str | None]]:
    """The numbers of a matrix as strings in the notation of ``write``, by row; None is a gap."""
    M = as_matrix(value)
    number, abridge = number_format(M, precision), is_large(M, max_entries)
    rows, columns = shown(M.shape[0], abridge), shown(M.shape[1], abridge)

    def cell(i: int | None, j: int | None) -> str | None:
        return None if i is None or j is None else write(number(M[i, j]))

    return [[cell(i, j) for j in columns] for i in rows]


def right_aligned(value: Any, precision: int, max_entries: int | None) -> list[str]:
    """The lines of a matrix, numbers right-aligned."""
    rows = [[cell or "..." for cell in row] for row in written(value, precision, max_entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.rjust, row, widths)) for row in rows]


def latex_matrix(value: Any, precision: int, max_entries: int | None) -> str:
    """A pmatrix, or the number alone."""
    rows = written(value, precision, max_entries, _latex_number)
    if np.ndim(value) == 0:
        return str(rows[0][0])
    gaps = [j for j, cells in enumerate(zip(*rows, strict=True)) if set(cells) == {None}]
    lines = []
    for row in rows:
        is_gap = all(cell is None for cell in row)
        gap_in_row = r"\vdots" if is_gap else r"\cdots"
        cells = [
            (r"\ddots" if is_gap and j in gaps else gap_in_row) if cell is None else cell
            for j, cell in enumerate(row)
        ]
        lines.append(" & ".join(cells))
    return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"


def _latex_number(text: str) -> str:
    """A number as LaTeX writes it."""
    if "e" in text:
        digits, exponent = text.split("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A table, each column as wide as it must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def number_format(M: np.ndarray, precision: int) -> Callable[[float], str]:
    """Writes numbers of M so that the largest has ``precision`` digits, and all align.

    Whole numbers are written without a point, an exact zero is ``0``.
    """
    finite = np.abs(M[np.isfinite(M)])
    largest = float(finite.max(initial=0))
    if largest < 1e6 and (finite == np.floor(finite)).all():
        return lambda x: f"{x:.0f}" if x else "0"
    magnitude = math.floor(math.log10(largest))
    kind = f".{precision - 1}e"
    if -5 < magnitude < 7:
        kind = f".{max(0, precision - 1 - magnitude)}f"

    def number(x: float) -> str:
        text = format(float(x), kind)
        return "0" if x == 0 else text if float(text) else text.removeprefix("-")

    return number


def check_print_options(precision: Any, max_entries: Any) -> None:
    """Raise ValueError if these are not what the printing methods take."""
    if not _is_int(precision) or precision < 1:
        raise ValueError(
            f"precision must be a number of digits, an int of at least 1, got {precision!r}."
        )
    if max_entries is not None and (not _is_int(max_entries) or max_entries < 0):
        raise ValueError(
            f"max_entries must be an int of at least 0, or None to print all, got {max_entries!r}."
        )


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
