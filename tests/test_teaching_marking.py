"""The marking of derivations, judged by mistakes that were made by hand.

The networks, the right numbers and the wrong ones come from `reference_derivations` and
`student_mistakes`, which share no formula with the library. A part of the networks is
looked at in every run; the tests marked as slow look at all of them.
"""

import functools
import json
import pickle
from collections import defaultdict

import numpy as np
import pytest
from reference_derivations import Network, Setting, settings
from sklearn.exceptions import NotFittedError
from student_formulas import planted_in_text
from student_mistakes import planted_alone, planted_in_pairs

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.teaching import check_derivation

SETTINGS = settings()
ALL = range(len(SETTINGS))
FEW = range(0, len(SETTINGS), 12)
networks = functools.cache(lambda i: Network(SETTINGS[i]))


def each_network(test):
    """Parametrize with the number of a network: a few in every run, the others when slow."""
    marked = [i if i in FEW else pytest.param(i, marks=pytest.mark.slow) for i in ALL]
    return pytest.mark.parametrize("i", marked)(test)


def round_to_digits(P, digits=4):
    """P as a hand rounds it, to so many significant digits."""
    P = np.asarray(P, dtype=float)
    size = np.floor(np.log10(np.abs(P), where=P != 0, out=np.zeros_like(P)))
    unit = 10.0 ** (size - digits + 1)
    return np.round(P / unit) * unit


def wrongly_marked(net, answers, **kwargs):
    """The quantities whose answers are marked as wrong."""
    return [a for a in net.mark(answers, **kwargs).answers if not a.correct]


# -- right answers ------------------------------------------------------------------------------


def test_there_are_at_least_60_networks_and_all_of_them_differ():
    assert len(set(map(str, SETTINGS))) >= 60
    assert {len(s.hidden) for s in SETTINGS} == {1, 2, 3}


@each_network
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda P: P, id="float64"),
        pytest.param(lambda P: P.astype(np.float32), id="float32"),
        pytest.param(lambda P: P.tolist(), id="lists"),
        pytest.param(lambda P: lambda t: P, id="callable"),
        pytest.param(round_to_digits, id="4 digits"),
        pytest.param(lambda P: np.round(P, 4) if np.abs(P).max() > 0.05 else P, id="4 decimals"),
    ],
)
def test_right_numbers_are_correct_however_they_are_written(i, written):
    net = networks(i)
    answers = {name: written(net.in_layout(truth)) for name, truth in net.truth.items()}
    assert not wrongly_marked(net, answers)


@pytest.mark.parametrize("i", FEW)
def test_3_digits_are_enough_with_a_tolerance_of_a_hundredth(i):
    # Rounding to 3 digits moves a number by at most half a hundredth of itself.
    net = networks(i)
    answers = {name: round_to_digits(net.in_layout(P), 3) for name, P in net.truth.items()}
    assert not wrongly_marked(net, answers, rtol=1e-2)


