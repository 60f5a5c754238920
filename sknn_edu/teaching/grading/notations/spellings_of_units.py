r"""Spellings of formulas for single units, rewritten: cases, o_{pj}, w_{ji}(n), e_j, \varphi_j."""

from __future__ import annotations

import re

INDEX = r"\s*_\s*(?:\{\s*([a-z])\s*\}|([a-z])(?![A-Za-z]))"  # of a unit
NAME = re.compile(r"\\(?:text|mathrm|mathit|textrm|operatorname)\s*\{\s*(net|out|in)\s*\}")
ELL = re.compile(r"\\ell(?![A-Za-z])")
OVER_A_SET = re.compile(r"(\\sum\s*_\s*\{\s*[a-z])\s*\\in[^{}]*\}")
INPUT_OF = re.compile(r"(?<![A-Za-z\\])x\s*_\s*\{\s*[a-z]\s*,?\s*([a-z])\s*\}")  # to a unit
OF_A_PATTERN = re.compile(r"(?<=_)\{\s*p\s*,?\s*([a-z])\s*\}")
PATTERN = re.compile(r"(?<![A-Za-z])(\\Delta|E)\s*_\s*(?:p|\{\s*p\s*\})(?![A-Za-z])")
AT_A_TIME = re.compile(r"_\s*(?:\{\s*[a-z]{1,2}\s*\}|[a-z])\s*\(\s*([nt])\s*\)")
ERROR = re.compile(
    r"(?<![A-Za-z\\])e\s*_\s*(?:\{\s*[a-z]\s*\}|[a-z])\s*&?=\s*&?"
    r"([a-z])\s*_\s*\{?\s*[a-z]\s*\}?\s*-\s*([a-z])\s*_\s*\{?\s*[a-z]"
)
OF_ERROR = re.compile(rf"(?<![A-Za-z\\])e{INDEX}(?!\s*&?=)")
OWN_FUNCTION = re.compile(
    r"(\\varphi|\\phi|\\sigma|[fgh])(')?\s*_\s*(?:\{\s*[a-z]\s*\}|[a-z])\s*('?)(?=\s*(?:\\left)?\()"
)
SLOPE = re.compile(
    r"\\frac\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*(\\varphi|\\phi|\\sigma|[fg])\s*(?:\\left)?\(\s*"
    r"(net|[a-z])\s*_\s*\{?([a-z])\}?\s*(?:\\right)?\)\s*\}\s*"
    r"\{\s*(?:d|\\partial|\\mathrm\{d\})\s*\2\s*_\s*\{?\3\}?\s*\}"
)
CASES = re.compile(
    r"(\\delta\s*_\s*(?:\{\s*[a-z]\s*\}|[a-z]))\s*&?\s*=((?:(?!\\begin|\\\\)[^$]){0,400}?)"
    r"(?:\\left\s*\\\{\s*)?\\begin\s*\{(cases|array)\}(?:\{[lrc]+\})?(.{0,1000}?)\\end\s*\{\3\}"
    r"(?:\s*\\right\s*\.)?",
    re.DOTALL,
)
OUTPUT = re.compile(r"\boutput\b")
HIDDEN = re.compile(r"\b(?:hidden|inner|internal|otherwise|else)\b")


def plain(text: str) -> str:
    r"""The text with one index for a unit, and an equation for each case of an error.

    Examples
    --------
    >>> plain(r"$o_{pj} = f_j(\text{net}_{pj})$, $\delta_{pj} = (t_{pj} - o_{pj}) f_j'(net_{pj})$")
    "$o_{j} = f( net_{j})$, $\\delta_{j} = (t_{j} - o_{j}) f'(net_{j})$"
    """
    text = OVER_A_SET.sub(r"\1}", ELL.sub("r", NAME.sub(r" \1", text)))
    if re.search(r"\\delta\s*_\s*\{\s*p", text):
        text = PATTERN.sub(r"\1 ", OF_A_PATTERN.sub(r"{\1}", text))
    if (time := AT_A_TIME.search(text)) is not None:
        text = re.sub(rf"(?<=[}}\w'])\s*\(\s*{time[1]}\s*(?:\+\s*1\s*)?\)", "", text)
    text = INPUT_OF.sub(r"x_{\1}", OWN_FUNCTION.sub(r"\1\2\3", text))
    if (error := ERROR.search(text)) is not None:
        difference = rf"({error[1]}_{{\g<1>\g<2>}} - {error[2]}_{{\g<1>\g<2>}})"
        text = OF_ERROR.sub(difference, text)
    return CASES.sub(_in_rows, SLOPE.sub(r"\1'(\2_{\3})", text))


def _in_rows(match: re.Match[str]) -> str:
    """The cases of an error as equations of their own, if they are output and hidden units."""
    rows = [row.partition("&") for row in match[4].split(r"\\") if row.strip()]
    kinds = [(bool(OUTPUT.search(row[2])), bool(HIDDEN.search(row[2]))) for row in rows]
    if sorted(kinds) != [(False, True), (True, False)]:
        return match[0]
    before = match[2].strip().removesuffix("=").strip()
    errors = [before] * bool(before) + [row[0].strip().rstrip(",") for row in rows]
    return " \\\\\n".join(f"{match[1]} = {error}" for error in errors)
