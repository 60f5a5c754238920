"""Look at every page of the built site in a browser, as wide as a desk and as a phone.

    python tools/check_site.py docs/_build/html [--only NAME ...] [--axe FILE] [--shots FOLDER]

It names links that lead nowhere, images without a description, pages that are wider than their
window, text that is cut off, what the console says, and with axe-core (a file, or AXE_CORE) what
is wrong for those who cannot see well. It needs playwright and the command chromium, and nothing
from the network; the exit status is 1 if anything is wrong. --shots keeps a picture of each page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "tests" / "ecosystem"))
WIDTHS = (1280, 420)
TALLEST = 14_000  # pixels at the larger width: a longer page should be split or folded
THEME = {"region", "landmark-unique"}  # what furo's own parts break; no page can mend it


class Page(HTMLParser):
    """What a page links to, what can be linked to in it, and its images."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors = {""}
        self.without_alt: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note what an element is about."""
        given = dict(attrs)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "img" and "alt" not in given:
            self.without_alt.append(given.get("src", "?"))
        if tag != "link":  # which also names pages of other programs
            self.targets += [given[key] for key in ("href", "src") if given.get(key)]


def dead_links(site: Path) -> Iterator[tuple[Path, str]]:
    """Links within the site to files or places that are not there; images without alt."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for target in page.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            file = file / "index.html" if file.is_dir() else file
            if not file.exists():
                yield path, f"leads to a file that is not there: {target}"
            elif file in pages and unquote(parts.fragment) not in pages[file].anchors:
                yield path, f"leads to a place that is not there: {target}"
        for source in page.without_alt:
            yield path, f"image without alt: {source}"


CUT_OFF = """widened => {
  const found = [];
  for (const element of document.querySelectorAll('article *')) {
    const over = element.scrollWidth - element.clientWidth;
    if (over <= 3 + (widened - 1) * element.clientWidth || element.clientWidth === 0) continue;
    if (element.closest('details:not([open])')) continue;
    const style = getComputedStyle(element);
    if (style.position === 'absolute' || style.display === 'inline') continue;
    const name = element.tagName.toLowerCase() + '.' + element.className;
    const scrolls = ['auto', 'scroll', 'hidden'].includes(style.overflowX);
    const lines = element.innerText.trim().split('\\n');
    const longest = lines.reduce((a, b) => b.length > a.length ? b : a, '').slice(0, 90);
    if (scrolls) found.push(`${over} px of ${name} are out of sight: ${longest}`);
  }
  return found;
}"""
# How wide the text of this machine's font is, compared with Liberation Sans, Helvetica or Arial. A
# wider one breaks lines earlier: what is cut off or too long for that reason alone is no fault.
FONT = """() => {
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.font = '100px ' + getComputedStyle(document.body).fontFamily;
  return canvas.measureText('The quick brown fox jumps over the lazy dog').width / 1979;
}"""
BLANK = """() => [...document.querySelectorAll('article img')]
  .filter(image => image.loading !== 'lazy' && !(image.complete && image.naturalWidth))
  .map(image => 'an image is blank: ' + image.getAttribute('src'))"""


def seen(page, path: Path, width: int, axe: str | None) -> Iterator[str]:
    """What is wrong with a page at this width."""
    from browser import overflows, violations

    said: list[str] = []

    def note(message):
        said.append(getattr(message, "text", str(message)))

    page.on("console", note)
    page.on("pageerror", note)
    page.goto(path.as_uri())
    page.remove_listener("console", note)
    page.remove_listener("pageerror", note)
    yield from (f"the console says: {text}" for text in said)
    if overflows(page) > 0:
        yield f"is {overflows(page)} px wider than its window"
    height = page.evaluate("document.documentElement.scrollHeight")
    if width == WIDTHS[0]:
        widened = max(1.0, page.evaluate(FONT))
        yield from page.evaluate(CUT_OFF, widened)
        if height > TALLEST * widened:
            yield f"is {height} px tall"
    yield from page.evaluate(BLANK)
    if axe is not None:
        found = {rule: (element, why) for rule, element, why in violations(page, axe)}
        for rule in found.keys() - THEME:  # one of each is enough to see
            element, why = found[rule]
            yield f"{rule}, as in {element[:90]}: {' '.join(why.split())[35:150]}"


def pages_of(site: Path, only: list[str]) -> list[Path]:
    """The pages that are written by hand or generated; not the sources of modules, nor lists."""
    pages = [
        path
        for path in sorted(site.rglob("*.html"))
        if not {"_modules", "_static"} & {*path.relative_to(site).parts}
        and path.name not in ("genindex.html", "search.html", "py-modindex.html")
    ]
    return [path for path in pages if not only or any(word in path.as_posix() for word in only)]


def main() -> int:
    """Print what is wrong, page after page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="parts of names of pages")
    parser.add_argument("--axe", default=os.environ.get("AXE_CORE"), help="a file axe.min.js")
    parser.add_argument("--shots", type=Path, help="a folder for pictures of the pages")
    given = parser.parse_args()
    site = given.site.resolve()
    axe = Path(given.axe).read_text(encoding="utf-8") if given.axe else None
    if given.shots:
        given.shots.mkdir(parents=True, exist_ok=True)
    faults = 0
    for path, fault in dead_links(site):
        print(f"{path.relative_to(site)}: {fault}")
        faults += 1
    faults += look_at(pages_of(site, given.only), site, axe, given.shots)
    print(f"{faults} faults" if faults else "Nothing is wrong.")
    return faults > 0


def look_at(pages: list[Path], site: Path, axe: str | None, shots: Path | None) -> int:
    """Open the pages in the browser; returns how many faults were seen."""
    chromium = shutil.which("chromium")
    if chromium is None or find_spec("playwright") is None:
        print("Without chromium and playwright only links and descriptions were checked.")
        return 0
    from browser import ARGUMENTS
    from playwright.sync_api import sync_playwright

    faults = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for width in WIDTHS:
            page = browser.new_page(viewport={"width": width, "height": 900}, offline=True)
            for path in pages:
                for fault in seen(page, path, width, axe):
                    print(f"{path.relative_to(site)} at {width}: {fault}", flush=True)
                    faults += 1
                if shots is not None:
                    page.screenshot(path=shots / f"{path.stem}_{width}.png", full_page=True)
            page.close()
        browser.close()
    return faults


if __name__ == "__main__":
    sys.exit(main())
