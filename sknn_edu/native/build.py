"""Compiles the core: ``python -m sknn_edu.native.build`` leaves its library beside this file.

The library has no Python in it: it is loaded by ctypes, and one file serves every version of
Python. The same source is compiled once for each instruction set and each type of number; which
of them to use is decided when the library is loaded. Nothing but the standard library is needed
here, since installing the package runs this file before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
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
NOTE = "why_not_compiled.txt"  # stands where the library is missing
WITHOUT = (
    "Everything works without it, on NumPy alone, but slower. Where there is a C++ compiler, "
    "`python -m sknn_edu.native.build` adds it."
)

FLAGS = [
    *("-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-fno-exceptions", "-fno-rtti"),
    *("-fno-math-errno", "-fno-trapping-math"),  # sqrt is one instruction; nothing traps
    *("-pthread", "-Wno-psabi"),  # vectors are never passed to other people's code
]
SANITIZERS = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

# Exactly what `can_run` in names.cpp asks the processor for. GCC knows -march=x86-64-v3 from
# version 11 on only, and means some more by it.
V2 = ["-msse4.2", "-mpopcnt"]
V3 = [*V2, "-mavx2", "-mfma", "-mbmi", "-mbmi2"]
V4 = [*V3, "-mavx512f", "-mavx512bw", "-mavx512cd", "-mavx512dq", "-mavx512vl"]
LEVELS: dict[str, dict[str, list[str]]] = {
    "x86-64": {"portable": [], "v2": V2, "v3": V3, "v4": [*V4, "-mprefer-vector-width=512"]},
    "other": {"portable": []},
}


class BuildError(Exception):
    """The core cannot be compiled here; the message says why, in a line."""


def build(directory: Path, *, sanitize: bool = False) -> Path:
    """Compile the core into a directory; returns the path of the library.

    An instruction set that the compiler does not know is left out, and standard error says so.

    Raises
    ------
    BuildError
        If there is no compiler, or it cannot compile what every machine needs.
    """
    compiler = find_compiler()
    extra = SANITIZERS if sanitize else []
    with tempfile.TemporaryDirectory() as scratch:
        objects = _compile_all([*compiler, *FLAGS, *extra], Path(scratch))
        linked = Path(scratch) / LIBRARY
        files = [str(path) for path in objects]
        _run([*compiler, *_link_options(), *extra, *files, "-lm", "-o", str(linked)])
        # Copied beside its place and then moved there: a process may have the old one loaded.
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copy(linked, directory / f"{LIBRARY}.new")
        (directory / f"{LIBRARY}.new").replace(directory / LIBRARY)
    (directory / NOTE).unlink(missing_ok=True)
    return directory / LIBRARY


def build_or_leave_note(directory: Path) -> None:
    """Compile the core into a directory; or leave a note there that says why not, and print it."""
    try:
        build(directory)
    except BuildError as error:
        (directory / LIBRARY).unlink(missing_ok=True)  # of an earlier build
        directory.mkdir(parents=True, exist_ok=True)
        (directory / NOTE).write_text(f"{error}\n", encoding="utf-8")
        print(f"NOTE: the compiled core is left out: {error}. {WITHOUT}", file=sys.stderr)


def find_compiler() -> list[str]:
    """The command of a C++ compiler that has vectors: GCC or Clang.

    It is ``CXX`` of the environment, with its options if it has any; otherwise the compiler that
    Python was made with, c++, g++ or clang++, whichever is found first.
    """
    if sys.platform == "win32":
        raise BuildError("it has not been ported to Windows")
    given = shlex.split(os.environ.get("CXX", ""))
    if given:
        if shutil.which(given[0]):
            return given
        raise BuildError(f"CXX={os.environ['CXX']!r} is not a command that can be found")
    for_python = shlex.split(sysconfig.get_config_var("CXX") or "")
    for command in (for_python, ["c++"], ["g++"], ["clang++"]):
        if command and shutil.which(command[0]):
            return command
    raise BuildError("no C++ compiler (c++, g++ or clang++) was found")


def fingerprint() -> str:
    """Tells these sources from others: a library made of others does not fit."""
    texts = [path.read_bytes() for path in sorted(SOURCES.iterdir())]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


def _compile_all(compile_: list[str], scratch: Path) -> list[Path]:
    """The object files of every level that the compiler knows; it has to know "portable"."""
    machine = "x86-64" if platform.machine().lower() in ("x86_64", "amd64") else "other"
    names = scratch / "names.o"
    jobs = {
        (level, bits): scratch / f"{level}_{bits}.o"
        for level in LEVELS[machine]
        for bits in (32, 64)
    }

    def compile_one(job: tuple[str, int]) -> BuildError | None:
        level, bits = job
        macros = [f"-DREAL_BITS={bits}", f"-DTYPE=float{bits}", f"-DLEVEL={level}"]
        source = [str(SOURCES / "core.cpp"), "-c", "-o", str(jobs[job])]
        try:
            _run([*compile_, *LEVELS[machine][level], *macros, *source])
        except BuildError as error:
            return error
        return None

    made_of = f'-DMADE_OF="{fingerprint()}"'
    _run([*compile_, made_of, str(SOURCES / "names.cpp"), "-c", "-o", str(names)])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = dict(zip(jobs, pool.map(compile_one, jobs), strict=True))
    failed = {level: error for (level, _), error in errors.items() if error}
    if "portable" in failed:
        raise failed["portable"]
    for level, error in failed.items():
        print(f"NOTE: the core goes without the instruction set {level}: {error}", file=sys.stderr)
    return [names, *(path for (level, _), path in jobs.items() if level not in failed)]


def _link_options() -> list[str]:
    """Those of a shared library."""
    if sys.platform == "darwin":
        return ["-dynamiclib", "-pthread"]
    # Nothing of the C++ library is used, so the linker may leave it out.
    as_needed = ["-Wl,--as-needed"] if sys.platform.startswith("linux") else []
    return ["-shared", "-pthread", *as_needed]


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        first = next((line for line in said if "error" in line), said[0] if said else "no message")
        raise BuildError(f"{command[0]} failed: {first}")


def main() -> int:
    """Compile where the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m sknn_edu.native.build", description="Compile the core of sknn_edu."
    )
    help_ = "where to; by default, where the installed package looks for it"
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path(__file__).parent, help=help_
    )
    parser.add_argument(
        "--sanitize", action="store_true", help="with AddressSanitizer and UBSan, for tests"
    )
    options = parser.parse_args()
    try:
        print(build(options.directory, sanitize=options.sanitize))
    except BuildError as error:
        print(f"The compiled core is missing: {error}. {WITHOUT}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
