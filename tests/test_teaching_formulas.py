"""Formulas as data: printed, evaluated, turned into columns and LaTeX, as the engine computes."""

import copy
from contextlib import suppress
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from gradient_helpers import ACTIVATIONS, OUTPUTS_AND_LOSSES, Case
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser
from random_formulas import (
    COLUMNS,
    FUNCTIONS,
    RNG,
    ROWS,
    VALUES,
    assert_equal_values,
    by_numpy,
    formulas,
    read,
    same_examples,
    value,
)
from small_networks import Centred, Cubic, Quartic

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise, Identity, LeakyReLU, Softmax, Tanh
from sknn_edu.formulas import (
    ExpressionError,
    Functions,
    Latex,
    Scope,
    parse,
    to_columns,
)
from sknn_edu.formulas.layout import Layout
from sknn_edu.formulas.parser import ANSWER
from sknn_edu.formulas.quantity import Quantity
from sknn_edu.losses import SquaredError
from sknn_edu.teaching import trace
from sknn_edu.teaching.network_formulas import Formulas

pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


# -- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "family", "layer", "canonical"),
    [
        ("dW12", "dW", 12, "dW12"),
        ("dZ2", "delta", 2, "delta2"),
        ("D1", "mask", 1, "mask1"),
        ("dX", "dA", 0, "dA0"),
        ("W3_next", "W_next", 3, "W3_next"),
        ("l1_ratio", "l1_ratio", None, "l1_ratio"),
        ("W01", "W01", None, "W01"),
        ("m", "m", None, "m"),
        ("", "", None, ""),
        ("W" + "9" * 5000, "W" + "9" * 5000, None, "W" + "9" * 5000),
    ],
)
def test_a_name_is_a_family_and_a_layer(name, family, layer, canonical):
    quantity = Quantity.of(name)
    assert (quantity.family, quantity.layer, str(quantity)) == (family, layer, canonical)
    assert Quantity.of(str(quantity)) == quantity


def test_what_a_derivative_and_a_step_are_about():
    assert str(Quantity.of("delta2").differentiated_by) == "Z2"
    assert str(Quantity.of("db1").parameter) == str(Quantity.of("b1_next").parameter) == "b1"
    assert Quantity.of("dA0").is_derivative
    assert not Quantity.of("W1_next").is_derivative
    assert str(Quantity.of("W1_next").at(4)) == "W4_next"


def test_every_array_of_a_trace_has_the_shape_of_its_name():
    est = BackpropClassifier((4, 5), alpha=0.1, dropout=0.5, random_state=0).initialize(
        X, [0, 1] * 3
    )
    for layout in Layout:
        t = trace(est, X, [0, 1] * 3, layout=layout, random_state=0)
        for name in t.names():
            shape = Quantity.of(name).shape(t.architecture.sizes, layout)
            assert tuple(t.m if n == "m" else n for n in shape) == np.shape(t[name]), name


# -- what drawn formulas are worth ------------------------------------------------------------


def assert_printed_as_it_is(formula):
    text = str(formula)
    again = read(text)
    assert again == formula
    assert str(again) == text
    np.testing.assert_array_equal(value(again), value(formula))
    for start, end in {(node.span[0], node.span[1]) for node in again.walk()}:
        assert 0 <= start < end <= len(text)


def assert_no_parentheses_can_go(formula):
    """Without any pair of its parentheses the text means something else, or nothing."""
    text = str(formula)
    opened = []
    for i, character in enumerate(text):
        if character == "(":
            opened.append(i)
        elif character == ")":
            start = opened.pop()
            if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                continue  # of a call
            bare = f"{text[:start]} {text[start + 1 : i]} {text[i + 1 :]}"
            with suppress(ExpressionError):
                assert read(bare) != formula, bare


def assert_as_numpy(formula):
    """The same as NumPy makes of its text."""
    try:
        expected = by_numpy(str(formula))
    except (ZeroDivisionError, OverflowError):
        return  # of two Python numbers, where NumPy has inf
    assume(expected.dtype.kind != "c")  # a root of a negative Python number
    assert_equal_values(value(formula), expected)


