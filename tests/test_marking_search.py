"""The search for mistakes: quick looks lose nothing, no clock bounds it, and it does not guess."""

import itertools

import numpy as np
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Softmax, Tanh
from sknn_edu.formulas import Functions, Scope, parse
from sknn_edu.formulas.layout import Layout
from sknn_edu.losses import Huber, SquaredError
from sknn_edu.teaching import check_derivation, trace
from sknn_edu.teaching.marking import budget
from sknn_edu.teaching.marking.comparison import Tolerance
from sknn_edu.teaching.marking.in_place import settings
from sknn_edu.teaching.marking.mistakes import FormulaMistake
from sknn_edu.teaching.marking.rewrites import unshared
from sknn_edu.teaching.marking.sieve import Sieve
from sknn_edu.teaching.marking.together import APART, exclude_each_other


def classifier(n_samples=6, sizes=(4, 4), **kwargs):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n_samples, 3)), np.arange(n_samples) % 3
    kwargs = {"alpha": 0.3, "random_state": 0} | kwargs
    return BackpropClassifier(list(sizes), "tanh", **kwargs).initialize(X, y), X, y


def mark(answer, name="delta1", **kwargs):
    return check_derivation(*classifier(**kwargs), {name: answer})[name]


# -- quick looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("has_extra", [False, True])
def test_what_is_a_multiple_and_a_share_of_the_penalty_passes_and_noise_does_not(seed, has_extra):
    rng = np.random.default_rng(seed)
    value, extra = rng.normal(size=(2, 5, 4))
    constant, share = rng.normal(scale=10, size=2)
    answer = constant * value + (share * extra if has_extra else 0)
    noise = rng.normal(size=value.shape)
    for rtol in (1e-9, 1e-6, 1e-3):
        tolerance = Tolerance(rtol, exact=rtol < 1e-4)
        sieve = Sieve([noise, answer], extra if has_extra else None, tolerance)
        assert sieve.passes(value)
        assert not sieve.passes(rng.normal(size=value.shape))
        assert not sieve.passes(value[:-1])
        assert not sieve.passes(np.full_like(value, np.nan))
        rounded = answer * (1 + rtol * np.sign(noise))  # each entry is off by rtol
        assert Sieve([rounded], extra if has_extra else None, tolerance).passes(value)


@pytest.mark.parametrize(
    "text",
    ["A1.T @ (delta2 - 2 * Y) / m", "sum((A2 - Y)**2 * tanh(Z2), axis=0)", "-(A2 @ W2.T) * A1"],
)
def test_a_part_in_a_place_gives_what_the_whole_formula_with_it_gives(text):
    rng = np.random.default_rng(1)
    names = ("A1", "A2", "Z2", "Y", "W2", "delta2")
    values = {name: rng.normal(size=(4, 4)) for name in names} | {"m": 4.0}
    functions = Functions([Tanh(), Softmax()], Layout.ROWS, SquaredError())
    scope = Scope(values, functions)
    formula = unshared(parse(text, list(values), functions.for_answers()))
    other = parse("0.5 * Z2", list(values), functions.for_answers())
    places = list(settings(formula, scope))
    assert len(places) > 5
    for setting in places:
        whole = setting.place.formula_with(other)
        np.testing.assert_allclose(setting.value(other), whole.value(scope), rtol=1e-12)


# -- no clock decides -----------------------------------------------------------------------------


def test_a_slow_machine_finds_the_same(monkeypatch):
    est, X, y = classifier()
    t = trace(est, X, y)
    answers = {
        "dW1": X.T @ ((t["delta2"] @ t["W2"]) * (1 + t["A1"] ** 2)),
        "delta1": np.random.default_rng(2).normal(size=t["delta1"].shape),
        "dW2": "Z1.T @ delta2 * 4",
        "dW3": "exp(W3) + delta3.T @ delta3",
    }
    expected = check_derivation(est, X, y, answers)
    now = itertools.count(0.0, 0.2)  # a fifth of a second goes by whenever the clock is looked at
    monkeypatch.setattr(budget, "thread_time", lambda: next(now))
    assert check_derivation(est, X, y, answers).to_dict() == expected.to_dict()


