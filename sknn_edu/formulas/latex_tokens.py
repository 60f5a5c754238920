r"""LaTeX to tokens: what only concerns the look is left out, and each token knows its place."""

# ruff: noqa: RUF001 - characters that look like others are what some of this is about

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import ExpressionError

TOKEN = re.compile(
    r"""
    (?P<blank>    \s+ | ~ | % [^\n]* )
  | (?P<command>  \\ (?: [A-Za-z]+ | . ) )
  | (?P<number>   [0-9]+ (?: \. [0-9]+ )? | \. [0-9]+ )
  | (?P<letter>   [^\W\d_] )
  | (?P<sign>     \*\* | \.\* | <= | >= | := | \|\| | [-+*/@=<>^_{}()\[\]&',.;:!|] )
    """,
    re.VERBOSE | re.DOTALL,
)

# Names of functions and losses that stand there without a backslash, as in sigmoid(z).
PLAIN_WORD = re.compile(
    r"(?<![A-Za-z\\])(softmax|sigmoid|logistic|[Rr]e[Ll][Uu]|tanh|log|ln|exp|sech|MSE|BCE|CE"
    r"|[Ll]oss|[Cc]ost|np\.sum|np\.mean)"
    r"(?![A-Za-z])"
)
AS_COMMAND = {"tanh": r"\tanh", "log": r"\log", "ln": r"\log", "exp": r"\exp"}

