"""Inside scikit-learn's own meta-estimators, inspections, searches and displays."""

from functools import reduce

import numpy as np
import pandas as pd
import polars as pl
import pytest
from matplotlib import pyplot as plt
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_moons
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFE, RFECV, SelectFromModel, SequentialFeatureSelector
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    partial_dependence,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
    train_test_split,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, scale
from sklearn.utils import get_tags

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.activations import ReLU
from sknn_edu.initializers import Orthogonal
from sknn_edu.losses import Poisson, SquaredError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


GIVEN = {"solver": "lbfgs", "alpha": 1.0, "max_iter": 50, "random_state": 0}


def classifier(**params):
    return BackpropClassifier(6, "tanh", **{**GIVEN, **params})


def regressor(**params):
    return BackpropRegressor(6, "tanh", **{**GIVEN, **params})


@pytest.fixture(scope="module")
def cancer():
    """Two classes; the larger has 63 % of the samples."""
    X, y = load_breast_cancer(return_X_y=True)
    return train_test_split(scale(X), y, stratify=y, random_state=0)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return scale(X), y


@pytest.fixture(scope="module")
def diabetes():
    X, y = load_diabetes(return_X_y=True)
    return train_test_split(scale(X), scale(y), random_state=0)


def same(one, other):
    """Whether two networks have the same weights, to the last bit."""
    return all(
        map(np.array_equal, [*one.coefs_, *one.intercepts_], other.coefs_ + other.intercepts_)
    )


