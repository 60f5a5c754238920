"""Loops over single units are read as arrays; no misplaced index is called right."""

from itertools import product

import pytest
from learners_networks import ROWSUM, SQK_NOB, Case, code, description

from sknn_edu.teaching.grading import check_file

BACK = """
for j in range(n_hidden):
    error = 0.0
    for k in range(n_out):
        error += W2[{}][{}] * delta2[{}]
    delta1[j] = error * A1[{}] * (1 - A1[j])
"""
GRADIENT = """
for j in range(n_hidden):
    for k in range(n_out):
        dW2[{}][{}] += A1[{}] * delta2[{}]
"""


def answer_of(text, question, tmp_path):
    case = Case("", SQK_NOB, ROWSUM, text, {question: ""})
    task, file = tmp_path / "task.toml", tmp_path / "backward.py"
    task.write_text(description(case, {question: "0"}))
    file.write_text(code(text))
    return check_file(file, task=task)[question]


@pytest.mark.parametrize(
    ("text", "right", "question"),
    [(BACK, ("j", "k", "k", "j"), "delta1"), (GRADIENT, ("j", "k", "j", "k"), "dW2")],
)
def test_only_the_right_indices_are_called_right(text, right, question, tmp_path):
    for indices in product("jk", repeat=4):
        answer = answer_of(text.format(*indices), question, tmp_path)
        renamed = tuple("kj"["jk".index(index)] for index in right)  # the bounds are not known
        is_right = indices == right or (question == "dW2" and indices == renamed)
        assert answer.correct == is_right, (indices, answer.message)


SEARCHED = "the sum is not begun anew for each unit"  # its mistake is searched for, in seconds
WHAT_ELSE = {
    SEARCHED: """
        error = 0.0
        for j in range(n_hidden):
            for k in range(n_out):
                error += W2[j][k] * delta2[k]
            delta1[j] = error * A1[j] * (1 - A1[j])
        """,
    "a part is not added but set": """
        for j in range(n_hidden):
            error = 0.0
            for k in range(n_out):
                error = W2[j][k] * delta2[k]
            delta1[j] = error * A1[j] * (1 - A1[j])
        """,
    "the slope is multiplied with in each round": """
        for j in range(n_hidden):
            error = 0.0
            for k in range(n_out):
                error += W2[j][k] * delta2[k]
                error *= A1[j] * (1 - A1[j])
            delta1[j] = error
        """,
    "one number too many in each round": """
        for j in range(n_hidden):
            error = 0.0
            for k in range(n_out):
                error += W2[j][k] * delta2[k] + 1
            delta1[j] = error * A1[j] * (1 - A1[j])
        """,
    "an entry that is not of this unit": """
        for j in range(n_hidden):
            error = 0.0
            for k in range(n_out):
                error += W2[j][k] * delta2[0]
            delta1[j] = error * A1[j] * (1 - A1[j])
        """,
    "a loop that begins with the second unit": """
        for j in range(n_hidden):
            error = 0.0
            for k in range(1, n_out):
                error += W2[j][k] * delta2[k]
            delta1[j] = error * A1[j] * (1 - A1[j])
        """,
}


@pytest.mark.parametrize(
    "what",
    [pytest.param(w, marks=[pytest.mark.slow] if w == SEARCHED else []) for w in WHAT_ELSE],
)
def test_a_sum_of_something_else_is_not_called_right(what, tmp_path):
    assert not answer_of(WHAT_ELSE[what], "delta1", tmp_path).correct


def test_an_update_of_weights_entry_by_entry_is_read(tmp_path):
    text = """
        for j in range(n_hidden):
            for k in range(n_out):
                W2[j][k] -= learning_rate * A1[j] * delta2[k]
        """
    assert answer_of(text, "W2_next", tmp_path).correct


def test_what_was_computed_in_another_way_is_right_if_it_comes_to_the_same(tmp_path):
    text = "delta2 = Y - A2\ndelta2 = delta2 * A2 * (1 - A2)\ndW2 = -(A1.T @ delta2)"
    assert answer_of(text, "dW2", tmp_path).correct
