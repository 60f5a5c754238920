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


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db2", r"$\sum_i \delta_2^{(i)}$"),
        ("dW2", r"\[\delta^{[2]} A^{[1]T}\]"),
        ("dW2", "$$\N{GREEK SMALL LETTER DELTA}2 . A1^T$$"),
        ("delta2", "(\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX} - y) / m"),
        ("delta2", "(y - t) / m"),
        ("loss", r"\frac{1}{2m} \sum_n (y_n - t_n)^2"),
    ],
)
def test_dollars_dots_accents_and_targets_t_are_read(name, text):
    assert marked(name, text, outputs="number").correct


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


def test_a_sum_of_outer_products_over_samples_is_the_product_of_matrices():
    for text in (r"\sum_{i=1}^m \delta^{[1](i)} x^{(i)T}", r"\sum_i \delta^{(1)}_i x_i^T"):
        answer = marked("dW1", text)
        assert answer.correct, answer.message


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


# -- vectors of ones -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "layout"),
    [
        ("db2", r"\delta^{[2]} \mathbf{1}", "columns"),
        ("db2", r"\frac{1}{m} (A_2 - Y) \mathbf{1}_m", "columns"),
        ("db2", r"\delta_2 \mathbb{1}", "columns"),
        ("db2", r"\mathbf{1}^T \delta^{[2]}", "rows"),
        ("db2", r"\frac{1}{m}\mathbf{1}^\top (A_2 - Y)", "rows"),
        ("Z2", r"W_2 A_1 + b_2 \mathbf{1}^T", "columns"),
        ("delta1", r"W_2^T \delta_2 \odot (\mathbf{1} - A_1^2)", "columns"),
    ],
)
def test_a_product_with_a_vector_of_ones_is_a_sum_and_ones_alone_are_1(name, text, layout):
    answer = marked(name, text, layout)
    assert answer.correct, answer.message


def test_ones_with_a_condition_stay_an_indicator():
    for text in (r"\mathbf{1}_{Z_1 > 0}", r"\mathbf{1}(Z_1 > 0)", r"\mathbb{1}[Z_1 > 0]"):
        answer = marked("delta1", rf"W_2^T \delta_2 \odot {text}", activation="relu")
        assert answer.correct, answer.message


def test_ones_over_the_wrong_axis_are_a_mistake():
    assert marked("db2", r"\delta^{[2]} \mathbf{1}", "rows", outputs="several").mistakes


# -- updates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solver", "name", "text"),
    [
        ("gd", "W1_next", r"W_1 \leftarrow W_1 - \eta dW_1"),
        ("gd", "W1_next", r"W^{[1]} := W^{[1]} - \eta dW^{[1]}"),
        ("adam", "mW1_next", r"m_{W_1} \leftarrow \beta_1 m_{W_1} + (1-\beta_1) dW_1"),
        ("adam", "mW1_next", r"\beta_1 m + (1-\beta_1) g"),
        ("adam", "vW1_next", r"\beta_2 v + (1-\beta_2) g^2"),
    ],
)
def test_updates_may_say_what_becomes_what_and_name_no_parameter(solver, name, text):
    answer = marked(name, text, solver=solver)
    assert answer.correct, answer.message


@pytest.mark.parametrize("text", ["A1^T delta2", "A1^T  @  delta2"])
def test_a_transpose_of_latex_in_python_is_told_how_to_be_written(text):
    with pytest.raises(ValueError, match=r"Write A1\.T +@ +delta2"):
        marked("dW2", text, "rows")


def test_an_arrow_from_another_parameter_is_not_passed_over():
    with pytest.raises(ValueError, match="Write only what stands to the right of ="):
        marked("W1_next", r"W_2 \leftarrow W_1 - \eta dW_1")
