"""scikit-learn's callbacks on our estimators: the task tree, the hooks, and stopping."""

import pickle
import re

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.fixes import parse_version

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.estimators.inspection import rule_of
from sknn_edu.exceptions import DivergenceError, MaxIterWarning, SetTooLateWarning
from sknn_edu.optimizers import SGD, Optimizer

X, c = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
y = X @ [1.0, -2.0, 0.5, 0.0] + 0.1 * c
SOLVERS = Optimizer.names()

if parse_version(sklearn.__version__) < parse_version("1.9"):

    def test_before_1_9_there_are_no_callbacks_and_it_says_why():
        assert not hasattr(BackpropClassifier(), "set_callbacks")
        with pytest.raises(AttributeError, match=r"callbacks need scikit-learn 1\.9; this is"):
            BackpropClassifier().set_callbacks()

else:
    from sklearn.callback import ScoringMonitor


class Recorder:
    """Writes down every hook with all that it was given; may stop at an epoch."""

    def __init__(self, stop_at=None):
        self.stop_at, self.record = stop_at, []

    def setup(self, estimator, context):
        self.record.append(("setup", context, {}))

    def on_fit_task_begin(self, estimator, context, *, X, y, metadata, fitted_estimator):
        self._note("begin", context, X, y, metadata, fitted_estimator)

    def on_fit_task_end(self, estimator, context, *, X, y, metadata, fitted_estimator):
        self._note("end", context, X, y, metadata, fitted_estimator)
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_at

    def teardown(self, estimator, context):
        self.record.append(("teardown", context, {}))

    def _note(self, hook, context, X, y, metadata, fitted_estimator):
        given = {"X": X, "y": y, "metadata": metadata, "fitted": fitted_estimator}
        self.record.append((hook, context, given))

    def names(self):
        return [
            hook if hook in ("setup", "teardown") else f"{hook} {context.task_name}"
            for hook, context, _ in self.record
        ]

    def of_epochs(self, hook):
        return [
            given
            for name, context, given in self.record
            if name == hook and context.task_name == "epoch"
        ]


SMALL = {"hidden_layer_sizes": 4, "activation": "tanh", "random_state": 0, "tol": 0, "max_iter": 5}


def regressor(**params):
    return BackpropRegressor(**{**SMALL, **params})


def classifier(**params):
    return BackpropClassifier(**{**SMALL, **params})


def equal(one, other):
    return all(map(np.array_equal, one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_))


pytestmark = [
    pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.SolverStoppedWarning"),
    pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.MaxIterWarning"),
]
needs_callbacks = pytest.mark.usefixtures("callbacks_exist")


@pytest.fixture
def callbacks_exist():
    """The tests below are about scikit-learn 1.9; before that there is nothing to test."""
    pytest.importorskip("sklearn.callback")


