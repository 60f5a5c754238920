"""Tiny numbers that keep a logarithm, a root or a divisor away from 0: no part of the mathematics.

Everyone writes ``log(A2 + 1e-8)`` or ``clip(A2, 1e-7, 1 - 1e-7)``. Where an output is almost 0 or
1, such a number changes a lot, and a right answer must not be called wrong for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ...formulas import Expression, Scope
from ...formulas.tree import Call, Negative, Number, Power, Product, Quotient, Sum

TINY, ROUNDED, USUAL = 1e-5, 1e-10, 1e-8
GUARD = "epsilon"
NOTHING = Scope({}, {})
OF_NUMBERS = (Number, Negative, Sum, Product, Quotient, Power)
IsPart = Callable[[Expression], bool]  # whether all entries lie between 0 and 1


def guards_in(text: str) -> dict[str, Expression]:
    """The names in a text that such a number goes by, and the number."""
    if re.search(r"\\(?:var)?epsilon", text):
        return {GUARD: Number(USUAL)}
    found = set(re.findall(r"\b(?:eps|EPS|epsilon|EPSILON)\b", text))
    return {name: Number(USUAL) for name in sorted(found)}


def without_guards(formula: Expression, is_part: IsPart) -> Expression:
    """The formula without such numbers."""
    return _unguarded(formula, False, is_part)


def is_lost_in_rounding(formula: Expression, output: str, A: np.ndarray) -> bool:
    """Whether a right formula may be wrong in its numbers: outputs are 0 or 1, but for roundoff.

    There the engine computes with logits what formulas compute with logarithms and divisors.
    """
    if not np.minimum(np.abs(A), np.abs(1 - A)).min(initial=1.0) <= ROUNDED:
        return False
    for node in formula.walk():
        match node:
            case Call("log", (P,)) | Quotient(_, P) if output in P.names():
                return True
    return False


def _unguarded(node: Expression, is_inside: bool, is_part: IsPart) -> Expression:
    """A node without them; ``is_inside`` says whether it stands under what needs a guard."""
    if is_inside:
        while (kept := _kept_of_sum(node) or _kept_of_bound(node, is_part)) is not None:
            node = kept
    elif (kept := _kept_of_clip(node, is_part)) is not None:
        node = kept
    match node:
        case Quotient(_, divisor):
            return node.rebuilt(lambda P: _unguarded(P, is_inside or P is divisor, is_part))
        case Call("log" | "sqrt"):
            return node.rebuilt(lambda P: _unguarded(P, True, is_part))
        case Power(base, exponent) if _constant(exponent, lambda p: p < 0):
            plain = _unguarded(base, True, is_part)
            if plain is not base:  # a quotient is defined also where the divisor is 0
                divisor = Power(plain, Number(-float(exponent.value(NOTHING))), span=node.span)
                return Quotient(Number(1.0), divisor, span=node.span)
    return node.rebuilt(lambda P: _unguarded(P, is_inside, is_part))


def _kept_of_sum(node: Expression) -> Expression | None:
    """What is left of a sum with a tiny number."""
    match node:
        case Sum(P, _, guard) if _is_tiny(guard) and not _constant(P):
            return P
        case Sum(guard, "+", P) if _is_tiny(guard) and not _constant(P):
            return P
        case Sum(Sum(P, _, guard), other, Q) if _is_tiny(guard):  # 1 + 1e-8 - A2
            return Sum(P, other, Q, span=node.span)
        case Sum(Sum(guard, "+", P), other, Q) if _is_tiny(guard):
            return Sum(P, other, Q, span=node.span)
    return None


def _kept_of_bound(node: Expression, is_part: IsPart) -> Expression | None:
    """What a bound is put on that is almost 0, or almost 1 for what is never more."""
    match node:
        case Call("maximum", (P, low)) | Call("maximum", (low, P)) if _is_tiny(low):
            return P
        case Call("minimum", (P, high)) | Call("minimum", (high, P)) if _is_almost_one(high):
            inner = _kept_of_bound(P, is_part) or P
            return P if is_part(inner) else None
    return None


def _kept_of_clip(node: Expression, is_part: IsPart) -> Expression | None:
    """What lies between 0 and 1, and is kept a little away from both."""
    match node:
        case Call("minimum", (Call("maximum", (P, low)), high)) | Call(
            "maximum", (Call("minimum", (P, high)), low)
        ) if _is_tiny(low) and _is_almost_one(high) and is_part(P):
            return P
    return None


def _is_tiny(node: Expression) -> bool:
    return _constant(node, lambda number: 0 < number <= TINY)


def _is_almost_one(node: Expression) -> bool:
    return _constant(node, lambda number: 1 - TINY <= number <= 1)


def _constant(node: Expression, holds: Callable[[Any], bool] = lambda number: True) -> bool:
    """Whether a node is made of numbers only, and this holds for its value."""
    if node.names() or not all(isinstance(part, OF_NUMBERS) for part in node.walk()):
        return False
    return bool(holds(node.value(NOTHING)))
