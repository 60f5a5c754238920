"""A hidden layer as a transformer: the right numbers, names, checks, and routing."""

import tracemalloc

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.estimator_checks import parametrize_with_checks

from sknn_edu import BackpropClassifier, BackpropRegressor, HiddenLayerTransformer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, y = load_iris(return_X_y=True)
X = scale(X)
w = np.random.RandomState(0).uniform(0.2, 3, len(X))
SIZES = (6, 5, 3)


def network(sizes=SIZES, kind=BackpropClassifier, **params):
    given = {"activation": "tanh", "random_state": 0, "max_iter": 5, "learning_rate_init": 0.01}
    return kind(sizes, **{**given, **params})


@parametrize_with_checks(
    [
        HiddenLayerTransformer(BackpropClassifier(random_state=0)),
        HiddenLayerTransformer(network(kind=BackpropRegressor), layer=1),
        HiddenLayerTransformer(BackpropRegressor((5, 4), solver="lbfgs", random_state=0), layer=-2),
    ]
)
def test_check_of_scikit_learn(estimator, check):
    check(estimator)


# -- which layer, which numbers --------------------------------------------------------


@pytest.mark.parametrize("kind", [BackpropClassifier, BackpropRegressor])
@pytest.mark.parametrize(("layer", "number"), [(1, 1), (2, 2), (3, 3), (-1, 3), (-2, 2), (-3, 1)])
def test_transform_gives_the_activations_of_the_layer_counted_from_one(layer, number, kind):
    features = HiddenLayerTransformer(network(kind=kind), layer=layer).fit(X, y)
    assert features.layer_ == number
    expected = network(kind=kind).fit(X, y).hidden_activations(X)[number - 1]
    np.testing.assert_array_equal(features.transform(X), expected)
    np.testing.assert_array_equal(clone(features).fit_transform(X, y), expected)


def test_the_layer_is_settled_in_fit():
    features = HiddenLayerTransformer(network(), layer=1).fit(X, y).set_params(layer=2)
    assert features.transform(X).shape[1] == SIZES[0]
    assert features.fit(X, y).transform(X).shape[1] == SIZES[1]


def test_transform_holds_little_beside_what_it_returns():
    """A million numbers in the layers; without pieces there would be four such arrays."""
    many = np.tile(X, (100, 1))  # 15,000 rows
    features = HiddenLayerTransformer(network((60, 2)), layer=-1).fit(X, y)
    tracemalloc.start()
    A = features.transform(many)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert A.shape == (15_000, 2)
    one_layer = 15_000 * 60 * 8
    assert peak < one_layer / 2


def test_depth_and_width_as_two_numbers():
    deep = network(7, n_hidden_layers=4)
    assert HiddenLayerTransformer(deep, layer=4).fit(X, y).layer_ == 4
    with pytest.raises(ValueError, match=r"layer=5, but the network has 4 hidden layer"):
        HiddenLayerTransformer(deep, layer=5).fit(X, y)


@pytest.mark.parametrize(
    ("estimator", "layer", "error", "message"),
    [
        (network(), 0, ValueError, "The first hidden layer is layer=1"),
        (network(), 4, ValueError, "layer=4, but the network has 3 hidden layer"),
        (network(), -4, ValueError, "write 1 to 3, or -1 to -3"),
        (network(()), -1, ValueError, "no hidden layer"),
        (network(), 1.0, ValueError, "'layer' parameter of HiddenLayerTransformer"),
        (LogisticRegression(), -1, TypeError, r"must be a BackpropClassifier.*LogisticRegression"),
        (make_pipeline(network()), -1, TypeError, "Other steps go before the transformer"),
        (FrozenEstimator(LogisticRegression()), -1, TypeError, "must be a BackpropClassifier"),
        (FrozenEstimator(network()), -1, NotFittedError, "not fitted"),
        (network(activation="thanh"), -1, ValueError, "thanh"),
        (network((5, 0)), -1, ValueError, "hidden_layer_sizes"),
    ],
)
def test_what_cannot_be_is_said_before_training(estimator, layer, error, message):
    features = HiddenLayerTransformer(estimator, layer=layer)
    with pytest.raises(error, match=message):
        features.fit(X, y)
    assert not hasattr(features, "estimator_")
    assert not hasattr(features, "n_features_in_")


def test_targets_are_needed_unless_the_network_is_frozen():
    with pytest.raises(ValueError, match="requires y to be passed"):
        HiddenLayerTransformer(network()).fit(X)
    HiddenLayerTransformer(FrozenEstimator(network().fit(X, y))).fit(X)


