"""The update of every solver: traced as the engine makes it, derived, marked by its own rule."""

import numpy as np
import pytest
from gradient_helpers import members

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.optimizers import FirstOrder, Like, Optimizer, Update
from sknn_edu.schedules import Cosine
from sknn_edu.teaching import check_derivation, derive, trace, worksheet

X = np.random.RandomState(0).normal(size=(12, 3))
y = np.arange(12) % 3
FIRST_ORDER = [rule.name for rule in members(Optimizer) if isinstance(rule, FirstOrder)]
FULL_BATCH = [rule.name for rule in members(Optimizer) if not isinstance(rule, FirstOrder)]
OPTIONS = {
    "plain": {},
    "penalty": {"alpha": 0.3, "l1_ratio": 0.4},
    "clipped": {"clip_norm": 0.05},
    "ntk": {"parametrization": "ntk"},
    "schedule": {"learning_rate": Cosine(n_steps=9)},
    "all": {
        **{"alpha": 0.5, "clip_norm": 0.05, "parametrization": "ntk", "fit_intercept": False},
        "learning_rate": Cosine(n_steps=9),
    },
}
OF_SGD = {
    "plain momentum": {"nesterovs_momentum": False},
    "no momentum": {"momentum": 0.0},
    "invscaling": {"learning_rate": "invscaling"},
}
CASES = [(solver, name) for solver in FIRST_ORDER for name in OPTIONS]
CASES += [("sgd", name) for name in OF_SGD]


def network(solver, **params):
    given = {"activation": "tanh", "learning_rate_init": 0.05, "alpha": 0, "random_state": 1}
    clf = BackpropClassifier(4, solver=solver, **{**given, **params})
    return clf.initialize(X, y)


def network_of(solver, name):
    return network(solver, **{**OPTIONS, **OF_SGD}[name])


def trained(solver, n_steps=3, **params):
    """A network in the middle of its training."""
    clf = network(solver, **params)
    for _ in range(n_steps):
        clf.partial_fit(X, y)
    return clf


def marked(clf, name, answer, **options):
    return check_derivation(clf, X, y, {name: answer}, **options)[name]


