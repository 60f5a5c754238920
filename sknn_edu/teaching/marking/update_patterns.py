r"""Patterns of what updates are written with in LaTeX: v_{dW^{[1]}}, \hat{m}_t, \nabla_\theta J.

Textbooks state an update once, for any parameter: then \theta, W and g have no layer, and an
index t that counts the steps.
"""

from __future__ import annotations

import re

from ...formulas.quantity import Quantity

BEGINS = r"(?<![\\A-Za-z])"
LETTER = rf"{BEGINS}([mvsMVSrG])"
OF_LAYER = r"(?:\^\{\[[\dl]\]\}|\^\[[\dl]\]|\^\{[\dl]\}|\^[\dl]|_\{[\dl]\}|_[\dl])?"
DIFFERENTIAL = r"(?:\\mathrm\{d\}|\\partial\s*|d)?\s*"
PARAMETER = rf"{DIFFERENTIAL}(?:[Wwb]|\\theta){OF_LAYER}"
BELOW = rf"(?:_\{{\s*{PARAMETER}\s*\}}{OF_LAYER}|_[Wwb]{OF_LAYER})"
KEPT = re.compile(
    rf"\s*{LETTER}_(?:\{{\s*{DIFFERENTIAL}([Wb]{OF_LAYER})\s*\}}({OF_LAYER})|([Wb]{OF_LAYER}))\s*"
)
OF_SQUARES = re.compile(rf"(?<![\\A-Za-z])[sSrG]{BELOW}")
UPRIGHT = r"\\(?:text|mathrm)\s*\{\s*corrected\s*\}"
CORRECTED = rf"\^\s*(?:\{{\s*(?:{UPRIGHT}|corrected)\s*\}}|{UPRIGHT}|corrected)"
BETA = r"\\beta\s*_\s*(?:([12])|\{\s*([12])\s*\})"
ALONE = r"(?!\s*(?:[A-Za-z_'(\[{]|\\left|\^\s*\{?\s*[\[(]))"  # neither indexed nor called

# -- steps
COUNT = "[tknij]"
NOW = rf"(?:_\{{\s*{COUNT}\s*\}}|_{COUNT}(?![A-Za-z])|\^\{{\s*\({COUNT}\)\s*\}})"
OLD, NEW_WORD = (
    rf"_(?:\{{\s*(?:\\(?:text|mathrm)\{{{word}\}}|{word})\s*\}}|{word}(?![a-z]))"
    for word in ("old", "new")
)
BEFORE = rf"(?:{OLD}|_\{{\s*{COUNT}\s*-\s*1\s*\}}|\^\{{\s*\({COUNT}\s*-\s*1\)\s*\}})"
LATER = rf"(?:{NEW_WORD}|_\{{\s*{COUNT}\s*\+\s*1\s*\}}|\^\{{\s*\({COUNT}\s*\+\s*1\)\s*\}})"
STEP = rf"(?:{NOW}|{BEFORE}|{LATER})?"
NEW = r"(?:_\{?\s*(?:new|old)\s*\}?|_\{\\(?:text|mathrm)\{(?:new|old)\}\})?"
HATS = rf"\\(?:hat|tilde)\s*(?:\{{\s*([mvs])\s*\}}|([mvs]))(?:{BELOW}|{NOW}|{LATER})?"
SQUARES_OF_RUDER = r"E\s*\[\s*g\^\{?2\}?\s*\]"
LONE_KEPT = re.compile(rf"\s*(?:{LETTER}|{SQUARES_OF_RUDER})(?:{NOW}|{LATER})?\s*")
LONE_HAT = re.compile(rf"\s*{HATS}\s*")

# -- the parameter, where its layer is not written
FONT = r"\\(?:mathbf|boldsymbol|bm|vec)\s*"
SYMBOLS = {
    "W": rf"(?:\\[Tt]heta|{FONT}\{{\s*(?:[Ww]|\\theta)\s*\}}|[Ww])",
    "b": rf"(?:\\theta|{FONT}\{{\s*b\s*\}}|b)",
}
NO_LAYER = r"(?!\s*(?:\}?\s*[_^]|\\?\[|\d))"
DIFFERENTIAL_OF = r"(?<![\\A-Za-z{])(?:\\mathrm\{d\}|d)\s*"
LOSS = r"(?:\\mathcal\s*)?(?:\{\s*[JLCEf]\s*\}|[JLCEf])(?![A-Za-z])"


def parameter_alone(parameter: str) -> str:
    """The pattern of a parameter without its layer, at any step."""
    return rf"{BEGINS}{SYMBOLS[Quantity.of(parameter).family]}{STEP}{NEW}{NO_LAYER}"


def gradients(parameter: str) -> tuple[str, ...]:
    r"""Patterns of the gradient by a parameter without its layer, the longer ones first."""
    symbol = SYMBOLS[Quantity.of(parameter).family] + STEP
    argument = rf"(?:\s*\(\s*{symbol}{NO_LAYER}[^()]*\))?"
    by = rf"\{{\s*(?:\\partial|d)\s*{symbol}\s*\}}"
    above = rf"\{{\s*(?:\\partial|d)\s*{LOSS}{argument}\s*\}}"
    return (
        rf"\\nabla\s*_\s*(?:\{{\s*{symbol}\s*\}}|{SYMBOLS[Quantity.of(parameter).family]})\s*"
        rf"{LOSS}{argument}",
        rf"\\nabla\s*{LOSS}\s*_\s*(?:\{{\s*{symbol}\s*\}}|{symbol}){NO_LAYER}",
        rf"\\nabla\s*{LOSS}{NO_LAYER}{argument}",
        rf"\\nabla\s*{symbol}{NO_LAYER}",
        rf"\\[dt]?frac\s*{above}\s*{by}",
        rf"\\[dt]?frac\s*\{{\s*(?:\\partial|d)\s*\}}\s*{by}\s*{LOSS}{argument}",
        rf"{DIFFERENTIAL_OF}{symbol}{NO_LAYER}",
    )


def square_of_gradient(parameter: str) -> str:
    """The pattern of dW^2, in which the 2 is no layer."""
    return rf"{DIFFERENTIAL_OF}{SYMBOLS[Quantity.of(parameter).family]}\s*\^\s*(?:2|\{{\s*2\s*\}})"
