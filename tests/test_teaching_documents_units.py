"""Documents that write formulas for single units: with numbers below, or with a name for each."""

import pytest
from documents import marked_in

from sknn_edu.teaching.grading.notations.units_with_names import with_layers

TASK = """
[network]
type = "regressor"
hidden_layer_sizes = [2]
activation = "logistic"
output_activation = "logistic"
alpha = 0
random_state = 0
[data]
X = [[0.05, 0.10], [0.3, -0.4]]
y = [[0.01, 0.99], [0.2, 0.7]]
"""
ONE = TASK.replace(", [0.3, -0.4]", "").replace(", [0.2, 0.7]", "")

NAMED_UNITS = r"""
Hidden units h1, h2 and outputs o1, o2, all logistic, and
$E_{total} = \sum \frac{1}{2} (target - output)^2$.

$$ net_{h1} = w_1 i_1 + w_2 i_2 + b_1 \cdot 1 = 0.15 \cdot 0.05 + 0.2 \cdot 0.1 + 0.35 $$
$$ out_{h1} = \frac{1}{1 + e^{-net_{h1}}} $$
$$ net_{o_1} = w_5 \, out_{h_1} + w_6 \, out_{h_2} + b_2 $$
$$ \frac{\partial E_{total}}{\partial out_{o1}} = -(target_{o1} - out_{o1}) = 0.74 $$
$$ \frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1}(1 - out_{o1}) = 0.75 (1 - 0.75) $$
$$ \delta_{o1} = -(target_{o1} - out_{o1}) * out_{o1} (1 - out_{o1}) $$
$$ \frac{\partial E_{total}}{\partial w_5} = \delta_{o1} out_{h1} $$
$$ w_5^{+} = w_5 - \eta * \frac{\partial E_{total}}{\partial w_5} $$
$$ \frac{\partial E_{o1}}{\partial out_{h1}} = \delta_{o1} w_5 $$
$$ \frac{\partial E_{total}}{\partial out_{h1}} = \delta_{o1} w_5 + \delta_{o2} w_7 $$
$$ \frac{\partial E_{total}}{\partial w_1}
    = (\sum_{o} \delta_{o} w_{ho}) * out_{h1} (1 - out_{h1}) * i_1 $$
"""
READ = {
    "loss": ["sum(1 / 2 * (Y - A2)**2)"],
    "Z1": ["A0 @ W1 + b1 * 1"],
    "A1": ["1 / (1 + exp(-Z1))"],
    "Z2": ["A1 @ W2 + b2"],
    "dA2": ["-(Y - A2)"],
    "delta2": ["dA2 * (A2 * (1 - A2))", "-((Y - A2) * A2 * (1 - A2))"],
    "dW2": ["A1.T @ delta2"],
    "W2_next": ["W2 - learning_rate * dW2"],
    "dA1": ["delta2 @ W2.T"],
    "dW1": ["A0.T @ (delta2 @ W2.T * A1 * (1 - A1))"],
}


@pytest.fixture
def mark(tmp_path):
    return lambda document, task=ONE: marked_in(tmp_path, document, task)


def test_units_with_names_and_weights_with_numbers_are_read(mark):
    marking = mark(NAMED_UNITS)
    read = {}
    for equation in marking.marked:
        assert equation.correct, equation
        read.setdefault(equation.quantity, []).append(equation.read_as)
    assert read == READ
    reasons = [e.message for e in marking if e.verdict == "not marked"]
    assert reasons == [
        "It is a calculation with numbers",
        "It is a number",
        "It is a calculation with numbers",
        "It is not known what F means here",  # the loss of one output
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "quantity", "mistake"),
    [
        ("* out_{o1} (1 - out_{o1}) $$", "* (1 - out_{o1}) $$", "delta2", "wrong_derivative"),
        (r"= -(target_{o1} - out_{o1}) = 0.74", "= target_{o1} - out_{o1}", "dA2", "sign"),
        (r"= \delta_{o1} out_{h1} $$", r"= \delta_{o1} out_{o1} $$", "dW2", "wrong_layer"),
        (r"* out_{h1} (1 - out_{h1}) * i_1", "* i_1", "dW1", "activation_derivative_missing"),
    ],
)
def test_their_mistakes_are_named(mark, right, wrong, quantity, mistake):
    assert right in NAMED_UNITS
    wrongs = [e for e in mark(NAMED_UNITS.replace(right, wrong)).marked if not e.correct]
    assert [(e.quantity, e.mistakes) for e in wrongs] == [(quantity, (mistake,))]


