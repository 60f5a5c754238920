"""Helpers of the plain tests are importable here, too, and by the workers that are started."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from browser import axe_source, running_chromium


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a process."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The source of axe-core."""
    return axe_source(tmp_path_factory.mktemp("axe"))