def assert_close(one, other):
    """The same network but for rounding, of which 50 steps of L-BFGS make a little more."""
    pairs = zip([*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True)
    for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


# -- several networks for several outputs, and ensembles ---------------------------------------


def both_columns(y):
    """Two targets made of one."""
    return np.c_[y > 0, y > 1].astype(int)


@pytest.mark.parametrize(
    ("together", "targets", "score"),
    [
        (OneVsRestClassifier(classifier()), np.asarray, 0.95),
        (OneVsOneClassifier(classifier()), np.asarray, 0.95),
        (OutputCodeClassifier(classifier(), code_size=3, random_state=0), np.asarray, 0.85),
        (MultiOutputClassifier(classifier()), both_columns, 0.9),
        (ClassifierChain(classifier(), order=[1, 0]), both_columns, 0.95),
        (AdaBoostClassifier(classifier(alpha=0.001), n_estimators=3), np.asarray, 0.85),
        (RandomizedSearchCV(classifier(), {"alpha": [0.1, 1]}, n_iter=2, cv=2), np.asarray, 0.95),
    ],
    ids=lambda value: type(value).__name__,
)
def test_networks_learn_inside_other_classifiers(together, targets, score, iris):
    X, y = iris
    assert together.fit(X, targets(y)).score(X, targets(y)) > score


@pytest.mark.parametrize(
    "together",
    [
        MultiOutputRegressor(regressor(alpha=10)),
        RegressorChain(regressor(alpha=10)),
        VotingRegressor([("net", regressor(alpha=10)), ("linear", Ridge())]),
        AdaBoostRegressor(regressor(alpha=10), n_estimators=3, random_state=0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_networks_learn_inside_other_regressors(together, diabetes):
    X, X_test, y, y_test = diabetes
    several = isinstance(together, (MultiOutputRegressor, RegressorChain))
    y, y_test = (np.c_[t, -t] if several else t for t in (y, y_test))
    assert together.fit(X, y).score(X_test, y_test) > 0.3  # the mean scores 0


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_bagging_trains_on_some_rows_and_columns(kind, cancer, diabetes):
    X, X_test, y, y_test = cancer if kind == "classifier" else diabetes
    net = classifier() if kind == "classifier" else regressor(alpha=10)
    Bagging = BaggingClassifier if kind == "classifier" else BaggingRegressor
    bag = Bagging(net, 5, max_samples=0.6, max_features=0.5, bootstrap=False, random_state=0)
    bag.fit(X, y)
    parts = zip(bag.estimators_, bag.estimators_samples_, bag.estimators_features_, strict=True)
    net, rows, columns = next(parts)
    assert_close(net, clone(net).fit(X[rows][:, columns], y[rows]))  # others have weight 0
    assert bag.score(X_test, y_test) > (0.93 if kind == "classifier" else 0.3)


def test_votes_are_the_mean_of_the_probabilities(cancer):
    X, X_test, y, y_test = cancer
    w = np.random.RandomState(0).uniform(0.1, 3, len(y))
    parts = [("net", classifier()), ("linear", LogisticRegression())]
    vote = VotingClassifier(parts, voting="soft").fit(X, y, sample_weight=w)
    net = classifier().fit(X, y, w)
    assert same(vote.named_estimators_["net"], net)
    P = (net.predict_proba(X_test) + LogisticRegression().fit(X, y, w).predict_proba(X_test)) / 2
    np.testing.assert_allclose(vote.predict_proba(X_test), P)
    assert vote.score(X_test, y_test) > 0.93


def test_stacking_learns_from_predictions_on_held_out_folds(iris):
    X, y = iris
    cv = StratifiedKFold(3)
    stack = StackingClassifier([("net", classifier())], LogisticRegression(), cv=cv).fit(X, y)
    P = cross_val_predict(classifier(), X, y, cv=cv, method="predict_proba")
    np.testing.assert_allclose(stack.final_estimator_.coef_, LogisticRegression().fit(P, y).coef_)
    assert same(stack.named_estimators_["net"], classifier().fit(X, y))
    assert stack.score(X, y) > 0.95


# -- targets, thresholds, probabilities ---------------------------------------------------


def test_a_transformed_target(diabetes):
    X, X_test, y, _ = diabetes
    skewed = np.exp(y)
    net = TransformedTargetRegressor(regressor(), func=np.log, inverse_func=np.exp).fit(X, skewed)
    by_hand = regressor().fit(X, np.log(skewed))
    assert same(net.regressor_, by_hand)
    np.testing.assert_allclose(net.predict(X_test), np.exp(by_hand.predict(X_test)))


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration_of_a_trained_network_mends_its_probabilities(method, cancer):
    """Overfitted without penalty, a network is far too sure of itself."""
    X, X_test, y, y_test = cancer
    X, X_calib, y, y_calib = train_test_split(X, y, stratify=y, random_state=0)
    net = BackpropClassifier(
        50, solver="lbfgs", alpha=0, output_activation="logistic", random_state=0
    ).fit(X[::4], y[::4])
    weights = [W.copy() for W in net.coefs_]
    calibrated = CalibratedClassifierCV(FrozenEstimator(net), method=method).fit(X_calib, y_calib)
    assert all(map(np.array_equal, weights, net.coefs_))
    before = brier_score_loss(y_test, net.predict_proba(X_test)[:, 1])
    after = brier_score_loss(y_test, calibrated.predict_proba(X_test)[:, 1])
    assert after < before


def test_calibration_gives_probabilities_to_a_hinge_loss(cancer):
    X, X_test, y, y_test = cancer
    hinge = classifier(loss="hinge", solver="adam", learning_rate_init=0.01)
    assert not hasattr(hinge, "predict_proba")
    calibrated = CalibratedClassifierCV(hinge, cv=3).fit(X, y)
    # 0.23 is the score of the share of the classes
    assert brier_score_loss(y_test, calibrated.predict_proba(X_test)[:, 1]) < 0.06


def test_a_tuned_threshold_finds_the_rare_class(cancer):
    X, X_test, y, _ = cancer
    rare = np.r_[np.flatnonzero(y == 1), np.flatnonzero(y == 0)[:15]]
    tuned = TunedThresholdClassifierCV(classifier(), scoring="balanced_accuracy", cv=3)
    tuned.fit(X[rare], y[rare])
    assert same(tuned.estimator_, classifier().fit(X[rare], y[rare]))
    scores = tuned.estimator_.predict_proba(X_test)[:, 1]
    np.testing.assert_array_equal(tuned.predict(X_test), (scores >= tuned.best_threshold_) * 1)
    assert tuned.best_threshold_ > 0.5  # towards the rare class


# -- searches and curves --------------------------------------------------------------


def test_a_halving_search_gives_more_epochs_to_the_better(cancer):
    X, X_test, y, y_test = cancer
    net = classifier(solver="adam", learning_rate_init=0.01)
    resources = {"resource": "max_iter", "min_resources": 5, "max_resources": 20, "factor": 2}
    grid = {"alpha": [0.1, 1.0, 1e5, 1e6]}
    halving = HalvingGridSearchCV(net, grid, cv=3, **resources).fit(X, y)
    assert halving.n_resources_ == [5, 10, 20]
    assert halving.best_params_["alpha"] < 1e5
    assert halving.best_estimator_.n_iter_ == 20
    assert halving.score(X_test, y_test) > 0.93


@pytest.mark.parametrize(
    ("method", "loss"),
    [("predict", "log_loss"), ("predict_proba", "log_loss"), ("decision_function", "hinge")],
)
def test_cross_val_predict_gives_what_the_fold_gives(method, loss, iris):
    X, y = iris
    cv = StratifiedKFold(3)
    together = cross_val_predict(classifier(loss=loss), X, y, cv=cv, method=method)
    for train, test in cv.split(X, y):
        net = classifier(loss=loss).fit(X[train], y[train])
        np.testing.assert_array_equal(together[test], getattr(net, method)(X[test]))


def test_a_grid_search_over_sizes_and_depth(diabetes):
    X, _, y, _ = diabetes
    grid = [
        {"hidden_layer_sizes": [(), 3, (3, 2), [4]]},
        {"hidden_layer_sizes": [3], "n_hidden_layers": [1, 2]},
        {"activation": ["relu", ReLU(), ("tanh",)], "weight_init": ["auto", Orthogonal(2.0)]},
    ]
    search = GridSearchCV(regressor(max_iter=5), grid, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4 + 2 + 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_cross_validation_passes_weights_on(diabetes):
    X, _, y, _ = diabetes
    w = np.random.RandomState(0).uniform(0.1, 3, len(y))
    result = cross_validate(
        regressor(), X, y, cv=KFold(3), params={"sample_weight": w}, return_estimator=True
    )
    train, _ = next(KFold(3).split(X))
    assert same(result["estimator"][0], regressor().fit(X[train], y[train], w[train]))


def test_a_learning_curve_by_partial_fit_or_fit(cancer):
    X, _, y, _ = cancer
    sizes, _, by_fit = learning_curve(classifier(), X, y, train_sizes=[20, 280], cv=3)
    assert list(sizes) == [20, 280]
    assert by_fit[1].mean() > max(0.93, by_fit[0].mean())
    net = classifier(solver="adam", learning_rate_init=0.01)
    *_, in_chunks = learning_curve(
        net, X, y, train_sizes=[20, 100, 280], cv=3, exploit_incremental_learning=True
    )
    assert in_chunks[-1].mean() > in_chunks[0].mean()


# -- which features matter -------------------------------------------------------------


def strength(net):
    """By how much a feature can move the outputs at most: |W1| |W2| ..., if no f' exceeds 1."""
    return reduce(np.matmul, map(np.abs, net.coefs_)).sum(axis=1)


@pytest.fixture(scope="module")
def two_of_eight():
    """y depends on the features 1 and 4 alone."""
    X = np.random.RandomState(0).normal(size=(300, 8))
    return X, np.tanh(2 * X[:, 1]) - X[:, 4]


@pytest.mark.parametrize(
    "select",
    [
        lambda net: RFE(net, n_features_to_select=2, importance_getter=strength),
        lambda net: RFECV(net, cv=3, importance_getter=strength, scoring="r2"),
        lambda net: SelectFromModel(net, max_features=2, importance_getter=strength),
        lambda net: SequentialFeatureSelector(net, n_features_to_select=2, cv=2),
    ],
    ids=["RFE", "RFECV", "SelectFromModel", "SequentialFeatureSelector"],
)
def test_selectors_find_the_features_that_matter(select, two_of_eight):
    # Without noise, features that do not matter would do no harm.
    X, y = two_of_eight
    y = y + 0.3 * np.random.RandomState(1).normal(size=300)
    selector = select(regressor(alpha=3, max_iter=200)).fit(X, y)
    assert list(selector.get_support(indices=True)) == [1, 4]


def test_partial_dependence_is_the_curve_that_made_the_data(two_of_eight):
    X, y = two_of_eight
    net = regressor(alpha=0.01, max_iter=500).fit(X, y)
    found = partial_dependence(net, X, [1], grid_resolution=20)
    curve, x = found["average"][0], found["grid_values"][0]
    expected = np.tanh(2 * x) - X[:, 4].mean()
    np.testing.assert_allclose(curve, expected, atol=0.05)  # six tanh units come that close


# -- displays --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "loss"),
    [("predict", "log_loss"), ("predict_proba", "log_loss"), ("decision_function", "hinge")],
)
def test_display_of_decision_boundaries(method, loss):
    plt.switch_backend("Agg")
    X, y = make_moons(100, noise=0.1, random_state=0)
    net = classifier(loss=loss).fit(X, y)
    display = DecisionBoundaryDisplay.from_estimator(
        net, X, response_method=method, grid_resolution=10
    )
    points = np.c_[display.xx0.ravel(), display.xx1.ravel()]
    expected = getattr(net, method)(points)
    expected = expected[:, 1] if method == "predict_proba" else expected
    np.testing.assert_allclose(display.response.ravel(), expected)
    plt.close("all")


# -- frames, columns, features side by side --------------------------------------------


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_columns_of_a_frame_each_in_its_way(frame):
    rng = np.random.RandomState(0)
    size, kind = rng.normal(50, 20, 200), rng.choice(["cat", "dog", "owl"], 200)
    y = np.where(kind == "owl", "wild", np.where(size > 60, "large", "small"))
    X = frame({"size": size, "kind": kind})
    columns = ColumnTransformer(
        [("number", StandardScaler(), ["size"]), ("kind", OneHotEncoder(), ["kind"])]
    )
    net = make_pipeline(columns, classifier(alpha=0.01, max_iter=200)).fit(X, y)
    assert net.score(X, y) > 0.97
    assert list(net.classes_) == ["large", "small", "wild"]
    assert list(net.feature_names_in_) == ["size", "kind"]


@pytest.mark.parametrize(
    ("loss", "positive"),
    [("poisson", True), (Poisson() + SquaredError(), True), ("squared_error", False)],
    ids=str,
)
def test_tags_say_whether_targets_must_be_positive(loss, positive):
    assert get_tags(BackpropRegressor(loss=loss)).target_tags.positive_only == positive