# -- traced --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["gradient", "descent"])
@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(("solver", "name"), CASES)
def test_the_traced_update_is_that_of_the_engine_step_by_step(solver, name, layout, sign):
    clf = network_of(solver, name)
    for _ in range(4):
        t = trace(clf, X, y, layout=layout, sign=sign)
        clf.partial_fit(X, y)
        for l, (W, b) in enumerate(zip(clf.coefs_, clf.intercepts_, strict=True), start=1):
            in_rows = t.W_next[l] if layout == "rows" else t.W_next[l].T
            np.testing.assert_allclose(in_rows, W, rtol=0, atol=1e-12)
            if clf.fit_intercept:
                np.testing.assert_allclose(t.b_next[l].ravel(), b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_what_is_kept_becomes_what_is_traced_as_next(solver):
    clf = network(solver, learning_rate="constant")
    before = trace(clf, X, y)
    clf.partial_fit(X, y)
    after = trace(clf, X, y)
    kept = [name for name in before.updated if f"{name}_next" in before.updated]
    kept = [name for name in kept if name != "mu"]
    assert bool(kept) == (solver != "gd")
    for name in kept:
        assert not before[name].any()
        np.testing.assert_allclose(after[name], before[f"{name}_next"], rtol=1e-12)


def test_steps_are_counted_from_one_and_go_on_after_fit():
    clf = network("adam", max_iter=5, tol=0, n_iter_no_change=100)
    assert trace(clf, X, y)["t"] == 1
    clf.fit(X, y)
    t = trace(clf, X, y)
    assert t["t"] == 6
    clf.partial_fit(X, y)
    np.testing.assert_allclose(t.W_next[1], clf.coefs_[0], rtol=0, atol=1e-12)


def test_a_new_rate_and_a_new_solver_count_from_the_next_step_on():
    clf = trained("adam").set_params(learning_rate_init=0.2)
    assert trace(clf, X, y).learning_rate == 0.2
    assert trace(clf, X, y)["mW1"].any()
    t = trace(clf.set_params(solver="sgd"), X, y)
    assert not t["vW1"].any()
    assert "mW1" not in t.names()


def test_the_trace_of_float32_weights_is_float32():
    clf = BackpropClassifier(4, random_state=1).initialize(X.astype(np.float32), y)
    t = trace(clf, X.astype(np.float32), y)
    assert {t[name].dtype for name in ("W1_next", "mW1_next", "b1_next")} == {np.dtype("f4")}


@pytest.mark.parametrize("mean_in", ["delta", "dW", "nowhere"])
def test_what_is_kept_follows_the_conventions(mean_in):
    clf, m = trained("adam"), len(X)
    ours = trace(clf, X, y)
    t = trace(clf, X, y, mean_in=mean_in, sign="descent")
    scale = m if mean_in == "nowhere" else 1
    np.testing.assert_allclose(t["mW1"], -scale * ours["mW1"])
    np.testing.assert_allclose(t["vW1"], scale**2 * ours["vW1"])
    # Adam does not mind the scale of the gradient, nor what its sign is called.
    np.testing.assert_allclose(t["W1_next"], ours["W1_next"], rtol=1e-4)


def test_where_there_is_no_rule_the_step_is_plain_descent_and_says_so():
    class Wild(FirstOrder):
        def allocate(self, theta):
            pass

        def step(self, theta, grad):
            theta -= np.sign(grad)

    squared = {"loss": "squared_error"}
    for solver in [*FULL_BATCH, Wild(0.05)]:
        clf = network(solver, **(squared if solver == "lm" else {}))
        t = trace(clf, X, y, learning_rate=0.1)
        np.testing.assert_allclose(t.W_next[1], t.W[1] - 0.1 * t.dW[1])
        for text in (t.text, derive(clf).text):
            assert "plain gradient descent in its place" in text
        assert marked(clf, "W1_next", "W1 - learning_rate * dW1").correct


def test_an_optimizer_of_your_own_may_state_its_rule():
    class SignDescent(FirstOrder):
        def allocate(self, theta):
            pass

        def step(self, theta, grad):
            theta -= self.learning_rate * np.sign(grad)

        def in_formulas(self):
            return Update("theta - learning_rate * sign(g)", self.numbers("learning_rate"))

    clf = network(SignDescent(0.05))
    assert derive(clf)["W1_next"] == "W1 - learning_rate * sign(dW1)"
    t = trace(clf, X, y)
    clf.partial_fit(X, y)
    np.testing.assert_allclose(t.W_next[1], clf.coefs_[0], rtol=0, atol=1e-12)


def test_every_rule_keeps_what_it_says():
    for solver in FIRST_ORDER:
        for kept in trace(trained(solver), X, y).step.kept.values():
            assert kept.like in Like
            assert (kept.like is Like.SQUARE) <= (kept.arrays.flat >= 0).all()


# -- derived -------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(("solver", "name"), CASES)
def test_derived_updates_are_right_answers(solver, name, layout):
    clf = network_of(solver, name)
    formulas = derive(clf, layout=layout).formulas
    for quantity in ("W1_next", "b2_next", "mW1_next", "vW2_next", "sb1_next", "vb1_next"):
        if quantity in formulas:
            answer = marked(clf, quantity, formulas[quantity], layout=layout)
            assert answer.correct, str(answer)


def test_derive_says_what_the_options_do():
    text = derive(network("adamw", alpha=0.1, clip_norm=1.0, parametrization="ntk")).text
    for word in ("clip_norm", "decay", "rate of its own", "t is 1", "The step of adamw"):
        assert word in text
    plain = derive(network("gd"))
    assert "W1 := W1 - learning_rate * dW1" in plain.text
    assert "mW1_next" not in plain.formulas
    assert r"v_{W,\mathrm{next}}^{[1]} = \mu \, v_{W}^{[1]}" in derive(network("sgd")).latex


# -- right answers -------------------------------------------------------------------------------

ADAM = [
    ("mW1_next", "beta1 * mW1 + (1 - beta1) * dW1"),
    ("mW1_next", "mW1 + (1 - beta_1) * (dW1 - mW1)"),
    ("mW1_next", "0.9 * mW1 + 0.1 * dW1"),
    ("vb2_next", "beta_2 * vb2 + (1 - beta_2) * np.square(db2)"),
    ("vb2_next", "0.999 * vb2 + (1 - 0.999) * np.multiply(db2, db2)"),
    (
        "W1_next",
        "W1 - lr * (mW1_next / (1 - beta1**t)) / (np.sqrt(vW1_next / (1 - beta2**t)) + eps)",
    ),
    ("W1_next", "W1 - lr * m_hat / (np.sqrt(v_hat) + epsilon)"),
    (
        "W1_next",
        "W1 - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * mW1_next / (vW1_next**0.5 + eps)",
    ),
    ("W1_next", r"W^{[1]} - \eta \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}"),
    ("mW1_next", r"\beta_1 m_{t-1} + (1 - \beta_1) g_t"),
    ("mW1_next", r"\beta_1 v_{dW^{[1]}} + (1 - \beta_1) dW^{[1]}"),  # Ng: v, then s
    ("vW1_next", r"\beta_2 s_{dW^{[1]}} + (1 - \beta_2) (dW^{[1]})^2"),
    (
        "W1_next",
        r"W^{[1]} - \alpha \frac{v^{corrected}_{dW^{[1]}}}"
        r"{\sqrt{s^{corrected}_{dW^{[1]}}} + \varepsilon}",
    ),
    ("mW1_next", "beta1 * VdW1 + (1 - beta1) * dW1"),
    ("vW1_next", "beta2 * SdW1 + (1 - beta2) * dW1**2"),
]
NESTEROV = [  # CS231n's form is the same step
    ("W1_next", "W1 + momentum * vW1_next - learning_rate * dW1"),
    ("W1_next", "W1 - mu * vW1 + (1 + mu) * vW1_next"),
    ("vW1_next", "mu * vW1 - lr * dW1"),
]
MOMENTUM = [
    ("W1_next", "W1 + vW1_next"),
    ("W1_next", "W1 + momentum * vW1 - lr * dW1"),
    ("vW1_next", r"\mu v_{t-1} - \eta g_t"),
    ("W1_next", r"W^{[1]} + v_t"),
    ("vb1_next", "0.9 * vb1 - 0.05 * db1"),
]
RMSPROP = [
    ("vW1_next", r"\beta S_{dW^{[1]}} + (1 - \beta) (dW^{[1]})^2"),
    ("W1_next", r"W^{[1]} - \alpha \frac{dW^{[1]}}{\sqrt{S_{dW^{[1]}}} + \varepsilon}"),
    ("W1_next", "W1 - lr * dW1 / np.sqrt(vW1_next + eps)"),
    ("W1_next", "W1 - lr * dW1 / np.sqrt(vW1_next)"),
]
RIGHT = [("adam", {}, *case) for case in ADAM] + [("sgd", {}, *case) for case in NESTEROV]
RIGHT += [("sgd", {"nesterovs_momentum": False}, *case) for case in MOMENTUM]
RIGHT += [("rmsprop", {}, *case) for case in RMSPROP]


@pytest.mark.parametrize("n_steps", [0, 3])
@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(("solver", "params", "name", "formula"), RIGHT)
def test_the_rule_is_right_in_every_spelling(solver, params, name, formula, layout, n_steps):
    answer = marked(trained(solver, n_steps, **params), name, formula, layout=layout)
    assert answer.correct, str(answer)


@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_right_arrays_are_right_and_those_of_no_step_are_not(solver):
    clf = trained(solver, learning_rate_init=1e-3)
    t = trace(clf, X, y)
    for name, array in t.updated.items():
        if name.endswith("_next") and np.ndim(array):
            assert marked(clf, name, array).correct
            assert marked(clf, name, np.round(array, 10)).correct
    answer = marked(clf, "W1_next", t.W[1])  # within 1e-3, but no step at all
    assert not answer.correct


def test_the_paper_s_place_of_epsilon_is_right_in_arrays_too():
    clf = trained("adam", 1)
    t = trace(clf, X, y)
    m, v, n = t["mW1_next"], t["vW1_next"], t["t"]
    answer = t.W[1] - 0.05 * m / (1 - 0.9**n) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8)
    assert marked(clf, "W1_next", answer).correct


