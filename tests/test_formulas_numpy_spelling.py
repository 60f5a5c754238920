"""Formulas in NumPy's spelling: each has the value that NumPy gives to the same text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_formulas import FUNCTIONS, ROWS, assert_equal_values, same_examples

from sknn_edu import BackpropClassifier
from sknn_edu.formulas import ExpressionError, Latex, Scope, parse, to_columns
from sknn_edu.formulas.html import FormulaHtml
from sknn_edu.formulas.layout import Layout
from sknn_edu.formulas.tree import Name
from sknn_edu.teaching import check_derivation
from sknn_edu.teaching.marking import at_once, numbers

COLUMNS = Layout.COLUMNS
RNG = np.random.default_rng(5)
# Samples in columns, as in the most taken course: 3 features, 4 hidden units, 2 outputs, 5 samples.
SHAPES = {
    **{"X": (3, 5), "A0": (3, 5), "Z1": (4, 5), "A1": (4, 5), "delta1": (4, 5), "dA1": (4, 5)},
    **{"W1": (4, 3), "b1": (4, 1), "dW1": (4, 3), "db1": (4, 1), "dZ1": (4, 5), "v1": (4,)},
    **{"Z2": (2, 5), "A2": (2, 5), "delta2": (2, 5), "dA2": (2, 5), "W2": (2, 4), "b2": (2, 1)},
    **{"dW2": (2, 4), "db2": (2, 1), "dZ2": (2, 5), "Y": (2, 5)},
}
VALUES = {name: RNG.normal(size=shape) for name, shape in SHAPES.items()}
VALUES["A1"], VALUES["A2"] = np.abs(VALUES["A1"]) % 1, np.abs(VALUES["A2"]) % 1
VALUES["A0"], VALUES["dZ1"], VALUES["dZ2"] = (VALUES[n] for n in ("X", "delta1", "delta2"))
VALUES |= {"m": 5, "alpha": 0.25, "learning_rate": 0.1}
CALLABLE = FUNCTIONS[COLUMNS].for_answers()


def read(text, **kwargs):
    return parse(text, list(VALUES), CALLABLE, **kwargs)


def value(text, **kwargs):
    return read(text, **kwargs).value(Scope(VALUES, FUNCTIONS[COLUMNS]))


SPELLINGS = """
np.dot(dZ2, A1.T) / m
numpy.dot(W2.T, dZ2)
np.matmul(W1, X) + b1
(1/m) * np.dot(dZ1, X.T)
1./m * np.dot(dZ1, X.T)
np.dot(1 / m, np.dot(dZ2, A1.T))
np.dot(dZ2, A1.T).dot(1/m)
dZ2.dot(A1.T)
np.dot(W2.T, dZ2).dot(A1.T)
np.dot(v1, A1)
np.dot(A1.T, v1)
v1 @ v1
np.dot(v1, v1)
W2.transpose().dot(dZ2)
np.transpose(W2) @ dZ2
np.multiply(dA1, 1 - np.power(A1, 2))
np.multiply(dA1, 1 - A1**2)
np.divide(np.subtract(A2, Y), m)
np.add(Z1, b1)
np.negative(dZ1)
-np.square(A1)
np.power(A1, 0.5)
np.reciprocal(A1)
np.sum(dZ2, axis=1, keepdims=True) / m
np.sum(dZ2, axis = 1, keepdims = True)
np.sum(dZ2, 1)
np.sum(dZ2, axis=-1)
np.sum(dZ2)
np.sum(dZ2, keepdims=True, axis=1)
dZ2.sum(axis=1, keepdims=True)
dZ2.sum(1)
dZ2.sum()
dZ2.mean(axis=1, keepdims=True)
np.mean(dZ2, axis=1, keepdims=True)
np.average(dZ2)
np.mean(np.square(A2 - Y))
((A2 - Y)**2).mean()
np.max(Z2, axis=0, keepdims=True)
Z2.max()
Z2.min(axis=1)
np.amax(Z2, 0)
np.exp(Z2 - np.max(Z2, axis=0)) / np.sum(np.exp(Z2 - np.max(Z2, axis=0)), axis=0)
np.exp(-Z1)
1 / (1 + np.exp(-Z1))
np.e ** (-Z1)
np.pi * Z1
np.log(A2)
np.log1p(A2)
np.expm1(A2)
np.sqrt(A1)
np.abs(Z1)
np.absolute(Z1)
np.fabs(Z1)
np.sign(Z1)
np.tanh(Z1)
1 - np.tanh(Z1)**2
np.sinh(Z1) / np.cosh(Z1)
np.maximum(0, Z1)
np.minimum(Z1, 1.)
np.maximum(0.01 * Z1, Z1)
np.fmax(Z1, A1)
np.clip(Z1, -1, 0.5)
Z1.clip(-1, 0.5)
np.where(Z1 > 0, 1, 0)
np.where(Z1 > 0, dA1, 0.0)
np.where(Z1 > 0, 1., 0.01) * dA1
np.where(Z1, 2, 3)
dA1 * (Z1 > 0)
dA1 * (Z1 >= 0)
dA1 * (0 < Z1)
dA1 * (Z1 > 0).astype(float)
dA1 * (Z1 > 0).astype(int)
dA1 * (Z1 > 0).astype(np.float64)
np.int64(Z1 > 0) * dA1
np.float64(Z1 <= 0)
np.multiply(dA1, np.int64(A1 > 0))
1.0 * (Z1 == A1)
1.0 * (Z1 != A1)
np.greater(Z1, 0) * 1.
np.less_equal(Z1, 0) * 1.
np.heaviside(Z1, 0)
np.heaviside(Z1, 0.5)
np.zeros_like(Z1) + np.ones_like(Z1)
np.outer(v1, v1)
np.outer(db2, v1)
v1.reshape(-1, 1)
v1.reshape((4, 1))
v1.reshape(1, -1)
np.reshape(v1, (-1, 1))
v1[:, np.newaxis]
v1[:, None]
v1[None, :]
np.sum(dZ1, axis=1).reshape(-1, 1)
np.sum(dZ1, axis=1).reshape(b1.shape[0], 1)
b1.flatten()
b1.ravel()
np.ravel(b1)
np.squeeze(b1)
np.squeeze(np.sum(A1))
X.shape[1]
np.dot(dZ2, A1.T) / Y.shape[1]
np.dot(dZ2, A1.T) / X.shape[-1]
len(Y)
Y.size
np.shape(Y)[0]
np.sum((A2 - Y)**2) / Y.size
np.linalg.norm(W2)**2
np.array(dZ1)
np.copy(dZ1)
float(m)
+dZ1
math.sqrt(m) * dZ1
-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
-1/m * np.sum(np.multiply(Y, np.log(A2)) + np.multiply(1-Y, np.log(1-A2)))
- (np.divide(Y, A2) - np.divide(1 - Y, 1 - A2))
""".strip().split("\n")


@pytest.mark.parametrize("text", SPELLINGS)
def test_numpy_gives_the_same(text):
    scope = {"np": np, "numpy": np, "math": math, "len": len, "float": float, **VALUES}
    with np.errstate(all="ignore"):
        assert_equal_values(value(text), np.asarray(eval(text, {}, scope), float), rtol=1e-13)


@pytest.mark.parametrize("text", SPELLINGS)
def test_what_was_read_can_be_printed_and_read_again(text):
    formula = read(text)
    assert read(str(formula)) == formula
    assert "np." not in str(formula)
    assert Latex(COLUMNS)(formula)
    assert FormulaHtml(COLUMNS)(formula)


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_node_has_its_place_in_the_text(text):
    formula = read(text)
    for node in formula.walk():
        first, end = node.span
        assert 0 <= first < end <= len(text)
        if isinstance(node, Name):
            assert node.id in text[first:end]
    assert text[: formula.span[1]].strip(" +()") or text.startswith("(")


def has_vectors(formula):
    """Whether something in it is a vector, which has no transpose."""
    scope = Scope(VALUES, FUNCTIONS[COLUMNS])
    return any(np.ndim(node.value(scope)) == 1 for node in formula.walk())


@pytest.mark.parametrize("text", [t for t in SPELLINGS if not has_vectors(read(t))])
def test_the_formula_for_rows_gives_the_transpose(text):
    rows = {name: np.transpose(array) for name, array in VALUES.items()}
    turned = to_columns(read(text)).value(Scope(rows, FUNCTIONS[ROWS]))
    assert_equal_values(np.transpose(turned), value(text))


SAME = [
    ("jnp.dot(W2.T, dZ2)", "W2.T @ dZ2"),
    ("torch.mm(W2.t(), dZ2)", "W2.T @ dZ2"),
    ("torch.matmul(W2.T, dZ2) * (1 - torch.tanh(Z1) ** 2)", "W2.T @ dZ2 * (1 - tanh(Z1)**2)"),
    ("torch.sum(dZ1, dim=1, keepdim=True)", "sum(dZ1, axis=1, keepdims=True)"),
    ("tf.reduce_sum(dZ1, axis=1, keepdims=True)", "sum(dZ1, axis=1, keepdims=True)"),
    ("tf.reduce_mean(tf.square(A2 - Y))", "mean((A2 - Y)**2)"),
    ("tf.nn.relu(Z1)", "relu(Z1)"),
    ("F.relu(Z1)", "relu(Z1)"),
    ("torch.sigmoid(Z1)", "sigmoid(Z1)"),
    ("scipy.special.expit(Z1)", "logistic(Z1)"),
    ("sigma(Z1) * (1 - sigma(Z1))", "logistic(Z1) * (1 - logistic(Z1))"),
    ("ReLU(Z1)", "relu(Z1)"),
    ("sigmoid_prime(Z1)", "d_logistic(Z1)"),
    ("sigmoid_derivative(Z1)", "d_logistic(Z1)"),
    ("relu_grad(Z1)", "d_relu(Z1)"),
    ("dtanh(Z1)", "d_tanh(Z1)"),
    ("max(0, Z1)", "maximum(0, Z1)"),
    ("dot(W2.T, dZ2)", "W2.T @ dZ2"),
    ("multiply(Z1, A1)", "Z1 * A1"),
    ("pow(A1, 2)", "A1**2"),
    ("ln(A2)", "log(A2)"),
    # other names of the same arrays
    ("dZ_2 @ A_1.T", "dZ2 @ A1.T"),
    ("dz2 @ a1.T", "dZ2 @ A1.T"),
    ("w2.T @ dz2", "W2.T @ dZ2"),
    ("dw_2", "dW2"),
    ("x", "X"),
    ("y_hat - y", "A2 - Y"),
    ("hidden_layer.T @ dscores + reg * W2", "A1.T @ delta2 + alpha * W2"),  # CS231n
    ("dhidden * (hidden_layer > 0) + 0 * h", "dA1 * (A1 > 0) + 0 * A1"),
    ("softmax(scores)", "softmax(Z2)"),
    ("y - t", "A2 - Y"),  # Bishop: y is the output where t, or the like, is beside it
    ("y - target", "A2 - Y"),
    ("a2 - t + 0 * y", "A2 - Y + 0 * Y"),
    ("Yhat - Y", "A2 - Y"),
    ("y_pred - y_true", "A2 - Y"),
    ("AL - Y", "A2 - Y"),
    ("A_L - Y", "A2 - Y"),
    ("(A2 - Y) / n", "(A2 - Y) / m"),
    ("(A2 - Y) / N", "(A2 - Y) / m"),
    ("(A2 - Y) / batch_size", "(A2 - Y) / m"),
    ("W1 - lr * dW1", "W1 - learning_rate * dW1"),
    ("W1 - eta * dw1", "W1 - learning_rate * dW1"),
    ("lam * W1", "alpha * W1"),
    ("lambda_ / m * W1", "alpha / m * W1"),
    ("A[1] @ delta[2]", "A1 @ delta2"),
    ("delta_2", "delta2"),
    ("Delta2", "delta2"),
    ("d2", "delta2"),
    ("dJ_dW2", "dW2"),
    ("dL_dA1", "dA1"),
    ("grad_W2", "dW2"),
]


@pytest.mark.parametrize(("text", "same"), SAME)
def test_other_libraries_and_other_names(text, same):
    assert str(read(text)) == same


def test_a_name_that_is_there_is_never_taken_for_another():
    names = ["n", "N", "lr", "m", "learning_rate", "a1", "A1"]
    for name in names:
        assert str(parse(name, names, ())) == name
    with pytest.raises(ExpressionError, match="There is no 'w'"):
        parse("w", ["W1"], ())
    assert str(parse("w1 + W1", ["w1", "W1", "w"], ())) == "w1 + W1"


@pytest.mark.parametrize(
    ("layout", "text", "same"),
    [
        ("columns", "X.shape[1]", "m"),
        ("columns", "dZ2.shape[-1]", "m"),
        ("columns", "W1.shape[1]", "W1.shape[1]"),
        ("columns", "X.shape[0]", "X.shape[0]"),
        ("columns", "len(X)", "X.shape[0]"),
        ("rows", "X.shape[0]", "m"),
        ("rows", "len(Y)", "m"),
        ("rows", "A1.shape[-2]", "m"),
        ("rows", "A1.shape[1]", "A1.shape[1]"),
    ],
)
def test_in_a_layout_the_number_of_samples_is_m(layout, text, same):
    assert str(read(text, layout=Layout.of(layout))) == same


def test_without_a_layout_a_size_is_counted():
    assert value("X.shape[1]") == 5
    assert value("W1.shape[0]") == 4


PIECES = [
    *(
        "np.",
        "torch.",
        "F.",
        "(",
        ")",
        ",",
        "dot",
        "sum",
        "where",
        "shape",
        "[0]",
        "[:, None]",
        "T",
    ),
    *(
        "reshape",
        "-1",
        "astype",
        "float",
        "A1",
        "Z1",
        ".",
        ">",
        "==",
        "axis=",
        "0",
        "1",
        "keepdims",
    ),
    *(
        "=True",
        "None",
        "clip",
        "power",
        "max",
        "e",
        "outer",
        "int64",
        "copy",
        "size",
        " ",
        "-",
        "@",
    ),
]


@same_examples
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_read_or_refused_and_read_again(text):
    try:
        formula = read(text, layout=COLUMNS)
    except ExpressionError:
        return
    assert read(str(formula), layout=COLUMNS) == formula


LARGE = {
    "rows": {
        "dW2": "np.dot(A1.T, A2 - Y) / X.shape[0]",
        "db2": "np.sum(A2 - Y, axis=0) / len(X)",
        "delta1": "np.where(Z1 > 0, delta2.dot(W2.T), 0)",
        "delta2": "(A2 - Y) / np.shape(Y)[0] + 0 * np.max(A1) * X.size",
    },
    "columns": {
        "dW2": "np.dot(A2 - Y, A1.T) / X.shape[1]",
        "db2": "np.sum(A2 - Y, axis=1).reshape(-1, 1) / Y.shape[-1]",
        "delta1": "np.dot(W2.T, delta2) * (Z1 > 0)",
        "delta2": "(A2 - Y) / X.shape[1] + 0 * np.max(A1, axis=1).sum()",
    },
}


@pytest.mark.parametrize("layout", LARGE)
def test_it_can_be_computed_a_few_samples_at_a_time(layout, monkeypatch):
    monkeypatch.setattr(at_once, "LARGE", 1)
    monkeypatch.setattr(numbers, "BYTES_OF_A_PIECE", 2**12)
    X = RNG.normal(size=(300, 3))
    est = BackpropClassifier(4, "relu", alpha=0, random_state=0).initialize(X, X[:, 0] > 0)
    marking = check_derivation(est, X, X[:, 0] > 0, LARGE[layout], layout)
    assert marking.correct, marking
