"""The marking of five derivations by hand agrees with a teacher's, and the page shows it."""

import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples"))

from audit.marking import DERIVATIONS, count, mark, mark_corrections  # noqa: E402
from audit.readings import Compared, Reading, formulas  # noqa: E402
from audit.six_mistakes import bias_not_summed  # noqa: E402
from audit.tables import with_tables  # noqa: E402

from sknn_edu.teaching import check_gradient  # noqa: E402

PAGE = ROOT / "docs" / "audit.md"
NUMBERS = range(1, 6)

# A teacher's verdict on each reading, in the order of the data, worked out by hand. Formulas that
# are not listed are right in all of their readings. Mistakes joined by "+" are made at once;
# those in a tuple give the same numbers.
OK = "right"
# Two outputs: the diagonal of the softmax Jacobian is half of the sum.
HALF = ("softmax_elementwise", "factor")
# i = j alone, i != j alone, both; then i = j and both for the mean over all samples.
CASES = [HALF, HALF, OK, HALF, OK]
IN_WORDS = "in words"

EXPECTED = {
    # 2 (a - y): without the Jacobian of softmax, the derivative of the squared error is a - y, too
    "1.8": [("output_derivative_missing", "canonical_shortcut")],
    "1.9": ["softmax_elementwise+loss_term_sign"],
    "1.10": [HALF, OK],
    "1.11": [HALF],
    "1.13": ["wrong_layer", ("softmax_elementwise+wrong_layer", "factor+wrong_layer")],
    "1.15": [
        OK,
        "bias_not_summed",
        ("softmax_elementwise+bias_not_summed", "factor+bias_not_summed"),
    ],
    "1.19": ["double_mean", OK, HALF],
    "1.20": ["double_mean+bias_not_summed", "bias_not_summed", OK],
    "2.8": [OK, "missing_mean"],
    "2.10": [OK, "missing_mean"],
    "2.11": [OK, "missing_mean"],
    "2.12": ["loss_term_missing+sign", OK],  # -1: the square is lost
    "2.14": [OK, "missing_mean+bias_not_summed"],
    "2.15": [OK, "missing_mean+bias_not_summed"],
    "2.16": [OK, "missing_mean"],
    "2.19": ["wrong_name", OK, "missing_mean"],  # W2 twice
    "2.20": [OK, "missing_mean+bias_not_summed"],
    "2.21": [OK, IN_WORDS, "factor"],
    "3.8": ["other_layout", OK],
    "3.9": ["missing_mean", OK],
    "3.12": ["missing_mean", OK],
    "4.11": [IN_WORDS, OK],
    "4.19": CASES,
    "4.23": CASES,
    "4.27": [HALF, ("softmax_elementwise+sign", "factor+sign"), ("loss_term_sign", "sign"), OK, OK],
    "5.7": [OK, "shape"],
    "5.8": [
        "canonical_shortcut+sign",
        "canonical_shortcut+sign",
        "canonical_shortcut+missing_mean+sign",
    ],
    "5.14": ["canonical_shortcut", OK],
    "5.15": ["canonical_shortcut", OK],
    "5.16": ["canonical_shortcut+missing_mean", "canonical_shortcut", OK],
    "5.17": [OK, "canonical_shortcut+missing_mean"],
    "5.18": [OK, "bias_not_summed"],
    "5.20": [OK, "canonical_shortcut+missing_mean"],
    "5.21": [OK, "bias_not_summed"],
    "5.26": [OK, "bias_not_summed"],
    "5.28": ["double_mean", OK],
    "5.29": ["canonical_shortcut+missing_mean", "canonical_shortcut"],
    "5.34": ["double_mean", OK],
}

# Formulas; those right, those that depend on the reading or the samples, those wrong.
COUNTS = {
    1: (24, 16, 3, 5),
    2: (21, 11, 10, 0),
    3: (21, 18, 3, 0),
    4: (27, 23, 4, 0),
    5: (34, 23, 6, 5),
}
WRONG = {"1.8", "1.9", "1.10", "1.11", "1.13", "5.8", "5.14", "5.15", "5.16", "5.29"}

FORMULAS = [formula.number for derivation in DERIVATIONS for formula in derivation.formulas]


def marked(number):
    derivation, position = map(int, number.split("."))
    return mark(DERIVATIONS[derivation - 1])[position - 1]