# -- wrong answers -------------------------------------------------------------------------------

PLAIN = {"nesterovs_momentum": False}
# Bug reports and questions about implementations of optimizers, each as the formula that it is of.
REPORTED = [
    # oxiglade/mlx-rs#301: no bias correction
    ("adam", {}, "W1_next", "W1 - lr * mW1_next / (np.sqrt(vW1_next) + eps)", "factor", "missing"),
    # eriklindernoren/ML-From-Scratch#35: corrected by 1 - beta, without the power
    (
        *("adam", {}, "W1_next"),
        "W1 - lr * mW1_next / (1 - beta1) / (np.sqrt(vW1_next / (1 - beta2)) + eps)",
        *("factor", "power t"),
    ),
    # karpathy/convnetjs#107: multiplied by the correction
    (
        *("adam", {}, "W1_next"),
        "W1 - lr * mW1_next * (1 - beta1**t) / (np.sqrt(vW1_next * (1 - beta2**t)) + eps)",
        *("factor", "must divide"),
    ),
    # PennyLaneAI/pennylane#1928: (1 - b1) omitted
    ("adam", {}, "mW1_next", "beta1 * mW1 + dW1", "factor", "1 - beta_1"),
    ("adam", {}, "vW1_next", "beta2 * vW1 + dW1**2", "factor", "1 - beta_2"),
    # ooples/AiDotNet#2008: the coefficient on the wrong term
    ("sgd", PLAIN, "vW1_next", "vW1 - momentum * lr * dW1", "factor", "wrong term"),
    # mdenil/dropout#4: the velocity of the step before
    ("sgd", PLAIN, "W1_next", "W1 + vW1", "wrong_name", "before this step"),
    # zc911/MatrixSlow#17: no rate in the velocity
    ("sgd", PLAIN, "vW1_next", "momentum * vW1 - dW1", "learning_rate_missing", "rate"),
    # fchollet/deep-learning-with-python-notebooks#19: the gradient added
    ("sgd", PLAIN, "vW1_next", "momentum * vW1 + lr * dW1", "sign", "uphill"),
    # dfdx/Boltzmann.jl#14: the rate in front of the old velocity, too
    ("sgd", PLAIN, "vW1_next", "lr * (momentum * vW1 - dW1)", "learning_rate_squared", "both"),
    # PaddlePaddle#12231: Nesterov's step with the rate once more
    ("sgd", {}, "W1_next", "W1 - lr * dW1 + momentum * vW1_next * lr", "learning_rate_squared", ""),
    # Ng's course, PyTorch: another velocity
    ("sgd", PLAIN, "W1_next", "W1 - lr * (momentum * vW1 + dW1)", "wrong_name", "PyTorch"),
    (
        *("sgd", PLAIN, "W1_next", "W1 - lr * (momentum * vW1 + (1 - momentum) * dW1)"),
        *("wrong_name", "Ng's course"),
    ),
    ("sgd", PLAIN, "vW1_next", "momentum * vW1 + dW1", "learning_rate_missing", "PyTorch"),
]
OTHERS = [
    ("adam", {}, "W1_next", "W1 - lr * dW1", "wrong_name", "plain gradient descent"),
    ("rmsprop", {}, "b1_next", "b1 - lr * db1", "wrong_name", "plain gradient descent"),
    ("adam", {}, "mW1_next", "beta1 * mW1 - (1 - beta1) * dW1", "sign", "sign"),
    ("adam", {}, "mW1_next", "(1 - beta1) * mW1 + beta1 * dW1", "factor", "exchanged"),
    ("adam", {}, "mW1_next", "beta2 * mW1 + (1 - beta2) * dW1", "wrong_name", "beta_2"),
    ("adam", {}, "mW1_next", "beta1 * mW1 + (1 - beta1) * dW1**2", "wrong_name", "squared"),
    ("adam", {}, "vW1_next", "beta2 * vW1 + (1 - beta2) * dW1", "wrong_name", "square is missing"),
    ("adam", {}, "vW1_next", "(beta2 * vW1 + (1 - beta2) * dW1)**2", "wrong_name", "mean"),
    ("adam", {}, "vW1_next", "beta2 * mW1 + (1 - beta2) * dW1**2", "wrong_name", "mW1"),
    ("adam", {}, "mW1_next", "(1 - beta1) * dW1", "wrong_name", "mW1 is missing"),
    ("adam", {}, "W1_next", "W1 + lr * m_hat / (np.sqrt(v_hat) + eps)", "sign", "sign"),
    ("adam", {}, "W1_next", "W1 - m_hat / (np.sqrt(v_hat) + eps)", "learning_rate_missing", ""),
    ("adam", {}, "W1_next", "-lr * m_hat / (np.sqrt(v_hat) + eps)", "step_without_weights", ""),
    ("adam", {}, "W1_next", "W1 - lr * m_hat / (v_hat + eps)", "wrong_name", "root"),
    ("adam", {}, "W1_next", "W1 - lr * lr * m_hat / (np.sqrt(v_hat) + eps)",
     "learning_rate_squared", ""),
    ("adam", {}, "W1_next", "W1 - lr * m_hat", "wrong_name", "divided"),
    (
        *("adam", {}, "W1_next"),
        "W1 - lr * mW1 / (1 - beta1**t) / (np.sqrt(vW1_next / (1 - beta2**t)) + eps)",
        *("wrong_name", "before this step"),
    ),
    (
        *("adam", {"epsilon": 0.1}, "W1_next"),
        "W1 - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * mW1_next / np.sqrt(vW1_next + eps)",
        *("wrong_name", "below the root"),
    ),
    ("nadam", {}, "W1_next", "W1 - lr * m_hat / (np.sqrt(v_hat) + eps)", "wrong_name", "Adam"),
    ("adamw", {"alpha": 0.5}, "W1_next", "W1 - lr * m_hat / (np.sqrt(v_hat) + eps)",
     "penalty_missing", "decay"),
    ("adam", {}, "W1_next", "W1 - lr * m_hat / (1 - beta1**t) / (np.sqrt(v_hat) + eps)",
     "factor", "twice"),
    ("adagrad", {}, "sW1_next", "sW1 + dW1", "wrong_name", "square"),
    ("adagrad", {}, "W1_next", "W1 - lr * dW1 / (sW1_next + eps)", "wrong_name", "root"),
    ("rmsprop", {}, "vW1_next", "vW1 + (1 - rho) * dW1**2", "factor", "rho"),
    ("sgd", {}, "W1_next", "W1 + vW1_next", "wrong_name", "plain momentum"),
    ("sgd", PLAIN, "W1_next", "W1 - vW1_next", "sign", "added"),
    ("sgd", PLAIN, "W1_next", "W1 - lr * vW1_next", "learning_rate_squared", "once more"),
    ("sgd", PLAIN, "W1_next", "W1 + momentum * vW1_next - lr * dW1", "wrong_name", "Nesterov"),
    ("adamw", {"alpha": 0.5}, "mW1_next", "beta1 * mW1 + (1 - beta1) * dW1", "penalty_factor", ""),
    ("gd", {"clip_norm": 0.01}, "W1_next", "W1 - lr * dW1", "factor", "clip"),
    ("gd", {"parametrization": "ntk"}, "W1_next", "W1 - lr * dW1", "factor", "rate of the layer"),
]  # fmt: skip


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(("solver", "params", "name", "formula", "code", "word"), REPORTED + OTHERS)
def test_mistakes_in_updates_are_named(solver, params, name, formula, code, word, layout):
    for n_steps in (0, 3):
        answer = marked(trained(solver, n_steps, **params), name, formula, layout=layout)
        assert answer.mistakes == (code,), str(answer)
        assert word in answer.message


