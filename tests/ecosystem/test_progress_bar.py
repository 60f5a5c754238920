"""scikit-learn's ProgressBar (which draws with rich) on a real terminal."""

import os
import pty
import re
import subprocess
import sys
import textwrap

import pytest

SET_UP = """
    import time
    from sklearn.callback import ProgressBar
    from sklearn.datasets import load_digits
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sknn_edu import BackpropClassifier
    X, y = load_digits(return_X_y=True)
"""
ALONE = """
    class Stop(ProgressBar):
        def on_fit_task_end(self, estimator, context):
            super().on_fit_task_end(estimator, context)
            time.sleep(0.01)  # training alone is over before the bar is drawn twice
            return context.task_name == "epoch" and context.task_id == {stop_after} - 1

    est = BackpropClassifier(16, solver="{solver}", tol=0, max_iter=300, random_state=0)
    est.set_callbacks(Stop()).fit(X, y)
"""
GRID = """
    pipe = make_pipeline(StandardScaler(), BackpropClassifier(tol=0, max_iter=20, random_state=0))
    grid = {"backpropclassifier__hidden_layer_sizes": [4, 8]}
    search = GridSearchCV(pipe, grid, cv=2, n_jobs=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(X, y)
"""


def on_a_terminal(script):
    """Run a script with a terminal as its screen; returns what it wrote there."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "50"},
    )
    os.close(slave)
    written = b""
    try:
        while chunk := os.read(master, 65536):
            written += chunk
    except OSError:  # Linux says so when the other end has closed
        pass
    finally:
        os.close(master)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.decode())
    assert process.wait(timeout=60) == 0, text
    assert "Traceback" not in text
    return text


def percentages(text, task):
    """What the bar of a task went through."""
    return [int(n) for n in re.findall(rf"{re.escape(task)}[^%\n]*?(\d+)%", text)]


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_bar_grows_with_the_epochs(solver):
    seen = percentages(
        on_a_terminal(SET_UP + ALONE.format(solver=solver, stop_after=300)),
        "BackpropClassifier - fit",
    )
    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert len({*seen}) > 5  # it is redrawn ten times a second


def test_a_fit_that_a_callback_stops_ends_at_100_percent():
    seen = percentages(
        on_a_terminal(SET_UP + ALONE.format(solver="adam", stop_after=30)),
        "BackpropClassifier - fit",
    )
    assert seen[-1] == 100
    assert max(seen[:-1], default=0) <= 10 or seen[-2] == 100


def test_in_a_grid_search_every_network_has_its_bar():
    text = on_a_terminal(SET_UP + GRID)
    bars = re.findall(r"Pipeline - fit-final-estimator \| BackpropClassifier - fit #1", text)
    last_screen = text[text.rindex("GridSearchCV - fit ") :]
    assert len(re.findall(r"BackpropClassifier - fit", last_screen)) == 2 * 2 + 1
    assert {*percentages(last_screen, "BackpropClassifier - fit")} == {100}
    assert len(bars) > 5
