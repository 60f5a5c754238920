"""From text to a loss, an activation or an initializer: ``"squared_error + 2 * log_loss"``.

Text is read by the parser of the students' formulas, with the names of the family in the
place of matrices; nothing of it is executed.
"""

from __future__ import annotations

import operator
from typing import Any, NoReturn

from ...component import Component
from ...formulas import Expression, ExpressionError, parse
from ...formulas.tree import Call, Name, Negative, Number, Product, Quotient, Sum


def component(family: type[Component], text: str) -> Component:
    """The component of a family that a text names.

    Parameters
    ----------
    family : type
        `Loss`, `Activation`, `Initializer` or `Optimizer`.
    text : str
        A name, perhaps with its setting, ``"huber(0.5)"``. Of losses also a sum, and a
        multiple: ``"2 * squared_error"``.

    Raises
    ------
    ValueError
        If it is anything else; an `ExpressionError` that points to the character.

    Examples
    --------
    >>> from sknn_edu.losses import Loss
    >>> from sknn_edu.teaching.grading.components import component
    >>> component(Loss, "2 * squared_error + huber(0.5)")
    2 * SquaredError() + Huber(delta=0.5)
    """
    if text in family.names():
        return family.find(text)()
    functions = [name for name in family.names() if len(family.find(name).setting_names) == 1]
    tree = parse(text, family.names(), functions)
    value = _Reader(family, text).read(tree)
    if not isinstance(value, family):
        raise ExpressionError(
            f"This is a number, not the name of a component: {', '.join(family.names())}.", text, 0
        )
    return value


class _Reader:
    """Translates the tree of one text."""

    operations = {Sum: operator.add, Product: operator.mul, Quotient: operator.truediv}  # noqa: RUF012

    def __init__(self, family: type[Component], text: str) -> None:
        self.family, self.text = family, text

    def read(self, node: Expression) -> Any:
        """A number, or a component."""
        match node:
            case Number(number):
                return number
            case Name(name):
                return self.family.find(name)()
            case Call(name, (argument,)):
                return self._made(node, self.family.find(name), self.read(argument))
            case Negative(operand):
                return self._made(node, operator.neg, self.read(operand))
            case Sum(left, "+", right) | Product(left, right) | Quotient(left, right):
                operation = self.operations[type(node)]
                return self._made(node, operation, self.read(left), self.read(right))
        self._refuse(node, "Only names, their settings, +, * and / can stand here.")

    def _made(self, node: Expression, make: Any, *arguments: Any) -> Any:
        """What is made of the arguments."""
        try:
            return make(*arguments)
        except TypeError:
            self._refuse(
                node,
                "Losses can be added to each other, and multiplied or divided by a number; a "
                "setting is one number, as in huber(0.5). Nothing else can be computed here.",
            )
        except ArithmeticError as error:
            self._refuse(node, f"This cannot be computed: {error}.")
        except ValueError as error:
            self._refuse(node, str(error))

    def _refuse(self, node: Expression, reason: str) -> NoReturn:
        raise ExpressionError(reason, self.text, node.span[0]) from None
