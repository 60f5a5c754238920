"""Documents in which one letter is a unit of any layer, or one letter holds a gradient on its way.

The conventions are those of encyclopedias and textbooks, the texts our own.
"""

import pytest
from documents import marked_in

from sknn_edu.teaching.grading.notations import with_layers_written

TASK = """
[network]
type = "regressor"
hidden_layer_sizes = [4]
activation = "logistic"
output_activation = "logistic"
alpha = 0
random_state = 0
[data]
X = [[0.05, 0.10, 0.2]]
y = [[0.01, 0.99]]
"""
SEVERAL = TASK.replace("0.2]]", "0.2], [0.3, -0.4, 0.1]]").replace("0.99]]", "0.99], [0.2, 0.7]]")
NO_BIASES = "fit_intercept = false\nalpha = 0"

# Rumelhart, Hinton and Williams (1986): p is a pattern, j a unit, k one of the layer above.
PATTERNS = r"""
Of a pattern $p$: $E_p = \frac12 \sum_j (t_{pj} - o_{pj})^2$, $net_{pj} = \sum_i w_{ji} o_{pi}$ and
$o_{pj} = f_j(net_{pj})$. For an output $\delta_{pj} = (t_{pj} - o_{pj}) f_j'(net_{pj})$; otherwise
$\delta_{pj} = f_j'(net_{pj}) \sum_k \delta_{pk} w_{kj}$.
Then $\Delta_p w_{ji} = \eta \delta_{pj} o_{pi}$.
"""
# As in an encyclopedia: cases, \ell, and the weight from i to j is w_{ij}.
CASES = r"""
$$o_j = \varphi(\text{net}_j) = \varphi\left(\sum_{k=1}^n w_{kj} x_k\right)$$
$$\frac{\partial o_j}{\partial \text{net}_j} = \varphi(\text{net}_j)(1 - \varphi(\text{net}_j))$$
$$\frac{\partial E}{\partial w_{ij}} = o_i \delta_j$$
$$\delta_j = \frac{\partial E}{\partial o_j}\frac{\partial o_j}{\partial\text{net}_j} =
\begin{cases}
    (o_j - t_j)o_j(1-o_j) & \text{if } j \text{ is an output neuron,} \\
    \left(\sum_{\ell \in L} w_{j\ell} \delta_\ell\right) o_j (1-o_j) & \text{if it is an inner one.}
\end{cases}$$
$$\Delta w_{ij} = -\eta \frac{\partial E}{\partial w_{ij}} = -\eta o_i \delta_j$$
"""
# Signal processing: d is the target, e the error, v what a unit gets; the sum begins with the bias.
TIME = r"""
With $e_j(n) = d_j(n) - y_j(n)$ and $\mathcal{E}(n) = \frac12 \sum_{j \in C} e_j^2(n)$,
$$v_j(n) = \sum_{i=0}^m w_{ji}(n) y_i(n), \quad y_j(n) = \varphi_j(v_j(n))$$
$$\frac{\partial \mathcal{E}(n)}{\partial w_{ji}(n)} = -e_j(n) \varphi_j'(v_j(n)) y_i(n)$$
An output neuron has $\delta_j(n) = e_j(n) \varphi_j'(v_j(n))$, a hidden one
$$\delta_j(n) = \varphi_j'(v_j(n)) \sum_k \delta_k(n) w_{kj}(n)$$
$$\Delta w_{ji}(n) = \eta \delta_j(n) y_i(n)$$
"""
# A lecture without any delta: dE/dz_j of one layer makes dE/dy_i of the one before.
DERIVATIVES = r"""
$E = \frac12 \sum_{j \in output} (t_j - y_j)^2$ gives
$\frac{\partial E}{\partial y_j} = -(t_j - y_j)$.
$$z_j = b_j + \sum_i y_i w_{ij}, \quad y_j = \frac{1}{1 + e^{-z_j}}$$
$$\frac{\partial E}{\partial z_j} = \frac{dy_j}{dz_j} \frac{\partial E}{\partial y_j}
    = y_j (1 - y_j) \frac{\partial E}{\partial y_j}$$
$$\frac{\partial E}{\partial y_i} = \sum_j w_{ij} \frac{\partial E}{\partial z_j}$$
$$\frac{\partial E}{\partial w_{ij}} = y_i \frac{\partial E}{\partial z_j}$$
"""
NOTES = r"""
Output layer: $\delta_j = (y_j - t_j) y_j (1 - y_j)$. Hidden layers:
$\delta_j = y_j (1 - y_j) \sum_k w_{jk} \delta_k$.
$$\frac{\partial E}{\partial w_{ij}} = \delta_j y_i, \quad
\frac{\partial E}{\partial b_j} = \delta_j$$
$$w_{ij} \leftarrow w_{ij} - \eta \, \delta_j \, y_i$$
"""
# Goodfellow, Bengio and Courville (2016): a is what f gets, l the depth, g is overwritten.
OVERWRITTEN = r"""
$\mathbf{a}^{(k)} = \mathbf{b}^{(k)} + \mathbf{W}^{(k)} \mathbf{h}^{(k-1)}$,
$\mathbf{h}^{(k)} = f(\mathbf{a}^{(k)})$, and in the end $\hat{\mathbf{y}} = \mathbf{h}^{(l)}$.
$$\mathbf{g} \leftarrow \nabla_{\hat{\mathbf{y}}} J$$
For $k = l, \dots, 1$:
$$\mathbf{g} \leftarrow \nabla_{\mathbf{a}^{(k)}} J = \mathbf{g} \odot f'(\mathbf{a}^{(k)})$$
$$\nabla_{\mathbf{b}^{(k)}} J = \mathbf{g}$$
$$\nabla_{\mathbf{W}^{(k)}} J = \mathbf{g} \mathbf{h}^{(k-1)\top}$$
$$\mathbf{g} \leftarrow \nabla_{\mathbf{h}^{(k-1)}} J = \mathbf{W}^{(k)\top} \mathbf{g}$$
"""
# A list of steps: j is an output, h a hidden unit, x_{ji} the input i of unit j.
STEPS = r"""
1. $\delta_j = o_j(1 - o_j)(t_j - o_j)$ for output units j
2. $\delta_h = o_h(1 - o_h) \sum_{k \in outputs} w_{kh} \delta_k$ for hidden units h
3. $w_{ji} \leftarrow w_{ji} + \eta \delta_j x_{ji}$
"""
# A course whose deltas are numbered on the way back: delta_1 is dJ/dz_2, delta_2 is dJ/dh.
NUMBERED = r"""
$z_1 = x W_1 + b_1$, $h = \sigma(z_1)$, $z_2 = h W_2 + b_2$, $\hat{y} = \sigma(z_2)$;
$J = \frac12 \lVert \hat{y} - y \rVert^2$.
$$\delta_1 = \frac{\partial J}{\partial z_2} = (\hat{y} - y) \circ \sigma'(z_2)$$
$$\delta_2 = \frac{\partial J}{\partial h} = \delta_1 W_2^T$$
$$\delta_3 = \frac{\partial J}{\partial z_1} = \delta_2 \circ \sigma'(z_1)$$
$$\frac{\partial J}{\partial W_2} = h^T \delta_1$$
$$\frac{\partial J}{\partial x} = \delta_3 W_1^T$$
"""
# What is read of each, and whether the network has biases. Where it is any layer, one is shown.
READ = {
    PATTERNS: (
        False,
        [
            "loss = 1 / 2 * sum((Y - A2)**2)",
            "Z1 = A0 @ W1",
            "A1 = logistic(Z1)",
            "delta2 = (Y - A2) * d_logistic(Z2)",
            "delta1 = d_logistic(Z1) * (delta2 @ W2.T)",
            "W1_next = W1 + learning_rate * (A0.T @ delta1)",
        ],
    ),
    CASES: (
        False,
        [
            "A1 = logistic(Z1)",
            "A1 = logistic(A0 @ W1)",
            "delta1 = dA1 * (logistic(Z1) * (1 - logistic(Z1)))",
            "dW1 = A0.T @ delta1",
            "delta2 = (A2 - Y) * A2 * (1 - A2)",
            "delta1 = delta2 @ W2.T * A1 * (1 - A1)",
            "W1_next = W1 - learning_rate * dW1",
            "W1_next = W1 - learning_rate * (A0.T @ delta1)",
        ],
    ),
    TIME: (
        True,
        [
            "loss = 1 / 2 * sum((Y - A2)**2)",
            "Z1 = A0 @ W1 + b1",
            "A1 = logistic(Z1)",
            "dW2 = -(A1.T @ ((Y - A2) * d_logistic(Z2)))",
            "delta2 = (Y - A2) * d_logistic(Z2)",
            "delta1 = d_logistic(Z1) * (delta2 @ W2.T)",
            "W1_next = W1 + learning_rate * (A0.T @ delta1)",
        ],
    ),
    DERIVATIVES: (
        True,
        [
            "loss = 1 / 2 * sum((Y - A2)**2)",
            "dA2 = -(Y - A2)",
            "Z1 = b1 + A0 @ W1",
            "A1 = 1 / (1 + exp(-Z1))",
            "delta1 = A1 * (1 - A1) * dA1",
            "dA1 = delta2 @ W2.T",
            "dW1 = A0.T @ delta1",
        ],
    ),
    NOTES: (
        True,
        [
            "delta2 = (A2 - Y) * A2 * (1 - A2)",
            "delta1 = A1 * (1 - A1) * (delta2 @ W2.T)",
            "dW1 = A0.T @ delta1",
            "db1 = delta1",
            "W1_next = W1 - learning_rate * (A0.T @ delta1)",
        ],
    ),
    OVERWRITTEN: (
        True,
        [
            "Z1 = b1 + W1 @ A0",
            "A1 = logistic(Z1)",
            "delta1 = dA1 * d_logistic(Z1)",
            "db1 = delta1",
            "dW1 = delta1 @ A0.T",
            "dA0 = W1.T @ delta1",
        ],
    ),
    STEPS: (
        True,
        [
            "delta2 = A2 * (1 - A2) * (Y - A2)",
            "delta1 = A1 * (1 - A1) * (delta2 @ W2.T)",
            "W1_next = W1 + learning_rate * (A0.T @ delta1)",
        ],
    ),
}
NAMES = ["patterns", "cases", "time", "derivatives", "notes", "overwritten", "steps"]


