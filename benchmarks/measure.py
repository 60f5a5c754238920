"""How it is measured: in turns in one process, medians of ratios, on which machine."""

from __future__ import annotations

import math
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
from sknn_edu.native import library

# A rival that takes so many times as long as another is not measured further.
HOPELESS = 4.0
# What chooses kernels, or how threads wait, if a user sets it.
OVERRIDES = (
    "SKNN_EDU_KERNELS", "SKNN_EDU_CORE", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
    "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "DNNL_MAX_CPU_ISA", "XLA_FLAGS",
    "OMP_WAIT_POLICY", "GOMP_SPINCOUNT",
)  # fmt: skip
INSTRUCTIONS = {"v4": "v4 (AVX-512)", "v3": "v3 (AVX2)", "v2": "v2 (SSE4.2)"}


@dataclass(frozen=True)
class Candidate:
    """A call to be timed; ``setting()`` is entered around it, outside the time.

    ``rounds`` is how often at most, after the call that warms up; ``warm_up`` is what is called
    then, if not the same. Candidates of the same ``rivals`` are ways to do one thing, of which
    only the fastest will count (numbers of threads, say): one that is hopelessly behind after the
    first round is not run again.
    """

    run: Callable[[], Any]
    setting: Callable[[], AbstractContextManager] = nullcontext
    rounds: float = math.inf
    rivals: Hashable = None
    warm_up: Callable[[], Any] | None = None


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
        """Median over the rounds of the ratio within a round; a machine's moods cancel in it.

        The rounds are those in which both took part; who leaves does not come back.
        """
        return median(a / b for a, b in zip(self.rounds[slow], self.rounds[fast], strict=False))

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
    """Run A B C A B C ... until there are so many rounds and so many seconds are over.

    The first of the rounds warms up and is not counted, nor is its time.
    """
    times = Times(rounds={key: [] for key in candidates})

    def seconds_of(key: Any, call: Callable[[], Any]) -> float:
        with candidates[key].setting():
            time.sleep(rest)
            start = clock()
            times.result[key] = call()
            return clock() - start

    for key, candidate in candidates.items():
        times.first[key] = seconds_of(key, candidate.warm_up or candidate.run)
    end, n_done = clock() + seconds, 0
    while n_done < rounds or clock() < end:
        for key, candidate in candidates.items():
            if n_done < candidate.rounds and not (n_done and is_hopeless(key, candidates, times)):
                times.rounds[key].append(seconds_of(key, candidate.run))
        n_done += 1
    return times


def is_hopeless(key: Any, candidates: dict[Any, Candidate], times: Times) -> bool:
    """Whether even the better of its first two calls was far behind a rival's second one."""
    best = min(times.first[key], times.rounds[key][0])
    rivals = candidates[key].rivals
    return rivals is not None and any(
        candidate.rivals == rivals and best > HOPELESS * times.rounds[other][0]
        for other, candidate in candidates.items()
    )


def rest_for(rounds: int) -> float:
    """Seconds to wait before each call; none where one round shows only that everything runs.

    A thread pool that has just worked spins for a while, and would take time from who is next.
    """
    return 0.05 if rounds > 1 else 0.0


def machine(versions: Iterable[str] = ()) -> str:
    """What this runs on: cores, versions, and the kernels that our core and the BLAS chose."""
    blas = sorted(
        {
            f"{lib['internal_api']} {lib['version']} ({lib.get('architecture', '?')})"
            for lib in threadpoolctl.threadpool_info()
            if lib["user_api"] == "blas"
        }
    )
    overrides = [f"{name}={os.environ[name]}" for name in OVERRIDES if name in os.environ]
    return (
        f"{os.cpu_count()} cores, {processor()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"sknn_edu {sknn_edu.__version__}"
        + "".join(f", {version}" for version in versions)
        + f"; kernels of our core: {core_kernels()}; BLAS: {', '.join(blas)}"
        + (f"; set: {', '.join(overrides)}" if overrides else "")
        + load()
    )


def load() -> str:
    """What else the machine had to do in the last minute, where the system tells it."""
    return f"; load before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def core_kernels() -> str:
    """The instruction set that our compiled core uses, or that there is no core."""
    lib = library.load()
    if lib is None:
        return "none, it is not compiled here"
    return INSTRUCTIONS.get(lib.level, lib.level)


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return f"{platform.machine()} {names[0]}" if names else platform.machine()
