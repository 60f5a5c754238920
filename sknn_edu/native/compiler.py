"""Compiles the core: ``python -m sknn_edu.native.build`` leaves its library beside this file.

The library does not use Python's C API: ctypes loads it, and one file serves every version of
Python. The same source is compiled once for each instruction set and each dtype; which of them to
use is decided when the library is loaded. This file needs the standard library only, since
installing the package runs it before anything else is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "src"
LIBRARIES = {"win32": "core.dll"}  # its name, where it is another than here:
LIBRARY = LIBRARIES.get(sys.platform, "libcore.so")
NOTE = "why_not_compiled.txt"  # is written where the library is missing
WITHOUT = (
    "Everything works without it, on NumPy alone, but slower. Where there is a C++ compiler, "
    "`python -m sknn_edu.native.build` adds it."
)

FLAGS = [
    *("-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-fno-exceptions", "-fno-rtti"),
    *("-fno-math-errno", "-fno-trapping-math"),  # sqrt is one instruction
    *("-pthread", "-Wno-psabi"),  # no function of another library takes or returns vectors
]
SANITIZERS = {  # for tests: of memory, of threads
    "memory": ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    "threads": ["-g", "-O1", "-fsanitize=thread"],
}

# The features that `Processor` in processor.h looks for. -march=x86-64-v3 would need GCC 11, and
# has some more.
V2 = ["-msse4.2", "-mpopcnt"]
V3 = [*V2, "-mavx2", "-mfma", "-mbmi", "-mbmi2"]
V4 = [*V3, "-mavx512f", "-mavx512bw", "-mavx512cd", "-mavx512dq", "-mavx512vl"]
LEVELS: dict[str, dict[str, list[str]]] = {
    "x86-64": {"portable": [], "v2": V2, "v3": V3, "v4": [*V4, "-mprefer-vector-width=512"]},
    "other": {"portable": []},
}


class BuildError(Exception):
    """The core cannot be compiled here; the message says why, in a line."""


@dataclass(frozen=True)
class Toolchain:
    """The commands that compile and link, and what they do so for."""

    compiler: list[str]
    system: str  # as in sys.platform
    machine: str  # as in platform.machine()

    @property
    def linker(self) -> list[str]:
        """The compiler; but `zig c++` would first build a C++ library, of which nothing is used."""
        program, *options = self.compiler
        return [program, *("cc" if option == "c++" else option for option in options)]

    @property
    def levels(self) -> dict[str, list[str]]:
        """The options of each instruction set."""
        return LEVELS["x86-64" if self.machine.lower() in ("x86_64", "amd64") else "other"]

    @property
    def library(self) -> str:
        """The name of the library."""
        return LIBRARIES.get(self.system, "libcore.so")


def this_machine() -> Toolchain:
    """The toolchain for this machine; BuildError if there is none."""
    compiler = find_compiler()
    if sys.platform == "darwin":  # the wheel's tag says for which systems Python was made
        oldest = sysconfig.get_config_var("MACOSX_DEPLOYMENT_TARGET")
        oldest = os.environ.get("MACOSX_DEPLOYMENT_TARGET") or oldest
        compiler += [f"-mmacosx-version-min={oldest}"] if oldest else []
    return Toolchain(compiler, sys.platform, platform.machine())


def build(
    directory: Path, toolchain: Toolchain | None = None, *, sanitize: str | None = None
) -> Path:
    """Compile the core into a directory; returns the path of the library.

    Without a ``toolchain`` it is compiled for this machine.

    An instruction set that the compiler does not know is left out, with a note on standard error.

    Raises
    ------
    BuildError
        If there is no compiler, if it cannot compile the portable version, or if files cannot be
        written.
    """
    toolchain = toolchain or this_machine()
    library = directory / toolchain.library
    try:
        with tempfile.TemporaryDirectory() as scratch:
            linked = _compile_and_link(
                toolchain, SANITIZERS[sanitize] if sanitize else [], Path(scratch)
            )
            directory.mkdir(parents=True, exist_ok=True)
            _install(linked, library)
        (directory / NOTE).unlink(missing_ok=True)
    except OSError as error:
        raise BuildError(f"a file cannot be written: {error}") from None
    return library


def build_or_leave_note(directory: Path) -> None:
    """Compile the core into a directory; or print why not, and leave a note there that says it."""
    try:
        build(directory)
    except BuildError as error:
        print(f"NOTE: the compiled core is left out: {error}. {WITHOUT}", file=sys.stderr)
        with suppress(OSError):  # the directory may be read-only
            directory.mkdir(parents=True, exist_ok=True)
            (directory / LIBRARY).unlink(missing_ok=True)  # of an earlier build
            (directory / NOTE).write_text(f"{error}\n", encoding="utf-8", errors="replace")


def find_compiler() -> list[str]:
    """The command of a C++ compiler that has vector types: GCC or Clang.

    It is ``CXX`` of the environment, with its options if it has any; otherwise the compiler that
    Python was compiled with, c++, g++ or clang++, whichever is found first. On Windows it is zig:
    the compiler of Python there has no vector types, and GCC does not align them on the stack.

    Raises
    ------
    BuildError
        If there is none.
    """
    given = _words_of(os.environ.get("CXX", ""))
    if given:
        if shutil.which(given[0]):
            return given
        raise BuildError(f"CXX={os.environ['CXX']!r} is not a command that can be found")
    if sys.platform == "win32":
        return _find_zig()
    for_python = _words_of(sysconfig.get_config_var("CXX") or "")
    for command in (for_python, ["c++"], ["g++"], ["clang++"]):
        if command and shutil.which(command[0]):
            return command
    raise BuildError("no C++ compiler (c++, g++ or clang++) was found")


def _find_zig() -> list[str]:
    """The C++ compiler of zig, from the path or from the package `ziglang`."""
    if shutil.which("zig"):
        return ["zig", "c++"]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "c++"]
    raise BuildError(
        "on Windows it takes zig to compile it (`pip install ziglang`), or CXX for another Clang"
    )


def _words_of(command: str) -> list[str]:
    """A command and its options, as a shell would read them."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise BuildError(f"CXX={command!r} is not a command: {error}") from None