@pytest.fixture
def mark(tmp_path):
    return lambda document, task=TASK: marked_in(tmp_path, document, task)


@pytest.mark.parametrize("document", READ, ids=NAMES)
def test_all_is_right(mark, document):
    has_biases, read = READ[document]
    marking = mark(document, TASK if has_biases else TASK.replace("alpha = 0", NO_BIASES))
    assert [f"{e.quantity} = {e.read_as}" for e in marking.marked] == read
    assert {e.verdict for e in marking.marked} == {"right"}, marking.text


@pytest.mark.parametrize("document", READ, ids=NAMES)
def test_it_is_about_every_layer_and_each_sample(mark, document):
    task = SEVERAL if READ[document][0] else SEVERAL.replace("alpha = 0", NO_BIASES)
    marking = mark(document, task.replace("[4]", "[4, 5]"))
    assert len(marking.marked) == len(READ[document][1])
    assert not any(e.verdict == "wrong" for e in marking.marked), marking.text
    assert {len(e.of_layers) for e in marking.marked} <= {0, 2, 3}
    assert any(len(e.of_layers) == 3 for e in marking.marked)


@pytest.mark.parametrize(
    ("document", "right", "wrong", "quantity", "mistake"),
    [
        (PATTERNS, r"\delta_{pj} o_{pi}", r"\delta_{pj} o_{pj}", "W1_next", "wrong_layer"),
        (CASES, "o_j(1-o_j) &", "(1-o_j) &", "delta2", "wrong_derivative"),
        (CASES, r"\right) o_j (1-o_j) &", r"\right) o_j &", "delta1", "activation_for_derivative"),
        (CASES, "= o_i ", "= -o_i ", "dW1", "sign"),
        (TIME, "= -e_j(n)", "= e_j(n)", "dW2", "sign"),
        (TIME, r"\delta_j(n) = e_j(n) \varphi_j'(v_j(n))", r"\delta_j(n) = e_j(n) v_j(n)",
         "delta2", "wrong_derivative"),
        (DERIVATIVES, r"y_j (1 - y_j) \frac{\partial E}{\partial y_j}", r"y_j (1 - y_j)", "delta1",
         "weights_missing"),
        (NOTES, r"\delta_j y_i,", r"\delta_j y_j,", "dW1", "wrong_layer"),
        (NOTES, r"(y_j - t_j) y_j (1 - y_j)", r"(y_j - t_j) (1 - y_j)", "delta2",
         "wrong_derivative"),
        (OVERWRITTEN, r"J = \mathbf{g} \odot f'", r"J = \mathbf{g} \odot f", "delta1",
         "activation_for_derivative"),
        (OVERWRITTEN, r"J = \mathbf{W}^{(k)\top} \mathbf{g}", r"J = \mathbf{W}^{(k)} \mathbf{g}",
         "dA0", "weights_not_transposed"),
    ],
)  # fmt: skip
def test_their_mistakes_are_named(mark, document, right, wrong, quantity, mistake):
    assert right in document
    task = TASK if READ[document][0] else TASK.replace("alpha = 0", NO_BIASES)
    wrongs = [e for e in mark(document.replace(right, wrong), task).marked if not e.correct]
    assert [(e.quantity, e.mistakes) for e in wrongs] == [(quantity, (mistake,))]


