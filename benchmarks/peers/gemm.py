"""No library: the matrix products of a fit alone, by numpy's BLAS.

What a training by this BLAS cannot be faster than. (A core with kernels of its own can, where
the matrices are small.)
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from . import Peer


class Gemm(NamedTuple):
    """A product of matrices of shapes (m, k) and (k, n), one of which is stored transposed."""

    m: int
    k: int
    n: int
    transposed: str = "neither"

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n

    def operands(self, dtype):
        """A, B, and the array for the result."""
        rng = np.random.default_rng(0)
        A = rng.standard_normal((self.m, self.k)).astype(dtype)
        B = rng.standard_normal((self.k, self.n)).astype(dtype)
        if self.transposed == "first":
            A = A.T.copy().T
        elif self.transposed == "second":
            B = B.T.copy().T
        return A, B, np.empty((self.m, self.n), dtype)


def gemms(sizes: list[int], batch: int) -> list[Gemm]:
    """The products of one forward and one backward pass; X needs no gradient."""
    forward = [Gemm(batch, n_in, n_out) for n_in, n_out in pairwise(sizes)]  # A W
    dW = [Gemm(n_in, batch, n_out, "first") for n_in, n_out in pairwise(sizes)]  # A.T delta
    dA = [Gemm(batch, n_out, n_in, "second") for n_in, n_out in pairwise(sizes[1:])]  # delta W.T
    return forward + dW + dA


class Gemms(Peer):
    """All products of a fit. L-BFGS is taken to look at J once in an iteration."""

    name = "gemm"

    def prepare(self, problem):
        n_full, rest = divmod(problem.n, problem.batch_size)
        full = [g.operands(problem.dtype) for g in gemms(problem.sizes, problem.batch_size)]
        last = [g.operands(problem.dtype) for g in gemms(problem.sizes, rest)] if rest else []

        def fit():
            for _ in range(problem.epochs):
                for _ in range(n_full):
                    for A, B, C in full:
                        np.matmul(A, B, out=C)
                for A, B, C in last:
                    np.matmul(A, B, out=C)

        return fit


def peers(max_threads):
    return [Gemms()]
