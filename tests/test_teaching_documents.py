"""Equations of whole documents are found, read and marked, each by itself, and nothing hangs."""

import json
import random

import derivations_in_latex as derivations
import pytest
from documents import marked_in

from sknn_edu.teaching.grading import AnswerFileError
from sknn_edu.teaching.grading.document import check_document
from sknn_edu.teaching.grading.mathematics import chains, pieces

TASK = r"""
layout = "columns"
[network]
type = "classifier"
hidden_layer_sizes = [4]
activation = "tanh"
alpha = 0.0
random_state = 0
[data]
X = [[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3], [1.0, -0.2], [0.1, 0.9]]
y = [0, 1, 2, 1, 0]
"""


@pytest.fixture
def marked(tmp_path):
    """Marks a document, written into a folder with its description."""

    return lambda document, task=TASK, **options: marked_in(tmp_path, document, task, **options)


def verdicts(marking):
    return [f"{e.quantity} {e.verdict}" for e in marking.marked]


# -- the five derivations ------------------------------------------------------------------------

# As docs/audit.md says, a formula at a time. "-" is right, "?" depends on the reading (most are
# right for one sample only), "x" is wrong.
EXPECTED = {
    "FIRST": (
        "Z1- A1- Z2- A2- A2- loss- loss? delta2x delta2x dW2x db2- db2? dA1- delta1- dW1- dW1- "
        "db1? W2_next- b2_next- W1_next- b1_next-"
    ),
    "SECOND": (
        "Z1- A1- Z2- A2- loss- W1_next- b1_next- A2- A2- dW2- dW2? dW2? A2- A2- db2- db2? db2? "
        "A2- db1?"
    ),
    "THIRD": "A2- A1- delta1- loss? delta2- delta2- dW2- db2- delta1- dW1- db1-",
    "LOG_LOSS": "loss? dA2? dA2? dA2? A2- delta2? delta2?",
    "FOURTH": (
        "A3- Z3- A2- Z2- A1- Z1- A1- loss? loss? dA3? dA3? A3- delta3- dW3- dW3? dA2- delta2- "
        "dW2- dW2? dA1- delta1- dW1- dW1x"
    ),
    "FIFTH": (
        "Z1- A1- Z2- A2- Z3- A3- loss? dA3x W1_next- b1_next- delta3- dW3- dW3x db3x delta3x "
        "dW2- db2? delta2- dW1- db1? W1_next- b1_next- A1- dW1- db1? delta1- delta3? delta3x dW1- "
        "db1- delta1- delta3?"
    ),
}
SIGNS = {"-": "right", "?": "depends", "x": "wrong"}
MISTAKES = {
    ("FIRST", "delta2"): "softmax_elementwise",
    ("FIRST", "dW2"): "wrong_layer",
    ("FIFTH", "dW3"): "canonical_shortcut",
    ("FIFTH", "db3"): "canonical_shortcut",
    ("FIFTH", "delta3"): "canonical_shortcut",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_five_derivations_are_marked_as_in_the_audit(marked, name):
    marking = marked(getattr(derivations, name), getattr(derivations, f"{name}_TASK"))
    # f' by cases is marked as soon as answers may have comparisons; see the test below.
    shown = [e for e in marking.marked if r"\begin{cases} 1" not in e.source]
    expected = [f"{word[:-1]} {SIGNS[word[-1]]}" for word in EXPECTED[name].split()]
    assert [f"{e.quantity} {e.verdict}" for e in shown] == expected
    for equation in shown:
        if equation.verdict == "wrong" and (name, equation.quantity) in MISTAKES:
            assert MISTAKES[name, equation.quantity] in equation.mistakes
    assert all(e.message for e in marking if e.verdict != "right")
    assert all(e.read_as for e in marking.marked)


def test_a_derivative_by_cases_is_never_called_wrong(marked):
    text = (
        r"$$g^{[1]'}(Z^{[1]}) = \begin{cases} 1 & Z^{[1]} > 0 \\ 0 & Z^{[1]} \leq 0 \end{cases}$$"
    )
    (equation,) = marked(text, TASK.replace("tanh", "relu"))
    assert equation.quantity == "delta1"
    assert equation.verdict in ("right", "not marked")
    assert "Z1 > 0" in equation.read_as


# -- how mathematics is written down -------------------------------------------------------------

DELTA = r"\delta^{[2]} = \frac{1}{m} (A^{[2]} - Y)"
GRADIENT = r"\frac{\partial J}{\partial W^{[2]}} = \delta^{[2]} A^{[1]T}"


@pytest.mark.parametrize(
    "text",
    [
        f"Inline ${DELTA}$ and ${GRADIENT}$.",
        f"$${DELTA}$$\n\n$${GRADIENT}$$",
        f"$${DELTA}, \\quad {GRADIENT}$$",
        f"$${DELTA} \\Rightarrow {GRADIENT}$$",
        f"$${DELTA} {GRADIENT}$$",
        f"\\[{DELTA}\\]\n\\({GRADIENT}\\)",
        f"\\begin{{equation}}{DELTA}.\\end{{equation}}\\begin{{equation*}}{GRADIENT}\\end{{equation*}}",
        f"\\begin{{align}} {DELTA} \\label{{a}} \\\\ {GRADIENT} \\end{{align}}".replace(
            " =", " &="
        ),
        f"$$\\begin{{aligned}} {DELTA} \\\\\n{GRADIENT} \\end{{aligned}}$$".replace(" =", " &= "),
        f"$$\\begin{{array}}{{rcl}} {DELTA} \\\\ {GRADIENT} \\end{{array}}$$".replace("=", "& = &"),
        f"$$\\boxed{{{DELTA}}}$$ $$\\boxed{{{GRADIENT}}} \\tag{{2}}$$",
        f"\\begin{{gather*}} {DELTA} \\\\ {GRADIENT} \\end{{gather*}}",
        f"$$\\therefore {DELTA} \\text{{ for all samples}}$$ so $${GRADIENT} \\text{{--- (2)}}$$",
        f"$${DELTA}$$ `code` costs $5 today.\n\nThen $${GRADIENT}$$",
    ],
)
def test_equations_are_found_however_they_are_set(marked, text):
    marking = marked(text)
    assert verdicts(marking) == ["delta2 right", "dW2 right"]
    assert marking.score == 1
    assert marking.correct


def test_plain_lines_in_our_own_language_are_marked_too(marked):
    marking = marked("Answers:\n\n- `dW2 = delta2 @ A1.T`\n- db2 = delta2\n\nas W2 = 3.")
    assert [(e.line, e.quantity, e.verdict) for e in marking] == [
        (3, "dW2", "right"),
        (4, "db2", "depends"),
    ]


def test_each_member_of_a_chain_is_marked(marked):
    text = r"""
$$\delta_1 = \frac{\partial J}{\partial z_1}
  = \frac{\partial J}{\partial a_1} \frac{\partial a_1}{\partial z_1}
  = W_2^T \delta_2 \odot \tanh'(z_1)$$
$$= W_2^T \delta_2 \odot (1 - a_1^2) = W_2 \delta_2 \odot (1 - a_1^2)$$
"""
    marking = marked(text)
    assert [e.verdict for e in marking] == ["not marked", "right", "right", "wrong"]
    assert [e.line for e in marking] == [3, 4, 5, 5]
    assert {e.quantity for e in marking} == {"delta1"}


def test_formulas_for_any_layer_are_marked_in_every_layer(marked):
    text = (
        r"$$dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} * g^{[l]'}(Z^{[l]}), \quad "
        r"dW^{[l]} = dZ^{[l]} A^{[l]T}$$"
    )
    marking = marked(text)
    assert verdicts(marking) == ["delta1 right", "dW1 wrong"]
    assert marking.marked[1].mistakes == ("wrong_layer",)


def test_local_derivatives_are_marked_as_factors(marked):
    text = r"""
$$\frac{\partial z_2}{\partial a_1} = W_2 \qquad \frac{\partial a_1}{\partial z_1} = a_1 (1 - a_1)$$
$$\frac{\partial z_2}{\partial W_2} = a_1, \frac{\partial z_2}{\partial b_2} = 1$$
"""
    marking = marked(text)
    # The second is that of a sigmoid, the network has tanh.
    assert verdicts(marking) == ["dA1 right", "delta1 wrong", "dW2 right", "db2 right"]


def test_what_cannot_be_marked_has_a_reason(marked):
    text = r"""
$L = 3$ layers, $W_1 \in R^{3 \times 2}$
$$dJ/dW_1 = \frac{\partial J}{\partial a_1} \frac{\partial a_1}{\partial W_1}$$
$$\kappa = W_1 + \tau$$
$$\delta_2 = \frac{1}{m} (a_2 - y) + \kappa$$
$$z_1 = \begin{bmatrix} 1 & 2 \end{bmatrix}$$
"""
    marking = marked(text)
    assert [e.verdict for e in marking] == ["not marked"] * 4
    reasons = "chain rule", "known what", "known what", "matrices"
    for equation, reason in zip(marking, reasons, strict=True):
        assert reason in equation.message
    assert marking.score == 0
    assert not marking.correct


def test_abbreviations_are_written_out(marked):
    text = r"""
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\loss}{\mathcal{L}} \def\A{\mathbf{A}}
\DeclareMathOperator{\sm}{softmax}
$$\pd{\loss}{Z^{[2]}} = \frac{1}{m} (\A^{[2]} - Y), \A^{[2]} = \sm(Z^{[2]})$$
"""
    marking = marked(text)
    assert verdicts(marking) == ["delta2 right", "A2 right"]
    assert [e.line for e in marking] == [5, 5]


@pytest.mark.parametrize(
    "text",
    [r"\def\a{\b\b}\def\b{\a\a} \a", r"\newcommand{\a}[3]{" * 900, r"\def\a{" + "x" * 400 + "}"],
)
def test_abbreviations_that_grow_without_end_are_left(marked, text):
    assert len(marked(text + r"$\a \a = \a$" * 2000)) <= 500


# -- the description -----------------------------------------------------------------------------


def test_the_table_of_notation_says_what_letters_mean(marked):
    task = TASK + '[notation]\ns = "Z"\no = "A2"\n"\\\\kappa" = "learning_rate"\n'
    text = r"$$s_2 = W_2 a_1 + b_2, \quad o = \text{softmax}(s_2), W_1 := W_1 - \kappa dW_1$$"
    assert verdicts(marked(text, task)) == ["Z2 right", "A2 right", "W1_next right"]


def test_conventions_are_those_of_the_description(marked):
    text = r"$$dZ^{[2]} = A^{[2]} - Y, \quad dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}$$"
    assert verdicts(marked(text)) == ["delta2 depends", "dW2 depends"]
    task = TASK + '[notation]\nmean_in = "dW"\n'
    assert verdicts(marked(text, task)) == ["delta2 right", "dW2 right"]


def test_lines_of_another_network_are_left_out(marked):
    text = f"${DELTA}$\n\n${GRADIENT}$\n"
    assert verdicts(marked(text, TASK + "[notation]\nlines = [2, 9]\n")) == ["dW2 right"]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('superscripts = "exponents"', "superscripts"),
        ('x = "Q7"', "no such name"),
        ("input_layer = 3", "0 or 1"),
        ("lines = [1]", "first and the last"),
        ('mean_in = "W"', "mean_in"),
    ],
)
def test_a_mistake_in_the_description_is_named(marked, entry, says):
    with pytest.raises(AnswerFileError, match=says):
        marked("$a = b$", f"{TASK}[notation]\n{entry}\n")


