"""A table of a TOML file, with its place in the file for error messages."""

from __future__ import annotations

import difflib
import re
import reprlib
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

MAX_BYTES = 5_000_000

# A key of twenty parts, a.b.c...: thousands of them would keep tomllib busy for minutes.
LONG_KEY = re.compile(
    r"""(?:^|[{,])[ \t\[]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){20}""", re.MULTILINE
)


class AnswerFileError(ValueError):
    """A file that cannot be used: which file, table and key, and what to write instead."""


class Table(dict[str, Any]):
    """Keys and values of one table; ``place`` says which, as errors begin."""

    def __init__(self, content: dict[str, Any], place: str) -> None:
        super().__init__(content)
        self.place = place

    def refuse(self, reason: object, key: str | None = None) -> NoReturn:
        """Raise, with the place in front."""
        place = self.place if key is None else f"{self.place} {key}"
        raise AnswerFileError(f"{place.removesuffix(':')}: {reason}") from None

    def check_keys(self, known: Collection[str], advice: str = "") -> None:
        """Refuse an unknown key."""
        for key in self:
            if key not in known:
                self.refuse(f"there is no such key here. {offer(key, known)}{advice}", short(key))

    def require(self, key: str, example: str) -> Any:
        """The value of a key that must be there."""
        if key not in self:
            close = difflib.get_close_matches(key, self, n=1)
            hint = f" Did you mean it with {close[0]!r}?" if close else ""
            self.refuse(f"it is missing.{hint} Write, for instance, {example}", key)
        return self[key]

    def one_of(self, key: str, names: Collection[str]) -> str:
        """The value of a key that must be one of the names."""
        value = self[key]
        if not isinstance(value, str) or value not in names:
            self.refuse(f"{short(value)} is no such name. {offer(value, names)}", key)
        return value

    def table(self, name: str, example: str) -> Table:
        """The table of that name, which must be there."""
        if name not in self:
            self.refuse(f"there is no table [{name}]. Write, for instance,\n    {example}")
        content = self[name]
        if not isinstance(content, dict):
            self.refuse(f"it must be a table; begin it with a line [{name}].", name)
        return Table(content, f"{self.place} [{name}]")

    def numbers(self, key: str, n_axes: Collection[int], example: str) -> np.ndarray:
        """The value of a key as an array of finite numbers, in float64."""
        try:
            array = np.asarray(self[key])
        except ValueError:
            self.refuse(f"its rows must be equally long. Write, for instance, {example}", key)
        if array.ndim not in n_axes or array.dtype.kind not in "iuf" or not array.size:
            self.refuse(f"it must be numbers such as {example}, got {short(self[key])}.", key)
        array = array.astype(np.float64)
        if not np.isfinite(array).all():
            self.refuse("its numbers must be finite, got inf or nan.", key)
        return array


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


def read_text(path: Path, table: Table, key: str | None = None) -> str:
    """The text of a regular file of limited size; errors name the table and the key."""
    try:
        if not path.is_file():
            reason = "it is not a regular file" if path.exists() else "there is no such file"
            table.refuse(f"{reason}." if key is None else f"{reason}: {path}.", key)
        if (size := path.stat().st_size) > MAX_BYTES:
            table.refuse(f"{path} has {size} bytes; at most {MAX_BYTES} are read.", key)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        table.refuse(f"{path} cannot be read: {error.strerror}.", key)
    except UnicodeDecodeError:
        table.refuse(f"{path} is not text in UTF-8. Save it with that encoding.", key)


def offer(given: Any, known: Collection[str]) -> str:
    """The known names that are most similar, or else all of them."""
    close = difflib.get_close_matches(str(given), known, n=2)
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    return f"Use {', '.join(known)}."


def short(value: Any) -> str:
    """The value as text, shortened if it is long."""
    return reprlib.repr(value)
