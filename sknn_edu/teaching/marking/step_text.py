r"""Updates written as what is done to a parameter: ``W1 -= lr * dW1``, ``W_1 \leftarrow ...``."""

from __future__ import annotations

import re

from ...formulas.quantity import NEXT, Quantity

STEP = re.compile(
    r"(?P<left>[^=<>+:;()]+?)\s*(?P<sign>[-+]=|:=|<-(?!\s*\d)|←|\\(?:leftarrow|gets)(?![A-Za-z]))"
    r"(?P<right>[^=]+)",
    re.DOTALL,
)
DECORATION = re.compile(r"\\(?:mathbf|boldsymbol|bm|mathrm)(?![A-Za-z])|[\s_^{}\[\]]")


def right_side(text: str, target: str) -> str:
    r"""What a step gives, as a formula; the text itself if it is none for the quantity.

    Examples
    --------
    >>> from sknn_edu.teaching.marking.step_text import right_side
    >>> right_side("W1 -= lr * dW1", "W1_next")
    'W1 - (lr * dW1)'
    >>> right_side(r"W_1 \leftarrow W_1 - \eta dW_1", "W1_next")
    'W_1 - \\eta dW_1'
    """
    quantity = Quantity.of(target)
    match = STEP.fullmatch(text.strip())
    if not quantity.is_step or match is None:
        return text
    left, right = match["left"].strip(), match["right"].strip()
    before = target.removesuffix(NEXT).lower()
    others = {f"{quantity.kept_as}d{quantity.parameter}".lower()} if quantity.kept_as else set()
    if (plain := DECORATION.sub("", left).lower()) in {before, *others}:
        is_change = match["sign"] in ("-=", "+=")
        return f"{left} {match['sign'][0]} ({right})" if is_change else right
    return right if plain == f"{before}next" and match["sign"] not in ("-=", "+=") else text
