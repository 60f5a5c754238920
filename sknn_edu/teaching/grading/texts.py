"""The text of a file that somebody has handed in, in whichever encoding it was saved."""

from __future__ import annotations

import codecs
from pathlib import Path

from .table import Table

MAX_BYTES = 5_000_000
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OF_TEXT = "\t\n\r\f\v"


def read_text(path: Path, table: Table, key: str | None = None) -> str:
    """The text of a regular file of limited size; errors name the table and the key."""
    name = "it" if key is None else str(path)
    try:
        if not path.is_file():
            reason = "it is not a regular file" if path.exists() else "there is no such file"
            table.refuse(f"{reason}." if key is None else f"{reason}: {path}.", key)
        if (size := path.stat().st_size) > MAX_BYTES:
            table.refuse(f"{name} has {size} bytes; at most {MAX_BYTES} are read.", key)
        text = decoded(path.read_bytes())
    except OSError as error:
        table.refuse(f"{name} cannot be read: {error.strerror}.", key)
    if text is None:
        table.refuse(f"{name} is not text. Save it as text in UTF-8.", key)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decoded(content: bytes) -> str | None:
    """The text; None if it is none.

    What is not UTF-8 is taken for Windows-1252, whose letters old editors write: an umlaut in a
    comment costs nobody the formulas around it.
    """
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        if any(c < " " and c not in OF_TEXT for c in set(text)):
            return None
    return None if "\0" in text else text