def as_expected(verdict):
    """A verdict in the form of the table above."""
    if verdict.right:
        return OK
    if not verdict.explanations:
        return IN_WORDS
    return {frozenset(codes) for codes in verdict.explanations}


def by_hand(expected):
    if expected in (OK, IN_WORDS):
        return expected
    alternatives = (expected,) if isinstance(expected, str) else expected
    return {frozenset(codes.split("+")) for codes in alternatives}


@pytest.mark.parametrize("number", FORMULAS)
def test_each_reading_of_each_formula_gets_the_verdict_of_a_teacher(number):
    one = marked(number)
    assert one.formula.number == number
    expected = EXPECTED.get(number, [OK] * len(one.verdicts))
    assert [as_expected(verdict) for verdict in one.verdicts] == list(map(by_hand, expected))


@pytest.mark.parametrize("i", NUMBERS)
def test_formulas_and_verdicts_are_as_many_as_stated(i):
    one = mark(DERIVATIONS[i - 1])
    assert (len(one), *count(one).values()) == COUNTS[i]


def test_only_these_are_wrong_in_every_reading():
    assert {number for number in FORMULAS if marked(number).verdict == "wrong"} == WRONG


@pytest.mark.parametrize("i", NUMBERS)
def test_corrections_of_wrong_answers_are_right(i):
    corrected = mark_corrections(DERIVATIONS[i - 1])
    wrong = [
        verdict
        for one in mark(DERIVATIONS[i - 1])
        for reading, verdict in one.readings
        if not verdict.right and not isinstance(reading.says, Compared)
    ]
    assert len(corrected) == len(wrong)
    assert all(corrected)


@pytest.mark.parametrize("i", NUMBERS)
def test_the_truth_agrees_with_finite_differences(i):
    for network in DERIVATIONS[i - 1].networks().values():
        # Differences are good for nine digits or so; 1e-7 leaves room.
        assert check_gradient(network.est, network.X, network.y).max_relative_error < 1e-7


def test_formulas_are_read_from_text():
    one, two = formulas(
        7,
        """
a = b
    -- how it is meant
    [twin, one sample] dA2 = A2 - Y
    & db2 = delta2
    dW2 = delta2 @ A1.T
c
    W[l]_next = W[l] - dW[l+1] + dW[l-1]  for l = 1, 2
    [aside] = numbers
""",
        compared := Compared("q", None, None, "numbers"),
    )
    assert (one.number, one.paper, two.number, two.paper) == ("7.1", "a = b", "7.2", "c")
    assert one.readings == (
        Reading({"dA2": "A2 - Y", "db2": "delta2"}, "how it is meant", m=1, of="twin"),
        Reading({"dW2": "delta2 @ A1.T"}),
    )
    assert two.readings == (
        Reading({"W1_next": "W1 - dW2 + dW0", "W2_next": "W2 - dW3 + dW1"}),
        Reading(compared, aside=True),
    )


@pytest.mark.parametrize(
    ("i", "sizes", "activations", "loss", "m"),
    [
        (1, (2, 2, 2), "tanh softmax", "SquaredError() + LogLoss()", 5),
        (2, (3, 4, 1), "logistic identity", "2 * SquaredError()", 5),
        (3, (2, 4, 1), "logistic identity", "SquaredError()", 5),
        (4, (3, 4, 5, 2), "logistic logistic softmax", "2 * SquaredError()", 6),
        (5, (3, 4, 3, 2), "relu relu relu", "'log_loss'", 6),
    ],
)
def test_the_networks_are_those_of_the_derivations(i, sizes, activations, loss, m):
    network = DERIVATIONS[i - 1].networks()[""]
    t = network.trace()
    assert tuple(len(A) for A in t.A.values()) == sizes
    assert " ".join(f.name for f in t.activations) == activations
    assert repr(network.est.loss) == loss
    assert (t.m, t.alpha, t.has_biases) == (m, 0, i != 4)


def test_a_bias_that_is_not_summed_memorises_the_data():
    for _, (J, fresh, J_summed, fresh_summed) in bias_not_summed():
        assert J < J_summed < fresh_summed < fresh


def test_the_tables_and_numbers_of_the_page_are_those_of_the_example():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_tables(page), (
        "update the page, in examples: python -m audit --markdown ../docs/audit.md"
    )


def test_the_page_speaks_of_formulas_that_exist():
    text = re.sub(r"<!-- begin .*?<!-- end", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"\b[1-5]\.\d+\b", text)) <= set(FORMULAS)
