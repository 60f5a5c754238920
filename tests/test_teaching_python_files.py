"""A Python file is read, not run: the formulas in it give what running it gives."""

import numpy as np
import pytest
from student_code import CODES

from sknn_edu.activations import Activation
from sknn_edu.formulas import Functions, Scope, parse
from sknn_edu.formulas.layout import Layout
from sknn_edu.losses import SquaredError
from sknn_edu.teaching.reading import formulas_of_source


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
