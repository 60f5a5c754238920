r"""LaTeX of answers is read as in documents: the shapes of any network say what is meant."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.teaching import check_derivation
from sknn_edu.teaching.grading.document import check_document

X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5], [2.0, -1.0]])
SETTINGS = {"solver": "gd", "alpha": 0.0, "random_state": 0}


def network(outputs="binary", activation="tanh", X=X, **settings):
    """A network with these outputs, and its targets."""
    y = {"binary": [1, 0, 1, 0], "several": [0, 1, 2, 0], "number": [1.0, 2.0, 3.0, 4.0]}[outputs]
    cls = BackpropRegressor if outputs == "number" else BackpropClassifier
    return cls(3, activation, **{**SETTINGS, **settings}).initialize(X, y), y


def marked(name, text, layout="columns", **options):
    """The marked answer to one question."""
    est, y = network(**options)
    return check_derivation(est, options.get("X", X), y, {name: text}, layout).answers[0]


SUMS = [
    r"\sum_{i=1}^m \delta^{[2](i)}",
    r"\sum_{n=1}^N \delta^{[2](n)}",
    r"\sum_i \delta^{[2](i)}",
    r"\sum \delta^{[2]}",
    r"\frac1m\sum_{i=1}^m (a^{[2](i)}-y^{(i)})",
]
LOG_LOSS = (
    r"-\frac{1}{m} \sum_{i=1}^m \left[ y^{(i)} \log a^{[2](i)} "
    r"+ (1 - y^{(i)}) \log (1 - a^{[2](i)}) \right]"
)
LOSSES = [
    ("binary", LOG_LOSS),
    ("number", r"\frac{1}{2m}\sum_{i=1}^m (\hat y^{(i)}-y^{(i)})^2"),
    ("several", r"-\frac1m\sum_{i=1}^m\sum_{k=1}^K y_k^{(i)}\log\hat y_k^{(i)}"),
]


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize("text", SUMS)
def test_a_sum_over_the_samples_gives_the_gradient_of_the_bias(text, layout):
    for outputs in ("binary", "several", "number"):
        answer = marked("db2", text, layout, outputs=outputs)
        assert answer.correct, answer.message


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(("outputs", "text"), LOSSES)
def test_losses_are_sums_over_samples_and_units(outputs, text, layout):
    assert marked("loss", text, layout, outputs=outputs).correct


def test_as_many_samples_as_units_leave_no_doubt_what_is_summed():
    X = np.eye(3)
    est = BackpropClassifier(3, "tanh", **SETTINGS).initialize(X, [0, 1, 2])
    for layout in ("rows", "columns"):
        answers = {"db1": r"\sum_{i=1}^m \delta^{[1](i)}"}
        assert check_derivation(est, X, [0, 1, 2], answers, layout).correct


def test_a_delta_that_is_not_summed_stays_a_mistake():
    assert marked("db2", r"\delta^{[2]}").mistakes == ("bias_not_summed",)


@pytest.mark.parametrize(("activation", "letter"), [("tanh", "g"), ("relu", r"\sigma")])
def test_a_letter_for_the_function_of_a_layer_is_that_of_the_layer(activation, letter):
    text = rf"(W^{{[2]}})^T \delta^{{[2]}} \odot {letter}'(Z^{{[1]}})"
    X = np.array([[1.0, 0, 2], [0, 1, -1], [-1, 0.5, 1], [2, -1, 0]])
    assert marked("delta1", text, outputs="several", activation=activation, X=X).correct


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(
    ("name", "left", "text"),
    [
        ("db2", r"db^{[2]}", SUMS[0]),
        ("loss", "J", LOG_LOSS),
        ("dW2", r"dW^{[2]}", r"\sum_{i=1}^m \delta^{[2](i)} a^{[1](i)T}"),
        ("dW2", r"dW^{[2]}", r"\delta^{[2]} a^{[1]}"),
    ],
)
def test_an_answer_means_what_it_means_in_a_document(tmp_path, name, left, text, layout):
    task, document = tmp_path / "task.toml", tmp_path / "report.md"
    task.write_text(
        f'layout = "{layout}"\n[network]\ntype = "classifier"\nhidden_layer_sizes = [3]\n'
        f'activation = "tanh"\nsolver = "gd"\nalpha = 0\nrandom_state = 0\n'
        f"[data]\nX = {X.tolist()}\ny = [1, 0, 1, 0]\n"
    )
    document.write_text(f"$${left} = {text}$$")
    (equation,) = check_document(document, task)
    answer = marked(name, text, layout)
    assert (equation.correct, equation.mistakes) == (answer.correct, answer.mistakes)
