r"""Texts with a name for each unit, net_{h1} and out_{o1}, and a number for each weight, w_5.

In the worked example that many pages copy, the hidden units are h1, h2, the outputs o1, o2, and the
weights of both layers are numbered throughout. Here such names get their layer: out_{h1} is
a^{[1]}_{1}, w_5 is w^{[2]}_{5}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from ....formulas.plain_text import as_latex

LAYERS = {"h": 1, "o": 2}
WORDS = re.compile(
    r"\\(?:text|mathrm|mathit|textit|textrm|operatorname)\s*\{\s*(net|out|in|target|ideal|total)\s*\}"
)
# The unit, in one of several ways: _{h1}, _{h_1}, _{h_{1}}, _h1.
WRITTEN = re.compile(
    r"_\s*(?:\{\s*([ho])\s*_?\s*(?:\{\s*([0-9]+|[ijk])\s*\}|([0-9]+|[ijk])?)\s*\}"
    r"|([ho])([0-9]*)(?![A-Za-z]))"
)
UNIT = r"_\{([ho])([0-9]*|[ijk])\}"
STYLE = [re.compile(rf"(?<![A-Za-z])(?:net|out)_\{{{layer}[0-9ijk]?") for layer in LAYERS]
OF_UNITS = re.compile(rf"(?<![A-Za-ce-z\\])(net|out|in|target|ideal|y|t|a|z|\\delta){UNIT}")
ALONE = re.compile(r"(?<![A-Za-z\\])(?:target|ideal)(?![A-Za-z])")
OUTPUT = re.compile(r"(?<=target - )output\b|\boutput(?= - target)")
OF_ONE_OUTPUT = re.compile(r"(?<![A-Za-z\\])E_\{o[0-9]\}")
INPUT = re.compile(r"(?<![A-Za-z\\])i\s*_\s*(?:\{\s*([0-9]+)\s*\}|([0-9]))")
BETWEEN = re.compile(r"(?<![A-Za-ce-z\\])w\s*_\s*(?:\{\s*(ih|hi|ho|oh)\s*\})")
PARAMETER = re.compile(r"(?<![A-Za-ce-z\\])(w|b)\s*_\s*(?:\{\s*([0-9]+)\s*\}|([0-9]+))")
BIASES = re.compile(r"(?<![A-Za-ce-z\\])b\s*(?:_\s*\{\s*([0-9]+)\s*\}|_\s*([0-9]+)|([0-9]+))")
# Lines of plain text, in which w5 is w_5.
EQUATION = re.compile(r"[ \t]*(?:[-*>][ \t]+)?([\w{}/]+[ \t]*=[^$\\\n]*)")
NUMBERED = re.compile(r"(?<![A-Za-z_])(d?[wbix])([0-9]+)(?![\w.])")
LETTERS = {"net": "z", "in": "z", "out": "a", "z": "z", "a": "a", r"\delta": r"\delta"}


def with_layers(text: str, sizes: Sequence[int]) -> str:
    """The text with layers in brackets, if it has such names; else as it is.

    Parameters
    ----------
    text : str
        A document.
    sizes : sequence of int
        The numbers of units, input first. There must be one hidden layer.

    Examples
    --------
    >>> with_layers("$net_{h1} = w_1 i_1 + b_1, out_{o1} = f(net_{o1})$", [2, 2, 2])
    '$z^{[1]}_{1} = w^{[1]}_{1} x_{1} + b^{[1]}_{1}, a^{[2]}_{1} = f(z^{[2]}_{1})$'
    """
    plain = WRITTEN.sub(_in_braces, WORDS.sub(r"\1", text))
    if len(sizes) != 3 or not all(style.search(plain) for style in STYLE):
        return text
    numbers = [int(m[1] or m[2] or m[3]) for m in BIASES.finditer(plain)]
    ends = {
        "w": list(accumulate(n_in * n_out for n_in, n_out in pairwise(sizes))),
        "b": list(accumulate(sizes[1:])) if max(numbers, default=0) > 2 else [1, 2],
    }  # where biases have two numbers only, all units of a layer share one
    return "\n".join(_line(line, ends) for line in plain.split("\n"))


def _line(line: str, ends: Mapping[str, list[int]]) -> str:
    """A line with layers; in plain text, as LaTeX."""
    equation = EQUATION.fullmatch(line)
    if equation and (re.search(UNIT, line) or NUMBERED.search(line)):
        numbered = NUMBERED.sub(r"\1_{\2}", equation[1].replace("delta_", r"\delta_"))
        return f"${as_latex(_with_layers(numbered, ends))}$"
    return _with_layers(line, ends)


def _with_layers(line: str, ends: Mapping[str, list[int]]) -> str:
    """The same for names in LaTeX; ``ends`` are the last numbers of the layers."""
    line = OUTPUT.sub("a^{[2]}", line)
    line = ALONE.sub("y", OF_ONE_OUTPUT.sub("F", OF_UNITS.sub(_of_layer, line)))
    line = INPUT.sub(lambda m: f"x_{{{m[1] or m[2]}}}", line)
    line = BETWEEN.sub(lambda m: f"w^{{[{1 + ('o' in m[1])}]}}_{{{m[1]}}}", line)
    return PARAMETER.sub(lambda m: _numbered(m, ends[m[1]]), line)


def _in_braces(match: re.Match[str]) -> str:
    """A unit as ``_{h1}``."""
    return f"_{{{match[1] or match[4]}{match[2] or match[3] or match[5] or ''}}}"


def _of_layer(match: re.Match[str]) -> str:
    """A letter with its layer and unit; targets have no layer. F is not the whole loss."""
    letter, layer, unit = LETTERS.get(match[1], "y"), match[2], match[3]
    above = "" if letter == "y" else f"^{{[{LAYERS[layer]}]}}"
    return f"{letter}{above}_{{{unit or layer}}}"


def _numbered(match: re.Match[str], ends: list[int]) -> str:
    """A parameter that is numbered throughout, if there are so many."""
    letter, number = match[1], match[2] or match[3]
    layer = next((l for l, end in enumerate(ends, start=1) if int(number) <= end), None)
    return match[0] if layer is None else f"{letter}^{{[{layer}]}}_{{{number}}}"
