"""A derivation is the network: each formula printed is the number that the engine computes."""

import re

import numpy as np
import pytest
from gradient_helpers import ACTIVATIONS, LOSSES, OUTPUTS_AND_LOSSES
from sklearn.exceptions import NotFittedError
from small_networks import Centred, Cubic, LogCosh, Quartic

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Activation, Elementwise, Identity, Softmax, Tanh
from sknn_edu.estimators.inspection import architecture_of
from sknn_edu.formulas import Functions, Scope
from sknn_edu.formulas.layout import Layout
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.teaching import check_derivation, derive, trace
from sknn_edu.teaching.network_formulas import Formulas

pytestmark = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")

RNG = np.random.default_rng(7)
X = RNG.normal(size=(9, 3))
LABELS = np.arange(9) % 3
W = RNG.uniform(0.5, 2.0, 9)
LAYOUTS = ("rows", "columns")


def small(est, y=LABELS):
    """Initialised, with weights so small that no exp of an exp overflows."""
    est.initialize(X, y)
    est.coefs_ = [0.4 * RNG.normal(size=C.shape) for C in est.coefs_]
    return est


def classifier(**params):
    return small(BackpropClassifier(**{"hidden_layer_sizes": (4, 3), "alpha": 0.3, **params}))


def assert_every_formula_is_marked_correct(est, y, layout):
    """The text of each formula, given as an answer, is right."""
    answers = {
        name: text
        for name, text in derive(est, layout).formulas.items()
        if "(" not in name and name != "dloss/dZ"
    }
    # sign and abs are for printing; answers have no need of them.
    answers = {n: t for n, t in answers.items() if not re.search(r"\b(sign|abs)\(", t)}
    assert {"dW1", "delta1", "dA0"} <= set(answers)
    marking = check_derivation(est, X, y, answers, layout)
    assert marking.correct, marking.text


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_formulas_of_every_activation_are_correct_answers(f):
    layout = LAYOUTS[ACTIVATIONS.index(f) % 2]
    est = classifier(activation=[f, "tanh"])
    assert_every_formula_is_marked_correct(est, LABELS, layout)


@pytest.mark.parametrize("loss", [*LOSSES, 2 * SquaredError(), SquaredError() + 3 * LogLoss()])
@pytest.mark.parametrize(
    ("output", "layout"), [("auto", "rows"), ("softmax", "columns"), ("softplus", "rows")]
)
def test_formulas_of_every_loss_are_correct_answers(loss, output, layout):
    est = BackpropClassifier((4,), "tanh", loss=loss, output_activation=output, alpha=0.1)
    if loss.refusal(Activation.get(output if output != "auto" else loss.canonical_output(True))):
        return
    small(est)
    formulas = derive(est, layout).formulas
    answers = {name: formulas[name] for name in ("dA2", "delta2", "loss", "dW1")}
    # Comparisons and a few functions are for printing; answers have no need of them.
    printed_only = re.compile(r"\b(sign|abs|minimum)\(|[<>]")
    answers = {n: t for n, t in answers.items() if not printed_only.search(t)}
    assert check_derivation(est, X, LABELS, answers, layout).correct


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_biases_no_bias_is_derived(layout):
    est = classifier(fit_intercept=False, loss=2 * SquaredError(), output_activation="softmax")
    assert not [name for name in derive(est, layout).formulas if name.startswith(("b", "db"))]
    assert_every_formula_is_marked_correct(est, LABELS, layout)


def test_sample_weights_and_dropout_are_in_the_formulas_if_wanted():
    est = classifier(dropout=0.5)
    assert derive(est)["delta3"] == "(A3 - Y) / m"
    assert derive(est, sample_weight=True)["delta3"] == "w * (A3 - Y) / sum(w)"
    assert derive(est, dropout=True)["A1"] == "mask1 * relu(Z1)"
    assert derive(est, dropout=True)["delta1"] == "mask1 * dA1 * d_relu(Z1)"
    assert derive(classifier(class_weight="balanced"))["dA3"] == "w * (-Y / A3) / sum(w)"


def test_penalty_shows_only_where_there_is_one():
    assert derive(classifier(alpha=0.0))["dW1"] == "A0.T @ delta1"
    assert derive(classifier(alpha=0.5))["dW1"] == "A0.T @ delta1 + alpha * W1 / m"
    both = derive(classifier(alpha=0.5, l1_ratio=0.5))["dW1"]
    assert "alpha * (1 - l1_ratio) * W1" in both
    assert "alpha * l1_ratio * sign(W1)" in both


