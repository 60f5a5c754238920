"""The files of a class: one submission for each file, or for each folder of a student."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .table import AnswerFileError

SUFFIXES = (".toml", ".py", ".md", ".tex", ".txt")


class Submission(NamedTuple):
    """What one student has handed in."""

    name: str
    files: list[str]


def submissions(path: str, task: str | None = None) -> list[Submission]:
    """The submissions at a path.

    A file is one. In a folder each file is one, and each folder in it, with all files in that
    folder; hidden files, other kinds of files and the task itself are none.
    """
    folder = Path(path)
    if not folder.is_dir():
        return [Submission(path, [path])]
    found = [
        Submission(str(entry), files)
        for entry in _entries(folder)
        if (files := [str(f) for f in _readable(entry) if not _is_same(f, task)])
    ]
    if not found:
        raise AnswerFileError(f"{path}: there is no {', '.join(SUFFIXES)} file in this folder.")
    return found


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, sorted, without hidden files."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    except OSError as error:
        raise AnswerFileError(f"{folder}: it cannot be read: {error.strerror}.") from None


def _readable(entry: Path) -> list[Path]:
    """Its files; of a folder that cannot be read itself, so that only its own marking fails."""
    try:
        return list(_files(entry))
    except (AnswerFileError, OSError):
        return [entry]


def _files(entry: Path) -> Iterator[Path]:
    """The file itself, or those in a folder and in its folders."""
    if entry.is_dir() and not entry.is_symlink():
        for inside in _entries(entry):
            yield from _files(inside)
    elif entry.suffix.lower() in SUFFIXES:
        yield entry


def _is_same(path: Path, task: str | None) -> bool:
    return task is not None and path.resolve() == Path(task).resolve()