@pytest.mark.parametrize(("solver", "params", "name", "formula", "code", "word"), REPORTED + OTHERS)
def test_mistakes_in_updates_are_named_in_arrays(solver, params, name, formula, code, word):
    clf = trained(solver, 3, **params)
    shortened = {"lr": 0.05, "eps": params.get("epsilon", 1e-8), "beta1": 0.9, "beta2": 0.999}
    t = trace(clf, X, y)
    values = {n: t[n] for n in t.names()} | shortened | {"np": np}
    if "t" in values:
        p = name.removesuffix("_next")[-2:]
        for letter, beta in (("m", 0.9), ("v", 0.999)):
            values[f"{letter}_hat"] = values.get(f"{letter}{p}_next", 0) / (1 - beta ** t["t"])
    answer = marked(clf, name, eval(formula, values))
    assert code in answer.mistakes, str(answer)


def test_a_gradient_that_is_wrong_is_found_in_the_update_that_was_made_of_it():
    for solver in ("gd", "sgd", "adam"):
        clf = trained(solver, 2, alpha=0.4)
        t = trace(clf, X, y)
        wrong = t.dW[1] - 0.4 * t.W[1] / len(X)
        update = {
            "gd": lambda g, t=t: t.W[1] - 0.05 * g,
            "sgd": lambda g, t=t: t.W[1] + 0.9 * (0.9 * t["vW1"] - 0.05 * g) - 0.05 * g,
            "adam": lambda g, t=t: _adam_step(t, g),
        }[solver]
        assert marked(clf, "W1_next", update(t.dW[1])).correct
        assert marked(clf, "W1_next", update(wrong)).mistakes == ("penalty_missing",)
        assert marked(clf, "W1_next", update(len(X) * t.dW[1])).mistakes == ("missing_mean",)


