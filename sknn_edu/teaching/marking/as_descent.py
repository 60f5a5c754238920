"""Updates as plain gradient descent would make them, where the solver does something else."""

from __future__ import annotations

from ...estimators.next_step import NextStep
from .answers import Reader
from .marked import MarkedAnswer

ABOUT = "The solver of this network is {solver}. As a step of plain gradient descent: {message}"


def reader_of_descent(reader: Reader) -> Reader:
    """The same network, with a step of plain gradient descent."""
    return reader.with_step(NextStep(numbers={"learning_rate": reader.opened.step.learning_rate}))


def of_another_rule(marked: MarkedAnswer, solver: str) -> MarkedAnswer:
    """A mark as a step of gradient descent, where that is the wrong rule."""
    codes = tuple(dict.fromkeys(("wrong_name", *marked.mistakes)))
    explanations = tuple(
        tuple(sorted({"wrong_name", *explanation})) for explanation in marked.explanations
    )
    message = ABOUT.format(solver=solver, message=marked.message)
    return MarkedAnswer(marked.name, False, codes, explanations, message, marked.relative_error)
