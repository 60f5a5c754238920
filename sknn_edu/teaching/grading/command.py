"""What ``python -m sknn_edu check`` prints, and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from .check import check_file
from .table import AnswerFileError

CORRECT, WRONG, UNUSABLE = range(3)


def check(
    files: Iterable[str], *, as_json: bool = False, min_score: float = 1.0, **options: Any
) -> int:
    """Mark each file, print what it says, and return the exit status.

    Parameters
    ----------
    files : iterable of str
    as_json : bool, default=False
        Print one line of JSON for each file in place of the text.
    min_score : float, default=1.0
        The score that a file needs.
    **options
        Those of `check_file`.

    Returns
    -------
    status : int
        0 if every file has the score that it needs, 1 if one has not, 2 if one cannot be used.
    """
    status = CORRECT
    for i, file in enumerate(files):
        try:
            marking = check_file(file, **options)
        except Exception as error:  # whatever it is, the files after this one are marked
            reason = _reason(file, error)
            _say(reason, sys.stderr)
            if as_json:
                _say(json.dumps({"file": file, "error": reason}))
            status = UNUSABLE
            continue
        if as_json:
            _say(json.dumps({"file": file, **marking.to_dict()}, allow_nan=False))
        else:
            _say("\n" * (i > 0) + f"{file}: {marking.text}")
        if marking.score < min_score:
            status = max(status, WRONG)
    return status


def _reason(file: str, error: Exception) -> str:
    """Why a file was not marked."""
    if isinstance(error, AnswerFileError):
        return str(error)
    what = f"because of an error in sknn_edu ({type(error).__name__}: {error})"
    return f"{file}: it was not marked, {what}. Please report it, with the file."


def _say(text: str, stream: TextIO | None = None) -> None:
    """Print text; control characters and letters that the terminal lacks are escaped."""
    stream = stream or sys.stdout
    plain = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    encoding = stream.encoding or "utf-8"
    print(plain.encode(encoding, "backslashreplace").decode(encoding), file=stream)
