"""What can be asked of a network: initialize, objective, gradients, hidden activations."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from small_networks import X, Y, c, c3, classifier, labels, regressor, w, y

from sknn_edu import BackpropRegressor
from sknn_edu.losses import Huber, Loss, Quantile, SquaredError

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


# -- initialize, and weights of one's own ------------------------------------------------

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


# -- the open network: numbers that can be checked by hand -------------------------------


def by_hand(**params):
    """Two inputs, two ReLUs, one output, all weights 0 or 1, two samples."""
    W, b = [np.eye(2), np.ones((2, 1))], [np.zeros(2), np.zeros(1)]
    given = {"hidden_layer_sizes": 2, "activation": "relu", "weight_init": (W, b), "alpha": 0}
    est = BackpropRegressor(**{**given, **params})
    X, y = np.array([[1.0, 2.0], [-1.0, 1.0]]), np.array([0.0, 1.0])
    return est.initialize(X, y), X, y


def test_the_outputs_and_the_gradient_of_a_tiny_network():
    est, X, y = by_hand()
    (A,) = est.hidden_activations(X)
    np.testing.assert_array_equal(A, [[1, 2], [0, 1]])
    np.testing.assert_array_equal(est.predict(X), [3, 1])
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


@pytest.mark.parametrize(
    ("make", "target", "sizes", "kind"),
    [
        (classifier, c, (), np.asarray),
        (classifier, c3, 3, sparse.csr_matrix),
        (classifier, labels, (5, 2), sparse.csc_array),
        (regressor, Y, (5, 2), np.asarray),
    ],
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


def test_many_rows_give_what_few_rows_give():
    est = regressor(hidden_layer_sizes=1000, max_iter=1, alpha=0).fit(X, y)
    many, target = np.tile(X, (20, 1)), np.tile(y, 20)  # more rows than are run at once
    np.testing.assert_allclose(est.predict(many), np.tile(est.predict(X), 20), rtol=1e-11)
    (A,) = est.hidden_activations(many)
    np.testing.assert_allclose(A[-60:], est.hidden_activations(X)[0], rtol=1e-11)
    assert est.objective(many, target) == pytest.approx(est.objective(X, y), rel=1e-12)
    for a, b in zip(
        est.objective_and_gradient(many, target)[1],
        est.objective_and_gradient(X, y)[1],
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    dX = np.tile(est.input_gradient(X, y), (20, 1)) / 20
    np.testing.assert_allclose(est.input_gradient(many, target), dX, rtol=1e-9, atol=1e-13)


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


# -- the loss, a parameter, and the objective, a method ----------------------------------

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