@pytest.mark.parametrize("make", [sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_input_and_float32(make, dtype):
    dense = np.where(X > 0.5, X, 0).astype(dtype)
    features = HiddenLayerTransformer(network(), layer=2).fit(make(dense), y)
    A = features.transform(make(dense))
    assert A.dtype == dtype
    # The same sums in another order
    np.testing.assert_allclose(A, features.transform(dense), rtol=0, atol=1e-6)


def test_a_frozen_network_is_used_as_it_is():
    trained = network().fit(X, y)
    weights = [W.copy() for W in trained.coefs_]
    features = HiddenLayerTransformer(FrozenEstimator(trained), layer=2).fit(X[:10], y[:10])
    np.testing.assert_array_equal(features.transform(X), trained.hidden_activations(X)[1])
    for W, before in zip(trained.coefs_, weights, strict=True):
        np.testing.assert_array_equal(W, before)


# -- names ----------------------------------------------------------------------------


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_frames_in_and_out(container):
    frame = {"pandas": pd.DataFrame, "polars": pl.DataFrame}[container]
    columns = [f"x{j}" for j in range(X.shape[1])]
    of_X = frame(dict(zip(columns, X.T, strict=True)))
    features = HiddenLayerTransformer(network(), layer=2).set_output(transform=container)
    A = features.fit(of_X, y).transform(of_X)
    assert type(A) is frame
    assert list(A.columns) == [f"layer2_unit{j}" for j in range(SIZES[1])]
    np.testing.assert_array_equal(
        A.to_numpy(), features.set_output(transform="default").transform(of_X)
    )
    assert list(features.feature_names_in_) == columns
    assert features.n_features_in_ == 4
    with pytest.raises(ValueError, match="feature names"):
        features.transform(of_X[columns[::-1]])


def test_names_of_all_layers_side_by_side_are_unique():
    union = FeatureUnion(
        [(f"A{l}", HiddenLayerTransformer(network(), layer=l)) for l in (1, 2, 3)],
        verbose_feature_names_out=False,
    )
    union.set_output(transform="pandas")
    A = union.fit_transform(X, y)
    assert A.columns.is_unique
    assert A.shape[1] == sum(SIZES)
    np.testing.assert_array_equal(A, np.hstack(network().fit(X, y).hidden_activations(X)))


# -- in pipelines, with metadata -------------------------------------------------------


def test_without_routing_fit_passes_its_arguments_on():
    features = HiddenLayerTransformer(network())
    assert_same_weights(features.fit(X, y, sample_weight=w), network().fit(X, y, w))
    pipeline = Pipeline([("features", features), ("last", LogisticRegression())])
    pipeline.fit(X, y, features__sample_weight=w)
    assert_same_weights(pipeline["features"], network().fit(X, y, w))


def assert_same_weights(features, net):
    for W, expected in zip(features.estimator_.coefs_, net.coefs_, strict=True):
        np.testing.assert_array_equal(W, expected)


@pytest.fixture
def routing():
    with config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_sample_weights_are_routed_to_the_network(method):
    net = network().set_fit_request(sample_weight=True)
    features = HiddenLayerTransformer(net)
    getattr(features, method)(X, y, sample_weight=w)
    assert_same_weights(features, network().fit(X, y, w))


@pytest.mark.usefixtures("routing")
def test_metadata_that_nobody_requested_are_refused():
    with pytest.raises(ValueError, match="sample_weight"):
        HiddenLayerTransformer(network()).fit(X, y, sample_weight=w)
    with pytest.raises(TypeError, match=r"unexpected argument.*sample_wait"):
        HiddenLayerTransformer(network()).fit(X, y, sample_wait=w)


@pytest.mark.usefixtures("routing")
def test_validation_data_go_through_the_steps_before():
    net = network().set_fit_request(X_val=True, y_val=True)
    pipeline = Pipeline(
        [
            ("scale", StandardScaler()),
            ("net", HiddenLayerTransformer(net)),
            ("last", LogisticRegression()),
        ],
        transform_input=["X_val"],
    )
    pipeline.fit(10 * X[::2], y[::2], X_val=10 * X[1::2], y_val=y[1::2])
    scaler = StandardScaler().fit(10 * X[::2])
    X_val = scaler.transform(10 * X[1::2])
    by_hand = network().fit(scaler.transform(10 * X[::2]), y[::2], X_val=X_val, y_val=y[1::2])
    assert pipeline["net"].estimator_.validation_loss_curve_ == by_hand.validation_loss_curve_
