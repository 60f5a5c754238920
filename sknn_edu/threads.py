"""How many threads BLAS may use: one counted limit for all parts of the package that set it.

The number of threads of a BLAS library belongs to the whole process. Where several Python
threads limit it at the same time, the first one in sets the limit and the last one out restores
what was there before; none of them takes the limit of another one for the user's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any
from weakref import finalize

from threadpoolctl import ThreadpoolController

__all__ = ["one_blas_thread", "one_scipy_blas_thread", "scipy_blas_threads"]


class _Limit:
    """One library, held to one thread while anyone asks for it."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self.holders: set[int] = set()
        self.before = 1
        self.is_set = False  # not if it had one thread, or if the user's limit has priority

    def hold(self, holder: int) -> None:
        """Set the limit unless it is there."""
        self.holders.add(holder)
        if len(self.holders) == 1 and not self.is_set:
            self.before = self.library.num_threads
            self.is_set = self.before != 1
            _set_threads(self.library, 1)
            self.is_set = self.is_set and self.library.get_num_threads() == 1

    def release(self, holder: int) -> None:
        """Restore what was there before the first holder, unless it was changed meanwhile."""
        self.holders.discard(holder)
        if self.is_set and not self.holders:
            if self.library.get_num_threads() == 1:
                _set_threads(self.library, self.before)
            self.is_set = False
            if not _any_is_set():
                _clear_controlling_thread(self.library)


class _Holder:
    """Someone who holds limits, for as long as it lives."""


_lock = RLock()
_limits: dict[str, _Limit] = {}


def one_blas_thread() -> Any:
    """Hold every BLAS to one thread: for many small products, which threads only slow down."""
    return _one_thread(_libraries())


def one_scipy_blas_thread() -> Any:
    """Hold scipy's own BLAS to one thread.

    scipy's wheels carry a second OpenBLAS beside numpy's. The solvers use it for short
    vectors only, but its idle threads spin and take the cores from numpy's products.
    """
    return _one_thread(_scipy_libraries())


def scipy_blas_threads() -> int:
    """Threads that scipy's BLAS has when this package does not limit it."""
    with _lock:
        return min(map(_threads_without_limit, _scipy_libraries() or _all()), default=1)


@contextmanager
def _one_thread(libraries: list[Any]) -> Iterator[None]:
    holder = _Holder()
    in_any_case = finalize(holder, _release, id(holder))  # if Ctrl-C comes before the last line
    try:
        with _lock:
            for library in libraries:
                _limits.setdefault(library.filepath, _Limit(library)).hold(id(holder))
        yield
    finally:
        _release(id(holder))
        in_any_case.detach()


def _release(holder: int) -> None:
    """Take back all that a holder holds, if it still does."""
    with _lock:
        for limit in _limits.values():
            limit.release(holder)


def _threads_without_limit(library: Any) -> int:
    limit = _limits.get(library.filepath)
    return limit.before if limit and limit.is_set else library.num_threads


def _set_threads(library: Any, n: int) -> None:
    """Set the number of threads, from whichever Python thread."""
    if _any_is_set():
        _clear_controlling_thread(library)
    library.set_num_threads(n)


def _any_is_set() -> bool:
    """Whether the present limits are those of this package."""
    return any(limit.is_set for limit in _limits.values())


def _clear_controlling_thread(library: Any) -> None:
    """Let another Python thread set limits: threadpoolctl 3.8 obeys only one at a time."""
    clear = getattr(library, "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)


@cache
def _all() -> list[Any]:
    """Every library with a thread pool that is loaded."""
    return ThreadpoolController().lib_controllers


def _libraries() -> list[Any]:
    """Every BLAS that is loaded."""
    return [library for library in _all() if library.user_api == "blas"]


def _scipy_libraries() -> list[Any]:
    """The BLAS in scipy's wheel; none where scipy and numpy share one."""
    return [library for library in _libraries() if "scipy.libs" in library.filepath]


def _renew_lock() -> None:
    """In a forked process: the thread that may have held the lock is not there."""
    global _lock
    _lock = RLock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_renew_lock)
