r"""Letters with their indices, to names: ``W^{[2]T}`` is W2, transposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .errors import ExpressionError
from .latex_raw import AnyLayer
from .latex_tokens import Token
from .notation import SAMPLES, Notation

TRANSPOSED = {"T", r"\top", r"\mathsf{T}", r"\dagger", "tr", "t"}
ENTRYWISE = {r"\odot", r"\circ"}
MARKS = {"new", "old", "o", "+", "*", "next", "(t+1)", "(t)", "(k+1)", "(k)", "t+1", "t", "k+1"}
OUT, HIDDEN = {"out", "o", "output"}, {"h", "hid", "hidden"}
SHAPE = re.compile(r"[A-Za-z0-9\[\]^_{}]+\\times[A-Za-z0-9\[\]^_{}]+|\|x\||1x1")


@dataclass
class Scripts:
    """What stands above and below a symbol.

    Attributes
    ----------
    layer : str
        As it is written, ``"2"`` or ``"l-1"``; empty if there is none.
    power : str
        A number that can only be an exponent, or nothing.
    number : str
        A number above that is a layer or an exponent.
    below : str
    indices : list of str
    """

    layer: str = ""
    power: str = ""
    number: str = ""
    below: str = ""
    is_transposed: bool = False
    primes: int = 0
    indices: list[str] = field(default_factory=list)
    mark: str = ""
    at: int = 0


def read_scripts(above: Sequence[list[Token]], below: Sequence[list[Token]]) -> Scripts | None:
    """The meaning of superscripts and subscripts; None if the former are a formula."""
    scripts = Scripts()
    for group in above:
        if group and not _read_above(scripts, group):
            return None
    for group in below:
        _read_below(scripts, group)
    return scripts


def _read_above(scripts: Scripts, group: list[Token]) -> bool:
    text = "".join(token.text for token in group)
    scripts.at = group[0].start
    while text:
        text = text.lstrip("^{}") if scripts.layer or scripts.number else text
        if not text:
            break
        if match := re.match(r"\[([^\[\]]*)\]", text):
            scripts.layer = match[1]
        elif match := re.match(r"\(([^()]*)\)", text):
            if scripts.layer or match[1] in SAMPLES:
                scripts.indices.append(match[1])
            elif match[1] in ("t+1", "t", "k+1", "i+1"):
                scripts.mark = match[1]
            else:
                scripts.layer = match[1]
        elif match := re.match(r"\\top|\\mathsf\{T\}|\\dagger|T$|T(?=[^a-z])|tr$", text):
            scripts.is_transposed = not scripts.is_transposed
        elif match := re.match(r"'+", text):
            scripts.primes += len(match[0])
        elif match := re.match(r"(?:\\odot|\\circ)([0-9.]+)$", text):
            scripts.power = match[1]
        elif match := re.match(r"([0-9]+)(?=T|\\top|'|\(|$)", text):
            scripts.number = match[1]
        elif match := re.match(r"([lLkK](?:[+-][0-9])?)(?=T|\\top|'|\(|$)", text):
            scripts.layer = match[1]
        elif text in MARKS:
            scripts.mark, text = text, ""
            break
        else:
            return False
        text = text[match.end() :]
    return True


def _read_below(scripts: Scripts, group: list[Token]) -> None:
    text = "".join(token.text for token in group)
    scripts.at = scripts.at or (group[0].start if group else 0)
    if SHAPE.fullmatch(text):
        return
    text = re.sub(r"[0-9]+\\times[0-9a-z]+$", "", text)  # behind an index, as OCR has it
    scripts.below = text


def layer_number(
    written: str, notation: Notation, text: str, at: int, *, shifted: bool = False
) -> int:
    """The number of a layer from ``"2"``, ``"l-1"``, ``"L"``; ``shifted``: it counts the input."""
    if written.isdigit():
        return int(written[:4])
    if (named := named_layer(written, notation)) is not None:
        return named + (notation.input_layer if shifted else 0)
    match = re.fullmatch(r"(n_l|[A-Za-z]|\\ell)(?:([+-])([0-9]{1,2}))?", written)
    if match is None:
        raise ExpressionError(f"{written!r} is no number of a layer.", text, at)
    letter = match[1].replace("\\ell", "l")
    if letter in ("L", "n_l") and letter in notation.layers:
        return notation.layers[letter] + (notation.input_layer if shifted else 0) + _step(match)
    if letter not in notation.layers:
        reason = f"{letter!r} stands for any layer here: write the formula of one, as in W^{{[2]}}."
        error = AnyLayer(reason, text, at)
        error.letter = letter
        raise error
    return notation.layers[letter] + _step(match)


def named_layer(written: str, notation: Notation) -> int | None:
    """The number of a layer that is called in, h or out; h is the hidden one of two layers."""
    L = notation.layers.get("L")
    if L is None or written in notation.layers:
        return None
    if written in OUT:
        return L
    if written in HIDDEN and L == 2:
        return 1
    return 0 if written == "in" else None


def _step(match: re.Match[str]) -> int:
    """The number that is added to a letter."""
    step = int(match[3] or 0)
    return -step if match[2] == "-" else step