def test_deltas_may_be_numbered_as_they_are_needed(mark):
    marking = mark(NUMBERED)
    assert [f"{e.quantity} = {e.read_as}" for e in marking.marked] == [
        "Z1 = A0 @ W1 + b1",
        "A1 = logistic(Z1)",
        "Z2 = A1 @ W2 + b2",
        "A2 = logistic(Z2)",
        "loss = 1 / 2 * sum((A2 - Y)**2)",
        "delta2 = (A2 - Y) * d_logistic(Z2)",
        "dA1 = delta2 @ W2.T",
        "delta1 = dA1 * d_logistic(Z1)",
        "dW2 = A1.T @ delta2",
        "dA0 = delta1 @ W1.T",
    ]
    assert {e.verdict for e in marking.marked} == {"right"}, marking.text
    wrong = mark(NUMBERED.replace(r"h^T \delta_1", r"h^T \delta_2"))
    assert [e.quantity for e in wrong.marked if not e.correct] == ["dW2"]


@pytest.mark.parametrize(
    "text",
    [
        r"$\delta_2 = \frac{\partial J}{\partial z_2}$, $\delta_1 = \delta_2 W_2^T \odot f'(z_1)$",
        r"$\delta_k = (y_k - t_k) y_k (1 - y_k)$",  # an error of the outputs alone
        r"$f(x) = \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}$, $x_j - t_j$",
        r"$\delta^{[l]}_j = \sum_k w^{[l+1]}_{kj} \delta^{[l+1]}_k f'(z^{[l]}_j)$, $o_j - t_j$",
        r"$g = \nabla_\theta J$, $\theta := \theta - \eta g$",  # a gradient that stays what it is
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert with_layers_written(text, [3, 4, 4, 2]) == text
