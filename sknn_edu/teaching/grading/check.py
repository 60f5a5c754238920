"""From a file to a marking."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...formulas.answer_names import hint_at, is_like_a_quantity, quantity_meant
from ..marking.check import check_derivation
from ..marking.marked import MarkedAnswer, Marking
from .python_code import quantities_of, readings_asked_for, readings_of, unreadable, with_place
from .table import AnswerFileError, Table, read_text, read_toml, short
from .task import KEYS, Task, read_task

DOCUMENTS = (".md", ".tex", ".txt")
MISSING = "missing"
CODE = "code"  # answers as Python code, below [answers]


def check_file(
    path: str | Path,
    *,
    task: str | Path | None = None,
    rtol: float | None = None,
    reveal: bool = False,
) -> Marking:
    """Mark the answers in a file: TOML, Python code, or a document with formulas.

    Parameters
    ----------
    path : str or Path
        A TOML file: the tables [network], [data], [answers] and perhaps [weights]; ``layout``,
        ``mean_in``, ``sign`` and ``rtol`` above them. What is in them is described in
        ``docs/grading.md``. Or a ``.py`` file with a backward pass, which is read and never run,
        or a ``.md``, ``.tex`` or ``.txt`` file with formulas; these need a task.
    task : str or Path, default=None
        Another file of that kind. Network, data, weights, layout and rtol are taken from it,
        and its [answers] say which answers are asked for; of the file at ``path`` only the
        [answers] are read. A missing answer is wrong, with the code ``missing``.
    rtol : float, default=None
        In place of the one in the file; see `check_derivation`.
    reveal : bool, default=False
        Whether messages end with the right formula.

    Returns
    -------
    Marking
        A formula that cannot be read is a wrong answer.

    Raises
    ------
    AnswerFileError
        If a file cannot be used. The message names file, table and key, and says what to
        write instead.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_edu.teaching.grading import check_file
    >>> text = '''
    ... [network]
    ... type = "regressor"
    ... hidden_layer_sizes = [2]
    ... activation = "tanh"
    ... alpha = 0
    ... random_state = 0
    ... [data]
    ... X = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]]
    ... y = [1.0, 0.0, 2.0]
    ... [answers]
    ... delta2 = "(A2 - Y) / m"
    ... dW2 = "A1.T @ (A2 - Y)"
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "answers.toml")
    ...     _ = path.write_text(text)
    ...     marking = check_file(path)
    >>> marking.score, marking["dW2"].mistakes
    (0.5, ('missing_mean',))
    """
    if rtol is not None and not 0 < rtol < 1:
        raise ValueError(f"rtol must lie between 0 and 1, got {rtol!r}; 1e-3 is 4 digits.")
    path = Path(path)
    if path.suffix.lower() in DOCUMENTS:
        return _check_document(path, task, rtol=rtol, reveal=reveal)
    submitted = _submitted(path, task)
    asked = submitted if task is None else _read(task)
    questions, answers = _answers(asked), _answers(submitted)
    if not questions:
        questions.refuse('there is no answer in it. Write, for instance, dW2 = "A1.T @ delta2".')
    asked_in_code, given_in_code = questions.pop(CODE, None), answers.pop(CODE, None)
    with overflow_is_expected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are about how training would go
        known = read_task(asked, Path(task or path).parent, rtol)
    if asked_in_code is not None:
        readings = readings_of(known, asked_in_code, questions)
        questions = Table({**questions, **readings}, questions.place)
    names, others = quantities_of(known), ""
    if task is not None:
        _check_questions(questions, names)
        answers, others = _by_question(answers, questions, names)
    marked = dict(_marked(known, answers, reveal)) if answers else {}
    if given_in_code is not None:
        readings = readings_of(known, given_in_code, submitted)
        readings = readings_asked_for(readings, {q: 0 for q in questions if q not in marked})
        marked |= _marked_readings(known, readings, submitted, reveal)
    for name in questions.keys() - marked.keys():
        message = f"There is no answer.{others}"
        marked[name] = MarkedAnswer(name, False, (MISSING,), (), message, np.inf)
    return Marking([marked[name] for name in questions])


def _read(path: str | Path) -> Table:
    """A TOML file with answers."""
    whole = read_toml(path)
    for key in whole:
        if key not in KEYS and is_like_a_quantity(key):
            whole.refuse("answers stand below a line [answers]. Move it there.", short(key))
    whole.check_keys(KEYS, " Answers stand below a line [answers].")
    return whole


def _check_questions(questions: Table, names: Collection[str]) -> None:
    """Refuse a question of the task about what the network does not have."""
    for question in questions:
        if quantity_meant(question, names) is None:
            hint = hint_at(question, names) or f" It has {', '.join(names)}."
            questions.refuse(f"the network has no such quantity.{hint}", short(question))


def _submitted(path: Path, task: str | Path | None) -> Table:
    """The file as one table; a Python file is one that has code for answers."""
    if path.suffix.lower() != ".py":
        return _read(path)
    whole = Table({}, f"{path}:")
    if task is None:
        whole.refuse("a Python file says nothing about the network. Name it: --task task.toml.")
    whole["answers"] = {CODE: read_text(path, whole)}
    return whole


def _check_document(path: Path, task: str | Path | None, **options: Any) -> Any:
    """The marks of the formulas in a Markdown or LaTeX document."""
    if task is None:
        reason = "a document says nothing about the network. Name it: --task task.toml."
        raise AnswerFileError(f"{path}: {reason}")
    try:
        document = import_module(".document", __package__)
    except ModuleNotFoundError:
        reason = "documents cannot be marked here; write the answers in TOML or Python."
        raise AnswerFileError(f"{path}: {reason}") from None
    return document.check_document(path, task, **options)


def _by_question(answers: Table, questions: Table, names: Collection[str]) -> tuple[Table, str]:
    """The answers by the names that the questions have: ``dZ2`` is ``delta2``; and of the others.

    A name that is none of them costs its own answer only: what is asked for is missing then.
    """
    own_name = {quantity_meant(name, names): name for name in questions}
    found, others = {}, []
    for name in sorted(answers, key=lambda name: name not in questions):
        question = name if name in questions else own_name.get(quantity_meant(name, names))
        if question is None or question in found:
            others.append(name)
        else:
            found[question] = answers[name]
    said = ""
    if others:
        hints = [f"{short(name)}.{hint_at(name, list(questions))}" for name in others[:5]]
        said = f" Not asked for: {' '.join(hints)}"
    return Table(found, answers.place), said


def _answers(document: Table) -> Table:
    return document.table("answers", '[answers]\n    dW2 = "A1.T @ delta2"')


def _marked(task: Task, answers: Table, reveal: bool) -> Marking:
    """The answers that were given, marked."""
    est, (X, y, sample_weight, _), conventions, rtol = task
    options: dict[str, Any] = {"sample_weight": sample_weight, "rtol": rtol, "reveal": reveal}
    options |= conventions
    try:
        return check_derivation(est, X, y, dict(answers), on_error="mark", **options)
    except ValueError as error:
        answers.refuse(error)


def _marked_readings(
    task: Task, readings: dict[str, Any], table: Table, reveal: bool
) -> dict[str, MarkedAnswer]:
    """The formulas in code, marked."""
    marked = {name: unreadable(name, r) for name, r in readings.items() if r.reason}
    formulas = {name: r.formula for name, r in readings.items() if not r.reason}
    if formulas:
        marking = _marked(task, Table(formulas, table.place), reveal)
        marked |= {name: with_place(answer, readings[name]) for name, answer in marking.items()}
    return marked
