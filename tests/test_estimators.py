"""What the two estimators can do, feature by feature."""

import pickle
import re
import tracemalloc
import warnings

import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.metrics import accuracy_score, log_loss, make_scorer, r2_score
from sklearn.model_selection import GridSearchCV, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_sample_weight

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import Elementwise, Exp, LeakyReLU, ReLU, Softplus, Tanh
from sknn_edu.exceptions import (
    ConvergenceWarning,
    MaxIterWarning,
    RiskyOutputWarning,
    SolverStoppedWarning,
)
from sknn_edu.initializers import HeNormal, Initializer, Orthogonal
from sknn_edu.losses import Huber, LogLoss, Loss, Quantile, SquaredError
from sknn_edu.optimizers import GD, SGD, Optimizer

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")

INCREMENTAL = ["gd", "sgd", "adagrad", "rmsprop", "adam", "adamw", "nadam"]
FULL_BATCH = ["lbfgs", "newton-cg", "lm"]

rng = np.random.RandomState(0)
X = rng.normal(size=(60, 4))
y = np.tanh(X @ [1.0, -2.0, 0.5, 0.0]) + 0.1 * rng.normal(size=60)
Y = np.c_[y, y**2]
c = (y > 0).astype(int)
c3 = np.digitize(y, [-0.5, 0.5])
labels = np.c_[c, c3 > 0, c3 > 1].astype(int)
w = rng.uniform(0.5, 2, size=60)


def regressor(**params):
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "max_iter": 5}
    return BackpropRegressor(**{**given, **params})


def classifier(**params):
    given = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "max_iter": 5}
    return BackpropClassifier(**{**given, **params})


def parameters(est):
    return [*est.coefs_, *est.intercepts_]


def assert_same_network(one, other, **tolerance):
    for a, b in zip(parameters(one), parameters(other), strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 0, "atol": 0, **tolerance})


# -- initialize, and weights of one's own ----------------------------------------------

FITTED = [
    *("coefs_", "intercepts_", "n_iter_", "n_layers_", "n_outputs_", "out_activation_", "t_"),
    *("loss_", "loss_curve_", "best_loss_", "best_iter_", "stop_reason_", "n_features_in_"),
    *("validation_scores_", "validation_loss_curve_", "best_validation_score_"),
]


@pytest.mark.parametrize("method", ["initialize", "fit"])
@pytest.mark.parametrize(("make", "target"), [(classifier, c3), (regressor, y)])
def test_all_fitted_attributes_are_there(make, target, method):
    est = getattr(make(), method)(X, target)
    assert set(FITTED) <= set(vars(est))
    assert est.n_layers_ == 3
    assert est.n_outputs_ == (3 if make is classifier else 1)
    assert [W.shape for W in est.coefs_] == [(4, 4), (4, est.n_outputs_)]
    assert [b.shape for b in est.intercepts_] == [(4,), (est.n_outputs_,)]
    assert hasattr(est, "classes_") == (make is classifier)


def test_initialize_draws_the_weights_that_fit_starts_from():
    est = regressor(solver="gd", max_iter=1).initialize(X, y)
    J = est.objective(X, y)
    assert est.n_iter_ == est.t_ == 0
    assert est.loss_curve_ == []
    assert est.fit(X, y).loss_curve_ == pytest.approx([J], rel=1e-14)


def test_initialize_can_be_told_of_classes_that_do_not_occur():
    est = classifier().initialize(X, c, classes=[0, 1, 7])
    np.testing.assert_array_equal(est.classes_, [0, 1, 7])
    assert est.n_outputs_ == 3


@pytest.mark.parametrize("in_place", [True, False])
def test_replaced_weights_are_used_everywhere(in_place):
    est = regressor(hidden_layer_sizes=(), solver="gd", learning_rate_init=0.1, alpha=0)
    est.initialize(X, y)
    if in_place:
        est.coefs_[0][...] = [[1], [2], [3], [4]]
        est.intercepts_[0][0] = 5
    else:
        est.coefs_ = [np.array([[1], [2], [3], [4]])]
        est.intercepts_ = [[5]]
    A = X @ [1, 2, 3, 4] + 5
    np.testing.assert_allclose(est.predict(X), A, rtol=1e-13)
    assert est.objective(X, y) == pytest.approx(((A - y) ** 2).mean() / 2, rel=1e-13)
    est.partial_fit(X, y)
    W = np.array([1, 2, 3, 4]) - 0.1 * X.T @ (A - y) / 60
    np.testing.assert_allclose(est.coefs_[0][:, 0], W, rtol=1e-12)


# -- the open network: numbers that can be checked by hand -----------------------------


def by_hand(**params):
    """Two inputs, two ReLUs, one output, all weights 0 or 1, two samples."""
    W, b = [np.eye(2), np.ones((2, 1))], [np.zeros(2), np.zeros(1)]
    given = {"hidden_layer_sizes": 2, "activation": "relu", "weight_init": (W, b), "alpha": 0}
    est = BackpropRegressor(**{**given, **params})
    X, y = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([0.0, 1.0])
    return est.initialize(X, y), X, y


def test_the_outputs_of_a_tiny_network():
    est, X, _ = by_hand()
    (A,) = est.hidden_activations(X)
    np.testing.assert_array_equal(A, [[1, 2], [0, 1]])
    np.testing.assert_array_equal(est.predict(X), [3, 1])


def test_the_gradient_of_a_tiny_network():
    est, X, y = by_hand()
    J, dW, db = est.objective_and_gradient(X, y)
    assert J == est.objective(X, y) == 2.25  # (3^2 / 2 + 0) / 2
    np.testing.assert_array_equal(dW[1], [[1.5], [3]])
    np.testing.assert_array_equal(db[1], [1.5])
    np.testing.assert_array_equal(dW[0], [[1.5, 1.5], [3, 3]])
    np.testing.assert_array_equal(db[0], [1.5, 1.5])
    np.testing.assert_array_equal(est.input_gradient(X, y), [[1.5, 1.5], [0, 0]])


def test_the_penalty_of_a_tiny_network():
    est, X, y = by_hand(alpha=0.4, l1_ratio=0.5)
    J, dW, db = est.objective_and_gradient(X, y)
    # |W|_1 = |W|^2 = 4: the penalty is 0.4 (0.5 * 4 + 0.25 * 4) / 2, its slope 0.4 / 2 at W = 1
    assert est.objective(X, y) == pytest.approx(2.25 + 0.6, rel=1e-15)
    assert J == pytest.approx(2.25 + 0.6, rel=1e-15)
    np.testing.assert_allclose(dW[1], [[1.7], [3.2]], rtol=1e-15)
    np.testing.assert_allclose(dW[0], [[1.7, 1.5], [3, 3.2]], rtol=1e-15)
    np.testing.assert_array_equal(db[1], [1.5])


def test_the_weights_of_the_samples_of_a_tiny_network():
    est, X, y = by_hand(alpha=0.4, l1_ratio=0.5)
    J, dW, db = est.objective_and_gradient(X, y, [1, 3])
    assert J == pytest.approx(4.5 / 4 + 1.2 / 4, rel=1e-15)
    assert est.objective(X, y, [1, 3]) == pytest.approx(J, rel=1e-15)
    assert est.objective(X, y, sample_weight=[1, 3]) == pytest.approx(J, rel=1e-15)
    np.testing.assert_allclose(dW[1], [[0.75 + 0.1], [1.5 + 0.1]], rtol=1e-15)
    np.testing.assert_array_equal(db[1], [0.75])
    np.testing.assert_array_equal(est.input_gradient(X, y, [1, 3]), [[0.75, 0.75], [0, 0]])


