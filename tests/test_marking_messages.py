"""What the messages of marking say, and what they keep to themselves."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.formulas import parse
from sknn_edu.teaching import check_derivation, derive, trace
from sknn_edu.teaching.marking.budget import Budget

X, y = np.array([[1.0, 2], [0, 1], [-1, 0.5], [2, -1]]), [1, 0, 1, 0]
# The most that a message may show of the right formula, in nodes of its tree.
MOST_TOLD = 5
STEPS = ["W1 - learning_rate*vW1_next", "W1 - learning_rate*mW1_next", "W1 + vW1", "W1 + dW1"]
POOR = {
    "W1_next": ["W1", "-W1", "2*W1", "dW1", "W1 - learning_rate*dW1", "W1 - alpha*dW1", *STEPS],
    "b1_next": ["b1", "db1"],
    "loss": ["-sum(Y*log(A2))/m", "sum(Y)", "-sum((1-Y)*log(1-A2))/m"],
    "dA2": ["Y/A2", "-Y/A2/m", "A2 - Y"],
    "delta2": ["A2", "Y"],
    "delta1": ["dA1", "delta2"],
    "dW2": ["A1.T @ Y"],
}
FUNCTIONS = {"log", "sum", "sqrt", "d_tanh", "d_logistic"}
SOLVERS = ["gd", "sgd", "adam", "rmsprop", "adagrad", "nadam", "adamw"]


def network(steps=0, **params):
    given = {"activation": "tanh", "solver": "gd", "alpha": 0, "random_state": 0, **params}
    clf = BackpropClassifier(3, **given).initialize(X, y)
    for _ in range(steps):
        clf.partial_fit(X, y)
    return clf


def marked(clf, name, answer, **options):
    return check_derivation(clf, X, y, {name: answer}, **options)[name]


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("solver", SOLVERS)
def test_no_message_shows_a_large_part_of_the_right_formula(solver, as_array):
    clf = network(1, solver=solver)
    right, t, n_wrong = derive(clf).formulas, trace(clf, X, y), 0
    of_solver = {name: answers for name, answers in POOR.items() if "next" in name}
    for name, answers in (POOR if solver == "gd" else of_solver).items():
        formula = parse(right[name], None, FUNCTIONS)
        nodes = [node for node in formula.walk() if len(list(node.walk())) > MOST_TOLD]
        for answer in answers:
            if not parse(answer, None, FUNCTIONS).names() <= {*t.by_name(), "alpha"}:
                continue
            scope = {**t.by_name(), "log": np.log, "sum": np.sum, "alpha": 0}
            value = eval(answer, {}, scope) if as_array else answer
            mark = marked(clf, name, value)
            sentence = mark.message.partition("\n")[0]
            n_wrong += not mark.correct
            assert [part for part in map(str, nodes) if part in sentence] == [], answer
    assert n_wrong >= 6


def test_with_reveal_the_right_formula_stands_in_the_message():
    clf = network(1, solver="adam")
    assert str(derive(clf)["W1_next"]) in marked(clf, "W1_next", "W1", reveal=True).message


def test_old_weights_lack_the_step():
    clf = network(1, solver="adam")
    for answer in ("W1", clf.coefs_[0].copy()):
        assert "The step is missing" in marked(clf, "W1_next", answer).message


@pytest.mark.parametrize("divisor", ["m - 1", "m + 1"])
def test_a_divisor_near_m_is_a_wrong_factor(divisor):
    mark = marked(network(), "delta2", f"(A2 - Y) / ({divisor})")
    assert mark.mistakes == ("factor",)
    assert f"{divisor} stands where m belongs" in mark.message


def test_in_the_second_logarithm_stands_1_minus_the_output():
    mark = marked(network(), "loss", "-sum(Y*log(A2) + (1-Y)*log(A2)) / m")
    assert not mark.correct
    assert "A2 stands where 1 - A2 belongs" in mark.message


@pytest.mark.parametrize(
    ("activation", "layout", "name", "answer"),
    [
        ("tanh", "rows", "dW1", "X.T @ delta2 @ W2.T * (1 - A1**2)"),
        ("tanh", "rows", "dW1", "X.T @ (delta2 @ W2.T) * (1 - A1**2)"),
        ("tanh", "rows", "dW1", "X.T @ dA1 * (1 - A1**2)"),
        ("relu", "columns", "delta1", "(Z1 > 0) * W2.T @ delta2"),
        ("relu", "columns", "dW1", "((Z1 > 0) * W2.T @ delta2) @ X.T"),
    ],
)
def test_missing_parentheses_are_told(activation, layout, name, answer):
    mark = marked(network(activation=activation), name, answer, layout=layout)
    assert mark.mistakes == ("shape",)
    assert "Parentheses are missing" in mark.message


def test_no_message_speaks_of_a_setting_that_the_answer_lacks():
    clf = network(1, solver="adam", learning_rate_init=0.001)
    mark = marked(clf, "vW1_next", "(1-beta2)*vW1 + dW1**2")
    assert not mark.correct
    assert "learning_rate" not in mark.message


@pytest.mark.parametrize(
    "answer",
    [
        r"W^{[1]} + \beta v_{dW^{[1]}} - \alpha dW^{[1]}",
        r"W_1 + \beta v_{W_1} - \alpha dW_1",
        "W1 + beta*VdW1 - learning_rate*dW1",
        r"W^{[1]} + v_{dW^{[1]}}",
    ],
)
def test_v_in_a_step_is_the_old_one_where_only_that_makes_it_right(answer):
    assert marked(network(2, solver="sgd", nesterovs_momentum=False), "W1_next", answer).correct


def test_v_that_is_right_neither_way_is_wrong():
    clf = network(2, solver="sgd", nesterovs_momentum=False)
    answer = r"W^{[1]} - \beta v_{dW^{[1]}} - \alpha dW^{[1]}"
    assert not marked(clf, "W1_next", answer).correct


@pytest.mark.parametrize("answer", ["W2 - lr * A1.T @ delta2", "W2 - lr * (A1.T @ delta2)"])
def test_a_step_with_a_gradient_without_the_penalty_lacks_its_part(answer):
    mark = marked(network(alpha=0.1), "W2_next", answer)
    assert mark.mistakes == ("penalty_missing",)


def test_weights_that_shrink_by_alpha_alone_have_the_penalty_with_a_wrong_factor():
    mark = marked(network(alpha=0.1), "W2_next", "(1 - alpha)*W2 - lr * A1.T @ delta2")
    assert mark.mistakes == ("penalty_factor",)


def test_the_sign_of_the_penalty_is_called_a_sign():
    mark = marked(network(alpha=0.1), "dW2", "A1.T @ delta2 - alpha*W2/m")
    assert mark.mistakes == ("penalty_factor",)
    assert "has the wrong sign" in mark.message


@pytest.mark.parametrize("params", [{}, {"nesterovs_momentum": False}, {"alpha": 0.1}])
def test_alpha_for_a_setting_of_the_solver_is_a_wrong_name(params):
    clf = network(1, solver="sgd", **params)
    mark = marked(clf, "vW1_next", "alpha*vW1 - eta*dW1")
    assert mark.mistakes == ("wrong_name",)
    assert "alpha stands where momentum belongs" in mark.message


def test_alpha_for_the_rate_is_a_wrong_name_without_a_penalty_too():
    mark = marked(network(), "W1_next", "W1 - alpha*dW1")
    assert mark.mistakes == ("wrong_name",)
    assert "alpha stands where learning_rate belongs" in mark.message


def test_the_bias_b2_for_the_decay_is_a_wrong_name():
    clf = network(2, solver="adam")
    mark = marked(clf, "vW1_next", "b2*vW1 + (1-b2)*dW1**2")
    assert mark.mistakes == ("wrong_name",)
    assert "b2 stands where beta_2 belongs" in mark.message


def test_a_search_that_stops_says_nothing_of_large_networks():
    assert "large network" not in Budget().message


def test_the_root_of_a_negative_number_is_among_the_reasons_for_nan():
    divisor = "(sqrt(vW1_next / (1 - beta2*t)) + epsilon)"
    clf = network(2, solver="adam")
    mark = marked(clf, "W1_next", f"W1 - lr * mW1_next / (1 - beta1*t) / {divisor}")
    assert mark.mistakes == ("not_finite",)
    assert "root" in mark.message


@pytest.mark.parametrize(("name", "answer"), [("delta2", "A2/m"), ("dW2", "A1.T @ A2 / m")])
def test_where_the_targets_are_missing_a_term_of_the_loss_is(name, answer):
    assert marked(network(), name, answer).mistakes == ("loss_term_missing",)


def test_no_derivative_is_taken_twice_in_an_activation():
    mark = marked(network(), "A2", "Z2 / sum(Z2, axis=1, keepdims=True)")
    assert not mark.correct
    assert "output_derivative_twice" not in mark.mistakes


@pytest.mark.parametrize("answer", ["delta2.sum(axis=1)", "sum(delta2, axis=1)"])
def test_a_sum_over_the_wrong_axis_is_only_that(answer):
    assert marked(network(), "db2", answer).mistakes == ("wrong_axis",)


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("W1 -= learning_rate * dW1", True),
        ("W1 += -learning_rate*dW1", True),
        ("W1 -= learning_rate*dW1 - 0*W1", True),
        ("W1 += learning_rate * dW1", False),
        ("W1 -= dW1", False),
    ],
)
def test_a_step_in_place_is_read_as_the_new_weights(answer, is_right):
    mark = marked(network(), "W1_next", answer)
    assert mark.correct is is_right
    assert is_right or mark.mistakes in (("sign",), ("learning_rate_missing",))