def in_columns(array):
    """An array as the layout of columns has it; vectors are columns there."""
    return array[:, np.newaxis] if array.ndim == 1 else array.T


VALUES_IN_COLUMNS = {name: in_columns(np.asarray(v)) for name, v in VALUES.items()}


def assert_turns_into_its_transpose(formula):
    turned = to_columns(formula)
    expected = value(formula)
    assert_equal_values(value(turned, VALUES_IN_COLUMNS, COLUMNS), in_columns(expected))
    twice = value(to_columns(turned))
    assert_equal_values(twice.reshape(expected.shape), expected)


@same_examples
@given(formulas())
def test_the_text_of_a_formula_is_that_formula(formula):
    assert_printed_as_it_is(formula)
    assert_no_parentheses_can_go(formula)


@same_examples
@given(formulas())
def test_a_formula_is_worth_what_numpy_says(formula):
    assert_as_numpy(formula)


@same_examples
@given(formulas())
def test_in_columns_a_formula_is_worth_its_transpose(formula):
    assert_turns_into_its_transpose(formula)


@settings(same_examples, max_examples=20)
@given(formulas(), st.sampled_from(Layout))
def test_latex_of_any_formula_is_parsed(formula, layout):
    assert_rendered(Latex(layout)(formula))


@pytest.mark.slow
@settings(derandomize=True, deadline=None, database=None, max_examples=1500)
@given(formulas(depth=6))
def test_many_formulas_are_worth_what_numpy_says(formula):
    assert_turns_into_its_transpose(formula)
    assert_as_numpy(formula)
    assume(len(str(formula)) < ANSWER.characters)
    assume(sum(1 for _ in formula.walk()) < ANSWER.nodes)
    assert_printed_as_it_is(formula)
    assert_no_parentheses_can_go(formula)


@pytest.mark.parametrize(
    "text",
    [
        "alpha * (sum(W2**2) + sum(W3**2)) / 2 / m",
        "A1 - Y - Y / A1",
        "A1 - (Y - A1)",
        "A1 * (Y @ W2)",
        "-A1 * Y",
        "-A1**2",
        "(A1**2)**3",
        "A1**(1 / 2)",
        "(A1 @ W2).T",
        "(A1**2).T",
        "1e-07 * A1",
        "1e+22 * A1",
        "maximum(A1, 0) / (A1 / Y)",
        "sum(A1, axis=0, keepdims=True)",
    ],
)
def test_typical_formulas_are_printed_as_one_would_write_them(text):
    assert str(read(text)) == text


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("A1.T @ Y", "Y @ A1.T"),
        ("A1 @ W2 + b1", "W2 @ A1 + b1"),
        ("dA1.T @ W2", "W2 @ dA1.T"),
        ("sum(A1, axis=0)", "sum(A1, axis=1, keepdims=True)"),
        ("sum(A1, axis=1, keepdims=True)", "sum(A1, axis=0, keepdims=True)"),
        ("mean(A1, axis=1)", "mean(A1, axis=0, keepdims=True).T"),
        ("w * (A1 - Y) / sum(w)", "w * (A1 - Y) / sum(w)"),
    ],
)
def test_typical_formulas_in_columns(rows, columns):
    assert str(to_columns(read(rows))) == columns


# -- LaTeX -----------------------------------------------------------------------------------

RENDERER = MathTextParser("path")


