"""The threads of the BLAS that scipy brings along, kept from getting into numpy's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController

_held = Lock()


@contextmanager
def one_scipy_blas_thread() -> Iterator[None]:
    """Hold scipy's own BLAS to one thread.

    scipy's wheels carry a second OpenBLAS beside numpy's. The solvers use it for short
    vectors only, but its idle threads spin and take the cores from numpy's products.

    The limit is one for the whole process. Of several fits at once only the first sets it
    and gives the threads back: a second one would find the limit of the first, take it for
    the user's, and leave it behind.
    """
    if not _held.acquire(blocking=False):
        yield
        return
    try:
        with _scipy_blas().limit(limits=1):
            yield
    finally:
        _held.release()


@cache
def _scipy_blas() -> ThreadpoolController:
    controller = ThreadpoolController()
    own = [lib.filepath for lib in controller.lib_controllers if "scipy.libs" in lib.filepath]
    return controller.select(filepath=own)
