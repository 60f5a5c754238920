"""A whole document, marked: each equation for a loss, a delta or a gradient in it."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from ...estimators.inspection import overflow_is_expected
from ...formulas import Expression, parse
from ...formulas.conventions import Conventions
from ...formulas.tree import Negative, Reduction, Sum
from ..marking.check import Data, check_derivation, is_right
from ..marking.marked import MarkedAnswer
from .described import Described, read_description
from .macros import written_out
from .marked_document import DEPENDS, ORDER, RIGHT, UNMARKED, WRONG, DocumentMarking, MarkedEquation
from .mathematics import chains, in_plain_letters, line_of, pieces
from .notations.turned_weights import TURNED
from .plain_lines import plain_statements
from .statements import Known, Reading, Statement, Statements
from .table import Table
from .texts import read_text
from .velocity import in_our_velocity

FACTOR, ONE_SAMPLE, MEAN_IN_DW = "a factor", "one sample", "dW"
BOTH = (
    "Right if both cases are added: z_j changes all outputs, so the derivative is a sum over i. "
    "Each case by itself is only a part of it."
)
# Updates that are added: delta is minus the derivative there.
UPHILL = re.compile(
    r"\\Delta(?:\s*_\s*\{?\s*[a-z]\s*\}?)?\s*[Ww](?![A-Za-z])[^=\n]*=\s*\\(?:eta|alpha)\b"
    r"|(?<![A-Za-z\\])[Ww](?![A-Za-z])[^=\n]*(?:=|\\leftarrow)\s*[Ww](?![A-Za-z])"
    r"[^=\n]*?\+\s*\\(?:eta|alpha)\b"
)
# A left side that says of what it is the derivative.
DERIVATIVE = re.compile(
    r"\s*(?:\\[dt]?frac\s*\{\s*(?:\\partial|\\mathrm|d)|\\nabla|\\partial\s*_|d[A-Z]\s*/)"
)
MAX_CHARACTERS, MAX_EQUATIONS, MAX_SECONDS = 500_000, 500, 120.0


def check_document(
    path: str | Path, task: str | Path, *, rtol: float | None = None, reveal: bool = False
) -> DocumentMarking:
    r"""Mark the equations of a document in Markdown, LaTeX or plain text.

    Parameters
    ----------
    path : str or Path
        The document.
    task : str or Path
        A TOML file with the network and data that it is about: the tables [network] and [data],
        perhaps [weights] and [notation]; ``docs/documents.md`` describes them.
    rtol, reveal
        As of `check_derivation`.

    Returns
    -------
    DocumentMarking
        Each equation that defines a loss, a delta, a gradient or another quantity of the
        network is marked by itself. Those that cannot be are listed with the reason. What the
        [answers] of the task ask for, and the document does not give, is missing.

    Raises
    ------
    AnswerFileError
        If a file cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_edu.teaching.grading.document import check_document
    >>> task = '''
    ... layout = "columns"
    ... [network]
    ... type = "regressor"
    ... hidden_layer_sizes = [2]
    ... activation = "tanh"
    ... alpha = 0
    ... random_state = 0
    ... [data]
    ... X = [[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [1.0, 0.0, 2.0]]
    ... y = [1.0, 0.0, 2.0]
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     document, network = Path(folder, "report.md"), Path(folder, "task.toml")
    ...     _ = network.write_text(task)
    ...     _ = document.write_text(
    ...         r"$$\delta^{[2]} = \frac{1}{m} (A^{[2]} - Y), \quad"
    ...         r"  \frac{\partial J}{\partial W^{[2]}} = \delta^{[2]} A^{[2]T}$$"
    ...     )
    ...     marking = check_document(document, network)
    >>> [(e.quantity, e.read_as, e.mistakes) for e in marking]
    [('delta2', '1 / m * (A2 - Y)', ()), ('dW2', 'delta2 @ A2.T', ('wrong_layer',))]
    """
    place = Table({}, f"{path}:")
    text = read_text(Path(path), place)
    if len(text) > MAX_CHARACTERS:
        place.refuse(f"it has {len(text)} characters; at most {MAX_CHARACTERS} are read.")
    text = in_plain_letters(written_out(text, MAX_CHARACTERS))
    with overflow_is_expected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are about how training would go
        until = time.monotonic() + MAX_SECONDS
        described = read_description(task, text, rtol)
        marking = _marked(described, reveal, until)
        # What the task leaves open is as in the document, if that shows it.
        for conventions in _left_open(described.given, text):
            if not any(equation.verdict == WRONG for equation in marking):
                break
            other = _marked(read_description(task, text, rtol, conventions), reveal, until)
            if time.monotonic() > until:
                break
            marking = max(marking, other, key=lambda one: one.balance)
        return marking


def _left_open(given: Collection[str], text: str) -> Iterator[dict[str, str]]:
    """Conventions that the task leaves open, and that the document may have; few ones first."""
    others = {"layout": "columns"}
    others |= {"weights": "turned"} if TURNED.search(text) else {}
    others |= {"sign": "descent"} if UPHILL.search(text) else {}
    free = [key for key in others if key not in given]
    for n in range(1, len(free) + 1):
        for keys in combinations(free, n):
            yield {key: others[key] for key in keys}


def _marked(described: Described, reveal: bool, until: float) -> DocumentMarking:
    equations = _equations(described.text, described.known, _Marker(described, reveal, until))
    return DocumentMarking(tuple(equations), described.questions)


def _equations(text: str, known: Known, marker: _Marker) -> Iterator[MarkedEquation]:
    """The equations in the order of the document."""
    reader = Statements(known)
    found: list[Statement] = []
    for piece in pieces(text):
        for chain in chains(piece):
            found.extend(reader.of(chain))
            if len(found) >= MAX_EQUATIONS:
                break
    found += plain_statements(text, known)
    found = in_our_velocity(found, known, marker.is_right)
    first, last = marker.described.lines
    for statement in sorted(found, key=lambda s: s.position)[:MAX_EQUATIONS]:
        line = line_of(text, statement.position)
        if first <= line <= last:
            yield marker.marked(statement, line)


class _Marker:
    """Marks statements on one network."""

    def __init__(self, described: Described, reveal: bool, until: float) -> None:
        self.described, self.reveal, self.until = described, reveal, until
        self.cache: dict[tuple[str, str, str], MarkedAnswer] = {}

    def marked(self, statement: Statement, line: int) -> MarkedEquation:
        """The equation with its verdict."""
        source = " ".join(statement.source.split())
        if not statement.readings:
            reason = statement.reason
            return MarkedEquation(line, source, UNMARKED, statement.quantity, message=reason)
        if time.monotonic() > self.until:
            return MarkedEquation(line, source, UNMARKED, message="the time is over")
        marked = [self._one(line, source, reading) for reading in statement.readings]
        worst = max(marked, key=lambda equation: ORDER.index(equation.verdict))
        if len(marked) > 1:
            note = f"It is marked for {len(marked)} layers; this is one of them."
            return replace(worst, notes=(*worst.notes, note), of_layers=tuple(marked))
        return worst

    def _one(self, line: int, source: str, reading: Reading) -> MarkedEquation:
        """One formula, read in the way in which it is right, if there is one."""
        if reading.others and (right := self._right(reading)) is not None:
            reading = replace(reading, formula=right)
        if not self._is_gradient(source):
            return self._read(line, source, reading)
        minus = replace(reading, formula=Negative(reading.formula))
        equation = self._read(line, source, minus)
        return replace(equation, read_as=str(reading.formula))

    def _is_gradient(self, source: str) -> bool:
        r"""Whether it is about \partial J/\partial W, in a document whose delta is minus that."""
        described = self.described
        is_descent = described.conventions.get("sign") == "descent"
        is_found = is_descent and "sign" not in described.given  # if given, all have that sign
        return is_found and DERIVATIVE.match(source) is not None

    def is_right(self, reading: Reading) -> bool:
        """Whether a formula is right in one of the ways to read it."""
        return self._right(reading) is not None

    def _right(self, reading: Reading) -> Expression | None:
        formulas = (reading.formula, *reading.others)
        return next((f for f in formulas if self._is_right(reading.target, f)), None)

    def _read(self, line: int, source: str, reading: Reading) -> MarkedEquation:
        """One reading of a formula."""
        target, formula = reading.target, reading.formula
        equation = MarkedEquation(line, source, RIGHT, target, str(formula), reading.notes)
        try:
            self.check_text(str(formula))
            answer = self.answer(target, formula, FACTOR * reading.is_factor)
        except ValueError as error:
            reason = str(error).split("\n")[0].rstrip(".")
            return MarkedEquation(line, source, UNMARKED, target, str(formula), message=reason)
        if answer.correct:
            if reading.has_cases and not reading.is_factor:
                return replace(equation, verdict=DEPENDS, message=BOTH)
            return equation
        others = [] if reading.is_factor else self._other_readings(target, formula)
        verdict = DEPENDS if others else WRONG
        message = f"Right {' and '.join(others)}; else: {answer.message}" if others else ""
        return MarkedEquation(
            line,
            source,
            verdict,
            target,
            str(formula),
            reading.notes,
            answer.mistakes,
            message or answer.message,
        )

    def _other_readings(self, target: str, formula: Expression) -> list[str]:
        """In which other readings it is right."""
        found = []
        says_m = {"m", "alpha"} <= formula.names()  # lambda / m has no meaning for one sample
        if not says_m and self._is_right(target, formula, ONE_SAMPLE):
            found.append("for a single sample")
        if target == "loss" and self._is_right(target, Reduction("sum", formula)):
            found.append("if it is summed over all entries, which is not written")
        whole = _with_all_terms_in_the_sum(formula) if target == "loss" else None
        if whole is not None and self._is_right(target, whole):
            found.append("if the sum is over all terms behind it, for which brackets are missing")
        is_open = "mean_in" not in self.described.conventions and target != "loss"
        if is_open and self._is_right(target, formula, MEAN_IN_DW):
            found.append('where only dW and db have the mean (mean_in = "dW")')
        return found

    def _is_right(self, target: str, formula: Expression, how: str = "") -> bool:
        """Whether it is right in another reading; not if there is no such reading."""
        data, conventions = self._setting(how)
        try:
            return is_right(data, target, str(formula), conventions, self.described.rtol)
        except ValueError:  # such as a single sample of weight 0
            return False

    def check_text(self, text: str) -> None:
        """Raise if the marking could not read the formula."""
        known = self.described.known
        parse(text, [*known.names, *known.updates.names], known.functions)

    def answer(self, target: str, formula: Expression, how: str = "") -> MarkedAnswer:
        """The marked answer; ``how`` is another reading."""
        key = target, str(formula), how
        if key not in self.cache:
            data, conventions = self._setting(how)
            marking = check_derivation(
                *data[:3],
                {target: key[1]},
                str(conventions.layout),
                mean_in=str(conventions.mean_in),
                sign=str(conventions.sign),
                sample_weight=data.sample_weight,
                rtol=self.described.rtol,
                reveal=self.reveal and not how,
                on_error="mark",
            )
            self.cache[key] = marking.answers[0]
        return self.cache[key]

    def _setting(self, how: str) -> tuple[Data, Conventions]:
        """The data and the conventions of a reading."""
        est, X, y, weight = self.described.data
        if how == ONE_SAMPLE:
            X, y = X[:1], y[:1]
            weight = None if weight is None else weight[:1]
        options: dict[str, Any] = dict(self.described.conventions)
        if how == MEAN_IN_DW:
            options["mean_in"] = "dW"
        if how == FACTOR:  # the step around it has no mean
            options.pop("mean_in", None)
        layout = self.described.known.layout
        return Data(est, X, y, weight), Conventions.of(layout, **options)


def _with_all_terms_in_the_sum(formula: Expression) -> Expression | None:
    """The terms behind a sum taken into it, as they are meant by who forgets the brackets."""
    terms: list[tuple[str, Expression]] = []
    while isinstance(formula, Sum):
        terms.append((formula.sign, formula.right))
        formula = formula.left
    sums = [node for node in formula.walk() if isinstance(node, Reduction)]
    if not terms or not sums:
        return None
    inside = sums[-1].operand
    for sign, term in reversed(terms):
        inside = Sum(inside, sign, term)
    return formula.replaced(sums[-1], replace(sums[-1], operand=inside))
