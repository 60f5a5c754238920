"""Small changes of any right formula: an operator, a name, a transpose, an axis, a term, a factor.

These are not listed by hand: they are those of `rewrites`, made in every spelling of the formulas.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....activations import Elementwise
from ....formulas import Expression
from ....formulas.tree import Backward, Call, Name, Negative, Number, Product, Quotient
from ...network_formulas import Formulas
from ..context import is_told
from ..kinds import kind_of
from ..rewrites import Place, Words, changed, unshared
from .base import Edit, in_place


def wrong_parts(place: Place, words: Words) -> Iterator[Expression]:
    """What may stand by mistake in a place of a right formula."""
    return (wrong for wrong in (*changed(place, words), *_enlarged(place)) if wrong != place.node)


def local_edit(name: str, place: Place, wrong: Expression, words: Words) -> Edit | None:
    """The mistake of a wrong part in the formula of ``name``, if it has a name."""
    kind = kind_of(Place(wrong, place.around), place.node, words)
    if kind is None:
        return None
    sentence = kind.sentence
    if not is_told(wrong):  # but for the mistake, it is much of the right formula
        sentence = sentence.replace(str(wrong), "a part of it")
    message = f"In the formula of {name}: {sentence}"
    return Edit(kind.code, {name: place.formula_with(wrong)}, message)


def spellings(formula: Expression, formulas: Formulas) -> Iterator[Expression]:
    """A formula with f' by name, and with f' written out in terms of A, as many do.

    Each has a node of its own at every place.
    """
    written = _written(formula)
    outs = (_slopes_written_out(written, formulas), _calls_written_out(written, formulas))
    return map(unshared, dict.fromkeys((written, *outs)))


def _written(formula: Expression) -> Expression:
    if isinstance(formula, Backward):
        return _written(formula.written)
    return formula.rebuilt(_written)


def _slopes_written_out(formula: Expression, formulas: Formulas) -> Expression:
    for l in formulas.layers:
        f = formulas.architecture.activations[l - 1]
        if isinstance(f, Elementwise) and f.derivative_formula:
            by_name = Call(f"d_{formulas.functions.of_layer(l)}", (Name(f"Z{l}"),))
            out = formulas.of_component(f, f.derivative_formula)
            out = out.substituted({"A": Name(f"A{l}"), "Z": Name(f"Z{l}")})
            formula = in_place(formula, by_name, out)
    return formula


def _calls_written_out(formula: Expression, formulas: Formulas) -> Expression:
    for l in formulas.layers:
        f, Z = formulas.architecture.activations[l - 1], Name(f"Z{l}")
        if f.formula:
            by_name = Call(formulas.functions.of_layer(l), (Z,))
            out = formulas.of_component(f, f.formula).substituted({"Z": Z})
            formula = in_place(formula, by_name, out)
    return formula


def _enlarged(place: Place) -> Iterator[Expression]:
    """A node with a sign, a simple factor or the rate too much."""
    node = place.node
    yield Negative(node)
    yield from (Product(Number(2.0), node), Quotient(node, Number(2.0)))
    if "learning_rate" in node.names():
        yield Product(Name("learning_rate"), node)