@each_network
def test_callables_get_the_numbers_that_a_hand_computes(i):
    net = networks(i)
    names = [*net.truth, *(f"{kind}{l}" for kind in "ZA" for l in net.f)]
    seen = {}

    def answer(name):
        return lambda t: seen.setdefault(name, t[name])

    assert net.mark({name: answer(name) for name in names}).correct
    for name, truth in net.truth.items():
        np.testing.assert_allclose(seen[name], net.in_layout(truth), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_the_gradient_of_biases_may_be_a_row_a_column_or_flat(layout):
    net = Network(Setting(layout=layout))
    flat = net.truth["db1"]
    shapes = [flat, flat[None, :] if layout == "rows" else flat[:, None]]
    for db in shapes:
        assert net.mark({"db1": db}).correct


# A network and (quantity, formulas of it that are right).
TANH = Setting(hidden=("tanh",), sizes=(3, 5, 3))
RELU = Setting("identity", ((2, "squared_error"),), ("relu",), (3, 4, 2), alpha=0.3)
WEIGHTED = Setting(
    "logistic", ((1, "squared_error"),), ("softplus", "silu"), (3, 4, 3, 2), weighted=True
)
RIGHT = [
    (
        TANH,
        {
            "A1": ["tanh(Z1)", "2 * sigmoid(2 * Z1) - 1", "1 - 2 / (exp(2 * Z1) + 1)"],
            "Z2": ["A1 @ W2 + b2", "(W2.T @ A1.T).T + b2"],
            "loss": [
                "-sum(Y * log(A2)) / m",
                "mean(sum(-Y * log(A2), axis=1))",
                "-3 * mean(Y * log(A2))",
                "(sum(log(sum(exp(Z2), axis=1))) - sum(Y * Z2)) / m",
            ],
            "delta2": [
                "(A2 - Y) / m",
                "-(Y - A2) * m**-1",
                "(softmax(Z2) - Y) / m",
                "A2 * (dA2 - sum(dA2 * A2, axis=1, keepdims=True))",
                "exp(Z2) / sum(exp(Z2), axis=1, keepdims=True) / m - Y / m",
            ],
            "dW2": [
                "A1.T @ delta2",
                "(delta2.T @ A1).T",
                "A1.T @ (A2 - Y) / m",
                "-A1.T @ (Y - A2) / m",
            ],
            "db2": [
                "sum(delta2, axis=0)",
                "mean(A2 - Y, axis=0)",
                "sum(delta2.T, axis=1)",
            ],
            "dA1": ["delta2 @ W2.T", "(W2 @ delta2.T).T", "(A2 - Y) @ W2.T / m"],
            "delta1": [
                "dA1 * (1 - A1**2)",
                "dA1 * sech(Z1)**2",
                "dA1 * d_tanh(Z1)",
                "dA1 * 4 * sigmoid(2 * Z1) * (1 - sigmoid(2 * Z1))",
                "(A2 - Y) / m @ W2.T * (1 - A1**2)",
            ],
            "dW1": ["X.T @ delta1", "A0.T @ delta1", "X.T @ (((A2 - Y) @ W2.T) * sech(Z1)**2) / m"],
        },
    ),
    (
        RELU,
        {
            "loss": [
                "(sum((A2 - Y)**2) + alpha / 2 * (sum(W1**2) + sum(W2**2))) / m",
            ],
            "delta2": ["2 * (A2 - Y) / m", "(A2 - Y) / (m / 2)", "(2*A2 - 2*Y) / m"],
            "delta1": [
                "dA1 * d_relu(Z1)",
                "dA1 * d_relu(A1)",
                "(delta2 @ W2.T) * d_relu(Z1)",
            ],
            "dW2": [
                "A1.T @ delta2 + alpha * W2 / m",
                "(2 * A1.T @ (A2 - Y) + alpha * W2) / m",
            ],
            "b1_next": ["b1 - learning_rate * db1", "b1 - learning_rate * sum(delta1, axis=0)"],
        },
    ),
    (
        WEIGHTED,
        {
            "dA3": ["w * (A3 - Y) / sum(w)", "(A3 - Y) * w / (m * mean(w))"],
            "delta3": ["w * (A3 - Y) * A3 * (1 - A3) / sum(w)"],
            "delta2": [
                "dA2 * d_silu(Z2)",
                "dA2 * (sigmoid(Z2) + Z2 * sigmoid(Z2) * (1 - sigmoid(Z2)))",
            ],
            "delta1": ["dA1 * sigmoid(Z1)", "dA1 * (1 - exp(-A1))", "dA1 / (1 + exp(-Z1))"],
            "db3": ["sum(w * (A3 - Y) * A3 * (1 - A3), axis=0) / sum(w)"],
        },
    ),
]


def test_many_ways_to_write_what_is_right_are_correct():
    for setting, quantities in RIGHT:
        net = Network(setting)
        for name, formulas in quantities.items():
            for formula in formulas:
                marked = net.mark({name: formula})[name]
                assert marked.correct, f"{formula}: {marked}"


# -- wrong answers, and why ---------------------------------------------------------------------


class Tally:
    """How many planted mistakes were named, by their codes."""

    def __init__(self):
        self.by_code = defaultdict(lambda: [0, 0])
        self.failures = []
        self.n_named = self.n = 0

    def count(self, codes, named, what):
        """One answer: whether its mistakes were named."""
        for code in codes:
            self.by_code[code][0] += named
            self.by_code[code][1] += 1
        self.n += 1
        self.n_named += named
        if not named:
            self.failures.append(what)

    def assert_rates(self, overall, by_code):
        """Fail if too few were named."""
        worst = "\n".join(self.failures[:30])
        assert self.n_named >= overall * self.n, f"{self.n_named} of {self.n}\n{worst}"
        for code, (named, n) in self.by_code.items():
            missed_by_chance = n < 10  # one of so few says nothing
            assert named >= by_code * n - missed_by_chance, f"{code}: {named} of {n}\n{worst}"


def tally_of(planted, write=lambda net, answer: answer, **kwargs):
    """Mark each planted answer by itself."""
    tally = Tally()
    for p in planted:
        answer = write(p.net, p.net.in_layout(p.answer))
        marked = p.net.mark({p.quantity: answer}, **kwargs)[p.quantity]
        tally.count(
            [mistake.code for mistake in p.mistakes],
            not marked.correct and p.is_named_by(marked.mistakes),
            f"{p} -> {marked.mistakes}{' correct' * marked.correct}",
        )
    return tally


def sampled(planted, rng, upstream):
    """The mistakes in a quantity's own line, and a part of those that come from upstream."""
    return [p for p in planted if not p.is_upstream or rng.random() < upstream]


def planted_in(numbers, upstream, part=1.0):
    """Mistakes planted alone in these networks: each kind once, and a part of the others."""
    rng, seen = np.random.default_rng(0), set()
    for i in numbers:
        for p in sampled(planted_alone(networks(i)), rng, upstream):
            kind = p.mistakes[0].code, p.mistakes[0].note
            if rng.random() < part or kind not in seen:
                seen.add(kind)
                yield p


SAMPLED, THOROUGH = "sampled", pytest.param("thorough", marks=pytest.mark.slow)


@pytest.mark.parametrize("how", [SAMPLED, THOROUGH])
def test_a_mistake_made_alone_is_named(how):
    if how == "sampled":
        tally_of(planted_in(FEW, upstream=0.04, part=0.02)).assert_rates(overall=0.98, by_code=0.8)
    else:
        tally_of(planted_in(ALL, upstream=0.03, part=0.08)).assert_rates(overall=0.99, by_code=0.95)


def test_a_missing_term_of_an_elastic_net_is_named():
    net = Network(Setting(alpha=0.3, l1_ratio=0.5))
    for l, W in net.W.items():
        for term in (W, np.sign(W)):
            wrong = net.truth[f"dW{l}"] - 0.15 * term / net.m
            marked = net.mark({f"dW{l}": net.in_layout(wrong)})[f"dW{l}"]
            assert marked.mistakes == ("penalty_missing",)


@pytest.mark.slow
def test_a_mistake_in_a_callable_or_in_a_list_is_named_as_in_an_array():
    # That of a callable is computed; that of a list is read: the digits show that it is exact.
    for write in (lambda net, P: lambda t: P, lambda net, P: P.tolist()):
        tally = tally_of(planted_in(FEW, upstream=0.02, part=0.15), write)
        tally.assert_rates(overall=0.99, by_code=0.8)


def tally_of_text(numbers, upstream, part):
    tally, rng = Tally(), np.random.default_rng(1)
    for i in numbers:
        for code, quantity, text in planted_in_text(networks(i), rng, upstream):
            if rng.random() < part:
                marked = networks(i).mark({quantity: text})[quantity]
                named = not marked.correct and code in marked.mistakes
                what = f"{code} in {quantity} = {text} [{SETTINGS[i]}] -> {marked.mistakes}"
                tally.count([code], named, what)
    return tally


@pytest.mark.parametrize("how", [SAMPLED, THOROUGH])
def test_a_mistake_in_a_formula_is_named(how):
    if how == "sampled":
        tally_of_text(FEW, upstream=0.03, part=0.08).assert_rates(overall=0.98, by_code=0.8)
    else:
        tally_of_text(ALL, upstream=0.05, part=0.08).assert_rates(overall=0.99, by_code=0.95)


@pytest.mark.parametrize("how", [SAMPLED, THOROUGH])
def test_two_mistakes_at_once_are_named(how):
    numbers, n, overall = (FEW[::2], 2, 0.75) if how == "sampled" else (ALL, 3, 0.8)
    rng = np.random.default_rng(2)
    tally = tally_of(p for i in numbers for p in planted_in_pairs(networks(i), rng, n))
    tally.assert_rates(overall, by_code=0)


def clearly_wrong(planted):
    """Those that move the numbers by 20 times what rounding to 4 digits does, or more."""
    for p in planted:
        truth = p.net.truth[p.quantity]
        largest = np.abs(truth).max()
        if p.answer.shape != truth.shape or np.abs(p.answer - truth).max() > 1e-2 * largest:
            yield p


@pytest.mark.parametrize("how", [SAMPLED, THOROUGH])
def test_a_mistake_is_named_in_rounded_numbers_too(how):
    few = how == "sampled"
    planted = planted_in(FEW, upstream=0.04, part=0.01) if few else planted_in(ALL, 0.02, 0.07)
    tally = tally_of(clearly_wrong(planted), lambda net, P: round_to_digits(P))
    tally.assert_rates(overall=0.95, by_code=0.7 if few else 0.8)


# -- wrong answers without a known cause ----------------------------------------------------------

# One number is always some multiple of the right one. A multiple with two decimals that fits to
# 9 digits is a factor; one with more, or 1.37 times a rounded number, may be anything.
ODD_FACTORS = (1.3719, 2**0.5, 0.7321, np.pi)


def nonsense(net, rng):
    """(quantity, answer) that no mistake explains."""
    for name, truth in net.truth.items():
        largest = np.abs(truth).max()
        if largest == 0:
            continue
        if np.size(truth) == 1:
            for factor in ODD_FACTORS:
                yield name, factor * truth
                yield name, round_to_digits(round(factor, 2) * truth)
            continue
        noise = rng.normal(size=truth.shape)
        yield name, noise
        yield name, round_to_digits(noise)
        yield name, truth + 0.3 * largest * noise
        place = np.unravel_index(np.abs(truth).argmax(), truth.shape)
        for change in (0.3, 0.02, 1.0):  # the last doubles the entry
            wrong = truth.copy()
            wrong[place] *= 1 + change
            if np.count_nonzero(truth) > 1:
                yield name, wrong
        yield name, truth * np.exp(0.5 * rng.normal(size=truth.shape))
        yield name, np.tanh(3 * truth / largest) * largest


def odd_formulas(net):
    """(quantity, formula) that are smooth, of the right shape, and make no sense."""
    for l in net.f:
        yield f"delta{l}", f"exp(Z{l}) / 7"
        yield f"delta{l}", f"dA{l} * (1 - 0.3 * A{l}**3) + 0.2 * Z{l}**2"
        yield f"delta{l}", f"sqrt(A{l}**2 + 1) / 50"
        yield f"dW{l}", f"W{l}**3 / 9 + W{l}"
        yield f"dA{l}", f"A{l} / 50 + 0.01 * Z{l}**2"
        if net.setting.biases:
            yield f"db{l}", f"exp(b{l}) / 3"


def count_nonsense(numbers, part):
    rng = np.random.default_rng(3)
    guessed, n = [], 0
    for i in numbers:
        net = networks(i)
        cases = [(name, net.in_layout(P)) for name, P in nonsense(net, rng)]
        for name, answer in [*cases, *odd_formulas(net)]:
            if rng.random() > part:
                continue
            marked = net.mark({name: answer})[name]
            what = answer if isinstance(answer, str) else np.round(answer, 6).tolist()
            assert not marked.correct, f"{name} = {what} [{SETTINGS[i]}]"
            n += 1
            if marked.mistakes != ("unknown",):
                guessed.append(f"{name} = {what} [{SETTINGS[i]}] -> {marked.explanations}")
    return guessed, n


@pytest.mark.parametrize("how", [SAMPLED, THOROUGH])
def test_what_no_mistake_explains_is_unknown(how):
    guessed, n = count_nonsense(*((FEW[::3], 0.03) if how == "sampled" else (ALL[::2], 0.06)))
    assert len(guessed) <= 0.01 * n, "\n".join(guessed[:20])


@pytest.mark.parametrize("i", FEW)
def test_whatever_multiplies_dA_in_place_of_the_derivative_is_a_wrong_derivative(i):
    """The place says what a formula of A or Z alone is meant to be, however odd it is."""
    net = networks(i)
    for l, f in net.f.items():
        marked = net.mark({f"delta{l}": f"dA{l} * (1 - 0.3 * A{l}**3)"})[f"delta{l}"]
        assert marked.mistakes == ("wrong_derivative",), f"{f}: {marked}"


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_a_wrong_shape_is_called_that(layout):
    net = Network(Setting(layout=layout, sizes=(3, 5, 4)))
    for name, truth in net.truth.items():
        if truth.ndim == 2:
            for wrong in (truth[:-1], truth.mean(axis=0), truth[None], truth[0, 0]):
                marked = net.mark({name: np.array(wrong)})[name]
                assert marked.mistakes == ("shape",), f"{name} {np.shape(wrong)}: {marked}"
    assert net.mark({"loss": net.truth["delta2"]})["loss"].mistakes == ("shape",)
    assert net.mark({"db1": np.ones((2, 7))})["db1"].mistakes == ("shape",)


@pytest.mark.parametrize(
    ("layout", "name", "formula", "code"),
    [
        ("rows", "dA1", "delta2 @ W2", "weights_not_transposed"),
        ("columns", "dA1", "W2 @ delta2", "weights_not_transposed"),
        ("rows", "delta1", "(delta2 @ W2) * d_tanh(Z1)", "weights_not_transposed"),
        ("rows", "dW2", "A1 @ delta2", "transposed"),
        ("rows", "dW2", "A1.T @ delta2.T", "transposed"),
        ("columns", "dW2", "delta2 @ A1", "transposed"),
        ("rows", "dW2", "delta2.T @ A1", "transposed"),
        ("rows", "dW2", "A1 * delta2", "elementwise_for_matrix"),
        ("rows", "db2", "delta2", "bias_not_summed"),
        ("columns", "db2", "delta2", "bias_not_summed"),
    ],
)
def test_shapes_that_do_not_fit_are_explained_by_the_transpose_that_is_missing(
    layout, name, formula, code
):
    net = Network(Setting(layout=layout, sizes=(3, 5, 4)))
    assert net.mark({name: formula})[name].mistakes == (code,)


# -- what is said -----------------------------------------------------------------------------


def without_spaces(text):
    return "".join(text.split())


@pytest.mark.parametrize("i", FEW[::4])
def test_messages_say_what_is_wrong_and_leave_the_formula_to_the_student(i):
    net, rng = networks(i), np.random.default_rng(4)
    for p in sampled(planted_alone(net), rng, upstream=0.02)[::29]:
        answers = {p.quantity: net.in_layout(p.answer)}
        silent, open_ = (net.mark(answers, reveal=reveal)[p.quantity] for reveal in (False, True))
        assert silent.message.endswith("."), silent
        assert open_.message.startswith(silent.message)
        formula = open_.message.removeprefix(silent.message).split(" = ", 1)[1].removesuffix(".")
        assert len(formula) > 3
        assert without_spaces(formula) not in without_spaces(silent.message), f"{p}: {silent}"
        assert net.mark({p.quantity: formula}).correct or "(" in formula, formula


def test_a_correct_answer_is_called_correct_and_nothing_else():
    net = networks(0)
    marking = net.mark({name: net.in_layout(P) for name, P in net.truth.items()}, reveal=True)
    assert {a.message for a in marking.answers} == {"Correct."}
    assert all(a.mistakes == () and a.relative_error < 1e-9 for a in marking.answers)
    assert marking.score == 1


def test_a_marking_is_a_mapping_a_table_and_plain_data():
    net = Network(TANH)
    marking = net.mark(
        {"dW2": "A1.T @ delta2", "dW1": "X.T @ (m * delta1)", "db1": [[1.0, 2.0], [3.0, 4.0]]}
    )
    assert list(marking) == ["dW2", "dW1", "db1"]
    assert len(marking) == 3
    assert marking["dW1"].mistakes == ("missing_mean",)
    with pytest.raises(KeyError):
        marking["dW3"]
    assert marking.score == pytest.approx(1 / 3)
    assert not marking.correct
    assert [row["name"] for row in marking.table] == list(marking)
    plain = json.loads(json.dumps(marking.to_dict(), allow_nan=False))
    assert plain["answers"][1]["mistakes"] == ["missing_mean"]
    assert "1 of 3" in marking.text
    assert "missing_mean" in repr(marking)
    assert all(name in marking._repr_html_() for name in marking)


def test_html_of_a_marking_shows_answers_as_text():
    net = Network(TANH)

    def answer(t):
        raise RuntimeError("<script>alert(1)</script>")

    marking = net.mark({"dW1": answer}, on_error="mark")
    assert "alert" in marking["dW1"].message
    assert "<script>" not in marking._repr_html_()


@pytest.mark.parametrize("i", FEW[::4])
def test_marking_leaves_the_network_the_data_and_the_answers_as_they_are(i):
    net = networks(i)
    answers = {name: 1.5 * net.in_layout(P) for name, P in net.truth.items()}
    everything = (net.est, net.X, net.y, net.sample_weight, answers)
    before = pickle.dumps(everything)
    net.mark(answers)
    assert pickle.dumps(everything) == before


def test_a_callable_cannot_change_the_numbers_that_others_are_marked_by():
    net = Network(TANH)
    weights = net.est.coefs_[0].copy()

    def spoil(kind):
        def answer(t):
            getattr(t, kind)[1][...] = 0
            return t.dW[1]

        return answer

    for kind in ("W", "Z", "A", "delta", "dW"):
        with pytest.raises(ValueError, match="dW1"):
            net.mark({"dW1": spoil(kind)})
        marking = net.mark({"dW1": spoil(kind), "dW2": "A1.T @ delta2"}, on_error="mark")
        assert not marking["dW1"].correct
        assert marking["dW2"].correct
    np.testing.assert_array_equal(net.est.coefs_[0], weights)


def test_answers_do_not_depend_on_those_before_them():
    net = networks(9)
    rng = np.random.default_rng(5)
    wrong = sampled(planted_alone(net), rng, upstream=0.02)[::41]
    for p in wrong:
        alone = net.mark({p.quantity: net.in_layout(p.answer)})[p.quantity]
        others = {name: net.in_layout(2 * P) for name, P in net.truth.items()}
        together = net.mark(others | {p.quantity: net.in_layout(p.answer)})[p.quantity]
        assert alone == together


# -- bad input -----------------------------------------------------------------------------------


@pytest.fixture
def net():
    return Network(TANH)


@pytest.mark.parametrize("name", ["dW3", "dw3", "W1", "gradient", "dW", "", "dA9", "delta0", 3])
def test_a_quantity_that_does_not_exist_is_refused_with_those_that_do(net, name):
    with pytest.raises(ValueError, match=r"delta1.*dW2|dW2.*delta1"):
        net.mark({name: 1.0})


def test_gradients_of_biases_do_not_exist_where_biases_do_not():
    net = Network(Setting(biases=False))
    with pytest.raises(ValueError, match="db1"):
        net.mark({"db1": np.zeros(5)})


@pytest.mark.parametrize("answers", [{}, [], None, "dW1", [("dW1", 1)], 3.0])
def test_answers_that_are_no_dict_are_refused(net, answers):
    with pytest.raises(ValueError, match="answers must be a dict"):
        net.mark(answers)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(np.ones((3, 5), complex), id="complex"),
        pytest.param(np.full((3, 5), "1.0"), id="strings"),
        pytest.param([[1.0, 2.0], [3.0]], id="ragged"),
        pytest.param(None, id="None"),
        pytest.param(10**40, id="too large for a float64"),
        pytest.param({"a": 1}, id="dict"),
        pytest.param(object(), id="object"),
        pytest.param(np.array([[None] * 5] * 3), id="objects"),
        pytest.param(lambda t: None, id="returns None"),
        pytest.param(lambda t: "X.T @ delta1", id="returns text"),
        pytest.param(lambda t: t.W[7], id="raises KeyError"),
        pytest.param(lambda t: t.X @ t.X, id="raises in NumPy"),
        pytest.param(lambda: 0, id="takes nothing"),
        pytest.param(lambda t: t.nothing, id="raises AttributeError"),
    ],
)
def test_an_answer_without_numbers_is_refused_by_its_name_or_marked(net, answer):
    with pytest.raises((ValueError, TypeError), match="dW1"):
        net.mark({"dW1": answer})
    marked = net.mark({"dW1": answer, "dW2": "A1.T @ delta2"}, on_error="mark")
    assert not marked["dW1"].correct
    assert "dW1" in marked["dW1"].message
    assert marked["dW1"].mistakes
    assert marked["dW2"].correct


