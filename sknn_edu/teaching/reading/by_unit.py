"""Code with loops over single units, ``dW[j][k] += delta[k] * a[j]``, written for whole arrays.

Every factor of a product knows which letter counts each of its axes; the letter ``*`` stands for
the samples, also where the code is about one sample and does not name it. A sum over a letter that
two factors share is a product of matrices.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from typing import Any

from .values import InLoop, Unreadable, checked, constant, quantity

SAMPLES, NO_AXIS = "*", "1"
ALL = ":"  # the letter of an axis that is written as a whole, W[j, :]
MAX_TERMS = 30
Axes = tuple[str, str]


@dataclass(frozen=True)
class Factor:
    """A matrix, and the letters that count its rows and its columns."""

    matrix: Any
    axes: Axes

    @property
    def letters(self) -> frozenset[str]:
        """Those of the axes that are not of one entry."""
        return frozenset(self.axes) - {NO_AXIS}

    def along(self, axes: Axes) -> Any:
        """The matrix, turned if need be so that its axes are these."""
        fits = all(own in (NO_AXIS, wanted) for own, wanted in zip(self.axes, axes, strict=True))
        if fits:
            return self.matrix
        turned = self.axes[::-1]
        if not all(own in (NO_AXIS, wanted) for own, wanted in zip(turned, axes, strict=True)):
            raise Unreadable("the indices of a loop over units are in different places")
        if isinstance(self.matrix, ast.Attribute) and self.matrix.attr == "T":
            return self.matrix.value
        return ast.Attribute(self.matrix, "T", ast.Load())


@dataclass(frozen=True)
class Single(InLoop):
    """One entry of arrays within loops over units: a sum of products of factors."""

    terms: tuple[tuple[Factor, ...], ...]

    @property
    def letters(self) -> frozenset[str]:
        """All letters in it."""
        return frozenset().union(*(f.letters for term in self.terms for f in term))

    def one(self) -> Factor:
        """All of it as one matrix; that is not possible with three letters."""
        products = [_one_of(term) for term in self.terms]
        return reduce(lambda P, Q: _together(P, ast.Add(), Q), products)

    def summed(self, letters: Collection[str]) -> Single:
        """The sum over these letters, as far as a term has them."""
        terms = self.terms
        for letter in sorted(letters):
            terms = tuple(_summed(term, letter) for term in terms)
        return Single(terms)

    def renamed(self, letters: dict[str, str]) -> Single:
        """With other letters."""
        return Single(
            tuple(
                tuple(
                    Factor(
                        f.matrix,
                        (letters.get(f.axes[0], f.axes[0]), letters.get(f.axes[1], f.axes[1])),
                    )
                    for f in term
                )
                for term in self.terms
            )
        )

    def applied(self, function: Callable[[Any], Any]) -> Single:
        """A function of each entry."""
        one = self.one()
        return Single(((Factor(checked(function(one.matrix)), one.axes),),))


def combined(left: Single, op: ast.operator, right: Single) -> Single:
    """An operation with single entries."""
    match op:
        case ast.Add():
            return _added(left, right)
        case ast.Sub():
            return _added(left, right, ast.Sub())
        case ast.Mult() if len(left.terms) * len(right.terms) <= MAX_TERMS:
            return Single(tuple(_fused(p + q) for p in left.terms for q in right.terms))
        case ast.Div() | ast.Pow():
            if isinstance(op, ast.Div) and not right.letters:
                by = right.one()
                under = Factor(ast.BinOp(constant(1), ast.Div(), by.matrix), by.axes)
                return (
                    combined(left, ast.Mult(), Single(((under,),)))
                    if len(left.terms) > 1 or len(left.terms[0]) > 1
                    else Single(((_together(left.one(), op, by),),))
                )
            return Single(((_together(left.one(), op, right.one()),),))
    raise Unreadable("this operation with single entries")


def together(parts: list[Single], build: Callable[[list[Any]], Any]) -> Single:
    """A function of several entries, such as a comparison."""
    ones = [part.one() for part in parts]
    widest = max(ones, key=lambda factor: len(factor.letters))
    matrices = [factor.along(widest.axes) for factor in ones]
    return Single(((Factor(checked(build(matrices)), widest.axes),),))


def _added(left: Single, right: Single, op: ast.operator | None = None) -> Single:
    """A sum, or a difference; of two matrices with the same axes one matrix is made."""
    single = [len(part.terms) == 1 and len(part.terms[0]) == 1 for part in (left, right)]
    if all(single) and (left.letters == right.letters or not left.letters or not right.letters):
        return Single(((_together(left.one(), op or ast.Add(), right.one()),),))
    terms = right.terms
    if op is not None:
        minus = Factor(ast.UnaryOp(ast.USub(), constant(1)), (NO_AXIS, NO_AXIS))
        terms = tuple((minus, *term) for term in terms)
    if len(left.terms) + len(terms) > MAX_TERMS:
        raise Unreadable("a sum of too many products")
    return Single((*left.terms, *terms))


def _fused(term: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Factors that have the same letters become one."""
    fused: list[Factor] = []
    for factor in term:
        for i, other in enumerate(fused):
            if factor.letters == other.letters:
                fused[i] = _together(other, ast.Mult(), factor)
                break
        else:
            fused.append(factor)
    return tuple(fused)


