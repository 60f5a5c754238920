"""What students type that formulas do not have, and what to type instead."""

# ruff: noqa: RUF001 - characters that look like others are what this is about

from __future__ import annotations

import ast
import difflib
import unicodedata
from collections.abc import Collection

TIMES = "Write * (entry by entry) or @ (the product of matrices)."
NO_SUBSCRIPTS = "A formula has no subscripts: write it with whole matrices."
TRANSPOSE = "The transpose is written .T, as in W2.T."

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
    **dict.fromkeys("≤≥≠!&|~", "Comparisons are not needed: d_relu(Z1) is 1 where Z1 > 0, else 0."),
    "^": "A power is written with **, not with ^; the transpose with .T.",
    "#": "A formula has no comments.",
    ";": "Write one formula.",
    "%": "A formula has no remainder.",
    "α": "Write alpha.",
    "δ": "Write delta, as in delta1.",
    "σ": "Write logistic(...).",
    "λ": "Write alpha for the strength of the penalty.",
    "η": "Write learning_rate.",
}

OPERATORS: dict[type, str] = {
    ast.FloorDiv: "Divide with /.",
    ast.Tuple: "Write one formula; decimals are written with a point.",
    ast.Compare: "Comparisons are not needed: d_relu(Z1) is 1 where Z1 > 0, else 0.",
    ast.Starred: "A star stands between two factors.",
}

MODULES = ("np", "numpy", "jnp", "math", "scipy", "special", "torch", "tf")

# Functions and methods of NumPy, and notations of courses.
FUNCTIONS = {
    **dict.fromkeys(("dot", "matmul", "mm"), "Write the product of matrices with @."),
    **dict.fromkeys(("multiply", "mul"), "Write the product entry by entry with *."),
    **dict.fromkeys(("transpose", "t", "T"), "The transpose is written .T, without parentheses."),
    **dict.fromkeys(("square", "power", "pow"), "Powers are written with **, as in A1**2."),
    **dict.fromkeys(("ln", "log1p", "log2", "log10"), "There is log(...), the natural one."),
    **dict.fromkeys(("max", "relu_", "fmax"), "There is maximum(P, Q), entry by entry."),
    **dict.fromkeys(("sigma", "sigm", "expit"), "Write logistic(...)."),
    "average": "Write mean(...).",
    "divide": "Divide with /.",
    "sum": "Write sum(P, axis=0).",
    "mean": "Write mean(P, axis=0).",
}

NAMES = {
    **dict.fromkeys(("n", "N", "M", "batch_size"), "The number of samples is m."),
    **dict.fromkeys(("lr", "eta"), "The length of a step is learning_rate."),
    **dict.fromkeys(("lam", "lambda_", "lmbda"), "The strength of the penalty is alpha."),
    **dict.fromkeys(("y_hat", "yhat", "Y_hat", "Yhat"), "The output is A of the last layer."),
    **dict.fromkeys(MODULES, "Functions have no module in front of them, as in exp(Z1)."),
    **dict.fromkeys(("pi", "e"), "Write it as a number; powers of e are exp(...)."),
}


def on_character(text: str, position: int) -> str:
    """Why this character cannot stand in a formula."""
    character = text[position]
    plain = unicodedata.normalize("NFKC", character)
    if character in CHARACTERS:
        hint = CHARACTERS[character]
    elif plain != character and plain.isascii() and plain.isprintable():
        hint = f"Write it as {plain}."
    else:
        hint = "A formula has only names, numbers, + - * / ** @ .T and functions."
    return f"The character {character!r} cannot stand in a formula. {hint}"


def on_module(name: str, attribute: str) -> str:
    """Why a function cannot stand behind a module."""
    return f"Write without {name}., as in exp(Z1). {FUNCTIONS.get(attribute, '')}".rstrip()


def on_attribute(name: str) -> str:
    """Why a name cannot stand behind a point."""
    hint = TRANSPOSE if name == "t" else FUNCTIONS.get(name, "")
    return f"The only attribute is .T, got .{short(name)}. {hint}".rstrip()


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
    bare = {_bare(other): other for other in known}
    close = difflib.get_close_matches(_bare(name), bare, n=1, cutoff=0.6)
    return f" Did you mean {bare[close[0]]}?" if close else ""


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def short(name: str) -> str:
    """The name, or its beginning if it is long."""
    return name if len(name) <= 40 else f"{name[:40]}..."
