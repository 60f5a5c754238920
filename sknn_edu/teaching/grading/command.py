"""What ``python -m sknn_edu check`` prints, and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple, TextIO

from .check import MISSING, check_file
from .submissions import Submission, submissions
from .summary import Summary
from .table import AnswerFileError
from .time_limit import OutOfTime, time_limit

CORRECT, WRONG, UNUSABLE = range(3)


class Report(NamedTuple):
    """How to report: JSON in place of text, or a summary in place of each file."""

    as_json: bool
    summary: bool


def check(
    files: Iterable[str],
    *,
    as_json: bool = False,
    summary: bool = False,
    form: str = "text",
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
    form : {"text", "csv", "json"}, default="text"
        Of the summary.
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
        except AnswerFileError as error:
            _say(str(error), sys.stderr)
            statuses.append(UNUSABLE)
            continue
        for submission in found:
            first = len(statuses) == 1
            rows, why_not, score = _checked(submission, report, first=first, **options)
            counts.add(submission.name, rows, why_not)
            statuses.append(UNUSABLE if why_not else WRONG if score < min_score else CORRECT)
    if summary:
        _say(counts.written(form))
    return max(statuses)


def _checked(
    submission: Submission, report: Report, *, first: bool, **options: Any
) -> tuple[list[dict[str, Any]], str, float]:
    """The marks of a submission, why it could not be marked, and its score."""
    together: dict[str, dict[str, Any]] = {}
    errors: list[str] = []
    for file in submission.files:
        try:
            with time_limit():
                marking = check_file(file, **options)
                content, text = marking.to_dict(), marking.text
        except Exception as error:  # whatever it is, the files after this one are marked
            errors.append(_reason(file, error))
            _say(errors[-1], sys.stderr)
            if report.as_json and not report.summary:
                _say(json.dumps({"file": file, "error": errors[-1]}))
            continue
        for row in content["answers"]:
            if row["mistakes"] != [MISSING] or row["name"] not in together:
                together[row["name"]] = row
        if report.summary:
            pass
        elif report.as_json:
            _say(json.dumps({"file": file, **content}, allow_nan=False))
        else:
            _say("\n" * (not first) + f"{file}: {text}")
        first = False
    rows = list(together.values())
    score = sum(row["correct"] for row in rows) / len(rows) if rows else 0.0
    return rows, "\n".join(errors), score


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