def _together(P: Factor, op: ast.operator, Q: Factor) -> Factor:
    """An operation entry by entry."""
    letters = P.letters | Q.letters
    if len(letters) > 2:
        raise Unreadable("a product with more than two indices that is not summed")
    wide = P if P.letters >= Q.letters else Q
    axes = wide.axes
    if wide.letters != letters:
        axes = (next(iter(P.letters)), next(iter(Q.letters)))
        if axes[1] == SAMPLES:
            axes = axes[::-1]
        if _is_outer(P, Q):
            P, Q = _column_or_row(P, axes), _column_or_row(Q, axes)
    return Factor(checked(ast.BinOp(P.along(axes), op, Q.along(axes))), axes)


def _is_outer(P: Factor, Q: Factor) -> bool:
    """Whether the two have one letter each, and not the same."""
    return len(P.letters) == len(Q.letters) == 1 and P.letters != Q.letters


def _column_or_row(factor: Factor, axes: Axes) -> Factor:
    """The factor with its one letter where ``axes`` has it."""
    place = axes.index(next(iter(factor.letters)))
    wanted = (axes[0], NO_AXIS) if place == 0 else (NO_AXIS, axes[1])
    return Factor(factor.along(wanted), wanted)


def _one_of(term: tuple[Factor, ...]) -> Factor:
    """A product as one matrix."""
    return reduce(lambda P, Q: _together(P, ast.Mult(), Q), sorted(term, key=_n_letters))


def _n_letters(factor: Factor) -> int:
    return -len(factor.letters)


def _summed(term: tuple[Factor, ...], letter: str) -> tuple[Factor, ...]:
    """The sum of a product over one letter."""
    inside = [factor for factor in term if letter in factor.letters]
    others = tuple(factor for factor in term if letter not in factor.letters)
    if not inside:
        if letter == SAMPLES:
            return term
        raise Unreadable("a sum over units of what is the same for all of them")
    groups: dict[frozenset[str], Factor] = {}
    for factor in inside:
        before = groups.get(factor.letters)
        same = factor if before is None else _together(before, ast.Mult(), factor)
        groups[factor.letters] = same
    if len(groups) == 2 and frozenset({letter}) in groups:
        P, Q = groups.values()  # a vector with a matrix of samples: one matrix
        if len(P.letters | Q.letters) == 2 and SAMPLES in (P.letters | Q.letters) - {letter}:
            groups = {P.letters | Q.letters: _together(P, ast.Mult(), Q)}
    if len(groups) == 1:
        return (*others, _sum_of(next(iter(groups.values())), letter))
    if len(groups) > 2:
        raise Unreadable("a sum of products of three matrices")
    P, Q = groups.values()
    rest = [next(iter(f.letters - {letter}), NO_AXIS) for f in (P, Q)]
    if rest[1] == SAMPLES:
        P, Q, rest = Q, P, rest[::-1]
    product = ast.BinOp(P.along((rest[0], letter)), ast.MatMult(), Q.along((letter, rest[1])))
    return _fused((*others, Factor(checked(product), (rest[0], rest[1]))))


def _sum_of(factor: Factor, letter: str) -> Factor:
    """The sum of one matrix along an axis."""
    axis = factor.axes.index(letter)
    options = [
        ast.keyword("axis", constant(axis)),
        ast.keyword("keepdims", ast.Constant(value=True)),
    ]
    axes = (NO_AXIS, factor.axes[1]) if axis == 0 else (factor.axes[0], NO_AXIS)
    return Factor(checked(ast.Call(quantity("sum"), [factor.matrix], options)), axes)


def number(value: Any) -> Single:
    """A number, the same for all entries."""
    return Single(((Factor(value, (NO_AXIS, NO_AXIS)),),))


def array(value: Single, order: tuple[str, ...], in_rows: bool) -> Any:
    """The array that has the entry at these letters; samples are on the axis of the layout."""
    spare = value.letters - {*order}
    if spare and spare != {SAMPLES}:
        raise Unreadable("an entry that depends on an index that its place does not have")
    if spare and len(order) > 1:
        value, spare = value.summed(spare), frozenset()
    one = value.one()
    missing = {*order} - one.letters
    if missing:
        raise Unreadable("an entry that does not depend on an index of its place")
    if spare:
        axes = (SAMPLES, order[0]) if in_rows else (order[0], SAMPLES)
    elif len(order) == 2:
        axes = (order[0], order[1])
    elif order:
        axes = (NO_AXIS, order[0]) if in_rows else (order[0], NO_AXIS)
    else:
        axes = one.axes
    return copy.copy(one.along(axes))
