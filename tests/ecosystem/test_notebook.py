"""The estimators in a notebook that is really executed: pictures, silence, and warnings."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "imports": """
        import numpy as np
        from sklearn.datasets import load_iris
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sknn_edu import BackpropClassifier, teaching
        X, y = load_iris(return_X_y=True)
        clf = BackpropClassifier(4, "tanh", max_iter=25, tol=0, random_state=0)
    """,
    "estimator": "clf",
    "fitted": "clf.fit(X, y)",
    "pipeline": "make_pipeline(StandardScaler(), clf).fit(X, y)",
    "verbose": "clf.set_params(verbose=True).fit(X, y); clf.set_params(verbose=False);",
    "warning": "BackpropClassifier(4, max_iter=2, random_state=0).fit(X, y);",
    "silenced": """
        import warnings
        from sknn_edu.exceptions import MaxIterWarning
        warnings.simplefilter("ignore", MaxIterWarning)
        BackpropClassifier(4, max_iter=2, random_state=0).fit(X, y);
    """,
    "trace": "teaching.trace(clf, X[:2], y[:2])",
    "derive": "teaching.derive(clf)",
}


@pytest.fixture(scope="module")
def outputs():
    """What each cell shows: {cell: [output, ...]}."""
    notebook = nbformat.v4.new_notebook()
    for source in CELLS.values():
        lines = [line.removeprefix("        ") for line in source.strip().splitlines()]
        notebook.cells.append(nbformat.v4.new_code_cell("\n".join(lines)))
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


def html(cell_outputs):
    (output,) = [output for output in cell_outputs if "data" in output]
    return output.data["text/html"]


def stream(cell_outputs, name):
    return "".join(
        output.text
        for output in cell_outputs
        if output.output_type == "stream" and output.name == name
    )


@pytest.mark.parametrize("cell", ["estimator", "fitted", "pipeline", "verbose", "trace", "derive"])
def test_nothing_is_said_on_stderr(outputs, cell):
    assert stream(outputs[cell], "stderr") == ""


@pytest.mark.parametrize("cell", ["estimator", "fitted", "pipeline"])
def test_the_picture_links_to_the_documentation_and_explains_every_parameter(outputs, cell):
    picture = html(outputs[cell])
    assert "api/generated/sknn_edu.BackpropClassifier.html" in picture
    for parameter in ("hidden_layer_sizes", "n_iter_no_change", "weight_init", "class_weight"):
        assert f"--doc-link-{parameter};" in picture
    assert "Units of each hidden layer" in picture  # from the docstring


def test_the_picture_of_a_fitted_estimator_shows_what_was_learned(outputs):
    picture = html(outputs["fitted"])
    for attribute in ("stop_reason_", "loss_curve_", "coefs_", "classes_"):
        assert attribute in picture


def test_verbose_prints_a_few_lines_and_the_reason_to_stop(outputs):
    lines = stream(outputs["verbose"], "stdout").splitlines()
    epochs = [int(n) for n in re.findall(r"Iteration (\d+), loss = [\d.]+", "\n".join(lines))]
    assert epochs == [*range(1, 11), 20, 25]
    assert lines[-1] == "Finished as requested: max_iter=25 epochs were run."
    assert len(lines) == 13


def test_a_warning_has_its_class_and_points_into_the_notebook(outputs):
    text = stream(outputs["warning"], "stderr")
    assert text.count("MaxIterWarning") == 1
    assert "site-packages" not in text
    assert "sknn_edu/" not in text.replace("\\", "/")
    assert stream(outputs["silenced"], "stderr") == ""


def test_trace_and_derivation_are_drawn(outputs):
    assert "<table" in html(outputs["trace"]) or "<math" in html(outputs["trace"])
    (shown,) = [output.data for output in outputs["derive"] if "data" in output]
    assert {"text/markdown", "text/latex", "text/html"} & {*shown}


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["derivation_5_relu_layers", "explore_page", "loss_curves"])
def test_an_example_runs_as_a_notebook(name, tmp_path):
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    resources = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    assert [path.stem for path in tmp_path.iterdir()] == [name]
