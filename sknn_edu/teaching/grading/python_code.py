"""Answers as Python code: the formula of each quantity that is asked for, and where it stands."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...estimators.inspection import architecture_of, next_step_of
from ...formulas.conventions import Conventions
from ...formulas.quantity import Quantity
from ..marking.marked import MarkedAnswer
from ..marking.marker import UNREADABLE
from ..network_formulas import Formulas
from ..reading import Reading, formulas_of_source
from .table import Table
from .task import Task
from .true_values import recognition_for

NUMBERS = ["X", "Y", "m", "alpha", "l1_ratio", "learning_rate"]


def readings_of(task: Task, text: Any, table: Table) -> dict[str, Reading]:
    """What the code computes, by the name of the quantity.

    ``table`` says where the code stands if it cannot be read at all.
    """
    if not isinstance(text, str):
        table.refuse('it is Python code in quotes, code = """dW2 = A1.T @ dZ2""".', "code")
    architecture, step = architecture_of(task.est), next_step_of(task.est)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        computed = [*Formulas(architecture, step=step).all()]
    layers = range(1, architecture.n_layers + 1)
    parameters = [f"{p}{l}" for p in "Wb" for l in layers if f"{p}{l}_next" in computed]
    aliases = [name.replace("delta", "dZ") for name in computed if name.startswith("delta")]
    kept = [f"{letter}{p}" for letter in step.kept for p in parameters]
    known = [*NUMBERS, *step.numbers, "A0", *parameters, *kept, *computed, *aliases]
    hidden = architecture.activations[:-1]
    activations = {word for f in hidden for word in (f.name, *f.aliases)}
    X, y, sample_weight, _ = task.data
    conventions = Conventions.of(**{"layout": "rows", **task.conventions})
    recognition = recognition_for(task.est, X, y, sample_weight, conventions)
    try:
        readings = formulas_of_source(
            text, architecture.n_layers, known, activations=activations, recognition=recognition
        )
    except ValueError as error:
        table.refuse(error)
    return {name: _unquoted(reading) for name, reading in readings.items()}


def _unquoted(reading: Reading) -> Reading:
    """A formula in quotes, as in a dict of answers for `check_derivation`, without them."""
    if not reading.formula.startswith(("'", '"')):
        return reading
    try:
        text = ast.literal_eval(reading.formula)
    except (ValueError, SyntaxError):  # quotes of which something is made
        return reading
    return reading._replace(formula=text)


def quantities_of(task: Task) -> list[str]:
    """All quantities of the network that can be asked for."""
    architecture, step = architecture_of(task.est), next_step_of(task.est)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return [*Formulas(architecture, step=step).all()]


def readings_asked_for(
    readings: Mapping[str, Reading], questions: Mapping[str, Any]
) -> dict[str, Reading]:
    """Those readings that answer a question, by the name that the question has."""
    own_name = {str(Quantity.of(name)): name for name in questions}
    others = {
        name: reading
        for name, reading in readings.items()
        if Quantity.of(name).is_step and reading.formula and name not in own_name
    }
    return {
        own_name[name]: _with(others, reading) if Quantity.of(name).is_step else reading
        for name, reading in readings.items()
        if name in own_name
    }


def _with(others: Mapping[str, Reading], reading: Reading) -> Reading:
    """The formula of a step with those put in for what is kept that nobody asks for.

    Else a mistake in them would not be seen.
    """
    formula = reading.formula
    for name, other in reversed(list(others.items())):
        parts = re.split(rf"\b{name}\b", formula)
        formula = f"({other.formula})".join(parts)
    return reading._replace(formula=formula)


def not_recognised(readings: Mapping[str, Reading]) -> str:
    """What to say of a quantity that was not found in code: what was, and how to name it."""
    found = ", ".join(name for name in readings if not readings[name].reason)
    what = f"Recognised were {found}." if found else "Nothing in the file was recognised."
    return (
        f" No line is recognised by its name or by its numbers. {what} Where a quantity is "
        "computed under another name, or by an object or a helper of another file, call it by its "
        "name in the task."
    )


def unreadable(name: str, reading: Reading, place: str) -> MarkedAnswer:
    """The mark of what cannot be read."""
    message = f"{place} cannot be read: {reading.reason}."
    return MarkedAnswer(name, False, (UNREADABLE,), (), message, np.inf)


def with_place(answer: MarkedAnswer, reading: Reading, place: str) -> MarkedAnswer:
    """The mark of a formula in code, with its line and how it was read."""
    if answer.correct:
        return answer
    read = f"{place}, read as {answer.name} = {reading.formula}. "
    return replace(answer, message=read + answer.message)
