"""What students type that formulas do not have, and what to type instead."""

# ruff: noqa: RUF001 - characters that look like others are what this is about

from __future__ import annotations

import ast
import difflib
import re
import unicodedata
from collections.abc import Collection

from .aliases import bare
from .spelling import MODULES

TIMES = "Write * (entry by entry) or @ (the product of matrices)."
NO_SUBSCRIPTS = "A formula has no subscripts: write it with whole matrices."
TRANSPOSE = "The transpose is written .T, as in W2.T."

PRIMES = "'\u2019\u2032\u00b4`"
CHARACTERS = {
    **dict.fromkeys("·⋅×∗∙•⊙∘⊗", TIMES),
    **dict.fromkeys("−–—‐‑‒", "Write the plain minus sign, -."),
    **dict.fromkeys("÷∕⁄", "Divide with /."),
    **dict.fromkeys("'’′`´ᵀ⊤", TRANSPOSE),
    **dict.fromkeys(
        "²³¹⁰⁴⁵⁶⁷⁸⁹√", "Powers are written with **, as in A1**2; there is sqrt(...) too."
    ),
    **dict.fromkeys('"“”„«»', "A formula has no text in it."),
    **dict.fromkeys("[]", NO_SUBSCRIPTS),
    **dict.fromkeys("{}$\\", "Formulas are written as in Python, not as in LaTeX."),
    **dict.fromkeys("∑Σ", "Write sum(...)."),
    **dict.fromkeys("∂∇", "Write d, as in dW1."),
    **dict.fromkeys("≤≥≠!", "Comparisons are written <=, >=, == and !=."),
    **dict.fromkeys("&|~", "Multiply comparisons, (Z1 > 0) * (Z1 < 1), or subtract them from 1."),
    "^": "A power is written with **, not with ^; the transpose with .T.",
    "#": "A formula has no comments.",
    ";": "Write one formula.",
    "%": "A formula has no remainder.",
    "α": "Write alpha for the strength of the penalty, learning_rate for the length of a step.",
    "δ": "Write delta, as in delta1.",
    "σ": "Write logistic(...).",
    "λ": "Write alpha for the strength of the penalty.",
    "η": "Write learning_rate.",
}

OPERATORS: dict[type, str] = {
    ast.FloorDiv: "Divide with /.",
    ast.Tuple: "Write one formula; decimals are written with a point.",
    ast.Compare: "Write one comparison at a time, (0 < Z1) * (Z1 < 1).",
    ast.Starred: "A star stands between two factors.",
}

# Functions of NumPy that have no counterpart, and what to write.
FUNCTIONS = {
    **dict.fromkeys(("log2", "log10"), "There is log(...), the natural one."),
    "vdot": "Write @ and sum(...).",
    **dict.fromkeys(("zeros", "ones", "full"), "Write zeros_like(P) or ones_like(P)."),
    **dict.fromkeys(("eye", "diag", "diagflat"), "Products with a Jacobian: write them entrywise."),
    **dict.fromkeys(("round", "around", "argmax"), "It has no derivative."),
    "prod": "There are sum and mean.",
    "abs_": "Write abs(...).",
}
ATTRIBUTES = "Behind an array can stand .T, .shape[0], .dot(...), .sum(...) and .mean(...)"

NAMES = {
    **dict.fromkeys(("n", "N", "M", "batch_size"), "The number of samples is m."),
    **dict.fromkeys(("lr", "eta"), "The length of a step is learning_rate."),
    **dict.fromkeys(("lam", "lambda", "lambda_", "lmbda"), "The strength of the penalty is alpha."),
    **dict.fromkeys(("y_hat", "yhat", "Y_hat", "Yhat"), "The output is A of the last layer."),
    **dict.fromkeys(MODULES, "A function stands behind a module, as in np.exp(Z1)."),
    **dict.fromkeys(("pi", "e"), "Write np.pi, or exp(...) for powers of e."),
}


def on_character(text: str, position: int) -> str:
    """Why this character cannot stand in a formula."""
    character = text[position]
    plain = unicodedata.normalize("NFKC", character)
    if (function := _differentiated(text, position)) is not None:
        hint = f"The derivative of a function has d_ in front, as in {function}."
    elif character in CHARACTERS:
        hint = CHARACTERS[character]
    elif plain != character and plain.isascii() and plain.isprintable():
        hint = f"Write it as {plain}."
    else:
        hint = "A formula has only names, numbers, + - * / ** @ > .T and functions."
    return f"The character {character!r} cannot stand in a formula. {hint}"


def _differentiated(text: str, position: int) -> str | None:
    """What to write for ``tanh'(Z1)``; None if the character is no prime behind a function."""
    function = re.search(r"(?<![A-Za-z_0-9])[A-Za-z_]+$", text[:position])
    if text[position] not in PRIMES or function is None:
        return None
    argument = re.match(r"\s*(\([A-Za-z_0-9]*\)?)", text[position + 1 :])
    if argument is None:
        return None
    name = function.group() if len(function.group()) > 1 else "tanh"
    closed = argument[1] if argument[1].endswith(")") else "(Z1)"
    return f"d_{name}{closed}"


def on_mixture(text: str) -> str | None:
    """What to write for ``A1^T delta2``, Python with a transpose of LaTeX; else None."""
    if any(sign in text for sign in "\\{}$_") or "delta" not in text:
        return None
    text = re.sub(r"\^\s*T\b", ".T", text)
    return re.sub(r"(?<=[A-Za-z0-9)])\s+(?=[A-Za-z(])", " @ ", text).strip()


def on_keyword(name: str) -> str:
    """Why a word of Python cannot stand in a formula."""
    return f"{name!r} cannot stand in a formula. {NAMES.get(name, '')}".rstrip()


def on_attribute(name: str) -> str:
    """Why a name cannot stand behind a point."""
    hint = FUNCTIONS.get(name, "")
    return f"{ATTRIBUTES}, got .{short(name)}. {hint}".rstrip()


def on_function(name: str, functions: Collection[str], names: Collection[str]) -> str:
    """Why this cannot be called."""
    if name in names:
        return f"{short(name)} is not a function. {TIMES}"
    if name in FUNCTIONS and name not in functions:
        return f"There is no function {name!r}. {FUNCTIONS[name]}"
    hint, known = _did_you_mean(name, functions), ", ".join(sorted(functions))
    return f"There is no function {short(name)!r}.{hint} There are {known}."


def on_name(name: str, names: Collection[str], functions: Collection[str]) -> str:
    """Why this cannot stand alone."""
    if name in functions:
        return f"{name} is a function: write {name}(...)."
    if name in NAMES:
        return f"There is no {name!r} here. {NAMES[name]}"
    hint = _did_you_mean(name, names)
    return f"There is no {short(name)!r} here.{hint} There are {', '.join(names)}."


def _did_you_mean(name: str, known: Collection[str]) -> str:
    """A hint, if something has a similar name: apart from case and underscores at first."""
    plain = {bare(other): other for other in known}
    close = difflib.get_close_matches(bare(name), plain, n=1, cutoff=0.6)
    return f" Did you mean {plain[close[0]]}?" if close else ""


def short(name: str) -> str:
    """The name, or its beginning if it is long."""
    return name if len(name) <= 40 else f"{name[:40]}..."