@pytest.mark.parametrize(
    ("target", "J"), [(c, np.log(2)), (c3, np.log(3)), (labels, 3 * np.log(2))]
)
def test_the_loss_of_a_network_that_knows_nothing(target, J):
    est = classifier(weight_init="zeros").initialize(X, target)
    assert est.objective(X, target) == pytest.approx(J, rel=1e-14)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix, sparse.csc_array])
@pytest.mark.parametrize("sizes", [(), 3, (5, 2)])
@pytest.mark.parametrize(
    ("make", "target"), [(classifier, c), (classifier, c3), (classifier, labels), (regressor, Y)]
)
def test_shapes(make, target, sizes, kind):
    est = make(hidden_layer_sizes=sizes).fit(X, target)
    J, dW, db = est.objective_and_gradient(kind(X), target)
    assert type(J) is float
    assert [a.shape for a in dW] == [W.shape for W in est.coefs_]
    assert [a.shape for a in db] == [b.shape for b in est.intercepts_]
    assert est.input_gradient(kind(X), target).shape == X.shape
    units = [sizes] if isinstance(sizes, int) else list(sizes)
    assert [A.shape for A in est.hidden_activations(kind(X))] == [(60, n) for n in units]
    assert est.predict(kind(X)).shape == np.shape(target)


def test_the_gradients_handed_out_are_not_overwritten_later():
    est = regressor().fit(X, y)
    _, dW, _ = est.objective_and_gradient(X, y)
    kept = dW[0].copy()
    est.objective_and_gradient(-X, y)
    est.partial_fit(X, y)
    np.testing.assert_array_equal(dW[0], kept)


def test_many_rows_give_what_few_rows_give():
    est = regressor(hidden_layer_sizes=1000, max_iter=1, alpha=0).fit(X, y)
    many, target = np.tile(X, (20, 1)), np.tile(y, 20)  # more rows than are run at once
    np.testing.assert_allclose(est.predict(many), np.tile(est.predict(X), 20), rtol=1e-11)
    (A,) = est.hidden_activations(many)
    np.testing.assert_allclose(A[-60:], est.hidden_activations(X)[0], rtol=1e-11)
    assert est.objective(many, target) == pytest.approx(est.objective(X, y), rel=1e-12)


def everything(est, target):
    """What the network says, in all its ways."""
    said = [*est.objective_and_gradient(X, target)[1], *est.hidden_activations(X)]
    said += [est.predict(X), est.objective(X, target), est.input_gradient(X, target)]
    for method in ("predict_proba", "decision_function", "logits"):
        if hasattr(est, method):
            said.append(getattr(est, method)(X))
    return said


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 3.0},
        {"l1_ratio": 1.0},
        {"fit_intercept": False},
        {"loss": "squared_error"},
        {"loss": "poisson"},
        {"loss": "log_loss"},
        {"output_activation": "softplus"},
        {"activation": "relu"},
        {"hidden_layer_sizes": (7, 7)},
        {"dropout": 0.5},
        {"solver": "lm"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("make", "loss", "target"),
    [
        (regressor, "huber", y),
        (classifier, "hinge", c),
        (classifier, "log_loss", c),
        (classifier, "squared_hinge", c3),
    ],
)
def test_parameters_set_after_fit_count_from_the_next_fit_on(make, loss, target, change):
    est = make(loss=loss).fit(X, target)
    before = everything(est, target)
    for now, then in zip(everything(est.set_params(**change), target), before, strict=True):
        np.testing.assert_array_equal(now, then)


# -- the loss, a parameter, and the objective, a method --------------------------------

LOSSES = ["huber", Huber(2.0), 2 * SquaredError(), SquaredError() + Quantile(0.3)]


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_loss_is_a_parameter_like_any_other(loss):
    est = regressor(loss=loss)
    assert est.get_params()["loss"] is loss
    assert est.loss == loss
    assert repr(est.loss) == repr(loss)
    assert repr(loss) in repr(est)
    assert clone(est).get_params()["loss"] == loss
    assert pickle.loads(pickle.dumps(est)).get_params()["loss"] == loss
    assert est.set_params(loss="squared_error").loss == "squared_error"


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_the_objective_is_the_mean_of_the_losses(loss):
    est = regressor(loss=loss, alpha=0).fit(X, y)
    A = est.predict(X)[:, np.newaxis]
    J = Loss.get(loss).value(A, y[:, np.newaxis]).mean()
    assert est.objective(X, y) == pytest.approx(J, rel=1e-12)
    J_weighted = np.average(Loss.get(loss).value(A, y[:, np.newaxis]), weights=w)
    assert est.objective(X, y, sample_weight=w) == pytest.approx(J_weighted, rel=1e-12)


def test_a_grid_search_can_look_for_the_loss():
    grid = {"loss": ["squared_error", "huber", Huber(0.5), 2 * SquaredError()]}
    search = GridSearchCV(regressor(solver="lbfgs"), grid, cv=2).fit(X, y)
    assert list(search.cv_results_["param_loss"]) == grid["loss"]
    assert search.best_params_["loss"] in grid["loss"]
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert search.best_estimator_.objective(X, y) >= 0


# -- outputs ---------------------------------------------------------------------------

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
@pytest.mark.parametrize("params", [{"solver": "lbfgs"}, {"max_iter": 1}], ids=["fit", "raw"])
@pytest.mark.parametrize(("loss", "output", "target"), MARGINS)
def test_a_decision_function_is_there_where_no_predict_proba_is_and_agrees_with_predict(
    loss, output, target, params
):
    est = classifier(loss=loss, output_activation=output, **params).fit(X, target)
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


# -- the network: biases, first weights, depth -----------------------------------------


@pytest.mark.parametrize("solver", INCREMENTAL + FULL_BATCH)
@pytest.mark.parametrize("weight_init", ["auto", "he_normal"])
def test_a_network_without_biases_keeps_zeros(solver, weight_init):
    est = regressor(solver=solver, fit_intercept=False, weight_init=weight_init, alpha=0.1)
    before = est.initialize(X, y).objective(X, y)
    est.fit(X, y)
    assert [b.shape for b in est.intercepts_] == [(4,), (1,)]
    assert not any(b.any() for b in est.intercepts_)
    _, dW, db = est.objective_and_gradient(X, y)
    assert not any(b.any() for b in db)
    assert all(W.any() for W in dW)
    assert est.predict(np.zeros((1, 4))) == 0
    assert est.objective(X, y) < before


@pytest.mark.parametrize("name", Initializer.names())
def test_the_first_weights_can_be_chosen_by_name(name):
    est = regressor(weight_init=name).initialize(X, y)
    assert all(np.isfinite(W).all() for W in parameters(est))
    assert_same_network(est, regressor(weight_init=Initializer.get(name)).initialize(X, y))
    assert_same_network(est, regressor(weight_init=name).initialize(X, y))
    other = regressor(weight_init=name, random_state=1).initialize(X, y)
    assert np.array_equal(est.coefs_[0], other.coefs_[0]) == (name == "zeros")