def test_a_derivation_is_a_mapping_from_names_to_formulas():
    derivation = derive(classifier())
    assert dict(derivation) == derivation.formulas
    assert list(derivation) == list(derivation.formulas)
    assert len(derivation) == len(derivation.formulas)
    assert "dW2" in derivation
    assert "dW9" not in derivation
    assert 0 not in derivation


# -- the output delta ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "output", "delta"),
    [
        (LogLoss(), "softmax", "(A1 - Y) / m"),
        (SquaredError(), "identity", "(A1 - Y) / m"),
        (2 * SquaredError(), "identity", "2 * (A1 - Y) / m"),
        (SquaredError(), "logistic", "dA1 * d_logistic(Z1)"),
        (SquaredError(), "softmax", "A1 * (dA1 - sum(A1 * dA1, axis=1, keepdims=True))"),
        (LogLoss(), "relu", "dA1 * d_relu(Z1)"),
        (LogLoss(0.1), "softmax", "(A1 - ((1 - 0.1) * Y + 0.1 / 3)) / m"),
        (2 * LogLoss(0.1), "logistic", "2 * (A1 - ((1 - 0.1) * Y + 0.1 / 2)) / m"),
        (LogLoss(0.1), "relu", "dA1 * d_relu(Z1)"),
    ],
)
def test_delta_is_short_behind_a_partner_and_goes_through_the_jacobian_elsewhere(
    loss, output, delta
):
    derivation = derive(small(BackpropClassifier((), loss=loss, output_activation=output)))
    assert derivation["delta1"] == delta
    (step,) = [step for step in derivation.steps if step.name == "delta1"]
    assert ("partners" in step.why) == ("dA1" not in delta)
    if "sum(" in delta:
        assert "Jacobian" in step.why


@pytest.mark.parametrize(("f", "loss"), OUTPUTS_AND_LOSSES)
def test_the_lines_that_lead_to_the_short_form_are_equal(f, loss):
    """dloss/dZ of the chain rule, of each line, and of the engine."""
    est = small(BackpropClassifier((), loss=loss, output_activation=f, alpha=0))
    steps = [step for step in derive(est).steps if step.name == "dloss/dZ"]
    assert bool(steps) == bool(architecture_of(est).loss.delta_formula(f))
    t = trace(est, X, LABELS)
    for step in steps:
        scope = _scope(est, {"A": t.A[1], "Y": t.Y, "Z": t.Z[1]})
        for formula in step.formulas:
            np.testing.assert_allclose(
                formula.value(scope) / t.m, t.delta[1], rtol=1e-9, atol=1e-12
            )


def _scope(est, values):
    return Formulas(architecture_of(est)).scope(values)


@pytest.mark.parametrize("f", ACTIVATIONS, ids=repr)
def test_functions_are_explained_by_formulas_that_are_equal_to_them(f):
    est = classifier(activation=f)
    values = {"Z": RNG.normal(size=(50, 4)) * 2}
    values["A"] = f.forward(values["Z"], np.empty((50, 4)))
    steps = {step.name: step.formula for step in derive(est).steps if "(" in step.name}
    assert f"{f.name}(Z)" in steps
    got = steps[f"{f.name}(Z)"].value(_scope(est, values))
    np.testing.assert_allclose(np.broadcast_to(got, (50, 4)), values["A"], rtol=1e-9, atol=1e-12)
    if isinstance(f, Elementwise):
        slope = f.derivative(values["Z"], values["A"], np.empty((50, 4)))
        got = steps[f"d_{f.name}(Z)"].value(_scope(est, values))
        np.testing.assert_allclose(np.broadcast_to(got, (50, 4)), slope, rtol=1e-9, atol=1e-12)


# -- shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_shapes_beside_the_formulas_are_those_of_the_trace(layout):
    est = classifier(hidden_layer_sizes=(5, 4))
    t = trace(est, X, LABELS, layout=layout)
    for step in derive(est, layout).steps:
        for name, shape in step.shapes:
            array = t[name.removesuffix(".T")]
            array = array.T if name.endswith(".T") else array
            assert tuple(t.m if n == "m" else n for n in shape) == array.shape, (step.name, name)


# -- what it looks like -----------------------------------------------------------------------


@pytest.mark.parametrize("params", [
    {"alpha": 0.1, "l1_ratio": 0.5, "dropout": 0.2, "activation": ["gelu", "softmax"]},
    {"loss": SquaredError() + LogLoss(), "output_activation": "softmax", "activation": "mish"},
    {"loss": "squared_hinge", "activation": ["leaky_relu", "hard_sigmoid"]},
])  # fmt: skip
def test_every_latex_line_is_parsed_by_a_renderer(params):
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    layout = LAYOUTS["alpha" in params]
    derivation = derive(classifier(**params), layout, sample_weight=True, dropout=True)
    assert len(derivation.latex_lines) == len(derivation.steps)
    for line in derivation.latex_lines:
        parser.parse(f"${line}$")


