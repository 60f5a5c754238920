"""The code of a notebook, and of which cell a line of it is."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any, NamedTuple

from .table import Table

# %matplotlib, %%time, !pip install, np.dot?: for the notebook, not for Python.
COMMAND = re.compile(r"^([ \t]*)(?:[%!].*|\??[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
FOREIGN = re.compile(r"\s*%%(?:bash|sh|html|javascript|js|latex|markdown|writefile|svg|cmd)\b")


class Code(NamedTuple):
    """Python code that was handed in.

    Attributes
    ----------
    text : str
    cells : tuple of (int, int)
        Of a notebook: the number of each cell that has code, counted with all others from 1, and
        the line of ``text`` before its first.
    left_out : str
        Which cells are no Python, and why.
    """

    text: str
    cells: tuple[tuple[int, int], ...] = ()
    left_out: str = ""

    def place(self, line: int) -> str:
        """What the author calls that line."""
        for number, before in reversed(self.cells):
            if line > before:
                return f"Cell {number}, line {line - before}"
        return f"Line {line}"


def code_of(notebook: str, table: Table) -> Code:
    """The code in the cells of a notebook, without those that are no Python.

    Raises
    ------
    AnswerFileError
        If the text is no notebook.
    """
    lines: list[str] = []
    cells: list[tuple[int, int]] = []
    left_out: list[str] = []
    for number, cell in enumerate(_cells(notebook, table), start=1):
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if cell.get("cell_type") != "code" or FOREIGN.match(text):
            continue
        if _why_not_python(text):
            text = COMMAND.sub(r"\1pass", text)
        if reason := _why_not_python(text):
            left_out.append(f"Cell {number} is not Python: {reason}.")
            continue
        cells.append((number, len(lines)))
        lines += text.split("\n")
    return Code("\n".join(lines), tuple(cells), " ".join(left_out[:3]))


def _cells(notebook: str, table: Table) -> list[dict[str, Any]]:
    """All cells, or refuse what has none."""
    try:
        content = json.loads(notebook)
    except (ValueError, RecursionError):
        content = None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        table.refuse("this is not a notebook, which is JSON with a list of cells. Save it again.")
    return cells


def _why_not_python(text: str) -> str:
    """Why a cell cannot be read, or nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as about "\d"
            ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError):
        return "it cannot be read"
    return ""
