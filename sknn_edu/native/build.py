"""Compiles the core: `python build.py DIRECTORY` leaves its shared library there.

The library has no Python in it: it is loaded by ctypes, and one file serves every version of
Python. The same source is compiled once for each instruction set and each type of number; which
of them to use is decided when the library is loaded. Nothing but the standard library is needed
here, since installing the package runs this file before anything is installed.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCES = Path(__file__).parent / "src"
LIBRARY = "libcore.so"
NOTE = "why_not_compiled.txt"  # stands beside where the library is missing

FLAGS = [
    *("-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-fno-exceptions", "-fno-rtti"),
    *("-fno-math-errno", "-fno-trapping-math"),  # sqrt is one instruction; nothing traps
]
SANITIZERS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

LEVELS: dict[str, dict[str, list[str]]] = {
    "x86-64": {
        "portable": [],
        "v2": ["-march=x86-64-v2"],
        "v3": ["-march=x86-64-v3"],
        "v4": ["-march=x86-64-v4", "-mprefer-vector-width=512"],
    },
    "other": {"portable": []},
}


class BuildError(Exception):
    """The core cannot be compiled here; the message says why, in a line."""


def build(directory: Path, *, sanitize: bool = False) -> Path:
    """Compile the core into a directory; returns the path of the library."""
    compiler = find_compiler()
    flags = [*FLAGS, *(SANITIZERS if sanitize else [])]
    with tempfile.TemporaryDirectory() as scratch:
        objects = _compile_all(compiler, flags, Path(scratch))
        directory.mkdir(parents=True, exist_ok=True)
        # Linked beside its place and then moved there: a process may have the old one loaded.
        linked = Path(scratch) / LIBRARY
        options = ["-shared", *(SANITIZERS if sanitize else [])]
        if sys.platform.startswith("linux"):
            options.append("-Wl,--as-needed")  # nothing of the C++ library is used
        _run([*compiler, *options, *map(str, objects), "-lm", "-o", str(linked)])
        shutil.copy(linked, directory / f"{LIBRARY}.new")
        (directory / f"{LIBRARY}.new").replace(directory / LIBRARY)
    return directory / LIBRARY


def find_compiler() -> list[str]:
    """The command of a C++ compiler that has vectors: GCC or Clang."""
    configured = os.environ.get("CXX") or sysconfig.get_config_var("CXX") or ""
    for command in (shlex.split(configured), ["c++"], ["g++"], ["clang++"]):
        if command and shutil.which(command[0]):
            return command[:1]
        if command and os.environ.get("CXX"):
            raise BuildError(f"CXX={configured!r} is not a command that can be found")
    raise BuildError("no C++ compiler (c++, g++ or clang++) was found")


def _compile_all(compiler: list[str], flags: list[str], scratch: Path) -> list[Path]:
    """Every object file that compiles; those of an instruction set may fail, the others not."""
    machine = "x86-64" if platform.machine().lower() in ("x86_64", "amd64") else "other"
    jobs: list[tuple[bool, list[str], Path]] = [
        (True, [str(SOURCES / "names.cpp")], scratch / "names.o")
    ]
    for level, options in LEVELS[machine].items():
        for bits, type_name in ((32, "float32"), (64, "float64")):
            names = [f"-DREAL_BITS={bits}", f"-DTYPE={type_name}", f"-DLEVEL={level}"]
            target = scratch / f"core_{type_name}_{level}.o"
            jobs.append(
                (level == "portable", [*options, *names, str(SOURCES / "core.cpp")], target)
            )

    def compile_one(job: tuple[bool, list[str], Path]) -> Path | None:
        is_needed, options, target = job
        try:
            _run([*compiler, *flags, "-Wno-psabi", *options, "-c", "-o", str(target)])
        except BuildError:
            if is_needed:
                raise
            return None
        return target

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [target for target in pool.map(compile_one, jobs) if target is not None]


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        first = next((line for line in said if "error" in line), said[0] if said else "no message")
        raise BuildError(f"{command[0]} failed: {first}")


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("-")]
    where = Path(arguments[0]) if arguments else Path(__file__).parent
    print(build(where, sanitize="--sanitize" in sys.argv))
