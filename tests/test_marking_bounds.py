"""Marking on large networks: the memory and the time of the search for mistakes."""

import tracemalloc

import numpy as np

from sknn_edu import BackpropClassifier
from sknn_edu.teaching import check_derivation, trace
from sknn_edu.teaching.marking import budget, chains, variations


def network(n_samples, n_layers=2):
    rng = np.random.RandomState(0)
    X, y = rng.randn(n_samples, 5), rng.randint(0, 3, n_samples)
    est = BackpropClassifier(40, "tanh", alpha=0, n_hidden_layers=n_layers, random_state=0)
    return est.initialize(X, y), X, y


def test_a_search_over_its_budget_is_stopped_and_says_so(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_PER_ANSWER", 0.05)
    answers = {
        "dW1": np.random.RandomState(1).randn(5, 40),
        "db2": "sum(delta2, axis=0)",
        "dW2": np.zeros((3, 3)),
    }
    marking = check_derivation(*network(2000), answers)
    assert tuple(sorted(marking["dW1"].mistakes)) == ("unknown",)
    assert "The search for the mistake was stopped" in marking["dW1"].message
    assert "0.05 seconds" in marking["dW1"].message
    assert marking["db2"].correct  # whatever the search before has taken
    assert marking["dW2"].mistakes == ("shape",)


def test_the_budget_of_all_answers_ends_every_search(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_IN_ALL", 0.0)
    answers = {"dW1": np.ones((5, 40)), "db2": "sum(delta2, axis=0)"}
    marking = check_derivation(*network(20), answers)
    assert "was stopped" in marking["dW1"].message
    assert marking["db2"].correct


def test_small_networks_are_searched_to_the_end():
    marking = check_derivation(*network(20), {"dW1": np.random.RandomState(1).randn(5, 40)})
    assert "none of the known mistakes" in marking["dW1"].message


def test_candidates_that_are_not_kept_give_the_same_marks_in_bounded_memory(monkeypatch):
    est, X, y = network(200)
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
    # Z, A, dA and delta of all layers, once, and as much room to compute.
    assert peak < 2 * (4 * 2 * 200 * 40 * 8) + 1.1e6, peak


def test_a_formula_that_takes_too_long_is_wrong(monkeypatch):
    monkeypatch.setattr(budget, "SECONDS_PER_ANSWER", 0.01)
    monkeypatch.setattr(budget, "SECONDS_PER_FORMULA", 0.01)
    square = " @ ".join(["(A1.T @ A1)"] * 40)
    answers = {"dW2": f"{square} @ W2", "db2": "sum(delta2, axis=0)"}
    marking = check_derivation(*network(5000), answers, on_error="mark")
    assert "takes too long" in marking["dW2"].message
    assert marking["db2"].correct
