"""LaTeX is read to the same tree as our own language, in the notations that people use."""

import pickle
import random

import numpy as np
import pytest
from reference_derivations import Network, settings
from student_formulas import planted_in_text

from sknn_edu.activations import Activation
from sknn_edu.formulas import (
    ExpressionError,
    Functions,
    Latex,
    Notation,
    Scope,
    ShapeMismatch,
    looks_like_latex,
    parse,
    parse_latex,
    to_columns,
)
from sknn_edu.formulas.latex_raw import AnyLayer, NotNumbers
from sknn_edu.formulas.latex_reader import read_latex
from sknn_edu.formulas.layout import Layout
from sknn_edu.formulas.notation import shape_names
from sknn_edu.losses import SquaredError
from sknn_edu.teaching import trace
from sknn_edu.teaching.network_formulas import Formulas
from sknn_edu.teaching.opened import open_network

SIGMOID = ("logistic", "logistic")
GENERIC = {"l": 1, "L": 2, "n_l": 2}
OUTPUTS = {"a": "Z", "z": "A"}


def names(depth):
    families = ("W", "b", "Z", "A", "dA", "delta", "dW", "db")
    layered = [f"{f}{l}" for f in families for l in range(1, depth + 1)]
    return ["X", "Y", "m", "alpha", "learning_rate", "A0", "dA0", *layered]


def functions(activations):
    found = [Activation.get(name) for name in activations]
    return Functions(found, Layout.ROWS, SquaredError()).for_answers()


def read(text, target=None, layout="columns", activations=("tanh", "softmax"), **notation):
    return read_latex(
        text,
        names(len(activations)),
        functions(activations),
        layout=layout,
        target=target,
        notation=Notation(activations=activations, **notation),
    )


# -- what is written, and what it is ---------------------------------------------------------

