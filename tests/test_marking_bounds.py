"""Marking on large networks: the memory and the time of the search for mistakes."""

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.formulas.conventions import Conventions
from sknn_edu.teaching import check_derivation, trace
from sknn_edu.teaching.marking import at_once, budget, chains, comparison, fit, numbers, variations
from sknn_edu.teaching.marking.answers import Reader
from sknn_edu.teaching.opened import open_with_update


def network(n_samples, n_layers=2, n_features=5, **params):
    rng = np.random.RandomState(0)
    X, y = rng.randn(n_samples, n_features), rng.randint(0, 3, n_samples)
    params = {"alpha": 0, "solver": "gd", "random_state": 0} | params
    est = BackpropClassifier(40, "tanh", n_hidden_layers=n_layers, **params)
    return est.initialize(X, y), X, y


def test_a_search_over_its_budget_is_stopped_and_says_so(monkeypatch):
    monkeypatch.setattr(budget, "TRIALS_PER_ANSWER", 50)
    answers = {
        "dW1": np.random.RandomState(1).randn(5, 40),
        "db2": "sum(delta2, axis=0)",
        "dW2": np.zeros((3, 3)),
    }
    marking = check_derivation(*network(2000), answers)
    assert tuple(sorted(marking["dW1"].mistakes)) == ("unknown",)
    assert "The search for the mistake was stopped" in marking["dW1"].message
    assert "50 trials" in marking["dW1"].message
    assert marking["db2"].correct  # whatever the search before has taken
    assert marking["dW2"].mistakes == ("shape",)


def test_the_budget_of_all_answers_ends_every_search(monkeypatch):
    monkeypatch.setattr(budget, "TRIALS_IN_ALL", 0)
    answers = {"dW1": np.ones((5, 40)), "db2": "sum(delta2, axis=0)"}
    marking = check_derivation(*network(20), answers)
    assert "was stopped" in marking["dW1"].message
    assert marking["db2"].correct


def test_small_networks_are_searched_to_the_end():
    wrong = {"dW1": np.random.RandomState(1).randn(5, 40)}
    marking = check_derivation(*network(20, n_layers=1), wrong)
    assert "none of the known mistakes" in marking["dW1"].message


def test_candidates_that_are_not_kept_give_the_same_marks_in_bounded_memory(monkeypatch):
    est, X, y = network(400)
    t = trace(est, X, y)
    in_two_layers = (t["dA2"] @ t["W2"].T) * (1 - np.tanh(t["A1"]) ** 2)
    wrong = {"dW2": -t["dW2"], "delta1": t["dA1"], "dW1": X.T @ in_two_layers}
    expected = check_derivation(est, X, y, wrong)
    monkeypatch.setattr(variations, "MOST_KEPT", 10**5)
    monkeypatch.setattr(chains, "MOST_OF_A_CHAIN", 10**4)
    tracemalloc.start()
    marking = check_derivation(est, X, y, wrong)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [a.explanations for a in marking.answers] == [a.explanations for a in expected.answers]
    assert tuple(sorted(marking["dW1"].mistakes)) == (
        "activation_derivative_missing",
        "derivative_at_A",
    )
    # Z, A, dA and delta of all layers, once, and twice as much room to compute; and what each of
    # some five hundred mistakes makes of the 32 rows that are compared.
    assert peak < 3 * (4 * 2 * 400 * 40 * 8) + 500 * 32 * 40 * 8, peak


