"""Marked answers: what `check_derivation` returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np


@dataclass(frozen=True)
class MarkedAnswer:
    """One answer, marked.

    Attributes
    ----------
    name : str
        The quantity.
    correct : bool
    mistakes : tuple of str
        Codes of what is wrong; several if two mistakes were made at once, or if two
        cannot be told apart by these numbers (`explanations` says which of the two it
        is). ``("unknown",)`` where nothing known explains the answer; empty if correct.
    explanations : tuple of tuple of str
        Each of them explains the answer by itself.
    message : str
        What is wrong and how to see it; the right formula if `check_derivation` was
        called with ``reveal=True``.
    relative_error : float
        max |a - t| / max(|a|, |t|, 0.001 max |t|) over the entries of the answer a and the
        truth t; at most 2, infinite where shapes differ or numbers are missing.
    """

    name: str
    correct: bool
    mistakes: tuple[str, ...]
    explanations: tuple[tuple[str, ...], ...]
    message: str
    relative_error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON; an infinite error is None."""
        error = self.relative_error
        return {
            "name": self.name,
            "correct": self.correct,
            "mistakes": list(self.mistakes),
            "explanations": [list(codes) for codes in self.explanations],
            "message": self.message,
            "relative_error": error if np.isfinite(error) else None,
        }

    def html_row(self) -> str:
        """A row of a table."""
        mark = "&#10003;" if self.correct else "&#10007;"
        text, _, place = self.message.partition("\n")
        said = escape(text) + (f"<pre>{escape(place)}</pre>" if place else "")
        texts = (escape(", ".join(self.mistakes)), said)
        cells = "".join(f"<td style='text-align:left'>{text}</td>" for text in texts)
        return f"<tr><th>{escape(self.name)}</th><td>{mark}</td>{cells}</tr>"

    def __str__(self) -> str:
        if self.correct:
            return f"{self.name}: correct"
        return f"{self.name}: {', '.join(self.mistakes)}\n    {self.message}"


class Marking(Mapping[str, MarkedAnswer]):
    """All answers, marked; a mapping from their names.

    Attributes
    ----------
    answers : tuple of MarkedAnswer
    score : float
        The part of the answers that is correct, from 0 to 1.
    correct : bool
        Whether all of them are.
    table : list of dict
        A row for each answer, ready for a data frame.
    text : str
        What to show to a student.
    """

    def __init__(self, answers: list[MarkedAnswer]) -> None:
        self.answers = tuple(answers)
        self._by_name = {answer.name: answer for answer in answers}

    @property
    def score(self) -> float:
        """The part of the answers that is correct."""
        return sum(answer.correct for answer in self.answers) / len(self.answers)

    @property
    def correct(self) -> bool:
        """Whether all answers are correct."""
        return all(answer.correct for answer in self.answers)

    @property
    def table(self) -> list[dict[str, Any]]:
        """A row for each answer."""
        return [answer.to_dict() for answer in self.answers]

    @property
    def answer_rows(self) -> list[dict[str, Any]]:
        """The rows that a summary of a class counts."""
        return self.table

    @property
    def text(self) -> str:
        """A line for each answer, and more for a wrong one."""
        n_correct = sum(answer.correct for answer in self.answers)
        lines = [f"{n_correct} of {len(self.answers)} correct", *map(str, self.answers)]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return {"score": self.score, "correct": self.correct, "answers": self.table}

    def __getitem__(self, name: str) -> MarkedAnswer:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        head = "<tr><th>answer</th><th></th><th>mistake</th><th>what it says</th></tr>"
        rows = "".join(answer.html_row() for answer in self.answers)
        return f"<table>{head}{rows}</table><p>{self.score:.0%} correct</p>"
