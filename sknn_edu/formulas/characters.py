"""The first check of a text, for characters and signs that no formula has.

Python's parser sees a text only after this. So there are no comments, statements or letters of
other alphabets in it, and no strings but those of einsum; brackets are in balance and not too deep,
and each character stands where it stood.
"""

from __future__ import annotations

import re
from keyword import iskeyword

from . import advice
from .errors import ExpressionError

TOKEN = re.compile(
    r"""
    (?P<blank>    \s+ )
  | (?P<number>   (?: [0-9]+ \.? [0-9]* | \. [0-9]+ ) (?: [eE] [+-]? [0-9]+ )? )
  | (?P<name>     [A-Za-z_] [A-Za-z_0-9]* )
  | (?P<text>     '[A-Za-z,> -]*' | "[A-Za-z,> -]*" )
  | (?P<opening>  \( )
  | (?P<subscript> \[ )
  | (?P<closing>  [)\]] )
  | (?P<sign>     [<>=!]= | [-+*/@.,:=<>] )
    """,
    re.VERBOSE,
)
# The one text that a formula may have: which axes meet in a product.
SUBSCRIPTS_BEGIN = re.compile(r"einsum\s*\(\s*\Z")
VALUE_ENDS, VALUE_BEGINS = ("number", "name", "closing"), ("number", "name", "opening")
OPENINGS = ("opening", "subscript")
CLOSED_BY = {"(": ")", "[": "]"}
OPTIONS = ("True", "False", "None")


def in_one_line(text: str, max_depth: int) -> str:
    """The text with each blank, tab and line break as a blank, as long as it was.

    Raises
    ------
    ExpressionError
        If there is something in it that no formula has.
    """
    line: list[str] = []
    open_at: list[int] = []  # where brackets stand that are not closed yet
    before = ""  # the kind of the token before
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(advice.on_character(text, position), text, position)
        kind, token = str(match.lastgroup), match.group()
        if kind == "text" and not SUBSCRIPTS_BEGIN.search(text, 0, position):
            raise ExpressionError(advice.on_character(text, position), text, position)
        innermost = text[open_at[-1]] if open_at else ""
        reason = _refusal(kind, token, before, innermost)
        if kind in OPENINGS and len(open_at) == max_depth:
            reason = reason or f"Parentheses are nested too deeply (> {max_depth})."
        if reason:
            raise ExpressionError(reason, text, position)
        if kind in OPENINGS:
            open_at.append(position)
        elif kind == "closing":
            open_at.pop()
        line.append(" " * len(token) if kind == "blank" else token)
        before = before if kind == "blank" else kind
        position = match.end()
    if open_at:
        what = "parenthesis" if text[open_at[-1]] == "(" else "bracket"
        raise ExpressionError(f"This {what} is never closed.", text, open_at[-1])
    return "".join(line)


def _refusal(kind: str, token: str, before: str, innermost: str) -> str | None:
    """Why this token cannot stand here, or None if it may."""
    if kind == "name" and iskeyword(token) and token not in OPTIONS:
        return advice.on_keyword(token)
    if before in VALUE_ENDS and kind in VALUE_BEGINS and (before, kind) != ("name", "opening"):
        return f"An operator is missing here. {advice.TIMES}"
    if kind == "subscript" and before not in ("name", "closing"):
        return "A formula has no lists. Parentheses are round."
    if kind == "closing" and CLOSED_BY.get(innermost) != token:
        what = {"": "There is no opening parenthesis for this one."}
        return what.get(innermost, f"The bracket {innermost!r} is closed by {token!r}.")
    if token == ":" and innermost != "[":
        return advice.on_character(token, 0)
    if token == "=" and not innermost:
        return "Write only what stands to the right of =."
    return None
