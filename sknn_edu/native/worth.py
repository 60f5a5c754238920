"""For which networks ``engine="auto"`` takes NumPy, since it is the faster one there.

In a small network the core saves the calls of NumPy, of which each takes longer than its products.
In a large one the time is that of the products, and NumPy's BLAS is faster where it has wider
instructions than the core. This is decided by what the machine has, never by a measurement, so
that the same fit gives the same bits on the same machine.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from functools import cache

import numpy as np

from .library import Library

LARGE = 16_000  # weights, from which on a product takes longer than a call (see src/plan.h)


@dataclass(frozen=True)
class Worth:
    """Networks of fewer weights than ``below`` are faster on the core, and why not the others."""

    below: float
    why: str = ""


def worth_of(level: str, processor: set[str], blas_has_matrix_units: bool) -> Worth:
    """What the core is worth, with the instruction set that it uses on a processor.

    Measured on one thread of an x86-64 with OpenBLAS. v3 and v4 take 0.5 to 0.8 of NumPy's time.
    Beside OpenBLAS held to SSE4.2, the products of v2 take 0.8 of its time. Beside AVX, which
    processors of 2011 to 2013 have without AVX2, they take more, so large networks are NumPy's.
    """
    if level in ("v2", "portable") and "v3" in processor:
        return Worth(0, f"the core is limited to {level}, but NumPy's BLAS has AVX2")
    if level in ("v2", "portable") and "v2" in processor:
        return Worth(LARGE, "this processor has no AVX2, for which the core is made")
    if blas_has_matrix_units:
        return Worth(LARGE, "NumPy's BLAS uses this Mac's matrix units, which the core does not")
    return Worth(float("inf"))


@cache
def worth(lib: Library) -> Worth:
    """What the core is worth on this machine."""
    return worth_of(lib.level, lib.processor, _blas_has_matrix_units())


def _blas_has_matrix_units() -> bool:
    """Whether NumPy's BLAS is Apple's, on one of Apple's processors."""
    if sys.platform != "darwin" or platform.machine() != "arm64":
        return False
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return blas["name"].lower() == "accelerate"