# -- what comes out ------------------------------------------------------------------------------


def test_the_marking_says_what_was_read_and_what_is_wrong(marked):
    wrong = r"\frac{\partial J}{\partial W^{[2]}} = \delta^{[2]} A^{[2]T}"
    marking = marked(f"Text\n\n$${DELTA}$$\n$${wrong}$$\n", reveal=True)
    assert marking.score == 0.5
    assert len(marking) == 2
    assert "2 equations: 1 right, 0 depend on the reading, 1 wrong, 0 not marked" in marking.text
    assert "line 4" in marking.text
    assert "read as dW2 = delta2 @ A2.T" in marking.text
    assert "dW2 = delta2 @ A1.T" in marking.text
    known = json.loads(json.dumps(marking.to_dict(), allow_nan=False))
    assert known["equations"][1]["mistakes"] == ["wrong_layer"]


# -- bounds --------------------------------------------------------------------------------------

HOSTILE = [
    "$$" * 5000,
    r"\[" * 5000,
    r"\begin{align}" * 2000,
    "$$" + "=" * 5000 + "$$",
    "$$" + "a=" * 3000 + "$$",
    "$$" + r"\frac{" * 2000 + "=" + "}" * 2000 + "$$",
    "$$" + r"\begin{aligned}" * 300 + "a = b" + "$$",
    "$$" + "{" * 3000 + "W_1 = 2" + "}" * 3000 + "$$",
    "$\\delta_2 = (" + "(" * 1500 + "$",
    "$x = " + r"\text{" * 900 + "$",
    "\x07$\\delta_2 = \ud7ff$",
]