@pytest.mark.parametrize(
    "formula",
    ["A1.T @ W9", "", "A1.T @", "X.T @ delta1.tofile(m)", "__import__('os')", "Y[0]", "loss"],
)
def test_a_formula_that_cannot_be_read_is_refused_or_marked(net, formula):
    with pytest.raises(ValueError):  # noqa: PT011 (what it says is the parser's business)
        net.mark({"dW1": formula})
    marked = net.mark({"dW1": formula}, on_error="mark")["dW1"]
    assert not marked.correct
    assert marked.message


def test_a_name_that_does_not_exist_is_pointed_at(net):
    with pytest.raises(ValueError, match="W9") as caught:
        net.mark({"dW1": "A1.T @ W9"})
    *_, line, pointer = str(caught.value).splitlines()
    assert line[pointer.index("^") :].startswith("W9")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_numbers_that_are_missing_or_infinite_are_wrong(value, layout):
    net = Network(Setting(layout=layout))
    for name, truth in net.truth.items():
        everywhere, once = np.full_like(truth, value), np.array(truth)
        once[(0,) * truth.ndim] = value
        for wrong in (everywhere, once):
            marked = net.mark({name: net.in_layout(wrong)})[name]
            assert not marked.correct
            assert marked.mistakes == ("not_finite",)
            assert marked.message.endswith(".")
            json.dumps(marked.to_dict(), allow_nan=False)


