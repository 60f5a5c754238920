r"""Abbreviations of a LaTeX document, such as \newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}.

They are written out. Lines stay where they are, so that the numbers of lines are those of the
document.
"""

from __future__ import annotations

import re
from typing import NamedTuple

DEFINITION = re.compile(
    r"\\(?:re|provide)?newcommand\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?:\[([1-9])\])?\s*(?=\{)"
    r"|\\def\s*(\\[A-Za-z]+)\s*((?:\#[1-9])*|\[(?:\#[1-9],?)*\])\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?=\{)"
)
SINGLE = re.compile(r"\\[A-Za-z]+|[^\s\\{}]")
IN_BRACKETS = re.compile(r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\]){0,100})\]")
MAX_MACROS, MAX_BODY, MAX_PASSES = 100, 500, 4


class Macro(NamedTuple):
    r"""An abbreviation; its arguments may stand in brackets, as in \pd[x]."""

    n_arguments: int
    body: str
    has_brackets: bool


def written_out(text: str, most: int) -> str:
    """The document with its abbreviations written out; as it is if that is longer than ``most``."""
    macros: dict[str, Macro] = {}
    pieces, position = [], 0
    for match in DEFINITION.finditer(text):
        name = match[1] or match[3] or match[5]
        body = _group(text, match.end())
        if match.start() < position or body is None or len(macros) == MAX_MACROS:
            continue
        content = rf"\operatorname{{{body}}}" if match[5] else body
        if rf"{name}" not in re.findall(r"\\[A-Za-z]+", content):
            parameters = match[4] or ""
            n = int(match[2] or parameters.count("#"))
            macros[name] = Macro(n, " ".join(content.split()), parameters.startswith("["))
            end = match.end() + len(body) + 2
            pieces += [text[position : match.start()], "\n" * text.count("\n", match.start(), end)]
            position = end
    if not macros:
        return text
    expanded = "".join([*pieces, text[position:]])
    for _ in range(MAX_PASSES):
        before, expanded = expanded, _expanded(expanded, macros, most)
        if expanded == before:
            break
        if len(expanded) > most:
            return text
    return expanded


def _expanded(text: str, macros: dict[str, Macro], most: int) -> str:
    """Each abbreviation replaced, once."""
    names = "|".join(re.escape(name) for name in macros)
    pieces: list[str] = []
    position = length = 0
    for match in re.finditer(rf"({names})(?![A-Za-z])", text):
        if match.start() < position or length > most:
            continue
        macro = macros[match[1]]
        arguments, end = _arguments(text, match.end(), macro)
        if len(arguments) < macro.n_arguments:
            continue
        whole = re.sub(r"#([1-9])", lambda m: _argument(arguments, m[1]), macro.body)  # noqa: B023
        pieces += [text[position : match.start()], whole if arguments else f"{whole} "]
        length += len(pieces[-1]) + len(pieces[-2])
        position = end
    return "".join([*pieces, text[position:]])


def _arguments(text: str, start: int, macro: Macro) -> tuple[list[str], int]:
    """The arguments that stand there, in braces, in brackets or alone, and where they end."""
    if macro.has_brackets:
        match = IN_BRACKETS.match(text, start)
        return ([], start) if match is None else (match[1].split(","), match.end())
    found: list[str] = []
    while len(found) < macro.n_arguments:
        while text[start : start + 1] in (" ", "\t"):
            start += 1
        argument, single = _group(text, start), SINGLE.match(text, start)
        if argument is None and single is None:
            break
        found.append(single[0] if argument is None and single else str(argument))
        start += len(found[-1]) + 2 * (argument is not None)
    return found, start


def _argument(arguments: list[str], number: str) -> str:
    return arguments[int(number) - 1] if int(number) <= len(arguments) else ""


def _group(text: str, start: int) -> str | None:
    """What stands in the braces that open there; None if they are not closed soon."""
    if start >= len(text) or text[start] != "{":
        return None
    depth = 0
    for i in range(start, min(len(text), start + MAX_BODY)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return text[start + 1 : i]
    return None
