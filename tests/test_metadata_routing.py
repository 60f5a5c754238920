"""Validation data and weights on their way through pipelines, searches and cross-validation."""

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_validate,
    train_test_split,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from sknn_edu import BackpropClassifier, BackpropRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

_X, _c = load_iris(return_X_y=True)
X, X_val, c, c_val = train_test_split(_X * [1, 10, 1, 1], _c, random_state=0, stratify=_c)
y, y_val = X[:, 2] - X[:, 0], X_val[:, 2] - X_val[:, 0]
w = np.random.RandomState(1).randint(1, 5, size=len(X)).astype(float)
w_val = np.random.RandomState(2).randint(1, 5, size=len(X_val)).astype(float)
folds = StratifiedKFold(3)


@pytest.fixture(autouse=True)
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


SMALL = {"hidden_layer_sizes": 5, "max_iter": 15, "random_state": 0, "batch_size": 20}


def classifier(**params):
    return BackpropClassifier(**{**SMALL, **params})


def regressor(**params):
    return BackpropRegressor(**{**SMALL, **params})


def assert_same_fit(one, other):
    for a, b in zip(
        [*one.coefs_, *one.intercepts_], [*other.coefs_, *other.intercepts_], strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert one.loss_curve_ == other.loss_curve_
    assert one.validation_scores_ == other.validation_scores_
    assert one.validation_loss_curve_ == other.validation_loss_curve_
    assert one.stop_reason_ == other.stop_reason_


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize(
    ("make", "target", "target_val"), [(classifier, c, c_val), (regressor, y, y_val)]
)
def test_a_pipeline_transforms_the_validation_data_as_it_transforms_X(
    make, target, target_val, early_stopping
):
    est = make(early_stopping=early_stopping)
    est.set_fit_request(X_val=True, y_val=True, sample_weight_val=True)
    steps = [("scale", StandardScaler()), ("square", PolynomialFeatures()), ("net", est)]
    pipe = Pipeline(steps, transform_input=["X_val"])
    pipe.fit(X, target, X_val=X_val, y_val=target_val, sample_weight_val=w_val)

    before = pipe[:-1]
    alone = make(early_stopping=early_stopping).fit(
        before.transform(X),
        target,
        X_val=before.transform(X_val),
        y_val=target_val,
        sample_weight_val=w_val,
    )
    assert_same_fit(pipe[-1], alone)
    assert len(alone.validation_scores_) == alone.n_iter_


@pytest.mark.parametrize("name", ["X_val", "y_val", "sample_weight_val", "sample_weight"])
def test_what_nobody_asked_for_is_an_error_of_scikit_learn(name):
    data = {"X_val": X_val, "y_val": c_val, "sample_weight_val": w_val, "sample_weight": w}
    with pytest.raises(UnsetMetadataPassedError, match=name):
        GridSearchCV(classifier(), {"alpha": [0]}).fit(X, c, **{name: data[name]})


def test_a_grid_search_gives_every_fit_the_same_validation_data():
    est = classifier(early_stopping=True).set_fit_request(X_val=True, y_val=True)
    search = GridSearchCV(est, {"alpha": [0.0, 1.0]}, cv=folds)
    search.fit(X, c, X_val=X_val, y_val=c_val)
    best = search.best_estimator_
    assert_same_fit(best, clone(best).fit(X, c, X_val=X_val, y_val=c_val))
    for alpha, mean in zip([0.0, 1.0], search.cv_results_["mean_test_score"], strict=True):
        scores = [
            classifier(early_stopping=True, alpha=alpha)
            .fit(X[train], c[train], X_val=X_val, y_val=c_val)
            .score(X[test], c[test])
            for train, test in folds.split(X, c)
        ]
        assert mean == pytest.approx(np.mean(scores), rel=1e-12)


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 1, 1: 5, 2: 2}])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_weights_go_to_each_fit_and_each_score(class_weight, early_stopping):
    est = classifier(class_weight=class_weight, early_stopping=early_stopping)
    est.set_fit_request(sample_weight=True)
    result = cross_validate(
        make_pipeline(StandardScaler().set_fit_request(sample_weight=True), est),
        X,
        c,
        cv=folds,
        scoring=make_scorer(accuracy_score).set_score_request(sample_weight=True),
        params={"sample_weight": w},
        return_estimator=True,
    )
    for (train, test), score, fitted in zip(
        folds.split(X, c), result["test_score"], result["estimator"], strict=True
    ):
        scaler = StandardScaler().fit(X[train], sample_weight=w[train])
        alone = classifier(class_weight=class_weight, early_stopping=early_stopping)
        alone.fit(scaler.transform(X[train]), c[train], w[train])
        assert_same_fit(fitted[-1], alone)
        predicted = alone.predict(scaler.transform(X[test]))
        assert score == accuracy_score(c[test], predicted, sample_weight=w[test])


def test_weights_may_go_to_the_fit_and_not_to_the_score():
    est = classifier().set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
    search = GridSearchCV(est, {"alpha": [0.0]}, cv=folds).fit(X, c, sample_weight=w)
    scores = [
        classifier(alpha=0.0).fit(X[train], c[train], w[train]).score(X[test], c[test])
        for train, test in folds.split(X, c)
    ]
    assert search.best_score_ == pytest.approx(np.mean(scores), rel=1e-12)


@pytest.mark.parametrize("requested", [True, False, None])
def test_early_stopping_weighs_the_scorer_of_the_user_unless_it_refuses_weights(requested):
    scorer = make_scorer(accuracy_score)
    if requested is not None:
        scorer = scorer.set_score_request(sample_weight=requested)
    est = classifier(early_stopping=True, scoring=scorer, learning_rate_init=0.01)
    est.fit(X / 10, c, X_val=X_val / 10, y_val=c_val, sample_weight_val=w_val)
    predicted = est.predict(X_val / 10)
    plain = accuracy_score(c_val, predicted)
    weighted = accuracy_score(c_val, predicted, sample_weight=w_val)
    assert plain != weighted
    assert est.best_validation_score_ == (plain if requested is False else weighted)


def test_the_weights_of_partial_fit_can_be_asked_for_too():
    est = classifier().set_partial_fit_request(sample_weight=True, classes=True)
    request = est.get_metadata_routing().partial_fit.requests
    assert request == {"sample_weight": True, "classes": True}