@cache  # the same lines come up in most networks, and the renderer is slow
def assert_rendered(latex):
    RENDERER.parse(f"${latex}$")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert latex.count("{") == latex.count("}")
    assert "--" not in latex.replace(" ", "")
    assert "e-" not in latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("A1 @ W2 + b1", r"A^{[1]} \, W^{[2]} + b^{[1]}"),
        ("A1.T @ (A1 - Y) / m", r"\frac{A^{[1] \top} \, \left(A^{[1]} - Y\right)}{m}"),
        (
            "alpha * (sum(W2**2) + sum(W3**2)) / 2 / m",
            r"\frac{\alpha}{2 \, m} \, \left(\sum W^{[2] \odot 2} + \sum W^{[3] \odot 2}\right)",
        ),
        ("sum(-Y * log(A1)) / m", r"-\frac{1}{m} \, \sum Y \odot \log\left(A^{[1]}\right)"),
        ("A1 - (A1 - Y)", r"A^{[1]} - \left(A^{[1]} - Y\right)"),
        ("A1 + -Y", r"A^{[1]} + \left(-Y\right)"),
        ("-A1 * Y", r"-A^{[1]} \odot Y"),
        ("(A1 * Y) @ W2", r"\left(A^{[1]} \odot Y\right) \, W^{[2]}"),
        ("(A1 @ W2) * Y", r"\left(A^{[1]} \, W^{[2]}\right) \odot Y"),
        (
            "sum(A1, axis=1, keepdims=True) * Y - A1",
            r"\left(\sum_{\mathrm{units}} A^{[1]}\right) \odot Y - A^{[1]}",
        ),
        ("sum(A1, axis=0)", r"\sum_{\mathrm{samples}} A^{[1]}"),
        ("mean(A1 - Y, axis=-1)", r"\mathrm{mean}_{\mathrm{units}}\left(A^{[1]} - Y\right)"),
        ("(A1 @ W2).T", r"\left(A^{[1]} \, W^{[2]}\right)^{\top}"),
        ("dA1**2", r"\left(\frac{\partial J}{\partial A^{[1]}}\right)^{\odot 2}"),
        (
            "tanh(Z1) * d_logistic(Z1)",
            r"\tanh\left(Z^{[1]}\right) \odot \sigma'\left(Z^{[1]}\right)",
        ),
        ("2.5e-7 * A1", r"2.5 \cdot 10^{-7} \, A^{[1]}"),
        ("1 * A1", "A^{[1]}"),
        ("sqrt(6.283185307179586)", r"\sqrt{2 \pi}"),
    ],
)
def test_latex_reads_as_on_paper(text, latex):
    assert Latex(ROWS)(read(text)) == latex
    assert_rendered(latex)


def test_latex_names_the_axis_by_the_layout():
    formula = read("sum(A1, axis=1, keepdims=True)")
    assert Latex(COLUMNS)(formula) == r"\sum_{\mathrm{samples}} A^{[1]}"
    assert Latex(COLUMNS)(to_columns(formula)) == r"\sum_{\mathrm{units}} A^{[1]}"


# -- the formulas of components agree with their code -----------------------------------------


def by_settings(component, text, **values):
    """The value of a component's formula, at its settings."""
    formula = parse(text, SettingsOf(component, values), {*FUNCTIONS[ROWS], "sum"}, printed=True)
    names = {n: values.get(n, getattr(component, n, None)) for n in formula.names()}
    with np.errstate(all="ignore"):
        result = formula.value(Scope(names, FUNCTIONS[ROWS]))
    return np.broadcast_to(result, next(iter(values.values())).shape)


class SettingsOf(list):
    """The names of arrays, and all attributes of a component."""

    def __init__(self, component, values):
        super().__init__(values)
        self.component = component

    def __contains__(self, name):
        return super().__contains__(name) or hasattr(self.component, name)


# Both tails, and the kinks themselves.
GRID = np.concatenate([np.linspace(-6, 6, 49), [-3.0, 3.0, -1.0, 1.0, 0.0, 1e-9]])


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_formulas_of_an_activation_are_what_it_computes(f):
    Z = GRID.reshape(-1, 5)
    A, dA = f.forward(Z, out=np.empty_like(Z)), np.cos(Z + 1)
    assert f.formula is not None
    assert_equal_values(by_settings(f, f.formula, Z=Z), A)
    if isinstance(f, Elementwise):
        derivative = f.derivative(Z, A, out=np.empty_like(Z))
        assert_equal_values(by_settings(f, f.derivative_formula, Z=Z, A=A), derivative)
    else:
        delta = f.backward(Z, A, dA, out=np.empty_like(Z))
        assert_equal_values(by_settings(f, f.backward_formula, Z=Z, A=A, dA=dA), delta)


