"""A table of a file, with its place in the file for error messages."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Collection
from typing import Any, NoReturn

import numpy as np

ABOVE = ("layout", "mean_in", "sign", "rtol")  # which are about the whole file


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
            if key not in known and key in ABOVE:
                self.refuse("it stands above all tables, at the beginning of the file.", key)
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


def offer(given: Any, known: Collection[str]) -> str:
    """The known names that are most similar, or else all of them."""
    close = difflib.get_close_matches(str(given), known, n=2)
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    return f"Use {', '.join(known)}."


def short(value: Any) -> str:
    """The value as text, shortened if it is long."""
    return reprlib.repr(value)
