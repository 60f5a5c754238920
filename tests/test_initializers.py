"""Every initializer draws what its paper says, and "auto" what scikit-learn draws."""

import numpy as np
import pytest
from gradient_helpers import members
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network import MLPClassifier, MLPRegressor

import sknn_edu.initializers
from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import ReLU, Tanh
from sknn_edu.initializers import Initializer, Orthogonal

every_initializer = pytest.mark.parametrize("initializer", members(Initializer), ids=repr)

FAN_IN, FAN_OUT = 300, 200


def draw(initializer, fan_in=FAN_IN, fan_out=FAN_OUT, seed=0):
    return initializer.draw(fan_in, fan_out, np.random.RandomState(seed))


# -- the papers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("auto", 2 / (FAN_IN + FAN_OUT)),
        ("glorot_uniform", 2 / (FAN_IN + FAN_OUT)),
        ("glorot_normal", 2 / (FAN_IN + FAN_OUT)),
        ("he_uniform", 2 / FAN_IN),
        ("he_normal", 2 / FAN_IN),
        ("lecun_normal", 1 / FAN_IN),
        ("orthogonal", 1 / FAN_IN),  # FAN_OUT columns of length 1
        ("zeros", 0),
    ],
)
def test_weights_have_mean_zero_and_the_variance_of_the_paper(name, variance):
    W = draw(Initializer.get(name))
    n = W.size
    assert abs(W.mean()) <= 4 * np.sqrt(variance / n)  # four standard errors
    assert_allclose(W.var(), variance, rtol=4 * np.sqrt(2 / n))  # of a normal's variance


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("auto", np.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("glorot_uniform", np.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("he_uniform", np.sqrt(6 / FAN_IN)),
    ],
)
def test_uniform_weights_fill_their_interval_evenly(name, bound):
    W = draw(Initializer.get(name)).ravel()
    counts, _ = np.histogram(W, bins=10, range=(-bound, bound))
    assert counts.sum() == W.size  # nothing outside
    assert_allclose(counts, W.size / 10, atol=5 * np.sqrt(W.size / 10))


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal", "lecun_normal"])
def test_normal_weights_have_the_tails_of_a_normal(name):
    W = draw(Initializer.get(name)).ravel()
    for n_deviations, share in ((1, 0.3173), (2, 0.0455), (3, 0.0027)):
        beyond = (np.abs(W) > n_deviations * W.std()).mean()
        assert_allclose(beyond, share, atol=5 * np.sqrt(share / W.size))


@pytest.mark.parametrize("gain", [1.0, np.sqrt(2)])
@pytest.mark.parametrize("shape", [(7, 7), (9, 4), (4, 9), (5, 1), (1, 5)])
def test_orthogonal_weights_have_a_short_side_of_right_angles(shape, gain):
    W = draw(Orthogonal(gain), *shape)
    assert W.shape == shape
    products = W.T @ W if shape[0] >= shape[1] else W @ W.T
    assert_allclose(products, gain**2 * np.eye(min(shape)), atol=1e-14)


def test_orthogonal_weights_prefer_no_direction():
    # The signs of a plain QR decomposition would make the diagonal lean to one side.
    corner = [draw(Orthogonal(), 3, 3, seed)[0, 0] for seed in range(2000)]
    assert abs(np.mean(corner)) < 4 * np.sqrt(1 / 3 / len(corner))


# -- the family ---------------------------------------------------------------------------


@every_initializer
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (5, 3)])
def test_draws_have_the_shape_of_the_layer(initializer, shape):
    W, b = initializer.draw_layer(*shape, ReLU(), np.random.RandomState(0))
    assert initializer.draw(*shape, np.random.RandomState(0)).shape == W.shape == shape
    assert b.shape == shape[1:]
    assert np.isfinite(W).all()


@every_initializer
def test_same_seed_gives_the_same_weights_and_another_seed_others(initializer):
    W, again, other = draw(initializer), draw(initializer), draw(initializer, seed=1)
    assert_array_equal(W, again)
    assert np.array_equal(W, other) == (initializer.name == "zeros")


