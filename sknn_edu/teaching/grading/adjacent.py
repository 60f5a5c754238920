"""Where an equation ends and the next begins, if nothing stands between them.

Text recognition joins lines like that: a fraction or a parameter at the end is the next left side.
"""

from __future__ import annotations

import re

from ...formulas.latex_tokens import Token

PART = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
FRACTION = re.compile(r"\\frac" + PART + PART)
SIZE = re.compile(r"_?[0-9a-z]\\times[0-9a-z]$")


def _text(tokens: tuple[Token, ...]) -> list[str]:
    return [token.text for token in tokens]


def derivatives(tokens: tuple[Token, ...]) -> list[tuple[str, str]]:
    """What stands above and below in each fraction, without the d below, and without shapes."""
    found = []
    text = "".join(_text(tokens))
    for match in FRACTION.finditer(text):
        above, below = (SIZE.sub("", match[k].replace("{", "").replace("}", "")) for k in (1, 2))
        found.append((above, re.sub(r"^(?:d|\\partial)", "", below)))
    return found


def last_fraction(tokens: tuple[Token, ...]) -> int | None:
    """Where a fraction begins that ends with the tokens."""
    depth, parts = 0, 0
    for i in range(len(tokens) - 1, -1, -1):
        if tokens[i].text == "}":
            depth += 1
        elif tokens[i].text == "{":
            depth -= 1
            if depth == 0:
                parts += 1
                if parts == 2:
                    return i - 1 if i and tokens[i - 1].text == r"\frac" else None
        elif depth == 0:
            return None
    return None


def last_symbol(tokens: tuple[Token, ...]) -> int | None:
    """Where a W or b begins that, with its indices, ends with the tokens."""
    for i in range(len(tokens) - 1, -1, -1):
        if tokens[i].kind == "letter" and tokens[i].text in ("W", "w", "b"):
            between = "".join(_text(tokens[i + 1 :]))
            simple = re.fullmatch(r"(?:[_^](?:\{[^{}]*\}|[0-9l]))*", between)
            return i if simple else None
    return None
