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
from .marked_document import MISSING
from .notebooks import Code, code_of
from .python_code import (
    not_recognised,
    quantities_of,
    readings_asked_for,
    readings_of,
    unreadable,
    with_place,
)
from .questions import CODE, check_questions, own_names, questions_of
from .table import AnswerFileError, Table, short
from .task import KEYS, Task, read_task
from .texts import read_text
from .toml_files import read_toml

DOCUMENTS = (".md", ".tex", ".txt")
PYTHON = {".py": "a Python file", ".ipynb": "a notebook"}
SUFFIXES = (".toml", *PYTHON, *DOCUMENTS)


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
        ``docs/grading.md``. Or a ``.py`` file or a notebook with a backward pass, which is read
        and never run, or a ``.md``, ``.tex`` or ``.txt`` file with formulas; these need a task.
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
    if path.suffix.lower() not in ("", *SUFFIXES):
        raise AnswerFileError(f"{path}: files that are marked end in {', '.join(SUFFIXES)}.")
    if path.suffix.lower() in PYTHON:
        code = _code(path, task)
        submitted = Table({"answers": {CODE: code.text}}, f"{path}:")
    else:
        code, submitted = Code(""), _read(path)
    asked = submitted if task is None else _read(task)
    answers = _answers(submitted)
    if not _answers(asked):
        reason = 'there is no answer in it. Write, for instance, dW2 = "A1.T @ delta2".'
        _answers(asked).refuse(reason)
    given_in_code = answers.pop(CODE, None)
    with overflow_is_expected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are about how training would go
        known = read_task(asked, Path(task or path).parent, rtol)
    questions, others = questions_of(_answers(asked), known), ""
    if task is not None:
        check_questions(questions, known)
        answers, others = _by_question(answers, questions, quantities_of(known))
    others += f" {code.left_out}".rstrip()
    marked = dict(_marked(known, answers, reveal)) if answers else {}
    if given_in_code is not None:
        readings = readings_of(known, given_in_code, submitted)
        others = not_recognised(readings) + others
        readings = readings_asked_for(readings, {q: 0 for q in questions if q not in marked})
        marked |= _marked_readings(known, readings, submitted, reveal, code)
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
    whole.check_keys([*KEYS, "notation"], " Answers stand below a line [answers].")
    return whole


def _code(path: Path, task: str | Path | None) -> Code:
    """The code of a Python file or a notebook."""
    place, suffix = Table({}, f"{path}:"), path.suffix.lower()
    if task is None:
        what = PYTHON[suffix]
        place.refuse(f"{what} says nothing about the network. Name it: --task task.toml.")
    text = read_text(path, place)
    return code_of(text, place) if suffix == ".ipynb" else Code(text)


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
    own_name = own_names(questions, names)
    found, others = {}, []
    for name in sorted(answers, key=lambda name: name not in questions):
        meant = quantity_meant(name, names)
        question = name if name in questions else own_name.get(meant) if meant else None
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
    task: Task, readings: dict[str, Any], table: Table, reveal: bool, code: Code
) -> dict[str, MarkedAnswer]:
    """The formulas in code, marked."""
    place = {name: code.place(reading.line) for name, reading in readings.items()}
    marked = {name: unreadable(name, r, place[name]) for name, r in readings.items() if r.reason}
    formulas = {name: r.formula for name, r in readings.items() if not r.reason}
    if formulas:
        marking = _marked(task, Table(formulas, table.place), reveal)
        marked |= {name: with_place(a, readings[name], place[name]) for name, a in marking.items()}
    return marked
