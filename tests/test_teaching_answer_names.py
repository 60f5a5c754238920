"""Names of answers: other spellings are read; unknown ones get a hint, and cost one answer."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.formulas.answer_names import hint_at, is_like_a_quantity, quantity_meant
from sknn_edu.teaching import check_derivation, derive, trace, worksheet

X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5], [2.0, -1.0]])
Y = [1, 0, 1, 0]
GD = ["Z1", "A1", "Z2", "A2", "loss", "delta2", "dW2", "db2", "delta1", "dW1", "db1", "W1_next"]
SGD = [*GD, "vW1_next", "vb1_next"]
ADAM = [*GD, "mW1_next", "mb1_next", "vW1_next", "vb1_next"]


def net(solver="gd"):
    return BackpropClassifier(3, "tanh", solver=solver, alpha=0, random_state=0).initialize(X, Y)


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("dw2", GD, "dW2"),
        ("dz2", GD, "delta2"),
        ("dL_dW2", GD, "dW2"),
        ("J", GD, "loss"),
        ("cost", GD, "loss"),
        ("w1_next", GD, "W1_next"),
        ("VdW1", SGD, "vW1_next"),
        ("v_db1_next", SGD, "vb1_next"),
        ("VdW1", ADAM, None),  # the first moment for Ng, the second for others
        ("SdW1", SGD, None),
        ("v1", SGD, None),
        ("W1", GD, None),
        ("foo", GD, None),
    ],
)
def test_a_name_is_read_as_the_quantity_that_it_must_be(name, known, meant):
    assert quantity_meant(name, known) == meant


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("dw9", GD, "'dW2'"),
        ("W1", GD, "'W1_next'"),
        ("m1_next", ADAM, "'mW1_next'"),
        ("VdW1", ADAM, "'mW1_next' or 'vW1_next'"),
        ("SdW1", SGD, "'vW1_next'"),
        ("v1", SGD, "'vW1_next'"),
    ],
)
def test_a_hint_is_at_the_nearest_quantity_apart_from_case(name, known, hint):
    assert hint_at(name, known) == f" Did you mean {hint}?"


def test_keys_of_a_file_are_not_like_quantities():
    names = ["delta2", "dW1", "dw_1", "W1_next", "vW1_next", "loss", "J"]
    assert all(map(is_like_a_quantity, names))
    keys = ["data", "network", "layout", "weights", "rtol", "lyout", "answer"]
    assert not any(map(is_like_a_quantity, keys))


def test_an_unknown_name_is_marked_unreadable_and_the_others_as_ever():
    answers = {"foo": "1", "dw2": "A1.T @ delta2", "db9": "1"}
    marking = check_derivation(net(), X, Y, answers, on_error="mark")
    mistakes = {name: answer.mistakes for name, answer in marking.items()}
    assert mistakes == {"foo": ("unreadable",), "dw2": (), "db9": ("unreadable",)}
    assert "Did you mean 'db2'" in marking["db9"].message
    with pytest.raises(ValueError, match="no 'foo' to be marked"):
        check_derivation(net(), X, Y, answers)


def test_a_worksheet_may_be_asked_in_other_names():
    options = {"random_state": 0} if "random_state" in worksheet.__kwdefaults__ else {}
    same = [worksheet(net(), X, Y, ask=[name], **options) for name in ("dw2", "dW2")]
    assert str(same[0]) == str(same[1])


def test_traces_and_derivations_hint_at_the_name():
    with pytest.raises(KeyError, match="Did you mean 'dW2'"):
        trace(net(), X, Y)["dw2"]
    with pytest.raises(KeyError, match="Did you mean 'dW1'"):
        derive(net())["dw1"]
