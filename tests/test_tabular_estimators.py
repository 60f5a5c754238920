"""`TabularClassifier` and `TabularRegressor`, from a table to predictions."""

import _thread
import inspect
import pickle
import re
import threading
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy.sparse import csr_matrix, issparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import StackingRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.fixes import parse_version

from sknn_edu import BackpropClassifier, BackpropRegressor, TabularClassifier, TabularRegressor
from sknn_edu.losses import Huber, LogLoss
from sknn_edu.tabular import AveragedClassifier, AveragedRegressor, TargetScaler
from sknn_edu.training.history import History

FAST = {"hidden_layer_sizes": 8, "max_iter": 4, "n_members": 2, "random_state": 0}
N = 120
rng = np.random.default_rng(0)


def classifier(**params):
    return TabularClassifier(**{**FAST, **params})


def regressor(**params):
    return TabularRegressor(**{**FAST, **params})


def frame(n=N, seed=1):
    """A table with a column of every kind."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "size": rng.normal(size=n),
            "count": rng.integers(0, 9, n),
            "holes": np.where(rng.random(n) < 0.3, np.nan, rng.exponential(size=n)),
            "color": rng.choice(["red", "green", "blue"], n),
            "sex": pd.Categorical(rng.choice(["f", "m"], n)),
            "old": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, n), unit="D"),
        }
    )
    X.loc[::9, "color"] = None
    X.loc[::11, "old"] = pd.NA
    return X


X = frame()
y = X["size"] + 2 * (X["color"] == "red") - X["holes"].fillna(1)
c = np.where(y > 0.5, "high", np.where(y > -0.5, "middle", "low"))
BOTH = [(classifier, c), (regressor, y)]
for_both = pytest.mark.parametrize(("make", "target"), BOTH, ids=["classifier", "regressor"])


# -- scikit-learn's checks ---------------------------------------------------------------------

# Small networks for each run; the defaults themselves are slow.
small = {"hidden_layer_sizes": 32, "n_members": 2, "max_iter": 60}
averaged = [
    AveragedClassifier(
        BackpropClassifier(16, learning_rate_init=0.02, tol=0), n_members=2, dtype="float64"
    ),
    AveragedRegressor(
        BackpropRegressor(16, learning_rate_init=0.02, tol=0),
        target_scaler=TargetScaler(),
        n_members=2,
        dtype="float64",
    ),
]


@parametrize_with_checks([TabularClassifier(**small), TabularRegressor(**small), *averaged])
def test_check_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([TabularClassifier(), TabularRegressor()])
def test_check_of_scikit_learn_with_the_defaults(estimator, check):
    check(estimator)


# -- what is fitted ----------------------------------------------------------------------------


@for_both
def test_the_pipeline_and_the_members_are_what_predicts(make, target):
    est = make().fit(X, target)
    assert [name for name, _ in est.pipeline_.steps] == ["columns", "networks"]
    np.testing.assert_array_equal(est.predict(X), est.pipeline_.predict(X))
    Z = est.pipeline_["columns"].transform(X)
    assert np.isfinite(Z).all()
    kind = BackpropClassifier if make is classifier else BackpropRegressor
    assert [type(member) for member in est.members_] == [kind] * 2
    assert est.members_[0].coefs_[0].shape == (Z.shape[1], 8)
    assert est.members_[0].coefs_[0].dtype == np.float32
    assert all(len(member.loss_curve_) == 4 for member in est.members_)
    assert est.n_iter_ == 4
    if make is classifier:
        mean = np.mean([member.predict_proba(Z.astype(np.float32)) for member in est.members_], 0)
        np.testing.assert_allclose(est.predict_proba(X), mean, rtol=1e-6)
        np.testing.assert_array_equal(est.classes_, ["high", "low", "middle"])
        np.testing.assert_array_equal(est.predict(X), est.classes_[mean.argmax(axis=1)])
        np.testing.assert_allclose(est.predict_log_proba(X), np.log(est.predict_proba(X)))
    else:
        mean = np.mean([member.predict(Z.astype(np.float32)) for member in est.members_], 0)
        scaled = (y.mean() + y.std(ddof=0) * mean).clip(y.min(), y.max())
        np.testing.assert_allclose(est.predict(X), scaled, rtol=1e-5)


@for_both
def test_members_have_other_weights_and_hold_out_other_rows(make, target):
    one, other = make().fit(X, target).members_
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])
    assert one.validation_scores_ != other.validation_scores_


@for_both
def test_every_parameter_of_the_network_reaches_it(make, target):
    est, given = make(), {}
    network = BackpropClassifier() if make is classifier else BackpropRegressor()
    shared = set(est.get_params()) & set(network.get_params()) - {"random_state", "learning_rate"}
    values = {
        "hidden_layer_sizes": 3,
        "activation": "tanh",
        "n_hidden_layers": 2,
        "solver": "nadam",
        "weight_init": "he_normal",
        "parametrization": "standard",
        "scoring": "loss",
        "loss": LogLoss(label_smoothing=0.2) if make is classifier else "huber",
        "output_activation": "softmax" if make is classifier else "tanh",
        "class_weight": {"low": 2, "high": 1, "middle": 3},
        "engine": "numpy",
        "verbose": False,
        "early_stopping": True,
        "batch_size": 10,
        "max_iter": 3,
        "clip_norm": 2.0,
        "n_iter_no_change": 2,
    }
    for name in shared:
        default = getattr(est, name)
        given[name] = values.get(name, 0.3 if isinstance(default, float) else default)
    assert len(given) > 20
    member = est.set_params(**given).fit(X, target).members_[0]
    assert {name: getattr(member, name) for name in given} == given


def test_label_smoothing_is_that_of_the_log_loss_only():
    assert classifier().fit(X, c).members_[0].loss == LogLoss(label_smoothing=0.1)
    assert classifier(label_smoothing=0).fit(X, c).members_[0].loss == "log_loss"
    assert classifier(loss=LogLoss()).fit(X, c).members_[0].loss == LogLoss()


@for_both
def test_documented_defaults_are_those_of_the_signature(make, target):
    cls = type(make())
    documented = dict(re.findall(r"^    (\w+) : .*, default=(.*)$", cls.__doc__, flags=re.M))
    defaults = {n: p.default for n, p in inspect.signature(cls).parameters.items()}
    assert documented == {n: repr(value).replace('"', "'") for n, value in defaults.items()} | {
        "tol": "1e-4"
    }


# -- the same result ---------------------------------------------------------------------------


def same(one, other):
    assert all(
        np.array_equal(W, V)
        for a, b in zip(one.members_, other.members_, strict=True)
        for W, V in zip(a.coefs_ + a.intercepts_, b.coefs_ + b.intercepts_, strict=True)
    )


@for_both
@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_the_number_of_jobs_does_not_matter(make, target, engine):
    sizes = {"hidden_layer_sizes": (64, 64), "n_members": 3, "engine": engine}
    big, its_target = frame(700), np.resize(target, 700)
    one = make(**sizes).fit(big, its_target)
    for n_jobs in (2, 3, -1):
        same(one, make(**sizes, n_jobs=n_jobs).fit(big, its_target))
    with sklearn.utils.parallel.Parallel(n_jobs=2, require="sharedmem") as parallel:
        fit = sklearn.utils.parallel.delayed(make(**sizes).fit)
        for other in parallel([fit(big, its_target), fit(big, its_target)]):
            same(one, other)


@for_both
def test_seeds(make, target):
    est = make()
    same(est.fit(X, target), clone(est).fit(X, target))
    state = make(random_state=np.random.RandomState(0))
    same(est, state.fit(X, target))
    first = state.predict(X).copy()
    assert not np.array_equal(state.fit(X, target).predict(X), first) or make is classifier
    a, b = make(random_state=None).fit(X, target), make(random_state=None).fit(X, target)
    assert not np.array_equal(a.members_[0].coefs_[0], b.members_[0].coefs_[0])


@for_both
def test_frames_of_pandas_and_polars_give_the_same(make, target):
    plain = X.drop(columns="sex")
    other = pl.DataFrame(
        {n: [None if pd.isna(v) else v for v in plain[n]] for n in plain}, strict=False
    )
    one = make().fit(plain, target)
    same(one, make().fit(other, pl.Series(list(target))))
    np.testing.assert_array_equal(one.predict(plain), one.predict(other))


@for_both
def test_it_pickles_and_clones(make, target):
    est = make().fit(X, target)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(est)).predict(X), est.predict(X))
    assert not hasattr(clone(est), "pipeline_")
    again = clone(est.pipeline_).fit(X, target)
    assert again.predict(X).shape == (N,)


# -- targets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(c, index=range(500, 500 + N)),
        pd.Series(pd.Categorical(c)),
        pd.Series(c, dtype="string"),
        pd.Series(np.unique(c, return_inverse=True)[1] + 3, dtype="Int64"),
        pl.Series(list(c)),
        list(c),
        c.astype(object),
        c == "low",
    ],
    ids=lambda labels: f"{type(labels).__name__} {getattr(labels, 'dtype', '')}",
)
def test_labels_of_any_type_are_predicted_as_they_are(labels):
    clf = classifier(max_iter=60).fit(X, labels)
    np.testing.assert_array_equal(clf.classes_, np.unique(np.asarray(labels)))
    assert clf.score(X, labels) > 0.58
    assert set(clf.predict(X)) <= set(np.asarray(labels))


@pytest.mark.parametrize("sparse", [False, True])
def test_several_labels(sparse):
    labels = np.column_stack([y > 0, X["size"] > 0, X["count"] > 3]).astype(int)
    clf = classifier(max_iter=60).fit(X, csr_matrix(labels) if sparse else labels)
    predicted = clf.predict(X)
    assert issparse(predicted) == sparse
    predicted = predicted.toarray() if sparse else predicted
    assert predicted.shape == clf.predict_proba(X).shape == (N, 3)
    assert (predicted == labels).mean() > 0.75


def test_several_targets_are_predicted_each_in_its_range():
    both = np.column_stack([y, 1000 + 10 * X["count"]])
    reg = regressor(max_iter=60).fit(X, both)
    predicted = reg.predict(X)
    assert predicted.shape == (N, 2)
    assert (predicted >= both.min(axis=0)).all()
    assert (predicted <= both.max(axis=0)).all()
    assert reg.score(X, both) > 0.6
    same(reg, regressor(max_iter=60).fit(X, pd.DataFrame(both, columns=["a", "b"])))


def test_the_scale_of_the_targets_does_not_matter():
    one = regressor().fit(X, y)
    other = regressor().fit(X, 1e6 + 1e4 * y)
    np.testing.assert_allclose(other.predict(X), 1e6 + 1e4 * one.predict(X), rtol=1e-4)


def test_predictions_are_clipped_unless_they_may_go_on():
    line = pd.DataFrame({"x": np.linspace(-1, 1, 60)})
    far = pd.DataFrame({"x": [-5.0, 5.0]})
    low, high = regressor(max_iter=60).fit(line, line["x"]).predict(far)
    assert (low, high) == (-1, 1)
    low, high = regressor(max_iter=60, clip_predictions=False).fit(line, line["x"]).predict(far)
    assert low < -1
    assert high > 1


def test_losses_that_need_positive_targets_see_them_as_they_are():
    counts = np.random.default_rng(3).poisson(np.exp(X["size"]))
    reg = regressor(loss="poisson", max_iter=100).fit(X, counts)
    assert reg.pipeline_["networks"].target_scaler_.scale_ == [1]
    assert get_tags(reg).target_tags.positive_only
    assert reg.score(X, counts) > 0.3
    with pytest.raises(ValueError, match="poisson"):
        regressor(loss="poisson").fit(X, y)
    assert regressor(loss=Huber(0.5)).fit(X, y).members_[0].loss == Huber(0.5)


def test_losses_without_probabilities_have_margins():
    clf = classifier(loss="hinge", max_iter=30)
    assert not hasattr(clf, "predict_proba")
    assert hasattr(classifier(), "predict_proba")
    assert not hasattr(classifier(), "decision_function")
    two = y > 0
    assert clf.fit(X, two).decision_function(X).shape == (N,)
    np.testing.assert_array_equal(clf.predict(X), clf.decision_function(X) > 0)
    clf.fit(X, c)
    best = clf.decision_function(X).argmax(axis=1)
    np.testing.assert_array_equal(clf.predict(X), clf.classes_[best])
    with pytest.raises(AttributeError, match="cannot be read as probabilities"):
        clf.predict_proba(X)


# -- weights -----------------------------------------------------------------------------------


@for_both
def test_rows_without_weight_do_not_count(make, target):
    few, its = X[:40], target[:40]  # so few that none are held out
    w = np.arange(40) % 3 != 0
    strange = few.copy()
    strange.loc[~w, "size"] = 1e6
    strange.loc[~w, "color"] = "violet"
    got = make(batch_size=40).fit(strange, its, sample_weight=w)
    rest = make(batch_size=40).fit(few[w], its[w])
    assert not any("violet" in n for n in got.pipeline_["columns"].get_feature_names_out())
    method = "predict" if make is regressor else "predict_proba"
    np.testing.assert_allclose(getattr(got, method)(few), getattr(rest, method)(few), rtol=1e-9)


@for_both
def test_weights_and_their_errors(make, target):
    w = np.linspace(0.1, 2, N)
    one = make().fit(X, target, sample_weight=w)
    same(one, make().fit(X, target, sample_weight=list(w)))
    assert not np.array_equal(
        one.members_[0].coefs_[0], make().fit(X, target).members_[0].coefs_[0]
    )
    infinite = (np.full(N, 1e308), "sample weights add up to inf")
    for bad, message in [
        *((w[1:], "sample_weight"), (-w, "[Nn]egative"), (0 * w, "non-zero"), infinite),
    ]:
        with pytest.raises(ValueError, match=message):
            make().fit(X, target, sample_weight=bad)


def test_class_weights():
    rare = y > np.quantile(y, 0.9)
    plain = classifier(max_iter=20).fit(X, rare).predict_proba(X)[:, 1].mean()
    balanced = classifier(max_iter=20, class_weight="balanced").fit(X, rare)
    assert balanced.predict_proba(X)[:, 1].mean() > plain + 0.05
    with pytest.raises(ValueError, match="class_weight"):
        classifier(class_weight="even").fit(X, rare)


@for_both
def test_weights_are_routed(make, target):
    w = np.linspace(0.1, 2, N)
    with sklearn.config_context(enable_metadata_routing=True):
        est = make().set_fit_request(sample_weight=True)
        pipeline = make_pipeline(FunctionTransformer(), est).fit(X, target, sample_weight=w)
        same(pipeline[-1], make().fit(X, target, sample_weight=w))
        requested = est.set_score_request(sample_weight=False)
        cross_validate(requested, X, target, cv=2, params={"sample_weight": w})


# -- small and odd tables ----------------------------------------------------------------------


@for_both
@pytest.mark.parametrize("n", [2, 3, 4, 5, 10, 11, 25, 49, 50, 51, 60])
def test_small_tables_are_trained_on_without_a_warning(make, target, n):
    est = make().fit(X[:n], target[:n])
    assert est.predict(X).shape == (N,)
    held_out = est.members_[0].validation_scores_ is not None
    assert held_out == (n >= 50)
    assert est.n_iter_ == 4


def test_a_class_with_one_member_is_learned():
    for labels in (np.arange(N) == 0, np.r_[np.arange(N - 1) % 3, 7]):
        clf = classifier().fit(X, labels)
        assert len(clf.classes_) == len(np.unique(labels))
        assert np.isfinite(clf.predict_proba(X)).all()


@for_both
def test_a_table_of_one_column_and_of_one_value(make, target):
    assert make().fit(X[["color"]], target).predict(X[["color"]]).shape == (N,)
    constant = pd.DataFrame({"x": np.ones(N)})
    assert len(set(make().fit(constant, target).predict(constant))) == 1
    assert make().fit(X, [3] * N).predict(X).tolist() == [3] * N


@for_both
def test_arrays_lists_and_objects_are_tables_too(make, target):
    numbers = np.random.default_rng(0).normal(size=(N, 3))
    one = make().fit(numbers, target)
    same(one, make().fit(numbers.tolist(), target))
    same(one, make().fit(numbers.astype(object), target))
    mixed = X[["size", "color", "sex"]].to_numpy()
    assert make().fit(mixed, target).members_[0].coefs_[0].shape[0] == 6
    same(make().fit(mixed, target), make().fit(mixed.tolist(), target))


@for_both
def test_new_tables_with_anything_unknown_are_predicted(make, target):
    est, new = make().fit(X, target), frame(40, seed=5)
    new["color"] = "violet"
    new["sex"] = None
    new["old"] = new["old"].astype(object)
    new["count"] = new["count"].where(new["count"] > 3)
    new.loc[3, "day"] = pd.NaT
    new["size"] = 1e300
    assert est.predict(new).shape == (40,)
    if make is classifier:
        assert np.isfinite(est.predict_proba(new)).all()
    else:
        assert np.isfinite(est.predict(new)).all()


@for_both
def test_columns_are_checked_by_their_names(make, target):
    est = make().fit(X, target)
    np.testing.assert_array_equal(est.feature_names_in_, X.columns)
    with pytest.raises(ValueError, match="must be in the same order"):
        est.predict(X[X.columns[::-1]])
    with pytest.raises(ValueError, match="yet now missing"):
        est.predict(X.drop(columns="sex"))
    with pytest.raises(ValueError, match="unseen at fit time"):
        est.predict(X.assign(more=1))
    with pytest.warns(UserWarning, match="does not have valid feature names") as warned:
        np.testing.assert_array_equal(est.predict(X.to_numpy()), est.predict(X))
    assert len(warned) == 1  # the readers inside do not repeat it
    est.fit(X.set_axis(range(X.shape[1]), axis=1), target)
    assert not hasattr(est, "feature_names_in_")


BAD = [
    ({}, X.assign(bad=[[1]] * N), TypeError, "Column 'bad' holds objects of type 'list'"),
    ({}, X.assign(bad=np.inf), ValueError, "in column 'bad'"),
    ({}, X.set_axis(["a"] * X.shape[1], axis=1), ValueError, "'a' occurs twice"),
    ({}, X[:0], ValueError, "0 sample"),
    ({}, csr_matrix(np.eye(N)), TypeError, "Sparse data was passed"),
    ({}, X[:7], ValueError, "inconsistent numbers of samples"),
    ({"n_members": 0}, X, ValueError, "'n_members' parameter"),
    ({"max_categories": 0}, X, ValueError, "'max_categories' parameter"),
    ({"min_frequency": 1.5}, X, ValueError, "'min_frequency' parameter"),
    ({"activation": "sinus"}, X, ValueError, "activation: .*'sinus'"),
    ({"learning_rate": "fast"}, X, ValueError, "learning_rate='fast'"),
    ({"solver": "simplex"}, X, ValueError, "solver: .*'simplex'"),
    ({"hidden_layer_sizes": (3, -1)}, X, ValueError, "hidden_layer_sizes must be > 0"),
    ({"early_stopping": "worst"}, X, ValueError, "'early_stopping' parameter"),
    ({"learning_rate_init": 1e30}, X, ValueError, "."),
]


@for_both
@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.DivergenceWarning")
@pytest.mark.parametrize(("params", "table", "error", "message"), BAD)
def test_a_fit_that_fails_says_why_and_leaves_the_estimator_as_it_was(
    make, target, params, table, error, message
):
    est = make().fit(X[["size"]], target)
    est.set_params(**params)
    before = dict(vars(est))
    if "learning_rate_init" in params:
        est.set_params(early_stopping=False)
        before["early_stopping"] = False
    with pytest.raises(error, match=message):
        est.fit(table, target)
    assert vars(est).keys() == before.keys()
    assert all(vars(est)[name] is value for name, value in before.items())
    est.predict(X[["size"]])


@for_both
def test_ctrl_c_leaves_the_estimator_as_it_was(make, target, monkeypatch):
    est = make().fit(X, target)
    before = dict(vars(est))

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(History, "attributes", interrupted)
        with pytest.raises(KeyboardInterrupt):
            est.fit(X[["size"]], target)
    assert vars(est) == before
    assert est.fit(X, target).n_iter_ == 4
    with pytest.raises(sklearn.exceptions.NotFittedError):
        make().predict(X)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_ends_all_trainings(n_jobs):
    ctrl_c = threading.Timer(0.5, _thread.interrupt_main)
    est = regressor(max_iter=10**6, n_jobs=n_jobs)
    before = set(threading.enumerate())
    ctrl_c.start()
    with pytest.raises(KeyboardInterrupt):
        est.fit(X, y)
    ctrl_c.join()
    end = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < end:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before
    assert not hasattr(est, "pipeline_")


def test_probabilities_of_float32_add_up_to_one_in_float64():
    P = classifier().fit(X, c).predict_proba(X)
    np.testing.assert_allclose(P.sum(axis=1), 1, rtol=1e-14)
    log_loss(c, P)  # which warns where they do not


@for_both
@pytest.mark.parametrize(("n", "size"), [(20, 20), (100, 32), (400, 50)])
def test_batches_are_an_eighth_of_the_rows_that_are_trained_on(make, target, n, size):
    est = make(early_stopping=False, max_iter=1, n_members=1)
    rows = np.arange(n) % N
    est.fit(X.iloc[rows], target[rows])
    assert est.members_[0].batch_size == size


# -- inside of scikit-learn's tools ------------------------------------------------------------


@for_both
def test_cross_validation_and_grids_over_any_parameter(make, target):
    assert len(cross_val_score(make(), X, target, cv=3)) == 3
    grid = {"hidden_layer_sizes": [4, (4, 4)], "n_members": [1, 2], "max_categories": [2, None]}
    search = GridSearchCV(make(), grid, cv=2, error_score="raise").fit(X, target)
    assert set(search.best_params_) == set(grid)
    assert len(search.best_estimator_.members_) == search.best_params_["n_members"]
    in_pipeline = Pipeline([("same", FunctionTransformer()), ("net", make())])
    GridSearchCV(in_pipeline, {"net__n_members": [1, 2]}, cv=2).fit(X, target)


def test_calibration():
    clf = CalibratedClassifierCV(classifier(), cv=3).fit(X, c)
    np.testing.assert_allclose(clf.predict_proba(X).sum(axis=1), 1)


def test_inside_of_other_regressors():
    other = TransformedTargetRegressor(regressor(), func=np.exp, inverse_func=np.log)
    assert np.isfinite(other.fit(X, y).predict(X)).all()
    stack = StackingRegressor([("net", regressor())], DummyRegressor(), cv=2, passthrough=False)
    assert stack.fit(X, y).predict(X).shape == (N,)


@for_both
def test_inspection_of_mixed_columns(make, target):
    est = make(max_iter=40).fit(X, target)
    result = permutation_importance(est, X, target, n_repeats=3, random_state=0)
    assert result.importances_mean.shape == (X.shape[1],)
    assert result.importances_mean[X.columns.get_loc("size")] > 0.02
    averages = partial_dependence(est, X, ["size"], grid_resolution=5)["average"]
    assert averages.shape == (3 if make is classifier else 1, 5)
    known = X.assign(color=X["color"].fillna("none"))
    averages = partial_dependence(est, known, ["color"], categorical_features=["color"])
    assert averages["average"].shape[1] == 4


@for_both
def test_it_is_shown_in_a_notebook(make, target):
    est = make().fit(X, target)
    assert type(est).__name__ in est._repr_html_()
    assert "RobustSmoothClip" in est.pipeline_._repr_html_()


@for_both
def test_tags_say_what_is_taken(make, target):
    tags = get_tags(make())
    assert tags.input_tags.allow_nan
    assert tags.input_tags.categorical
    assert tags.input_tags.string
    assert not tags.input_tags.sparse
    assert (tags.classifier_tags or tags.regressor_tags) is not None
    assert make is regressor or tags.classifier_tags.multi_label
    assert make is classifier or tags.target_tags.multi_output


def test_solvers_without_steps_give_no_warning_of_the_schedule():
    with pytest.warns(sklearn.exceptions.ConvergenceWarning) as caught:
        regressor(solver="lbfgs", parametrization="standard", n_members=1).fit(X, y)
    assert len(caught) == 1


# -- accuracy ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cls", "load", "least"),
    [(TabularClassifier, load_breast_cancer, 0.95), (TabularRegressor, load_diabetes, 0.3)],
)
def test_the_defaults_are_accurate(cls, load, least):
    data = train_test_split(*load(return_X_y=True), random_state=0)
    assert cls(random_state=0).fit(data[0], data[2]).score(data[1], data[3]) > least


# -- callbacks ---------------------------------------------------------------------------------


class Recorder:
    """Writes down the tasks of a fit."""

    max_propagation_depth = None

    def __init__(self):
        self.begun, self.ended, self.teared_down = [], [], 0

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.begun.append(path(context))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        self.ended.append((path(context), fitted_estimator))

    def teardown(self, estimator, context):
        self.teared_down += 1


def path(context):
    """The tasks from the fit to this one."""
    own = [(context.source_task_name or context.task_name, context.task_id)]
    return own if context.parent is None else path(context.parent) + own


@pytest.mark.skipif(
    parse_version(sklearn.__version__) < parse_version("1.9"), reason="callbacks came with 1.9"
)
@for_both
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_member_and_each_of_its_epochs_is_a_task(make, target, n_jobs):
    recorder = Recorder()
    est = make(n_jobs=n_jobs).set_callbacks(recorder).fit(X, target)
    fit, networks = ("fit", 0), ("networks", 0)
    members = [[fit, networks, ("member", i)] for i in range(2)]
    epochs = [[*member, ("epoch", j)] for member in members for j in range(4)]
    assert sorted(recorder.begun) == sorted([[fit], [fit, networks], *members, *epochs])
    assert sorted(p for p, _ in recorder.ended) == sorted(recorder.begun)
    assert recorder.teared_down == 1
    ((_, fitted),) = [(p, f) for p, f in recorder.ended if p == [fit]]
    np.testing.assert_array_equal(fitted.predict(X), est.predict(X))
    assert not hasattr(est, "_parent_callback_ctx")
