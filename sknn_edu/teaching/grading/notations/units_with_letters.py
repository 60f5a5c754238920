r"""Texts in which the index says the layer: \delta_k = (y_k - t_k) y_k (1 - y_k), w_{kj}, x_i.

Textbooks have an index for the units of each layer: k for the outputs, j (or h) for the hidden
units, i for the inputs. The equation of the outputs' error shows which is which, and what is called
the target there. Here such symbols get their layer: w_{kj} is w^{[2]}_{kj}.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LETTER = r"\\hat\{?\s*y\s*\}?|[A-Za-z]|net|in|out"
ERROR = (
    r"\\delta\s*_\s*\{?\s*([a-z])\s*\}?(?![A-Za-z^])\s*&?\s*(?:=|:=|\\leftarrow|\\gets)[^=$\n]*?"
)
OF_THE_UNIT = rf"({LETTER})\s*_\s*\{{?\s*\1\s*\}}?"
OUTPUTS = re.compile(rf"{ERROR}[(\[]?\s*{OF_THE_UNIT}\s*-\s*{OF_THE_UNIT}")
HIDDEN = re.compile(ERROR + r"\\sum(?:\\limits)?\s*_\s*\{?\s*([a-z])")
OF_UNITS = re.compile(
    rf"(?<![A-Za-z\\])(d?)({LETTER}|\\delta)\s*_\s*(?:\{{\s*([a-z])\s*\}}|([a-z]))(?![A-Za-z])"
)
WEIGHT = re.compile(
    r"(?<![A-Za-z\\])(d?[wW])\s*(?:\^\s*(?:\{?[(\[]?\d[)\]]?\}?)\s*)?_\s*\{\s*([a-z])\s*,?\s*([a-z])\s*\}"
    r"(?:\s*\^\s*\{?\s*[(\[]\d[)\]]\s*\}?)?"
)
INPUT = re.compile(r"(?<![A-Za-z\\])x\s*_\s*\{?\s*([a-z])\s*,?\s*([a-z])?\s*\}?")
CALLED = re.compile(
    r"(?:[fgh]|\\sigma|\\varphi|\\phi|\\tanh)\s*'?\s*(?:\\left)?\(\s*([A-Za-z]+)\s*_\s*\{?\s*[a-z]\s*\}?"
)
CHANGE = re.compile(r"\\Delta\s*([wW]\s*_\s*\{[^{}]*\})\s*&?\s*=([^=$\n]*)((?:=[^=$\n]*)*)")
TARGETS = ("t", "d", "y")  # the first of them that is in the difference


class Letters(NamedTuple):
    """What the letters of a text mean: indices of the outputs and hidden units, and symbols."""

    of_outputs: str
    of_hidden: str
    of_inputs: str
    target: str
    inside: frozenset[str]  # functions: what a unit gets


def with_layers_of_letters(text: str, n_layers: int) -> str:
    r"""The text with layers in brackets, if it has such indices; else as it is.

    Examples
    --------
    >>> text = r"$\delta_k = (y_k - t_k)$, $\delta_j = z_j (1 - z_j) \sum_k w_{kj} \delta_k$"
    >>> print(with_layers_of_letters(text, 2).replace(", ", "\n"))
    $\delta^{[2]}_{k} = (a^{[2]}_{k} - y_{k})$
    $\delta^{[1]}_{j} = a^{[1]}_{j} (1 - a^{[1]}_{j}) \sum_k w^{[2]}_{kj} \delta^{[2]}_{k}$
    """
    letters = _letters(text) if n_layers == 2 else None
    if letters is None:
        return text
    text = CHANGE.sub(as_step, text)
    text = WEIGHT.sub(lambda m: _weight(m, letters), text)
    text = INPUT.sub(lambda m: m[0] if m[2] is None else f"x_{{{m[2]}}}", text)
    return OF_UNITS.sub(lambda m: _unit(m, letters), text)


def _letters(text: str) -> Letters | None:
    """Which index is whose, from the two equations for delta; None if there are no such."""
    outputs, hidden = OUTPUTS.search(text), HIDDEN.search(text)
    if outputs is None or hidden is None or outputs[1] != hidden[2]:
        return None
    pair = outputs[2], outputs[3]
    target = next((letter for letter in TARGETS if letter in pair), None)
    if target is None:
        return None
    pairs = [{match[2], match[3]} for match in WEIGHT.finditer(text)]
    others = [pair - {hidden[1]} for pair in pairs if hidden[1] in pair and outputs[1] not in pair]
    inputs = next((min(other) for other in others if other), "")
    return Letters(outputs[1], hidden[1], inputs, target, frozenset(CALLED.findall(text)))


def as_step(match: re.Match[str]) -> str:
    """The change of a weight, in one or several forms, as its next value."""
    w, changes = match[1], [match[2], *match[3].split("=")[1:]]
    return f"{w} := " + " = ".join(f"{w} + {change}" for change in changes)


def _weight(match: re.Match[str], letters: Letters) -> str:
    indices = {match[2], match[3]}
    layer = 2 if letters.of_outputs in indices else 1 if letters.of_hidden in indices else 0
    if not layer:
        return match[0]
    return f"{match[1]}^{{[{layer}]}}_{{{match[2]}{match[3]}}}"


def _unit(match: re.Match[str], letters: Letters) -> str:
    """A symbol with its layer, if its index has one."""
    d, letter, index = match[1], match[2], match[3] or match[4]
    layer = {letters.of_outputs: 2, letters.of_hidden: 1}.get(index)
    if index == letters.of_inputs and letter in ("a", "o", "y", "z", "out"):
        return f"{d}x_{{{index}}}"
    if layer is None or letter in ("w", "W", "x", "E", "J", "L", "C"):
        return match[0]
    if letter == letters.target and layer == 2:
        return f"{d}y_{{{index}}}"
    return f"{d}{symbol_of(letter, letters.inside)}^{{[{layer}]}}_{{{index}}}"


def symbol_of(letter: str, inside: frozenset[str]) -> str:
    """The symbol for what a text calls so; ``inside`` are its letters for what a unit gets."""
    if letter in (r"\delta", "b"):
        return letter
    return "z" if letter in {*inside, "net", "in"} else "a"
