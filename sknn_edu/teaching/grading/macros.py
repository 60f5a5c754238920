r"""Abbreviations of a LaTeX document, such as \newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}.

They are written out. Lines stay where they are, so that the numbers of lines are those of the
document.
"""

from __future__ import annotations

import re

DEFINITION = re.compile(
    r"\\(?:re|provide)?newcommand\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?:\[([1-9])\])?\s*(?=\{)"
    r"|\\def\s*(\\[A-Za-z]+)\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?=\{)"
)
MAX_MACROS, MAX_BODY, MAX_PASSES = 100, 500, 4


def written_out(text: str, most: int) -> str:
    """The document with its abbreviations written out; as it is if that is longer than ``most``."""
    macros: dict[str, tuple[int, str]] = {}
    pieces, position = [], 0
    for match in DEFINITION.finditer(text):
        name = match[1] or match[3] or match[4]
        body = _group(text, match.end())
        if match.start() < position or body is None or len(macros) == MAX_MACROS:
            continue
        content = rf"\operatorname{{{body}}}" if match[4] else body
        if rf"{name}" not in re.findall(r"\\[A-Za-z]+", content):
            macros[name] = int(match[2] or 0), " ".join(content.split())
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


def _expanded(text: str, macros: dict[str, tuple[int, str]], most: int) -> str:
    """Each abbreviation replaced, once."""
    names = "|".join(re.escape(name) for name in macros)
    pieces: list[str] = []
    position = length = 0
    for match in re.finditer(rf"({names})(?![A-Za-z])", text):
        if match.start() < position or length > most:
            continue
        n, body = macros[match[1]]
        end, arguments = match.end(), []
        for _ in range(n):
            argument = _group(text, end)
            if argument is None:
                break
            arguments.append(argument)
            end += len(argument) + 2
        if len(arguments) < n:
            continue
        whole = re.sub(r"#([1-9])", lambda m: _argument(arguments, m[1]), body)  # noqa: B023
        pieces += [text[position : match.start()], f"{whole} " if n == 0 else whole]
        length += len(pieces[-1]) + len(pieces[-2])
        position = end
    return "".join([*pieces, text[position:]])


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
