r"""Mathematics in plain text as LaTeX: ``δ₁ = (W₂ᵀ δ₂) ⊙ σ′(z₁)``, and Octave's ``.*`` and ``'``.

Nothing is read here. What is no mathematics comes out as LaTeX that cannot be read.
"""

# ruff: noqa: RUF001, RUF002 - characters that look like others are what this is about

from __future__ import annotations

import re
from unicodedata import normalize

ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
BELOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₜₐₓ", "0123456789+-()ijklmntax", strict=True))
ABOVE = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱʲᵏˡᵐⁿᵗᴸᵀ⊤", "0123456789+-()ijklmntLTT", strict=True))
SIGNS = {
    **dict.fromkeys("·⋅∙•", r"\cdot "),
    **dict.fromkeys("⊙∘○⨀", r"\odot "),
    **dict.fromkeys("−–‐‑", "-"),
    **dict.fromkeys("′’ʹ´", "'"),
    **dict.fromkeys("‖∥", r"\|"),
    **dict.fromkeys("∑Σ", r"\sum "),
    **dict.fromkeys("←⟵⇐", r"\leftarrow "),
    **{"×": r"\times ", "⊗": r"\otimes ", "∗": "*", "∂": r"\partial ", "∇": r"\nabla "},
    **{"≥": r"\geq ", "≤": r"\leq ", "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "⁄": "/", "÷": "/"},
    **{"δ": r"\delta ", "σ": r"\sigma ", "α": r"\alpha ", "η": r"\eta ", "λ": r"\lambda "},
    **{"β": r"\beta ", "γ": r"\gamma ", "μ": r"\mu ", "µ": r"\mu ", "ρ": r"\rho ", "θ": r"\theta "},
    **{"Θ": r"\Theta ", "φ": r"\phi ", "ϕ": r"\phi ", "ε": r"\epsilon ", "ϵ": r"\epsilon "},
    **{"ω": r"\omega ", "ℓ": r"\ell ", "ℒ": "L", "𝟙": r"\mathbb{1}"},
}
KEYBOARD = str.maketrans(dict.fromkeys("−–‐‑", "-") | {"∗": "*", "⁄": "/", "÷": "/"})
# Layers or entries in brackets, and signs of Octave.
ODD = re.compile(
    rf"[{''.join({*BELOW, *ABOVE, *SIGNS, *ACCENTS} - set('•–’‑´'))}]"
    r"|\s\.\s|\bd[JLCE]/d[A-Za-z]|[WwbZzAa]\[\d\]|\.[*/^]|[A-Za-z]\w*'\s*[*)]|\*\s*\w+'"
)
GREEK = re.compile(r"(?<![A-Za-z\\_])(delta|Theta|theta|sigma|alpha|eta|lambda)(?![A-Za-z(])")
OUTPUT = re.compile(r"(?<![A-Za-z\\])y_?(?:hat|pred)(?![A-Za-z])")
WORDS = re.compile(r"(?<![A-Za-z\\{_.])((?:np\.)?(?:sum|mean)|d_\w+|\w+_prime)(?=\()")
SLOPES = re.compile(r"(?<![A-Za-z\\])(sigmoid|tanh|relu)(?:Gradient|_prime|_derivative)(?=\()")
NUMBERED = re.compile(r"(?<![A-Za-z\\])(d?[WwbZzAa])(\d)(?!\w)")
SCRIPT = r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9]))*"
SYMBOL = rf"(?:\\hat\{{y\}}|\\[a-z]+\s*|[A-Za-z]\d?){SCRIPT}"
QUOTIENT = re.compile(
    rf"(\\partial\s*|(?<![A-Za-z\\])d)((?:[Ll]oss|[Cc]ost|{SYMBOL}))\s*/\s*"
    rf"(?:\\partial\s*|d)({SYMBOL}(?:\[[a-z]\])*)"
)
IN_BRACKETS = re.compile(r"([A-Za-z])\s*\[\s*([0-9lL](?:\s*[-+]\s*1)?)\s*\]")
ENTRIES = re.compile(r"([A-Za-z])(?:_\{?(\d)\}?|\^\{\[(\d)\]\})((?:\[[a-z]\])+)")
MARKED = rf"\w[{''.join(ACCENTS)}]?[\w{''.join({*BELOW, *ABOVE})}]*"
ROOT = re.compile(rf"√\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|({MARKED}))")
SCALAR = r"(?:(?<![\w.])\d[\d.]*|(?<![A-Za-z])(?:m|alpha|lambda|lr|eta|learning_rate))"
BY_SCALAR = re.compile(rf"{SCALAR}\s*\)?\s*$"), re.compile(rf"\s*\(?\s*{SCALAR}(?!\w)")
OCTAVE = re.compile(r"\.[*/^]|[A-Za-z0-9)]'\s*(?:[*)]|$)")


