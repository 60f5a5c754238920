"""A limit to the time that one file may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# The search for mistakes stops by itself after a minute; this is for whatever else may come up.
SECONDS = 120.0


class OutOfTime(Exception):
    """The block took longer; no TimeoutError, which has another meaning inside of the marking."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `OutOfTime` if the block takes longer.

    It works in the main thread, where there are timers that send signals; elsewhere the block
    has no limit.
    """
    timers = getattr(signal, "setitimer", None)  # Windows has none
    if timers is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise OutOfTime(f"it takes more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    timers(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        timers(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
