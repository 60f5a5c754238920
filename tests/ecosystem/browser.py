"""A real browser for the tests of pages: Debian's Chromium, driven by Playwright.

`conftest.py` makes fixtures of these. Set AXE_CORE to a file axe.min.js to use that one; otherwise
axe-core is installed with npm into a temporary directory.
"""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 420, "height": 860}


@contextmanager
def running_chromium():
    """The browser, without a window; skips where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no command chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser, path, **options):
    """A page in a fresh context, without a network; nothing may go wrong while it is open.

    Nothing is written to the console, no script fails, and nothing but the file is asked for.
    """
    context = browser.new_context(**{"viewport": DESKTOP, "offline": True, **options})
    page = context.new_page()
    wrong, asked_for = [], []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()
    assert wrong == []
    assert asked_for == [path.as_uri()]


def axe_source(directory):
    """The text of axe-core; skips where it cannot be installed."""
    given = os.environ.get("AXE_CORE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    if shutil.which("npm") is None:
        pytest.skip("there is no command npm to install axe-core with")
    command = ["npm", "install", "--no-audit", "--no-fund", "axe-core@4"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        pytest.skip(f"npm could not install axe-core: {done.stderr[-200:]}")
    file = Path(directory) / "node_modules" / "axe-core" / "axe.min.js"
    return file.read_text(encoding="utf-8")


def violations(page, axe):
    """What axe-core finds wrong with a page: rules, and the elements that break them."""
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def wait_until(page, condition, seconds=10):
    """Wait until an expression of JavaScript is true.

    Playwright's own `wait_for_function` needs eval, which the pages forbid.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"not in {seconds} s: {condition}"
        page.wait_for_timeout(20)


def overflows(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")
