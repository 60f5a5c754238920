"""Sums that are written unit by unit: y_1 log a_1 + y_2 log a_2, or w_1 x_1 + w_2 x_2 + b."""

from __future__ import annotations

from dataclasses import replace

from . import tree
from .latex_raw import Chain, Indexed, Summed
from .node import Expression
from .quantity import Quantity

LETTER = "k"  # of the units over which is summed
Term = tuple[bool, Expression]  # whether it is subtracted


def unit_by_unit(node: tree.Sum) -> Expression | None:
    """The same with one sum over the units, and the terms beside it; None without such a sum."""
    terms = _terms(node)
    for subtracted, first in terms:
        alike = [i for i, term in enumerate(terms) if _is_alike(term, (subtracted, first))]
        general = _for_any_unit([terms[i][1] for i in alike])
        if general is not None:
            total: Expression = Summed(general, "units", LETTER, span=node.span)
            terms[alike[0]] = subtracted, total
            return _added([term for i, term in enumerate(terms) if i not in alike[1:]], node)
    return None


def _terms(node: Expression) -> list[Term]:
    """What is added up and subtracted, in order."""
    match node:
        case tree.Sum(left, sign, right):
            return [*_terms(left), (sign == "-", right)]
        case tree.Negative(operand):
            return [(True, operand)]
        case Chain(factors=(tree.Negative(first), *others)):
            return [(True, replace(node, factors=(first, *others)))]
    return [(False, node)]


def _added(terms: list[Term], node: tree.Sum) -> Expression:
    subtracted, total = terms[0]
    if subtracted:
        total = tree.Negative(total, span=node.span)
    for subtracted, term in terms[1:]:
        total = tree.Sum(total, "-" if subtracted else "+", term, span=node.span)
    return total


def _is_alike(term: Term, other: Term) -> bool:
    """Whether two terms differ in their indices only."""
    return term[0] == other[0] and str(term[1]) == str(other[1])


def _for_any_unit(terms: list[Expression]) -> Expression | None:
    """Terms for unit 1, 2, ... as one for unit k; None if they are something else."""
    symbols = [[part for part in term.walk() if isinstance(part, Indexed)] for term in terms]
    if len(terms) < 2 or len(set(map(len, symbols))) > 1:
        return None
    indices: dict[int, str] = {}
    for column in zip(*symbols, strict=True):
        general = _general_index([symbol.indices for symbol in column], column[0].id)
        if general is None:
            return None
        indices[id(column[0])] = general
    if not any(LETTER in index for index in indices.values()):
        return None
    return _with_indices(terms[0], indices)


def _general_index(written: list[str], name: str) -> str | None:
    """11, 12, 13 is k: of the numbers, those that count the terms; None if they do not count."""
    are_numbers = all(index.isdigit() for index in written)
    if are_numbers and len(set(written)) == len(written) and Quantity.of(name).family == "W":
        return LETTER  # w_5 x_1 + w_6 x_2: weights may be numbered throughout
    general = ""
    if len(set(map(len, written))) > 1:
        return None
    for characters in zip(*written, strict=True):
        if [*characters] == [str(i) for i in range(1, len(written) + 1)]:
            general += LETTER
        elif len(set(characters)) > 1:
            return None
        elif not characters[0].isdigit():
            general += characters[0]
    return general


def _with_indices(node: Expression, indices: dict[int, str]) -> Expression:
    if isinstance(node, Indexed):
        return replace(node, indices=indices[id(node)])
    return node.rebuilt(lambda part: _with_indices(part, indices))
