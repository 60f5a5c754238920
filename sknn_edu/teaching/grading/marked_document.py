"""A marked document: its equations, each with a verdict, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..marking.marker import UNREADABLE

RIGHT, DEPENDS, WRONG, UNMARKED = "right", "depends", "wrong", "not marked"
MISSING = "missing"
POINTS = {RIGHT: 1.0, DEPENDS: 0.5, WRONG: 0.0}
ORDER = (UNMARKED, RIGHT, DEPENDS, WRONG)  # what counts of a quantity is its last of these


@dataclass(frozen=True)
class MarkedEquation:
    """An equation of a document, marked, or the reason why it is not.

    Attributes
    ----------
    line : int
        Where it begins in the document.
    source : str
        As it is written.
    verdict : {"right", "depends", "wrong", "not marked"}
        ``"depends"``: right in one reading, which ``message`` names.
    quantity : str
        What it gives; of a formula for every layer, the first that is wrong, or the last.
    read_as : str
        The formula as it was understood.
    notes : tuple of str
        What the document leaves open, and how it was taken.
    mistakes : tuple of str
        Codes, as of a `MarkedAnswer`.
    message : str
        What is wrong, or why it is not marked.
    of_layers : tuple of MarkedEquation
        Of a formula for every layer, that of each.
    """

    line: int
    source: str
    verdict: str
    quantity: str = ""
    read_as: str = ""
    notes: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    message: str = ""
    of_layers: tuple[MarkedEquation, ...] = field(default=(), repr=False)

    @property
    def correct(self) -> bool:
        """Whether it is right as it stands."""
        return self.verdict == RIGHT

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return {
            "line": self.line,
            "source": self.source,
            "verdict": self.verdict,
            "quantity": self.quantity,
            "read_as": self.read_as,
            "notes": list(self.notes),
            "mistakes": list(self.mistakes),
            "message": self.message,
        }

    def __str__(self) -> str:
        lines = [f"line {self.line}: {_short(self.source)}"]
        if self.verdict == UNMARKED:
            return f"{lines[0]}\n    not marked: {self.message}."
        lines.append(f"    read as {self.quantity} = {self.read_as}")
        lines += [f"    ({note})" for note in self.notes]
        codes = f": {', '.join(self.mistakes)}" if self.mistakes else ""
        lines.append(f"    {self.verdict}{codes}")
        lines += [f"    {self.message}"] * bool(self.message)
        return "\n".join(lines)


@dataclass(frozen=True)
class DocumentMarking:
    """All equations of a document, in order.

    Attributes
    ----------
    equations : tuple of MarkedEquation
    questions : dict of str to str
        What is asked for, by its own name, and what the task calls it; empty where nothing is.
    """

    equations: tuple[MarkedEquation, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)

    @property
    def marked(self) -> tuple[MarkedEquation, ...]:
        """Those that could be marked."""
        return tuple(e for e in self.equations if e.verdict != UNMARKED)

    @property
    def balance(self) -> float:
        """How many more of them are right than wrong."""
        return sum(2 * POINTS[e.verdict] - 1 for e in self.marked)

    @property
    def score(self) -> float:
        """The part of the questions, or else of the marked equations, that is right.

        What depends counts half.
        """
        points = [POINTS[e.verdict] for e in self.marked]
        if self.questions:
            points = [row["score"] for row in self.answer_rows]
        return sum(points) / len(points) if points else 0.0

    @property
    def correct(self) -> bool:
        """Whether something was marked, and all of it, or all that is asked for, is right."""
        counted = [e.correct for e in self.marked]
        if self.questions:
            counted = [row["correct"] for row in self.answer_rows]
        return bool(counted) and all(counted)

    @property
    def table(self) -> list[dict[str, Any]]:
        """A row for each equation."""
        return [equation.to_dict() for equation in self.equations]

    @property
    def text(self) -> str:
        """What to show to the author."""
        n = {verdict: sum(e.verdict == verdict for e in self.equations) for verdict in POINTS}
        unmarked = len(self.equations) - sum(n.values())
        counts = f"{n[RIGHT]} right, {n[DEPENDS]} depend on the reading, {n[WRONG]} wrong"
        head = f"{len(self.equations)} equations: {counts}, {unmarked} not marked"
        lacking = [row["name"] for row in self.answer_rows if row["mistakes"] == [MISSING]]
        tail = [f"There is no equation for {', '.join(lacking)}."] if lacking else []
        return "\n".join([head, *map(str, self.equations), *tail])

    @property
    def answer_rows(self) -> list[dict[str, Any]]:
        """A row for each question, as of a `Marking`: its equation that is least right.

        Without questions there is one for each quantity that is marked. There is none where no
        question has an equation: a note is no answer.
        """
        single = [one for equation in self.equations for one in equation.of_layers or (equation,)]
        found: dict[str, MarkedEquation] = {}
        for equation in sorted(single, key=lambda e: ORDER.index(e.verdict)):
            if equation.verdict != UNMARKED or self.questions:
                found[equation.quantity] = equation
        if not self.questions:
            return [_row(quantity, equation) for quantity, equation in found.items()]
        if not found.keys() & self.questions.keys():
            return []
        asked = self.questions.items()
        return [_row(question, found.get(quantity)) for quantity, question in asked]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        answers = {"answers": self.answer_rows} if self.questions else {}
        return {
            "score": self.score,
            "correct": self.correct,
            **answers,
            "equations": self.table,
        }

    def __iter__(self) -> Iterator[MarkedEquation]:
        return iter(self.equations)

    def __len__(self) -> int:
        return len(self.equations)

    def __repr__(self) -> str:
        return self.text


def _row(name: str, equation: MarkedEquation | None) -> dict[str, Any]:
    """The mark of an answer, from the equation that counts for it, if there is one."""
    if equation is None:
        equation = MarkedEquation(0, "", MISSING, name, message="There is no equation for it.")
    code = UNREADABLE if equation.verdict == UNMARKED else equation.verdict
    return {
        "name": name,
        "correct": equation.correct,
        "score": POINTS.get(equation.verdict, 0.0),
        "mistakes": list(equation.mistakes) or [code] * (not equation.correct),
        "message": equation.message,
    }


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}..."
