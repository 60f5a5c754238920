"""A Python file is read, not run: the formulas in it give what running it gives."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_formulas import same_examples
from student_code import CODES

from sknn_edu.activations import Activation
from sknn_edu.formulas import Functions, Scope, parse
from sknn_edu.formulas.layout import Layout
from sknn_edu.losses import SquaredError
from sknn_edu.teaching.reading import formulas_of_source

SNIPPETS = [
    "[",
    "]",
    "(",
    ")",
    ":",
    "=",
    " = ",
    "-1",
    "self.",
    "[0]",
    "dW2",
    "l",
    "str(l)",
    "\n",
    "x",
]


def network(activations, layout, *, biases):
    """All arrays of a forward and backward pass with a delta, computed here with NumPy."""
    rng = np.random.default_rng(3)
    sizes = [*[3, 4, 5][: len(activations)], 2]
    L, m = len(activations), 6
    values = {"m": m, "alpha": 0.3, "learning_rate": 0.7}
    labels = rng.integers(0, 2, m)
    A = values["X"] = values["A0"] = rng.normal(size=(m, 3))
    values["Y"] = np.eye(2)[labels]
    for l in range(1, L + 1):
        W = values[f"W{l}"] = rng.normal(size=(sizes[l - 1], sizes[l]))
        b = values[f"b{l}"] = rng.normal(size=sizes[l]) * biases
        Z = values[f"Z{l}"] = A @ W + b
        A = values[f"A{l}"] = Activation.get(activations[l - 1]).forward(Z, np.empty_like(Z))
    for l in range(1, L + 1):  # not yet known to the code: any numbers will do, but not zeros
        for name, like in (("dA", "A"), ("delta", "Z"), ("dW", "W"), ("db", "b")):
            values[f"{name}{l}"] = rng.normal(size=values[f"{like}{l}"].shape)
    values["dA0"] = rng.normal(size=values["X"].shape)
    if layout == "columns":
        turned = {n: a[:, None] if np.ndim(a) == 1 else np.transpose(a) for n, a in values.items()}
        values = {n: a if np.ndim(values[n]) else values[n] for n, a in turned.items()}
    return values, labels


def known_of(values):
    L = sum(name[0] == "W" for name in values)
    steps = [f"{p}{l}_next" for p in "Wb" for l in range(1, L + 1)]
    return [*values, *(f"dZ{l}" for l in range(1, L + 1)), *steps, "loss", "w"]


def results_of(code, values, labels):
    """What the code computes when it is run."""
    aliases = {"syn0": "W1", "syn1": "W2", "w1": "W1", "w2": "W2", "wh": "W1", "wout": "W2"}
    aliases |= {"bh": "b1", "bout": "b2", "y": "Y", "x": "X", "lr": "learning_rate"}
    scope = {name: np.copy(values[of]) for name, of in aliases.items()}
    scope |= {"np": np, "labels": labels, "print": lambda *args: None}
    scope |= {name: np.copy(value) if np.ndim(value) else value for name, value in values.items()}
    text = code.text.replace("range(60000)", "range(1)")
    exec(text + "\n" + code.run, scope)
    return {name: np.asarray(eval(where, scope)) for name, where in code.results.items()}


@pytest.mark.parametrize("name", CODES)
def test_the_formulas_give_what_the_code_gives(name):
    code = CODES[name]
    has_biases = "b1" in code.text or "bh" in code.text or "bias" in code.text
    values, labels = network(code.activations, code.layout, biases=has_biases)
    L = len(code.activations)
    readings = formulas_of_source(code.text, L, known_of(values))
    layout = Layout.of(code.layout)
    functions = Functions([Activation.get(f) for f in code.activations], layout, SquaredError())
    results = results_of(code, values, labels)

    def value(quantity):
        """As the code computes it, from what it has computed before."""
        assert quantity in readings or quantity in values, f"{quantity} is not in {[*readings]}"
        if quantity not in readings:
            return values[quantity]
        reading = readings[quantity]
        assert not reading.reason, reading
        names = [n for n in known_of(values) if n != quantity]
        formula = parse(reading.formula, names, functions.for_answers(), layout=layout)
        return formula.value(Scope({n: value(n) for n in formula.names()}, functions))

    for quantity, result in results.items():
        got = np.asarray(value(quantity))
        np.testing.assert_allclose(
            got, result, rtol=1e-9, err_msg=f"{quantity}: {readings.get(quantity)}"
        )


# -- single rules --------------------------------------------------------------------------------

KNOWN = [
    *("X", "Y", "m", "alpha", "learning_rate", "A0", "W1", "b1", "W2", "b2", "Z1", "A1", "Z2"),
    *("A2", "loss", "dA2", "delta2", "dW2", "db2", "dA1", "delta1", "dW1", "db1", "dA0", "dZ1"),
    *("dZ2", "W1_next", "b1_next", "W2_next", "b2_next"),
]


def read(text, n_layers=2):
    return formulas_of_source(text, n_layers, KNOWN)


RULES = [
    ("dW2 = A1.T @ dZ2", {"dW2": "A1.T @ delta2"}),
    ("grads['dW2'] = A1.T @ dZ2 / m", {"dW2": "A1.T @ delta2 / m"}),
    ("self.grads['W2'] = A1.T @ dZ2", {"dW2": "A1.T @ delta2"}),
    ("return {'dW2': A1.T @ dZ2}".replace("return", "grads ="), {"dW2": "A1.T @ delta2"}),
    ("def f(X):\n    return {'dW2': A1.T}", {"dW2": "A1.T"}),
    ("t1 = A2 - Y\nt2 = t1 / m\ndW2 = A1.T @ t2", {"dW2": "A1.T @ ((A2 - Y) / m)"}),
    ("dZ2 = A2\ndZ2 -= Y\ndZ2 /= m", {"delta2": "(A2 - Y) / m"}),
    ("dW2 = A1.T @ dZ2\ndW2 = dW2 / m", {"dW2": "A1.T @ delta2 / m"}),
    ("dW2 = A1.T @ dZ2\ndW2 += lam * W2", {"dW2": "A1.T @ delta2 + alpha * W2"}),
    ("W2 -= lr * dW2", {"W2_next": "W2 - learning_rate * dW2"}),
    ("W2 = W2 - 0.1 * A1.T @ dZ2", {"W2_next": "W2 - 0.1 * A1.T @ delta2"}),
    (
        "W2 -= lr * dW2\ndA1 = dZ2 @ W2.T",
        {"W2_next": "W2 - learning_rate * dW2", "dA1": "delta2 @ W2_next.T"},
    ),
    ("W2 = np.random.randn(3, 2)\ndW2 = np.zeros_like(W2)", {}),
    ("dW2 = np.zeros_like(W2)\ndW2 += A1.T @ dZ2", {"dW2": "A1.T @ delta2"}),
    ("m = X.shape[1]\ndW2 = A1 / m", {"dW2": "A1 / X.shape[1]"}),
    ("n, d = X.shape\ndW2 = A1 / n", {"dW2": "A1 / X.shape[0]"}),
    ("m = 4\ndW2 = A1 / m", {"dW2": "A1 / m"}),
    ("(Z1, A1) = cache\ndW2 = A1", {"dW2": "A1"}),
    (
        "for l in range(2, 0, -1):\n    g[f'dW{l}'] = eval_(l)",
        {"dW2": "eval_(2)", "dW1": "eval_(1)"},
    ),
    ("for l in [1]:\n    dW2 = A1", {"dW2": "A1"}),
    ("f = lambda z: z * (1 - z)\ndZ1 = dA1 * f(A1)", {"delta1": "dA1 * (A1 * (1 - A1))"}),
    ("def f(z, k=2):\n    return k * z\ndZ1 = f(dA1)", {"delta1": "2 * dA1"}),
    ("def f(z, d=False):\n    if d: return 1\n    return z\ndZ1 = f(A1, d=True)", {"delta1": "1"}),
    ("dZ1 = np.copy(dA1)\ndZ1[Z1 <= 0] = 0", {"delta1": "where(Z1 <= 0, 0, dA1)"}),
    ("dZ1 = 1 if A1 > 0 else 0", {"delta1": "where(A1 > 0, 1, 0)"}),
    ("cost = np.sum(A2)", {"loss": "np.sum(A2)"}),
    ("dW2: 'an array' = A1", {"dW2": "A1"}),
    ("with x:\n    try:\n        dW2 = A1\n    finally:\n        pass", {"dW2": "A1"}),
    ("W2 -= alpha * dW2", {"W2_next": "W2 - learning_rate * dW2"}),
    ("W2 -= lr * (dW2 + alpha * W2)", {"W2_next": "W2 - learning_rate * (dW2 + alpha * W2)"}),
    ("W2 += -epsilon * dW2", {"W2_next": "W2 + -learning_rate * dW2"}),
    ("W0, z0, delta0 = 0, 0, 0\ndW1 = delta1 @ z0", {"dW2": "delta2 @ Z1"}),
    ("loss = A2 - Y\noutput_delta = loss", {"loss": "A2 - Y", "delta2": "A2 - Y"}),
    ("W1 = copy.deepcopy(p['W1'])\ndW1 = W1", {"dW1": "W1"}),
    ("dW2 = self.A1.T @ (self.A2 - T)", {"dW2": "A1.T @ (A2 - Y)"}),
    (
        "for p in ['W1', 'W2']:\n    params[p] -= lr * grads[p]",
        {n: f"{n[:2]} - learning_rate * d{n[:2]}" for n in ("W1_next", "W2_next")},
    ),
    (
        "for n, g in zip(['W1', 'b1'], [dW1, db1]):\n    self.params[n] -= g",
        {"W1_next": "W1 - dW1", "b1_next": "b1 - db1"},
    ),
    ("total = sum(dZ2)\ndb2 = total", {"db2": "sum(delta2, axis=0)"}),
]


@pytest.mark.parametrize(("text", "formulas"), RULES)
def test_what_is_read(text, formulas):
    assert {name: reading.formula for name, reading in read(text).items()} == formulas


def test_the_line_is_that_of_the_last_change():
    assert read("\n\ndW2 = A1\ndW2 /= m")["dW2"].line == 4


def test_a_function_can_be_chosen():
    text = "def first():\n    dW2 = A1\ndef second():\n    dW2 = A2\n"
    assert formulas_of_source(text, 2, KNOWN)["dW2"].formula == "A1"
    assert formulas_of_source(text, 2, KNOWN, function="second")["dW2"].formula == "A2"
    with pytest.raises(ValueError, match="no function 'third'"):
        formulas_of_source(text, 2, KNOWN, function="third")


def test_what_cannot_be_read_says_so_and_the_rest_is_read():
    readings = read("dW2 = [w for w in A1]\ndb2 = sum(dZ2)\ndW1 = A1[0]['x'](2)")
    assert readings["dW2"].reason.startswith("ListComp")
    assert readings["db2"].formula


@same_examples
@given(st.sampled_from(sorted(CODES)), st.data())
def test_code_with_errors_in_it_is_read_or_refused(name, data):
    text, layers = CODES[name].text, len(CODES[name].activations)
    for _ in range(data.draw(st.integers(1, 4))):
        i = data.draw(st.integers(0, len(text)))
        j = min(len(text), i + data.draw(st.integers(0, 30)))
        text = text[:i] + data.draw(st.sampled_from(["", text[i:j] * 2, *SNIPPETS])) + text[j:]
    with suppress(ValueError):
        for reading in formulas_of_source(text, layers, KNOWN).values():
            assert bool(reading.formula) != bool(reading.reason)


@pytest.mark.parametrize(("has", "right"), [("relu", "Z1 > 0"), ("tanh", "1 - A1 ** 2")])
def test_where_code_asks_for_the_activation_it_is_that_of_the_network(has, right):
    text = """
def backward(self):
    if self.activation == "relu":
        dZ1 = Z1 > 0
    elif self.activation == "tanh":
        dZ1 = 1 - A1**2
"""
    readings = formulas_of_source(text, 2, KNOWN, activations=[has])
    assert readings["delta1"].formula == right
