"""What the file of a library says about itself: machine, system, what it needs and offers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import lief
from targets import Target

lief.logging.disable()  # it warns of what a library for macOS need not have

NEEDED = {  # libraries that every machine has, by their first letters in lower case
    "linux": ("libc.so", "libc.musl-", "libm.so", "libpthread.so", "ld-linux"),
    "darwin": ("/usr/lib/libsystem.b.dylib", "@rpath/libcore.so"),
    "win32": ("kernel32.dll", "api-ms-win-crt-", "ntdll.dll"),
}
MACHINES = {  # as each format names them
    "x86_64": ("X86_64", "AMD64"),
    "aarch64": ("AARCH64", "ARM64"),
}
FUNCTIONS = ("train", "gradient", "hessian_product", "predict", "evaluate", "workspace_bytes")
ABOUT = ("made_of", "can_run", "structure_size", "activation_number", "loss_number")


def faults_of(library: Path, target: Target) -> list[str]:
    """What is not as the target's tag says; nothing if all is right."""
    binary, toolchain = lief.parse(str(library)), target.toolchain
    if binary is None:
        return ["its library has no format that is known"]
    system, machine, oldest = about(binary)
    needs = [
        name for name in needed(binary) if not name.lower().startswith(NEEDED[toolchain.system])
    ]
    offers = {function.name.removeprefix("_") for function in binary.exported_functions}
    missing = sorted(expected_functions(toolchain.levels) - offers)
    fields = target.platform.split("_")
    return [
        *([f"it is for {system}"] if system != toolchain.system else []),
        *([f"it is for {machine}"] if machine not in MACHINES[toolchain.machine] else []),
        *([f"it needs {', '.join(needs)}"] if needs else []),
        *([f"it does not offer {', '.join(missing)}"] if missing else []),
        *([f"it is for macOS {oldest} and later"] if oldest and oldest != fields[1:3] else []),
    ]


def about(binary) -> tuple[str, str, list[str]]:
    """System, machine, and the oldest version of macOS, if it is for macOS."""
    if isinstance(binary, lief.PE.Binary):
        return "win32", binary.header.machine.name, []
    if isinstance(binary, lief.ELF.Binary):
        return "linux", binary.header.machine_type.name, []
    if binary.build_version is not None:
        oldest = binary.build_version.minos
    else:
        oldest = binary.version_min.version
    return "darwin", binary.header.cpu_type.name, [str(number) for number in oldest[:2]]


def needed(binary) -> list[str]:
    """The libraries that it needs."""
    return [library if isinstance(library, str) else library.name for library in binary.libraries]


def expected_functions(levels: Iterable[str]) -> set[str]:
    """The names that `library.py` looks for, with kernels of these levels."""
    return set(ABOUT) | {
        f"{name}_float{bits}_{level}" for name in FUNCTIONS for bits in (32, 64) for level in levels
    }
