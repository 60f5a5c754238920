"""A class at a glance: each question, and what most of the class got wrong."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = ("right", "wrong", "unreadable", "missing", "not_finite")
FORMATS = ("text", "csv", "json")
RIGHT, UNKNOWN = "right", "unknown"


def outcome(answer: dict[str, Any]) -> str:
    """Which of the outcomes it is; ``answer`` is a row of `Marking.table`."""
    if answer["correct"]:
        return RIGHT
    codes = answer["mistakes"]
    return codes[0] if len(codes) == 1 and codes[0] in OUTCOMES else "wrong"


def score_of(answers: list[dict[str, Any]]) -> float:
    """The part of the answers that is right; some of a document are half right."""
    points = [float(answer.get("score", answer["correct"])) for answer in answers]
    return sum(points) / len(points) if points else 0.0


@dataclass
class Question:
    """How a class has answered one question."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    mistakes: Counter[str] = field(default_factory=Counter)

    def count(self, answer: dict[str, Any]) -> None:
        """Count one answer."""
        kind = outcome(answer)
        self.outcomes[kind] += 1
        if kind == "wrong":
            self.mistakes.update(answer["mistakes"])

    @property
    def n_wrong(self) -> int:
        """Answers that are there and not right."""
        return sum(self.outcomes[kind] for kind in OUTCOMES if kind not in (RIGHT, "missing"))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        counts = {kind: self.outcomes[kind] for kind in OUTCOMES}
        return {"name": self.name, **counts, "mistakes": dict(_by_count(self.mistakes))}


class Summary:
    """Counts over the submissions of a class.

    Attributes
    ----------
    questions : dict of str to Question
        In the order in which they come up.
    """

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, answers: list[dict[str, Any]], error: str = "") -> None:
        """Count a submission: its answers, or why it cannot be marked."""
        row = {"name": name, "score": score_of(answers), "error": error, "answers": answers}
        self.rows.append(row)
        for answer in answers:
            question = self.questions.setdefault(answer["name"], Question(answer["name"]))
            question.count(answer)

    @property
    def most_wrong_first(self) -> list[Question]:
        """The questions that somebody got wrong, those that most got wrong in front."""
        wrong = [question for question in self.questions.values() if question.n_wrong]
        return sorted(wrong, key=lambda question: -question.n_wrong)

    def written(self, form: str) -> str:
        """As ``text``, ``csv`` or ``json``."""
        return {"text": self.text, "csv": self.csv, "json": self.json}[form]()

    def json(self) -> str:
        """Everything that is counted, as JSON."""
        students = [
            {
                "name": row["name"],
                "score": row["score"],
                **({"error": row["error"]} if row["error"] else {}),
                "answers": {a["name"]: _cell(a) for a in row["answers"]},
            }
            for row in self.rows
        ]
        content = {
            "submissions": len(self.rows),
            "unusable": sum(bool(row["error"]) for row in self.rows),
            "questions": [question.to_dict() for question in self.questions.values()],
            "most_wrong_first": [question.name for question in self.most_wrong_first],
            "students": students,
        }
        return json.dumps(content, allow_nan=False, indent=2)

    def csv(self) -> str:
        """A line for each submission: its score, and for each question what was wrong."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["submission", "score", *map(_safe, self.questions), "error"])
        for row in self.rows:
            cells = {answer["name"]: _cell(answer) for answer in row["answers"]}
            marks = [cells.get(name, "") for name in self.questions]
            error = " ".join(row["error"].split())
            writer.writerow([_safe(row["name"]), f"{row['score']:.4g}", *marks, _safe(error)])
        return stream.getvalue().rstrip("\n")

    def text(self) -> str:
        """Tables to read."""
        unusable = sum(bool(row["error"]) for row in self.rows)
        n = len(self.rows)
        lines = [f"{n} submission{'s' * (n != 1)}, {unusable} of them could not be marked"]
        if self.questions:
            width = max(8, *map(len, self.questions))
            lines += ["", " ".join([f"{'question':<{width}}", *(f"{o:>10}" for o in OUTCOMES)])]
            for name, question in self.questions.items():
                counts = (f"{question.outcomes[kind]:>10}" for kind in OUTCOMES)
                lines.append(" ".join([f"{name:<{width}}", *counts]))
        for question in self.most_wrong_first:
            if not lines[-1].startswith("  ") and "What most" not in "".join(lines):
                lines += ["", "What most got wrong comes first:"]
            counted = [f"{code} {n}" for code, n in _by_count(question.mistakes)]
            counted += [
                f"{kind} {question.outcomes[kind]}"
                for kind in ("unreadable", "not_finite")
                if question.outcomes[kind]
            ]
            lines.append(f"  {question.name}: {', '.join(counted)}")
        return "\n".join(lines)


def _cell(answer: dict[str, Any]) -> str:
    """``right``, or the codes of what is wrong."""
    return RIGHT if answer["correct"] else "+".join(answer["mistakes"])


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; those that are equally frequent by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