# Of the smoothed targets S: the loss, its derivatives, and what is computed from delta.
ENTRIES = {"softmax": "-S * log(A2)", "logistic": "-(S * log(A2) + (1 - S) * log(1 - A2))"}
SLOPES = {"softmax": "-S / A2", "logistic": "((1 - S) / (1 - A2) - S / A2)"}
OF_DELTA = {
    "delta2": "(A2 - S) / m",
    "dW2": "A1.T @ (A2 - S) / m",
    "delta1": "((A2 - S) @ W2.T) * d_tanh(Z1) / m",
}


@pytest.mark.parametrize(("output", "K"), [("softmax", 3), ("logistic", 2)])
@pytest.mark.parametrize("factor", [1, 3])
def test_smoothed_labels_are_correct_and_labels_that_are_not_smoothed_are_named(output, K, factor):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 3)), np.arange(8) % 3 % 2 + np.arange(8) // 6
    loss = LogLoss(label_smoothing=0.2) if factor == 1 else factor * LogLoss(label_smoothing=0.2)
    clf = BackpropClassifier(
        4, "tanh", loss=loss, output_activation=output, alpha=0, random_state=0
    ).initialize(X, y)
    entries = {"loss": f"sum({ENTRIES[output]}) / m", "dA2": f"{SLOPES[output]} / m"}
    formulas = {name: f"{factor} * ({text})" for name, text in (entries | OF_DELTA).items()}

    def with_targets(S):
        return {name: text.replace("S", f"({S})") for name, text in formulas.items()}

    right = with_targets(f"(1 - 0.2) * Y + 0.2 / {K}")
    assert check_derivation(clf, X, y, right).correct
    for name, marked in check_derivation(clf, X, y, with_targets("Y")).items():
        assert marked.mistakes == ("loss_term_missing",), name
        assert "label smoothing" in marked.message
        assert "0.2" not in marked.message  # not what is right
    others = with_targets("(1 - 0.2 - 0.2 / 5) * Y + 0.2 / 5")  # some other mixture
    assert check_derivation(clf, X, y, others).score == 0


