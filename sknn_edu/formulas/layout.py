"""Rows or columns: how the arrays of a network are written down.

The engine has samples in rows, ``Z = A_prev @ W + b``. Many courses have them in columns,
``Z = W @ A_prev + b``: there every matrix is the transpose of the engine's, and a bias, or
its gradient, is a column.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np


class Layout(StrEnum):
    """``"rows"`` or ``"columns"``."""

    ROWS = "rows"
    COLUMNS = "columns"

    @classmethod
    def of(cls, name: str) -> Layout:
        """The layout of that name."""
        try:
            return cls(name)
        except ValueError:
            raise ValueError(
                f"layout must be 'rows' (samples are rows, Z = A_prev @ W + b) or 'columns' "
                f"(samples are columns, Z = W @ A_prev + b), got {name!r}."
            ) from None

    def matrix(self, M: np.ndarray) -> np.ndarray:
        """A matrix of the engine, copied: (n, n_units) or its transpose."""
        return self.orient(np.array(M))

    def orient(self, M: np.ndarray) -> np.ndarray:
        """Like `matrix`, without a copy: for arrays that nothing else holds."""
        return M if self is Layout.ROWS else M.T

    def bias(self, v: np.ndarray) -> np.ndarray:
        """A vector with a number for each unit, copied: (n_units,) or a column (n_units, 1)."""
        return v.copy() if self is Layout.ROWS else v[:, np.newaxis].copy()

    def weights_of_samples(self, w: np.ndarray) -> np.ndarray:
        """A vector with a number for each sample, copied: a column (n, 1) or a row (1, n)."""
        return w[:, np.newaxis].copy() if self is Layout.ROWS else w[np.newaxis].copy()