def test_a_formula_that_takes_too_long_is_wrong(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_PER_FORMULA", 0.01)
    square = " @ ".join(["(A1.T @ A1)"] * 40)
    answers = {"dW2": f"{square} @ W2", "db2": "sum(delta2, axis=0)"}
    marking = check_derivation(*network(5000), answers, on_error="mark")
    assert "takes too long" in marking["dW2"].message
    assert marking["db2"].correct


# -- large networks ----------------------------------------------------------------------

MEASURE = """
import json
import sys
import numpy as np
from sknn_edu import BackpropClassifier
from sknn_edu.teaching import check_derivation

def memory(kind):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024

hidden, layout, answers = json.loads(sys.argv[1])
rng = np.random.RandomState(0)
X, y = rng.randn(10000, 20), rng.randint(0, 3, 10000)
small = BackpropClassifier(3, random_state=0).initialize(X[:9], y[:9])
check_derivation(small, X[:9], y[:9], {"dW1": "A0.T @ dA1"})
est = BackpropClassifier(hidden, "tanh", alpha=0.1, random_state=0).initialize(X, y)
before = memory("VmRSS")
marking = check_derivation(est, X, y, answers, layout)
print(json.dumps([memory("VmHWM") - before, [a.correct for a in marking.answers]]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    ("hidden", "layout", "answers"),
    [
        ([80] * 10, "rows", {"delta1": "delta2 @ W2.T", "dW5": "A4.T @ (dA5 * d_tanh(A5))"}),
        ([80] * 10, "columns", {"delta5": "(W6.T @ delta6 * tanh(Z5) + A5) * dA5"}),
        ([970], "rows", {"delta1": "delta2 @ W2.T * d_tanh(A1)", "A1": "tanh(Z1) * Z1"}),
    ],
)
def test_marking_takes_at_most_200_MB_above_the_data(hidden, layout, answers):
    """These networks have about as many outputs of units, ten million, as a file may ask for."""
    command = [sys.executable, "-c", MEASURE, json.dumps([hidden, layout, answers])]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    megabytes, correct = json.loads(printed)
    assert not any(correct)
    assert megabytes < 200


def whole_backward_pass(t):
    """All gradients of a tanh network in rows, with the sign forgotten."""
    L, found = t.n_layers, {}
    delta = (t["Y"] - t[f"A{L}"]) / t["m"]
    for l in range(L, 0, -1):
        found |= {f"dW{l}": t[f"A{l - 1}"].T @ delta, f"db{l}": delta.sum(axis=0)}
        if l > 1:
            delta = (delta @ t[f"W{l}"].T) * (1 - t[f"A{l - 1}"] ** 2)
    return found


BOUNDED = {
    "a function of the trace": {"delta1": lambda t: t["dA1"]},
    "a function of many arrays": {"dW2": lambda t: sum(A.sum() for A in t.A.values()) * t["dW2"]},
    "a whole backward pass": lambda t: {"dW9": whole_backward_pass(t)["dW9"]},
    "a formula": {"delta1": "delta2 @ W2.T"},
    "an array": {"delta1": np.ones((4000, 40))},
    "a step": {"W2_next": np.ones((40, 40))},
    "a step of many inputs": {"dA0": lambda t: -t["dA0"]},
}


@pytest.mark.parametrize("kind", BOUNDED)
@pytest.mark.parametrize("families_kept", [0, 2])
def test_marking_takes_little_more_than_the_arrays_that_are_kept(kind, families_kept, monkeypatch):
    """Of Z, A, dA and delta of ten layers none is kept, or Z and delta; each is 1.3 MB."""
    n, n_layers = 4000, 10
    n_features = 40 if "inputs" in kind else 5
    est, X, y = network(n, n_layers, n_features, solver="adam")
    family = n * (40 * n_layers + 3)
    there = 2 * sum(W.size + b.size for W, b in zip(est.coefs_, est.intercepts_, strict=True))
    there += n * (40 + 3)
    monkeypatch.setattr(at_once, "LARGE", 0)
    monkeypatch.setattr(budget, "TRIALS_PER_ANSWER", 30)
    monkeypatch.setattr(numbers, "BYTES_OF_A_PIECE", 2**19)
    room = numbers.TO_COMPUTE + there + families_kept * family
    monkeypatch.setattr(numbers, "MOST_NUMBERS", room)
    tracemalloc.start()
    marking = check_derivation(est, X, y, BOUNDED[kind])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not any(marking[name].correct for name in marking if name.startswith(("dW", "delta")))
    # An answer, and what it is made of.
    assert peak < 8 * (families_kept * family + there + 5 * n * 40), peak / 2**20


CONVENTIONS = [
    Conventions.of("rows"),
    Conventions.of("columns", "dW", "descent"),
    Conventions.of("columns", "nowhere"),
]


@pytest.mark.parametrize("dropout", [0, 0.4])
@pytest.mark.parametrize("conventions", CONVENTIONS)
def test_a_trace_on_demand_has_the_numbers_of_the_trace(conventions, dropout, monkeypatch):
    est, X, y = network(300, 3, alpha=0.1, solver="adam", dropout=dropout)
    y[:5] = 1
    seed = 7 if dropout else None
    choices = {"layout": conventions.layout, "mean_in": conventions.mean_in}
    t = trace(est, X, y, sign=conventions.sign, random_state=seed, **choices)
    monkeypatch.setattr(at_once, "LARGE", 0)
    monkeypatch.setattr(numbers, "FEWEST_ROWS", 50)
    monkeypatch.setattr(numbers, "BYTES_OF_A_PIECE", 1)
    monkeypatch.setattr(numbers, "MOST_NUMBERS", 0)
    opened = open_with_update(est, X, y, with_dropout=dropout > 0)
    on_demand = Reader(opened, conventions, budget.Budget(), seed).trace()
    assert on_demand.names() == t.names()
    for name, value in t.by_name().items():
        np.testing.assert_allclose(on_demand[name], value, rtol=1e-9, atol=1e-14, err_msg=name)
        assert np.shape(on_demand[name]) == np.shape(value)
        if isinstance(value, np.ndarray):
            assert not on_demand[name].flags.writeable
    assert on_demand.text == t.text
    assert repr(on_demand) == repr(t)
    for family in ("W", "b", "Z", "A", "mask", "dA", "delta", "dW", "db"):
        by_layer = getattr(on_demand, family)
        assert list(by_layer) == list(getattr(t, family)) == list(by_layer.keys())
        assert 9 not in by_layer
        with pytest.raises(KeyError):
            by_layer[9]


def test_an_array_that_a_loop_comes_back_to_is_computed_only_a_few_times(monkeypatch):
    monkeypatch.setattr(at_once, "LARGE", 0)
    monkeypatch.setattr(numbers, "MOST_NUMBERS", 0)
    est, X, y = network(30)
    seen = {}

    def with_loop(t):
        arrays = [t["A1"] for _ in range(t["m"])]
        seen["different"] = len({id(A) for A in arrays})
        return sum(np.outer(a, d) for a, d in zip(arrays[0], t["delta2"], strict=True))

    assert check_derivation(est, X, y, {"dW2": with_loop})["dW2"].correct
    assert seen["different"] < 10


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_dropout_in_large_networks_is_marked_as_in_small_ones(layout, monkeypatch):
    est, X, y = network(300, dropout=0.3)
    t = trace(est, X, y, layout=layout, random_state=3)
    turned = ".T" if layout == "columns" else ""
    back = "W2.T @ delta2" if turned else "delta2 @ W2.T"
    answers = {
        "dW1": np.array(t["dW1"]),
        "A1": "mask1 * tanh(Z1)",
        "A2": "tanh(Z2)",
        "delta1": f"{back} * d_tanh(Z1)",
        "dA1": -t["dA1"],
        "delta2": lambda t: t["dA2"] * t["D2"] * (1 - np.tanh(t["Z2"]) ** 2),
    }
    expected = check_derivation(est, X, y, answers, layout, random_state=3)
    assert [answer.correct for answer in expected.answers] == [
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    assert expected["delta1"].mistakes == ("mask_missing",)
    monkeypatch.setattr(at_once, "LARGE", 0)
    monkeypatch.setattr(numbers, "FEWEST_ROWS", 50)
    monkeypatch.setattr(numbers, "BYTES_OF_A_PIECE", 1)
    for room in (0, 10**6):
        monkeypatch.setattr(numbers, "MOST_NUMBERS", numbers.TO_COMPUTE + room)
        marking = check_derivation(est, X, y, answers, layout, random_state=3)
        assert [a.message for a in marking.answers] == [a.message for a in expected.answers]


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize("room", [0, 3000, 10**6])
def test_numbers_in_pieces_give_the_same_marks(monkeypatch, layout, room):
    est, X, y = network(100)
    t = trace(est, X, y, layout=layout)
    wrong = {
        "delta2": -t["delta2"],
        "delta1": t["dA1"],
        "dA1": t["dA1"] + t["A1"],
        "dW1": 100 * t["dW1"],
        "db2": np.asarray(t["delta2"]),
        "A1": "Z1",
        "Z2": "tanh(A1 @ W2)" if layout == "rows" else "tanh(W2 @ A1)",
        "loss": "-sum(Y * log(A3))",
        "dW3": "A2.T @ delta3.T",
        "W2_next": "W2 + learning_rate * dW2",
        "dA3": lambda t: t["delta3"],
        "dW2": (t["A1"].T @ t["delta2"]) if layout == "rows" else t["delta2"] @ t["A1"].T,
    }
    expected = check_derivation(est, X, y, wrong, layout)
    monkeypatch.setattr(budget, "TRIALS_PER_ANSWER", 10**6)
    monkeypatch.setattr(budget, "TRIALS_IN_ALL", 10**7)
    monkeypatch.setattr(at_once, "LARGE", 0)
    monkeypatch.setattr(fit, "LARGE", 0)
    monkeypatch.setattr(comparison, "MOST_AT_A_TIME", 50)
    monkeypatch.setattr(numbers, "BYTES_OF_A_PIECE", 1)
    monkeypatch.setattr(numbers, "FEWEST_ROWS", 30)
    monkeypatch.setattr(numbers, "MOST_NUMBERS", numbers.TO_COMPUTE + room)
    marking = check_derivation(est, X, y, wrong, layout)
    for answer, same in zip(marking.answers, expected.answers, strict=True):
        assert answer.explanations == same.explanations, answer.name
        assert answer.message == same.message
        np.testing.assert_allclose(answer.relative_error, same.relative_error, rtol=1e-9, atol=1e-9)
