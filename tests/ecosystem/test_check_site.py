"""The tool that looks at the site finds what is wrong with a page, and nothing else."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from check_site import WIDTHS, dead_links, seen

RIGHT = (
    "<!doctype html><html lang=en><title>A page</title><main><article>"
    "<h1 id=top>A page</h1><a href='#top'>up</a><a href='other.html#here'>on</a>"
    "<img alt='' src='dot.svg'></article></main></html>"
)
OTHER = "<!doctype html><html lang=en><title>Other</title><h1 id=here>Here</h1></html>"
DOT = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "right.html").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "other.html").write_text(OTHER, encoding="utf-8")
    (tmp_path / "dot.svg").write_text(DOT, encoding="utf-8")
    return tmp_path


def test_a_page_without_faults_is_left_alone(site):
    assert list(dead_links(site)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("other.html#here", "gone.html", "a file that is not there: gone.html"),
        ("other.html#here", "other.html#gone", "a place that is not there: other.html#gone"),
        ("alt=''", "", "image without alt: dot.svg"),
    ],
)
def test_links_and_images_are_checked_without_a_browser(site, old, new, said):
    (site / "right.html").write_text(RIGHT.replace(old, new), encoding="utf-8")
    [(path, fault)] = dead_links(site)
    assert path.name == "right.html"
    assert said in fault


@pytest.mark.slow
@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("", None),
        ("<div style='width: 2000px'>wide</div>", "px wider than its window"),
        ("<pre style='overflow: auto'>" + "word " * 400 + "</pre>", "out of sight: word word"),
        ("<script>console.log('hello')</script>", "the console says: hello"),
        ("<img alt='' src='gone.png'>", "an image is blank: gone.png"),
    ],
)
def test_a_browser_sees_what_is_wrong(site, chromium, added, said):
    file = site / "right.html"
    file.write_text(RIGHT.replace("</article>", added + "</article>"), encoding="utf-8")
    page = chromium.new_page(viewport={"width": WIDTHS[0], "height": 900}, offline=True)
    faults = list(seen(page, file, WIDTHS[0], None))
    page.close()
    assert (said is None) == (faults == [])
    assert said is None or any(said in fault for fault in faults)