def test_an_initializer_object_brings_its_settings():
    W = regressor(weight_init=Orthogonal(gain=3.0)).initialize(X, y).coefs_[0]
    np.testing.assert_allclose(W.T @ W, 9 * np.eye(4), atol=1e-12)
    normal = regressor(hidden_layer_sizes=2000, weight_init=HeNormal()).initialize(X, y).coefs_[0]
    assert normal.std() == pytest.approx(np.sqrt(2 / 4), rel=0.03)  # 8000 draws: 0.8 %


@pytest.mark.parametrize("kind", [list, tuple])
def test_explicit_weights_are_copied_and_used(kind):
    W, b = [np.full((4, 2), 0.5), np.array([[1.0], [2.0]])], [np.array([3.0, 4.0]), np.zeros(1)]
    est = regressor(hidden_layer_sizes=2, weight_init=(kind(W), kind(b)), solver="gd")
    est.initialize(X, y)
    np.testing.assert_array_equal(est.coefs_[0], W[0])
    np.testing.assert_array_equal(est.intercepts_[0], [3, 4])
    est.fit(X, y)
    assert (W[0] == 0.5).all(), "what the user passed is left alone"
    assert not (est.coefs_[0] == 0.5).any()


def test_explicit_weights_may_be_those_of_another_network():
    est = regressor().fit(X, y)
    other = regressor(weight_init=(est.coefs_, est.intercepts_)).initialize(X, y)
    np.testing.assert_array_equal(other.predict(X), est.predict(X))


@pytest.mark.parametrize(
    ("depth", "sizes"), [(None, (3,)), (0, ()), (1, (3,)), (2, (3, 3)), (4, (3, 3, 3, 3))]
)
def test_depth_and_width_are_two_numbers(depth, sizes):
    est = regressor(hidden_layer_sizes=3, n_hidden_layers=depth).fit(X, y)
    assert_same_network(est, regressor(hidden_layer_sizes=sizes).fit(X, y))


@pytest.mark.parametrize("sizes", [[3, 2], (3, 2), np.array([3, 2]), (np.int64(3), 2)])
def test_sizes_may_be_any_sequence_of_ints(sizes):
    est = regressor(hidden_layer_sizes=sizes).fit(X, y)
    assert_same_network(est, regressor(hidden_layer_sizes=(3, 2)).fit(X, y))


def test_each_hidden_layer_may_have_its_own_activation():
    est = regressor(hidden_layer_sizes=(3, 3), activation=["relu", Tanh()]).fit(X, y)
    A = est.hidden_activations(X)
    np.testing.assert_allclose(A[0], np.maximum(X @ est.coefs_[0] + est.intercepts_[0], 0))
    np.testing.assert_allclose(A[1], np.tanh(A[0] @ est.coefs_[1] + est.intercepts_[1]))


def test_names_and_objects_mean_the_same():
    names = regressor(activation="relu", loss="huber", solver="sgd").fit(X, y)
    objects = regressor(activation=ReLU(), loss=Huber(), solver=SGD()).fit(X, y)
    assert_same_network(names, objects)
    leaky = regressor(activation=LeakyReLU(0.0)).fit(X, y)
    assert_same_network(leaky, regressor(activation="relu").fit(X, y))


def test_an_optimizer_object_keeps_its_own_settings_and_is_not_changed():
    rule = GD(learning_rate_init=0.3)
    est = regressor(solver=rule, learning_rate_init=0.001, max_iter=3).fit(X, y)
    by_name = regressor(solver="gd", learning_rate_init=0.3, max_iter=3).fit(X, y)
    assert_same_network(est, by_name)
    assert vars(rule) == vars(GD(learning_rate_init=0.3))


# -- dropout ---------------------------------------------------------------------------


class Recorder(Loss):
    """Half the squared error that keeps the outputs it was shown."""

    def __init__(self):
        self.seen = []

    def settings(self):
        return {}

    def value(self, A, Y):
        self.seen.append(A.copy())
        return 0.5 * ((A - Y) ** 2).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.subtract(A, Y, out=out)


@pytest.mark.parametrize("rate", [0.2, 0.5, (0.5, 0.0), (0.0, 0.5)])
def test_dropout_keeps_the_expected_value_of_the_outputs(rate):
    loss = Recorder()
    est = regressor(hidden_layer_sizes=(8, 8), activation="identity", loss=loss, dropout=rate)
    est.set_params(learning_rate_init=1e-12, max_iter=4000, n_iter_no_change=np.inf, shuffle=False)
    est.fit(X[:5], y[:5])
    outputs = np.hstack(loss.seen[:4000])
    assert (outputs.std(axis=1) > 0.1).all(), "it is random"
    error = 4 * outputs.std(axis=1) / np.sqrt(4000)  # four standard errors of the mean
    assert (np.abs(outputs.mean(axis=1) - est.predict(X[:5])) < error).all()


def test_dropout_leaves_out_units_at_its_rate():
    loss = Recorder()
    W, b = [np.zeros((4, 1)), np.ones((1, 1))], [np.ones(1), np.zeros(1)]
    est = regressor(hidden_layer_sizes=1, activation="identity", loss=loss, dropout=0.25)
    est.set_params(weight_init=(W, b), learning_rate_init=1e-12, max_iter=100).fit(X, y)
    outputs = np.array(loss.seen)
    kept = outputs > 0.5
    np.testing.assert_allclose(outputs[kept], 1 / 0.75, rtol=1e-6)
    np.testing.assert_allclose(outputs[~kept], 0, atol=1e-6)
    assert kept.mean() == pytest.approx(0.75, abs=0.03)  # 6000 draws: standard error 0.006


def test_dropout_is_for_training_only():
    est = regressor(dropout=0.5, hidden_layer_sizes=20).fit(X, y)
    np.testing.assert_array_equal(est.predict(X), est.predict(X))
    assert est.objective(X, y) == est.objective(X, y)
    (A,) = est.hidden_activations(X)
    np.testing.assert_allclose(A, np.tanh(X @ est.coefs_[0] + est.intercepts_[0]))


@pytest.mark.parametrize("n_val", [20, 30, 60])
@pytest.mark.parametrize("scoring", [None, "loss", "r2"])
def test_validation_sees_no_dropout(n_val, scoring):
    X_val, y_val = X[:n_val], y[:n_val]
    est = regressor(dropout=0.5, hidden_layer_sizes=20, batch_size=30, alpha=0, scoring=scoring)
    est.fit(X, y, X_val=X_val, y_val=y_val)
    J = est.objective(X_val, y_val)
    assert est.validation_loss_curve_[-1] == pytest.approx(J, rel=1e-12)
    score = -J if scoring == "loss" else est.score(X_val, y_val)
    assert est.validation_scores_[-1] == pytest.approx(score, rel=1e-12)


def test_dropout_is_reproducible():
    est = regressor(dropout=0.5).fit(X, y)
    assert_same_network(est, regressor(dropout=0.5).fit(X, y))
    assert not np.array_equal(
        est.coefs_[0], regressor(dropout=0.5, random_state=1).fit(X, y).coefs_[0]
    )
    assert not np.array_equal(est.coefs_[0], regressor().fit(X, y).coefs_[0])


