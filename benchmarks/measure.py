"""Measurements in turns in one process, medians of ratios, and the machine."""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Callable, Hashable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Generic, TypeVar

import joblib
import numpy as np
import scipy
import sklearn
import threadpoolctl

import sknn_edu
from sknn_edu.native import library

# A rival that takes this many times as long as another is not measured further.
TOO_SLOW = 4.0
# Variables that choose kernels, or how threads wait.
OVERRIDES = (
    "SKNN_EDU_KERNELS", "SKNN_EDU_CORE", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
    "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "DNNL_MAX_CPU_ISA", "XLA_FLAGS",
    "OMP_WAIT_POLICY", "GOMP_SPINCOUNT",
)  # fmt: skip
Key = TypeVar("Key", bound=Hashable)
INSTRUCTIONS = {"v4": "v4 (AVX-512)", "v3": "v3 (AVX2)", "v2": "v2 (SSE4.2)"}


@dataclass(frozen=True)
class Candidate:
    """A call to be timed; ``setting()`` is entered around it, outside the time.

    ``rounds`` is the maximum number of calls after the warm-up; ``warm_up`` is the warm-up call, if
    another one. Candidates with the same ``rivals`` do the same thing (with different numbers of
    threads, say), and only the fastest is used: one that is much slower after the first round is
    not run again.
    """

    run: Callable[[], Any]
    setting: Callable[[], AbstractContextManager] = nullcontext
    rounds: float = math.inf
    rivals: Hashable = None
    warm_up: Callable[[], Any] | None = None


@dataclass
class Times(Generic[Key]):
    """Seconds of each candidate: of its warm-up call, and of each round."""

    first: dict[Key, float] = field(default_factory=dict)
    rounds: dict[Key, list[float]] = field(default_factory=dict)
    result: dict[Key, Any] = field(default_factory=dict)

    def median(self, key: Key) -> float:
        """Median over the rounds."""
        return median(self.rounds[key])

    def best(self, keys: Iterable[Key]) -> Key:
        """The candidate with the smallest median."""
        return min(keys, key=self.median)

    def ratio(self, slow: Key, fast: Key) -> float:
        """Median over the rounds of the ratio within a round; varying load cancels in it.

        The rounds are those in which both took part; a candidate that is dropped does not return.
        """
        return median(a / b for a, b in zip(self.rounds[slow], self.rounds[fast], strict=False))

    def setup(self, key: Key) -> float:
        """How much longer the first call took than the others: compilation, mostly."""
        return max(0.0, self.first[key] - self.median(key))


def in_turns(
    candidates: dict[Key, Candidate],
    rounds: int = 1,
    seconds: float = 0.0,
    rests: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> Times[Key]:
    """Run A B C A B C ... for at least this many rounds and seconds.

    The first round is a warm-up and is not counted. With ``rests``, each call begins when the
    threads of earlier ones are still.
    """
    times: Times[Key] = Times(rounds={key: [] for key in candidates})

    def seconds_of(key: Key, call: Callable[[], Any]) -> float:
        with candidates[key].setting():
            if rests:
                rest()
            start = clock()
            times.result[key] = call()
            return clock() - start

    for key, candidate in candidates.items():
        times.first[key] = seconds_of(key, candidate.warm_up or candidate.run)
    end, n_done = clock() + seconds, 0
    while n_done < rounds or clock() < end:
        for key, candidate in candidates.items():
            if n_done < candidate.rounds and not (n_done and is_too_slow(key, candidates, times)):
                times.rounds[key].append(seconds_of(key, candidate.run))
        n_done += 1
    return times


def is_too_slow(key: Key, candidates: dict[Key, Candidate], times: Times[Key]) -> bool:
    """Whether the better of its first two calls was much slower than a rival's second one."""
    best = min(times.first[key], times.rounds[key][0])
    rivals = candidates[key].rivals
    return rivals is not None and any(
        candidate.rivals == rivals and best > TOO_SLOW * times.rounds[other][0]
        for other, candidate in candidates.items()
    )


def rest() -> None:
    """Wait until no thread of this process runs any more, for a second at most.

    A thread pool busy-waits for a while after its work (OpenBLAS's for a tenth of a second, say),
    which would slow down the next call.
    """
    end = time.perf_counter() + 1.0
    while time.perf_counter() < end:
        before = time.process_time()
        time.sleep(0.02)
        if time.process_time() - before < 0.001:
            return


def machine(versions: Iterable[str] = ()) -> str:
    """The machine: cores, versions, and the kernels that our core and the BLAS chose."""
    blas = sorted(
        {
            f"{lib['internal_api']} {lib['version']} ({lib.get('architecture', '?')})"
            for lib in threadpoolctl.threadpool_info()
            if lib["user_api"] == "blas"
        }
    )
    overrides = [f"{name}={os.environ[name]}" for name in OVERRIDES if name in os.environ]
    return (
        f"{cores()}, {processor()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, "
        f"sknn_edu {sknn_edu.__version__}"
        + "".join(f", {version}" for version in versions)
        + f"; kernels of our core: {core_kernels()}; BLAS: {', '.join(blas)}"
        + (f"; set: {', '.join(overrides)}" if overrides else "")
        + load()
    )


def cores() -> str:
    """How many cores the process may use, and of how many."""
    usable, all_of_them = joblib.cpu_count(), os.cpu_count()
    return f"{usable} cores" if usable == all_of_them else f"{usable} of {all_of_them} cores"


def load() -> str:
    """The load of the machine in the last minute, where the system reports it."""
    return f"; load before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def core_kernels() -> str:
    """The instruction set that our compiled core uses, or that there is no core."""
    lib = library.load()
    if lib is None:
        return "none, it is not compiled here"
    return INSTRUCTIONS.get(lib.level, lib.level)


def processor() -> str:
    """The processor's name where the system reports it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return f"{platform.machine()} {names[0]}" if names else platform.machine()