# What has no meaning: spaces, sizes, alignment. (A backslash before a blank is a space.)
BLANK = (
    {rf"\{c}" for c in ",;:!> "}
    | {"\\\n"}
    | {
        *(r"\quad", r"\qquad", r"\left", r"\right", r"\middle", r"\displaystyle", r"\textstyle"),
        *(r"\limits", r"\nolimits", r"\nonumber", r"\notag", r"\hfill", r"\enspace", r"\thinspace"),
        *(r"\big", r"\Big", r"\bigg", r"\Bigg", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\biggl"),
        *(
            r"\biggr",
            r"\Biggl",
            r"\Biggr",
            r"\cal",
            r"\bf",
            r"\rm",
            r"\it",
            r"\scriptstyle",
            r"\mkern",
        ),
    }
)
# Type that changes no meaning, and boxes around a result.
FONTS = {
    *(r"\mathbf", r"\boldsymbol", r"\bm", r"\mathcal", r"\mathit", r"\mathsf", r"\mathscr"),
    *(r"\pmb", r"\vec", r"\textbf", r"\textit", r"\underline", r"\boxed", r"\mathnormal"),
    *(r"\bold", r"\overrightarrow", r"\ensuremath", r"\fbox", r"\mathfrak", r"\mathord"),
}
# In which a 1 is a vector of ones.
OF_VECTORS = {r"\mathbf", r"\boldsymbol", r"\bm", r"\vec", r"\pmb", r"\textbf", r"\bold"}
ONES = "ones"
WORDS = {r"\text", r"\mathrm", r"\operatorname", r"\textrm", r"\mbox", r"\texttt", r"\mathtt"}
WORDS |= {r"\textsf", r"\hbox", r"\DeclareMathOperator"}
WITH_TEXT = {r"\label", r"\tag", r"\color", r"\hspace", r"\vspace", r"\ref", r"\eqref"}
ACCENTS = {r"\hat": "hat", r"\widehat": "hat", r"\bar": "bar", r"\overline": "bar"}
ACCENTS |= {r"\tilde": "tilde", r"\widetilde": "tilde", r"\dot": "dot"}

SAME = {
    **{"≥": r"\geq", "≤": r"\leq", "⊙": r"\odot", "∘": r"\circ", "·": r"\cdot", "⋅": r"\cdot"},
    **{"×": r"\times", "−": "-", "–": "-", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum"},
    **{"δ": r"\delta", "σ": r"\sigma", "α": r"\alpha", "η": r"\eta", "λ": r"\lambda", "′": "'"},
    **{"’": "'", r"\varphi": r"\phi", r"\ge": r"\geq", r"\le": r"\leq", r"\leqslant": r"\leq"},
    **{r"\geqslant": r"\geq", r"\gt": ">", r"\lt": "<", ">=": r"\geq", "<=": r"\leq"},
    **{r"\lbrace": r"\{", r"\rbrace": r"\}", r"\lbrack": "[", r"\rbrack": "]", r"\ast": "*"},
    **{r"\dfrac": r"\frac", r"\tfrac": r"\frac", r"\cfrac": r"\frac", r"\intercal": r"\top"},
    **{r"\prime": "'", r"\lVert": r"\|", r"\rVert": r"\|", r"\Vert": r"\|", "||": r"\|"},
    **{r"\parallel": r"\|", r"\oslash": "/", ".*": r"\odot"},
    **{r"\lvert": "|", r"\rvert": "|", r"\vert": "|", r"\ln": r"\log", r"\mathds": r"\mathbb"},
    **{r"\bigodot": r"\odot", r"\varepsilon": r"\epsilon", r"\d": "d"},
    **{
        r"\lparen": "(",
        r"\rparen": ")",
        r"\circledast": r"\odot",
        r"\star": "*",
        r"\part": r"\partial",
    },
}


class Token(NamedTuple):
    """A piece of LaTeX.

    Attributes
    ----------
    kind : {"command", "number", "letter", "sign", "word", "other", "end"}
    text : str
        Under the one name that stands for all spellings; of a word its letters.
    start, end : int
        Where it stands in the source.
    accent : str
        ``"hat"``, ``"bar"``, ``"tilde"`` or nothing; ``"ones"`` of a 1 in bold type.
    """

    kind: str
    text: str
    start: int
    end: int
    accent: str = ""


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula in LaTeX, and one more for its end."""
    raw, position = [], 0
    while position < len(text):
        if word := PLAIN_WORD.match(text, position):
            command = AS_COMMAND.get(word[1])
            kind, name = ("command", command) if command else ("word", word[1])
            raw.append(Token(kind, name, position, word.end()))
            position = word.end()
            continue
        match = TOKEN.match(text, position)
        if match is None:  # the reader refuses it where it stands, unless it is known
            token = SAME.get(text[position], text[position])
            kind = "command" if token.startswith("\\") else "sign" if token in "-'" else "other"
            raw.append(Token(kind, token, position, position + 1))
            position += 1
            continue
        kind, token = str(match.lastgroup), SAME.get(match.group(), match.group())
        kind = "command" if token.startswith("\\") else "sign" if kind == "command" else kind
        kind = "letter" if token == "d" else kind
        kind = "other" if kind == "letter" and not token.isalpha() else kind
        if kind != "blank" and token not in BLANK and token != "$":
            raw.append(Token(kind, token, position, match.end()))
        position = match.end()
    raw.append(Token("end", "", len(text), len(text)))
    return _with_round_d(_without_type(raw, text))


def _with_round_d(tokens: list[Token]) -> list[Token]:
    r"""\frac{\delta L}{\delta W}, in which delta stands for the sign of a partial derivative."""
    starts = [i + 2 for i, token in enumerate(tokens) if token.text == r"\frac"]
    for above in starts:
        closing = _end_of_group(tokens, above - 1)
        pair = (above, closing + 2)
        if all(_is_delta_of(tokens[i : i + 2]) for i in pair):
            for i in pair:
                tokens[i] = tokens[i]._replace(text=r"\partial")
    return tokens


def _is_delta_of(tokens: list[Token]) -> bool:
    """Whether it is a delta with something else behind it than an index."""
    return len(tokens) == 2 and tokens[0].text == r"\delta" and tokens[1].text not in "_^'}"


def _end_of_group(tokens: list[Token], opening: int) -> int:
    """Where the braces that open there are closed, if they do."""
    depth = 0
    for i in range(opening, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[i].text, 0)
        if depth == 0:
            return i
    return len(tokens)


def _without_type(raw: list[Token], text: str) -> list[Token]:
    """Fonts, accents and words resolved."""
    tokens: list[Token] = []
    i = 0
    while i < len(raw):
        token = raw[i]
        following = raw[min(i + 1, len(raw) - 1)]
        if token.text in WITH_TEXT:
            i = _closing(raw, i + 1, text) + 1 if following.text == "{" else i + 1
        elif token.text in WORDS:
            i = _word(raw, i, text, tokens)
        elif token.text in ACCENTS and following.kind != "end":
            i = _accented(raw, i, text, tokens)
        elif token.text == r"\partial" and following.text == "{":
            closing = _closing(raw, i + 1, text)
            tokens += [token, *_without_type(raw[i + 2 : closing], text)]
            i = closing + 1
        elif token.text in FONTS:
            i += 1
            if following.text == "{" and _is_small(raw, i, closing := _closing(raw, i, text)):
                inside = _without_type(raw[i + 1 : closing], text)
                inside = [t._replace(start=token.start, end=raw[closing].end) for t in inside]
                tokens += [_in_bold(t, token) for t in inside]
                i = closing + 1
            elif _in_bold(following, token) is not following:
                tokens.append(_in_bold(following, token))
                i += 1
        else:
            tokens.append(token)
            i += 1
    return tokens


def _in_bold(token: Token, font: Token) -> Token:
    """The token; a 1 that is a vector of ones in this type is marked."""
    is_vector = token.text == "1" and font.text in OF_VECTORS
    return token._replace(accent=ONES) if is_vector else token


def _is_small(raw: list[Token], opening: int, closing: int) -> bool:
    """Whether braces hold one symbol, perhaps with an accent."""
    inside = [token for token in raw[opening + 1 : closing] if token.text not in ACCENTS]
    return sum(token.text not in "{}" and token.text not in FONTS for token in inside) == 1


def _word(raw: list[Token], i: int, text: str, tokens: list[Token]) -> int:
    """Letters in upright type as one word; a single letter is a letter."""
    start = raw[i].start
    if raw[i + 1].text == "*":
        i += 1
    if raw[i + 1].text != "{":
        if raw[i + 1].kind in ("letter", "number"):
            tokens.append(raw[i + 1])
            return i + 2
        return i + 1
    closing = _closing(raw, i + 1, text)
    inside = text[raw[i + 1].end : raw[closing].start]
    word = inside.replace("\\_", "_").replace("~", " ").strip()
    kind = "letter" if len(word) == 1 and word.isalpha() else "word"
    kind = "number" if word.isdigit() else kind
    if word:
        tokens.append(Token(kind, word, start, raw[closing].end))
    return closing + 1


def _accented(raw: list[Token], i: int, text: str, tokens: list[Token]) -> int:
    """A letter with an accent; other things keep only themselves."""
    accent, first = ACCENTS[raw[i].text], i + 1
    last = _closing(raw, first, text) if raw[first].text == "{" else first
    while raw[last].text in FONTS | WORDS and last + 1 < len(raw) - 1:  # \hat\mathbf{y}
        last = _closing(raw, last + 1, text) if raw[last + 1].text == "{" else last + 1
    symbols = [t for t in raw[first : last + 1] if t.kind == "letter" or _is_greek(t)]
    has_indices = any(t.text in ("^", "_") for t in raw[first : last + 1])
    if len(symbols) == 1 and not has_indices:
        letter = symbols[0]
        tokens.append(Token("letter", letter.text, raw[i].start, raw[last].end, accent))
        return last + 1
    inner = first + (raw[first].text == "{")
    if has_indices and raw[inner] in symbols and raw[inner + 1].text in ("^", "_"):
        # The hat is over the letter, as if the index stood behind it: \hat{y_i}.
        letter = raw[inner]
        tokens.append(Token("letter", letter.text, raw[i].start, letter.end, accent))
        indices = _without_type(raw[inner + 1 : last], text)
        tokens += [*indices[:-1], indices[-1]._replace(end=raw[last].end)]
        return last + 1
    return first


def _is_greek(token: Token) -> bool:
    known = FONTS | WORDS | set(ACCENTS)
    return token.kind == "command" and token.text[1:].isalpha() and token.text not in known


def _closing(tokens: list[Token], opening: int, text: str) -> int:
    """Where the braces that open there are closed."""
    depth = 0
    for i in range(opening, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[i].text, 0)
        if depth == 0:
            return i
    raise ExpressionError("This brace is never closed.", text, tokens[opening].start)
