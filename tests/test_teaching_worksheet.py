"""A worksheet asks for what the engine computes, and names mistakes as `check_derivation` does."""

import base64
import functools
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.teaching import check_derivation, nice_numbers, trace, worksheet

RELU = BackpropRegressor(2, "relu", alpha=0, solver="gd", learning_rate_init=0.5)
TANH = BackpropClassifier(2, "tanh", alpha=0, solver="gd", learning_rate_init=0.5)
SOFTMAX = BackpropClassifier(3, "logistic", alpha=0.5)
DEEP = BackpropRegressor((2, 2), "leaky_relu", alpha=0.5, l1_ratio=0.5)
PARTNERLESS = BackpropRegressor(
    2, "tanh", alpha=0, loss="squared_error", output_activation="logistic"
)
EXERCISES = {
    "relu": (RELU, {}, {}),
    "relu, columns": (RELU, {"n_samples": 4}, {"layout": "columns"}),
    "tanh, the mean in dW": (TANH, {"n_samples": 4}, {"mean_in": "dW"}),
    "softmax with a penalty": (SOFTMAX, {"n_samples": 3, "n_outputs": 3}, {}),
    "two hidden layers, an elastic net": (DEEP, {"n_samples": 4}, {}),
    "no partners, a sum, downhill": (PARTNERLESS, {}, {"mean_in": "nowhere", "sign": "descent"}),
    "two outputs": (RELU, {"n_outputs": 2, "n_features": 3}, {"layout": "columns"}),
}
each_exercise = pytest.mark.parametrize("name", EXERCISES)


@functools.cache
def exercise(name, random_state=0):
    """A network with data, and the conventions of its worksheet."""
    est, shape, conventions = EXERCISES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RiskyOutputWarning)
        return nice_numbers(est, **shape, random_state=random_state), conventions


