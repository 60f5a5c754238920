"""What exports compute for an activation is what `forward` computes, or an error says why not."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from small_networks import Sine

from sknn_edu import export
from sknn_edu.activations import ELU, Activation, LeakyReLU
from sknn_edu.export.formula import EXPORTED, IN_NUMPY, evaluated, exported_formula
from sknn_edu.formulas import parse
from sknn_edu.formulas.primitives import PRIMITIVES, REDUCTIONS
from sknn_edu.formulas.tree import Call, Reduction

FAR = np.array([-1000.0, -50, -7, -3, -1, -0.01, 0, 0.01, 1, 3, 7, 50, 1000])
Z = np.stack([FAR, FAR[::-1] / 7, np.roll(FAR, 3)], axis=1)


def in_numpy(formula, Z=Z):
    with np.errstate(over="ignore"):
        return np.broadcast_to(evaluated(formula, Z, IN_NUMPY), Z.shape)


def forward(f, Z=Z):
    with np.errstate(over="ignore"):
        return f.forward(Z, out=np.empty_like(Z))


@pytest.mark.parametrize("name", Activation.names())
def test_every_activation_can_be_exported_and_is_right_far_out_too(name):
    f = Activation.get(name)
    formula = exported_formula(f)
    np.testing.assert_allclose(in_numpy(formula), forward(f), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", Activation.names())
def test_only_primitives_are_left(name):
    formula = exported_formula(Activation.get(name))
    assert formula.names() <= {"Z"}
    for node in formula.walk():
        if isinstance(node, Call):
            assert node.function in EXPORTED
        assert not isinstance(node, Reduction) or node.function in REDUCTIONS


@pytest.mark.parametrize("f", [LeakyReLU(0.0), LeakyReLU(0.7), ELU(3.5)], ids=repr)
def test_settings_are_in_the_formula(f):
    np.testing.assert_allclose(in_numpy(exported_formula(f)), forward(f), rtol=1e-12, atol=1e-14)


# -- of one's own ---------------------------------------------------------------------------


class Swish(Sine):
    """Settings of both signs, one of them of the class."""

    formula = "Z * logistic(beta * Z) + shift"
    shift = -0.5

    def __init__(self, beta=1.5):
        self.beta = beta

    def forward(self, Z, out):
        return np.add(Z * expit(self.beta * Z), self.shift, out=out)


class OfOthers(Sine):
    """Made of other activations, comparisons, means, and a function that is spelled out."""

    elementwise = False
    formula = "elu(Z) * (Z > -1) - mean(abs(Z), axis=1, keepdims=True) + sech(Z) * (Z <= 2)"

    def forward(self, Z, out):
        A = forward(ELU(), Z) * (Z > -1) - np.abs(Z).mean(axis=1, keepdims=True)
        with np.errstate(over="ignore"):
            return np.add(A, (Z <= 2) / np.cosh(Z), out=out)


@pytest.mark.parametrize("f", [Swish(), Swish(-2.0), OfOthers()], ids=repr)
def test_a_formula_is_all_that_an_activation_of_ones_own_needs(f):
    np.testing.assert_allclose(in_numpy(exported_formula(f)), forward(f), rtol=1e-12, atol=1e-12)


class ByTheNameOfAnother(Sine):
    """Not registered, so that its name may be taken; it is no softplus all the same."""

    formula = "Z / (1 + abs(Z))"

    def forward(self, Z, out):
        return np.divide(Z, 1 + np.abs(Z), out=out)


ByTheNameOfAnother.name = "softplus"


def test_an_activation_is_not_taken_for_another_of_its_name():
    f = ByTheNameOfAnother()
    np.testing.assert_allclose(in_numpy(exported_formula(f)), forward(f), rtol=1e-12)


def test_without_a_formula_the_error_says_what_to_write():
    wanted = re.escape("Give the class Sine one of Z and its settings, for example: formula = ")
    with pytest.raises(NotImplementedError, match=wanted):
        exported_formula(Sine())


class Overflowing(Sine):
    formula = "log(1 + exp(Z)) - 1"

    def forward(self, Z, out):
        return np.subtract(np.logaddexp(Z, 0), 1, out=out)


class Wrong(Sine):
    formula = "Z * Z"


class UnknownFunction(Sine):
    formula = "sin(Z)"


class MatrixProduct(Sine):
    formula = "Z @ Z.T"


class OtherShape(Sine):
    elementwise = False
    formula = "Z / sum(abs(Z), axis=1)"


class NoNumber(Sine):
    formula = "Z * factor"
    factor = "two"


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (Overflowing(), r"at Z=1000 it gives inf, but forward gives 999.*softplus"),
        (Wrong(), r"at Z=-?0\.\d+ it gives 0\.\d+, but forward gives"),
        (UnknownFunction(), "There is no function 'sin'"),
        (MatrixProduct(), "has no place in the formula of an activation"),
        (OtherShape(), "could not be broadcast"),
        (NoNumber(), "factor='two' is not a number"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_formula_that_is_not_forward_is_refused_with_the_reason(f, why):
    with pytest.raises(ValueError, match=f"(?s)cannot be exported by its formula.*{why}"):
        exported_formula(f)


def test_a_formula_that_calls_itself_is_refused(monkeypatch):
    monkeypatch.setattr(Activation, "_by_name", dict(Activation._by_name))

    class Recursive(Sine):
        name = "recursive"
        formula = "recursive(Z / 2)"

    with pytest.raises(ValueError, match="it calls itself"):
        exported_formula(Recursive())


# -- the tables of the libraries ----------------------------------------------------------------


@pytest.mark.parametrize("module", ["torch_module", "onnx_graph"])
def test_every_library_has_every_operation(module):
    """Read from the source, so that neither library has to be installed."""
    source = Path(export.__file__).with_name(f"{module}.py").read_text()
    tables = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Dict)]
    keys = {key.value for key in max(tables, key=lambda table: len(table.keys)).keys}
    assert keys | {"number"} == IN_NUMPY.keys()


@pytest.mark.parametrize("name", [n for n, p in PRIMITIVES.items() if p.is_activation])
def test_a_primitive_that_is_an_activation_computes_it(name):
    Z = np.linspace(-30, 30, 24).reshape(6, 4)
    np.testing.assert_allclose(
        PRIMITIVES[name].compute(Z), forward(Activation.get(name), Z), rtol=1e-12, atol=1e-300
    )


@pytest.mark.parametrize("name", [n for n, p in PRIMITIVES.items() if p.spelled_out])
def test_a_function_that_libraries_lack_is_spelled_out_right(name):
    Z = np.linspace(-30, 30, 24).reshape(6, 4)
    formula = parse(PRIMITIVES[name].spelled_out, {"Z"}, EXPORTED, printed=True)
    np.testing.assert_allclose(in_numpy(formula, Z), PRIMITIVES[name].compute(Z), rtol=1e-12)
