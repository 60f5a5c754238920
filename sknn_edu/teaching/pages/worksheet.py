"""`worksheet`: a page that asks for the numbers of a small network, and answers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...formulas.conventions import Conventions
from .page import Page, as_json, assemble
from .questions import Exercise, Question
from .sheet import Sheet, pretty

MOST_DIGITS = 8


def worksheet(
    est: Any,
    X: Any,
    y: Any,
    ask: Sequence[str] | None = None,
    *,
    sample_weight: Any = None,
    layout: str = "rows",
    mean_in: str = "delta",
    sign: str = "gradient",
    digits: int = 4,
    title: str | None = None,
) -> Page:
    """A page that asks for the numbers of a small network, and says which mistake was made.

    Every number is marked as soon as it is entered. Where all numbers of a quantity are those that
    a known mistake gives, the page says which mistake, with the words of `check_derivation`. There
    is a hint for each question, and behind it the answer. Printed, it is an exercise sheet with
    empty boxes, if wanted with a sheet of solutions.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it is not changed. All is computed in float64.
    X, y : array-like
        A few samples.
    ask : sequence of str, default=None
        The quantities, in the order of the page: ``["Z1", "A1", "delta2", "dW2", "loss"]``, also
        ``"dA1"``, ``"db1"``, ``"W1_next"``. By default the forward pass, the loss and the
        backward pass.
    sample_weight : array-like of shape (n_samples,), default=None
    layout : {"rows", "columns"}, default="rows"
        Whether samples are rows (Z = A_prev W + b) or columns (Z = W A_prev + b).
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands, as in `trace`; the page says it.
    sign : {"gradient", "descent"}, default="gradient"
        ``"descent"`` gives every d... the opposite sign, so that updates are added.
    digits : int, default=4
        How many significant digits are asked for, of the largest number of each quantity. The
        others have as many decimals.
    title : str, default=None
        The heading; by default it says what the network is made of.

    Returns
    -------
    page : Page
        ``page.save("worksheet.html")`` writes it; a notebook shows it.

    Raises
    ------
    ValueError
        If a name in ``ask`` is no quantity that this network computes, if there are too many
        numbers for the hand, or if a parameter has no valid value.

    See Also
    --------
    nice_numbers : Weights and data with which the arithmetic stays bearable.
    check_derivation : Marks formulas, too, and finds more mistakes.

    Notes
    -----
    An answer is right if each entry is within the tolerance, which the page states: a unit of the
    last decimal that is asked for, or up to ten where a learner who rounds every number on the
    way ends up further away.

    The answers are in the page, or it could not mark without a network: encoded, so that nobody
    sees them by chance, but not secret. Use it to practise, and mark examinations elsewhere.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.teaching import nice_numbers, worksheet
    >>> exercise = nice_numbers(BackpropRegressor(2, "relu", alpha=0), random_state=0)
    >>> page = worksheet(*exercise, ask=["Z1", "A1", "loss"], title="A first step")
    >>> page.title
    'A first step'
    >>> path = page.save("a_first_step.html")  # doctest: +SKIP
    """
    conventions = Conventions.of(layout, mean_in, sign)
    if (
        not isinstance(digits, Integral)
        or isinstance(digits, bool)
        or not 2 <= digits <= MOST_DIGITS
    ):
        raise ValueError(
            f"digits must be an int from 2 to {MOST_DIGITS}, got {digits!r}: the number of "
            "significant digits that are asked for."
        )
    if title is not None and (not isinstance(title, str) or not title.strip()):
        raise ValueError(f"title must be text, or None for one that is made, got {title!r}.")
    with overflow_is_expected():
        exercise = Exercise(est, X, y, sample_weight, conventions, int(digits))
    questions = list(exercise.questions(exercise.checked_names(ask)))
    sheet = Sheet(est, exercise, questions, title)
    key = _key(questions, sheet)
    about = hashlib.sha256(as_json(key).encode()).hexdigest()[:16]
    data = {"id": about, "names": [question.name for question in questions], "key": encoded(key)}
    scripts = ["entries.js", "worksheet.js"]
    return assemble(sheet.title, ["worksheet.css"], scripts, data, sheet.body())


def _key(questions: list[Question], sheet: Sheet) -> dict[str, Any]:
    """What the page needs to mark, and what it says only when asked."""
    mistakes: dict[tuple[str, str], int] = {}  # a code and a sentence, each pair once

    def number(mistake: tuple[str, str]) -> int:
        return mistakes.setdefault(mistake, len(mistakes))

    answers = [
        {
            "right": _short(question.value, 12),
            "shown": sheet.shown(question),
            "tolerance": question.tolerance,
            "decimals": question.decimals,
            "exact": question.is_exact,
            "hint": sheet.hint(question),
            "formula": sheet.formula(question),
            "wrong": [
                {
                    "value": _short(value, 7),
                    "why": [list(map(number, zip(*why, strict=True))) for why in explanations],
                }
                for value, explanations in question.wrong
            ],
        }
        for question in questions
    ]
    texts = [{"code": code.replace("_", " "), "html": pretty(text)} for code, text in mistakes]
    return {"questions": answers, "mistakes": texts}


def _short(value: np.ndarray, digits: int) -> list[list[float]]:
    """With as many digits as can matter."""
    return [[float(f"{x:.{digits}g}") for x in row] for row in value]


def encoded(key: Any) -> str:
    """JSON in base64: not to be read at a glance in the source of the page."""
    return base64.b64encode(as_json(key).encode()).decode()
