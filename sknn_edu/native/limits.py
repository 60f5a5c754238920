"""How many threads a call of the core may use."""

from __future__ import annotations

from ..threads import scipy_blas_threads


def allowed() -> int:
    """One inside a joblib worker; else as many as scipy's BLAS has, and joblib counts cores.

    The environment and threadpoolctl limit scipy's BLAS, so they limit the core, too.
    """
    import joblib
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    if backend.nesting_level:
        return 1
    n = scipy_blas_threads()
    return min(n, joblib.cpu_count()) if n > 1 else 1
