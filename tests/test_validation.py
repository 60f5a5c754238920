"""Held-out data, early stopping, scorers."""

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import accuracy_score, f1_score, log_loss, make_scorer, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.utils.fixes import parse_version
from small_networks import (
    FULL_BATCH,
    INCREMENTAL,
    X,
    X_val,
    assert_same_network,
    c,
    c3,
    c_val,
    classifier,
    given,
    held_out_scorer,
    regressor,
    w,
    y,
    y_val,
)

from sknn_edu import BackpropClassifier
from sknn_edu.exceptions import DivergenceWarning

pytestmark = pytest.mark.filterwarnings("ignore:.*aximum iterations", "ignore:.*failed to converge")
scores_strings = pytest.mark.skipif(
    parse_version(sklearn.__version__) < parse_version("1.9"),
    reason="scikit-learn cannot score labels that are strings under early stopping",
)
risky = pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning")


@pytest.mark.parametrize(
    ("solver", "weights"),
    [(solver, w[:25] if i % 2 else None) for i, solver in enumerate(INCREMENTAL + FULL_BATCH)],
)
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


@pytest.mark.parametrize(
    ("solver", "scoring"),
    [("adam", None), ("gd", "loss"), ("sgd", "neg_mean_absolute_error"), ("adamw", "loss")],
)
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


@pytest.mark.parametrize("scoring", [None, "loss", "neg_mean_absolute_error"])
@pytest.mark.parametrize("solver", INCREMENTAL)
def test_best_runs_all_epochs_and_keeps_the_weights_of_the_best(solver, scoring):
    params = {"solver": solver, "scoring": scoring, "max_iter": 40, "learning_rate_init": 0.03}
    params |= {"tol": 1.0, "n_iter_no_change": 1}  # which would stop at once
    est = regressor(early_stopping="best", **params).fit(X, y, **given)  # and nothing warns
    assert est.n_iter_ == len(est.validation_scores_) == 40
    assert est.best_iter_ == np.argmax(est.validation_scores_) + 1
    assert est.best_validation_score_ == max(est.validation_scores_)
    best = est.best_iter_
    assert est.stop_reason_ == (
        "Finished as requested: max_iter=40 epochs were run. "
        f"The weights of epoch {best} were the best."
    )
    if best < 40:
        stopped_there = regressor(**params | {"max_iter": best, "tol": 0, "n_iter_no_change": 99})
        assert_same_network(est, stopped_there.fit(X, y))


def test_best_holds_out_the_rows_that_early_stopping_would():
    ests = [
        regressor(early_stopping=mode, max_iter=9, tol=0, n_iter_no_change=np.inf).fit(X, y)
        for mode in (True, "best")
    ]
    assert_same_network(*ests)
    assert ests[0].validation_scores_ == ests[1].validation_scores_


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


@pytest.mark.parametrize("value", [None, "good", [0.5, 0.6], np.ones(1), 1j], ids=repr)
def test_a_score_that_is_no_number_is_refused_by_the_name_of_the_parameter(value):
    est = classifier(scoring=lambda est, X, y: value, early_stopping=True)
    with pytest.raises(TypeError, match=r"^scoring=.* must return a number, .*make_scorer"):
        est.fit(X, c)


@pytest.mark.parametrize("value", [0.5, 1, np.float32(0.5), np.array(0.5)])
def test_whatever_is_one_number_is_a_score(value):
    est = classifier(scoring=lambda est, X, y: value, early_stopping=True, max_iter=5)
    assert set(est.fit(X, c).validation_scores_) == {float(value)}


@pytest.mark.parametrize(
    ("scoring", "kind", "message"),
    [
        ("f1_binary", ValueError, r"get_scorer_names\(\)"),
        (
            "precision",
            ValueError,
            r"^scoring='precision', called as .*X, y\), failed: .*multiclass",
        ),
        (lambda est: 1.0, TypeError, r"called as scoring\(estimator, X, y\), failed: .*takes 1"),
    ],
)
def test_errors_about_a_scorer_name_the_parameter(scoring, kind, message):
    with pytest.raises(kind, match=message):
        classifier(scoring=scoring, early_stopping=True).fit(X, c3)