@needs_callbacks
@pytest.mark.parametrize("solver", SOLVERS)
def test_the_tasks_are_the_fit_and_its_epochs(solver):
    recorder = Recorder()
    est = regressor(solver=solver).set_callbacks(recorder).fit(X, y)
    names = recorder.names()
    assert names[:2] == ["setup", "begin fit"]
    assert names[-2:] == ["end fit", "teardown"]
    epochs = names[2:-2]
    assert epochs == ["begin epoch", "end epoch"] * (len(epochs) // 2)
    # A full-batch solver may begin an iteration and find that it is done.
    assert len(epochs) // 2 - est.n_iter_ in ((0, 1) if solver in ("lbfgs", "lm") else (0,))
    root = recorder.record[0][1]
    assert root.max_subtasks == 5
    assert [context.task_id for context in root][1:] == [*range(len(epochs) // 2)]


@needs_callbacks
@pytest.mark.parametrize("solver", SOLVERS)
def test_callbacks_change_nothing_in_the_fit(solver):
    watched = regressor(solver=solver).set_callbacks(Recorder()).fit(X, y)
    alone = regressor(solver=solver).fit(X, y)
    assert equal(watched, alone)
    assert watched.loss_curve_ == alone.loss_curve_
    assert watched.stop_reason_ == alone.stop_reason_


@needs_callbacks
@pytest.mark.parametrize("solver", SOLVERS)
def test_the_fitted_estimator_is_what_a_shorter_fit_gives(solver):
    recorder = Recorder()
    regressor(solver=solver).set_callbacks(recorder).fit(X, y)
    for n, given in enumerate(recorder.of_epochs("end")[:5], start=1):
        if given["fitted"] is None:  # the iteration that never ran
            continue
        shorter = regressor(solver=solver, max_iter=n).fit(X, y)
        assert equal(given["fitted"], shorter)
        assert given["fitted"].n_iter_ == n
        np.testing.assert_array_equal(given["fitted"].predict(X), shorter.predict(X))
        assert given["fitted"].loss_curve_ == shorter.loss_curve_[:n]


@needs_callbacks
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_at_the_begin_of_an_epoch_it_is_that_of_the_epoch_before(solver):
    recorder = Recorder()
    est = regressor(solver=solver).set_callbacks(recorder).fit(X, y)
    begun = [given["fitted"] for given in recorder.of_epochs("begin")]
    ended = [given["fitted"] for given in recorder.of_epochs("end")]
    assert equal(begun[0], clone(est).initialize(X, y))
    assert all(equal(one, other) for one, other in zip(begun[1:5], ended[:4], strict=True))


@needs_callbacks
def test_with_early_stopping_it_has_the_best_weights_and_its_data_are_the_training_rows():
    recorder = Recorder()
    est = regressor(early_stopping=True, n_iter_no_change=5, tol=1e-3, learning_rate_init=0.3)
    est.set_params(solver="sgd", max_iter=500).set_callbacks(recorder).fit(X, y)
    last = recorder.of_epochs("end")[-1]
    assert equal(last["fitted"], est)
    assert est.best_iter_ < est.n_iter_ < 500
    assert len(last["X"]) == len(last["y"]) == 135
    rows = {tuple(row) for row in X}
    assert {tuple(row) for row in last["X"]} <= rows


@needs_callbacks
@pytest.mark.parametrize("early_stopping", [False, True])
def test_metadata_are_the_sample_weights_of_the_training_rows(early_stopping):
    recorder = Recorder()
    w = X[:, 0] ** 2
    est = regressor(early_stopping=early_stopping).set_callbacks(recorder)
    est.fit(X, y, sample_weight=w)
    for given in recorder.of_epochs("end"):
        assert {*given["metadata"]} == {"sample_weight"}
        np.testing.assert_array_equal(given["metadata"]["sample_weight"], given["X"][:, 0] ** 2)
    recorder = Recorder()
    est.set_callbacks(recorder).fit(X, y)
    assert recorder.of_epochs("end")[0]["metadata"] == {}


@needs_callbacks
def test_a_frame_reaches_the_hooks_as_a_frame():
    pandas = pytest.importorskip("pandas")
    recorder = Recorder()
    frame = pandas.DataFrame(X, columns=list("abcd"))
    classifier(early_stopping=True).set_callbacks(recorder).fit(frame, c)
    given = recorder.of_epochs("end")[0]
    assert [*given["X"].columns] == list("abcd")
    given["fitted"].predict(given["X"])  # no warning about feature names


@needs_callbacks
def test_nothing_is_made_that_no_hook_asks_for(monkeypatch):
    class Plain:
        def setup(self, estimator, context): ...
        def on_fit_task_begin(self, estimator, context): ...
        def on_fit_task_end(self, estimator, context): ...
        def teardown(self, estimator, context): ...

    def fail(*args):
        raise AssertionError("was made although nobody asked")

    monkeypatch.setattr("sknn_edu.estimators.callbacks._safe_indexing", fail)
    monkeypatch.setattr("sknn_edu.estimators.callbacks.Callbacks._as_if_stopped", fail)
    est = regressor(early_stopping=True).set_callbacks(Plain()).fit(X, y)
    assert est.n_iter_ == 5
    with pytest.raises(AssertionError, match="nobody asked"):
        regressor().set_callbacks(Recorder()).fit(X, y)


@needs_callbacks
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_callback_can_stop_the_training(solver):
    recorder = Recorder(stop_at=2)
    est = regressor(solver=solver, max_iter=50).set_callbacks(recorder).fit(X, y)
    assert est.n_iter_ == len(est.loss_curve_) == 2
    assert re.fullmatch(
        r"A callback stopped training after (epoch|iteration) 2\.", est.stop_reason_
    )
    assert equal(est, regressor(solver=solver, max_iter=2).fit(X, y))
    assert recorder.names()[-2:] == ["end fit", "teardown"]


def changed_after_epoch_2(solver, change, **params):
    est = regressor(solver=solver, batch_size=50, max_iter=6, **params)
    return est.set_callbacks(Changes(**change)).fit(X, y)


@needs_callbacks
def test_the_objective_has_the_penalty_that_a_callback_has_set():
    est = changed_after_epoch_2("gd", {"alpha": 5.0})
    before = clone(est).set_params(weight_init=(est.coefs_, est.intercepts_)).initialize(X, y)
    assert est.objective(X, y) == before.objective(X, y)


@needs_callbacks
def test_another_solver_counts_from_the_next_fit():
    est = changed_after_epoch_2("adam", {"solver": "sgd"})
    assert equal(est, regressor(solver="adam", batch_size=50, max_iter=6).fit(X, y))
    assert not hasattr(rule_of(est), "momentum")


@needs_callbacks
def test_the_word_of_a_callback_gives_no_warning(recwarn):
    regressor(tol=1e-4, max_iter=3).set_callbacks(Recorder(stop_at=2)).fit(X, y)
    assert not recwarn.list
    with pytest.warns(MaxIterWarning):
        regressor(tol=1e-4, max_iter=3).set_callbacks(Recorder()).fit(X, y)


@needs_callbacks
def test_callbacks_are_torn_down_when_the_data_or_the_training_are_bad():
    for params, data in [({}, (X, y[:-1])), ({"activation": "none"}, (X, y))]:
        recorder = Recorder()
        est = regressor(**params).set_callbacks(recorder)
        with pytest.raises(ValueError, match=r"inconsistent|none"):
            est.fit(*data)
        assert recorder.names() == ["setup", "begin fit", "teardown"]
        assert not [name for name in vars(est) if name.endswith(("_ctx", "_to_teardown"))]
    recorder = Recorder()
    with pytest.raises(DivergenceError), np.errstate(all="ignore"):
        regressor(solver="sgd", activation="relu").set_callbacks(recorder).fit(X * 1e200, y)
    assert recorder.names()[-1] == "teardown"
    assert "end fit" not in recorder.names()


@needs_callbacks
def test_partial_fit_and_initialize_call_no_callbacks():
    recorder = Recorder()
    est = regressor().set_callbacks(recorder)
    est.initialize(X, y).partial_fit(X, y)
    assert recorder.record == []


@needs_callbacks
def test_a_clone_keeps_the_callbacks_and_a_refit_calls_them_again():
    recorder = Recorder()
    est = clone(regressor().set_callbacks(recorder))
    est.fit(X, y).fit(X, y)
    assert recorder.names().count("begin fit") == 2


@needs_callbacks
@pytest.mark.parametrize("weighted", [False, True])
def test_scoring_monitor_has_the_training_score_of_every_epoch(weighted):
    monitor = ScoringMonitor(scoring=["accuracy", "neg_log_loss"])
    w = np.where(c == 0, 3.0, 1.0) if weighted else None
    classifier(max_iter=4).set_callbacks(monitor).fit(X, c, sample_weight=w)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert [row["task_id"] for row in rows] == [0, 1, 2, 3]
    for row in rows:
        shorter = classifier(max_iter=row["task_id"] + 1).fit(X, c, sample_weight=w)
        assert row["accuracy"] == shorter.score(X, c, sample_weight=w)


@needs_callbacks
def test_scoring_monitor_inside_a_grid_search_over_two_processes():
    monitor = ScoringMonitor(scoring=["accuracy"])
    pipe = make_pipeline(StandardScaler(), classifier(max_iter=3).set_callbacks(monitor))
    grid = {"backpropclassifier__hidden_layer_sizes": [2, 4]}
    search = GridSearchCV(pipe, grid, cv=2, n_jobs=2).fit(X, c)
    log = monitor.get_logs()
    assert log.estimator_name == "GridSearchCV"
    epochs = [row for row in log.data if row["task_name"] == "epoch"]
    assert len(epochs) == (2 * 2 + 1) * 3  # two networks, two folds, and the best once more
    refit = [row for row in epochs if row["task_id_path"][1] == 1]
    assert refit[-1]["accuracy"] == search.score(X, c)


@needs_callbacks
def test_stopping_inside_a_grid_search_over_two_processes():
    est = classifier(max_iter=50).set_callbacks(Recorder(stop_at=3))
    pipe = make_pipeline(StandardScaler(), est)
    search = GridSearchCV(pipe, {"backpropclassifier__alpha": [0, 1]}, cv=2, n_jobs=2).fit(X, c)
    assert search.best_estimator_[-1].n_iter_ == 3
    fits = cross_validate(pipe, X, c, cv=2, n_jobs=2, return_estimator=True)["estimator"]
    assert [fit[-1].n_iter_ for fit in fits] == [3, 3]


class Spreading(Recorder):
    """A recorder for the outermost estimator that reaches the inner ones."""

    max_propagation_depth = None


@needs_callbacks
def test_the_epochs_hang_below_the_task_of_the_pipeline():
    recorder = Spreading()
    pipe = make_pipeline(StandardScaler(), classifier(max_iter=2))
    pipe.set_callbacks(recorder).fit(X, c)
    epoch = next(ctx for _, ctx, _ in recorder.record if ctx.task_name == "epoch")
    path = []
    while epoch is not None:
        path.append((epoch.estimator_name, epoch.task_name))
        epoch = epoch.parent
    assert path == [
        ("BackpropClassifier", "epoch"),
        ("BackpropClassifier", "fit"),
        ("Pipeline", "fit"),
    ]


@needs_callbacks
def test_a_fitted_estimator_with_callbacks_can_be_pickled():
    est = classifier().set_callbacks(ScoringMonitor(scoring=["accuracy"])).fit(X, c)
    again = pickle.loads(pickle.dumps(est))
    np.testing.assert_array_equal(again.predict(X), est.predict(X))
    again.fit(X, c)


class Changes:
    """Sets parameters after the second epoch, on the estimator or on its solver."""

    def __init__(self, **params):
        self.params, self.left = params, 2

    def setup(self, estimator, context):
        self.estimator = estimator

    def on_fit_task_begin(self, estimator, context, **_):
        pass

    def on_fit_task_end(self, estimator, context, **_):
        self.left -= 1
        if self.left == 0:
            self.estimator.set_params(**self.params)

    def teardown(self, estimator, context):
        pass


def two_stretches(est, params):
    """Two epochs, and then three more with other parameters."""
    for _ in range(2):
        est.partial_fit(X, y)
    for _ in range(3):
        est.set_params(**params).partial_fit(X, y)
    return est


@needs_callbacks
@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize(
    ("solver", "params"),
    [
        *((solver, {"learning_rate_init": 0.1}) for solver in ("sgd", "adam", "gd")),
        *((solver, {"alpha": 50.0}) for solver in ("sgd", "adamw")),
        ("sgd", {"momentum": 0.1}),
        ("adam", {"beta_1": 0.1}),
        ("sgd", {"clip_norm": 0.01}),
        (SGD(), {"solver__learning_rate_init": 0.1}),
        (SGD(), {"solver": SGD(0.1)}),
    ],
    ids=str,
)
def test_what_a_callback_sets_takes_effect_in_the_next_epoch(solver, params, engine):
    plain = {"solver": solver, "shuffle": False, "random_state": 0, "max_iter": 5, "tol": 0}
    est = BackpropRegressor(3, engine=engine, **plain)
    expected = two_stretches(clone(est), params)
    est.set_callbacks(Changes(**params)).fit(X, y)
    for W, W_expected in zip(est.coefs_, expected.coefs_, strict=True):
        np.testing.assert_allclose(W, W_expected, rtol=1e-12, atol=1e-15)


@needs_callbacks
@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.MaxIterWarning")
@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize(
    ("params", "n_iter"),
    [
        ({"max_iter": 3}, 3),
        ({"max_iter": 9}, 9),
        ({"max_iter": 1}, 2),
        ({"tol": 1e9, "n_iter_no_change": 2}, 5),
        ({"tol": 1e9}, 6),  # no epoch is an improvement from the third on
    ],
    ids=str,
)
def test_a_callback_can_change_how_long_training_goes_on(params, n_iter, engine):
    est = BackpropRegressor(3, engine=engine, random_state=0, n_iter_no_change=3, max_iter=20)
    est.set_callbacks(Changes(**params)).fit(X, y)
    assert est.n_iter_ == n_iter


class Counting(Changes):
    """Sets max_iter to another value after each iteration."""

    def on_fit_task_end(self, estimator, context, **_):
        self.estimator.set_params(max_iter=self.estimator.max_iter + 1)


@needs_callbacks
@pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.SolverStoppedWarning")
@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "lm"])
@pytest.mark.parametrize("name", ["max_iter", "max_fun", "tol", "often"])
def test_what_scipy_got_at_the_start_cannot_be_set_by_a_callback_which_is_told_once(solver, name):
    value = {"max_iter": 3, "max_fun": 10, "tol": 1e9}.get(name)
    est = BackpropRegressor(3, solver=solver, random_state=0, max_iter=7, tol=1e-12)
    alone = clone(est).fit(X, y)
    est.set_callbacks(Changes(**{name: value}) if value else Counting())
    with pytest.warns(SetTooLateWarning, match=f"{name if value else 'max_iter'}, which") as told:
        est.fit(X, y)
    assert sum(issubclass(w.category, SetTooLateWarning) for w in told) == 1
    assert equal(est, alone)
    assert est.stop_reason_ == alone.stop_reason_


@needs_callbacks
@pytest.mark.parametrize("start", ["minimum", "random"])
def test_each_iteration_of_lm_begins_before_it_ends(start):
    """Also where a Jacobian, not a step, shows that this is the minimum."""
    est = BackpropRegressor((), solver="lm", alpha=0, random_state=0)
    W = np.array([[1.0], [-2.0], [0.5], [0.0]])
    if start == "minimum":
        est.set_params(weight_init=([W], [np.array([3.0])]))
    recorder = Recorder()
    est.set_callbacks(recorder).fit(X, X @ W.ravel() + 3)
    np.testing.assert_allclose(est.coefs_[0], W, atol=1e-6)
    n_begun, n_ended = (len(recorder.of_epochs(hook)) for hook in ("begin", "end"))
    assert n_begun == n_ended
    assert est.n_iter_ == len(est.loss_curve_)
    assert n_ended - est.n_iter_ in (0, 1)


@needs_callbacks
@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "lm"])
def test_a_value_set_again_changes_nothing_and_is_not_warned_of(solver):
    est = BackpropRegressor(3, solver=solver, random_state=0, max_iter=700, tol=1e-3)
    est.set_callbacks(Changes(max_iter=int("700"), tol=float("1e-3"))).fit(X, y)


@needs_callbacks
@pytest.mark.parametrize(
    ("solver", "params"), [("lbfgs", {"clip_norm": 1.0}), ("lm", {"l1_ratio": 0.5})]
)
def test_what_a_solver_cannot_do_is_refused_when_a_callback_sets_it(solver, params):
    est = BackpropRegressor(3, solver=solver, alpha=0.1, random_state=0)
    with pytest.raises(ValueError, match=next(iter(params))):
        est.set_callbacks(Changes(**params)).fit(X, y)


@needs_callbacks
def test_a_bad_value_that_a_callback_sets_is_refused():
    est = BackpropRegressor(3).set_callbacks(Changes(alpha=-1))
    with pytest.raises(ValueError, match="alpha"):
        est.fit(X, y)
    assert not hasattr(est, "coefs_")
