"""The formulas of one update: W1_next, what the solver keeps, and the numbers on the way.

They are the texts of `sknn_edu.optimizers`, read once for each parameter: theta is W1, g its
gradient dW1, m what is kept for it, mW1. The options around a solver are put in here: the clipping
of the gradient, a penalty with a step of its own, the rates of the layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..estimators.next_step import NextStep
from ..formulas import Expression
from ..formulas.tree import Name, Product, Quotient, Sum
from ..optimizers import Like

Read = Callable[[str], Expression]


def update_formulas(
    step: NextStep,
    gradients: Mapping[str, Expression],
    shrinking: Mapping[str, Expression],
    is_descent: bool,
    read: Read,
) -> dict[str, Expression]:
    """Everything that is computed in an update, in the order of the computation.

    Parameters
    ----------
    step : NextStep
    gradients : dict of str to Expression
        The gradient that the solver is given, by parameter: ``W1``.
    shrinking : dict of str to Expression
        The derivative of the penalty by the parameters that it shrinks in a step of its own.
    is_descent : bool
        Whether gradients have the opposite sign.
    read : callable
        Text to formula.
    """
    found = {name: read(text) for name, text in step.named.items()}
    if step.clips:
        found["clip"] = _clip(gradients, read)
        gradients = {p: Product(Name("clip"), g) for p, g in gradients.items()}
    for p, g in gradients.items():
        found |= _of_parameter(p, g, shrinking.get(p), step, is_descent, read)
    return found


def _clip(gradients: Mapping[str, Expression], read: Read) -> Expression:
    """What gradients are multiplied by, so that they are together no longer than the limit."""
    squares = " + ".join(f"sum(g{p}**2)" for p in gradients)
    number = read(f"minimum(1, clip_norm / sqrt({squares}))")
    return number.substituted({f"g{p}": g for p, g in gradients.items()})


def _of_parameter(
    p: str, g: Expression, slope: Expression | None, step: NextStep, is_descent: bool, read: Read
) -> dict[str, Expression]:
    """What is kept for one parameter, then the parameter, both as they come next."""
    names: dict[str, Expression] = {"theta": Name(p), "g": g}
    for k in step.kept:
        names |= {k: Name(f"{k}{p}"), f"{k}_next": Name(f"{k}{p}_next")}
    like_g = {"g", *(f"{k}_next" for k, kept in step.kept.items() if kept.like is Like.GRADIENT)}
    found = {}
    for k, kept in step.kept.items():
        turns = is_descent and kept.like is Like.STEP
        formula = _turned_round(read(kept.formula), like_g) if turns else read(kept.formula)
        found[f"{k}{p}_next"] = formula.substituted(names)
    theta = _turned_round(read(step.theta), like_g) if is_descent else read(step.theta)
    if slope is not None:
        names["slope"] = slope
        theta = theta.substituted({"theta": read("theta - learning_rate * slope")})
    if step.has_rates:
        theta = _at_rate(theta, Name(f"rate{p}"))
    return {**found, f"{p}_next": theta.substituted(names)}


def _turned_round(formula: Expression, like_g: set[str]) -> Expression:
    """A sum with the other sign in front of what follows the sign of the gradient."""
    match formula:
        case Sum(left, sign, right):
            if not like_g.isdisjoint(right.names()):
                sign = "-" if sign == "+" else "+"
            return Sum(_turned_round(left, like_g), sign, right)
    return formula


def _at_rate(formula: Expression, rate: Expression) -> Expression:
    """theta - step with the step times the rate of the layer."""
    match formula:
        case Sum(left, sign, right):
            return Sum(_at_rate(left, rate), sign, _times(rate, right))
    return formula


def _times(rate: Expression, formula: Expression) -> Expression:
    """The product, written from left to right."""
    match formula:
        case Product(left, right):
            return Product(_times(rate, left), right)
        case Quotient(left, right):
            return Quotient(_times(rate, left), right)
    return Product(rate, formula)
