"""Output activations, probabilities, margins, logits, and predictions."""

import numpy as np
import pytest
from small_networks import (
    X,
    Y,
    assert_same_network,
    c,
    c3,
    classifier,
    labels,
    regressor,
)

from sknn_edu.activations import Exp, ReLU, Softplus
from sknn_edu.losses import LogLoss, SquaredError

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


UNITS = [
    # loss, output, target, output units, what the output is
    ("log_loss", "auto", c, 1, "logistic"),
    ("log_loss", "auto", c3, 3, "softmax"),
    ("log_loss", "auto", labels, 3, "logistic"),
    ("log_loss", "softmax", c, 2, "softmax"),
    ("log_loss", "logistic", c3, 3, "logistic"),
    ("squared_error", "auto", c, 2, "identity"),
    ("squared_error", "auto", c3, 3, "identity"),
    ("squared_error", "tanh", c, 2, "tanh"),
    ("hinge", "auto", c, 1, "identity"),
    ("squared_hinge", "tanh", c, 1, "tanh"),
    ("hinge", "auto", c3, 3, "identity"),
    ("hinge", "auto", labels, 3, "identity"),
    ("log_loss", "relu", c, 2, "relu"),
    ("log_loss", "exp", c3, 3, "exp"),
    ("squared_error", "softmax", c, 2, "softmax"),
    ("squared_error", "logistic", c, 1, "logistic"),
    ("squared_error", "hard_sigmoid", c, 1, "hard_sigmoid"),
    ("poisson", "softplus", c, 2, "softplus"),
]


@risky
@pytest.mark.parametrize(("loss", "output", "target", "n_units", "name"), UNITS)
def test_loss_and_output_are_chosen_independently(loss, output, target, n_units, name):
    est = classifier(loss=loss, output_activation=output, max_iter=200, learning_rate_init=0.02)
    est.fit(X, target)
    assert est.out_activation_ == name
    assert est.n_outputs_ == n_units == est.coefs_[-1].shape[1]
    assert est.score(X, target) > 0.5, "it learns"


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ("squared_error", "identity"),
        ("huber", "identity"),
        ("poisson", "exp"),
        ("log_loss", "logistic"),
        (SquaredError() + LogLoss(), "logistic"),
    ],
)
def test_the_output_of_a_regressor_follows_its_loss(loss, name):
    assert regressor(loss=loss).fit(X, c).out_activation_ == name
    explicit = regressor(loss="squared_error", output_activation="softplus").fit(X, c)
    assert explicit.out_activation_ == "softplus"
    assert explicit.predict(X).min() > 0


def test_two_classes_behind_softmax_are_coded_one_hot():
    est = classifier(output_activation="softmax", weight_init="zeros").initialize(X, c)
    *_, db = est.objective_and_gradient(X, c)
    np.testing.assert_allclose(db[-1], [0.5 - (c == 0).mean(), 0.5 - c.mean()], rtol=1e-12)


@risky
@pytest.mark.parametrize(("loss", "output", "target", "n_units", "name"), UNITS)
def test_predict_proba_is_there_exactly_where_outputs_can_be_probabilities(
    loss, output, target, n_units, name
):
    est = classifier(loss=loss, output_activation=output).fit(X, target)
    probability = name in ("logistic", "softmax", "hard_sigmoid")
    scores = name in ("relu", "exp", "softplus") and target.ndim == 1
    assert hasattr(est, "predict_proba") == hasattr(est, "predict_log_proba")
    assert hasattr(est, "predict_proba") == (probability or scores)
    if not hasattr(est, "predict_proba"):
        return
    P = est.predict_proba(X)
    assert P.shape == (60, target.shape[1] if target.ndim == 2 else len(est.classes_))
    assert (P >= 0).all()
    assert (P <= 1).all()
    if target.ndim == 1 and not (name == "logistic" and n_units > 1):
        np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-12)
    if target.ndim == 1:
        np.testing.assert_array_equal(est.predict(X), est.classes_[P.argmax(axis=1)])
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(est.predict_log_proba(X), np.log(P), rtol=1e-12)


@risky
@pytest.mark.parametrize(
    ("params", "target", "reason"),
    [
        ({"loss": "hinge"}, c, "identity.*negative"),
        ({"loss": "squared_error", "output_activation": "tanh"}, c3, "tanh.*negative"),
        ({"output_activation": "relu"}, labels, "relu.*exceed 1"),
    ],
)
@pytest.mark.parametrize("method", ["predict_proba", "predict_log_proba"])
def test_a_missing_predict_proba_says_why(params, target, reason, method):
    est = classifier(**params).fit(X, target)
    with pytest.raises(AttributeError, match=f"{method}.*{reason}"):
        getattr(est, method)