def targets_of(loss, shape, rng):
    """Targets that the loss accepts."""
    for Y in (rng.normal(size=shape), 3 * rng.random(shape), rng.random(shape)):
        try:
            loss.check_targets(Y)
        except ValueError:
            continue
        return Y
    return rng.integers(2, size=shape).astype(float)


@pytest.mark.parametrize("one_hot", [True, False])
@pytest.mark.parametrize(("output", "loss"), OUTPUTS_AND_LOSSES)
def test_formulas_of_a_loss_are_what_it_computes(output, loss, one_hot):
    rng = np.random.default_rng(0)
    loss = loss.bind(output, one_hot)
    Z = rng.normal(size=(8, 3))
    A = output.forward(Z, out=np.empty_like(Z))
    Y = np.eye(3)[rng.integers(3, size=8)] if one_hot else targets_of(loss, A.shape, rng)
    if loss.risk(output) is None or loss.delta_formula(output):  # A is where the loss ends
        entries = by_settings(loss, loss.formula, A=A, Y=Y)
        assert_equal_values(entries.sum(axis=1), loss.value(A, Y))
    slope = loss.gradient(A, Y, out=np.empty_like(A))
    assert_equal_values(by_settings(loss, loss.gradient_formula, A=A, Y=Y), slope)
    if loss.delta_formula(output):
        delta = loss.output_delta(output, Z, A, Y, out=np.empty_like(A))
        assert_equal_values(by_settings(loss, loss.delta_formula(output), A=A, Y=Y), delta)


def test_settings_count():
    assert_equal_values(by_settings(LeakyReLU(0.3), LeakyReLU.formula, Z=np.array([-1.0])), [-0.3])


# -- every printed formula is what the engine computes ------------------------------------------


def assert_formulas_are_the_trace(est, X, y, w=None, random_state=None, render=False):
    """All formulas, in rows and in columns, printed and read again, and perhaps their LaTeX."""
    for layout in Layout:
        t = trace(est, X, y, w, layout, random_state=random_state)
        printed = Formulas(t.architecture, is_weighted=t.is_weighted, step=t.step)
        functions = Functions(t.activations, layout, t.loss_function)
        latex = Latex(layout)
        values = Traced(t)
        for name, formula in printed.all().items():
            formula = formula if layout is ROWS else to_columns(formula)
            with np.errstate(all="ignore"):
                computed = formula.value(Scope(values, functions))
            assert np.isfinite(t[name]).all()
            assert_equal_values(computed, t[name])
            again = printed.read(str(formula))
            with np.errstate(all="ignore"):
                np.testing.assert_array_equal(again.value(Scope(values, functions)), computed)
            if render:  # which is slow
                assert_rendered(f"{latex.name(name)} = {latex(formula)}")


class Traced(dict):
    """The values of a trace by name."""

    def __init__(self, t):
        super().__init__()
        self.t = t

    def __missing__(self, name):
        return self.t[name]


def with_dropout(est):
    """The same network, as it is trained with dropout."""
    est = copy.copy(est)
    rates = (0.3,) * (est.architecture_.n_layers - 1)
    est.architecture_ = replace(est.architecture_, dropout=rates)
    return est


KINDS = ("multiclass", "binary", "multilabel", "several_targets", "one_target")


def case_of(output, loss, seed):
    """A network with this output and loss; the rest goes round with the seed."""
    i = seed
    hidden = ACTIVATIONS[i % len(ACTIVATIONS)], ACTIVATIONS[(3 * i + 1) % len(ACTIVATIONS)]
    alpha, l1_ratio = [(0.3, 0.0), (0.3, 0.4), (0.3, 1.0), (0.0, 0.0)][i % 4]
    case = Case(
        layout=KINDS[i % 5],
        hidden=hidden[: i % 3],
        output=output,
        terms=[((1, loss),), ((2, loss),), ((1, loss), (0.5, loss))][i % 3],
        alpha=alpha,
        l1_ratio=l1_ratio,
        weighted=i % 2 == 0,
        fit_intercept=i % 7 != 0,
        seed=i,
    )
    problem = case.draw()
    dropped = bool(case.hidden) and i % 5 < 3
    est = with_dropout(problem.est) if dropped else problem.est
    return est, (problem.X, problem.y, problem.w), 0 if dropped else None