def thin(tag: str) -> str:
    """The platform of a wheel built here: a Python for two kinds of Macs makes it for one."""
    if not tag.endswith("universal2"):
        return tag
    machine = platform.machine()
    _, major, minor, _ = tag.split("_")
    first = ("11", "0") if machine == "arm64" and int(major) < 11 else (major, minor)
    return "_".join(("macosx", *first, machine))


def source_files() -> list[Path]:
    """The files that the library is compiled from, without what editors leave beside them."""
    paths = sorted(SOURCES.glob("[!.#]*"))
    return [path for path in paths if path.suffix in (".h", ".cpp") and path.is_file()]


def fingerprint() -> str:
    """A hash of the sources: a library with another one was compiled from other sources."""
    texts = [path.read_bytes() for path in source_files()]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:16]


def _compile_and_link(toolchain: Toolchain, extra: list[str], scratch: Path) -> Path:
    """The library, in a temporary directory."""
    objects = _compile_all(toolchain, extra, scratch)
    linked = scratch / toolchain.library
    files = [str(path) for path in objects]
    options = [*_link_options(toolchain.system), *extra]
    _run([*toolchain.linker, *options, *files, "-lm", "-o", str(linked)])
    if not linked.is_file():
        raise BuildError(f"{toolchain.compiler[0]} has made no library, and reported no error")
    return linked


def _install(made: Path, target: Path) -> None:
    """Copy a file to its place in one step, for processes that load it or build it meanwhile."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    os.close(handle)
    copied = Path(name)
    try:
        shutil.copy(made, copied)  # with its permissions
        copied.replace(target)
    except OSError:
        copied.unlink(missing_ok=True)
        raise


def _compile_all(toolchain: Toolchain, extra: list[str], scratch: Path) -> list[Path]:
    """The object files of every level that the compiler knows; "portable" must be among them."""
    compile_, levels = [*toolchain.compiler, *FLAGS, *extra], toolchain.levels
    names = scratch / "names.o"
    jobs = {(level, bits): scratch / f"{level}_{bits}.o" for level in levels for bits in (32, 64)}

    def compile_one(job: tuple[str, int]) -> BuildError | None:
        level, bits = job
        macros = [f"-DREAL_BITS={bits}", f"-DTYPE=float{bits}", f"-DLEVEL={level}"]
        source = [str(SOURCES / "core.cpp"), "-c", "-o", str(jobs[job])]
        try:
            _run([*compile_, *levels[level], *macros, *source])
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


def _link_options(system: str) -> list[str]:
    """The options that make a shared library."""
    if system == "darwin":
        return ["-dynamiclib", "-pthread", f"-Wl,-install_name,@rpath/{LIBRARY}"]
    # Nothing of the C++ library is used, so the linker may leave it out.
    as_needed = ["-Wl,--as-needed"] if system.startswith("linux") else []
    return ["-shared", "-pthread", *as_needed]


def _run(command: Sequence[str]) -> None:
    """Run a compiler; BuildError, with the first line about an error, if it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        first = next((line for line in said if "error" in line), said[0] if said else "no message")
        raise BuildError(f"{command[0]} failed: {first}")


def main() -> int:
    """Compile into the directory of the command line; returns the exit status."""
    parser = argparse.ArgumentParser("python -m sknn_edu.native.build")
    here, of = Path(__file__).parent, "of the library; by default that of the installed package"
    parser.add_argument("directory", nargs="?", type=Path, default=here, help=of)
    parser.add_argument("--sanitize", choices=SANITIZERS, help="with sanitizers, for tests")
    options = parser.parse_args()
    try:
        print(build(options.directory, sanitize=options.sanitize))
    except BuildError as error:
        print(f"The compiled core is missing: {error}. {WITHOUT}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