@risky
@pytest.mark.parametrize("output", ["relu", "exp", "softplus"])
@pytest.mark.parametrize("target", [c, c3])
def test_scores_that_are_not_negative_are_divided_by_their_sum(output, target):
    est = classifier(hidden_layer_sizes=(), output_activation=output).fit(X, target)
    Z = X @ est.coefs_[0] + est.intercepts_[0]
    f = {"relu": ReLU, "exp": Exp, "softplus": Softplus}[output]()
    A = f.forward(Z, out=np.empty_like(Z))
    P, total = est.predict_proba(X), A.sum(axis=1, keepdims=True)
    some = total[:, 0] > 0
    assert some.sum() > 30
    np.testing.assert_allclose(P[some], A[some] / total[some], rtol=1e-10)


@risky
@pytest.mark.parametrize("target", [c, c3])
def test_where_no_class_scores_they_are_equally_likely(target):
    est = classifier(output_activation="relu").fit(X, target)
    est.intercepts_[-1][...] = -100
    np.testing.assert_array_equal(est.predict_proba(X), 1 / len(est.classes_))


@risky
def test_probabilities_are_numbers_even_where_scores_overflow():
    est = classifier(hidden_layer_sizes=(), output_activation="exp").initialize(X, c)
    est.coefs_[0][...] = [[1000, 900]] * 4
    P = est.predict_proba([[1.0, 1, 1, 1], [-1, -1, -1, -1]])
    np.testing.assert_allclose(P.sum(axis=1), 1)


@risky
@pytest.mark.parametrize(("loss", "output", "target", "n_units", "name"), UNITS)
def test_logits_are_what_comes_before_the_output_activation(loss, output, target, n_units, name):
    est = classifier(loss=loss, output_activation=output).fit(X, target)
    Z = est.logits(X)
    assert Z.shape == (60, n_units)
    expected = est.hidden_activations(X)[-1] @ est.coefs_[-1] + est.intercepts_[-1]
    np.testing.assert_allclose(Z, expected, rtol=1e-10, atol=1e-13)
    if n_units == 1:  # all of these outputs turn from no to yes where Z changes its sign
        np.testing.assert_array_equal(est.predict(X), Z[:, 0] > 0)


def test_a_regressor_has_logits_and_no_decision_function():
    est = regressor(loss="poisson").fit(X, Y**2)
    np.testing.assert_allclose(np.exp(est.logits(X)), est.predict(X), rtol=1e-12)
    assert not hasattr(est, "decision_function")


MARGINS = [
    *((loss, output, target) for loss, output, target, *_ in UNITS),
    *(("squared_error", f, t) for f in ("gelu", "silu", "mish") for t in (c, c3)),
    *(("squared_error", f, labels) for f in ("identity", "tanh", "relu", "logistic")),
    ("log_loss", "relu", labels),
    ("squared_hinge", "tanh", labels),
]


@risky
@pytest.mark.parametrize(("loss", "output", "target"), MARGINS)
def test_a_decision_function_is_there_where_no_predict_proba_is_and_agrees_with_predict(
    loss, output, target
):
    est = classifier(loss=loss, output_activation=output, max_iter=1).fit(X, target)
    assert hasattr(est, "decision_function") == (not hasattr(est, "predict_proba"))
    if hasattr(est, "predict_proba"):
        with pytest.raises(AttributeError, match=r"decision_function.*predict_proba.*logits\(X\)"):
            est.decision_function(X)
        return
    decision, predicted = est.decision_function(X), est.predict(X)
    assert decision.shape == ((60,) if target is c else (60, 3))
    if target is c3:
        np.testing.assert_array_equal(predicted, decision.argmax(axis=1))
    else:
        np.testing.assert_array_equal(predicted, decision > 0)


@pytest.mark.parametrize("names", [["no", "yes"], [3, 7], [False, True]])
def test_classes_may_have_any_names(names):
    named = np.array(names)[c]
    est, plain = classifier().fit(X, named), classifier().fit(X, c)
    assert_same_network(est, plain)
    np.testing.assert_array_equal(est.predict(X), np.array(names)[plain.predict(X)])
    assert est.objective(X, named) == plain.objective(X, c)
