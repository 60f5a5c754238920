"""What a quantity is called where it is asked for or answered: ``dw2``, ``J``, ``VdW1``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from .aliases import bare, name_of
from .quantity import NEXT, Quantity

LOSSES = ("J", "L", "C", "E")
# VdW1, S_dW1, v_W1 and v1: what is kept for a parameter, without or with "next" behind.
KEPT = re.compile(r"([a-z])d?([wb]?)([0-9]+)(?:next|new)?")

LIKE = re.compile(r"(?:d?[wbza]|delta|[a-z]d?[wb])[0-9]+(?:next)?|loss|cost|j")


def quantity_meant(name: str, known: Collection[str]) -> str | None:
    """The quantity that a name is for, under its own name; None if it is not clear which.

    Examples
    --------
    >>> from sknn_edu.formulas.answer_names import quantity_meant
    >>> known = ["loss", "delta2", "dW2", "db2", "vW2_next", "W2_next"]
    >>> [quantity_meant(name, known) for name in ("dw2", "dz2", "J", "VdW2", "W2")]
    ['dW2', 'delta2', 'loss', 'vW2_next', None]
    """
    own = str(Quantity.of(name))
    if own in known:
        return own
    if name in LOSSES and "loss" in known:
        return "loss"
    of_deltas = [k.replace("delta", "dZ") for k in known if k.startswith("delta")]
    found = name_of(name, [*known, *of_deltas])
    if found is not None:
        return str(Quantity.of(found))
    kept = _kept(name, known)
    is_named = re.search("[WwBb]", name) is not None  # v1 may be of b1
    is_sure = is_named and len(kept) == 1 and kept[0][0] == name[0].lower()
    return kept[0] if is_sure else None


def is_like_a_quantity(name: str) -> bool:
    """Whether it is like the name of a quantity of some layer, or the loss."""
    return LIKE.fullmatch(bare(name)) is not None


def hint_at(name: str, known: Collection[str]) -> str:
    """A hint at the quantity that may have been meant, or nothing."""
    if f"{name}{NEXT}" in known:
        return f" Did you mean {f'{name}{NEXT}'!r}?"
    if (meant := quantity_meant(name, known)) is not None:
        return f" Did you mean {meant!r}?"
    if kept := _kept(name, known):
        return f" Did you mean {' or '.join(map(repr, kept))}?"
    plain = {bare(other): other for other in known}
    close = difflib.get_close_matches(bare(name), plain, n=1)
    return f" Did you mean {plain[close[0]]!r}?" if close else ""


def _kept(name: str, known: Collection[str]) -> list[str]:
    """What the solver keeps that a name may be for: that of its letter, or all of the parameter.

    Ng's V is the first of two moments, which is m for others, so two letters leave it open.
    """
    match = KEPT.fullmatch(bare(name))
    if match is None or match[1] in "wbzad":
        return []
    parameter = f"{match[2].upper().replace('B', 'b') or 'W'}{match[3]}"
    all_kept = [k for k in known if Quantity.of(k).is_step and _is_kept_for(k, parameter)]
    is_of_ng = re.match("[A-Za-z]_?d", name) is not None
    own = [k for k in all_kept if k[0] == match[1]]
    return own if own and not (is_of_ng and len(all_kept) > 1) else all_kept


def _is_kept_for(name: str, parameter: str) -> bool:
    quantity = Quantity.of(name)
    letter = quantity.kept_as
    return letter is not None and len(letter) == 1 and str(quantity.parameter) == parameter