@every_initializer
def test_biases_start_at_zero_except_as_in_scikit_learn_and_the_ntk(initializer):
    _, b = initializer.draw_layer(4, 3, ReLU(), np.random.RandomState(0))
    assert b.any() == (initializer.name in ("auto", "ntk_normal"))


@every_initializer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_estimators_use_it_by_name_and_as_an_object(initializer, dtype):
    X, y = np.arange(12, dtype=dtype).reshape(6, 2), np.arange(6, dtype=dtype)
    by_name, as_object = (
        BackpropRegressor((4, 3), weight_init=given, random_state=0).initialize(X, y)
        for given in (initializer.name, initializer)
    )
    random_state = np.random.RandomState(0)
    for l, (fan_in, fan_out) in enumerate([(2, 4), (4, 3), (3, 1)]):
        W, b = initializer.draw_layer(fan_in, fan_out, ReLU(), random_state)
        for est in (by_name, as_object):
            assert est.coefs_[l].dtype == est.intercepts_[l].dtype == dtype
            assert_array_equal(est.coefs_[l], W.astype(dtype))
            assert_array_equal(est.intercepts_[l], b.astype(dtype))


def test_own_initializer_is_one_method():
    class Constant(Initializer):
        def __init__(self, value):
            self.value = value

        def draw(self, fan_in, fan_out, random_state):
            return np.full((fan_in, fan_out), self.value)

    X, y = np.eye(4), np.arange(4)
    reg = BackpropRegressor(2, weight_init=Constant(0.5)).initialize(X, y)
    assert all((W == 0.5).all() for W in reg.coefs_)
    assert repr(reg.weight_init) == "Constant(value=0.5)"


@every_initializer
def test_class_is_exported_and_repr_makes_an_equal_one(initializer):
    assert type(initializer).__name__ in sknn_edu.initializers.__all__
    assert eval(repr(initializer), vars(sknn_edu.initializers)) == initializer


# -- scikit-learn -------------------------------------------------------------------------


def just_drawn(mlp, X, y, **classes):
    """scikit-learn's weights before training: one step too small to change a digit."""
    mlp.set_params(solver="sgd", learning_rate_init=1e-30, momentum=0, alpha=0)
    return mlp.partial_fit(X, y, **classes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("hidden_layer_sizes", [(), (5,), (7, 4, 3)])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_auto_draws_what_an_mlp_classifier_draws(n_classes, hidden_layer_sizes, activation, dtype):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)).astype(dtype), np.arange(40) % n_classes
    theirs = just_drawn(
        MLPClassifier(hidden_layer_sizes, activation, random_state=7), X, y, classes=np.unique(y)
    )
    ours = BackpropClassifier(hidden_layer_sizes, activation, random_state=7).initialize(X, y)
    assert_same_weights(ours, theirs)


@pytest.mark.parametrize("activation", ["relu", "logistic"])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_auto_draws_what_an_mlp_regressor_draws(n_targets, activation):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=(40, n_targets)).squeeze()
    params = {"hidden_layer_sizes": (6, 5), "activation": activation, "random_state": 7}
    theirs = just_drawn(MLPRegressor(**params), X, y)
    ours = BackpropRegressor(**params).initialize(X, y)
    assert_same_weights(ours, theirs)


def test_auto_knows_the_logistic_function_by_its_class_not_by_its_name():
    own = type("logistic", (Tanh,), {})()
    X, y = np.eye(4), np.arange(4)
    drawn, as_tanh, as_logistic = (
        BackpropRegressor(3, f, random_state=0).initialize(X, y) for f in (own, "tanh", "sigmoid")
    )
    assert own.name == "logistic"
    assert_same_weights(drawn, as_tanh)
    assert (drawn.coefs_[0] != as_logistic.coefs_[0]).all()


def assert_same_weights(ours, theirs):
    assert len(ours.coefs_) == len(theirs.coefs_)
    for mine, reference in zip(
        [*ours.coefs_, *ours.intercepts_], [*theirs.coefs_, *theirs.intercepts_], strict=True
    ):
        assert mine.dtype == reference.dtype
        assert_array_equal(mine, reference)
