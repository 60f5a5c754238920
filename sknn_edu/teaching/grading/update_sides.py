r"""Updates in documents: on the right names that they have in textbooks, on the left any parameter.

``m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t`` is stated for any parameter, and marked for the
weights of each layer.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

from ...formulas import Expression
from ...formulas.errors import ExpressionError
from ...formulas.latex_reader import LatexReading, read_latex
from ...formulas.quantity import Quantity
from ..marking.update_names import InLatex, UpdateNames, with_meanings
from ..marking.update_names import Kept as Letters
from ..marking.update_patterns import (
    LATER,
    LONE_KEPT,
    NEW,
    STEP,
    SYMBOLS,
    gradients,
    parameter_alone,
)
from .left_sides import Known, Left
from .notations.turned_weights import in_our_layout, shapes_of_turned


def parameters_meant(left: str, right: str, becomes: bool, known: Known) -> list[str]:
    """The parameters that an update without a layer is about: those of all layers, or none."""
    kept = LONE_KEPT.fullmatch(left)
    layers = range(1, known.depth + 1)
    if kept is not None:
        goes_on = re.search(re.escape(kept[1] or "E") + r"(?![A-Za-z])", right)
        if not goes_on or not known.updates.step.kept:
            return []
        of_b = any(re.search(pattern, right) for pattern in gradients("b0")[-2:])
        return [f"{'b' if of_b else 'W'}{l}" for l in layers]
    for family, symbol in SYMBOLS.items():
        lone = re.fullmatch(rf"\s*{symbol}({STEP})({NEW})\s*", left)
        if lone is not None:
            is_later = re.fullmatch(LATER, lone[1]) or lone[2] or becomes
            goes_on = re.match(rf"\s*{parameter_alone(f'{family}0')}", right)
            return [f"{family}{l}" for l in layers] if is_later or goes_on else []
    return []


def of_any_parameter(text: str, known: Known) -> Left | None:
    """The left side of an update that is stated for any parameter."""
    if not known.parameter:
        return None
    kept = LONE_KEPT.fullmatch(text)
    if kept is None:
        return Left(f"{known.parameter}_next")
    letters = Letters.of(known.updates.step)
    return Left(f"{letters.own(kept[1] or 'v', known.updates.v_is_first)}{known.parameter}_next")


def read_right_side(left: Left, text: str, known: Known, *, is_old: bool = False) -> LatexReading:
    """The formula for what is on the left."""
    is_step = Quantity.of(left.target).is_step
    names = [name for name in known.names if name != "loss"] + [*known.updates.names] * is_step
    latex = InLatex(text, {}, {})
    if is_step:
        latex = UpdateNames(known.updates.step, left.target, text, is_old=is_old).in_latex()
    notation = replace(known.notation, names={**known.notation.names, **latex.names})
    of_turned = shapes_of_turned([*names, left.target], known.layout) if known.turns_weights else {}
    try:
        reading = read_latex(
            latex.text,
            [*names, *latex.meanings],
            known.functions,
            shapes={**of_turned, **latex.shapes(known.layout)},
            layout=known.layout,
            notation=notation,
            target=left.target,
            factor_of=left.factor_of,
        )
    except ExpressionError as error:
        # As the author wrote it: without the symbols.
        raise type(error)(error.reason, text, error.position) from None
    formula = with_meanings(reading.expression, latex.meanings)
    if known.turns_weights:
        formula = in_our_layout(formula, left.target)
    return reading._replace(expression=formula)


def other_readings(
    left: Left, text: str, known: Known, first: Expression
) -> tuple[Expression, ...]:
    """A step with the old of what is kept, where the new one is written out in it."""
    if Quantity.of(left.target).is_parameter_next and known.updates.step.kept:
        with suppress(ExpressionError):
            other = read_right_side(left, text, known, is_old=True).expression
            return (other,) if other != first else ()
    return ()
