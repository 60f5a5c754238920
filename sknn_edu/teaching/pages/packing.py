"""Arrays as text: base64 of their bytes, which JavaScript reads as typed arrays."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

BYTES_IN_TEXT = 4 / 3  # of base64


def packed(array: Any, dtype: Any) -> str:
    """The numbers in C order, little-endian."""
    given = np.ascontiguousarray(array, np.dtype(dtype).newbyteorder("<"))
    return base64.b64encode(given.tobytes()).decode()
