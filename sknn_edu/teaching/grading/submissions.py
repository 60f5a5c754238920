"""The files of a class: one submission for each file, or for each folder of a student."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .check import SUFFIXES
from .table import AnswerFileError

EMPTY = "it is an empty folder."


class Submission(NamedTuple):
    """What one student has handed in; and, where there is no file to mark, why not."""

    name: str
    files: list[str]
    why_not: str = ""


def submissions(path: str, task: str | None = None) -> list[Submission]:
    """The submissions at a path.

    A file is one. In a folder each file is one, and each folder in it, with all files in that
    folder; hidden files and the task itself are none. Other kinds of files are not marked, but
    listed: somebody may have handed in a picture.
    """
    folder = Path(path)
    if not folder.is_dir():
        return [Submission(path, [path])]
    entries = [entry for entry in _entries(folder) if not _is_same(entry, task)]
    found = [_submission(entry, task) for entry in entries]
    if not any(submission.files for submission in found):
        raise AnswerFileError(f"{path}: there is no {', '.join(SUFFIXES)} file in this folder.")
    return found


def _submission(entry: Path, task: str | None) -> Submission:
    """Its files that can be marked, or which others there are."""
    try:
        files = [file for file in _files(entry) if not _is_same(file, task)]
    except (AnswerFileError, OSError):  # so that only the marking of this one fails
        return Submission(str(entry), [str(entry)])
    if marked := [str(file) for file in files if file.suffix.lower() in SUFFIXES]:
        return Submission(str(entry), marked)
    others = ", ".join(str(file.relative_to(entry.parent)) for file in files[:3])
    more = f" and {len(files) - 3} more" * (len(files) > 3)
    kinds = f"{', '.join(SUFFIXES)} files are marked"
    return Submission(str(entry), [], f"{kinds}, not {others}{more}." if files else EMPTY)


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, sorted, without hidden files."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    except OSError as error:
        raise AnswerFileError(f"{folder}: it cannot be read: {error.strerror}.") from None


def _files(entry: Path) -> Iterator[Path]:
    """The file itself, or those in a folder and in its folders."""
    if entry.is_dir() and not entry.is_symlink():
        for inside in _entries(entry):
            yield from _files(inside)
    else:
        yield entry


def _is_same(path: Path, task: str | None) -> bool:
    return task is not None and path.resolve() == Path(task).resolve()
