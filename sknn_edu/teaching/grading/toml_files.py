"""TOML files: read within limits, refused with a place and a hint."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from .table import Table
from .texts import read_text

# A key of twenty parts, a.b.c...: thousands of them would keep tomllib busy for minutes.
LONG_KEY = re.compile(
    r"""(?:^|[{,])[ \t\[]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){20}""", re.MULTILINE
)


def read_toml(path: str | Path) -> Table:
    """The whole file as one table.

    Raises
    ------
    AnswerFileError
        If there is no such file, if it is too large, or if it is not TOML.
    """
    whole = Table({}, f"{path}:")
    text = read_text(Path(path), whole)
    too_deep = "it is nested too deeply to be read."
    if LONG_KEY.search(text):
        whole.refuse(too_deep)
    try:
        content = tomllib.loads(text)
    except RecursionError:
        whole.refuse(too_deep)
    except ValueError as error:
        hint = (
            'A formula stands in quotes, dW2 = "A1.T @ delta2", an array in brackets, [0.1, 0.2].'
        )
        whole.refuse(f"this is not TOML: {error}. {hint}")
    for name, value in content.items():
        entries = {name: value}
        if isinstance(value, dict):
            entries = {f"[{name}] {key}": entry for key, entry in value.items()}
        for place, entry in entries.items():
            if _has_large_integer(entry):
                whole.refuse("an integer has at most 64 bits in TOML. Write 1e20 instead.", place)
    return Table(content, whole.place)


def _has_large_integer(entry: Any) -> bool:
    """Whether there is an integer of more than 64 bits, which tomllib reads all the same."""
    values: list[Any] = [entry]
    for value in values:  # grows in the loop, instead of a recursion
        if isinstance(value, dict):
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            return True
    return False