def test_a_dropout_of_zero_changes_nothing():
    assert_same_network(regressor(dropout=[0.0]).fit(X, y), regressor().fit(X, y))


# -- penalty, clipping, weights --------------------------------------------------------


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam", "lbfgs"])
def test_an_l1_penalty_drives_the_weights_of_noise_to_almost_zero(solver):
    noise = np.random.RandomState(1).normal(size=(60, 6))
    both = np.hstack([X[:, :2], noise])
    target = both[:, 0] - 2 * both[:, 1]
    est = regressor(hidden_layer_sizes=(), solver=solver, max_iter=1000, tol=0, alpha=12)
    est.set_params(learning_rate_init=0.01, batch_size=60, n_iter_no_change=np.inf)
    l1 = np.abs(clone(est).set_params(l1_ratio=1.0).fit(both, target).coefs_[0][:, 0])
    l2 = np.abs(est.fit(both, target).coefs_[0][:, 0])
    # without a proximal step they tremble around 0 with the size of a step
    assert l1[2:].max() < 0.01
    assert l1[:2].min() > 0.5
    assert l2[2:].max() > 0.02


@pytest.mark.parametrize("alpha", [0.1, 10])
@pytest.mark.parametrize("l1_ratio", [0, 0.3, 1])
def test_a_penalty_makes_the_weights_smaller(alpha, l1_ratio):
    free = regressor(solver="lbfgs", alpha=0, max_iter=200).fit(X, y)
    bound = regressor(solver="lbfgs", alpha=alpha, l1_ratio=l1_ratio, max_iter=200).fit(X, y)
    for size in (lambda W: np.abs(W).sum(), np.linalg.norm):
        assert sum(map(size, bound.coefs_)) < sum(map(size, free.coefs_))


def test_clip_norm_shortens_long_gradients_only():
    est = regressor(solver="gd", learning_rate_init=0.5, max_iter=1).initialize(X, 100 * y)
    start = np.concatenate([a.ravel() for a in parameters(est)])
    _, dW, db = est.objective_and_gradient(X, 100 * y)
    norm = np.linalg.norm(np.concatenate([a.ravel() for a in dW + db]))
    for limit in (norm / 10, norm * 2):
        est.set_params(clip_norm=limit).fit(X, 100 * y)
        step = np.concatenate([a.ravel() for a in parameters(est)]) - start
        assert np.linalg.norm(step) == pytest.approx(0.5 * min(norm, limit), rel=1e-10)


@pytest.mark.parametrize(("dtype", "scale"), [(np.float64, 1e100), (np.float32, 1e11)])
def test_clip_norm_shortens_gradients_whose_square_is_no_number(dtype, scale):
    W, b = [np.ones((4, 1))], [np.zeros(1)]
    est = regressor(hidden_layer_sizes=(), solver="gd", weight_init=(W, b), alpha=0, max_iter=1)
    est.set_params(clip_norm=1.0, learning_rate_init=0.5).fit((X * scale).astype(dtype), y)
    step = np.concatenate([(est.coefs_[0] - 1).ravel(), est.intercepts_[0]])
    assert np.linalg.norm(step) == pytest.approx(0.5, rel=1e-5)


@pytest.mark.parametrize("solver", ["adam", "gd", "lbfgs"])
@pytest.mark.parametrize("target", [c, c3])
@pytest.mark.parametrize("class_weight", ["balanced", {0: 1.0, 1: 2.5, 2: 0.5}])
@pytest.mark.parametrize("sample_weight", [None, w])
def test_class_weights_are_sample_weights(class_weight, target, solver, sample_weight):
    seen = np.unique(target)
    if class_weight == "balanced":  # all classes weigh the same in the end
        of_class = 1 / np.bincount(target, sample_weight) / len(seen)
        of_class *= 60 if sample_weight is None else sample_weight.sum()
    else:
        class_weight = {k: class_weight[k] for k in seen}
        of_class = np.array(list(class_weight.values()))
    weights = of_class[target] * (1 if sample_weight is None else sample_weight)
    est = classifier(solver=solver, class_weight=class_weight).fit(X, target, sample_weight)
    other = classifier(solver=solver).fit(X, target, weights)
    assert_same_network(est, other, rtol=1e-9, atol=1e-12)  # weights rounded another way
    J = other.objective(X, target, of_class[target])
    assert est.objective(X, target) == pytest.approx(J, rel=1e-12)
    np.testing.assert_allclose(est.class_weight_, of_class, rtol=1e-12)


def test_class_weights_by_label_work_chunk_by_chunk():
    named, weights = np.array(["no", "yes"])[c], {"no": 3, "yes": 1}
    est = classifier(class_weight=weights).partial_fit(X, named, classes=["no", "yes"])
    other = classifier().partial_fit(
        X, named, compute_sample_weight(weights, named), classes=["no", "yes"]
    )
    assert_same_network(est, other)


def balanced(**params):
    return classifier(class_weight="balanced", **params)


@pytest.mark.parametrize("solver", ["gd", *FULL_BATCH])
@pytest.mark.parametrize(("make", "target"), [(regressor, y), (classifier, c3), (balanced, c3)])
def test_a_sample_of_weight_k_counts_like_k_samples(solver, make, target):
    loss = "squared_error" if make is regressor or solver == "lm" else "log_loss"
    params = {"solver": solver, "alpha": 0.1, "loss": loss}
    k = np.random.RandomState(0).randint(0, 4, size=60)
    weighted = make(**params).fit(X, target, k)
    repeated = make(**params).fit(np.repeat(X, k, axis=0), np.repeat(target, k))
    assert_same_network(weighted, repeated, rtol=1e-5, atol=1e-8)  # sums in another order
    assert weighted.loss_ == pytest.approx(repeated.loss_, rel=1e-9)


@pytest.mark.parametrize("solver", INCREMENTAL + FULL_BATCH)
def test_only_the_ratios_of_the_weights_count(solver):
    params = {"solver": solver, "alpha": 0}
    est = regressor(**params).fit(X, y, w)
    assert_same_network(est, regressor(**params).fit(X, y, 8 * w), rtol=1e-10, atol=1e-12)


