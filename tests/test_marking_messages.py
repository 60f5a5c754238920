"""What the messages of marking say, and what they keep to themselves."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.teaching import check_derivation, derive, trace

X, y = np.array([[1.0, 2], [0, 1], [-1, 0.5], [2, -1]]), [1, 0, 1, 0]
# The most that a message may show of the right formula, in nodes of its tree.
MOST_TOLD = 5
POOR = {
    "W1_next": ["W1", "-W1", "2*W1", "dW1", "W1 - learning_rate*dW1", "W1 - alpha*dW1"],
    "b1_next": ["b1", "db1"],
    "loss": ["-sum(Y*log(A2))/m", "sum(Y)", "-sum((1-Y)*log(1-A2))/m"],
    "dA2": ["Y/A2", "-Y/A2/m", "A2 - Y"],
    "delta2": ["A2", "Y", "A2/m", "dA2"],
    "delta1": ["dA1", "delta2", "1 - A1**2"],
    "dW1": ["X.T", "delta1", "W1", "X.T @ delta2"],
    "dW2": ["A1", "A1.T", "A1.T @ Y", "W2"],
}
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
    right, t = derive(clf), trace(clf, X, y)
    for name, answers in POOR.items():
        nodes = [node for node in right[name].walk() if len(list(node.walk())) > MOST_TOLD]
        for answer in answers:
            scope = {**t.by_name(), "log": np.log, "sum": np.sum, "alpha": 0}
            value = eval(answer, {}, scope) if as_array else answer  # noqa: S307
            mark = marked(clf, name, value)
            sentence = mark.message.partition("\n")[0]
            assert not mark.correct
            assert [part for part in map(str, nodes) if part in sentence] == [], answer


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
