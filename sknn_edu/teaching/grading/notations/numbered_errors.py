r"""Texts that number their deltas in the order in which they need them: \delta_1 = dJ/dz_2.

Then the number of a delta is not that of its layer. Each is written as the derivative that it is.
"""

from __future__ import annotations

import re

from .parameters import BOLD

INDEX = r"(?:_\s*(?:\{\s*([0-9])\s*\}|([0-9]))|\^\s*\{?\s*[(\[]\s*([0-9])\s*[)\]]\s*\}?)"
INNER = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*"
DEFINED = re.compile(
    rf"\\delta\s*{INDEX}\s*&?\s*=\s*&?\s*"
    rf"(\\frac\s*\{{\s*\\partial\s*[A-Z]+\s*\}}\s*\{{\s*\\partial\s*({INNER})\}})"
)
OF_LAYER = re.compile(rf"\s*(?:{BOLD})?\s*[zZsv]\s*\}}?\s*{INDEX}\s*")
DELTA = re.compile(rf"\\delta\s*{INDEX}")


def with_derivatives(text: str) -> str:
    r"""The text with derivatives for such deltas; as it is if each has the number of its layer.

    Examples
    --------
    >>> text = r"$\delta_1 = \frac{\partial J}{\partial z_2} = a_2 - y$, $dW_2 = h^T \delta_1$"
    >>> print(with_derivatives(text))
    $\frac{\partial J}{\partial z_2} = a_2 - y$, $dW_2 = h^T \frac{\partial J}{\partial z_2}$
    """
    derivatives = {_number(m): m[4] for m in DEFINED.finditer(text)}
    layers = {_number(m): OF_LAYER.fullmatch(m[5]) for m in DEFINED.finditer(text)}
    if all(layer and _number(layer) == number for number, layer in layers.items()):
        return text
    text = DEFINED.sub(lambda m: m[4], text)
    return DELTA.sub(lambda m: derivatives.get(_number(m), m[0]), text)


def _number(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3]
