"""What learners of backpropagation write: mistakes and right answers, each in its own convention.

Collected from public questions, bug reports, forum threads and student code, and rebuilt here on
small networks: the formulas are facts, the words are ours. `WRONG` holds cases with the codes
that would name the mistake (several alternatives where the text or the numbers do not decide);
`RIGHT` holds the correct answers of courses, books and teaching codes, none of which may be
called wrong. A formula is examined as typed and as the array that NumPy makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

import numpy as np
from examiner_network import Net, names_of, relu, sigmoid, softmax

CORRECT = frozenset({"correct"})

LOG = (("log_loss", 1.0),)
SE = (("squared_error", 1.0),)
SE2 = (("squared_error", 2.0),)
XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])

# -- networks -------------------------------------------------------------------------------

LOGISTIC = Net((3, 1), ("sigmoid",), LOG, m=4)
PLANAR = Net((2, 4, 1), ("tanh", "sigmoid"), LOG, m=5)
PLANAR_SIGMOID = Net((2, 3, 1), ("sigmoid", "sigmoid"), LOG, m=5, seed=4)
DEEP_CATS = Net((4, 3, 2, 1), ("relu", "relu", "sigmoid"), LOG, m=6, seed=3)
CATS_PENALTY = Net((4, 3, 2, 1), ("relu", "relu", "sigmoid"), LOG, m=6, alpha=0.7, seed=3)
XOR_NET = Net((2, 3, 1), ("sigmoid", "sigmoid"), SE, m=4, data=XOR)
XOR_DOUBLED = Net((2, 2, 1), ("sigmoid", "sigmoid"), SE2, m=4, data=XOR)
XOR_NO_BIAS = Net((2, 2, 1), ("sigmoid", "sigmoid"), SE, m=4, biases=False, data=XOR)
DIGITS = Net((3, 4, 3), ("relu", "softmax"), LOG, m=6, seed=1)
DIGITS_TANH = Net((2, 4, 3), ("tanh", "softmax"), LOG, m=5, seed=2)
DIGITS_PENALTY = Net((3, 4, 3), ("relu", "softmax"), LOG, m=6, alpha=0.4, seed=1)
DIGITS_SQUARED = Net((3, 4, 3), ("tanh", "softmax"), SE, m=5, seed=5)
EQUAL = Net((3, 3, 3), ("sigmoid", "sigmoid"), SE, m=4, seed=6)
EQUAL_TANH = Net((3, 3, 3), ("tanh", "identity"), SE, m=4, seed=7)
EQUAL_SQUARE = Net((3, 3, 3), ("sigmoid", "sigmoid"), SE, m=3, seed=8)
DEEP = Net((4, 3, 3, 2), ("tanh", "tanh", "identity"), SE, m=5, seed=9)
TWO_OUT = Net((2, 3, 2), ("sigmoid", "sigmoid"), SE, m=5, seed=10)
TWO_OUT_DOUBLED = Net((2, 3, 2), ("relu", "identity"), SE2, m=6, seed=11)
ONE_SAMPLE = Net((3, 4, 2), ("sigmoid", "sigmoid"), SE, m=1, seed=12)
ONE_SAMPLE_DOUBLED = Net((2, 3, 2), ("sigmoid", "identity"), SE2, m=1, seed=13)
ONE_SAMPLE_DEEP = Net((3, 4, 3, 2), ("sigmoid",) * 3, SE2, m=1, seed=14)
CHAIN = Net((1, 1, 1), ("sigmoid", "sigmoid"), SE2, m=1, seed=15)
MULTILABEL = Net((3, 4, 3), ("sigmoid", "sigmoid"), LOG, m=6, seed=16)
MULTILABEL_PENALTY = Net((3, 4, 3), ("sigmoid", "sigmoid"), LOG, m=6, alpha=0.5, seed=16)
LINE = Net((3, 1), ("identity",), SE, m=6, seed=17)
LINE_DOUBLED = Net((3, 1), ("identity",), SE2, m=6, seed=17)
CURVE = Net((3, 4, 2), ("tanh", "identity"), SE, m=5, seed=18)
CURVE_PENALTY = Net((3, 4, 2), ("tanh", "identity"), SE, m=5, alpha=0.6, seed=18)
CURVE_ONE = Net((2, 3, 1), ("tanh", "identity"), SE, m=5, seed=19)
NO_BIAS_RELU = Net((4, 5, 3), ("relu", "identity"), SE2, m=6, biases=False, seed=20)
STEP_BY_STEP = Net(
    (2, 2, 2),
    ("sigmoid", "sigmoid"),
    SE,
    m=1,
    data=([[0.05, 0.10]], [[0.01, 0.99]]),
    weights=(
        [[[0.15, 0.25], [0.20, 0.30]], [[0.40, 0.50], [0.45, 0.55]]],
        [[0.35, 0.35], [0.60, 0.60]],
    ),
)

# -- conventions ----------------------------------------------------------------------------

ROWS = ("rows", "delta", "gradient")
COLUMNS = ("columns", "delta", "gradient")
NG = ("columns", "dW", "gradient")
ROWS_MEAN_LAST = ("rows", "dW", "gradient")
SUMS = ("rows", "nowhere", "gradient")
SUMS_COLUMNS = ("columns", "nowhere", "gradient")
ADDED = ("rows", "nowhere", "descent")
ADDED_COLUMNS = ("columns", "nowhere", "descent")
ADDED_MEAN = ("rows", "dW", "descent")


@dataclass(frozen=True)
class Answer:
    """One answer, as typed or as a function of the trace, and the sets of codes that name it."""

    quantity: str
    value: object
    accepted: tuple[frozenset[str], ...]
    whole: object = None  # the function of the trace that returns all of the student's answers

    @property
    def form(self):
        if callable(self.value):
            return "code"
        return "latex" if re.search(r"\\|\^|[A-Za-z]_\d", self.value) else "formula"

    @property
    def right(self):
        return self.accepted == (CORRECT,)


@dataclass(frozen=True)
class Case:
    """Answers of one person about one network, in one convention."""

    id: str
    net: Net
    layout: str
    mean_in: str
    sign: str
    answers: tuple[Answer, ...]
    note: str


WRONG: list[Case] = []
RIGHT: list[Case] = []


def codes(alternative):
    return frozenset({alternative} if isinstance(alternative, str) else alternative)


_counter = count(1)


def wrong(note, net, convention, *answers):
    """Each answer is (quantity, value, alternative, ...); a set is several mistakes at once."""
    built = tuple(
        Answer(q, value, tuple(map(codes, names)), getattr(value, "whole", None))
        for q, value, *names in answers
    )
    WRONG.append(Case(f"w{next(_counter):03d}", net, *convention, built, note))


def right(note, net, convention, **answers):
    built = tuple(
        Answer(q, value, (CORRECT,), getattr(value, "whole", None)) for q, value in answers.items()
    )
    RIGHT.append(Case(f"r{len(RIGHT) + 1:03d}", net, *convention, built, note))


class Entry:
    """One entry of what a student's backward function returns, as a function of the trace."""

    def __init__(self, net, function, quantity):
        self.whole = lambda trace: function(names_of(trace, net))
        self.quantity, self.name = quantity, function.__name__

    def __call__(self, trace):
        return self.whole(trace)[self.quantity]


# == mistakes: products ==

DZ1 = "np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))"
wrong(
    "course forum: the error sent back with np.multiply in place of a product",
    MULTILABEL, NG,
    ("dZ1", "np.multiply(W2.T, dZ2) * A1 * (1 - A1)", "elementwise_for_matrix"),
)  # fmt: skip
wrong(
    "course forum: the same with a single output unit, where broadcasting happens to be right",
    PLANAR, NG,
    ("dZ1", "np.multiply(W2.T, dZ2) * (1 - np.power(A1, 2))", "elementwise_for_matrix", "correct"),
)  # fmt: skip
wrong(
    "course forum: a matrix product where f' is multiplied on",
    PLANAR, NG,
    ("dZ1", "np.dot(np.dot(W2.T, dZ2), 1 - np.power(A1, 2))", "matrix_for_elementwise"),
)  # fmt: skip
wrong(
    "course forum: products everywhere, also for the square",
    PLANAR, NG,
    ("dZ1", "np.dot(np.dot(W2.T, dZ2), 1 - np.dot(A1.T, A1))",
     "matrix_for_elementwise", {"matrix_for_elementwise", "wrong_derivative"}),
)  # fmt: skip
wrong(
    "course forum: f' is transposed, since the product did not fit",
    PLANAR, NG,
    ("dZ1", "np.dot(np.dot(W2.T, dZ2), (1 - np.power(A1, 2)).T)",
     "matrix_for_elementwise", {"matrix_for_elementwise", "transposed"}),
)  # fmt: skip
wrong(
    "course forum: logistic regression, X times the error entry by entry",
    LOGISTIC, NG,
    ("dW1", "(1/m) * X * (A1 - Y)", "elementwise_for_matrix"),
    ("dW1", "(1/m) * np.sum(X * (A1 - Y))", "elementwise_for_matrix", "wrong_axis",
     {"elementwise_for_matrix", "wrong_axis"}),
)  # fmt: skip
wrong(
    "question: square layers, the star in place of the product everywhere",
    EQUAL_SQUARE, ROWS,
    ("dW2", "A1.T * delta2", "elementwise_for_matrix"),
    ("delta1", "delta2 * W2.T * A1 * (1 - A1)", "elementwise_for_matrix"),
    ("Z2", "A1 * W2 + b2", "elementwise_for_matrix"),
)  # fmt: skip
wrong(
    "question: np.dot of delta and f' in square layers",
    EQUAL_SQUARE, ROWS,
    ("delta1", "np.dot(np.dot(delta2, W2.T), A1 * (1 - A1))", "matrix_for_elementwise"),
    ("delta2", "np.dot((A2 - Y) / m, A2 * (1 - A2))", "matrix_for_elementwise"),
)  # fmt: skip
wrong(
    "issue of a video course: the write-up multiplies delta2 as matrices where entries belong",
    CURVE_ONE, ROWS,
    ("delta1", "delta2 @ W2.T @ (1 - A1**2)", "matrix_for_elementwise"),
)  # fmt: skip

# == mistakes: transposes and layouts ==