D2 = r"(\delta^{[2]}_1 w^{[2]}_{11} + \delta^{[2]}_2 w^{[2]}_{12})"


@pytest.mark.parametrize(
    ("left", "right", "read_as"),
    [
        (r"\frac{\partial E}{\partial a^{[2]}_1}", "(a^{[2]}_1 - y_1) / m", "(A2 - Y) / m"),
        (r"\frac{\partial E}{\partial a^{[2]}_2}", "(a^{[2]}_2 - y_2) / m", "(A2 - Y) / m"),
        ("z^{[1]}_1", "w^{[1]}_{11} x_1 + w^{[1]}_{12} x_2 + b^{[1]}_1", "A0 @ W1 + b1"),
        ("z^{[1]}_1", "b^{[1]}_1 + w^{[1]}_{11} x_1 + w^{[1]}_{21} x_2", "b1 + A0 @ W1"),
        (
            "z^{[2]}_2",
            "w^{[2]}_{21} a^{[1]}_1 + w^{[2]}_{22} a^{[1]}_2 + b^{[2]}_2",
            "A1 @ W2 + b2",
        ),
        (r"\delta^{[1]}_1", f"{D2} a^{{[1]}}_1 (1 - a^{{[1]}}_1)", "delta2 @ W2.T * A1 * (1 - A1)"),
        (r"\frac{\partial E}{\partial a^{[1]}_1}", D2, "delta2 @ W2.T"),
        ("E", r"\frac{1}{2m} \sum_i [(y_1 - a^{[2]}_1)^2 + (y_2 - a^{[2]}_2)^2]", None),
    ],
)
def test_formulas_for_one_unit_are_right_for_all(mark, left, right, read_as):
    three_brackets = "$a^{[1]}$, $a^{[2]}$, $z^{[2]}$"  # so that what stands below is a unit
    (equation,) = mark(f"{three_brackets}\n$${left} = {right}$$", TASK).marked
    assert equation.correct, equation
    assert read_as in (None, equation.read_as)


def test_lines_of_plain_text_are_read_too(mark):
    marking = mark("""
- net_h1 = w1*i1 + w2*i2 + b1
out_h1 = 1/(1+exp(-net_h1))
net_o1 = w5*out_h1 + w6*out_h2 + b2
dE/dout_o1 = out_o1 - target_o1
dE/dw5 = (out_o1 - target_o1) * out_o1 * (1 - out_o1) * out_h1
delta_o1 = (out_o1 - target_o1) * out_o1
dE/dw1 = (delta_o1*w5 + delta_o2*w7) * out_h1*(1-out_h1) * i1
w5 = w5 - eta * dE/dw5
""")
    assert [(e.quantity, e.mistakes) for e in marking.marked] == [
        ("Z1", ()),
        ("A1", ()),
        ("Z2", ()),
        ("dA2", ()),
        ("dW2", ()),
        ("delta2", ("activation_for_derivative",)),
        ("dW1", ()),
        ("W2_next", ()),
    ]


def test_names_of_units_are_those_of_one_hidden_layer():
    text = "We have $net_{h1} = w_1 x_1, out_{o1} = w_5 out_{h1}, b_1, b_3$."
    assert with_layers(text, [2, 3, 2, 1]) == text
    assert with_layers("out_{h1} = 1", [2, 2, 2]) == "out_{h1} = 1"
    assert with_layers(text, [2, 2, 1]) == (
        "We have $z^{[1]}_{1} = w^{[1]}_{1} x_1, a^{[2]}_{1} = w^{[2]}_{5} a^{[1]}_{1}, "
        "b^{[1]}_{1}, b^{[2]}_{3}$."
    )


# -- an index for the units of each layer -----------------------------------------------------

