"""The mini-batches of an epoch: the rows of X, Y and w that one update uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Rows of data.

    X : ndarray or CSR matrix of shape (n, n_features)
    Y : ndarray of shape (n, n_outputs), in the dtype of the network
    w : ndarray of shape (n,), the sample weights, or None if all are 1
    """

    X: Any
    Y: np.ndarray
    w: np.ndarray | None

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    @property
    def total_weight(self) -> float:
        """sum_i w_i."""
        return self.n if self.w is None else float(self.w.sum())

    def take(self, rows: slice | np.ndarray) -> Samples:
        """Some of the rows: views for a slice, copies for an array of indices."""
        return Samples(self.X[rows], self.Y[rows], None if self.w is None else self.w[rows])


class Batches:
    """Cuts samples into batches, freshly shuffled in each epoch.

    The shuffles are those of scikit-learn, so that the same random state gives the same
    batches. X is never copied as a whole: shuffled rows are gathered in blocks of some
    batches, about `BLOCK_BYTES` large, into one buffer that the next block overwrites.

    Parameters
    ----------
    samples : Samples
        All the data.
    rows : ndarray of int or None
        The rows to train on; None for all.
    batch_size : int
        Rows of a batch; the last one of an epoch may be smaller.
    random_state : RandomState or None
        Shuffles the rows; None keeps their order.

    Attributes
    ----------
    order : ndarray of int of shape (n,) or None
        The rows in their present order; None if that is the order of the samples.
    """

    BLOCK_BYTES = 2**21

    def __init__(
        self,
        samples: Samples,
        rows: np.ndarray | None,
        batch_size: int,
        random_state: np.random.RandomState | None,
    ) -> None:
        self.samples = samples
        self.random_state = random_state
        self.n = samples.n if rows is None else len(rows)
        self.batch_size = batch_size
        # With all rows in one batch their order does not matter: no need to gather.
        in_place = rows is None and (random_state is None or batch_size >= self.n)
        self.order = None if in_place else np.arange(self.n) if rows is None else rows.copy()
        if not in_place:
            row_bytes = samples.X.shape[1] * samples.X.dtype.itemsize
            n_batches = max(1, self.BLOCK_BYTES // (row_bytes * batch_size))
            self._block_size = min(n_batches * batch_size, self.n)
            self._gather_X = _Gather(samples.X, self._block_size)
            self._gather_Y = _Gather(samples.Y, self._block_size)

    @property
    def count(self) -> int:
        """Batches in an epoch."""
        return -(-self.n // self.batch_size)

    def epoch(self) -> Iterator[Samples]:
        """The batches of one epoch, in a new order."""
        for block in self._blocks(self.new_order()):
            yield from map(block.take, slices(block.n, self.batch_size))

    def new_order(self) -> np.ndarray | None:
        """Shuffles `order` for an epoch, in place, and returns it."""
        if self.random_state is not None:
            self.random_state.shuffle(np.arange(self.n) if self.order is None else self.order)
        return self.order

    def _blocks(self, rows: np.ndarray | None) -> Iterator[Samples]:
        """The samples in that order, some batches at a time."""
        if rows is None:
            yield self.samples
            return
        w = self.samples.w
        for block in slices(self.n, self._block_size):
            chosen = rows[block]
            yield Samples(
                self._gather_X(chosen), self._gather_Y(chosen), None if w is None else w[chosen]
            )


class _Gather:
    """Takes rows of an array into a buffer of its own."""

    def __init__(self, array: Any, n_max: int) -> None:
        self.array = array
        # take() would first copy an array that is not contiguous, and knows no sparse one.
        contiguous = isinstance(array, np.ndarray) and array.flags.c_contiguous
        self.buffer = np.empty((n_max, *array.shape[1:]), array.dtype) if contiguous else None

    def __call__(self, rows: np.ndarray) -> Any:
        if self.buffer is None:
            return self.array[rows]
        # mode="clip" lets take() write straight to out; the rows are known to be valid.
        return self.array.take(rows, axis=0, out=self.buffer[: len(rows)], mode="clip")


def slices(n: int, size: int) -> list[slice]:
    """Cuts n rows into pieces of ``size``; the last one may be smaller."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]
