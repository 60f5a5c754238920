"""Mistakes in what a solver keeps: velocities, means of gradients, means of their squares.

What the rules are is read from the formulas of the network (`FirstOrder.in_formulas`); here is what
is done to their trees.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....formulas import Expression
from ....formulas.quantity import Quantity
from ....formulas.tree import Call, Name, Number, Power, Product, Sum
from ....optimizers import Like
from ...network_formulas import Formulas
from .base import in_place
from .update_mistake import RATE, ZERO, UpdateMistake, Wrong, is_momentum, of_velocity

V_HERE = "Here v is the step itself, v_next = momentum * v - learning_rate * dW, and is added to W."
# By code: the velocities of other courses; + is the sign that the gradient has not here.
VELOCITIES = (
    ("sign", "momentum * v + learning_rate * g", "points uphill, and would be subtracted"),
    ("learning_rate_missing", "momentum * v + g", "is that of PyTorch, without the rate"),
    ("learning_rate_missing", "momentum * v - g", "has no rate in it"),
    (
        "learning_rate_missing",
        "momentum * v + (1 - momentum) * g",
        "is a mean of the gradients, as in Ng's course",
    ),
    ("factor", "momentum * v - (1 - momentum) * learning_rate * g", "is a mean"),
    ("learning_rate_squared", "learning_rate * (momentum * v - g)", "has the rate in both terms"),
    ("learning_rate_squared", "learning_rate * (momentum * v + g)", "has the rate in both terms"),
)


class OtherVelocity(UpdateMistake):
    """The velocity of another convention: with the other sign, without the rate, as a mean."""

    code = "learning_rate_missing"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """What v is in other courses."""
        if is_momentum(formulas) and quantity.kept_as == "v":
            for code, text, what in VELOCITIES:
                wrong = of_velocity(text, str(quantity.parameter), formulas)
                yield Wrong(code, wrong, f"This velocity {what}. {V_HERE}")


class WrongMean(UpdateMistake):
    """Weights of a mean that are missing, exchanged or on the wrong term; nothing kept."""

    code = "factor"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """For every mean, decay * old + share * new, and every velocity."""
        for node in formula.walk():
            match node:
                case Sum(Product(Name() as decay, Name(old)), _, _) if Quantity.of(old).kept_as:
                    for wrong in _of_sum(node, formulas):
                        made = formula.replaced(node, wrong.formula)
                        yield Wrong(wrong.code, made, wrong.message)
                    for other in formulas.step.numbers.keys() - {decay.id}:
                        yield Wrong(
                            "wrong_name",
                            in_place(formula, decay, Name(other)),
                            f"{other} stands where {decay} belongs.",
                        )


def _of_sum(node: Sum, formulas: Formulas) -> Iterator[Wrong]:
    """What becomes of decay * old + share * new."""
    assert isinstance(node.left, Product)
    decay, old, sign, right = node.left.left, node.left.right, node.sign, node.right
    yield Wrong(
        "wrong_name",
        right if sign == "+" else Sum(ZERO, "-", right),
        f"{old} is missing: what was kept of earlier steps belongs in, times {decay}.",
    )
    yield Wrong(
        "factor",
        Sum(old, sign, right),
        f"The factor {decay} of {old} is missing: without it nothing is ever forgotten.",
    )
    wrong_term = f"{decay} stands with the wrong term: it belongs to {old}, what was kept."
    yield Wrong("factor", Sum(old, sign, Product(decay, right)), wrong_term)
    match right:
        case Product(Sum(Number(1.0), "-", weight) as share, new) if weight == decay:
            yield Wrong("factor", Sum(old, sign, Product(decay, new)), wrong_term)
            yield from _of_mean(decay, old, share, new)


def _of_mean(
    decay: Expression, old: Expression, share: Expression, new: Expression
) -> Iterator[Wrong]:
    yield Wrong(
        "factor",
        Sum(Product(decay, old), "+", new),
        f"The factor {share} in front of {new} is missing: this is a mean, whose two weights, "
        f"{decay} and {share}, add up to 1.",
    )
    yield Wrong(
        "factor",
        Sum(Product(share, old), "+", Product(decay, new)),
        f"{decay} and {share} are exchanged: {decay}, the larger one, is the weight of {old}.",
    )
    yield Wrong(
        "factor",
        Sum(old, "+", new),
        f"This adds up. What is kept here is a mean, with the weights {decay} and {share}.",
    )
    yield Wrong(
        "learning_rate_squared",
        Sum(Product(decay, old), "+", Product(share, Product(RATE, new))),
        "The learning rate does not belong in a mean of gradients: it is in the step, once.",
    )


class WrongSquare(UpdateMistake):
    """The square of the gradient missing, too much, or taken of the wrong thing."""

    code = "wrong_name"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """In what is kept."""
        letter, gradient = quantity.kept_as or "", Name(f"d{quantity.parameter}")
        if letter not in formulas.step.kept:
            return
        if formulas.step.kept[letter].like is not Like.SQUARE:
            message = (
                f"{gradient} is squared: its square belongs in another moment, not in {letter}."
            )
            wrong = in_place(formula, gradient, Power(gradient, Number(2.0)))
            yield Wrong(self.code, wrong, message)
            return
        for node in formula.walk():
            if isinstance(node, Power):
                yield from self._of_square(formula, node, letter)

    def _of_square(self, formula: Expression, square: Power, letter: str) -> Iterator[Wrong]:
        g = square.base
        missing = f"The square is missing: {letter} is made of {square}, entry by entry."
        yield Wrong(self.code, formula.replaced(square, g), missing)
        yield Wrong(self.code, formula.replaced(square, Call("abs", (g,))), missing)
        yield Wrong(
            self.code,
            Power(formula.replaced(square, g), Number(2.0)),
            f"{letter} is the mean of the squares, not the square of the mean.",
        )
        match formula:
            case Sum(old, sign, Product(share, _)):
                of_both = Power(Product(share, g), Number(2.0))
                message = f"{share} is squared too: only {g} is."
                yield Wrong("factor", Sum(old, sign, of_both), message)
