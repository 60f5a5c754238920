"""The mini-batches of an epoch: the rows of X, Y and w that one update looks at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import gen_batches


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
    batches. X is never copied as a whole: a batch is gathered when its turn comes, into
    one buffer that the next batch overwrites.

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
    """

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
        self._slices = list(gen_batches(self.n, batch_size))
        self._in_place = rows is None and (random_state is None or batch_size >= self.n)
        self._rows = np.arange(self.n) if rows is None else rows
        self._order = np.arange(self.n)
        if not self._in_place:
            self._gather_X = _Gather(samples.X, min(batch_size, self.n))
            self._gather_Y = _Gather(samples.Y, min(batch_size, self.n))

    def epoch(self) -> Iterator[Samples]:
        """The batches of one epoch, in a new order."""
        if self.random_state is not None:
            shuffled = np.arange(self.n)
            self.random_state.shuffle(shuffled)
            self._order = self._order[shuffled]
        if self._in_place:  # the order of the sum does not matter: no need to gather
            yield from map(self.samples.take, self._slices)
        else:
            rows = self._rows[self._order]
            yield from (self._gather(rows[batch]) for batch in self._slices)

    def _gather(self, rows: np.ndarray) -> Samples:
        w = self.samples.w
        return Samples(self._gather_X(rows), self._gather_Y(rows), None if w is None else w[rows])


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
