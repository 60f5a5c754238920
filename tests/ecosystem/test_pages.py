"""The code on the pages about other libraries runs as it stands there, block after block."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"

pytestmark = [
    pytest.mark.slow,
    # What the tuner tries need not converge.
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    # shap makes its colour maps in a way that matplotlib is going to drop
    pytest.mark.filterwarnings("ignore:The set_:PendingDeprecationWarning"),
]


@pytest.mark.parametrize("page", ["dataframe_to_onnx.md", "ecosystem.md", "many_machines.md"])
def test_the_code_on_the_page_runs(page):
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.M | re.S)
    assert len(blocks) > 2
    names = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, page, "exec"), names)
    if page == "ecosystem.md":
        check_what_was_made(names)


def check_what_was_made(names):
    """Every classifier on the page beats the share of the larger class, 0.63, by far."""
    X_test, y_test = names["X_test"], names["y_test"]
    for name in ("svc", "calibrated", "boosted", "selector", "resampled", "net"):
        assert names[name].score(X_test, y_test) > 0.9, name