def test_a_scorer_may_ask_for_probabilities():
    est = classifier(scoring="neg_log_loss", alpha=0).fit(X, c, X_val=X_val, y_val=c_val)
    np.testing.assert_allclose(est.validation_scores_, np.negative(est.validation_loss_curve_))
    assert est.validation_loss_curve_[-1] == pytest.approx(
        log_loss(c_val, est.predict_proba(X_val))
    )


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_full_batch_solvers_do_not_stop_early(solver):
    est = regressor(solver=solver, early_stopping=True).fit(X, y)
    assert_same_network(est, regressor(solver=solver).fit(X, y))


def test_one_row_of_validation_data_is_enough_where_nothing_stops_early():
    est = regressor(solver="lbfgs", scoring="loss", early_stopping=True)
    est.fit(X, y, X_val=X[:1], y_val=y[:1])
    assert len(est.validation_scores_) == est.n_iter_


def test_a_warm_start_from_weights_that_have_no_score_takes_any_score_as_better():
    est = regressor(early_stopping=True, warm_start=True, max_iter=2).fit(X, y)
    given = [W.copy() for W in est.coefs_]
    est.coefs_[0][:] = 1e200
    est.coefs_[1][:] = 1e200
    with pytest.warns(DivergenceWarning):
        est.fit(X, y)
    assert est.best_validation_score_ == -np.inf
    est.coefs_ = given
    assert np.isfinite(est.fit(X, y).best_validation_score_)


@pytest.mark.parametrize("names", [int, pytest.param(str, marks=scores_strings)])
@pytest.mark.parametrize(
    "target",
    [np.arange(60) % 2 + 2 * (np.arange(60) == 7), np.arange(60) % 30, np.arange(60) // 2],
    ids=["a class with one member", "more classes than rows held out", "pairs"],
)
def test_early_stopping_trains_where_no_split_has_all_classes_in_proportion(target, names):
    target = target.astype(names)
    est, theirs = (
        make(hidden_layer_sizes=4, max_iter=5, early_stopping=True, random_state=0)
        for make in (BackpropClassifier, MLPClassifier)
    )
    theirs.fit(X, target)
    est.fit(X, target)
    assert len(est.validation_scores_) == 5
    assert est.validation_scores_ == pytest.approx(theirs.validation_scores_)  # the same rows
    assert_same_network(est, theirs, rtol=1e-9)


@pytest.mark.parametrize("way", [True, "best"])
def test_two_classes_that_cannot_be_split_are_refused_by_name(way):
    est = classifier(early_stopping=way)
    with pytest.raises(ValueError, match=f"early_stopping={way!r} cannot hold.*only 1 member"):
        est.fit(X, (np.arange(60) == 7).astype(int))


@pytest.mark.parametrize("way", [True, "best"])
def test_too_few_rows_to_hold_out_are_counted(way):
    est = regressor(early_stopping=way)
    says = f"early_stopping={way!r} needs two rows .* has 1 of 2 with validation_fraction=0.1"
    with pytest.raises(ValueError, match=says):
        est.fit(X[:2], y[:2])


def test_a_scoring_that_fails_on_the_held_out_rows_is_named():
    labels = np.where(c == c[0], "no", "yes")
    est = classifier(early_stopping=True, scoring="f1")
    with pytest.raises(ValueError, match=r"(?s)^scoring='f1', called .*pos_label"):
        est.fit(X, labels)
    est.set_params(scoring=make_scorer(f1_score, pos_label="yes")).fit(X, labels)
    rare = (np.arange(60) < 2).astype(int)
    est.set_params(scoring="roc_auc", max_iter=2)
    with pytest.warns(UndefinedMetricWarning), pytest.raises(ValueError, match=r"nan on .* 6 rows"):
        est.fit(X, rare)
