"""Temperature scaling makes held-out probabilities fit, and changes no prediction."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification
from sklearn.metrics import log_loss

from sknn_edu import BackpropClassifier
from sknn_edu.activations import Logistic, Softmax
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.tabular import AveragedClassifier, TabularClassifier
from sknn_edu.tabular.temperature import PRIOR, best_temperature

X, y = load_digits(return_X_y=True)
X = X[:600] / 16
y = y[:600]


def noisy(n, n_classes=3, seed=0):
    """Classes of which a fifth are wrong."""
    return make_classification(
        n, 10, n_informative=6, n_classes=n_classes, flip_y=0.2, random_state=seed
    )


def test_t_minimises_what_it_says():
    rng = np.random.RandomState(0)
    Z, Y, w = 4 * rng.randn(200, 3), np.eye(3)[rng.randint(0, 3, 200)], rng.uniform(0, 2, 200)
    rows = w * 200 / w.sum()

    def penalised(log_T):
        P = softmax(Z / np.exp(log_T[0]), axis=1)
        return -rows @ np.log((P * Y).sum(axis=1)) + PRIOR * log_T[0] ** 2 / 2

    expected = np.exp(minimize(penalised, [0.0]).x[0])
    assert expected > 3, "random targets deserve no confidence"
    assert best_temperature(Softmax(), Z, Y, w) == pytest.approx(expected, rel=1e-3)


def test_one_logistic_unit_has_the_temperature_of_a_softmax_of_two():
    rng = np.random.RandomState(0)
    z, y = 3 * rng.randn(100, 1), rng.randint(0, 2, 100)
    one = best_temperature(Logistic(), z, y[:, None].astype(float), None)
    two = best_temperature(Softmax(), np.hstack([0 * z, z]), np.eye(2)[y], None)
    assert one == pytest.approx(two, rel=1e-6)


def test_the_unit_of_weights_does_not_matter():
    rng = np.random.RandomState(0)
    Z, Y, w = rng.randn(50, 3), np.eye(3)[rng.randint(0, 3, 50)], rng.randint(0, 3, 50)
    T = best_temperature(Softmax(), Z, Y, w)
    assert best_temperature(Softmax(), Z, Y, 1e-6 * w) == pytest.approx(T)
    kept = w > 0
    assert best_temperature(Softmax(), Z[kept], Y[kept], w[kept]) == pytest.approx(T)


def test_few_rows_hardly_change_it():
    Z, Y = np.array([[9.0, 0.0]]), np.array([[0.0, 1.0]])
    assert 1 < best_temperature(Softmax(), Z, Y, None) < 2
    many = best_temperature(Softmax(), np.repeat(Z, 1000, axis=0), np.repeat(Y, 1000, axis=0), None)
    assert many > 50


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_predictions_stay_and_probabilities_are_of_z_over_t(n_classes, engine):
    data = noisy(300, n_classes)
    net = BackpropClassifier((30, 30), early_stopping="best", max_iter=40, engine=engine)
    plain = AveragedClassifier(net, random_state=0, n_members=1).fit(*data)
    scaled = clone(plain).set_params(temperature_scaling=True).fit(*data)
    assert_array_equal(scaled.predict(data[0]), plain.predict(data[0]))
    (member,), (before,) = scaled.members_, plain.members_
    ratio = before.coefs_[-1] / member.coefs_[-1]
    T = ratio.mean()
    assert_allclose(ratio, T, rtol=1e-5)
    assert_allclose(before.coefs_[0], member.coefs_[0])
    assert T != pytest.approx(1, abs=0.01)
    Z = before.logits(data[0].astype(np.float32)) / T
    Z = Z if n_classes > 2 else np.hstack([np.zeros_like(Z), Z])
    assert_allclose(scaled.predict_proba(data[0]), softmax(Z, axis=1), atol=1e-5)


def losses_on_new_rows(clf, data, new):
    """The log loss on new rows, without and with scaling."""
    return [
        log_loss(
            new[1], clone(clf).set_params(temperature_scaling=on).fit(*data).predict_proba(new[0])
        )
        for on in (False, True)
    ]


def test_networks_that_are_too_sure_become_less_so_and_better_on_new_rows():
    all_X, all_y = noisy(4400)
    data, new = (all_X[:400], all_y[:400]), (all_X[400:], all_y[400:])
    net = BackpropClassifier((64, 64), max_iter=80, learning_rate_init=0.01)
    net.set_params(early_stopping="best", weight_init="orthogonal", validation_fraction=0.3)
    before, now = losses_on_new_rows(AveragedClassifier(net, random_state=0), data, new)
    assert now < 0.97 * before


def test_networks_that_label_smoothing_made_unsure_become_surer():
    net = BackpropClassifier((64, 64), loss=LogLoss(label_smoothing=0.4), max_iter=40)
    net.set_params(early_stopping="best", validation_fraction=0.3)
    clf = AveragedClassifier(net, random_state=0)
    before, now = losses_on_new_rows(clf, (X[:400], y[:400]), (X[400:], y[400:]))
    assert now < 0.8 * before


@pytest.mark.parametrize(
    "params",
    [
        {"early_stopping": False},
        {"solver": "lbfgs", "max_iter": 500},
        {"loss": SquaredError(), "output_activation": "identity"},
    ],
    ids=str,
)
def test_nothing_is_scaled_where_no_rows_are_held_out_or_the_output_is_no_probability(params):
    net = BackpropClassifier(9, early_stopping="best", max_iter=20, tol=0).set_params(**params)
    plain = AveragedClassifier(net, random_state=0).fit(X, y)
    scaled = clone(plain).set_params(temperature_scaling=True).fit(X, y)
    assert_array_equal(scaled.members_[0].coefs_[-1], plain.members_[0].coefs_[-1])


def test_several_labels_share_a_temperature():
    Y = np.column_stack([y % 2, y > 4, y % 3 == 0]).astype(int)
    clf = TabularClassifier(max_iter=20, random_state=0).fit(X, Y)
    plain = clone(clf).set_params(temperature_scaling=False).fit(X, Y)
    ratio = plain.members_[0].coefs_[-1] / clf.members_[0].coefs_[-1]
    assert_allclose(ratio, ratio.mean(), rtol=1e-4)
    assert_array_equal(clf.members_[0].predict(X), plain.members_[0].predict(X))


def test_another_loss_behind_softmax_is_calibrated_by_the_log_loss():
    net = BackpropClassifier(20, loss=SquaredError() + LogLoss(), output_activation="softmax")
    net.set_params(early_stopping="best", max_iter=30)
    plain = AveragedClassifier(net, random_state=0).fit(X, y)
    scaled = clone(plain).set_params(temperature_scaling=True).fit(X, y)
    assert (scaled.members_[0].coefs_[-1] != plain.members_[0].coefs_[-1]).all()