def _adam_step(t, g):
    m, v, n = 0.9 * t["mW1"] + 0.1 * g, 0.999 * t["vW1"] + 0.001 * g**2, t["t"]
    return t.W[1] - 0.05 * np.sqrt(1 - 0.999**n) / (1 - 0.9**n) * m / (np.sqrt(v) + 1e-8)


def test_names_of_updates_are_unknown_in_gradients():
    with pytest.raises(ValueError, match="There is no 'momentum' here"):
        marked(network("sgd"), "dW1", "A0.T @ delta1 * momentum")
    assert marked(network("adam"), "delta2", "(A2 - t) / m").correct  # t is the target there


@pytest.mark.parametrize("mean_in", ["delta", "dW", "nowhere"])
@pytest.mark.parametrize("solver", FIRST_ORDER)
def test_updates_follow_the_conventions(solver, mean_in):
    clf = trained(solver, alpha=0.3)
    formulas = derive(clf, mean_in=mean_in, sign="descent").formulas
    for name in ("W1_next", "b2_next"):
        answer = marked(clf, name, formulas[name], mean_in=mean_in, sign="descent")
        assert answer.correct, str(answer)
    assert "W1 +" in formulas["W1_next"] or solver == "adamw"


def test_a_gradient_of_zero_is_not_clipped():
    t = trace(network("gd", clip_norm=1.0), X, y)
    assert 0 < t["clip"] <= 1
    reg = BackpropRegressor((), alpha=0, solver="gd", clip_norm=1.0).initialize(X, X[:, 0])
    reg.coefs_[0][:], reg.intercepts_[0][:] = np.eye(3)[:, :1], 0
    t = trace(reg, X, X[:, 0])
    assert t["clip"] == 1
    np.testing.assert_array_equal(t.W_next[1], t.W[1])


