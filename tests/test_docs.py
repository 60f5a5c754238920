"""The sessions on the pages of the docs give the output printed there, and links are valid."""

import doctest
import re
from pathlib import Path

import pytest
import sklearn
from sklearn.utils.fixes import parse_version

ROOT = Path(__file__).parents[1]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("*.md"), ROOT / "examples" / "README.md"]
NEEDS = {"callbacks.md": "1.9"}  # the version of scikit-learn that a page needs
WITH_SESSIONS = [
    page
    for page in PAGES
    if ">>> " in page.read_text(encoding="utf-8")
    and parse_version(sklearn.__version__) >= parse_version(NEEDS.get(page.name, "0"))
]


def session(page):
    """The Python sessions of a page as one; empty lines of an output are marked for doctest."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = []
    for block in (block for block in blocks if ">>> " in block):
        of_block = block.rstrip("\n").split("\n")
        for line, following in zip(of_block, [*of_block[1:], ">>> "], strict=True):
            inside = line == "" and not following.startswith(">>> ")
            lines.append("<BLANKLINE>" if inside else line)
        lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=lambda page: page.name)
def test_sessions_give_what_is_printed(page):
    test = doctest.DocTestParser().get_doctest(session(page), {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report = []
    runner.run(test, out=report.append)
    assert runner.tries > 2
    assert not runner.failures, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_of_the_project(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_readme_leads_to_every_page():
    reachable = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    missing = [name for name in sorted(pages) if f"docs/{name}" not in reachable]
    assert not missing