def looks_like_plain_mathematics(text: str) -> bool:
    """Whether there is something in it that stands in mathematics alone.

    Examples
    --------
    >>> looks_like_plain_mathematics("δ₂ W₂ᵀ"), looks_like_plain_mathematics("delta2 @ W2.T")
    (True, False)
    """
    has_accents = any(normalize("NFD", character)[1:] in ACCENTS for character in text)
    return has_accents or ODD.search(normalize("NFC", text)) is not None


def with_plain_signs(text: str) -> str:
    """The text with the signs of typesetting as those of a keyboard, each in its place."""
    return text.translate(KEYBOARD)


def as_latex(text: str) -> str:
    r"""The text in LaTeX.

    Examples
    --------
    >>> as_latex("(W₂ᵀ ∂L/∂z₂) .* ŷ")
    '(W_{2}^{T} \\frac{\\partial L}{\\partial z_{2}}) \\odot \\hat{y}'
    """
    text = normalize("NFC", text)
    if OCTAVE.search(text):
        text = _of_octave(text)
    text = re.sub(r"(?<=[\w)}\]]) \.(?= [\w(\\])", "  ", text)  # a product, in some slides
    text = ROOT.sub(lambda m: rf"\sqrt{{{m[1] or m[2]}}}", text)
    text = re.sub(r"(\\[A-Za-z]+) (?=[_^])", r"\1", _in_letters(text))
    text = OUTPUT.sub(r"\\hat{y}", text.replace(".T", "^{T}"))
    text = SLOPES.sub(lambda m: f"{m[1]}'", text)
    text = WORDS.sub(lambda m: rf"\text{{{m[1]}}}", text)
    text = GREEK.sub(lambda m: rf"\{m[1]} ", text)
    text = re.sub(r"(\\[Dd]elta|\\[Tt]heta) (\d)", r"\1_{\2}", text)
    text = NUMBERED.sub(r"\1_{\2}", text)
    text = IN_BRACKETS.sub(r"\1^{[\2]}", text)
    text = ENTRIES.sub(_with_entries, text)
    text = re.sub(r"([A-Za-z])((?:\[[a-z]\])+)", _with_indices, text)
    return QUOTIENT.sub(_fraction, text)


def _of_octave(text: str) -> str:
    """Octave's * is the product of matrices, if no factor is a number."""
    pieces, position = [], 0
    for match in re.finditer(r"(?<![.*])\*(?!\*)", text):
        before, after = text[position : match.start()], text[match.end() :]
        by_number = BY_SCALAR[0].search(before) or BY_SCALAR[1].match(after)
        pieces += [before, "*" if by_number else "@"]
        position = match.end()
    text = "".join([*pieces, text[position:]])
    return re.sub(r"\.([/^])", r"\1", re.sub(r"\.\*", r"\\odot ", text))


def _in_letters(text: str) -> str:
    """Each character for itself; those below or above the line together."""
    pieces: list[str] = []
    place = ""
    for character in text:
        now = "_" if character in BELOW else "^" if character in ABOVE else ""
        if now != place:
            pieces.append("}" * bool(place) + (f"{now}{{" if now else ""))
            place = now
        decomposed = normalize("NFD", character)
        base, marks = decomposed[0], decomposed[1:]
        if now:
            pieces.append((BELOW if now == "_" else ABOVE)[character])
        elif marks in ACCENTS:
            pieces.append(rf"\{ACCENTS[marks]}{{{base}}}")
        elif character in ACCENTS and pieces and len(pieces[-1]) == 1:
            pieces[-1] = rf"\{ACCENTS[character]}{{{pieces[-1]}}}"
        else:
            pieces.append(SIGNS.get(character, character))
    return "".join(pieces) + "}" * bool(place)


def _with_entries(match: re.Match[str]) -> str:
    """``W_2[i][j]`` is an entry of W^{[2]}."""
    return rf"{match[1]}^{{[{match[2] or match[3]}]}}_{{{re.sub('[^a-z]', '', match[4])}}}"


def _with_indices(match: re.Match[str]) -> str:
    return f"{match[1]}_{{{re.sub('[^a-z]', '', match[2])}}}"


def _fraction(match: re.Match[str]) -> str:
    d = r"\partial " if match[1].startswith("\\") else "d"
    loss = match[2].strip()
    loss = "L" if loss.lower() in ("loss", "cost") else loss
    return rf"\frac{{{d}{loss}}}{{{d}{match[3].strip()}}}"
