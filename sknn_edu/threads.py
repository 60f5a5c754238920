"""The threads of the BLAS that scipy brings along, kept from getting into numpy's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController

_held = Lock()
_threads_before = 1


@contextmanager
def one_scipy_blas_thread() -> Iterator[None]:
    """Hold scipy's own BLAS to one thread.

    scipy's wheels carry a second OpenBLAS beside numpy's. The solvers use it for short
    vectors only, but its idle threads spin and take the cores from numpy's products; the compiled
    core calls it from threads of its own.

    The limit is one for the whole process, and only the thread that has set it can lift it. Of
    several fits at once only the first sets it and gives the threads back: a second one would
    find the limit of the first, take it for the user's, and leave it behind.
    """
    global _threads_before
    if not _held.acquire(blocking=False):
        yield
        return
    try:
        _threads_before = _present_threads()
        with _scipy_blas().limit(limits=1):
            yield
    finally:
        _held.release()


def scipy_blas_threads() -> int:
    """Threads that scipy's BLAS has while nobody here holds it to one."""
    return _threads_before if _held.locked() else _present_threads()


def _present_threads() -> int:
    libraries = _scipy_blas().lib_controllers or _all_libraries().lib_controllers
    return min((lib.num_threads for lib in libraries), default=1)


@cache
def _scipy_blas() -> ThreadpoolController:
    controller = _all_libraries()
    own = [lib.filepath for lib in controller.lib_controllers if "scipy.libs" in lib.filepath]
    return controller.select(filepath=own)


@cache
def _all_libraries() -> ThreadpoolController:
    return ThreadpoolController()
