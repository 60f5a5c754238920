"""How many threads a call of the core may use."""

from __future__ import annotations

import os
from functools import cache

from ..threads import scipy_blas_threads


def allowed() -> int:
    """One inside a joblib worker; else as many as scipy's BLAS has, and joblib counts cores.

    The environment and threadpoolctl limit scipy's BLAS, so they limit the core, too.
    """
    n = scipy_blas_threads()
    if n == 1:
        return 1
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    if backend.nesting_level:
        return 1
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
    return min(n, _cores(frozenset(affinity), os.environ.get("LOKY_MAX_CPU_COUNT")))


@cache
def _cores(affinity: frozenset[int], limit: str | None) -> int:
    """Cores by joblib's count, which reads files of the system.

    It is taken again when what a program can change has changed: its processors, or the limit.
    """
    import joblib

    return joblib.cpu_count()
