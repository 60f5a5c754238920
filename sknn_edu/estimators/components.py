"""From text to a loss, an activation or an initializer: ``"squared_error + 2 * log_loss"``.

Text is read by the parser of the students' formulas, with the names of the family in the
place of matrices; nothing of it is executed. So parameters of the estimators can be read from
files, and losses can be written as they are printed: ``"2 * SquaredError()"``.
"""

from __future__ import annotations

import operator
import re
from typing import Any

from ..component import Component
from ..formulas import Expression, ExpressionError, parse
from ..formulas.tree import Call, Name, Negative, Number, Product, Quotient, Sum


def component(family: type[Component], text: str) -> Component:
    """The component of a family that a text names.

    Parameters
    ----------
    family : type
        `Loss`, `Activation`, `Initializer` or `Optimizer`.
    text : str
        A name, perhaps with its setting, ``"huber(0.5)"`` or ``"huber(delta=0.5)"``. Of losses
        also a sum, and a multiple: ``"2 * squared_error"``.

    Raises
    ------
    ValueError
        If it is anything else; an `ExpressionError` that points to the character.

    Examples
    --------
    >>> from sknn_edu.losses import Loss
    >>> from sknn_edu.estimators.components import component
    >>> component(Loss, "2 * squared_error + huber(0.5)")
    2 * SquaredError() + Huber(delta=0.5)
    """
    if text in family.names():
        return family.find(text)()
    classes = {name: family.find(name) for name in family.names()}
    classes |= {cls.__name__: cls for cls in classes.values() if cls.__name__ in text}
    is_unknown = text.isidentifier() and text not in classes
    if is_unknown and (meant := family.what_was_meant(text)):
        known = ", ".join(family.names())
        raise ExpressionError(f"There is no {text!r} here.{meant} There are {known}.", text, 0)
    tree = parse(_without_keywords(text.replace("()", "  "), classes), classes, classes)
    value = _read(tree, classes, text)
    if not isinstance(value, family):
        known = ", ".join(family.names())
        raise ExpressionError(f"This is a number, not the name of a component: {known}.", text, 0)
    return value


def _without_keywords(text: str, classes: dict[str, type[Component]]) -> str:
    """``huber(delta=0.5)`` as ``huber(      0.5)``: what points to a character still does."""

    def blank(match: re.Match[str]) -> str:
        cls, keyword = classes.get(match["name"]), match["keyword"]
        if cls is None or len(cls.setting_names) > 1:
            return match[0]
        if keyword in cls.setting_names:
            return match["name"] + match["open"] + " " * (match.end() - match.end("open"))
        has = f"its setting is {cls.setting_names[0]}" if cls.setting_names else "it has none"
        reason = f"{match['name']} has no setting {keyword!r}; {has}."
        raise ExpressionError(reason, text, match.start("keyword"))

    call = r"(?P<name>\w+)(?P<open>\(\s*)(?P<keyword>\w+)\s*=\s*"
    return re.sub(call, blank, text)


OPERATIONS = {Sum: operator.add, Product: operator.mul, Quotient: operator.truediv}


def _read(node: Expression, classes: dict[str, type[Component]], text: str) -> Any:
    """A number, or a component."""
    make: Any = None
    match node:
        case Number(number):
            return number
        case Name(name):
            return classes[name]()
        case Call(name, (_,)) if not classes[name].setting_names:
            raise ExpressionError(f"{name} has no settings.", text, node.span[0])
        case Call(name, (_,)) if len(classes[name].setting_names) == 1:
            make = classes[name]
        case Negative():
            make = operator.neg
        case Sum(_, "+", _) | Product() | Quotient():
            make = OPERATIONS[type(node)]
        case _:
            reason = "Only names, their settings, +, * and / can stand here."
            raise ExpressionError(reason, text, node.span[0])
    arguments = [_read(part, classes, text) for part in node.parts()]
    try:
        return make(*arguments)
    except TypeError:
        reason = (
            "Losses can be added to each other, and multiplied or divided by a number; a setting "
            "is one number, as in huber(0.5). Nothing else can be computed here."
        )
    except ArithmeticError as error:
        reason = f"This cannot be computed: {error}."
    except ValueError as error:
        reason = str(error)
    raise ExpressionError(reason, text, node.span[0])
