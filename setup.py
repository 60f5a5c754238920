"""Compiles the core while the package is built, and fits the README for an index of packages.

Everything else is said in pyproject.toml.

Without a C++ compiler the package is built all the same: it then runs on NumPy alone.
"""

import importlib.util
import sys
import tomllib
from pathlib import Path

from setuptools import Command, Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build import build

NATIVE = Path("sknn_edu", "native")


def load(path):
    """A module of the package, without importing the package, whose needs are not there yet."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


core = load(NATIVE / "compiler.py")
PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = load(Path("sknn_edu", "version.py")).__version__
README = load(Path("packaging", "readme.py")).readme_for_an_index(Path(), PROJECT, VERSION)


class BuildCore(Command):
    """Leave the shared library among the built modules, or in place for an editable install."""

    description = "compile the core"
    user_options = []  # noqa: RUF012
    editable_mode = False

    def initialize_options(self):
        """Nothing is known yet."""
        self.build_lib = None

    def finalize_options(self):
        """Build where the modules are built."""
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self):
        """Compile, or leave a note that says why not."""
        target = NATIVE if self.editable_mode else Path(self.build_lib) / NATIVE
        core.build_or_leave_note(target)

    def get_source_files(self):
        """What belongs into the source distribution."""
        return [str(NATIVE / "src" / path.name) for path in core.source_files()]

    def get_outputs(self):
        """What may be there after a build."""
        return [str(Path(self.build_lib) / NATIVE / name) for name in (core.LIBRARY, core.NOTE)]

    def get_output_mapping(self):
        """Nothing is a mere copy."""
        return {}


class Build(build):
    """`build`, with the core as its last part."""

    sub_commands = [*build.sub_commands, ("build_core", None)]  # noqa: RUF012


class Wheel(bdist_wheel):
    """A wheel for this platform and every Python: the library knows nothing of Python."""

    def get_tag(self):
        """Any Python, this platform."""
        tag = super().get_tag()
        return tag if self.root_is_pure else ("py3", "none", core.thin(tag[2]))


class WithCore(Distribution):
    """The package is one for this platform if the core can be compiled."""

    def has_ext_modules(self):
        """Whether there is a compiler."""
        try:
            core.find_compiler()
        except core.BuildError:
            return False
        return True


setup(
    long_description=README,
    long_description_content_type="text/markdown",
    distclass=WithCore,
    cmdclass={"build": Build, "build_core": BuildCore, "bdist_wheel": Wheel},
)