@pytest.mark.parametrize("i", range(len(HOSTILE)))
def test_hostile_documents_end(marked, i):
    marking = marked(HOSTILE[i])
    assert all(e.verdict == "not marked" for e in marking)


def test_documents_are_not_too_long_and_equations_not_too_many(marked):
    with pytest.raises(AnswerFileError, match="characters"):
        marked("a" * 500_001)
    assert len(marked(r"$\kappa = W_1$ " * 3000)) == 500


def test_damaged_documents_never_crash(marked, tmp_path):
    rng = random.Random(1)
    for name in ("FIRST", "FOURTH", "FIFTH"):
        whole = getattr(derivations, name)
        for _ in range(40):
            a, b = sorted(rng.sample(range(len(whole)), 2))
            for piece in pieces(whole[:a] + whole[b:]):
                list(chains(piece))
    marked(derivations.FOURTH[::-1], derivations.FOURTH_TASK)


def test_there_must_be_a_document_and_a_description(tmp_path):
    with pytest.raises(AnswerFileError, match="no such file"):
        check_document(tmp_path / "none.md", tmp_path / "none.toml")


# -- what solvers keep -----------------------------------------------------------------------------

MOMENTUM = 'solver = "sgd"\nmomentum = 0.8\nnesterovs_momentum = false'
VELOCITY = r"v_{dW^{[1]}} = \beta v_{dW^{[1]}} - \alpha \, dW^{[1]}"