OUTPUT_Y = r"""
$$\delta_k = (y_k - t_k) y_k (1 - y_k)$$
$$\delta_j = z_j (1 - z_j) \sum_k w_{kj} \delta_k$$
$$\frac{\partial E}{\partial w_{ji}^{(1)}} = \delta_j x_i, \qquad
  \frac{\partial E}{\partial w_{kj}^{(2)}} = \delta_k z_j$$
"""
OUTPUT_O = r"""
$$\delta_k \leftarrow o_k (1 - o_k) (o_k - t_k)$$
$$\delta_h \leftarrow o_h (1 - o_h) \sum_{k \in outputs} w_{kh} \delta_k$$
$$\Delta w_{kh} = - \eta \delta_k o_h = - \eta \, (o_k - t_k) o_k (1 - o_k) o_h$$
$$\Delta w_{hi} = - \eta \delta_h x_{hi}$$
"""
DOWNHILL = r"""
$$\delta_k = (t_k - z_k) f'(net_k)$$
$$\delta_j = f'(net_j) \sum_{k=1}^{c} w_{kj} \delta_k$$
$$\Delta w_{kj} = \eta \delta_k y_j$$
$$\Delta w_{ji} = \eta x_i \delta_j$$
"""


@pytest.mark.parametrize(
    ("document", "quantities"),
    [
        (OUTPUT_Y, ["delta2", "delta1", "dW1", "dW2"]),
        (OUTPUT_O, ["delta2", "delta1", "W2_next", "W2_next", "W1_next"]),
        (DOWNHILL, ["delta2", "delta1", "W2_next", "W1_next"]),
        (DOWNHILL.replace("w_", "W_"), ["delta2", "delta1", "W2_next", "W1_next"]),
        (
            r"$$\delta_k = -(t_k - o_k) o_k (1 - o_k)$$"
            r"$$\delta_j = (\sum_k \delta_k w_{jk}) o_j (1 - o_j)$$"
            r"$$\frac{\partial E}{\partial w_{ij}} = \delta_j o_i$$",
            ["delta2", "delta1", "dW1"],
        ),
        (
            r"$$\delta_{2,k} = (a_{2,k} - y_k) a_{2,k} (1 - a_{2,k})$$"
            r"$$\delta_{1,j} = a_{1,j} (1 - a_{1,j}) \sum_k w_{2,jk} \delta_{2,k}$$",
            ["delta2", "delta1"],
        ),
    ],
)
def test_an_index_says_the_layer(mark, document, quantities):
    marking = mark(document)
    assert [e.quantity for e in marking] == quantities
    assert marking.correct, marking


@pytest.mark.parametrize(
    ("document", "right", "wrong", "quantity", "mistakes"),
    [
        (OUTPUT_Y, "y_k (1 - y_k)$$", "(1 - y_k)$$", "delta2", ("wrong_derivative",)),
        (OUTPUT_Y, r"\delta_k z_j$$", r"\delta_k y_k$$", "dW2", ("wrong_layer",)),
        (OUTPUT_O, r"- \eta \delta_h", r"\eta \delta_h", "W1_next", ("sign",)),
        (OUTPUT_O, "(o_k - t_k)$$", "(t_k - o_k)$$", "delta2", ("sign",)),
    ],
)
def test_mistakes_with_such_indices_are_named(mark, document, right, wrong, quantity, mistakes):
    assert right in document
    wrongs = [e for e in mark(document.replace(right, wrong)).marked if not e.correct]
    assert (quantity, mistakes) in [(e.quantity, e.mistakes) for e in wrongs]


# -- what the task leaves open ----------------------------------------------------------------


def test_the_layout_is_that_of_the_document_if_the_task_has_none(mark):
    columns = r"""
$$\delta^{[1]} = (W^{[2]T} \delta^{[2]}) \odot a^{[1]} \odot (1 - a^{[1]})$$
$$\frac{\partial J}{\partial W^{[2]}} = \delta^{[2]} a^{[1]T}$$
"""
    assert mark(columns, TASK).correct
    rows = mark(columns, f'layout = "rows"\n{TASK}')
    assert [e.verdict for e in rows] == ["wrong", "wrong"]


