"""The examples run, each alone, save their pictures, and their gradients are right."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sklearn
from sklearn.utils.fixes import parse_version

pytest.importorskip("matplotlib")

EXAMPLES = Path(__file__).parents[1] / "examples"
MAKE_PAGES = {"explore_page.py", "worksheet_page.py"}
# These need more than the plain tests have: tests/ecosystem runs them.
WITH_EXTRAS = {"dask_grid_search.py", "out_of_core.py"}
SCRIPTS = sorted({path.name for path in EXAMPLES.glob("*.py")} - WITH_EXTRAS)
NEEDS = {"callbacks.py": "1.9"}  # the version of scikit-learn that an example needs
TO_RUN = [
    name
    for name in SCRIPTS
    if parse_version(sklearn.__version__) >= parse_version(NEEDS.get(name, "0"))
]


def run(script, directory, *arguments):
    """Run a copy of an example, alone in a directory; returns what it printed."""
    shutil.copy(EXAMPLES / script, directory)
    printed = run_python(directory, script, *arguments)
    (directory / script).unlink()
    return printed


def run_python(directory, *arguments):
    """Run Python in a directory; nothing may be wrong."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    return done.stdout


def check_picture(printed, directory, script):
    """The picture is named after the script and is not blank."""
    named = re.findall(r"^Picture: (.+\.png)$", printed, flags=re.MULTILINE)
    assert named, f"{script} names no picture"
    for name in (directory / name for name in named):
        assert name.stem == Path(script).stem
        assert name.stat().st_size > 5_000


def check_page(printed, directory, script):
    """The page is named after the script and has the data of its network."""
    [path] = (directory / name for name in re.findall(r"^Page: (.+\.html)$", printed, re.MULTILINE))
    assert path.stem == Path(script).stem
    assert 50_000 < path.stat().st_size < 500_000
    assert 'id="data">{"' in path.read_text(encoding="utf-8")


# Each takes seconds: two in every run, the others with the slow tests.
EVERY_TIME = {"derivation_3_canonical_partners.py", "regression.py"}


@pytest.mark.parametrize(
    "script",
    [name if name in EVERY_TIME else pytest.param(name, marks=pytest.mark.slow) for name in TO_RUN],
)
def test_example_runs_and_saves_its_picture(script, tmp_path):
    printed = run(script, tmp_path)
    check = check_page if script in MAKE_PAGES else check_picture
    check(printed, tmp_path, script)
    if script.startswith("derivation"):
        assert "The gradient is right" in printed  # a wrong one stops the script


@pytest.mark.slow
@pytest.mark.parametrize("depth", [1, 6])
def test_relu_layers_of_any_depth(depth, tmp_path):
    printed = run("derivation_5_relu_layers.py", tmp_path, "--depth", str(depth))
    assert printed.count("The gradient is right") == 3


def test_there_is_one_example_for_each_derivation():
    numbers = [name.split("_")[1] for name in SCRIPTS if name.startswith("derivation")]
    assert numbers == ["1", "2", "3", "4", "5"]


def test_readme_lists_every_example():
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    missing = [name for name in [*SCRIPTS, *WITH_EXTRAS] if f"`{name}`" not in text]
    assert not missing


@pytest.mark.parametrize("script", [*SCRIPTS, *sorted(WITH_EXTRAS)])
def test_an_example_imports_nothing_beside_it(script):
    tree = ast.parse((EXAMPLES / script).read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    beside = {path.stem for path in EXAMPLES.iterdir()}
    assert not {name.split(".")[0] for name in imported} & beside


@pytest.mark.slow
def test_the_audit_prints_its_tables_and_saves_its_picture(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    printed = run_python(tmp_path / "examples", "-m", "audit")
    assert re.search(r"With their corrections, (\d+) of \1 wrong answers are right", printed)
    assert (tmp_path / "examples" / "audit.png").stat().st_size > 5_000
