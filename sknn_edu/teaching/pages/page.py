"""One HTML file that holds all it needs, and the class `Page` that saves and shows it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

# Styles are inline, scripts are the ones in the file, known by their hashes; nothing is fetched.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {scripts}; "
    "base-uri 'none'; form-action 'none'"
)
DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
<script type="application/json" id="data">{data}</script>
{scripts}
</body>
</html>
"""
FRAME = (
    '<iframe title="{title}" srcdoc="{html}" sandbox="allow-scripts" loading="lazy" '
    'style="width: 100%; height: 48rem; border: 0"></iframe>'
)


class Page:
    """A page in one file: save it and open it in a browser, or look at it in a notebook.

    Parameters
    ----------
    html : str
        The whole file.
    title : str
        What the browser's tab shows.

    Attributes
    ----------
    html, title : str
    """

    def __init__(self, html: str, title: str) -> None:
        self.html = html
        self.title = title

    def __repr__(self) -> str:
        return f"<Page {self.title!r}, {len(self.html.encode()) / 1000:.0f} kB: .save('page.html')>"

    def _repr_html_(self) -> str:
        """The page in a frame of its own, which can neither reach the notebook nor the network."""
        return FRAME.format(title=escape(self.title), html=escape(self.html))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, in UTF-8. A file of that name is replaced.

        Parameters
        ----------
        path : str or path-like
            Such as ``"page.html"``. Its directory must exist.

        Returns
        -------
        path : Path
            Where the page is.

        Raises
        ------
        FileNotFoundError
            If there is no such directory.
        """
        path = Path(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(
                f"path: there is no directory {str(path.parent)!r} to save {path.name!r} in. "
                f"Make it first, or save into one that exists: page.save({path.name!r})."
            )
        path.write_text(self.html, encoding="utf-8", newline="\n")
        return path


def assemble(
    title: str, css_files: Sequence[str], js_files: Sequence[str], data: Any, body: str
) -> Page:
    """A page from its parts, with what all pages share (``theme.css``, ``theme.js``) in front.

    Parameters
    ----------
    title : str
        Plain text.
    css_files, js_files : sequence of str
        Names of files in this directory.
    data : object
        What `json` can write, without NaN and infinities; scripts read it as ``DATA``.
    body : str
        HTML.
    """
    style = "\n".join(_without_end(asset(name), "style") for name in ["theme.css", *css_files])
    scripts = [_without_end(asset(name), "script") for name in ["theme.js", *js_files]]
    html = DOCUMENT.format(
        policy=escape(POLICY.format(scripts=" ".join(map(_hash, scripts)))),
        title=escape(title),
        style=style,
        body=body,
        data=as_json(data),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )
    return Page(html, title)


def asset(name: str) -> str:
    """The text of a file in this directory."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def as_json(data: Any) -> str:
    """JSON that can stand inside a script element: no ``</script>``, no ``<!--``, no U+2028."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # All of these can only be inside of strings, where JSON has a second way to write them.
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _without_end(text: str, element: str) -> str:
    """A style or a script without what would end its element, or begin a comment of HTML."""
    for inside in (f"</{element}", "<!--"):
        if inside in text:
            raise ValueError(f"A {element} may not contain {inside!r}; write it with a backslash.")
    return text


def _hash(script: str) -> str:
    """A script as the policy names it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