def data_of(page):
    """What Python has written into a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.S)
    return json.loads(found[1])


def questions_of(page):
    """The questions by name, decoded."""
    data = data_of(page)
    key = json.loads(base64.b64decode(data["key"]))
    for question in key["questions"]:
        for wrong in question["wrong"]:
            wrong["codes"] = [
                {key["mistakes"][n]["code"].replace(" ", "_") for n in why} for why in wrong["why"]
            ]
    return dict(zip(data["names"], key["questions"], strict=True))


def some_of(wrong, most=5):
    """Some of the wrong values, the first and the last among them."""
    return [wrong[i] for i in sorted(set(np.linspace(0, len(wrong) - 1, most).astype(int)))]


def as_answer(value, truth):
    """The numbers of a page in the shape of the true ones."""
    return float(value[0][0]) if np.ndim(truth) == 0 else np.reshape(value, np.shape(truth))


# -- right and wrong numbers ---------------------------------------------------------------------


@each_exercise
def test_the_right_numbers_are_those_of_the_engine(name):
    numbers, conventions = exercise(name)
    t = trace(*numbers, **conventions)
    for quantity, question in questions_of(worksheet(*numbers, **conventions)).items():
        truth = t[quantity]
        np.testing.assert_allclose(as_answer(question["right"], truth), truth, rtol=1e-9)
        for row, shown in zip(question["right"], question["shown"], strict=True):
            printed = [float(text.replace("\N{MINUS SIGN}", "-")) for text in shown]
            np.testing.assert_allclose(printed, row, atol=0.5001 * 10.0 ** -question["decimals"])


@each_exercise
def test_every_wrong_value_is_wrong_and_has_the_name_that_check_derivation_gives(name):
    numbers, conventions = exercise(name)
    t, n = trace(*numbers, **conventions), 0
    questions = questions_of(worksheet(*numbers, **conventions))
    for quantity, question in questions.items():
        for wrong in some_of(question["wrong"]):
            value = as_answer(wrong["value"], t[quantity])
            assert np.abs(value - t[quantity]).max() > question["tolerance"]
            marked = check_derivation(*numbers, {quantity: value}, **conventions)[quantity]
            assert not marked.correct
            theirs = [set(codes) for codes in marked.explanations]
            # Among numbers with few digits the marking may find that fewer mistakes come near.
            for codes in wrong["codes"]:
                assert any(other <= codes for other in theirs), (quantity, codes, theirs)
            n += 1
    assert n > 30


def test_common_mistakes_are_known():
    (est, X, y), _ = exercise("relu, columns")
    t = trace(est, X, y)
    assert t.m == 4
    planted = {
        "missing_mean": ("delta2", t.delta[2] * t.m),
        "sign": ("dW2", -t.dW[2]),
        "activation_derivative_missing": ("dW1", t.A[0].T @ t.dA[1]),
        "bias_mean": ("db2", t.db[2] / t.m),
        "transposed": ("dW1", t.dW[1].T),
    }
    questions = questions_of(worksheet(est, X, y))
    for code, (name, value) in planted.items():
        matching = [
            wrong["codes"]
            for wrong in questions[name]["wrong"]
            if np.allclose(as_answer(wrong["value"], t[name]), value)
        ]
        assert [{code}] in [[codes] for found in matching for codes in found], code


def test_an_update_is_wrong_where_its_gradient_is():
    (est, X, y), _ = exercise("tanh, the mean in dW")
    question = questions_of(worksheet(est, X, y, ["W1_next"], sign="descent", digits=6))["W1_next"]
    t = trace(est, X, y, sign="descent")
    np.testing.assert_allclose(question["right"], t.W_next[1])
    backwards = t.W[1] - t.learning_rate * t.dW[1]
    found = [w["codes"] for w in question["wrong"] if np.allclose(w["value"], backwards)]
    assert found == [[{"sign"}]]


def test_a_bias_that_is_left_out_is_named():
    (est, X, y), conventions = exercise("relu, columns")
    questions = questions_of(worksheet(est, X, y, **conventions))
    t = trace(est, X, y, **conventions)
    for l in (1, 2):
        without = t.Z[l] - t.b[l]
        wrong = questions[f"Z{l}"]["wrong"]
        assert [w["codes"] for w in wrong if np.allclose(w["value"], without)] == [
            [{"bias_missing"}]
        ]
    no_biases = nice_numbers(BackpropRegressor(2, "relu", fit_intercept=False), random_state=0)
    for question in questions_of(worksheet(*no_biases)).values():
        assert {"bias_missing"} not in [codes for w in question["wrong"] for codes in w["codes"]]


def test_small_numbers_are_written_as_people_write_them():
    X, y = [[0.05, 0.00003]], [[0.01, 0.99]]
    est = BackpropRegressor(2, "logistic", output_activation="logistic", random_state=0)
    page = worksheet(est.initialize(X, y), X, y, mean_in="nowhere", digits=6)
    assert "0.00003" in page.html
    assert re.search(r"&plusmn;0\.0000\d+ counts as right", page.html)
    assert not re.search(r"\de\N{MINUS SIGN}", page.html)


@pytest.mark.parametrize("random_state", range(4))
def test_who_rounds_every_number_on_the_way_is_right(random_state):
    est, X, y = nice_numbers(TANH, 3, random_state=random_state)
    questions = questions_of(worksheet(est, X, y))
    (W1, W2), (b1, b2), m = est.coefs_, est.intercepts_, len(X)

    def rounded(name, value):
        question = questions[name]
        value = np.round(value, question["decimals"])
        assert np.abs(value - np.reshape(question["right"], np.shape(value))).max() <= (
            question["tolerance"] + 1e-12
        ), name
        return value

    Z1 = rounded("Z1", X @ W1 + b1)
    A1 = rounded("A1", np.tanh(Z1))
    Z2 = rounded("Z2", A1 @ W2 + b2)
    A2 = rounded("A2", 1 / (1 + np.exp(-Z2)))
    Y = y[:, np.newaxis]
    rounded("loss", -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))
    delta2 = rounded("delta2", (A2 - Y) / m)
    rounded("dW2", A1.T @ delta2)
    rounded("db2", delta2.sum(axis=0))
    delta1 = rounded("delta1", (1 - A1**2) * (delta2 @ W2.T))
    rounded("dW1", X.T @ delta1)
    rounded("db1", delta1.sum(axis=0))


def test_the_tolerance_is_a_unit_of_the_last_digit_or_some():
    numbers, _ = exercise("relu")
    for digits in (3, 5):
        for question in questions_of(worksheet(*numbers, digits=digits)).values():
            largest = np.abs(question["right"]).max()
            unit = 10.0 ** -question["decimals"]
            assert unit <= question["tolerance"] <= 10 * unit
            assert unit <= 10.0 ** (2 - digits) * largest or question["decimals"] == 0


# -- what is asked ---------------------------------------------------------------------------------


def test_the_default_order_is_that_of_the_computation_without_copies():
    names = list(questions_of(worksheet(*exercise("relu")[0])))
    assert names == ["Z1", "A1", "Z2", "loss", "delta2", "dW2", "db2", "delta1", "dW1", "db1"]
    names = list(questions_of(worksheet(*exercise("no partners, a sum, downhill")[0])))
    assert names == [
        "Z1",
        "A1",
        "Z2",
        "A2",
        "loss",
        "dA2",
        "delta2",
        "dW2",
        "db2",
        "delta1",
        "dW1",
        "db1",
    ]


def test_a_network_without_biases_or_hidden_layers_has_no_questions_about_them():
    numbers = nice_numbers(BackpropRegressor((), fit_intercept=False, alpha=0), random_state=0)
    assert list(questions_of(worksheet(*numbers))) == ["Z1", "loss", "delta1", "dW1"]


def test_aliases_are_known_and_nothing_is_asked_twice():
    page = worksheet(*exercise("relu")[0], ask=["dZ1", "delta1", "dX"])
    assert list(questions_of(page)) == ["delta1", "dA0"]


def test_sample_weights_are_shown_and_counted():
    (est, X, y), _ = exercise("relu")
    page = worksheet(est, X, y, ["dW1"], sample_weight=[1, 3])
    np.testing.assert_allclose(
        questions_of(page)["dW1"]["right"], trace(est, X, y, sample_weight=[1, 3]).dW[1]
    )
    assert "weights of the samples" in page.html
    assert "weights of the samples" not in worksheet(est, X, y, ["dW1"]).html


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ask": ["dW7"]}, "no 'dW7' to be computed. Did you mean 'dW"),
        ({"ask": ["W1"]}, "no 'W1' to be computed"),
        ({"ask": []}, "a quantity at least"),
        ({"layout": "diagonal"}, "layout must be 'rows'"),
        ({"mean_in": "W"}, "mean_in must be 'delta'"),
        ({"digits": 1}, "digits must be an int from 2 to 8, got 1"),
        ({"digits": 4.0}, "digits must be an int"),
        ({"title": " "}, "title must be text"),
    ],
)
def test_errors_say_what_to_write(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        worksheet(*exercise("relu")[0], **given)


def test_networks_that_are_no_exercise_for_the_hand_are_refused():
    X, y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
    est = BackpropRegressor(7, random_state=0).initialize(X, y)
    with pytest.raises(ValueError, match=r"Z1 has 6 x 7 = 42 numbers.*at most 40.*leave Z1 out"):
        worksheet(est, X, y)
    assert list(questions_of(worksheet(est, X, y, ["Z2", "dW1"]))) == ["Z2", "dW1"]
    est = BackpropRegressor(40, random_state=0).initialize(X, y)
    with pytest.raises(ValueError, match=r"at most 150 numbers; a network 2-40-1 with 6 samples"):
        worksheet(est, X, y)


def test_numbers_that_are_infinite_are_refused():
    est = BackpropRegressor((), output_activation="exp", alpha=0).initialize([[1.0]], [1.0])
    est.coefs_[0][:] = 1000.0
    with pytest.raises(ValueError, match="infinite numbers"):
        worksheet(est, [[1.0]], [1.0], ["A1"])


# -- the page --------------------------------------------------------------------------------------


@each_exercise
def test_the_page_is_small(name):
    numbers, conventions = exercise(name)
    assert len(worksheet(*numbers, **conventions).html.encode()) < 400_000


def test_names_and_titles_are_text_whatever_is_in_them():
    X = pd.DataFrame({"<b>a</b>": [1.0, 2.0], "'\"&": [0.0, 1.0]})
    y = np.array(["</script>", "<!--"])
    est = BackpropClassifier(2, "tanh", random_state=0).initialize(X, y)
    page = worksheet(est, X, y, title="<i>A & B</i></title><script>alert(1)</script>")
    assert "&lt;b&gt;a&lt;/b&gt;" in page.html
    assert "&lt;i&gt;A &amp; B&lt;/i&gt;" in page.html
    for raw in ("<b>a</b>", "alert(1)</script>", "{", "<i>A &"):
        body = page.html[page.html.index("<body>") : page.html.index('<script type="application')]
        assert raw not in body
    assert page.title.startswith("<i>A & B</i>")


def test_answers_cannot_be_read_at_a_glance():
    page = worksheet(*exercise("softmax with a penalty")[0])
    for question in questions_of(page).values():
        for text in map(str, np.ravel(question["right"])):
            assert len(text) < 6 or text not in page.html
    assert "missing mean" not in page.html


def test_every_box_has_a_name_for_a_screen_reader():
    X = pd.DataFrame({"length": [1.0, 2.0], "width": [0.0, 1.0]})
    est = BackpropRegressor(2, "tanh", random_state=0).initialize(X, [0.0, 1.0])
    labels = re.findall(r"aria-label='([^']*)'", worksheet(est, X, [0.0, 1.0]).html)
    assert len(labels) == len(set(labels)) == 26
    assert {"dW1, from length, to unit 2", "Z1, sample 2, unit 1", "loss", "db1, unit 2"} < set(
        labels
    )
    columns = worksheet(est, X, [0.0, 1.0], layout="columns").html
    assert "aria-label='dW1, to unit 2, from length'" in columns


def test_the_page_states_the_conventions():
    numbers, _ = exercise("relu")
    assert "of the mean is in <i>&delta;</i> already" in worksheet(*numbers).html
    other = worksheet(*numbers, layout="columns", mean_in="dW", sign="descent").html
    assert "Samples are columns" in other
    assert "in d<i>W</i> and d<i>b</i> alone" in other
    assert "opposite sign" in other
    assert "minus the derivative of the summed loss by <i>Z</i><sub>1</sub>" in other


def test_the_same_call_gives_the_same_page():
    numbers, _ = exercise("relu")
    assert worksheet(*numbers).html == worksheet(*numbers).html


def test_the_network_is_not_changed():
    (est, X, y), _ = exercise("tanh, the mean in dW")
    before = [array.copy() for array in (*est.coefs_, *est.intercepts_, X, y)]
    attributes = dict(vars(est))
    worksheet(est, X, y)
    assert vars(est) == attributes
    for array, old in zip((*est.coefs_, *est.intercepts_, X, y), before, strict=True):
        np.testing.assert_array_equal(array, old)


# -- numbers for the hand --------------------------------------------------------------------------


def decimals_of(array):
    return max(len(f"{x:.10f}".rstrip("0").partition(".")[2]) for x in np.ravel(array))


@pytest.mark.parametrize("random_state", range(8))
def test_all_numbers_of_a_network_of_relu_have_few_decimals(random_state):
    t = trace(*nice_numbers(RELU, random_state=random_state))
    for name in t.names():
        if not name.endswith("_next"):
            assert decimals_of(t[name]) <= 5, name
    for name in ("X", "Y", "W1", "b1", "W2", "b2"):
        assert decimals_of(t[name]) <= 1
        assert np.abs(t[name]).max() <= 3


@pytest.mark.parametrize("random_state", range(3))
@each_exercise
def test_every_unit_and_every_sample_counts(name, random_state):
    (est, X, y), _ = exercise(name, random_state)
    t = trace(est, X, y)
    assert len(np.unique(X, axis=0)) == len(X)
    for l, delta in t.delta.items():
        assert delta.any(axis=0).all()
        assert delta.any(axis=1).all()
        for kink in t.activations[l - 1].kinks:
            assert (np.abs(t.Z[l] - kink) > 0.2).all()


@pytest.mark.parametrize(
    ("output", "low", "high"), [("logistic", 0, 1), ("tanh", -1, 1), ("relu", 0, 3)]
)
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_nice_targets_can_be_reached_by_the_output(output, low, high, n_outputs):
    est = BackpropRegressor(2, "tanh", output_activation=output, alpha=0)
    for seed in range(3):
        y = nice_numbers(est, 4, n_outputs=n_outputs, random_state=seed).y
        assert low <= y.min() < y.max() <= high


def test_nice_numbers_depend_on_the_random_state_alone():
    one, same, other = (nice_numbers(RELU, 4, random_state=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.X, same.X)
    np.testing.assert_array_equal(one.est.coefs_[0], same.est.coefs_[0])
    assert not np.array_equal(one.X, other.X)


def test_nice_numbers_leave_the_estimator_as_it_is():
    est = clone(TANH)
    new, X, y = nice_numbers(est, 5, 3, 4, random_state=0)
    assert not vars(est).keys() & {"coefs_", "classes_"}
    assert new.get_params() == est.get_params()
    assert X.shape == (5, 3)
    assert set(y) == {0, 1, 2, 3}
    assert nice_numbers(RELU, 2, n_outputs=3, random_state=0).y.shape == (2, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n_samples": 0}, "n_samples must be an int of at least 1, got 0"),
        ({"n_features": 2.5}, "n_features must be an int"),
        ({"n_outputs": 1}, "n_outputs must be an int of at least 2, got 1"),
        ({"n_samples": 2, "n_outputs": 3}, "n_samples must be at least the number of classes"),
    ],
)
def test_nice_numbers_say_what_to_write(given, message):
    with pytest.raises(ValueError, match=message):
        nice_numbers(TANH, **given)


def test_nice_numbers_are_for_networks():
    with pytest.raises(TypeError, match="est must be a BackpropClassifier"):
        nice_numbers("network")