wrong(
    "issue of lecture notes: dW = dZ A without the transpose",
    PLANAR, NG,
    ("dW2", "(1/m) * np.dot(dZ2, A1)", "transposed", "shape"),
)  # fmt: skip
wrong(
    "issue of lecture notes, square: dW = dZ A without the transpose",
    EQUAL_SQUARE, COLUMNS,
    ("dW2", "delta2 @ A1", "transposed"),
    ("dW1", "delta1 @ X", "transposed"),
)  # fmt: skip
wrong(
    "question: W not transposed on the way back, in a network of equal widths",
    EQUAL, ROWS,
    ("delta1", "np.dot(delta2, W2) * A1 * (1 - A1)", "weights_not_transposed"),
    ("dA1", "delta2 @ W2", "weights_not_transposed"),
)  # fmt: skip
wrong(
    "question: the same in columns",
    EQUAL_TANH, COLUMNS,
    ("delta1", "(W2 @ delta2) * (1 - A1**2)", "weights_not_transposed"),
    ("dA0", "np.dot(W1, delta1)", "weights_not_transposed"),
    ("dW1", "((W2 @ delta2) * (1 - np.tanh(Z1)**2)) @ X.T", "weights_not_transposed"),
)  # fmt: skip
wrong(
    "question: W not transposed, shapes do not fit",
    TWO_OUT, ROWS,
    ("delta1", "delta2.dot(W2) * A1 * (1 - A1)", "weights_not_transposed", "shape"),
)  # fmt: skip
wrong(
    "book errata: the outer product of input and delta the other way round",
    ONE_SAMPLE, COLUMNS,
    ("dW1", "np.outer(X, delta1)", "transposed", "other_layout"),
    ("dW2", "np.dot(A1, delta2.T)", "transposed", "other_layout"),
)  # fmt: skip
wrong(
    "Q&A site: the book's columns used on data in rows",
    EQUAL_SQUARE, ROWS,
    ("dW2", "delta2 @ A1.T", "other_layout", "transposed"),
    ("delta1", "(W2.T @ delta2) * d_sigmoid(Z1)", "other_layout", "weights_not_transposed"),
)  # fmt: skip
wrong(
    "Q&A site: rows used on data in columns, unequal widths",
    CURVE, COLUMNS,
    ("dW2", "A1.T @ delta2", "other_layout", "transposed", "shape"),
    ("db2", "np.sum(delta2, axis=0)", "wrong_axis", "other_layout"),
)  # fmt: skip
wrong(
    "article on a model stuck at chance: transposes on the wrong factor",
    DIGITS, ROWS,
    ("dW2", "delta2.T @ A1", "transposed"),
    ("dW1", "delta1.T.dot(X)", "transposed"),
)  # fmt: skip
wrong(
    "course forum: transposes added to products by entries in the cost",
    LOGISTIC, NG,
    ("loss", "(-1/m) * np.sum(Y * np.log(A1).T + (1 - Y) * np.log(1 - A1).T)",
     "transposed", "elementwise_for_matrix", "wrong_axis"),
)  # fmt: skip
wrong(
    "course forum: the cost as a matrix product that is never reduced",
    LOGISTIC, NG,
    ("loss", "-(1/m) * (np.dot(Y.T, np.log(A1)) + np.dot((1 - Y).T, np.log(1 - A1)))",
     "transposed", "other_layout", "shape"),
    ("loss", "-(1/m) * (Y * np.log(A1) + (1 - Y) * np.log(1 - A1))", "wrong_axis", "shape",
     "elementwise_for_matrix"),
)  # fmt: skip

# == mistakes: the loss and its derivative ==

wrong(
    "course forum: a negative cost",
    LOGISTIC, NG,
    ("loss", "(1/m) * np.sum(Y * np.log(A1) + (1 - Y) * np.log(1 - A1))", "sign"),
    ("loss", "(-1/m) * np.sum(Y * np.log(A1))", "loss_term_missing"),
)  # fmt: skip
wrong(
    "book errata: the minus covers only the first term of the binary cross-entropy",
    PLANAR, NG,
    ("loss", "np.sum(-Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m", "loss_term_sign"),
    ("loss", "-np.mean(Y * np.log(A2) - (1 - Y) * np.log(1 - A2))", "loss_term_sign"),
    ("loss", "-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))", "missing_mean"),
    ("loss", "-np.mean(Y * np.log(A2) + (1 - Y) * np.log(A2))", "loss_term_missing", "wrong_name",
     "loss_term_sign", "unknown"),
)  # fmt: skip
wrong(
    "question on XOR that answers 0.5: the sign of the second term",
    PLANAR_SIGMOID, ROWS,
    ("loss", "mean(-Y * log(A2) + (1 - Y) * log(1 - A2))", "loss_term_sign"),
    ("dA2", "(-Y / A2 - (1 - Y) / (1 - A2)) / m", "loss_term_sign"),
)  # fmt: skip
wrong(
    "course forum: dAL with a wrong sign inside, with one term, with the other sign",
    PLANAR, NG,
    ("dA2", "-(np.divide(Y, A2) + np.divide(1 - Y, 1 - A2))", "loss_term_sign"),
    ("dA2", "-np.divide(Y, A2)", "loss_term_missing"),
    ("dA2", "np.divide(Y, A2) - np.divide(1 - Y, 1 - A2)", "sign"),
    ("dA2", "np.divide(1 - Y, 1 - A2)", "loss_term_missing"),
)  # fmt: skip
wrong(
    "student code: categorical cross-entropy on independent logistic outputs",
    MULTILABEL, ROWS,
    ("loss", "-np.sum(Y * np.log(A2)) / m", "loss_term_missing"),
    ("dA2", "-(Y / A2) / m", "loss_term_missing"),
    ("delta2", "-Y * (1 - A2) / m", "loss_term_missing"),
)  # fmt: skip
wrong(
    "question: np.mean over samples and classes",
    DIGITS, ROWS,
    ("loss", "-np.mean(Y * np.log(A2))", "factor", "wrong_axis"),
    ("loss", "-np.sum(Y * np.log(A2))", "missing_mean"),
    ("loss", "np.sum(Y * np.log(A2)) / m", "sign"),
    ("loss", "-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m",
     "loss_term_sign", "loss_term_missing", "unknown"),
)  # fmt: skip
wrong(
    "issue of lecture notes: the squared error without its half, or without its mean",
    CURVE, ROWS,
    ("loss", "np.sum((A2 - Y)**2) / m", "factor"),
    ("loss", "np.sum((Y - A2)**2) / 2", "missing_mean"),
    ("loss", "np.mean((A2 - Y)**2)", "factor", "wrong_axis", "correct"),
    ("loss", "np.sum(A2 - Y) / (2 * m)", "unknown"),
    ("dA2", "2 * (A2 - Y) / m", "factor"),
    ("delta2", "A2 - Y", "missing_mean"),
    ("delta2", "2 * (Y - A2) / m", {"sign", "factor"}),
)  # fmt: skip
wrong(
    "issue of a notebook: the derivative of the squared error lacks the minus or the two",
    LINE_DOUBLED, ROWS,
    ("dW1", "X.T @ (A1 - Y) / m", "factor"),
    ("dW1", "2 * X.T @ (Y - A1) / m", "sign"),
    ("dW1", "-2 * np.transpose(X).dot(Y - X.dot(W1) - b1)", "missing_mean"),
    ("db1", "np.sum(A1 - Y) / m", "factor"),
)  # fmt: skip
wrong(
    "issue of an exercise: 2/n in the text, 1/n in the solution",
    XOR_DOUBLED, ROWS,
    ("delta2", "(A2 - Y) * A2 * (1 - A2) / m", "factor"),
    ("dW2", "A1.T @ ((A2 - Y) * A2 * (1 - A2)) / m", "factor"),
)  # fmt: skip

# == mistakes: f' ==