def test_text_markdown_and_latex_hold_every_formula():
    derivation = derive(classifier())
    for step in derivation.steps:
        assert f"= {step.formula}" in derivation.text
    for line in derivation.latex_lines:
        assert f"$$ {line} $$" in derivation.markdown
        assert rf"\[ {line} \]" in derivation.latex
    assert repr(derivation) == derivation.text
    assert derivation._repr_markdown_() == derivation.markdown


def test_columns_are_the_transposes_of_rows():
    est = classifier()
    rows, columns = derive(est), derive(est, "columns")
    assert rows["Z1"] == "A0 @ W1 + b1"
    assert columns["Z1"] == "W1 @ A0 + b1"
    assert columns["dW2"] == "delta2 @ A1.T + alpha * W2 / m"
    assert columns["dA1"] == "W2.T @ delta2"
    assert columns["db1"] == "sum(delta1, axis=1, keepdims=True)"


# -- components of one's own ------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("activation", [[Cubic(), Centred()], [Centred(), Centred(0.5)]])
@pytest.mark.parametrize("loss", [Quartic(), Quartic() + SquaredError(), Quartic() + LogCosh()])
def test_components_without_formulas_are_called_by_name(activation, loss, layout):
    est = classifier(activation=activation, loss=loss, output_activation=Identity())
    values = trace(est, X, LABELS, layout=layout).by_name()
    functions = Functions([*activation, Identity()], Layout(layout), architecture_of(est).loss)
    for step in derive(est, layout).steps:
        if step.name in values:
            got = step.formula.value(Scope(values, functions))
            np.testing.assert_allclose(got, values[step.name], rtol=1e-9, atol=1e-12)


# -- bad input ----------------------------------------------------------------------------------


def test_bad_input_is_told():
    with pytest.raises(NotFittedError, match="initialize"):
        derive(BackpropClassifier())
    with pytest.raises(ValueError, match="layout must be"):
        derive(classifier(), "sideways")
    with pytest.raises(TypeError, match="BackpropClassifier"):
        derive("network")
    with pytest.raises(KeyError, match="dW9"):
        derive(classifier())["dW9"]


def test_the_estimator_stays_as_it_is():
    est = classifier(activation=Tanh(), output_activation=Softmax())
    before = {name: str(value) for name, value in vars(est).items()}
    derive(est, "columns", sample_weight=True)
    assert {name: str(value) for name, value in vars(est).items()} == before


# -- names that mean something in Markdown or LaTeX ------------------------------------------------


class Named(Tanh):
    """tanh under another name."""


STRANGE = ["a_b*c", "$x$", "a|b", "<script>alert(1)</script>", "# head", "1. item", "[a](b)", "`c`"]


@pytest.mark.parametrize("name", STRANGE)
def test_the_name_of_an_activation_is_no_markup(name, monkeypatch):
    monkeypatch.setattr(Named, "name", name)
    derivation = derive(classifier(activation=Named()))
    (line,) = {step.why for step in derivation.steps if step.why.startswith(name)}
    prose = re.sub(r"\$\$.*?\$\$|`[^`]*`$", "", derivation._repr_markdown_(), flags=re.MULTILINE)
    assert f"\n{line}" not in prose
    assert not re.search(r"(?<!\\)[|<$]|(?<!\\)\*c|^# head|^1\. |(?<!\\)\[a|(?<!\\)`", prose, re.M)
    outside = re.sub(r"\\\[.*?\\\]", "", derivation.latex.replace(r"$\to$", ""))
    assert not re.search(r"(?<!\\)[_#](?!\w*})|(?<!\$)[<>|](?!\$)", outside)
    assert outside.count("$") % 2 == 0
    assert r"\$x\$" in outside or name != "$x$"


@pytest.mark.parametrize(
    ("conventions", "sentence"),
    [
        ({}, "The derivative of J by the input."),
        ({"mean_in": "dW"}, "The derivative of the summed loss by the input."),
        ({"mean_in": "nowhere"}, "The derivative of J by the input."),
        ({"sign": "descent"}, "Minus the derivative of J by the input."),
    ],
)
def test_what_dA0_is_a_derivative_of_is_said_in_the_convention(conventions, sentence):
    assert derive(classifier(), **conventions).text.count(f"      {sentence}\n") == 1


def test_behind_an_identity_nothing_is_said_to_cancel():
    text = derive(BackpropRegressor(2, alpha=0).initialize(X, W)).text
    assert "SquaredError() and identity are partners: the derivative of the output is 1." in text
    assert "cancel" not in text
    assert "that of the output cancel" in derive(classifier()).text
