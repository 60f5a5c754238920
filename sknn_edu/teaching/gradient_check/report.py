"""What a gradient check has found: a table and a verdict, as text and for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import numpy as np

from ..tracing.numbers import aligned


class GradientCheck:
    """What `check_gradient` has found.

    Attributes
    ----------
    ok : bool
        Whether backpropagation is right as far as it has been checked, and something of
        every parameter has been. ``bool(check)`` is the same.
    max_relative_error : float
        The largest of all rows.
    rtol : float
        The relative error that is allowed.
    table : list of dict
        A row for each parameter and part of J:

        - ``"name"``: ``"W1"``, ``"b1"``, ...;
        - ``"part"``: ``"data"`` or ``"penalty"``; ``"J"`` of a gradient that was given;
        - ``"kind"``: ``"entries"``, each on its own, or ``"directions"``, in which all
          entries move together;
        - ``"shape"``: of the parameter;
        - ``"checked"``: how many entries or directions have been compared;
        - ``"at_kinks"``: how many lie at a kink, those included that cannot be compared
          because every sample sits there;
        - ``"max_relative_error"``;
        - ``"worst"``: index of the entry with the largest error, None in a direction;
        - ``"backprop"``, ``"numerical"``: the two values there;
        - ``"ok"``: whether nothing disagrees, and something has been checked.
    """

    def __init__(self, table: list[dict[str, Any]], rtol: float) -> None:
        self.table = table
        self.rtol = rtol
        self.ok = all(row["ok"] for row in table)
        self.max_relative_error = max(row["max_relative_error"] for row in table)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def message(self) -> str:
        """The verdict in words."""
        worst = max(self.table, key=lambda row: (not row["ok"], row["max_relative_error"]))
        wrong = [_title(row) for row in self.table if not row["ok"] and row["checked"]]
        unknown = [_title(row) for row in self.table if not row["checked"]]
        sentences = []
        if wrong:
            sentences.append(
                f"The gradient is WRONG in {', '.join(dict.fromkeys(wrong))}. Worst is "
                f"{_place(worst)}: {_whose(worst)} says {worst['backprop']:.9g}, finite "
                f"differences say {worst['numerical']:.9g}."
            )
        elif not unknown:
            sentences.append(
                f"The gradient is right: {_whose(worst)} and finite differences agree. The "
                f"largest relative error is {self.max_relative_error:.1e} ({_place(worst)}); "
                f"{self.rtol:g} is allowed."
            )
        if unknown:
            sentences.append(
                f"Nothing could be compared in {', '.join(unknown)}: every sample sits on a kink "
                "of an activation, where J has no slope. Check at other weights."
            )
        n_at_kinks = sum(row["at_kinks"] for row in self.table)
        if n_at_kinks and not unknown:
            how = "the samples there were left out, or the slope lies between those on both sides"
            sentences.append(f"At kinks ({n_at_kinks}), {how}.")
        return " ".join(sentences)

    def _cells(self) -> Iterator[tuple[str, ...]]:
        """The table in words, its head first."""
        yield "", "part", "shape", "checked", "at kinks", "relative error", "worst at", ""
        for row in self.table:
            size = int(np.prod(row["shape"]))
            entries = row["kind"] == "entries"
            yield (
                row["name"],
                row["part"],
                str(row["shape"]),
                f"{row['checked']} of {size}" if entries else f"{row['checked']} directions",
                str(row["at_kinks"] or "-"),
                f"{row['max_relative_error']:.1e}",
                "-" if row["worst"] is None else str(list(row["worst"])),
                "ok" if row["ok"] else "WRONG" if row["checked"] else "unknown",
            )

    def __repr__(self) -> str:
        return f"{aligned(list(self._cells()))}\n{self.message}"

    def _repr_html_(self) -> str:
        head, *body = (map(escape, row) for row in self._cells())
        rows = ["<tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"]
        rows += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body]
        return f"<p>{escape(self.message)}</p><table>{''.join(rows)}</table>"


def _whose(row: dict[str, Any]) -> str:
    """Whose gradient is compared."""
    return "the given gradient" if row["part"] == "J" else "backpropagation"


def _title(row: dict[str, Any]) -> str:
    """What a row is about."""
    return f"{row['name']} ({row['part']})"


def _place(row: dict[str, Any]) -> str:
    """Where the largest error of a row is."""
    where = "in a random direction" if row["worst"] is None else str(list(row["worst"]))
    return f"{row['name']}{where if row['worst'] else ' ' + where}, {row['part']}"
