"""The README for an index of packages, whose pages are not beside the files that it links to."""

import re
from pathlib import Path

# What stands in front of a target that is not an address or a heading already.
MARKDOWN = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?![a-z]+:|#)([^)\s]+)\)")
HTML = re.compile(r'(<img[^>]*? src=")(?![a-z]+:)([^"]+)"')


def with_absolute_links(text: str, home: str, revision: str) -> str:
    """The text with all links and pictures as addresses below the project's home.

    ``revision`` is the tag (or branch) of the files that belong to the text.
    """
    pages, files = f"{home}/blob/{revision}/", f"{home}/raw/{revision}/"

    def absolute(link: re.Match) -> str:
        mark, label, target = link.groups()
        # A picture may itself be the label of a link.
        return f"{mark}[{MARKDOWN.sub(absolute, label)}]({files if mark else pages}{target})"

    return HTML.sub(rf'\1{files}\2"', MARKDOWN.sub(absolute, text))


def readme_for_an_index(root: Path, project: dict, version: str) -> str:
    """The README of the project in ``root``, with the addresses of pyproject.toml."""
    text = (root / "README.md").read_text(encoding="utf-8")
    return with_absolute_links(text, project["urls"]["Repository"], f"v{version}")
