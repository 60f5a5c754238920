r"""Updates written as what is done to a parameter: ``W1 -= lr * dW1``, ``W_1 \leftarrow ...``."""

from __future__ import annotations

import re

from ...formulas.latex_reader import looks_like_latex
from ...formulas.quantity import Quantity
from .update_patterns import LATER, NEW, NOW, SQUARES_OF_RUDER

STEP = re.compile(
    r"(?P<left>[^=<>:;()]+?)\s*(?P<sign>[-+]=|:=|<-(?!\s*\d)|←|\\(?:leftarrow|gets)(?![A-Za-z])|=)"
    r"(?P<right>[^=]+)",
    re.DOTALL,
)
DECORATION = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathrm|text|partial)(?![A-Za-z])|[\s_^{}\[\]]|(?<=[_{])d(?=[Wb])"
)
COUNT = re.compile(rf"{LATER}|{NOW}|{NEW}$")


def right_side(text: str, target: str) -> str:
    r"""What a step gives, as a formula; the text itself if it is none for the quantity.

    Examples
    --------
    >>> from sknn_edu.teaching.marking.step_text import right_side
    >>> right_side("W1 -= lr * dW1", "W1_next")
    'W1 - (lr * dW1)'
    >>> right_side(r"W_1 \leftarrow W_1 - \eta dW_1", "W1_next").strip()
    'W_1 - \\eta dW_1'
    """
    quantity = Quantity.of(target)
    match = STEP.fullmatch(text.strip()) if quantity.is_step else None
    if match is None:
        return text
    left, sign, right = match["left"].strip(), match["sign"], match["right"].strip()
    left_ = re.sub(SQUARES_OF_RUDER, "v", left)
    plain = DECORATION.sub("", COUNT.sub("", left_)).lower()
    is_latex = looks_like_latex(text)
    if sign == "=" and not is_latex:
        return text
    if sign in ("-=", "+="):
        return f"{left} {sign[0]} ({right})" if plain in _names(target, is_latex) else text
    if plain.removesuffix("next") not in _names(target, is_latex):
        return text
    start = len(text) - len(text.lstrip()) + match.start("right")
    return " " * start + match["right"].rstrip()  # each character in its place


def _names(target: str, is_latex: bool) -> set[str]:
    """What a quantity is called on the left of its step; without its layer in LaTeX alone."""
    quantity = Quantity.of(target)
    parameter, letter = str(quantity.parameter).lower(), quantity.kept_as or ""
    letters = ("m", "v", "s", "r", "g") if letter and is_latex else (letter,)
    names = {f"{l}{d}{parameter}" for l in letters for d in ("", "d" * bool(l))}
    if is_latex:
        family = parameter[0]
        lone = {*letters, *(f"{l}{family}" for l in letters)}
        names |= lone if letter else {family, r"\theta", r"\theta" + parameter[1:]}
    return names
