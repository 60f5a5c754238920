"""Sparse rows of X for the compiled core, which trusts every index: here they are checked."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

MOST_COLUMNS = 2**31 - 1  # the core counts them in 32 bits


class SparseRows(NamedTuple):
    """The arrays of a CSR matrix of n rows.

    values : ndarray of shape (n_nonzeros,)
    columns : ndarray of int32 of shape (n_nonzeros,)
    begins : ndarray of int64 of shape (n + 1,)
        The nonzeros of row i are those from ``begins[i]`` to ``begins[i + 1]``.
    """

    values: np.ndarray
    columns: np.ndarray
    begins: np.ndarray

    @property
    def most_in_a_row(self) -> int:
        """Nonzeros of the row that has most."""
        return int(np.diff(self.begins).max(initial=0))


def sparse_rows(X: Any, shape: tuple[int, int], dtype: Any) -> SparseRows:
    """The arrays of a CSR matrix: its own where they have the types that the core reads.

    Columns may come in any order, and more than once in a row; zeros may be stored.

    Raises
    ------
    ValueError
        If X is no CSR matrix of that shape and dtype, or if its arrays contradict each other.
    """
    if X.format != "csr" or X.shape != shape or X.dtype != dtype:
        wanted = f"a CSR matrix of shape {shape} and dtype {np.dtype(dtype)}"
        raise ValueError(f"X must be {wanted}, got {X.format} of shape {X.shape} and {X.dtype}.")
    for name, kinds in (("data", "f"), ("indices", "iu"), ("indptr", "iu")):
        array = getattr(X, name)
        if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in kinds:
            raise _broken(
                f"X.{name} is not a vector of {'numbers' if kinds == 'f' else 'integers'}"
            )
    begins = X.indptr.astype(np.int64)
    if len(begins) != shape[0] + 1 or begins[0] != 0 or (np.diff(begins) < 0).any():
        raise _broken(f"X.indptr must have {shape[0] + 1} numbers that rise from 0")
    n = int(begins[-1])
    if n > min(len(X.indices), len(X.data)):
        raise _broken(f"X.indptr ends with {n}, but there are fewer indices or data")
    columns, n_columns = X.indices[:n], shape[1]
    if n and (columns.min() < 0 or columns.max() >= n_columns):
        raise _broken(f"X.indices must be from 0 to {n_columns - 1}")
    values = np.require(X.data[:n], dtype, ["C", "A"])
    return SparseRows(values, np.require(columns, np.int32, ["C", "A"]), begins)


def _broken(what: str) -> ValueError:
    return ValueError(f"X is not a valid CSR matrix: {what}. Make it anew, e.g. from X.tocoo().")
