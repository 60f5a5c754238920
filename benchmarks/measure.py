"""How it is measured: in turns in one process, medians of ratios, on which machine."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
import scipy
import sklearn
import threadpoolctl

import sknn_edu


@dataclass(frozen=True)
class Candidate:
    """A call to be timed; ``setting()`` is entered around it, outside the time."""

    run: Callable[[], Any]
    setting: Callable[[], AbstractContextManager] = nullcontext


@dataclass
class Times:
    """Seconds of each candidate: of its first call, which warms up, and of each round."""

    first: dict[Hashable, float] = field(default_factory=dict)
    rounds: dict[Hashable, list[float]] = field(default_factory=dict)
    result: dict[Hashable, Any] = field(default_factory=dict)

    def median(self, key: Hashable) -> float:
        """Median over the rounds."""
        return median(self.rounds[key])

    def best(self, keys: Iterable[Hashable]) -> Hashable:
        """The candidate with the smallest median."""
        return min(keys, key=self.median)

    def ratio(self, slow: Hashable, fast: Hashable) -> float:
        """Median over the rounds of the ratio within a round; a machine's moods cancel in it."""
        return median(a / b for a, b in zip(self.rounds[slow], self.rounds[fast], strict=True))

    def setup(self, key: Hashable) -> float:
        """How much longer the first call took than the others: compilation, mostly."""
        return max(0.0, self.first[key] - self.median(key))


def in_turns(
    candidates: dict[Any, Candidate],
    rounds: int = 1,
    seconds: float = 0.0,
    rest: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Run A B C A B C ... until there are so many rounds and so many seconds are over."""
    times = Times(rounds={key: [] for key in candidates})
    end = None
    while end is None or clock() < end or len(times.rounds[next(iter(candidates))]) < rounds:
        for key, candidate in candidates.items():
            with candidate.setting():
                time.sleep(rest)
                start = clock()
                result = candidate.run()
                elapsed = clock() - start
            if end is None:
                times.first[key], times.result[key] = elapsed, result
            else:
                times.rounds[key].append(elapsed)
        end = clock() + seconds if end is None else end
    return times


def rest_for(rounds: int) -> float:
    """Seconds to wait before each call; none where one round shows only that everything runs.

    A thread pool that has just worked spins for a while, and would take time from who is next.
    """
    return 0.05 if rounds > 1 else 0.0


def machine(versions: Iterable[str] = ()) -> str:
    """What this runs on: cores, versions, and the kernels that numpy's and scipy's BLAS chose."""
    kernels = sorted(
        {
            f"{lib['internal_api']} {lib['version']} ({lib.get('architecture', '?')})"
            for lib in threadpoolctl.threadpool_info()
            if lib["user_api"] == "blas"
        }
    )
    overridden = [name for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ]
    return (
        f"{os.cpu_count()} cores, {processor()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"sknn_edu {sknn_edu.__version__}"
        + "".join(f", {version}" for version in versions)
        + f"; BLAS: {', '.join(kernels)}"
        + (f"; overridden by {', '.join(overridden)}" if overridden else "")
    )


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return f"{platform.machine()} {names[0]}" if names else platform.machine()
