r"""The mathematics of a document: where it stands, and which equations are in it.

Markdown, LaTeX and plain text: $..$, $$..$$, \(..\), \[..\], equation, align, gather, array.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from unicodedata import normalize

from ...formulas.errors import ExpressionError
from ...formulas.latex_tokens import Token, tokenize

MAX_LENGTH = 10_000  # of one piece of mathematics
MAX_BOXES = 20  # braces around a whole equation
DELIMITERS = {"```math": "```", "$$": "$$", r"\[": r"\]", r"\(": r"\)", "$": "$"}
WRAPPERS = {"aligned", "align", "split", "gathered", "gather", "array", "equation", "eqnarray"}
WRAPPERS |= {"multline", "flalign", "alignat", "displaymath", "math", "alignedat", "subequations"}
OPENING = re.compile(
    r"```math|\$\$|(?<!\\)\$|\\\[|\\\(|\\begin\{((?:" + "|".join(sorted(WRAPPERS)) + r")\*?)\}"
)
PLAIN = re.compile(
    r"^[ \t>*-]*`?((?:dW|db|dZ|dA|dw|dz|da|delta|Z|A)\[?[0-9]{1,2}\]?|[Wb][0-9]{1,2}_next|loss"
    r"|d[JLCE]/d(?:[WwbZzAa]\[?[0-9]{0,2}\]?|y_?(?:hat|pred)))[ \t]*:?=[ \t]*"
    # An equals sign within is that of an argument, or of a comparison.
    r"((?:[^=`\n]|(?<=axis)=|(?<=axis )=|(?<=keepdims)=|(?<=keepdims )=|(?<=dim)=|(?<=[<>=])=)+)"
    r"`?[ \t]*$",
    re.MULTILINE,
)
QUOTIENT = re.compile(r"\bd[JLCE]/d([WwbZzAa])\[?([0-9]{0,2})\]?(?![A-Za-z_])")
OF_OUTPUT = re.compile(r"\bd[JLCE]/dy_?(?:hat|pred)\b")
IN_BRACKETS = re.compile(r"(?<=[A-Za-z])\[([0-9]{1,2})\]")


def in_our_language(text: str, n_layers: int) -> str:
    """A line such as ``dL/dz2 = ...`` as formulas have it; the only layer needs no number."""
    only = "1" if n_layers == 1 else ""
    text = OF_OUTPUT.sub(f"dA{n_layers}", text)
    text = QUOTIENT.sub(lambda m: f"d{m[1].upper().replace('B', 'b')}{m[2] or only}", text)
    text = re.sub(r"\bdz(?=[0-9])", "delta", IN_BRACKETS.sub(r"\1", text), flags=re.IGNORECASE)
    return text.replace("^", "**").replace("\u2212", "-")


def in_plain_letters(text: str) -> str:
    """The text with mathematical italics and the like as plain letters, each in its place."""
    text = "".join(normalize("NFKC", c) if "\U0001d400" <= c <= "\U0001d7ff" else c for c in text)
    return BULLET.sub(lambda m: rf"{m[1]}\odot ", text)


# A product entry by entry, as some texts have it; before another equation it marks an item.
BULLET = re.compile(r"([\w)}\]][ \t]*)\\bullet(?=[ \t]*[\\(\w])(?![^\n$]*=)")
IN_DOLLARS = re.compile(r"\\[()]|` ?")  # brackets, or quotation marks of code, within dollars
EQUALS, BECOMES = {"=", r"\equiv", r"\triangleq"}, {":=", r"\leftarrow", r"\gets"}
BREAKS = {"\\\\", ",", ";", r"\Rightarrow", r"\rightarrow", r"\implies", r"\therefore", r"\to"}
BREAKS |= {r"\because", r"\iff", r"\Leftrightarrow", r"\longrightarrow", r"\Longrightarrow"}
BREAKS |= {r"\newline", r"\forall", r"\cr", r"\par", r"\approx", r"\bullet", r"\in"}
ASIDE = {"if", "for", "when", "where", "since", "because", "as"}
OPEN, CLOSE = {"{", "(", "[", r"\{"}, {"}", ")", "]", r"\}"}


class Piece(NamedTuple):
    """A piece of mathematics, and where it begins in the document."""

    text: str
    start: int


@dataclass(frozen=True)
class Member:
    """What stands between two equality signs.

    Attributes
    ----------
    tokens : tuple of Token
    becomes : bool
        Whether the sign behind it is that of an assignment.
    """

    tokens: tuple[Token, ...]
    becomes: bool = False


@dataclass(frozen=True)
class Chain:
    """a = b = c; one that begins with = goes on from the chain before."""

    piece: Piece
    members: tuple[Member, ...]

    def text(self, member: Member) -> str:
        """The source of a member."""
        return self.piece.text[member.tokens[0].start : member.tokens[-1].end]


def pieces(text: str) -> Iterator[Piece]:
    """All pieces of mathematics, in order."""
    position = 0
    unclosed: set[str] = set()  # what is not closed further on is not looked for again
    while match := OPENING.search(text, position):
        opening = match.group()
        closing = DELIMITERS.get(opening) or rf"\end{{{match[1]}}}"
        end = -1 if closing in unclosed else text.find(closing, match.end())
        if end < 0:
            unclosed.add(closing)
        too_long = end - match.end() > MAX_LENGTH
        blank_line = opening == "$" and "\n\n" in text[match.end() : min(end, match.end() + 4000)]
        if end < 0 or too_long or blank_line:
            position = match.end()
            continue
        yield Piece(IN_DOLLARS.sub("  ", text[match.end() : end]), match.end())
        position = end + len(closing)


def chains(piece: Piece) -> Iterator[Chain]:
    """The chains of equalities in a piece of mathematics, each row for itself."""
    try:
        tokens = _without_brace(tokenize(piece.text)[:-1])
    except ExpressionError:
        return
    for row in _rows(tokens):
        members = _members(_unboxed(row))
        if len(members) > 1:
            yield Chain(piece, tuple(members))


def _without_brace(tokens: list[Token]) -> list[Token]:
    """The rows of a system of equations, which a brace joins, as if it were not there."""
    opening, closing = ("".join(token.text for token in part) for part in (tokens[:8], tokens[-8:]))
    is_system = (opening, closing) == (r"\begin{cases}", r"\end{cases}")
    return tokens[8:-8] if is_system else tokens


def _rows(tokens: list[Token]) -> Iterator[list[Token]]:
    """Statements: rows of an environment, and what is separated by commas, arrows and words."""
    row: list[Token] = []
    depth = i = environments = 0
    while i < len(tokens):
        token = tokens[i]
        if token.text in (r"\begin", r"\end"):
            closing = next((k for k in range(i, len(tokens)) if tokens[k].text == "}"), i)
            name = "".join(t.text for t in tokens[i + 2 : closing]).rstrip("*")
            if name in WRAPPERS:
                yield row
                row, depth = [], 0
                i = closing + 1
                if name == "array" and i < len(tokens) and tokens[i].text == "{":
                    i = next((k for k in range(i, len(tokens)) if tokens[k].text == "}"), i) + 1
                continue
            environments += 1 if token.text == r"\begin" else -1
            row += tokens[i : closing + 1]
            i = closing + 1
            continue
        aside = token.text in ("[", "(") and i + 1 < len(tokens) and _is_aside(tokens[i + 1])
        depth += (token.text in OPEN) - (token.text in CLOSE)
        inside = environments > 0 or depth > (token.text in OPEN)
        if not inside and (token.text in BREAKS or aside or _is_remark(tokens, i)):
            yield row
            row, depth = [], 0
        elif token.text != "&" or environments > 0:
            row.append(token)
        i += 1
    yield row


def _is_aside(token: Token) -> bool:
    first = token.text.split(" ")[0].lower() if token.kind == "word" else ""
    return token.text == r"\because" or " " in token.text or first in ASIDE


def _is_remark(tokens: list[Token], i: int) -> bool:
    """Whether a word is no function and no name of the loss: the text around an equation."""
    token = tokens[i]
    if token.kind == "other":
        return True
    if token.kind != "word":
        return False
    following = tokens[i + 1].text if i + 1 < len(tokens) else ""
    if following in ("(", "[", "'", "^", "_", r"\{"):
        return " " in token.text
    plain = token.text.lower()
    named = plain.startswith(("loss", "cost", "error", "mse", "dw", "db", "dz", "da"))
    return not named and (" " in plain or len(plain) > 3 or plain in ("so", "and", "for", "if"))


def _unboxed(row: list[Token]) -> list[Token]:
    """What stands in braces around everything."""
    for _ in range(MAX_BOXES):
        if len(row) < 2 or row[0].text != "{" or row[-1].text != "}":
            break
        depth = 0
        for i, token in enumerate(row):
            depth += (token.text == "{") - (token.text == "}")
            if depth == 0 and i < len(row) - 1:
                return row
        row = row[1:-1]
    return row


def _members(row: list[Token]) -> list[Member]:
    """What stands between the equality signs."""
    members = [Member(())]
    depth = environments = 0
    for token in row:
        depth += (token.text in OPEN) - (token.text in CLOSE)
        environments += (token.text == r"\begin") - (token.text == r"\end")
        if depth <= 0 and environments <= 0 and token.text in EQUALS | BECOMES:
            members[-1] = replace(members[-1], becomes=token.text in BECOMES)
            members.append(Member(()))
        else:
            members[-1] = replace(members[-1], tokens=(*members[-1].tokens, token))
    while len(members) > 1 and not members[-1].tokens:
        members.pop()
    return members


def line_of(text: str, position: int) -> int:
    """The number of the line, from 1."""
    return text.count("\n", 0, position) + 1
