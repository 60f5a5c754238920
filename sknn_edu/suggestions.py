"""Which name was meant by one that there is not."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

# How alike two names must be. Lower, and names without any relation are suggested.
ALIKE = 0.75


def closest(name: str, known: Mapping[str, str]) -> str | None:
    """The name here of what was probably meant, or None.

    ``known`` maps what people write to the names here. Case, blanks and punctuation do not count.

    Examples
    --------
    >>> from sknn_edu.suggestions import closest
    >>> closest("MSE", {"squared_error": "squared_error", "mse": "squared_error"})
    'squared_error'
    """
    bare = {_bare(written): here for written, here in known.items()}
    close = difflib.get_close_matches(_bare(name), bare, n=1, cutoff=ALIKE)
    return bare[close[0]] if close else None


def _bare(name: str) -> str:
    """Letters and digits only, in lower case."""
    return "".join(filter(str.isalnum, name.lower()))
