"""The right sides of equations as formulas, with the names that updates have in textbooks."""

from __future__ import annotations

from dataclasses import replace

from ...formulas.errors import ExpressionError
from ...formulas.latex_reader import LatexReading, read_latex
from ...formulas.quantity import Quantity
from ..marking.update_names import InLatex, UpdateNames, with_meanings
from .left_sides import Known, Left


def read_right_side(left: Left, text: str, known: Known) -> LatexReading:
    """The formula for what is on the left."""
    is_step = Quantity.of(left.target).is_step
    names = [name for name in known.names if name != "loss"] + [*known.updates.names] * is_step
    plain = InLatex(text, {}, {})
    latex = UpdateNames(known.updates.step, left.target, text).in_latex() if is_step else plain
    notation = replace(known.notation, names={**known.notation.names, **latex.names})
    try:
        reading = read_latex(
            latex.text,
            [*names, *latex.meanings],
            known.functions,
            shapes=latex.shapes(known.layout),
            layout=known.layout,
            notation=notation,
            target=left.target,
            factor_of=left.factor_of,
        )
    except ExpressionError as error:
        # As the author wrote it: without the symbols.
        raise type(error)(error.reason, text, error.position) from None
    return reading._replace(expression=with_meanings(reading.expression, latex.meanings))