def test_smoothing_that_is_missing_is_found_in_a_sum_of_losses():
    X, y = np.random.default_rng(0).normal(size=(6, 3)), np.arange(6) % 3
    clf = BackpropClassifier(
        4, loss=SquaredError() + LogLoss(0.1), output_activation="softmax", alpha=0, random_state=0
    ).initialize(X, y)
    marked = check_derivation(clf, X, y, {"dA2": "(A2 - Y - Y / A2) / m"})["dA2"]
    assert marked.mistakes == ("loss_term_missing",)
    assert check_derivation(clf, X, y, {"dA2": "(A2 - Y - (0.9 * Y + 0.1 / 3) / A2) / m"}).correct


def test_empty_enormous_and_whole_numbers_are_wrong(net):
    ones = np.ones((3, 5))
    for wrong in (np.zeros((0, 5)), [], 1e300 * ones, ones.astype(int), ones > 0, 1, True):
        marked = net.mark({"dW1": wrong})["dW1"]
        assert not marked.correct
        assert marked.message.endswith(".")


def test_a_network_without_weights_is_refused(net):
    est = BackpropRegressor(3)
    with pytest.raises(NotFittedError, match="initialize"):
        check_derivation(est, net.X, net.y, {"dW1": 0.0})
    with pytest.raises(TypeError, match="BackpropClassifier"):
        check_derivation("network", net.X, net.y, {"dW1": 0.0})


def test_data_that_do_not_fit_the_network_are_refused(net):
    good = {"dW1": "X.T @ delta1"}
    with pytest.raises(ValueError, match="features"):
        check_derivation(net.est, net.X[:, :-1], net.y, good)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        check_derivation(net.est, net.X, net.y[:-1], good)
    with pytest.raises(ValueError, match="NaN"):
        check_derivation(net.est, np.full_like(net.X, np.nan), net.y, good)
    with pytest.raises(ValueError, match="sample_weight"):
        check_derivation(net.est, net.X, net.y, good, sample_weight=[1.0])


@pytest.mark.parametrize(
    ("setting", "value"),
    [("layout", "row"), ("layout", None), ("on_error", "ignore"), ("on_error", None)]
    + [("rtol", value) for value in (0, 2, np.nan, "1e-3")],
)
def test_a_setting_that_does_not_exist_is_refused_by_its_name(net, setting, value):
    with pytest.raises((ValueError, TypeError), match=setting):
        net.mark({"dW1": 0.0}, **{setting: value})
