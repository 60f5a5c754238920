r"""Spellings of some courses, rewritten: h_\theta(x), W_{out}, W_0 for b, bars for derivatives."""

from __future__ import annotations

import re

HYPOTHESIS = re.compile(
    r"(?<![A-Za-z\\])h\s*_\s*\{?\s*\\[tT]heta\s*\}?\s*\(\s*x\s*(?:\^\s*\{?\s*\([a-z]\)\s*\}?)?\s*\)"
)
PLACE = "(out|output|hidden|hid)"
LAYER = re.compile(rf"_\s*\{{\s*(?:\\(?:text|mathrm)\s*\{{\s*{PLACE}\s*\}}|{PLACE})\s*\}}")
BAR = re.compile(r"\\(?:overline|bar)\s*\{\s*((?:[^{}]|\{[^{}]*\})*)\}")
BAR_OF_WEIGHTS = re.compile(r"\\(?:overline|bar)\s*\{\s*(?:\\mathbf\s*\{)?W[^=\n]*=")

BIAS, FIRST = re.compile(r"\+\s*W_(?:\{0\}|0)"), re.compile(r"(?<![A-Za-z\\])W_(?:\{0\}|0)")


def rewritten(text: str, n_layers: int) -> str:
    r"""The text in the spelling of most others; layers have names where one is hidden.

    Examples
    --------
    >>> print(rewritten(r"$\overline{W_{out}} = \overline{z_2} h^T$, $h_\theta(x) - y$", 2))
    $\frac{\partial L}{\partial W^{[2]}} = \frac{\partial L}{\partial z_2} h^T$, $\hat{y} - y$
    """
    text = HYPOTHESIS.sub(lambda m: r"\hat{y}", text)
    if BAR_OF_WEIGHTS.search(text):  # what has a bar is the derivative of the loss by it
        text = BAR.sub(lambda m: rf"\frac{{\partial L}}{{\partial {m[1]}}}", text)
    if BIAS.search(text):
        text = FIRST.sub("b", text)
    if n_layers == 2:
        text = LAYER.sub(lambda m: f"^{{[{1 + (m[1] or m[2]).startswith('out')}]}}", text)
    return text
