"""What a task asks for: the names of its answers."""

from __future__ import annotations

from collections.abc import Collection

from ...formulas.answer_names import hint_at, quantity_meant
from .python_code import quantities_of, readings_of
from .table import Table, short
from .task import Task

CODE = "code"  # answers as Python code, below [answers]


def questions_of(answers: Table, task: Task) -> Table:
    """The model answers by the names of the questions; code has one for all that it computes."""
    questions = Table({**answers}, answers.place)
    code = questions.pop(CODE, None)
    readings = {} if code is None else readings_of(task, code, questions)
    questions.update(readings)
    return questions


def check_questions(questions: Table, task: Task) -> None:
    """Refuse a question about what the network does not have."""
    names = quantities_of(task)
    for question in questions:
        if quantity_meant(question, names) is None:
            hint = hint_at(question, names) or f" It has {', '.join(names)}."
            questions.refuse(f"the network has no such quantity.{hint}", short(question))


def own_names(questions: Collection[str], names: Collection[str]) -> dict[str, str]:
    """What each quantity is called by the task: ``delta2`` may be ``dZ2``."""
    meant = {question: quantity_meant(question, names) for question in questions}
    return {quantity: question for question, quantity in meant.items() if quantity is not None}
