"""The threads of the BLAS that scipy brings along, kept from getting into numpy's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController

_lock = Lock()
_n_fits = 0  # that run at this moment, in all threads
_limit: Any = None


@contextmanager
def one_scipy_blas_thread() -> Iterator[None]:
    """Hold scipy's own BLAS to one thread.

    scipy's wheels carry a second OpenBLAS beside numpy's. The solvers use it for short
    vectors only, but its idle threads spin and take the cores from numpy's products.

    The limit holds for the whole process. Of several fits at once the first sets it, and
    the one that ends last gives back the threads that the first one found.
    """
    global _n_fits, _limit
    with _lock:
        if _n_fits == 0:
            _limit = _scipy_blas().limit(limits=1)
        _n_fits += 1
    try:
        yield
    finally:
        with _lock:
            _n_fits -= 1
            if _n_fits == 0:
                _limit.restore_original_limits()


@cache
def _scipy_blas() -> ThreadpoolController:
    controller = ThreadpoolController()
    own = [lib.filepath for lib in controller.lib_controllers if "scipy.libs" in lib.filepath]
    return controller.select(filepath=own)
