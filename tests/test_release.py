"""What a release says of itself agrees, and its pages work away from the repository."""

import importlib.util
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from sknn_edu import __version__
from sknn_edu.__main__ import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HOME = PROJECT["urls"]["Repository"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
in_checkout = pytest.mark.skipif(not WORKFLOWS, reason="distributions have no workflows")


def text(*path):
    return (ROOT.joinpath(*path)).read_text(encoding="utf-8")


def readme_module():
    path = ROOT / "packaging" / "readme.py"
    spec = importlib.util.spec_from_file_location("readme", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def releases():
    """Versions and dates of the changelog, the newest first."""
    return re.findall(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", text("CHANGELOG.md"), re.M)


def test_the_newest_version_is_the_same_everywhere():
    version, day = releases()[0]
    assert re.search(r"^version: (.*)$", text("CITATION.cff"), re.M).group(1) == version
    assert re.search(r"^date-released: (.*)$", text("CITATION.cff"), re.M).group(1) == day
    assert f'version = "{version}"' in text("packaging", "conda", "meta.yaml")
    # After a release the version goes on to the next one in development.
    assert __version__ == version or (__version__ > version and ".dev" in __version__)


def test_the_changelog_has_what_comes_first_and_dates_in_order():
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.M)
    if headings[0] == "Unreleased":  # nothing is, up to the tag
        del headings[0]
    days = [date.fromisoformat(day) for _, day in releases()]
    assert days == sorted(days, reverse=True)
    assert len(headings) == len(days)


@pytest.mark.parametrize("file", ["CITATION.cff", "packaging/conda/meta.yaml"])
def test_the_home_of_the_project_is_the_one_in_pyproject(file):
    addresses = re.findall(r"https://github\.com/[^/\s]+/[^/\s]+", text(*file.split("/")))
    assert set(addresses) == {HOME}


def test_the_recipe_for_conda_needs_what_the_package_needs():
    run = text("packaging", "conda", "meta.yaml").split("  run:\n")[1].split("\n\n")[0]
    needed = {line.strip(" -").replace(" ", "") for line in run.splitlines()}
    assert needed == {*PROJECT["dependencies"], f"python{PROJECT['requires-python']}"}


def test_licence_and_summary_are_the_same_everywhere():
    assert f"license: {PROJECT['license']}" in text("CITATION.cff")
    assert f"license: {PROJECT['license']}" in text("packaging", "conda", "meta.yaml")
    assert f"summary: {PROJECT['description']}" in text("packaging", "conda", "meta.yaml")


def test_every_link_of_the_readme_is_absolute_on_an_index():
    readme = readme_module().readme_for_an_index(ROOT, PROJECT, "1.2.3")
    targets = re.findall(r"\]\(([^)\s]+)\)", readme) + re.findall(r' src="([^"]+)"', readme)
    assert len(targets) > 20
    ours = [target for target in targets if target.startswith(HOME)]
    assert all(target.startswith(("https://", "#")) for target in targets)
    for address in ours:
        kind, revision, file = address.removeprefix(f"{HOME}/").split("/", 2)
        assert revision == "v1.2.3"
        assert (ROOT / file.partition("#")[0]).is_file()
        assert kind == ("raw" if file.endswith((".png", ".svg")) else "blob")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[a](docs/a.md#b)", "[a](H/blob/v1/docs/a.md#b)"),
        ("![a](a.png)", "![a](H/raw/v1/a.png)"),
        ("[![a](a.png)](a.md)", "[![a](H/raw/v1/a.png)](H/blob/v1/a.md)"),
        ('<img alt="" src="a.svg" width="9">', '<img alt="" src="H/raw/v1/a.svg" width="9">'),
        ("[a](https://b.c) [d](#e) f[1](g)", "[a](https://b.c) [d](#e) f[1](H/blob/v1/g)"),
    ],
)
def test_links_become_absolute(written, expected):
    assert readme_module().with_absolute_links(written, "H", "v1") == expected


def test_the_code_of_the_readme_runs_where_it_is_pasted(capsys):
    blocks = re.findall(r"^```python\n(.*?)^```", text("README.md"), re.M | re.S)
    (pasted,) = [block for block in blocks if ">>> " not in block]
    exec(pasted, {})
    score, *said = capsys.readouterr().out.strip().splitlines()
    assert f"# {float(score):.2f}" in pasted  # the score that is written beside it
    assert any("mean over the samples is missing" in line for line in said)


@in_checkout
def test_actions_are_pinned_to_commits():
    for path in WORKFLOWS:
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert action.startswith("./") or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action)


@in_checkout
def test_every_step_of_a_workflow_is_a_script_of_the_checkout_or_an_installation():
    steps = [
        step
        for path in WORKFLOWS
        for step in re.findall(r"- run: (.*)", path.read_text(encoding="utf-8"))
    ]
    assert len(steps) > 8
    for step in steps:
        command = step.rpartition("&& ")[2]
        assert (
            command.startswith(("python -m pip install ", "python -m sknn_edu"))
            or ".ci/" in command
        )
    known = re.findall(r"^(\w+)\)", text(".ci", "step"), re.M)
    called = re.findall(r"\.ci/step \S+ (\w+)", "\n".join([*steps, text(".ci", "run")]))
    assert set(called) <= set(known)


def test_the_command_line_says_the_version_and_its_commands(capsys):
    for option, said in (
        ("--version", f"sknn_edu {__version__}\n"),
        ("-h", "mark the derivatives"),
    ):
        with pytest.raises(SystemExit) as ended:
            main([option])
        assert ended.value.code == 0
        assert said in capsys.readouterr().out
