"""Lines of plain text that are equations: in our own language, or in unicode as people type it.

``dW2 = A1.T @ delta2``, and ``δ₂ = (a₂ − y) ⊙ σ′(z₂)``, which is read as LaTeX.
"""

# ruff: noqa: RUF002 - characters that look like others are what this is about

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...formulas import ExpressionError, parse
from ...formulas.aliases import name_of
from ...formulas.plain_text import as_latex, looks_like_plain_mathematics
from ...formulas.quantity import Quantity
from .mathematics import OPENING, PLAIN, Piece, chains, in_our_language
from .statements import Known, Reading, Statement, Statements

MAX_LENGTH = 300  # of a line that is an equation
BEGINNING = re.compile(
    r"[ \t]*(?:(?:[-*>•|→⇒]|\d{1,2}[.)])[ \t]+)*(?:[^=←:]{3,60}:[ \t]+(?=.*[=←]))?"
)
APART = re.compile(r"[ \t]{2,}(?=\S[^=←]{0,30}[=←])")  # two equations in a line
WORD = r"[(\[]?(?!sigmoid|tanh|softmax|ReLU|relu|log)[A-Za-z]{4,}[ ,.)]"
REMARK = re.compile(rf"[ \t]+(?:[#↓↑→⇒|—]|//|{WORD}).*$")
BOLD = re.compile(r"\*\*((?:[^*]|\*(?!\*))+)\*\*")
SIGN = re.compile(r"[=←]")


def plain_statements(text: str, known: Known) -> Iterator[Statement]:
    """All such lines."""
    taken: set[int] = set()
    for match in PLAIN.finditer(text):
        statement = _in_our_language(match, known)
        if statement.readings or not looks_like_plain_mathematics(match.group()):
            taken.add(text.rfind("\n", 0, match.start(2)) + 1)
            yield statement
    yield from _in_unicode(text, known, taken)


def _in_our_language(match: re.Match[str], known: Known) -> Statement:
    source = match.group().strip(" \t>*-`")
    left, right = (in_our_language(match[i], known.depth) for i in (1, 2))
    target = name_of(left, known.names) or left
    statement = Statement(source, match.start(2), str(Quantity.of(target)))
    target = statement.quantity
    try:
        formula = parse(right.strip(), known.names, known.functions)
    except ExpressionError as error:
        return replace(statement, reason=error.reason.rstrip("."))
    return replace(statement, readings=(Reading(target, formula),))


def _in_unicode(text: str, known: Known, taken: set[int]) -> Iterator[Statement]:
    """Those with signs of mathematics; not what can be read as something else or not at all."""
    reader = Statements(known)
    start = 0
    for line in text.splitlines(keepends=True):
        here, start = start, start + len(line)
        is_equation = SIGN.search(line) is not None and len(line) <= MAX_LENGTH
        if not is_equation or here in taken or OPENING.search(line) or "\\" in line:
            continue
        if not looks_like_plain_mathematics(line):
            continue
        for part in APART.split(BOLD.sub(r"\1", line.rstrip().replace("`", ""))):
            equation = REMARK.sub("", BEGINNING.sub("", part, count=1))
            if SIGN.search(equation) is None:
                continue
            for chain in chains(Piece(as_latex(equation), here)):
                for statement in reader.of(chain):
                    if statement.readings:
                        yield replace(statement, source=equation.strip(), position=here)