SOME = [
    pytest.param(*param.values, seed, id=f"{param.id}-{seed}")
    for seed, param in enumerate(OUTPUTS_AND_LOSSES)
]


@pytest.mark.parametrize(("output", "loss", "seed"), SOME)
def test_printed_formulas_of_every_output_and_loss_are_the_trace(output, loss, seed):
    est, data, random_state = case_of(output, loss, seed)
    assert_formulas_are_the_trace(est, *data, random_state=random_state, render=seed % 5 == 0)


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_printed_formulas_of_every_hidden_activation_are_the_trace(f):
    case = Case(hidden=(f, f), output=Softmax(), terms=((1, SquaredError()),), alpha=0.3)
    problem = case.draw()
    assert_formulas_are_the_trace(problem.est, problem.X, problem.y, render=True)
    est = with_dropout(problem.est)
    assert_formulas_are_the_trace(est, problem.X, problem.y, np.arange(1.0, 7), random_state=0)


# -- classes of a user, without formulas ----------------------------------------------------------


X = RNG.normal(size=(6, 3))
TARGETS = RNG.normal(size=(6, 2))


@pytest.mark.parametrize(
    ("hidden", "output", "loss", "w"),
    [
        ((Cubic(), Centred()), Identity(), Quartic(), None),
        ((Cubic(0.5), Cubic(2.0)), Cubic(0.5), SquaredError() + 2 * Quartic(), None),
        ((Cubic(), Centred()), Centred(), SquaredError() + 2 * Quartic(), np.arange(1.0, 7)),
        ((Cubic(0.5), Cubic(2.0)), Softmax(), Quartic(), np.arange(1.0, 7)),
    ],
    ids=repr,
)
def test_components_of_a_user_are_called_by_name(hidden, output, loss, w):
    est = BackpropRegressor((4, 3), list(hidden), loss=loss, output_activation=output, alpha=0.1)
    assert_formulas_are_the_trace(est.initialize(X, TARGETS), X, TARGETS, w)


def test_layers_with_different_settings_have_their_own_names():
    functions = Functions([LeakyReLU(0.1), LeakyReLU(0.2), Tanh()], ROWS, SquaredError())
    assert [functions.of_layer(l) for l in (1, 2, 3)] == ["leaky_relu_1", "leaky_relu_2", "tanh"]
    assert {"d_leaky_relu_1", "leaky_relu_2", "d_tanh"} <= functions.for_answers()
    assert functions["leaky_relu_2"](np.array([[-1.0]])) == pytest.approx(-0.2)
    assert functions["leaky_relu"](np.array([[-1.0]])) == LeakyReLU().forward(
        np.array([[-1.0]]), np.empty((1, 1))
    )


@pytest.mark.parametrize("name", ["my act!", "é", "lambda", "sum", "2nd"])
def test_an_activation_of_any_name_can_be_called(name, monkeypatch):
    monkeypatch.setattr(Cubic, "name", name)  # beside the family's list of names
    est = BackpropRegressor((4,), Cubic(0.5), alpha=0.1).initialize(X, TARGETS)
    assert_formulas_are_the_trace(est, X, TARGETS)


def test_activations_that_need_settings_are_no_obstacle(monkeypatch):
    class Needy(Cubic):
        def __init__(self, slope):
            super().__init__(slope)

    monkeypatch.setitem(Activation._by_name, "needy", Needy)
    assert "needy" not in Functions([Tanh()], ROWS, SquaredError())
    assert "d_Needy" in Functions([Needy(2.0), Tanh()], ROWS, SquaredError())
