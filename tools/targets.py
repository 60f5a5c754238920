"""The machines that there are wheels for."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent


def _loaded(path: Path) -> ModuleType:
    """A module of the package, without what the package itself needs."""
    spec = importlib.util.spec_from_file_location(f"the_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compiler = _loaded(ROOT / "sknn_edu" / "native" / "compiler.py")


@dataclass(frozen=True)
class Target:
    """A kind of machine.

    Attributes
    ----------
    platform : str
        The last part of the wheel's tag.
    triple : str
        What zig calls it, with the oldest C library or system that it shall run on.
    """

    platform: str
    triple: str

    @property
    def tag(self) -> str:
        """Of the wheel: the library is for every Python."""
        return f"py3-none-{self.platform}"

    @property
    def toolchain(self):
        """The zig of this environment, set to this target."""
        machine, system, _ = self.triple.replace(".", "-").split("-", 2)
        zig = [sys.executable, "-m", "ziglang", "c++", "-target", self.triple]
        return compiler.Toolchain([*zig, "-g0", "-s"], SYSTEMS[system], machine)

    @property
    def musl(self) -> bool:
        """Whether it is Linux with musl as its C library, as Alpine is."""
        return self.triple.endswith("-musl")


SYSTEMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}  # as sys.platform has them

TARGETS = (
    Target("manylinux_2_17_x86_64", "x86_64-linux-gnu.2.17"),
    Target("manylinux_2_17_aarch64", "aarch64-linux-gnu.2.17"),
    Target("musllinux_1_2_x86_64", "x86_64-linux-musl"),
    Target("musllinux_1_2_aarch64", "aarch64-linux-musl"),
    Target("macosx_10_13_x86_64", "x86_64-macos.10.13"),
    Target("macosx_11_0_arm64", "aarch64-macos.11.0"),
    Target("win_amd64", "x86_64-windows-gnu"),
    Target("win_arm64", "aarch64-windows-gnu"),
)
