"""What ``python -m sknn_edu check`` prints, and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple, TextIO

from .check import check_file
from .marked_document import MISSING
from .submissions import Submission, submissions
from .summary import Summary, score_of
from .table import AnswerFileError
from .time_limit import OutOfTime, time_limit

CORRECT, WRONG, UNUSABLE = range(3)
Row = dict[str, Any]  # an answer, as of `Marking.table`
NO_FORMULA = "there is no formula in it that is asked for and can be marked."


class Report(NamedTuple):
    """How to report: JSON in place of text, or a summary in place of each file."""

    as_json: bool
    summary: bool

    def refuse(self, file: str, reason: str) -> None:
        """Say why a file, or a folder, is not marked."""
        _say(reason, sys.stderr)
        if self.as_json and not self.summary:
            _say(json.dumps({"file": file, "error": reason}))


def check(
    files: Iterable[str],
    *,
    as_json: bool = False,
    summary: bool = False,
    form: str | None = None,
    min_score: float = 1.0,
    **options: Any,
) -> int:
    """Mark each file, print what it says, and return the exit status.

    Parameters
    ----------
    files : iterable of str
        Files, and folders of submissions.
    as_json : bool, default=False
        Print one line of JSON for each file in place of the text.
    summary : bool, default=False
        Print counts for all submissions together in place of each of them.
    form : {"text", "csv", "json"}, default=None
        Of the summary; None is text.
    min_score : float, default=1.0
        The score that a file needs.
    **options
        Those of `check_file`.

    Returns
    -------
    status : int
        0 if every file has the score that it needs, 1 if one has not, 2 if one cannot be used.
    """
    report, counts, statuses = Report(as_json, summary), Summary(), [CORRECT]
    for path in files:
        try:
            found = submissions(path, options.get("task"))
        except Exception as error:  # whatever it is, the paths after this one are looked at
            _say(_reason(path, error), sys.stderr)
            statuses.append(UNUSABLE)
            continue
        for submission in found:
            first = len(statuses) == 1
            rows, why_not = _checked(submission, report, first=first, **options)
            is_stray = submission.name != path and not rows and not why_not
            why_empty = f"{submission.name}: {submission.why_not or NO_FORMULA}" * (not rows)
            if why_empty and not why_not and (summary or submission.why_not):
                report.refuse(submission.name, why_empty)
            counts.add(submission.name, rows, why_not or why_empty)
            is_enough = is_stray or score_of(rows) >= min_score
            statuses.append(UNUSABLE if why_not else CORRECT if is_enough else WRONG)
    if summary:
        _say(counts.written(form or "text"))
    return max(statuses)


def _checked(
    submission: Submission, report: Report, *, first: bool, **options: Any
) -> tuple[list[Row], str]:
    """The marks of a submission, and why it could not be marked."""
    together: dict[str, Row] = {}
    of_documents: dict[str, Row] = {}
    errors: list[str] = []
    for file in submission.files:
        try:
            with time_limit():
                marking = check_file(file, **options)
                content, text, answers = marking.to_dict(), marking.text, marking.answer_rows
        except Exception as error:  # whatever it is, the files after this one are marked
            errors.append(_reason(file, error))
            report.refuse(file, errors[-1])
            continue
        found = of_documents if "equations" in content else together
        for row in answers:
            if row["mistakes"] != [MISSING] or row["name"] not in found:
                found[row["name"]] = row
        if report.summary:
            pass
        elif report.as_json:
            _say(json.dumps({"file": file, **content}, allow_nan=False))
        else:
            _say("\n" * (not first) + f"{file}: {text}")
        first = False
    return _merged(together, of_documents), "\n".join(errors)


def _merged(answers: dict[str, Row], of_documents: dict[str, Row]) -> list[Row]:
    """The answers; a document beside them counts only where an answer is missing."""
    if not answers:
        return list(of_documents.values())
    merged = []
    for name, row in answers.items():
        is_missing = row["mistakes"] == [MISSING]
        merged.append(of_documents.get(name, row) if is_missing else row)
    return merged


def _reason(file: str, error: Exception) -> str:
    """Why a file was not marked."""
    if isinstance(error, AnswerFileError):
        return str(error)
    if isinstance(error, OutOfTime):
        return f"{file}: it was not marked: {error}. Use a smaller network, or shorter formulas."
    what = f"because of an error in sknn_edu ({type(error).__name__}: {error})"
    return f"{file}: it was not marked, {what}. Please report it, with the file."


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print text; control characters and letters that the terminal lacks are escaped."""
    stream = stream or sys.stdout
    plain = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    encoding = stream.encoding or "utf-8"
    print(plain.encode(encoding, "backslashreplace").decode(encoding), file=stream)
