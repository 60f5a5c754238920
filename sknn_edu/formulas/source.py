"""The text of a formula, and where in it the nodes of Python's syntax tree stand."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from .errors import ExpressionError


class Source(NamedTuple):
    """A text, the same in one line, and how many characters Python's parser has not seen."""

    text: str
    line: str
    indent: int

    def start(self, node: Any) -> int:
        """Where a node begins."""
        return self.indent + node.col_offset

    def end(self, node: Any) -> int:
        """One after its last character."""
        return self.indent + node.end_col_offset

    def after(self, node: Any) -> int:
        """Where something follows the node and the parentheses around it."""
        rest = self.line[self.end(node) :]
        return self.end(node) + len(rest) - len(rest.lstrip(" )"))

    def span(self, node: Any) -> tuple[int, int]:
        """Its first character, and one after its last."""
        return self.start(node), self.end(node)

    def refuse(self, reason: str | None, node: Any, position: int | None = None) -> NoReturn:
        """Raise, and point to the node, or to a position."""
        position = self.start(node) if position is None else position
        raise ExpressionError(reason or "This cannot stand in a formula.", self.text, position)
