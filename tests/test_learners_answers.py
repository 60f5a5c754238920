"""The collection of learners' answers is what it says: judged by NumPy, not by the library."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from examiner_network import evaluate
from learners_answers import CASES, CORRECT, RIGHT

from sknn_edu.teaching import check_derivation

IDS = [case.id for case in CASES]


def value_of(case, answer, truth):
    """What was typed, or what the code returns, as numbers; None where NumPy refuses it."""
    if not callable(answer.value):
        return evaluate(answer.value, case.net, case.layout, case.mean_in, case.sign)
    layers = range(1, case.net.L + 1)
    trace = SimpleNamespace(
        X=truth["X"],
        Y=truth["Y"],
        m=case.net.m,
        W={l: truth[f"W{l}"] for l in layers},
        b={l: truth[f"b{l}"] for l in layers},
    )
    return np.asarray(answer.value(trace), float)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_an_answer_is_right_in_its_convention_if_and_only_if_it_is_listed_as_right(case):
    truth = case.net.numbers(case.layout, case.mean_in, case.sign)
    for answer in case.answers:
        if answer.form == "latex":
            continue
        value, right = value_of(case, answer, truth), np.asarray(truth[answer.quantity])
        if value is None:
            assert not answer.right, answer.value
            continue
        equal = value.size == right.size and np.allclose(value.ravel(), right.ravel(), rtol=1e-8)
        assert equal == (CORRECT in answer.accepted), (answer.quantity, answer.value)


@pytest.mark.parametrize("case", RIGHT, ids=[case.id for case in RIGHT])
def test_arrays_of_the_independent_network_are_marked_correct_in_every_convention(case):
    truth = case.net.numbers(case.layout, case.mean_in, case.sign)
    arrays = {answer.quantity: truth[answer.quantity] for answer in case.answers}
    est, X, y = case.net.estimator()
    marking = check_derivation(est, X, y, arrays, case.layout, mean_in=case.mean_in, sign=case.sign)
    assert marking.score == 1, marking.text