@pytest.mark.parametrize(
    ("solver", "text", "quantity", "read_as"),
    [
        (MOMENTUM, VELOCITY, "vW1_next", "momentum * vW1 - learning_rate * dW1"),
        (MOMENTUM, r"W^{[1]} = W^{[1]} + v_{dW^{[1]}}", "W1_next", "W1 + vW1_next"),
        (MOMENTUM, r"b^{[l]} := b^{[l]} + v_{db^{[l]}}", "b1_next", "b1 + vb1_next"),
        (
            'solver = "adam"',
            r"s_{dW^{[2]}} = \beta_2 s_{dW^{[2]}} + (1 - \beta_2) (dW^{[2]})^2",
            "vW2_next",
            "beta_2 * vW2 + (1 - beta_2) * dW2**2",
        ),
    ],
)
def test_updates_are_read_with_what_the_solver_keeps(marked, solver, text, quantity, read_as):
    task = TASK.replace("[network]", f"[network]\n{solver}")
    (equation,) = marked(f"$${text}$$", task)
    found = equation.verdict, equation.quantity, equation.read_as
    assert found == ("right", quantity, read_as)


def test_v_beside_s_is_the_first_moment_of_adam(marked):
    text = (
        r"$$v_{dW^{[1]}} = \beta_1 v_{dW^{[1]}} + (1 - \beta_1) dW^{[1]}$$"
        r"$$s_{dW^{[1]}} = \beta_2 s_{dW^{[1]}} + (1 - \beta_2) (dW^{[1]})^2$$"
    )
    marking = marked(text, TASK.replace("[network]", '[network]\nsolver = "adam"'))
    assert verdicts(marking) == ["mW1_next right", "vW1_next right"]


def test_a_velocity_uphill_is_wrong_in_a_document_too(marked):
    text = f"$${VELOCITY.replace('-', '+')}$$"
    (equation,) = marked(text, TASK.replace("[network]", f"[network]\n{MOMENTUM}"))
    assert equation.mistakes == ("sign",)


def test_an_unknown_letter_in_an_update_is_shown_as_it_is_written(marked):
    task = TASK.replace("[network]", f"[network]\n{MOMENTUM}")
    (equation,) = marked(r"$$W^{[1]} := W^{[1]} + v_{dW^{[1]}} + q$$", task)
    assert equation.message == "It is not known what q means here (at 'q')"
