r"""Texts where g is what a layer got from the next one: g \leftarrow \nabla_a J = g \odot f'(a).

So does algorithm 6.4 of Goodfellow, Bengio and Courville (2016), Deep Learning, a loop over layers.
Here each g on the right is written as what it holds there.
"""

from __future__ import annotations

import re

from .parameters import BOLD

PLACE = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|[A-Za-z]"
NABLA = rf"\\nabla\s*_\s*({PLACE})\s*([A-Z])(?![A-Za-z])"
LETTER = rf"(?:{BOLD}\s*g\s*\}}|(?<![A-Za-z\\])g(?![A-Za-z_'(]))"
ASSIGNED = re.compile(rf"{LETTER}\s*&?\s*(?:\\leftarrow|\\gets|:=|=)\s*&?\s*{NABLA}")
HELD = re.compile(rf"{ASSIGNED.pattern}(?P<right>[^$\n]*)|{LETTER}")
BEFORE = re.compile(r"(?<=[({])\s*([a-z])\s*-\s*1\s*(?=[)}])")
OUTPUT = re.compile(
    r"(\\hat\s*\{?[^=$\n]{1,14}=[^=$\n]*?\^\s*\{?\s*\(?\s*)l(?=\s*\)?\s*\}?\s*[$,.\n\\])"
)


def with_what_it_holds(text: str) -> str:
    r"""The text without such a letter, if it has one; else as it is.

    Examples
    --------
    >>> text = r'''$g \leftarrow \nabla_{\hat{y}} J$
    ... $g \leftarrow \nabla_{a^{(k)}} J = g \odot f'(a^{(k)})$
    ... $\nabla_{W^{(k)}} J = g h^{(k-1)T}$
    ... $g \leftarrow \nabla_{h^{(k-1)}} J = W^{(k)T} g$'''
    >>> print(with_what_it_holds(text))
    $g \leftarrow \nabla_{\hat{y}} J$
    $\nabla_{a^{(k)}} J = \nabla_{h^{(k)}} J \odot f'(a^{(k)})$
    $\nabla_{W^{(k)}} J = \nabla_{a^{(k)}} J h^{(k-1)T}$
    $\nabla_{h^{(k-1)}} J = W^{(k)T} \nabla_{a^{(k)}} J$
    """
    assigned = list(ASSIGNED.finditer(text))
    if not assigned or not BEFORE.search(assigned[-1][1]):
        return text
    around = BEFORE.sub(r"\1", assigned[-1][1])  # as the loop goes round
    holds = rf"\nabla_{around} {assigned[-1][2]}"

    def written(match: re.Match[str]) -> str:
        nonlocal holds
        if match[1] is None:
            return holds
        right = match["right"]
        if not right.strip().startswith("="):
            return match[0]
        right = re.sub(LETTER, lambda _: holds, right)
        holds = rf"\nabla_{match[1]} {match[2]}"
        return holds + right

    return OUTPUT.sub(r"\1L", HELD.sub(written, text))  # the depth is l there