def test_samples_of_weight_zero_do_not_count():
    wild = np.vstack([X, 50 + X])
    est = regressor(solver="gd").fit(wild, np.r_[y, -99 * y], np.repeat([1, 0], 60))
    assert_same_network(est, regressor(solver="gd").fit(X, y), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("solver", ["sgd", "adam", "adamw"])
def test_a_batch_of_weight_zero_is_passed_over(solver):
    params = {"solver": solver, "shuffle": False, "batch_size": 20}
    est = regressor(**params).fit(X, y, np.repeat([1, 0, 1], 20))
    rest = np.r_[0:20, 40:60]
    assert_same_network(est, regressor(**params).fit(X[rest], y[rest]))


# -- validation, early stopping --------------------------------------------------------

X_val = np.random.RandomState(5).normal(size=(25, 4))
y_val = np.tanh(X_val @ [1.0, -2.0, 0.5, 0.0])
c_val = (y_val > 0).astype(int)
given = {"X_val": X_val, "y_val": y_val}


@pytest.mark.parametrize("solver", INCREMENTAL + FULL_BATCH)
@pytest.mark.parametrize("weights", [None, w[:25]])
def test_validation_data_fill_the_curves_and_change_no_weight(solver, weights):
    est = regressor(solver=solver).fit(X, y, **given, sample_weight_val=weights)
    assert_same_network(est, regressor(solver=solver).fit(X, y))
    assert len(est.validation_scores_) == len(est.validation_loss_curve_) == est.n_iter_
    assert len(est.loss_curve_) == est.n_iter_
    if solver not in FULL_BATCH:  # these return their best, not their last iterate
        A = est.predict(X_val)
        loss = np.average((A - y_val) ** 2 / 2, weights=weights)
        assert est.validation_loss_curve_[-1] == pytest.approx(loss, rel=1e-12)
        assert est.validation_scores_[-1] == pytest.approx(est.score(X_val, y_val, weights))


def test_without_validation_data_there_are_no_curves():
    est = regressor().fit(X, y)
    assert est.validation_scores_ is None
    assert est.validation_loss_curve_ is None
    assert est.best_validation_score_ is None


def test_early_stopping_on_given_data_trains_on_all_rows():
    est = regressor(solver="gd", early_stopping=True, max_iter=1).fit(X, y, **given)
    W = clone(est).initialize(X, y)
    dW = W.objective_and_gradient(X, y)[1]
    np.testing.assert_allclose(est.coefs_[0], W.coefs_[0] - 0.001 * dW[0], rtol=1e-13)
    assert est.t_ == 60


@pytest.mark.parametrize("scoring", [None, "loss", "neg_mean_absolute_error"])
@pytest.mark.parametrize("solver", INCREMENTAL)
def test_early_stopping_restores_the_weights_of_the_best_score(solver, scoring):
    est = regressor(solver=solver, early_stopping=True, scoring=scoring, max_iter=300)
    est.set_params(learning_rate_init=0.05, n_iter_no_change=5, alpha=0).fit(X, y, **given)
    assert est.best_validation_score_ == max(est.validation_scores_)
    assert est.validation_scores_[est.best_iter_ - 1] == est.best_validation_score_
    A = est.predict(X_val)
    now = {
        None: r2_score(y_val, A),
        "loss": -est.objective(X_val, y_val),
        "neg_mean_absolute_error": -np.abs(A - y_val).mean(),
    }
    assert est.best_validation_score_ == pytest.approx(now[scoring], rel=1e-12)
    assert_same_network(est, clone(est).set_params(max_iter=est.best_iter_).fit(X, y, **given))


@pytest.mark.parametrize(
    ("make", "target", "strata"), [(regressor, y, None), (classifier, c, c), (classifier, c3, c3)]
)
def test_early_stopping_holds_out_a_part_whose_score_is_the_best_score(make, target, strata):
    W = [np.full((4, 4), 0.1), np.full((4, 3 if strata is c3 else 1), 0.1)]
    explicit = (W, [np.zeros(V.shape[1]) for V in W])  # so that the first draw is the split
    est = make(early_stopping=True, validation_fraction=0.25, weight_init=explicit, max_iter=20)
    est.set_params(learning_rate_init=0.1, batch_size=10).fit(X, target)
    train, held_out = train_test_split(
        *(np.arange(60),), random_state=0, test_size=0.25, stratify=strata
    )
    assert est.score(X[held_out], target[held_out]) == pytest.approx(est.best_validation_score_)
    assert est.t_ == est.n_iter_ * len(train)


@pytest.mark.parametrize("seed", range(5))
def test_the_part_that_is_held_out_has_all_classes_in_proportion(seed):
    rare = np.repeat([0, 1, 2], [40, 10, 10])
    est = classifier(early_stopping=True, validation_fraction=0.1, random_state=seed)
    seen = []
    est.set_params(scoring=lambda est, X, y: seen.append(y) or 0.0, max_iter=1).fit(X, rare)
    np.testing.assert_array_equal(np.bincount(seen[0]), [4, 1, 1])


def held_out_scorer(est, X, y):
    return -np.abs(est.predict(X) - y).max()


@pytest.mark.parametrize(
    "scoring",
    ["neg_max_error", held_out_scorer, make_scorer(r2_score), make_scorer(accuracy_score)],
)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_any_scorer_can_watch(scoring, early_stopping):
    make, target, held = (regressor, y, y_val)
    if "accuracy" in str(scoring):
        make, target, held = (classifier, c, c_val)
    if scoring == "neg_max_error":
        scoring = make_scorer(lambda y, A: -np.abs(y - A).max())
    est = make(scoring=scoring, early_stopping=early_stopping)
    est.fit(X, target, X_val=X_val, y_val=held)
    best = est.best_iter_ if early_stopping else est.n_iter_
    assert est.validation_scores_[best - 1] == pytest.approx(scoring(est, X_val, held))


def test_a_scorer_may_ask_for_probabilities():
    est = classifier(scoring="neg_log_loss", alpha=0).fit(X, c, X_val=X_val, y_val=c_val)
    np.testing.assert_allclose(est.validation_scores_, np.negative(est.validation_loss_curve_))
    assert est.validation_loss_curve_[-1] == pytest.approx(
        log_loss(c_val, est.predict_proba(X_val))
    )


@pytest.mark.parametrize("make", [classifier, regressor])
def test_the_default_score_is_that_of_score(make):
    target, held = (c, c_val) if make is classifier else (y, y_val)
    est = make().fit(X, target, X_val=X_val, y_val=held)
    assert est.validation_scores_[-1] == pytest.approx(est.score(X_val, held), rel=1e-12)


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_full_batch_solvers_do_not_stop_early(solver):
    est = regressor(solver=solver, early_stopping=True).fit(X, y)
    assert_same_network(est, regressor(solver=solver).fit(X, y))


# -- the course of training ------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"max_iter": 3}, "max_iter=3"),
        ({"tol": 10.0, "n_iter_no_change": 2, "max_iter": 50}, "Training loss.*tol=10.*2 consec"),
        (
            {"tol": 10.0, "n_iter_no_change": 2, "max_iter": 50, "early_stopping": True},
            "Validation score.*tol=10.*2 consec",
        ),
        ({"solver": "lbfgs", "max_iter": 1000}, "L-BFGS converged"),
        ({"solver": "lbfgs", "max_iter": 2}, "L-BFGS stopped before"),
        ({"solver": "lbfgs", "max_fun": 3, "max_iter": 50}, "L-BFGS stopped before"),
        ({"solver": "newton-cg", "max_iter": 1000, "alpha": 1.0}, "Newton-CG converged"),
        ({"solver": "newton-cg", "max_iter": 2}, "Newton-CG stopped before"),
        ({"solver": "lm", "max_iter": 1000}, "Levenberg-Marquardt converged"),
        ({"solver": "lm", "max_iter": 2}, "Levenberg-Marquardt stopped before.*max_iter=2"),
        (
            {"solver": "sgd", "learning_rate": "adaptive", "tol": 10.0, "max_iter": 500},
            "Training loss",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_the_reason_to_stop_is_a_sentence(params, reason):
    est = regressor(**params)
    converged = "max_iter" not in reason and "before" not in reason
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        est.fit(X, y)
    assert re.search(reason, est.stop_reason_)
    assert est.stop_reason_.endswith(".")
    full_batch = params.get("solver") in FULL_BATCH
    warning = SolverStoppedWarning if full_batch else MaxIterWarning
    assert [w.category for w in caught] == ([] if converged else [warning])


def test_partial_fit_and_initialize_have_reasons_of_their_own():
    assert "one epoch" in regressor().partial_fit(X, y).stop_reason_
    assert "Not trained" in regressor().initialize(X, y).stop_reason_


@pytest.mark.parametrize("solver", INCREMENTAL)
def test_the_curve_has_the_best_epoch(solver):
    est = regressor(solver=solver, max_iter=30, learning_rate_init=0.05).fit(X, y)
    assert est.loss_ == est.loss_curve_[-1]
    assert est.best_loss_ == min(est.loss_curve_) == est.loss_curve_[est.best_iter_ - 1]
    assert est.n_iter_ == len(est.loss_curve_)
    assert est.t_ == 60 * est.n_iter_


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_full_batch_solvers_go_downhill(solver):
    est = regressor(solver=solver, max_iter=30).fit(X, y)
    assert (np.diff(est.loss_curve_) <= 0).all()
    assert est.loss_ == pytest.approx(est.objective(X, y), rel=1e-12)
    assert est.best_loss_ == pytest.approx(min(est.loss_curve_), rel=1e-12)
    assert est.loss_curve_[est.best_iter_ - 1] == est.best_loss_


@pytest.mark.parametrize("weights", [None, w])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize(("make", "target"), [(regressor, Y), (classifier, c3), (classifier, c)])
def test_gd_is_the_rule_on_paper(make, target, fit_intercept, weights):
    est = make(solver="gd", learning_rate_init=0.1, fit_intercept=fit_intercept, alpha=0.5)
    est.set_params(max_iter=4, batch_size=7).fit(X, target, weights)
    by_steps = clone(est).initialize(X, target)
    curve = []
    for _ in range(4):
        J, dW, db = by_steps.objective_and_gradient(X, target, weights)
        curve.append(J)
        for l in range(2):
            by_steps.coefs_[l] -= 0.1 * dW[l]
            by_steps.intercepts_[l] -= 0.1 * db[l]
    assert_same_network(est, by_steps, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(est.loss_curve_, curve, rtol=1e-12)


@pytest.mark.parametrize("power_t", [0.5, 0.25])
def test_invscaling_divides_the_rate_by_a_power_of_the_samples_seen(power_t):
    est = regressor(solver="sgd", momentum=0, batch_size=60, learning_rate_init=0.5)
    est.set_params(learning_rate="invscaling", power_t=power_t).initialize(X, y)
    for epoch in range(4):
        rate = 0.5 / (60 * epoch + 1) ** power_t
        W, dW = est.coefs_[0].copy(), est.objective_and_gradient(X, y)[1][0]
        est.partial_fit(X, y)
        np.testing.assert_allclose(est.coefs_[0], W - rate * dW, rtol=1e-11)


def test_adaptive_divides_the_rate_by_five_and_stops_below_a_millionth(capsys):
    est = regressor(solver="sgd", learning_rate="adaptive", learning_rate_init=0.01, tol=10.0)
    est.set_params(n_iter_no_change=3, max_iter=200, verbose=True).fit(X, y)
    rates = re.findall(r"learning rate to (\S+)", capsys.readouterr().out)
    np.testing.assert_allclose([float(rate) for rate in rates], 0.01 / 5.0 ** np.arange(1, 7))
    assert est.n_iter_ < 200


@pytest.mark.parametrize("solver", ["adam", "gd", *FULL_BATCH])
def test_verbose_prints_every_loss(solver, capsys):
    est = regressor(solver=solver, verbose=True, max_iter=3).fit(X, y)
    out = capsys.readouterr().out
    printed = re.findall(r"Iteration (\d+), loss = (\S+)", out)
    assert [int(i) for i, _ in printed] == [*range(1, est.n_iter_ + 1)]
    np.testing.assert_allclose([float(J) for _, J in printed], est.loss_curve_, atol=1e-8)
    assert out.splitlines()[-1] == est.stop_reason_


@pytest.mark.parametrize(
    ("verbose", "n_epochs", "lines"),
    [
        (1, 10, [*range(1, 11)]),
        (1, 43, [*range(1, 11), 20, 30, 40, 43]),
        (1, 1234, [*range(1, 11), *range(20, 101, 10), *range(200, 1001, 100), 1000, 1234]),
        (2, 43, [*range(1, 44)]),
    ],
)
def test_verbose_1_prints_fewer_and_fewer_epochs_and_2_all(verbose, n_epochs, lines, capsys):
    regressor(hidden_layer_sizes=1, solver="gd", tol=0, verbose=verbose, max_iter=n_epochs).fit(
        X[:5], y[:5]
    )
    out = capsys.readouterr().out
    assert [int(i) for i in re.findall(r"Iteration (\d+)", out)] == sorted({*lines})
    assert out.endswith(f"Finished as requested: max_iter={n_epochs} epochs were run.\n")


def test_verbose_prints_the_scores_and_the_end(capsys):
    est = regressor(early_stopping=True, tol=10.0, n_iter_no_change=2, verbose=True, max_iter=20)
    est.fit(X, y)
    out = capsys.readouterr().out
    scores = re.findall(r", validation score = (\S+)", out)
    np.testing.assert_allclose([float(s) for s in scores], est.validation_scores_, atol=1e-6)
    assert "did not improve more than tol=10" in out


def test_silence_is_the_default(capsys):
    regressor().fit(X, y)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_without_shuffling_the_batches_come_in_order(solver):
    params = {"solver": solver, "shuffle": False, "batch_size": 20, "max_iter": 1}
    est = regressor(**params).fit(X, y)
    other = regressor(**params)
    for start in (0, 20, 40):
        other.partial_fit(X[start : start + 20], y[start : start + 20])
    assert_same_network(est, other)
    assert not np.array_equal(
        est.coefs_[0], regressor(**{**params, "shuffle": True}).fit(X, y).coefs_[0]
    )


def test_a_batch_size_that_is_too_large_warns_and_is_cut():
    with pytest.warns(UserWarning, match="batch_size.*100.*60"):
        est = regressor(batch_size=100).fit(X, y)
    assert_same_network(est, regressor(batch_size=60).fit(X, y))


# -- kinds of input --------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["sgd", "adam", "adamw", "nadam", "rmsprop", "gd", *FULL_BATCH])
@pytest.mark.parametrize("weights", [None, w])
@pytest.mark.parametrize(
    ("make", "target"), [(regressor, y), (regressor, Y), (classifier, c), (classifier, c3)]
)
def test_float32_stays_float32(solver, make, target, weights):
    params = {"loss": "squared_error"} if solver == "lm" else {}
    small = X.astype(np.float32)
    est = make(solver=solver, alpha=0.1, l1_ratio=0.0 if solver == "lm" else 0.5, **params)
    est.fit(small, target, weights)
    J, dW, db = est.objective_and_gradient(small, target, weights)
    arrays = [*parameters(est), *dW, *db, est.input_gradient(small, target, weights)]
    arrays += est.hidden_activations(small)
    for method in ("predict" if make is regressor else "logits", "predict_proba"):
        if hasattr(est, method):
            arrays.append(getattr(est, method)(small))
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert type(J) is float
    double = clone(est).fit(X, target, weights)
    assert double.coefs_[0].dtype == np.float64
    if solver not in FULL_BATCH:  # few steps: rounding has not grown yet
        assert_same_network(est, double, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_float32_survives_dropout_clipping_validation_and_chunks(dropout):
    small = X.astype(np.float32)
    est = regressor(dropout=dropout, clip_norm=0.1, early_stopping=True).fit(small, y)
    est.set_params(early_stopping=False).partial_fit(X, y)
    assert {array.dtype for array in parameters(est)} == {np.dtype(np.float32)}
    assert est.predict(X).dtype == np.float32


@pytest.mark.parametrize("kind", ["int", "bool", "float16", "list", "fortran", "strided"])
def test_other_dense_input_becomes_float64(kind):
    whole = np.round(3 * X)
    other = {
        "int": lambda: whole.astype(int),
        "bool": lambda: whole > 0,
        "float16": lambda: whole.astype(np.float16),
        "list": lambda: whole.tolist(),
        "fortran": lambda: np.asfortranarray(whole),
        "strided": lambda: np.repeat(whole, 2, axis=1)[:, ::2],
    }[kind]()
    plain = (whole > 0).astype(float) if kind == "bool" else whole
    est = regressor(batch_size=20).fit(other, y)
    assert est.coefs_[0].dtype == np.float64
    assert_same_network(est, regressor(batch_size=20).fit(plain, y), rtol=1e-10)


few = np.where(np.abs(X) > 1, X, 0)


@pytest.mark.parametrize("solver", ["sgd", "adam", "gd", *FULL_BATCH])
@pytest.mark.parametrize(
    "kind", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array]
)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_sparse_input_gives_what_dense_input_gives(solver, kind, early_stopping):
    params = {"solver": solver, "batch_size": 20, "early_stopping": early_stopping}
    est, dense = regressor(**params).fit(kind(few), y, w), regressor(**params).fit(few, y, w)
    assert_same_network(est, dense, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(est.predict(kind(few)), dense.predict(few), rtol=1e-7)
    assert est.objective(kind(few), y) == pytest.approx(dense.objective(few, y), rel=1e-9)
    np.testing.assert_allclose(
        est.input_gradient(kind(few), y), dense.input_gradient(few, y), rtol=1e-6, atol=1e-12
    )


def test_sparse_labels_are_labels():
    est = classifier().fit(X, sparse.csr_matrix(labels))
    assert_same_network(est, classifier().fit(X, labels))
    predicted = est.predict(X)
    assert est.score(X, sparse.csr_matrix(labels)) == classifier().fit(X, labels).score(X, labels)
    assert predicted.shape == labels.shape


NAMES = ["a", "b", "c", "d"]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_bring_their_names(library):
    frames = pytest.importorskip(library)
    frame = frames.DataFrame(dict(zip(NAMES, X.T, strict=True)))
    target = frames.Series(y)
    est = regressor(early_stopping=True).fit(frame, target)
    assert_same_network(est, regressor(early_stopping=True).fit(X, y))
    np.testing.assert_array_equal(est.feature_names_in_, NAMES)
    np.testing.assert_array_equal(est.predict(frame), est.predict(frame[NAMES]))
    est.set_params(early_stopping=False).partial_fit(frame, target).score(frame, target)
    assert isinstance(est.objective(frame, target), float)
    with pytest.raises(ValueError, match=r"(?s)feature names.*same order"):
        est.predict(frame[NAMES[::-1]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        est.predict(X)


@pytest.mark.parametrize("scoring", [None, "loss", "r2", held_out_scorer])
@pytest.mark.parametrize("own", [True, False])
def test_data_frames_can_be_validated_on_without_a_warning(scoring, own):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=NAMES)
    held = {"X_val": pandas.DataFrame(X_val, columns=NAMES), "y_val": pandas.Series(y_val)}
    est = regressor(early_stopping=True, scoring=scoring)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        est.fit(frame, pandas.Series(y), **(held if own else {}))
    assert len(est.validation_scores_) == est.n_iter_


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_classes_may_come_in_a_series(library):
    frames = pytest.importorskip(library)
    names = np.array(["no", "yes"])
    est, plain = classifier().fit(X, frames.Series(names[c])), classifier().fit(X, c)
    assert_same_network(est, plain)
    np.testing.assert_array_equal(est.predict(X), names[plain.predict(X)])


# -- in the company of scikit-learn's tools --------------------------------------------


def test_in_a_pipeline():
    unscaled, scaler = 100 * X + 7, StandardScaler()
    pipeline = make_pipeline(scaler, classifier(solver="lbfgs", max_iter=50)).fit(unscaled, c)
    assert pipeline.score(unscaled, c) > 0.9
    scaled = scaler.transform(unscaled)
    alone = classifier(solver="lbfgs", max_iter=50).fit(scaled, c)
    np.testing.assert_array_equal(pipeline.predict_proba(unscaled), alone.predict_proba(scaled))


def test_a_grid_search_over_sizes_and_depth():
    grid = [
        {"hidden_layer_sizes": [(), 3, (3, 2), [4]]},
        {"hidden_layer_sizes": [3], "n_hidden_layers": [1, 2]},
        {"activation": ["relu", ReLU(), ("tanh",)], "weight_init": ["auto", Orthogonal(2.0)]},
    ]
    search = GridSearchCV(regressor(solver="lbfgs"), grid, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4 + 2 + 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.score(X, y) > 0


def test_cross_validation_passes_weights_on():
    kwargs = {"cv": 3, "params": {"sample_weight": w}, "return_estimator": True}
    result = cross_validate(regressor(solver="gd"), X, y, **kwargs)
    train = np.arange(20, 60)
    assert_same_network(
        result["estimator"][0], regressor(solver="gd").fit(X[train], y[train], w[train])
    )


def test_metadata_are_routed_where_they_are_asked_for():
    with sklearn.config_context(enable_metadata_routing=True):
        est = regressor(solver="gd").set_fit_request(sample_weight=True)
        est.set_score_request(sample_weight=True)
        search = GridSearchCV(est, {"alpha": [0, 1]}, cv=2).fit(X, y, sample_weight=w)
        refitted = search.best_estimator_
        assert_same_network(refitted, clone(refitted).fit(X, y, w))
        assert not np.array_equal(refitted.coefs_[0], clone(refitted).fit(X, y).coefs_[0])
        halves = [(slice(30, 60), slice(0, 30)), (slice(0, 30), slice(30, 60))]
        scores = [clone(refitted).fit(X[a], y[a], w[a]).score(X[b], y[b], w[b]) for a, b in halves]
        np.testing.assert_allclose(search.best_score_, np.mean(scores), rtol=1e-10)

        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, est).fit(X, y, sample_weight=w)
        alone = clone(est).fit(StandardScaler().fit_transform(X), y, w)
        assert_same_network(pipeline[-1], alone)


def test_a_classifier_is_no_transformer():
    assert not hasattr(classifier().fit(X, c), "transform")


# -- several targets -------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "lm"])
def test_several_targets_of_a_linear_network_are_learned_side_by_side(solver):
    params = {"hidden_layer_sizes": (), "solver": solver, "alpha": 0, "tol": 1e-9, "max_iter": 500}
    both = regressor(**params).fit(X, Y)
    for k in range(2):
        one = regressor(**params).fit(X, Y[:, k])
        np.testing.assert_allclose(both.predict(X)[:, k], one.predict(X), atol=1e-3)
    assert both.predict(X).shape == (60, 2)
    assert both.n_outputs_ == 2


@pytest.mark.parametrize("solver", ["adam", "gd", *FULL_BATCH])
def test_the_loss_of_several_targets_is_their_sum(solver):
    est = regressor(solver=solver, alpha=0).fit(X, Y)
    R = est.predict(X) - Y
    assert est.objective(X, Y) == pytest.approx((R**2).sum(axis=1).mean() / 2, rel=1e-12)


@pytest.mark.parametrize("shape", [(60,), (60, 1)])
def test_one_target_is_predicted_flat(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sklearn.exceptions.DataConversionWarning)
        est = regressor().fit(X, y.reshape(shape))
        assert est.predict(X).shape == (60,)
        assert_same_network(est, regressor().fit(X, y))


# -- parts of one's own ----------------------------------------------------------------


class LogCosh(Loss):
    """sum log cosh(a - y), a smooth absolute error."""

    def value(self, A, Y):
        R = A - Y
        return (np.logaddexp(R, -R) - np.log(2)).sum(axis=1)

    def gradient(self, A, Y, out):
        return np.tanh(A - Y, out=out)


class Sine(Elementwise):
    """f(z) = sin(z)."""

    def forward(self, Z, out):
        return np.sin(Z, out=out)

    def derivative(self, Z, A, out):
        return np.cos(Z, out=out)


@pytest.mark.parametrize("solver", [*INCREMENTAL, "lbfgs"])
def test_a_loss_and_an_activation_of_ones_own_are_a_few_lines_each(solver):
    est = regressor(loss=LogCosh(), activation=Sine(), solver=solver, hidden_layer_sizes=(5, 5))
    J_before = est.initialize(X, y).objective(X, y)
    est.set_params(max_iter=100, learning_rate_init=0.01).fit(X, y)
    assert est.objective(X, y) < J_before
    A = X
    for l in range(2):
        A = np.sin(A @ est.coefs_[l] + est.intercepts_[l])
        np.testing.assert_allclose(est.hidden_activations(X)[l], A, rtol=1e-9, atol=1e-12)
    R = (A @ est.coefs_[2] + est.intercepts_[2])[:, 0] - y
    penalty = est.alpha / 2 * sum((W**2).sum() for W in est.coefs_) / 60
    J = np.log(np.cosh(R)).mean() + penalty
    assert est.objective(X, y) == pytest.approx(J, rel=1e-9)


def test_parts_of_ones_own_have_the_right_gradient():
    est = regressor(loss=2 * LogCosh() + Huber(), activation=Sine(), alpha=0.1).fit(X, y)
    _, dW, _ = est.objective_and_gradient(X, y)
    numeric = np.empty((4, 4))
    for i, j in np.ndindex(4, 4):
        w_ij = est.coefs_[0][i, j]
        sides = []
        for h in (1e-6, -1e-6):
            est.coefs_[0][i, j] = w_ij + h
            sides.append(est.objective(X, y))
        est.coefs_[0][i, j] = w_ij
        numeric[i, j] = (sides[0] - sides[1]) / 2e-6
    np.testing.assert_allclose(dW[0], numeric, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("output", [Sine(), "tanh"])
def test_an_output_of_ones_own_goes_through_the_chain_rule(output):
    est = regressor(output_activation=output, solver="lbfgs", max_iter=100, loss=LogCosh())
    assert est.fit(X, y).score(X, y) > 0.9


@pytest.mark.parametrize("part", ["second_derivative", "hessian_product"])
def test_newton_says_which_second_derivative_is_missing(part):
    own = {"activation": Sine()} if part == "second_derivative" else {"loss": LogCosh()}
    with pytest.raises(NotImplementedError, match=part):
        regressor(solver="newton-cg", **own).fit(X, y)


@pytest.mark.parametrize("solver", Optimizer.names())
def test_every_solver_learns(solver):
    est = regressor(solver=solver, max_iter=500, learning_rate_init=0.05, alpha=0).fit(X, y)
    assert est.score(X, y) > 0.9


def test_no_warning_but_the_one_about_max_iter():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        regressor().fit(X, y)
        classifier().fit(X, c3)
        with pytest.warns(RiskyOutputWarning):
            classifier(output_activation="relu").fit(X, c)
    assert {w.category for w in caught} == {MaxIterWarning}


# -- memory ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large():
    X = np.random.RandomState(0).normal(size=(50_000, 100))  # 40 MB
    return X, X[:, 0]


def peak(call, *args, **kwargs):
    """Most bytes that were allocated at once during the call, and what it returned."""
    tracemalloc.start()
    try:
        result = call(*args, **kwargs)
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("early_stopping", [True, False])
@pytest.mark.parametrize("make", [classifier, regressor])
def test_fit_does_not_copy_a_large_X(large, make, early_stopping, shuffle):
    X, y = large
    est = make(max_iter=1, early_stopping=early_stopping, shuffle=shuffle)
    used, _ = peak(est.fit, X, y > 0 if make is classifier else y)
    assert used < (0.5 if early_stopping else 0.3) * X.nbytes


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_full_batch_solvers_do_not_copy_a_large_X(large, solver):
    used, _ = peak(regressor(solver=solver, max_iter=1).fit, *large)
    assert used < 0.5 * large[0].nbytes  # A, dA and delta of four units for all rows take 0.12


def test_a_sparse_X_is_not_made_dense():
    rng = np.random.default_rng(0)
    X = sparse.random(5_000, 2_000, density=1e-3, format="csr", random_state=rng)
    used, _ = peak(regressor(max_iter=1).fit, X, np.ones(5_000))
    assert used < 0.1 * 8 * X.shape[0] * X.shape[1]


def test_predict_works_in_bounded_memory():
    X = np.zeros((200_000, 200), np.float32)
    X[:, 0] = 1
    est = regressor(hidden_layer_sizes=100, max_iter=1).fit(X[:100], np.ones(100))
    used, predicted = peak(est.predict, X)
    assert predicted.dtype == np.float32
    assert used < 60e6  # beside X; the hidden layer of all rows would take 80 MB


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_warnings_point_to_the_line_of_the_user(solver):
    est = classifier(solver=solver, max_iter=1, loss="squared_error", output_activation="softmax")
    with pytest.warns() as caught:
        est.fit(X, c)
    stopped = SolverStoppedWarning if solver == "lbfgs" else MaxIterWarning
    assert {warning.category for warning in caught} == {RiskyOutputWarning, stopped}
    assert {warning.filename for warning in caught} == {__file__}


def test_partial_fit_never_says_that_it_stopped_early():
    est = BackpropRegressor(3, tol=1e3, n_iter_no_change=2, random_state=0)
    for _ in range(6):  # nothing improves by 1000, so the count of bad epochs runs over
        est.partial_fit([[0.0], [1.0]], [0.0, 1.0])
        assert est.stop_reason_ == "partial_fit runs one epoch."
