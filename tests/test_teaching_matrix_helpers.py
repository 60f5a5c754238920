"""Helpers for matrices that are lists of lists are read, whatever loops they are made of."""

# ruff: noqa: E501 - their lines are as long as they are

from __future__ import annotations

import pytest
from learners_networks import ROWSUM, SQK, Case, description

from sknn_edu.teaching.grading import check_file

TRANSPOSE = """
def turned(M):
    return [[M[i][j] for i in range(len(M))] for j in range(len(M[0]))]
"""
MATRIX_PRODUCTS = {
    "sums in three loops": """
def product(A, B):
    C = [[0] * len(B[0]) for _ in range(len(A))]
    for i in range(len(A)):
        for j in range(len(B[0])):
            for k in range(len(B)):
                C[i][j] += A[i][k] * B[k][j]
    return C
""",
    "comprehensions": """
def product(A, B):
    return [[sum(A[i][k] * B[k][j] for k in range(len(B))) for j in range(len(B[0]))] for i in range(len(A))]
""",
    "rows with columns": """
def product(A, B):
    return [[sum(a * b for a, b in zip(row, column)) for column in zip(*B)] for row in A]
""",
    "rows that are appended": """
def product(A, B):
    out = []
    for i in range(len(A)):
        row = []
        for j in range(len(B[0])):
            s = 0
            for k in range(len(B)):
                s += A[i][k] * B[k][j]
            row.append(s)
        out.append(row)
    return out
""",
}
OTHERS = {
    "transpose by zip": "def t(M):\n    return [list(r) for r in zip(*M)]\ndW2 = np.dot(t(A1), delta2)",
    "transpose by map": "def t(M):\n    return list(map(list, zip(*M)))\ndW2 = np.dot(t(A1), delta2)",
    "difference": "def f(A, B):\n    return [[a - b for a, b in zip(r, s)] for r, s in zip(A, B)]\ndelta2 = f(A2, Y)",
    "multiple": "def f(M, k):\n    return [[k * v for v in r] for r in M]\ndelta2 = f(A2 - Y, 1)",
    "sums of columns": "def f(M):\n    return [sum(c) for c in zip(*M)]\ndb2 = f(delta2)",
    "sums of columns by index": "def f(M):\n    return [sum(M[i][j] for i in range(len(M))) for j in range(len(M[0]))]\ndb2 = f(delta2)",
    "sums that grow": "def f(M):\n    out = [0.0] * len(M[0])\n    for row in M:\n        for j, v in enumerate(row):\n            out[j] += v\n    return out\ndb2 = f(delta2)",
}


@pytest.fixture
def marked(tmp_path):
    def mark(code, question):
        case = Case("", dict(SQK, out="identity"), ROWSUM, code, {})
        (tmp_path / "task.toml").write_text(description(case, {question: "0"}))
        (tmp_path / "code.py").write_text(code)
        return check_file(tmp_path / "code.py", task=tmp_path / "task.toml")[question]

    return mark


@pytest.mark.parametrize("product", MATRIX_PRODUCTS.values(), ids=MATRIX_PRODUCTS)
def test_a_product_of_lists_of_lists_is_that_of_the_matrices(product, marked):
    answer = marked(f"{TRANSPOSE}{product}\ndW2 = product(turned(A1), delta2)\n", "dW2")
    assert answer.correct, answer.message


@pytest.mark.parametrize("code", OTHERS.values(), ids=OTHERS)
def test_other_helpers_are_read(code, marked):
    answer = marked(code, code.rpartition("\n")[2].partition(" ")[0])
    assert answer.correct, answer.message


@pytest.mark.parametrize(
    "slip", [("B[k][j]", "B[j][k]"), ("A[i][k] *", "A[i][k] +"), ("A[i][k]", "A[k][i]")]
)
def test_a_slip_in_a_helper_is_not_overlooked(slip, marked):
    product = MATRIX_PRODUCTS["comprehensions"].replace(*slip)
    assert not marked(f"{TRANSPOSE}{product}\ndW2 = product(turned(A1), delta2)\n", "dW2").correct


@pytest.mark.parametrize(
    ("step", "is_right"),
    [
        ("W2 -= eta * A1.T @ d2", True),
        ("W2 = W2 - A1.T @ d2 * 0.05", True),
        ("W2 -= eta / 10 * np.dot(A1.T, d2)", True),
        ("W2 += eta * -A1.T @ d2", True),
        ("W2 -= eta * A1.T @ (A1 @ W2)", False),
        ("W2 -= eta * A1.T @ d2 * A1.T @ d2", False),
    ],
)
def test_a_gradient_without_a_name_is_found_in_the_update(step, is_right, marked):
    answer = marked(f"d2 = A2 - Y\n{step}\n", "dW2")
    assert answer.correct == is_right, answer.message


def test_what_is_not_recognised_is_said_with_what_is(marked):
    answer = marked("delta2 = A2 - Y\nsomething = tape.gradient(loss, W2)\n", "dW2")
    assert answer.mistakes == ("missing",)
    assert "Recognised were delta2." in answer.message
