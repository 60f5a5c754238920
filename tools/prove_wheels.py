"""Checks wheels as far as one Linux machine can: ``python tools/prove_wheels.py DIRECTORY FITS``.

FITS is what `recorded_fits.py` has written. The library of each wheel must be for the machine that
the wheel's tag names, need no other library than those that are there, and offer what Python calls.
Those for Linux and Windows then replay the fits, in an emulator where it takes one; where there is
no emulator, a line says so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from formats import faults_of
from targets import ROOT, TARGETS, Target

# What runs a program for a target: a command, and a file that must be there for it.
ARM, ARM_WITH_MUSL = "/usr/aarch64-linux-gnu", "/usr/aarch64-linux-musl"
EMULATORS = {
    "manylinux_2_17_x86_64": ([], "/"),
    "manylinux_2_17_aarch64": (["qemu-aarch64", "-L", ARM], ARM),
    "musllinux_1_2_x86_64": ([], "/lib/ld-musl-x86_64.so.1"),
    "musllinux_1_2_aarch64": (["qemu-aarch64", "-L", ARM_WITH_MUSL], ARM_WITH_MUSL),
    "win_amd64": (["wine"], "/"),
}
PACKAGES = (  # of Debian
    "qemu-user, libc6-arm64-cross, musl, wine, wine64, "
    f"and musl:arm64, unpacked in {ARM_WITH_MUSL} by dpkg -x"
)


def main() -> int:
    """Check the wheels of the command line; returns how many are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("fits", type=Path)
    parser.add_argument("--only", nargs="+", choices=[t.platform for t in TARGETS])
    arguments = parser.parse_args()
    wanted = [t for t in TARGETS if not arguments.only or t.platform in arguments.only]
    return sum(not is_proved(target, arguments.directory, arguments.fits) for target in wanted)


def is_proved(target: Target, directory: Path, fits: Path) -> bool:
    """Whether a target's wheel stands all checks; prints what was found."""
    wheels = list(directory.glob(f"*-{target.tag}.whl"))
    if len(wheels) != 1:
        print(f"{target.platform}: FAILED: there are {len(wheels)} wheels")
        return False
    with tempfile.TemporaryDirectory() as scratch:
        library = unpacked(wheels[0], target, Path(scratch))
        faults = faults_of(library, target) + faults_of_tag(wheels[0], target)
        found = f"FAILED: {'; '.join(faults)}" if faults else "its format is right"
        print(f"{target.platform}: {found}")
        return not faults and replays(library, target, fits)


def unpacked(wheel: Path, target: Target, scratch: Path) -> Path:
    """The library of a wheel, in a directory of its own."""
    name = f"sknn_edu/native/{target.toolchain.library}"
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(name, scratch))


def faults_of_tag(wheel: Path, target: Target) -> list[str]:
    """What auditwheel says against the tag of a wheel for Linux."""
    if target.toolchain.system != "linux":
        return []
    command = [sys.executable, "-m", "auditwheel", "show", str(wheel)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = f'"{target.platform}"' in said.stdout.replace("\n", " ")
    return [] if found else [f"auditwheel says: {said.stdout or said.stderr}"]


def replays(library: Path, target: Target, fits: Path) -> bool:
    """Whether the library trains as the NumPy engine does, or nothing here can run it."""
    if target.platform not in EMULATORS:
        print(f"{target.platform}: NOT RUN: no emulator for it; only its format was checked")
        return True
    emulator, needs = EMULATORS[target.platform]
    missing = [name for name in emulator[:1] if not shutil.which(name)]
    missing += [needs] if not Path(needs).exists() else []
    if missing:
        print(f"{target.platform}: NOT RUN: {missing[0]} is missing (Debian: {PACKAGES})")
        return True
    program = library.with_name("replay.exe")
    system = ["-ldl"] if target.toolchain.system == "linux" else []
    system += ["-dynamic"] if target.musl else []  # zig would link a program without a loader
    compile_ = [*target.toolchain.linker, "-std=c++17", "-O1", str(ROOT / "tools/replay.cpp")]
    quiet = ["-Wno-unused-command-line-argument"]
    subprocess.run([*compile_, *quiet, *system, "-o", str(program)], check=True)
    environment = os.environ | {"WINEPREFIX": str(library.parent / "wine"), "WINEDEBUG": "-all"}
    command = [*emulator, str(program), str(library), str(fits)]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    for line in done.stdout.splitlines():
        print(f"{target.platform}: {line}")
    if done.returncode:
        print(f"{target.platform}: FAILED: {' '.join(command)}\n{done.stderr[-2000:]}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