wrong(
    "course forum: 1 - Z^2, or Z multiplied on, for tanh",
    PLANAR, NG,
    ("dZ1", "np.dot(W2.T, dZ2) * (1 - np.power(Z1, 2))", "Z_for_A", "wrong_derivative"),
    ("dZ1", "np.dot(W2.T, dZ2) * Z1 * (1 - np.power(A1, 2))", "wrong_derivative", "unknown"),
    ("dZ1", "np.dot(W2.T, dZ2) * (1 - A1)", "wrong_derivative"),
)  # fmt: skip
wrong(
    "student code in another language: A^2 in place of 1 - A^2",
    PLANAR, NG,
    ("dZ1", "np.dot(W2.T, dZ2) * A1**2", "wrong_derivative"),
    ("dW1", "(1/m) * np.dot(np.dot(W2.T, dZ2) * A1**2, X.T)", "wrong_derivative"),
    ("db1", "(1/m) * np.sum(dZ1)", "wrong_axis"),
)  # fmt: skip
wrong(
    "issues of tutorials: the derivative of tanh with the minus lost, of tan, or of arctan",
    CURVE_ONE, ROWS,
    ("delta1", "delta2 @ W2.T * -(np.tanh(Z1)**2)", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 + A1**2)", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 / (1 + Z1**2))", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 - np.tanh(Z1))", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 - np.tanh(Z1))**2", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 - np.tanh(A1)**2)", "derivative_at_A"),
    ("delta1", "delta2 @ W2.T * sech(Z1)", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * np.tanh(Z1)", "activation_for_derivative"),
)  # fmt: skip
wrong(
    "many questions: x(1-x) is given z, or sigma' is given a",
    XOR_NET, ROWS,
    ("delta1", "delta2 @ W2.T * Z1 * (1 - Z1)", "Z_for_A", "wrong_derivative"),
    ("delta2", "(A2 - Y) / m * Z2 * (1 - Z2)", "Z_for_A", "wrong_derivative"),
    ("delta2", "(A2 - Y) / m * sigmoid(A2) * (1 - sigmoid(A2))", "derivative_at_A"),
    ("delta1", "np.dot(delta2, W2.T) * d_sigmoid(A1)", "derivative_at_A"),
    ("dW1", "X.T @ (delta2 @ W2.T * sigmoid(A1) * (1 - sigmoid(A1)))", "derivative_at_A"),
)  # fmt: skip
wrong(
    "issue of a teaching library: sigma(1 - sigma(.)) and other wrong forms of sigma'",
    XOR_NET, ROWS,
    ("delta1", "delta2 @ W2.T * sigmoid(1 - sigmoid(Z1))", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * sigmoid(Z1)", "activation_for_derivative"),
    ("delta1", "delta2 @ W2.T * (1 - A1)", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * A1 * (1 + A1)", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (np.exp(-Z1) / (1 + np.exp(-Z1)))", "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (-np.exp(-Z1) / (1 + np.exp(-Z1))**2)", "sign",
     "wrong_derivative"),
    ("delta1", "delta2 @ W2.T * (1 / (1 + np.exp(-Z1))**2)", "wrong_derivative"),
    ("A1", "1 / np.exp(-Z1)", "unknown"),
    ("A1", "1 / (1 + np.exp(Z1))", "sign", "unknown"),
)  # fmt: skip
wrong(
    "data-science Q&A: the error e put into e(1-e)",
    XOR_NET, SUMS,
    ("delta2", "(A2 - Y) * (1 - (A2 - Y))", "wrong_derivative", "wrong_name"),
)  # fmt: skip
wrong(
    "blog formula: the derivative of tanh of the layer above",
    DIGITS_TANH, ROWS,
    ("delta1", "(1 - np.tanh(Z2)**2) * (delta2 @ W2.T)", "wrong_layer"),
    ("delta1", "delta2 @ W2.T * (1 - A2**2)", "wrong_layer"),
)  # fmt: skip
wrong(
    "course forum: the derivative of the layer above, deep",
    DEEP, ROWS,
    ("delta1", "delta2 @ W2.T * (1 - A2**2)", "wrong_layer"),
    ("delta1", "delta2 @ W2.T * d_tanh(Z2)", "wrong_layer"),
    ("delta2", "delta3 @ W3.T * (1 - A1**2)", "wrong_layer"),
)  # fmt: skip
wrong(
    "issues on relu: relu of the gradient, the wrong mask, the value as the mask",
    DIGITS, ROWS,
    ("delta1", "np.maximum(0, delta2 @ W2.T)", "relu_on_gradient"),
    ("delta1", "relu(np.dot(delta2, W2.T))", "relu_on_gradient"),
    ("delta1", "(delta2 @ W2.T) * (delta2 @ W2.T > 0)", "relu_on_gradient"),
    ("delta1", "(delta2 @ W2.T) * A1", "activation_for_derivative"),
    ("delta1", "(delta2 @ W2.T) * (Z1 < 0)", "wrong_derivative"),
    ("delta1", "(delta2 @ W2.T) * (A1 >= 0)", "activation_derivative_missing", "derivative_at_A",
     "wrong_derivative"),
    ("delta1", "(delta2 @ W2.T) * np.sign(Z1)", "wrong_derivative"),
    ("delta1", "(delta2 @ W2.T) * np.where(Z1 > 0, Z1, 0)", "activation_for_derivative"),
    ("delta1", "np.where(Z1 > 0, 1, 0)", "weights_missing", "unknown"),
)  # fmt: skip
wrong(
    "many issues: no derivative of the hidden layer",
    XOR_NET, ROWS,
    ("delta1", "np.dot(delta2, W2.T)", "activation_derivative_missing"),
    ("dW1", "X.T @ (delta2 @ W2.T)", "activation_derivative_missing"),
    ("db1", "np.sum(delta2 @ W2.T, axis=0)", "activation_derivative_missing"),
)  # fmt: skip
wrong(
    "question about digits and relu: dW1 without the mask",
    DIGITS, NG,
    ("dW1", "(1/m) * np.dot(np.dot(W2.T, dZ2), X.T)", "activation_derivative_missing"),
    ("dZ1", "np.dot(W2.T, dZ2)", "activation_derivative_missing"),
)  # fmt: skip

# == mistakes: the output layer ==

wrong(
    "pull request to a video's code: sigma' of the output is missing",
    TWO_OUT, ROWS,
    ("delta2", "(A2 - Y) / m", "output_derivative_missing", "canonical_shortcut"),
    ("dW2", "A1.T @ (A2 - Y) / m", "output_derivative_missing", "canonical_shortcut"),
    ("delta1", "((A2 - Y) / m) @ W2.T * A1 * (1 - A1)", "output_derivative_missing",
     "canonical_shortcut"),
)  # fmt: skip
wrong(
    "Q&A site: the raw error is propagated, not delta; each W is multiplied with its own f'",
    ONE_SAMPLE, COLUMNS,
    ("delta1", "np.dot(W2.T, A2 - Y) * A1 * (1 - A1)", "output_derivative_missing",
     "canonical_shortcut"),
)  # fmt: skip
wrong(
    "issues on cross-entropy code: sigma' on top of A - Y",
    PLANAR, NG,
    ("dZ2", "(A2 - Y) * A2 * (1 - A2)", "output_derivative_twice"),
    ("dW2", "(1/m) * np.dot((A2 - Y) * A2 * (1 - A2), A1.T)", "output_derivative_twice"),
    ("dZ2", "-(Y / A2 - (1 - Y) / (1 - A2))", "output_derivative_missing"),
)  # fmt: skip
wrong(
    "student issue: sigma' wanted on the multi-label output, too",
    MULTILABEL, ROWS,
    ("delta2", "np.multiply(-(Y - A2), A2 * (1 - A2)) / m", "output_derivative_twice"),
)  # fmt: skip
wrong(
    "pull request: a(1-a) as the derivative of softmax",
    DIGITS, ROWS,
    ("delta2", "-Y / A2 / m * A2 * (1 - A2)", "softmax_elementwise"),
    ("delta2", "(A2 - Y) / m * A2 * (1 - A2)", "output_derivative_twice", "softmax_elementwise"),
    ("delta2", "-Y / A2 / m", "output_derivative_missing"),
)  # fmt: skip
wrong(
    "code of a tutorial: softmax with the squared error",
    DIGITS_SQUARED, ROWS,
    ("delta2", "(A2 - Y) * A2 * (1 - A2) / m", "softmax_elementwise"),
    ("delta2", "(A2 - Y) / m", "canonical_shortcut", "output_derivative_missing"),
    ("dW2", "A1.T @ ((A2 - Y) * (A2 * (1 - A2))) / m", "softmax_elementwise"),
)  # fmt: skip
wrong(
    "question about digits: the error times the output itself",
    DIGITS_SQUARED, COLUMNS,
    ("delta2", "np.multiply(A2 - Y, A2) / m", "activation_for_derivative"),
    ("dW2", "np.matmul(np.multiply(A2 - Y, A2), np.transpose(A1)) / m",
     "activation_for_derivative"),
)  # fmt: skip
wrong(
    "issue of a textbook repository: softmax divides by the sum of everything",
    DIGITS, ROWS,
    ("A2", "np.exp(Z2) / np.sum(np.exp(Z2))", "wrong_axis"),
    ("A2", "np.exp(Z2) / np.sum(np.exp(Z2), axis=0)", "wrong_axis"),
)  # fmt: skip
wrong(
    "student code: the same in columns",
    DIGITS, NG,
    ("A2", "np.exp(Z2) / np.sum(np.exp(Z2), axis=1, keepdims=True)", "wrong_axis"),
)  # fmt: skip

# == mistakes: names and layers ==

wrong(
    "course forum: dW2 where W2 belongs",
    PLANAR, NG,
    ("dZ1", "np.dot(dW2.T, dZ2) * (1 - np.power(A1, 2))", "wrong_name"),
)  # fmt: skip
wrong(
    "course forum: other names in place",
    MULTILABEL, NG,
    ("dW1", "(1/m) * np.dot(dZ1, W1.T)", "wrong_name", "shape"),
    ("db1", "(1/m) * np.sum(dW1, axis=1, keepdims=True)", "wrong_name"),
    ("db1", "(1/m) * np.sum(dZ2, axis=1, keepdims=True)", "wrong_layer"),
    ("dZ1", "np.dot(W2.T, dA2) * A1 * (1 - A1)", "wrong_name", "output_derivative_missing"),
    ("dZ1", "np.dot(W2.T, dZ2) * dA1 * (1 - dA1)", "wrong_name"),
    ("dW2", "(1/m) * np.dot(dA2, A1.T)", "output_derivative_missing", "wrong_name"),
)  # fmt: skip
wrong(
    "review of a one-unit demonstration: w in place of the input",
    Net((1, 1, 1), ("sigmoid", "sigmoid"), SE2, m=4, seed=15), ROWS,
    ("dW2", "np.sum(delta2 * W2)", "wrong_name", {"wrong_name", "elementwise_for_matrix"}),
    ("dW1", "np.sum(delta1 * W1)", "wrong_name", {"wrong_name", "elementwise_for_matrix"}),
)  # fmt: skip
wrong(
    "question: the activation of the layer itself, not the one before",
    MULTILABEL, NG,
    ("dW2", "(1/m) * np.dot(dZ2, A2.T)", "wrong_layer"),
    ("dW1", "(1/m) * np.dot(dZ1, A1.T)", "wrong_layer"),
)  # fmt: skip
wrong(
    "the same with equal widths",
    EQUAL, ROWS,
    ("dW2", "A2.T @ delta2", "wrong_layer"),
    ("dW1", "A1.T @ delta1", "wrong_layer"),
    ("dW1", "X.T @ delta2", "wrong_layer"),
    ("dW2", "A1.T @ delta1", "wrong_layer"),
    ("delta1", "delta2 @ W1.T * A1 * (1 - A1)", "wrong_layer"),
    ("delta1", "delta2 @ W2.T * A2 * (1 - A2)", "wrong_layer"),
)  # fmt: skip
wrong(
    "question on a hard-coded digit net: a2 in dz2/dw2, a1 in dz1/dw1",
    ONE_SAMPLE_DEEP, COLUMNS,
    ("dW2", "delta2 @ A2.T", "wrong_layer"),
    ("dW1", "delta1 @ A1.T", "wrong_layer"),
)  # fmt: skip
wrong(
    "answer on a Q&A site: the second layer is fed with x",
    EQUAL, ROWS,
    ("Z2", "np.dot(X, W2) + b2", "wrong_layer"),
    ("Z2", "Z1 @ W2 + b2", "Z_for_A"),
    ("Z2", "A1 @ W1 + b2", "wrong_layer"),
    ("Z1", "X @ W1 + b2", "wrong_layer"),
    ("Z2", "A1 @ W2", "bias_missing"),
)  # fmt: skip
wrong(
    "question: Z in the gradient of the weights",
    CURVE, ROWS,
    ("dW2", "Z1.T @ delta2", "Z_for_A"),
    ("dW2", "np.dot(Z1.T, A2 - Y) / m", "Z_for_A"),
)  # fmt: skip
wrong(
    "course forum: the sign of b in the logistic function",
    LOGISTIC, NG,
    ("A1", "1 / (1 + np.exp(-(np.dot(W1, X)) + b1))", "sign"),
    ("Z1", "np.dot(W1, X)", "bias_missing"),
    ("A1", "1 / (1 + np.exp(-np.dot(W1, X)))", "bias_missing"),
)  # fmt: skip
wrong(
    "course forum: W is not sent back at all",
    PLANAR, NG,
    ("dZ1", "dZ2 * (1 - np.power(A1, 2))", "weights_missing"),
    ("dW1", "(1/m) * np.dot(dZ2 * (1 - np.power(A1, 2)), X.T)", "weights_missing"),
)  # fmt: skip
wrong(
    "the same with equal widths",
    EQUAL, ROWS,
    ("delta1", "delta2 * A1 * (1 - A1)", "weights_missing"),
    ("dA1", "delta2", "weights_missing", "wrong_name"),
)  # fmt: skip
wrong(
    "mathematics Q&A: the error term falls out of the chain for the first weight",
    CHAIN, ROWS,
    ("dW1", "X * A1 * (1 - A1) * A2 * (1 - A2) * W2", "unknown", "loss_term_missing"),
    ("dW2", "A1 * A2 * (1 - A2) * 2 * (Y - A2)", "sign"),
)  # fmt: skip

# == mistakes: means and biases ==

wrong(
    "course forum: 1/m in dZ, too",
    PLANAR, NG,
    ("dZ1", "(1/m) * np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))", "double_mean"),
    ("dW1", "(1/m) * np.dot((1/m) * np.dot(W2.T, dZ2) * (1 - np.power(A1, 2)), X.T)",
     "double_mean"),
    ("dZ2", "(A2 - Y) / m", "double_mean"),
)  # fmt: skip
wrong(
    "course forum: no 1/m in dw and db",
    LOGISTIC, NG,
    ("dW1", "np.dot(A1 - Y, X.T)", "missing_mean"),
    ("db1", "np.sum(A1 - Y)", "missing_mean"),
)  # fmt: skip
wrong(
    "question: m is the number of units, not of samples",
    MULTILABEL, NG,
    ("dW2", "(1/4) * np.dot(dZ2, A1.T)", "factor", {"missing_mean", "factor"}),
    ("dW1", "np.dot(dZ1, X.T) / 4", "factor", {"missing_mean", "factor"}),
)  # fmt: skip
wrong(
    "exercise on gradient checking: a doubled dW2 and four times db1",
    DEEP_CATS, NG,
    ("dW2", "1./m * np.dot(dZ2, A1.T) * 2", "factor"),
    ("db1", "4./m * np.sum(dZ1, axis=1, keepdims=True)", "factor"),
)  # fmt: skip
wrong(
    "question about biases: the whole matrix is subtracted",
    XOR_NET, ROWS,
    ("db2", "delta2", "bias_not_summed"),
    ("db1", "delta1", "bias_not_summed"),
    ("db1", "delta2 @ W2.T * A1 * (1 - A1)", "bias_not_summed"),
)  # fmt: skip
wrong(
    "questions about biases: mean in place of sum, one number for all, the wrong axis",
    DIGITS, ROWS,
    ("db2", "np.mean(delta2, axis=0)", "bias_mean", "double_mean"),
    ("db2", "np.sum(delta2)", "wrong_axis"),
    ("db1", "np.sum(delta1, axis=1)", "wrong_axis"),
    ("db1", "np.sum(delta1, axis=1, keepdims=True)", "wrong_axis"),
    ("db1", "np.mean(delta1)", "wrong_axis", {"wrong_axis", "bias_mean"}),
    ("db2", "np.sum(delta2, axis=0) / m", "bias_mean", "double_mean"),
    ("db1", "np.sum(A1, axis=0)", "wrong_name", "unknown"),
)  # fmt: skip
wrong(
    "a much-copied digit script: db is one number",
    DIGITS, NG,
    ("db2", "1 / m * np.sum(dZ2)", "wrong_axis"),
    ("db1", "1 / m * np.sum(dZ1)", "wrong_axis"),
    ("db1", "1 / m * np.sum(dZ1, axis=0, keepdims=True)", "wrong_axis", "other_layout"),
    ("db1", "1 / m * dZ1", "bias_not_summed"),
)  # fmt: skip
wrong(
    "pull request to a course repository: db takes a product with X",
    PLANAR, NG,
    ("db1", "(1/m) * np.dot(dZ1, X.T)", "wrong_name", "shape"),
)  # fmt: skip
wrong(
    "issue: the gradients of a batch are sums",
    XOR_NET, ROWS,
    ("dW1", "X.T @ ((A2 - Y) * A2 * (1 - A2) @ W2.T * A1 * (1 - A1))", "missing_mean"),
    ("dW2", "np.dot(A1.T, (A2 - Y) * A2 * (1 - A2))", "missing_mean"),
)  # fmt: skip
wrong(
    "issue: one sample's gradients averaged once more",
    CURVE, ROWS,
    ("dW2", "A1.T @ delta2 / m", "double_mean"),
    ("dW1", "X.T @ delta1 / m", "double_mean"),
    ("delta1", "delta2 @ W2.T * (1 - A1**2) / m", "double_mean"),
)  # fmt: skip

# == mistakes: updates ==

wrong(
    "course forum: updates without the rate, with its square, without W, uphill",
    PLANAR, NG,
    ("W1_next", "W1 - dW1", "learning_rate_missing"),
    ("W2_next", "W2 - learning_rate * learning_rate * dW2", "learning_rate_squared"),
    ("W1_next", "-learning_rate * dW1", "step_without_weights"),
    ("W1_next", "learning_rate * dW1", "step_without_weights", {"step_without_weights", "sign"}),
    ("b1_next", "b1 + learning_rate * db1", "sign"),
    ("b2_next", "b2 - db2", "learning_rate_missing"),
)  # fmt: skip
wrong(
    "issue of a video lesson: w is reduced by its own multiple",
    PLANAR, NG,
    ("W2_next", "W2 - learning_rate * W2", "wrong_name"),
    ("b1_next", "b1 - learning_rate * b1", "wrong_name"),
)  # fmt: skip
wrong(
    "student code: the new bias is made from the weights",
    EQUAL, ROWS,
    ("b1_next", "W1 - learning_rate * db1", "wrong_name"),
    ("b1_next", "b1 - learning_rate * dW1", "wrong_name", "shape"),
    ("W2_next", "W1 - learning_rate * dW2", "wrong_layer", "wrong_name"),
    ("W2_next", "W2 - learning_rate * dW1", "wrong_layer", "wrong_name"),
)  # fmt: skip
wrong(
    "issue: the rate is divided by m once more",
    CURVE, ROWS,
    ("W1_next", "W1 - learning_rate / m * dW1", "double_mean", "factor"),
    ("W1_next", "W1 - learning_rate * X.T @ (delta1 * m)", "missing_mean"),
    ("W2_next", "W2 - learning_rate * A1.T * delta2", "elementwise_for_matrix"),
)  # fmt: skip
wrong(
    "question in pseudo-code: the step replaces the weight",
    XOR_NET, ADDED,
    ("W2_next", "learning_rate * A1.T @ delta2", "step_without_weights"),
    ("W1_next", "learning_rate * X.T @ delta1", "step_without_weights"),
    ("W1_next", "W1 - learning_rate * dW1", "sign"),
)  # fmt: skip
wrong(
    "issues of several books: the new W2 sends the error back",
    TWO_OUT, ROWS,
    ("delta1", "(delta2 @ (W2 - learning_rate * dW2).T) * A1 * (1 - A1)",
     "weights_updated_first"),
    ("dW1", "X.T @ ((delta2 @ (W2 - learning_rate * dW2).T) * A1 * (1 - A1))",
     "weights_updated_first"),
    ("delta1", "(delta2 @ W2_next.T) * A1 * (1 - A1)", "weights_updated_first"),
)  # fmt: skip

# == mistakes: the penalty ==

wrong(
    "issue of a course solution: ones in the bias column",
    MULTILABEL_PENALTY, ROWS_MEAN_LAST,
    ("db1", "np.sum(delta1, axis=0) / m + alpha / m", "bias_penalised",
     "penalty_without_weights", {"bias_penalised", "penalty_without_weights"}),
    ("db1", "np.sum(delta1, axis=0) / m + alpha / m * b1", "bias_penalised"),
    ("dW1", "X.T @ delta1 / m + alpha / m", "penalty_without_weights"),
    ("dW1", "X.T @ delta1 / m", "penalty_missing"),
    ("dW2", "A1.T @ delta2 / m + alpha * W2", "penalty_factor"),
)  # fmt: skip
wrong(
    "course forum: the penalty in the second course",
    CATS_PENALTY, NG,
    ("dW3", "1./m * np.dot(dZ3, A2.T) + alpha / m", "penalty_without_weights"),
    ("dW2", "1./m * np.dot(dZ2, A1.T) + alpha / (2 * m) * W2", "penalty_factor"),
    ("dW1", "1./m * np.dot(dZ1, X.T) - alpha / m * W1", "penalty_factor", "sign"),
    ("dW1", "1./m * (np.dot(dZ1, X.T) + alpha)", "penalty_without_weights"),
    ("dW2", "1./m * np.dot(dZ2, A1.T) + alpha / m * W3", "wrong_layer", "shape"),
    ("dW2", "1./m * np.dot(dZ2, A1.T) + alpha / m * W2**2", "penalty_factor", "unknown"),
    ("dW2", "1./m * np.dot(dZ2, A1.T) + alpha / m * dW2", "wrong_name", "unknown"),
    ("loss", "-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3))", "penalty_missing"),
    ("loss", "-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) + alpha / m * "
     "(np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))", "penalty_factor"),
    ("loss", "-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) + alpha / (2 * m) * "
     "(np.sum(W1) + np.sum(W2) + np.sum(W3))", "penalty_factor", "unknown"),
    ("loss", "-np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) + alpha / (2 * m) * "
     "np.sum(W3**2)", "penalty_missing", "penalty_factor"),
)  # fmt: skip
wrong(
    "notes on a two-layer softmax classifier: half of the penalty, or twice",
    DIGITS_PENALTY, ROWS,
    ("dW2", "A1.T @ delta2 + 2 * alpha * W2 / m", "penalty_factor"),
    ("dW1", "X.T @ delta1 + 0.5 * alpha * W1 / m", "penalty_factor"),
    ("db2", "np.sum(delta2, axis=0) + alpha * b2 / m", "bias_penalised"),
    ("db2", "np.mean(delta2, axis=0)", "bias_mean", "double_mean"),
    ("dW2", "A1.T @ (A2 - Y) + alpha * W2", "missing_mean",
     {"missing_mean", "penalty_factor"}),
    ("delta2", "(A2 - Y) / m + alpha / m", "penalty_without_weights", "unknown"),
)  # fmt: skip
wrong(
    "issue of a video course: the mean is missing beside the penalty",
    CURVE_PENALTY, ROWS,
    ("dW2", "A1.T @ (A2 - Y) + alpha * W2 / m", "missing_mean"),
    ("dW2", "A1.T @ (A2 - Y) / m + alpha * W2", "penalty_factor"),
    ("dW1", "X.T @ delta1 + alpha", "penalty_without_weights",
     {"penalty_without_weights", "penalty_factor"}),
    ("dW1", "(X.T @ delta1) * alpha * W1 / m", "unknown", "elementwise_for_matrix"),
)  # fmt: skip
wrong(
    "book errata: lambda in place of lambda W",
    MULTILABEL_PENALTY, SUMS,
    ("dW1", "np.dot(X.T, delta1) + alpha", "penalty_without_weights"),
    ("dW2", "np.dot(A1.T, delta2) + alpha", "penalty_without_weights"),
    ("db2", "np.sum(delta2, axis=0) + alpha * b2", "bias_penalised"),
    ("dW2", "np.dot(A1.T, delta2) + alpha / m * W2", "penalty_factor"),
)  # fmt: skip

# == mistakes: sign and mean throughout, and something more ==

wrong(
    "questions with code that adds its updates, marked as if it subtracted them",
    XOR_NET, ROWS,
    ("delta2", "(Y - A2) * A2 * (1 - A2)", {"sign", "missing_mean"}),
    ("dW2", "A1.T.dot((Y - A2) * (A2 * (1 - A2)))", {"sign", "missing_mean"}),
    ("dW1", "X.T.dot(((Y - A2) * A2 * (1 - A2)).dot(W2.T))",
     {"sign", "missing_mean", "activation_derivative_missing"}),
    ("delta2", "(Y - A2) * sigmoid(A2) * (1 - sigmoid(A2))",
     {"sign", "missing_mean", "derivative_at_A"}),
    ("delta2", "Y - A2", {"sign", "missing_mean", "output_derivative_missing"},
     {"sign", "missing_mean", "canonical_shortcut"}),
)  # fmt: skip
wrong(
    "the same, in the convention of the code itself",
    XOR_NET, ADDED,
    ("delta1", "delta2.dot(W2.T)", "activation_derivative_missing"),
    ("delta2", "(A2 - Y) * A2 * (1 - A2)", "sign"),
    ("delta2", "(Y - A2) * sigmoid(A2) * (1 - sigmoid(A2))", "derivative_at_A"),
    ("delta2", "Y - A2", "output_derivative_missing", "canonical_shortcut"),
    ("dW2", "A1.T.dot(A2 * (1 - A2))", "unknown", "loss_term_missing"),
    ("delta2", "(Y - A2) * A2 * (1 - A2) / m", "double_mean"),
)  # fmt: skip
wrong(
    "issue of a course notebook: x is multiplied on in the error term, sigma' is not",
    Net((3, 1), ("sigmoid",), SE, m=4, seed=21), ADDED,
    ("delta1", "Y - A1", "output_derivative_missing", "canonical_shortcut"),
    ("dW1", "X.T @ (Y - A1)", "output_derivative_missing", "canonical_shortcut"),
)  # fmt: skip
wrong(
    "issue of a matrix library: cross-entropy with the sign of an ascent",
    PLANAR, NG,
    ("dZ2", "Y - A2", "sign"),
    ("dW2", "(1/m) * np.dot(Y - A2, A1.T)", "sign"),
)  # fmt: skip
wrong(
    "pairs seen in forum threads",
    PLANAR, NG,
    ("dZ1", "np.dot(W2.T, Y - A2) * A1**2", {"sign", "wrong_derivative"}),
    ("dW2", "np.dot(dZ2, A2.T)", {"missing_mean", "wrong_layer"}),
    ("dZ1", "np.dot(W2.T, (A2 - Y) * A2 * (1 - A2))",
     {"output_derivative_twice", "activation_derivative_missing"}),
    ("db1", "np.sum(np.dot(W2.T, dZ2), axis=1, keepdims=True)",
     {"missing_mean", "activation_derivative_missing"}),
)  # fmt: skip

# == mistakes in LaTeX ==

wrong(
    "mathematics Q&A: LaTeX with the transposes forgotten",
    EQUAL, COLUMNS,
    ("delta1", r"(W^{[2]} \delta^{[2]}) \odot \sigma'(Z^{[1]})", "weights_not_transposed"),
    ("dW2", r"\delta^{[2]} A^{[2]T}", "wrong_layer"),
    ("delta2", r"\frac{1}{m} (A^{[2]} - Y)", "output_derivative_missing", "canonical_shortcut"),
)  # fmt: skip
wrong(
    "lecture notes: LaTeX of the deep course, with a slip",
    PLANAR, NG,
    ("dZ1", r"W^{[2]T} dZ^{[2]}", "activation_derivative_missing"),
    ("dW2", r"dZ^{[2]} A^{[1]T}", "missing_mean"),
    ("dW1", r"\frac{1}{m} dZ^{[1]} A^{[1]T}", "wrong_layer"),
    ("dZ2", r"Y - A^{[2]}", "sign"),
    ("dZ1", r"W^{[2]T} dZ^{[2]} \odot (1 - (Z^{[1]})^2)", "Z_for_A", "wrong_derivative"),
)  # fmt: skip
wrong(
    "assignment report: LaTeX with a subscripted notation",
    CURVE, COLUMNS,
    ("delta2", r"A_2 - Y", "missing_mean"),
    ("delta1", r"W_2^T \delta_2 \odot \tanh(Z_1)", "activation_for_derivative"),
    ("dW1", r"\delta_1 Z_1^T", "Z_for_A", "wrong_layer", {"Z_for_A", "wrong_layer"}),
    ("db1", r"\delta_1", "bias_not_summed"),
)  # fmt: skip

# == mistakes in code ==


def eleven_lines_without_slope(s):
    A1 = sigmoid(s.X @ s.W1 + s.b1)
    A2 = sigmoid(A1 @ s.W2 + s.b2)
    l2 = (s.Y - A2) * A2 * (1 - A2)
    l1 = l2 @ s.W2.T
    return {"delta2": l2, "delta1": l1, "dW2": A1.T @ l2, "dW1": s.X.T @ l1}


def slopes_taken_twice(s):
    A1 = sigmoid(s.W1 @ s.X + s.b1)
    A2 = sigmoid(s.W2 @ A1 + s.b2)
    s2 = -2 * sigmoid(A2) * (1 - sigmoid(A2)) * (s.Y - A2)
    s1 = sigmoid(A1) * (1 - sigmoid(A1)) * (s.W2.T @ s2)
    return {"dZ2": s2, "dZ1": s1, "dW2": s2 @ A1.T, "dW1": s1 @ s.X.T}


def one_unit_demo(s):
    h = sigmoid(s.X @ s.W1 + s.b1)
    a = sigmoid(h @ s.W2 + s.b2)
    gy = 2 * (a - s.Y) / s.m
    gh = gy @ s.W2.T
    return {
        "dW2": (gy * a * (1 - a) * s.W2).sum(axis=0, keepdims=True),
        "dW1": (gh * h * (1 - h) * s.W1).sum(axis=0, keepdims=True),
        "db1": (gh * h * (1 - h)).sum(axis=0),
    }


def xor_by_hand(s):
    h = sigmoid(s.X @ s.W1)
    y0 = sigmoid(h @ s.W2)
    e = -(s.Y - y0) / s.m
    return {
        "dW2": h.T @ e,
        "dW1": s.X.T @ ((e * y0 * (1 - y0)) @ s.W2.T * h * (1 - h)),
    }


def updated_too_early(s):
    A1 = sigmoid(s.X @ s.W1 + s.b1)
    A2 = sigmoid(A1 @ s.W2 + s.b2)
    d2 = (A2 - s.Y) * A2 * (1 - A2) / s.m
    W2 = s.W2 - s.lr * (A1.T @ d2)
    d1 = d2 @ W2.T * A1 * (1 - A1)
    return {"delta2": d2, "delta1": d1, "dW1": s.X.T @ d1, "W2_next": W2}


def digits_with_one_bias(s):
    A1 = relu(s.W1 @ s.X + s.b1)
    A2 = softmax(s.W2 @ A1 + s.b2, axis=0)
    d2 = A2 - s.Y
    d1 = (s.W2.T @ d2) * (s.W1 @ s.X + s.b1 > 0)
    return {
        "dW2": d2 @ A1.T / s.m,
        "db2": d2.sum() / s.m,
        "dW1": d1 @ s.X.T / s.m,
        "db1": d1.sum() / s.m,
    }


def labels_as_numbers(s):
    A1 = relu(s.X @ s.W1 + s.b1)
    A2 = softmax(A1 @ s.W2 + s.b2)
    d2 = (A2 - s.Y.argmax(axis=1)[:, None]) / s.m
    return {"delta2": d2, "dW2": A1.T @ d2}


def mask_by_equality(s):
    Z1 = s.X @ s.W1 + s.b1
    A2 = softmax(relu(Z1) @ s.W2 + s.b2)
    d1 = ((A2 - s.Y) / s.m) @ s.W2.T
    d1[Z1 == 0] = 0
    return {"delta1": d1, "dW1": s.X.T @ d1}


def slope_of_raw_input(s):
    Z1 = s.X @ s.W1 + s.b1
    A1 = sigmoid(Z1)
    A2 = sigmoid(A1 @ s.W2 + s.b2)
    d2 = (A2 - s.Y) * A2 * (1 - A2) / s.m
    d1 = d2 @ s.W2.T * Z1 * (1 - Z1)
    return {"delta1": d1, "dW1": s.X.T @ d1, "db1": d1.sum(axis=0)}


def penalty_from_ones(s):
    A1 = sigmoid(s.X @ s.W1 + s.b1)
    A2 = sigmoid(A1 @ s.W2 + s.b2)
    d2 = A2 - s.Y
    d1 = d2 @ s.W2.T * A1 * (1 - A1)
    return {
        "dW1": (s.X.T @ d1 + s.lam * s.W1) / s.m,
        "db1": (d1.sum(axis=0) + s.lam) / s.m,
        "dW2": (A1.T @ d2 + s.lam * s.W2) / s.m,
        "db2": (d2.sum(axis=0) + s.lam * s.b2) / s.m,
    }


def error_without_slope_on_the_way(s):
    A1 = sigmoid(s.W1 @ s.X + s.b1)
    A2 = sigmoid(s.W2 @ A1 + s.b2)
    e2 = A2 - s.Y
    e1 = s.W2.T @ e2
    return {"dW2": (e2 * A2 * (1 - A2)) @ A1.T, "dW1": (e1 * A1 * (1 - A1)) @ s.X.T}


def hidden_weights_updated_with_outer(s):
    A1 = np.tanh(s.X @ s.W1 + s.b1)
    d2 = (A1 @ s.W2 + s.b2 - s.Y) / s.m
    d1 = d2 @ s.W2.T * (1 - A1**2)
    return {"dW2": d2.T @ A1, "dW1": d1.T @ s.X, "db2": d2, "db1": d1.mean(axis=0)}


def softmax_over_everything(s):
    A1 = np.tanh(s.X @ s.W1 + s.b1)
    E = np.exp(A1 @ s.W2 + s.b2)
    A2 = E / E.sum()
    return {"A2": A2, "delta2": (A2 - s.Y) / s.m}


def coded(note, net, convention, function, **expected):
    """A wrong backward function, and the codes for each entry."""
    wrong(
        note,
        net,
        convention,
        *(
            (q, Entry(net, function, q), *(alt if isinstance(alt, list) else [alt]))
            for q, alt in expected.items()
        ),
    )


coded("question: the short XOR script without the hidden slope", XOR_NET, ROWS,
      eleven_lines_without_slope,
      delta2=[{"sign", "missing_mean"}], dW2=[{"sign", "missing_mean"}],
      delta1=[{"sign", "missing_mean", "activation_derivative_missing"}],
      dW1=[{"sign", "missing_mean", "activation_derivative_missing"}])  # fmt: skip
coded("the same in its own convention", XOR_NET, ADDED, eleven_lines_without_slope,
      delta2="correct", delta1="activation_derivative_missing", dW2="correct",
      dW1="activation_derivative_missing")  # fmt: skip
coded("question on XOR near 0.5: slopes at the outputs",
      Net((2, 2, 1), ("sigmoid", "sigmoid"), SE2, m=1, seed=22), COLUMNS, slopes_taken_twice,
      dZ2="derivative_at_A", dW2="derivative_at_A", dZ1="derivative_at_A",
      dW1="derivative_at_A")  # fmt: skip
coded("the same with four samples", XOR_DOUBLED, COLUMNS, slopes_taken_twice,
      dZ2=[{"derivative_at_A", "missing_mean"}], dZ1=[{"derivative_at_A", "missing_mean"}],
      dW1=[{"derivative_at_A", "missing_mean"}])  # fmt: skip
coded("review of a one-unit demonstration",
      Net((1, 1, 1), ("sigmoid", "sigmoid"), SE2, m=4, seed=15), ROWS, one_unit_demo,
      dW2=["wrong_name", "unknown"], db1=["output_derivative_missing", "canonical_shortcut"],
      dW1=[{"wrong_name", "output_derivative_missing"}, "unknown"])  # fmt: skip
coded("question on an XOR gate by hand, no biases", XOR_NO_BIAS, ROWS, xor_by_hand,
      dW2=["output_derivative_missing", "canonical_shortcut"], dW1="correct")  # fmt: skip
coded("issue of a data-science book: W2 changes before delta1", TWO_OUT, ROWS, updated_too_early,
      delta2="correct", delta1="weights_updated_first", dW1="weights_updated_first",
      W2_next="correct")  # fmt: skip
coded("a much-copied digit script", DIGITS, NG, digits_with_one_bias,
      dW2="correct", db2="wrong_axis", dW1="correct", db1="wrong_axis")  # fmt: skip
coded("question: labels are numbers", DIGITS, ROWS, labels_as_numbers,
      delta2="labels_not_one_hot", dW2="labels_not_one_hot")  # fmt: skip
coded("issue on a library: the mask is Z == 0", DIGITS, ROWS, mask_by_equality,
      delta1="activation_derivative_missing", dW1="activation_derivative_missing")  # fmt: skip
coded("issue of a collection of interview questions: z(1-z)", TWO_OUT, ROWS, slope_of_raw_input,
      delta1=["Z_for_A", "wrong_derivative"], dW1=["Z_for_A", "wrong_derivative"],
      db1=["Z_for_A", "wrong_derivative"])  # fmt: skip
coded("issue of a course solution: the bias column of the penalty", MULTILABEL_PENALTY,
      ROWS_MEAN_LAST, penalty_from_ones, dW1="correct", dW2="correct",
      db1=["bias_penalised", "penalty_without_weights",
           {"bias_penalised", "penalty_without_weights"}], db2="bias_penalised")  # fmt: skip
coded("Q&A site: errors go back without the slopes of the outputs", ONE_SAMPLE, COLUMNS,
      error_without_slope_on_the_way, dW2="correct",
      dW1=["output_derivative_missing", "canonical_shortcut"])  # fmt: skip
coded("pull request: weight changes were transposed", CURVE, ROWS,
      hidden_weights_updated_with_outer, dW2="transposed", dW1="transposed",
      db2="bias_not_summed", db1=["bias_mean", "double_mean"])  # fmt: skip
coded("issue of a fundamentals repository: softmax over the batch", DIGITS_TANH, ROWS,
      softmax_over_everything, A2="wrong_axis", delta2="wrong_axis")  # fmt: skip

# == right answers, each in its own convention ==

NG_DERIVATIVE = "-(np.divide(Y, {A}) - np.divide(1 - Y, 1 - {A}))"
right("a deep-learning specialisation, planar data", PLANAR, NG,
      loss="-(1/m) * np.sum(np.multiply(np.log(A2), Y) + np.multiply(1 - Y, np.log(1 - A2)))",
      dZ2="A2 - Y", dW2="(1/m) * np.dot(dZ2, A1.T)",
      db2="(1/m) * np.sum(dZ2, axis=1, keepdims=True)", dZ1=DZ1,
      dW1="(1/m) * np.dot(dZ1, X.T)", db1="(1/m) * np.sum(dZ1, axis=1, keepdims=True)",
      W1_next="W1 - learning_rate * dW1", b2_next="b2 - learning_rate * db2")  # fmt: skip
right("the same course, LaTeX of its summary slide", PLANAR, NG,
      dZ2=r"A^{[2]} - Y", dW2=r"\frac{1}{m} dZ^{[2]} A^{[1]T}",
      dZ1=r"W^{[2]T} dZ^{[2]} * (1 - (A^{[1]})^2)",
      dW1=r"\frac{1}{m} dZ^{[1]} X^T")  # fmt: skip
right("the same course, deep network", DEEP_CATS, NG,
      dA3=NG_DERIVATIVE.format(A="A3"), dZ3="dA3 * A3 * (1 - A3)",
      dW3="1./m * np.dot(dZ3, A2.T)", db3="1./m * np.sum(dZ3, axis=1, keepdims=True)",
      dA2="np.dot(W3.T, dZ3)", dZ2="np.multiply(dA2, A2 > 0)", dZ1="dA1 * (Z1 > 0)",
      dW1="np.dot(dZ1, X.T) / m", dA0="W1.T @ dZ1")  # fmt: skip
right("the same course, logistic regression", LOGISTIC, NG,
      Z1="np.dot(W1, X) + b1", A1="1 / (1 + np.exp(-(np.dot(W1, X) + b1)))",
      loss="(-1/m) * np.sum(Y * np.log(A1) + (1 - Y) * np.log(1 - A1))",
      dW1="(1/m) * np.dot(X, (A1 - Y).T).T", db1="(1/m) * np.sum(A1 - Y, axis=1, keepdims=True)",
      dZ1="A1 - Y")  # fmt: skip
right("the same course, cost as a product", LOGISTIC, NG,
      loss="-(np.dot(Y, np.log(A1).T) + np.dot(1 - Y, np.log(1 - A1).T)) / m")  # fmt: skip
right("the same course, penalty", CATS_PENALTY, NG,
      dW3="1./m * np.dot(dZ3, A2.T) + (alpha / m) * W3", db3="1./m * np.sum(dZ3, axis=1, "
      "keepdims=True)", dW1="1./m * (np.dot(dZ1, X.T) + alpha * W1)",
      loss="-np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m + alpha / (2 * m) * "
      "(np.sum(np.square(W1)) + np.sum(np.square(W2)) + np.sum(np.square(W3)))")  # fmt: skip
right("the same course, softmax", DIGITS, NG, dZ2="A2 - Y",
      A2="np.exp(Z2) / np.sum(np.exp(Z2), axis=0, keepdims=True)",
      loss="-np.sum(Y * np.log(A2)) / m", dZ1="W2.T.dot(dZ2) * (Z1 > 0)",
      dW2="1 / m * dZ2.dot(A1.T)", db1="1 / m * np.sum(dZ1, axis=1, keepdims=True)")  # fmt: skip
right("an image course's two-layer net", DIGITS_PENALTY, ROWS,
      delta2="(A2 - Y) / m", dW2="np.dot(A1.T, delta2) + alpha / m * W2",
      db2="np.sum(delta2, axis=0)", dA1="np.dot(delta2, W2.T)", delta1="dA1 * (A1 > 0)",
      dW1="np.dot(X.T, delta1) + alpha / m * W1", db1="np.sum(delta1, axis=0, keepdims=False)",
      loss="-np.sum(Y * np.log(A2)) / m + 0.5 * alpha / m * (np.sum(W1 * W1) + np.sum(W2 * W2))",
      )  # fmt: skip
right("an online book, quadratic cost, one sample", ONE_SAMPLE, COLUMNS,
      delta2="(A2 - Y) * (sigmoid(Z2) * (1 - sigmoid(Z2)))", db2="delta2",
      dW2="np.dot(delta2, A1.T)", delta1="np.dot(W2.T, delta2) * sigmoid(Z1) * (1 - sigmoid(Z1))",
      dW1="np.dot(delta1, X.T)", db1="delta1", loss="0.5 * np.sum((A2 - Y)**2)")  # fmt: skip
right("the same book, its four equations", ONE_SAMPLE, COLUMNS,
      delta2=r"(A^{2} - Y) \odot \sigma'(Z^{2})",
      delta1=r"((W^{2})^T \delta^{2}) \odot \sigma'(Z^{1})", dW2=r"\delta^{2} (A^{1})^T",
      db2=r"\delta^{2}")  # fmt: skip
right("the same book, cross-entropy, whole batch summed", MULTILABEL, SUMS_COLUMNS,
      delta2="A2 - Y", dW2="np.dot(delta2, A1.T)", db2="np.sum(delta2, axis=1, keepdims=True)",
      delta1="np.dot(W2.T, delta2) * d_sigmoid(Z1)",
      loss="np.sum(-Y * np.log(A2) - (1 - Y) * np.log(1 - A2))")  # fmt: skip
right("a pattern-recognition book, sum of squares, tanh", CURVE, SUMS,
      loss="0.5 * sum((A2 - Y)**2)", delta2="A2 - Y", delta1="(1 - A1**2) * (delta2 @ W2.T)",
      dW1="X.T @ delta1", dW2="A1.T @ delta2", db1="sum(delta1, axis=0)")  # fmt: skip
right("the same book, classes", DIGITS_TANH, SUMS, loss="-sum(Y * log(A2))", delta2="A2 - Y",
      dW2="A1.T @ delta2", delta1="(1 - A1**2) * (delta2 @ W2.T)")  # fmt: skip
right("a deep-learning textbook's algorithm: g, then g times f'", ONE_SAMPLE, COLUMNS,
      dA2="A2 - Y", delta2="dA2 * d_sigmoid(Z2)", db2="delta2", dW2="delta2 @ A1.T",
      dA1="W2.T @ delta2", delta1="dA1 * d_sigmoid(Z1)", dA0="W1.T @ delta1")  # fmt: skip
right("a scalar autograd lecture: squared differences added", Net((3, 4, 1), ("tanh", "tanh"), SE2,
      m=4, seed=23), SUMS, loss="sum((A2 - Y)**2)", dA2="2 * (A2 - Y)",
      delta2="(1 - A2**2) * 2 * (A2 - Y)", dW2="A1.T @ delta2",
      W2_next="W2 + -learning_rate * dW2")  # fmt: skip
right("eleven lines, added updates", XOR_NET, ADDED, delta2="(Y - A2) * (A2 * (1 - A2))",
      delta1="delta2.dot(W2.T) * (A1 * (1 - A1))", dW2="A1.T.dot(delta2)", dW1="X.T.dot(delta1)",
      dA2="Y - A2", db2="delta2.sum(axis=0)")  # fmt: skip
right("eleven lines, one layer", Net((3, 1), ("sigmoid",), SE, m=4, biases=False, seed=24), ADDED,
      delta1="(Y - A1) * (A1 * (1 - A1))", dW1="np.dot(X.T, delta1)")  # fmt: skip
right("a book that groks: relu and squares, doubled", Net((3, 4, 1), ("relu", "identity"), SE2, m=4,
      biases=False, seed=25), ADDED, delta2="2 * (Y - A2)", loss="np.sum((A2 - Y)**2)",
      delta1="delta2.dot(W2.T) * (A1 > 0)", dW1="X.T.dot(delta1)")  # fmt: skip
right("a step-by-step example with numbers", STEP_BY_STEP, ROWS,
      loss="sum(0.5 * (Y - A2)**2)", dA2="-(Y - A2)", delta2="-(Y - A2) * A2 * (1 - A2)",
      dW2="A1.T @ delta2", delta1="(delta2 @ W2.T) * A1 * (1 - A1)", dW1="X.T @ delta1",
      W2_next="W2 - learning_rate * dW2")  # fmt: skip
right("the same, every gradient an outer product", STEP_BY_STEP, ROWS,
      dW2="np.outer(A1, delta2)", dW1="np.outer(X, delta1)")  # fmt: skip
right("a practical course from the foundations: mse and lin_grad", Net((4, 5, 1),
      ("relu", "identity"), SE2, m=6, seed=26), ROWS, dA2="2. * (A2 - Y) / m",
      dA1="delta2 @ W2.T", dW2="A1.T @ delta2", db2="delta2.sum(0)",
      delta1="(Z1 > 0) * dA1", loss="np.mean((A2 - Y)**2)")  # fmt: skip
right("an interactive textbook: weight decay, one sample", Net((3, 4, 2), ("tanh", "identity"), SE,
      m=1, alpha=0.3, biases=False, seed=27), COLUMNS, dA2="A2 - Y",
      dW2="delta2 @ A1.T + alpha * W2", dA1="W2.T @ delta2", dZ1="dA1 * d_tanh(Z1)",
      dW1="dZ1 @ X.T + alpha * W1")  # fmt: skip
right("a video series on statistics: sum of squared residuals", Net((1, 2, 1),
      ("tanh", "identity"), SE2, m=3, seed=28), SUMS, loss="np.sum((Y - A2)**2)",
      dA2="-2 * (Y - A2)", db2="np.sum(-2 * (Y - A2), axis=0)",
      dW2="A1.T @ (-2 * (Y - A2))")  # fmt: skip
right("a book on nets in plain NumPy: dinputs / samples", DIGITS, ROWS,
      A2="np.exp(Z2) / np.sum(np.exp(Z2), axis=1, keepdims=True)", dZ2="(A2 - Y) / m",
      dA2="(-Y / A2) / m", dW2="np.dot(A1.T, dZ2)", db2="np.sum(dZ2, axis=0, keepdims=True)",
      dA1="np.dot(dZ2, W2.T)", dZ1="np.where(Z1 <= 0, 0, dA1)",
      W1_next="W1 + -learning_rate * dW1")  # fmt: skip
right("a lecture on manual backprop: dlogits and dhpreact", DIGITS_TANH, ROWS,
      delta2="(softmax(Z2) - Y) / m", dA1="delta2 @ W2.T", dW2="A1.T @ delta2",
      db2="delta2.sum(0)", delta1="(1.0 - A1**2) * dA1", dW1="X.T @ delta1",
      db1="delta1.sum(axis=0)")  # fmt: skip
right("a video on backpropagation calculus: (a - y)^2, chain of units", CHAIN, COLUMNS,
      dA2="2 * (A2 - Y)", delta2="A2 * (1 - A2) * 2 * (A2 - Y)", dW2="A1 * d_sigmoid(Z2) * dA2",
      db2="d_sigmoid(Z2) * 2 * (A2 - Y)", dA1="W2 * d_sigmoid(Z2) * dA2")  # fmt: skip
right("a hands-on book: linear regression by batch gradient descent", LINE_DOUBLED, ROWS,
      dW1="2 / m * X.T.dot(X.dot(W1) + b1 - Y)", db1="2 / m * np.sum(X @ W1 + b1 - Y, axis=0)",
      loss="np.mean((X @ W1 + b1 - Y)**2)", W1_next="W1 - learning_rate * dW1")  # fmt: skip
right("a book on machine learning in Python: sums, penalty as it is", MULTILABEL_PENALTY, SUMS,
      delta2="A2 - Y", delta1="np.dot(delta2, W2.T) * (A1 * (1. - A1))",
      dW2="np.dot(A1.T, delta2) + W2 * alpha", db1="np.sum(delta1, axis=0)",
      loss="np.sum(-Y * np.log(A2) - (1. - Y) * np.log(1. - A2)) + "
      "alpha / 2 * (np.sum(W1**2.) + np.sum(W2**2.))")  # fmt: skip
right("its successor: mean squared error, logistic outputs", Net((3, 4, 2), ("sigmoid", "sigmoid"),
      SE2, m=5, seed=29), ROWS, dA2="2. * (A2 - Y) / m", delta2="dA2 * (A2 * (1. - A2))",
      dW2="np.dot(delta2.T, A1).T", db2="np.sum(delta2, axis=0)", dA1="np.dot(delta2, W2.T)",
      dW1="np.dot((dA1 * (A1 * (1. - A1))).T, X).T")  # fmt: skip
right("the paper of 1986: the generalised delta rule", TWO_OUT, ADDED,
      delta2="(Y - A2) * A2 * (1 - A2)", delta1="A1 * (1 - A1) * (delta2 @ W2.T)",
      dW1="X.T @ delta1", W1_next="W1 + learning_rate * X.T @ delta1")  # fmt: skip
right("a classic textbook of machine learning: o(1-o)(t-o)", Net((3, 2, 2), ("sigmoid", "sigmoid"),
      SE, m=1, seed=30), ADDED, delta2="A2 * (1 - A2) * (Y - A2)",
      delta1="A1 * (1 - A1) * np.dot(delta2, W2.T)", W2_next="W2 + learning_rate * A1.T @ delta2",
      b1_next="b1 + learning_rate * np.sum(delta1, axis=0)")  # fmt: skip
right("a video course on demystified networks", Net((2, 3, 1), ("sigmoid", "sigmoid"), SE, m=3,
      biases=False, seed=31), SUMS, loss="0.5 * sum((Y - A2)**2)",
      delta2="np.multiply(-(Y - A2), np.exp(-Z2) / (1 + np.exp(-Z2))**2)",
      dW2="np.dot(A1.T, delta2)", delta1="np.dot(delta2, W2.T) * np.exp(-Z1) / "
      "((1 + np.exp(-Z1))**2)", dW1="np.dot(X.T, delta1)")  # fmt: skip
right("a machine-learning course of 2011, exercise 4", MULTILABEL_PENALTY, ROWS_MEAN_LAST,
      delta2="A2 - Y", delta1="(delta2 @ W2.T) * (sigmoid(Z1) * (1 - sigmoid(Z1)))",
      dW1="X.T @ delta1 / m + (alpha / m) * W1", db1="sum(delta1, axis=0) / m",
      loss="(1/m) * sum(-Y * log(A2) - (1 - Y) * log(1 - A2)) + alpha / (2*m) * "
      "(sum(W1**2) + sum(W2**2))")  # fmt: skip
right("a much-read blog: softmax and tanh, gradients summed", Net((2, 3, 2), ("tanh", "softmax"),
      LOG, m=6, alpha=0.01, seed=32), SUMS, delta2="A2 - Y", dW2="(A1.T).dot(delta2) + alpha * W2",
      db2="np.sum(delta2, axis=0, keepdims=True)",
      delta1="delta2.dot(W2.T) * (1 - np.power(A1, 2))", db1="np.sum(delta1, axis=0)")  # fmt: skip
right("an introduction with people's heights: one sample, (1 - pred)^2", Net((2, 2, 1),
      ("sigmoid", "sigmoid"), SE2, m=1, seed=33), ROWS, dA2="-2 * (Y - A2)",
      dW2="A1.T @ (dA2 * d_sigmoid(Z2))", dA1="(dA2 * d_sigmoid(Z2)) @ W2.T",
      db1="(dA1 * d_sigmoid(Z1)).sum(axis=0)")  # fmt: skip
right("a nanodegree's admissions data: error terms, added", Net((3, 2, 1), ("sigmoid", "sigmoid"),
      SE, m=6, seed=34), ADDED, delta2="(Y - A2) * A2 * (1 - A2)",
      delta1="np.dot(delta2, W2.T) * A1 * (1 - A1)", dW1="np.dot(X.T, delta1)",
      dW2="np.dot(A1.T, delta2)")  # fmt: skip
right("the same, the update divided by the number of records", Net((3, 2, 1),
      ("sigmoid", "sigmoid"), SE, m=6, seed=34), ADDED_MEAN,
      delta2="(Y - A2) * A2 * (1 - A2)", dW2="A1.T @ delta2 / m",
      W2_next="W2 + learning_rate * A1.T @ delta2 / m")  # fmt: skip
right("a book on making one's own network: E O (1-O) O^T", Net((3, 3, 3), ("sigmoid", "sigmoid"),
      SE, m=1, biases=False, seed=35), ADDED_COLUMNS, dA2="Y - A2",
      delta2="dA2 * A2 * (1.0 - A2)", dW2="np.dot(delta2, np.transpose(A1))",
      W2_next="W2 + learning_rate * np.dot((Y - A2) * A2 * (1.0 - A2), np.transpose(A1))"
      )  # fmt: skip
right("a wiki on feature learning: columns, decay", Net((3, 4, 2), ("sigmoid", "sigmoid"), SE, m=5,
      alpha=0.2, seed=36), NG, delta2="-(Y - A2) * d_sigmoid(Z2)",
      delta1="(W2.T @ delta2) * (A1 * (1 - A1))", dW1="(1/m) * delta1 @ X.T + alpha / m * W1",
      db1="(1/m) * sum(delta1, axis=1, keepdims=True)")  # fmt: skip
right("a framework's examples in plain NumPy: sum of squares, no biases", NO_BIAS_RELU, SUMS,
      loss="np.square(A2 - Y).sum()", dA2="2.0 * (A2 - Y)", dW2="A1.T.dot(delta2)",
      dA1="delta2.dot(W2.T)", delta1="np.where(Z1 < 0, 0, dA1)", dW1="X.T.dot(delta1)",
      W1_next="W1 - learning_rate * dW1")  # fmt: skip
right("a statistics textbook: -2 (y - f) g'", TWO_OUT_DOUBLED, SUMS,
      delta2="-2 * (Y - A2)", delta1="(Z1 > 0) * (delta2 @ W2.T)", dW2="A1.T @ delta2",
      loss="sum((Y - A2)**2)")  # fmt: skip
right("a neural-network design book: sensitivities", ONE_SAMPLE_DOUBLED, COLUMNS,
      delta2="-2 * (Y - A2)", delta1="(A1 * (1 - A1)) * (W2.T @ delta2)",
      W2_next="W2 - learning_rate * delta2 @ A1.T", b1_next="b1 - learning_rate * delta1"
      )  # fmt: skip
right("a comprehensive foundation: local gradients, added", Net((2, 3, 2), ("tanh", "tanh"), SE,
      m=1, seed=37), ADDED_COLUMNS, delta2="(Y - A2) * (1 - A2) * (1 + A2)",
      delta1="(1 - A1) * (1 + A1) * (W2.T @ delta2)", dW1="delta1 @ X.T")  # fmt: skip
right("softmax by its Jacobian", DIGITS, ROWS,
      delta2="A2 * (dA2 - sum(dA2 * A2, axis=1, keepdims=True))", dA2="-Y / (m * A2)")  # fmt: skip
right("softmax with the squared error, by its Jacobian", DIGITS_SQUARED, ROWS,
      delta2="A2 * ((A2 - Y) - np.sum((A2 - Y) * A2, axis=1, keepdims=True)) / m",
      dW2="A1.T @ delta2")  # fmt: skip
right("hyperbolic forms of tanh'", CURVE_ONE, ROWS,
      delta1="(delta2 @ W2.T) * sech(Z1)**2", dW1="X.T @ ((delta2 @ W2.T) * "
      "(4 / (np.exp(Z1) + np.exp(-Z1))**2))", A1="(np.exp(Z1) - np.exp(-Z1)) / "
      "(np.exp(Z1) + np.exp(-Z1))")  # fmt: skip
right("logistic forms", PLANAR_SIGMOID, ROWS, A1="np.exp(Z1) / (1 + np.exp(Z1))",
      delta1="(delta2 @ W2.T) * (A1 - A1**2)", dA2="(A2 - Y) / (m * A2 * (1 - A2))",
      loss="np.mean(np.log(1 + np.exp(Z2)) - Y * Z2)",
      delta2="(sigmoid(Z2) - Y) * (1 / m)")  # fmt: skip
right("everything inlined", PLANAR, NG,
      dW1="(1/m) * np.dot(np.dot(W2.T, A2 - Y) * (1 - np.power(A1, 2)), X.T)",
      db1="np.mean(np.dot(W2.T, A2 - Y) * (1 - A1 * A1), axis=1, keepdims=True)",
      dW2="np.mean((A2 - Y) * A1, axis=1, keepdims=True).T")  # fmt: skip
right("three layers of a course's second assignment", DEEP, ROWS,
      delta3="(A3 - Y) / m", delta2="(delta3 @ W3.T) * (1 - A2**2)",
      delta1="(((delta3 @ W3.T) * (1 - A2**2)) @ W2.T) * (1 - A1**2)",
      dW1="X.T @ (((delta3 @ W3.T) * (1 - A2**2) @ W2.T) * (1 - A1**2))",
      db3="np.sum(delta3, axis=0)")  # fmt: skip
right("a survey's LaTeX, columns", DEEP, COLUMNS,
      delta3=r"\frac{1}{m} (A^{[3]} - Y)", delta2=r"W^{[3]\top} \delta^{[3]} \odot "
      r"(1 - A^{[2]} \odot A^{[2]})", dW2=r"\delta^{[2]} A^{[1]\top}")  # fmt: skip
right("regression report in LaTeX with subscripts", CURVE, COLUMNS,
      delta2=r"\frac{A_2 - Y}{m}", delta1=r"W_2^T \delta_2 \odot \tanh'(Z_1)",
      dW1=r"\delta_1 X^T")  # fmt: skip


# == whole backward functions, right ==


def deep_course(s):
    A1 = np.tanh(s.W1 @ s.X + s.b1)
    A2 = sigmoid(s.W2 @ A1 + s.b2)
    dZ2 = A2 - s.Y
    dZ1 = (s.W2.T @ dZ2) * (1 - A1**2)
    mean = lambda D: D.sum(axis=1, keepdims=True) / s.m  # noqa: E731
    return {
        "dW1": dZ1 @ s.X.T / s.m, "db1": mean(dZ1), "dW2": dZ2 @ A1.T / s.m, "db2": mean(dZ2),
    }  # fmt: skip


def image_course(s):
    Z1 = s.X @ s.W1 + s.b1
    A1 = np.maximum(0, Z1)
    scores = A1 @ s.W2 + s.b2
    dscores = softmax(scores)
    dscores[np.arange(s.m), s.Y.argmax(axis=1)] -= 1
    dscores /= s.m
    dhidden = dscores @ s.W2.T
    dhidden[Z1 <= 0] = 0
    return {
        "dW2": A1.T @ dscores + s.lam / s.m * s.W2, "db2": dscores.sum(axis=0),
        "dW1": s.X.T @ dhidden + s.lam / s.m * s.W1, "db1": dhidden.sum(axis=0),
    }  # fmt: skip


def eleven_lines(s):
    l1 = sigmoid(s.X @ s.W1 + s.b1)
    l2 = sigmoid(l1 @ s.W2 + s.b2)
    l2_delta = (s.Y - l2) * (l2 * (1 - l2))
    l1_delta = l2_delta @ s.W2.T * (l1 * (1 - l1))
    return {"dW2": l1.T @ l2_delta, "dW1": s.X.T @ l1_delta, "delta1": l1_delta}


def loops_over_samples(s):
    dW1, dW2 = np.zeros_like(s.W1), np.zeros_like(s.W2)
    for x, y in zip(s.X, s.Y, strict=True):
        h = np.tanh(x @ s.W1 + s.b1)
        e = h @ s.W2 + s.b2 - y
        dW2 += np.outer(h, e) / s.m
        dW1 += np.outer(x, (s.W2 @ e) * (1 - h**2)) / s.m
    return {"dW1": dW1, "dW2": dW2}


for _note, _net, _convention, _function in [
    ("whole function: a deep-learning specialisation", PLANAR, NG, deep_course),
    ("whole function: an image course", DIGITS_PENALTY, ROWS, image_course),
    ("whole function: eleven lines", XOR_NET, ADDED, eleven_lines),
    ("whole function: loops over the samples", CURVE, ROWS, loops_over_samples),
]:
    _keys = {"deep_course": "dW1 db1 dW2 db2", "image_course": "dW1 db1 dW2 db2",
             "eleven_lines": "dW2 dW1 delta1", "loops_over_samples": "dW1 dW2"}  # fmt: skip
    right(
        _note,
        _net,
        _convention,
        **{q: Entry(_net, _function, q) for q in _keys[_function.__name__].split()},
    )

CASES = WRONG + RIGHT
