"""Epsilons in answers: they never cost a right answer its mark, and excuse no wrong one."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.teaching import check_derivation

CROSS_ENTROPY = "-(Y * np.log({A}) + (1 - Y) * np.log({B})).mean()"
BOTH = ("np.clip(A2, 1e-7, 1 - 1e-7)", "1 - np.clip(A2, 1e-7, 1 - 1e-7)")
PAIRS = [
    ("A2 + 1e-8", "1 - A2 + 1e-8"),
    ("A2 + 1e-5", "1 - A2 + 1e-5"),
    ("1e-15 + A2", "1 + 1e-15 - A2"),
    ("A2 + 10**-8", "1 - (A2 - 10**-8)"),
    ("A2 + eps", "1 - A2 + eps"),
    ("A2 + np.finfo(float).eps", "1 - A2 + np.finfo(float).eps"),
    ("np.maximum(A2, 1e-10)", "np.maximum(1e-10, 1 - A2)"),
    ("np.clip(A2, 1e-10, None)", "np.clip(1 - A2, 1e-10, 1.0)"),
    ("torch.clamp(A2, min=1e-6)", "torch.clamp(1 - A2, min=1e-6)"),
    BOTH,
]
QUOTIENTS = {
    "dA2": [
        "-(Y / (A2 + 1e-8) - (1 - Y) / (1 - A2 + 1e-8)) / m",
        "(A2 - Y) / (A2 * (1 - A2) + 1e-5) / m",
        "(A2 - Y) / np.maximum(A2 * (1 - A2), 1e-8) / m",
        "-(np.divide(Y, A2 + eps) - np.divide(1 - Y, 1 - A2 + eps)) / m",
        "-(Y * (A2 + 1e-7)**-1 - (1 - Y) * (1 - A2 + 1e-7)**-1) / m",
    ],
    "delta2": [
        "-(Y / (A2 + 1e-5) - (1 - Y) / (1 - A2 + 1e-5)) * A2 * (1 - A2) / m",
        "(np.clip(A2, 1e-5, 1 - 1e-5) - Y) / m",
    ],
}
RIGHT = [("loss", CROSS_ENTROPY.format(A=A, B=B)) for A, B in PAIRS]
RIGHT += [(name, text) for name, texts in QUOTIENTS.items() for text in texts]


def classifier(scale, seed, alpha=0):
    """With outputs that are the closer to 0 and 1 the larger the scale is."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(7, 3)), np.array([0, 1, 1, 0, 1, 0, 1])
    est = BackpropClassifier([4], "logistic", alpha=alpha, random_state=0).initialize(X, y)
    for W in est.coefs_:
        W[...] = rng.normal(scale=scale, size=W.shape)
    return est, X, y


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_an_epsilon_costs_no_right_answer_its_mark_however_sure_the_network_is(name, text):
    for scale, seed in ((1, 0), (5, 1), (30, 0), (30, 1), (100, 2)):
        marked = check_derivation(*classifier(scale, seed), {name: text})[name]
        assert marked.correct, (scale, seed, marked.message)


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("loss", CROSS_ENTROPY.format(A="A2 + 1e-8", B="1 + A2 + 1e-8"), None),
        ("loss", CROSS_ENTROPY.format(A="A2 + 0.1", B="1 - A2 + 0.1"), None),
        ("loss", CROSS_ENTROPY.format(A="Z2 + 1e-8", B="1 - Z2 + 1e-8"), None),
        ("loss", CROSS_ENTROPY.format(A="A2 + 1e-8", B="1 - A2 + 1e-8")[1:], ("sign",)),
        ("dA2", "-(Y / (A2 + 1e-8) - (1 - Y) / (1 - A2 + 1e-8))", ("missing_mean",)),
        ("delta2", "np.clip(A2 - Y, 1e-7, 1 - 1e-7) / m", None),
        ("Z2", "np.clip(A1 @ W2 + b2, 1e-7, 1 - 1e-7)", None),
    ],
)
def test_what_is_wrong_without_its_epsilon_is_wrong_with_it(name, text, codes):
    marked = check_derivation(*classifier(1, 0), {name: text})[name]
    assert not marked.correct
    assert codes is None or codes in marked.explanations


def test_an_epsilon_in_latex_is_read():
    log = r"\log(\hat{y}^{(i)} + \epsilon)"
    text = (
        rf"-\frac{{1}}{{m}} \sum_i (y^{{(i)}} {log} + (1 - y^{{(i)}}) \log(1 - \hat{{y}}^{{(i)}}))"
    )
    assert check_derivation(*classifier(1, 0), {"loss": text})["loss"].correct


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("dW2", "A1.T @ delta2 + alpha / m * dW2", "wrong_name"),
        ("dW1", "X.T @ dZ1 + (alpha / m) * dW1", "wrong_name"),
        ("delta1", "dZ1 @ W2.T * A1 * (1 - A1)", "wrong_layer"),
    ],
)
def test_a_quantity_in_its_own_formula_is_a_mistake_if_another_name_was_meant(name, text, code):
    marked = check_derivation(*classifier(1, 0, alpha=0.3), {name: text})[name]
    assert not marked.correct
    assert marked.mistakes == (code,)
    assert "^^^" in marked.message


@pytest.mark.parametrize("text", ["dW2", "dW2 + A1.T @ delta2", "A1.T @ delta2 + 0 * dW2"])
def test_the_truth_acquits_no_formula_that_has_it_inside(text):
    with pytest.raises(ValueError, match="dW2 is what this formula is to give"):
        check_derivation(*classifier(1, 0), {"dW2": text})


@pytest.mark.parametrize(
    "text", [r"W^{[2]T} dZ^{[2]} * g^{[1]\prime}(Z^{[1]})", r"(W^2)^T \delta^L \odot \sigma'(z^1)"]
)
def test_latex_answers_know_the_functions_of_the_layers_and_the_last_layer(text):
    assert check_derivation(*classifier(1, 0), {"delta1": text}, layout="columns")["delta1"].correct
