"""Biases, first weights, depth, dropout, penalty, clipping, weights of samples and classes."""

import warnings

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.utils.class_weight import compute_sample_weight
from small_networks import (
    FULL_BATCH,
    INCREMENTAL,
    LogCosh,
    Sine,
    X,
    Y,
    assert_same_network,
    c,
    c3,
    classifier,
    parameters,
    regressor,
    w,
    y,
)

from sknn_edu.activations import LeakyReLU, ReLU
from sknn_edu.exceptions import MaxIterWarning, RiskyOutputWarning
from sknn_edu.initializers import HeNormal, Orthogonal
from sknn_edu.losses import Huber, Loss
from sknn_edu.optimizers import GD, SGD, Optimizer

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


# -- the network: biases, first weights, depth -------------------------------------------


@pytest.mark.parametrize("solver", INCREMENTAL + FULL_BATCH)
def test_a_network_without_biases_keeps_zeros(solver):
    est = regressor(solver=solver, fit_intercept=False, alpha=0.1)
    before = est.initialize(X, y).objective(X, y)
    est.fit(X, y)
    assert [b.shape for b in est.intercepts_] == [(4,), (1,)]
    assert not any(b.any() for b in est.intercepts_)
    _, dW, db = est.objective_and_gradient(X, y)
    assert not any(b.any() for b in db)
    assert all(W.any() for W in dW)
    assert est.predict(np.zeros((1, 4))) == 0
    assert est.objective(X, y) < before


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


# -- dropout -----------------------------------------------------------------------------


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


@pytest.mark.parametrize("rate", [0.2, (0.0, 0.5)])
def test_dropout_keeps_the_expected_value_of_the_outputs(rate):
    loss = Recorder()
    est = regressor(hidden_layer_sizes=(8, 8), activation="identity", loss=loss, dropout=rate)
    est.set_params(learning_rate_init=1e-12, max_iter=2000, n_iter_no_change=np.inf, shuffle=False)
    est.fit(X[:5], y[:5])
    outputs = np.hstack(loss.seen[:2000])
    assert (outputs.std(axis=1) > 0.1).all(), "it is random"
    error = 4 * outputs.std(axis=1) / np.sqrt(2000)  # four standard errors of the mean
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


# -- penalty, clipping, weights ----------------------------------------------------------


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


@pytest.mark.parametrize(
    ("solver", "target", "class_weight", "sample_weight"),
    [
        ("adam", c, "balanced", w),
        ("gd", c3, "balanced", None),
        ("lbfgs", c3, {0: 1.0, 1: 2.5, 2: 0.5}, w),
        ("adam", c, {0: 1.0, 1: 2.5}, None),
    ],
)
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


@pytest.mark.parametrize("solver", ["gd", *FULL_BATCH])
@pytest.mark.parametrize(
    ("make", "target", "more"),
    [(regressor, y, {}), (classifier, c3, {}), (classifier, c3, {"class_weight": "balanced"})],
)
def test_a_sample_of_weight_k_counts_like_k_samples(solver, make, target, more):
    loss = "squared_error" if make is regressor or solver == "lm" else "log_loss"
    params = {"solver": solver, "alpha": 0.1, "loss": loss, **more}
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


# -- several targets ---------------------------------------------------------------------


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


# -- parts of one's own ------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["adam", "gd", "lbfgs"])
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


def test_parameters_inside_of_objects_count_from_the_next_fit_on():
    est = regressor(activation=LeakyReLU(0.1), loss=Huber(0.5)).fit(X, y)
    before = est.predict(X), est.objective(X, y)
    est.set_params(loss__delta=50.0, activation__negative_slope=0.9)
    np.testing.assert_array_equal(est.predict(X), before[0])
    assert est.objective(X, y) == before[1]
    assert est.fit(X, y).architecture_.loss == Huber(50.0)
