"""The shape of an answer: as the rows layout has it, and where it may differ from the truth's."""

from __future__ import annotations

import numpy as np

from ...formulas.layout import Layout


def in_rows(value: np.ndarray, shape: tuple[int, ...], layout: Layout) -> np.ndarray:
    """An answer in a layout as rows have it, in ``shape`` where it may be.

    A bias may be a row or flat, and an array that is long in one direction only may be flat.
    """
    size = int(np.prod(shape))
    if size == value.size == 1:
        return value.reshape(shape)
    if value.ndim == 2 and layout is Layout.COLUMNS:
        value = value.T
    bias = len(shape) == 1 and value.shape == (1, size)
    flat = value.ndim == 1 and value.size == size and 1 in shape
    return value.reshape(shape) if bias or flat else value
