"""Dropout: which units take part in an update, for each sample.

A unit of a hidden layer takes part if its random number u in [0, 1) is at least the layer's rate;
its output is divided by 1 - rate, so that the expected value stays the same. In this batch the
outputs of the others are 0.

Every u is computed from its place alone, by Philox, a generator that turns a key and a counter
into random bits. So each engine, and each thread of the compiled core, computes any part of a mask
for itself, in any order, and all get the same bits::

    key        (drawn, 0)                      drawn: from the random state, once in a fit
    counter    (block, layer, update, 0)       layers are counted from 1
    block      1 + row * ceil(n_units / 8) + unit // 8      row and unit from 0, row in the batch
    u          number unit % 8 of the eight numbers of 32 bits that a block has, / 2^32

References
----------
Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting,
Journal of Machine Learning Research 15.
Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC '11. (Philox4x64-10.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

NUMBERS_OF_A_BLOCK = 8


@dataclass(frozen=True)
class Masks:
    """The masks of one update.

    Attributes
    ----------
    key : int
        At least 0, below 2^63.
    update : int
        Number of the update: masks with the same key and another number are independent.
    first_row : int
        The row of the batch that the masks begin with.
    """

    key: int
    update: int = 0
    first_row: int = 0

    @classmethod
    def drawn_from(cls, random_state: np.random.RandomState, update: int = 0) -> Self:
        """Masks with a new key, one number of the random state."""
        return cls(int(random_state.randint(2**63, dtype=np.int64)), update)

    def of_next_update(self) -> Masks:
        """Masks for the batch that follows."""
        return replace(self, update=self.update + 1)

    def from_row(self, first_row: int) -> Masks:
        """Masks for the rows of this batch from one on, where it is run in pieces."""
        return replace(self, first_row=first_row)

    def mask(self, layer: int, shape: tuple[int, int], rate: float, dtype: np.dtype) -> np.ndarray:
        """0 or 1 / (1 - rate) for each row and unit of a layer, of shape (n, n_units)."""
        kept = self.numbers(layer, shape) >= threshold(rate)
        return np.divide(kept, 1 - rate, dtype=dtype)

    def numbers(self, layer: int, shape: tuple[int, int]) -> np.ndarray:
        """2^32 u for each row and unit of a layer."""
        n, n_units = shape
        n_blocks = -(-n_units // NUMBERS_OF_A_BLOCK)  # of a row
        # NumPy's Philox adds 1 to the counter before it computes a block.
        counter = [self.first_row * n_blocks, layer, self.update, 0]
        philox = np.random.Philox(counter=counter, key=[self.key, 0])
        bits = philox.random_raw(n * n_blocks * (NUMBERS_OF_A_BLOCK // 2))
        # "<": the lower half of 64 bits is the first of two numbers, on every machine.
        return bits.astype("<u8", copy=False).view("<u4").reshape(n, -1)[:, :n_units]


def threshold(rate: float) -> int:
    """The least 32 bits with which a unit takes part: 2^32 u >= 2^32 rate."""
    return min(math.ceil(rate * 2**32), 2**32 - 1)