# -- no guessing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", APART)
def test_mistakes_that_contradict_each_other_are_no_pair(pair):
    assert exclude_each_other(pair)
    assert exclude_each_other([*pair, "sign"])
    assert not any(exclude_each_other([code, "sign"]) for code in pair if code != "sign")
    known = {mistake.code for mistake in FormulaMistake.known}
    assert pair & known or pair <= {"bias_mean", "bias_not_summed", "missing_mean", "double_mean"}


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("dW2", "71.683 * (A1.T @ delta2 + alpha * W2 / m)"),
        ("dW2", "66.012 * (A1.T @ delta2 - alpha * W2 / m)"),
        ("db2", "5.605 * sum(delta2, axis=0)"),
        ("db2", "sum(delta2 + 0.37 * abs(delta2)**0.5, axis=0)"),
        ("dW2", "(abs(A1)**1.39).T @ delta2 + alpha * W2 / m"),
        ("delta3", "(A3 - Y) / m + 0.3 * sqrt(abs((A3 - Y) / m))"),
        ("delta2", "dA2 * (1 - A2**2) + 134.369 * Z2"),
        ("dW1", "X.T @ (delta1 + 0.37 * abs(delta1)**0.5)"),
        ("delta1", "dA1 * (1 - A1**2) + 0.01 * exp(Z1)"),
    ],
)
def test_a_part_without_a_name_is_not_explained_away(name, formula):
    assert mark(formula, name).mistakes == ("unknown",)


def test_no_condition_is_changed_until_one_of_its_cases_is_a_known_mistake():
    """The derivative of Huber's loss, whose second case has no sign."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12, 3)), rng.normal(size=12) * 3
    est = BackpropRegressor([4], "tanh", loss=Huber(1.0), alpha=0, random_state=0)
    answer = "np.where(np.abs(A2 - Y) <= 1.0, A2 - Y, 1.0) / m"
    marked = check_derivation(est.initialize(X, y), X, y, {"delta2": answer})["delta2"]
    assert marked.mistakes == ("unknown",)


@pytest.mark.parametrize("f", ["tanh", "logistic", "relu", "identity"])
def test_an_odd_formula_in_the_place_of_the_derivative_is_a_wrong_derivative(f):
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    est = BackpropRegressor([4], f, alpha=0, random_state=0).initialize(X, y)
    for slope in ("(1 - 0.3 * A1**3)", "(exp(Z1) / 7)"):
        marked = check_derivation(est, X, y, {"delta1": f"dA1 * {slope}"})["delta1"]
        assert marked.mistakes == ("wrong_derivative",)


# -- what is said ---------------------------------------------------------------------------------


def test_where_one_sample_cannot_tell_mistakes_apart_the_message_says_so():
    for answer in (2.5 * np.ones((3, 4)), "X.T @ (2 * delta1)"):
        assert "one sample" in mark(answer, "dW1", n_samples=1, alpha=0).message
        assert "one sample" not in mark(answer, "dW1", alpha=0).message


def test_where_an_array_is_one_number_the_message_says_that_it_tells_little():
    X, y = np.array([[0.5], [-1.0], [2.0]]), np.array([0.3, -0.2, 1.0])
    est = BackpropRegressor([1], "tanh", alpha=0, random_state=0).initialize(X, y)
    t = trace(est, X, y)
    wrong = check_derivation(est, X, y, {"dW1": -t["dW1"], "loss": 2 * t["loss"]})
    assert "single number" in wrong["dW1"].message
    assert "single number" not in wrong["loss"].message  # that it always is
    assert "single number" not in mark(np.ones((3, 4)), "dW1").message


@pytest.mark.parametrize(
    ("name", "hint"), [("loss", "in front of the sum"), ("dW2", "inner derivatives"), ("A1", None)]
)
def test_what_is_said_of_a_sign_fits_the_quantity(name, hint):
    est, X, y = classifier()
    marked = check_derivation(est, X, y, {name: -np.asarray(trace(est, X, y)[name])})[name]
    assert marked.mistakes == ("sign",)
    assert hint is None or hint in marked.message
    assert ("derivative" in marked.message) == (name == "dW2")
