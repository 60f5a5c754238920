"""The error of a formula that cannot be read, with a mark under the character."""

from __future__ import annotations

from typing import Any

# How much of a long line is shown before and after the character.
BEFORE, AFTER = 60, 40


class ExpressionError(ValueError):
    """A formula that cannot be read; the message points to the character.

    Attributes
    ----------
    reason : str
        What is wrong, in a sentence.
    text : str
        The formula.
    position : int
        The first character that cannot stay, counted from 0; ``len(text)`` if something is
        missing at the end.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason, self.text, self.position = reason, text, position
        line, column = _line_and_column(text, position)
        super().__init__(f"{reason}\n    {line}\n    {' ' * column}^")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.text, self.position)


def pointed(text: str, first: int, last: int) -> str:
    """The line of a place in a text, with carets under the place."""
    line, column = _line_and_column(text, first)
    end, shown = _line_and_column(text, min(last, _end_of_line(text, first)))
    length = shown - column if end == line else 1
    return f"    {line}\n    {' ' * column}{'^' * max(1, length)}"


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _line_and_column(text: str, position: int) -> tuple[str, int]:
    """The line of that position, or the middle of a long one, and where in it that is."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    first, last = max(start, position - BEFORE), min(end, position + AFTER)
    before, after = "..." * (first > start), "..." * (last < end)
    shown = before + _escaped(text[first:position])
    return shown + _escaped(text[position:last]) + after, len(shown)


def _escaped(text: str) -> str:
    """Tabs as blanks, and control characters spelled out, so that columns are columns."""
    return "".join(
        " " if c.isspace() else c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in text
    )