def test_descent_gone_wrong_is_explained_where_the_solver_is_another():
    for formula, code in (
        ("W1 - dW1", "learning_rate_missing"),
        ("W1 + lr * dW1", "sign"),
        ("W1 - lr * W1", "wrong_name"),
        ("W1 - lr / m * dW1", "double_mean"),
        ("lr * dW1", "step_without_weights"),
    ):
        answer = marked(trained("adam"), "W1_next", formula)
        assert {code, "wrong_name"} == set(answer.mistakes), str(answer)
        assert "adam" in answer.message


def test_what_only_the_solver_has_is_no_error_while_other_rules_are_tried():
    formula = "W1 * beta1 - lr * m_hat / v_hat**3"
    assert marked(trained("adam"), "W1_next", formula).mistakes == ("unknown",)


def test_a_worksheet_asks_for_the_step_of_the_solver():
    first, later = (
        worksheet(trained("adam", n), X, y, ["W2_next", "mW2_next"]).html for n in (0, 3)
    )
    assert "after one step of adam" in first
    assert "This is the first step: what adam keeps of earlier ones is 0." in first
    assert "This is the first step" not in later
    for kept in ("m", "v"):
        table = f"<span class='formula'><i>{kept}</i><sub>W2</sub></span>"
        assert table in later
        assert table not in first