WRITTEN = {
    r"W^{[2]} + W_2 + W^{(2)} + \mathbf{W}^{[2]} + \bm{W}_2": "W2 + W2 + W2 + W2 + W2",
    r"\delta^{[2]} + \delta_2 + dZ^{[2]} + dZ_2 + \mathrm{d}Z_2": " + ".join(["delta2"] * 5),
    r"\frac{\partial L}{\partial W_2} + \frac{dJ}{dW_2} + \nabla_{W^{[2]}} J": "dW2 + dW2 + dW2",
    r"\frac{\partial \mathcal{J}}{\partial Z^{[2]}} + \partial L / \partial z_2": "delta2 + delta2",
    r"\frac{\partial \mathcal{L}}{\partial \hat{y}}": "dA2",
    r"\hat{y} + \hat Y + \hat{\mathbf{y}} + \widehat{y}": "A2 + A2 + A2 + A2",
    r"W_2^T + W^{[2]T} + W^{[2]\top} + W_2^{\mathsf T} + W_2^\intercal + W_2'": " + ".join(
        ["W2.T"] * 6
    ),
    r"(A^{[1]})^T + {A_1}^{\top}": "A1.T + A1.T",
    r"A_1 \odot A_1 + A_1 \circ A_1 + A_1 \otimes A_1 + A_1 * A_1": " + ".join(["A1 * A1"] * 4),
    r"\dfrac{1}{2} + \tfrac12 + \frac1{2m}": "1 / 2 + 1 / 2 + 1 / (2 * m)",
    r"1/m + 1/2m": "1 / m + 1 / (2 * m)",
    r"\left( 1 - A_1 \right) \cdot A_1": "(1 - A1) * A1",
    r"e^{-z_1} + \exp\left(-z_1\right) + \exp{z_1}": "exp(-Z1) + exp(-Z1) + exp(Z1)",
    r"\mathbf{y}_n - \mathbf{t}_n": "A2 - Y",
    "y_k - t_k": "A2 - Y",
    r"y^{(t)} - \hat{y}^{(t)}": "Y - A2",
    r"\ln \hat{y} + \log(1 - \hat{y})": "log(A2) + log(1 - A2)",
    r"\tanh(z_1) + \tanh^2(z_1) + \tanh'(z_1)": "tanh(Z1) + tanh(Z1)**2 + d_tanh(Z1)",
    r"\sigma(Z_1) \sigma'(Z_1)": "tanh(Z1) * d_tanh(Z1)",
    r"g^{[1]'}(Z^{[1]}) + g'(z_1) + g'^{[1]}(z_1)": "d_tanh(Z1) + d_tanh(Z1) + d_tanh(Z1)",
    r"\text{sech}^2(Z^{[1]}) + \operatorname{softmax}(z_2)": "sech(Z1)**2 + softmax(Z2)",
    r"\text{np.sum}(A_2 - Y, \text{axis}=1, \text{keepdims=True})": (
        "sum(A2 - Y, axis=1, keepdims=True)"
    ),
    r"\max(0, Z_1) + \max\{0, z_1\} + \text{ReLU}(Z_1)": (
        "maximum(0, Z1) + maximum(0, Z1) + relu(Z1)"
    ),
    r"\sqrt{A_1} + \sqrt{2}": "sqrt(A1) + sqrt(2)",
    r"\alpha W_1 + \eta \lambda W_1": "alpha * W1 + learning_rate * alpha * W1",
    r"\underline{A_1} + \boxed{A_1 + 1} \, \; \quad & + 2": "A1 + (A1 + 1) + 2",
    r"\cancel{A_1} + A_1 - \cancel{2 A_1}": "A1",
    r"|z_1| + A^{[1] \odot 2}": "abs(Z1) + A1**2",
    r"A_1^2 + (1 - A_1)^2 + A_1^{-1}": "A1**2 + (1 - A1)**2 + A1**-1",
    r"-2(A_2 - Y) \cdot (-1)": "-(2 * (A2 - Y) * -1)",
    r"A_{2 \times m}^{[1]} + W_{4 \times 2}^{[1]}": "A1 + W1",
    r"0.5 \, \textbf{A}_1 % comment": "0.5 * A1",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_each_notation_means_the_formula(text):
    known = {*functions(("tanh", "softmax")), "abs", "sign", "minimum"}
    given = {"layout": "columns", "notation": Notation(activations=("tanh", "softmax"))}
    formula = parse_latex(text, names(2), known, **given)
    assert str(formula) == str(parse(WRITTEN[text], names(2), known, printed=True))


def test_conditions_are_ones_and_zeros():
    for text in (
        r"\mathbb{1}[Z^{[1]} > 0]",
        r"\mathbf{1}_{Z_1 > 0}",
        r"\begin{cases} 1 & Z^{[1]} > 0 \\ 0 & Z^{[1]} \leq 0 \end{cases}",
        r"\begin{cases} 1 & \text{if } Z_1 > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\begin{array}{ll} 1, & z_1 > 0 \\ 0, & z_1 \le 0 \end{array}",
    ):
        assert str(read(text).expression) == "Z1 > 0", text
    assert str(read(r"(Z_1 \geq 0)").expression) == "0 <= Z1"


# -- the 2 of a^2 --------------------------------------------------------------------------------


def test_a_bare_number_above_is_a_layer_unless_layers_are_written_otherwise():
    assert str(read("W^2 a^1").expression) == "W2 @ A1"
    assert str(read("1 - a_1^2").expression) == "1 - A1**2"
    assert str(read("W^{[2]T} (1 - a_1^2)").expression) == "W2.T * (1 - A1**2)".replace("*", "@", 1)
    assert str(read("a^1", superscripts="powers", names={"a": "A1"}).expression) == "A1**1"
    assert str(read("(1 - a^2)", activations=("tanh",)).expression) == "1 - A1**2"


# -- notations of courses, books and answers ----------------------------------------------------
# Equations of public texts, in their notation: the book of Nielsen, UFLDL, Bishop, Goodfellow,
# courses (Ng's, CS231n, CS224n, a physics course), a video's notes, questions and answers.

PUBLIC = [
    ("Nielsen 1", r"\nabla_a C \odot \sigma'(z^L)", "delta2", "dA2 * d_logistic(Z2)", {}),
    (
        "Nielsen 2",
        r"((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
        "delta1",
        "W2.T @ delta2 * d_logistic(Z1)",
        {},
    ),
    ("Nielsen 3", r"\delta^l_j", "db1", "delta1", {}),
    ("Nielsen 4", r"a^{l-1}_k \delta^l_j", "dW1", "delta1 @ A0.T", {}),
    (
        "Nielsen's cost",
        r"\frac{1}{2n} \sum_x \|y(x) - a^L(x)\|^2",
        "loss",
        "1 / (2 * m) * sum((Y - A2)**2)",
        {},
    ),
    (
        "in Unicode",
        "\\frac{1}{2}∑_j(y_j\N{MINUS SIGN}a^L_j)^2",
        "loss",
        "1 / 2 * sum((Y - A2)**2)",
        {},
    ),
    (
        "physics 1",
        r"\left(a_j^L - t_j\right)a_j^L(1-a_j^L)a_k^{L-1}",
        "dW2",
        "(A2 - Y) * A2 * (1 - A2) @ A1.T",
        {},
    ),
    (
        "physics 2",
        r"\sum_k \delta_k^{l+1}w_{kj}^{l+1}\sigma'(z_j^l)",
        "delta1",
        "W2.T @ delta2 * d_logistic(Z1)",
        {},
    ),
    (
        "physics 3",
        r"\sum_{i=1}^{M_{l}}w_{ij}^{l+1}a_i^{l}+b_j^{l+1}",
        "Z2",
        "W2 @ A1 + b2",
        {},
    ),
    (
        "physics 4",
        r"f'(\hat{z}^L)\circ\frac{\partial {\cal C}}{\partial (\hat{a}^L)}",
        "delta2",
        "d_logistic(Z2) * dA2",
        {},
    ),
    (
        "Ng, columns",
        r"W^{[l+1]T} dZ^{[l+1]} * g^{[l]'}(Z^{[l]})",
        "delta1",
        "W2.T @ delta2 * d_logistic(Z1)",
        {},
    ),
    (
        "Ng, rows",
        r"dZ^{[l+1]} \cdot W^{[l+1]^T} \times f^{'}(Z^{[l]})",
        "delta1",
        "delta2 @ W2.T * d_logistic(Z1)",
        {"layout": "rows"},
    ),
    (
        "Ng's bias",
        r"\frac {1} {m} \sum dZ^{[l]}",
        "db1",
        "mean(delta1, axis=0)",
        {"layout": "rows"},
    ),
    ("notes of it", r"dZ^l \cdot A^{[l-1]T} * \frac{1}{m}", "dW1", "delta1 @ A0.T / m", {}),
    ("CS224n 1", r"hW_2 + b_2", "Z2", "A1 @ W2 + b2", {"layout": "rows"}),
    (
        "CS224n 2",
        r"h^T \delta_1",
        "dW2",
        "A1.T @ delta2",
        {"layout": "rows", "names": {r"\delta_1": "delta2"}},
    ),
    (
        "a question on it",
        r"((\hat{\mathbf{y}}-\mathbf{y}) \mathbf{W}_{2}^{T})\circ \sigma'(z_1)\mathbf{W}_{1}^T",
        "dA0",
        "((A2 - Y) @ W2.T * d_logistic(Z1)) @ W1.T",
        {"layout": "rows"},
    ),
    (
        "an answer to it",
        r"\left( \hat{\boldsymbol{y}} - \boldsymbol{y} \right) \cdot W_2^T \cdot "
        r"\left[\boldsymbol{h} \cdot \left(1-\boldsymbol{h}\right)\right] \cdot W_1^T",
        "dA0",
        "((A2 - Y) @ W2.T * A1 * (1 - A1)) @ W1.T",
        {"layout": "rows"},
    ),
    (
        "UFLDL 1",
        r"-(y - a^{(n_l)}) \bullet f'(z^{(n_l)})",
        "delta2",
        "(A2 - Y) * d_logistic(Z2)",
        {"input_layer": 1},
    ),
    (
        "UFLDL 2",
        r"((W^{(l)})^T \delta^{(l+1)}) \bullet f'(z^{(l)})",
        "delta1",
        "W2.T @ delta2 * d_logistic(Z1)",
        {"input_layer": 1, "layers": {"l": 2}},
    ),
    ("UFLDL 3", r"\delta^{(l+1)} (a^{(l)})^T", "dW1", "delta1 @ A0.T", {"input_layer": 1}),
    (
        "UFLDL 4",
        r"W^{(l)} - \alpha \nabla_{W^{(l)}} J(W,b;x,y)",
        "W1_next",
        "W1 - learning_rate * dW1",
        {"input_layer": 1},
    ),
    (
        "a video's notes",
        r"2(a^{(L)}-y) \sigma'(z^{(L)}) a^{(L-1)}",
        "dW2",
        "(2 * (A2 - Y) * d_logistic(Z2)) @ A1.T",
        {},
    ),
    (
        "Bishop 1",
        r"h'(a_j^{(1)}) \sum_k w_{kj}^{(2)} \delta_k^{(2)}",
        "delta1",
        "d_logistic(Z1) * (W2.T @ delta2)",
        {"names": OUTPUTS},
    ),
    ("Bishop 2", r"\delta_j^{(2)} z_i^{(1)}", "dW2", "delta2 @ A1.T", {"names": OUTPUTS}),
    (
        "Goodfellow",
        r"\nabla_{\boldsymbol{a}^{(k)}}J \, \boldsymbol{h}^{(k-1)\top} + \lambda W^{(k)}",
        "dW1",
        "delta1 @ A0.T + alpha * W1",
        {"names": {"a": "Z", "h": "A"}, "layers": {"k": 1}},
    ),
    (
        "notes in KaTeX",
        r"\frac{\part C}{\part a^L} \odot \sigma\prime(z^L)",
        "delta2",
        "dA2 * d_logistic(Z2)",
        {},
    ),
    (
        "notes in rows",
        r"\sigma(a^{L-1} w^L + b^L)",
        "A2",
        "logistic(A1 @ W2 + b2)",
        {"layout": "rows"},
    ),
    (
        "Ng's first course",
        r"\frac{1}{m} \sum_{i=1}^m \left(h_\theta(x^{(i)}) - y^{(i)}\right)",
        "db2",
        "mean(A2 - Y, axis=1, keepdims=True)",
        {"names": {r"h_\theta": "A2"}},
    ),
    (
        "CS231n",
        r"W_2^T \frac{\partial L}{\partial z_2} \circ \mathbb{1}(z_1 > 0)",
        "delta1",
        "W2.T @ delta2 * d_relu(Z1)",
        {},
    ),
]


@pytest.fixture(scope="module")
def values():
    """Random arrays for a network 3-4-2 and 5 samples, in both layouts."""
    rng = np.random.default_rng(0)
    sizes = {"n0": 3, "n1": 4, "n2": 2, "m": 5, 1: 1}
    return {
        layout: {
            name: rng.uniform(0.1, 0.9, [sizes.get(d, d) for d in shape])
            for name, shape in shape_names(names(2), layout).items()
        }
        | {"m": 5}
        for layout in Layout
    }


def value_of(formula, layout, values, activations=SIGMOID):
    found = [Activation.get(name) for name in activations]
    scope = Scope(values[layout], Functions(found, layout, SquaredError()))
    return np.asarray(formula.value(scope))


@pytest.mark.parametrize(("text", "target", "wanted", "how"), [case[1:] for case in PUBLIC])
def test_equations_of_public_texts_have_the_right_value(values, text, target, wanted, how):
    how = {"layout": "columns", **how}
    layout = Layout.of(how.pop("layout"))
    notation = {**how, "layers": {**GENERIC, **how.get("layers", {})}}
    formula = read(text, target, layout, SIGMOID, **notation).expression
    right = parse(wanted, names(2), functions(SIGMOID))
    np.testing.assert_allclose(
        value_of(formula, layout, values), value_of(right, layout, values), rtol=1e-12
    )


# -- products and sums by shape -----------------------------------------------------------------


def test_a_product_without_a_sign_is_what_fits():
    text = r"W^{[2]T} \delta^{[2]} g^{[1]'}(Z^{[1]}) A^{[0]T}"
    assert str(read(text).expression) == "W2.T @ delta2 * d_tanh(Z1) @ A0.T"
    # What fits nowhere stays a product of matrices, so that the marking can say so.
    assert str(read(r"W^{[2]} \delta^{[2]}").expression) == "W2 @ delta2"
    assert str(read(r"W^{[2]} \odot \delta^{[2]}").expression) == "W2 * delta2"


def test_signs_entry_by_entry_bind_less_unless_only_the_other_way_fits():
    tight = r"\delta^{[2]} \odot A^{[2]} A^{[1]T}"
    reading = read(tight, "dW2")
    assert str(reading.expression) == "delta2 * A2 @ A1.T"
    assert reading.notes
    loose = read(r"W^{[2]T} \delta^{[2]} \odot W^{[2]T} \delta^{[2]}", "delta1")
    assert str(loose.expression) == "W2.T @ delta2 * (W2.T @ delta2)"
    assert not loose.notes


def test_transposes_are_added_for_single_weights_only():
    for_weights = read("2(a_2 - y) a_1 (1 - a_1) w_2 x", "dW1")
    assert str(for_weights.expression) == "2 * (W2.T @ (A2 - Y) * (A1 * (1 - A1)) @ A0.T)"
    assert for_weights.notes
    for_matrices = read(r"\delta^{[2]} A^{[1]}", "dW2")
    assert str(for_matrices.expression) == "delta2 @ A1"
    assert str(read(r"\delta_2 a_1", "dW2", products="matrices").expression) == "delta2 @ A1"


def test_a_missing_sum_over_the_samples_stays_missing():
    assert str(read(r"2(a_2 - y)", "db2").expression) == "2 * (A2 - Y)"
    assert str(read(r"\sum_i \delta_2^{(i)}", "db2").expression) == (
        "sum(delta2, axis=1, keepdims=True)"
    )


@pytest.mark.parametrize(
    ("text", "target", "formula"),
    [
        (r"-\frac{1}{m} \sum_i \sum_k y_k \log \hat{y}_k", "loss", "-(sum(Y * log(A2)) / m)"),
        (r"\frac{1}{m} \sum_{i=1}^m \lVert y - \hat y \rVert^2", "loss", "sum((Y - A2)**2) / m"),
        (r"y_1 \log \hat y_1 + y_2 \log \hat y_2", "loss", "sum(Y * log(A2))"),
        (r"\frac{e^{z_i^{(2)}}}{\sum_j e^{z_j^{(2)}}}", "A2", "softmax(Z2)"),
        (r"\sum_{i=1}^m \delta_2^{(i)} (a_1^{(i)})^T", "dW2", "delta2 @ A1.T"),
        (r"\sum_{i=1}^m \delta_2^{(i)} a_1^{(i)}", "dW2", "delta2 @ A1.T"),
    ],
)
def test_sums_go_over_what_their_index_or_the_answer_says(values, text, target, formula):
    read_formula = read(text, target).expression
    wanted = parse(formula, names(2), functions(SIGMOID))
    np.testing.assert_allclose(
        value_of(read_formula, Layout.COLUMNS, values),
        value_of(wanted, Layout.COLUMNS, values),
        rtol=1e-12,
    )


def test_both_cases_of_the_softmax_jacobian_are_its_product(values):
    text = (
        r"\begin{cases} 2(\hat y - y) (-a_i a_j) a^1 & i \neq j \\"
        r" 2(\hat y - y) a_i (1 - a_i) a^1 & i = j \end{cases}"
    )
    both = read(text, "dW2", names={"a": "A2"}).expression
    right = "(A2 * (2 * (A2 - Y) - sum(2 * (A2 - Y) * A2, axis=0, keepdims=True))) @ A1.T"
    wanted = parse(right, names(2), functions(SIGMOID))
    np.testing.assert_allclose(
        value_of(both, Layout.COLUMNS, values), value_of(wanted, Layout.COLUMNS, values)
    )


# -- what the package prints is read back ---------------------------------------------------------

PRINTED = settings(rounds=1)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("setting", PRINTED, ids=str)
def test_every_printed_formula_is_read_back_with_the_same_value(setting, layout):
    net = Network(setting)
    opened = open_network(net.est, net.X, net.y, net.sample_weight, dtype=np.float64)
    formulas = Formulas(opened.architecture, is_weighted=setting.weighted)
    known = trace(net.est, net.X, net.y, net.sample_weight, layout=layout).by_name()
    called = Functions(opened.architecture.activations, layout, opened.architecture.loss)
    notation = Notation(activations=tuple(called.of_layer(l) for l in formulas.layers))
    scope, latex = Scope(known, called), Latex(layout)
    for name, formula in formulas.all().items():
        formula = formula if layout is Layout.ROWS else to_columns(formula)
        given = {"layout": layout, "notation": notation, "target": name}
        back = parse_latex(latex(formula), list(known), {*called, "sum", "mean"}, **given)
        # Six digits of a number are printed.
        np.testing.assert_allclose(
            back.value(scope), formula.value(scope), 1e-5, 1e-9, err_msg=name
        )


@pytest.mark.parametrize("setting", PRINTED[::3], ids=str)
def test_formulas_of_students_right_or_wrong_keep_their_value_in_latex(setting):
    net, layout = Network(setting), Layout.of(setting.layout)
    opened = open_network(net.est, net.X, net.y, net.sample_weight, dtype=np.float64)
    known = trace(net.est, net.X, net.y, net.sample_weight, layout=layout).by_name()
    called = Functions(opened.architecture.activations, layout, opened.architecture.loss)
    activations = tuple(called.of_layer(l) for l in range(1, opened.architecture.n_layers + 1))
    scope, latex, n = Scope(known, called), Latex(layout), 0
    names = [name for name in known if name != "loss"]
    for _, target, text in planted_in_text(net, np.random.default_rng(0), 0.2):
        try:
            formula = parse(text, names, called.for_answers())
            value = np.asarray(formula.value(scope))
        except (ExpressionError, ShapeMismatch):
            continue
        if len(written := latex(formula)) > 2000:
            continue
        n += 1
        given = {"layout": layout, "target": target, "notation": Notation(activations=activations)}
        back = parse_latex(written, names, called.for_answers(), **given)
        np.testing.assert_allclose(back.value(scope), value, 1e-5, 1e-9, err_msg=text)
    assert n > 20


# -- what is refused -------------------------------------------------------------------------------

REFUSED = {
    r"W^{[3]} A^{[1]}": (0, "There is no W3 here"),
    r"\delta^{[2]} (A^{[1]}": (13, "never closed"),
    r"\delta^{[2} + 1": (0, "Of which layer is"),
    r"\frac{1}{m": (8, "never closed"),
    r"A_1 + \foo": (6, "not known what"),
    r"A_1 + ": (6, "ends too early"),
    r"A_1 = A_2": (4, "right of ="),
    r"A_1 \text{import os}": (4, "There is no function"),
    r"W^{1000}": (0, "Of which layer is W"),
    r"A_1^{99}": (5, "An exponent"),
    r"A_1^{W_2}": (5, "An exponent"),
    r"q + 1": (0, "not known what q"),
    r"z + 1": (0, "Of which layer is z"),
    r"A_1 ① 2": (4, "cannot stand here"),
    r"\tanh(A_1, A_2)": (0, "takes 1 argument"),
    r"\begin{pmatrix} 1 \end{pmatrix}": (0, "no matrices"),
    "": (0, "empty"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_read_is_refused_at_its_character(text):
    position, reason = REFUSED[text]
    with pytest.raises(ExpressionError) as caught:
        read(text)
    assert caught.value.text == text
    assert reason in caught.value.reason
    assert caught.value.position == position
    pickle.loads(pickle.dumps(caught.value))


def test_steps_of_the_chain_rule_and_formulas_for_any_layer_are_told_apart():
    with pytest.raises(NotNumbers):
        read(r"\frac{\partial L}{\partial a_2} \frac{\partial a_2}{\partial z_2}")
    with pytest.raises(AnyLayer) as caught:
        read(r"\delta^{[l]} A^{[l-1]T}")
    assert caught.value.letter == "l"


def test_spans_point_into_the_latex():
    text = r"\frac{1}{m} \, W^{[2]T} \delta^{[2]} \odot \tanh'(Z^{[1]})"
    found = {str(node): text[slice(*node.span)] for node in read(text).expression.walk()}
    assert found["W2.T"] == "W^{[2]T}"
    assert found["delta2"] == r"\delta^{[2]}"
    assert found["d_tanh(Z1)"] == r"\tanh'(Z^{[1]})"
    assert found["1 / m"] == r"\frac{1}{m}"


HOSTILE = [
    "(" * 1900,
    r"\frac{1}{" * 200,
    "{" * 1000 + "}" * 1000,
    r"\sum" * 400,
    "A_1 " * 490,
    "A_1^" * 400,
    r"\left(" * 300 + "A_1" + r"\right)" * 300,
    r"\begin{cases}" * 100,
    "-" * 1999 + "1",
    "1+" * 999 + "1",
    "a" * 3000,
    r"\text{" * 300,
    "$" * 2000,
    r"\hat" * 500,
    r"\mathbf" * 280,
    "1" * 1999,
    "_" * 1999,
    "\\" * 1999,
    "A_1^{T" * 300,
    "|A_1" * 400,
    r"\cancel{A_1}" * 100,
]


@pytest.mark.parametrize("i", range(len(HOSTILE)))
def test_hostile_text_is_refused_or_read_and_nothing_else(i):
    try:
        read(HOSTILE[i])
    except ExpressionError as error:
        assert 0 <= error.position <= len(HOSTILE[i])  # noqa: PT017


def test_random_pieces_of_latex_are_refused_or_read():
    pieces = [*WRITTEN, *(case[1] for case in PUBLIC)]
    rng = random.Random(0)
    for _ in range(1500):
        text = rng.choice(pieces)
        a, b = sorted(rng.sample(range(len(text) + 1), 2))
        other = rng.choice(pieces)
        text = rng.choice([text[a:b], text[:a] + other[: b - a] + text[b:], text[:a] + text[b:]])
        try:
            read(text, rng.choice([None, "dW2", "loss", "delta1"]))
        except ExpressionError:
            continue


def test_latex_is_told_from_our_own_language():
    assert all(map(looks_like_latex, [r"\delta_2", "W^{[2]}", "A^T", "W_2", "$a$"]))
    ours = ["A1.T @ (A2 - Y) / m", "W1_next", "sum(delta2, axis=0, keepdims=True)", "d_relu(Z1)"]
    assert not any(map(looks_like_latex, [*ours, "np.dot(W1, X)", "A1^2"]))
