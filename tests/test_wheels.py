"""What goes into the wheels for other machines, and under which name; nothing is compiled here."""

import sys
import zipfile
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "tools"))

import build_wheels
from targets import TARGETS, Target, compiler

ABOUT = b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n\n"
FILES = {
    "sknn_edu/__init__.py": b"",
    f"sknn_edu/native/{compiler.NOTE}": b"no compiler\n",
    "sknn_edu-1.dist-info/WHEEL": ABOUT,
    "sknn_edu-1.dist-info/RECORD": b"old\n",
}
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.platform)


@pytest.fixture
def with_core(monkeypatch):
    """The files of a target's wheel, with a library that was not compiled."""

    def build(directory, toolchain):
        (directory / toolchain.library).write_bytes(b"library")
        return directory / toolchain.library

    def name_musl(library, target):  # what patchelf does to a true library
        library.write_bytes(library.read_bytes() + b" for musl")

    monkeypatch.setattr(build_wheels.compiler, "build", build)
    monkeypatch.setattr(build_wheels, "name_musl", name_musl)
    return lambda target: build_wheels.with_core(FILES, target)


@each_target
def test_a_wheel_is_named_after_its_machine_and_says_the_same_within(target, with_core):
    name = build_wheels.name_for("sknn_edu-1-py3-none-any.whl", target)
    assert name == f"sknn_edu-1-py3-none-{target.platform}.whl"
    about = with_core(target)["sknn_edu-1.dist-info/WHEEL"].decode().splitlines()
    assert f"Tag: {target.tag}" in about
    assert "Root-Is-Purelib: false" in about
    assert len(about) == len(ABOUT.splitlines())


@each_target
def test_the_library_takes_the_place_of_the_note_about_its_absence(target, with_core):
    files = with_core(target)
    native = sorted(name for name in files if "/native/" in name)
    library = "core.dll" if target.platform.startswith("win") else "libcore.so"
    assert native == [f"sknn_edu/native/{library}"]
    is_for_musl = files[native[0]] == b"library for musl"
    assert is_for_musl == target.platform.startswith("musllinux")


@each_target
def test_what_is_compiled_for_is_what_the_tag_names(target):
    machine = target.platform.removeprefix("win_").split("_", 3)[-1]
    names = {"amd64": "x86_64", "arm64": "aarch64"}
    assert target.toolchain.machine == names.get(machine, machine)
    version = target.triple.partition(".")[2].split(".")
    oldest = f"macosx_{'_'.join(version)}" if version[0] else "musllinux_1_2"
    assert target.platform.startswith(("win", oldest, "manylinux_2_17"))
    assert target.triple in target.toolchain.compiler
    assert ("v3" in target.toolchain.levels) == (target.toolchain.machine == "x86_64")


def test_no_two_machines_share_a_wheel():
    assert len({target.tag for target in TARGETS}) == len({t.triple for t in TARGETS}) == 8


def test_the_same_files_make_the_same_bytes(tmp_path, with_core):
    files = with_core(TARGETS[0])
    for name in ("first.whl", "second.whl"):
        build_wheels.write(tmp_path / name, files)
    assert (tmp_path / "first.whl").read_bytes() == (tmp_path / "second.whl").read_bytes()


def test_a_library_for_windows_is_without_its_time_and_others_are_as_they_are():
    dll = b"MZ" + bytes(0x3A) + b"\x40\0\0\0" + b"PE\0\0dd\6\0" + b"time" + b"more"
    assert build_wheels.timeless(dll) == dll.replace(b"time", bytes(4))
    assert build_wheels.timeless(b"\x7fELF time") == b"\x7fELF time"


def test_the_record_lists_each_file_once_and_itself_without_a_hash(tmp_path, with_core):
    build_wheels.write(tmp_path / "made.whl", with_core(TARGETS[0]))
    with zipfile.ZipFile(tmp_path / "made.whl") as archive:
        record = archive.read("sknn_edu-1.dist-info/RECORD").decode().splitlines()
        assert sorted(line.split(",")[0] for line in record) == sorted(archive.namelist())
    assert "sknn_edu-1.dist-info/RECORD,," in record
    # sha256 of nothing, as PEP 427 encodes it
    empty = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
    assert f"sknn_edu/__init__.py,{empty},0" in record


def test_a_target_needs_no_compiler_to_be_described():
    target = Target("win_amd64", "x86_64-windows-gnu")
    assert target.toolchain.library == "core.dll"
    assert "cc" in target.toolchain.linker
    assert "c++" not in target.toolchain.linker