def test_the_input_may_be_layer_1(mark):
    marking = mark(r"""
$$\delta^{(3)} = (a^{(3)} - y) .* a^{(3)} .* (1 - a^{(3)})$$
$$\delta^{(2)} = ((\Theta^{(2)})^T \delta^{(3)}) \bullet a^{(2)} \bullet (1 - a^{(2)})$$
$$\frac{\partial J}{\partial \Theta^{(1)}} = \delta^{(2)} (a^{(1)})^T$$
""")
    assert [e.read_as for e in marking] == [
        "(A2 - Y) * A2 * (1 - A2)",
        "W2.T @ delta2 * A1 * (1 - A1)",
        "delta1 @ A0.T",
    ]
    assert marking.correct


# -- other spellings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            r"$$h = \sigma(W x + b), \hat{y} = \sigma(V h + c)$$ $$\frac{\partial L}{\partial V} = "
            r"[(\hat y - y) \odot \hat y \odot (1 - \hat y)] h^T$$",
            {"A1": "logistic(W1 @ A0 + b1)", "A2": "logistic(W2 @ A1 + b2)"},
        ),
        (
            r"$$\delta_{out} = (a_{out} - y) \odot a_{out} \odot (1 - a_{out})$$"
            r"$$\delta_{\text{hidden}} = (W_{out}^T \delta_{out}) \odot a_{hidden}"
            r"\odot (1 - a_{hidden})$$"
            r"$$dW_{out} = \delta_{out} a_{hidden}^T$$",
            {"delta1": "W2.T @ delta2 * A1 * (1 - A1)", "dW2": "delta2 @ A1.T"},
        ),
        (
            r"$$o^{(1)} = \sigma(a^{(1)}) \in R^n$$"
            r"$$\delta^{(1)} = (W^{(2)T} \delta^{(2)}) \odot \sigma'(a^{(1)})$$"
            r"$$\frac{\partial E}{\partial W^{(2)}} = \delta^{(2)} o^{(1)T}$$",
            {"A1": "logistic(Z1)", "delta1": "W2.T @ delta2 * d_logistic(Z1)"},
        ),
        (
            r"$$\overline{z_2} = \overline{a_2} \odot a_2 \odot (1 - a_2)$$"
            r"$$\overline{W^{(2)}} = \overline{z_2} h^T$$"
            r"$$\overline{h} = W^{(2)T} \overline{z_2}$$",
            {"delta2": "dA2 * A2 * (1 - A2)", "dW2": "delta2 @ A1.T", "dA1": "W2.T @ delta2"},
        ),
        (
            r"$$\delta^{(2)} = (h_\theta(x) - y) \odot h_\theta(x)"
            r"\odot (1 - h_{\theta}(x^{(i)}))$$",
            {"delta2": "(A2 - Y) * A2 * (1 - A2)"},
        ),
    ],
)
def test_spellings_of_courses_are_read(mark, text, read):
    marking = mark(text, f'layout = "columns"\n{ONE}')
    assert marking.correct, marking
    assert read.items() <= {e.quantity: e.read_as for e in marking}.items()


TURNED = r"""
$$Z^l = {W^l}^T A^{l-1} + W_0^l$$
$$\frac{\partial L}{\partial W^l} = A^{l-1} \left(\frac{\partial L}{\partial Z^l}\right)^T$$
$$\frac{\partial L}{\partial A^{l-1}} = W^l \frac{\partial L}{\partial Z^l}$$
$$W^l := W^l - \eta \frac{\partial L}{\partial W^l}$$
"""
TURNED_IN_ROWS = r"""
$$Z_1 = X W_1^T + b_1, \quad A_1 = \sigma(Z_1), \quad Z_2 = A_1 W_2^T + b_2$$
$$dW_2 = \delta_2^T A_1, \quad dA_1 = \delta_2 W_2, \quad dW_1 = \delta_1^T X$$
"""
THREE_HIDDEN = TASK.replace("[2]", "[3]", 1)


def test_weights_may_be_the_transposes_of_ours(mark):
    for document in (TURNED, TURNED_IN_ROWS):
        for task in (TASK, THREE_HIDDEN):
            marking = mark(document, task)
            assert marking.correct, marking
    assert {e.quantity: e.read_as for e in marking}["dW2"] == "A1.T @ delta2"
    wrong = mark(TURNED.replace("A^{l-1} \\left", "A^l \\left"), THREE_HIDDEN)
    assert [e.mistakes for e in wrong if not e.correct] == [("wrong_layer",)]
