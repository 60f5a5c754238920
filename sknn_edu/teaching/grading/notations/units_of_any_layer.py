r"""Texts with one letter for a unit of any layer: \delta_j is by cases, w_{ij}, o_i, net_j.

Rumelhart, Hinton and Williams (1986) and many after them give the error of unit j twice, if it is
an output unit and if it is a hidden one, and the derivative by w_{ij} once for both. Here the
symbols of each equation get the layer that it says: with a target, that is the last one; with a sum
of errors, these are one layer further; otherwise it is any layer, l.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .spellings_of_units import INDEX, plain
from .units_with_letters import (
    CALLED,
    CHANGE,
    ERROR,
    HIDDEN,
    LETTER,
    OF_UNITS,
    TARGETS,
    WEIGHT,
    as_step,
    symbol_of,
)

BETWEEN = re.compile(
    r"(\$\$?|\\\\|\\\[|\\\]|\\\(|\\\)|\\begin\{[a-z*]+\}|\\end\{[a-z*]+\}|\n\s*\n|;|(?<!\\),\s(?!\s*[a-z]\s*\})|\\q?quad)"
)
DIFFERENCE = re.compile(rf"({LETTER}){INDEX}\s*-\s*({LETTER}){INDEX}")
EXPONENT = re.compile(rf"(?:e\s*\^\s*\{{\s*-|\\exp\s*(?:\\left)?\(\s*-)\s*([a-z]+){INDEX}")
ERROR_OF_OUTPUT = re.compile(ERROR + DIFFERENCE.pattern)
LOSS_BY = r"\\partial\s*E\s*\}\s*\{\s*\\partial\s*"
BY_WEIGHT = re.compile(
    r"\{\s*\\partial\s*w\s*_\s*\{\s*[a-z]\s*,?\s*[a-z]\s*\}\s*\}\s*&?=[^$]{0,400}"
)
SUM = re.compile(r"\\sum(?:\\limits)?\s*_\s*(?:\{\s*([a-z])\b[^{}]*\}|([a-z]))")
# The sum over the inputs of a unit and the constant 1, whose weight is the bias.
FROM_ZERO = re.compile(
    r"\\sum\s*_\s*\{\s*([a-z])\s*=\s*0\s*\}(?:\s*\^\s*(?:\{[^{}]*\}|\w))?"
    r"([^=+]*?w\^\{\[l\]\}_\{(?:\1(\w)|(\w)\1)\}\s*(?:x|a\^\{\[l-1\]\})_\{\1\})"
)
UPWARDS = ("L-1", "L", "l-1", "l", "l+1")
NO_UNITS = ("e", "w", "W", "E", "J", "L", "C")


def with_layers_of_equations(text: str) -> str:
    r"""The text with layers in brackets, if a letter is a unit of any layer; else as it is.

    Examples
    --------
    >>> text = r'''$$\delta_j = \begin{cases}
    ... (o_j - t_j) o_j (1 - o_j) & \text{if } j \text{ is an output unit} \\
    ... o_j (1 - o_j) \sum_k w_{jk} \delta_k & \text{if it is hidden} \end{cases}$$
    ... $\frac{\partial E}{\partial w_{ij}} = o_i \delta_j$'''
    >>> print(with_layers_of_equations(text))
    $$\delta^{[L]}_{j} = (a^{[L]}_{j} - y_{j}) a^{[L]}_{j} (1 - a^{[L]}_{j}) \\
    \delta^{[l]}_{j} = a^{[l]}_{j} (1 - a^{[l]}_{j}) \sum_k w^{[l+1]}_{jk} \delta^{[l+1]}_{k}$$
    $\frac{\partial E}{\partial w^{[l]}_{ij}} = a^{[l-1]}_{i} \delta^{[l]}_{j}$
    """
    written = plain(text)
    inside = {*CALLED.findall(written), *(m[1] for m in EXPONENT.finditer(written)), "net", "in"}
    letters = _letters(written, frozenset(inside))
    if letters is None:
        return text
    parts = BETWEEN.split(written)
    parts[::2] = [_with_layers(part, letters) for part in parts[::2]]
    return "".join(parts)


class _Letters(NamedTuple):
    """What the letters of a text mean: its target; functions of what a unit gets; its errors."""

    target: str
    inside: frozenset[str]
    error: re.Pattern[str]


def _letters(text: str, inside: frozenset[str]) -> _Letters | None:
    """They are None if the text has another notation."""
    error = re.compile(rf"\\delta{INDEX}|{LOSS_BY}(?:{'|'.join(sorted(inside))}){INDEX}")
    outputs, hidden = ERROR_OF_OUTPUT.search(text), HIDDEN.search(text)
    if outputs and hidden and outputs[1] != hidden[2]:
        pair = {outputs[2], outputs[5]}
    elif any(error.search(match[0]) for match in BY_WEIGHT.finditer(text)):
        differences = DIFFERENCE.finditer(text)
        pair = next(({m[1], m[4]} for m in differences if {m[1], m[4]} & {"t", "d"}), set())
    else:
        return None
    target = next((letter for letter in TARGETS if letter in pair), None)
    return _Letters(target, inside, error) if target else None


def _with_layers(equation: str, letters: _Letters) -> str:
    """An equation with the layers of its units."""
    layers = _layers(equation, letters)
    if not layers:
        return equation

    def weight(match: re.Match[str]) -> str:
        i, j = match[2], match[3]
        if not layers.keys() >= {i, j}:
            return match[0]
        layer = max(layers[i], layers[j], key=UPWARDS.index)
        return f"{match[1]}^{{[{layer}]}}_{{{i}{j}}}"

    def unit(match: re.Match[str]) -> str:
        d, letter, index = match[1], match[2], match[3] or match[4]
        if index not in layers or letter in NO_UNITS:
            return match[0]
        if letter == letters.target:
            return f"{d}y_{{{index}}}"
        return f"{d}{symbol_of(letter, letters.inside)}^{{[{layers[index]}]}}_{{{index}}}"

    equation = OF_UNITS.sub(unit, WEIGHT.sub(weight, CHANGE.sub(as_step, equation)))
    return FROM_ZERO.sub(r"\\sum_\1 \2 + b^{[l]}_{\3\4}", equation)


def _layers(equation: str, letters: _Letters) -> dict[str, str]:
    """The layer of each index in an equation; none if it does not say any."""
    units = [(m[2], m[3] or m[4]) for m in OF_UNITS.finditer(equation)]
    pairs = [{m[2], m[3]} for m in WEIGHT.finditer(equation)]
    indices = {index for _, index in units}.union(*pairs)
    errors = {next(filter(None, m.groups())) for m in letters.error.finditer(equation)}
    targets = {
        m[2] or m[3] for m in DIFFERENCE.finditer(equation) if letters.target in (m[1], m[4])
    }
    further = errors & {m[1] or m[2] for m in SUM.finditer(equation)} - targets
    joined = set().union(*(pair for pair in pairs if pair & further))
    gets = {index for letter, index in units if letter in letters.inside}
    here = targets or (joined - further) or (errors - further) or gets
    if len(here) != 1:
        return {}
    this, before = ("L", "L-1") if targets else ("l", "l-1")
    return (
        dict.fromkeys(indices, before) | dict.fromkeys(further, "l+1") | dict.fromkeys(here, this)
    )
