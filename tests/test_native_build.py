"""The compiled core is built where it can be, and its absence is said once, and then on request."""

import _ctypes
import ctypes
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.__main__ import main
from sknn_edu.native import compiler as build
from sknn_edu.native import library

# Compilers that are scripts: they write what they were asked to, without compiling anything.
OBEDIENT = 'while [ "$1" != -o ]; do shift; done; echo "made by a script" > "$2"'
UNABLE = 'echo "note: some words" >&2; echo "core.cpp:1: error: cannot" >&2; exit 1'
OLD = f'case "$*" in *-mavx512f*) echo "error: what is -mavx512f?" >&2; exit 1;; esac; {OBEDIENT}'
UNABLE_TO_LINK = f'case "$*" in *" -c "*) {OBEDIENT};; *) echo "ld: error: no" >&2; exit 1;; esac'


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """Makes a shell script the compiler; returns the file with the calls of it."""

    def compiler(script, options=""):
        path, calls = tmp_path / "my c++", tmp_path / "calls"
        path.write_text(f'#!/bin/sh\necho "$*" >> "{calls}"\n{script}\n')
        path.chmod(0o755)
        monkeypatch.setenv("CXX", f"'{path}'{options}")
        return calls

    return compiler


@pytest.fixture
def only_commands(tmp_path, monkeypatch):
    """Hides all commands but some, and the compiler that Python was made with."""

    def only_commands(*names):
        (tmp_path / "bin").mkdir()
        for name in names:
            (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
            (tmp_path / "bin" / name).chmod(0o755)
        monkeypatch.delenv("CXX", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        monkeypatch.setattr(build.sysconfig, "get_config_var", lambda name: None)

    return only_commands


# -- which compiler -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c++", "g++", "clang++"])
def test_a_usual_compiler_is_found(only_commands, name):
    only_commands(name)
    assert build.find_compiler() == [name]


def test_the_compiler_of_Python_comes_before_the_usual_ones(only_commands, monkeypatch):
    only_commands("c++", "his-c++")
    monkeypatch.setattr(build.sysconfig, "get_config_var", lambda name: "his-c++ -pthread")
    assert build.find_compiler() == ["his-c++", "-pthread"]


def test_a_compiler_of_Python_that_is_not_here_is_passed_over(only_commands, monkeypatch):
    only_commands("g++")
    monkeypatch.setattr(build.sysconfig, "get_config_var", lambda name: "/where/it/was/made/c++")
    assert build.find_compiler() == ["g++"]


def test_CXX_comes_first_and_may_have_options(compiler, tmp_path):
    compiler(OBEDIENT, options=" -B/somewhere")
    assert build.find_compiler() == [str(tmp_path / "my c++"), "-B/somewhere"]


def test_a_CXX_that_is_not_there_is_not_replaced_by_another(monkeypatch):
    monkeypatch.setenv("CXX", "nothing -O3")
    with pytest.raises(build.BuildError, match=r"^CXX='nothing -O3' is not a command that can be"):
        build.find_compiler()


def test_no_compiler_at_all_is_said(only_commands):
    only_commands("ls")
    with pytest.raises(build.BuildError, match=r"no C\+\+ compiler \(c\+\+, g\+\+ or clang\+\+\)"):
        build.find_compiler()


@pytest.mark.parametrize(
    ("commands", "packages", "found"),
    [
        (["zig", "g++"], [], ["zig", "c++"]),
        (["g++"], ["ziglang"], [sys.executable, "-m", "ziglang", "c++"]),
    ],
)
def test_on_Windows_the_compiler_is_zig(only_commands, monkeypatch, commands, packages, found):
    only_commands(*commands)
    monkeypatch.setattr(build.sys, "platform", "win32")
    monkeypatch.setattr(build.shutil, "which", lambda name: name if name in commands else None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: name in packages)
    assert build.find_compiler() == found


def test_on_Windows_without_zig_it_is_said_how_to_get_it(only_commands, monkeypatch):
    only_commands("g++")
    monkeypatch.setattr(build.shutil, "which", {"g++": "/bin/g++"}.get)  # its own needs Windows
    monkeypatch.setattr(build.sys, "platform", "win32")
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(build.BuildError, match="pip install ziglang"):
        build.find_compiler()


@pytest.mark.parametrize(
    ("compiler", "linker"),
    [
        (["g++", "-m64"], ["g++", "-m64"]),
        (["c++"], ["c++"]),
        (["/usr/bin/zig", "c++"], ["/usr/bin/zig", "cc"]),
        (["python", "-m", "ziglang", "c++"], ["python", "-m", "ziglang", "cc"]),
    ],
)
def test_zig_links_without_its_library_for_cxx(compiler, linker):
    assert build.Toolchain(compiler, "linux", "x86_64").linker == linker


@pytest.mark.parametrize(
    ("machine", "tag", "thin"),
    [
        ("arm64", "macosx_10_13_universal2", "macosx_11_0_arm64"),
        ("arm64", "macosx_12_0_universal2", "macosx_12_0_arm64"),
        ("x86_64", "macosx_10_13_universal2", "macosx_10_13_x86_64"),
        ("x86_64", "linux_x86_64", "linux_x86_64"),
    ],
)
def test_a_library_for_one_kind_of_Mac_is_not_called_one_for_both(monkeypatch, machine, tag, thin):
    monkeypatch.setattr(build.platform, "machine", lambda: machine)
    assert build.thin(tag) == thin


# -- what it makes --------------------------------------------------------------------------


@pytest.mark.parametrize(("machine", "n_levels"), [("x86_64", 4), ("AMD64", 4), ("aarch64", 1)])
def test_each_level_is_compiled_for_both_types_of_numbers(
    compiler, tmp_path, monkeypatch, machine, n_levels
):
    monkeypatch.setattr(build.platform, "machine", lambda: machine)
    calls = compiler(OBEDIENT)
    assert build.build(tmp_path / "made").read_text() == "made by a script\n"
    *compiled, linked = calls.read_text().splitlines()
    assert sum(" -DTYPE=float32 " in call for call in compiled) == n_levels
    assert sum(" -DTYPE=float64 " in call for call in compiled) == n_levels
    assert len(compiled) == 2 * n_levels + 1  # and the names
    assert linked.count(".o ") == len(compiled)
    assert sum(build.fingerprint() in call for call in compiled) == 1  # with the names
    assert not any("-march" in call for call in compiled)


def test_the_fingerprint_is_that_of_the_sources_alone(tmp_path, monkeypatch):
    copied = shutil.copytree(build.SOURCES, tmp_path / "src")
    original = build.fingerprint()
    monkeypatch.setattr(build, "SOURCES", copied)
    (copied / "folder.h").mkdir()
    (copied / ".#core.cpp").symlink_to("lock of an editor")
    for name in ("core.cpp~", ".core.cpp.swp", "#core.cpp#", "notes.txt", ".hidden.h"):
        (copied / name).write_bytes(b"\xff")
    assert build.fingerprint() == original
    with (copied / "interface.h").open("a") as file:
        file.write("// changed")
    assert build.fingerprint() != original


@pytest.mark.parametrize(
    ("platform", "option", "absent"),
    [("linux", "-shared", "-dynamiclib"), ("darwin", "-dynamiclib", "as-needed")],
)
def test_each_platform_is_linked_its_own_way(
    compiler, tmp_path, monkeypatch, platform, option, absent
):
    monkeypatch.setattr(build.sys, "platform", platform)
    calls = compiler(OBEDIENT)
    build.build(tmp_path / "made")
    linked = calls.read_text().splitlines()[-1]
    assert option in linked
    assert absent not in linked


def test_a_level_that_the_compiler_does_not_know_is_left_out(
    compiler, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(build.platform, "machine", lambda: "x86_64")
    calls = compiler(OLD)
    build.build(tmp_path / "made")
    linked = calls.read_text().splitlines()[-1]
    assert [level for level in build.LEVELS["x86-64"] if f"{level}_64.o" in linked] == [
        *("portable", "v2", "v3")
    ]
    note = capsys.readouterr().err
    assert note.count("NOTE") == 1
    assert "without the instruction set v4" in note
    assert "error: what is -mavx512f?" in note


@pytest.mark.parametrize(
    ("script", "words"), [(UNABLE, "core.cpp:1: error: cannot"), (UNABLE_TO_LINK, "ld: error: no")]
)
def test_a_compiler_that_fails_is_quoted_in_one_line(compiler, tmp_path, script, words):
    compiler(script)
    with pytest.raises(build.BuildError, match=rf"my c\+\+ failed: {words}$"):
        build.build(tmp_path / "made")
    assert not (tmp_path / "made" / build.LIBRARY).exists()


def test_builds_at_once_share_no_file(compiler, tmp_path, monkeypatch):
    compiler(OBEDIENT)
    copied, copy = [], shutil.copy

    def copy_and_build_again(source, target):
        copied.append(target)
        if len(copied) == 1:
            build.build(tmp_path / "made")
        return copy(source, target)

    monkeypatch.setattr(build.shutil, "copy", copy_and_build_again)
    library = build.build(tmp_path / "made")
    assert len(set(copied)) == 2
    assert [path.name for path in library.parent.iterdir()] == [build.LIBRARY]
    assert os.access(library, os.R_OK)


def test_a_compiler_that_cannot_be_run_is_named(compiler, tmp_path):
    compiler(OBEDIENT)
    (tmp_path / "my c++").write_text("neither a script nor a program")
    with pytest.raises(build.BuildError, match=r"my c\+\+ (cannot be run|failed)"):
        build.build(tmp_path / "made")


def test_the_command_compiles_or_says_why_not(compiler, tmp_path, monkeypatch, capsys):
    made = tmp_path / "made"
    monkeypatch.setattr(sys, "argv", ["build", str(made)])
    compiler(UNABLE)
    assert build.main() == 1
    assert "is missing: " in (said := capsys.readouterr().err)
    assert said.count("\n") == 1
    compiler(OBEDIENT)
    assert build.main() == 0
    assert capsys.readouterr().out == f"{made / build.LIBRARY}\n"


# -- what installing makes of it -------------------------------------------------------------


def test_without_a_compiler_installing_leaves_one_note_and_no_library(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("CXX", "nothing")
    (tmp_path / build.LIBRARY).write_text("of an earlier build")
    build.build_or_leave_note(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [build.NOTE]
    why = (tmp_path / build.NOTE).read_text().strip()
    assert why == "CXX='nothing' is not a command that can be found"
    printed = capsys.readouterr().err
    assert printed == f"NOTE: the compiled core is left out: {why}. {build.WITHOUT}\n"


def no_temporary_directory(monkeypatch, tmp_path):
    monkeypatch.setattr(build.tempfile, "tempdir", str(tmp_path / "nowhere"))


def no_permission(monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied", str(tmp_path / "made"))

    monkeypatch.setattr(build.Path, "mkdir", refuse)  # root may write everywhere


def unbalanced_quote(monkeypatch, tmp_path):
    monkeypatch.setenv("CXX", "g++ '-O2")


@pytest.mark.parametrize(
    ("script", "arrange", "words"),
    [
        ("exit 0", None, "has made no library"),
        ("printf 'error: \\377\\376 no' >&2; exit 1", None, "failed: error: \ufffd\ufffd no"),
        (OBEDIENT, unbalanced_quote, "is not a command: No closing quotation"),
        (OBEDIENT, no_temporary_directory, "a file cannot be written: "),
        (OBEDIENT, no_permission, "Permission denied"),
    ],
    ids=["no output", "not UTF-8", "quote", "no temporary directory", "read-only"],
)
def test_whatever_keeps_the_core_from_being_compiled_ends_in_one_note(
    compiler, monkeypatch, tmp_path, capsys, script, arrange, words
):
    compiler(script)
    if arrange:
        arrange(monkeypatch, tmp_path)
    build.build_or_leave_note(tmp_path / "made")
    printed = capsys.readouterr().err
    assert printed.startswith("NOTE: the compiled core is left out: ")
    assert words in printed
    assert printed.count("\n") == 1
    if arrange is not no_permission:
        assert words in (tmp_path / "made" / build.NOTE).read_text(encoding="utf-8")


def test_with_a_compiler_installing_removes_the_note(compiler, tmp_path, capsys):
    compiler(OBEDIENT)
    (tmp_path / build.NOTE).write_text("of an earlier build")
    build.build_or_leave_note(tmp_path)
    assert (tmp_path / build.LIBRARY).exists()
    assert not (tmp_path / build.NOTE).exists()
    assert capsys.readouterr().err == ""


# -- what the user sees ---------------------------------------------------------------------


@pytest.fixture
def without_core(monkeypatch, tmp_path):
    """The core is hidden, in this process."""
    monkeypatch.setenv("SKNN_EDU_CORE", str(tmp_path / "missing.so"))
    library._found.cache_clear()
    yield
    library._found.cache_clear()


@pytest.fixture
def found_again(monkeypatch):
    """The core is looked for again, under the environment of this test."""
    library._found.cache_clear()
    yield
    monkeypatch.undo()
    library._found.cache_clear()


def test_without_the_core_fits_are_silent(without_core):
    X, y = np.random.RandomState(0).randn(30, 3), np.arange(30) % 2
    auto, numpy = (
        BackpropClassifier(4, engine=engine, max_iter=3, tol=0, random_state=0).fit(X, y)
        for engine in ("auto", "numpy")  # a warning would be an error here
    )
    np.testing.assert_array_equal(auto.coefs_[0], numpy.coefs_[0])


def test_without_the_core_native_repeats_why(without_core):
    X, y = np.random.RandomState(0).randn(30, 3), np.arange(30) % 2
    why = library.why_missing()
    with pytest.raises(ValueError, match="engine='native'") as raised:
        BackpropClassifier(4, engine="native").fit(X, y)
    assert why in str(raised.value)


def test_a_library_that_cannot_be_loaded_counts_as_missing(without_core, tmp_path):
    (tmp_path / "missing.so").write_text("made for another machine")
    assert library.load() is None
    assert library.why_missing().startswith("it cannot be loaded: ")


def in_environment(name, value):
    return lambda monkeypatch: monkeypatch.setenv(name, value)


def other_sources(monkeypatch):
    monkeypatch.setattr(library, "fingerprint", lambda: "0" * 16)


def larger_structure(monkeypatch):
    class Optimizer(library.Optimizer):
        _fields_ = (("more", ctypes.c_int64),)

    monkeypatch.setattr(library, "STRUCTURES", (library.Network, Optimizer))


needs_core = pytest.mark.skipif(
    library.load() is None, reason="there is no library to find fault with"
)


@pytest.mark.parametrize(
    ("arrange", "words"),
    [
        (in_environment("SKNN_EDU_CORE", os.curdir), "SKNN_EDU_CORE='.' is not a file"),
        (
            in_environment("SKNN_EDU_CORE", _ctypes.__file__),
            "is not a library of the compiled core",
        ),
        *(
            pytest.param(arrange, words, marks=needs_core)
            for arrange, words in [
                (in_environment("SKNN_EDU_KERNELS", ""), "SKNN_EDU_KERNELS='' is none of ["),
                (in_environment("SKNN_EDU_KERNELS", "v9"), "SKNN_EDU_KERNELS='v9' is none of ["),
                (larger_structure, "the structure Optimizer has 88 bytes in it, but 96 in library"),
                (other_sources, "it was compiled from other sources"),
            ]
        ),
    ],
)
def test_a_library_that_does_not_fit_counts_as_missing_and_is_looked_for_once(
    found_again, monkeypatch, arrange, words
):
    arrange(monkeypatch)
    assert library.load() is None
    assert words in library.why_missing()
    monkeypatch.setattr(library, "Library", None)  # would be called for a second look
    X, y = np.random.RandomState(0).randn(30, 3), np.arange(30) % 2
    BackpropClassifier(4, max_iter=2, tol=0).fit(X, y).predict(X)
    with pytest.raises(ValueError, match="the compiled core itself") as raised:
        BackpropClassifier(4, engine="native").fit(X, y)
    assert words in str(raised.value)


def test_the_command_line_says_that_the_core_is_missing_and_why(without_core, capsys):
    assert main([]) == 0
    versions, core, _ = capsys.readouterr().out.splitlines()
    assert "numpy" in versions
    assert core.startswith("The compiled core is missing: ")
    assert core.endswith(build.WITHOUT)


# -- the real thing -------------------------------------------------------------------------


@pytest.mark.slow
def test_each_compiler_of_this_machine_makes_a_library_that_needs_no_cxx_library(
    tmp_path, monkeypatch, capsys
):
    # Without optimization, which takes most of the time and is no part of the question.
    monkeypatch.setattr(build, "FLAGS", [flag for flag in build.FLAGS if flag != "-O3"])
    for name in filter(shutil.which, ("g++", "clang++")):
        monkeypatch.setenv("CXX", name)
        library = build.build(tmp_path / name)
        assert capsys.readouterr().err == ""  # no level is left out
        for needed in (b"libstdc++", b"libc++", b"__cxa_throw", b"__gxx_personality"):
            assert needed not in library.read_bytes()
        environment = os.environ | {"SKNN_EDU_CORE": str(library)}
        command = [sys.executable, "-m", "sknn_edu"]
        said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        assert "The compiled core is there" in said.stdout
